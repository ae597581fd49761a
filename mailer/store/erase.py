"""Erase people from the database: one person everywhere, or everybody of one campaign."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.model.address import mentions, normal
from mailer.model.entry import Placed
from mailer.store import serial
from mailer.store.tables import commons, entries, letters, octets, promises, reads

GROUP = 200
NO_WORDS = {"salt": None, "words": None}


def forget(
    connection: Connection,
    invitees: Iterable[str],
    persons: Iterable[str],
    senders: Iterable[str],
    mentions_of: Iterable[str],
    numbers: Iterable[tuple[str, int]] = (),
) -> None:
    """Erase what is kept of people; see `mailer.store.Store.forget`."""
    for group in _groups(sorted(set(invitees))):
        _delete(connection, sa.column("invitee").in_(group))
        connection.execute(sa.update(entries).where(entries.c.invitee.in_(group)).values(**NO_WORDS))
    for group in _groups(sorted(set(persons) - {""})):
        connection.execute(sa.update(entries).where(entries.c.person.in_(group)).values(**NO_WORDS))
        for person in group:
            _erase_letters_to(connection, person)
    _erase_reads(connection, _normal(senders), whole=False)
    traces = _normal(mentions_of)
    for campaign, number in dict.fromkeys([*naming(connection, traces), *numbers]):
        this = (entries.c.campaign == campaign) & (entries.c.number == number)
        connection.execute(sa.update(entries).where(this).values(**NO_WORDS))
    _erase_reads(connection, traces, whole=True)
    _erase_replies_naming(connection, traces)


def naming(connection: Connection, addresses: Iterable[str]) -> list[tuple[str, int]]:
    """Return campaign and number of every entry whose words contain one of the addresses, whoever wrote them."""
    traces = _normal(addresses)
    if not traces:
        return []
    rows = connection.execute(
        sa.select(entries.c.campaign, entries.c.number, entries.c.words).where(entries.c.words.is_not(None))
    )
    return [(row.campaign, row.number) for row in rows if mentions(_flat(row.words), traces)]


def purge(connection: Connection, campaign: str) -> None:
    """Erase everybody of one campaign and the words of its entries; other campaigns keep all that is theirs.

    What is kept of mails that were read is erased for addresses that no other campaign has.
    """
    traces = _addresses(connection, entries.c.campaign == campaign)
    _delete(connection, sa.column("campaign") == campaign)
    connection.execute(sa.update(entries).where(entries.c.campaign == campaign).values(**NO_WORDS))
    others = _addresses(connection, entries.c.campaign != campaign)
    _erase_reads(connection, traces - others, whole=True)


def _addresses(connection: Connection, which: sa.ColumnElement[bool]) -> set[str]:
    """Return the addresses that people of these entries have or had, in normal form."""
    placed = sa.select(entries.c.kind, entries.c.fact, entries.c.words).where(
        which, entries.c.kind == "placed"
    )
    found: set[str] = set()
    for row in connection.execute(placed):
        try:
            fact = serial.fact_from_json(row.kind, row.fact, json.loads(row.words) if row.words else {})
        except (ValueError, LookupError, TypeError, AttributeError):
            continue  # what is damaged names nobody any more
        assert isinstance(fact, Placed)
        found |= {normal(each) for each in (fact.contact.email, *fact.contact.other_addresses) if each}
    return found


def _delete(connection: Connection, which: sa.ColumnElement[bool]) -> None:
    """Delete promises, what letters have of their own, and the octets of messages."""
    for table in (promises, letters, octets):
        connection.execute(sa.delete(table).where(which))
    used = sa.select(octets.c.common).where(octets.c.common.is_not(None))
    connection.execute(sa.delete(commons).where(commons.c.common.not_in(used)))


def _erase_letters_to(connection: Connection, person: str) -> None:
    """Erase the letters and promises that were for a person, also where they were for others of the address, too."""
    named = f'%"{person}"%'
    sent = sa.select(entries.c.campaign, entries.c.invitee, entries.c.fact).where(
        entries.c.kind == "delivery", entries.c.fact.like(named)
    )
    keys = {(row.campaign, row.invitee, json.loads(row.fact)["key"]) for row in connection.execute(sent)}
    waiting = sa.select(promises.c.campaign, promises.c.invitee, promises.c.key).where(
        promises.c.persons.like(named)
    )
    keys |= {tuple(row) for row in connection.execute(waiting)}
    for campaign, invitee, key in keys:
        this = (
            (sa.column("campaign") == campaign)
            & (sa.column("invitee") == invitee)
            & (sa.column("key") == key)
        )
        _delete(connection, this)


def _erase_replies_naming(connection: Connection, traces: set[str]) -> None:
    """Erase the server's replies in the queue that name one of the addresses."""
    rows = connection.execute(
        sa.select(promises.c.position, promises.c.reply).where(promises.c.reply.is_not(None))
    )
    for row in rows.all():
        if mentions(row.reply, traces):
            connection.execute(
                sa.update(promises).where(promises.c.position == row.position).values(reply="")
            )


def _erase_reads(connection: Connection, traces: set[str], *, whole: bool) -> None:
    """Erase sender, subject and Message-ID of mails from these addresses; where `whole`, also of those that name one.

    The digest stays, so that the mail is not read a second time.
    """
    for row in connection.execute(sa.select(reads)).all() if traces else ():
        if mentions(f"{row.sender} {row.subject} {row.message_id}" if whole else row.sender, traces):
            connection.execute(
                sa.update(reads)
                .where(reads.c.position == row.position)
                .values(sender="", subject="", message_id="")
            )


def _normal(addresses: Iterable[str]) -> set[str]:
    return {normal(address) for address in addresses if address.strip()}


def _flat(words: str) -> str:
    """Return the texts of a JSON object, without its escapes."""
    try:
        return " ".join(map(str, json.loads(words).values()))
    except (ValueError, AttributeError):  # damaged words are searched as they are
        return words


def _groups(values: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(values), GROUP):
        yield values[start : start + GROUP]
