"""Workbooks that would end the program: the web interface goes on."""

from __future__ import annotations

import pytest

from tests.contacts.conftest import write_xlsx
from tests.contacts.test_hostile_workbooks import FAR, LIST, cell, row
from tests.desk.conftest import SLUG, Served


@pytest.mark.usefixtures("french")
def test_a_workbook_that_ends_its_reader_does_not_end_the_desk(inside: Served) -> None:
    """Attack 78: the list in it is shown, and one that is none is refused by name."""
    lists = inside.path / "contacts" / "invites.csv"
    shown = []
    for sheet in (LIST + FAR["attack 62: in single quotes"], LIST + row(400_000, cell("BXX400000", "x"))):
        lists.write_bytes(write_xlsx(sheet))
        shown.append(inside.ask(f"/c/{SLUG}/lists"))

    assert [one.status for one in shown] == [200, 200]
    assert "petit@example.org" in shown[0].text
    assert "Ce classeur" in shown[1].text
