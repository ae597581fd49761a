"""Understand one mail without a ledger, and describe the finding for ``mailer inspect``."""

from __future__ import annotations

from mailer.jobs.understand import UNREADABLE, understand
from mailer.model.finding import Answer, Claim, Finding, MailKind, Undeliverable

_ANSWERING = frozenset({MailKind.CALENDAR_REPLY, MailKind.CALENDAR_COUNTER, MailKind.REPLY})


def inspect(raw: bytes) -> Finding:
    """Read one mail and return what was understood of it. Never raises."""
    _message, finding = understand(raw)
    return finding


def unread(path: str, error: str) -> dict[str, object]:
    """Return the JSON object of a file that could not be read."""
    return {"path": path, "kind": MailKind.OTHER.value, "error": error}


def to_object(path: str, finding: Finding) -> dict[str, object]:
    """Return the JSON object of ``mailer inspect --json``; what does not apply is null."""
    undeliverable = finding.claim if isinstance(finding.claim, Undeliverable) else None
    answer = _answer(finding.claim)
    calendar = finding.calendar
    if finding.rule == UNREADABLE:
        return unread(path, finding.evidence)
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
        "fault": undeliverable.fault.value if undeliverable else None,
        "evidence": finding.evidence,
        "note": finding.note or None,
    }


def _answer(claim: Claim) -> Answer | None:
    """Return a claim if it is an answer; an `Unclear` that only proposes one is not."""
    return claim if isinstance(claim, Answer) else None


def _status(finding: Finding, answer: Answer | None) -> str | None:
    """Return the answer as a JSON value: ``unclear`` for an undecided reply, None for mail that cannot hold an answer."""
    if answer:
        return answer.partstat.word
    return "unclear" if finding.kind in _ANSWERING else None
