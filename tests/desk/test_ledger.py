"""Whether the ledger is as it was written, told at the desk."""

from __future__ import annotations

import sqlite3
from html import unescape

from tests.desk.conftest import BEGINS, SLUG, Served, typed


def looked_at(served: Served) -> str:
    """What the screen says of the ledger."""
    return unescape(served.ask("/privacy?ledger=1").text).partition('id="ledger"')[2]


def test_a_ledger_nobody_touched_is_whole(inside: Served) -> None:
    """Before there is one, that is said; afterwards, that everything is as it was written; unasked, nothing is."""
    assert "Le registre est encore vide" in looked_at(inside)

    typed(inside.path, BEGINS, "send", SLUG, "--yes")
    assert f"{SLUG}\u00a0: tout est tel qu’écrit." in looked_at(inside)
    assert "tout est tel" not in unescape(inside.ask("/privacy").text)


def test_an_entry_somebody_altered_is_named(invited: Served) -> None:
    """By its number, in the words of the terminal."""
    with sqlite3.connect(invited.path / "data" / "mailer.sqlite") as connection:
        connection.execute("UPDATE entries SET invitee = 'r9' WHERE number = 3")
    connection.close()

    assert "la ligne 3 a été modifiée" in looked_at(invited)
