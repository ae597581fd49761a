"""Header fields we write: what is typed comes through, and nothing can add a field."""

from __future__ import annotations

import email
import email.policy
import re
from datetime import datetime, timedelta, timezone
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import mime
from mailer.errors import UserError
from mailer.mime import headers
from mailer.model.address import Mailbox

ENCODED_WORD = re.compile(rb"=\?[^?]+\?[bq]\?[^? ]*\?=")
TYPED = st.text(st.characters(exclude_categories=["Cs"]), max_size=300)

NAMES = [
    pytest.param("Camille Julien", id="plain"),
    pytest.param("Élodie Lefèvre", id="accents"),
    pytest.param("Département Formation, Recherche", id="accent and comma"),
    pytest.param("Dupont, Jean", id="comma"),
    pytest.param('Jean "Jojo", dit; X: Y\\Z', id="every special character"),
    pytest.param("=?UTF-8?Q?=0A?=Bcc: x", id="an encoded word typed as such"),
    pytest.param("=?utf-8?q?evil=40example.org?=", id="an address in an encoded word"),
    pytest.param("🎉 Zoé 👩‍👩‍👧‍👦", id="emoji"),
    pytest.param("مرحبا بالعالم", id="right to left"),
    pytest.param("a" * 200, id="200 letters without a space"),
    pytest.param("é" * 200, id="200 accents without a space"),
    pytest.param("mot " * 49 + "fin", id="200 letters in words"),
    pytest.param("a@b.example <x@y.example>", id="an address as a name"),
    pytest.param("(comment)", id="parentheses"),
    pytest.param("M. Boulanger", id="a full stop"),
    pytest.param("", id="none"),
]


def parsed(field: bytes) -> email.message.EmailMessage:
    """Parse a message of one field with Python's `email`."""
    message = email.message_from_bytes(field + b"\r\nbody", policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    return message


def is_well_folded(field: bytes) -> bool:
    """Lines of at most 76 characters where they hold encoded words, none of them blank (RFC 2047 section 2)."""
    lines = field.removesuffix(b"\r\n").split(b"\r\n")
    words = [word for line in lines for word in ENCODED_WORD.findall(line)]
    return all(
        line.isascii() and line.strip() and (len(line) <= 76 or not ENCODED_WORD.search(line))
        for line in lines
    ) and all(len(word) <= 75 for word in words)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_comes_through(name: str) -> None:
    """The name of a mailbox is read back as typed, and its address is the only one."""
    field = headers.mailbox("To", Mailbox("guest@example.org", name))
    raw, address = parseaddr(str(email.message_from_bytes(field)["To"]))

    assert (name, "guest@example.org") == (str(make_header(decode_header(raw))), address)
    assert [one.addr_spec for one in parsed(field)["To"].addresses] == ["guest@example.org"]
    assert is_well_folded(field)


@pytest.mark.parametrize("name", NAMES)
def test_our_own_reader_agrees(name: str) -> None:
    """What we write, we read."""
    message = mime.read(headers.mailbox("From", Mailbox("guest@example.org", name)) + b"\r\n")

    assert Mailbox("guest@example.org", name) == message.sender


@pytest.mark.parametrize("subject", NAMES)
def test_a_subject_comes_through(subject: str) -> None:
    """A subject is read back as typed."""
    field = headers.unstructured("Subject", subject)

    assert subject == parsed(field)["Subject"]
    assert is_well_folded(field)


@given(typed=TYPED)
def test_nothing_typed_adds_a_field(typed: str) -> None:
    """Whatever is typed as a name or a subject, the message has the fields meant, and they say what was typed."""
    fields = headers.mailbox("To", Mailbox("guest@example.org", typed)) + headers.unstructured(
        "Subject", typed
    )
    meant = mime.one_line(typed)
    message = email.message_from_bytes(fields + b"\r\nbody")

    assert message.keys() == ["To", "Subject"]
    assert message.get_payload() == "body"
    assert not message.defects
    assert meant == mime.read(fields + b"\r\n").subject
    assert fields.isascii()
    assert is_well_folded(headers.unstructured("Subject", typed) if meant else b"x")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("a\r\nBcc: x@example.org", "a Bcc: x@example.org", id="a second field"),
        pytest.param("a\nb\tc\x00d\x1be", "a b c d e", id="controls"),
        pytest.param("a\u2028b\u0085c", "a b c", id="Unicode line ends"),
        pytest.param("  a  ", "a", id="spaces around"),
        pytest.param("14\u00a0h", "14\u00a0h", id="no-break space stays"),
        pytest.param("a\ud800b", "a?b", id="half a surrogate"),
    ],
)
def test_plain_is_one_line(typed: str, expected: str) -> None:
    """A value keeps its words and loses what could end a line."""
    assert expected == mime.one_line(typed)


def test_tokens_are_never_encoded() -> None:
    """A long List-Unsubscribe stays on one line, unencoded: the standard library makes encoded words of it."""
    value = f"<mailto:camille@example.org?subject=desinscription%20{'a' * 200}>"

    assert f"List-Unsubscribe: {value}\r\n".encode() == headers.verbatim("List-Unsubscribe", value)


@pytest.mark.parametrize("value", ["é", "a\r\nBcc: x", "a\x00", "a" * 1000])
def test_a_token_that_is_none_is_refused(value: str) -> None:
    """What cannot stand in a token field as it is raises ValueError."""
    with pytest.raises(ValueError, match="cannot hold"):
        headers.verbatim("Message-ID", value)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("Guest@Example.org", "Guest@Example.org"),
        ("guest@exämple.example", "guest@xn--exmple-cua.example"),
        ("a+b=c@example.org", "a+b=c@example.org"),
        ("o'neil@example.org", "o'neil@example.org"),
    ],
)
def test_addresses_are_ascii(address: str, expected: str) -> None:
    """A domain goes on the wire in IDNA; the rest stays as it is."""
    assert expected == mime.ascii_address(address)


@pytest.mark.parametrize(
    "address",
    ["jéan@example.org", "", "guest", "a@b@c", "a b@example.org", "a@x\r\nBcc: y@z", "<a@example.org>", "a@"],
)
def test_an_address_that_cannot_be_sent_to_is_refused(address: str) -> None:
    """What SMTP without SMTPUTF8 cannot carry, or is no address, raises UserError."""
    with pytest.raises(UserError, match="address-not-sendable"):
        mime.ascii_address(address)


def test_dates_keep_their_zone() -> None:
    """A date field shows the local time with its offset."""
    moment = datetime(2025, 3, 13, 10, 30, tzinfo=timezone(timedelta(hours=1)))

    assert headers.date("Date", moment) == b"Date: Thu, 13 Mar 2025 10:30:00 +0100\r\n"
