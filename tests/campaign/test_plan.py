"""Who gets which message now."""

from __future__ import annotations

from collections.abc import ValuesView
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailer.campaign import Known, Left, change, is_late, plan
from mailer.model.attendance import DeliveryState, Standing
from mailer.model.contact import Contact
from mailer.model.entry import Presence
from mailer.model.finding import PartStat
from mailer.model.invitation import Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import State
from mailer.model.people import Invitee
from tests.registered import members

MEETING = Meeting(
    title="Fête",
    starts=datetime(2025, 6, 1, 12, tzinfo=UTC),
    ends=datetime(2025, 6, 1, 14, tzinfo=UTC),
    zone="Europe/Paris",
    place="Place de la Mairie, Hellemmes",
)


def invitee(ref: str, email: str = "x@example.org") -> Invitee:
    """Somebody on the roll."""
    return Invitee(ref, email, members(ref, Contact(email)))


def situation(kind: Kind, **changes: object) -> Left | int:
    """Return what one invitee gets in a situation: the number of the message due, or why none is."""
    fields = {"roll": [invitee("a")], "standings": {}, "outbox": {}, "suppressed": (), **changes}
    made = plan(kind, Known(**fields))  # type: ignore[arg-type]
    return made.due[0].number if made.due else made.left[0][1]


SENT = {"a": {MessageKey(Kind.INVITATION, 0, 1): State.SENT}}
CAME = Standing("a", partstat=PartStat.ACCEPTED)


@pytest.mark.parametrize(
    ("kind", "changes", "expected"),
    [
        pytest.param(Kind.INVITATION, {}, 1, id="new"),
        pytest.param(Kind.INVITATION, {"outbox": SENT}, Left.SENT, id="sent-once-is-enough"),
        pytest.param(
            Kind.INVITATION,
            {"outbox": {"a": {MessageKey(Kind.INVITATION, 0, 1): State.SENT}}, "sequence": 2},
            Left.SENT,
            id="sent-at-an-older-revision",
        ),
        pytest.param(
            Kind.INVITATION,
            {"outbox": {"a": {MessageKey(Kind.INVITATION, 0, 1): State.IN_DOUBT}}},
            Left.IN_DOUBT,
            id="doubt-waits",
        ),
        pytest.param(
            Kind.INVITATION,
            {"outbox": {"a": {MessageKey(Kind.INVITATION, 0, 1): State.QUEUED}}},
            Left.ON_ITS_WAY,
            id="queued",
        ),
        pytest.param(
            Kind.INVITATION,
            {"outbox": {"a": {MessageKey(Kind.INVITATION, 0, 1): State.FAILED}}},
            Left.REFUSED,
            id="refused",
        ),
        pytest.param(Kind.INVITATION, {"suppressed": {"a"}}, Left.SUPPRESSED, id="opted-out"),
        pytest.param(Kind.INVITATION, {"roll": [invitee("a", "")]}, Left.NO_ADDRESS, id="no-address"),
        pytest.param(Kind.INVITATION, {"chosen": {"b"}}, Left.NOT_CHOSEN, id="only-others"),
        pytest.param(Kind.INVITATION, {"outbox": SENT, "asking": {"a"}}, 2, id="B19-refresh"),
        pytest.param(
            Kind.INVITATION, {"outbox": SENT, "asking": {"a"}, "sequence": 1}, 1, id="B5-an-older-version"
        ),
        pytest.param(Kind.REMINDER, {}, Left.NEVER_INVITED, id="remind-nobody-new"),
        pytest.param(Kind.REMINDER, {"outbox": SENT}, 1, id="remind-the-silent"),
        pytest.param(Kind.REMINDER, {"outbox": SENT, "standings": {"a": CAME}}, Left.ANSWERED, id="answered"),
        pytest.param(
            Kind.REMINDER,
            {"outbox": SENT, "standings": {"a": Standing("a", presence=Presence.EXCUSED)}},
            Left.ANSWERED,
            id="excused-by-phone",
        ),
        pytest.param(
            Kind.REMINDER,
            {"outbox": SENT, "standings": {"b": Standing("b", presence=Presence.EXCUSED)}},
            1,
            id="a-neighbour-is-excused",
        ),
        pytest.param(
            Kind.REMINDER,
            {"outbox": SENT, "standings": {"a": Standing("a", to_review=(3,))}},
            Left.ANSWERED,
            id="a-question-is-not-silence",
        ),
        pytest.param(
            Kind.REMINDER,
            {"outbox": SENT, "standings": {"a": Standing("a", delivery=DeliveryState.BOUNCED)}},
            Left.BOUNCED,
            id="bounced",
        ),
        pytest.param(
            Kind.REMINDER,
            {
                "outbox": {
                    "a": {
                        MessageKey(Kind.INVITATION, 0, 1): State.SENT,
                        MessageKey(Kind.REMINDER, 0, 1): State.SENT,
                    }
                }
            },
            2,
            id="a-second-reminder-is-another-message",
        ),
        pytest.param(
            Kind.REMINDER,
            {
                "outbox": {
                    "a": {
                        MessageKey(Kind.INVITATION, 0, 1): State.SENT,
                        MessageKey(Kind.REMINDER, 0, 1): State.DEFERRED,
                    }
                }
            },
            Left.ON_ITS_WAY,
            id="no-reminder-over-a-waiting-one",
        ),
        pytest.param(Kind.UPDATE, {"outbox": SENT, "sequence": 1}, 1, id="update"),
        pytest.param(
            Kind.UPDATE,
            {
                "outbox": {
                    "a": {
                        MessageKey(Kind.INVITATION, 0, 1): State.SENT,
                        MessageKey(Kind.UPDATE, 1, 1): State.SENT,
                    }
                },
                "sequence": 1,
            },
            Left.SENT,
            id="one-mail-per-change",
        ),
        pytest.param(
            Kind.UPDATE, {"outbox": SENT, "sequence": 1, "withdrawn": {"a"}}, Left.CANCELLED, id="withdrawn"
        ),
        pytest.param(
            Kind.CANCEL,
            {"outbox": SENT, "sequence": 1, "standings": {"a": Standing("a", partstat=PartStat.DECLINED)}},
            1,
            id="cancel-reaches-those-who-declined",
        ),
        pytest.param(
            Kind.CANCEL,
            {"outbox": {"a": {MessageKey(Kind.INVITATION, 0, 1): State.IN_DOUBT}}, "sequence": 1},
            1,
            id="cancel-what-may-have-arrived",
        ),
        pytest.param(Kind.CANCEL, {"sequence": 1}, Left.NEVER_INVITED, id="cancel-nothing-never-sent"),
    ],
)
def test_who_gets_what(kind: Kind, changes: dict[str, object], expected: Left | int) -> None:
    """One invitee in one situation gets the message the rules of the trade give them, or the reason for none."""
    assert situation(kind, **changes) == expected


@pytest.mark.parametrize(
    ("changes", "fields", "material"),
    [
        ({}, (), False),
        ({"starts": MEETING.starts + timedelta(hours=1)}, ("starts",), True),
        ({"place": "Salle des fêtes, Lille"}, ("place",), True),
        ({"place": "Place  de la Mairie,\n Hellemmes"}, (), False),
        ({"room": "Salle 3"}, ("room",), False),
        ({"agenda": ("Accueil",)}, ("agenda",), False),
        ({"title": "La fête", "ends": MEETING.ends + timedelta(hours=1)}, ("ends", "title"), True),
    ],
    ids=lambda value: ",".join(value) if isinstance(value, tuple) else "",
)
def test_what_a_change_asks_for(changes: dict[str, object], fields: tuple[str, ...], material: bool) -> None:
    """Time and place ask everybody again; wording, agenda and room do not."""
    found = change(MEETING, replace(MEETING, **changes))  # type: ignore[arg-type]

    assert (fields, material) == (found.fields, found.material)


def test_a_meeting_that_has_begun_is_late() -> None:
    """From the first minute on nothing is sent for it."""
    assert is_late(MEETING, MEETING.starts)
    assert not is_late(MEETING, MEETING.starts - timedelta(seconds=1))


class Counting(dict[str, Standing]):
    """Standings that count how often all of them are read."""

    walks = 0

    def values(self) -> ValuesView[Standing]:  # type: ignore[override]
        """Count and return all of them."""
        self.walks += 1
        return super().values()


@pytest.mark.parametrize("kind", list(Kind))
def test_nobody_is_planned_by_going_through_everybody(kind: Kind) -> None:
    """Planning for twenty thousand invitees takes time proportional to their number, not to its square."""
    roll = [invitee(f"r{n}", f"p{n}@example.org") for n in range(20)]
    standings = Counting({one.ref: Standing(one.ref, partstat=PartStat.ACCEPTED) for one in roll})
    plan(kind, Known(roll=roll, standings=standings, outbox={}, suppressed=()))

    assert standings.walks <= 1
