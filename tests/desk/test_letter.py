"""The preview beside the form, with the results of checking the mail."""

from __future__ import annotations

from html import unescape

import pytest
from playwright.sync_api import Page, expect

from mailer.desk.fields import values_of
from tests.desk.conftest import SLUG, Served
from tests.desk.test_together import meeting

LOOK = f"/c/{SLUG}/look"


def text(served: Served, name: str) -> str:
    """Return a template as it is in the workspace."""
    return (served.path / "templates" / SLUG / name).read_text("utf-8")


def faults(page: str) -> str:
    """Return what the page says about the mail."""
    return unescape(page).replace("\u00a0", " ").partition('<ul class="found">')[2].partition("</ul>")[0]


@pytest.mark.parametrize("kind", ["invitation", "reminder", "update", "cancel", "details", "thanks"])
def test_nothing_is_said_of_a_mail_without_fault(inside: Served, kind: str) -> None:
    """The sample's letters have no faults in either form."""
    form = values_of(meeting(inside).encode())
    written = {"name": f"{kind}.txt", "text": text(inside, f"{kind}.txt")}

    for said in (form, written):
        page = inside.ask(LOOK, said | {"kind": kind}).text
        assert "iframe" in page
        assert faults(page) == ""


def test_what_a_check_would_say_of_a_text_is_said_while_it_is_written(inside: Served) -> None:
    """A placeholder that was not filled in and a made-up link are named before anything is saved."""
    ours = text(inside, "invitation.txt") + "\nVoir https://mairie.example/plan, cher prénom }}.\n"
    said = faults(inside.ask(LOOK, {"name": "invitation.txt", "text": ours, "kind": "invitation"}).text)

    assert "https://mairie.example/plan est un lien inventé" in said
    assert "cher prénom }}" in said
    assert "mairie.example" not in text(inside, "invitation.txt")


def test_a_mail_is_not_blamed_for_another_one(inside: Served) -> None:
    """A fault of the reminder is said of the reminder alone, one of the campaign file of every mail."""
    file = inside.path / "templates" / SLUG / "reminder.txt"
    file.write_text(text(inside, "reminder.txt") + "\nhttps://mairie.example/relance\n", "utf-8")
    form = values_of(meeting(inside).encode())

    assert faults(inside.ask(LOOK, form | {"kind": "invitation"}).text) == ""
    assert "relance" in faults(inside.ask(LOOK, form | {"kind": "reminder"}).text)
    for kind in ("invitation", "reminder"):
        said = faults(inside.ask(LOOK, form | {"kind": kind, "poll": "https://sondage.example/x"}).text)
        assert "https://sondage.example/x" in said


def test_a_meeting_that_has_begun(inside: Served, sheet: Page) -> None:
    """A meeting that has begun is reported beside the form as soon as its date is typed, without a button."""
    name, _, session = inside.cookie.partition("=")
    sheet.context.add_cookies([{"name": name, "value": session, "url": inside.origin}])
    sheet.goto(f"{inside.origin}/c/{SLUG}/meeting")
    expect(sheet.locator("#look iframe").first).to_be_visible()
    expect(sheet.locator("#look .found")).to_have_count(0)
    for label in ("Début", "Fin"):
        field = sheet.get_by_label(label, exact=True)
        field.fill(field.input_value().replace("2025", "2024"))
    sheet.get_by_text("Ce qui part de soi-même").first.click()
    for label in ("Date limite de réponse", "Les invitations partent", "Les relances partent"):
        sheet.get_by_label(label).fill("")

    expect(sheet.locator("#look .found")).to_contain_text("a commencé le")
