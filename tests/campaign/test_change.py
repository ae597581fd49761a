"""What a changed meeting asks of its invitees."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mailer.campaign import change, is_late
from mailer.model.meeting import Meeting

MEETING = Meeting(
    title="Fête",
    starts=datetime(2025, 6, 1, 12, tzinfo=UTC),
    ends=datetime(2025, 6, 1, 14, tzinfo=UTC),
    zone="Europe/Paris",
    place="Place de la Mairie, Hellemmes",
)


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
