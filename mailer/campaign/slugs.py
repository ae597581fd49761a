"""What a campaign is called by programs and in addresses."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Container
from itertools import chain, count

MOST = 40
"""Letters of a title that stay in a name."""

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def slug(title: str) -> str:
    """A title in plain small letters, at most 40."""
    whole = unicodedata.normalize("NFKD", title.translate(_LIGATURES))
    plain = whole.encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MOST].rstrip("-") or "campaign"


def free_slug(title: str, day: dt.date, taken: Container[str]) -> str:
    """The first name for a title that is not taken: the title alone, with its year, with its day, then with a number."""
    plain = slug(title)
    numbered = (f"{plain}-{day}-{number}" for number in count(2))
    return next(
        one for one in chain((plain, f"{plain}-{day.year}", f"{plain}-{day}"), numbered) if one not in taken
    )
