"""Mails that were made to stop the reading: none takes more than its budget, and the answers beside them count."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer import campaign as campaigns
from mailer import inbox
from mailer.inbox import Holder
from mailer.jobs.attribute import Situation, attribute
from mailer.jobs.understand import understand
from mailer.jobs.understand_many import Batch, UnderstoodMail, in_order
from mailer.model.entry import Heard
from mailer.model.finding import Answer
from mailer.wire import Fetched, Folder
from tests import soak
from tests.hostile import (
    ATTACKS,
    BOUNCE,
    CALENDAR_UNITS,
    INVITEE,
    OURS,
    PAGE_UNITS,
    TEXT_UNITS,
    Maker,
    calendar,
    filled,
    header,
    mail,
    page,
    text,
)

NOW = datetime(2025, 3, 20, 9, tzinfo=UTC)
CAMPAIGN = Path("config/campaigns/restitution-hellemmes.toml")
YES = mail(b"Bonjour,\r\n\r\nJe viens.\r\n")


@pytest.fixture
def situation() -> Situation:
    """Marie is invited to the sample's meeting, and had our letter."""
    index = inbox.Index()
    marie = Holder("c", "marie")
    index.enrol(marie, INVITEE)
    index.add(marie, message_id=OURS)
    campaign = campaigns.read("c", str(CAMPAIGN), CAMPAIGN.read_bytes())
    return Situation(index, {"c": campaign}, "c", {}, b"secret")


def read(contents: Sequence[bytes], situation: Situation) -> list[UnderstoodMail]:
    """Understand mails as ``mailer read`` does."""
    mails = [(Fetched(at, len(content), NOW, content), f"digest {at}") for at, content in enumerate(contents)]
    batches = [
        Batch(Folder("INBOX", 1, 1), mails[at : at + 20], frozenset(), NOW) for at in range(0, len(mails), 20)
    ]
    return [taken for _, made in in_order(iter(batches), situation, 1) for taken in made if taken]


def is_yes(taken: UnderstoodMail) -> bool:
    """Return whether a mail counts as an answer of Marie's."""
    entry = taken.attributed.entry
    if entry is None or not isinstance(entry.fact, Heard):
        return False
    return isinstance(entry.fact.finding.claim, Answer) and not entry.fact.held and entry.invitee == "marie"


def test_every_attack_keeps_to_its_budget_beside_genuine_answers(situation: Situation) -> None:
    """Attacks 37 to 46 in 40,000 octets each: none is set aside, and every yes between them is recorded."""
    contents = [one for make in ATTACKS.values() for one in (make(40_000), YES)]

    made = read(contents, situation)

    assert {name for name, taken in zip(ATTACKS, made[::2], strict=True) if taken.set_aside} == set()
    assert all(map(is_yes, made[1::2]))


LARGE: dict[str, Maker] = {
    "44: two hundred pages": lambda size: mail(
        filled(
            b"--b\r\nContent-Type: text/html\r\n\r\n" + b"<div>a</div><br>" * (size // 3200) + b"\r\n", size
        ),
        "multipart/mixed; boundary=b",
    ),
    "44: a field of the whole mail": lambda size: b"X-A: " + filled(b"a ", size) + b"\r\n" + YES,
    "44: a header of the whole mail": lambda size: filled(b"X-A: b\r\n", size) + YES,
    "an attachment": lambda size: mail(
        b"--b\r\n\r\nJe viens.\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + filled(b"JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0Zp\r\n", size)
        + b"--b--\r\n",
        "multipart/mixed; boundary=b",
    ),
    "text of four octets a letter": lambda size: mail(filled("𝔞 ", size)),
    "a text in UTF-32": lambda size: mail(filled("a𝔞", size // 2), "text/plain; charset=utf-32"),
}


def test_the_largest_mails_keep_to_their_budget(situation: Situation) -> None:
    """Ten million octets are fetched at most; what is in them is bounded further, in time and in memory."""
    made = read([make(9_900_000) for make in LARGE.values()], situation)

    assert {name for name, taken in zip(LARGE, made, strict=True) if taken.set_aside} == set()


def by_chance(seed: int, count: int) -> list[bytes]:
    """Runs and cycles of pieces taken by chance, as words, as a page, of a server, as subject, sender and comment."""
    chance = random.Random(seed)
    pieces = [*TEXT_UNITS.values(), *PAGE_UNITS.values(), *CALENDAR_UNITS.values()]
    made: list[bytes] = []
    for _ in range(count):
        some = chance.choices(pieces, k=chance.randint(1, 6))
        unit = "".join(one * chance.randint(1, 40) for one in some)
        line = unit.replace("\r", " ").replace("\n", " ")
        place = chance.choice(
            (
                text(unit),
                text(unit, "x", line=chance.randint(60, 900)),
                text(unit, "x", head=BOUNCE),
                page(unit),
                page(f"<p>{unit}</p>"),
                header("Subject", line),
                header("From", line, ends=b" <a@b.example>"),
                calendar(line, "COMMENT:"),
            )
        )
        made.append(place(chance.choice((2_000, 20_000, 60_000))))
    return made


def test_43_pieces_taken_by_chance_keep_to_their_budget(situation: Situation) -> None:
    """Always the same ones; a genuine yes stands behind each."""
    contents = [one for made in by_chance(1_777, 60) for one in (made, YES)]

    made = read(contents, situation)

    assert [at for at, taken in enumerate(made) if taken.set_aside] == []
    assert all(map(is_yes, made[1::2]))


@pytest.mark.soak
@pytest.mark.parametrize("number", soak.rounds(20))
def test_43_thousands_of_pieces_keep_to_their_budget(number: int, situation: Situation) -> None:
    """Four hundred at a time."""
    made = read(by_chance(soak.SEED + number, 400), situation)

    assert [at for at, taken in enumerate(made) if taken.set_aside] == []


SIZES = (20_000, 80_000, 320_000)
NOISE, TOLERATED = 0.08, 2.0
"""Seconds that nobody measures well on a busy machine, and how many times what is linear it may take."""


@pytest.mark.slow
@pytest.mark.parametrize("name", ATTACKS)
def test_time_for_each_octet_does_not_grow(name: str, situation: Situation) -> None:
    """Four times as many octets take four times as long at most, in processor time, with what noise may add."""
    small, middle, large = (_seconds(ATTACKS[name](size), situation) for size in SIZES)

    assert middle < 4 * TOLERATED * max(small, NOISE / 4)
    assert large < 4 * TOLERATED * max(middle, NOISE / 4)


def _seconds(content: bytes, situation: Situation) -> float:
    def once() -> float:
        begun = time.process_time()
        message, finding = understand(content)
        attribute(message, finding, situation, arrived=NOW, now=NOW, digest="x")
        return time.process_time() - begun

    return min(once() for _ in range(3))
