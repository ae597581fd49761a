"""The numbered migrations, run by Alembic when a store is older than the program."""
