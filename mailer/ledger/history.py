"""Explain step by step how an invitee's standing came about."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime

from mailer.ledger.fold import apply
from mailer.model.attendance import Standing
from mailer.model.entry import Delivery, Entry, Heard, Reviewed
from mailer.model.invitation import Kind, MessageKey
from mailer.model.outcome import Reply, State


class Effect(enum.Enum):
    """What an entry changed: the standing, only the list of things to review, or nothing."""

    APPLIED = "applied"
    WAITS = "waits"
    DECIDED = "decided"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Step:
    """One ledger entry with the invitee's standing before and after it.

    `rule` names the classifier rule that read the message; `words` is its evidence: the text written, the calendar
    line, or the server's reply. `why` is the code of the reason it needs a review.
    """

    entry: Entry
    before: Standing
    after: Standing
    effect: Effect
    rule: str = ""
    words: str = ""
    why: str = ""


_INNER = frozenset(
    {"statements", "decisions", "sightings", "to_review", "whys", "sequence", "dtstamp", "last_entry"}
)
_SHOWN = tuple(f.name for f in fields(Standing) if f.name not in _INNER)


def history(entries: Iterable[Entry], invitee: str) -> list[Step]:
    """Return the steps of one invitee, oldest first."""
    return list(_steps(entry for entry in entries if entry.invitee == invitee))


def _steps(entries: Iterable[Entry]) -> Iterator[Step]:
    standing: Standing | None = None
    for entry in entries:
        before = standing or Standing(entry.invitee)
        standing = apply(before, entry)
        finding = entry.fact.finding if isinstance(entry.fact, Heard) else None
        yield Step(
            entry=entry,
            before=before,
            after=standing,
            effect=_effect(entry, before, standing),
            rule=finding.rule if finding else "",
            words=_words(entry),
            why=dict(zip(standing.to_review, standing.whys, strict=True)).get(entry.number, ""),
        )


def _words(entry: Entry) -> str:
    match entry.fact:
        case Heard(finding):
            return finding.text or finding.evidence
        case Delivery(reply=Reply(text=text)):
            return text
        case _:
            return ""


def _effect(entry: Entry, before: Standing, after: Standing) -> Effect:
    if any(getattr(before, name) != getattr(after, name) for name in _SHOWN):
        return Effect.APPLIED
    if entry.number in after.to_review:
        return Effect.WAITS
    if isinstance(entry.fact, Reviewed) and before.to_review != after.to_review:
        return Effect.DECIDED
    return Effect.NONE


def sendings(entries: Iterable[Entry]) -> list[tuple[datetime, Kind]]:
    """Return when each round of messages began, and its kind: the first delivery of each message key.

    Acknowledgements are sent one by one and are left out.
    """
    first: dict[MessageKey, datetime] = {}
    for entry in entries:
        if isinstance(entry.fact, Delivery) and entry.fact.state is State.SENT:
            at = first.setdefault(entry.fact.key, entry.recorded_at)
            first[entry.fact.key] = min(at, entry.recorded_at)
    rounds = ((at, key.kind) for key, at in first.items())
    return sorted((sent for sent in rounds if sent[1] is not Kind.ACKNOWLEDGEMENT), key=lambda sent: sent[0])
