"""Measure the time to read a contact list, against `csv.reader` on the same file: ``python bench/contacts.py``."""

from __future__ import annotations

import csv
import io
import resource
import time
from collections.abc import Callable
from functools import partial

from mailer import contacts

SIZES = (1_000, 10_000, 100_000)
HEADINGS = "Civilité;Nom;Prénom;Organisme;Courriel;Remarque"


def a_list(rows: int) -> bytes:
    """Return a list like an office's: accents, some notes, some duplicates, one unusable address in a hundred."""
    lines = [HEADINGS]
    for row in range(rows):
        person = row - 1 if row % 50 == 49 else row
        address = f"personne{person}@asso{person % 900}.example.org" if row % 100 else "néant"
        note = "à rappeler" if row % 10 == 0 else ""
        lines.append(f"Mme;Lefèvre{person};Élodie;Association n° {person % 900};{address};{note}")
    return ("\r\n".join(lines) + "\r\n").encode("cp1252")


def fastest(work: Callable[[], object], times: int) -> float:
    """Return the shortest time of several runs, in seconds."""
    return min(_timed(work) for _ in range(times))


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _read_and_merge(content: bytes) -> object:
    return contacts.merge([contacts.read("list.csv", content)])


def _read_plain(content: bytes) -> int:
    return sum(1 for _ in csv.reader(io.StringIO(content.decode("cp1252")), delimiter=";"))


def main() -> None:
    """Print the cost per row at each size, and the ratio to `csv.reader`."""
    print(f"{'rows':>8} {'read+merge':>11} {'per row':>9} {'csv.reader':>11} {'ratio':>6} {'peak':>8}")
    for rows in SIZES:
        content = a_list(rows)
        times = max(1, 20_000 // rows)
        ours = fastest(partial(_read_and_merge, content), times)
        theirs = fastest(partial(_read_plain, content), times)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{rows:>8} {ours:>9.3f} s {ours / rows * 1e6:>6.1f} us {theirs:>9.3f} s {ours / theirs:>6.1f} {peak:>5.0f} MB"
        )


if __name__ == "__main__":
    main()
