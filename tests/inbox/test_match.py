"""Matching mails to invitees, and the trust they deserve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailer.inbox import Holder, Index, authenticated, match
from mailer.model.address import Mailbox
from mailer.model.entry import Trust
from mailer.model.finding import (
    Answer,
    CalendarLine,
    Finding,
    MailKind,
    PartStat,
    Undeliverable,
)
from mailer.model.message import IncomingMessage

MARIE, PAUL = Holder("fete", "marie"), Holder("fete", "paul")
TOKEN_M, TOKEN_P = "m" * 26, "p" * 26


def index() -> Index:
    """Two invitees."""
    made = Index()
    for holder, address, token in (
        (MARIE, "marie@example.org", TOKEN_M),
        (PAUL, "paul@example.net", TOKEN_P),
    ):
        made.enrol(holder, address)
        made.add(
            holder, uid=f"uid-{holder.invitee}", token=token, message_id=f"<{holder.invitee}@mairie.example>"
        )
    return made


YES = Finding("free_text", MailKind.REPLY, Answer(PartStat.ACCEPTED))
GONE = Finding("bounce_dsn", MailKind.BOUNCE, Undeliverable(True, "5.1.1"), addresses=("marie@example.org",))


def calendar(uid: str, attendee: str) -> Finding:
    """Return the finding of a calendar reply."""
    line = CalendarLine("REPLY", uid, attendee=attendee)
    return Finding("calendar_reply", MailKind.CALENDAR_REPLY, Answer(PartStat.DECLINED), calendar=line)


def mail(sender: str = "marie@example.org", **changes: Any) -> IncomingMessage:
    """Return a mail."""
    return replace(IncomingMessage(sender=Mailbox(sender)), **changes)


@pytest.mark.parametrize(
    ("message", "finding", "expected"),
    [
        pytest.param(
            mail(references=("<marie@mairie.example>",)),
            YES,
            (MARIE, Trust.SENDER, ""),
            id="reply-from-the-invitee",
        ),
        pytest.param(
            mail("MARIE@Example.org", references=("<marie@mairie.example>",)),
            YES,
            (MARIE, Trust.SENDER, ""),
            id="case-of-an-address-does-not-count",
        ),
        pytest.param(
            mail("m.perso@example.com", references=("<marie@mairie.example>",)),
            YES,
            (MARIE, Trust.CAPABILITY, "other-address"),
            id="reply-from-another-address-waits",
        ),
        pytest.param(
            mail("m.perso@example.com", subject=f"Je viens [réf. {TOKEN_M}]"),
            YES,
            (MARIE, Trust.CAPABILITY, ""),
            id="answer-link-counts-from-any-address",
        ),
        pytest.param(
            mail(recipients=(f"rsvp+{TOKEN_M.upper()}@mairie.example",)),
            YES,
            (MARIE, Trust.SENDER, ""),
            id="token-in-the-address",
        ),
        pytest.param(
            mail("noreply@cloud.example.org", reply_to=(Mailbox("marie@example.org"),)),
            calendar("UID-Marie", "marie@example.org"),
            (MARIE, Trust.SENDER, ""),
            id="attendee-counts-not-from",
        ),
        pytest.param(
            mail("stranger@example.com"),
            calendar("uid-marie", "stranger@example.com"),
            (MARIE, Trust.CAPABILITY, "other-address"),
            id="B12-a-stranger-declines-with-a-known-uid",
        ),
        pytest.param(
            mail("stranger@example.com"),
            calendar("uid-x", "stranger@example.com"),
            (None, Trust.NOTHING, "unknown-sender"),
            id="B11",
        ),
        pytest.param(mail(), YES, (MARIE, Trust.ADDRESS, "not-a-reply"), id="T1b-only-the-address"),
        pytest.param(
            mail(subject=f"{TOKEN_M} {TOKEN_P}"),
            YES,
            (None, Trust.CAPABILITY, "two-invitees"),
            id="two-tokens",
        ),
        pytest.param(
            mail("mailer-daemon@mx.example"),
            replace(GONE, references=("<marie@mairie.example>",)),
            (MARIE, Trust.SENDER, ""),
            id="E2-bounce-with-our-message",
        ),
        pytest.param(
            mail("mailer-daemon@mx.example"),
            GONE,
            (MARIE, Trust.ADDRESS, "nothing-of-ours"),
            id="E2-bounce-without-any-key-waits",
        ),
        pytest.param(
            mail(references=("<other@x.example>", "<paul@mairie.example>", "<marie@mairie.example>")),
            YES,
            (PAUL, Trust.CAPABILITY, "other-address"),
            id="the-nearest-message-of-a-thread-counts",
        ),
    ],
)
def test_whose(
    message: IncomingMessage, finding: Finding, expected: tuple[Holder | None, Trust, str]
) -> None:
    """Each kind of evidence leads to the invitee with its own grade of trust."""
    found = match(message, finding, index())

    assert expected == (found.holder, found.trust, found.why)


def test_the_mail_server_can_raise_or_lower_the_trust() -> None:
    """An aligned pass verifies the sender, and a DMARC failure leaves the mail to a person."""
    message = mail(references=("<marie@mairie.example>",))

    assert match(message, YES, index(), authenticated=True).trust is Trust.VERIFIED
    assert match(message, YES, index(), authenticated=False).why == "sender-refuted"


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("mx.mairie.example; dmarc=pass header.from=example.org", True),
        ("mx.mairie.example; spf=pass; dkim=pass header.d=example.org", True),
        ("mx.mairie.example; dkim=pass header.d=evil.example", None),
        ("mx.mairie.example; spf=pass smtp.mailfrom=example.org", None),
        ("mx.mairie.example 1; dmarc=fail (p=none) header.from=example.org", False),
        ("mx.evil.example; dmarc=pass header.from=example.org", None),
        ("dmarc=pass", None),
        ("", None),
    ],
)
def test_authentication_results(field: str, expected: bool | None) -> None:
    """Only trusted servers are believed, and SPF alone says nothing about From."""
    message = mail(headers=(("authentication-results", field),))

    assert authenticated(message, ["MX.mairie.example"]) is expected
    assert authenticated(message, []) is None


def test_only_the_topmost_field_of_a_trusted_server_counts() -> None:
    """Only the topmost field of a trusted server counts (RFC 8601 section 5)."""
    headers = tuple(("authentication-results", f"mx.a.example; dmarc={v}") for v in ("fail", "pass"))

    assert authenticated(mail(headers=headers), ["mx.a.example"]) is False
