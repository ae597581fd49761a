"""The words of a letter of ours, by which they are known again in what comes back."""

from __future__ import annotations

from dataclasses import dataclass, field

GAP = "\ufffc"
"""Stands in a text of a letter for a value that each invitee has of their own."""


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What one letter to an invitee says.

    `name` is the same only for the same texts. `texts` are those that many letters share: subject, text, and the page as
    plain text, with `GAP` for each value; `values` are this invitee's.
    """

    name: str
    texts: tuple[str, ...] = field(repr=False)
    values: tuple[str, ...] = field(default=(), repr=False)
