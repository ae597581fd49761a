"""Split a text into words in a plain spelling, each with its position in the text."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

LETTER = r"(?:[^\W\d_]|[\u0300-\u036f])"
APOSTROPHE = "['’ʼ`´‘]"
_TOKEN = re.compile(
    rf"""
    (?P<simple>[^\W\d_]++(?=\s|\Z))
  | (?P<url>https?://\S+|www\.\S+|[^\s@<>]{{1,64}}+@[^\s@<>]{{1,255}})
  | (?P<phone>(?:\+\d{{2}}|\b0)\d?(?:[ .-]?\d{{2}}){{4}}\b)
  | (?P<date>\b(?:0?[1-9]|[12]\d|3[01])(?:/(?:0?[1-9]|1[0-2])(?:/\d{{2,4}})?\b|[.-]\d{{1,2}}[.-]\d{{2,4}}|\s?(?:er|st|nd|rd|th|e)\b|(?:ste|de)\b)(?!\s?[%€]))
  | (?P<time>\b\d{{1,2}}(?:\s?[hu](?:eures?|r)?\s?(?:\d{{2}}\b)?|[:.]\d{{2}}\b(?:\s?(?:u\.|uur|uhr|[ap]m))?|\s?(?:uhr|uur|[ap]\.?m)\b)(?!{LETTER}))
  | (?P<amount>\d+(?:[ .,]\d{{1,3}})*\s?[€%°$£])
  | (?P<number>\d+)
  | (?P<title>\bM{{1,2}}\.(?=\s))
  | (?P<elided>\b(?:j|n|d|l|m|s|t|c|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|entr|presqu){APOSTROPHE}\s?(?={LETTER}))
  | (?P<negated>n{APOSTROPHE}t\b)
  | (?P<short>{APOSTROPHE}(?:ll|re|ve|m|d|s)\b)
  | (?P<word>{LETTER}+?(?=n{APOSTROPHE}t\b)|{LETTER}+(?:{APOSTROPHE}hui\b)?)
  | (?P<dots>\.{{2,}}|…)
  | (?P<plus>\+\s?(?=\d))
  | (?P<mark>[^\w\s])
    """,
    re.VERBOSE | re.IGNORECASE,
)
"""What a text consists of; most of it are simple words, which are tried first because nothing else can begin there."""
_NEGATED = re.compile(rf"n{APOSTROPHE}t\b", re.IGNORECASE)
_APOSTROPHES = re.compile(APOSTROPHE)
_DIGITS = 3
"""Maximum digits of a headcount."""
_ELIDED = {"jusqu": "jusque", "qu": "que", "lorsqu": "lorsque", "puisqu": "puisque", "quoiqu": "quoique"}
_SHORT = {"ll": "will", "re": "are", "ve": "have", "m": "am", "d": "would", "s": "is"}
_CUT = {"ca": "can", "wo": "will", "sha": "shall"}
_ACCENTED = frozenset(("là", "où"))
"""Words that French distinguishes from *la* and *ou* by the accent alone."""
_MARKS = {
    **{mark: mark for mark in ",;:()?!./&+🙌"},
    "–": ",",
    "—": ",",
    "👍": "👍",
    "✅": "👍",
    "👌": "👍",
    "-": ",",
    "[": "(",
    "]": ")",
}


class Token(NamedTuple):
    """A plain word with its position and sort; a tuple, because a mail has hundreds.

    `word` is in lower case without accents. `sort` is ``n`` (a number of up to three digits), ``date``, ``time``,
    ``url``, ``phone`` or empty. Several tokens may share a position: "can't" is *can* and *not*.
    """

    word: str
    start: int
    end: int
    sort: str = ""
    capital: bool = False
    value: int = 0

    @property
    def speaks(self) -> bool:
        """Return whether the token is a word, not only punctuation."""
        return self.word[0].isalnum() or self.word[0] in "👍🙌+#"


@functools.lru_cache(maxsize=20_000)
def plain(word: str) -> str:
    """Return a word in lower case without apostrophes and accents, except the two that would become another word."""
    whole = unicodedata.normalize("NFC", word.casefold())
    if whole in _ACCENTED:
        return whole
    bare = (
        unicodedata.normalize("NFKD", _APOSTROPHES.sub("", word).casefold())
        .replace("œ", "oe")
        .replace("æ", "ae")
    )
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


@functools.lru_cache(maxsize=4)
def tokenize(text: str) -> tuple[Token, ...]:
    """Split a text into plain words and punctuation; that of a mail is asked for several times."""
    return tuple(filter(None, (_token(match, text) for match in _TOKEN.finditer(text))))


def _token(match: re.Match[str], text: str) -> Token | None:
    kind, written = match.lastgroup or "", match.group()
    start, end = match.span()
    word, capital = "", written[0].isupper()
    if kind == "simple":
        word = plain(written)
    elif kind == "word":
        word = plain(written)
        if word in _CUT and _NEGATED.match(text, end):
            word = _CUT[word]
    elif kind in ("url", "phone", "date", "time"):
        return Token(f"#{kind}", start, end, kind)
    elif kind == "amount" or (kind == "number" and len(written) > _DIGITS):
        return Token("#number", start, end)
    elif kind == "number":
        return Token(str(int(written)), start, end, "n", value=int(written))
    elif kind == "elided":
        stem = plain(written.rstrip())
        word = _ELIDED.get(stem, stem + "e")
    elif kind == "short":
        word, capital = _SHORT[plain(written)], False
    elif kind == "title":
        word = "monsieur"
    else:
        word, capital = {"negated": "not", "dots": "…", "plus": "+"}.get(kind) or _mark(match, text), False
    return Token(word, start, end, "", capital) if word else None


def _mark(match: re.Match[str], text: str) -> str:
    """Return the punctuation mark of a token, or nothing for one without meaning, such as a hyphen inside a word."""
    written = match.group()
    if written == "-" and not (text[match.start() - 1 : match.start()].isspace() or match.start() == 0):
        return ""
    return _MARKS.get(written, "")


class Spelling:
    """Short and wrong spellings, and how they are written in the patterns: "jpeux" is *je peux*."""

    def __init__(self, table: Mapping[tuple[str, ...], tuple[str, ...]]) -> None:
        self.table = table
        self._longest: dict[str, int] = {}
        for written in table:
            self._longest[written[0]] = max(self._longest.get(written[0], 0), len(written))

    def respell(self, tokens: Sequence[Token]) -> list[Token]:
        """Replace spellings of the table, the longest first."""
        out: list[Token] = []
        at = 0
        while at < len(tokens):
            for size in range(self._longest.get(tokens[at].word, 0), 0, -1):
                written = tokens[at : at + size]
                words = self.table.get(tuple(token.word for token in written))
                if words is not None:
                    first, last = written[0], written[-1]
                    out += [Token(word, first.start, last.end, "", first.capital) for word in words]
                    at += len(written)
                    break
            else:
                out.append(tokens[at])
                at += 1
        return out
