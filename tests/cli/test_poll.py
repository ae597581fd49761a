"""``mailer poll`` at a terminal: what the file leaves open is asked, and kept."""

from __future__ import annotations

from pathlib import Path

from tests import workspaces
from tests.cli.terminal import Terminal
from tests.workspaces import BEGINS, SLUG

FORM = """\
Nom;Présence samedi;Présence dimanche
Marie Dupont;Formule B;Formule A
Paul Lefebvre;Oui;Oui
"""


def test_the_question_and_the_words_are_asked_once(tmp_path: Path) -> None:
    """Two questions may mean coming, and a word may mean anything: both are asked, and the file remembers."""
    workspace = workspaces.sample(tmp_path / "mairie")
    (workspace / "contacts" / "invites.csv").write_text(
        "Nom;Prénom;Courriel\nDupont;Marie;marie.dupont@example.org\nLefebvre;Paul;paul.lefebvre@example.net\n",
        "utf-8",
    )
    file = tmp_path / "formulaire.csv"
    file.write_text(FORM, "utf-8")
    words = ["--workspace", str(workspace), "--now", BEGINS.isoformat(), "poll", SLUG, str(file)]
    with Terminal(words, tmp_path) as terminal:
        terminal.expect("1. Présence samedi")
        terminal.press("1\n")
        terminal.expect("Formule B")
        terminal.press("1\n")
        terminal.expect("Noter ces")
        terminal.press("o\n")
        assert terminal.status() == 0, terminal.shown

    kept = (workspace / "config" / "campaigns" / f"{SLUG}.toml").read_text("utf-8")
    assert '[polls."Présence samedi"]\n"Formule B" = "yes"' in kept

    with Terminal(words, tmp_path) as terminal:
        assert terminal.status() == 0, terminal.shown
    assert "1. Présence samedi" not in terminal.shown
