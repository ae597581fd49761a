"""The script that Alembic runs: the migrations, on the given connection and in its transaction."""

from __future__ import annotations

from alembic import context

from mailer.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True
)
context.run_migrations()
