"""The ways to answer that need no calendar: links that open a ready mail to the mailbox that is read.

A clicked link sends a mail without threading headers, so the token in its subject is all that brings the
answer home, from whatever address it comes.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from mailer.compose.tongues import Tongue
from mailer.model.finding import PartStat


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """One answer: what it says, and the ``mailto:`` link that says it."""

    partstat: PartStat
    label: str
    link: str


def answer_links(organizer: str, token: str, tongue: Tongue) -> tuple[AnswerLink, ...]:
    """The three answers in the order a letter offers them: yes, no, perhaps."""
    return tuple(
        AnswerLink(
            partstat,
            label,
            _mailto(organizer, subject=f"{label} [{tongue.REFERENCE} {token}]", body=f"{label}."),
        )
        for partstat, label in tongue.ANSWERS.items()
    )


def opt_out_link(organizer: str, token: str) -> str:
    """The mail that asks not to be written to again; also the value of List-Unsubscribe (RFC 2369 section 3.2)."""
    return _mailto(organizer, subject=f"desinscription {token}")


def _mailto(address: str, **fields: str) -> str:
    """Write a ``mailto:`` link, RFC 6068 section 2."""
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
    return f"mailto:{quote(address, safe='@')}?{query}"
