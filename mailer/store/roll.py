"""The secret, suppressed addresses and mails already read, in the database."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from mailer.model.address import normal
from mailer.store import GIVEN_UP, WITHHELD, Read
from mailer.store.dialect import insert, insert_new
from mailer.store.prepared import PreparedStatement
from mailer.store.tables import entries, keys, moment, reads, suppressions

SECRET = "secret"  # noqa: S105 - the name it is kept under


def secret(connection: Connection, proposed: bytes) -> bytes:
    """Store `proposed` as the secret unless there is one, and return the one that is stored."""
    insert_new(connection, keys, [{"name": SECRET, "value": proposed}])
    return kept_secret(connection)


def kept_secret(connection: Connection) -> bytes:
    """Return the stored secret; empty if there is none yet."""
    return bytes(connection.execute(sa.select(keys.c.value).where(keys.c.name == SECRET)).scalar() or b"")


# -- suppressions ------------------------------------------------------------------------------------------------


FEW = 20
"""So many addresses are looked up; for more, all suppressions are read."""


_SUPPRESSED = PreparedStatement(
    sa.select(suppressions.c.digest).where(suppressions.c.digest == sa.bindparam("digest")),
    suppressions.c.digest,
)


def suppress(connection: Connection, key: bytes, address: str, now: datetime, why: str) -> None:
    """Store the keyed hash of an address with a reason; the reason given first is kept."""
    insert_new(connection, suppressions, [{"digest": _digest(key, address), "since": now, "why": why}])


def suppressed(connection: Connection, key: bytes, addresses: Sequence[str]) -> set[str]:
    """Return which addresses are suppressed, spelled as they were given."""
    if len(addresses) <= FEW:
        digests = {address: _digest(key, address) for address in addresses}
        return {
            address for address, each in digests.items() if _SUPPRESSED.rows(connection, {"digest": each})
        }
    known = set(connection.execute(sa.select(suppressions.c.digest)).scalars())
    return {address for address in addresses if _digest(key, address) in known} if known else set()


def lift(connection: Connection, key: bytes, addresses: Sequence[str]) -> None:
    """Forget that these addresses are suppressed."""
    digests = [_digest(key, address) for address in addresses]
    connection.execute(sa.delete(suppressions).where(suppressions.c.digest.in_(digests)))


def _digest(key: bytes, address: str) -> str:
    return hmac.digest(key, b"suppress\0" + normal(address).encode(), hashlib.sha256).hex()


# -- people who were forgotten -----------------------------------------------------------------------------------

FORGOTTEN = "forgotten"


def note_forgotten(
    connection: Connection, key: bytes, people: Iterable[tuple[str, str]], now: datetime
) -> None:
    """Store the keyed hash of each address and name."""
    rows = [{"digest": mark(key, *each), "since": now, "why": FORGOTTEN} for each in sorted(set(people))]
    if rows:
        insert_new(connection, suppressions, rows)


def forgotten(connection: Connection, key: bytes, people: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """Return which of these addresses and names belong to people who were forgotten."""
    query = sa.select(suppressions.c.digest).where(suppressions.c.why == FORGOTTEN)
    known = set(connection.execute(query).scalars())
    return {each for each in people if mark(key, *each) in known} if known else set()


def mark(key: bytes, address: str, name: str) -> str:
    """Return the keyed hash of an address and a name, by which somebody who was forgotten is known again."""
    return hmac.digest(key, f"forgotten\0{normal(address)}\0{name}".encode(), hashlib.sha256).hex()


# -- what was read -----------------------------------------------------------------------------------------------


def last_uid(connection: Connection, folder: str, uidvalidity: int) -> int:
    """Return the highest UID read in a folder, or 0."""
    query = sa.select(sa.func.max(reads.c.uid)).where(
        reads.c.folder == folder, reads.c.uidvalidity == uidvalidity
    )
    return connection.execute(query).scalar() or 0


_LONG_AGO = datetime.fromtimestamp(0, UTC)


def read_uids(connection: Connection, folder: str, uidvalidity: int, above: int) -> set[int]:
    """Return the UIDs above `above` that were read in a folder, or given up."""
    query = sa.select(reads.c.uid, reads.c.digest).where(
        reads.c.folder == folder, reads.c.uidvalidity == uidvalidity, reads.c.uid > above
    )
    return {uid for uid, digest in connection.execute(query) if not digest.startswith(WITHHELD)}


def recorded_uids(connection: Connection, folder: str, uidvalidity: int) -> set[int]:
    """Return the UIDs in a folder of the mails that gave an entry when they were read there first."""
    earlier = reads.alias()
    first = sa.select(sa.func.min(earlier.c.position)).where(earlier.c.digest == reads.c.digest)
    query = sa.select(reads.c.uid).where(
        reads.c.folder == folder,
        reads.c.uidvalidity == uidvalidity,
        reads.c.digest.in_(sa.select(entries.c.source).where(entries.c.source != "")),
        reads.c.position == first.scalar_subquery(),
    )
    return set(connection.execute(query).scalars())


def withheld(connection: Connection, folder: str, uidvalidity: int) -> dict[int, datetime]:
    """Return the UIDs in a folder that the server has withheld so far, with the moment when it first did."""
    query = sa.select(reads.c.uid, reads.c.arrived).where(
        reads.c.folder == folder, reads.c.uidvalidity == uidvalidity, reads.c.digest.startswith(WITHHELD)
    )
    return {uid: since or _LONG_AGO for uid, since in connection.execute(query)}


def forget_withheld(connection: Connection, folder: str, uidvalidity: int, uids: Collection[int]) -> None:
    """Delete the notes about messages that were withheld."""
    connection.execute(
        sa.delete(reads).where(
            reads.c.folder == folder,
            reads.c.uidvalidity == uidvalidity,
            reads.c.uid.in_(list(uids)),
            reads.c.digest.startswith(WITHHELD),
        )
    )


def ask_again(connection: Connection) -> int:
    """Turn the notes about messages that were given up into notes that they are withheld; return how many."""
    place = sa.func.substr(reads.c.digest, len(GIVEN_UP) + 1)
    given_up = sa.update(reads).where(reads.c.digest.startswith(GIVEN_UP))
    return connection.execute(given_up.values(digest=sa.literal(WITHHELD) + place)).rowcount


def known(connection: Connection, digests: Collection[str]) -> set[str]:
    """Return which digests belong to mails read before."""
    query = sa.select(reads.c.digest).where(reads.c.digest.in_(list(digests)))
    return set(connection.execute(query).scalars())


_COLUMNS = tuple(column.name for column in reads.columns if column.name != "position")
_NOTE = PreparedStatement(
    lambda dialect: (
        insert(dialect, reads)
        .values({name: sa.bindparam(name) for name in _COLUMNS})
        .on_conflict_do_nothing()
    )
)


def note_reads(connection: Connection, noted: Sequence[Read]) -> list[bool]:
    """Record that mails were read, and return for each whether it is new.

    Usually all are new and are written together; where some are not, they are written one by one.
    """
    rows = [_row(read) for read in noted]
    together = connection.begin_nested()
    if not rows or _NOTE.run(connection, rows) == len(rows):
        together.commit()
        return [True] * len(rows)
    together.rollback()
    for read in noted:
        if not read.digest.startswith(WITHHELD):
            forget_withheld(connection, read.folder, read.uidvalidity, [read.uid])
    return [_NOTE.run(connection, [row]) > 0 for row in rows]


def _row(read: Read) -> dict[str, object]:
    return {
        "folder": read.folder,
        "uidvalidity": read.uidvalidity,
        "uid": read.uid,
        "digest": read.digest,
        "message_id": _storable(read.message_id),
        "sender": _storable(read.sender),
        "subject": _storable(read.subject),
        "arrived": moment(read.arrived) if read.arrived else None,
    }


def _storable(text: str) -> str:
    """Return a text without what PostgreSQL refuses: NUL and lone surrogates."""
    return text.replace("\0", "").encode(errors="replace").decode()
