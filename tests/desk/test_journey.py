"""The whole Hellemmes campaign in a browser, from an empty folder to the check-in, over real SMTP and IMAP."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, FileChooser, Locator, Page, expect

from mailer.demo.cast import CAST, REFUSED, answer
from mailer.demo.post_office import PASSWORD, PostOffice
from tests.desk.conftest import BEGINS, PATIENCE, SLUG, Served, serving

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]


@pytest.fixture
def empty(tmp_path: Path, french: None) -> Iterator[Served]:
    """The desk of a folder in which nothing is yet."""
    path = tmp_path / "vide"
    path.mkdir()
    yield from serving(path)


def open_desk(served: Served, sheet: Page) -> None:
    """Open the address the program shows."""
    served.let_in(sheet)


def fill_servers(sheet: Page, office: PostOffice) -> None:
    """Write the servers of the post office into the form."""
    for name, port in (("smtp", office.smtp_port), ("imap", office.imap_port)):
        sheet.locator(f"#{name}-host").fill("127.0.0.1")
        sheet.locator(f"#{name}-port").fill(str(port))
        sheet.locator(f"#{name}-security").select_option("none")
    sheet.locator("#smtp-username").fill("")
    sheet.locator("#imap-username").fill(office.owner)
    sheet.locator("#imap-password").fill(PASSWORD)


def press(sheet: Page, key: str) -> None:
    """Press a key once the page is whole, as a person does."""
    sheet.wait_for_load_state()
    sheet.keyboard.press(key)


def test_the_whole_campaign_without_a_terminal(empty: Served, sheet: Page, office: PostOffice) -> None:
    """Camille prepares, sends, reads, decides, takes the files out and checks people in, all in the browser."""
    office.unknown.add(REFUSED)
    open_desk(empty, sheet)
    sheet.get_by_role("button", name="Préparer ce dossier").click()
    fill_servers(sheet, office)
    sheet.get_by_role("button", name="Enregistrer").click()
    expect(sheet.locator("#notice")).to_contain_text("Enregistré")
    assert "# l'envoi" in (empty.path / "config" / "mailer.toml").read_text("utf-8")

    sheet.get_by_role("link", name="Présentation du diagnostic territorial d'Hellemmes").click()
    sheet.get_by_role("link", name="Réunion", exact=True).click()
    sheet.get_by_label("Salle").fill("Salle des fêtes")
    frame = sheet.frame_locator("#look iframe.phone").first
    expect(frame.get_by_text("Salle des fêtes").first).to_be_visible()
    sheet.get_by_role("button", name="Enregistrer").click()
    file = empty.path / "config" / "campaigns" / f"{SLUG}.toml"
    expect(sheet.locator("#notice")).to_contain_text("Enregistré")
    sample = (ROOT / "config" / "campaigns" / f"{SLUG}.toml").read_text("utf-8")
    new = [line for line in file.read_text("utf-8").split("\n") if line not in sample.split("\n")]
    assert new == ['room = "Salle des fêtes"']

    sheet.get_by_role("link", name="Listes").click()
    sheet.locator("#list").set_input_files(
        {
            "name": "partenaires.csv",
            "mimeType": "text/csv",
            "buffer": (ROOT / "contacts" / "invites.csv").read_bytes(),
        }
    )
    sheet.get_by_role("button", name="Regarder").click()
    expect(sheet.get_by_text("20 contacts ont été lus")).to_be_visible()
    sheet.get_by_role("button", name="Reprendre cette liste").click()
    expect(sheet.locator("#notice")).to_contain_text("contacts/partenaires.csv")

    sheet.get_by_role("link", name="Vérifier").click()
    sheet.get_by_label("Vous envoyer un vrai message").fill("camille@example.org")
    sheet.get_by_role("button", name="Envoyer l’essai").click()
    expect(sheet.locator("#notice")).to_contain_text("camille@example.org")
    assert [one.recipient for one in office.delivered] == ["camille@example.org"]

    sheet.get_by_role("link", name="Envoyer", exact=True).click()
    sheet.get_by_label("Pour envoyer ces messages").fill("3")
    sheet.get_by_role("button", name="Envoyer", exact=True).click()
    expect(sheet.get_by_role("alert")).to_contain_text("Rien n’est parti")
    sheet.get_by_label("Pour envoyer ces messages").fill(str(len(CAST)))
    sheet.get_by_role("button", name="Envoyer", exact=True).click()
    expect(sheet.get_by_text("Terminé.")).to_be_visible()
    expect(sheet.locator("#progress")).to_contain_text("550 5.1.1")
    assert len(office.delivered) == len(CAST)

    list(answer(office, BEGINS + timedelta(hours=1)))
    sheet.get_by_role("link", name="Réponses", exact=True).click()
    sheet.get_by_role("button", name="Relever la boîte").click()
    expect(sheet.locator("#notice")).to_contain_text("courriels")
    sheet.get_by_label("Chercher").fill("muller")
    sheet.keyboard.press("Enter")
    expect(sheet.get_by_text("1 personne", exact=True)).to_be_visible()
    sheet.get_by_role("link", name="Jürgen Müller").click()
    expect(sheet.get_by_text("Nous serons trois").first).to_be_visible()

    sheet.get_by_role("link", name="À décider", exact=True).click()
    expect(sheet.locator("blockquote.words")).to_be_visible()
    press(sheet, "n")
    expect(sheet.get_by_text("Décidé")).to_be_visible()
    press(sheet, "a")
    expect(sheet.locator("#notice")).to_contain_text("Annulé")
    while sheet.locator("blockquote.words").count():
        before = sheet.locator("blockquote.words").inner_text()
        press(sheet, "x")
        expect(sheet.locator("blockquote.words").filter(has_text=before)).to_have_count(0)
    sheet.get_by_role("link", name="Réponses", exact=True).click()
    expect(sheet.locator("a.call")).to_have_count(0)

    sheet.get_by_role("link", name="Fichiers").click()
    with sheet.expect_download() as sheets:
        sheet.get_by_role("link", name="La feuille d’émargement, à imprimer").click()
    assert "MÜLLER" in sheets.value.path().read_text("utf-8")

    sheet.get_by_role("link", name="À l’entrée", exact=True).click()
    sheet.get_by_label("Quelques lettres du nom").fill("mull")
    sheet.keyboard.press("Enter")
    sheet.get_by_role("button", name="Jürgen Müller : présent").click()
    expect(sheet.get_by_text("3 dans la salle")).to_be_visible()
    sheet.get_by_text("Une personne qui n’était pas invitée").click()
    sheet.get_by_label("Prénom").fill("Zoé")
    sheet.get_by_label("Nom", exact=True).fill("Passante")
    sheet.get_by_role("button", name="Présent", exact=True).last.click()
    expect(sheet.get_by_text("4 dans la salle")).to_be_visible()

    sheet.get_by_role("link", name="Fichiers").click()
    with sheet.expect_download() as tables:
        sheet.get_by_role("link", name="Les présences, pour un tableur (CSV)").click()
    rows = csv.DictReader(io.StringIO(tables.value.path().read_text("utf-8-sig")), delimiter=";")
    present = {row["Nom"] for row in rows if "présent" in row.values() or "Présent" in row.values()}
    assert {"Müller", "Passante"} <= present


def reach(sheet: Page, wanted: Locator) -> None:
    """Go on with the Tab key until the focus is there, and seen."""
    sheet.wait_for_load_state()
    expect(wanted.first).to_be_visible()
    for _ in range(120):
        if wanted.first.evaluate("element => element === document.activeElement"):
            style = (
                "element => getComputedStyle(element).outlineStyle + getComputedStyle(element).outlineWidth"
            )
            assert wanted.first.evaluate(style) == "solid3px"
            return
        sheet.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {wanted}")


def follow(sheet: Page, role: Literal["link", "button"], name: str) -> None:
    """Go to a link or button by the keyboard, and press Enter."""
    reach(sheet, sheet.get_by_role(role, name=name, exact=True))
    sheet.keyboard.press("Enter")


def write(sheet: Page, field: Locator, text: str) -> None:
    """Go to a field by the keyboard, and write over what it holds."""
    reach(sheet, field)
    sheet.keyboard.press("Control+a")
    sheet.keyboard.type(text)


def choose(sheet: Page, field: Locator, file: Path) -> None:
    """Go to the field of a file by the keyboard, and choose one; a busy browser may miss a key, so it is pressed again."""
    chosen: list[None] = []

    def take(chooser: FileChooser) -> None:
        chooser.set_files(file)
        chosen.append(None)

    sheet.once("filechooser", take)
    for _ in range(60):
        if chosen:
            return
        reach(sheet, field)
        sheet.keyboard.press("Space")
        sheet.wait_for_timeout(500)
    raise AssertionError("no file could be chosen")


@pytest.mark.slow
def test_the_whole_campaign_by_the_keyboard(empty: Served, sheet: Page, office: PostOffice) -> None:
    """Everything is reached by Tab with a focus that is seen, and done by Enter, letters and arrows alone."""
    office.unknown.add(REFUSED)
    open_desk(empty, sheet)
    follow(sheet, "button", "Préparer ce dossier")
    for name, port, user in (("smtp", office.smtp_port, ""), ("imap", office.imap_port, office.owner)):
        write(sheet, sheet.locator(f"#{name}-host"), "127.0.0.1")
        write(sheet, sheet.locator(f"#{name}-port"), str(port))
        reach(sheet, sheet.locator(f"#{name}-security"))
        sheet.keyboard.type("aucun")
        if user:
            write(sheet, sheet.locator(f"#{name}-username"), user)
            write(sheet, sheet.locator(f"#{name}-password"), PASSWORD)
        else:
            reach(sheet, sheet.locator(f"#{name}-username"))
            sheet.keyboard.press("Control+a")
            sheet.keyboard.press("Delete")
    follow(sheet, "button", "Enregistrer")
    follow(sheet, "link", "Présentation du diagnostic territorial d'Hellemmes")
    follow(sheet, "link", "Réunion")
    write(sheet, sheet.get_by_label("Salle"), "Salle des fêtes")
    follow(sheet, "button", "Enregistrer")
    expect(sheet.locator("#notice")).to_contain_text("Enregistré")
    follow(sheet, "link", "Listes")
    choose(sheet, sheet.locator("#list"), ROOT / "contacts" / "invites.csv")
    follow(sheet, "button", "Regarder")
    expect(sheet.get_by_text("20 contacts ont été lus")).to_be_visible()
    follow(sheet, "button", "Reprendre cette liste")
    expect(sheet.locator("#notice")).to_contain_text("contacts/invites")
    follow(sheet, "link", "Vérifier")
    write(sheet, sheet.get_by_label("Vous envoyer un vrai message"), "camille@example.org")
    follow(sheet, "button", "Envoyer l’essai")
    expect(sheet.locator("#notice")).to_contain_text("camille@example.org")
    follow(sheet, "link", "Envoyer")
    write(sheet, sheet.get_by_label("Pour envoyer ces messages"), str(len(CAST)))
    follow(sheet, "button", "Envoyer")
    expect(sheet.get_by_text("Terminé.")).to_be_visible()

    list(answer(office, BEGINS + timedelta(hours=1)))
    follow(sheet, "link", "Réponses")
    follow(sheet, "button", "Relever la boîte")
    expect(sheet.locator("#notice")).to_contain_text("courriels")
    follow(sheet, "link", "À décider")
    expect(sheet.locator("blockquote.words")).to_be_visible()
    press(sheet, "o")
    expect(sheet.get_by_text("Décidé")).to_be_visible()
    follow(sheet, "link", "Fichiers")
    for name in (
        "La feuille d’émargement, à imprimer depuis le navigateur",
        "Les présences, pour un tableur (CSV)",
    ):
        with sheet.expect_download() as files:
            follow(sheet, "link", name)
        assert b"Derache" in files.value.path().read_bytes() or b"DERACHE" in files.value.path().read_bytes()
    follow(sheet, "link", "À l’entrée")
    expect(sheet.get_by_label("Quelques lettres du nom")).to_be_focused()
    press(sheet, "d")
    sheet.keyboard.type("erache")
    sheet.keyboard.press("Enter")
    expect(sheet.locator(".check-in li")).to_have_count(1)
    reach(sheet, sheet.get_by_role("button", name="Inès Derache : présent"))
    sheet.keyboard.press("Enter")
    expect(sheet.get_by_text("1 dans la salle")).to_be_visible()


@pytest.fixture
def plain_sheet(chromium: Browser) -> Iterator[Page]:
    """A page of a browser that runs no scripts."""
    context = chromium.new_context(locale="fr-FR", java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    yield page
    context.close()


def test_the_whole_campaign_without_scripts(empty: Served, plain_sheet: Page, office: PostOffice) -> None:
    """What the scripts make livelier can be done without them, page by page."""
    sheet = plain_sheet
    office.unknown.add(REFUSED)
    open_desk(empty, sheet)
    sheet.get_by_role("button", name="Préparer ce dossier").click()
    fill_servers(sheet, office)
    sheet.get_by_role("button", name="Enregistrer").click()
    sheet.goto(f"{empty.origin}/c/{SLUG}/meeting")
    sheet.get_by_label("Salle").fill("Salle des fêtes")
    sheet.get_by_role("button", name="Voir le courriel").click()
    expect(sheet.get_by_role("heading", name="Le courriel")).to_be_visible()
    expect(sheet.frame_locator("iframe.phone").first.get_by_text("Salle des fêtes").first).to_be_visible()
    sheet.goto(f"{empty.origin}/c/{SLUG}/lists")
    sheet.locator("#list").set_input_files(ROOT / "contacts" / "invites.csv")
    sheet.get_by_role("button", name="Regarder").click()
    sheet.get_by_role("button", name="Reprendre cette liste").click()
    expect(sheet.locator("#notice")).to_contain_text("contacts/invites")

    sheet.get_by_role("link", name="Envoyer", exact=True).click()
    sheet.get_by_label("Pour envoyer ces messages").fill(str(len(CAST)))
    sheet.get_by_role("button", name="Envoyer", exact=True).click()
    over, again = sheet.get_by_text("Terminé."), sheet.get_by_role("link", name="Regarder de nouveau")
    for _ in range(100):
        expect(over.or_(again)).to_be_visible()
        if over.count():
            break
        with sheet.expect_navigation():
            again.click()
    assert len(office.delivered) == len(CAST) - 1

    list(answer(office, BEGINS + timedelta(hours=1)))
    sheet.get_by_role("link", name="Réponses", exact=True).click()
    sheet.get_by_role("button", name="Relever la boîte").click()
    sheet.get_by_label("Chercher").fill("muller")
    sheet.get_by_role("button", name="Afficher").click()
    expect(sheet.get_by_text("1 personne", exact=True)).to_be_visible()
    sheet.get_by_role("link", name="À décider", exact=True).click()
    before = " ".join(str(sheet.locator("blockquote.words").text_content()).split())
    sheet.locator("button[value=no]").click()
    sheet.get_by_role("button", name="Annuler").click()
    expect(sheet.locator("blockquote.words")).to_have_text(before)
    sheet.get_by_role("link", name="À l’entrée", exact=True).click()
    sheet.get_by_label("Quelques lettres du nom").fill("derache")
    sheet.get_by_role("button", name="Trouver").click()
    sheet.get_by_role("button", name="Inès Derache : présent").click()
    expect(sheet.get_by_text("1 dans la salle")).to_be_visible()
