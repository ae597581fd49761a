"""Make the ``mailto:`` links by which an invitee answers without a calendar.

The mail such a link opens has no threading headers, so the token in its subject is all that tells whose answer it is,
whatever address it comes from.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from mailer.compose.tongues import Tongue
from mailer.model.finding import PartStat


@dataclass(frozen=True, slots=True)
class AnswerLink:
    """One answer, and the ``mailto:`` link that opens a mail with it."""

    partstat: PartStat
    label: str
    link: str


def answer_links(organizer: str, token: str, sequence: int, tongue: Tongue) -> tuple[AnswerLink, ...]:
    """Return the three answers in the order a letter offers them: yes, no, perhaps.

    Behind the token stands the letter's SEQUENCE: the answer is one to that revision of the meeting.
    """
    return tuple(
        AnswerLink(
            partstat,
            label,
            _mailto(organizer, subject=f"{label} [{tongue.reference} {token}-{sequence}]", body=f"{label}."),
        )
        for partstat, label in tongue.answers.items()
    )


def opt_out_link(organizer: str, token: str) -> str:
    """Return the link that asks not to be written to again; also the value of List-Unsubscribe (RFC 2369 section 3.2)."""
    return _mailto(organizer, subject=f"desinscription {token}")


def _mailto(address: str, **fields: str) -> str:
    """Return a ``mailto:`` link (RFC 6068 section 2)."""
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in fields.items())
    return f"mailto:{quote(address, safe='@')}?{query}"
