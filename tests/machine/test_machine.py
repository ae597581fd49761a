"""Random sequences of all that happens to two campaigns that share people: at rest everybody knows what is true."""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    get_state_machine_test,
    initialize,
    rule,
    run_state_machine_as_test,
)

from mailer.demo import clients
from mailer.errors import ConfigError
from mailer.jobs import people, protect, rebuild, record, roll
from mailer.jobs.departure import Departure
from mailer.jobs.drafts import Draft, Wish
from mailer.model.attendance import Standing
from mailer.model.entry import Delivery
from mailer.model.finding import PartStat
from mailer.model.invitation import Kind
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import State
from mailer.model.people import Invitee, Person
from tests import soak
from tests.machine.world import SLUGS, Letter, Line, Row, World, dump, holds, opened
from tests.servers import postgres
from tests.servers.fault_smtp import Break, Fault

CAST = (
    Line("Ana", "Martin", "ana@example.org"),
    Line("Diana", "Martin", "diana@example.org"),
    Line("Jean", "Moreau", "moreau@example.net"),
    Line("Lucie", "Moreau", "moreau@example.net"),
    Line("Zoé", "Blanc", "a.na@example.org"),
    Line("Bruno", "Roux", "ana@example.net"),
)
"""Addresses that hold one another, that differ by a dot or by the domain, and one that two people share."""

MORE = ("Paul", "Inès", "Awa", "Minh", "Omar", "Rosa", "Hugo", "Lina", "Yann", "Emma", "Igor", "Noor")

EXPECTED = {
    "nothing-announced",
    "meeting-changed",
    "meeting-cancelled",
    "nothing-changed",
    "letter-differs",
    "invitee-unknown",
    "invitee-ambiguous",
}
"""What a command may say instead of sending."""

T = TypeVar("T")
slugs = st.sampled_from(SLUGS)
numbers = st.integers(0, 11)
moments = st.integers(0, 5)
sometimes = st.sampled_from([False, False, False, True])


def pick(things: Sequence[T], number: int) -> T:
    """One of them."""
    return things[number % len(things)]


class Machine(RuleBasedStateMachine):
    """Two campaigns, and a few lines for each promise of the program."""

    url: Callable[[], str] = staticmethod(lambda: "")
    steps = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="mailer-machine-"))
        self.world = World(self.folder / "mairie", type(self).url())
        self.removed: dict[str, list[Line]] = {slug: [] for slug in SLUGS}
        self.judged = 0  # how many letters were judged
        self.said: dict[tuple[object, ...], int] = {}  # the last letter that told somebody this, by its place
        self.word: dict[tuple[str, str], int] = {}  # when a person asked to write (again) to an address
        self.confirmed: dict[
            str, tuple[int, int, str, bool]
        ] = {}  # since which letter: hour, room, called off
        self.dead: set[str] = set()  # addresses that the server refused, at any time
        self.barred: set[str] = set()
        self.erased: list[str] = []
        self.aside: set[tuple[str, str]] = set()  # whose answer a confirmed change sets aside
        self.answers: dict[tuple[str, str], PartStat] = {}

    @initialize(sent=st.sampled_from([0, 2, 9]))
    def begin(self, sent: int) -> None:
        """The first lists, and so many of the first invitations."""
        self.world.lists = {"bal": list(CAST), "conseil": list(CAST[:5])}
        for slug in SLUGS:
            self.world.write(slug)
            if sent:
                self.run(slug, Kind.INVITATION, Wish(), stop_after=sent)

    def teardown(self) -> None:
        """Let everything come to rest, and judge."""
        try:
            if self.world.lists["bal"] or self.world.lists["conseil"]:
                self.rest()
        finally:
            self.world.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    # -- helpers ---------------------------------------------------------------------------------------------------
    def tick(self, time: timedelta = timedelta(minutes=1)) -> None:
        """Time passes."""
        type(self).steps += 1
        self.world.now += time

    def ask(self, slug: str, address: str = "") -> None:
        """Note that a person gave their word that an address, or everybody, is written to (again)."""
        self.word[slug, address.casefold()] = len(self.world.server.accepted)

    def everybody(self, slug: str) -> list[tuple[Invitee, Person]]:
        """The people of a campaign who are not erased."""
        roll = self.world.record(slug).roll
        return [(invitee, one) for invitee in roll for one in invitee.members if not one.erased]

    def run(self, slug: str, kind: Kind, wish: Wish, only: Sequence[str] = (), **how: Any) -> Draft | None:
        """Run a command as the command line does."""
        world = self.world
        world.store.expire(slug, world.now)
        try:
            draft = world.draft(slug, kind, wish, only)
        except ConfigError as error:
            if error.code not in EXPECTED:
                raise
            return None
        if not (draft.plan.due or draft.waiting or draft.changes_anything):
            return draft
        self.note(draft)
        world.confirm(draft, whole=not only)
        world.deliver(slug, **how)
        self.judge()
        return draft

    def note(self, draft: Draft) -> None:
        """Note what a person confirms with a plan, before anything leaves."""
        slug, wish = draft.campaign.slug, draft.wish
        for due in draft.plan.due:
            if wish.again or wish.line:
                self.ask(slug, due.invitee.email)
        if draft.plan.kind is Kind.REMINDER and not draft.going_on:
            self.ask(slug)
        if draft.announcement:
            self.announced(slug, draft)

    def announced(self, slug: str, draft: Draft) -> None:
        """Note that everybody is to know the meeting as it is announced now."""
        assert draft.announcement
        meeting = draft.announcement.meeting
        hour = meeting.starts.astimezone(ZoneInfo(meeting.zone)).hour
        self.confirmed[slug] = (len(self.world.server.accepted), hour, meeting.room, meeting.cancelled)
        self.ask(slug)
        if draft.change.material:
            self.aside |= set(self.answers)

    # -- lists -----------------------------------------------------------------------------------------------------
    @rule(slug=slugs, who=numbers)
    def new_line(self, slug: str, who: int) -> None:
        """Somebody is put on a list."""
        self.tick()
        first = pick(MORE, who)
        line = Line(first, "Petit", f"{first[0].lower()}{who}@example.org")
        if line.first not in {one.first for one in self.world.lists[slug]}:
            self.world.lists[slug].append(line)
            self.listed(slug, line)

    @rule(slug=slugs, who=numbers, domain=st.sampled_from(["example.org", "example.net"]))
    def corrected_address(self, slug: str, who: int, domain: str) -> None:
        """An address on a list is corrected."""
        self.tick()
        lines = self.world.lists[slug]
        if lines:
            old = pick(lines, who)
            new = Line(old.first, old.last, f"new.{old.address.partition('@')[0]}@{domain}")
            if new.address not in {one.address for one in lines} and len(new.address) < 60:
                lines[lines.index(old)] = new
                self.listed(slug, new)

    @rule(slug=slugs, who=numbers)
    def line_removed(self, slug: str, who: int) -> None:
        """A line is taken off a list."""
        self.tick()
        lines = self.world.lists[slug]
        if len(lines) > 1:
            line = pick(lines, who)
            lines.remove(line)
            self.removed[slug].append(line)
            self.listed(slug, line)

    @rule(slug=slugs, who=numbers)
    def line_back(self, slug: str, who: int) -> None:
        """A line is back on its list."""
        self.tick()
        if self.removed[slug]:
            line = pick(self.removed[slug], who)
            self.removed[slug].remove(line)
            if line.first not in {one.first for one in self.world.lists[slug]}:
                self.world.lists[slug].append(line)
                self.listed(slug, line)

    @rule(slug=slugs, who=numbers, other=numbers)
    def second_at_an_address(self, slug: str, who: int, other: int) -> None:
        """Somebody is put on a list with the address of another one."""
        self.tick()
        first, lines = pick(MORE, who), self.world.lists[slug]
        if lines and first not in {one.first for one in lines}:
            line = Line(first, "Petit", pick(lines, other).address)
            lines.append(line)
            self.listed(slug, line)

    @rule(slug=slugs, who=numbers)
    def renamed(self, slug: str, who: int) -> None:
        """A name on a list is spelled in another way."""
        self.tick()
        lines = self.world.lists[slug]
        if lines:
            old = pick(lines, who)
            lines[lines.index(old)] = Line(old.first.swapcase(), old.last.upper(), old.address)
            self.listed(slug, old)

    def listed(self, slug: str, line: Line) -> None:
        """A list was edited: who is written to follows from it."""
        self.ask(slug, line.address)
        self.world.write(slug)

    # -- commands --------------------------------------------------------------------------------------------------
    @rule(
        slug=slugs,
        kind=st.sampled_from([Kind.INVITATION, Kind.INVITATION, Kind.UPDATE, Kind.REMINDER]),
        again=sometimes,
        refused=sometimes,
        say=st.sampled_from(["", "", "", "Apportez un parapluie."]),
        keep=sometimes,
    )
    def command(self, slug: str, kind: Kind, again: bool, refused: bool, say: str, keep: bool) -> None:
        """A command that runs to its end."""
        self.tick()
        line = say if kind is Kind.UPDATE else ""
        again = again and kind is not Kind.UPDATE
        refused = refused and kind is Kind.INVITATION
        self.run(slug, kind, Wish(again=again, refused=refused, line=line, keep_answers=keep, sure=True))

    @rule(slug=slugs, kind=st.sampled_from([Kind.INVITATION, Kind.UPDATE, Kind.REMINDER]), k=moments)
    def stopped(self, slug: str, kind: Kind, k: int) -> None:
        """A command that is stopped after some messages."""
        self.tick()
        self.run(slug, kind, Wish(sure=True), stop_after=k + 1)

    @rule(
        slug=slugs,
        kind=st.sampled_from([Kind.INVITATION, Kind.UPDATE, Kind.REMINDER]),
        stage=st.sampled_from(["mail", "rcpt", "data", "dot"]),
        k=moments,
    )
    def killed(self, slug: str, kind: Kind, stage: str, k: int) -> None:
        """A command whose process dies in the middle of a transaction."""
        self.tick()
        self.run(slug, kind, Wish(sure=True), die_at=stage, after=k)

    @rule(slug=slugs, who=numbers, kind=st.sampled_from([Kind.INVITATION, Kind.UPDATE]))
    def only_one(self, slug: str, who: int, kind: Kind) -> None:
        """A command for one address."""
        self.tick()
        found = self.everybody(slug)
        if found:
            self.run(slug, kind, Wish(sure=True), only=[pick(found, who)[0].ref])

    @rule(slug=slugs)
    def released(self, slug: str) -> None:
        """A person lets go again what is in doubt."""
        self.tick()
        world = self.world
        world.store.expire(slug, world.now)
        roll = {one.ref: one for one in world.record(slug).roll}
        for one in world.store.queue(slug):
            if one.state is State.IN_DOUBT and one.promise.invitee in roll:
                self.ask(slug, roll[one.promise.invitee].email)
        if world.store.release(slug, world.now):
            world.deliver(slug)
            self.judge()

    # -- the world -------------------------------------------------------------------------------------------------
    @rule(who=numbers, times=st.integers(1, 3))
    def greylisting(self, who: int, times: int) -> None:
        """A server puts an address off."""
        self.tick()
        address = self.address(who)
        self.world.server.faults = [
            *self.world.server.faults,
            Fault("rcpt", "451 4.7.1 Greylisted, try again later", to=address, times=times),
        ]

    @rule(who=numbers, reply=st.sampled_from(["550 5.1.1 No such user here", "550 no such user here"]))
    def dead_address(self, who: int, reply: str) -> None:
        """A server refuses an address."""
        self.tick()
        address = self.address(who)
        self.dead.add(address.casefold())
        self.world.server.faults = [*self.world.server.faults, Fault("rcpt", reply, to=address)]

    @rule(
        reply=st.sampled_from(["550 5.7.1 Hourly sending limit of your account exceeded", "550 refused"]),
        times=st.integers(1, 6),
    )
    def everybody_refused(self, reply: str, times: int) -> None:
        """A server refuses the next ones, whoever they are."""
        self.tick()
        self.world.server.faults = [*self.world.server.faults, Fault("rcpt", reply, times=times)]

    @rule(after=moments)
    def lost_connection(self, after: int) -> None:
        """The connection is lost after the final dot of some message."""
        self.tick()
        self.world.server.faults = [
            *self.world.server.faults,
            Fault("dot", Break.DROP, after=after, times=1),
        ]

    @rule()
    def healed(self) -> None:
        """All servers are well again."""
        self.tick()
        self.world.server.faults = []

    @rule(hours=st.sampled_from([1, 6, 25]))
    def later(self, hours: int) -> None:
        """Time passes, and what was put off is tried again."""
        self.tick(timedelta(hours=hours))
        for slug in SLUGS:
            self.world.deliver(slug)
        self.judge()

    def address(self, number: int) -> str:
        """An address of some list."""
        lines = [*self.world.lists["bal"], *self.world.lists["conseil"]]
        return pick(lines, number).address if lines else "nobody@example.org"

    # -- the meeting -----------------------------------------------------------------------------------------------
    @rule(slug=slugs, hour=st.integers(9, 17))
    def another_hour(self, slug: str, hour: int) -> None:
        """The file says another hour."""
        self.tick()
        self.world.plans[slug].hour = hour
        self.world.write(slug)

    @rule(slug=slugs, room=st.integers(1, 3))
    def another_room(self, slug: str, room: int) -> None:
        """The file says another room."""
        self.tick()
        self.world.plans[slug].room = f"Salle {room}"
        self.world.write(slug)

    @rule(slug=slugs, n=st.integers(1, 3))
    def other_words(self, slug: str, n: int) -> None:
        """The letter says something else."""
        self.tick()
        self.world.plans[slug].text = f"Venez nombreux, {n} fois."
        self.world.write(slug)

    @rule(slug=slugs, n=st.integers(1, 3))
    def attachment(self, slug: str, n: int) -> None:
        """Something is attached."""
        self.tick()
        self.world.plans[slug].attachment = "plan " * n
        self.world.write(slug)

    @rule(slug=slugs, sure=sometimes, die_at=st.sampled_from(["", "", "rcpt", "dot"]), k=moments)
    def called_off(self, slug: str, sure: bool, die_at: str, k: int) -> None:
        """The meeting is called off."""
        self.tick()
        if self.judged <= 12:
            return
        if sure:
            self.run(slug, Kind.CANCEL, Wish(sure=True), die_at=die_at, after=k)

    # -- people ----------------------------------------------------------------------------------------------------
    @rule(slug=slugs, who=numbers, said=st.sampled_from(sorted(record.SAID)))
    def staff_record(self, slug: str, who: int, said: str) -> None:
        """Staff record an answer."""
        self.tick()
        found = self.everybody(slug)
        if found:
            invitee, one = pick(found, who)
            record.record(self.world.store, slug, invitee, said, now=self.world.now)
            self.allowed(slug, {member.ref for member in invitee.members})
            told = self.world.record(slug).told
            off = one.withdrawn or (told is not None and told.meeting.cancelled)
            expected = off or self.answers[slug, one.ref] is record.SAID[said]
            assert expected, (slug, one.ref, self.answers[slug, one.ref])

    @rule(
        which=st.integers(0, 200),
        said=st.sampled_from(["ACCEPTED", "DECLINED", "TENTATIVE"]),
        calendar=st.booleans(),
    )
    def answer(self, which: int, said: str, calendar: bool) -> None:
        """Somebody answers a letter, from their calendar or by words."""
        self.tick()
        received = [one for one in self.world.received() if one.recipient.casefold() not in self.erased]
        if not received:
            return
        letter = pick(received, which)
        at = self.world.now
        words = {"ACCEPTED": "Je viendrai.", "DECLINED": "Je ne viendrai pas.", "TENTATIVE": "Peut-être."}
        mail = clients.thunderbird(letter, at, said) if calendar else clients.written(letter, at, words[said])
        self.world.office.post(letter.recipient, mail)
        owners = {
            (slug, one.ref)
            for slug in SLUGS
            for invitee, one in self.everybody(slug)
            if invitee.uid == letter.uid or letter.recipient.casefold() in _addresses(invitee)
        }
        for slug in SLUGS:
            # What is said in answer to a letter of before counts for the person they were merged with.
            owners |= {(slug, one.into) for one in roll.register(self.world.store, slug).left}
        self.world.read()
        now = self.standings()
        changed = {key for key in now if now[key] is not self.answers.get(key, now[key])}
        assert changed <= owners | self.aside, (letter, changed - owners)
        self.answers = now

    @rule(which=st.integers(0, 200), sure=sometimes)
    def objection(self, which: int, sure: bool) -> None:
        """Somebody wants no more letters."""
        self.tick()
        received = [
            (one, number)
            for one in self.world.received()
            for number, link in enumerate(one.links)
            if "desinscription" in link[1] and one.recipient.casefold() not in self.erased
        ]
        if not (received and sure):
            return
        letter, number = pick(received, which)
        self.world.office.post(letter.recipient, clients.link(letter, self.world.now, number))
        self.world.read()
        here = {(invitee.uid, invitee.email) for slug in SLUGS for invitee, _ in self.everybody(slug)}
        if (letter.uid, letter.recipient) in here:
            assert self.world.store.suppressed([letter.recipient]), letter.recipient
            self.barred.add(letter.recipient.casefold())
        self.allowed("", set())

    @rule(slug=slugs, who=numbers)
    def written_again(self, slug: str, who: int) -> None:
        """Somebody who objected asks to be written to again."""
        self.tick()
        found = [(i, one) for i, one in self.everybody(slug) if i.email.casefold() in self.barred]
        if found:
            invitee, one = pick(found, who)
            done = people.allow(self.world.store, slug, one.ref, now=self.world.now, asked_again="au marché")
            self.barred -= _addresses(invitee)
            self.placed(slug, done.invitee)
            self.allowed("", set())

    @rule(slug=slugs, who=numbers, n=numbers)
    def moved(self, slug: str, who: int, n: int) -> None:
        """Staff move somebody to another address."""
        self.tick()
        found = self.everybody(slug)
        if found:
            invitee, one = pick(found, who)
            address = pick([f"moved{n}@example.org", self.address(n)], n)
            try:
                done = people.move(
                    self.world.store, slug, one.ref, address, now=self.world.now, share=n % 3 == 0
                )
            except ConfigError as error:
                if error.code != "address-taken":
                    raise
                return
            self.placed(slug, done.invitee)
            if invitee.email.casefold() in self.barred:
                assert self.world.store.suppressed([done.invitee.email]), "an objection follows a move"
            self.allowed("", set())

    @rule(slug=slugs, who=numbers, other=numbers)
    def merged(self, slug: str, who: int, other: int) -> None:
        """Staff make two lines one person."""
        self.tick()
        found = self.everybody(slug)
        if len(found) > 4:
            keep, gone = pick(found, who), pick(found, who + 1 + other % (len(found) - 1))
            done = people.merge(self.world.store, slug, keep[1].ref, gone[1].ref, now=self.world.now)
            self.placed(slug, done.invitee)
            self.allowed(slug, {keep[1].ref})

    @rule(slug=slugs, who=numbers, tell=st.booleans())
    def withdrawn(self, slug: str, who: int, tell: bool) -> None:
        """Staff take back an invitation."""
        self.tick()
        found = self.everybody(slug)
        if found:
            invitee, one = pick(found, who)
            people.withdraw(self.world.store, slug, one.ref, now=self.world.now)
            if tell:
                self.run(slug, Kind.CANCEL, Wish(), only=[invitee.ref])

    @rule(slug=slugs, who=numbers)
    def added(self, slug: str, who: int) -> None:
        """Staff add somebody, or add them again."""
        self.tick()
        found = self.everybody(slug)
        if found:
            _invitee, one = pick(found, who)
            name, address = one.contact.name, one.contact.email
            if who % 3 == 0:
                name, address = f"{pick(MORE, who)} Petit", f"by.hand{who}@example.org"
            done = people.add(self.world.store, slug, address, name, now=self.world.now, yes=True)
            self.placed(slug, done.invitee)
            self.allowed(slug, {done.person.ref})  # what was said after it was taken back counts again

    def placed(self, slug: str, invitee: Invitee) -> None:
        """A person said who is written to at an address."""
        self.ask(slug, invitee.email)

    # -- erasing ---------------------------------------------------------------------------------------------------
    @rule(who=numbers, sure=st.booleans())
    def forgotten(self, who: int, sure: bool) -> None:
        """Somebody is erased everywhere, and nobody else anywhere."""
        self.tick()
        if self.judged <= 6:
            return
        found = [one for slug in SLUGS for one in self.everybody(slug)]
        if not (found and sure) or min(map(len, self.world.lists.values())) < 3:
            return  # a list without people cannot be read
        _invitee, one = pick(found, who)
        world = self.world
        person = protect.find(world.path, world.store, one.ref)
        before = dump(world.store)
        protect.forget(world.store, person, world.now)
        world.read_lists()
        after = dump(world.store)
        letters = _letters_to(before, person.persons)
        kept = [
            row
            for row in before
            if row["table"] not in ("keys", "campaigns")
            and row.get("invitee") not in person.whole
            and row.get("person") not in person.persons
            and row.get("sender", "").casefold() not in person.alone
            and not (row["table"] in ("letters", "promises") and _place(row) in letters)
        ]
        missing = [row for row in kept if row not in after]
        assert missing == [], ("erased, too", missing[0])
        for address in person.alone:
            left = [row for row in after if holds(row, address)]
            mentioned = [
                row for row in left if row["table"] == "entries" and row["person"] not in person.persons
            ]
            assert len(left) == len(mentioned), (address, left)
            self.erased.append(address)
        self.vanished()

    @rule(slug=slugs, sure=sometimes)
    def purged(self, slug: str, sure: bool) -> None:
        """Everybody of one campaign is erased, and nobody of the other one."""
        self.tick()
        if self.judged <= 20:
            return
        world = self.world
        if not sure:
            return
        names = {
            word for _, one in self.everybody(slug) for word in (one.contact.email, one.contact.first_name)
        }
        before = dump(world.store)
        protect.purge(world.store, slug, world.now)
        after = dump(world.store)
        kept = [row for row in before if row.get("campaign", slug) != slug]
        assert [row for row in kept if row not in after] == []
        left = [
            row for row in after if row.get("campaign") == slug and any(holds(row, name) for name in names)
        ]
        assert left == []
        self.ask(slug)
        self.vanished()

    # -- what holds ------------------------------------------------------------------------------------------------
    def standings(self) -> dict[tuple[str, str], PartStat]:
        """What each person said, as the ledger has it."""
        found = {}
        for slug in SLUGS:
            known = self.world.record(slug)
            for invitee in known.roll:
                for one in invitee.members:
                    standing = (
                        known.standings.get(one.ref) or known.standings.get(invitee.ref) or Standing(one.ref)
                    )
                    found[slug, one.ref] = standing.partstat
        return found

    def allowed(self, slug: str, refs: set[str]) -> None:
        """The answers of these people may have changed; those of nobody else have."""
        now = self.standings()
        for key, answer in now.items():
            if key not in self.answers or (key[0] == slug and key[1] in refs):
                continue
            before = self.answers[key]
            if answer is not before:
                assert key in self.aside, (key, before, answer)
                assert answer is PartStat.NEEDS_ACTION, (key, before, answer)
                self.aside.discard(key)
        self.answers = now

    def vanished(self) -> None:
        """People are gone, and nobody's answer changed."""
        self.allowed("", set())

    def judge(self) -> None:
        """Judge what was sent since the last time."""
        letters = self.world.letters()
        persons = self.persons()
        for place, letter in enumerate(letters[self.judged :], self.judged):
            address = letter.recipient.casefold()
            word = max(self.word.get((letter.slug, address), 0), self.word.get((letter.slug, ""), 0))
            for one in persons.get(letter.message_id) or (address,):
                before = self.said.get((one, letter.said))
                assert before is None or word > before, ("told twice", one, letter)
                self.said[one, letter.said] = place
            since, hour, room, off = self.confirmed[letter.slug]
            if place >= since:
                if off or letter.method != "CANCEL":
                    self.is_present(letter, hour, room)
                assert not off or letter.method == "CANCEL", ("invited to what is called off", letter)
            assert address not in self.erased, ("written to who was erased", letter)
            assert address not in self.barred, ("written to who objects", letter)
        self.judged = len(letters)
        self.allowed("", set())

    def persons(self) -> dict[str, tuple[str, ...]]:
        """For whom each letter was: of two at one address each may have one of their own."""
        facts = [e.fact for slug in SLUGS for e in self.world.store.entries(slug, kinds=("delivery",))]
        return {fact.message_id: fact.persons for fact in facts if isinstance(fact, Delivery)}

    def is_present(self, letter: Letter, hour: int, room: str) -> None:
        """A letter says the present hour and room."""
        assert letter.hour == hour, ("an old hour", letter)
        assert letter.location.startswith(room), ("an old room", letter)

    @rule()
    def queue_made_anew(self) -> None:
        """The queue made anew from the ledger is the queue there was."""
        self.tick()
        for slug in SLUGS:
            if slug in self.world.store.campaigns():
                self.world.store.expire(slug, self.world.now)
                before = self.leaving(slug)
                rebuild.rebuild(self.world.store, self.world.campaign(slug), self.world.now)
                after = self.leaving(slug)
                assert after.keys() == before.keys(), (slug, after.keys() ^ before.keys())
                for key, (message, tried) in before.items():
                    again = after[key][0]
                    assert again.digest == message.digest if tried else _said(again) == _said(message), key

    def leaving(self, slug: str) -> dict[tuple[str, str, bool], tuple[OutgoingMessage, bool]]:
        """What would leave, and whether it was tried, so that its octets are settled."""
        world = self.world
        departure = Departure(world.store, world.campaign(slug), world.workspace.seal(), lambda: world.now)
        found: dict[tuple[str, str, bool], tuple[OutgoingMessage, bool]] = {}
        known = roll.register(world.store, slug).invitees
        for one in world.store.queue(slug):
            if one.promise.invitee not in known:
                continue  # nobody is left to write to
            doubtful = one.state is State.IN_DOUBT
            if doubtful or departure.owed([replace(one, news=True)]):
                (message,) = departure.compose([one.promise])
                tried = doubtful or one.state is State.DEFERRED
                found[one.promise.invitee, str(one.promise.key), doubtful] = (message, tried)
        return found

    @rule(sure=sometimes)
    def resting(self, sure: bool) -> None:
        """Everything comes to rest."""
        if sure:
            self.tick()
            self.rest()

    def rest(self) -> None:
        """Follow the advice until nothing is left, and look at everybody."""
        world = self.world
        world.server.faults = [one for one in world.server.faults if one.to.casefold() in self.dead]
        for slug in SLUGS:
            if slug not in world.store.campaigns():
                continue
            for _ in range(8):
                self.released(slug)
                off = self.confirmed.get(slug, (0, 0, "", False))[3]
                kinds = [Kind.CANCEL] if off else [Kind.UPDATE, Kind.INVITATION]
                drafts = [self.run(slug, kind, Wish(sure=True)) for kind in kinds]
                self.tick(timedelta(hours=2))
                world.deliver(slug)
                self.judge()
                waiting = list(world.store.queue(slug))
                if not waiting and not any(draft and draft.plan.due for draft in drafts):
                    break
            else:
                owed = [
                    (str(due.key), due.invitee.email) for draft in drafts if draft for due in draft.plan.due
                ]
                pytest.fail(f"{slug} does not come to rest: {owed} {waiting}")
            self.at_rest(
                slug,
                {ref for draft in drafts if draft and draft.reconciled for ref in draft.reconciled.unsettled},
            )
            assert world.store.verify(slug) is None
            assert rebuild.verify_letters(world.store, slug).other == ()

    def at_rest(self, slug: str, unsettled: set[str]) -> None:
        """Everybody who was reached, or is on the list, has the present revision as the last thing told."""
        if slug not in self.confirmed:
            return
        _since, hour, room, off = self.confirmed[slug]
        entries = list(self.world.store.entries(slug, kinds=("delivery",)))
        accepted = self.world.letters()
        barred = self.world.record(slug).suppressed
        kept = {one.into for one in roll.register(self.world.store, slug).left}
        for invitee, one in self.everybody(slug):
            facts = [
                entry.fact
                for entry in entries
                if isinstance(entry.fact, Delivery)
                and entry.invitee == invitee.ref
                and entry.fact.key.kind.is_invitation
                and (one.ref in entry.fact.persons or (not entry.fact.persons and one.since <= entry.number))
            ]
            refused = bool(facts) and facts[-1].state is State.FAILED
            if refused:
                assert {invitee.email.casefold(), *map(str.casefold, one.former)} & self.dead, (
                    invitee,
                    facts[-1],
                )
            if refused or one.withdrawn or invitee.ref in barred or one.ref in unsettled:
                continue
            ids = {fact.message_id for fact in facts}
            told = [letter for letter in accepted if letter.message_id in ids]
            if not told:
                # Whom another was merged with may have been told as that one.
                nobody = one.unlisted or one.ref in kept or not one.contact.email
                assert off or nobody, ("never invited", invitee, one)
                continue
            self.is_present(told[-1], hour, room)
            assert (told[-1].method == "CANCEL") == off, ("not told of the end", told[-1])


def _said(message: OutgoingMessage) -> tuple[object, ...]:
    """What a message says, whatever its date."""
    return opened(message.content, message.recipient).said


def _place(row: Row) -> tuple[str, str, str]:
    return row["campaign"], row["invitee"], row["key"]


def _letters_to(rows: Sequence[Row], persons: Collection[str]) -> set[tuple[str, str, str]]:
    """The letters, by campaign, invitee and key, that were or are for these people, alone or with others."""
    found = set()
    for row in rows:
        text = {"entries": "fact", "promises": "persons"}.get(row["table"])
        if text and row.get("kind") in (None, "delivery") and any(ref in row[text] for ref in persons):
            key = row["key"] if text == "persons" else json.loads(row["fact"])["key"]
            found.add((row["campaign"], row["invitee"], key))
    return found


def _addresses(invitee: Invitee) -> set[str]:
    return {each.casefold() for one in invitee.members for each in (one.contact.email, *one.former) if each}


class Soaked(Machine):
    """The same with a real process of the program, killed with SIGKILL."""

    kills = 0

    @rule(slug=slugs, kind=st.sampled_from([Kind.INVITATION, Kind.UPDATE, Kind.REMINDER]), k=moments)
    def stopped(self, slug: str, kind: Kind, k: int) -> None:
        """A process that is killed after some commands of SMTP."""
        self.kill(slug, kind, 1 + 5 * k, 0)

    @rule(slug=slugs, kind=st.sampled_from([Kind.INVITATION, Kind.UPDATE, Kind.REMINDER]), after=moments)
    def killed_early(self, slug: str, kind: Kind, after: int) -> None:
        """A process that is killed before it sends, or soon after."""
        self.kill(slug, kind, 0, 0.4 + after / 10)

    @rule(slug=slugs, kind=st.sampled_from([Kind.INVITATION, Kind.UPDATE, Kind.REMINDER]), k=moments)
    def killed_at_once(self, slug: str, kind: Kind, k: int) -> None:
        """A process that is killed somewhere in a transaction."""
        self.kill(slug, kind, 2 + 3 * k, 0)

    def kill(self, slug: str, kind: Kind, more: int, after: float) -> None:
        """Kill a process of the program, and find out what it confirmed."""
        self.tick()
        world = self.world
        world.store.expire(slug, world.now)
        try:
            draft = world.draft(slug, kind, Wish(sure=True))
        except ConfigError as error:
            if error.code not in EXPECTED:
                raise
            return
        if not (draft.plan.due or draft.waiting or draft.changes_anything):
            return
        before = len(world.record(slug).announced)
        since = len(world.server.accepted)
        if not draft.announcement:
            self.note(draft)
        type(self).kills += world.kill(slug, kind, more, after)
        if len(world.record(slug).announced) > before:
            self.note(draft)
            self.confirmed[slug] = (since, *self.confirmed[slug][1:])
        world.store.expire(slug, world.now)
        self.judge()


KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]


@pytest.fixture(params=KINDS)
def urls(request: pytest.FixtureRequest) -> Callable[[], str]:
    """Makes the URL of an empty store; empty for SQLite in the workspace."""
    if request.param == "sqlite":
        return lambda: ""
    cluster = request.getfixturevalue("cluster")
    return lambda: postgres.database(cluster)


QUICK = settings(
    max_examples=5,
    stateful_step_count=30,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],  # a failure is told at once: making it smaller takes an hour
)
STEPS, KILLS = 2000, 100
"""How many steps, and kills of a real process among them, a full soak takes on each kind of store."""


def test_whatever_happens(urls: Callable[[], str]) -> None:
    """At rest everybody knows what is true, nobody was told it twice, and nobody's answer was changed for them."""
    Machine.url = staticmethod(urls)
    run_state_machine_as_test(Machine, settings=QUICK)


@pytest.mark.soak
def test_whatever_happens_for_long(urls: Callable[[], str]) -> None:
    """The same for thousands of steps, with processes killed among them; each round has a seed of its own, which it shows."""
    Soaked.url = staticmethod(urls)
    steps, kills, each = Soaked.steps, Soaked.kills, soak.SEED
    long = settings(QUICK, stateful_step_count=50, derandomize=False, database=None)
    while Soaked.steps - steps < STEPS * soak.SCALE or Soaked.kills - kills < KILLS * soak.SCALE:
        sys.stdout.write(f"seed {each}\n")
        seed(each)(get_state_machine_test(Soaked, settings=long))()
        each += 1
    sys.stdout.write(f"{Soaked.steps - steps} steps, {Soaked.kills - kills} kills\n")
