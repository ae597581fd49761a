"""Versions of letters, and what each letter has of its own, in the database.

Both are kept compressed (zlib); the digest of a version is that of its content as given.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from mailer.model.invitation import MessageKey
from mailer.store.dialect import insert, insert_new
from mailer.store.prepared import PreparedStatement, bound
from mailer.store.tables import letters, versions

AT_ONCE = 1000
"""How many letters one transaction writes."""

GROUP = 200
"""How many letters are read with one statement."""

_FAST = 1


def keep_version(connection: Connection, campaign: str, digest: str, content: bytes) -> None:
    """Keep a version, unless it is kept already."""
    row = {"campaign": campaign, "digest": digest, "content": zlib.compress(content)}
    insert_new(connection, versions, [row])


def version(connection: Connection, campaign: str, digest: str) -> bytes | None:
    """Return a version; None if it is not kept."""
    this = (versions.c.campaign == campaign) & (versions.c.digest == digest)
    content = connection.execute(sa.select(versions.c.content).where(this)).scalar()
    return None if content is None else zlib.decompress(content)


def keep_letters(
    connection: Connection, campaign: str, digest: str, kept: Iterable[tuple[str, MessageKey, str]]
) -> None:
    """Keep what letters of one version have of their own; a letter with the same key is replaced."""
    rows = [
        {
            "campaign": campaign,
            "invitee": invitee,
            "key": str(key),
            "version": digest,
            "personal": zlib.compress(values.encode(), _FAST),
        }
        for invitee, key, values in kept
    ]
    _KEEP.run(connection, rows)


def _keep(dialect: Dialect) -> sa.Insert:
    statement = insert(dialect, letters).values(bound(letters))
    return statement.on_conflict_do_update(
        index_elements=["campaign", "invitee", "key"],
        set_={"version": statement.excluded.version, "personal": statement.excluded.personal},
    )


_KEEP = PreparedStatement(_keep)


def letters_of(
    connection: Connection, campaign: str, wanted: Sequence[tuple[str, MessageKey]]
) -> Mapping[tuple[str, MessageKey], tuple[str, str]]:
    """Return version and own values of those of the wanted letters that are kept."""
    found: dict[tuple[str, MessageKey], tuple[str, str]] = {}
    for start in range(0, len(wanted), GROUP):
        some = wanted[start : start + GROUP]
        keys = {(invitee, str(key)): (invitee, key) for invitee, key in some}
        # By invitee, and then by key: SQLite reads the whole table for pairs in a list.
        query = sa.select(letters.c.invitee, letters.c.key, letters.c.version, letters.c.personal).where(
            letters.c.campaign == campaign,
            letters.c.invitee.in_({invitee for invitee, _ in some}),
        )
        for row in connection.execute(query):
            if this := keys.get((row.invitee, row.key)):
                found[this] = (row.version, zlib.decompress(row.personal).decode())
    return found
