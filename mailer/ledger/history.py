"""Explain step by step how a person's standing came about."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import datetime

from mailer.ledger.fold import InvitationDraft
from mailer.ledger.revisions import Revisions
from mailer.ledger.waiting import reason
from mailer.model.attendance import Standing
from mailer.model.entry import Announced, Delivery, Entry, Gone, Heard, Placed, Reviewed
from mailer.model.invitation import Kind, MessageKey
from mailer.model.outcome import Reply, State
from mailer.model.people import Invitee
from mailer.model.told import Correspondence


class Effect(enum.Enum):
    """What an entry changed: the standing, only the list of things to review, or nothing."""

    APPLIED = "applied"
    WAITS = "waits"
    DECIDED = "decided"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Step:
    """One ledger entry with the person's standing before and after it.

    `rule` names the classifier rule that read the message; `words` is its evidence: the text written, the calendar
    line, or the server's reply. `why` is the code of the reason it needs a review, and `settled` says that it needs none any
    more. `about` is the entry that a decision of staff is about, and `address` the one that a letter went to.
    """

    entry: Entry
    before: Standing
    after: Standing
    effect: Effect
    rule: str = ""
    words: str = ""
    why: str = ""
    settled: bool = False
    about: Entry | None = None
    address: str = ""


_INNER = frozenset({"sightings", "to_review", "to_glance", "whys", "sequence", "dtstamp", "last_entry"})
_SHOWN = tuple(f.name for f in fields(Standing) if f.name not in _INNER)


def history(entries: Iterable[Entry], invitee: Invitee, person: str) -> list[Step]:
    """Return the steps of one person of an invitee, oldest first.

    `entries` are those of the invitee, with those that announce the meeting or without; an announcement is a step where
    it changes where the person stands. So are the entries by which others were found to be this person, where these are among them.
    """
    steps = list(_steps(entries, invitee, person))
    waits = steps[-1].after.to_review if steps else ()
    return [
        replace(step, settled=True) if step.why and step.entry.number not in waits else step for step in steps
    ]


def _steps(entries: Iterable[Entry], invitee: Invitee, person: str) -> Iterator[Step]:
    revisions = Revisions()
    draft = InvitationDraft(invitee, revisions)
    after = _standing(draft, person)
    met: dict[int, Entry] = {}
    address = ""
    for entry in entries:
        met[entry.number] = entry
        if isinstance(entry.fact, Announced):
            revisions.take(entry)
        elif entry.invitee == invitee.ref:
            draft.take(entry)
        if not (_joins(entry, invitee.ref, person) or _concerns(entry, invitee.ref, person)):
            continue
        if isinstance(entry.fact, Placed):
            address = entry.fact.contact.email or address
        before, after = after, _standing(draft, person)
        effect = _effect(entry, before, after)
        if isinstance(entry.fact, Announced) and effect is Effect.NONE:
            continue
        finding = entry.fact.finding if isinstance(entry.fact, Heard) else None
        yield Step(
            entry=entry,
            before=before,
            after=after,
            effect=effect,
            rule=finding.rule if finding else "",
            words=_words(entry),
            why=reason(entry, dict(zip(after.to_review, after.whys, strict=True)).get(entry.number, "")),
            address=address if isinstance(entry.fact, Delivery) else "",
            about=met.get(entry.fact.entry) if isinstance(entry.fact, Reviewed) else None,
        )


def _standing(draft: InvitationDraft, person: str) -> Standing:
    return next(one for one in draft.settle() if one.person == person)


def _concerns(entry: Entry, invitee: str, person: str) -> bool:
    """Return whether an entry may concern this person, and says something of them that was not erased."""
    if entry.invitee not in (invitee, "") or (not entry.invitee and not isinstance(entry.fact, Announced)):
        return False
    match entry.fact:
        case Placed(contact=contact):
            return entry.person == person and bool(contact.email)
        case Delivery(persons=persons) if persons:
            return person in persons
        case _:
            return entry.person in ("", person)


def _joins(entry: Entry, invitee: str, person: str) -> bool:
    """Return whether by an entry somebody else was found to be this person."""
    return isinstance(entry.fact, Gone) and (entry.fact.to, entry.fact.person) == (invitee, person)


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
    open_before, open_after = (one.to_review + one.to_glance for one in (before, after))
    if isinstance(entry.fact, Reviewed) and open_before != open_after:
        return Effect.DECIDED
    return Effect.NONE


def sendings(sent: Iterable[Correspondence]) -> list[tuple[datetime, Kind]]:
    """Return when each round of messages began, and its kind: the first delivery of each message key.

    Acknowledgements are sent one by one and are left out.
    """
    first: dict[MessageKey, datetime] = {}
    for correspondence in sent:
        for told in correspondence.told:
            if told.state is State.SENT:
                first[told.key] = min(told.at, first.get(told.key, told.at))
    rounds = ((at, key.kind) for key, at in first.items())
    return sorted((sent for sent in rounds if sent[1] is not Kind.ACKNOWLEDGEMENT), key=lambda sent: sent[0])
