"""Compute a digest that identifies a mail in whatever folder or mailbox it lies."""

from __future__ import annotations

import hashlib
import re

_TRACE = re.compile(
    rb"(?im)^(?:received|delivered-to|x-original-to|envelope-to|return-path|x-gm-\S+|x-gmail-\S+|x-uid|x-keywords"
    rb"|x-spam-\S+|x-mozilla-\S+|x-evolution-\S+|status|x-status|authentication-results|arc-\S+"
    rb"|received-spf|x-received):[^\n]*\n(?:[ \t][^\n]*\n)*"
)
"""Header fields that servers and mail programs add on the way or in another folder; the digest leaves them out.

X-GM-* and X-Gmail-* are Gmail's labels, X-Mozilla-* Thunderbird's flags, X-Evolution-* Evolution's, Status and
X-Status those of mbox files.
"""


def digest(content: bytes) -> str:
    """Return the SHA-256 of a mail's bytes, without the fields that were added on the way, as hexadecimal digits.

    A message has the same digest in two label folders of Gmail, after a move or a copy, and in a rebuilt mailbox. Two
    messages with the same Message-ID have different ones.
    """
    unified = content.replace(b"\r\n", b"\n")
    head, _, body = unified.partition(b"\n\n")
    return hashlib.sha256(_TRACE.sub(b"", head + b"\n") + b"\n" + body.rstrip()).hexdigest()
