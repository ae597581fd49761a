"""The promises that a server refused and that wait for another try."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.model.entry import Delivery
from mailer.model.invitation import MessageKey
from mailer.model.message import GivenBack
from mailer.model.outcome import Reply, Stage, State
from mailer.store import serial
from mailer.store.prepared import PreparedStatement
from mailer.store.queue import PAGE, THIS, keys
from mailer.store.tables import DUE, entries, moment, promises

WAITING = (
    sa.text(DUE),
    promises.c.state == sa.literal_column(f"'{State.QUEUED.value}'"),
    promises.c.code >= sa.literal_column("400"),
    promises.c.stage.not_in([sa.literal_column(f"'{stage.value}'") for stage in (Stage.CONNECT, Stage.AUTH)]),
)
"""The condition for a promise that was refused within a mail transaction, and queued again."""


def given_back(connection: Connection, campaign: str) -> list[GivenBack]:
    """Return the messages that were given back, in queue order."""
    columns = (promises.c.invitee, promises.c.key, promises.c.stage, promises.c.code, promises.c.reply)
    rows = connection.execute(
        sa.select(*columns, promises.c.changed_at)
        .where(promises.c.campaign == campaign, *WAITING)
        .order_by(promises.c.not_before, promises.c.position)
    ).all()
    newest = _newest_sent(connection, campaign) if rows else None
    return [
        GivenBack(
            row.invitee,
            MessageKey.parse(row.key),
            Reply(Stage(row.stage), row.code, row.reply or ""),
            others=newest is not None and newest > row.changed_at,
        )
        for row in rows
    ]


def _newest_sent(connection: Connection, campaign: str) -> datetime | None:
    """Return when a message of the campaign was accepted last; None if none was."""
    query = (
        sa.select(entries.c.recorded_at, entries.c.kind, entries.c.fact)
        .where(entries.c.campaign == campaign, entries.c.kind == "delivery")
        .order_by(entries.c.number.desc())
        .execution_options(yield_per=PAGE)
    )
    with connection.execute(query) as deliveries:
        facts = ((row.recorded_at, serial.fact_from_json(row.kind, row.fact, {})) for row in deliveries)
        return next(
            (at for at, fact in facts if isinstance(fact, Delivery) and fact.state is State.SENT), None
        )


_HASTEN = PreparedStatement(
    sa.update(promises).where(*THIS, *WAITING).values(not_before=sa.bindparam("now", type_=sa.String))
)


def hasten(
    connection: Connection, campaign: str, messages: Iterable[tuple[str, MessageKey]], now: datetime
) -> None:
    """Let messages that were given back be claimed at once, behind all that were never tried."""
    rows = [{**keys(campaign, invitee, key), "now": moment(now)} for invitee, key in messages]
    if rows:
        _HASTEN.run(connection, rows)
