"""The outbox in the database: queueing messages, storing their bytes, and listing them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect, Row

from mailer.model.invitation import MessageKey
from mailer.model.message import Frame, OutgoingMessage
from mailer.model.outcome import Reply, Stage, State
from mailer.store import Issued, Queued
from mailer.store.dialect import insert
from mailer.store.pack import (
    MOST_BASES,
    Base,
    Packer,
    base_from_bytes,
    frame_to_bytes,
    framed,
    unframed,
    unpack,
)
from mailer.store.prepared import PreparedStatement, bound
from mailer.store.tables import DUE, OPEN, bases, contents, moment, outbox

AT_ONCE = datetime(1, 1, 1, tzinfo=UTC)
"""The `not_before` of a message that may be sent at once."""

PAGE = 500
COLUMNS = (
    outbox.c.position,
    outbox.c.invitee,
    outbox.c.key,
    outbox.c.message_id,
    outbox.c.envelope_from,
    outbox.c.recipient,
    outbox.c.domain,
    outbox.c.base,
    sa.select(sa.literal_column("contents.content", contents.c.content.type))
    .select_from(contents)
    # Written out: in RETURNING, SQLAlchemy leaves the table's name off a column for SQLite.
    .where(sa.text("contents.position = outbox.position"))
    .scalar_subquery()
    .label("content"),
    outbox.c.sequence,
    outbox.c.state,
    outbox.c.attempts,
    outbox.c.not_before,
    outbox.c.stage,
    outbox.c.code,
    outbox.c.reply,
    outbox.c.changed_at,
)
"""The columns from which a `Queued` is made."""


THIS = (
    outbox.c.campaign == sa.bindparam("in_campaign"),
    outbox.c.invitee == sa.bindparam("to_invitee"),
    outbox.c.key == sa.bindparam("with_key"),
)
"""The condition that selects one message; `keys` gives its parameters."""


class Library:
    """Reads and writes packed contents, with a cache of the bases and frames already loaded or stored."""

    def __init__(self) -> None:
        self._bases: dict[int, Base | Frame] = {}
        self._frames: dict[tuple[str, Frame], int] = {}

    def message(self, connection: Connection, campaign: str, row: Row[*tuple[Any, ...]]) -> OutgoingMessage:
        """Return the message of a row, its content unpacked."""
        content, frame = b"", None
        own: tuple[bytes, ...] = ()
        if row.content is not None:
            base = self._base(connection, row.base)
            if isinstance(base, Frame):
                frame, own = base, unframed(row.content)
                content = frame.fill(own)
            else:
                content = unpack(row.content, base)
        return OutgoingMessage(
            campaign,
            row.invitee,
            MessageKey.parse(row.key),
            row.message_id,
            row.envelope_from,
            row.recipient,
            content,
            frame,
            own,
        )

    def known(self, connection: Connection, campaign: str) -> list[tuple[int, Base]]:
        """Return the newest bases of a campaign with their numbers."""
        query = sa.select(bases.c.base).where(bases.c.campaign == campaign).order_by(bases.c.base.desc())
        numbers = connection.execute(query.limit(MOST_BASES)).scalars().all()
        found = ((number, self._base(connection, number)) for number in numbers)
        return [(number, base) for number, base in found if isinstance(base, Base)]

    def put_away(self, connection: Connection, campaign: str, frame: Frame) -> int:
        """Store a frame among the bases and return its number."""
        if (campaign, frame) not in self._frames:
            self._frames[campaign, frame] = _keep(connection, campaign, frame_to_bytes(frame))
        return self._frames[campaign, frame]

    def undo(self) -> None:
        """Forget which frames were stored, after a transaction that failed."""
        self._frames.clear()

    def _base(self, connection: Connection, number: int | None) -> Base | Frame | None:
        if number is None:
            return None
        if number not in self._bases:
            content = connection.execute(
                sa.select(bases.c.content).where(bases.c.base == number)
            ).scalar_one()
            self._bases[number] = base_from_bytes(content)
        return self._bases[number]


def enqueue(
    connection: Connection,
    library: Library,
    items: Sequence[tuple[OutgoingMessage, Issued]],
    now: datetime,
) -> int:
    """Queue messages of one campaign and return how many were new."""
    campaign = items[0][0].campaign
    packed = _packed(connection, library, campaign, [message for message, _ in items])
    rows = [
        {
            "campaign": campaign,
            "invitee": message.invitee,
            "key": str(message.key),
            "sequence": issued.sequence,
            "uid": issued.uid,
            "token": issued.token,
            "message_id": message.message_id,
            "envelope_from": message.envelope_from,
            "recipient": message.recipient,
            "domain": message.recipient.rpartition("@")[2].lower(),
            "base": base,
            "state": State.QUEUED.value,
            "attempts": 0,
            "not_before": moment(AT_ONCE),
            "changed_at": moment(now),
            "worker": None,
            "lease_until": None,
            "stage": None,
            "code": None,
            "reply": None,
        }
        for (message, issued), (base, _) in zip(items, packed, strict=True)
    ]
    new = _INSERT.run(connection, rows)
    texts = [
        {**keys(message), "packed": content} for (message, _), (_, content) in zip(items, packed, strict=True)
    ]
    _INSERT_CONTENTS.run(connection, texts)
    return new


def _packed(
    connection: Connection, library: Library, campaign: str, messages: Sequence[OutgoingMessage]
) -> list[tuple[int | None, bytes]]:
    """Return the packed bytes of each message with the number of its base."""
    unframed = [message for message in messages if message.frame is None]
    packed: Iterator[tuple[int | None, bytes]] = iter(())
    numbers: dict[int, int] = {}
    if unframed:
        packer = Packer(library.known(connection, campaign))
        packed = iter(list(packer.pack([(message.recipient, message.content) for message in unframed])))
        numbers = {-at: _keep(connection, campaign, base.content) for at, base in enumerate(packer.new, 1)}
    found: list[tuple[int | None, bytes]] = []
    for message in messages:
        if message.frame is None:
            base, content = next(packed)
            found.append((base if base is None else numbers.get(base, base), content))
        else:
            found.append((library.put_away(connection, campaign, message.frame), framed(message.own)))
    return found


def _insert_outbox(dialect: Dialect) -> sa.Insert:
    return insert(dialect, outbox).values(bound(outbox)).on_conflict_do_nothing()


def _insert_contents(dialect: Dialect) -> sa.Insert:
    """Build the statement that stores contents, for messages that have none and still need one."""
    due = sa.select(outbox.c.position, sa.bindparam("packed", type_=sa.LargeBinary)).where(
        *THIS, sa.text(DUE)
    )
    return insert(dialect, contents).from_select(["position", "content"], due).on_conflict_do_nothing()


_INSERT = PreparedStatement(_insert_outbox)
_INSERT_CONTENTS = PreparedStatement(_insert_contents)


def keys(message: OutgoingMessage) -> dict[str, str]:
    """Return the parameters of the condition `THIS`."""
    return {"in_campaign": message.campaign, "to_invitee": message.invitee, "with_key": str(message.key)}


def _keep(connection: Connection, campaign: str, content: bytes) -> int:
    statement = sa.insert(bases).values(campaign=campaign, content=content).returning(bases.c.base)
    number: int = connection.execute(statement).scalar_one()
    return number


def sweep(connection: Connection) -> None:
    """Delete the contents of messages that need no more sending."""
    needed = sa.select(outbox.c.position).where(sa.text(OPEN))
    connection.execute(sa.delete(contents).where(contents.c.position.not_in(needed)))


# -- looking -----------------------------------------------------------------------------------------------------


def counts(connection: Connection, campaign: str) -> Mapping[State, int]:
    """Count the messages in each state."""
    query = (
        sa.select(outbox.c.state, sa.func.count().label("n"))
        .where(outbox.c.campaign == campaign)
        .group_by(outbox.c.state)
    )
    found = {State(row.state): int(row.n) for row in connection.execute(query)}
    return {state: found.get(state, 0) for state in State}


def page(connection: Connection, library: Library, campaign: str, above: int) -> list[tuple[int, Queued]]:
    """Return the next messages after a position, each with its position."""
    query = (
        sa.select(*COLUMNS)
        .where(outbox.c.campaign == campaign, outbox.c.position > above)
        .order_by(outbox.c.position)
        .limit(PAGE)
    )
    return [
        (row.position, _queued(library.message(connection, campaign, row), row))
        for row in connection.execute(query).all()
    ]


def states_page(
    connection: Connection, campaign: str, above: int
) -> list[tuple[int, tuple[str, MessageKey, State]]]:
    """Return invitee, key and state of the next messages after a position, each with its position."""
    query = (
        sa.select(outbox.c.position, outbox.c.invitee, outbox.c.key, outbox.c.state)
        .where(outbox.c.campaign == campaign, outbox.c.position > above)
        .order_by(outbox.c.position)
        .limit(PAGE * 10)
    )
    return [
        (position, (invitee, MessageKey.parse(key), State(state)))
        for position, invitee, key, state in connection.execute(query)
    ]


def _queued(message: OutgoingMessage, row: Row[*tuple[Any, ...]]) -> Queued:
    return Queued(
        message=message,
        state=State(row.state),
        sequence=row.sequence,
        attempts=row.attempts,
        not_before=None if row.not_before == AT_ONCE else row.not_before,
        reply=reply(row),
        changed_at=row.changed_at,
    )


def reply(row: Any) -> Reply | None:
    """Return the last reply of the mail server from the columns of a row."""
    return Reply(Stage(row.stage), row.code, row.reply or "") if row.stage else None


def issued_page(connection: Connection, campaign: str | None, above: int) -> list[tuple[int, Issued]]:
    """Return the next invitations after a position, each with its position."""
    query = (
        sa.select(
            outbox.c.position,
            outbox.c.campaign,
            outbox.c.invitee,
            outbox.c.key,
            outbox.c.sequence,
            outbox.c.uid,
            outbox.c.token,
            outbox.c.message_id,
        )
        .where(outbox.c.position > above)
        .order_by(outbox.c.position)
        .limit(PAGE * 4)
    )
    if campaign is not None:
        query = query.where(outbox.c.campaign == campaign)
    return [
        (row.position, Issued(row.campaign, row.invitee, MessageKey.parse(row.key), *row[4:]))
        for row in connection.execute(query)
    ]
