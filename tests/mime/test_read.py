"""Reading incoming mail: what it is made of, whatever its octets."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import mime
from mailer.mime.read import MAX_TEXT
from mailer.mime.read_tree import MAX_DEPTH, MAX_HEADERS, MAX_PARTS, MAX_SIZE
from mailer.model.address import Mailbox

SOUND = """\
Return-Path: <>
Delivered-To: camille+rsvp@mairie.example
From: =?utf-8?q?Ren=C3=A9e?= Dupont <renee@example.org>
Reply-To: "Dupont, Renee" <renee@home.example>
To: "Camille Julien" <camille@mairie.example>, Bureau: a@mairie.example;
Cc: b@mairie.example
Subject: =?utf-8?q?R=C3=A9ponse_?=
 =?utf-8?b?w6AgbCdpbnZpdGF0aW9u?=
Date: Thu, 13 Mar 2025 09:30:00 +0100
Message-ID: <reply@example.org>
In-Reply-To: <invite@mairie.example>
References: <first@mairie.example> <invite@mairie.example>
Content-Type: multipart/mixed; boundary="outer"

preamble
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Oui, je viendrai =C3=A0 14 h.
--inner
Content-Type: text/html; charset=iso-8859-1

<p>Oui, je viendrai @ 14 h.</p>
--inner--
--outer
Content-Type: image/png; name="photo.png"
Content-Disposition: attachment; filename="../../photo.png"
Content-Transfer-Encoding: base64

iVBORw0KGgo=
--outer
Content-Type: message/rfc822

Subject: Invitation
Message-ID: <invite@mairie.example>

Vous êtes invitée.
--outer--
""".encode().replace(b"@ 14", b"\xe0 14")


def test_sound_mail() -> None:
    """Every field of a sound mail is read: addresses, thread, date, tree, and what lies inside a carried message."""
    read = mime.read(SOUND)

    assert read.defect == ""
    assert read.sender == Mailbox("renee@example.org", "Renée Dupont")
    assert read.reply_to == (Mailbox("renee@home.example", "Dupont, Renee"),)
    assert read.recipients == (
        "camille+rsvp@mairie.example",
        "camille@mairie.example",
        "a@mairie.example",
        "b@mairie.example",
    )
    assert read.subject == "Réponse à l'invitation"
    assert read.date == datetime(2025, 3, 13, 8, 30, tzinfo=UTC)
    assert read.references == ("<invite@mairie.example>", "<first@mairie.example>")
    assert read.message_id == "<reply@example.org>"
    assert read.content_types == (
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "image/png",
        "message/rfc822",
        "text/plain",
    )
    plain, html, picture, carried = read.parts
    assert plain.text.strip() == "Oui, je viendrai à 14 h."
    assert html.text == "<p>Oui, je viendrai à 14 h.</p>"
    assert (picture.attachment, picture.filename, picture.content) == (True, "../../photo.png", b"")
    assert (carried.enclosed, carried.text.strip()) == (True, "Vous êtes invitée.")
    assert read.enclosed_headers == ((("subject", "Invitation"), ("message-id", "<invite@mairie.example>")),)


def test_returned_headers_alone() -> None:
    """The headers in a text/rfc822-headers part are known as those of a carried message."""
    read = mime.read(
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        b"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: <invite@mairie.example>\nTo: paul@example.org\n--b--\n"
    )

    assert read.report_type == "delivery-status"
    assert dict(read.enclosed_headers[0])["message-id"] == "<invite@mairie.example>"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(b"From: a@example.org\r\rOui\r", "Oui", id="bare CR line ends"),
        pytest.param(b"\n  \nFrom: a@example.org\n\nOui", "Oui", id="blank lines in front"),
        pytest.param(
            b"From a@example.org Mon Mar 31\nFrom: a@example.org\n\nOui", "Oui", id="mbox line in front"
        ),
        pytest.param(b"From: a@example.org\nOui", "Oui", id="no blank line before the body"),
        pytest.param(b"Content-Type: text\n\nOui", "Oui", id="type without subtype"),
        pytest.param(
            b"Content-Type: text/plain charset=utf-8\n\nOui \xc3\xa0", "Oui à", id="semicolon missing"
        ),
        pytest.param(
            b"Content-Type: multipart/mixed; boundary=x\n\nOui", "Oui", id="boundary that never comes"
        ),
        pytest.param(b"Content-Type: multipart/mixed\n\nOui", "Oui", id="no boundary"),
        pytest.param(b"Content-Type: multipart/mixed; boundary=x\n\n--x\n\nOui", "Oui", id="no end boundary"),
        pytest.param(
            b"Content-Type: text/plain; charset=nonsense\n\nOui \xe0", "Oui à", id="unknown charset"
        ),
        pytest.param(
            b"Content-Type: text/plain; charset=utf-8\n\nOui \xe0", "Oui à", id="cp1252 that says UTF-8"
        ),
        pytest.param(
            b"Content-Type: text/plain; charset=us-ascii\n\nOui \xc3\xa0", "Oui à", id="UTF-8 that says ASCII"
        ),
        pytest.param(
            b"Content-Type: text/plain; charset=iso-8859-1\n\nl\x92id\xe9e", "l’idée", id="cp1252 as Latin-1"
        ),
        pytest.param(
            b"Content-Type: text/plain; charset=unicode-escape\n\nOui \\x41", "Oui \\x41", id="no charset"
        ),
        pytest.param(b"Content-Transfer-Encoding: base64\n\nT3Vp", "Oui", id="base64 without padding"),
        pytest.param(
            b"Content-Transfer-Encoding: base64\n\nT3Vp\n-- \nma_liste.", "Oui", id="base64 with a footer"
        ),
        pytest.param(b"Content-Transfer-Encoding: x-what\n\nOui", "Oui", id="unknown transfer encoding"),
    ],
)
def test_dents(raw: bytes, text: str) -> None:
    """The words of a dented mail are still read."""
    read = mime.read(raw)

    assert "\n".join(part.text for part in read.parts).strip()[: len(text)] == text


@pytest.mark.parametrize(
    ("raw", "defect"),
    [
        pytest.param(b"Subject: x\n\n" + b"a" * (MAX_SIZE + 1), "size", id="size"),
        pytest.param(b"X: y\n" * (MAX_HEADERS // 4) + b"\nOui", "headers", id="headers"),
        pytest.param(
            b"".join(
                b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n)
                for n in range(3 * MAX_DEPTH)
            ),
            "depth",
            id="depth",
        ),
        pytest.param(b"Content-Type: message/rfc822\n\n" * 3000, "depth", id="messages in messages"),
        pytest.param(
            b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000, "parts", id="parts"
        ),
        pytest.param(b"Subject: x\n\n" + b"a" * (MAX_TEXT + 1), "text", id="text"),
    ],
)
def test_bounds(raw: bytes, defect: str) -> None:
    """What lies behind a bound is not read, and the mail says which bound it was; the rest is read."""
    read = mime.read(raw)

    assert read.defect == defect
    assert len(read.content_types) <= MAX_PARTS
    assert all(len(part.text) <= MAX_TEXT for part in read.parts if part.content_type == "text/plain")


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("Thu, 13 Mar 2025 09:30:00 -0000", datetime(2025, 3, 13, 9, 30, tzinfo=UTC)),
        ("13 Mar 2025 09:30", datetime(2025, 3, 13, 9, 30, tzinfo=UTC)),
        ("hier", None),
        ("Thu, 99 Mar 2025 09:30:00 +0100", None),
        ("", None),
    ],
)
def test_dates(written: str, date: datetime | None) -> None:
    """A date is aware, or there is none."""
    assert mime.read(f"Date: {written}\n\n".encode()).date == date


@given(st.binary(max_size=2000))
def test_any_octets(raw: bytes) -> None:
    """No octets make reading fail."""
    mime.read(raw)


@given(st.data())
def test_mutations(data: st.DataObject) -> None:
    """A sound mail with some octets changed, dropped or repeated is still read."""
    raw = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 12))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    read = mime.read(bytes(raw))

    assert len(read.parts) >= 1
