"""Workbooks that would end the program: the web interface goes on, and keeps what it holds back."""

from __future__ import annotations

import pytest

from tests.contacts.conftest import write_xlsx
from tests.contacts.test_hostile_workbooks import FAR, LIST, cell, row
from tests.desk.conftest import SLUG, Served


@pytest.mark.usefixtures("french")
def test_a_workbook_that_ends_its_reader_does_not_end_the_desk(inside: Served) -> None:
    """Attack 78: the list in it is shown, one that is none is refused by name, and a decision held back is still there."""
    decided: list[str] = []
    inside.desk.hold(SLUG, (1, ""), "oui", lambda: decided.append("written"))
    lists = inside.path / "contacts" / "invites.csv"
    shown = []
    for sheet in (LIST + FAR["attack 62: in single quotes"], LIST + row(400_000, cell("BXX400000", "x"))):
        lists.write_bytes(write_xlsx(sheet))
        shown.append(inside.ask(f"/c/{SLUG}/lists"))

    assert [one.status for one in shown] == [200, 200]
    assert "petit@example.org" in shown[0].text
    assert "Ce classeur" in shown[1].text
    assert inside.desk.held(SLUG) is not None
    assert decided == []
    assert inside.desk.take_back(SLUG)
