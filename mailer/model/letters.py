"""The form in which two spellings of a word or a name are equal."""

from __future__ import annotations

import unicodedata

_PLAIN = str.maketrans(
    {"’": "'", "œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "ł": "l", "Ł": "l", "ø": "o", "Ø": "o"}
)


def letters(text: str) -> str:
    """Take accents, case, ligatures, no-break spaces and invisible marks from a text; its words stay apart."""
    if text.isascii():
        return " ".join(text.casefold().split())
    plain = unicodedata.normalize("NFKD", text.translate(_PLAIN))
    kept = (c for c in plain if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return " ".join("".join(kept).casefold().split())
