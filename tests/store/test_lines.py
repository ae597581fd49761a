"""The ledger as JSON Lines: read back as it was, verified by anybody, and described in docs/ledger.md."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.entry import Channel, Entry, Fact
from mailer.store import Breach, lines, serial
from mailer.store.chain import START
from mailer.store.entries import _row
from mailer.store.facts import SHAPES, Shape
from mailer.store.lines import VerifiedLines, verify_lines
from mailer.store.sql import SqlStore
from tests.registered import enrol
from tests.store.cases import NOW, heard, invitee
from tests.store.test_facts import FACTS
from tests.store.test_serial import facts, moments

DOCUMENT = Path(__file__).parents[2] / "docs" / "ledger.md"

written_entries = st.builds(
    Entry,
    campaign=st.just("c"),
    invitee=st.text("abc234", max_size=16),
    recorded_at=moments,
    channel=st.sampled_from(Channel),
    fact=facts,
    source=st.text("0123456789abcdef"),
    author=st.text(),
    note=st.text(),
    number=st.integers(1, 2**31),
    person=st.text("abc234", max_size=16),
)


@given(written_entries)
def test_an_entry_comes_back_as_it_was(entry: Entry) -> None:
    """A line holds all of an entry, and its words have the digest that is in the chain."""
    text = lines.line(_row(entry, entry.number, START), last=True)

    assert lines.entry(text) == entry
    assert "\n" not in text
    first = lines.line(_row(entry, 1, START), last=True)
    assert verify_lines(first.encode()).breach is None


@pytest.fixture
def ledger(store: SqlStore) -> SqlStore:
    """A ledger with every fact, and one entry whose words were erased."""
    enrol(store, "c", [invitee(1), invitee(2)], NOW)
    store.append([heard(1), *(Entry("c", "r2", NOW, Channel.STAFF, fact, note="é") for fact in FACTS)])
    store.append([heard(1, campaign="d")])
    store.forget(["r1"], [])
    return store


def exported(store: SqlStore, campaign: str = "c") -> list[bytes]:
    """The lines of a campaign, with their line breaks."""
    return [f"{line}\n".encode() for line in store.lines(campaign)]


def test_the_lines_are_the_ledger(ledger: SqlStore) -> None:
    """Every entry of the campaign is there, in order, and none of another."""
    found = exported(ledger)

    assert [lines.entry(line) for line in found] == list(ledger.entries("c"))
    last = json.loads(found[-1])
    assert verify_lines(b"".join(found)) == VerifiedLines(len(found), last["hash"], None)
    erased = [json.loads(line) for line in found[:3]]
    assert [line["words"] is None for line in erased] == [True, False, True]
    assert all(line["words_digest"] for line in erased)
    assert list(ledger.lines("nobody")) == []


def _edited(line: bytes, **values: object) -> bytes:
    return json.dumps({**json.loads(line), **values}).encode() + b"\n"


DAMAGES: list[tuple[str, Callable[[list[bytes]], list[bytes]], Breach]] = [
    ("fact", lambda a: [*a[:3], _edited(a[3], fact={"v": 1}), *a[4:]], Breach(4, "altered")),
    ("kind", lambda a: [*a[:3], _edited(a[3], kind="kept"), *a[4:]], Breach(4, "altered")),
    ("person", lambda a: [*a[:3], _edited(a[3], person="p"), *a[4:]], Breach(4, "altered")),
    ("words", lambda a: [*a[:3], _edited(a[3], words={"@note": "e"}), *a[4:]], Breach(4, "altered")),
    ("salt", lambda a: [*a[:3], _edited(a[3], salt="00"), *a[4:]], Breach(4, "altered")),
    ("words-put-back", lambda a: [_edited(a[0], words={"uid": "u9"}, salt="00"), *a[1:]], Breach(1, "altered")),
    ("digest", lambda a: [_edited(a[0], words_digest=""), *a[1:]], Breach(1, "altered")),
    ("first-removed", lambda a: a[1:], Breach(1, "removed")),
    ("middle-removed", lambda a: [*a[:3], *a[4:]], Breach(4, "removed")),
    ("last-removed", lambda a: a[:-1], Breach(len(FACTS) + 3, "removed")),
    ("swapped", lambda a: [a[0], _edited(a[2], number=2), _edited(a[1], number=3), *a[3:]], Breach(2, "reordered")),
    ("cut-off", lambda a: [*a[:-1], a[-1][:50]], Breach(len(FACTS) + 3, "unreadable")),
    ("no-json", lambda a: [*a[:3], b"\xff\n", *a[4:]], Breach(4, "unreadable")),
    ("no-entry", lambda a: [*a[:3], b"[1]\n", *a[4:]], Breach(4, "unreadable")),
    ("no-text", lambda a: [*a[:3], _edited(a[3], hash=3), *a[4:]], Breach(4, "unreadable")),
]  # fmt: skip


@pytest.mark.parametrize(("damage", "breach"), [d[1:] for d in DAMAGES], ids=[d[0] for d in DAMAGES])
def test_the_first_breach_is_named(
    ledger: SqlStore, damage: Callable[[list[bytes]], list[bytes]], breach: Breach
) -> None:
    """Whatever was changed, the first entry that is not as it was written is named."""
    assert verify_lines(b"".join(damage(exported(ledger)))).breach == breach


def test_words_may_be_erased_from_a_line(ledger: SqlStore) -> None:
    """The chain holds without them, as in the ledger."""
    found = exported(ledger)
    found[3] = _edited(found[3], words=None, salt=None)

    assert verify_lines(b"".join(found)).sound


def test_nothing_is_not_sound() -> None:
    """An empty file has no breach, and is no ledger either."""
    assert verify_lines(b"") == VerifiedLines(0, START, None)
    assert not verify_lines(b"").sound


# -- the document ----------------------------------------------------------------------------------------------


def blocks(language: str) -> list[str]:
    """The blocks of code of the document that are in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", DOCUMENT.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def test_the_program_of_the_document_verifies(ledger: SqlStore, tmp_path: Path) -> None:
    """Fifteen lines of plain Python say of every file what the program says of it."""
    program, file = tmp_path / "check.py", tmp_path / "ledger.jsonl"
    (text,) = blocks("python")
    program.write_text(text, "utf-8")
    sound = exported(ledger)
    assert len([line for line in text.splitlines() if line.strip()]) <= 17

    def check(content: bytes) -> int:
        file.write_bytes(content)
        return subprocess.run(
            [sys.executable, str(program), str(file)], capture_output=True, check=False
        ).returncode

    assert check(b"".join(sound)) == 0
    for _, damage, _ in DAMAGES:
        assert check(b"".join(damage(sound))) == 1
    assert check(b"") == 1


def test_the_examples_of_the_document_are_facts() -> None:
    """There is one for each kind, and each is written as the program writes it."""
    examples = [json.loads(block) for block in blocks("json")]
    for example in examples:
        words = example["words"] or {}
        fact: Fact = serial.fact_from_json(example["kind"], serial.dump(example["fact"]), words)
        assert serial.fact_to_json(fact) == (serial.dump(example["fact"]), words)

    assert sorted(example["kind"] for example in examples) == sorted(set(map(serial.kind_of, FACTS)))


@pytest.mark.parametrize("shape", SHAPES.values(), ids=lambda s: s.name)
def test_the_document_has_every_field(shape: Shape) -> None:
    """Each table has the fields of the format, in their order, and says which are personal."""
    text = DOCUMENT.read_text("utf-8").split(f"### `{shape.name}`\n")[1].split("\n### ")[0].split("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|[^|]*\|[^|]*\| (yes)? ?\|", text, re.MULTILINE)

    assert [name for name, _ in rows] == list(shape.fields.values())
    assert {name for name, personal in rows if personal} == set(shape.personal)
