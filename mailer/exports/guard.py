"""Keep what people wrote from becoming a formula, a number or a date in a spreadsheet; and take the guard off again.

A spreadsheet that opens a CSV file takes ``=1+1``, ``+33 6…`` and ``@x`` for formulas, whatever the quotes. A leading
apostrophe keeps them text. It is put before a guarded text once more, so that taking one off always gives the text back.
"""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")
_FIRST = frozenset("'=+-@＝＋－＠\t\r\n")
_NUMBER = re.compile(r"'*[\d\s/.,:%€-]*\d[\d\s/.,:%€-]*$")


def guard(text: str) -> str:
    """Return what to write for a text that must stay what it is."""
    return f"'{text}" if text[:1] in _FIRST and _FORMULA.match(text) else text


def guard_number(text: str) -> str:
    """Likewise for a remark, which may consist of nothing but digits: ``12/03`` would become a date."""
    return f"'{text}" if _FORMULA.match(text) or _NUMBER.match(text) else text


def unguard(text: str) -> str:
    """Return the text that was guarded."""
    bare = text[1:]
    return bare if text[:1] == "'" and (_FORMULA.match(bare) or _NUMBER.match(bare)) else text
