"""Write the mails that wait for a decision as CSV, one line each, and read the decisions that staff filled in."""

from __future__ import annotations

import csv
import enum
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from mailer.errors import UserError
from mailer.exports.cells import DEFAULT_OPTIONS, ExportOptions
from mailer.exports.columns import Column, words
from mailer.exports.guard import guard, unguard
from mailer.exports.moments import moment
from mailer.exports.typed_words import NO_DECISION, NOTED, REGISTER, meanings
from mailer.model.accents import fold_accents
from mailer.model.attendance import PendingReview
from mailer.model.contact import Origin, Problem, Severity
from mailer.model.entry import Heard
from mailer.model.finding import Answer, PartStat
from mailer.model.names import name_in
from mailer.model.people import Invitee
from mailer.translation.catalogue import LANGUAGES, translator

_ENTRY, _DECISION, _SIZE, _CALLED, _EMAIL, _INSTEAD = 0, 8, 9, 2, 3, 13


_READ = (_ENTRY, _DECISION, _SIZE, _CALLED, _EMAIL, _INSTEAD)

_NOWHERE = 10_000
"""The place of a column that a table has not."""


class Does(enum.Enum):
    """What a decision does besides giving an answer.

    REGISTER: whoever wrote is put on the list. NOTED: an objection or a delivery notice takes effect, or what there was to
    do is done.
    """

    ANSWER = "answer"
    REGISTER = "register"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision on ledger entry number `entry`: an answer, or None if the mail holds none.

    `called` and `email` are whom the line names, by which the people of one address are told apart. `instead` is who comes
    in their place, as ``Ana Petit`` or ``Ana Petit <ana@example.org>``.
    """

    entry: int
    answer: Answer | None
    line: int
    called: str = ""
    email: str = ""
    does: Does = Does.ANSWER
    instead: str = ""


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
        _("From"),
        _("Subject"),
        _("Attachments"),
        _("Replaced by"),
    )


def _line(
    item: PendingReview, invitee: Invitee | None, reasons: Mapping[str, str], options: ExportOptions
) -> tuple[str, ...]:
    assert isinstance(item.entry.fact, Heard)
    heard = item.entry.fact
    finding, answers = heard.finding, words(options.language)[Column.ANSWER]
    email = invitee.email if invitee else next(iter(finding.addresses), "")
    proposal = item.proposal
    return (
        str(item.entry.number),
        moment(heard.said_at.astimezone(options.zone)),
        _called(item, invitee) if invitee else "",
        email,
        " ".join(_words(heard, options.zone).split()),
        reasons.get(item.why, item.why),
        answers[proposal.partstat.word] if proposal else "",
        answers[item.standing.partstat.word],
        "",
        str(proposal.headcount) if proposal and proposal.headcount else "",
        f"{heard.sender_name} <{heard.sender}>" if heard.sender_name else heard.sender,
        heard.subject,
        ", ".join(heard.attachments),
        name_in(proposal.delegate) if proposal else "",
    )


def _words(heard: Heard, zone: tzinfo) -> str:
    """Return all new words of a mail, the comment of a calendar answer, and the time that it proposes."""
    finding, line = heard.finding, heard.finding.calendar
    comment = line.comment if line else ""
    proposed = line.proposed_starts if line else None
    return " ".join(
        filter(
            None,
            (
                moment(proposed.astimezone(zone)) if proposed else "",
                finding.text or ("" if comment else finding.evidence),
                "" if comment in finding.text else comment,
            ),
        )
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
        entry, decision, size, called, email, instead = (_cell(cells, place) for place in columns)
        if not decision:
            continue
        answer = _answer(decision, size)
        does = _does(decision)
        known = answer is not None or does is not Does.ANSWER or fold_accents(decision) in NO_DECISION
        if not entry.isdecimal() or not known:
            read = decision if entry.isdecimal() else entry
            problems.append(Problem(Severity.ERROR, "decision-unreadable", Origin(file, number), read=read))
        else:
            decided.append(Decided(int(entry), answer, number, called, email, does, instead))
    return decided, problems


def _does(decision: str) -> Does:
    word = fold_accents(decision)
    if word in REGISTER:
        return Does.REGISTER
    return Does.NOTED if word in NOTED else Does.ANSWER


def _columns(table: Sequence[Sequence[str]], file: str) -> list[int]:
    """Return the places of number, decision, party size, name, address and substitute, which people may have moved.

    What is not there beyond the first three has a place beyond the end.
    """
    found = [fold_accents(cell) for cell in table[0]] if table else []
    for headings in map(_headings, LANGUAGES):
        wanted = [fold_accents(headings[place]) for place in _READ]
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
