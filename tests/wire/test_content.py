"""Content as it goes on the wire."""

from __future__ import annotations

import pytest

from mailer.wire.content import dot_stuffed


@pytest.mark.parametrize(
    ("octets", "wire"),
    [
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\r\nb", b"a\r\nb\r\n"),
        (b".\r\n..\r\n", b"..\r\n...\r\n"),
        (b"a\n.\nb\r.c\r\n", b"a\r\n..\r\nb\r\n..c\r\n"),
        (b"", b"\r\n"),
    ],
)
def test_content_is_whole_lines_with_no_dot_that_ends_it(octets: bytes, wire: bytes) -> None:
    """RFC 5321 section 4.5.2; a lone CR or LF is a line end before a server makes one of it."""
    assert dot_stuffed(octets) == wire
