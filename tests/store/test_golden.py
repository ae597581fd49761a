"""What left once can be made again, octet for octet, by every later version of the program."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from mailer.jobs import rebuild
from mailer.model.entry import Delivery
from mailer.model.invitation import Kind
from mailer.model.outcome import State
from mailer.store.sql import SqlStore, open_store
from tests.store.make_ledger_0002 import FIXTURE
from tests.workspaces import SLUG


@pytest.fixture
def golden(tmp_path: Path) -> SqlStore:
    """The ledger of a campaign that was sent when its format was new."""
    file = tmp_path / "mailer.sqlite"
    file.write_bytes(lzma.decompress(FIXTURE.read_bytes()))
    return open_store(f"sqlite:///{file}")


def test_every_letter_is_made_again_as_it_left(golden: SqlStore) -> None:
    """Of every kind, to one and to two people, at an old and a new address, with words that need every escape."""
    sent = [
        entry.fact.key.kind
        for entry in golden.entries(SLUG, kinds=["delivery"])
        if isinstance(entry.fact, Delivery) and entry.fact.state is State.SENT
    ]

    found = rebuild.verify_letters(golden, SLUG)

    assert found == rebuild.LettersVerified(same=len(sent))
    assert set(sent) == {Kind.INVITATION, Kind.REMINDER, Kind.UPDATE, Kind.CANCEL, Kind.DETAILS}
    assert golden.verify(SLUG) is None
    golden.close()


def test_a_letter_that_was_altered_is_found(golden: SqlStore) -> None:
    """One word less in what is kept of a letter, and the entry of that letter is named, and no other."""
    first = next(entry for entry in golden.entries(SLUG, kinds=["delivery"]))
    assert isinstance(first.fact, Delivery)
    letter = golden.letter(SLUG, first.invitee, first.fact.key)
    assert letter is not None
    golden.keep_letters(
        SLUG, letter[0], [(first.invitee, first.fact.key, letter[1].replace("Jean", "Jan", 1))]
    )

    assert rebuild.verify_letters(golden, SLUG).other == (first.number,)
    golden.close()
