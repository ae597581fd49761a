"""Keep CSV cells from becoming formulas, numbers or dates in a spreadsheet, by an apostrophe in front, and undo it.

A spreadsheet that opens a CSV file takes ``=1+1``, ``+33 6…`` and ``@x`` for formulas, even between quotes. A leading
apostrophe keeps them text. A text that has one already gets another, so that removing one always restores the text.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
_FIRST = frozenset("'=+-@＝＋－＠\t\r\n")
_NUMBER = re.compile(r"'*[\d\s/.,:%€-]*\d[\d\s/.,:%€-]*$")


def guard(text: str) -> str:
    """Return what to write into a CSV cell so that a text is not taken for a formula."""
    return f"'{text}" if text[:1] in _FIRST and _FORMULA.match(text) else text


def guard_number(text: str) -> str:
    """Return the same for a remark, which may also be all digits: ``12/03`` would become a date."""
    return f"'{text}" if _FORMULA.match(text) or _NUMBER.match(text) else text


def unguard(text: str) -> str:
    """Return the text of a cell that `guard` or `guard_number` wrote."""
    bare = text[1:]
    return bare if text[:1] == "'" and (_FORMULA.match(bare) or _NUMBER.match(bare)) else text
