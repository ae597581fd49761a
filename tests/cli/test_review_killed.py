"""A walk through what waits, at a real terminal, by a process that is killed after each key."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from mailer import campaign as campaigns
from mailer.jobs import standings
from mailer.jobs.standings import Record
from mailer.ledger import UNINVITED
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Heard, Placed, Reviewed, Trust
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
from mailer.store import Store
from mailer.store.sql import open_store
from tests.cli.terminal import Terminal
from tests.registered import enrol
from tests.servers import postgres
from tests.workspaces import BEGINS, SLUG, sample

ACCEPTED, DECLINED, TENTATIVE = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE
SERVERS = pytest.param("postgresql", marks=pytest.mark.servers)
AT = BEGINS + timedelta(days=1)
NOW = (BEGINS + timedelta(days=2)).isoformat()
ASKED, DONE, TAKEN_BACK = "[Entrée] plus tard", "Enregistré :", "Annulé :"
COUNTER = CalendarLine("COUNTER", "u-1", proposed_starts=AT, proposed_ends=AT + timedelta(hours=1))


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that waits, the keys that decide it, and the answer that the person then has."""

    claim: Claim
    keys: tuple[str, ...]
    answer: str
    why: str = ""
    sender: str = ""
    kind: MailKind = MailKind.REPLY
    calendar: CalendarLine | None = None
    nobody: bool = False


KINDS: tuple[Kind, ...] = (
    Kind(Answer(ACCEPTED, 2), ("o",), "accepted", "not-a-reply"),
    Kind(Answer(ACCEPTED), ("n",), "declined", "not-a-reply"),
    Kind(Unclear(Answer(TENTATIVE)), ("p",), "tentative"),
    Kind(Answer(DECLINED, delegate="une collègue"), ("r", "Zoé {n}", "zoe{n}@example.net"), "delegated"),
    Kind(Answer(DECLINED, delegate="un collègue"), ("r", "Max {n}", ""), "delegated"),
    Kind(Answer(ACCEPTED, number_to_check=True), ("o",), "accepted"),
    Kind(Unclear(), ("x",), "none"),
    Kind(Unclear(None, "counter-proposal"), ("f",), "none", "", "", MailKind.CALENDAR_COUNTER, COUNTER),
    Kind(OptOut(), ("t",), "none", "not-a-reply", "elsewhere{n}@example.net", MailKind.UNSUBSCRIBE),
    Kind(OptOut(), ("x",), "none", "not-a-reply", "", MailKind.UNSUBSCRIBE),
    Kind(Undeliverable(True, "5.1.1"), ("t",), "none", "two-invitees", "", MailKind.BOUNCE),
    Kind(Answer(ACCEPTED), ("o", ""), "accepted", "other-address", "elsewhere{n}@example.net"),
    Kind(Answer(ACCEPTED), ("i", "", "", "Neuf{n}"), "none", UNINVITED, "neuf{n}@example.net"),
    Kind(
        Answer(DECLINED),
        ("c", "nom{n}@example.org", "n"),
        "declined",
        "unknown-sender",
        "x{n}@example.net",
        nobody=True,
    ),
)
"""Everything that can wait, apart from newcomers to an open meeting, who are asked about together."""

COUPLE, NEWCOMERS = 4, 4
SINGLE = 40 - COUPLE - NEWCOMERS


@pytest.fixture(params=["sqlite", SERVERS])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty store."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    return postgres.database(request.getfixturevalue("cluster"))


@dataclass(slots=True)
class Walk:
    """A workspace and its ledger, and what was decided so far: the answer of each person by reference."""

    path: Path
    url: str
    store: Store
    kinds: dict[int, Kind]

    def record(self) -> Record:
        """Read the ledger."""
        return standings.record(self.store, SLUG)

    def waiting(self) -> list[tuple[int, str]]:
        """Return the entries that wait, and for whom."""
        return [(item.entry.number, item.person) for item in self.record().reviews]

    def terminal(self) -> Terminal:
        """Start the program at a terminal of its own."""
        command = ["--workspace", str(self.path), "--now", NOW, "review", SLUG]
        return Terminal(command, self.path, MAILER_STORE__URL=self.url)

    def is_sound(self) -> None:
        """No decision stands twice, and no person is on the list twice."""
        entries = list(self.store.entries(SLUG))
        undone = {one.fact.entry for one in entries if isinstance(one.fact, Reviewed)}
        standing = Counter(
            (one.fact.entry, one.person)
            for one in entries
            if isinstance(one.fact, Reviewed) and one.number not in undone and not _is_undoing(one, entries)
        )
        assert set(standing.values()) <= {1}
        said = Counter(
            (one.invitee, one.person)
            for one in entries
            if isinstance(one.fact, Heard) and one.channel is Channel.STAFF and one.number not in undone
        )
        assert set(said.values()) <= {1}
        names = Counter(row.contact.called for row in self.record().rows())
        assert set(names.values()) <= {1}

    def answer(self, number: int, person: str = "") -> str:
        """Return the answer of whom an entry is about, as the ledger has it."""
        entry = next(one for one in self.store.entries(SLUG, above=number - 1) if one.number == number)
        kind, rows = self.kinds[number], self.record().rows()
        if kind.nobody:
            return next(
                row.standing.partstat.word for row in rows if row.contact.email == f"nom{number}@example.org"
            )
        return next(
            row.standing.partstat.word
            for row in rows
            if row.standing.invitee == entry.invitee and person in ("", row.person.ref)
        )


def _is_undoing(one: Entry, entries: Sequence[Entry]) -> bool:
    """Return whether a decision takes another entry of staff back."""
    about = next(each for each in entries if isinstance(one.fact, Reviewed) and each.number == one.fact.entry)
    return about.channel is Channel.STAFF


@pytest.fixture
def walk(url: str, tmp_path: Path) -> Iterator[Walk]:
    """A campaign in which forty things of every kind wait."""
    store = open_store(url)
    people = [Contact(f"p{n}@example.org", first_name=f"P{n}", last_name="Petit") for n in range(SINGLE)]
    couple = [
        tuple(Contact(f"d{n}@example.org", first_name=name, last_name=f"Duo{n}") for name in ("Ana", "Bob"))
        for n in range(COUPLE // 2)
    ]
    lists = [*((one,) for one in people), *couple]
    roll = [campaigns.invitee(store.secret(), SLUG, one) for one in lists]
    enrol(store, SLUG, roll, BEGINS)
    kinds: dict[int, Kind] = {}
    for turn, invitee in enumerate(roll):
        kind = (
            KINDS[turn % len(KINDS)] if turn < SINGLE else Kind(Unclear(Answer(DECLINED)), ("n",), "declined")
        )
        kinds[_wait(store, kind, "" if kind.nobody else invitee.ref, invitee.email)] = kind
    for number, kind in kinds.items():
        if kind.nobody:
            known = Contact(f"nom{number}@example.org", first_name=f"Nom{number}", last_name="Petit")
            enrol(store, SLUG, [campaigns.invitee(store.secret(), SLUG, (known,))], BEGINS)
    welcome = Kind(Answer(ACCEPTED), ("t",), "accepted", UNINVITED, "venu{n}@example.net", nobody=True)
    for _ in range(NEWCOMERS):
        _wait(store, welcome, "", "")
    path = sample(tmp_path / "mairie")
    assert len(standings.record(store, SLUG).reviews) == 40
    yield Walk(path, url, store, kinds)
    store.close()


def _wait(store: Store, kind: Kind, invitee: str, email: str) -> int:
    last = max((one.number for one in store.entries(SLUG)), default=0) + 1
    finding = Finding(
        "rule", kind.kind, kind.claim, text=f"Des mots ({last}).", calendar=kind.calendar, evidence="mots"
    )
    heard = Heard(
        finding,
        AT,
        Trust.SENDER if invitee else Trust.NOTHING,
        held=bool(kind.why),
        why=kind.why,
        sender=kind.sender.format(n=last) or email,
        subject=f"Re: réunion {last}",
        arrived_at=AT,
    )
    (entry,) = store.append([Entry(SLUG, invitee, AT, Channel.TEXT, heard)])
    assert entry.number == last
    return last


def _newcomers_together(walk: Walk, chance: random.Random) -> None:
    """Put all newcomers on the list with one key, killed while it works; who is left is asked about again."""
    while len(left := [one for one in walk.waiting() if one[0] not in walk.kinds]) > 1:
        with walk.terminal() as terminal:
            terminal.expect(ASKED)
            terminal.press("t\r")
            time.sleep(chance.uniform(0, 0.5))
        walk.is_sound()
        if len([one for one in walk.waiting() if one[0] not in walk.kinds]) == len(left):
            with walk.terminal() as terminal:
                terminal.expect(ASKED)
                terminal.press("t\r")
                terminal.expect(DONE)
        walk.is_sound()
    for number, _person in left:
        walk.kinds[number] = Kind(Answer(ACCEPTED), ("o", ""), "accepted", UNINVITED, nobody=True)


@pytest.mark.slow
def test_a_walk_that_is_killed_after_each_key(walk: Walk) -> None:
    """Nothing that was decided is lost, nothing is applied twice, and what was not decided to the end is asked again."""
    chance = random.Random(40)
    _newcomers_together(walk, chance)
    done: dict[tuple[int, str], str] = {}
    turn = 0
    while waiting := walk.waiting():
        turn += 1
        item = waiting[0]
        kind = walk.kinds[item[0]]
        keys = [key.format(n=item[0]) + "\r" for key in kind.keys]
        for many in range(1, len(keys)):
            with walk.terminal() as terminal:
                terminal.expect(ASKED)
                terminal.press("".join(keys[:many]))
                time.sleep(chance.uniform(0, 0.3))
            assert walk.waiting() == waiting
        with walk.terminal() as terminal:  # killed at some moment after the last key
            terminal.expect(ASKED)
            terminal.press("".join(keys))
            time.sleep(chance.uniform(0, 0.3))
        walk.is_sound()
        if walk.waiting() == waiting:
            with walk.terminal() as terminal:  # killed once it says that it is recorded
                terminal.expect(ASKED)
                terminal.press("".join(keys))
                terminal.expect(DONE)
        walk.is_sound()
        assert walk.waiting() == waiting[1:]
        if kind in KINDS or item[1]:
            done[item] = kind.answer
        assert {one: walk.answer(*one) for one in done} == done
        if turn % 8 == 0 and len(waiting) > 1:
            _undone_again(walk, waiting[1:])

    rows = walk.record().rows()
    registered = [one for one in walk.store.entries(SLUG) if isinstance(one.fact, Placed)]
    assert sum(row.contact.email.startswith("venu") for row in rows) == NEWCOMERS
    assert len({row.contact.email for row in rows if row.contact.email}) == len(
        {one.invitee for one in registered}
    ) - sum(not row.contact.email for row in rows)


def _undone_again(walk: Walk, waiting: list[tuple[int, str]]) -> None:
    """Decide the next one and undo it: killed after that, it waits as before, and the ledger has both entries more."""
    keys = [key.format(n=waiting[0][0]) + "\r" for key in walk.kinds[waiting[0][0]].keys]
    rows = [(row.person.ref, row.standing.partstat) for row in walk.record().rows()]
    before = len(list(walk.store.entries(SLUG)))
    with walk.terminal() as terminal:
        terminal.expect(ASKED)
        terminal.press("".join(keys))
        terminal.expect(DONE)
        terminal.press("a\r")
        terminal.expect(TAKEN_BACK)
    walk.is_sound()
    assert walk.waiting() == waiting
    assert [(row.person.ref, row.standing.partstat) for row in walk.record().rows()] == rows
    assert len(list(walk.store.entries(SLUG))) >= before + 2
