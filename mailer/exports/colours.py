"""The colours and column widths of all exports.

Every colour stands beside a word, so that nothing is told by colour alone. Text has a contrast of 4.5:1 or more on its
background, and so has white text on the chart colours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

INK, PAPER, PALE, LINE, ACCENT = "#1B2430", "#FFFFFF", "#EEF1F5", "#C9D1DB", "#1F4E79"

ANSWER_INK: Mapping[str, str] = MappingProxyType(
    {
        "accepted": "#14532D",
        "declined": "#7F1D1D",
        "tentative": "#6B3E00",
        "delegated": "#1E3A8A",
        "none": "#3F4752",
    }
)
ANSWER_GROUND: Mapping[str, str] = MappingProxyType(
    {
        "accepted": "#DCF3E3",
        "declined": "#FBE3E1",
        "tentative": "#FDEFCF",
        "delegated": "#DFE9FB",
        "none": "#EEF1F5",
    }
)
ANSWER_LINE: Mapping[str, str] = MappingProxyType(
    {
        "accepted": "#18753F",
        "declined": "#C2413A",
        "tentative": "#946000",
        "delegated": "#3B68C4",
        "none": "#667080",
    }
)
"""The text, background and chart colours of each answer."""

WIDTHS: Mapping[str, int] = MappingProxyType(
    {
        "civility": 9,
        "last_name": 20,
        "first_name": 16,
        "organisation": 32,
        "email": 32,
        "delivery": 18,
        "answer": 14,
        "party_size": 12,
        "channel": 12,
        "answered_at": 17,
        "comment": 40,
        "review": 12,
        "presence": 13,
        "state": 18,
        "asked_again": 14,
        "reference": 20,
    }
)
"""The width of a column in characters; others get `OTHER_WIDTH`."""

OTHER_WIDTH = 18


def widths(columns: Sequence[str], headings: int) -> list[int]:
    """Return the width of every column of a table: `columns`, then those of the contact lists, and the reference last."""
    known = [WIDTHS[name] for name in columns]
    return [*known, *[OTHER_WIDTH] * (headings - len(known) - 1), WIDTHS["reference"]]
