"""Plan and run a campaign's scheduled messages (appointments): list them, find those due, queue their messages."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailer import campaign as campaigns
from mailer import compose
from mailer.errors import ConfigError
from mailer.jobs import drafts, send, standings
from mailer.jobs.standings import Record
from mailer.model.campaign import Campaign
from mailer.model.entry import Channel, Confirmed, Entry, Kept
from mailer.model.invitation import Kind
from mailer.model.outcome import State
from mailer.model.people import Invitee
from mailer.model.schedule import Appointment
from mailer.model.told import NOTHING_SENT, Told
from mailer.store import Store


@dataclass(frozen=True, slots=True)
class Item:
    """An appointment with its state, the invitees it would write to, and the error that would prevent it, if any."""

    planned: campaigns.Planned
    invitees: tuple[Invitee, ...] = ()
    obstacle: ConfigError | None = field(default=None, compare=False)


def agenda(
    campaign: Campaign, record: Record, now: datetime, letters: Mapping[str, str] | None = None
) -> list[Item]:
    """List every appointment of a campaign with the invitees it would write to.

    `letters` are what the letters are made of now (`compose.letters`): what nobody confirmed is an obstacle.

    `record` includes everybody on the contact lists (`standings.record_with_lists`). Each appointment is planned by the
    function that also sends it, as if those before it had been sent and nobody had answered meanwhile.
    """
    items = []
    for planned in campaigns.stands(campaign.schedule, record.kept, now):
        one = planned.appointment
        if planned.stand is campaigns.Stand.MISSED and not _matters(campaign, record, one, now):
            items.append(Item(replace(planned, stand=campaigns.Stand.NEEDLESS)))
            continue
        if planned.stand in (campaigns.Stand.KEPT, campaigns.Stand.MISSED):
            items.append(Item(planned))
            continue
        try:
            draft = drafted(campaign, record, one, max(now, one.at))
        except ConfigError as error:
            items.append(Item(planned, obstacle=error))
            continue
        waits = unconfirmed(campaign, record, one.kind, letters) if letters is not None else None
        items.append(Item(planned, tuple(due.invitee for due in draft.plan.due), waits))
        record = _as_if_sent(record, draft, one.at)
    return items


def unconfirmed(
    campaign: Campaign, record: Record, kind: Kind, letters: Mapping[str, str]
) -> ConfigError | None:
    """Return why a kind of message waits for a person's word, or None.

    Nobody has confirmed that it leaves by itself, or its letter or the meeting have changed since.
    """
    known = record.confirmed.get(kind.value)
    if known == letters.get(kind.value):
        return None
    code = "sending-changed" if known else "sending-unconfirmed"
    return ConfigError(code, campaign=campaign.slug, kind=kind)


def confirm(campaign: Campaign, store: Store, sources: Mapping[str, bytes], now: datetime) -> None:
    """Record that a person confirms what the schedule of a campaign sends by itself, as it is now."""
    fact = Confirmed(compose.letters(campaign, sources))
    store.append([Entry(campaign.slug, "", now, Channel.STAFF, fact)])


def drafted(campaign: Campaign, record: Record, appointment: Appointment, now: datetime) -> drafts.Draft:
    """Plan what an appointment sends now. Raises ConfigError if it cannot be sent as things are."""
    turn = appointment.number if appointment.kind is Kind.REMINDER else 0
    return drafts.DRAFTERS[appointment.kind](campaign, record, drafts.Wish(turn=turn, automatic=True), now)


def due(campaign: Campaign, store: Store, now: datetime) -> list[Appointment]:
    """Return the appointments that are to be run now, in order of time."""
    return _standing(campaign, store, now, campaigns.Stand.DUE)


def missed(campaign: Campaign, store: Store, now: datetime) -> list[Appointment]:
    """Return the appointments that were not run in time."""
    return _standing(campaign, store, now, campaigns.Stand.MISSED)


def matters(campaign: Campaign, appointment: Appointment, store: Store, now: datetime) -> bool:
    """Return whether a missed appointment would still have anybody to write to."""
    return _matters(campaign, standings.record(store, campaign.slug), appointment, now)


def _matters(campaign: Campaign, record: Record, appointment: Appointment, now: datetime) -> bool:
    try:
        return bool(drafted(campaign, record, appointment, now).plan.due)
    except ConfigError:
        return True


def _standing(campaign: Campaign, store: Store, now: datetime, stand: campaigns.Stand) -> list[Appointment]:
    if not campaign.schedule.appointments:
        return []
    kept = [entry.fact for entry in store.entries(campaign.slug, "") if isinstance(entry.fact, Kept)]
    stands = campaigns.stands(campaign.schedule, kept, now)
    return [one.appointment for one in stands if one.stand is stand]


def run_appointment(
    campaign: Campaign,
    appointment: Appointment,
    store: Store,
    sources: Mapping[str, bytes],
    households: standings.Households,
    *,
    now: datetime,
    mailbox: str,
) -> int:
    """Put the messages of an appointment into the outbox, record that it was kept, and return how many they were.

    `households` are the people on the lists as they are now: who is new comes in, and nobody is taken off by it. Killed at any moment and called again, it queues nothing twice,
    since every message has a key. Raises ConfigError if the appointment cannot be sent as things are,
    `send.UnsoundError` if a message breaks a rule, TemplateError if a template cannot be filled in; nothing is
    queued then.
    """
    record = standings.record(store, campaign.slug)
    if appointment.kind in drafts.READS_LISTS:
        record = standings.with_lists(record, store, campaign.slug, households, only_newcomers=True)
    if waits := unconfirmed(campaign, record, appointment.kind, compose.letters(campaign, sources)):
        raise waits
    draft = drafted(campaign, record, appointment, now)
    composer = send.check(draft, sources, store.secret(), now, mailbox=mailbox)
    queued = send.queue(draft, composer, store, now)
    fact = Kept(appointment.kind, appointment.at, queued)
    store.append([Entry(campaign.slug, "", now, Channel.OUTBOX, fact)])
    return queued


def acknowledge(
    campaign: Campaign,
    store: Store,
    sources: Callable[[], Mapping[str, bytes]],
    *,
    now: datetime,
    mailbox: str,
) -> int:
    """Queue an acknowledgement of each recent answer, at most one per invitee and answer; return how many.

    `sources` reads the templates. Raises what `run_appointment` raises.
    """
    if not campaign.schedule.acknowledge or campaigns.is_late(campaign.meeting, now):
        return 0
    record = standings.record(store, campaign.slug)
    if record.told is None or not record.fresh:
        return 0
    draft = drafts.draft_acknowledgement(campaign, record, drafts.Wish(automatic=True), now)
    if not draft.plan.due:
        return 0
    texts = sources()
    if waits := unconfirmed(campaign, record, Kind.ACKNOWLEDGEMENT, compose.letters(campaign, texts)):
        raise waits
    composer = send.check(draft, texts, store.secret(), now, mailbox=mailbox)
    return send.queue(draft, composer, store, now)


def _as_if_sent(record: Record, draft: drafts.Draft, at: datetime) -> Record:
    """Return the record as it will be once a draft and all that waits has been sent, to plan later appointments from."""
    announced = (*record.announced, *filter(None, [draft.announcement]))
    sent = dict(record.sent)
    keys = [(one.invitee.ref, one.key) for one in draft.plan.due]
    keys += [(ref, key) for ref, messages in record.waiting.items() for key in messages]
    for ref, key in keys:
        told = Told(key, State.SENT, at, sys.maxsize, revision=len(announced))
        before = sent.get(ref, NOTHING_SENT)
        sent[ref] = replace(before, told=(*before.told, told))
    return replace(record, sent=sent, waiting={}, announced=announced)
