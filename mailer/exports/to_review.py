"""What waits for a person, as a CSV to fill in and to read back: one line each, and a column for the decision."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mailer.errors import UserError
from mailer.exports.cells import FRENCH, Wish
from mailer.exports.columns import MEANING, WORDS, Column
from mailer.exports.guard import guard, unguard
from mailer.exports.moments import moment
from mailer.model.accents import fold_accents
from mailer.model.attendance import PendingReview
from mailer.model.contact import Origin, Problem, Severity
from mailer.model.entry import Heard
from mailer.model.finding import Answer, PartStat
from mailer.model.invitation import Invitee

_HEADINGS: Mapping[str, Sequence[str]] = MappingProxyType(
    {
        "fr": (
            "N°",
            "Reçu le",
            "Invité",
            "Courriel",
            "Ce qui est écrit",
            "Motif",
            "Proposition",
            "Réponse actuelle",
            "Décision",
            "Nombre de personnes",
        ),
        "en": (
            "No.",
            "Received on",
            "Invitee",
            "E-mail",
            "What was written",
            "Reason",
            "Proposal",
            "Answer now",
            "Decision",
            "Number of people",
        ),
    }
)
_ENTRY, _DECISION, _SIZE = 0, 8, 9
_NOTHING = frozenset({"rien", "nothing", "ignorer", "ignore", "sans suite", "aucune", "none"})
"""Words for a decision that nothing is meant by it."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided about the entry numbered `entry`: an answer, or None where it says nothing of the kind."""

    entry: int
    answer: Answer | None
    line: int


def write(
    waiting: Sequence[PendingReview], roll: Sequence[Invitee], reasons: Mapping[str, str], wish: Wish = FRENCH
) -> bytes:
    """Write the list; `reasons` are the words for the codes of `PendingReview.why`."""
    known = {invitee.ref: invitee for invitee in roll}
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_HEADINGS[wish.language])
    for item in waiting:
        writer.writerow([guard(cell) for cell in _line(item, known.get(item.entry.invitee), reasons, wish)])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _line(
    item: PendingReview, invitee: Invitee | None, reasons: Mapping[str, str], wish: Wish
) -> tuple[str, ...]:
    assert isinstance(item.entry.fact, Heard)
    finding, words = item.entry.fact.finding, WORDS[wish.language][Column.ANSWER]
    email = invitee.email if invitee else next(iter(finding.addresses), "")
    proposal = item.proposal
    return (
        str(item.entry.number),
        moment(item.entry.fact.said_at.astimezone(wish.zone)),
        invitee.called if invitee else "",
        email,
        " ".join((finding.text or finding.evidence).split()),
        reasons.get(item.why, item.why),
        words[proposal.partstat.word] if proposal else "",
        words[item.standing.partstat.word],
        "",
        str(proposal.headcount) if proposal and proposal.headcount else "",
    )


def read(table: Sequence[Sequence[str]], file: str) -> tuple[list[Decided], list[Problem]]:
    """Read the decisions of a filled-in list; lines without one stay as they are.

    Raises UserError ``not-a-review-list`` where the headings are not there.
    """
    columns = _columns(table, file)
    decided: list[Decided] = []
    problems: list[Problem] = []
    for number, cells in enumerate(table[1:], 2):
        entry, decision, size = (_cell(cells, place) for place in columns)
        if not decision:
            continue
        answer = _answer(decision, size)
        if not entry.isdecimal() or (answer is None and fold_accents(decision) not in _NOTHING):
            read = decision if entry.isdecimal() else entry
            problems.append(Problem(Severity.ERROR, "decision-unreadable", Origin(file, number), read=read))
        else:
            decided.append(Decided(int(entry), answer, number))
    return decided, problems


def _columns(table: Sequence[Sequence[str]], file: str) -> tuple[int, int, int]:
    """Where number, decision and party size stand; people move columns about."""
    found = [fold_accents(cell) for cell in table[0]] if table else []
    for headings in _HEADINGS.values():
        wanted = [fold_accents(headings[place]) for place in (_ENTRY, _DECISION, _SIZE)]
        if all(heading in found for heading in wanted):
            return found.index(wanted[0]), found.index(wanted[1]), found.index(wanted[2])
    raise UserError("not-a-review-list", file=file)


def _cell(cells: Sequence[str], place: int) -> str:
    text = unguard(cells[place].strip()) if place < len(cells) else ""
    return text.removesuffix(".0")


def _answer(decision: str, size: str) -> Answer | None:
    word = MEANING[Column.ANSWER].get(fold_accents(decision))
    if word in (None, "none"):
        return None
    partstat = next(partstat for partstat in PartStat if partstat.word == word)
    comes = partstat in (PartStat.ACCEPTED, PartStat.TENTATIVE)
    return Answer(partstat, int(size) if comes and size.isdecimal() and int(size) else None)
