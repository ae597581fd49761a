"""What tells one mail from every other, wherever it lies."""

from __future__ import annotations

import hashlib
import re

_TRACE = re.compile(
    rb"(?im)^(?:received|delivered-to|x-original-to|envelope-to|return-path|x-gm-\S+|x-gmail-\S+|x-uid|x-keywords"
    rb"|x-spam-\S+|x-mozilla-\S+|x-evolution-\S+|status|x-status|authentication-results|arc-\S+"
    rb"|received-spf|x-received):[^\n]*\n(?:[ \t][^\n]*\n)*"
)
"""Headers a mail gains on its way, in a copy or in another folder: they do not make it another mail."""


def digest(content: bytes) -> str:
    """Name a mail by what its writer sent: SHA-256 over the bytes without the headers of its journey.

    The same message in two label folders, moved, copied, or in a rebuilt mailbox has one digest; two messages
    under one Message-ID have two.
    """
    unified = content.replace(b"\r\n", b"\n")
    head, _, body = unified.partition(b"\n\n")
    return hashlib.sha256(_TRACE.sub(b"", head + b"\n") + b"\n" + body.rstrip()).hexdigest()
