"""Decisions of staff: written at once, seen when read again, undone by counter-entries, and made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer import campaign as campaigns
from mailer import ledger
from mailer.errors import ConfigError
from mailer.jobs import decide, find, people, protect, record, roll, standings
from mailer.jobs.decide import Choice, Decision, Made
from mailer.model.attendance import PendingReview
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import (
    Answer,
    CalendarLine,
    Claim,
    Finding,
    MailKind,
    OptOut,
    PartStat,
    Unclear,
    Undeliverable,
)
from mailer.model.people import Invitee
from mailer.store import Store
from mailer.store.sql import open_store
from tests.registered import enrol

SLUG = "c"
NOW = datetime(2025, 3, 14, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
COUPLE = (
    Contact("moreau@example.org", first_name="Denis", last_name="Moreau"),
    Contact("moreau@example.org", first_name="Claire", last_name="Moreau"),
)
ANA = Contact("ana@example.org", first_name="Ana", last_name="Petit")
PAUL = Contact("paul@example.org", first_name="Paul", last_name="Martin")
ACCEPTED, DECLINED, TENTATIVE = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE
DELEGATED, NONE = PartStat.DELEGATED, PartStat.NEEDS_ACTION


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A ledger with a couple at one address, and two others."""
    opened = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    roll_ = [campaigns.invitee(opened.secret(), SLUG, people) for people in (COUPLE, (ANA,), (PAUL,))]
    enrol(opened, SLUG, roll_, NOW)
    yield opened
    opened.close()


def heard(
    store: Store,
    claim: Claim,
    who: str = "ana@example.org",
    why: str = "",
    *,
    sender: str = "",
    name: str = "",
    at: datetime = NOW,
    arrived: datetime | None = None,
    kind: MailKind = MailKind.REPLY,
    calendar: CalendarLine | None = None,
    text: str = "some words",
) -> None:
    """A mail comes, of somebody invited or of nobody known."""
    known = {one.email: one.ref for one in standings.record(store, SLUG).roll}
    finding = Finding("a_rule", kind, claim, text=text, calendar=calendar)
    fact = Heard(
        finding,
        at,
        Trust.SENDER,
        held=bool(why),
        why=why,
        sender=sender or who,
        sender_name=name,
        arrived_at=arrived,
    )
    store.append([Entry(SLUG, known.get(who, ""), NOW, Channel.TEXT, fact)])


def lines(store: Store) -> dict[str, tuple[str, int | None]]:
    """Everybody's answer and number, by first name."""
    rows = standings.record(store, SLUG).rows()
    return {row.contact.first_name: (row.standing.partstat.word, row.party_size) for row in rows}


def waiting(store: Store) -> list[PendingReview]:
    """What waits."""
    return list(standings.record(store, SLUG).reviews)


def invitee(store: Store, item: PendingReview) -> Invitee | None:
    """Return for whom it waits."""
    return roll.register(store, SLUG).invitees.get(item.entry.invitee)


def make(store: Store, item: PendingReview, decision: Decision, author: str = "camille") -> Made:
    """Decide something."""
    return decide.decide(store, SLUG, item, decision, now=LATER, author=author)


def take_back(store: Store, made: Made) -> bool:
    """Undo a decision."""
    return decide.undo(store, SLUG, made, now=LATER, author="camille")


HELD: dict[str, tuple[Claim, str]] = {
    "yes-held": (Answer(ACCEPTED, 2), "not-a-reply"),
    "no-held": (Answer(DECLINED), "other-address"),
    "unclear": (Unclear(Answer(ACCEPTED)), ""),
    "nothing-proposed": (Unclear(), ""),
    "number": (Answer(ACCEPTED, number_to_check=True), ""),
    "names-somebody": (Answer(DECLINED, delegate="Zoé Blanc"), ""),
    "uninvited": (Answer(ACCEPTED), ledger.UNINVITED),
    "objects": (OptOut(), "objection-from-elsewhere"),
    "set-aside": (Unclear(), "took-too-long"),
}


@pytest.mark.parametrize("partstat", [ACCEPTED, DECLINED, TENTATIVE])
@pytest.mark.parametrize("kind", HELD)
def test_what_is_decided_is_what_the_ledger_shows(store: Store, kind: str, partstat: PartStat) -> None:
    """Whatever waits, and whatever is decided of it: it is the person's answer, and nothing waits; nobody else's line changes."""
    claim, why = HELD[kind]
    heard(store, claim, why=why)
    item = waiting(store)[0]
    before = lines(store)

    made = make(store, item, decide.answer(item, partstat))
    assert made.stands
    assert (lines(store)["Ana"][0], waiting(store)) == (partstat.word, [])
    assert take_back(store, made)
    assert lines(store) == before
    assert [one.entry for one in waiting(store)] == [item.entry]


def test_a_no_whose_clock_was_slow_counts_once_a_person_says_so(store: Store) -> None:
    """What came later and is earlier by its own date waits; decided, it is the answer, though it was not held."""
    heard(store, Answer(ACCEPTED), at=NOW, arrived=NOW)
    heard(store, Answer(DECLINED), at=NOW - timedelta(hours=2), arrived=NOW + timedelta(minutes=30))
    (item,) = waiting(store)
    assert (lines(store)["Ana"][0], item.why) == ("accepted", "earlier-by-date")

    assert make(store, item, decide.answer(item, DECLINED)).stands
    assert (lines(store)["Ana"][0], waiting(store)) == ("declined", [])


@pytest.mark.parametrize("decision", [Decision(), Decision(counts=True)])
def test_a_second_person_decides_nothing_twice(store: Store, decision: Decision) -> None:
    """Both have the question before them; the second is told who decided what and when, and nothing is written."""
    heard(store, Unclear(Answer(ACCEPTED)))
    (item,) = waiting(store)
    make(store, item, decide.answer(item, DECLINED), "camille")
    known = list(store.entries(SLUG))

    for other in (decision, decide.answer(item, ACCEPTED)):
        made = make(store, item, other, "rachid")
        assert (made.entries, made.earlier and made.earlier.author) == ((), "camille")
        assert made.earlier
        assert (made.earlier.at, made.earlier.answer) == (LATER, Answer(DECLINED))
        assert list(store.entries(SLUG)) == known


def test_the_other_of_the_address_is_still_asked(store: Store) -> None:
    """A decision about one of two is none about the other; each can be undone alone."""
    heard(store, Unclear(Answer(DECLINED)), "moreau@example.org")
    denis, claire = waiting(store)
    first = make(store, denis, decide.answer(denis, DECLINED))
    second = make(store, claire, decide.answer(claire, ACCEPTED))

    assert (first.earlier, second.earlier) == (None, None)
    assert (lines(store)["Denis"][0], lines(store)["Claire"][0]) == ("declined", "accepted")
    take_back(store, first)
    assert [one.person for one in waiting(store)] == [denis.person]
    assert (lines(store)["Denis"][0], lines(store)["Claire"][0]) == ("none", "accepted")


def test_what_was_taken_back_can_be_decided_again(store: Store) -> None:
    """The counter-entry ends the first decision, so the next one is no second one; and it is taken back once."""
    heard(store, Unclear(Answer(ACCEPTED)))
    (item,) = waiting(store)
    made = make(store, item, decide.answer(item, DECLINED))
    assert (take_back(store, made), take_back(store, made)) == (True, False)

    again = make(store, item, decide.answer(item, ACCEPTED))
    assert again.earlier is None
    assert (lines(store)["Ana"][0], waiting(store)) == ("accepted", [])


@pytest.mark.parametrize(
    "claim", [Answer(DECLINED, delegate="Samira Kaci"), Unclear(Answer(DECLINED)), Unclear(Answer(DELEGATED))]
)
def test_who_comes_instead_has_a_line_and_the_own_answer_is_kept(store: Store, claim: Claim) -> None:
    """One seat is needed, that of the substitute; taken back, they have no line, and can be forgotten like anybody."""
    heard(store, claim)
    before = lines(store)
    (item,) = waiting(store)
    instead = decide.who_comes(roll.register(store, SLUG), "Samira Kaci", "samira@example.org")
    assert isinstance(instead, Contact)
    made = make(store, item, decide.replaced(item, instead))

    assert made.stands
    assert (lines(store)["Ana"][0], lines(store)["Samira"][0]) == ("delegated", "accepted")
    counters = standings.record(store, SLUG).counters()
    assert (counters.headcount, counters.headcount_perhaps, counters.review) == (1, 0, 0)
    ana = find.person(roll.invitees(store, SLUG), "Ana Petit")
    assert standings.of_invitee(store, SLUG, ana.invitee)[ana.person.ref].delegate == "Samira Kaci"
    take_back(store, made)
    assert lines(store) == before
    assert waiting(store)


def test_a_substitute_who_is_on_the_list_is_not_put_there_again(store: Store) -> None:
    """Their own line says yes then; without an address, the full name says who it is."""
    heard(store, Answer(DECLINED, delegate="Paul Martin"))
    (item,) = waiting(store)
    instead = decide.who_comes(roll.register(store, SLUG), "paul martin", "")
    make(store, item, decide.replaced(item, instead))

    assert (lines(store)["Ana"][0], lines(store)["Paul"][0]) == ("delegated", "accepted")
    assert len(roll.invitees(store, SLUG)) == 3


def test_a_namesake_at_another_address_is_somebody_else(store: Store) -> None:
    """An address that was named says who it is."""
    found = decide.who_comes(roll.register(store, SLUG), "Paul Martin", "p.martin@example.net")

    assert isinstance(found, Contact)


def test_nobody_named_keeps_the_seat_in_the_line(store: Store) -> None:
    """That somebody comes instead, who is not known yet, is one person in the invitee's own line."""
    heard(store, Answer(DECLINED, delegate="ma collègue"))
    (item,) = waiting(store)
    make(store, item, decide.replaced(item, None))

    assert (lines(store)["Ana"], standings.record(store, SLUG).counters().headcount) == (("delegated", 1), 1)


def test_a_yes_of_somebody_uninvited_is_recorded_with_them(store: Store) -> None:
    """They get a line with name and address of the mail; the invitee whose letter they had keeps their own."""
    heard(store, Answer(ACCEPTED, 2), why=ledger.UNINVITED, sender="zoe@example.net", name="Zoé Blanc")
    (item,) = waiting(store)
    assert Choice.NEW in decide.choices(item, invitee(store, item))
    made = make(store, item, decide.newcomer(item))

    assert (lines(store)["Zoé"], lines(store)["Ana"]) == (("accepted", 2), ("none", None))
    assert [one.email for one in roll.invitees(store, SLUG)][3:] == ["zoe@example.net"]
    assert waiting(store) == []
    take_back(store, made)
    assert "Zoé" not in lines(store)
    assert len(waiting(store)) == 1
    make(store, waiting(store)[0], decide.newcomer(item))
    assert lines(store)["Zoé"] == ("accepted", 2)


def test_who_was_taken_off_again_can_be_forgotten(store: Store) -> None:
    """Their name is in the ledger still, and whoever asks to be forgotten is found by it."""
    heard(store, Answer(ACCEPTED), "", why=ledger.UNINVITED, sender="zoe@example.net", name="Zoé Blanc")
    (item,) = waiting(store)
    take_back(store, make(store, item, decide.newcomer(item)))
    person = protect.find(Path("/nowhere"), store, "zoe@example.net")
    protect.forget(store, person, LATER, mentions=True)

    assert not any("zoe@example.net" in line for line in store.lines(SLUG))
    assert lines(store)["Ana"] == ("none", None)


def test_this_is_somebody_on_the_list(store: Store) -> None:
    """A mail of nobody known, or of the wrong person, counts for whom a person names; nobody else's answer changes."""
    heard(store, Answer(ACCEPTED), "", why="unknown-sender", sender="x@example.net")
    heard(store, Answer(DECLINED), "paul@example.org", why="other-address")
    ana = find.person(roll.invitees(store, SLUG), "Ana Petit")
    for item in waiting(store):
        partstat = item.proposal.partstat if item.proposal else NONE
        made = make(store, item, decide.answer(item, partstat, (ana.invitee, ana.person.ref)))
        assert made.stands
        assert lines(store)["Ana"][0] == partstat.word
    assert lines(store)["Paul"][0] == "none"
    assert waiting(store) == []


def test_a_yes_of_nobody_is_not_lost(store: Store) -> None:
    """As long as nobody says whose it is, nothing is written, and it waits."""
    heard(store, Answer(ACCEPTED), "", why="unknown-sender", sender="x@example.net")
    (item,) = waiting(store)
    with pytest.raises(ConfigError, match="decision-whose"):
        decide.chosen(item, Choice.YES, None)
    with pytest.raises(ConfigError, match="decision-of-nobody"):
        make(store, item, Decision(Answer(ACCEPTED)))
    assert len(waiting(store)) == 1


def test_an_objection_bars_once_a_person_says_so(store: Store) -> None:
    """Until then nobody is barred; taken back, nobody is again. That it is none bars nobody either."""
    heard(store, OptOut(), why="objection-from-elsewhere")
    (item,) = waiting(store)
    assert Choice.COUNTS in decide.choices(item, invitee(store, item))
    assert store.suppressed(["ana@example.org", "paul@example.org"]) == set()

    made = make(store, item, Decision(counts=True))
    assert store.suppressed(["ana@example.org", "paul@example.org"]) == {"ana@example.org"}
    take_back(store, made)
    assert store.suppressed(["ana@example.org"]) == set()
    make(store, waiting(store)[0], Decision())
    assert (store.suppressed(["ana@example.org"]), waiting(store)) == (set(), [])


def test_an_objection_that_held_before_stays_when_a_decision_is_undone(store: Store) -> None:
    """Only what the decision did is taken back."""
    store.suppress("ana@example.org", NOW, "asked")
    heard(store, OptOut(), why="objection-from-elsewhere")
    take_back(store, make(store, waiting(store)[0], Decision(counts=True)))

    assert store.suppressed(["ana@example.org"]) == {"ana@example.org"}


def test_a_delivery_notice_counts_or_not(store: Store) -> None:
    """Confirmed, the letter came back; taken back, it did not."""
    heard(store, Undeliverable(True, "5.1.1"), why="two-invitees")
    (item,) = waiting(store)
    assert decide.choices(item, invitee(store, item)) == (Choice.COUNTS, Choice.NOTHING)
    delivery = standings.record(store, SLUG).counters().delivery["bounced"]
    made = make(store, item, Decision(counts=True))

    assert (delivery, standings.record(store, SLUG).counters().delivery["bounced"]) == (0, 1)
    take_back(store, made)
    assert standings.record(store, SLUG).counters().delivery["bounced"] == 0
    assert len(waiting(store)) == 1


@pytest.mark.parametrize("proposal", [None, Answer(ACCEPTED)])
def test_a_proposed_time_is_answered_by_one_key(store: Store, proposal: Answer | None) -> None:
    """That staff answer it themselves closes it, and their answer stays as it was."""
    record.record(
        store, SLUG, find.person(roll.invitees(store, SLUG), "Ana Petit").invitee, "tentative", now=NOW
    )
    line = CalendarLine("COUNTER", "u-1", proposed_starts=NOW, proposed_ends=LATER)
    heard(store, Unclear(proposal, "counter-proposal"), kind=MailKind.CALENDAR_COUNTER, calendar=line)
    (item,) = waiting(store)

    assert decide.choices(item, invitee(store, item))[0] is Choice.DONE
    assert make(store, item, decide.done(item)).stands
    assert (lines(store)["Ana"][0], waiting(store)) == ("tentative", [])


def test_an_answer_after_the_cancellation_is_said_to_change_nothing(store: Store) -> None:
    """What a person decides is noted, and they are told that it has no effect."""
    heard(store, Unclear(Answer(ACCEPTED)))
    (item,) = waiting(store)
    ana = find.person(roll.invitees(store, SLUG), "Ana Petit")
    people.withdraw(store, SLUG, "Ana Petit", now=NOW)
    item = replace(item, standing=standings.of_invitee(store, SLUG, ana.invitee)[ana.person.ref])

    assert not make(store, item, decide.answer(item, ACCEPTED)).stands


def test_only_a_question_is_called_one() -> None:
    """The reason says why this mail waits."""

    def reason(text: str, claim: Claim) -> str:
        fact = Heard(Finding("r", MailKind.REPLY, claim, text=text), NOW, Trust.SENDER)
        return ledger.reason(Entry(SLUG, "i", NOW, Channel.TEXT, fact), "asks")

    yes = Answer(ACCEPTED, asks=True)
    assert reason("Oui. Y a-t-il un parking ?", yes) == "asks"
    assert reason("Oui, je souhaite suivre la réunion.", yes) == "says-more"
    assert reason("Oui, voir https://example.org/?a=b", yes) == "says-more"
    assert reason("Non, ma collègue viendra.", Answer(DECLINED, delegate="ma collègue", asks=True)) == (
        "names-a-delegate"
    )


def test_somebody_without_an_address_can_be_put_on_the_list(store: Store) -> None:
    """As who answers in a poll has only a name; a name that is on the list is that person; without either nothing is written."""
    heard(store, Answer(ACCEPTED), "", why="unknown-voter")
    heard(store, Answer(DECLINED), "", why="unknown-voter")
    first, second = waiting(store)
    with pytest.raises(ConfigError, match="decision-of-nobody"):
        make(store, first, decide.newcomer(first))
    make(store, first, decide.newcomer(first, decide.contact("Zoé Blanc", "")))
    make(store, second, Decision(Answer(DECLINED), newcomer=decide.contact("ana PETIT", "")))

    assert (lines(store)["Zoé"], lines(store)["Ana"]) == (("accepted", None), ("declined", None))
    assert waiting(store) == []


def test_an_objection_of_somebody_else_bars_whom_a_person_names(store: Store) -> None:
    """Not the invitee whose letter came back; an objection of nobody on the list bars the address that wrote."""
    heard(store, OptOut(), why="other-address")
    heard(store, OptOut(), "", why="unknown-sender", sender="x@example.net")
    theirs, nobodys = waiting(store)
    paul = find.person(roll.invitees(store, SLUG), "Paul Martin")
    everybody = ["ana@example.org", "paul@example.org", "x@example.net"]

    first = make(store, theirs, decide.chosen(theirs, Choice.COUNTS, (paul.invitee, paul.person.ref)))
    second = make(store, nobodys, decide.chosen(nobodys, Choice.COUNTS, None))
    known = standings.record(store, SLUG)
    assert store.suppressed(everybody) == {"paul@example.org", "x@example.net"}
    assert {ref for ref, one in known.standings.items() if one.opted_out} == {paul.person.ref}
    assert known.reviews == ()
    assert take_back(store, first)
    assert take_back(store, second)
    assert store.suppressed(everybody) == set()
    assert not any(one.opted_out for one in standings.record(store, SLUG).standings.values())
