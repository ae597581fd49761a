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
    letter = _texts(campaign, sources, Kind.INVITATION)
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
    return {
        LETTER: _digest(_together(letter)),
        **{name.rpartition("/")[2]: _digest(content) for name, content in attached.items()},
        **{name: _digest(value.encode()) for name, value in values.items() if value},
    }


def letters(campaign: Campaign, sources: Mapping[str, bytes]) -> dict[str, str]:
    """Return for each kind of message a digest of all that it is made of: texts, attachments, campaign and meeting."""
    made_of = repr((campaign.meeting, campaign.notice, sorted(parts(campaign, sources).items())))
    return {
        kind.value: _digest(made_of.encode() + b"\0" + _together(_texts(campaign, sources, kind)))
        for kind in Kind
    }


def _texts(campaign: Campaign, sources: Mapping[str, bytes], kind: Kind) -> dict[str, bytes]:
    """Return the templates of one kind, and those that all kinds share."""
    others = {one.value for one in Kind} - {kind.value}
    return {
        name: content
        for name, content in sources.items()
        if name not in campaign.attachments and name.rpartition("/")[2].partition(".")[0] not in others
    }


def _together(texts: Mapping[str, bytes]) -> bytes:
    return b"\0".join(part for name in sorted(texts) for part in (name.encode(), texts[name]))


def differing(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of the parts that differ, also of those that only one side has."""
    return tuple(name for name in {**after, **before} if before.get(name) != after.get(name))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]
