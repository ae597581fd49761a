"""Whole messages we write: their shape, and that they come apart again."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage, MIMEPart

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import mime
from mailer.mime import Attachment, HeaderFields
from mailer.model.address import Mailbox

HEADING = HeaderFields(
    sender=Mailbox("camille@example.org", "Camille Julien"),
    to=Mailbox("elodie@example.net", "Élodie Lefèvre"),
    subject="Invitation : présentation",
    date=datetime(2025, 3, 13, 9, 30, tzinfo=UTC),
    message_id="<abc@example.org>",
    tokens={"List-Unsubscribe": "<mailto:camille@example.org?subject=desinscription%20abc>"},
)
CALENDAR = "BEGIN:VCALENDAR\r\nSUMMARY:é\r\nEND:VCALENDAR\r\n".encode()
LOGO = Attachment("logo.png", "image/png", b"\x89PNG" * 100, "logo@example.org")
AGENDA = Attachment("ordre du jour.pdf", "application/pdf", bytes(range(256)) * 10)


def write(*files: Attachment, text: str = "Bonjour\n", html: str = "<p>Bonjour</p>\n") -> bytes:
    """Write a message with a calendar and these files."""
    return mime.assemble(
        mime.encode_files(files), HEADING, text=text, html=html, calendar=CALENDAR, method="REQUEST"
    )


def parsed(content: bytes) -> EmailMessage:
    """Parse a message with Python's `email`, which must find no defect."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert not [defect for part in message.walk() for defect in part.defects]
    return message


def shape(message: MIMEPart) -> object:
    """Return the tree of parts as nested lists of subtypes."""
    if not message.is_multipart():
        return message.get_content_type()
    return [message.get_content_subtype(), *(shape(part) for part in message.iter_parts())]


ALTERNATIVE = ["alternative", "text/plain", "text/html", "text/calendar"]


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param((), ["mixed", ALTERNATIVE, "application/ics"], id="plain invitation"),
        pytest.param(
            (LOGO,), ["mixed", ["related", ALTERNATIVE, "image/png"], "application/ics"], id="an inline image"
        ),
        pytest.param(
            (AGENDA, LOGO),
            ["mixed", ["related", ALTERNATIVE, "image/png"], "application/ics", "application/pdf"],
            id="an attachment too",
        ),
    ],
)
def test_shape(files: tuple[Attachment, ...], expected: object) -> None:
    """The tree is the one real programs show buttons and text for."""
    assert expected == shape(parsed(write(*files)))


def test_the_calendar_and_its_copy() -> None:
    """The calendar part says its method and charset and is no attachment; the copy has the same octets."""
    *_, inline, copy = (part for part in parsed(write()).walk() if not part.is_multipart())

    assert (
        inline["Content-Type"].params["method"],
        inline["Content-Type"].params["charset"],
    ) == ("REQUEST", "UTF-8")
    assert inline["Content-Disposition"] is None
    assert (copy.get_content_disposition(), copy.get_filename()) == ("attachment", "invitation.ics")
    assert "method" not in copy["Content-Type"].params
    assert CALENDAR == inline.get_payload(decode=True) == copy.get_payload(decode=True)


def test_the_fields_and_no_others() -> None:
    """A message has the fields meant, once each, in this order."""
    assert [
        *("Date", "From", "To", "Message-ID", "Subject", "List-Unsubscribe", "MIME-Version", "Content-Type")
    ] == parsed(write()).keys()


def test_reply_to_where_answers_go_elsewhere() -> None:
    """Reply-To is written when it is given, with its name."""
    heading = replace(HEADING, reply_to=Mailbox("answers@example.org", "Réponses"))
    content = mime.assemble(mime.encode_files(()), heading, text="", html="", calendar=b"", method="CANCEL")

    assert str(parsed(content)["Reply-To"]) == "Réponses <answers@example.org>"


def test_the_same_arguments_give_the_same_octets() -> None:
    """Nothing of a message is left to chance or to the clock."""
    assert write(LOGO, AGENDA) == write(LOGO, AGENDA)


def test_another_message_has_other_boundaries() -> None:
    """The boundaries come from the Message-ID, so that a message can be carried inside another."""
    other = replace(HEADING, message_id="<other@example.org>")
    content = mime.assemble(mime.encode_files(()), other, text="", html="", calendar=b"", method="REQUEST")

    assert parsed(write()).get_boundary() != parsed(content).get_boundary()


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("programme.pdf", id="plain"),
        pytest.param("ordre du jour.pdf", id="spaces"),
        pytest.param("été « 2025 » 🎉.pdf", id="accents"),
        pytest.param('a"b%20;c.pdf', id="what could end a parameter"),
        pytest.param("é" * 120 + ".pdf", id="long"),
        pytest.param("x" * 120 + ".pdf", id="long and plain"),
    ],
)
def test_attachments_keep_name_and_content(name: str) -> None:
    """An attached file has its name and its octets."""
    *_, last = parsed(write(replace(AGENDA, name=name))).walk()

    assert (name, AGENDA.content) == (last.get_filename(), last.get_payload(decode=True))


def test_an_attachment_leaves_its_folder_behind() -> None:
    """The way to a file on our side is nobody's business."""
    *_, last = parsed(write(replace(AGENDA, name="annexes/2025/programme.pdf"))).walk()

    assert last.get_filename() == "programme.pdf"


def test_an_image_is_found_by_its_content_id() -> None:
    """An inline image has the Content-ID the HTML refers to, and is no attachment."""
    image = next(part for part in parsed(write(LOGO)).walk() if part.get_content_type() == "image/png")

    assert (image["Content-ID"], image.get_content_disposition()) == ("<logo@example.org>", "inline")


LINES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\x85\u2028\u2029"), max_size=2000
)


@given(text=LINES, html=LINES)
def test_any_text_comes_through(text: str, html: str) -> None:
    """Text and HTML of any kind are read back as they were, over 7 bits, in lines SMTP can carry."""
    content = write(text=text, html=html)
    plain, page, *_ = (part for part in parsed(content).walk() if not part.is_multipart())

    assert content.isascii()
    assert max(map(len, content.split(b"\r\n"))) <= 78
    assert content.count(b"\r\n") == content.count(b"\n") == content.count(b"\r")
    for meant, part in ((text, plain), (html, page)):
        octets = part.get_payload(decode=True)
        assert isinstance(octets, bytes)
        assert meant == octets.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("text", ["--=_m_x\n--=_m_x--\n", ".\n..\n", "From x\n", "=\n= \n", "a" * 5000])
def test_text_that_looks_like_structure(text: str) -> None:
    """Boundaries, dots, From lines and long lines inside a text stay text."""
    message = parsed(write(text=text))

    assert shape(message) == ["mixed", ALTERNATIVE, "application/ics"]
    assert text == next(
        p for p in message.walk() if p.get_content_type() == "text/plain"
    ).get_content().replace("\r\n", "\n")
