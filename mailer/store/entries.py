"""Ledger entries in the database: appended to the hash chain of their campaign, and read back."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from mailer.errors import StoreError
from mailer.model.entry import Channel, Entry
from mailer.store import Breach, serial
from mailer.store.chain import START, Link, bind, digest, first_breach, sound
from mailer.store.dialect import insert_new
from mailer.store.engine import place
from mailer.store.facts import NUMBER
from mailer.store.lines import line
from mailer.store.prepared import PreparedStatement
from mailer.store.tables import Moment, campaigns, entries, moment

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
_LAST_AT = PreparedStatement(
    sa.select(sa.type_coerce(entries.c.recorded_at, sa.String).label("recorded_at")).where(
        entries.c.campaign == sa.bindparam("campaign"), entries.c.number == sa.bindparam("number")
    ),
    entries.c.recorded_at,
)
MICROSECOND = timedelta(microseconds=1)

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


_STORED = tuple(
    sa.type_coerce(column, sa.String).label(column.name) if isinstance(column.type, Moment) else column
    for column in entries.c
)
"""All columns of an entry, the moment as text: one that was damaged is no moment."""


def _page(*columns: Any) -> sa.Select[Any]:
    return (
        sa.select(*columns)
        .where(entries.c.campaign == sa.bindparam("in_campaign"), entries.c.number > sa.bindparam("above"))
        .order_by(entries.c.number)
        .limit(PAGE)
    )


_LINKS = _page(*_STORED)
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
    """Append entries to the chains of their campaigns; return them as they were stored, in the order given."""
    given = list(added)
    return [
        replace(entry, number=row["number"], recorded_at=serial.moment(row["recorded_at"]))
        for entry, row in zip(given, chain(connection, given), strict=True)
    ]


def chain(connection: Connection, added: Sequence[Entry]) -> list[dict[str, Any]]:
    """Append entries to the chains of their campaigns; return their rows.

    Where the clock is behind the entry before, an entry gets the next moment after that one: so a later word of a person
    also has the later time.
    """
    heads: dict[str, tuple[int, str, str]] = {}
    rows = []
    for entry in added:
        if entry.campaign not in heads:
            heads[entry.campaign] = _head(connection, entry.campaign)
        number, previous, at = heads[entry.campaign]
        row = _row(entry, number + 1, previous, _not_before(entry.recorded_at, at))
        heads[entry.campaign] = (row["number"], row["hash"], row["recorded_at"])
        rows.append(row)
    _INSERT.run(connection, rows)
    for campaign, (number, last, _at) in heads.items():
        _MOVE_HEAD.run(connection, [{"in_campaign": campaign, "number": number, "hash": last}])
    return rows


def _not_before(at: datetime, last: str) -> str:
    """Return a moment as text; one before `last` becomes the next one after it."""
    written = moment(at)
    return written if written >= last else moment(serial.moment(last) + MICROSECOND)


def lock(connection: Connection, campaign: str) -> None:
    """Keep others from appending to a campaign until the transaction ends."""
    _head(connection, campaign)


def _head(connection: Connection, campaign: str) -> tuple[int, str, str]:
    """Return number, hash and time of the newest entry, and lock the chain until the transaction ends."""
    rows = _HEAD.rows(connection, {"campaign": campaign})
    if not rows:
        insert_new(connection, campaigns, [{"campaign": campaign, "number": 0, "hash": START}])
        rows = _HEAD.rows(connection, {"campaign": campaign})
    number, last = rows[0]
    at = _LAST_AT.rows(connection, {"campaign": campaign, "number": number})
    return number, last, at[0].recorded_at if at else ""


def _row(entry: Entry, number: int, previous: str, at: str = "") -> dict[str, Any]:
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
        "recorded_at": at or moment(entry.recorded_at),
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
    return _read_back(connection, campaign, rows)


def heads(connection: Connection) -> dict[str, list[Any]]:
    """Return number and hash of the newest entry of each campaign."""
    rows = connection.execute(sa.select(campaigns.c.campaign, campaigns.c.number, campaigns.c.hash))
    return {row.campaign: [row.number, row.hash] for row in rows}


def holds(connection: Connection, campaign: str, number: int, last: str) -> bool:
    """Return whether the entry with this number has this hash."""
    query = sa.select(entries.c.hash).where(entries.c.campaign == campaign, entries.c.number == number)
    return connection.execute(query).scalar_one_or_none() == last


def newest(connection: Connection, campaign: str) -> int:
    """Return the number of the newest entry of a campaign; 0 if there is none."""
    query = sa.select(campaigns.c.number).where(campaigns.c.campaign == campaign)
    return connection.execute(query).scalar_one_or_none() or 0


LATELY = 1000
"""In how many of the newest entries the latest moment is looked for: older programs wrote them in any order of time."""


def latest(connection: Connection, campaign: str) -> datetime | None:
    """Return the latest moment among the newest entries of a campaign; None if there is none."""
    query = sa.select(sa.func.max(sa.type_coerce(entries.c.recorded_at, sa.String))).where(
        entries.c.campaign == campaign, entries.c.number > newest(connection, campaign) - LATELY
    )
    at = connection.execute(query).scalar()
    return serial.moment(at) if at else None


def page_by_invitee(connection: Connection, campaign: str, after: tuple[str, int], last: int) -> list[Entry]:
    """Return the next entries by invitee and number, up to the number `last`, at most a page."""
    invitee, number = after
    values = {"in_campaign": campaign, "after_invitee": invitee, "after_number": number, "last": last}
    return _read_back(connection, campaign, _BY_INVITEE.rows(connection, values))


def of_invitees(
    connection: Connection, campaign: str, invitees: Iterable[str], kinds: Collection[str]
) -> list[Entry]:
    """Return the entries of these kinds of some invitees, one invitee after the other."""
    rows = (
        row
        for invitee in dict.fromkeys(invitees)
        for row in _OF_INVITEE.rows(connection, {"in_campaign": campaign, "of_invitee": invitee})
        if row.kind in kinds
    )
    return _read_back(connection, campaign, rows)


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


def _read_back(connection: Connection, campaign: str, rows: Iterable[Sequence[Any]]) -> list[Entry]:
    """Return entries from their rows. Raises StoreError ``entry-damaged`` or ``fact-unknown`` for one that is none."""
    number = 0
    try:
        found = []
        for row in rows:
            number = row[0]
            found.append(_entry(*row))
    except (ValueError, KeyError, TypeError, AttributeError, LookupError, StoreError) as error:
        raise _unreadable(connection, campaign, number) from error
    return found


def _unreadable(connection: Connection, campaign: str, number: int) -> StoreError:
    """Return the error for an entry that cannot be read: a newer program wrote it, if it is as it was written."""
    row = connection.execute(
        sa.select(*_STORED).where(entries.c.campaign == campaign, entries.c.number == number)
    ).one()
    if not sound(_link(row)):
        return StoreError("entry-damaged", file=place(connection.engine), read=campaign, n=number)
    try:
        version = json.loads(row.fact).get(NUMBER)
    except (ValueError, AttributeError):
        version = "?"
    return StoreError("fact-unknown", read=row.kind, format=version)


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
    query = sa.select(*_STORED).where(entries.c.campaign == campaign).order_by(entries.c.number)
    for row in connection.execute(query).yield_per(PAGE):
        yield _link(row)


def _link(row: Row[Any]) -> Link:
    return row._asdict()
