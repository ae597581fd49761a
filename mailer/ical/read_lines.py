"""Tolerant reading of iCalendar content lines (RFC 5545 section 3.1), as mail programs really write them.

The `icalendar` library refuses a whole object for an unclosed component, raises on
``DTSTAMP:00000000T000000`` (Claws Mail), and decodes Latin-1 to U+FFFD. Answers come in such objects, so
lines are split here, and the library is used for time zones and durations only.
"""

from __future__ import annotations

import binascii
import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailer.model.charsets import codec, sound

_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
_FOLD = re.compile(rb"(?:\r\n|\n|\r)[ \t]")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_NAME = re.compile(r"([A-Za-z][A-Za-z0-9-]*)(?=[;:])")
_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)=("[^"]*"?|[^;:"]*)((?:,"[^"]*")*)')
_LAST_PARAMETER = re.compile(r';\s*([A-Za-z0-9-]+)=("[^"]*"?|[^;"]*)((?:,"[^"]*")*)')
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_CARET_ESCAPES = {"^n": "\n", "^N": "\n", "^'": '"', "^^": "^"}
_CAL_ADDRESSES = ("ATTENDEE", "ORGANIZER")


@dataclass(frozen=True, slots=True)
class ContentLine:
    """One property; its name and the names of its parameters are in upper case, its value is as written."""

    name: str
    value: str
    parameters: Mapping[str, str]

    @property
    def text(self) -> str:
        """Return the value with its TEXT escapes undone, RFC 5545 section 3.3.11."""
        return _ESCAPE.sub(
            lambda found: "\n" if found.group(1) in "nN" else found.group(1), self.value
        ).strip()


def decode(content: bytes, charset: str) -> str:
    """Unfold, then decode as UTF-8 if possible, else by the declared charset, else as cp1252.

    Lines are unfolded as octets, since a fold may divide a character. UTF-8 is tried first because Exchange
    declares the charset of the mail's text for its UTF-8 calendars. UTF-16 has to become UTF-8 before it can
    be unfolded. Text with escape sequences (ISO-2022-JP) is valid UTF-8, too; there the declared charset is
    tried first.
    """
    declared = codec(charset) or "cp1252"
    wide = content[:2] in _UTF16_BOMS or declared.startswith("utf_16")
    if wide:
        with contextlib.suppress(ValueError):
            name = "utf-16" if content[:2] in _UTF16_BOMS else declared
            content = content.decode(name).encode("utf-8", "replace")
    octets = _FOLD.sub(b"", _undo_quoted_printable(content.removeprefix(b"\xef\xbb\xbf")))
    for name in (declared, "utf-8") if b"\x1b" in octets and not wide else ("utf-8", declared):
        try:
            return sound(octets.decode(name))
        except ValueError:
            continue
    return sound(octets.decode("cp1252", "replace"))


def _undo_quoted_printable(content: bytes) -> bytes:
    """Undo quoted-printable that a gateway left in the content: it shows as ``PARTSTAT=3DACCEPTED``."""
    return binascii.a2b_qp(content) if re.search(rb"(?i);(?:PARTSTAT|RSVP|TZID|CN)=3D", content) else content


def content_lines(content: bytes, charset: str) -> Iterator[ContentLine]:
    """Yield the properties; a line that does not begin with a name belongs to the line before.

    Some programs lose the space that marks a folded line.
    """
    pending = ""
    for raw in re.split(r"\r\n|\n|\r", decode(content, charset)):
        if _NAME.match(raw):
            if pending:
                yield _parse_line(pending)
            pending = raw
        elif pending:
            pending += raw.strip()
    if pending:
        yield _parse_line(pending)


def _parse_line(raw: str) -> ContentLine:
    """Split a property into name, parameters and value.

    Some programs do not quote a colon in CN, so the value of ATTENDEE and ORGANIZER starts at the last
    ``mailto:``.
    """
    named = _NAME.match(raw)
    assert named is not None
    name, position = named.group(1).upper(), named.end()
    address = raw.lower().rfind(":mailto:", position) if name in _CAL_ADDRESSES else -1
    head = raw if address < 0 else raw[:address]
    parameter = _PARAMETER if address < 0 else _LAST_PARAMETER
    parameters: dict[str, str] = {}
    while found := parameter.match(head, position):
        value = (found.group(2) + found.group(3)).strip('"')
        parameters[found.group(1).upper()] = re.sub(
            r"\^[nN'^]", lambda mark: _CARET_ESCAPES[mark.group()], value
        )
        position = found.end()
    return ContentLine(name, raw[max(position, address) :].partition(":")[2], parameters)
