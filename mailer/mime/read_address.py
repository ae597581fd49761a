"""Strict reading of the addresses in header fields, RFC 5322 section 3.4.

`email.utils` is not used: it reads ``alice@example.org]<bob@example.com>`` as three addresses
(CVE-2023-27043) and recurses on nested comments. A display name that looks like an address is never taken for
one, since senders forge it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailer.mime.read_text import decode_words
from mailer.model.address import Mailbox

MAX_ADDRESSES = 200
MAX_LENGTH = 64 * 1024
MAX_ADDRESS = 320
"""Octets of an address: 64 before the @, and 255 behind it (RFC 5321 section 4.5.3.1)."""

_ADDRESS = re.compile(r'(?:[^\s@<>()\[\],;:"\\]+|"[^"\r\n]{1,64}")@(?:[^\s@<>()\[\],;:"\\]+|\[[^\s\[\]]+\])')


def read_addresses(value: str) -> list[Mailbox]:
    """Return the mailboxes of a field not yet decoded, with those in groups, without what is no address."""
    found = []
    for chunk in _split(value[:MAX_LENGTH]):
        if mailbox := _mailbox(chunk):
            found.append(mailbox)
            if len(found) >= MAX_ADDRESSES:
                break
    return found


def is_one_mailbox(values: Sequence[str]) -> bool:
    """Return whether a field occurs once and holds one mailbox, not a list or a group."""
    if len(values) != 1 or len(values[0]) > MAX_LENGTH:
        return False
    chunks = list(_split(values[0]))
    return len(chunks) == 1 and _mailbox(chunks[0]) is not None


def _split(value: str) -> Iterator[str]:
    """Split at the commas, and the ``:`` and ``;`` of groups, outside quotes, comments and angle brackets."""
    start, quoted, comment, angle, escaped = 0, False, 0, False, False
    for position, char in enumerate(value):
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif quoted:
            quoted = char != '"'
        elif char == "(":
            comment += 1
        elif comment:
            comment -= char == ")"
        elif char == '"':
            quoted = True
        elif char in "<>":
            angle = char == "<"
        elif char in ",;" or (char == ":" and not angle):
            yield value[start:position]
            start, angle = position + 1, False
    yield value[start:]


def _mailbox(chunk: str) -> Mailbox | None:
    name, bracket, rest = chunk.rpartition("<")
    if bracket:
        address = rest.partition(">")[0].strip().rpartition(":")[2]
        return Mailbox(address, _display_name(name)) if _is_address(address) else None
    bare, _, comment = chunk.partition("(")
    bare = bare.strip()
    return Mailbox(bare, _display_name(comment.rstrip().removesuffix(")"))) if _is_address(bare) else None


def _is_address(text: str) -> bool:
    return len(text) <= MAX_ADDRESS and _ADDRESS.fullmatch(text) is not None


def _display_name(name: str) -> str:
    """Return a display name decoded and without quotes."""
    return " ".join(decode_words(name.strip().strip('"').replace("\\", "")).split())
