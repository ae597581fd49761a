"""The languages a letter can be in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from datetime import time as clock
from typing import Protocol

from mailer.compose import english, french
from mailer.model.contact import Contact
from mailer.model.finding import PartStat


class Tongue(Protocol):
    """What a module has to know of its language."""

    @property
    def ANSWERS(self) -> Mapping[PartStat, str]: ...  # noqa: N802
    @property
    def REFERENCE(self) -> str: ...  # noqa: N802
    @property
    def TEST_MARK(self) -> str: ...  # noqa: N802
    @property
    def TEST_NOTE(self) -> str: ...  # noqa: N802

    def typeset(self, text: str) -> str: ...
    def day(self, on: date) -> str: ...
    def date_of(self, on: date) -> str: ...
    def time(self, at: datetime | clock) -> str: ...
    def span(self, starts: datetime, ends: datetime, *, all_day: bool) -> str: ...
    def salutation(self, people: Sequence[Contact]) -> str: ...


TONGUES: Mapping[str, Tongue] = {"fr": french, "en": english}


def primary(language: str) -> str:
    """Return the primary subtag of a language tag: ``en`` for ``en-GB`` (RFC 5646 section 2.2.1)."""
    return language.replace("_", "-").partition("-")[0].strip().casefold()
