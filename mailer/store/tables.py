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

SCHEMA = "0001"
"""The number of the newest migration."""

DUE = "state IN ('queued', 'deferred')"
"""What may be claimed; literal, so that both databases see that the partial index serves it."""


OPEN = "state NOT IN ('sent', 'failed')"
"""What may still move; in the other states nothing is left to send."""


class Moment(TypeDecorator[datetime]):
    """An instant, as text of one width in UTC: it sorts, and reads the same in every database."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write aware values only."""
        return None if value is None else moment(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read back in UTC."""
        return None if value is None else datetime.fromisoformat(value)


@lru_cache(maxsize=64)
def moment(value: datetime) -> str:
    """Write an instant, such as ``2025-03-13T08:00:00.000000Z``."""
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
"""The newest entry of each campaign, by which the end of its chain is known."""

invitees = Table(
    "invitees",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("campaign", String(200), nullable=False),
    Column("ref", String(80), nullable=False),
    Column("email", Text, nullable=False),
    Column("people", Text, nullable=False),
    Column("enrolled_at", Moment, nullable=False),
    Column("forgotten", Boolean, nullable=False),
    UniqueConstraint("campaign", "ref", name="invitees_ref"),
)

bases = Table(
    "bases",
    metadata,
    Column("base", Integer, primary_key=True),
    Column("campaign", String(200), nullable=False),
    Column("content", LargeBinary, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("position", Integer, primary_key=True),
    Column("campaign", String(200), nullable=False),
    Column("invitee", String(80), nullable=False),
    Column("key", String(80), nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("uid", Text, nullable=False),
    Column("token", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("envelope_from", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("domain", Text, nullable=False),
    Column("base", Integer),
    Column("state", String(20), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Moment, nullable=False),
    Column("worker", String(40)),
    Column("lease_until", Moment),
    Column("changed_at", Moment, nullable=False),
    Column("stage", String(20)),
    Column("code", Integer),
    Column("reply", Text),
    UniqueConstraint("campaign", "invitee", "key", name="outbox_key"),
    Index(
        "outbox_due",
        "campaign",
        "not_before",
        "position",
        sqlite_where=text(DUE),
        postgresql_where=text(DUE),
    ),
)

contents = Table(
    "contents",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)
"""The packed bytes of what is still to be sent, apart from the states, so that a move of states writes little."""

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
"""What an account has sent lately, of whichever campaign: the budget is counted here."""

entries = Table(
    "entries",
    metadata,
    Column("campaign", String(200), nullable=False),
    Column("number", Integer, nullable=False),
    Column("invitee", String(80), nullable=False),
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
)
"""Nothing in a row ever changes, but `salt` and `words`: what is personal, which may be erased."""

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
