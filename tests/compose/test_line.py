"""A sentence of the sender's own in a letter: where it stands, and how it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from mailer import compose, mime
from mailer.compose.page import as_read
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.model.invitation import Invitation, Kind

Sources = Mapping[str, bytes]
Invite = Callable[..., Invitation]

LINE = "Attention : le plan d'accès <manquait> & il est joint"
TYPESET = "Attention\u00a0: le plan d'accès <manquait> & il est joint"


def parts(
    campaign: Campaign, sources: Sources, invitation: Invitation, now: datetime, line: str = LINE
) -> tuple[str, str]:
    """The text and the page of a letter with a line."""
    composer = compose.prepare(campaign, sources)
    written = mime.read(composer.write(replace(invitation, line=line), now).content)
    texts = {part.content_type: part.text.replace("\r\n", "\n") for part in written.parts}
    return texts["text/plain"], texts["text/html"]


@pytest.mark.parametrize("kind", Kind)
def test_the_line_follows_the_salutation(
    campaign: Campaign, sources: Sources, invite: Invite, guest: Contact, now: datetime, kind: Kind
) -> None:
    """In every kind of letter the line is a paragraph of its own behind the salutation; all the rest stays."""
    invitation = invite(guest, kind=kind)
    text, page = parts(campaign, sources, invitation, now)
    plain_text, plain_page = parts(campaign, sources, invitation, now, line="")

    assert text.split("\n\n")[:2] == ["Madame la Conseillère,", TYPESET]
    assert text.replace(f"{TYPESET}\n\n", "") == plain_text
    assert f"Madame la Conseillère, {' '.join(TYPESET.split())} " in " ".join(as_read(page).split())
    assert "<manquait>" not in page
    assert page.count("margin: 0 0 14px 0") == plain_page.count("margin: 0 0 14px 0") + 1
    assert "\ufdd0" not in text + page


BODIES = [
    pytest.param("<p>{{ salutation }},<br><br>x</p>", "Madame la Conseillère, LINE x", id="a line break"),
    pytest.param("<div><b>{{ salutation }}</b>,</div><p>x</p>", "Madame la Conseillère , LINE x", id="bold"),
    pytest.param(
        "<table><tr><td>{{ salutation }},</td></tr></table>x", "Madame la Conseillère, LINE x", id="a cell"
    ),
    pytest.param("<p>Bonjour,</p>", "LINE Bonjour,", id="none"),
    pytest.param("<p>Bonjour {{ contact.name }},</p>", "LINE Bonjour Inès Derache,", id="a name alone"),
    pytest.param("<p>{{ salutation|upper }}</p>", "LINE MADAME LA CONSEILLÈRE", id="changed"),
    pytest.param(
        "<p>Bonjour,</p><p>Agréez, {{ salutation }}, mes salutations.</p>",
        "LINE Bonjour, Agréez, Madame la Conseillère, mes salutations.",
        id="only in a sentence",
    ),
    pytest.param("<p>{{ salutation }}&nbsp;!</p>x", "Madame la Conseillère ! LINE x", id="an exclamation"),
    pytest.param(
        "<p>{{ salutation }},</p><p>x, {{ salutation }}</p>",
        "Madame la Conseillère, LINE x, Madame la Conseillère",
        id="twice",
    ),
]


@pytest.mark.parametrize(("body", "wanted"), BODIES)
def test_the_place_in_any_page(
    campaign: Campaign,
    sources: Sources,
    invite: Invite,
    guest: Contact,
    now: datetime,
    body: str,
    wanted: str,
) -> None:
    """Whatever a page is made of, the line stands behind its salutation, or at the top where it has none."""
    page = f"<html><head><title>{{{{ salutation }}}}</title></head><body>{body}</body></html>"
    sources = {**sources, "details.html": page.encode()}
    _, written = parts(campaign, sources, invite(guest, kind=Kind.DETAILS), now)

    said = " ".join(as_read(written).split()).replace(" ".join(TYPESET.split()), "LINE")
    assert said == wanted


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ("{{ salutation }},\nx\n\ny", "Madame la Conseillère,\n\nL\n\nx\n\ny\n"),
        ("Ville\n\nBonjour {{ salutation }} !\n\nx", "Ville\n\nBonjour Madame la Conseillère !\n\nL\n\nx\n"),
        ("x\n\nAgréez, {{ salutation }}, mes vœux.", "L\n\nx\n\nAgréez, Madame la Conseillère, mes vœux.\n"),
        ("{{ salutation }}", "Madame la Conseillère\n\nL\n"),
    ],
)
def test_the_place_in_any_text(
    campaign: Campaign, sources: Sources, invite: Invite, guest: Contact, body: str, wanted: str
) -> None:
    """The line stands behind the line that ends with the salutation, or at the top where none does."""
    sources = {**sources, "details.txt": f"Objet : x\n\n{body}".encode()}
    composer = compose.prepare(campaign, sources)
    letter = composer.letter(replace(invite(guest, kind=Kind.DETAILS), line="L"))

    assert letter.text.replace("\u00a0", " ") == wanted


def test_a_text_without_salutation_begins_with_the_line(
    campaign: Campaign, sources: Sources, invite: Invite, guest: Contact, now: datetime
) -> None:
    """It is the first paragraph; line ends in it are spaces, and the subject has nothing of it."""
    sources = {**sources, "details.txt": b"Objet : {{ salutation }}\n\nBonjour,\n\nx"}
    composer = compose.prepare(campaign, sources)
    letter = composer.letter(replace(invite(guest, kind=Kind.DETAILS), line="un\ndeux"))

    assert letter.text == "un deux\n\nBonjour,\n\nx\n"
    assert letter.subject == "Madame la Conseillère"
