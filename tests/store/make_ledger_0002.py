"""Make the golden ledger: letters of every kind that left, which later versions must still give octet for octet.

Run: python -m tests.store.make_ledger_0002 [tests/store/fixtures/ledger-0002.sqlite.xz]

It is made once for each format of prepared letters, and kept.
"""

from __future__ import annotations

import lzma
import sys
import tempfile
from pathlib import Path

from mailer.cli import group
from mailer.demo.post_office import post_office
from tests.workspaces import OWNER, SLUG, point_at, sample

FIXTURE = Path(__file__).parent / "fixtures" / "ledger-0002.sqlite.xz"
LINES = (
    "M.;Moreau;Jean;;moreau@example.org",
    "Mme;Moreau;Lucie;;moreau@example.org",
    "Mme;N'Guessan;Awa;Association <Les Amis> & Cie;awa@example.org",
    "M.;D'Haene;Benoît;Café « Chez Nous »;benoit@example.net",
    ";Öztürk;Zeynep;;zeynep@example.net",
    ";;;Comité de quartier;comite@example.org",
)


def main(file: Path = FIXTURE) -> None:
    """Send, remind, change, say, withdraw, cancel; keep the ledger."""
    with tempfile.TemporaryDirectory() as folder, post_office(OWNER) as office:
        path = Path(folder) / "mairie"
        sample(path)
        point_at(path, office)
        heading = "Civilité;Nom;Prénom;Organisme;Courriel"
        (path / "contacts" / "invites.csv").write_text("\n".join([heading, *LINES, ""]), "utf-8")
        campaign = path / "config" / "campaigns" / f"{SLUG}.toml"

        def run(moment: str, *words: str) -> None:
            status = group.main(["--workspace", str(path), "--now", f"2025-03-{moment}+01:00", *words])
            assert status == 0, words

        run("13T09:00", "send", SLUG, "--yes")
        run("14T09:00", "record", SLUG, "Jean Moreau", "yes", "--party", "2")
        run("17T09:00", "remind", SLUG, "--yes")
        campaign.write_text(campaign.read_text("utf-8").replace("14:00", "15:00", 1), "utf-8")
        run("18T09:00", "update", SLUG, "--yes")
        run("19T09:00", "update", SLUG, "--yes", "--say", "Le parking <nord> est fermé & gardé.")
        run("20T09:00", "move", SLUG, "Lucie Moreau", "lucie@example.net")
        run("20T09:10", "send", SLUG, "--yes")
        run("21T09:00", "cancel", SLUG, "--only", "awa@example.org", "--yes")
        run("21T10:00", "record", SLUG, "Lucie Moreau", "yes")
        run("22T09:00", "details", SLUG, "--yes")
        run("24T09:00", "cancel", SLUG, "--yes")
        file.write_bytes(lzma.compress((path / "data" / "mailer.sqlite").read_bytes(), preset=9))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
