"""Say what a campaign still owes of what was asked for, and which command goes on with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mailer import campaign as campaigns
from mailer import ledger
from mailer.due import Due
from mailer.errors import ConfigError, UserError
from mailer.jobs import gather, people
from mailer.jobs.drafts import DRAFTERS, Draft, Wish, lone
from mailer.jobs.standings import Record
from mailer.model.attendance import Row
from mailer.model.campaign import Campaign
from mailer.model.invitation import Kind
from mailer.model.outcome import State
from mailer.model.people import Invitee
from mailer.store import Store

KINDS = (Kind.CANCEL, Kind.INVITATION, Kind.UPDATE, Kind.REMINDER, Kind.DETAILS, Kind.THANKS)
"""The kinds in the order in which they are looked at."""

_QUEUED = (State.QUEUED, State.DEFERRED)


@dataclass(frozen=True, slots=True)
class Owed:
    """How many `messages` that were asked for have not left, and the `kind` whose command sends them."""

    kind: Kind
    messages: int


def owed(campaign: Campaign, record: Record, now: datetime, rows: Sequence[Row]) -> list[Owed]:
    """Return what was asked for and has not left, with the kind whose command goes on; nothing if it is too late.

    `rows` are those of everybody. A message counts if it waits in the queue, belongs to a round that was stopped, or is for somebody who holds an
    older revision. The command is one that does not refuse now: where the meeting has changed since, that is the update.
    """
    if record.told is None:
        return []
    waiting = {
        ref: kinds
        for ref, messages in record.waiting.items()
        if (kinds := {key.kind for key, state in messages.items() if state in _QUEUED})
    }
    revision = len(record.announced)
    untold = {row.person.ref for row in rows if ledger.is_untold(row, revision)}
    if not (waiting or untold or record.rounds):
        return []
    met: set[str] = set()
    drafted: dict[Kind, Draft] = {}
    found: dict[Kind, int] = {}
    # A change that was stopped takes along the invitations that wait, so that one command does for both.
    stopped = bool(untold) or any(one.round.kind is Kind.UPDATE for one in record.rounds)
    for kind in sorted(KINDS, key=lambda each: stopped and each not in (Kind.CANCEL, Kind.UPDATE)):
        if kind is Kind.CANCEL and not record.told.meeting.cancelled:
            continue
        try:
            draft = drafted[kind] = DRAFTERS[kind](campaign, record, Wish(sure=True), now)
        except ConfigError:
            continue
        asked = frozenset(
            person
            for one in record.rounds
            if one.round.kind is kind and draft.announcement is None
            for person in one.round.persons
        )
        for due in draft.plan.due:
            ref = due.invitee.ref
            if ref not in met and (
                _waits(due, draft, waiting.get(ref, set()))
                or (kind in (Kind.CANCEL, Kind.UPDATE) and not untold.isdisjoint(due.persons))
                or not asked.isdisjoint(due.persons)
            ):
                met.add(ref)
                found[kind] = found.get(kind, 0) + 1
    # What no command of its own sends any more, such as an acknowledgement, leaves along with the invitations.
    rest = sum(ref not in met and not kinds & drafted.keys() for ref, kinds in waiting.items())
    if rest and Kind.INVITATION in drafted and drafted[Kind.INVITATION].waiting:
        found[Kind.INVITATION] = found.get(Kind.INVITATION, 0) + rest
    return [Owed(kind, n) for kind, n in found.items()]


def _waits(due: Due, draft: Draft, kinds: set[Kind]) -> bool:
    """Return whether a message of these kinds is in the queue that this one is, or takes the place of."""
    return bool(kinds) if draft.announcement else due.kind in kinds


def unsettled(
    workspace: Path, campaign: Campaign, store: Store | None, record: Record, now: datetime
) -> list[Invitee]:
    """Return the people whom `mailer send` holds back until somebody says who they are.

    Nobody, where no letter is due any more or yet, or a list is missing or unreadable: `mailer check` says that.
    """
    over = record.told is None or record.told.meeting.cancelled or campaigns.is_late(campaign.meeting, now)
    if over:
        return []
    try:
        households = gather.gather(workspace, campaign).households
    except UserError:
        return []
    found = people.reconcile(store, campaign.slug, households, register=record.register)
    if not found.questions:
        return []
    known = [
        replace(invitee, members=(member,))
        for invitee in found.register.roll
        for member in invitee.members
        if member.ref in found.unsettled and member.contact.email and invitee.ref not in record.suppressed
    ]
    return [*known, *map(lone, found.questions)]
