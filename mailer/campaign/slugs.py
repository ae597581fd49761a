"""Make the short name of a campaign for file names and URLs."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Container
from itertools import chain, count

from mailer.model import file_names

MOST = 40
"""Maximum length of a name, in characters."""

_LIGATURES = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae"})


def slug(title: str) -> str:
    """Return a title in lower case ASCII letters, digits and hyphens, at most 40 characters."""
    whole = unicodedata.normalize("NFKD", title.translate(_LIGATURES))
    plain = whole.encode("ascii", "ignore").decode().lower()
    return file_names.safe(re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MOST].rstrip("-") or "campaign")


def free_slug(title: str, day: dt.date, taken: Container[str]) -> str:
    """Return the first free name for a title: the title alone, with its year, with its date, then with a number."""
    plain = slug(title)
    numbered = (f"{plain}-{day}-{number}" for number in count(2))
    return next(
        one for one in chain((plain, f"{plain}-{day.year}", f"{plain}-{day}"), numbered) if one not in taken
    )
