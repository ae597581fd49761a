"""Understand one mail without a ledger, and describe the finding for ``mailer inspect``."""

from __future__ import annotations

from mailer.bounded import BoundedProcess, Overrun
from mailer.classify import load_words
from mailer.jobs.understand import SET_ASIDE, UNREADABLE, set_aside, understand
from mailer.jobs.understand_many import BUDGET
from mailer.model.finding import Answer, Claim, Finding, MailKind, Unclear, Undeliverable

_ANSWERING = frozenset({MailKind.CALENDAR_REPLY, MailKind.CALENDAR_COUNTER, MailKind.REPLY})


def inspect(raw: bytes) -> Finding:
    """Read one mail, in another process and within the budget of a mail, and return what was understood of it."""
    found = _PROCESS.call(raw)
    return set_aside(b"", found.value)[1] if isinstance(found, Overrun) else found


def _understood(raw: bytes) -> Finding:
    return understand(raw)[1]


_PROCESS = BoundedProcess(_understood, BUDGET, load_words)
"""Stays for the next mail."""


def unread(path: str, error: str) -> dict[str, object]:
    """Return the JSON object of a file that could not be read."""
    return {"path": path, "kind": MailKind.OTHER.value, "error": error}


def to_object(path: str, finding: Finding) -> dict[str, object]:
    """Return the JSON object of ``mailer inspect --json``; what does not apply is null.

    The ``error`` of a mail that was set aside is the code of the reason.
    """
    undeliverable = finding.claim if isinstance(finding.claim, Undeliverable) else None
    answer = _answer(finding.claim)
    calendar = finding.calendar
    if finding.rule == UNREADABLE:
        return unread(path, finding.evidence)
    if finding.rule == SET_ASIDE and isinstance(finding.claim, Unclear):
        return unread(path, finding.claim.why)
    return {
        "path": path,
        "kind": finding.kind.value,
        "address": next(iter(finding.addresses), None),
        "addresses": list(finding.addresses),
        "status": _status(finding, answer),
        "permanent": undeliverable.permanent if undeliverable else None,
        "diagnosis": (undeliverable.status or None) if undeliverable else None,
        "text": finding.text,
        "uid": calendar.uid if calendar else None,
        "sequence": calendar.sequence if calendar else None,
        "party_size": answer.headcount if answer else None,
        "party_range": _range(answer),
        "adults": answer.adults if answer else None,
        "children": answer.children if answer else None,
        "remark": (answer.remark or None) if answer else None,
        "proxy_to": (answer.proxy_to or None) if answer else None,
        "glance": (answer.glance or answer.asks) if answer else None,
        "fault": undeliverable.fault.value if undeliverable else None,
        "evidence": finding.evidence,
        "note": finding.note or None,
    }


def _answer(claim: Claim) -> Answer | None:
    """Return a claim if it is an answer; an `Unclear` that only proposes one is not."""
    return claim if isinstance(claim, Answer) else None


def _range(answer: Answer | None) -> str | None:
    """Return both ends of a range of people: ``3-4``; None without one."""
    if answer is None or not answer.least or not answer.headcount or answer.least >= answer.headcount:
        return None
    return f"{answer.least}-{answer.headcount}"


def _status(finding: Finding, answer: Answer | None) -> str | None:
    """Return the answer as a JSON value: ``unclear`` for an undecided reply, None for mail that cannot hold an answer."""
    if answer:
        return answer.partstat.word
    return "unclear" if finding.kind in _ANSWERING else None
