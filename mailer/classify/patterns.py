"""One pattern out of many, so that tables of wordings stay readable line by line."""

from __future__ import annotations

import re

REPLIED = re.compile(r"\s*(?:re|r|rép|ref|fwd?|tr|aw|antw?|wg|sv|vs)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
"""How a subject begins that answers or passes on another."""


def any_of(*wordings: str, start: str = "", end: str = "") -> re.Pattern[str]:
    """Compile wordings (regular expressions, letter case ignored) into one, between `start` and `end`."""
    return re.compile(f"{start}(?:{'|'.join(wordings)}){end}", re.IGNORECASE | re.MULTILINE)
