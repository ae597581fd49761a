"""The hash chain of a campaign's ledger entries: each hash covers the entry before, so that a change is noticed.

Personal words are not in the chain; a salted digest of them is. So they can be erased without breaking the chain, but not
replaced. The number of an entry is not hashed: an entry that was moved names a predecessor that is no longer before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from mailer.store import Breach

START = ""
"""The previous hash of the first entry of a campaign."""


CONTENT = (
    "campaign",
    "invitee",
    "person",
    "recorded_at",
    "channel",
    "kind",
    "source",
    "fact",
    "words_digest",
)
"""The columns that are hashed, in this order; `recorded_at` as text."""

Link = Mapping[str, Any]
"""An entry as stored, by column. `words` and `salt` are None if there were none, or where they were erased."""


def digest(salt: bytes, words: str) -> str:
    """Return the salted digest of words; without the salt, nobody can test addresses against it."""
    return hashlib.sha256(salt + words.encode()).hexdigest()


def bind(previous: str, link: Link) -> str:
    """Return the hash of an entry that follows the entry with the hash `previous`."""
    parts = (previous, *[link[name] for name in CONTENT])
    bound = "".join([f"{len(part)}:{part}," for part in parts])
    return hashlib.sha256(bound.encode()).hexdigest()


def sound(link: Link) -> bool:
    """Return whether an entry matches its own hash and the digest of its words."""
    try:
        if link["words"] is not None and digest(link["salt"] or b"", link["words"]) != link["words_digest"]:
            return False
        return bool(link["hash"] == bind(link["previous"], link))
    except (TypeError, AttributeError, ValueError):  # a damaged value is of another type, or no text
        return False


def first_breach(links: Iterable[Link], last: tuple[int, str], hashes: Collection[str]) -> Breach | None:
    """Return the first entry, in order of number, that is not as it was written; None if there is none.

    `last` is the number and hash of the newest entry, stored apart from the entries; `hashes` are those of all entries.
    """
    number, previous = 0, START
    for link in links:
        number += 1
        if link["number"] != number:
            return Breach(number, "removed")
        if not sound(link):
            return Breach(number, "altered")
        if link["previous"] != previous:
            moved = link["previous"] == START or link["previous"] in hashes
            return Breach(number, "reordered" if moved else "removed")
        previous = link["hash"]
    return None if (number, previous) == last else Breach(number + 1, "removed")
