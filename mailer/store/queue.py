"""The queue in the database: promises, and the octets of messages that are kept whole."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from mailer.errors import StoreError
from mailer.model.invitation import MessageKey
from mailer.model.outcome import Reply, Stage, State
from mailer.store import Promise, Queued, serial
from mailer.store.dialect import insert
from mailer.store.prepared import PreparedStatement, bound
from mailer.store.tables import campaigns, commons, moment, octets, promises

AT_ONCE = datetime(1, 1, 1, tzinfo=UTC)
"""The `not_before` of a promise that may be kept at once."""

PAGE = 2000
COLUMNS = tuple(column for column in promises.c if column.name not in ("campaign", "worker", "lease_until"))
"""The columns from which a `Queued` is made."""

THIS = (
    promises.c.campaign == sa.bindparam("in_campaign"),
    promises.c.invitee == sa.bindparam("to_invitee"),
    promises.c.key == sa.bindparam("with_key"),
)
"""The condition that selects one promise; `keys` gives its parameters."""


def keys(campaign: str, invitee: str, key: MessageKey) -> dict[str, str]:
    """Return the parameters of the condition `THIS`."""
    return {"in_campaign": campaign, "to_invitee": invitee, "with_key": str(key)}


def enqueue(connection: Connection, added: Sequence[Promise], now: datetime) -> int:
    """Queue promises of one campaign, and return how many were new or took the place of one that no server can have."""
    campaign = added[0].campaign
    head = sa.select(campaigns.c.number).where(campaigns.c.campaign == campaign)
    newest = connection.execute(head).scalar() or 0
    return _INSERT.run(connection, [_row(promise, newest, now) for promise in added])


def _row(promise: Promise, newest: int, now: datetime) -> dict[str, Any]:
    return {
        "campaign": promise.campaign,
        "invitee": promise.invitee,
        "key": str(promise.key),
        "persons": json.dumps(promise.persons),
        "round": promise.round,
        "version": promise.version,
        "made_at": moment(promise.made_at),
        "entry": newest,
        "message_id": promise.message_id,
        "domain": promise.domain,
        "state": State.QUEUED.value,
        "attempts": 0,
        "not_before": moment(AT_ONCE),
        "changed_at": moment(now),
        "worker": None,
        "lease_until": None,
        "stage": None,
        "code": None,
        "reply": None,
    }


def _insert(dialect: Dialect) -> sa.Insert:
    statement = insert(dialect, promises).values(bound(promises))
    renewed = ("persons", "round", "version", "made_at", "entry", "message_id", "domain", "changed_at")
    return statement.on_conflict_do_update(
        index_elements=["campaign", "invitee", "key"],
        set_={name: statement.excluded[name] for name in renewed},
        where=sa.and_(
            promises.c.state == sa.literal_column(f"'{State.QUEUED.value}'"),
            (promises.c.attempts == sa.literal_column("0")) | (promises.c.code >= sa.literal_column("400")),
        ),
    )


_INSERT = PreparedStatement(_insert)


def void(connection: Connection, campaign: str, unwanted: Iterable[tuple[str, MessageKey]]) -> int:
    """Delete promises that are not owed any more, unless they are being sent; return how many."""
    rows = [keys(campaign, invitee, key) for invitee, key in unwanted]
    return _VOID.run(connection, rows) if rows else 0


_VOID = PreparedStatement(
    sa.delete(promises).where(*THIS, promises.c.state != sa.literal_column(f"'{State.CLAIMED.value}'"))
)


def drop(connection: Connection, campaign: str) -> int:
    """Delete all promises of a campaign that are not being sent; return how many."""
    gone = sa.delete(promises).where(promises.c.campaign == campaign, promises.c.state != State.CLAIMED.value)
    return connection.execute(gone).rowcount


# -- octets --------------------------------------------------------------------------------------------------------

_KEEP = PreparedStatement(lambda dialect: _keeping(dialect))


def _keeping(dialect: Dialect) -> sa.Insert:
    statement = insert(dialect, octets).values(
        {column.name: sa.bindparam(column.name, type_=column.type) for column in octets.c}
    )
    return statement.on_conflict_do_update(
        index_elements=["campaign", "invitee", "key"],
        set_={name: statement.excluded[name] for name in ("common", "content")},
    )


def keep_octets(
    connection: Connection, campaign: str, messages: Iterable[tuple[str, MessageKey, bytes]]
) -> None:
    """Keep the octets of messages, compressed."""
    rows = [
        {
            "campaign": campaign,
            "invitee": invitee,
            "key": str(key),
            "common": None,
            "content": zlib.compress(content, 1),
        }
        for invitee, key, content in messages
    ]
    if rows:
        _KEEP.run(connection, rows)


def kept_octets(connection: Connection, campaign: str, invitee: str, key: MessageKey) -> bytes | None:
    """Return the octets of a message; None if they were not kept."""
    query = (
        sa.select(octets.c.content, commons.c.content.label("common"))
        .select_from(octets.outerjoin(commons, commons.c.common == octets.c.common))
        .where(octets.c.campaign == campaign, octets.c.invitee == invitee, octets.c.key == str(key))
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    content = zlib.decompress(row.content)
    return content if row.common is None else _spliced(content, zlib.decompress(row.common))


def _spliced(parts: bytes, common: bytes) -> bytes:
    """Return the octets of a message that is made of common octets and its own.

    `parts` begins with a line of JSON, which lists for each part its start and size in the common octets, and the size
    of the message's own octets after it. Then these follow, one after the other.
    """
    spans, _, own = parts.partition(b"\n")
    pieces, at = [], 0
    for start, size, length in json.loads(spans):
        pieces += [common[start : start + size], own[at : at + length]]
        at += length
    return b"".join(pieces)


# -- looking -------------------------------------------------------------------------------------------------------


def counts(connection: Connection, campaign: str) -> Mapping[State, int]:
    """Count the promises in each state."""
    query = (
        sa.select(promises.c.state, sa.func.count().label("n"))
        .where(promises.c.campaign == campaign)
        .group_by(promises.c.state)
    )
    found = {State(row.state): int(row.n) for row in connection.execute(query)}
    return {state: found.get(state, 0) for state in State}


def page(connection: Connection, campaign: str, above: int) -> list[tuple[int, Queued]]:
    """Return the next promises after a position, each with its position."""
    query = (
        sa.select(*COLUMNS)
        .where(promises.c.campaign == campaign, promises.c.position > above)
        .order_by(promises.c.position)
        .limit(PAGE)
    )
    return [(row.position, queued(row, campaign)) for row in connection.execute(query).all()]


def queued(row: Any, campaign: str) -> Queued:
    """Return the promise of a row with its state. Raises StoreError ``queue-damaged``."""
    try:
        return _queued(row, campaign)
    except (ValueError, TypeError, AttributeError, LookupError) as error:
        raise StoreError("queue-damaged", read=campaign) from error


def _queued(row: Any, campaign: str) -> Queued:
    return Queued(
        Promise(
            campaign,
            row.invitee,
            MessageKey.parse(row.key),
            tuple(json.loads(row.persons)),
            row.round,
            row.version,
            _instant(row.made_at),
            row.message_id,
            row.domain,
            row.entry,
        ),
        State(row.state),
        row.attempts,
        None if _instant(row.not_before) == AT_ONCE else _instant(row.not_before),
        Reply(Stage(row.stage), row.code, row.reply or "") if row.stage else None,
        _instant(row.changed_at),
    )


def _instant(value: datetime | str) -> datetime:
    """Return an instant that was read by SQLAlchemy, or as plain text by a prepared statement."""
    return serial.moment(value) if isinstance(value, str) else value
