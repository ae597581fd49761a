"""Tell what a letter is made of, so that two states of it can be compared part by part."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from mailer.model.campaign import Campaign
from mailer.model.invitation import Kind

LETTER = "letter"
"""The name of the part that is the text and page of the invitation."""


def parts(campaign: Campaign, sources: Mapping[str, bytes]) -> dict[str, str]:
    """Return a digest of each part of the invitation, by name: the letter, each attachment, and values of the campaign.

    What the meeting itself is made of is not among them, since announcements record it. A value that is empty is left
    out.
    """
    attached = {name: sources[name] for name in campaign.attachments if name in sources}
    others = {kind.value for kind in Kind} - {Kind.INVITATION.value}
    letter = {
        name: content
        for name, content in sources.items()
        if name not in attached and name.rpartition("/")[2].partition(".")[0] not in others
    }
    answer_by = campaign.schedule.answer_by
    values = {
        "subject": campaign.subject,
        "host": campaign.host,
        "inviter": f"{campaign.inviter} {campaign.inviter_function}".strip(),
        "contact": campaign.contact,
        "poll": campaign.poll,
        "answer_by": answer_by.isoformat() if answer_by else "",
        **{f"values.{name}": value for name, value in campaign.extra.items()},
    }
    whole = b"\0".join(part for name in sorted(letter) for part in (name.encode(), letter[name]))
    return {
        LETTER: _digest(whole),
        **{name.rpartition("/")[2]: _digest(content) for name, content in attached.items()},
        **{name: _digest(value.encode()) for name, value in values.items() if value},
    }


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the parts that differ, also of those that only one side has."""
    return tuple(name for name in {**after, **before} if before.get(name) != after.get(name))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
