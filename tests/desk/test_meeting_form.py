"""The campaign file as a form: whatever it says can be changed there, and nothing else in the file moves."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mailer import campaign as campaigns
from mailer.desk.fields import FIELDS, Field, rewritten, values_of
from tests.desk.conftest import SLUG, Served
from tests.desk.test_together import meeting, stamp

PAGE = f"/c/{SLUG}/meeting"
SAMPLE = (Path(__file__).parents[2] / "config" / "campaigns" / f"{SLUG}.toml").read_bytes()
SHORT = """# le strict nécessaire
subject = "Objet"
host = "Ville d'Hellemmes"
lists = ["contacts/invites.csv"]

[meeting]  # la réunion
title = "Réunion"
starts = "2025-03-31 14:00"
ends = "2025-03-31 16:00"
place = "16 rue des Travailleurs, Hellemmes"

[organizer]
address = "cjulien@mairie-lille.example"

[notice]
omitted = true
""".encode()
DOTTED = """subject = "Objet"
host = "Ville d'Hellemmes"
lists = ["contacts/invites.csv"]
meeting.title = "Réunion"
meeting.starts = 2025-03-31T14:00:00  # une date sans guillemets
meeting.ends = 2025-03-31T16:00:00
meeting.place = "16 rue des Travailleurs, Hellemmes"
organizer = { address = "cjulien@mairie-lille.example" }
notice = { omitted = true }  # une table sur une ligne
schedule.quiet_from = 20:00:00  # la nuit
""".replace("\n", "\r\n").encode()
WRITTEN = {"lines": "un\ndeux", "text": "Une ligne\net « une \\ autre »", "number": "40"}


def send(served: Served, **changed: str) -> str:
    """Send the form with some fields changed (``__`` for a dot); return what the page then says, empty where saved."""
    form = values_of(meeting(served).encode()) | {"stamp": stamp(served.ask(PAGE).text)}
    answer = served.ask(PAGE, form | {name.replace("__", "."): text for name, text in changed.items()})
    return "" if answer.status == 303 else unescape(answer.text).replace("\u00a0", " ")


def other(field: Field, before: str) -> str:
    """Something else that may be written into a field."""
    if field.form == "tick":
        return "false" if before == "true" else "true"
    if field.choices:
        return next(word for word in field.choices if word != before)
    return WRITTEN.get(field.form, "x")


def comments(content: bytes) -> list[str]:
    """Every comment of a file."""
    return re.findall(r"#.*", content.decode())


def test_a_form_sent_back_unchanged_changes_no_octet(inside: Served) -> None:
    """The file is the same after a form was saved in which nothing was touched."""
    before = meeting(inside)

    assert send(inside) == ""
    assert before == meeting(inside)


@pytest.mark.parametrize("before", [SAMPLE, SHORT, DOTTED], ids=["sample", "short", "dotted"])
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_can_be_changed_and_comments_stay(field: Field, before: bytes) -> None:
    """What is written into a field is read back from the file, no other field changes, and every comment is there."""
    values = values_of(before)
    value = other(field, values[field.name])
    after = rewritten(before, {field.name: value})

    assert values | {field.name: value} == values_of(after)
    assert comments(before) == comments(after)


@pytest.mark.parametrize("before", [SAMPLE, SHORT, DOTTED], ids=["sample", "short", "dotted"])
@pytest.mark.parametrize("field", [one for one in FIELDS if not one.required], ids=lambda field: field.name)
def test_a_field_can_be_emptied_and_comments_stay(field: Field, before: bytes) -> None:
    """An emptied field says what counts where nothing is said; the line with a remark keeps it."""
    after = rewritten(before, {field.name: "", "schedule.reminders": ""})
    said = values_of(after)[field.name]

    assert said == ("false" if field.form == "tick" else field.default)
    assert comments(before) == comments(after)
    if before != SAMPLE or not field.name.startswith("notice."):
        campaigns.read(SLUG, "x.toml", after)


def test_an_unticked_box_is_a_no(inside: Served, sheet: Page) -> None:
    """A box that a person unticks is written as false, one they tick as true, and the fold is opened by hand."""
    name, _, session = inside.cookie.partition("=")
    sheet.context.add_cookies([{"name": name, "value": session, "url": inside.origin}])
    sheet.goto(inside.origin + PAGE)
    sheet.get_by_text("Ce qui part de soi-même").first.click()
    sheet.get_by_label("Seulement les jours ouvrés").uncheck()
    sheet.get_by_label("Chaque réponse reçoit").check()
    sheet.get_by_text("Qui n’était pas invité").first.click()
    sheet.get_by_label("Une personne qui n’était pas invitée").select_option(label="attend que je décide")
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(sheet.locator("#notice")).to_contain_text("Enregistré")
    new = [line for line in meeting(inside).split("\n") if line not in SAMPLE.decode().split("\n")]

    assert [line.partition("  ")[0] for line in new] == [
        'uninvited = "hold"',
        "working_days = false",
        "acknowledge = true",
    ]


def test_the_calendar_leads_to_what_it_is_made_of(inside: Served, sheet: Page) -> None:
    """From what leaves when, a person comes to the very fields, unfolded."""
    name, _, session = inside.cookie.partition("=")
    sheet.context.add_cookies([{"name": name, "value": session, "url": inside.origin}])
    sheet.goto(f"{inside.origin}/c/{SLUG}/calendar")
    sheet.get_by_role("link", name="Changer ce qui part, et quand").click()
    sheet.get_by_label("Les derniers détails partent").fill("")
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(sheet.locator("#notice")).to_contain_text("Enregistré")

    assert 'details = ""' in meeting(inside)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"schedule__details": "hier soir"}, "« hier soir » n’est pas un moment pour « Les derniers détails partent"),
        ({"schedule__answer_by": ""}, "compte à partir de la date limite de réponse"),
        ({"schedule__reminders": "J-2\nJ-3\nJ-4\nJ-5\nJ-6\nJ-7"}, "6 relances"),
        ({"schedule__late_by_hours": "0"}, "« Retard permis à un envoi, en heures »"),
        ({"notice__controller": ""}, "« Responsable du traitement » manque"),
        ({"notice__url": "mairie"}, "« mairie » n’est pas un lien"),
        ({"retention_months": "six"}, "un nombre entier"),
        ({"meeting__zone": "Paris"}, "« Paris » n’est pas un fuseau horaire"),
    ],
)  # fmt: skip
def test_a_fault_is_said_at_its_field(inside: Served, changed: dict[str, str], sentence: str) -> None:
    """In a French sentence beside the field, whose fold is open; nothing is written."""
    before = meeting(inside)
    page = send(inside, **changed)

    assert sentence in page
    assert page.count('aria-invalid="true"') == 1
    wrong = page.index('aria-invalid="true"')
    assert page.rfind("<details", 0, wrong) <= page.rfind("</details>", 0, wrong) or (
        " open>" in page[page.rfind("<details", 0, wrong) : wrong]
    )
    assert before == meeting(inside)


def test_a_file_with_a_fault_is_shown_with_it(inside: Served) -> None:
    """What somebody broke in an editor is said on the form, and can be mended there; what is no TOML has its line."""
    file = inside.path / "config" / "campaigns" / f"{SLUG}.toml"
    file.write_text(meeting(inside).replace('quiet_from = "20 h"', 'quiet_from = "le soir"'), "utf-8")
    assert "n’est pas une heure" in inside.ask(PAGE).text
    assert send(inside, schedule__quiet_from="21 h") == ""

    file.write_text(meeting(inside).replace('"21 h"', '"21 h'), "utf-8")
    answer = inside.ask(PAGE)
    assert answer.status == 422
    assert "ligne" in answer.text


def test_what_was_done_is_said_on_a_whole_page(inside: Served) -> None:
    """The preview that is asked for at the same moment does not take the word from the page."""
    form = values_of(meeting(inside).encode())
    assert send(inside, meeting__room="Salle bleue") == ""
    inside.ask(f"/c/{SLUG}/look", form, headers={"hx-request": "true"})

    assert "Enregistré." in inside.ask(PAGE).text
