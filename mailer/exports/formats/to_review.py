"""Write the mails that wait for a decision as CSV, one line each, and read the decisions that staff filled in."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mailer.errors import UserError
from mailer.exports.cells import DEFAULT_OPTIONS, ExportOptions
from mailer.exports.columns import Column, words
from mailer.exports.guard import guard, unguard
from mailer.exports.moments import moment
from mailer.exports.typed_words import NO_DECISION, meanings
from mailer.model.accents import fold_accents
from mailer.model.attendance import PendingReview
from mailer.model.contact import Origin, Problem, Severity
from mailer.model.entry import Heard
from mailer.model.finding import Answer, PartStat
from mailer.model.people import Invitee
from mailer.translation.catalogue import LANGUAGES, translator

_ENTRY, _DECISION, _SIZE, _CALLED, _EMAIL = 0, 8, 9, 2, 3


_NOWHERE = 10_000
"""The place of a column that a table has not."""


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision on ledger entry number `entry`: an answer, or None if the mail holds none.

    `called` and `email` are whom the line names, by which the people of one address are told apart.
    """

    entry: int
    answer: Answer | None
    line: int
    called: str = ""
    email: str = ""


def write(
    waiting: Sequence[PendingReview],
    roll: Sequence[Invitee],
    reasons: Mapping[str, str],
    options: ExportOptions = DEFAULT_OPTIONS,
) -> bytes:
    """Write the list; `reasons` has a sentence for every code of `PendingReview.why`."""
    known = {invitee.ref: invitee for invitee in roll}
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(_headings(options.language))
    for item in waiting:
        writer.writerow(
            [guard(cell) for cell in _line(item, known.get(item.entry.invitee), reasons, options)]
        )
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _headings(language: str) -> tuple[str, ...]:
    _, pgettext = translator(language).gettext, translator(language).pgettext
    return (
        _("No."),
        _("Received on"),
        pgettext("heading", "Invitee"),
        _("E-mail"),
        _("What was written"),
        _("Reason"),
        _("Proposal"),
        _("Answer now"),
        _("Decision"),
        _("Number of people"),
    )


def _line(
    item: PendingReview, invitee: Invitee | None, reasons: Mapping[str, str], options: ExportOptions
) -> tuple[str, ...]:
    assert isinstance(item.entry.fact, Heard)
    finding, answers = item.entry.fact.finding, words(options.language)[Column.ANSWER]
    email = invitee.email if invitee else next(iter(finding.addresses), "")
    proposal = item.proposal
    return (
        str(item.entry.number),
        moment(item.entry.fact.said_at.astimezone(options.zone)),
        _called(item, invitee) if invitee else "",
        email,
        " ".join((finding.text or finding.evidence).split()),
        reasons.get(item.why, item.why),
        answers[proposal.partstat.word] if proposal else "",
        answers[item.standing.partstat.word],
        "",
        str(proposal.headcount) if proposal and proposal.headcount else "",
    )


def _called(item: PendingReview, invitee: Invitee) -> str:
    """Return the name of the person for whom the entry waits."""
    wanted = item.person or item.entry.person
    return next((one.contact.called for one in invitee.members if one.ref == wanted), "") or invitee.called


def read(table: Sequence[Sequence[str]], file: str) -> tuple[list[Decided], list[Problem]]:
    """Read the decisions of a filled-in list; lines without a decision are left out.

    Raises UserError ``not-a-review-list`` if the headings are missing.
    """
    columns = _columns(table, file)
    decided: list[Decided] = []
    problems: list[Problem] = []
    for number, cells in enumerate(table[1:], 2):
        entry, decision, size, called, email = (_cell(cells, place) for place in columns)
        if not decision:
            continue
        answer = _answer(decision, size)
        if not entry.isdecimal() or (answer is None and fold_accents(decision) not in NO_DECISION):
            read = decision if entry.isdecimal() else entry
            problems.append(Problem(Severity.ERROR, "decision-unreadable", Origin(file, number), read=read))
        else:
            decided.append(Decided(int(entry), answer, number, called, email))
    return decided, problems


def _columns(table: Sequence[Sequence[str]], file: str) -> list[int]:
    """Return the places of number, decision, party size, name and address, which people may have moved.

    A name or an address that is not there has a place beyond the end.
    """
    found = [fold_accents(cell) for cell in table[0]] if table else []
    for headings in map(_headings, LANGUAGES):
        wanted = [fold_accents(headings[place]) for place in (_ENTRY, _DECISION, _SIZE, _CALLED, _EMAIL)]
        if all(heading in found for heading in wanted[:3]):
            return [found.index(each) if each in found else _NOWHERE for each in wanted]
    raise UserError("not-a-review-list", file=file)


def _cell(cells: Sequence[str], place: int) -> str:
    text = unguard(cells[place].strip()) if place < len(cells) else ""
    return text.removesuffix(".0")


def _answer(decision: str, size: str) -> Answer | None:
    word = meanings(Column.ANSWER).get(fold_accents(decision))
    if word in (None, "none"):
        return None
    partstat = next(partstat for partstat in PartStat if partstat.word == word)
    comes = partstat in (PartStat.ACCEPTED, PartStat.TENTATIVE)
    return Answer(partstat, int(size) if comes and size.isdecimal() and int(size) else None)
