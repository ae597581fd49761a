"""Migration 0002: facts in their written format, chained anew; people and rounds are facts; what waits keeps its octets.

It has its own copies of what the first schema held and of how the second one is written, and imports nothing of the
program: what it does never changes.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import zlib
from collections.abc import Iterable, Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.engine import Connection

revision = "0002"
down_revision = "0001"

PAGE = 1000
"""How many rows are in memory at a time."""

MESSAGES = 50
"""How many messages are: each may have attachments."""

MOMENT = sa.String(27)
DUE = sa.text("state IN ('queued', 'deferred')")
ENTRY = (
    *("campaign", "number", "invitee", "person", "kind", "recorded_at", "channel", "source", "fact"),
    *("words_digest", "previous", "hash", "salt", "words"),
)
entries = sa.table(
    "entries", *[sa.column(name, sa.LargeBinary if name == "salt" else None) for name in ENTRY]
)
campaigns = sa.table("campaigns", *map(sa.column, ("position", "campaign", "number", "hash")))
invitees = sa.table(
    "invitees", *map(sa.column, ("position", "campaign", "ref", "people", "enrolled_at", "forgotten"))
)
MOVED = (
    *("campaign", "invitee", "key", "message_id", "domain", "state", "attempts", "not_before"),
    *("worker", "lease_until", "changed_at", "stage", "code", "reply"),
)
"""The columns of a message that its promise takes over."""

outbox = sa.table("outbox", *map(sa.column, ("position", *MOVED, "sequence", "uid", "token", "base")))
promises = sa.table("promises", *map(sa.column, (*MOVED, "persons", "round", "version", "made_at", "entry")))
contents = sa.table("contents", sa.column("position"), sa.column("content", sa.LargeBinary))
bases = sa.table("bases", sa.column("base"), sa.column("content", sa.LargeBinary))
octets = sa.table(
    "octets", *map(sa.column, ("campaign", "invitee", "key", "common")), sa.column("content", sa.LargeBinary)
)
commons = sa.table("commons", sa.column("common"), sa.column("content", sa.LargeBinary))
keys = sa.table("keys", sa.column("name"), sa.column("value", sa.LargeBinary))


def upgrade() -> None:
    """Rewrite the ledger, add the facts that only other tables had, and make promises of open messages."""
    connection = op.get_bind()
    op.add_column("entries", sa.Column("person", sa.String(80), nullable=False, server_default=""))
    op.add_column("entries", sa.Column("kind", sa.String(20), nullable=False, server_default=""))
    _tables()
    secret = _secret(connection)
    for campaign in _campaigns(connection):
        revisions = _rewrite(connection, secret, campaign)
        chain = _Chain(connection, campaign)
        _place(connection, secret, chain)
        _withdraw(connection, secret, chain, revisions)
        _promise(connection, secret, chain, revisions)
        chain.close()
    _keep_octets(connection)
    for table in ("invitees", "contents", "bases", "outbox"):
        op.drop_table(table)
    op.create_index("entries_kind", "entries", ["campaign", "kind", "number"])


def _tables() -> None:
    op.create_table(
        "promises",
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("invitee", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("persons", sa.Text, nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("entry", sa.Integer, nullable=False),
        sa.Column("message_id", sa.Text, nullable=False),
        sa.Column("domain", sa.Text, nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False),
        sa.Column("worker", sa.String(40)),
        sa.Column("lease_until", MOMENT),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("stage", sa.String(20)),
        sa.Column("code", sa.Integer),
        sa.Column("reply", sa.Text),
        sa.UniqueConstraint("campaign", "invitee", "key", name="promises_key"),
    )
    due = ["campaign", "not_before", "position"]
    op.create_index("promises_due", "promises", due, sqlite_where=DUE, postgresql_where=DUE)
    op.create_table(
        "commons",
        sa.Column("common", sa.Integer, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "octets",
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("invitee", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("common", sa.Integer),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("campaign", "invitee", "key"),
    )
    op.create_table(
        "versions",
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("campaign", "digest"),
    )
    op.create_table(
        "letters",
        sa.Column("campaign", sa.String(200), nullable=False),
        sa.Column("invitee", sa.String(80), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("version", sa.String(64), nullable=False),
        sa.Column("personal", sa.LargeBinary, nullable=False),
        sa.Column("tried", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("campaign", "invitee", "key"),
    )


def _campaigns(connection: Connection) -> list[str]:
    """Return the campaigns that have entries, and those that have only invitees, oldest first."""
    known = connection.execute(sa.select(campaigns.c.campaign).order_by(campaigns.c.position)).scalars()
    query = sa.select(invitees.c.campaign).group_by(invitees.c.campaign)
    invited = connection.execute(query.order_by(sa.func.min(invitees.c.position))).scalars()
    return list(dict.fromkeys([*known, *invited]))


def _secret(connection: Connection) -> bytes:
    query = sa.select(keys.c.value).where(keys.c.name == "secret")
    found = connection.execute(query).scalar_one_or_none()
    if found is None:
        found = secrets.token_bytes(32)
        connection.execute(sa.insert(keys).values(name="secret", value=found))
    return bytes(found)


# -- the entries -------------------------------------------------------------------------------------------------

OLD_CONTENT = ("campaign", "invitee", "recorded_at", "channel", "source", "fact", "words_digest")
NEW_CONTENT = (
    *("campaign", "invitee", "person", "recorded_at", "channel", "kind", "source", "fact", "words_digest"),
)
"""The columns that were, and are, covered by the hash of an entry."""

KINDS = {
    "Delivery": "delivery",
    "Heard": "heard",
    "Attended": "attended",
    "Reviewed": "reviewed",
    "Announced": "announced",
    "Kept": "kept",
}
CLAIMS = {
    "Answer": "answer",
    "Undeliverable": "undeliverable",
    "OptOut": "opt-out",
    "Unattended": "unattended",
    "Unclear": "unclear",
}


class _Revisions:
    """The announcements of a campaign by SEQUENCE: the number of the last one, and when it was called off."""

    def __init__(self) -> None:
        self.announced: dict[int, int] = {}
        self.called_off: dict[int, str] = {}


def _rewrite(connection: Connection, secret: bytes, campaign: str) -> _Revisions:
    """Write the entries of a campaign in the new format, chain them anew, and return the announcements among them.

    A chain that was broken stays broken at the same entry: its old hashes are kept there, and so `mailer verify` names it.
    """
    old_hash, new_hash, revisions = "", "", _Revisions()
    for page in _pages(connection, entries, entries.c.number, entries.c.campaign == campaign):
        rows = []
        for row in page:
            old = row._asdict()
            new = {**old, **_translated(secret, old)}
            if new["kind"] == "announced":
                fact = json.loads(new["fact"])
                revisions.announced[fact["sequence"]] = old["number"]
                if fact["meeting"].get("cancelled"):
                    revisions.called_off.setdefault(fact["sequence"], old["recorded_at"])
            new["previous"] = new_hash if old["previous"] == old_hash else old["previous"]
            sound = old["hash"] == _hash(old["previous"], old, OLD_CONTENT)
            old_hash, new_hash = (
                old["hash"],
                (_hash(new["previous"], new, NEW_CONTENT) if sound else old["hash"]),
            )
            values = {name: new[name] for name in ("person", "kind", "fact", "previous")}
            rows.append({"n": old["number"], "c": campaign, "hash": new_hash, **values})
        connection.execute(_REWRITE, rows)
    head = (campaigns.c.campaign == campaign) & (campaigns.c.hash == old_hash)
    connection.execute(sa.update(campaigns).where(head).values(hash=new_hash))
    return revisions


_REWRITE = (
    sa.update(entries)
    .where(entries.c.campaign == sa.bindparam("c"), entries.c.number == sa.bindparam("n"))
    .values({name: sa.bindparam(name) for name in ("person", "kind", "fact", "previous", "hash")})
)


def _translated(secret: bytes, old: dict[str, Any]) -> dict[str, str]:
    """Return the columns that differ in the new format; a fact that cannot be read is left as it is."""
    try:
        fact = json.loads(old["fact"])
        kind = KINDS[fact.pop("is")]
        if kind == "heard":
            claim = fact["finding"]["claim"]
            claim["is"] = CLAIMS[claim["is"]]
    except (ValueError, KeyError, TypeError, AttributeError):
        return {"person": "", "kind": "", "fact": old["fact"]}
    place = fact.pop("place", 0) if kind == "attended" else 0
    person = _person(secret, old["campaign"], old["invitee"], place) if place else ""
    return {"person": person, "kind": kind, "fact": _json({**fact, "v": 1})}


def _hash(previous: str, row: dict[str, Any], columns: Iterable[str]) -> str:
    parts = (previous, *[row[name] for name in columns])
    return hashlib.sha256("".join([f"{len(part)}:{part}," for part in parts]).encode()).hexdigest()


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), sort_keys=True)


# -- the facts that only other tables had ------------------------------------------------------------------------


class _Chain:
    """The end of a campaign's chain, to which entries are appended."""

    def __init__(self, connection: Connection, campaign: str) -> None:
        self._connection = connection
        self.campaign = campaign
        head = sa.select(campaigns.c.number, campaigns.c.hash).where(campaigns.c.campaign == campaign)
        self._found = connection.execute(head).one_or_none()
        self.number: int = self._found.number if self._found else 0
        self._previous: str = self._found.hash if self._found else ""

    def entry(
        self,
        kind: str,
        fact: dict[str, Any],
        at: str,
        channel: str,
        invitee: str = "",
        person: str = "",
        words: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the row of the next entry, which is to be inserted before the chain is closed."""
        text = _json(words) if words else None
        salt = secrets.token_bytes(16) if text else None
        self.number += 1
        row: dict[str, Any] = {
            "campaign": self.campaign,
            "number": self.number,
            "invitee": invitee,
            "person": person,
            "kind": kind,
            "recorded_at": at,
            "channel": channel,
            "source": "",
            "fact": _json({**fact, "v": 1}),
            "words_digest": hashlib.sha256(salt + text.encode()).hexdigest() if salt and text else "",
            "previous": self._previous,
            "salt": salt,
            "words": text,
        }
        self._previous = row["hash"] = _hash(self._previous, row, NEW_CONTENT)
        return row

    def close(self) -> None:
        """Write where the chain ends now."""
        end = {"number": self.number, "hash": self._previous}
        if self._found:
            this = campaigns.c.campaign == self.campaign
            self._connection.execute(sa.update(campaigns).where(this).values(end))
        else:
            self._connection.execute(sa.insert(campaigns).values({"campaign": self.campaign, **end}))


def _place(connection: Connection, secret: bytes, chain: _Chain) -> None:
    """Append an entry for each person of the table `invitees`."""
    campaign = chain.campaign
    for page in _pages(connection, invitees, invitees.c.position, invitees.c.campaign == campaign):
        issued = _issued(connection, campaign, [row.ref for row in page])
        rows = []
        for row in page:
            uid, token = issued.get(row.ref) or _derived(secret, campaign, row.ref)
            for place, contact in enumerate(json.loads(row.people), 1):
                words = None if row.forgotten else {"contact": contact, "token": token, "uid": uid}
                person = _person(secret, campaign, row.ref, place)
                fact = {"why": "migrated"}
                rows.append(
                    chain.entry("placed", fact, row.enrolled_at, "list", row.ref, person, words=words)
                )
        connection.execute(sa.insert(entries), rows)


def _withdraw(connection: Connection, secret: bytes, chain: _Chain, revisions: _Revisions) -> None:
    """Append an entry for each person whose own invitation was cancelled, without the meeting."""
    done: set[str] = set()
    cancelled = (outbox.c.campaign == chain.campaign) & outbox.c.key.like("cancel.%")
    for page in _pages(connection, outbox, outbox.c.position, cancelled):
        members = _members(connection, secret, chain.campaign, [row.invitee for row in page])
        rows = []
        for row in page:
            called_off = revisions.called_off.get(int(row.key.split(".")[1]))
            alone = called_off is None or row.changed_at < called_off  # SEQUENCE is the same for both
            if alone and row.invitee not in done:
                done.add(row.invitee)
                gone = (row.changed_at, "staff", row.invitee)
                people = members.get(row.invitee, ())
                rows += [chain.entry("gone", {"why": "withdrawn"}, *gone, person) for person in people]
        if rows:
            connection.execute(sa.insert(entries), rows)


def _members(
    connection: Connection, secret: bytes, campaign: str, refs: list[str]
) -> dict[str, tuple[str, ...]]:
    """Return the references of the people of some invitees."""
    query = sa.select(invitees.c.ref, invitees.c.people).where(
        invitees.c.campaign == campaign, invitees.c.ref.in_(refs)
    )
    return {
        ref: tuple(_person(secret, campaign, ref, place + 1) for place in range(len(json.loads(people))))
        for ref, people in connection.execute(query)
    }


def _issued(connection: Connection, campaign: str, refs: list[str]) -> dict[str, tuple[str, str]]:
    """Return UID and token of the invitees who were written to, as their first message has them."""
    query = (
        sa.select(outbox.c.invitee, outbox.c.uid, outbox.c.token)
        .where(outbox.c.campaign == campaign, outbox.c.invitee.in_(refs), outbox.c.uid != "")
        .order_by(outbox.c.position.desc())
    )
    return {ref: (uid, token) for ref, uid, token in connection.execute(query)}


def _derived(secret: bytes, campaign: str, ref: str) -> tuple[str, str]:
    """Return the UID and token that an invitee would have got with the first message."""
    octets = bytearray(_derive(secret, "uid", campaign, ref)[:16])
    octets[6] = octets[6] & 0x0F | 0x40
    octets[8] = octets[8] & 0x3F | 0x80
    text = octets.hex()
    uid = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    return uid, _base32(_derive(secret, "reply", campaign, ref))[:26]


def _person(secret: bytes, campaign: str, ref: str, place: int) -> str:
    """Return the reference of the person at a place, counted from 1, among those of an invitee."""
    return _base32(_derive(secret, "person", campaign, ref, str(place)))[:16]


def _derive(secret: bytes, *parts: str) -> bytes:
    return hmac.digest(secret, "\0".join(parts).encode(), "sha256")


def _base32(digest: bytes) -> str:
    bits = int.from_bytes(digest[:20], "big")
    return "".join(["abcdefghijklmnopqrstuvwxyz234567"[bits >> shift & 31] for shift in range(155, -1, -5)])


# -- messages that are not settled ---------------------------------------------------------------------------------

OPEN = outbox.c.state.not_in(("sent", "failed"))


def _promise(connection: Connection, secret: bytes, chain: _Chain, revisions: _Revisions) -> None:
    """Make a promise of each open message, asked for by a round for all of one kind, revision and number.

    Whatever the ledger has since the announcement of that revision is news for it, so that it is judged when it leaves.
    """
    here = OPEN & (outbox.c.campaign == chain.campaign)
    people: dict[str, list[str]] = {}
    since: dict[str, str] = {}
    for page in _pages(connection, outbox, outbox.c.position, here):
        members = _members(connection, secret, chain.campaign, [row.invitee for row in page])
        for row in page:
            people.setdefault(row.key, []).extend(members.get(row.invitee, ()))
            since[row.key] = min(row.changed_at, since.get(row.key, row.changed_at))
    newest, rounds = chain.number, {}
    for key, persons in people.items():
        kind, sequence, number = key.split(".")
        fact = {"kind": kind, "number": int(number), "persons": persons, "sequence": int(sequence)}
        connection.execute(sa.insert(entries), [chain.entry("round", fact, since[key], "outbox")])
        rounds[key] = chain.number
    for page in _pages(connection, outbox, outbox.c.position, here):
        members = _members(connection, secret, chain.campaign, [row.invitee for row in page])
        rows = [
            {
                **{name: getattr(row, name) for name in MOVED},
                "persons": json.dumps(members.get(row.invitee, ())),
                "round": rounds[row.key],
                "version": "",
                "made_at": row.changed_at,
                "entry": revisions.announced.get(row.sequence, newest),
            }
            for row in page
        ]
        connection.execute(sa.insert(promises), rows)


def _keep_octets(connection: Connection) -> None:
    """Keep the octets of open messages, so that they can be sent without the templates and lists of then."""
    waiting = outbox.join(contents, contents.c.position == outbox.c.position)
    chosen = sa.select(
        *(outbox.c.position, outbox.c.campaign, outbox.c.invitee, outbox.c.key, outbox.c.base),
        contents.c.content,
    ).select_from(waiting)
    shared: dict[int, _Common] = {}
    for page in _pages(connection, chosen, outbox.c.position, OPEN, MESSAGES):
        rows = []
        for row in page:
            if row.base is not None and row.base not in shared:
                query = sa.select(bases.c.content).where(bases.c.base == row.base)
                common = shared[row.base] = _Common(bytes(connection.execute(query).scalar_one()))
                content = zlib.compress(common.octets)
                connection.execute(sa.insert(commons).values(common=row.base, content=content))
            packed = bytes(row.content)
            content = packed[1:] if row.base is None else _packed(_parts(packed, shared[row.base]))
            names = {name: getattr(row, name) for name in ("campaign", "invitee", "key")}
            rows.append({**names, "common": row.base, "content": content})
        connection.execute(sa.insert(octets), rows)


EOL = b"\r\n"
FRAME = b"\0frame "


class _Common:
    """What many messages share: a frame whose gaps they fill, or lines that they refer to."""

    def __init__(self, stored: bytes) -> None:
        self.is_frame = stored.startswith(FRAME)
        self.octets, self.order = stored, list[int]()
        if self.is_frame:
            head, _, self.octets = stored.removeprefix(FRAME).partition(b"\n")
            order, lengths = head.split(b" ")
            self.order = [int(place) for place in order.split(b",") if place]
            sizes = [int(size) for size in lengths.split(b",")]
        else:
            sizes = [len(line) + len(EOL) for line in stored.split(EOL)]
        self.starts = [0]
        for size in sizes:
            self.starts.append(self.starts[-1] + size)


Part = tuple[int, int, bytes]
"""Octets of a message: from where in the common octets how many are taken, and the message's own after them."""


def _parts(stored: bytes, common: _Common) -> list[Part]:
    """Return the parts of a message as the first schema stored it."""
    return _frame_parts(stored, common) if common.is_frame else _line_parts(stored, common)


def _frame_parts(stored: bytes, common: _Common) -> list[Part]:
    lengths, _, values = stored[1:].partition(b"\n")
    own, at = [], 0
    for length in lengths.split(b","):
        size = int(length or b"0")
        own.append(values[at : at + size])
        at += size
    filled = [own[place] for place in common.order]
    spans = zip(common.starts, common.starts[1:], [*filled, b""], strict=False)
    return [(start, end - start, value) for start, end, value in spans]


def _line_parts(stored: bytes, common: _Common) -> list[Part]:
    """Return the parts of a message that is made of runs of common lines and of lines of its own, with CRLF between."""
    parts: list[Part] = [(0, 0, b"")]

    def own(octets: bytes) -> None:
        start, size, before = parts[-1]
        parts[-1] = (start, size, before + octets)

    at, separator = 1, b""
    while at < len(stored):
        stop = stored.index(b"\n", at)
        first, lines, own_lines, size = map(int, stored[at:stop].split(b","))
        at = stop + 1 + size
        if lines:
            own(separator)
            start, end = common.starts[first], common.starts[first + lines] - len(EOL)
            parts.append((start, end - start, b""))
            separator = EOL
        if own_lines:
            own(separator + stored[stop + 1 : at])
            separator = EOL
    return parts


def _packed(parts: list[Part]) -> bytes:
    """Return the parts of a message as the table `octets` has them beside what is common."""
    spans = _json([(start, size, len(own)) for start, size, own in parts])
    return zlib.compress(spans.encode() + b"\n" + b"".join(own for _, _, own in parts))


# -- reading -------------------------------------------------------------------------------------------------------


def _pages(
    connection: Connection,
    source: Any,
    position: sa.ColumnClause[Any],
    condition: sa.ColumnElement[bool],
    size: int = PAGE,
) -> Iterator[list[sa.Row[Any]]]:
    """Yield the rows of a table or query that fulfil a condition, in order of a column, page by page."""
    query = source if isinstance(source, sa.Select) else sa.select(source)
    query = query.where(condition).order_by(position).limit(size)
    above = -1
    while rows := list(connection.execute(query.where(position > above)).all()):
        yield rows
        above = getattr(rows[-1], position.name)
