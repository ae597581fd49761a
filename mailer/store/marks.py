"""Whether anything has changed: a value that stands for all that is kept of a campaign, and costs little to ask for.

Entries are bound in a chain, so its end stands for them; messages only move on, so their states and the last move stand
for them. What changes in place, names and what was erased, is noted whenever it does.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.store import Mark
from mailer.store.dialect import insert
from mailer.store.tables import campaigns, keys, outbox

CHANGED = "changed"


def note_change(connection: Connection) -> None:
    """Note that the roll, the suppressions or what was erased are not what they were."""
    added = insert(connection.dialect, keys).values(name=CHANGED, value=secrets.token_bytes(8))
    connection.execute(
        added.on_conflict_do_update(index_elements=["name"], set_={"value": added.excluded.value})
    )


def mark(connection: Connection, campaign: str) -> Mark:
    """Return the value."""
    changed = connection.execute(sa.select(keys.c.value).where(keys.c.name == CHANGED)).scalar()
    ends = sa.select(campaigns.c.number, campaigns.c.hash).where(campaigns.c.campaign == campaign)
    newest, last = next(((row.number, row.hash) for row in connection.execute(ends)), (0, ""))
    moved = (
        sa.select(outbox.c.state, sa.func.count(), sa.func.max(outbox.c.changed_at, type_=sa.String))
        .where(outbox.c.campaign == campaign)
        .group_by(outbox.c.state)
        .order_by(outbox.c.state)
    )
    states = [f"{state} {n} {at}" for state, n, at in connection.execute(moved)]
    return Mark(newest, last, "\n".join([bytes(changed or b"").hex(), *states]))
