"""Normalise the text of cells: spaces, invisible characters and accents, for display and for comparison."""

from __future__ import annotations

import re
import unicodedata

_UNSEEN = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_FORMULA = re.compile(r"'+[=+\-@＝＋－＠\t\r\n]")
_NO_WORD = re.compile(r"[\W_]+")
_PLAIN = str.maketrans(
    {
        **{chr(code): unicodedata.normalize("NFD", chr(code))[0] for code in range(0xC0, 0x180)},
        **dict.fromkeys("’‘ʼ´", "'"),
        "œ": "oe",
        "Œ": "OE",
        "æ": "ae",
        "Æ": "AE",
        "ß": "ss",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "\u00a0": " ",
    }
)
"""Latin letters without their accents; other alphabets go through `unicodedata`, which is slower."""
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]")
LOST = "\ufffd"
"""U+FFFD, which decoders write for bytes that are no character, and `clean` for control characters."""


def clean(text: str) -> str:
    """Return the text of a cell on one line, with composed accents (NFC) and single spaces.

    The apostrophe before ``=``, ``+``, ``-`` or ``@``, by which `to_csv` and other programs keep a spreadsheet from
    reading a formula, is removed.
    """
    if text[:1] == "'" and _FORMULA.match(text):
        text = text[1:]
    if text.isprintable() and (text.isascii() or unicodedata.is_normalized("NFC", text)):
        text = text.strip()
        return " ".join(text.split()) if "  " in text else text
    text = _CONTROL.sub(LOST, _UNSEEN.sub("", text))
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Return a text for comparison: without accents and case, every apostrophe straight."""
    if not text.isascii():
        text = text.translate(_PLAIN)
        if not text.isascii():
            plain = unicodedata.normalize("NFKD", text)
            text = "".join(character for character in plain if not unicodedata.combining(character))
    return text.casefold()


def words(text: str) -> str:
    """Return `fold` with single spaces for all that is neither letter nor digit: "E-mail :" becomes "e mail"."""
    folded = fold(text)
    return folded if folded.isalnum() else " ".join(_NO_WORD.sub(" ", folded).split())


def listed(text: str) -> frozenset[str]:
    """Return the words of a table that is written as one text."""
    return frozenset(text.split())
