"""Test scheduled messages: what is listed is what is sent, once, and not to people who have answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailer import campaign as campaigns
from mailer import compose, files
from mailer.campaign import Stand
from mailer.errors import ConfigError
from mailer.jobs import agenda, drafts, gather, send, standings
from mailer.jobs.departure import Departure
from mailer.jobs.seal import PLAIN
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.model.entry import Attended, Channel, Delivery, Entry, Heard, Kept, Presence, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat
from mailer.model.invitation import Kind
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import State
from mailer.model.people import Invitee
from mailer.store import Promise, Settled, Store
from mailer.store.sql import open_store
from tests.registered import enrol

ROOT = Path(__file__).parents[2]
SLUG = "restitution-hellemmes"
PARIS = ZoneInfo("Europe/Paris")
NAMES = ("anne", "boris", "chloe", "denis")


class Desk:
    """One campaign of four invitees on a real store, whose messages all arrive at once."""

    def __init__(self, store: Store, acknowledge: bool = True) -> None:
        file = ROOT / "config" / "campaigns" / f"{SLUG}.toml"
        campaign = campaigns.read(SLUG, str(file), file.read_bytes())
        self.campaign: Campaign = replace(
            campaign, schedule=replace(campaign.schedule, acknowledge=acknowledge)
        )
        self.sources = files.tree(ROOT / campaign.templates)
        self.store = store
        self.mailbox = campaign.organizer.address
        people = [(Contact(f"{name}@example.org", last_name=name.title()),) for name in NAMES]
        self.households = people
        self.listed = gather.invitees(store.secret(), SLUG, people)
        agenda.confirm(self.campaign, store, self.sources, at(12))

    def who(self, name: str) -> Invitee:
        """The invitee of this name."""
        return self.listed[NAMES.index(name)]

    def items(self, now: datetime) -> list[agenda.Item]:
        """What is listed at a moment."""
        record = standings.record_with_lists(self.store, SLUG, self.households)
        return agenda.agenda(self.campaign, record, now)

    def keep(self, now: datetime) -> int:
        """Keep what is due at a moment; return how many messages were queued."""
        return sum(
            agenda.run_appointment(
                self.campaign, one, self.store, self.sources, self.households, now=now, mailbox=self.mailbox
            )
            for one in agenda.due(self.campaign, self.store, now)
        )

    def acknowledge(self, now: datetime) -> int:
        """Acknowledge what was answered."""
        return agenda.acknowledge(
            self.campaign, self.store, lambda: self.sources, now=now, mailbox=self.mailbox
        )

    def queued(self, kind: Kind) -> list[str]:
        """The names of those for whom messages of a kind wait."""
        names = {invitee.ref: invitee.people[0].last_name.lower() for invitee in self.listed}
        return [
            names[q.promise.invitee]
            for q in self.store.queue(SLUG)
            if q.state is State.QUEUED and q.promise.key.kind is kind
        ]

    def queue(self, draft: drafts.Draft, now: datetime) -> None:
        """Put the messages of a draft into the outbox, as a person does who sends by hand."""
        secret, mailbox = self.store.secret(), self.campaign.organizer.address
        composer = send.check(draft, self.sources, secret, now, mailbox=mailbox)
        send.queue(draft, composer, self.store, now)

    def deliver(self, now: datetime) -> None:
        """Everything that waits arrives."""
        self.store.settle([_sent(q.promise, now) for q in self.store.queue(SLUG)], now)
        send.end_rounds(SLUG, self.store, now)

    def hear(
        self, name: str, partstat: PartStat, now: datetime, *, seats: int | None = None, mail: str = ""
    ) -> None:
        """An invitee answers by mail."""
        finding = Finding("free_text", MailKind.REPLY, Answer(partstat, seats))
        heard = Heard(finding, now, Trust.SENDER, message_id=mail)
        self.store.append([Entry(SLUG, self.who(name).ref, now, Channel.TEXT, heard)])


def _sent(promise: Promise, now: datetime) -> Settled:
    """The outcome of a message that was taken."""
    fact = Delivery(promise.key, promise.key.sequence, State.SENT, promise.message_id, None, promise.persons)
    entry = Entry(SLUG, promise.invitee, now, Channel.OUTBOX, replace(fact, round=promise.round))
    return Settled(promise, State.SENT, None, entry)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty ledger."""
    opened = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    """The sample campaign."""
    return Desk(store)


def at(day: int, hour: int = 9, minute: int = 30, month: int = 3) -> datetime:
    """A moment of spring 2025 in Paris."""
    return datetime(2025, month, day, hour, minute, tzinfo=PARIS)


def test_what_is_listed_is_what_is_sent(desk: Desk) -> None:
    """At each appointment the messages queued are those of the listing just before, and the last list is all kept."""
    for name, partstat, when in (
        ("anne", PartStat.ACCEPTED, at(14)),
        ("boris", PartStat.DECLINED, at(20)),
    ):
        desk.keep(at(13))
        desk.deliver(at(13))
        if when.day == 20:
            _keep_next(desk, at(19))
        desk.hear(name, partstat, when)
    _keep_next(desk, at(26))
    _keep_next(desk, at(28, 10, 0))
    _keep_next(desk, at(1, 10, 0, month=4))

    items = desk.items(at(2, month=4))
    assert [item.planned.stand for item in items] == [Stand.KEPT] * 5
    assert [item.planned.kept.messages for item in items if item.planned.kept] == [4, 3, 2, 1, 1]


def _keep_next(desk: Desk, now: datetime) -> None:
    """Keep the appointment of a moment and compare it with what was listed an hour before."""
    before = next(i for i in desk.items(now - timedelta(hours=1)) if i.planned.appointment.at == now)
    assert before.obstacle is None
    assert desk.keep(now) == len(before.invitees)
    kind = before.planned.appointment.kind
    assert desk.queued(kind) == [one.people[0].last_name.lower() for one in before.invitees]
    desk.deliver(now)


def test_a_listing_foresees_what_follows_from_what_is_listed(desk: Desk) -> None:
    """Before anything was sent, reminders are listed for those the invitation is listed for."""
    items = desk.items(at(10))

    assert [len(item.invitees) for item in items] == [4, 4, 4, 0, 0]
    assert all(item.obstacle is None for item in items)


def test_killed_between_queue_and_note_nothing_is_queued_twice(desk: Desk) -> None:
    """The note that an appointment was kept is written last; without it, the next try queues the same messages, so none."""
    desk.keep(at(13))
    desk.deliver(at(13))
    reminder = agenda.due(desk.campaign, desk.store, at(19))[0]
    record = standings.record_with_lists(desk.store, SLUG, desk.households)
    draft = agenda.drafted(desk.campaign, record, reminder, at(19))
    desk.queue(draft, at(19))
    desk.deliver(at(19, 9, 31))

    assert agenda.due(desk.campaign, desk.store, at(19, 9, 32)) == [reminder]
    assert desk.keep(at(19, 9, 32)) == 0
    assert agenda.due(desk.campaign, desk.store, at(19, 9, 33)) == []


def test_a_missed_moment_is_not_made_up_for(desk: Desk) -> None:
    """After a day away the reminder is missed and stays so; the next one is kept as planned."""
    desk.keep(at(13))
    desk.deliver(at(13))

    assert desk.keep(at(20)) == 0
    assert [item.planned.stand for item in desk.items(at(20))][:3] == [Stand.KEPT, Stand.MISSED, Stand.AHEAD]
    assert desk.keep(at(26)) == 4


def test_what_was_done_by_hand_was_not_missed(desk: Desk) -> None:
    """An invitation sent by hand after its moment leaves nothing to make up for."""
    record = standings.record_with_lists(desk.store, SLUG, desk.households)
    draft = drafts.draft_invitation(desk.campaign, record, drafts.PLAIN, at(14))
    enrol(desk.store, SLUG, desk.listed, at(14))
    invitation = next(item for item in desk.items(at(14)) if item.planned.appointment.kind is Kind.INVITATION)
    assert invitation.planned.stand is Stand.MISSED
    desk.queue(draft, at(14))
    desk.deliver(at(14))

    assert desk.items(at(15))[0].planned.stand is Stand.NEEDLESS


def test_reminders_by_hand_count(desk: Desk) -> None:
    """Whoever was reminded by hand is left out of the first scheduled reminder, and not of the second."""
    desk.keep(at(13))
    desk.deliver(at(13))
    record = standings.record(desk.store, SLUG)
    draft = drafts.draft_reminder(
        desk.campaign, record, drafts.Wish(frozenset({desk.who("anne").ref})), at(15)
    )
    desk.queue(draft, at(15))
    desk.deliver(at(15))

    desk.keep(at(19))
    assert desk.queued(Kind.REMINDER) == ["boris", "chloe", "denis"]
    desk.deliver(at(19))
    desk.keep(at(26))
    assert desk.queued(Kind.REMINDER) == ["anne", "boris", "chloe", "denis"]


def test_a_reminder_that_has_not_left_when_the_answer_comes_never_leaves(desk: Desk) -> None:
    """What waits for somebody who has answered meanwhile is not owed any more when it is to leave."""
    desk.keep(at(13))
    desk.deliver(at(13))
    desk.keep(at(19))
    desk.hear("chloe", PartStat.TENTATIVE, at(19, 10))

    claimed = desk.store.claim(SLUG, 9, at(19, 11), timedelta(minutes=5))
    departure = Departure(desk.store, desk.campaign, PLAIN, lambda: at(19, 11))
    owed = departure.owed(claimed)
    dropped = [one.promise.invitee for one in claimed if one not in owed]
    assert dropped == [desk.who("chloe").ref]
    assert len(claimed) == 4
    (chloe,) = desk.who("chloe").members
    assert standings.record(desk.store, SLUG).standings[chloe.ref].delivery.value == "sent"


def test_once_the_meeting_has_begun_only_thanks_leave(desk: Desk) -> None:
    """An invitation that still waits is taken out of the queue."""
    desk.keep(at(13))

    assert send.drop_late(desk.campaign, desk.store, at(31, 14, 0)) == 4
    assert desk.queued(Kind.INVITATION) == []


def test_details_go_to_those_who_have_a_place(desk: Desk) -> None:
    """Those who said yes, but for whom there is no place left, are not told to come."""
    desk.campaign = replace(desk.campaign, capacity=3)
    desk.keep(at(13))
    desk.deliver(at(13))
    desk.hear("anne", PartStat.ACCEPTED, at(14), seats=2)
    desk.hear("boris", PartStat.ACCEPTED, at(15), seats=2)
    desk.hear("chloe", PartStat.DECLINED, at(15))

    desk.keep(at(28, 10, 0))

    assert desk.queued(Kind.DETAILS) == ["anne"]


def test_thanks_go_to_those_who_were_seen(desk: Desk) -> None:
    """Where presence was noted, it counts and not what was announced."""
    desk.keep(at(13))
    desk.deliver(at(13))
    desk.hear("anne", PartStat.ACCEPTED, at(14))
    for name, presence in (("anne", Presence.ABSENT), ("denis", Presence.PRESENT)):
        fact = Attended(presence)
        desk.store.append([Entry(SLUG, desk.who(name).ref, at(31, 16, 0), Channel.STAFF, fact)])

    desk.keep(at(1, 10, 0, month=4))

    assert desk.queued(Kind.THANKS) == ["denis"]
    assert b"feuille de pr=C3=A9sence dit que vous =C3=A9tiez l" in _content(desk, "denis")


def _content(desk: Desk, name: str) -> bytes:
    """The last message queued for somebody."""
    return _written(desk, name).content


def _written(desk: Desk, name: str) -> OutgoingMessage:
    """The last message queued for somebody, as it will leave."""
    ref = desk.who(name).ref
    promise = [q.promise for q in desk.store.queue(SLUG) if q.promise.invitee == ref][-1]
    return Departure(desk.store, desk.campaign, PLAIN, lambda: promise.made_at).compose([promise])[0]


def test_an_answer_is_acknowledged_once(desk: Desk) -> None:
    """One acknowledgement for each answer, with what the answer said; the same answer again gets none."""
    desk.keep(at(13))
    desk.deliver(at(13))
    desk.hear("anne", PartStat.ACCEPTED, at(14), seats=2, mail="<one@example.org>")

    assert desk.acknowledge(at(14, 9, 31)) == 1
    written = _written(desk, "anne")
    assert written.envelope_from == ""
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in written.content
    assert b"\r\nIn-Reply-To: <one@example.org>\r\n" in written.content
    assert b"vous serez 2." in written.content
    assert b"text/calendar" not in written.content
    desk.deliver(at(14, 9, 32))
    desk.hear("anne", PartStat.ACCEPTED, at(14, 10), seats=2, mail="<two@example.org>")
    assert desk.acknowledge(at(14, 10, 1)) == 0
    desk.hear("anne", PartStat.DECLINED, at(15), mail="<three@example.org>")
    assert desk.acknowledge(at(15, 10)) == 1
    desk.deliver(at(15, 10))
    desk.hear("anne", PartStat.ACCEPTED, at(16), mail="<four@example.org>")
    assert desk.acknowledge(at(16, 10)) == 0


@pytest.mark.parametrize(
    ("claim", "letters"),
    [
        (Answer(PartStat.ACCEPTED, glance=True), 1),
        (Answer(PartStat.ACCEPTED, asks=True), 1),
        (Answer(PartStat.ACCEPTED, number_to_check=True), 0),
    ],
    ids=["glance", "question", "number-to-check"],
)
def test_what_may_be_looked_over_is_acknowledged(desk: Desk, claim: Answer, letters: int) -> None:
    """As what is sure; what waits for a person is not."""
    desk.keep(at(13))
    desk.deliver(at(13))
    fact = Heard(Finding("rule", MailKind.REPLY, claim), at(14), Trust.SENDER, message_id="<one@example.org>")
    desk.store.append([Entry(SLUG, desk.who("anne").ref, at(14), Channel.TEXT, fact)])

    assert desk.acknowledge(at(14, 9, 31)) == letters


def test_nothing_else_is_acknowledged(desk: Desk) -> None:
    """Neither what may not be answered, nor what staff noted, nor what came days ago, nor anything where it is off."""
    desk.keep(at(13))
    desk.deliver(at(13))
    desk.hear("anne", PartStat.ACCEPTED, at(14))
    desk.hear("boris", PartStat.ACCEPTED, at(14), mail="<b@example.org>")
    fact = Heard(Finding("staff", MailKind.OTHER, Answer(PartStat.DECLINED)), at(14, 10), Trust.STAFF)
    desk.store.append([Entry(SLUG, desk.who("boris").ref, at(14, 10), Channel.STAFF, fact)])
    desk.hear("chloe", PartStat.ACCEPTED, at(14), mail="<c@example.org>")

    assert desk.acknowledge(at(17)) == 0
    assert Desk(desk.store, acknowledge=False).acknowledge(at(14, 11)) == 0
    assert desk.acknowledge(at(14, 11)) == 1
    assert desk.queued(Kind.ACKNOWLEDGEMENT) == ["chloe"]


def test_a_message_that_breaks_a_rule_keeps_the_whole_appointment_back(desk: Desk) -> None:
    """Nothing is queued and nothing noted; it stays due until it is put right or missed."""
    desk.sources = {**desk.sources, "invitation.txt": desk.sources["invitation.txt"] + b"{{ '{' }}{ x }}"}
    agenda.confirm(desk.campaign, desk.store, desk.sources, at(12))

    with pytest.raises(send.UnsoundError) as caught:
        desk.keep(at(13))

    assert caught.value.problems
    assert desk.queued(Kind.INVITATION) == []
    assert not [entry for entry in desk.store.entries(SLUG) if isinstance(entry.fact, Kept)]
    assert agenda.due(desk.campaign, desk.store, at(13))


def test_what_was_changed_since_it_was_confirmed_waits(desk: Desk) -> None:
    """Neither a corrected letter nor another hour leaves by itself; a person's word lets it go, and another letter stays out of it."""
    desk.sources = {**desk.sources, "invitation.txt": desk.sources["invitation.txt"] + b"Merci.\n"}
    letters = compose.letters(desk.campaign, desk.sources)
    record = standings.record(desk.store, SLUG)

    with pytest.raises(ConfigError) as caught:
        desk.keep(at(13))
    assert caught.value.code == "sending-changed"
    assert desk.queued(Kind.INVITATION) == []
    assert (
        agenda.unconfirmed(desk.campaign, record, Kind.DETAILS, letters) is not None
    )  # it names the same meeting
    assert (
        agenda.unconfirmed(desk.campaign, record, Kind.REMINDER, compose.letters(desk.campaign, {}))
        is not None
    )

    agenda.confirm(desk.campaign, desk.store, desk.sources, at(13))
    assert desk.keep(at(13)) == len(NAMES)


def test_nothing_leaves_by_itself_that_nobody_confirmed(store: Store) -> None:
    """The schedule says so, with the command that confirms it."""
    desk = Desk(store)
    other = replace(standings.record(store, SLUG), confirmed={})
    letters = compose.letters(desk.campaign, desk.sources)

    items = agenda.agenda(desk.campaign, other, at(12), letters)

    assert {item.obstacle.code for item in items if item.obstacle} == {"sending-unconfirmed"}


def test_people_who_come_and_go_are_no_change(desk: Desk) -> None:
    """A reminder that was confirmed leaves also to somebody who came later, and waits for nobody."""
    desk.keep(at(13))
    desk.deliver(at(13))
    desk.households = desk.households[1:]

    assert desk.keep(at(19)) == len(NAMES)
