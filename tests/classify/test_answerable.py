"""Which mails may be acknowledged."""

from __future__ import annotations

import pytest

from mailer import mime
from mailer.classify import answerable

PLAIN = """From: Nora <nora@example.org>
To: camille@example.org
Subject: Re: Invitation
Message-ID: <abc@example.org>
{extra}
Oui, je viens.
"""


def asked(extra: str = "", text: str = PLAIN) -> str:
    """The Message-ID that may be acknowledged, of a plain answer with more header fields."""
    raw = text.format(extra=f"{extra}\n" if extra else "").encode()
    return answerable(mime.read(raw), {"camille@example.org"})


def test_a_person_is_answered() -> None:
    """A plain mail of a person may be acknowledged, and one that says it is not automatic."""
    assert asked() == "<abc@example.org>"
    assert asked("Auto-Submitted: no") == "<abc@example.org>"


@pytest.mark.parametrize(
    "extra",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated (calendar)",
        "Return-Path: <>",
        "List-Id: <l.example.org>",
        "List-Unsubscribe: <mailto:x@example.org>",
        "Precedence: bulk",
        "Precedence: list",
        "Precedence: junk",
        "X-Autoreply: yes",
        "X-Failed-Recipients: a@example.org",
    ],
)
def test_nothing_automatic_is_answered(extra: str) -> None:
    """No sign of a program, a list or a server, of which RFC 3834 section 2 speaks, gets an answer."""
    assert asked(extra) == ""


@pytest.mark.parametrize(
    "sender",
    [
        "camille@example.org",
        "Camille <CAMILLE@example.org>",
        "MAILER-DAEMON@example.org",
        "postmaster@example.org",
        "owner-list@example.org",
        "list-request@example.org",
        "list-bounces@example.org",
        "no-reply@example.org",
        "ne-pas-repondre@example.org",
    ],
)
def test_neither_ourselves_nor_roles_are_answered(sender: str) -> None:
    """Our own addresses, mail servers, list owners and addresses that nobody reads get none."""
    assert asked(text=PLAIN.replace("Nora <nora@example.org>", sender)) == ""


@pytest.mark.parametrize(
    "identity", ["", "abc", "<a b@example.org>", "<" + "x" * 300 + "@example.org>", "<a@b> <c@d>"]
)
def test_a_message_id_that_cannot_be_quoted_is_not(identity: str) -> None:
    """What would not fit into In-Reply-To as it is, or could break out of it, is left alone."""
    assert asked(text=PLAIN.replace("<abc@example.org>", identity)) == ""
