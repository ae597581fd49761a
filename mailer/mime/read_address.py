"""Addresses as headers write them, RFC 5322 section 3.4, read strictly.

Own reader: `email.utils` takes ``alice@example.org]<bob@example.com>`` for three addresses (CVE-2023-27043) and
recurses on nested comments. A display name that looks like an address is never one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailer.mime.read_text import decode_words
from mailer.model.address import Mailbox

MAX_ADDRESSES = 200
MAX_LENGTH = 64 * 1024

_ADDRESS = re.compile(r'(?:[^\s@<>()\[\],;:"\\]+|"[^"\r\n]{1,64}")@(?:[^\s@<>()\[\],;:"\\]+|\[[^\s\[\]]+\])')


def read_addresses(value: str) -> list[Mailbox]:
    """List the mailboxes of a header value not yet decoded, groups flattened. What is no address is left out."""
    found = []
    for chunk in _split(value[:MAX_LENGTH]):
        if mailbox := _mailbox(chunk):
            found.append(mailbox)
            if len(found) >= MAX_ADDRESSES:
                break
    return found


def _split(value: str) -> Iterator[str]:
    """Cut at the commas (and group marks) that stand outside quotes, comments and angle brackets."""
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
        return Mailbox(address, _plain(name)) if _ADDRESS.fullmatch(address) else None
    bare, _, comment = chunk.partition("(")
    bare = bare.strip()
    return Mailbox(bare, _plain(comment.rstrip().removesuffix(")"))) if _ADDRESS.fullmatch(bare) else None


def _plain(name: str) -> str:
    """A display name without its quoting, in characters."""
    return " ".join(decode_words(name.strip().strip('"').replace("\\", "")).split())
