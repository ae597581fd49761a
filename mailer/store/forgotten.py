"""What a ledger knows of people who were forgotten, so that they stay forgotten where a backup takes its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from mailer.model.address import normal
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Gone, Placed
from mailer.model.names import name_forms
from mailer.model.people import Why
from mailer.store import entries as ledger
from mailer.store import erase, roll, serial
from mailer.store.tables import entries, reads, suppressions


@dataclass(frozen=True, slots=True)
class KnownForgotten:
    """What is known of people who were forgotten: the ledger's `secret`, and the marks that are made with it.

    `erased` are the entries without words, by campaign, number and hash, and `mails` the digests of the mails of which
    sender and subject were erased.
    """

    secret: bytes
    marks: tuple[RowMapping, ...]
    erased: frozenset[tuple[str, int, str]]
    mails: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Placement:
    """An entry that has a person's names and addresses."""

    campaign: str
    number: int
    hash: str
    invitee: str
    person: str
    contact: Contact

    @property
    def addresses(self) -> set[str]:
        """Return the addresses in normal form."""
        return {normal(each) for each in (self.contact.email, *self.contact.other_addresses) if each}


def known(connection: Connection) -> KnownForgotten:
    """Return what a ledger knows of people who were forgotten."""
    marks = sa.select(suppressions).where(suppressions.c.why == roll.FORGOTTEN)
    erased = sa.select(entries.c.campaign, entries.c.number, entries.c.hash).where(entries.c.words.is_(None))
    mails = sa.select(reads.c.digest).where(
        reads.c.digest != "", reads.c.sender == "", reads.c.subject == "", reads.c.message_id == ""
    )
    return KnownForgotten(
        roll.kept_secret(connection),
        tuple(connection.execute(marks).mappings().all()),
        frozenset((row.campaign, row.number, row.hash) for row in connection.execute(erased)),
        frozenset(connection.execute(mails).scalars()),
    )


def forget_again(connection: Connection, before: KnownForgotten, now: datetime) -> int | None:
    """Erase from a ledger that was restored whom the one before it had forgotten; return how many people these are.

    A mark that the restored ledger has itself is older than it: whoever was registered again since then stays. Return None
    where the ledger before was another one, which knows nothing of these people.
    """
    if not before.secret or before.secret != roll.kept_secret(connection):
        return None
    has = set(connection.execute(sa.select(suppressions.c.digest)).scalars())
    new = [dict(mark) for mark in before.marks if mark["digest"] not in has]
    if new:
        connection.execute(sa.insert(suppressions), new)
    marked = {mark["digest"] for mark in new}
    placed = list(_placed(connection))
    gone = [
        one
        for one in placed
        if (one.campaign, one.number, one.hash) in before.erased or _is_marked(before.secret, one, marked)
    ]
    persons = {one.person for one in gone}
    staying = [one for one in placed if one.person not in persons]
    shared = {(one.campaign, one.invitee) for one in staying}
    whole = {one.invitee for one in gone if (one.campaign, one.invitee) not in shared}
    others = {address for one in staying for address in one.addresses}
    senders = {address for one in gone for address in one.addresses} - others
    erase.forget(connection, whole, persons, senders, (), _with_words(connection, before))
    for digest in before.mails:
        this = sa.update(reads).where(reads.c.digest == digest)
        connection.execute(this.values(sender="", subject="", message_id=""))
    ledger.append(
        connection,
        [
            Entry(campaign, invitee, now, Channel.STAFF, Gone(Why.ERASED), person=person)
            for campaign, invitee, person in sorted({(one.campaign, one.invitee, one.person) for one in gone})
            if (campaign, invitee) in shared
        ],
    )
    return len(persons)


def _placed(connection: Connection) -> Iterator[_Placement]:
    rows = connection.execute(
        sa.select(entries).where(entries.c.kind == "placed", entries.c.words.is_not(None))
    )
    for row in rows:
        fact = serial.fact_from_json(row.kind, row.fact, json.loads(row.words))
        assert isinstance(fact, Placed)
        yield _Placement(row.campaign, row.number, row.hash, row.invitee, row.person, fact.contact)


def _is_marked(secret: bytes, one: _Placement, marked: set[str]) -> bool:
    """Return whether a name at an address of theirs has a mark."""
    return bool(marked) and any(
        roll.mark(secret, address, name) in marked
        for address in one.addresses
        for name in name_forms(one.contact) or {""}
    )


def _with_words(connection: Connection, before: KnownForgotten) -> list[tuple[str, int]]:
    """Return the entries that have words here, and had none before."""
    rows = connection.execute(
        sa.select(entries.c.campaign, entries.c.number, entries.c.hash).where(entries.c.words.is_not(None))
    )
    return [
        (row.campaign, row.number) for row in rows if (row.campaign, row.number, row.hash) in before.erased
    ]
