"""Who is owed which message now."""

from __future__ import annotations

from collections.abc import ValuesView
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailer.due import Known, Left, OpenRound, Plan, plan
from mailer.model.attendance import DeliveryState, Standing
from mailer.model.contact import Contact
from mailer.model.entry import Presence
from mailer.model.finding import PartStat
from mailer.model.invitation import Kind, MessageKey
from mailer.model.outcome import Reply, Stage, State
from mailer.model.people import Invitee, Person
from mailer.model.told import Correspondence, Told
from tests.registered import members

NOW = datetime(2025, 3, 20, 9, tzinfo=UTC)
NOBODY = Reply(Stage.RCPT, 550, "5.1.1 unknown")
FULL = Reply(Stage.RCPT, 552, "mailbox full")


def invitee(ref: str, email: str = "x@example.org", people: int = 1, **of_each: object) -> Invitee:
    """Somebody on the roll, or several at one address."""
    everybody = members(ref, *[Contact(email, last_name="Martin")] * people)
    return Invitee(ref, email, tuple(replace(one, **of_each) for one in everybody))  # type: ignore[arg-type]


def told(
    kind: Kind = Kind.INVITATION,
    state: State = State.SENT,
    *persons: str,
    sequence: int = 0,
    number: int = 1,
    entry: int = 5,
    revision: int = 1,
    round: int = 1,  # noqa: A002 - as the ledger calls it
    ago: timedelta = timedelta(days=5),
    reply: Reply | None = None,
) -> Told:
    """A message that was sent five days ago."""
    key = MessageKey(kind, sequence, number)
    return Told(key, state, NOW - ago, entry, persons, revision, round, reply=reply)


def planned(kind: Kind, *sent: Told, who: Invitee | None = None, notices: int = 0, **known: object) -> Plan:
    """What is planned for one invitee who was sent these messages."""
    one = who or invitee("a")
    letters = Correspondence(sent, tuple(range(20, 20 + notices)))
    return plan(kind, Known([one], known.pop("standings", {}), {one.ref: letters}, NOW, **known))  # type: ignore[arg-type]


def verdict(kind: Kind, *sent: Told, **situation: object) -> Left | str:
    """The key of the message that one invitee is owed, or why none is."""
    made = planned(kind, *sent, **situation)  # type: ignore[arg-type]
    return str(made.due[0].key) if made.due else made.left[0][1]


CAME = {"a-1": Standing("a-1", partstat=PartStat.ACCEPTED)}
REFUSED = told(Kind.INVITATION, State.FAILED, reply=NOBODY)
REMINDED = told(Kind.REMINDER, ago=timedelta(days=2), round=7)
CASES = {
    "new": (verdict(Kind.INVITATION), "invitation.0.1"),
    "sent once is enough": (verdict(Kind.INVITATION, told()), Left.SENT),
    "sent at an older revision": (verdict(Kind.INVITATION, told(), sequence=2, revision=3), Left.SENT),
    "doubt waits": (verdict(Kind.INVITATION, told(state=State.IN_DOUBT)), Left.IN_DOUBT),
    "what waits is promised anew": (
        verdict(Kind.INVITATION, waiting={"a": {MessageKey(Kind.INVITATION, 0, 1): State.QUEUED}}),
        "invitation.0.1",
    ),
    "what is being sent is not": (
        verdict(Kind.INVITATION, waiting={"a": {MessageKey(Kind.INVITATION, 0, 1): State.CLAIMED}}),
        Left.ON_ITS_WAY,
    ),
    "refused": (verdict(Kind.INVITATION, REFUSED), Left.REFUSED),
    "refused, on a word": (verdict(Kind.INVITATION, REFUSED, refused=True), "invitation.0.2"),
    "sent, and --refused": (verdict(Kind.INVITATION, told(), refused=True), Left.SENT),
    "once more, on a word": (verdict(Kind.INVITATION, told(), again=True), "invitation.0.2"),
    "objects": (verdict(Kind.INVITATION, barred={"a"}), Left.SUPPRESSED),
    "no address": (verdict(Kind.INVITATION, who=invitee("a", "")), Left.NO_ADDRESS),
    "only others": (verdict(Kind.INVITATION, chosen={"b"}), Left.NOT_CHOSEN),
    "this person": (verdict(Kind.INVITATION, chosen={"a-1"}), "invitation.0.1"),
    "it is asked who it is": (verdict(Kind.INVITATION, unsettled={"a-1"}), Left.UNSETTLED),
    "taken off the list": (verdict(Kind.INVITATION, who=invitee("a", unlisted=True)), Left.UNLISTED),
    "taken back": (verdict(Kind.INVITATION, who=invitee("a", withdrawn=9)), Left.WITHDRAWN),
    "a calendar asks again": (verdict(Kind.INVITATION, told(), asking={"a"}), "invitation.0.2"),
    "a calendar with an older revision": (
        verdict(Kind.INVITATION, told(), asking={"a"}, sequence=1, revision=2),
        "invitation.1.1",
    ),
    "another address, not reached there": (
        verdict(Kind.INVITATION, told(), who=invitee("a", readdressed=6)),
        "invitation.0.2",
    ),
    "another address, refused at the old": (
        verdict(Kind.INVITATION, REFUSED, who=invitee("a", readdressed=6)),
        "invitation.0.2",
    ),
    "another address, and has answered": (
        verdict(Kind.INVITATION, told(), who=invitee("a", readdressed=6), standings=CAME),
        Left.ANSWERED,
    ),
    "another address, reached there": (
        verdict(Kind.INVITATION, told(), told(number=2, entry=8), who=invitee("a", readdressed=6)),
        Left.SENT,
    ),
    "nobody new is reminded": (verdict(Kind.REMINDER), Left.NEVER_INVITED),
    "nobody is reminded whom no letter reached": (verdict(Kind.REMINDER, REFUSED), Left.REFUSED),
    "the silent are reminded": (verdict(Kind.REMINDER, told()), "reminder.0.1"),
    "not within a day of the invitation": (
        verdict(Kind.REMINDER, told(ago=timedelta(hours=23))),
        Left.RECENT,
    ),
    "within a day, on a word": (
        verdict(Kind.REMINDER, told(ago=timedelta(hours=23)), again=True),
        "reminder.0.1",
    ),
    "within a day of an acknowledgement": (
        verdict(Kind.REMINDER, told(), told(Kind.ACKNOWLEDGEMENT, ago=timedelta(hours=1))),
        "reminder.0.1",
    ),
    "the answered are not": (verdict(Kind.REMINDER, told(), standings=CAME), Left.ANSWERED),
    "nor the excused": (
        verdict(Kind.REMINDER, told(), standings={"a-1": Standing("a-1", presence=Presence.EXCUSED)}),
        Left.ANSWERED,
    ),
    "a neighbour is excused": (
        verdict(Kind.REMINDER, told(), standings={"b-1": Standing("b-1", presence=Presence.EXCUSED)}),
        "reminder.0.1",
    ),
    "a question is not silence": (
        verdict(Kind.REMINDER, told(), standings={"a-1": Standing("a-1", to_review=(3,))}),
        Left.ANSWERED,
    ),
    "bounced": (
        verdict(Kind.REMINDER, told(), standings={"a-1": Standing("a-1", delivery=DeliveryState.BOUNCED)}),
        Left.BOUNCED,
    ),
    "nobody is reminded who is on no list": (
        verdict(Kind.REMINDER, told(), who=invitee("a", unlisted=True)),
        Left.UNLISTED,
    ),
    "a second reminder is another message": (verdict(Kind.REMINDER, told(), REMINDED), "reminder.0.2"),
    "a round goes on for those it has not reached": (
        verdict(Kind.REMINDER, told(ago=timedelta(0)), going_on=OpenRound(7, frozenset({"a-1"}))),
        "reminder.0.1",
    ),
    "a round goes on without those it has reached": (
        verdict(Kind.REMINDER, told(), REMINDED, going_on=OpenRound(7, frozenset({"a-1"}))),
        Left.SENT,
    ),
    "a round goes on without others": (
        verdict(Kind.REMINDER, told(), going_on=OpenRound(7, frozenset({"b-1"}))),
        Left.NEXT_ROUND,
    ),
    "a scheduled reminder has its number": (verdict(Kind.REMINDER, told(), turn=2), "reminder.0.2"),
    "a scheduled reminder is sent once": (verdict(Kind.REMINDER, told(), REMINDED, turn=1), Left.SENT),
    "update": (verdict(Kind.UPDATE, told(), sequence=1, revision=2), "update.1.1"),
    "one mail for each change": (
        verdict(Kind.UPDATE, told(), told(Kind.UPDATE, sequence=1, revision=2), sequence=1, revision=2),
        Left.SENT,
    ),
    "a change of wording": (
        verdict(Kind.UPDATE, told(), told(Kind.UPDATE, revision=2), revision=3),
        "update.0.2",
    ),
    "who was promised an invitation gets the present one": (
        verdict(
            Kind.UPDATE,
            sequence=1,
            revision=2,
            waiting={"a": {MessageKey(Kind.INVITATION, 0, 1): State.DEFERRED}},
        ),
        "invitation.1.1",
    ),
    "who was never promised one waits for it": (verdict(Kind.UPDATE, revision=2), Left.NEVER_INVITED),
    "off the list, but told": (
        verdict(Kind.UPDATE, told(), who=invitee("a", unlisted=True), revision=2),
        "update.0.1",
    ),
    "told in spite of one notice": (verdict(Kind.UPDATE, told(), notices=1, revision=2), "update.0.1"),
    "not after two": (verdict(Kind.UPDATE, told(), notices=2, revision=2), Left.BOUNCED),
    "notices of an older address": (
        verdict(Kind.UPDATE, told(), notices=2, revision=2, who=invitee("a", readdressed=30)),
        "update.0.1",
    ),
    "a change that was refused": (
        verdict(Kind.UPDATE, told(), told(Kind.UPDATE, State.FAILED, revision=2, reply=FULL), revision=2),
        Left.REFUSED,
    ),
    "a round goes on without those it could not reach": (
        verdict(
            Kind.UPDATE,
            told(),
            told(Kind.UPDATE, State.FAILED, revision=2, round=7, reply=FULL),
            revision=2,
            going_on=OpenRound(7, frozenset({"a-1"})),
        ),
        Left.REFUSED,
    ),
    "the next change is told": (
        verdict(Kind.UPDATE, told(), told(Kind.UPDATE, State.FAILED, revision=2, reply=FULL), revision=3),
        "update.0.2",
    ),
    "refused at an older address": (
        verdict(
            Kind.UPDATE,
            told(),
            told(Kind.UPDATE, State.FAILED, revision=2, reply=FULL),
            revision=2,
            who=invitee("a", readdressed=6),
        ),
        "update.0.2",
    ),
    "taken back, so not told": (
        verdict(Kind.UPDATE, told(), who=invitee("a", withdrawn=9), revision=2),
        Left.WITHDRAWN,
    ),
    "called off, also for those who declined": (
        verdict(
            Kind.CANCEL,
            told(),
            sequence=1,
            revision=2,
            standings={"a-1": Standing("a-1", partstat=PartStat.DECLINED)},
        ),
        "cancel.1.1",
    ),
    "called off for those in doubt": (
        verdict(Kind.CANCEL, told(state=State.IN_DOUBT), sequence=1, revision=2),
        "cancel.1.1",
    ),
    "nothing to call off": (verdict(Kind.CANCEL, sequence=1, revision=2), Left.NEVER_INVITED),
    "taken back, and told": (
        verdict(Kind.CANCEL, told(), who=invitee("a", withdrawn=9), whole=False, sequence=1),
        "cancel.1.1",
    ),
    "taken back, told once": (
        verdict(
            Kind.CANCEL,
            told(),
            told(Kind.CANCEL, sequence=1),
            who=invitee("a", withdrawn=9),
            whole=False,
            sequence=1,
        ),
        Left.SENT,
    ),
    "the update about a new date invites again after a cancellation": (
        verdict(
            Kind.INVITATION,
            told(),
            told(Kind.CANCEL, sequence=1),
            waiting={"a": {MessageKey(Kind.UPDATE, 2, 1): State.QUEUED}},
        ),
        Left.PROMISED,
    ),
    "an update that waits is none of the letter to who is new": (
        verdict(Kind.INVITATION, waiting={"a": {MessageKey(Kind.UPDATE, 2, 1): State.QUEUED}}),
        "invitation.0.1",
    ),
    "the invitation that waits after a cancellation is the update": (
        verdict(
            Kind.UPDATE,
            told(),
            told(Kind.CANCEL, sequence=1, revision=2),
            waiting={"a": {MessageKey(Kind.INVITATION, 2, 1): State.QUEUED}},
            sequence=2,
            revision=3,
        ),
        "invitation.2.1",
    ),
    "invited again after their cancellation": (
        verdict(Kind.INVITATION, told(), told(Kind.CANCEL, sequence=1), sequences=(0,)),
        "invitation.2.1",
    ),
    "told of a change after that": (
        verdict(
            Kind.UPDATE,
            told(),
            told(Kind.CANCEL, sequence=1),
            told(sequence=2),
            sequences=(0,),
            sequence=1,
            revision=2,
        ),
        "update.3.1",
    ),
    "told of a change of wording after that": (
        verdict(
            Kind.UPDATE, told(), told(Kind.CANCEL, sequence=1), told(sequence=2), sequences=(0,), revision=2
        ),
        "update.2.1",
    ),
    "not reminded between": (
        verdict(Kind.REMINDER, told(), told(Kind.CANCEL, sequence=1), sequences=(0,)),
        Left.CANCELLED,
    ),
    "taken back from somebody else": (verdict(Kind.CANCEL, told(), whole=False), Left.NOT_CHOSEN),
}


@pytest.mark.parametrize(("found", "expected"), CASES.values(), ids=CASES)
def test_who_is_owed_what(found: Left | str, expected: Left | str) -> None:
    """One invitee in one situation is owed the message that the rules say, or none for the reason they say."""
    assert found == expected


def test_a_change_after_one_that_was_put_off_is_another_message() -> None:
    """The one put off told an older revision; the same revision is the same message, tried again."""
    one, put_off = invitee("a"), told(Kind.UPDATE, State.DEFERRED, revision=2)
    letters = {one.ref: Correspondence((told(),), (), (put_off,))}
    keys = {n: plan(Kind.UPDATE, Known([one], {}, letters, NOW, revision=n)).due[0].key for n in (2, 3)}

    assert {n: str(key) for n, key in keys.items()} == {2: "update.0.1", 3: "update.0.2"}


# -- several people at one address -----------------------------------------------------------------------------------

COUPLE = invitee("a", people=2)


def persons(made: Plan) -> list[tuple[str, ...]]:
    """Whom the planned messages are for."""
    return [one.persons for one in made.due]


def test_one_letter_goes_to_a_couple() -> None:
    """It is for both."""
    assert persons(planned(Kind.INVITATION, who=COUPLE)) == [("a-1", "a-2")]


def test_a_newcomer_at_a_known_address_gets_a_letter_of_their_own() -> None:
    """The other has theirs already."""
    first, second = COUPLE.members
    who = replace(COUPLE, members=(first, Person(second.ref, second.contact, since=9)))

    made = planned(Kind.INVITATION, told(), who=who)

    assert persons(made) == [("a-2",)]
    assert str(made.due[0].key) == "invitation.0.2"
    assert [(one.members[0].ref, why) for one, why in made.left] == [("a-1", Left.SENT)]


def test_only_who_is_silent_is_reminded() -> None:
    """The letter greets the one who has not answered."""
    assert persons(planned(Kind.REMINDER, told(), who=COUPLE, standings=CAME)) == [("a-2",)]


def test_taking_one_back_cancels_nothing_while_the_other_stays() -> None:
    """Their calendars share the event; once both are taken back, one cancellation goes to both."""
    first, second = COUPLE.members
    one_back = replace(COUPLE, members=(replace(first, withdrawn=9), second))
    both_back = replace(COUPLE, members=(replace(first, withdrawn=9), replace(second, withdrawn=10)))

    assert persons(planned(Kind.CANCEL, told(), who=one_back, whole=False)) == []
    assert persons(planned(Kind.CANCEL, told(), who=both_back, whole=False)) == [("a-1", "a-2")]


class Counting(dict[str, Standing]):
    """Standings that count how often all of them are read."""

    walks = 0

    def values(self) -> ValuesView[Standing]:  # type: ignore[override]
        """Count and return all of them."""
        self.walks += 1
        return super().values()


@pytest.mark.parametrize("kind", list(Kind))
def test_nobody_is_planned_by_going_through_everybody(kind: Kind) -> None:
    """Planning for twenty thousand invitees takes time proportional to their number, not to its square."""
    roll = [invitee(f"r{n}", f"p{n}@example.org") for n in range(20)]
    standings = Counting({f"{one.ref}-1": Standing(one.ref, partstat=PartStat.ACCEPTED) for one in roll})
    plan(kind, Known(roll=roll, standings=standings, sent={}, now=NOW))

    assert standings.walks <= 1
