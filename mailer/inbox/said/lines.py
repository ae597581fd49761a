"""A mail's text as lines, each with what its writer's program says about it."""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

READ_LENGTH = 500
"""Characters of one line the grammars look at; what they know is shorter, and hostile lines are long."""

REMEMBERED = 2_000
"""Lines whose reading is remembered: thousands of answers quote the same invitation."""

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
        return self.mark is Mark.QUOTED or self.mark is Mark.INDENTED


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
    return _bare(line.text[:READ_LENGTH])


@functools.lru_cache(REMEMBERED)
def _bare(text: str) -> str:
    if ">" in text and (marks := _QUOTE_MARKS.match(text)):
        text = text[marks.end() :]
    return (text if text.isascii() and "\t" not in text else text.translate(_SIGHT)).strip()


def marked(text: str) -> Line:
    """Make a line of a text in which ``>`` at the beginning quotes."""
    return _marked(text) if len(text) <= READ_LENGTH else _marked.__wrapped__(text)


@functools.lru_cache(REMEMBERED)
def _marked(text: str) -> Line:
    return Line(text, Mark.QUOTED if ">" in text and _QUOTE_MARK.match(text) else Mark.NONE)


def from_plain(text: str) -> list[Line]:
    """Read a text/plain body."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return [marked(line) for line in unified.split("\n")]


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a mail, with what every reader of them asks for.

    `texts` is what the grammars read of each line, `quoted` whether its program marks it as earlier words; `below` is the first line from there on that is not blank, the
    number of lines if there is none.
    """

    lines: tuple[Line, ...]
    texts: tuple[str, ...]
    quoted: tuple[bool, ...]
    blank: tuple[bool, ...]
    below: tuple[int, ...]

    @classmethod
    def of(cls, lines: Sequence[Line]) -> Body:
        """Look at the lines once."""
        lines = tuple(lines[:MAX_LINES])
        texts = tuple([_bare(line.text[:READ_LENGTH]) for line in lines])
        quoted = tuple([line.mark is Mark.QUOTED or line.mark is Mark.INDENTED for line in lines])
        blank = tuple([not text and line.blank for text, line in zip(texts, lines, strict=True)])
        below = [len(lines)] * (len(lines) + 1)
        for at in range(len(lines) - 1, -1, -1):
            below[at] = below[at + 1] if blank[at] else at
        return cls(lines, texts, quoted, blank, tuple(below))

    def __len__(self) -> int:
        return len(self.lines)

    def opens(self, at: int) -> bool:
        """Whether a paragraph of unquoted lines begins here."""
        return at == 0 or self.blank[at - 1] or self.quoted[at - 1]

    def leads_to_quotation(self, at: int) -> bool:
        """Whether the next thing to see below line `at` is marked as a quotation."""
        below = self.below[at + 1]
        return below < len(self.lines) and self.quoted[below]


def stretches(wanted: Sequence[bool]) -> Iterator[Span]:
    """Find the runs of wanted lines."""
    start = 0
    for end, want in enumerate([*wanted, False]):
        if not want:
            if end > start:
                yield start, end
            start = end + 1
