"""A mail's text as lines, each with what its writer's program says about it."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

READ_LENGTH = 500
"""Characters of one line the grammars look at; what they know is shorter, and hostile lines are long."""

MAX_LINES = 20_000
"""Lines that are read of a mail; nobody types that many, and what quotes so many quotes to its end."""

Span = tuple[int, int]
"""Lines from the first number up to, without, the second."""


def word_set(table: str) -> frozenset[str]:
    """Read a table of words."""
    return frozenset(table.split())


class Mark(enum.Enum):
    """What a program says about a line it sends.

    QUOTED: earlier words, by ``>`` or an element for quotations. INDENTED: a ``blockquote`` that does not say
    whether it quotes. CITING: inside what a program puts around its quotation and the line introducing it.
    CUT: here begins the earlier mail. SIGNATURE: the writer's name card.
    """

    NONE = enum.auto()
    QUOTED = enum.auto()
    INDENTED = enum.auto()
    CITING = enum.auto()
    CUT = enum.auto()
    SIGNATURE = enum.auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line as a person sees it, quote marks included."""

    text: str
    mark: Mark = Mark.NONE

    @property
    def blank(self) -> bool:
        """Whether there is nothing to see."""
        return not bare(self) and ">" not in self.text[:READ_LENGTH]

    @property
    def quoted(self) -> bool:
        """Whether its program marks it as earlier words."""
        return self.mark in (Mark.QUOTED, Mark.INDENTED)


_QUOTE_MARK = re.compile(r" {0,3}>")
_QUOTE_MARKS = re.compile(r"[ >]*>[ >]*")
_ODD_SPACES = {ord(char): " " for char in "\t\u00a0\u2007\u2009\u202f\u3000"}
_UNSEEN = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF, 0xAD])
_SIGHT = _ODD_SPACES | _UNSEEN


def readable(text: str) -> str:
    """Return the text with plain spaces and without characters nobody sees (Windows Mail puts U+200E in dates)."""
    return (text if text.isascii() and "\t" not in text else text.translate(_SIGHT)).strip()


def bare(line: Line) -> str:
    """Return what the grammars read of a line: its beginning, without quote marks and odd spaces."""
    text = line.text[:READ_LENGTH]
    marks = _QUOTE_MARKS.match(text) if ">" in text else None
    return readable(text[marks.end() :] if marks else text)


def marked(text: str) -> Line:
    """Make a line of a text in which ``>`` at the beginning quotes."""
    return Line(text, Mark.QUOTED if _QUOTE_MARK.match(text) else Mark.NONE)


def from_plain(text: str) -> list[Line]:
    """Read a text/plain body."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return [marked(line) for line in unified.split("\n")]


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a mail, with what every reader of them asks for.

    `texts` is what the grammars read of each line; `below` is the first line from there on that is not blank, the
    number of lines if there is none.
    """

    lines: tuple[Line, ...]
    texts: tuple[str, ...]
    blank: tuple[bool, ...]
    below: tuple[int, ...]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Body:
        """Look at the lines once."""
        lines = tuple(lines[:MAX_LINES])
        texts = tuple(bare(line) for line in lines)
        blank = tuple(not text and line.blank for text, line in zip(texts, lines, strict=True))
        below = [len(lines)] * (len(lines) + 1)
        for at in range(len(lines) - 1, -1, -1):
            below[at] = below[at + 1] if blank[at] else at
        return cls(lines, texts, blank, tuple(below))

    def __len__(self) -> int:
        return len(self.lines)

    def opens(self, at: int) -> bool:
        """Whether a paragraph of unquoted lines begins here."""
        return at == 0 or self.blank[at - 1] or self.lines[at - 1].quoted

    def leads_to_quotation(self, at: int) -> bool:
        """Whether the next thing to see below line `at` is marked as a quotation."""
        below = self.below[at + 1]
        return below < len(self.lines) and self.lines[below].quoted


def stretches(wanted: Sequence[bool]) -> Iterator[Span]:
    """Find the runs of wanted lines."""
    start = 0
    for end, want in enumerate([*wanted, False]):
        if not want:
            if end > start:
                yield start, end
            start = end + 1
