"""Content lines of iCalendar (RFC 5545 section 3.1) as mail programs really write them.

`icalendar` refuses whole objects for one bad line (an unclosed component, ``DTSTAMP:00000000T000000``), and decodes
Latin-1 to U+FFFD; answers of real people come in such objects. So lines are read here, tolerantly, and the library is
asked for what it knows best: time zones and durations.
"""

from __future__ import annotations

import binascii
import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]*)(?=[;:])")
_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)=("[^"]*"?|[^;:"]*)((?:,"[^"]*")*)')
_LAST_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)=("[^"]*"?|[^;"]*)((?:,"[^"]*")*)')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CARET = {"^n": "\n", "^N": "\n", "^'": '"', "^^": "^"}
_ADDRESSED = ("ATTENDEE", "ORGANIZER")


@dataclass(frozen=True, slots=True)
class Line:
    """One property: name and parameter names in upper case, value as written."""

    name: str
    value: str
    parameters: Mapping[str, str]

    @property
    def text(self) -> str:
        """The value as TEXT, RFC 5545 section 3.3.11."""
        return _ESCAPE.sub(
            lambda found: "\n" if found.group(1) in "nN" else found.group(1), self.value
        ).strip()


def decode(content: bytes, charset: str) -> str:
    """Unfold on octets, then decode: by the declared charset, else UTF-8, else cp1252.

    A part declared Latin-1 that is valid UTF-8 is UTF-8 (Exchange declares the charset of the mail's text). UTF-16 is
    no text on octets, so it becomes UTF-8 first. Where characters are switched by escapes (ISO-2022-JP), everything
    is valid UTF-8, and the declaration counts.
    """
    declared = charset.strip(" \"'") or "cp1252"
    wide = content[:2] in _WIDE_MARKS or declared.lower().replace("_", "-").startswith("utf-16")
    if wide:
        with contextlib.suppress(LookupError, ValueError):
            name = "utf-16" if content[:2] in _WIDE_MARKS else declared
            content = content.decode(name).encode("utf-8", "replace")
    octets = _FOLD.sub(b"", _unquoted(content.removeprefix(b"\xef\xbb\xbf")))
    for name in (declared, "utf-8") if b"\x1b" in octets and not wide else ("utf-8", declared):
        try:
            return octets.decode(name)
        except (LookupError, ValueError):
            continue
    return octets.decode("cp1252", "replace")


def _unquoted(content: bytes) -> bytes:
    """Undo quoted-printable that a gateway left in place: it shows as ``PARTSTAT=3DACCEPTED``."""
    return binascii.a2b_qp(content) if re.search(rb"(?i);(?:PARTSTAT|RSVP|TZID|CN)=3D", content) else content


def lines(content: bytes, charset: str) -> Iterator[Line]:
    """Go through the properties. A line that is none continues the one before: its fold was lost."""
    pending = ""
    for raw in re.split(r"\r\n|\n|\r", decode(content, charset)):
        if _NAME.match(raw):
            if pending:
                yield _line(pending)
            pending = raw
        elif pending:
            pending += raw.strip()
    if pending:
        yield _line(pending)


def _line(raw: str) -> Line:
    """Cut a property into name, parameters and value.

    Some programs leave a colon in CN unquoted; an address begins at the last ``mailto:`` whatever stands before.
    """
    named = _NAME.match(raw)
    assert named is not None
    name, position = named.group(1).upper(), named.end()
    address = raw.lower().rfind(":mailto:", position) if name in _ADDRESSED else -1
    head = raw if address < 0 else raw[:address]
    parameter = _PARAMETER if address < 0 else _LAST_PARAMETER
    parameters: dict[str, str] = {}
    while found := parameter.match(head, position):
        value = (found.group(2) + found.group(3)).strip('"')
        parameters[found.group(1).upper()] = re.sub(r"\^[nN'^]", lambda mark: _CARET[mark.group()], value)
        position = found.end()
    return Line(name, raw[max(position, address) :].partition(":")[2], parameters)
