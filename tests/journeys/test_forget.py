"""Erasing one person as Camille does: what she exported before is found, and what is left is said."""

from __future__ import annotations

from tests.journeys.conftest import A_WEEK_LATER, SLUG, Desk
from tests.journeys.test_rules import answer

ELODIE = "Mme;Lefèvre;Élodie;;elodie@example.org"
PAUL = "M.;Grand;Paul;;paul@example.org"
GONE = "Effacé. Il ne reste qu"


def exported(desk: Desk, *names: str) -> None:
    """Write exports into the workspace."""
    for name in names:
        more = ["--sheet", "--everybody"] if name.startswith("exports/feuille") else []
        assert desk.type("export", SLUG, str(desk.path / name), *more)[0] == 0


def test_nothing_is_said_to_be_gone_that_is_still_there(desk: Desk) -> None:
    """Lines go from tables wherever they lie, previews go, the rest is named; once that is seen to, all is erased."""
    desk.invite(ELODIE, PAUL)
    desk.type("send", SLUG, "--yes")
    assert desk.type("record", SLUG, "paul@example.org", "oui")[0] == 0
    by_hand = ["exports/feuille.html", "exports/feuille.pdf", "rapport.html", "x.xlsx", "ledger.jsonl"]
    exported(desk, "p1.csv", *by_hand)
    (desk.path / "data" / "written.json").unlink()  # as if an older version had written them
    desk.type("preview", SLUG, "--out", str(desk.path / "preview"))

    status, shown = desk.type("forget", "elodie@example.org", "--yes")
    assert (status, GONE in shown) == (1, False)
    for name in by_hand:
        assert shown.count(f" {name} ") == 2, (name, shown)
    assert "p1.csv : 1 ligne est retirée" in shown
    assert "preview/index.html est supprimé" in shown
    assert "ledger.jsonl est une copie du registre : réécrivez-la avec « mailer export »" in shown
    assert "Dans la boîte de courriel, rien n’est effacé" in shown
    table = (desk.path / "p1.csv").read_text("utf-8-sig")
    assert ("Lefèvre" in table, "Grand" in table) == (False, True)
    assert not (desk.path / "preview" / "index.html").exists()

    exported(desk, *(name for name in by_hand if not name.endswith(".pdf")))
    (desk.path / "exports" / "feuille.pdf").unlink()
    status, shown = desk.type("forget", "paul@example.org", "--yes", now="2025-03-13T18:00+01:00")
    assert "Élodie" not in shown
    assert "Paul Grand" in shown


def test_exports_that_nobody_changed_are_made_anew(desk: Desk) -> None:
    """Then nothing is left; one that somebody changed is named and stays octet for octet."""
    desk.invite(ELODIE, PAUL)
    desk.type("send", SLUG, "--yes")
    exported(desk, "exports/feuille.html", "exports/feuille.pdf", "rapport.html", "x.xlsx", "touche.html")
    sheet = (desk.path / "exports" / "feuille.pdf").read_bytes()
    changed = (desk.path / "touche.html").read_text("utf-8") + "<!-- relu -->"
    (desk.path / "touche.html").write_text(changed, "utf-8")

    status, shown = desk.type("forget", "elodie@example.org", "--yes")
    before, after = shown.split("Effacé du registre")
    assert (status, after.count("à modifier à la main")) == (1, 1)
    assert "touche.html est à modifier à la main" in after
    for name in ("exports/feuille.html", "exports/feuille.pdf", "rapport.html", "x.xlsx"):
        assert f"{name} est réécrit" in before
    assert (desk.path / "touche.html").read_text("utf-8") == changed
    assert "Lefèvre" not in (desk.path / "rapport.html").read_text("utf-8")
    assert "Grand" in (desk.path / "rapport.html").read_text("utf-8")
    assert (desk.path / "exports" / "feuille.pdf").read_bytes() != sheet
    for path in (desk.path / "data").glob("*.json"):
        assert "elodie" not in path.read_text("utf-8")


def test_the_last_word_is_said_where_nothing_is_left(desk: Desk) -> None:
    """The mark is of the person, not of the address: whoever else has it can be listed."""
    desk.invite(ELODIE, PAUL)
    desk.type("send", SLUG, "--yes")

    status, shown = desk.type("forget", "elodie@example.org", "--yes")
    assert (status, GONE in shown) == (0, True)
    assert "pour qu’aucune liste ne ramène cette personne" in shown


def test_words_of_others_are_shown(desk: Desk) -> None:
    """By the name, too; they go on a word, and the answer in them stays."""
    desk.invite(ELODIE, PAUL)
    desk.type("send", SLUG, "--yes")
    answer(desk, "paul@example.org", "Oui, je viens avec Elodie Lefevre.", "Paul Grand")
    desk.type("read", now=A_WEEK_LATER)

    status, shown = desk.type("forget", "elodie@example.org", now=A_WEEK_LATER)
    assert (status, "Oui, je viens avec Elodie Lefevre." in shown) == (2, True)
    status, shown = desk.type("forget", "elodie@example.org", "--words", "--yes", now=A_WEEK_LATER)
    assert (status, GONE in shown) == (0, True)
    assert "Lefevre" not in desk.type("why", SLUG, "paul@example.org", now=A_WEEK_LATER)[1]


AFTERWARDS = "2025-05-05T09:00+02:00"


def test_one_campaign_is_erased_by_its_name(desk: Desk) -> None:
    """Every file is shown first; lists stay and are named; whom another campaign has stays in tables, which is said."""
    desk.invite(ELODIE, PAUL)
    desk.type("send", SLUG, "--yes")
    file = desk.path / "config" / "campaigns" / "fete.toml"
    file.write_text(desk.campaign().replace("contacts/invites.csv", "contacts/fete.csv"), "utf-8")
    (desk.path / "contacts" / "fete.csv").write_text(
        "Nom;Prénom;Courriel\nGrand;Paul;paul@example.org\n", "utf-8"
    )
    assert desk.type("send", "fete", "--yes")[0] == 0
    exported(desk, "p1.csv", "rapport.html")
    listed = (desk.path / "contacts" / "invites.csv").read_bytes()

    status, shown = desk.type("purge", SLUG, "--yes")
    assert (status, "ses personnes pourront être effacées ensuite" in shown) == (2, True)
    assert desk.type("purge", SLUG, "--dry-run", now=AFTERWARDS)[0] == 0
    assert "Lefèvre" in (desk.path / "p1.csv").read_text("utf-8-sig")
    status, shown = desk.type("purge", SLUG, "--yes", now=AFTERWARDS)

    assert status == 1
    before, after = shown.split("2 adresses ont été effacées")
    assert ("contacts/invites.csv" in before, "contacts/invites.csv" in after) == (True, True)
    assert "rapport.html est réécrit" in before
    assert "Lefèvre" not in (desk.path / "rapport.html").read_text("utf-8")
    assert "p1.csv : 1 ligne est retirée, et le reste" in before
    assert "Dans la boîte de courriel, rien n’est effacé" in before
    assert "fete" not in shown.replace("« mailer", "")
    table = (desk.path / "p1.csv").read_text("utf-8-sig")
    assert ("Lefèvre" in table, "Grand" in table) == (False, True)
    assert (desk.path / "contacts" / "invites.csv").read_bytes() == listed
    assert "paul@example.org" in desk.type("why", "fete", "Paul Grand", now=AFTERWARDS)[1]
    assert "Lefèvre" not in desk.type("status", SLUG, now=AFTERWARDS)[1]
