"""Erase people from the database: one person everywhere, or everybody of one campaign."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.model.address import mentions, normal
from mailer.model.contact import Contact
from mailer.model.invitation import Invitee
from mailer.store import serial
from mailer.store.tables import contents, entries, invitees, outbox, reads

GROUP = 200
NO_WORDS = {"salt": None, "words": None}


def forget(connection: Connection, refs: Iterable[str], addresses: Iterable[str]) -> None:
    """Erase invitees and addresses from every table but the suppressions."""
    chosen = set(refs)
    traces = {normal(address) for address in addresses if address.strip()}
    for group in _groups(sorted(chosen)):
        rows = connection.execute(sa.select(invitees).where(invitees.c.ref.in_(group))).all()
        for row in rows:
            traces |= _blank(connection, row)
        _delete(connection, outbox.c.invitee.in_(group))
        _erase_words_of(connection, group)
    _erase_messages_to(connection, traces)
    _erase_words_naming(connection, traces)
    _erase_reads_from(connection, traces)


def purge(connection: Connection, campaign: str) -> None:
    """Erase everybody of one campaign and the words of its entries; other campaigns keep all that is theirs.

    What is kept of mails that were read is erased for addresses that no other campaign has.
    """
    traces: set[str] = set()
    for row in connection.execute(sa.select(invitees).where(invitees.c.campaign == campaign)).all():
        traces |= _blank(connection, row)
    _delete(connection, outbox.c.campaign == campaign)
    connection.execute(sa.update(entries).where(entries.c.campaign == campaign).values(**NO_WORDS))
    elsewhere = connection.execute(sa.select(invitees).where(invitees.c.campaign != campaign)).all()
    _erase_reads_from(connection, traces.difference(*map(_addresses, elsewhere)))


def _addresses(row: sa.Row[Any]) -> set[str]:
    """Return the addresses of an invitee's row in normal form."""
    people = serial.invitee_from_json(row.ref, row.email, row.people).people
    return {normal(each) for each in (row.email, *(person.email for person in people)) if each}


def _blank(connection: Connection, row: sa.Row[Any]) -> set[str]:
    """Take name and address out of an invitee's row; return the addresses that were in it."""
    people = serial.invitee_from_json(row.ref, row.email, row.people).people
    connection.execute(
        sa.update(invitees)
        .where(invitees.c.position == row.position)
        .values(email="", people=_nobody(len(people)), forgotten=True)
    )
    return _addresses(row)


def _nobody(people: int) -> str:
    return serial.people_to_json(Invitee("", "", (Contact(""),) * people))


def _erase_words_of(connection: Connection, refs: list[str]) -> None:
    connection.execute(sa.update(entries).where(entries.c.invitee.in_(refs)).values(**NO_WORDS))


def _delete(connection: Connection, which: sa.ColumnElement[bool]) -> None:
    """Delete messages and their contents."""
    positions = sa.select(outbox.c.position).where(which)
    connection.execute(sa.delete(contents).where(contents.c.position.in_(positions)))
    connection.execute(sa.delete(outbox).where(which))


def _erase_messages_to(connection: Connection, traces: set[str]) -> None:
    rows = connection.execute(sa.select(outbox.c.position, outbox.c.recipient, outbox.c.reply)).all()
    for row in rows:
        if normal(row.recipient) in traces:
            _delete(connection, outbox.c.position == row.position)
        elif mentions(row.reply or "", traces):
            connection.execute(sa.update(outbox).where(outbox.c.position == row.position).values(reply=""))


def _erase_words_naming(connection: Connection, traces: set[str]) -> None:
    """Erase the words of any entry that contains one of the addresses, whoever wrote them."""
    rows = connection.execute(
        sa.select(entries.c.campaign, entries.c.number, entries.c.words).where(entries.c.words.is_not(None))
    )
    named = [(row.campaign, row.number) for row in rows if mentions(_flat(row.words), traces)]
    for campaign, number in named:
        this = (entries.c.campaign == campaign) & (entries.c.number == number)
        connection.execute(sa.update(entries).where(this).values(**NO_WORDS))


def _erase_reads_from(connection: Connection, traces: set[str]) -> None:
    """Erase sender, subject and Message-ID; the digest stays, so that the mail is not read a second time."""
    for row in connection.execute(sa.select(reads)).all():
        if mentions(f"{row.sender} {row.subject} {row.message_id}", traces):
            connection.execute(
                sa.update(reads)
                .where(reads.c.position == row.position)
                .values(sender="", subject="", message_id="")
            )


def _flat(words: str) -> str:
    """Return the texts of a JSON object, without its escapes."""
    return " ".join(map(str, json.loads(words).values()))


def _groups(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), GROUP):
        yield values[start : start + GROUP]
