"""Prepared letters: their written format, and the function that fills them in."""

from mailer.versions.fill import Program, fill, program, writer
from mailer.versions.form import (
    FORMAT,
    Escape,
    Form,
    Hole,
    Identity,
    Item,
    Name,
    Values,
    Variant,
    Version,
    Words,
)
from mailer.versions.words import with_gaps

__all__ = [
    "FORMAT",
    "Escape",
    "Form",
    "Hole",
    "Identity",
    "Item",
    "Name",
    "Program",
    "Values",
    "Variant",
    "Version",
    "Words",
    "fill",
    "program",
    "with_gaps",
    "writer",
]
