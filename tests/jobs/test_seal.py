"""Which return path a message has."""

from __future__ import annotations

import pytest

from mailer.jobs.seal import Seal
from mailer.model.invitation import Kind, MessageKey
from mailer.model.message import OutgoingMessage

PATHS = [
    (Seal(), "mairie@example.org", "mairie@example.org"),
    (Seal(own_return_address=True), "mairie@example.org", "mairie+t1@example.org"),
    (Seal(envelope_from="claude@example.net"), "mairie@example.org", "claude@example.net"),
    (
        Seal(own_return_address=True, envelope_from="claude@example.net"),
        "mairie@example.org",
        "claude+t1@example.net",
    ),
    (Seal(own_return_address=True, envelope_from="claude@example.net"), "", ""),
]


@pytest.mark.parametrize(
    ("seal", "plain", "path"), PATHS, ids=["plain", "verp", "account", "verp-account", "automatic"]
)
def test_the_return_path(seal: Seal, plain: str, path: str) -> None:
    """It is the organizer's or the one that is set, with the token if asked for; an automatic reply has none."""
    message = OutgoingMessage(
        "c", "r1", MessageKey(Kind.INVITATION, 0, 1), "<m1@example.org>", plain, "marie@example.org", b""
    )

    assert seal.return_to(message, "t1").envelope_from == path
