"""The record of a campaign, folded from a ledger that is read a few invitees at a time."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from mailer import ledger, people
from mailer.jobs import standings
from mailer.store.sql import open_store
from tests.store.make_ledger_0002 import FIXTURE
from tests.workspaces import SLUG


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_however_much_is_read_at_a_time_the_record_is_the_same(
    tmp_path: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is what all entries give in the order in which they were written."""
    file = tmp_path / "mailer.sqlite"
    file.write_bytes(lzma.decompress(FIXTURE.read_bytes()))
    store = open_store(f"sqlite:///{file}")
    written = list(store.entries(SLUG))
    register = people.register(written)
    sent, _ = ledger.correspondence(written)
    monkeypatch.setattr(standings, "BATCH", size)

    record = standings.record(store, SLUG)

    assert (record.register, list(record.register.invitees)) == (register, list(register.invitees))
    assert record.standings == ledger.attendance(written, register)
    assert record.sent == sent
    assert list(record.reviews) == ledger.review(written, record.standings)
    store.close()
