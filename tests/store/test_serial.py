"""Facts and invitees as JSON, there and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.contact import Contact
from mailer.model.entry import Announced, Attended, Delivery, Fact, Heard, Reviewed, Trust
from mailer.model.finding import Answer, CalendarLine, Finding, MailKind, PartStat
from mailer.model.invitation import Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import Reply, Stage, State
from mailer.model.people import Invitee
from mailer.store import serial

ZONES = ("Europe/Paris", "UTC", "Indian/Reunion", "America/Cayenne")
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@st.composite
def meetings(draw: st.DrawFn) -> Meeting:
    """Meetings whose hours are in their zone."""
    zone = draw(st.sampled_from(ZONES))
    starts = draw(moments).astimezone(ZoneInfo(zone))
    return Meeting(
        draw(st.text()),
        starts,
        (starts.astimezone(UTC) + timedelta(hours=2)).astimezone(ZoneInfo(zone)),
        zone,
        draw(st.text()),
        agenda=draw(st.tuples(st.text(), st.text())),
    )


st.register_type_strategy(datetime, moments)
st.register_type_strategy(Meeting, meetings())
contacts = st.builds(Contact, fields=st.dictionaries(st.text(), st.text()).map(MappingProxyType))
invitees = st.builds(Invitee, people=st.lists(contacts, min_size=1, max_size=3).map(tuple))
facts = st.one_of([st.from_type(kind) for kind in Fact.__args__])


@given(facts)
def test_a_fact_comes_back_as_it_was(fact: Fact) -> None:
    """Whatever a fact holds, its two halves together are it."""
    text, words = serial.fact_to_json(fact)

    assert serial.fact_from_json(serial.kind_of(fact), text, json.loads(serial.dump(words))) == fact


@given(facts)
def test_the_public_half_can_be_read_alone(fact: Fact) -> None:
    """With the words gone, what counts is still there."""
    text, _ = serial.fact_to_json(fact)
    alone = serial.fact_from_json(serial.kind_of(fact), text, {})

    assert type(alone) is type(fact)
    assert serial.fact_to_json(alone) == (text, {})


def test_a_meeting_keeps_its_zone() -> None:
    """The hours are those of the zone, the day after the clocks changed as before."""
    paris = ZoneInfo("Europe/Paris")
    meeting = Meeting(
        "x",
        datetime(2025, 3, 31, 14, tzinfo=paris),
        datetime(2025, 3, 31, 16, tzinfo=paris),
        "Europe/Paris",
        "y",
    )
    text, words = serial.fact_to_json(Announced(1, meeting))
    back = serial.fact_from_json("announced", text, words)

    assert isinstance(back, Announced)
    assert back.meeting.starts.tzinfo == paris
    assert back.meeting.starts.hour == 14


SECRET = "marie@example.org"
PERSONAL = [
    Delivery(MessageKey(Kind.INVITATION, 0, 1), 0, State.FAILED, "<m@x>", Reply(Stage.RCPT, 550, SECRET)),
    Heard(
        Finding(
            "r",
            MailKind.CALENDAR_REPLY,
            Answer(PartStat.DELEGATED, 1, delegate=SECRET),
            evidence=SECRET,
            addresses=(SECRET,),
            references=(SECRET,),
            calendar=CalendarLine("REPLY", SECRET, attendee=SECRET, comment=SECRET, sent_by=SECRET),
            text=SECRET,
            note=SECRET,
        ),
        datetime(2025, 3, 14, tzinfo=UTC),
        Trust.SENDER,
    ),
]


@pytest.mark.parametrize("fact", PERSONAL, ids=lambda fact: type(fact).__name__)
def test_what_is_personal_is_in_the_words_alone(fact: Fact) -> None:
    """An address anywhere in a fact is not in the half that stays."""
    text, words = serial.fact_to_json(fact)

    assert SECRET not in text
    assert SECRET in serial.dump(words)


def test_defaults_are_not_written() -> None:
    """A field added later, with a default, leaves what was written as it is."""
    text, words = serial.fact_to_json(Reviewed(3, applied=True))

    assert json.loads(text) == {"v": 1, "entry": 3, "applied": True}
    assert words == {}
    assert isinstance(serial.fact_from_json("attended", '{"presence":"present","v":1}', {}), Attended)
