"""Read the campaign file, tell what changed in the meeting and what is scheduled, and derive the identifiers of messages."""

from mailer.campaign.again import Another, again
from mailer.campaign.change import MeetingChange, change, is_late
from mailer.campaign.from_toml import read
from mailer.campaign.poll_answers import with_poll_answers
from mailer.campaign.schedule import Planned, Stand, silent_from, silent_until, stands
from mailer.campaign.slugs import free_slug, slug
from mailer.campaign.tokens import (
    NO_SECRET,
    References,
    example,
    example_answer,
    invitation,
    invitee,
    is_test,
    lone,
    names,
    person_reference,
    reference,
    test_invitation,
)
from mailer.campaign.toml import line_of

__all__ = [
    "NO_SECRET",
    "Another",
    "MeetingChange",
    "Planned",
    "References",
    "Stand",
    "again",
    "change",
    "example",
    "example_answer",
    "free_slug",
    "invitation",
    "invitee",
    "is_late",
    "is_test",
    "line_of",
    "lone",
    "names",
    "person_reference",
    "read",
    "reference",
    "silent_from",
    "silent_until",
    "slug",
    "stands",
    "test_invitation",
    "with_poll_answers",
]
