"""The changes of state of a queued message: claimed, settled, in doubt, released, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.model.address import normal
from mailer.model.entry import Channel, Delivery, Entry
from mailer.model.invitation import MessageKey
from mailer.model.outcome import Reply, Stage, State
from mailer.model.pace import Limit
from mailer.store import Queued, Settled, budget
from mailer.store.entries import chain
from mailer.store.prepared import PreparedStatement
from mailer.store.queue import AT_ONCE, COLUMNS, THIS, Library, keys, reply
from mailer.store.tables import DUE, OPEN, moment, outbox
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
        sa.select(outbox.c.position)
        .where(
            outbox.c.campaign == sa.bindparam("in_campaign"),
            sa.text(DUE),
            outbox.c.not_before <= sa.bindparam("now", type_=sa.String),
            *more,
        )
        .order_by(outbox.c.not_before, outbox.c.position)
        .limit(sa.bindparam("n", type_=sa.Integer))
        .with_for_update(skip_locked=True)
    )
    return (
        sa.update(outbox)
        .where(outbox.c.position.in_(due), sa.text(DUE))
        .values(
            state=sa.literal_column(f"'{State.CLAIMED.value}'"),
            attempts=outbox.c.attempts + sa.literal_column("1"),
            worker=sa.bindparam("worker"),
            lease_until=sa.bindparam("until", type_=sa.String),
            changed_at=sa.bindparam("now", type_=sa.String),
        )
        .returning(*COLUMNS)
    )


_CLAIM = PreparedStatement(_claiming(), *COLUMNS)


def claim(connection: Connection, library: Library, worker: Worker, request: ClaimRequest) -> list[Queued]:
    """Claim messages that are due, within the limits; each claim counts as an attempt before anything is sent."""
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
    return [
        Queued(
            message=library.message(connection, request.campaign, row),
            state=State.CLAIMED,
            sequence=row.sequence,
            attempts=row.attempts,
            reply=reply(row),
            changed_at=request.now,
        )
        for row in sorted(rows, key=lambda row: int(row.position))
    ]


def _take(connection: Connection, values: Mapping[str, Any], full: Sequence[str]) -> Sequence[Any]:
    """Claim the next messages, except those for domains that have reached their limit (`full`)."""
    if full:
        return connection.execute(_claiming(outbox.c.domain.not_in(full)), values).all()
    return _CLAIM.rows(connection, values)


def next_due(
    connection: Connection, campaign: str, now: datetime, account: str, limits: Sequence[Limit]
) -> datetime | None:
    """Return when the next message can be claimed; None if none is waiting."""
    at = sa.func.min(outbox.c.not_before, type_=outbox.c.not_before.type).label("at")
    waiting = sa.select(sa.literal("").label("domain"), at)
    if any(limit.domain for limit in limits):
        waiting = sa.select(outbox.c.domain, at).group_by(outbox.c.domain)
    rows = connection.execute(waiting.where(outbox.c.campaign == campaign, sa.text(DUE))).all()
    free = budget.free_at(connection, account, limits, now)
    overall = free.get("", now)
    moments = [max(now, row.at, overall, free.get(row.domain, now)) for row in rows if row.at]
    return min(moments, default=None)


# -- settling ----------------------------------------------------------------------------------------------------

_SETTLE = PreparedStatement(
    sa.update(outbox)
    .where(*THIS, sa.text(OPEN))
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


def settle(connection: Connection, settled: Sequence[Settled], now: datetime) -> None:
    """Write the outcomes of messages and append their ledger entries."""
    if settled:
        _SETTLE.run(connection, [_settled(each, now) for each in settled])
        chain(connection, [each.entry for each in settled if each.entry is not None])


def _settled(each: Settled, now: datetime) -> dict[str, Any]:
    reply = each.reply
    return {
        **keys(each.message),
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
            outbox.c.worker, sa.func.min(outbox.c.lease_until, type_=outbox.c.lease_until.type).label("until")
        )
        .where(outbox.c.campaign == campaign, outbox.c.state == State.CLAIMED.value)
        .group_by(outbox.c.worker)
    ).all()
    dead = [row.worker for row in claimed if not worker.alive(connection, row.worker)]
    if not dead and all(row.until > now for row in claimed):
        return 0
    lost = outbox.c.worker.in_(dead) | (outbox.c.lease_until <= now)
    where = (outbox.c.campaign == campaign) & (outbox.c.state == State.CLAIMED.value) & lost
    return _move(connection, where, State.IN_DOUBT, Reply(Stage.DOT, 0), now)


def release(connection: Connection, campaign: str, now: datetime) -> int:
    """Queue the messages in doubt again; return how many."""
    where = (outbox.c.campaign == campaign) & (outbox.c.state == State.IN_DOUBT.value)
    return _move(connection, where, State.QUEUED, None, now)


def withdraw(connection: Connection, address: str, now: datetime) -> int:
    """Mark as failed what is queued for an address in any campaign; return how many."""
    where = (sa.func.lower(outbox.c.recipient) == normal(address)) & sa.text(DUE)
    return _move(connection, where, State.FAILED, None, now)


def _move(
    connection: Connection, where: sa.ColumnElement[bool], state: State, reply: Reply | None, now: datetime
) -> int:
    """Move messages to another state, with a ledger entry for each; return how many."""
    moved = connection.execute(
        sa.update(outbox)
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
            outbox.c.position,
            outbox.c.campaign,
            outbox.c.invitee,
            outbox.c.key,
            outbox.c.sequence,
            outbox.c.message_id,
        )
    ).all()
    entries = [
        Entry(
            row.campaign,
            row.invitee,
            now,
            Channel.OUTBOX,
            Delivery(MessageKey.parse(row.key), row.sequence, state, row.message_id, reply),
        )
        for row in sorted(moved, key=lambda row: int(row.position))
    ]
    return len(chain(connection, entries))
