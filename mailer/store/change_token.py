"""A token that changes whenever anything stored about a campaign changes, like an ETag of HTTP.

Entries are chained by hashes, so the last hash covers all of them. A message moves from state to state, so the number of
messages in each state and the time of the last move cover all of them. What changes in place (names, suppressions,
erasures) puts a new random value into the table of keys.
"""

from __future__ import annotations

import secrets

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.store import ChangeToken
from mailer.store.dialect import insert
from mailer.store.tables import campaigns, keys, promises

CHANGED = "changed"


def note_change(connection: Connection) -> None:
    """Store a new random value, because the roll or the suppressions were changed, or somebody was erased."""
    added = insert(connection.dialect, keys).values(name=CHANGED, value=secrets.token_bytes(8))
    connection.execute(
        added.on_conflict_do_update(index_elements=["name"], set_={"value": added.excluded.value})
    )


def change_token(connection: Connection, campaign: str) -> ChangeToken:
    """Return the token of a campaign as it is now."""
    changed = connection.execute(sa.select(keys.c.value).where(keys.c.name == CHANGED)).scalar()
    ends = sa.select(campaigns.c.number, campaigns.c.hash).where(campaigns.c.campaign == campaign)
    newest, last = next(((row.number, row.hash) for row in connection.execute(ends)), (0, ""))
    moved = (
        sa.select(promises.c.state, sa.func.count(), sa.func.max(promises.c.changed_at, type_=sa.String))
        .where(promises.c.campaign == campaign)
        .group_by(promises.c.state)
        .order_by(promises.c.state)
    )
    states = [f"{state} {n} {at}" for state, n, at in connection.execute(moved)]
    return ChangeToken(newest, last, "\n".join([bytes(changed or b"").hex(), *states]))
