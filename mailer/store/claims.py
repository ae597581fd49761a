"""The changes of state of a promise: claimed, settled, in doubt, released."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.model.entry import Channel, Delivery, Entry
from mailer.model.invitation import MessageKey
from mailer.model.outcome import Reply, Stage, State
from mailer.model.pace import Limit
from mailer.store import Queued, Settled, budget, versions
from mailer.store.entries import chain
from mailer.store.prepared import PreparedStatement
from mailer.store.queue import AT_ONCE, COLUMNS, THIS, keys, queued
from mailer.store.tables import DUE, entries, moment, promises
from mailer.store.worker import Worker


@dataclass(frozen=True, slots=True)
class ClaimRequest:
    """What a caller asks for: up to `n` messages, claimed for the time `lease`, within the limits of an account."""

    campaign: str
    n: int
    now: datetime
    lease: timedelta
    account: str = ""
    limits: Sequence[Limit] = ()


# -- claiming ----------------------------------------------------------------------------------------------------


def _claiming(*more: sa.ColumnElement[bool]) -> sa.Update:
    """Build the statement that selects and claims messages at once, so that no two processes claim the same one."""
    due = (
        sa.select(promises.c.position)
        .where(
            promises.c.campaign == sa.bindparam("in_campaign"),
            sa.text(DUE),
            promises.c.not_before <= sa.bindparam("now", type_=sa.String),
            *more,
        )
        .order_by(promises.c.not_before, promises.c.position)
        .limit(sa.bindparam("n", type_=sa.Integer))
        .with_for_update(skip_locked=True)
        .cte("due")
        .prefix_with(
            "MATERIALIZED", dialect="postgresql"
        )  # a subquery may run more than once, and claim more
    )
    return (
        sa.update(promises)
        .where(promises.c.position.in_(sa.select(due.c.position)), sa.text(DUE))
        .values(
            state=sa.literal_column(f"'{State.CLAIMED.value}'"),
            attempts=promises.c.attempts + sa.literal_column("1"),
            worker=sa.bindparam("worker"),
            lease_until=sa.bindparam("until", type_=sa.String),
            changed_at=sa.bindparam("now", type_=sa.String),
        )
        .returning(*COLUMNS)
    )


_CLAIM = PreparedStatement(_claiming(), *COLUMNS)


def claim(connection: Connection, worker: Worker, request: ClaimRequest) -> list[Queued]:
    """Claim promises that are due, within the limits; each claim counts as an attempt before anything is sent."""
    if request.n <= 0:
        return []
    left = budget.remaining(connection, request.account, request.limits, request.now)
    n = min(request.n, left.messages)
    at_once = 1 if left.domains else n
    values = {
        "in_campaign": request.campaign,
        "now": moment(request.now),
        "until": moment(request.now + request.lease),
        "worker": worker.name(),
        "n": at_once,
    }
    rows: list[Any] = []
    while len(rows) < n and (taken := _take(connection, values, left.full)):
        rows += taken
        left.fill(row.domain for row in taken)
    if rows and request.limits:
        budget.spend(connection, request.account, [row.domain for row in rows], request.limits, request.now)
    versions.mark(connection, [_keys_of(row, request.campaign) for row in rows], tried=True)
    return [
        replace(
            queued(row, request.campaign),
            state=State.CLAIMED,
            attempts=row.attempts,
            changed_at=request.now,
            news=_has_news(connection, row, request.campaign),
        )
        for row in sorted(rows, key=lambda row: int(row.position))
    ]


def _keys_of(row: Any, campaign: str) -> dict[str, str]:
    return {"in_campaign": campaign, "to_invitee": row.invitee, "with_key": row.key}


def _newest(*about: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
    """Return the number of the newest entry of a campaign about this, 0 if there is none."""
    newest = sa.func.coalesce(sa.func.max(entries.c.number), sa.literal_column("0"))
    return (
        sa.select(newest).where(entries.c.campaign == sa.bindparam("in_campaign"), *about).scalar_subquery()
    )


# Two subqueries, for each of which the entries have an index; with one, SQLite reads all that are newer.
_NEWEST = (
    _newest(entries.c.invitee == sa.bindparam("to_invitee")).label("of_invitee"),
    _newest(
        entries.c.kind == sa.literal_column("'announced'"), entries.c.invitee == sa.literal_column("''")
    ).label("of_meeting"),
)
_NEWS = PreparedStatement(sa.select(*_NEWEST), *_NEWEST)


def _has_news(connection: Connection, row: Any, campaign: str) -> bool:
    """Return whether the ledger has something about the invitee or the meeting that is newer than the promise."""
    found = _NEWS.rows(connection, _keys_of(row, campaign))[0]
    return bool(max(found.of_invitee, found.of_meeting) > row.entry)


def _take(connection: Connection, values: Mapping[str, Any], full: Sequence[str]) -> Sequence[Any]:
    """Claim the next messages, except those for domains that have reached their limit (`full`)."""
    if full:
        return connection.execute(_claiming(promises.c.domain.not_in(full)), values).all()
    return _CLAIM.rows(connection, values)


def next_due(
    connection: Connection, campaign: str, now: datetime, account: str, limits: Sequence[Limit]
) -> datetime | None:
    """Return when the next message can be claimed; None if none is waiting."""
    at = sa.func.min(promises.c.not_before, type_=promises.c.not_before.type).label("at")
    waiting = sa.select(sa.literal("").label("domain"), at)
    if any(limit.domain for limit in limits):
        waiting = sa.select(promises.c.domain, at).group_by(promises.c.domain)
    rows = connection.execute(waiting.where(promises.c.campaign == campaign, sa.text(DUE))).all()
    free = budget.free_at(connection, account, limits, now)
    overall = free.get("", now)
    moments = [max(now, row.at, overall, free.get(row.domain, now)) for row in rows if row.at]
    return min(moments, default=None)


# -- settling ----------------------------------------------------------------------------------------------------

_SETTLE = PreparedStatement(
    sa.update(promises)
    .where(*THIS)
    .values(
        state=sa.bindparam("to_state"),
        not_before=sa.bindparam("again_at", type_=sa.String),
        changed_at=sa.bindparam("now", type_=sa.String),
        stage=sa.bindparam("at_stage"),
        code=sa.bindparam("with_code"),
        reply=sa.bindparam("with_reply"),
        worker=sa.null(),
        lease_until=sa.null(),
    )
)
_OVER = (State.SENT, State.FAILED, State.VOID)
"""The states in which a promise leaves the queue."""

_REMOVE = PreparedStatement(sa.delete(promises).where(*THIS))


def settle(connection: Connection, settled: Sequence[Settled], now: datetime) -> None:
    """Write the outcomes of promises and append their ledger entries; one that is sent or failed leaves the queue."""
    if not settled:
        return
    done = [each for each in settled if each.state in _OVER]
    left = [each for each in settled if each.state not in _OVER]
    known = [keys(one.promise.campaign, one.promise.invitee, one.promise.key) for one in settled]
    versions.mark(connection, known, tried=False)
    if done:
        _REMOVE.run(
            connection, [keys(one.promise.campaign, one.promise.invitee, one.promise.key) for one in done]
        )
    if left:
        _SETTLE.run(connection, [_settled(each, now) for each in left])
    chain(connection, [each.entry for each in settled if each.entry is not None])


def _settled(each: Settled, now: datetime) -> dict[str, Any]:
    reply, promise = each.reply, each.promise
    return {
        **keys(promise.campaign, promise.invitee, promise.key),
        "to_state": each.state.value,
        "again_at": moment(each.not_before or AT_ONCE),
        "now": moment(now),
        "at_stage": reply.stage.value if reply else None,
        "with_code": reply.code if reply else None,
        "with_reply": reply.text if reply else None,
    }


# -- doubt -------------------------------------------------------------------------------------------------------


def expire(connection: Connection, worker: Worker, campaign: str, now: datetime) -> int:
    """Put in doubt the claims of dead workers and those past their lease; return how many."""
    claimed = connection.execute(
        sa.select(
            promises.c.worker,
            sa.func.min(promises.c.lease_until, type_=promises.c.lease_until.type).label("until"),
        )
        .where(promises.c.campaign == campaign, promises.c.state == State.CLAIMED.value)
        .group_by(promises.c.worker)
    ).all()
    dead = [row.worker for row in claimed if not worker.alive(connection, row.worker)]
    if not dead and all(row.until > now for row in claimed):
        return 0
    lost = promises.c.worker.in_(dead) | (promises.c.lease_until <= now)
    where = (promises.c.campaign == campaign) & (promises.c.state == State.CLAIMED.value) & lost
    return move(connection, where, State.IN_DOUBT, Reply(Stage.DOT, 0), now)


def release(connection: Connection, campaign: str, now: datetime) -> int:
    """Queue the messages in doubt again; return how many."""
    where = (promises.c.campaign == campaign) & (promises.c.state == State.IN_DOUBT.value)
    return move(connection, where, State.QUEUED, None, now)


def move(
    connection: Connection, where: sa.ColumnElement[bool], state: State, reply: Reply | None, now: datetime
) -> int:
    """Move messages to another state, with a ledger entry for each; return how many."""
    moved = connection.execute(
        sa.update(promises)
        .where(where)
        .values(
            state=state.value,
            not_before=AT_ONCE,
            changed_at=now,
            worker=None,
            lease_until=None,
            stage=reply.stage.value if reply else None,
            code=reply.code if reply else None,
        )
        .returning(
            promises.c.position,
            promises.c.campaign,
            promises.c.invitee,
            promises.c.key,
            promises.c.persons,
            promises.c.round,
            promises.c.version,
            promises.c.message_id,
            promises.c.made_at,
        )
    ).all()
    versions.mark(connection, [_keys_of(row, row.campaign) for row in moved], tried=False)
    entries = [
        Entry(
            row.campaign,
            row.invitee,
            now,
            Channel.OUTBOX,
            _fact(row, state, reply),
        )
        for row in sorted(moved, key=lambda row: int(row.position))
    ]
    return len(chain(connection, entries))


def _fact(row: Any, state: State, reply: Reply | None) -> Delivery:
    key = MessageKey.parse(row.key)
    persons = tuple(json.loads(row.persons))
    return Delivery(
        key,
        key.sequence,
        state,
        row.message_id,
        reply,
        persons,
        row.round,
        row.version,
        made_at=row.made_at,
    )
