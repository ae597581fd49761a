"""Read a hundred thousand damaged mails: none may crash the program or give an answer that its sender did not mean.

The random numbers are seeded, so that every run reads the same mails. The originals are answers of real programs
(tests/corpus/replies) and of the demo's invitees; each is cut, changed, repeated in part or mixed with an automatic
mail. A damaged calendar reply must give the same answer or none, and an automatic mail must give none. Damage can turn
one sentence into another, so written answers are only counted.
"""

from __future__ import annotations

import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mailer.demo import clients
from mailer.demo.received import ReceivedInvitation
from mailer.jobs.understand import UNREADABLE, understand
from mailer.model.finding import Answer, Finding

CORPUS = Path("tests/corpus/replies")
AT = datetime(2025, 3, 14, 9, tzinfo=UTC)
MACHINES = frozenset({"bounce", "auto-reply", "other"})


@dataclass(frozen=True, slots=True)
class Original:
    """An undamaged mail, with its kind and the answer read from it."""

    content: bytes
    kind: str
    status: str


def originals() -> list[Original]:
    """Return the undamaged mails."""
    found = [_of(path.read_bytes()) for path in sorted(CORPUS.glob("*.eml"))]
    letter = ReceivedInvitation(
        "marie.dupont@example.org",
        "Marie Dupont",
        "Invitation",
        "<1@mairie-lille.example>",
        "Madame,\nvoici notre invitation.",
        "7d1f6a52-4e0c-4b7d-9d55-0a4c6a3e9b10",
        0,
        "Réunion",
        datetime(2025, 3, 31, 12, tzinfo=UTC),
        datetime(2025, 3, 31, 14, tzinfo=UTC),
        "cjulien@mairie-lille.example",
        "marie.dupont@example.org",
        (),
    )
    made = [
        clients.bounce(letter, AT),
        clients.absence(letter, AT, "Je suis absente jusqu'au 7 avril."),
        *(client(letter, AT, "DECLINED") for client in (clients.exchange, clients.apple, clients.claws)),
        clients.google(letter, AT, "ACCEPTED", guests=1),
        clients.written(letter, AT, "Je ne pourrai pas venir."),
    ]
    return found + [_of(content) for content in made]


def _of(content: bytes) -> Original:
    _message, finding = understand(content)
    return Original(content, finding.kind.value, _status(finding))


def _status(finding: Finding) -> str:
    return finding.claim.partstat.word if isinstance(finding.claim, Answer) else ""


def damaged(originals: list[Original], count: int, seed: int) -> Iterator[tuple[Original, bytes]]:
    """Yield `count` damaged mails, each with its original."""
    chance = random.Random(seed)
    machines = [original for original in originals if original.kind in MACHINES]
    for _ in range(count):
        original = chance.choice(originals)
        content = bytearray(original.content)
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(content) or 1)
            match chance.randrange(6):
                case 0:
                    content[at : at + 1] = bytes([chance.randrange(256)])
                case 1:
                    del content[at : at + chance.randint(1, 80)]
                case 2:
                    content[at:at] = content[at : at + chance.randint(1, 200)]
                case 3:
                    del content[at:]
                case 4:
                    other = chance.choice(machines).content
                    start = chance.randrange(len(other))
                    content[at:at] = other[start : start + chance.randint(1, 300)]
                case _:
                    content[at:at] = chance.choice(
                        [b"\r\n\r\n", b"\x00", b"--", b"=?utf-8?b?", b"(" * 50, b"\xff\xfe"]
                    )
            if not content:
                content = bytearray(b"\r\n")
        yield original, bytes(content)


def main(count: int = 100_000, seed: int = 2025) -> int:
    """Read the damaged mails and print the results; return 1 if one gave a wrong answer or crashed, else 0."""
    tally: Counter[str] = Counter()
    wrong: list[str] = []
    for number, (original, content) in enumerate(damaged(originals(), count, seed)):
        _message, finding = understand(content)
        status = _status(finding)
        tally[f"{original.kind} -> {finding.kind.value}"] += 1
        if finding.rule == UNREADABLE:
            wrong.append(f"{number}: our own fault, {finding.evidence}")
        elif status and original.kind in MACHINES:
            wrong.append(
                f"{number}: {original.kind} became {status} ({finding.rule}: {finding.evidence[:60]!r})"
            )
        elif status and original.kind == "calendar-reply" and finding.calendar and status != original.status:
            wrong.append(f"{number}: {original.status} became {status}")
    print(json.dumps(dict(tally.most_common(12)), ensure_ascii=False))
    print(f"mutations {count}: {len(wrong)} gave a wrong answer")
    for line in wrong[:20]:
        print(" ", line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000))
