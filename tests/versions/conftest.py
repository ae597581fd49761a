"""What the tests of prepared letters share: one with every form of hole and every escape, and who it goes to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mailer.model.address import Mailbox
from mailer.versions import Escape, Form, Hole, Identity, Name, Values, Variant, Version

TOKEN = Name("token")


@pytest.fixture
def version() -> Version:
    """A letter of two variants that share a piece."""
    calendar = Hole(
        Form.BASE64,
        inside=(
            "BEGIN:VEVENT\r\nX-É:1\r\n".encode(),
            Hole(Form.CONTENT_LINE, ("UID:", Name("uid", Escape.CALENDAR))),
            Hole(Form.CONTENT_LINE, ("DTSTAMP:", Name("dtstamp"))),
            Hole(Form.CONTENT_LINE, ("SUMMARY:Réunion\\, ", Name("salutation", Escape.SUMMARY))),
            Hole(Form.CONTENT_LINE, ("DESCRIPTION:", Name("salutation", Escape.CALENDAR), "\\n", TOKEN)),
            Hole(
                Form.CONTENT_LINE,
                ("ATTENDEE;CN=", Name("called", Escape.PARAMETER), ":", Name("address", Escape.ADDRESS)),
            ),
            1,
        ),
    )
    head = (
        Hole(Form.DATE, argument="Europe/Paris"),
        Hole(Form.TO),
        Hole(Form.VERBATIM, (Name("message-id"),), "Message-ID"),
        Hole(Form.UNSTRUCTURED, ("Invitation : ", Name("salutation")), "Subject"),
        Hole(Form.VERBATIM, ("<mailto:x@example.org?subject=", TOKEN, ">"), "List-Unsubscribe"),
    )
    body = (
        0,
        Hole(Form.OCTETS, (Name("boundary"),)),
        b"\r\n",
        Hole(Form.OCTETS, (Name("token", start=0, stop=10),)),
        b"=\r\n",
        Hole(Form.OCTETS, (Name("token", start=10, stop=26),)),
        b"\r\n",
        Hole(Form.LINES, (Name("salutation"), ", é=\n")),
        Hole(
            Form.LINES,
            (
                '<p title="',
                Name("salutation", Escape.ATTRIBUTE),
                '">',
                Name("salutation", Escape.TEXT),
                "</p>\n",
            ),
        ),
        calendar,
    )
    pieces = (b"Content-Type: text/plain; boundary=", b"END:VEVENT\r\n")
    return Version(pieces, (Variant((*head, *body), "mairie@example.org"), Variant((*head, 0))))


@pytest.fixture
def values() -> Values:
    """Somebody whose salutation every escape writes in another way."""
    return Values(0, {"salutation": 'Mme "D\'Haëne" & <Cie>;,\\ ^\u00a0a\u2003b 🙂'})


@pytest.fixture
def identity() -> Identity:
    """Somebody's invitation, leaving in summer."""
    return Identity(
        Mailbox("o'd&d?x@example.org", 'Zoé "D\'Haëne"'),
        "abcdefghijklmnop;@example.net",
        "abcdefghijklmnopqrstuvwxyz",
        "<m1@example.net>",
        datetime(2025, 7, 14, 23, 30, 5, tzinfo=timezone(timedelta(hours=-3))).astimezone(UTC),
    )
