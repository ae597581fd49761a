"""Another campaign created from an existing one."""

from __future__ import annotations

import re
from html import unescape

from playwright.sync_api import Page, expect

from mailer import campaign as campaigns
from mailer.workspace import Workspace
from tests.desk.conftest import BEGINS, SLUG, Served, typed
from tests.desk.test_together import meeting, stamp

OTHER = {
    "after": SLUG,
    "meeting.title": "Vœux du maire",
    "meeting.starts": "2026-01-09 18 h 30",
    "meeting.ends": "",
    "meeting.place": "Salle des fêtes, 59260 Hellemmes",
}


def begin(served: Served, **changed: str) -> str:
    """Send the form; return where it leads, or what the page then says."""
    form = OTHER | {"stamp": stamp(served.ask("/another").text)}
    answer = served.ask("/another", form | {name.replace("__", "."): text for name, text in changed.items()})
    return (
        answer.headers["location"] if answer.status == 303 else unescape(answer.text).replace("\u00a0", " ")
    )


def test_another_campaign_is_whole(inside: Served) -> None:
    """It has the letters and lists of the first, its own meeting and pace, and no word of the first meeting in its letters."""
    first = meeting(inside)
    assert begin(inside) == "/c/voeux-du-maire/meeting"

    made = Workspace(inside.path).campaign("voeux-du-maire")
    source = campaigns.read(SLUG, "x.toml", first.encode())
    assert first == meeting(inside)
    assert (made.meeting.title, made.subject) == ("Vœux du maire", "Invitation : Vœux du maire")
    assert f"{made.meeting.ends:%Y-%m-%d %H:%M}" == "2026-01-09 20:30"
    assert made.lists == source.lists
    assert made.poll == ""
    assert len(made.schedule.appointments) == 5
    letters = (inside.path / made.templates).rglob("*.*")
    assert [file.name for file in letters if "Hellemmes" in file.read_text("utf-8")] == []
    comments = re.findall(r"#.*", (inside.path / made.file).read_text("utf-8"))
    assert comments == re.findall(r"#.*", first)


def test_a_letter_somebody_has_edited_is_taken_as_it_is(inside: Served) -> None:
    """A template that was edited is copied as it is; only unedited sample templates lose what is about their meeting."""
    letter = inside.path / "templates" / SLUG / "_about.txt"
    letter.write_text("Nos mots à nous.\n", "utf-8")
    begin(inside)

    assert (inside.path / "templates" / "voeux-du-maire" / "_about.txt").read_text(
        "utf-8"
    ) == "Nos mots à nous.\n"


def test_it_is_sent_beside_the_first(invited: Served) -> None:
    """Each campaign has its own roll: what is sent of one is not sent of the other."""
    begin(invited)
    typed(invited.path, BEGINS, "send", "voeux-du-maire", "--yes")

    assert (
        invited.ask("/c/voeux-du-maire").text.count("<tr>")
        == invited.ask(f"/c/{SLUG}").text.count("<tr>")
        > 15
    )


def test_a_form_sent_twice_begins_one(inside: Served) -> None:
    """A form submitted twice creates one campaign; the same title again gets another name."""
    form = OTHER | {"stamp": stamp(inside.ask("/another").text)}
    assert inside.ask("/another", form).status == 303
    assert inside.ask("/another", form).status == 422
    assert Workspace(inside.path).slugs() == [SLUG, "voeux-du-maire"]

    assert begin(inside) == "/c/voeux-du-maire-2026/meeting"


def test_what_cannot_be_a_meeting_is_said(inside: Served) -> None:
    """An error is shown at its field, in French, and nothing is written."""
    before = sorted(inside.path.rglob("*"))

    assert "« Début » vaut « bientôt »" in begin(inside, meeting__starts="bientôt")
    assert "« Titre de la réunion » manque" in begin(inside, meeting__title=" ")
    assert "finirait" in begin(inside, meeting__ends="2026-01-08 10:00")
    assert before == sorted(inside.path.rglob("*"))


def test_a_moment_that_does_not_fit_is_left_out_and_named(inside: Served) -> None:
    """A scheduled time that does not fit the new date is left out, and its field is named."""
    file = inside.path / "config" / "campaigns" / f"{SLUG}.toml"
    file.write_text(meeting(inside).replace('"la veille à 10 h"', '"2025-03-31 9:00"'), "utf-8")
    where = begin(inside, meeting__starts="2026-01-09 8:30")

    assert (
        "Les derniers détails partent"
        in inside.ask(where).text.partition('id="notice"')[2].partition("</div>")[0]
    )
    assert Workspace(inside.path).campaign("voeux-du-maire").schedule.appointments


def test_from_the_first_page(inside: Served, sheet: Page) -> None:
    """Camille goes from the campaigns to another one, and looks over its meeting beside the mail it makes."""
    name, _, session = inside.cookie.partition("=")
    sheet.context.add_cookies([{"name": name, "value": session, "url": inside.origin}])
    sheet.goto(inside.origin)
    sheet.get_by_role("link", name="Commencer une autre campagne").click()
    sheet.get_by_label("Titre de la réunion").fill("Vœux du maire")
    sheet.get_by_label("Début").fill("2026-01-09 18:30")
    sheet.get_by_role("button", name="Commencer la campagne").click()
    expect(sheet.locator("#notice")).to_contain_text("La campagne est commencée")
    expect(sheet.frame_locator("#look iframe.phone").first.get_by_text("Vœux du maire").first).to_be_visible()
    sheet.get_by_role("link", name="Campagnes").click()
    expect(sheet.get_by_role("link", name="Vœux du maire")).to_be_visible()
