"""Why sending stopped, as an error."""

from __future__ import annotations

import pytest

from mailer.jobs.deliver import DeliveryReport
from mailer.model.outcome import Reply, Stage

EHLO = Reply(Stage.RCPT, 504, "5.5.2 <pc>: Helo command rejected: need fully-qualified hostname")
BLOCKED = Reply(Stage.RCPT, 550, "5.7.1 account suspended")
STOPPED = [
    ("account-refused", EHLO, "helo-refused"),
    ("given-back", EHLO, "helo-refused"),
    ("account-refused", BLOCKED, "sending-stopped-account-refused"),
    (
        "messages-refused",
        Reply(Stage.DOT, 554, "5.7.1 spam, bad HELO name"),
        "sending-stopped-messages-refused",
    ),
    ("late", None, "sending-stopped-late"),
]


@pytest.mark.parametrize(("why", "reply", "code"), STOPPED)
def test_what_stopped_sending(why: str, reply: Reply | None, code: str) -> None:
    """What a setting puts right is told as that; anything else by the kind of stop, with the server's reply."""
    trouble = DeliveryReport({}, {}, stopped=why, reply=reply).trouble

    assert trouble.code == code
    assert trouble.values["reply"] == (f"{reply.code} {reply.text}" if reply else "")
