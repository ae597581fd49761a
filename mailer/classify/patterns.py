"""Combine many wordings into one regular expression, so that tables of wordings have one line each."""

from __future__ import annotations

import re

REPLIED = re.compile(r"\s*(?:re|r|rép|ref|fwd?|tr|aw|antw?|wg|sv|vs)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
"""Prefix of a subject that answers or forwards another."""


def any_of(*wordings: str, start: str = "", end: str = "") -> re.Pattern[str]:
    """Compile `wordings` (regular expressions, case ignored) into one, between `start` and `end`."""
    return re.compile(f"{start}(?:{'|'.join(wordings)}){end}", re.IGNORECASE | re.MULTILINE)
