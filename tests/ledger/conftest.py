"""A short notation for ledgers: each call adds one entry, times are hours after the invitation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mailer import ledger
from mailer.model.attendance import Standing
from mailer.model.contact import Contact
from mailer.model.entry import (
    Announced,
    Attended,
    Channel,
    Delivery,
    Entry,
    Fact,
    Heard,
    Presence,
    Reviewed,
    Trust,
)
from mailer.model.finding import (
    Answer,
    CalendarLine,
    Claim,
    Finding,
    MailKind,
    OptOut,
    PartStat,
    Unattended,
    Unclear,
)
from mailer.model.invitation import MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import State
from mailer.model.people import Invitee, Person, Register
from tests.registered import members

Invite = Callable[..., Invitee]
Roll = list[Invitee]

START = datetime(2025, 3, 13, 9, tzinfo=UTC)


def hour(hours: float) -> datetime:
    """So many hours after the invitation."""
    return START + timedelta(hours=hours)


@dataclass
class Story:
    """A ledger under construction; `read` is when an entry was recorded, `said` when it was said."""

    entries: list[Entry] = field(default_factory=list)
    roll: dict[str, Invitee] = field(default_factory=dict)

    def add(
        self, fact: Fact, at: float, channel: Channel = Channel.STAFF, who: str = "ann", **more: str
    ) -> int:
        """Add any fact; return its number."""
        number = len(self.entries) + 1
        self.entries.append(Entry("diagnosis", who, hour(at), channel, fact, number=number, **more))
        return number

    def sent(
        self, at: float = 0, key: str = "invitation.0.1", state: State = State.SENT, who: str = "ann"
    ) -> int:
        """A message went out."""
        parsed = MessageKey.parse(key)
        return self.add(Delivery(parsed, parsed.sequence, state), at, Channel.OUTBOX, who)

    def announced(
        self, at: float, sequence: int, *, keep_answers: bool = False, cancelled: bool = False
    ) -> int:
        """The meeting was announced, or what changed in it."""
        meeting = Meeting("A meeting", hour(600), hour(602), "UTC", "Here", cancelled=cancelled)
        return self.add(Announced(sequence, meeting, keep_answers), at, Channel.OUTBOX, "")

    def update(self, at: float, sequence: int = 1) -> int:
        """A change was confirmed, and the letter about it went out."""
        self.announced(at, 0)
        self.announced(at, sequence)
        return self.sent(at, f"update.{sequence}.1")

    def cancel(self, at: float, sequence: int = 1) -> int:
        """The meeting was cancelled, and the letter about it went out."""
        self.announced(at, sequence, cancelled=True)
        return self.sent(at, f"cancel.{sequence}.1")

    def heard(
        self,
        claim: Claim,
        said: float,
        *,
        read: float | None = None,
        trust: Trust = Trust.SENDER,
        channel: Channel = Channel.TEXT,
        held: bool = False,
        why: str = "",
        who: str = "ann",
        line: CalendarLine | None = None,
        kind: MailKind = MailKind.REPLY,
        note: str = "",
        person: str = "",
        sender: str = "",
        came: float | None = None,
        dated: float | None = None,
        letter: str = "",
    ) -> int:
        """Somebody said something.

        `came` is when our server received it, `dated` a Date long before that, `letter` the key of the letter it answers.
        """
        finding = Finding("a_rule", kind, claim, calendar=line, text="some words", note=note)
        arrived = None if came is None else hour(came)
        date = None if dated is None else hour(dated)
        answers = MessageKey.parse(letter) if letter else None
        fact = Heard(
            finding,
            hour(said),
            trust,
            held=held,
            why=why,
            sender=sender,
            arrived_at=arrived,
            dated_at=date,
            letter=answers,
        )
        return self.add(fact, said if read is None else read, channel, who, person=person)

    def text(self, partstat: str, said: float, heads: int | None = None, **more: Any) -> int:
        """A written answer."""
        return self.heard(Answer(PartStat[partstat], heads), said, **more)

    def calendar(
        self,
        partstat: str,
        said: float,
        *,
        sequence: int | None = 0,
        dtstamp: float | None = None,
        heads: int | None = None,
        comment: str = "",
        delegated_to: str = "",
        delegated_from: str = "",
        attendee: str = "ann@example.org",
        **more: Any,
    ) -> int:
        """Add a calendar answer; its DTSTAMP is the time it was said unless given, and -1 means none."""
        stamp = None if dtstamp == -1 else hour(said if dtstamp is None else dtstamp)
        line = CalendarLine(
            "REPLY",
            "a-uid",
            sequence,
            stamp,
            attendee,
            comment=comment,
            delegated_to=delegated_to,
            delegated_from=delegated_from,
        )
        more.setdefault("channel", Channel.CALENDAR)
        more.setdefault("kind", MailKind.CALENDAR_REPLY)
        return self.heard(Answer(PartStat[partstat], heads), said, line=line, **more)

    def staff(
        self, partstat: str, at: float, heads: int | None = None, note: str = "", person: str = ""
    ) -> int:
        """Staff heard it on the phone."""
        finding = Finding("staff", MailKind.OTHER, Answer(PartStat[partstat], heads))
        return self.add(Heard(finding, hour(at), Trust.STAFF), at, note=note, person=person)

    def decided(
        self, entry: int, at: float, *, applied: bool = True, who: str = "ann", person: str = ""
    ) -> int:
        """Staff decided about an entry."""
        return self.add(Reviewed(entry, applied), at, who=who, person=person)

    def seen(self, presence: Presence, at: float = 500, person: str = "", heads: int | None = None) -> int:
        """Staff saw who was there."""
        return self.add(Attended(presence, heads), at, person=person)

    def stop(self, said: float, **more: Any) -> int:
        """The invitee asks not to be written to."""
        return self.heard(OptOut(), said, **more)

    def robot(self, said: float, note: str = "") -> int:
        """A machine answered."""
        return self.heard(Unattended(), said, note=note, kind=MailKind.AUTO_REPLY)

    def unclear(self, said: float, proposal: Answer | None = None, **more: Any) -> int:
        """Something a person must read."""
        return self.heard(Unclear(proposal), said, **more)

    @property
    def register(self) -> Register:
        """Everybody: those who were put on the roll, and a person of the same name for each other invitee."""
        names = dict.fromkeys(entry.invitee for entry in self.entries if entry.invitee)
        return Register({**{ref: person(ref) for ref in names}, **self.roll})

    def entries_of(self, invitee: Invitee) -> list[Entry]:
        """The entries about an invitee, and about the meeting."""
        return [entry for entry in self.entries if entry.invitee in ("", invitee.ref)]

    @property
    def standings(self) -> dict[str, Standing]:
        """Where everybody stands."""
        return ledger.attendance(self.entries, self.register)

    @property
    def ann(self) -> Standing:
        """Where Ann stands."""
        return self.standings["ann"]

    @property
    def place(self) -> str:
        """Where Ann stands, in short: answer, heads, and the reasons why something waits."""
        heads = "" if self.ann.headcount is None else f" {self.ann.headcount}"
        waits = f" ? {' '.join(self.ann.whys)}" if self.ann.whys else ""
        return f"{self.ann.partstat.word}{heads}{waits}"


@pytest.fixture
def story() -> Story:
    """A ledger that begins with an invitation to Ann."""
    told = Story()
    told.sent()
    return told


@pytest.fixture
def blank() -> Story:
    """An empty ledger."""
    return Story()


def person(ref: str, *names: str, email: str | None = None) -> Invitee:
    """An invitee with one person per name; the reference of a lone one is the invitee's."""
    address = f"{ref}@example.org" if email is None else email
    full = [name.partition(" ") for name in names or (ref.title(),)]
    people = tuple(Contact(address, "", first, last) for first, _, last in full)
    persons = members(ref, *people)
    return Invitee(ref, address, persons if len(persons) > 1 else (Person(ref, people[0]),))


@pytest.fixture(scope="session")
def invite() -> Invite:
    """Make an invitee."""
    return person


@pytest.fixture(scope="session")
def tell() -> type[Story]:
    """Begin another ledger."""
    return Story
