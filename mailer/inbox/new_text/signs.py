"""Reduce words to what survives quoting, wrapping, marking and decoding, so that a text is known again.

Consonants and digits stay; one sign stands for the vowels between them, and for whatever became of an accented letter:
"présence", "prÃ©sence", "pr?sence" and "presence" have the same signs. Spaces, marks and typography have none.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

VOWELS = "E"
"""The sign for vowels."""

_VOWELS = re.compile(r"(?:[aeiouy]|[^\x00-\x7f]|[?](?=[a-z]))+")
_OTHERS = re.compile(r"[^a-z0-9E]+")
_WORD = re.compile(r"\S+")
_FOOTNOTE = re.compile(r"\[\d{1,2}\](?=\w)")
"""What text browsers put before a link: ``[3]Je viens``."""
_ENCODED = re.compile(r"(?:=[0-9A-F]{2})+")
_SPACE = re.compile(r"&(?:nbsp|#160|#x0*a0);", re.IGNORECASE)
_ENTITY = re.compile(r"&#?\w{2,8};")
_LEFT_OVER = re.compile(r"(?:Â|\ufffd|ï¿½)+(?=[^\w\ufffd]*\Z)")
"""What is left at the end of a word of a no-break space, or of a letter that was lost."""
_APART = dict.fromkeys(map(ord, "«»“”„‚‹›–—…·•■▪●◦→✓✔☐☑\u00a0\u2007\u2009\u202f\u3000"), " ")
_WITHIN = dict.fromkeys(map(ord, "’‘\u00ad\u200b\u200c\u200d\u2060\ufeff"))

_CACHED = 500
"""Characters of a line whose signs are remembered, since thousands of answers quote the same letter."""


def words(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield the place of each word of a text, and its signs; words without any are left out."""
    plain = text if text.isascii() else text.translate(_APART)
    for found in _WORD.finditer(plain):
        word = found[0]
        if "[" in word:
            word = _FOOTNOTE.sub("", word)
        if "=" in word:
            word = _ENCODED.sub("é", word)
        if "&" in word:
            word = _ENTITY.sub("é", _SPACE.sub("", word))
        if not word.isascii():
            word = _LEFT_OVER.sub("", word).translate(_WITHIN)
        if sign := _OTHERS.sub("", _VOWELS.sub(VOWELS, word.casefold())):
            yield found.start(), found.end(), sign


def signs(text: str) -> str:
    """Return the signs of a text."""
    return _remembered(text) if len(text) <= _CACHED else _signs(text)


def _signs(text: str) -> str:
    return "".join([sign for _start, _end, sign in words(text)])


_remembered = functools.lru_cache(8_000)(_signs)
