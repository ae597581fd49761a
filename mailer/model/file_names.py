"""Which file names every system can have (Linux, macOS, Windows), and how to make one of any text."""

from __future__ import annotations

import re

DEVICES = {
    *("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$"),
    *(f"{port}{number}" for port in ("COM", "LPT") for number in "0123456789¹²³"),
}
"""Names that Windows keeps for devices, with any ending."""

MOST = 120
"""Characters of a name that is made of a text, short enough for a path on Windows."""

MOST_OCTETS = 240
"""Octets of such a name (UTF-8): most systems take 255, and a letter may have four."""

_IMPOSSIBLE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*\ud800-\udfff]')


def is_possible_on_windows(name: str) -> bool:
    """Return whether Windows can have a file or folder of this name (one piece of a path)."""
    return bool(name) and not (_IMPOSSIBLE.search(name) or name[-1] in ". " or _device(name))


def _device(name: str) -> bool:
    return name.partition(".")[0].rstrip(" ").upper() in DEVICES


def _cut(text: str, ending: str = "") -> str:
    """Shorten a text so that it and an ending keep to the bounds of a name."""
    octets = text[: MOST - len(ending)].encode()[: MOST_OCTETS - len(ending.encode())]
    return octets.decode("utf-8", "ignore").rstrip(". ")


def safe(text: str) -> str:
    """Make a name that every system can have: impossible characters become hyphens, the ending stays.

    "aux.csv" is "aux-.csv" then, "a:b?.csv" is "a-b-.csv", and what is left without a letter or digit "file".
    """
    name = re.sub("-{2,}", "-", _IMPOSSIBLE.sub("-", text)).rstrip(". ").lstrip(" ")
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) <= 10:
        name = f"{_cut(stem, f'.{ending}')}.{ending}"
    else:
        name = _cut(name)
    if not any(c.isalnum() for c in name):
        return "file"
    first, dot, rest = name.partition(".")
    return f"{first.rstrip(' ')}-{dot}{rest}" if _device(name) else name
