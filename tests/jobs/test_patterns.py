"""Every regular expression that sees the text of a mail: what it nearly matches, many times over, takes no time that grows.

Some patterns would take the square of a text's length if they saw all of it; so whole mails are read, in which
each text stands wherever a mail has text.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from mailer.jobs.understand import understand
from tests import soak
from tests.hostile import calendar, filled, header, mail, page, report, text
from tests.patterns import compiled, worst

SIZE = 16_000
SOME, SEED = 40, 20
"""How many texts the usual run takes, and the seed by which it takes them."""

SECONDS = 0.25
"""Processor time that a mail of `SIZE` octets may take before it is looked at more closely; hardly any takes 0.02."""

GROWTH = 3.0
"""How many times longer a mail of twice the length may take, where twice is right."""

Place = Callable[[str, str, str, int], bytes]


def _header(name: str) -> Place:
    return lambda before, piece, end, size: header(
        name, clean(piece), clean(before).encode(), clean(end).encode()
    )(size)


def clean(part: str) -> str:
    """Return a text as one line."""
    return part.replace("\r", " ").replace("\n", " ") or "a"


PLACES: dict[str, Place] = {
    "text": lambda before, piece, end, size: mail(before.encode() + filled(piece, size) + end.encode()),
    "lines": lambda _before, piece, end, size: text(piece, end, line=75)(size),
    "lines, each from the beginning": lambda before, piece, end, size: text(f"{before}{piece * 3}{end}\r\n")(
        size
    ),
    "page": lambda before, piece, end, size: page(f"<p>{before}{piece * 3}{end}</p>")(size),
    "subject": _header("Subject"),
    "sender": _header("From"),
    "type": _header("Content-Type"),
    "calendar": lambda before, piece, end, size: calendar(
        clean(piece), f"COMMENT:{clean(before)}", clean(end)
    )(size),
    "report": lambda before, piece, end, size: report(
        clean(piece), f"Diagnostic-Code: smtp; {clean(before)}", clean(end)
    )(size),
}


def texts() -> list[tuple[str, str, str]]:
    """Return all texts that some pattern nearly matches, each once, in the same order in every run."""
    return sorted({each for pattern in compiled().values() for each in worst(pattern)})


def seconds(content: bytes) -> float:
    """Return the processor time that reading a mail takes, the least of two."""

    def once() -> float:
        begun = time.process_time()
        understand(content)
        return time.process_time() - begun

    first = once()
    return first if first < SECONDS else min(first, once())


def growing(some: list[tuple[str, str, str]]) -> list[str]:
    """Return what takes longer the longer it is, by place and text."""
    found = []
    for before, piece, end in some:
        for name, make in PLACES.items():
            small = seconds(make(before, piece, end, SIZE))
            if small > SECONDS and seconds(make(before, piece, end, 2 * SIZE)) > GROWTH * small:
                found.append(f"{name}: {before!r} {piece!r} {end!r}, {small:.2f} s")
    return found


def test_every_package_gives_its_patterns() -> None:
    """Patterns in tables and tuples are found, too; and a text that one nearly matches is one of its own."""
    found = compiled()
    assert len(found) > 150
    for part in ("mime.read", "inbox.new_text", "classify.words", "classify.bounce_dsn", "inbox.digest"):
        assert any(name.startswith(part) for name in found), part


def test_time_does_not_grow_with_what_a_pattern_nearly_matches() -> None:
    """Texts taken by chance, but always the same."""
    assert growing(random.Random(SEED).sample(texts(), SOME)) == []


@pytest.mark.soak
@pytest.mark.parametrize("number", soak.rounds(50))
def test_time_does_not_grow_with_any_of_them(number: int) -> None:
    """All texts of all patterns, a fiftieth at a time."""
    everything = texts()
    random.Random(soak.SEED).shuffle(everything)
    assert growing(everything[number::50]) == []
