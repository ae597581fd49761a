"""Ledger entries in the database: appended to the hash chain of their campaign, and read back."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from mailer.model.entry import Channel, Entry
from mailer.store import Breach, serial
from mailer.store.chain import START, Link, bind, digest, first_breach
from mailer.store.dialect import insert_new
from mailer.store.lines import line
from mailer.store.prepared import PreparedStatement
from mailer.store.tables import campaigns, entries, moment

PAGE = 2000

_HEAD = PreparedStatement(
    sa.select(campaigns.c.number, campaigns.c.hash)
    .where(campaigns.c.campaign == sa.bindparam("campaign"))
    .with_for_update(),
    campaigns.c.number,
    campaigns.c.hash,
)
_MOVE_HEAD = PreparedStatement(
    sa.update(campaigns)
    .where(campaigns.c.campaign == sa.bindparam("in_campaign"))
    .values(number=sa.bindparam("number"), hash=sa.bindparam("hash"))
)
_INSERT = PreparedStatement(sa.insert(entries))


_MADE_OF = (
    entries.c.number,
    entries.c.campaign,
    entries.c.invitee,
    entries.c.person,
    entries.c.kind,
    sa.type_coerce(entries.c.recorded_at, sa.String).label("recorded_at"),
    entries.c.channel,
    entries.c.source,
    entries.c.fact,
    entries.c.words,
)
"""What an entry is made of; the moment as text, since many entries have the same."""


def _page(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .where(entries.c.campaign == sa.bindparam("in_campaign"), entries.c.number > sa.bindparam("above"))
        .order_by(entries.c.number)
        .limit(PAGE)
    )


_LINKS = _page(entries)
_PAGE = _page(*_MADE_OF)
_OF_INVITEE = PreparedStatement(
    sa.select(*_MADE_OF)
    .where(entries.c.campaign == sa.bindparam("in_campaign"), entries.c.invitee == sa.bindparam("of_invitee"))
    .order_by(entries.c.number),
    *_MADE_OF,
)


_BY_INVITEE = PreparedStatement(
    sa.select(*_MADE_OF)
    .where(
        entries.c.campaign == sa.bindparam("in_campaign"),
        sa.tuple_(entries.c.invitee, entries.c.number)
        > sa.tuple_(sa.bindparam("after_invitee"), sa.bindparam("after_number")),
        entries.c.number <= sa.bindparam("last"),
    )
    .order_by(entries.c.invitee, entries.c.number)
    .limit(PAGE),
    *_MADE_OF,
)


def append(connection: Connection, added: Iterable[Entry]) -> list[Entry]:
    """Append entries to the chains of their campaigns; return them with their numbers, in the order given."""
    given = list(added)
    return [replace(entry, number=n) for entry, n in zip(given, chain(connection, given), strict=True)]


def chain(connection: Connection, added: Sequence[Entry]) -> list[int]:
    """Append entries to the chains of their campaigns; return their numbers."""
    heads: dict[str, tuple[int, str]] = {}
    rows = []
    for entry in added:
        if entry.campaign not in heads:
            heads[entry.campaign] = _head(connection, entry.campaign)
        number, previous = heads[entry.campaign]
        row = _row(entry, number + 1, previous)
        heads[entry.campaign] = (row["number"], row["hash"])
        rows.append(row)
    _INSERT.run(connection, rows)
    for campaign, (number, last) in heads.items():
        _MOVE_HEAD.run(connection, [{"in_campaign": campaign, "number": number, "hash": last}])
    return [row["number"] for row in rows]


def _head(connection: Connection, campaign: str) -> tuple[int, str]:
    """Return number and hash of the newest entry, and lock the chain until the transaction ends."""
    rows = _HEAD.rows(connection, {"campaign": campaign})
    if not rows:
        insert_new(connection, campaigns, [{"campaign": campaign, "number": 0, "hash": START}])
        rows = _HEAD.rows(connection, {"campaign": campaign})
    return rows[0].number, rows[0].hash


def _row(entry: Entry, number: int, previous: str) -> dict[str, Any]:
    fact, words = serial.fact_to_json(entry.fact)
    words.update(
        {key: text for key, text in ((serial.NOTE, entry.note), (serial.AUTHOR, entry.author)) if text}
    )
    text = serial.dump(words) if words else None
    salt = os.urandom(16) if text else None
    row: dict[str, Any] = {
        "number": number,
        "campaign": entry.campaign,
        "invitee": entry.invitee,
        "person": entry.person,
        "kind": serial.kind_of(entry.fact),
        "recorded_at": moment(entry.recorded_at),
        "channel": entry.channel.value,
        "source": entry.source,
        "fact": fact,
        "words_digest": digest(salt, text) if salt and text else "",
        "previous": previous,
        "salt": salt,
        "words": text,
    }
    row["hash"] = bind(previous, row)
    return row


def names(connection: Connection) -> list[str]:
    """Return the names of the campaigns that have entries, oldest first."""
    query = sa.select(campaigns.c.campaign).where(campaigns.c.number > 0).order_by(campaigns.c.position)
    return list(connection.execute(query).scalars())


def page(
    connection: Connection, campaign: str, invitee: str | None, kinds: Collection[str], above: int
) -> list[Entry]:
    """Return the next entries whose number is above `above`, at most a page."""
    query = _PAGE if invitee is None else _PAGE.where(entries.c.invitee == invitee)
    if kinds:
        query = query.where(entries.c.kind.in_(sorted(kinds)))
    rows = connection.execute(query, {"in_campaign": campaign, "above": above})
    return [_entry(*row) for row in rows]


def newest(connection: Connection, campaign: str) -> int:
    """Return the number of the newest entry of a campaign; 0 if there is none."""
    query = sa.select(campaigns.c.number).where(campaigns.c.campaign == campaign)
    return connection.execute(query).scalar_one_or_none() or 0


def page_by_invitee(connection: Connection, campaign: str, after: tuple[str, int], last: int) -> list[Entry]:
    """Return the next entries by invitee and number, up to the number `last`, at most a page."""
    invitee, number = after
    values = {"in_campaign": campaign, "after_invitee": invitee, "after_number": number, "last": last}
    return [_entry(*row) for row in _BY_INVITEE.rows(connection, values)]


def of_invitees(
    connection: Connection, campaign: str, invitees: Iterable[str], kinds: Collection[str]
) -> list[Entry]:
    """Return the entries of these kinds of some invitees, one invitee after the other."""
    return [
        _entry(*row)
        for invitee in dict.fromkeys(invitees)
        for row in _OF_INVITEE.rows(connection, {"in_campaign": campaign, "of_invitee": invitee})
        if row.kind in kinds
    ]


def placed_as(connection: Connection, campaign: str, who: str) -> list[str]:
    """Return the invitees whose people have a reference, or whose words contain an address."""
    if "@" in who:
        written = json.dumps(who)[1:-1]
        which = sa.func.lower(entries.c.words).contains(written, autoescape=True)
    else:
        which = (entries.c.invitee == who) | (entries.c.person == who)
    query = (
        sa.select(entries.c.invitee)
        .where(entries.c.campaign == campaign, entries.c.kind == "placed", which)
        .order_by(entries.c.number)
    )
    return list(dict.fromkeys(connection.execute(query).scalars()))


def lines_page(connection: Connection, campaign: str, above: int) -> list[tuple[int, str]]:
    """Return the next entries as lines of JSON, each with its number, at most a page."""
    last = newest(connection, campaign)
    rows = connection.execute(_LINKS, {"in_campaign": campaign, "above": above})
    return [(row.number, line(_link(row), last=row.number == last)) for row in rows]


def _entry(
    number: int,
    campaign: str,
    invitee: str,
    person: str,
    kind: str,
    recorded_at: str,
    channel: str,
    source: str,
    fact: str,
    text: str | None,
) -> Entry:
    words = serial.parse(text) if text else {}
    return Entry(
        campaign,
        invitee,
        serial.moment(recorded_at),
        _CHANNELS[channel],
        serial.fact_from_json(kind, fact, words),
        source,
        words.get(serial.AUTHOR, ""),
        words.get(serial.NOTE, ""),
        number,
        person,
    )


_CHANNELS = {channel.value: channel for channel in Channel}


def verify(connection: Connection, campaign: str) -> Breach | None:
    """Return the first entry of a campaign that is not as it was written; None if there is none."""
    hashes = frozenset(
        connection.execute(sa.select(entries.c.hash).where(entries.c.campaign == campaign)).scalars()
    )
    head = sa.select(campaigns.c.number, campaigns.c.hash).where(campaigns.c.campaign == campaign)
    row = connection.execute(head).one_or_none()
    last = (row.number, row.hash) if row else (0, START)
    return first_breach(_links(connection, campaign), last, hashes)


def _links(connection: Connection, campaign: str) -> Iterator[Link]:
    query = sa.select(entries).where(entries.c.campaign == campaign).order_by(entries.c.number)
    for row in connection.execute(query).yield_per(PAGE):
        yield _link(row)


def _link(row: Row[Any]) -> Link:
    return {**row._asdict(), "recorded_at": moment(row.recorded_at)}
