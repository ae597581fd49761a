"""Numbered schema migrations, which Alembic runs when the database is older than the program."""
