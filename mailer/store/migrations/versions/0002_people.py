"""Migration 0002: people and rounds are facts of the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

MOMENT = sa.String(27)
DUE = sa.text("state IN ('queued', 'deferred')")


def upgrade() -> None:
    """Add the columns of entries that name a person and the kind of fact, and the tables of promises and prepared letters."""
    op.add_column("entries", sa.Column("person", sa.String(80), nullable=False, server_default=""))
    op.add_column("entries", sa.Column("kind", sa.String(20), nullable=False, server_default=""))
    for table in ("invitees", "contents", "bases", "outbox"):
        op.drop_table(table)
    _queue()
    _letters()
    op.create_index("entries_kind", "entries", ["campaign", "kind", "number"])


def _queue() -> None:
    op.create_table(
        "promises",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("invitee", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("persons", sa.Text, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("worker", sa.String(40)),
        sa.Column("lease_until", MOMENT),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("stage", sa.String(20)),
        sa.Column("code", sa.Integer),
        sa.Column("reply", sa.Text),
        sa.UniqueConstraint("campaign", "invitee", "key", name="promises_key"),
    )
    due = ["campaign", "not_before", "position"]
    op.create_index("promises_due", "promises", due, sqlite_where=DUE, postgresql_where=DUE)
    op.create_table(
        "octets",
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("invitee", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("campaign", "invitee", "key"),
    )


def _letters() -> None:
    op.create_table(
        "versions",
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("campaign", "digest"),
    )
    op.create_table(
        "letters",
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("invitee", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("personal", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("campaign", "invitee", "key"),
    )
