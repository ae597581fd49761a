"""Comparison of words and names without regard to accents and case."""

from __future__ import annotations

import unicodedata

_MARKS = {n: None for n in range(0x0300, 0x0370) if unicodedata.combining(chr(n))}
"""The combining marks of Latin letters."""

_PLAIN = str.maketrans(
    {"’": "'", "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o"}
)


def fold_accents(text: str) -> str:
    """Return a text in lower case, without accents, ligatures and format characters, single-spaced."""
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    if (marked := plain.translate(_MARKS)).isascii():
        return " ".join(marked.casefold().split())
    kept = (c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return " ".join("".join(kept).casefold().split())
