"""The chain of a campaign's entries: each is bound to the one before, so that none can be changed unnoticed.

What is personal is not in the chain itself but bound into it by a salted digest: it can be erased, and the chain
still holds; it cannot be exchanged. The number of an entry is its place in the chain, so it is not hashed: an
entry that was moved is sound in itself and names a predecessor that is no longer before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from mailer.store import Breach

START = ""
"""What the first entry of a campaign is bound to."""


CONTENT = ("campaign", "invitee", "recorded_at", "channel", "source", "fact", "words_digest")
"""The columns that are bound, in order; `recorded_at` as text."""

Link = Mapping[str, Any]
"""An entry as it lies in the store, by column. `words` and `salt` are None where it had none, or they were erased."""


def digest(salt: bytes, words: str) -> str:
    """Stand for words that may be erased: without the salt, nobody can try addresses against it."""
    return hashlib.sha256(salt + words.encode()).hexdigest()


def bind(previous: str, link: Link) -> str:
    """Return the hash of an entry that follows `previous`."""
    parts = (previous, *[link[name] for name in CONTENT])
    bound = "".join([f"{len(part)}:{part}," for part in parts])
    return hashlib.sha256(bound.encode()).hexdigest()


def sound(link: Link) -> bool:
    """Whether an entry is what was written."""
    if link["words"] is not None and digest(link["salt"] or b"", link["words"]) != link["words_digest"]:
        return False
    return bool(link["hash"] == bind(link["previous"], link))


def first_breach(links: Iterable[Link], last: tuple[int, str], hashes: Collection[str]) -> Breach | None:
    """Name the first entry, in order of number, that is not as it was written.

    `last` is the number and hash of the newest entry as kept apart from the entries, `hashes` those of all
    entries.
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
