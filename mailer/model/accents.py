"""Comparison of words and names without regard to accents and case."""

from __future__ import annotations

import unicodedata

_PLAIN = str.maketrans(
    {"’": "'", "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o"}
)


def fold_accents(text: str) -> str:
    """Return a text in lower case, without accents, ligatures and format characters, single-spaced."""
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    kept = (c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return " ".join("".join(kept).casefold().split())
