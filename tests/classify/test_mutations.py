"""Mails that were damaged on their way, by the thousand: none crashes the reading or says what nobody meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench import mutations
from tests import soak

ROOT = Path(__file__).parents[2]
EACH = 1_000


def test_a_few_damaged_mails_say_nothing_new(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attack 36, a small share of it, always the same."""
    monkeypatch.chdir(ROOT)
    status = mutations.main(600, 65_042)

    assert status == 0, capsys.readouterr().out


@pytest.mark.soak
@pytest.mark.parametrize("number", soak.rounds(100))
def test_damaged_mails_say_nothing_new(
    number: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut, flipped, doubled or spliced, a machine's mail is no answer, and a calendar's answer does not turn."""
    monkeypatch.chdir(ROOT)
    status = mutations.main(EACH, soak.SEED + number)

    assert status == 0, capsys.readouterr().out
