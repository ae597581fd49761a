"""Mails and workbooks by the thousand, made by grammar and by mutation, each with what it may at most be taken for."""

from __future__ import annotations

import random
import resource
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer import inbox
from mailer.errors import ContactsError
from mailer.inbox import Holder
from mailer.jobs import read_list
from mailer.jobs.attribute import Situation
from mailer.jobs.understand import UNREADABLE, understand
from mailer.jobs.understand_many import MANY, Batch, UnderstoodMail, in_order
from mailer.model.contact import Reading
from mailer.model.entry import Heard
from mailer.model.finding import Answer, MailKind, OptOut, PartStat, Undeliverable
from mailer.wire import Fetched, Folder
from tests import soak
from tests.hostile import ATTACKS, CALENDAR_UNITS, INVITEE, OURS, PAGE_UNITS, TEXT_UNITS, filled

NOW = datetime(2025, 3, 20, 9, tzinfo=UTC)
REPLIES = [
    path.read_bytes() for path in sorted((Path(__file__).parents[1] / "corpus" / "replies").glob("*.eml"))
]
MEMORY = 300_000_000
"""Octets that reading may take at its peak, in each of its processes."""

YES, NO, NOTHING, NOTICE, ANYTHING = "yes", "no", "nothing", "notice", "anything"
"""What a generated mail says.

What a mail server writes in reply to our letter says nothing of an answer, and may be a delivery notice. A damaged mail of a
real program and an attack may say anything, within their budget.
"""


class Grammar:
    """Makes mails out of pieces, by chance."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def one(self) -> tuple[str, bytes]:
        """Return a mail with its label."""
        match self.chance.randrange(10):
            case 0 | 1 | 2:
                return self.answer()
            case 3 | 4 | 5:
                return self.noise()
            case 6:
                return ANYTHING, self.chance.choice(list(ATTACKS.values()))(self.size())
            case _:
                return ANYTHING, self.mutated()

    def size(self) -> int:
        """Return a size, seldom a large one."""
        return int(10 ** self.chance.uniform(1, self.chance.choice((3, 3, 3, 4, 4.5))))

    def answer(self) -> tuple[str, bytes]:
        """Write an answer of the invitee's, amid whatever else a mail may hold."""
        label, words = self.chance.choice(
            (
                (YES, "Je viens."),
                (YES, "Oui, je serai présente."),
                (NO, "Je ne viendrai pas."),
                (NO, "Non, désolée."),
            )
        )
        return label, self.head(INVITEE, OURS) + self.body(
            f"Bonjour,\r\n\r\n{words}\r\n".encode(), answers=True
        )

    def noise(self) -> tuple[str, bytes]:
        """Write a mail without an answer, from whoever it may be."""
        server = "MAILER-DAEMON@example.org"
        sender = self.chance.choice((INVITEE, "x@example.com", server, "a" * self.size() + "@b.fr"))
        return NOTICE if sender == server else NOTHING, self.head(
            sender, self.chance.choice((OURS, "<a@b>", "", "<" * self.size()))
        ) + self.body(self.words(), answers=False)

    def words(self) -> bytes:
        """Return a text that says nothing: pieces that hold no word of an answer."""
        harmless = [
            unit
            for name, unit in TEXT_UNITS.items()
            if not name.startswith(("maybe", "yes", "questions", "numbers"))
        ]
        pieces = [
            filled(unit, self.size()) for unit in self.chance.choices(harmless, k=self.chance.randint(1, 5))
        ]
        return self.chance.choice((b"\r\n", b" ", b"")).join(pieces)

    def head(self, sender: str, answers: str) -> bytes:
        """Write a header with fields that mean nothing among its own."""
        fields = [
            f"From: {sender}",
            "Subject: Re: Invitation",
            "Date: Thu, 20 Mar 2025 09:00:00 +0100",
            f"Message-ID: <{self.chance.getrandbits(64):x}@example.org>",
            f"In-Reply-To: {answers}",
            *(f"X-{self.chance.getrandbits(16):x}: {'a b ' * self.chance.randint(0, 50)}" for _ in range(3)),
        ]
        self.chance.shuffle(fields)
        return ("\r\n".join(fields) + "\r\nMIME-Version: 1.0\r\n").encode()

    def body(self, words: bytes, *, answers: bool) -> bytes:
        """Write the words as a part of some kind, alone or before other parts."""
        plain = b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + words
        if self.chance.random() < 0.4:
            return plain
        boundary = f"b{self.chance.getrandbits(32):x}".encode()
        pieces = [plain, *(self.other() for _ in range(self.chance.randint(1, 4)))]
        if not answers:
            self.chance.shuffle(pieces)
        end = b"--" + boundary + b"--\r\n" if self.chance.random() < 0.8 else b""
        joined = b"".join(b"--" + boundary + b"\r\n" + piece + b"\r\n" for piece in pieces)
        return b"Content-Type: multipart/mixed; boundary=" + boundary + b"\r\n\r\n" + joined + end

    def other(self) -> bytes:
        """Write a part that is no text: a picture, another mail, somebody's calendar, a page as an attachment."""
        match self.chance.randrange(4):
            case 0:
                return b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + filled(
                    "iVBORw0K", self.size()
                )
            case 1:
                return b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\nX-A: b\r\n\r\n" + filled(
                    "a ", self.size()
                )
            case 2:
                unit = self.chance.choice(list(CALENDAR_UNITS.values()))
                return (
                    b"Content-Type: text/calendar; method=PUBLISH\r\nContent-Disposition: attachment\r\n\r\n"
                    b"BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\n" + filled(unit, self.size())
                )
            case _:
                unit = self.chance.choice(list(PAGE_UNITS.values()))
                return b"Content-Type: text/html\r\nContent-Disposition: attachment\r\n\r\n" + filled(
                    unit, self.size()
                )

    def mutated(self) -> bytes:
        """Damage a mail that a real program wrote."""
        content = bytearray(self.chance.choice(REPLIES))
        for _ in range(self.chance.randint(1, 6)):
            at = self.chance.randrange(len(content))
            match self.chance.randrange(5):
                case 0:
                    del content[at : at + self.chance.randint(1, 200)]
                case 1:
                    content[at] = self.chance.randrange(256)
                case 2:
                    content[at:at] = content[at : at + self.chance.randint(1, 2000)]
                case 3:
                    other = self.chance.choice(REPLIES)
                    content[at:] = other[self.chance.randrange(len(other)) :]
                case _:
                    unit = self.chance.choice(
                        [*TEXT_UNITS.values(), *PAGE_UNITS.values(), *CALENDAR_UNITS.values()]
                    )
                    content[at:at] = filled(unit, self.size())
            if not content:
                content += b"\n"
        return bytes(content)


def read_many(count: int, seed: int) -> Counter[str]:
    """Read so many mails as ``mailer read`` does; return what went wrong with them, by kind and label."""
    index = inbox.Index()
    index.enrol(Holder("c", "marie"), INVITEE)
    index.add(Holder("c", "marie"), message_id=OURS)
    grammar = Grammar(seed)
    made_of: dict[str, tuple[str, bytes]] = {}

    def batches() -> Iterator[Batch]:
        for first in range(0, count, 100):
            mails = []
            for number in range(first, min(first + 100, count)):
                _label, content = made_of[str(number)] = grammar.one()
                mails.append(
                    (Fetched(number, len(content), NOW + timedelta(minutes=1), content), str(number))
                )
            yield Batch(Folder("INBOX", 1, 1), mails, frozenset(), NOW + timedelta(minutes=2))

    wrong: Counter[str] = Counter()
    situation = Situation(index, {}, "c", {}, b"secret")
    for _batch, made in in_order(batches(), situation, max(count, MANY)):
        for taken in made:
            assert taken
            label, content = made_of.pop(taken.read.digest)
            if fault := _fault(taken, label, content):
                wrong[f"{fault}: {label} (mail {taken.read.digest} of seed {seed})"] += 1
    return wrong


def _fault(taken: UnderstoodMail, label: str, content: bytes) -> str:
    if taken.set_aside:
        return "beyond its budget"
    entry = taken.attributed.entry
    fact = entry.fact if entry else None
    if isinstance(fact, Heard):
        rule = fact.finding.rule
    else:
        rule = understand(content)[1].rule if taken.kind == MailKind.OTHER.value else ""
    if rule == UNREADABLE:
        return "an exception"
    claim = fact.finding.claim if isinstance(fact, Heard) and not fact.held else None
    counts = claim if isinstance(claim, Answer | OptOut | Undeliverable) and entry and entry.invitee else None
    match label:
        case "yes" | "no":
            wanted = PartStat.ACCEPTED if label == YES else PartStat.DECLINED
            return "" if isinstance(counts, Answer) and counts.partstat is wanted else f"taken for {claim}"
        case "nothing" | "notice":
            if label == NOTICE and isinstance(counts, Undeliverable):
                return ""
            if taken.attributed.suppress or taken.attributed.newcomer:
                return f"changes the list: {taken.attributed}"
            return f"taken for {counts}" if counts else ""
        case _:
            return ""


def test_generated_mails_are_taken_for_what_they_are() -> None:
    """No mail is beyond its budget, a mail without an answer is none, and an answer amid anything is that answer."""
    assert read_many(300, 1) == Counter()


@pytest.mark.soak
@pytest.mark.parametrize("number", soak.rounds(100))
def test_thousands_of_generated_mails_are_taken_for_what_they_are(number: int) -> None:
    """Two thousand mails at a time; no process needs more memory than is allowed.

    They are read from a process of their own: on Linux the peak of a process begins with that of the one it was forked from.
    """
    module = "tests.jobs.test_soak_reading"
    code = f"from {module} import *; print(read_many(2_000, {soak.SEED + number}), largest_child())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    wrong, _, octets = done.stdout.strip().rpartition(" ")
    assert wrong == str(Counter())
    assert int(octets) < MEMORY


def largest_child() -> int:
    """Return the octets of memory that the largest process took which this one has started and seen end."""
    taken = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    return taken * (1 if sys.platform == "darwin" else 1024)


def workbook(chance: random.Random, sheet: str) -> str:
    """Return the XML of some rows that hold one person, amid rows and attributes by chance."""
    quote = chance.choice("\"'")
    rows = [sheet]
    for _ in range(chance.randint(0, 6)):
        row = chance.choice((chance.randint(3, 60), chance.randint(3, 2_000_000), 1_048_576))
        column = "".join(chance.choices("ABCDXFabcxfd", k=chance.randint(1, 4)))
        value = chance.choice(("1", "x" * chance.randint(0, 3000), "&lt;", "&#0;", "é\u202e", "]]>", ""))
        kind = chance.choice(("", ' t="s"', ' t="b"', ' t="e"', ' t="d"', ' t="inlineStr"', ' x=">"'))
        rows.append(
            f"<row r={quote}{row}{quote}><c{kind} r={quote}{column}{row}{quote}>"
            f"<v>{value}</v><is><t>{value}</t></is></c>{chance.choice(('</row>', '', '<!--'))}"
        )
    if chance.random() < 0.3:
        chance.shuffle(rows)
    return "".join(rows)


def read_workbooks(count: int, seed: int) -> list[str]:
    """Read so many workbooks; return what went wrong: anything but a list or a refusal."""
    from tests.contacts.conftest import write_xlsx
    from tests.contacts.test_hostile_workbooks import LIST

    chance = random.Random(seed)
    wrong: list[str] = []
    for number in range(count):
        content = write_xlsx(workbook(chance, LIST))
        if chance.random() < 0.2:
            damaged = bytearray(content)
            for _ in range(chance.randint(1, 5)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            content = bytes(damaged)
        try:
            reading = read_list.read("liste.xlsx", content)
        except ContactsError:
            continue
        if not isinstance(reading, Reading) or len(reading.contacts) > 70:
            wrong.append(f"workbook {number} of seed {seed}: {len(reading.contacts)} contacts")
    return wrong


def test_generated_workbooks_are_read_or_refused() -> None:
    """A workbook gives its list or a sentence, and the program goes on."""
    assert read_workbooks(15, 1) == []


@pytest.mark.soak
@pytest.mark.parametrize("number", soak.rounds(20))
def test_thousands_of_generated_workbooks_are_read_or_refused(number: int) -> None:
    """A hundred workbooks at a time."""
    assert read_workbooks(100, soak.SEED + number) == []
