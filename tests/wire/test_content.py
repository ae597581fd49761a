"""Content as it goes on the wire."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.invitation import Kind, MessageKey
from mailer.model.message import Frame, OutgoingMessage
from mailer.wire.content import dot_stuffed, smtp_content

PIECES = st.lists(
    st.sampled_from([b"", b".", b"\r", b"\n", b"\r\n", b"\r\n.", b"a", b"a.\r\n", b"\0"]), max_size=4
)
PIECE = PIECES.map(b"".join)


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


@given(st.lists(st.tuples(PIECE, st.integers(0, 2)), max_size=4), st.tuples(PIECE, PIECE, PIECE), PIECE)
def test_a_frame_changes_nothing(cut: list[tuple[bytes, int]], own: tuple[bytes, ...], end: bytes) -> None:
    """What is looked at in pieces goes out as if it were looked at whole."""
    frame = Frame((*(chunk for chunk, _ in cut), end + b"\r\n"), tuple(place for _, place in cut))
    content = frame.fill(own)
    message = OutgoingMessage(
        "c", "r", MessageKey(Kind.INVITATION, 0, 1), "<m@x>", "a@x", "b@x", content, frame, own
    )

    assert smtp_content(message) == dot_stuffed(content)
