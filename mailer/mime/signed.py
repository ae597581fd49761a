"""Take the message out of an opaque S/MIME signature (RFC 8551 section 3.5.2), where it stands in clear.

Outlook signs so by default. The signature is not verified: what it says is no more trusted than any other mail. Of CMS
(RFC 5652) only the way to the content is read, in BER, since OpenSSL and Thunderbird write parts of unknown length.
"""

from __future__ import annotations

from collections.abc import Iterator

TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")

_SIGNED_DATA = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
_MAX_DEPTH = 8
_SEQUENCE, _OBJECT, _OCTETS, _EXPLICIT, _CONSTRUCTED = 0x30, 0x06, 0x04, 0xA0, 0x20


class _NotReadError(Exception):
    """The octets are not BER as CMS uses it."""


def content(octets: bytes) -> bytes:
    """Return the message that was signed; empty if there is none: other types of CMS, or what cannot be read."""
    try:
        kind, signed = _items(_value(octets, 0, _SEQUENCE), 2)
        if kind != (_OBJECT, _SIGNED_DATA) or signed[0] != _EXPLICIT:
            return b""
        _version, _digests, inner = _items(_value(signed[1], 0, _SEQUENCE), 3)
        if inner[0] != _SEQUENCE:
            return b""
        _type, wrapped = _items(inner[1], 2)
        if wrapped[0] != _EXPLICIT:
            return b""
        ((tag, value),) = _items(wrapped[1], 1)
        return b"".join(_strings(tag, value, 0))
    except _NotReadError:
        return b""


def _strings(tag: int, value: bytes, depth: int) -> Iterator[bytes]:
    """Yield the pieces of an OCTET STRING, which BER allows to be written in several."""
    if tag == _OCTETS:
        yield value
    elif tag == _OCTETS | _CONSTRUCTED and depth < _MAX_DEPTH:
        at = 0
        while at < len(value):
            inner, start, end, after = _header(value, at)
            if (inner, end) == (0, start):
                return
            yield from _strings(inner, value[start:end], depth + 1)
            at = after
    else:
        raise _NotReadError


def _items(value: bytes, count: int) -> list[tuple[int, bytes]]:
    """Return the first elements of a constructed value, as tag and content."""
    found: list[tuple[int, bytes]] = []
    at = 0
    while len(found) < count:
        tag, start, end, at = _header(value, at)
        found.append((tag, value[start:end]))
    return found


def _value(octets: bytes, at: int, wanted: int) -> bytes:
    tag, start, end, _after = _header(octets, at)
    if tag != wanted:
        raise _NotReadError
    return octets[start:end]


def _header(octets: bytes, at: int, depth: int = 0) -> tuple[int, int, int, int]:
    """Return tag, start and end of the content, and where the next element begins (X.690 section 8.1)."""
    if at + 2 > len(octets) or depth > _MAX_DEPTH or octets[at] & 0x1F == 0x1F:
        raise _NotReadError
    tag, length, start = octets[at], octets[at + 1], at + 2
    if length == 0x80:
        end = _end_of_unknown_length(octets, start, depth)
        return tag, start, end, end + 2
    if length > 0x80:
        size = length - 0x80
        if size > 4 or start + size > len(octets):
            raise _NotReadError
        length, start = int.from_bytes(octets[start : start + size], "big"), start + size
    if start + length > len(octets):
        raise _NotReadError
    return tag, start, start + length, start + length


def _end_of_unknown_length(octets: bytes, at: int, depth: int) -> int:
    """Return where the two zero octets stand that end an element of unknown length."""
    while octets[at : at + 2] != b"\0\0":
        _tag, _start, _end, at = _header(octets, at, depth + 1)
    return at
