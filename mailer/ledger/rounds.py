"""Find the rounds that still go on: what was asked for and has not ended."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from mailer.model.entry import Announced, Ended, Entry, Round


@dataclass(frozen=True, slots=True)
class AskedRound:
    """A round that has not ended, with the number of its entry and the moment it was asked for."""

    entry: int
    at: datetime
    round: Round


def open_rounds(entries: Iterable[Entry]) -> list[AskedRound]:
    """Return the rounds that have not ended, oldest first; a newer announcement of the meeting ends all before it."""
    rounds: dict[int, AskedRound] = {}
    for entry in entries:
        match entry.fact:
            case Announced():
                rounds.clear()
            case Round() as asked:
                rounds[entry.number] = AskedRound(entry.number, entry.recorded_at, asked)
            case Ended(round=number):
                rounds.pop(number, None)
            case _:
                pass
    return list(rounds.values())
