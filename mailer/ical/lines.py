"""Content lines as they are written: escaped, folded on octets, without control characters (RFC 5545 section 3.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

_FOLD_AT = 75
_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x09\x0e-\x1b\x1f\x7f-\x9f\ufeff]")
_TEXT_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_PARAMETER_ESCAPES = str.maketrans({"^": "^^", "\n": "^n", '"': "^'"})
"""RFC 6868 section 3.1: a quoted parameter value has no other way to hold a quotation mark."""
_PLAIN = re.compile(r"[A-Za-z0-9/-]+")


def clean(value: str) -> str:
    r"""Return `value` with ``\n`` as its only line break and without control characters or lone surrogates."""
    if value.isprintable():
        return value
    value = _CONTROLS.sub(" ", _BREAKS.sub("\n", value))
    return value.encode("utf-8", "replace").decode("utf-8")


def text(value: str) -> str:
    """Escape a TEXT value, RFC 5545 section 3.3.11. A colon is not escaped."""
    return clean(value).translate(_TEXT_ESCAPES)


def uri(value: str) -> str:
    """Write a URI value: nothing in it can end the line."""
    return "".join(clean(value).split())


def utc(moment: datetime) -> str:
    """Write a moment as a UTC DATE-TIME value."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def line(name: str, value: str, **parameters: str) -> bytes:
    """Write one property; a parameter without a value is left out."""
    written = "".join(f";{key}={_parameter(given)}" for key, given in parameters.items() if given)
    return _fold(f"{name}{written}:{value}".encode())


@lru_cache(maxsize=64)
def _parameter(value: str) -> str:
    value = clean(value)
    return value if _PLAIN.fullmatch(value) else f'"{value.translate(_PARAMETER_ESCAPES)}"'


def _fold(octets: bytes) -> bytes:
    """Break a line every 75 octets, between characters."""
    pieces, start, room = [], 0, _FOLD_AT
    while len(octets) - start > room:
        end = start + room
        while octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end])
        start, room = end, _FOLD_AT - 1
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces) + b"\r\n"
