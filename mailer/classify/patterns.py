"""Combine many wordings into one regular expression: those of a rule stand in ``wordings``, one on each line."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

REPLIED = re.compile(r"\s*(?:re|r|rép|ref|fwd?|tr|aw|antw?|wg|sv|vs)\s*(?:\[\d+\]\s*)?:", re.IGNORECASE)
"""Prefix of a subject that answers or forwards another."""

_OUTSIDE = re.compile(
    r"\A\s*(?:[\[(<*]{1,3}\s*(?:(?:e-?mail|mail|message|courriel|sender|exp[ée]diteur)\s+)?(?:extern(?:al|e|o|a)?|ext)"
    r"(?:\s+(?:e-?mail|mail|message|sender|courriel))?\s*[\])>*]{1,3}\s*[:-]?\s*)+",
    re.IGNORECASE,
)


def without_tags(subject: str) -> str:
    """Return a subject without what a gateway puts before that of a mail from outside: ``[EXTERNAL]``."""
    return _OUTSIDE.sub("", subject)


def any_of(*wordings: str, start: str = "", end: str = "") -> re.Pattern[str]:
    """Compile `wordings` (regular expressions, case ignored) into one, between `start` and `end`."""
    return re.compile(f"{start}(?:{'|'.join(wordings)}){end}", re.IGNORECASE | re.MULTILINE)


@functools.cache
def table(rule: str) -> Mapping[str, Any]:
    """Return what ``wordings`` has for a rule."""
    file = resources.files(__package__).joinpath("wordings", f"{rule}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def wording(rule: str, name: str, **names: str) -> re.Pattern[str]:
    """Return one expression of a rule: any of its wordings, between `start` and `end` if they are there.

    ``{name}`` in a wording stands for one of `names`, or for an entry of the table ``[names]`` of the rule: a wording, or
    any of several.
    """
    entry, known = table(rule)[name], {**table(rule).get("names", {}), **names}

    def whole(text: str) -> str:
        parts = {key: one if isinstance(one, str) else f"(?:{'|'.join(one)})" for key, one in known.items()}
        return re.sub(r"\{([a-z_]+)\}", lambda found: parts[found[1]], text)

    return any_of(
        *map(whole, entry["any"]), start=whole(entry.get("start", "")), end=whole(entry.get("end", ""))
    )
