"""The ledger of a campaign as JSON Lines: one entry a line, to be kept, read back, and verified by anybody.

docs/ledger.md describes the format.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mailer.model.entry import Channel, Entry
from mailer.store import Breach, serial
from mailer.store.chain import START, Link, first_breach

COLUMNS = (
    "campaign",
    "number",
    "invitee",
    "person",
    "recorded_at",
    "channel",
    "kind",
    "source",
    "words_digest",
    "previous",
    "hash",
)
"""The columns of an entry that are written as they are stored."""

LAST = "last"
"""The key that marks the newest entry, so that lines missing at the end are noticed."""


def line(link: Link, *, last: bool) -> str:
    """Return an entry as one line of JSON, without the line break."""
    words, salt = link["words"], link["salt"]
    value = {name: link[name] for name in COLUMNS}
    value["fact"] = _parsed(link["fact"])
    value["words"] = None if words is None else _parsed(words)
    value["salt"] = None if salt is None else bytes(salt).hex()
    if last:
        value[LAST] = True
    return serial.dump(value)


def _parsed(text: str) -> Any:
    """Return the value of a JSON text; a text that was altered and is JSON no more is returned as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def entry(text: str | bytes) -> Entry:
    """Return the entry of a line. Raises StoreError ``fact-unknown``."""
    value = json.loads(text)
    words = value["words"] or {}
    return Entry(
        campaign=value["campaign"],
        invitee=value["invitee"],
        recorded_at=datetime.fromisoformat(value["recorded_at"]),
        channel=Channel(value["channel"]),
        fact=serial.fact_from_json(value["kind"], serial.dump(value["fact"]), words),
        source=value["source"],
        author=words.get(serial.AUTHOR, ""),
        note=words.get(serial.NOTE, ""),
        number=value["number"],
        person=value["person"],
    )


@dataclass(frozen=True, slots=True)
class VerifiedLines:
    """What verifying an exported ledger gave: number and hash of the entry marked as the last, and the first breach."""

    entries: int
    hash: str
    breach: Breach | None

    @property
    def sound(self) -> bool:
        """Return whether there are entries, and all are as they were written."""
        return self.breach is None and self.entries > 0


def verify_lines(content: bytes) -> VerifiedLines:
    """Verify the numbers, hashes and word digests of an exported ledger."""
    last, hashes = (0, START), set[str]()
    for raw in io.BytesIO(content):
        link = _link(raw)
        if link is not None:
            hashes.add(link["hash"])
            last = (link["number"], link["hash"]) if link[LAST] else last
    try:
        breach = first_breach(_links(content), last, hashes)
    except _UnreadableLineError as error:
        breach = Breach(error.number, "unreadable")
    return VerifiedLines(*last, breach)


class _UnreadableLineError(Exception):
    """The line `number`, counted from 1, is not an entry."""

    def __init__(self, number: int) -> None:
        self.number = number


def _links(content: bytes) -> Iterator[Link]:
    for number, raw in enumerate(io.BytesIO(content), 1):
        link = _link(raw)
        if link is None:
            raise _UnreadableLineError(number)
        yield link


def _link(raw: bytes) -> Link | None:
    """Return the entry of a line as it was stored; None if the line is not an entry."""
    try:
        value = json.loads(raw)
        salt, words = value["salt"], value["words"]
        link = {name: value[name] for name in COLUMNS}
        link["salt"] = None if salt is None else bytes.fromhex(salt)
    except (ValueError, KeyError, TypeError):
        return None
    if any(type(link[name]) is not (int if name == "number" else str) for name in COLUMNS):
        return None
    link["fact"] = serial.dump(value.get("fact"))
    link["words"] = None if words is None else serial.dump(words)
    link[LAST] = value.get(LAST) is True
    return link
