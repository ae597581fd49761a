"""The lines of a mail body, each with the mark that the sender's mail program gave it."""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

READ_LENGTH = 500
"""Characters of a line that the patterns look at; all they know is shorter, and hostile lines are long."""

REMEMBERED = 2_000
"""Lines whose analysis is cached, since thousands of answers quote the same invitation."""

MAX_LINES = 20_000
"""Lines of a mail that are read; nobody types that many, and a longer quotation goes on to the end."""

Span = tuple[int, int]
"""A range of lines: the index of the first, and that after the last."""


def word_set(table: str) -> frozenset[str]:
    """Return the words of a table that is written as one text."""
    return frozenset(table.split())


class LineMark(enum.Enum):
    """How a mail program marked a line.

    QUOTED: a quotation, by ``>`` or an element for quotations. INDENTED: in a ``blockquote`` that may quote or only
    indent. CITING: in the element that some programs put around attribution and quotation. CUT: the earlier mail
    begins here. SIGNATURE: in the element for the signature.
    """

    NONE = enum.auto()
    QUOTED = enum.auto()
    INDENTED = enum.auto()
    CITING = enum.auto()
    CUT = enum.auto()
    SIGNATURE = enum.auto()


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """A line as a person sees it, with its quote marks, and the mark of its program."""

    text: str
    mark: LineMark = LineMark.NONE

    @property
    def blank(self) -> bool:
        """Return whether the line shows neither text nor quote marks."""
        return not bare(self) and ">" not in self.text[:READ_LENGTH]

    @property
    def quoted(self) -> bool:
        """Return whether its program marks the line as a quotation, or may do so."""
        return self.mark is LineMark.QUOTED or self.mark is LineMark.INDENTED


_QUOTE_MARK = re.compile(r" {0,3}>")
_QUOTE_MARKS = re.compile(r"[ >]*>[ >]*")
_ODD_SPACES = {ord(char): " " for char in "\t\u00a0\u2007\u2009\u202f\u3000"}
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0xAD])
_SIGHT = _ODD_SPACES | _UNSEEN


def readable(text: str) -> str:
    """Return the text with plain spaces and without invisible characters (Windows Mail puts U+200E into dates)."""
    return (text if text.isascii() and "\t" not in text else text.translate(_SIGHT)).strip()


def bare(line: MarkedLine) -> str:
    """Return the text that the patterns look at: the beginning of a line, without quote marks and odd spaces."""
    return _bare(line.text[:READ_LENGTH])


@functools.lru_cache(REMEMBERED)
def _bare(text: str) -> str:
    if ">" in text and (marks := _QUOTE_MARKS.match(text)):
        text = text[marks.end() :]
    return (text if text.isascii() and "\t" not in text else text.translate(_SIGHT)).strip()


def marked(text: str) -> MarkedLine:
    """Return the line for a text in which ``>`` at the beginning is a quote mark."""
    return _marked(text) if len(text) <= READ_LENGTH else _marked.__wrapped__(text)


@functools.lru_cache(REMEMBERED)
def _marked(text: str) -> MarkedLine:
    return MarkedLine(text, LineMark.QUOTED if ">" in text and _QUOTE_MARK.match(text) else LineMark.NONE)


def from_plain(text: str) -> list[MarkedLine]:
    """Return the lines of a text/plain body."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return [marked(line) for line in unified.split("\n")]


@dataclass(frozen=True, slots=True)
class MarkedBody:
    """The lines of a mail body, analysed once.

    For each line, `texts` has the text that the patterns look at, `quoted` whether its program marks it as a
    quotation, and `below` the first line from there on that is not blank (the number of lines if there is none).
    """

    lines: tuple[MarkedLine, ...]
    texts: tuple[str, ...]
    quoted: tuple[bool, ...]
    blank: tuple[bool, ...]
    below: tuple[int, ...]

    @classmethod
    def of(cls, lines: Sequence[MarkedLine]) -> MarkedBody:
        """Analyse the lines, up to `MAX_LINES`."""
        lines = tuple(lines[:MAX_LINES])
        texts = tuple([_bare(line.text[:READ_LENGTH]) for line in lines])
        quoted = tuple([line.mark is LineMark.QUOTED or line.mark is LineMark.INDENTED for line in lines])
        blank = tuple([not text and line.blank for text, line in zip(texts, lines, strict=True)])
        below = [len(lines)] * (len(lines) + 1)
        for at in range(len(lines) - 1, -1, -1):
            below[at] = below[at + 1] if blank[at] else at
        return cls(lines, texts, quoted, blank, tuple(below))

    def __len__(self) -> int:
        return len(self.lines)

    def opens(self, at: int) -> bool:
        """Return whether a paragraph of unquoted lines begins at line `at`."""
        return at == 0 or self.blank[at - 1] or self.quoted[at - 1]

    def leads_to_quotation(self, at: int) -> bool:
        """Return whether the next line below `at` that is not blank is marked as a quotation."""
        below = self.below[at + 1]
        return below < len(self.lines) and self.quoted[below]


def stretches(wanted: Sequence[bool]) -> Iterator[Span]:
    """Yield the longest runs of wanted lines."""
    start = 0
    for end, want in enumerate([*wanted, False]):
        if not want:
            if end > start:
                yield start, end
            start = end + 1
