"""Find what staff corrected in an attendance table that they exported, edited and gave back.

Each line names the last ledger entry it was written after. So three things can be compared: what the table showed
then, what it shows now, and what the ledger says today. Only a cell that a person edited is a correction, not one
that the ledger has changed since; where both changed it, the correction is marked as a conflict for staff to confirm.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.ledger.fold import attendance
from mailer.ledger.rows import rows
from mailer.ledger.waiting import remark as said
from mailer.ledger.waiting import together
from mailer.model.accents import fold_accents
from mailer.model.address import normal
from mailer.model.attendance import PendingReview, ReturnedRow, Row, Standing
from mailer.model.contact import Origin, Problem, Severity
from mailer.model.entry import Attended, Channel, Entry, Fact, Heard, Presence, Reviewed, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat, Unattended
from mailer.model.heads import MOST_HEADS
from mailer.model.people import Invitee, Register

EDITED = ("answer", "party_size", "presence", "comment", "review")
"""The columns that may be corrected; the others report what happened or come from the contact list."""

_PARTSTATS = {partstat.word: partstat for partstat in PartStat}
_COUNTING_ANYWAY = ("names-a-delegate", "number-to-check")


@dataclass(frozen=True, slots=True)
class Correction:
    """One cell that a person edited. `conflict`: the ledger has changed that value since the export."""

    row: Row
    column: str
    before: str
    after: str
    line: int
    conflict: bool = False


@dataclass(frozen=True, slots=True)
class Diff:
    """The corrections found in a returned table, in its order, and the lines that could not be used."""

    changes: tuple[Correction, ...] = ()
    problems: tuple[Problem, ...] = ()


def corrections(
    lines: Iterable[ReturnedRow],
    register: Register,
    standings: Mapping[str, Standing],
    entries_of: Callable[[Invitee], Iterable[Entry]],
    file: str,
) -> Diff:
    """Compare a returned attendance table with the ledger and return the corrections.

    `entries_of` returns the entries of one invitee, with those that announce the meeting, in order.
    Lines are matched by their reference, else by address and name. A line that matches nobody, or whose reference and
    name belong to different people, is reported as a problem and changes nothing.
    """
    index = _RowIndex.of(register, standings, entries_of)
    changes: list[Correction] = []
    problems: list[Problem] = []
    met: set[str] = set()
    for line in lines:
        row, code = index.find(line)
        if row and row.person.ref in met:
            row, code = None, "line-twice"
        if row is None:
            problems.append(Problem(Severity.WARNING, code, Origin(file, line.number), read=_called(line)))
            continue
        met.add(row.person.ref)
        origin = Origin(file, line.number)
        if _has_another_address(line, row):
            values = {"person": row.person.ref, "address": line.cells["email"]}
            problems.append(
                Problem(Severity.WARNING, "line-another-address", origin, row.contact.called, values=values)
            )
        found = list(_changes(line, index.row_as_of(row, line.last_entry), row))
        if _heads(line) > MOST_HEADS and any(one.column == "party_size" for one in found):
            values = {
                "person": row.person.ref,
                "answer": line.cells.get("answer", ""),
                "number": str(_heads(line)),
            }
            problems.append(
                Problem(Severity.WARNING, "many-people-in-line", origin, _called(line), values=values)
            )
            continue
        changes += found
    return Diff(tuple(changes), tuple(problems))


@dataclass(frozen=True, slots=True)
class _RowIndex:
    """Index of the attendance rows by reference, address and name."""

    register: Register
    entries_of: Callable[[Invitee], Iterable[Entry]]
    by_reference: Mapping[str, Row]
    by_address: Mapping[str, Sequence[Row]]
    by_name: Mapping[str, Sequence[Row]]

    @classmethod
    def of(
        cls,
        register: Register,
        standings: Mapping[str, Standing],
        entries_of: Callable[[Invitee], Iterable[Entry]],
    ) -> _RowIndex:
        by_address: dict[str, list[Row]] = defaultdict(list)
        by_name: dict[str, list[Row]] = defaultdict(list)
        now = rows(register.roll, standings)
        for row in now:
            by_address[normal(row.contact.email)].append(row)
            by_name[_name(row.contact.last_name, row.contact.first_name)].append(row)
        return cls(register, entries_of, {row.person.ref: row for row in now}, by_address, by_name)

    def find(self, line: ReturnedRow) -> tuple[Row | None, str]:
        """Return the row a line is about, or None and the problem code."""
        name = _name(line.cells.get("last_name", ""), line.cells.get("first_name", ""))
        address = normal(line.cells.get("email", ""))
        row = self._referred(line)
        if row:
            kept = (name == _name_of(row)) or (address == normal(row.contact.email) != "")
            return (row, "") if kept or not (name or address) else (None, "line-mixed-up")
        shared = self.by_address.get(address, ()) if address else ()
        same = [row for row in shared if name == _name_of(row)]
        found = same or shared or (self.by_name.get(name, ()) if name else ())
        return (found[0], "") if len(found) == 1 else (None, "line-ambiguous" if found else "line-unknown")

    def _referred(self, line: ReturnedRow) -> Row | None:
        """Return the row that a line's reference names: a person's, or an invitee's with the place among its people."""
        if not line.place:
            return self.by_reference.get(line.reference)
        invitee = self.register.invitees.get(line.reference)
        if invitee is None or line.place > len(invitee.members):
            return None
        return self.by_reference.get(invitee.members[line.place - 1].ref)

    def row_as_of(self, row: Row, last_entry: int) -> Row:
        """Return the row as it was after entry number `last_entry`; 0 means as it is now."""
        if not last_entry or row.standing.last_entry <= last_entry:
            return row
        invitee = self.register.invitees[row.standing.invitee]
        known = [entry for entry in self.entries_of(invitee) if entry.number <= last_entry]
        then = rows([invitee], attendance(known, Register({invitee.ref: invitee})))
        return next(one for one in then if one.person.ref == row.person.ref)


def _has_another_address(line: ReturnedRow, row: Row) -> bool:
    """Return whether staff changed the address of a line, and it is not one the person had when the table was written."""
    typed, person = normal(line.cells.get("email", "")), row.person
    if not typed or line.reference != person.ref or typed == normal(row.contact.email):
        return False
    return (
        typed not in map(normal, person.former) and max(person.since, person.readdressed) <= line.last_entry
    )


def _heads(line: ReturnedRow) -> int:
    size = line.cells.get("party_size", "")
    return int(size) if size.isdecimal() else 0


def _name(last: str, first: str) -> str:
    return fold_accents(f"{last} {first}")


def _name_of(row: Row) -> str:
    return _name(row.contact.last_name, row.contact.first_name)


def _called(line: ReturnedRow) -> str:
    return " ".join(filter(None, (line.cells.get(name) for name in ("first_name", "last_name", "email"))))


def _changes(line: ReturnedRow, then: Row, now: Row) -> Iterator[Correction]:
    for column in EDITED:
        after = line.cells.get(column)
        if after is None or (column == "party_size" and line.cells.get("answer") == PartStat.DECLINED.word):
            continue  # a number left beside a no says nothing
        shown, current = _shown(column, then, exact=line.exact), _shown(column, now, exact=line.exact)
        unchanged = any(_survives(known, after) for known in (shown, current))
        if not unchanged and not (column == "review" and after):
            yield Correction(now, column, current, after, line.number, conflict=shown != current)


def _survives(text: str, read: str) -> bool:
    """Return whether `read` equals `text`, allowing for ``?`` where saving in cp1252 lost a character such as an emoji."""
    return text == read or (not text.isascii() and _in_cp1252(text) == _MARKS.sub("?", read))


def _in_cp1252(text: str) -> str:
    return _MARKS.sub("?", text.encode("cp1252", "replace").decode("cp1252"))


_MARKS = re.compile(r"\?+")


def _shown(column: str, row: Row, *, exact: bool) -> str:
    """Return the cell text that an exported table shows for this column."""
    standing = row.standing
    match column:
        case "answer":
            return standing.partstat.word
        case "party_size":
            return "" if row.party_size is None else str(row.party_size)
        case "presence":
            if row.presence is None:
                return ""
            return row.presence.value if exact or row.presence is Presence.PRESENT else "absent"
        case "review":
            return "yes" if standing.review else "glance" if standing.glance else ""
        case _:
            return standing.remark


def corrected(
    changes: Iterable[Correction],
    campaign: str,
    now: datetime,
    author: str,
    waiting: Iterable[PendingReview] = (),
) -> list[Entry]:
    """Turn corrections into ledger entries by their author: one for the answer of a person, one for each presence.

    An answer that is `waiting` and that the table confirms keeps what it remarks.
    """
    read = list(waiting)
    by_person: dict[str, list[Correction]] = defaultdict(list)
    for change in changes:
        by_person[change.row.person.ref].append(change)
    return [
        Entry(
            campaign, row.standing.invitee, now, Channel.STAFF, fact, author=author, note=note, person=person
        )
        for person, theirs in by_person.items()
        for row in [theirs[0].row]
        for fact, note in _facts(theirs, row, now, read)
    ]


def _facts(
    changes: Sequence[Correction], row: Row, now: datetime, waiting: Sequence[PendingReview]
) -> Iterator[tuple[Fact, str]]:
    notes = [change.after or " " for change in changes if change.column == "comment"]
    note = notes[0] if notes else ""
    answer = _answer(changes, row, waiting)
    if answer or note:
        claim = answer or Unattended()
        rule = "correction" if answer else "staff_note"
        yield Heard(Finding(rule, MailKind.OTHER, claim), now, Trust.STAFF), note
    for change in changes:
        if change.column == "presence":
            yield from ((fact, "") for fact in _presence(change))
    if any(change.column == "review" for change in changes):
        for entry, why in zip(row.standing.to_review, row.standing.whys, strict=True):
            keeps_no_place = why == "names-a-delegate" and row.standing.partstat is PartStat.DECLINED
            yield Reviewed(entry, applied=why in _COUNTING_ANYWAY and not keeps_no_place), ""
            if keeps_no_place and answer is None:
                said = Finding("correction", MailKind.OTHER, Answer(PartStat.DECLINED))
                yield Heard(said, now, Trust.STAFF), ""
        for entry in row.standing.to_glance:
            yield Reviewed(entry, applied=True), ""


def _presence(change: Correction) -> Iterator[Fact]:
    """Yield the presence noted for a person or, if the cell was emptied, the withdrawal of what was noted before."""
    if change.after:
        yield Attended(Presence(change.after))
        return
    for seen in change.row.standing.sightings:
        yield Reviewed(seen.entry, applied=False)


def _answer(changes: Sequence[Correction], row: Row, waiting: Sequence[PendingReview]) -> Answer | None:
    """Return the new answer of a person; None if it stays the same."""
    wanted = {change.column: change.after for change in changes if change.column in ("answer", "party_size")}
    if not wanted:
        return None
    standing = row.standing
    partstat = _PARTSTATS[wanted.get("answer", standing.partstat.word)]
    size = wanted.get("party_size", _shown("party_size", row, exact=True))
    comes = partstat not in (PartStat.DECLINED, PartStat.NEEDS_ACTION)
    heads = int(size) if comes and size else None
    said_so = partstat is standing.partstat
    if said_so and (heads or 0) == (standing.headcount or 0):
        return None
    # What the table shows besides stays: the cell of the remark is corrected by itself.
    confirmed = [
        (said(item.entry.fact), item.proposal)
        for item in waiting
        if item.standing.person == row.person.ref
        and isinstance(item.entry.fact, Heard)
        and item.proposal
        and item.proposal.partstat is partstat
    ]
    remark, read = confirmed[-1] if confirmed else (standing.comment, None)
    proxy = standing.proxy_to if said_so else read.proxy_to if read else ""
    return Answer(partstat, heads, remark=together(standing.comment, remark), proxy_to=proxy)
