"""The written format of facts: what was written once is read for ever, and no name in the code changes a byte of it."""

from __future__ import annotations

import dataclasses
import enum
import json
import typing
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailer.errors import StoreError
from mailer.model.contact import Contact, Origin
from mailer.model.entry import (
    Allowed,
    Announced,
    Attended,
    Confirmed,
    Delivery,
    Ended,
    Fact,
    Gone,
    Heard,
    Kept,
    Placed,
    Presence,
    Reviewed,
    Round,
    Trust,
)
from mailer.model.finding import (
    Answer,
    CalendarLine,
    Claim,
    Fault,
    Finding,
    MailKind,
    OptOut,
    PartStat,
    Unattended,
    Unclear,
    Undeliverable,
)
from mailer.model.invitation import Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import Reply, Stage, State
from mailer.model.people import Why
from mailer.store import serial
from mailer.store.facts import SHAPES, Shape

GOLDEN = Path(__file__).with_name("fixtures") / "facts.jsonl"
"""A line for each of `FACTS`; lines are added for new facts, and none is ever changed."""

PARIS = ZoneInfo("Europe/Paris")
AT = datetime(2025, 3, 13, 8, 0, 0, 1, UTC)
KEY = MessageKey(Kind.INVITATION, 0, 1)


def _heard(claim: Claim) -> Heard:
    return Heard(Finding("rule", MailKind.REPLY, claim), AT, Trust.SENDER)


FACTS: tuple[Fact, ...] = (
    Delivery(KEY, 0, State.SENT),
    Delivery(
        MessageKey(Kind.UPDATE, 2, 3),
        2,
        State.FAILED,
        "<m@example.org>",
        Reply(Stage.RCPT, 550, "5.1.1 <é@example.org>"),
        ("abcdefghijklmnop", "qrstuvwxyz234567"),
        7,
        "v1",
        "0" * 64,
    ),
    *(Delivery(MessageKey(kind, 0, 1), 0, State.QUEUED) for kind in Kind),
    *(Delivery(KEY, 0, state) for state in State),
    *(Delivery(KEY, 0, State.DEFERRED, reply=Reply(stage, 0)) for stage in Stage),
    _heard(OptOut()),
    Heard(
        Finding(
            "calendar",
            MailKind.CALENDAR_REPLY,
            Answer(PartStat.DELEGATED, 3, "Paul Petit", asks=True),
            "PARTSTAT=DELEGATED",
            ("ana@example.org", "b@example.net"),
            ("<r@example.org>",),
            CalendarLine(
                "COUNTER",
                "u-1",
                4,
                AT,
                "mailto:Ana@example.org",
                "je viens",
                "s@example.org",
                "to@example.org",
                "from@example.org",
                "20250313",
                "2.0;Success",
                AT,
                AT,
            ),
            "je viens 🚲",
            "jusqu'au 7 avril",
        ),
        datetime(2025, 3, 13, 9, tzinfo=PARIS),
        Trust.VERIFIED,
        held=True,
        why="another-day",
        message_id="<h@example.org>",
    ),
    Heard(
        Finding("words", MailKind.REPLY, Answer(PartStat.ACCEPTED)),
        AT,
        Trust.SENDER,
        sender="ana@example.org",
        sender_name="Ana Lefèvre",
        subject="Re: Présentation",
        attachments=("coupon.pdf",),
    ),
    *(_heard(Answer(partstat)) for partstat in PartStat),
    _heard(Undeliverable(permanent=True)),
    *(_heard(Undeliverable(False, "4.2.2", True, fault)) for fault in Fault),
    _heard(Unattended()),
    _heard(Unclear()),
    _heard(Unclear(Answer(PartStat.ACCEPTED, delegate="Paul"), "several-attendees")),
    *(Heard(Finding("r", kind, OptOut()), AT, Trust.NOTHING) for kind in MailKind),
    *(Heard(Finding("r", MailKind.OTHER, OptOut()), AT, trust) for trust in Trust),
    *(Attended(presence) for presence in Presence),
    Attended(Presence.PRESENT, 2, 1),
    Reviewed(3, applied=True),
    Reviewed(3, applied=False),
    Announced(
        0,
        Meeting(
            "T",
            datetime(2025, 3, 31, 14, tzinfo=PARIS),
            datetime(2025, 3, 31, 16, tzinfo=PARIS),
            "Europe/Paris",
            "P",
        ),
    ),
    Announced(
        1,
        Meeting(
            "T",
            datetime(2025, 3, 30, tzinfo=PARIS),
            datetime(2025, 3, 31, tzinfo=PARIS),
            "Europe/Paris",
            "P",
            "Description",
            ("un", "deux"),
            "R",
            "https://example.org/",
            all_day=True,
            cancelled=True,
        ),
        keep_answers=True,
    ),
    *(Kept(kind, AT) for kind in Kind),
    Kept(Kind.REMINDER, AT, 12),
    *(Placed(why) for why in Why),
    Placed(
        Why.LISTED,
        Contact(
            "ana@example.org",
            "Mme",
            "Ana",
            "Lefèvre",
            "Les Tisserands",
            "Présidente",
            "fr",
            ("écoles", "sport"),
            {"Téléphone": "03 20 00 00 00"},
            Origin("invites.csv", 12, "Feuille 1"),
            ("a@example.net",),
        ),
        "u-1",
        "abcdefghijklmnopqrstuvwxyz",
        "qrstuvwxyz234567",
    ),
    Gone(Why.UNLISTED),
    Gone(Why.ERASED),
    Gone(Why.MERGED, "abcdefghijklmnop", "qrstuvwxyz234567"),
    Allowed(),
    Round(Kind.INVITATION, 0, 1, ()),
    Round(Kind.REMINDER, 1, 2, ("abcdefghijklmnop",), "v2", "N'oubliez pas.", AT, again=True),
    Ended(4),
    Ended(4, dropped=True),
    Delivery(KEY, 0, State.SENT, made_at=AT),
    Round(Kind.UPDATE, 1, 1, (), parts={"plan.pdf": "0" * 64}),
    Confirmed({"reminder": "0" * 16}),
    Heard(
        Finding("rule", MailKind.REPLY, Answer(PartStat.ACCEPTED)),
        AT,
        Trust.CAPABILITY,
        sender="Eve@example.org",
        arrived_at=AT,
    ),
    Placed(Why.LISTED, origin="qrstuvwxyz234567", revision=2),
    Heard(Finding("rule", MailKind.REPLY, Answer(PartStat.ACCEPTED)), AT, Trust.SENDER, dated_at=AT),
    Heard(Finding("rule", MailKind.REPLY, Answer(PartStat.ACCEPTED)), AT, Trust.SENDER, letter=KEY),
    _heard(
        Answer(
            PartStat.ACCEPTED,
            4,
            least=3,
            adults=2,
            children=2,
            remark="J'arriverai vers 19 h.",
            proxy_to="Léa Noir",
            glance=True,
            number_to_check=True,
        )
    ),
)


def written(fact: Fact) -> dict[str, str]:
    """Write a fact as the store does."""
    text, words = serial.fact_to_json(fact)
    return {"kind": serial.kind_of(fact), "fact": text, "words": serial.dump(words)}


def golden() -> list[dict[str, str]]:
    """Read the lines that were written once."""
    return [json.loads(line) for line in GOLDEN.read_text("utf-8").splitlines()]


def test_every_fact_is_written_as_it_was() -> None:
    """Each fact gives the bytes it gave when it was first written, and each has its line."""
    assert {serial.dump(written(fact)) for fact in FACTS} == {serial.dump(line) for line in golden()}


def test_every_line_is_read_as_it_was() -> None:
    """What was written then gives the same facts, so that no default has changed its meaning either."""
    wanted = {serial.dump(written(fact)): fact for fact in FACTS}
    for line in golden():
        found = serial.fact_from_json(line["kind"], line["fact"], json.loads(line["words"]))
        assert found == wanted[serial.dump(line)]


def _values(value: object) -> Iterator[tuple[type, str, object]]:
    """Yield class, attribute and value of everything that is not a default in a fact."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            content = getattr(value, field.name)
            if content != field.default:
                yield type(value), field.name, content
                yield from _values(content)
    elif isinstance(value, tuple):
        for each in value:
            yield from _values(each)


def test_the_lines_have_every_field_and_every_value() -> None:
    """No field of the format is without an example, and no member of an enumeration."""
    seen = [one for fact in FACTS for one in _values(fact)]
    fields = {(kind, name) for kind, name, _ in seen}
    members = {value for _, _, value in seen if isinstance(value, enum.Enum)}
    kinds = (
        {type(fact) for fact in FACTS} | {kind for kind, _, _ in seen} | {type(value) for _, _, value in seen}
    )

    expected = {(kind, name) for kind, shape in SHAPES.items() for name in shape.fields}
    assert expected - fields == set()
    assert set(SHAPES) - kinds == set()
    for enumeration in (State, Stage, PartStat, MailKind, Fault, Trust, Presence, Kind, Why):
        assert set(enumeration) - members <= {Fault.UNKNOWN}, enumeration  # that one is a default


@pytest.mark.parametrize("kind", SHAPES, ids=lambda kind: kind.__name__)
def test_the_table_names_every_field(kind: type) -> None:
    """A field that has no written name would be noticed here, and not with somebody's ledger."""
    shape = SHAPES[kind]

    assert list(shape.fields) == [field.name for field in dataclasses.fields(kind)]
    assert len(set(shape.fields.values())) == len(shape.fields)
    assert set(shape.personal) <= set(shape.fields.values())


def test_facts_and_claims_have_names_of_their_own() -> None:
    """No two members of a union can be taken for one another."""
    for union in (Fact, Claim):
        names = [SHAPES[kind].name for kind in typing.get_args(union)]
        assert len(set(names)) == len(names)


@dataclasses.dataclass(frozen=True, slots=True)
class Seen:
    """`Attended` under another name, with other names for its fields, in another order."""

    seats: int | None = None
    who: int = 0
    how: Presence = Presence.ABSENT


def test_a_renamed_class_writes_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the table knows the names that are written."""
    fields: Mapping[str, str] = {"seats": "headcount", "who": "place", "how": "presence"}
    monkeypatch.setitem(SHAPES, Seen, Shape("attended", fields))
    renamed = typing.cast("Fact", Seen(2, 1, Presence.PRESENT))

    assert written(renamed) == written(Attended(Presence.PRESENT, 2, 1))


@pytest.mark.parametrize(
    ("kind", "text"), [("telepathy", '{"v":1}'), ("reviewed", '{"applied":true,"entry":3,"v":2}')]
)
def test_what_a_later_program_wrote_is_not_guessed_at(kind: str, text: str) -> None:
    """A kind or a format that is not known here is an error, never another fact."""
    with pytest.raises(StoreError) as caught:
        serial.fact_from_json(kind, text, {})

    assert caught.value.code == "fact-unknown"
