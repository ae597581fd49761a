"""What comes back as a file at the desk: shown first, recorded when a person says so, by the jobs of the terminal."""

from __future__ import annotations

import csv
import io

import pytest
from playwright.sync_api import Page, expect

from mailer.jobs import standings
from mailer.workspace import Workspace
from tests.desk.conftest import BEGINS, SLUG, Served, typed

FILES = f"/c/{SLUG}/exports"
POLL = (
    ',"31/03/2025","01/04/2025",\r\n,"14h-16h","9h-11h",\r\n'
    '"Inès Derache","Oui","Non",\r\n"M. Jürgen Müller","Non","Oui",\r\n"Zoé","Oui","Oui",\r\n'
).encode()


@pytest.fixture
def page(invited: Served, sheet: Page) -> Page:
    """The screen of the files, in a browser."""
    name, _, session = invited.cookie.partition("=")
    sheet.context.add_cookies([{"name": name, "value": session, "url": invited.origin}])
    sheet.goto(invited.origin + FILES)
    return sheet


def corrected(served: Served, **answers: str) -> bytes:
    """The exported attendance with other answers for some last names, and a line of nobody's."""
    text = served.ask(f"{FILES}/presences.csv").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    for row in rows:
        row["Réponse"] = answers.get(row["Nom"], row["Réponse"])
    rows.append(dict.fromkeys(rows[0], "") | {"Nom": "Inconnue", "Prénom": "Zoé", "Réponse": "oui"})
    buffer = io.StringIO(newline="")
    table = csv.DictWriter(buffer, rows[0], delimiter=";")
    table.writeheader()
    table.writerows(rows)
    return buffer.getvalue().encode("utf-8-sig")


def drop(page: Page, field: str, content: bytes, button: str) -> None:
    """Choose a file, and have it looked at."""
    page.locator(field).set_input_files({"name": "retour.csv", "mimeType": "text/csv", "buffer": content})
    page.get_by_role("button", name=button).click()
    expect(page.locator("#main .where").filter(has_text="retour.csv")).to_be_visible()


def answers(served: Served) -> dict[str, str]:
    """Who has answered what, by last name."""
    with Workspace(served.path, BEGINS).store() as store:
        known = standings.record(store, SLUG)
    names = {one.members[0].ref: one.people[0].last_name for one in known.roll}
    return {names[ref]: one.partstat.word for ref, one in known.standings.items() if one.channel}


def test_a_corrected_table_is_shown_before_it_counts(invited: Served, page: Page) -> None:
    """Names, before and after, and the lines nothing could be done with; nothing is recorded until it is said so."""
    drop(page, "#table", corrected(invited, Derache="oui", Müller="non"), "Voir ce qu’il change")
    row = page.get_by_role("row").filter(has_text="Derache")
    expect(row).to_contain_text("sans réponse")
    expect(row.get_by_text("oui", exact=True)).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Zoé Inconnue")).to_contain_text("22")
    assert answers(invited) == {}

    page.get_by_role("button", name="Noter ces 2 changements").click()
    expect(page.locator("#notice")).to_contain_text("2 changements ont été notés")
    assert answers(invited) == {"Derache": "accepted", "Müller": "declined"}


def test_a_table_in_which_nothing_was_changed(invited: Served, page: Page) -> None:
    """Says so, and there is nothing to confirm; what is no attendance is said on the screen it was dropped on."""
    text = invited.ask(f"{FILES}/presences.csv").content
    drop(page, "#table", text, "Voir ce qu’il change")
    expect(page.get_by_text("Rien n’a été modifié.")).to_be_visible()
    expect(page.get_by_role("button", name="Noter")).to_have_count(0)

    page.goto(invited.origin + FILES)
    page.locator("#table").set_input_files(
        {"name": "x.csv", "mimeType": "text/csv", "buffer": b"a;b\r\n1;2\r\n"}
    )
    page.get_by_role("button", name="Voir ce qu’il change").click()
    expect(page.get_by_role("alert")).to_contain_text("x.csv")
    expect(page.get_by_role("heading", name="Fichiers")).to_be_visible()


def test_what_somebody_noted_meanwhile_is_seen(invited: Served, page: Page) -> None:
    """Between looking and confirming a call was noted: nothing is recorded, and what the file would change is shown anew."""
    drop(page, "#table", corrected(invited, Derache="oui"), "Voir ce qu’il change")
    typed(invited.path, BEGINS, "record", SLUG, "Inès Derache", "declined")
    page.get_by_role("button", name="Noter ce changement").click()

    expect(page.get_by_role("alert")).to_contain_text("rien n’a été noté")
    expect(page.get_by_role("row").filter(has_text="Derache")).to_contain_text("modifié ici aussi")
    assert answers(invited) == {"Derache": "declined"}


@pytest.mark.parametrize("ticked", [False, True])
def test_what_changed_on_both_sides_is_recorded_where_it_is_ticked(
    invited: Served, page: Page, ticked: bool
) -> None:
    """An answer that came since the table was written stays, unless a person says otherwise; the others count."""
    table = corrected(invited, Derache="oui", Müller="non")
    typed(invited.path, BEGINS, "record", SLUG, "Inès Derache", "declined")
    drop(page, "#table", table, "Voir ce qu’il change")
    row = page.get_by_role("row").filter(has_text="Derache")
    if ticked:
        row.get_by_label("le noter quand même").check()
    page.get_by_role("button", name="Noter", exact=True).click()

    expect(page.locator("#notice")).to_contain_text("2 changements" if ticked else "1 changement")
    assert answers(invited) == {"Derache": "accepted" if ticked else "declined", "Müller": "declined"}


def test_a_poll_is_shown_before_it_counts(invited: Served, page: Page) -> None:
    """Which choice means coming is asked; each vote is shown with whose it is; a stranger waits for a person; once is enough."""
    drop(page, "#poll", POLL, "Voir ce qu’il dit")
    page.get_by_label("Quelle question, ou quel choix").select_option(index=0)
    page.get_by_role("button", name="Regarder").click()
    expect(page.get_by_role("row").filter(has_text="Jürgen Müller")).to_contain_text("non")
    expect(page.get_by_role("row").filter(has_text="Zoé")).to_contain_text("à décider")
    assert answers(invited) == {}

    page.get_by_role("button", name="Noter ces 3 réponses").click()
    expect(page.locator("#notice")).to_contain_text("3 réponses ont été notées")
    expect(page.get_by_role("heading", name="À décider")).to_be_visible()
    assert answers(invited) == {"Derache": "accepted", "Müller": "declined"}

    page.goto(invited.origin + FILES)
    drop(page, "#poll", POLL, "Voir ce qu’il dit")
    expect(page.get_by_text("Rien de nouveau.")).to_be_visible()
    page.get_by_label("Quelle question, ou quel choix").select_option(index=1)
    page.get_by_role("button", name="Voir celui-ci").click()
    expect(page.get_by_role("row").filter(has_text="Jürgen Müller")).to_contain_text("oui")


FORM = (
    "Horodateur,Nom,Ok pour le 31 ?,RGPD\r\n14/03/2025 09:41:22,Inès Derache,Formule B,oui\r\n"
    "14/03/2025 09:42:22,Jürgen Müller,Je ne viens pas,oui\r\n14/03/2025 09:43:22,Zoé,Formule C,oui\r\n"
).encode()


def test_a_form_is_asked_about_once(invited: Served, page: Page) -> None:
    """Which question, and what its words mean, is asked in a form; what is left open is not recorded, the rest is kept for the next time."""
    drop(page, "#poll", FORM, "Voir ce qu’il dit")
    expect(page.get_by_label("Quelle question, ou quel choix").locator("option")).to_have_text(
        ["Ok pour le 31 ?"]
    )
    page.get_by_role("button", name="Regarder").click()
    page.get_by_label("Formule B").select_option("yes")
    page.get_by_role("button", name="Regarder").click()
    expect(page.get_by_label("Formule B")).to_have_count(0)
    expect(page.get_by_label("Formule C")).to_be_visible()
    assert answers(invited) == {}

    page.get_by_role("button", name="Noter ces 2 réponses").click()
    expect(page.locator("#notice")).to_contain_text("2 réponses ont été notées")
    assert answers(invited) == {"Derache": "accepted", "Müller": "declined"}

    page.goto(invited.origin + FILES)
    drop(page, "#poll", FORM, "Voir ce qu’il dit")
    expect(page.get_by_text("Rien de nouveau.")).to_be_visible()
    expect(page.get_by_label("Formule B")).to_have_count(0)


@pytest.mark.parametrize("kind", ["table", "poll"])
def test_a_file_that_is_not_there_records_nothing(inside: Served, kind: str) -> None:
    """A name nobody was given leads back to the files."""
    for path in (kind, f"{kind}/take"):
        answer = inside.ask(f"{FILES}/{path}", {"key": "guess", "stamp": ""})
        assert (answer.status, answer.headers["location"]) == (303, FILES)


def test_a_file_that_means_harm_is_a_file(invited: Served, page: Page) -> None:
    """Markup in its name, in a cell and in a vote is shown as it is written; the sheet fails where any of it runs."""
    evil = "<img src=x onerror=alert(1)>"
    for place, content, button in (
        ("#table", corrected(invited).replace(b"Inconnue", evil.encode()), "Voir ce qu’il change"),
        ("#poll", POLL.replace('"Zoé"'.encode(), f'"{evil}"'.encode()), "Voir ce qu’il dit"),
    ):
        page.goto(invited.origin + FILES)
        page.locator(place).set_input_files(
            {"name": f"{evil}.csv", "mimeType": "text/csv", "buffer": content}
        )
        page.get_by_role("button", name=button).click()
        expect(page.get_by_text(f"{evil}.csv", exact=True)).to_be_visible()
        if place == "#poll":
            page.get_by_role("button", name="Regarder").click()
        expect(page.locator("td, th").filter(has_text=evil).first).to_be_visible()
