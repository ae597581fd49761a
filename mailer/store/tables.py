"""The tables of a store, as its newest migration leaves them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

SCHEMA = "0002"
"""The number of the newest migration."""

DUE = "state IN ('queued', 'deferred')"
"""The condition for what may be claimed; literal text, so that both databases use the partial index for it."""


class Moment(TypeDecorator[datetime]):
    """A column type for an instant: UTC text of fixed width, which sorts the same in every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Convert an aware datetime to text."""
        return None if value is None else moment(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Convert text to an aware datetime in UTC."""
        return None if value is None else datetime.fromisoformat(value)


@lru_cache(maxsize=64)
def moment(value: datetime) -> str:
    """Return an instant as text, such as ``2025-03-13T08:00:00.000000Z``."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


metadata = MetaData()

keys = Table(
    "keys",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", LargeBinary, nullable=False),
)

campaigns = Table(
    "campaigns",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("campaign", String(200), nullable=False, unique=True),
    Column("number", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)
"""Number and hash of the newest entry of each campaign."""

promises = Table(
    "promises",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("campaign", String(200), nullable=False),
    Column("invitee", String(80), nullable=False),
    Column("key", String(80), nullable=False),
    Column("persons", Text, nullable=False),
    Column("round", Integer, nullable=False),
    Column("version", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("entry", Integer, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("worker", String(40)),
    Column("lease_until", Moment),
    Column("changed_at", Moment, nullable=False),
    Column("stage", String(20)),
    Column("code", Integer),
    Column("reply", Text),
    UniqueConstraint("campaign", "invitee", "key", name="promises_key"),
    Index(
        "promises_due",
        "campaign",
        "not_before",
        "position",
        sqlite_where=text(DUE),
        postgresql_where=text(DUE),
    ),
)
"""What rounds still owe to invitees; it follows from the ledger and can be made anew. `entry` is the newest one then."""

octets = Table(
    "octets",
    metadata,
    Column("campaign", String(200), nullable=False),
    Column("invitee", String(80), nullable=False),
    Column("key", String(80), nullable=False),
    Column("common", Integer),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("campaign", "invitee", "key"),
)
"""The compressed octets of messages that are kept whole; where `common` is given, what is not in the row of `commons`."""

commons = Table(
    "commons",
    metadata,
    Column("common", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
"""What many messages of an older ledger share, such as an attachment, compressed; it holds no line of one person."""

attempts = Table(
    "attempts",
    metadata,
    Column("attempt", Integer, primary_key=True),
    Column("account", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("attempts_at", "account", "at"),
    Index("attempts_domain", "account", "domain", "at"),
)
"""The recent attempts to send of each account, in all campaigns, from which the remaining quota is counted."""

entries = Table(
    "entries",
    metadata,
    Column("campaign", String(200), nullable=False),
    Column("number", Integer, nullable=False),
    Column("invitee", String(80), nullable=False),
    Column("person", String(80), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("channel", String(20), nullable=False),
    Column("source", String(128), nullable=False),
    Column("fact", Text, nullable=False),
    Column("words_digest", String(64), nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("salt", LargeBinary),
    Column("words", Text),
    PrimaryKeyConstraint("campaign", "number"),
    Index("entries_invitee", "campaign", "invitee", "number"),
    Index("entries_kind", "campaign", "kind", "number"),
)
"""The ledger. A row never changes, except that `salt` and `words`, which are personal, may be erased."""

reads = Table(
    "reads",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("folder", Text, nullable=False),
    Column("uidvalidity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("digest", String(128), nullable=False),
    Column("message_id", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("arrived", Moment),
    UniqueConstraint("folder", "uidvalidity", "uid", name="reads_uid"),
    Index("reads_digest", "digest"),
)

suppressions = Table(
    "suppressions",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("since", Moment, nullable=False),
    Column("why", Text, nullable=False),
)

versions = Table(
    "versions",
    metadata,
    Column("campaign", String(200), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("content", LargeBinary, nullable=False),
    PrimaryKeyConstraint("campaign", "digest"),
)
"""Letters that somebody confirmed, prepared. They hold nothing of anybody they are written to."""

letters = Table(
    "letters",
    metadata,
    Column("campaign", String(200), nullable=False),
    Column("invitee", String(80), nullable=False),
    Column("key", String(80), nullable=False),
    Column("version", String(64), nullable=False),
    Column("personal", LargeBinary, nullable=False),
    Column("tried", Boolean, nullable=False),
    PrimaryKeyConstraint("campaign", "invitee", "key"),
)
"""What each letter has of its own beside its version; all of it is personal. `tried` while nobody knows if it left."""
