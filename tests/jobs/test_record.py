"""What staff decide of answers that wait, person by person."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer import campaign as campaigns
from mailer import exports
from mailer.errors import ConfigError
from mailer.jobs import correct, record, standings
from mailer.jobs import decide as deciding
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import Answer, Claim, Finding, MailKind, PartStat, Unclear
from mailer.store import Store
from mailer.store.sql import open_store
from tests.registered import enrol

NOW = datetime(2025, 3, 14, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
COUPLE = (
    Contact("moreau@example.org", first_name="Denis", last_name="Moreau"),
    Contact("moreau@example.org", first_name="Claire", last_name="Moreau"),
)
ANA = Contact("ana@example.org", first_name="Ana", last_name="Petit")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A ledger with a couple at one address, and somebody else."""
    opened = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    roll = [campaigns.invitee(opened.secret(), "c", people) for people in (COUPLE, (ANA,))]
    enrol(opened, "c", roll, NOW)
    yield opened
    opened.close()


def wrote(store: Store, claim: Claim, who: str = "moreau@example.org", why: str = "") -> None:
    """Somebody of the address writes, or nobody known."""
    known = {one.email: one.ref for one in standings.record(store, "c").roll}
    finding = Finding("a_rule", MailKind.REPLY, claim, text="some words", addresses=("x@example.net",))
    fact = Heard(finding, NOW, Trust.SENDER, held=bool(why), why=why)
    store.append([Entry("c", known.get(who, ""), NOW, Channel.TEXT, fact)])


def lines(store: Store) -> list[tuple[str, str, int | None]]:
    """Everybody's answer and number."""
    rows = standings.record(store, "c").rows()
    return [(row.contact.first_name, row.standing.partstat.word, row.party_size) for row in rows]


def decide(store: Store, *partstats: PartStat) -> None:
    """Decide what waits, one thing after the other, as they were listed."""
    waiting = standings.record(store, "c").reviews
    for item, partstat in zip(waiting, partstats, strict=True):
        deciding.decide(store, "c", item, deciding.answer(item, partstat), now=LATER, author="x")


ACCEPTED, DECLINED, DELEGATED = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.DELEGATED


@pytest.mark.parametrize(
    ("claim", "why"),
    [(Unclear(Answer(DECLINED)), ""), (Answer(ACCEPTED), "names-several"), (Unclear(), "")],
)
def test_one_of_two_comes_and_the_other_does_not(store: Store, claim: Claim, why: str) -> None:
    """What one mail says is decided for each of them; nobody else's line changes, and nothing waits then."""
    wrote(store, claim, why=why)
    decide(store, DECLINED, ACCEPTED)

    assert lines(store) == [("Denis", "declined", None), ("Claire", "accepted", None), ("Ana", "none", None)]
    assert standings.record(store, "c").reviews == ()


@pytest.mark.parametrize(
    ("partstats", "sizes"), [((ACCEPTED, ACCEPTED), [2, 1]), ((DECLINED, ACCEPTED), [None, 3])]
)
def test_a_number_said_for_two_is_shared_out(
    store: Store, partstats: tuple[PartStat, PartStat], sizes: list[int | None]
) -> None:
    """Over those who come; it is never counted twice."""
    wrote(store, Unclear(Answer(ACCEPTED, 3)))
    decide(store, *partstats)

    assert [size for _name, _answer, size in lines(store)][:2] == sizes


@pytest.mark.parametrize(
    ("partstat", "line"),
    [(DECLINED, ("Ana", "declined", None)), (DELEGATED, ("Ana", "delegated", 1))],
)
def test_a_no_keeps_no_place(store: Store, partstat: PartStat, line: tuple[str, str, int | None]) -> None:
    """Whether a colleague comes instead is a decision of its own, and only that one keeps a place."""
    wrote(store, Answer(DECLINED, delegate="ma collègue"), "ana@example.org")
    decide(store, partstat)

    known = standings.record(store, "c")
    assert (lines(store)[2][:2], known.counters().headcount) == (line[:2], line[2] or 0)
    assert known.reviews == ()


def table_of(store: Store, **decisions: str) -> bytes:
    """Fill in the list of what waits, by first name."""
    known = standings.record(store, "c")
    table = exports.to_review.write(known.reviews, known.roll, {}).decode("utf-8-sig").split("\r\n")
    for at, line in enumerate(table):
        cells = line.split(";")
        decided = next((said for name, said in decisions.items() if name in line), "")
        if decided:
            decision, _, instead = decided.partition(" par ")
            cells[8], cells[13] = decision, instead
            table[at] = ";".join(cells)
    return "\r\n".join(table).encode()


def read_back(store: Store, content: bytes) -> correct.ReadBack:
    """Read a filled-in list."""
    return correct.decide_from(store, "c", "list.csv", content, now=LATER, author="x")


def filled(store: Store, **decisions: str) -> tuple[int, list[str]]:
    """Fill in the list and read it back; return what was done, and the faults."""
    read = read_back(store, table_of(store, **decisions))
    return read.done, [one.code for one in read.problems]


def test_a_table_that_is_read_twice_decides_once(store: Store) -> None:
    """Nothing is written the second time; the lines are counted, and one that says something else is told who decided what."""
    wrote(store, Unclear(Answer(DECLINED)))
    wrote(store, Answer(ACCEPTED, number_to_check=True), "ana@example.org")
    content = table_of(store, Claire="oui", Ana="non")
    assert read_back(store, content).done == 2
    written = list(store.entries("c"))

    again = read_back(store, content)
    assert (again.done, again.again, again.decided_before, again.problems) == (0, 2, [], [])
    other = read_back(store, content.replace(b"oui", b"non"))
    assert (other.done, other.again) == (0, 1)
    assert [(one.author, one.answer) for _line, one in other.decided_before] == [("x", Answer(ACCEPTED))]
    assert list(store.entries("c")) == written
    assert [line[:2] for line in lines(store)] == [
        ("Denis", "none"),
        ("Claire", "accepted"),
        ("Ana", "declined"),
    ]


def test_a_table_says_who_comes_instead(store: Store) -> None:
    """They get a line, and the invitee's own answer says that somebody comes in their place."""
    wrote(store, Answer(DECLINED, delegate="ma collègue"), "ana@example.org")

    assert filled(store, Ana="remplacé par Zoé Blanc <zoe@example.net>") == (1, [])
    assert lines(store)[2:] == [("Ana", "delegated", None), ("Zoé", "accepted", None)]
    assert standings.record(store, "c").counters().headcount == 1


@pytest.mark.parametrize("word", ["oui", "inscrire"])
def test_a_table_puts_somebody_uninvited_on_the_list(store: Store, word: str) -> None:
    """A yes of theirs is not lost; a no puts nobody there."""
    wrote(store, Answer(ACCEPTED), "zoe@example.net", "uninvited")
    content = table_of(store, **{"x@example.net": word})

    assert read_back(store, content).done == 1
    assert [one.email for one in standings.record(store, "c").roll][2:] == ["x@example.net"]
    assert standings.record(store, "c").reviews == ()
    assert (read_back(store, content).done, len(standings.record(store, "c").roll)) == (0, 3)


def test_a_table_says_whose_answer_it_is(store: Store) -> None:
    """The address that staff write into a line names who wrote; a name that nobody has is told."""
    wrote(store, Answer(ACCEPTED), "zoe@example.net", "unknown-sender")
    content = table_of(store, **{"x@example.net": "oui"})

    assert [
        one.code for one in read_back(store, content.replace(b"x@example.net", b"y@example.net")).problems
    ] == ["decision-of-nobody"]
    assert read_back(store, content.replace(b"x@example.net", b"ana@example.org")).done == 1
    assert lines(store)[2] == ("Ana", "accepted", None)


def test_a_table_decides_for_each(store: Store) -> None:
    """One line for each of the two, told apart by the name."""
    wrote(store, Unclear(Answer(DECLINED)))

    assert filled(store, Claire="oui") == (1, [])
    assert lines(store)[:2] == [("Denis", "none", None), ("Claire", "accepted", None)]
    assert filled(store, Denis="non") == (1, [])
    assert lines(store)[:2] == [("Denis", "declined", None), ("Claire", "accepted", None)]


def test_a_yes_of_nobody_in_a_table_is_not_lost(store: Store) -> None:
    """It waits on, with what to do; that it is no answer can be said there."""
    wrote(store, Answer(ACCEPTED), "zoe@example.net")

    assert filled(store, **{"x@example.net": "oui"}) == (0, ["decision-of-nobody"])
    assert len(standings.record(store, "c").reviews) == 1
    assert filled(store, **{"x@example.net": "rien"}) == (1, [])
    assert standings.record(store, "c").reviews == ()


def test_who_is_registered_has_a_usable_address_or_none(store: Store) -> None:
    """Whoever comes to the door may have none; a text that is no address puts nobody on the roll."""
    with pytest.raises(ConfigError, match="address-to-type"):
        record.register(store, "c", "Curieuse", "Zoé", "Blanc", now=LATER)
    assert len(standings.record(store, "c").roll) == 2

    record.register(store, "c", "", "Zoé", "Blanc", now=LATER)
    record.register(store, "c", " Yann@Example.org ", "Yann", "Petit", now=LATER)
    assert [one.email for one in standings.record(store, "c").roll][2:] == ["", "Yann@Example.org"]


class TestTableOfWhatWaits:
    """A filled-in list records what the mail says besides, too."""

    SAID = Answer(ACCEPTED, 4, least=3, adults=2, remark="en fauteuil", number_to_check=True)

    def filled_in(self, store: Store, answer: str, size: str) -> correct.ReadBack:
        """Ana's line with an answer and a number."""
        table = table_of(store, Ana=answer).decode("utf-8-sig").split("\r\n")
        (at,) = (at for at, line in enumerate(table) if "Ana" in line)
        cells = table[at].split(";")
        assert cells[9] == "4"
        cells[9] = size
        table[at] = ";".join(cells)
        return read_back(store, "\r\n".join(table).encode())

    @pytest.mark.parametrize(
        ("answer", "size", "standing"),
        [
            ("oui", "4", (ACCEPTED, 4, 3, 2)),
            ("oui", "5", (ACCEPTED, 5, None, None)),
            ("oui", "", (ACCEPTED, None, None, None)),
            ("non", "4", (DECLINED, 0, None, None)),
        ],
    )
    @pytest.mark.parametrize("proposed", [True, False])
    def test_the_remark_stays(
        self,
        store: Store,
        answer: str,
        size: str,
        standing: tuple[PartStat, int | None, int | None, int | None],
        proposed: bool,
    ) -> None:
        """Whatever is decided of it; a range goes with another number. What is only proposed is decided likewise."""
        wrote(store, Unclear(self.SAID) if proposed else self.SAID, "ana@example.org")
        assert self.filled_in(store, answer, size).done == 1
        known = standings.record(store, "c")
        now = next(row.standing for row in known.rows() if row.contact.first_name == "Ana")

        assert (now.partstat, now.headcount, now.least, now.adults) == standing
        assert (now.comment, now.glance, known.reviews) == ("en fauteuil", False, ())

    def test_more_than_twenty_are_left_out_and_named(self, store: Store) -> None:
        """The command that records them is told; twenty are recorded."""
        wrote(store, self.SAID, "ana@example.org")
        read = self.filled_in(store, "oui", "21")
        assert (read.done, [one.code for one in read.problems]) == (0, ["many-people-in-line"])
        assert "--party 21 --sure" in str(read.problems[0].values["command"])
        assert lines(store)[2] == ("Ana", "accepted", 4)

        assert self.filled_in(store, "oui", "20").done == 1
        assert lines(store)[2] == ("Ana", "accepted", 20)
