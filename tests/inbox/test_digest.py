"""The digest of a mail."""

from __future__ import annotations

import pytest

from mailer.inbox import digest

MAIL = b"From: a@example.org\r\nMessage-ID: <1@example.org>\r\nSubject: oui\r\n\r\nJe viens.\r\n"


@pytest.mark.parametrize(
    "copy",
    [
        MAIL.replace(b"\r\n", b"\n"),
        b"Received: from x\r\n\tby y\r\n" + MAIL,
        b"Delivered-To: b@example.org\r\nX-Gmail-Labels: Inbox\r\n" + MAIL,
        MAIL + b"\r\n",
    ],
    ids=["line-ends", "another-way", "a-label-folder", "a-blank-line-more"],
)
def test_a_copy_is_the_same_mail(copy: bytes) -> None:
    """A mail that was moved, copied or delivered twice has one digest."""
    assert digest(copy) == digest(MAIL)


@pytest.mark.parametrize(
    "other",
    [MAIL.replace(b"Je viens", b"Je ne viens pas"), MAIL.replace(b"<1@", b"<2@"), MAIL.replace(b"a@", b"b@")],
    ids=["words", "message-id", "sender"],
)
def test_another_mail_is_another_mail(other: bytes) -> None:
    """The same Message-ID with other content makes two."""
    assert digest(other) != digest(MAIL)
