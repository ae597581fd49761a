"""Measure the ledger and the exports at 10,000 and 100,000 invitees, against csv and XlsxWriter on the same cells.

Run: python bench/ledger.py [INVITEES ...]
"""

from __future__ import annotations

import csv
import gc
import io
import resource
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import xlsxwriter

from mailer import exports, ledger
from mailer.exports.cells import DEFAULT_OPTIONS, for_people
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Delivery, Entry, Heard, Trust
from mailer.model.finding import Answer, CalendarLine, Finding, MailKind, PartStat
from mailer.model.invitation import Kind, MessageKey
from mailer.model.outcome import Reply, Stage, State
from mailer.model.people import Invitee, Person, Register

START = datetime(2025, 3, 13, 8, tzinfo=UTC)
NAMES = ("Lefèvre", "D'Haene", "N'Guessan", "Müller", "Dupont-Martin", "Étienne", "Le Goff", "Roux")
PARTSTATS = (PartStat.ACCEPTED, PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE)


def roll(invitees: int) -> list[Invitee]:
    """Return so many invitees, with one further field each."""
    return [
        Invitee(
            f"i{number:07d}",
            f"p{number}@example.org",
            (
                Person(
                    f"p{number:07d}",
                    Contact(
                        f"p{number}@example.org",
                        "Mme",
                        "Élodie",
                        NAMES[number % len(NAMES)],
                        f"Association {number % 500}",
                        fields={"Téléphone": f"+33 6 {number:08d}"},
                    ),
                ),
            ),
        )
        for number in range(invitees)
    ]


def entries(invitees: int) -> Iterator[Entry]:
    """Yield three entries for each invitee: sent, a written answer, and a calendar reply; one in seven changes."""
    number = 0
    for sort in range(3):
        for place in range(invitees):
            number += 1
            at = START + timedelta(days=sort, seconds=place)
            ref = f"i{place:07d}"
            if sort == 0:
                fact = Delivery(
                    MessageKey(Kind.INVITATION, 0, 1), 0, State.SENT, reply=Reply(Stage.DOT, 250, "2.0.0 ok")
                )
                yield Entry("bench", ref, at, Channel.OUTBOX, fact, number=number)
                continue
            partstat = PARTSTATS[(place + (sort == 2 and place % 7 == 0)) % 4]
            line = CalendarLine("REPLY", "u", 0, at, f"p{place}@example.org") if sort == 2 else None
            finding = Finding("rule", MailKind.REPLY, Answer(partstat, place % 3 or None), calendar=line)
            channel = Channel.CALENDAR if line else Channel.TEXT
            yield Entry("bench", ref, at, channel, Heard(finding, at, Trust.SENDER), number=number)


def plain_csv() -> bytes:
    """Write the prepared cells with the csv module alone."""
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";").writerows(CELLS)
    return text.getvalue().encode()


def plain_xlsx() -> bytes:
    """Write the prepared cells with XlsxWriter alone."""
    content = io.BytesIO()
    book = xlsxwriter.Workbook(content, {"in_memory": True})
    sheet = book.add_worksheet()
    for line, cells in enumerate(CELLS):
        for place, cell in enumerate(cells):
            if cell != "":
                (sheet.write_string if isinstance(cell, str) else sheet.write_datetime)(line, place, cell)
    book.close()
    return content.getvalue()


CELLS: list[list[object]] = []


Result = TypeVar("Result")


def timed(name: str, count: int, work: Callable[[], Result], base: float = 0.0) -> tuple[Result, float]:
    """Run once and print processor time in seconds, microseconds per item, peak memory, and the ratio to `base`."""
    gc.collect()
    began = time.process_time()
    result = work()
    took = time.process_time() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratio = f"{took / base:5.1f} x" if base else ""
    print(f"  {name:34}{took:8.2f} s{1e6 * took / count:9.1f} µs each{peak:9.0f} MB peak  {ratio}")
    return result, took


def run(invitees: int) -> None:
    """Print all figures for so many invitees."""
    people = roll(invitees)
    told = list(entries(invitees))
    now = START + timedelta(days=10)
    print(f"{invitees:,} invitees, {len(told):,} entries")
    register = Register({invitee.ref: invitee for invitee in people})
    standings, _ = timed("fold", len(told), lambda: ledger.attendance(told, register))
    timed("count (status)", invitees, lambda: ledger.count(ledger.rows(people, standings), standings))
    rows, _ = timed("rows", invitees, lambda: ledger.rows(people, standings))
    CELLS[:] = [
        [cell.replace(tzinfo=None) if isinstance(cell, datetime) else str(cell) for cell in line]
        for line in for_people(rows, DEFAULT_OPTIONS).lines
    ]
    _, base = timed("csv alone", invitees, plain_csv)
    timed("to_csv", invitees, lambda: exports.to_csv.write(rows), base)
    timed("to_csv --machine", invitees, lambda: exports.to_csv.write(rows, machine=True), base)
    _, base = timed("XlsxWriter alone", invitees, plain_xlsx)
    timed("to_xlsx", invitees, lambda: exports.to_xlsx.write(rows, title="t", now=now), base)
    timed("to_ods", invitees, lambda: exports.to_ods.write(rows, title="t", now=now), base)
    counters = ledger.count(rows, standings)
    occasion = exports.Occasion("t", "w", "p")
    page, _ = timed("report", invitees, lambda: exports.to_report.write(rows, counters, occasion, now=now))
    print(f"  the report has {len(page) / 1024:.0f} KB")


if __name__ == "__main__":
    for wanted in [int(text) for text in sys.argv[1:]] or [10_000, 100_000]:
        run(wanted)
