"""Versions of letters, and what each letter has of its own, in the database.

Both are kept compressed (zlib); the digest of a version is that of its content as given.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping, Sequence

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect

from mailer.errors import StoreError
from mailer.model.invitation import MessageKey
from mailer.store.dialect import insert, insert_new
from mailer.store.prepared import PreparedStatement, bound
from mailer.store.tables import letters, versions

AT_ONCE = 1000
"""How many letters one transaction writes."""

_FAST = 1


def keep_version(connection: Connection, campaign: str, digest: str, content: bytes) -> None:
    """Keep a version, unless it is kept already."""
    row = {"campaign": campaign, "digest": digest, "content": zlib.compress(content)}
    insert_new(connection, versions, [row])


def version(connection: Connection, campaign: str, digest: str) -> bytes | None:
    """Return a version; None if it is not kept."""
    this = (versions.c.campaign == campaign) & (versions.c.digest == digest)
    content = connection.execute(sa.select(versions.c.content).where(this)).scalar()
    return None if content is None else _unpacked(content, digest)


def _unpacked(content: bytes, read: str) -> bytes:
    """Return what was compressed. Raises StoreError ``letter-damaged``."""
    try:
        return zlib.decompress(content)
    except (zlib.error, TypeError) as error:
        raise StoreError("letter-damaged", read=read) from error


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
            "tried": False,
        }
        for invitee, key, values in kept
    ]
    _KEEP.run(connection, rows)


def _keep(dialect: Dialect) -> sa.Insert:
    statement = insert(dialect, letters).values(bound(letters))
    return statement.on_conflict_do_update(
        index_elements=["campaign", "invitee", "key"],
        set_={name: statement.excluded[name] for name in ("version", "personal", "tried")},
    )


_KEEP = PreparedStatement(_keep)


def letters_of(
    connection: Connection, campaign: str, wanted: Sequence[tuple[str, MessageKey]]
) -> Mapping[tuple[str, MessageKey], tuple[str, str]]:
    """Return version and own values of those of the wanted letters that are kept."""
    found: dict[tuple[str, MessageKey], tuple[str, str]] = {}
    for invitee, key in wanted:
        this = {"in_campaign": campaign, "to_invitee": invitee, "with_key": str(key)}
        for row in _LETTER.rows(connection, this):
            found[invitee, key] = (row.version, _unpacked(row.personal, f"{invitee} {key}").decode())
    return found


_THIS = (
    letters.c.campaign == sa.bindparam("in_campaign"),
    letters.c.invitee == sa.bindparam("to_invitee"),
    letters.c.key == sa.bindparam("with_key"),
)
_LETTER = PreparedStatement(
    sa.select(letters.c.version, letters.c.personal).where(*_THIS), letters.c.version, letters.c.personal
)
_MARK = PreparedStatement(
    sa.update(letters).where(*_THIS).values(tried=sa.bindparam("is_tried", type_=sa.Boolean))
)


def mark(connection: Connection, these: Iterable[Mapping[str, str]], *, tried: bool) -> None:
    """Note that these letters are being tried, or that it is known what became of them; by the keys of their promises."""
    rows = [{**one, "is_tried": tried} for one in these]
    if rows:
        _MARK.run(connection, rows)


def tried(connection: Connection, campaign: str) -> set[tuple[str, MessageKey]]:
    """Return the letters of which nobody knows whether they left, by invitee and key."""
    query = sa.select(letters.c.invitee, letters.c.key).where(
        letters.c.campaign == campaign, letters.c.tried.is_(sa.true())
    )
    return {(row.invitee, MessageKey.parse(row.key)) for row in connection.execute(query)}
