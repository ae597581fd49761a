"""Migration 0001: create the tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

MOMENT = sa.String(27)
DUE = sa.text("state IN ('queued', 'deferred')")


def upgrade() -> None:
    """Create every table."""
    _who()
    _outbox()
    _ledger()
    _reading()


def _who() -> None:
    op.create_table(
        "keys",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("value", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "invitees",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("ref", sa.String(80), nullable=False),
        sa.Column("email", sa.Text, nullable=False),
        sa.Column("people", sa.Text, nullable=False),
        sa.Column("enrolled_at", MOMENT, nullable=False),
        sa.Column("forgotten", sa.Boolean, nullable=False),
        sa.UniqueConstraint("campaign", "ref", name="invitees_ref"),
    )
    op.create_table(
        "suppressions",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )


def _outbox() -> None:
    op.create_table(
        "bases",
        sa.Column("base", sa.Integer, primary_key=True),
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "outbox",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("invitee", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("uid", sa.Text, nullable=False),
        sa.Column("token", sa.Text, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("envelope_from", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("base", sa.Integer),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("worker", sa.String(40)),
        sa.Column("lease_until", MOMENT),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("stage", sa.String(20)),
        sa.Column("code", sa.Integer),
        sa.Column("reply", sa.Text),
        sa.UniqueConstraint("campaign", "invitee", "key", name="outbox_key"),
    )
    due = ["campaign", "not_before", "position"]
    op.create_index("outbox_due", "outbox", due, sqlite_where=DUE, postgresql_where=DUE)
    op.create_table(
        "contents",
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "attempts",
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
    )
    op.create_index("attempts_at", "attempts", ["account", "at"])
    op.create_index("attempts_domain", "attempts", ["account", "domain", "at"])


def _ledger() -> None:
    op.create_table(
        "campaigns",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("campaign", sa.String(200), nullable=False, unique=True),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
    )
    op.create_table(
        "entries",
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("invitee", sa.String(80), nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.Column("channel", sa.String(20), nullable=False),
        sa.Column("source", sa.String(128), nullable=False),
        sa.Column("fact", sa.Text, nullable=False),
        sa.Column("words_digest", sa.String(64), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("salt", sa.LargeBinary),
        sa.Column("words", sa.Text),
        sa.PrimaryKeyConstraint("campaign", "number"),
    )
    op.create_index("entries_invitee", "entries", ["campaign", "invitee", "number"])


def _reading() -> None:
    op.create_table(
        "reads",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("folder", sa.Text, nullable=False),
        sa.Column("uidvalidity", sa.BigInteger, nullable=False),
        sa.Column("uid", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.String(128), nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("arrived", MOMENT),
        sa.UniqueConstraint("folder", "uidvalidity", "uid", name="reads_uid"),
    )
    op.create_index("reads_digest", "reads", ["digest"])
