"""Messages, invitees and entries to fill a store with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from mailer.model.contact import Contact
from mailer.model.entry import Channel, Delivery, Entry, Heard, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat
from mailer.model.invitation import Kind, MessageKey
from mailer.model.outcome import Reply, Stage, State
from mailer.model.people import Invitee
from mailer.store import Promise, Queued, Settled
from tests.registered import members

NOW = datetime(2025, 3, 13, 9, tzinfo=UTC)
LEASE = timedelta(minutes=20)
SENT = Reply(Stage.DOT, 250, "2.0.0 Ok: queued as 4F2A")
KEY = MessageKey(Kind.INVITATION, 0, 1)


def content(n: int) -> bytes:
    """A message most of whose lines are everybody's."""
    own = [f"To: p{n}@example.org", f"Message-ID: <m{n}@example.net>", "", f"Bonjour P{n},"]
    return "\r\n".join([*own, *(f"ligne {k} de la lettre" for k in range(40)), f"UID:u{n}", ""]).encode()


def items(*numbers: int, campaign: str = "c", key: MessageKey = KEY) -> Iterator[Promise]:
    """What is queued for these people."""
    for n in numbers:
        domain = f"{('a', 'b')[n % 2]}.example"
        yield Promise(campaign, f"r{n}", key, (f"r{n}-1",), 1, "v1", NOW, f"<{key}-m{n}@example.net>", domain)


def invitee(n: int, email: str = "") -> Invitee:
    """One person."""
    email = email or f"p{n}@example.org"
    return Invitee(f"r{n}", email, members(f"r{n}", Contact(email, first_name=f"P{n}", last_name="Martin")))


def settled(queued: Queued, state: State, reply: Reply = SENT, not_before: datetime | None = None) -> Settled:
    """What became of a claimed message, with its entry."""
    promise = queued.promise
    fact = Delivery(
        promise.key, 0, state, promise.message_id, reply, promise.persons, promise.round, promise.version
    )
    entry = Entry(promise.campaign, promise.invitee, NOW, Channel.OUTBOX, fact)
    return Settled(promise, state, reply, entry, not_before)


def heard(n: int, text: str = "je viens", campaign: str = "c") -> Entry:
    """A written yes."""
    finding = Finding(
        rule="free_text",
        kind=MailKind.REPLY,
        claim=Answer(PartStat.ACCEPTED, 2, delegate="Paul Petit"),
        evidence=text,
        addresses=(f"p{n}@example.org",),
        text=text,
    )
    fact = Heard(finding, NOW, Trust.SENDER)
    return Entry(campaign, f"r{n}", NOW, Channel.TEXT, fact, source=f"digest{n}", note="vu au marché")
