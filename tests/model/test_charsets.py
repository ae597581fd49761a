"""Which codecs decode what comes from outside, and that what comes out is text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import ical
from mailer.mime import read as read_mail
from mailer.mime.read_text import decode, decode_words
from mailer.model.charsets import codec, sound


@pytest.mark.parametrize(
    "name", ["utf-8", "UTF8", '"latin1"', "Windows-1252", "iso-2022-jp", "KOI8-R", "x-mac-roman"]
)
def test_charsets_of_mails_are_known(name: str) -> None:
    """A charset has its codec, however it is spelled; a name that Python does not know has none."""
    assert bool(codec(name)) is not name.startswith("x-")


@pytest.mark.parametrize(
    "name",
    [
        *("utf-7", "utf7", "u7", "=utf-7", "UTF 7", "unicode_escape", "unicode escape", "raw-unicode-escape"),
        *(
            "punycode",
            "/punycode",
            "PUNYCODE",
            "idna",
            "undefined",
            "rot13",
            "base64",
            "zlib",
            "hex",
            "mbcs",
            "charmap",
        ),
        *("", "\x00", "é", "a" * 1000, "mailer_ascii"),
    ],
)
def test_what_is_no_charset_is_not_used(name: str) -> None:
    """Attack 39: a codec is looked up before its name is compared, since each has many."""
    assert codec(name) == ""


WORDS = {
    "attack 47: utf-7 by another name": "=?utf7?q?+2AA-_Dupont?=",
    "the same with spaces": "=?=utf-7?q?+2AA-_Dupont?=",
    "an escape": "=?unicode_escape?q?=5Cud800_Dupont?=",
    "a surrogate in UTF-8": "=?utf-8?q?=ED=A0=80_Dupont?=",
    "half a pair in UTF-16": "=?utf-16-le?b?ANggAEQAdQBwAG8AbgB0AA==?=",
    "attack 46: NUL": "=?utf-8?q?=00Dupont?=",
}


@pytest.mark.parametrize("words", WORDS.values(), ids=WORDS)
def test_a_name_is_text(words: str) -> None:
    """Whatever a header says, its name, subject and parameters can be written into any file and any database."""
    message = read_mail(
        f"From: {words} <a@example.org>\r\nSubject: {words}\r\n"
        "Content-Type: text/plain; name*=utf-7''%2B2AA-\r\n\r\nx".encode()
    )
    assert message.sender

    for text in (
        message.sender.name,
        message.subject,
        message.parts[0].filename,
        *dict(message.headers).values(),
    ):
        text.encode()
        assert "\x00" not in text


def test_a_calendar_is_text() -> None:
    """Comments and addresses of a calendar are text, too."""
    content = (
        b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:a\r\nCOMMENT:+2AA- \x00\xed\xa0\x80\r\n"
        b"ATTENDEE;CN=\xed\xa0\x80:mailto:%ED%A0%80%00a@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    for charset in ("utf-8", "utf-7", "unicode_escape", "punycode", ""):
        (one,) = ical.read(content, charset)
        for text in (one.comment, one.attendees[0].address, one.attendees[0].name):
            text.encode()
            assert "\x00" not in text


def test_sound_text_stays() -> None:
    """Characters of any language, and of two halves, stay as they are."""
    assert sound("Élodie 👩‍👧 \u202f!") == "Élodie 👩‍👧 \u202f!"
    assert sound("a\ud83d\x00b\udc69") == "a\ufffdb\ufffd"


@given(
    st.binary(max_size=60),
    st.sampled_from(["utf7", "utf-16", "unicode escape", "gb18030", "hz", "utf-8", "iso2022_kr"]),
)
def test_any_octets_are_text(octets: bytes, charset: str) -> None:
    """No octets under any charset give what is no text."""
    for text in (decode(octets, charset), decode_words(f"=?{charset}?q?{octets.hex('=')}?=")):
        text.encode()
        assert "\x00" not in text
