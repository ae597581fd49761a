"""Writing of header fields in ASCII, folded, safe from header injection.

The writer of Python's `email` is not used: it turns a List-Unsubscribe or In-Reply-To of more than 78
characters into encoded words, which no mail program reads there (gh-100991), and lets ``=?UTF-8?Q?=0A?=``
start a new field (CVE-2024-6923). Values are taken literally: a text that looks like an encoded word is
encoded again.
"""

from __future__ import annotations

import binascii
import re
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from mailer.errors import UserError
from mailer.model.address import Mailbox

_CONTROLS = re.compile("[\x00-\x20\x7f-\x9f\u2028\u2029\ufeff]+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_Q_SAFE = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*+-/")
_Q_PLAIN = bytes(_Q_SAFE) + b" "
_WIDTH = 76
_WORD_OCTETS = 75 - len("=?utf-8?q??=")
_LONGEST_ATOM = 60


def one_line(value: str) -> str:
    """Return `value` on one line: runs of spaces, line ends and control characters become one space."""
    return _CONTROLS.sub(" ", value.encode("utf-8", "replace").decode("utf-8")).strip(" ")


@lru_cache(maxsize=64)
def unstructured(name: str, value: str) -> bytes:
    """Write a field of free text, such as Subject (RFC 5322 section 3.2.5)."""
    value = one_line(value)
    words = value.split(" ") if _is_wirable(value) else _encoded_words(value, len(name) + 2)
    return _fold(name, words)


@lru_cache(maxsize=64)
def mailbox(name: str, who: Mailbox) -> bytes:
    """Write a field that holds one mailbox, such as From or To (RFC 5322 section 3.4)."""
    return _fold(name, [*_phrase(one_line(who.name), len(name) + 2), f"<{ascii_address(who.address)}>"])


def verbatim(name: str, value: str) -> bytes:
    """Write a field with a fixed syntax, such as Message-ID or List-Unsubscribe, on one line.

    Mail programs do not decode encoded words there, and some do not unfold. Raises ValueError for a value
    that is not printable ASCII or too long for one line.
    """
    if not (value.isascii() and value.isprintable()) or len(name) + len(value) > 996:
        raise ValueError(f"{name} cannot hold {value!r}")
    return f"{name}: {value}\r\n".encode("ascii")


def date(name: str, moment: datetime) -> bytes:
    """Write a date field, RFC 5322 section 3.3."""
    return verbatim(name, format_datetime(moment))


def ascii_address(address: str) -> str:
    """Return the address with its domain in ASCII (IDNA), as SMTP without SMTPUTF8 needs it.

    Raises UserError if it is no address or its local part is not ASCII. (Python's `email` writes an
    encoded word into the address, which is not allowed there.)
    """
    local, _, domain = address.rpartition("@")
    wire = f"{local}@{_idna(domain)}"
    if not _ADDRESS.fullmatch(wire):
        raise UserError("address-not-sendable", read=address)
    return wire


@lru_cache(maxsize=1024)
def _idna(domain: str) -> str:
    if domain.isascii():
        return domain
    import idna  # slow to import, and few domains need it

    try:
        return idna.encode(domain, uts46=True).decode("ascii")
    except idna.IDNAError:
        return ""


def _encoded_words(value: str, taken: int) -> list[str]:
    """Split `value` into encoded words, each of whole characters (RFC 2047 section 2).

    A line with an encoded word has at most 76 characters; `taken` of them stand before the first word.
    """
    octets = value.encode()
    if len(octets.translate(None, _Q_PLAIN)) * 2 <= len(octets):
        word = value.translate(_Q_TABLE)
        if word.isascii() and len(word) <= _WORD_OCTETS - taken:
            return [f"=?utf-8?q?{word}?="]
        words = _gather([_q(character) for character in value], _WORD_OCTETS - taken, _WORD_OCTETS)
        return [f"=?utf-8?q?{word}?=" for word in words]
    words = _gather(list(value), (_WORD_OCTETS - taken) // 4 * 3, _WORD_OCTETS // 4 * 3)
    return [f"=?utf-8?b?{binascii.b2a_base64(word.encode(), newline=False).decode()}?=" for word in words]


@lru_cache(maxsize=512)
def _q(character: str) -> str:
    """Return a character in the Q encoding, in the strict form for a phrase (RFC 2047 section 5 rule 3)."""
    if character == " ":
        return "_"
    return "".join(chr(octet) if octet in _Q_SAFE else f"={octet:02X}" for octet in character.encode())


_Q_TABLE = {code: _q(chr(code)) for code in range(0x250)}
"""The Q encoding of Latin letters, for `str.translate`, which is faster than one call per character."""


def _gather(pieces: list[str], first: int, most: int) -> list[str]:
    """Join pieces into words of at most `most` octets of UTF-8, the first word of at most `first`."""
    whole = "".join(pieces)
    if len(whole.encode()) <= first:
        return [whole]
    words, word, size, limit = [], "", 0, first
    for piece in pieces:
        length = len(piece.encode())
        if size + length > limit:
            words.append(word)
            word, size, limit = "", 0, most
        word += piece
        size += length
    return [*words, word]


def _is_wirable(value: str) -> bool:
    """Return whether the text can stay as it is: ASCII, no encoded word, no word too long to fold."""
    return value.isascii() and "=?" not in value and max(map(len, value.split(" "))) <= _LONGEST_ATOM


def _phrase(name: str, taken: int) -> list[str]:
    if not name:
        return []
    # Mail programs handle encoded words better than backslashes in a quoted string.
    if not _is_wirable(name) or set(name) & set('"\\'):
        return _encoded_words(name, taken)
    return (name if _ATOMS.fullmatch(name) else f'"{name}"').split(" ")


def _fold(name: str, words: list[str]) -> bytes:
    """Join words with single spaces, folding before a word that would pass column 76."""
    lines, current = [], f"{name}:"
    for word in words:
        if len(current) + 1 + len(word) > _WIDTH and current != f"{name}:":
            lines.append(current)
            current = ""
        current += f" {word}"
    return "\r\n".join([*lines, current, ""]).encode("ascii")
