"""The new text of mails with several parts, of any text and of hostile text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.inbox.new_text import split_body, split_text
from mailer.model.message import IncomingMessage, Part, Said


def _part(content_type: str, text: str, *, attachment: bool = False, enclosed: bool = False) -> Part:
    return Part(content_type, text.encode(), text, attachment=attachment, enclosed=enclosed)


def test_parts() -> None:
    """Text parts are joined; attachments and enclosed messages are left out."""
    message = IncomingMessage(
        parts=(
            _part("text/plain", "Oui."),
            _part("image/png", ""),
            _part("text/plain", "Nous serons deux."),
            _part("text/plain", "Procès-verbal", attachment=True),
            _part("text/plain", "Venez-vous ?", enclosed=True),
            _part("text/calendar", "BEGIN:VCALENDAR"),
        )
    )

    assert split_text(message).text == "Oui.\n\nNous serons deux."


def test_alternative() -> None:
    """Of plain text and HTML the one counts in which more was recognised."""
    message = IncomingMessage(
        parts=(
            _part("text/plain", "Oui.\n\nMarie Dupont"),
            _part("text/html", '<p>Oui.</p><div class="gmail_signature">Marie Dupont</div>'),
        )
    )

    assert Said("Oui.", "", "Marie Dupont") == split_text(message)


def test_empty() -> None:
    """A mail without text has no new text."""
    assert Said() == split_text(IncomingMessage())


def test_what_was_left_out() -> None:
    """The quotation and the signature are kept beside the new text."""
    read = split_body(
        "Oui.\n-- \nMarie\n\nLe 13 mars 2025 à 09:14, Camille Julien a écrit :\n> Venez-vous ?\n"
    )

    assert read == Said("Oui.", "Le 13 mars 2025 à 09:14, Camille Julien a écrit :\n> Venez-vous ?", "Marie")


@pytest.mark.parametrize("space", ["\u00a0", "\u202f", "\u2009"], ids=["no-break", "narrow", "thin"])
def test_odd_spaces(space: str) -> None:
    """The no-break space that French programs put before a colon does not hide an attribution."""
    assert (
        split_body(
            f"Oui.\n\nLe 13 mars 2025 à 09{space}:{space}14, Camille Julien a écrit{space}:\n> Venez-vous ?"
        ).text
        == "Oui."
    )


def test_carriage_returns() -> None:
    """Lines may end in LF, CRLF or CR."""
    assert split_body("Oui.\r\nMarie\r\n\r\n> Venez-vous ?\r\n").text == "Oui.\nMarie"


PIECES = st.sampled_from(
    [
        "> ",
        ">",
        ">>",
        "\n",
        "\r\n",
        "-- ",
        "---",
        "____",
        "De : ",
        "From: ",
        "To: ",
        "Subject: x",
        "Le 13 mars 2025 à 09:14, ",
        "a@example.org",
        "<",
        ">",
        "a écrit :",
        "wrote:",
        "writes",
        "Envoyé de mon iPhone",
        "03 20 00 00 00",
        "Marie Dupont",
        "PS : ",
        "oui",
        "<div class=gmail_quote>",
        "</div>",
        "<blockquote>",
        "</blockquote>",
        "<br>",
        "<p>",
        "<!--",
        "-->",
        "<style>",
        '<a b="',
        "<div id=appendonsend>",
        "&nbsp;",
        "&#0;",
        "\x00",
        "\u200e",
        "confidentiel destinataire ",
        "-----Original Message-----",
    ]
)
MIXED = st.lists(PIECES | st.text(max_size=8), max_size=60).map("".join)


@given(plain=MIXED, html=MIXED)
def test_never_raises(plain: str, html: str) -> None:
    """Any two texts are read, and the new text comes from one of them."""
    for read in (split_body(plain), split_body("", html), split_body(plain, html)):
        assert isinstance(read, Said)
    assert len(split_body(plain).text) <= len(plain)


@given(
    text=st.lists(
        st.sampled_from(["oui", "je viendrai", "Nous serons deux.", "", "Bonjour,", "Marie", "Le 31 mars"]),
        max_size=12,
    ).map("\n".join)
)
def test_splitting_a_result_again_changes_nothing(text: str) -> None:
    """Text without a quotation or a card is returned whole, and reading the result again changes nothing."""
    once = split_body(text).text

    assert text.split() == once.split()
    assert once == split_body(once).text


HOSTILE = {
    "one long line": "mot " * 20_000,
    "many lines": "oui\n> non\n\nLe 13 mars 2025 à 09:14, a@example.org a écrit :\n" * 25_000,
    "colons": "a:\n" * 20_000,
    "verbs": "wrote:\n" * 10_000,
    "half a heading": "To: a@example.org\n" * 5_000,
    "labels and gaps": "De : \n\n" * 10_000,
    "drawn lines": "--\n" * 20_000,
    "telephones": "Envoyé de mon iPhone\n\n" * 5_000,
    "numbers": "12 " * 20_000,
    "addresses": "a@" * 30_000,
    "names": "Marie " * 10_000,
    "empty lines": "\n" * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_plain(text: str) -> None:
    """Hostile texts are read; this test hangs if reading is not linear."""
    assert isinstance(split_body(text), Said)


HOSTILE_HTML = {
    "comments": "<!--" * 100_000,
    "tags": "<a " * 100_000,
    "attributes": '<a b="' * 60_000,
    "brackets": "<" * 300_000,
    "declarations": "<!" * 150_000,
    "ends": "</b>" * 100_000,
    "scripts": "<script>" + "</scr" * 60_000,
    "depth": "<div>" * 60_000 + "</b>" * 60_000,
    "quotations": "<blockquote>a" * 30_000,
    "breaks": "<br>" * 100_000,
    "entities": "&#" * 150_000,
    "cuts": "<div id=divRplyFwdMsg>a" * 15_000,
}


@pytest.mark.parametrize("html", HOSTILE_HTML.values(), ids=HOSTILE_HTML)
def test_hostile_html(html: str) -> None:
    """Hostile pages are read; this test hangs if reading is not linear."""
    assert isinstance(split_body("", html), Said)
