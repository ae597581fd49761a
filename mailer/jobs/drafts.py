"""Plan which messages of one kind a campaign would send now, and to whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from mailer import campaign as campaigns
from mailer.errors import ConfigError
from mailer.jobs.standings import Record
from mailer.model.campaign import Campaign
from mailer.model.entry import Announced
from mailer.model.invitation import Invitation, Kind
from mailer.model.meeting import Meeting
from mailer.model.outcome import State
from mailer.model.people import Invitee

GROWS = (Kind.INVITATION, Kind.REMINDER)
"""The kinds that also go to people who were added to the lists since the last sending."""

STALE = timedelta(days=2)
"""How long after it was read an answer is still acknowledged."""


@dataclass(frozen=True, slots=True)
class Draft:
    """The messages a campaign would send now, with all that is needed to queue them.

    `roll` is everybody the campaign has ever invited. `announcement` is the meeting as the messages announce it, where
    that is new. `change` is set for an update, and `asked_again` counts the answers it makes void. `waiting` counts
    messages of earlier plans that are not sent yet: they are sent too. `doubtful` counts messages that may or may not
    have arrived. `previous` is the meeting as it was announced before. `listed` is everybody on the lists, where the
    kind also goes to newcomers.
    """

    campaign: Campaign
    roll: tuple[Invitee, ...]
    plan: campaigns.Plan
    announcement: Announced | None
    change: campaigns.MeetingChange
    waiting: int
    doubtful: int
    previous: Meeting | None = None
    asked_again: int = 0
    listed: tuple[Invitee, ...] = ()

    def invitations(self, secret: bytes) -> Iterator[Invitation]:
        """Yield the identity (UID, token, Message-ID) of every planned message, in roll order."""
        return (self.invitation(secret, due) for due in self.plan.due)

    def invitation(self, secret: bytes, due: campaigns.Due) -> Invitation:
        """Return the identity (UID, token, Message-ID) of one planned message."""
        return campaigns.invitation(
            secret, self.campaign, due.invitee, due.kind, due.sequence, due.number, due.answered
        )


def draft_invitation(
    campaign: Campaign, record: Record, chosen: frozenset[str] | None, now: datetime
) -> Draft:
    """Plan the invitation of everybody who has none.

    Raises ConfigError ``meeting-has-begun``, ``meeting-cancelled``, or ``meeting-changed`` if the campaign file
    differs from what earlier invitees were told.
    """
    _refuse_late(campaign, now)
    told = record.told
    if told is None:
        announcement = Announced(0, campaign.meeting)
        plan = campaigns.plan(Kind.INVITATION, record.known(0, 1, chosen))
        return _draft(campaign, record, plan, announcement)
    _refuse_changed(campaign, told)
    return _draft(campaign, record, campaigns.plan(Kind.INVITATION, record.known(told.sequence, 1, chosen)))


def draft_reminder(
    campaign: Campaign, record: Record, chosen: frozenset[str] | None, now: datetime, turn: int = 0
) -> Draft:
    """Plan a reminder for everybody who was reached and did not answer (same UID and SEQUENCE: RFC 5546 3.2.2.7).

    `turn` is the number of a scheduled reminder: invitees who already had that many are left out.
    """
    _refuse_late(campaign, now)
    told = _told(campaign, record)
    _refuse_changed(campaign, told)
    known = record.known(told.sequence, 1, chosen, turn=turn)
    return _draft(campaign, record, campaigns.plan(Kind.REMINDER, known))


def draft_update(campaign: Campaign, record: Record, chosen: frozenset[str] | None, now: datetime) -> Draft:
    """Plan an update for everybody who holds an invitation (RFC 5546 section 3.2.2.1).

    Where nothing changed since the last update, those who did not get that one yet are planned. Raises ConfigError
    ``nothing-changed`` if there was no update either.
    """
    _refuse_late(campaign, now)
    told = _told(campaign, record)
    change = campaigns.change(told.meeting, campaign.meeting)
    if campaign.meeting.cancelled:
        raise ConfigError("use-cancel", campaign=campaign.slug)
    if not change.fields:
        if told.sequence == 0 and record.edition == 1:
            raise ConfigError("nothing-changed", campaign=campaign.slug)
        plan = campaigns.plan(Kind.UPDATE, record.known(told.sequence, record.edition, chosen))
        return _draft(campaign, record, plan)
    sequence = told.sequence + change.material
    edition = 1 if change.material else record.edition + 1
    plan = campaigns.plan(Kind.UPDATE, record.known(sequence, edition, chosen))
    asked_again = 0
    if change.material:
        answered = (s for s in record.standings.values() if s.answered_at is not None)
        asked_again = sum(1 for _ in answered)
    draft = _draft(campaign, record, plan, Announced(sequence, campaign.meeting))
    return replace(draft, change=change, asked_again=asked_again)


def draft_cancel(campaign: Campaign, record: Record, chosen: frozenset[str] | None, now: datetime) -> Draft:
    """Plan the cancellation for those chosen, or of the whole meeting for everybody who holds an invitation.

    SEQUENCE is incremented (RFC 5546 section 3.2.5), for the whole meeting only once: a second call plans those who did
    not get the first cancellation yet.
    """
    _refuse_late(campaign, now)
    told = _told(campaign, record)
    cancelled = replace(campaign.meeting, cancelled=True)
    if chosen is not None:
        plan = campaigns.plan(Kind.CANCEL, record.known(told.sequence + 1, 1, chosen))
        return _draft(campaign, record, plan)
    if told.meeting.cancelled:
        return _draft(campaign, record, campaigns.plan(Kind.CANCEL, record.known(told.sequence, 1, None)))
    plan = campaigns.plan(Kind.CANCEL, record.known(told.sequence + 1, 1, None))
    return _draft(campaign, record, plan, Announced(told.sequence + 1, cancelled))


def draft_details(campaign: Campaign, record: Record, chosen: frozenset[str] | None, now: datetime) -> Draft:
    """Plan the last practical details for everybody who comes and has a place."""
    _refuse_late(campaign, now)
    told = _told(campaign, record)
    _refuse_changed(campaign, told)
    known = record.known(told.sequence, 1, chosen, capacity=campaign.capacity)
    return _draft(campaign, record, campaigns.plan(Kind.DETAILS, known))


def draft_thanks(campaign: Campaign, record: Record, chosen: frozenset[str] | None, now: datetime) -> Draft:
    """Plan the thanks to everybody who came. Raises ConfigError ``meeting-not-over`` before the end of the meeting."""
    told = _told(campaign, record)
    if told.meeting.cancelled or campaign.meeting.cancelled:
        raise ConfigError("meeting-cancelled", campaign=campaign.slug)
    if now < campaign.meeting.ends:
        raise ConfigError("meeting-not-over", file=campaign.file, ends=campaign.meeting.ends)
    known = record.known(told.sequence, 1, chosen, capacity=campaign.capacity)
    return _draft(campaign, record, campaigns.plan(Kind.THANKS, known))


def draft_acknowledgement(
    campaign: Campaign, record: Record, chosen: frozenset[str] | None, now: datetime
) -> Draft:
    """Plan the acknowledgement of every answer that was read less than `STALE` ago; a later one would confuse."""
    _refuse_late(campaign, now)
    told = _told(campaign, record)
    fresh = {ref: answered for ref, (answered, at) in record.fresh.items() if now - at < STALE}
    known = replace(record.known(told.sequence, 1, chosen), unacknowledged=fresh)
    return _draft(campaign, record, campaigns.plan(Kind.ACKNOWLEDGEMENT, known))


Drafter = Callable[[Campaign, Record, "frozenset[str] | None", datetime], Draft]

DRAFTERS: dict[Kind, Drafter] = {
    Kind.INVITATION: draft_invitation,
    Kind.REMINDER: draft_reminder,
    Kind.UPDATE: draft_update,
    Kind.CANCEL: draft_cancel,
    Kind.DETAILS: draft_details,
    Kind.THANKS: draft_thanks,
    Kind.ACKNOWLEDGEMENT: draft_acknowledgement,
}


def _draft(
    campaign: Campaign, record: Record, plan: campaigns.Plan, announcement: Announced | None = None
) -> Draft:
    states = [state for messages in record.outbox.values() for state in messages.values()]
    return Draft(
        campaign=campaign,
        roll=record.roll,
        plan=plan,
        announcement=announcement,
        change=campaigns.MeetingChange(),
        waiting=sum(state in (State.QUEUED, State.DEFERRED) for state in states),
        doubtful=sum(state in (State.IN_DOUBT, State.CLAIMED) for state in states),
        previous=_previous(record, announcement),
        listed=record.listed,
    )


def _previous(record: Record, announcement: Announced | None) -> Meeting | None:
    """Return the meeting as announced before this draft; a draft without a new announcement repeats the last one."""
    known = record.told if announcement else record.before
    return known.meeting if known else None


def _told(campaign: Campaign, record: Record) -> Announced:
    if record.told is None:
        raise ConfigError("nothing-announced", campaign=campaign.slug)
    return record.told


def _refuse_late(campaign: Campaign, now: datetime) -> None:
    if campaigns.is_late(campaign.meeting, now):
        raise ConfigError("meeting-has-begun", file=campaign.file, starts=campaign.meeting.starts)


def _refuse_changed(campaign: Campaign, told: Announced) -> None:
    if told.meeting.cancelled:
        raise ConfigError("meeting-cancelled", campaign=campaign.slug)
    change = campaigns.change(told.meeting, campaign.meeting)
    if change.fields:
        raise ConfigError("meeting-changed", file=campaign.file, campaign=campaign.slug, fields=change.fields)
