"""Tolerant decoding of transfer encodings, charsets and encoded words."""

from __future__ import annotations

import binascii
import re

from mailer.model.charsets import codec, sound

MAX_WORDS = 1000
"""Encoded words decoded in one value; no real subject has so many, and time grows with their number."""

_ENCODED_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BASE64_RUN = re.compile(rb"[A-Za-z0-9+/=\s]*")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")

# WHATWG Encoding Standard: what is declared Latin-1 or ASCII is cp1252, as Outlook writes ’ and œ in it.
_REALLY_CP1252 = frozenset({"iso8859_1", "ascii", "cp1252"})

_ASCII = frozenset({"", "utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252"})
"""Declared charsets under which octets below 128 can be decoded as ASCII at once."""


def decode(content: bytes, charset: str = "") -> str:
    """Decode by the declared charset, else UTF-8, else cp1252; never raise, but put U+FFFD for bad octets.

    The text is sound: it holds no NUL, and no half of a character.
    """
    if content.isascii() and charset.lower() in _ASCII:
        return content.decode("ascii").replace("\x00", "")
    name = codec(charset)
    if name in _REALLY_CP1252:
        return sound(_decode_cp1252(content) if _is_single_byte(content) else content.decode())
    if name in ("", "utf_8"):
        return sound(_decode_utf8(content))
    try:
        return sound(content.decode(name, "replace"))
    except ValueError:
        return sound(_decode_utf8(content))


def _is_single_byte(content: bytes) -> bool:
    """Return whether the octets are not valid UTF-8; many programs declare Latin-1 and write UTF-8."""
    try:
        content.decode()
    except UnicodeDecodeError:
        return True
    return False


def _decode_utf8(content: bytes) -> str:
    """Decode as UTF-8, or as cp1252 where most of the octets above 127 are no valid UTF-8."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if not broken:
        return text
    accented = sum(1 for char in text if char > "\x7f") - broken
    return text if accented > broken else _decode_cp1252(content)


def _decode_cp1252(content: bytes) -> str:
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def unwrap(content: bytes, encoding: str) -> bytes:
    """Undo a Content-Transfer-Encoding, RFC 2045 section 6; leave the content as it is for an unknown one."""
    match encoding.strip().lower():
        case "base64":
            return _from_base64(content)
        case "quoted-printable":
            return binascii.a2b_qp(content)
        case _:
            return content


def _from_base64(content: bytes) -> bytes:
    """Decode base64, even without padding, with stray characters, or with a mailing list's footer."""
    run = _BASE64_RUN.match(content)
    head = run.group() if run else b""
    letters = _NOT_BASE64.sub(b"", head if len(head) * 2 > len(content) else content)
    usable = len(letters) - (len(letters) % 4 == 1)
    return binascii.a2b_base64(letters[:usable] + b"=" * (-usable % 4))


def decode_words(value: str) -> str:
    """Decode the encoded words of a header value, RFC 2047.

    Adjacent words of one charset are joined before decoding, since SOGo and others split a character between
    them.
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    pending, charset, end = b"", "", 0
    for count, word in enumerate(_ENCODED_WORD.finditer(value)):
        if count >= MAX_WORDS:
            break
        between = value[end : word.start()]
        name = word.group(1).partition("*")[0].lower()
        adjacent = bool(charset) and not between.strip()
        if not (adjacent and name == charset):
            out.append(decode(pending, charset))
            pending = b""
        if not adjacent:
            out.append(between)
        pending += _word_octets(word.group(2), word.group(3))
        charset, end = name, word.end()
    return "".join((*out, decode(pending, charset), value[end:]))


def _word_octets(encoding: str, payload: str) -> bytes:
    octets = payload.encode("latin-1", "replace")
    if encoding in "bB":
        return _from_base64(octets)
    return binascii.a2b_qp(octets, header=True)
