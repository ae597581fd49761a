"""Migration 0002: people and rounds are facts of the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns of entries that name a person and the kind of fact."""
    op.add_column("entries", sa.Column("person", sa.String(80), nullable=False, server_default=""))
    op.add_column("entries", sa.Column("kind", sa.String(20), nullable=False, server_default=""))
    op.drop_table("invitees")
    op.create_index("entries_kind", "entries", ["campaign", "kind", "number"])
