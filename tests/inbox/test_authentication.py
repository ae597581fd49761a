"""Which Authentication-Results vouch for the address in From (RFC 8601)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailer import mime
from mailer.inbox import authenticated
from mailer.model.address import Mailbox, normal
from mailer.model.message import IncomingMessage


def mail(*fields: str, sender: str = "marie@example.org", **changes: Any) -> IncomingMessage:
    """Return a mail with these Authentication-Results."""
    headers = tuple(("authentication-results", field) for field in fields)
    return replace(IncomingMessage(sender=Mailbox(sender), headers=headers), **changes)


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("mx.mairie.example; dmarc=pass header.from=example.org", True),
        ("mx.mairie.example; spf=pass; dkim=pass header.d=example.org", True),
        ("mx.mairie.example 1; dkim = pass (2048-bit key) header.d = Example.ORG.; dmarc=none", True),
        ('mx.mairie.example; dkim=pass header.b="a;b=" header.d=example.org', True),
        ("mx.mairie.example; dkim=pass header.b=aGk= header.d=example.org", True),
        ("mx.mairie.example; dkim=fail header.d=x.example; dkim=pass header.d=example.org", True),
        ("mx.mairie.example; dkim=pass header.d=evil.example", None),
        ("mx.mairie.example; dkim=pass header.d=org", None),
        ("mx.mairie.example; dkim=pass header.d=mail.example.org", None),
        ("mx.mairie.example; dkim=pass header.i=@example.org", None),
        ("mx.mairie.example; dkim=pass header.d=x.example header.d=example.org", None),
        ("mx.mairie.example; dmarc=pass header.from=evil.example", None),
        ("mx.mairie.example; dmarc=pass", None),
        ("mx.mairie.example; dmarc=bestguesspass header.from=example.org", None),
        ("mx.mairie.example; spf=pass smtp.mailfrom=example.org", None),
        ("mx.mairie.example; none", None),
        ("mx.mairie.example 1; dmarc=fail (p=none) header.from=example.org", False),
        ("mx.mairie.example; dkim=pass header.d=example.org; dmarc=fail header.from=example.org", False),
        ("mx.mairie.example; dmarc=fail header.from=example.org; dmarc=pass header.from=example.org", False),
        ("mx.evil.example; dmarc=pass header.from=example.org", None),
        ("dmarc=pass header.from=example.org", None),
        ("", None),
    ],
)
def test_authentication_results(field: str, expected: bool | None) -> None:
    """Only trusted servers are believed, only about From, and a failure outweighs a pass."""
    assert authenticated(mail(field), ["MX.mairie.example"]) is expected
    assert authenticated(mail(field), []) is None


@pytest.mark.parametrize(
    "field",
    [
        "mx.a.example; spf=pass smtp.mailfrom=dmarc=pass@evil.example; dkim=none; dmarc=fail header.from=example.org",
        "mx.a.example; spf=pass smtp.helo=dmarc=pass.evil.example; dmarc=fail header.from=example.org",
        'mx.a.example; spf=pass (mx: domain of "a) dmarc=pass (b"@evil.example says so); dmarc=fail header.from=example.org',
    ],
)
def test_what_the_sender_wrote_is_no_result_where_the_check_failed(field: str) -> None:
    """A result written into an address or a comment is data; the failure beside it stays one."""
    assert authenticated(mail(field), ["mx.a.example"]) is False


@pytest.mark.parametrize(
    "field",
    [
        'mx.a.example; spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.org"@evil.example',
        "mx.a.example; spf=pass (x; dmarc=pass header.from=example.org) smtp.mailfrom=evil.example",
        "mx.a.example; spf=pass (a (b) ; dkim=pass header.d=example.org",
        'mx.a.example; "dmarc=pass" header.from=example.org',
        "mx.a.example; spf=pass dmarc=pass header.from=example.org",
        "mx.a.example; x-dmarc=pass header.from=example.org",
        'mx.a.example; spf=pass reason="dmarc=pass header.from=example.org',
        "(mx.a.example) mx.evil.example; dmarc=pass header.from=example.org",
        "mx.a.example; spf=pass " + "x" * 20_000 + "; dmarc=pass header.from=example.org",
    ],
)
def test_what_the_sender_wrote_is_no_result(field: str) -> None:
    """Text that looks like a result, in quotes, in a comment, behind another result or in an endless field, says nothing."""
    assert authenticated(mail(field), ["mx.a.example"]) is None


def test_only_the_topmost_field_of_a_trusted_server_counts() -> None:
    """Only the topmost field of a trusted server counts (RFC 8601 section 5), also where it says nothing or is damaged."""
    passed = "mx.a.example; dmarc=pass header.from=example.org"
    for above in (
        "mx.a.example; dmarc=fail header.from=example.org",
        "mx.a.example; none",
        "mx.a.example; (((",
        "mx.a.example",
    ):
        assert authenticated(mail(above, passed), ["mx.a.example"]) is not True
    assert authenticated(mail("mx.b.example; dmarc=fail", passed), ["mx.a.example"]) is True


@pytest.mark.parametrize(
    "senders",
    [
        b"From: <marie@example.org>\r\nFrom: eve@evil.example\r\n",
        b"From: eve@evil.example\r\nFrom: <marie@example.org>\r\n",
        b"From: marie@example.org, eve@evil.example\r\nSender: eve@evil.example\r\n",
        b"From: g:marie@example.org;\r\nSender: eve@evil.example\r\n",
        b"From: eve@evil.example <marie@example.org>, <>\r\n",
        b"From: \r\n",
    ],
)
def test_nobody_vouches_for_several_authors(senders: bytes) -> None:
    """A result is about one identity; with two From fields, a list or a group nobody knows whose it is."""
    field = b"Authentication-Results: mx.a.example; dmarc=pass header.from=example.org\r\n"
    assert authenticated(mime.read(field + senders + b"\r\nOui\r\n"), ["mx.a.example"]) is None


def test_one_author_is_vouched_for() -> None:
    """A display name with a comma or an address in it is no second author."""
    field = b"Authentication-Results: mx.a.example; dmarc=pass header.from=example.org\r\n"
    for sender in (
        b'"Dupont, Marie" <marie@example.org>',
        b"marie@example.org (Marie)",
        b'"eve@evil.example" <marie@example.org>',
    ):
        raw = field + b"From: " + sender + b"\r\n\r\nOui\r\n"
        assert authenticated(mime.read(raw), ["mx.a.example"]) is True


def test_encoded_words_are_not_decoded_into_results() -> None:
    """An encoded word has no place in this field (RFC 2047 section 5)."""
    raw = (
        b"Authentication-Results: mx.a.example; spf=pass smtp.mailfrom==?utf-8?q?x=3B_dmarc=3Dpass_header.from=3Dexample.org?=\r\n"
        b"From: marie@example.org\r\n\r\nOui\r\n"
    )
    assert authenticated(mime.read(raw), ["mx.a.example"]) is None


@pytest.mark.parametrize(
    ("listed", "wrote"),
    [
        ("anna@strasse-mairie.example", "anna@straße-mairie.example"),
        ("mark@example.org", "mar\u212a@example.org"),
        ("office@example.org", "o\ufb03ce@example.org"),
        ("ana@example.org", "\uff41na@example.org"),
        ("ana@example.org", "\u0430na@example.org"),
        ("ana@example.org", "a\u200bna@example.org"),
    ],
)
def test_other_letters_are_another_address(listed: str, wrote: str) -> None:
    """Letters that look alike, or that some rule of lower case makes alike, make another address."""
    assert Mailbox(wrote) != Mailbox(listed)
    assert normal(wrote) != normal(listed)


def test_the_same_address_in_two_spellings() -> None:
    """Case of ASCII letters and the two forms of a domain make no difference."""
    assert normal("MAILTO:Anna@XN--STRAE-MAIRIE-O9A.example") == normal(" <anna@straße-mairie.example> ")
    assert normal("Ana@Example.ORG") == "ana@example.org"
    assert normal("Éva@example.org") == "Éva@example.org"
