"""Compare the meeting as it was announced with the meeting as it is now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailer.model.meeting import Meeting


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """The fields that differ from what the invitees were told; a `material` change asks them to answer again."""

    fields: tuple[str, ...] = ()
    material: bool = False


MATERIAL = ("starts", "ends", "all_day", "place", "cancelled")
"""Fields whose change may invalidate an answer (RFC 5546 section 2.1.4); a new address may be in another town."""

WORDING = ("title", "description", "agenda", "room", "url", "zone")


def change(told: Meeting, true: Meeting) -> MeetingChange:
    """Compare the meeting as the invitees were told with the meeting as it is now."""
    material = tuple(name for name in MATERIAL if _differs(told, true, name))
    wording = tuple(name for name in WORDING if _differs(told, true, name))
    return MeetingChange(material + wording, bool(material))


def _differs(told: Meeting, true: Meeting, name: str) -> bool:
    before, after = getattr(told, name), getattr(true, name)
    if isinstance(before, str) and isinstance(after, str):
        return " ".join(before.split()) != " ".join(after.split())
    return bool(before != after)


def is_late(meeting: Meeting, now: datetime) -> bool:
    """Return whether the meeting has begun, so that nothing is sent for it any more."""
    return now >= meeting.starts
