"""Writing of iCalendar content lines: escaped, folded, without control characters (RFC 5545 section 3.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

_FOLD_AT = 75
_BREAKS = re.compile("\r\n|[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_CONTROLS = re.compile("[\x00-\x09\x0e-\x1b\x1f\x7f-\x9f\ufeff]")
_TEXT_ESCAPES = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
_PARAMETER_ESCAPES = str.maketrans({"^": "^^", "\n": "^n", '"': "^'"})
"""RFC 6868 section 3.1; RFC 5545 alone has no way to write a quotation mark in a parameter value."""
_PLAIN = re.compile(r"[A-Za-z0-9/-]+")


def clean_text(value: str) -> str:
    r"""Return `value` with ``\n`` as its only line break, and without control characters or lone surrogates."""
    if value.isprintable():
        return value
    value = _CONTROLS.sub(" ", _BREAKS.sub("\n", value))
    return value.encode("utf-8", "replace").decode("utf-8")


def text_value(value: str) -> str:
    """Escape a TEXT value (RFC 5545 section 3.3.11); colons are not escaped."""
    return clean_text(value).translate(_TEXT_ESCAPES)


def uri_value(value: str) -> str:
    """Return a URI value with spaces and line breaks taken out: neither may stand in a URI, and a line break ends the property."""
    return "".join(clean_text(value).split())


def utc_value(moment: datetime) -> str:
    """Write a moment as a UTC DATE-TIME value."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def content_line(name: str, value: str, **parameters: str) -> bytes:
    """Return one property as octets with CRLF; parameters without a value are left out."""
    written = "".join(f";{key}={parameter_value(content)}" for key, content in parameters.items() if content)
    return folded(f"{name}{written}:{value}")


@lru_cache(maxsize=64)
def parameter_value(value: str) -> str:
    """Escape the value of a parameter, in quotation marks unless it is a plain word (RFC 5545 section 3.2, RFC 6868)."""
    value = clean_text(value)
    return value if _PLAIN.fullmatch(value) else f'"{value.translate(_PARAMETER_ESCAPES)}"'


def folded(line: str) -> bytes:
    """Return a line as octets, folded at 75, never inside a UTF-8 character; strict parsers reject longer lines."""
    octets = line.encode()
    pieces, start, limit = [], 0, _FOLD_AT
    while len(octets) - start > limit:
        end = start + limit
        while octets[end] & 0xC0 == 0x80:
            end -= 1
        pieces.append(octets[start:end])
        start, limit = end, _FOLD_AT - 1
    pieces.append(octets[start:])
    return b"\r\n ".join(pieces) + b"\r\n"


def unfolded(calendar: bytes) -> list[str]:
    """Return the lines of a calendar written here, as they were before folding and without line ends."""
    return calendar.replace(b"\r\n ", b"").decode().split("\r\n")[:-1]
