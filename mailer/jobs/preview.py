"""Write every message of one kind, as it would be sent now, to files that a person can look at before sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailer import campaign as campaigns
from mailer import compose
from mailer.compose import preview as pages
from mailer.jobs import find
from mailer.jobs.gather import Gathered, invitees
from mailer.model.campaign import Campaign
from mailer.model.contact import Problem
from mailer.model.invitation import Kind
from mailer.model.meeting import Meeting


@dataclass(frozen=True, slots=True)
class Preview:
    """The files of a preview by name, the number of messages in it, and the problems found in them."""

    files: dict[str, bytes] = field(repr=False)
    messages: int
    faults: tuple[Problem, ...] = ()


def preview(
    campaign: Campaign,
    sources: Mapping[str, bytes],
    gathered: Gathered,
    kind: Kind,
    only: Sequence[str],
    *,
    now: datetime,
    mailbox: str,
    previous: Meeting | None,
    labels: Mapping[str, str],
    language: str,
    say: Callable[[Problem], str],
    line: str = "",
) -> Preview:
    """Build every message of one kind and return them as files with an index page; nothing is sent or recorded.

    `previous` is the meeting as it was announced before, for the differences an update shows. `labels` are the words of
    the index page in `language`; `say` puts a problem into words. `line` is a sentence
    that every letter says after its salutation.
    """
    roll = invitees(campaigns.NO_SECRET, campaign.slug, gathered.households)
    chosen = find.chosen(roll, only)
    composer = compose.prepare(campaign, sources, previous=previous)
    crowd = composer.crowd(roll)
    shown: list[pages.Shown] = []
    found: list[Problem] = []
    for invitee in roll:
        if not invitee.email or (
            chosen is not None and chosen.isdisjoint(one.ref for one in invitee.members)
        ):
            continue
        invitation = replace(campaigns.example(campaign, invitee, kind), line=line)
        message = composer.write(invitation, now)
        faults = compose.inspect_message(message, invitation, campaign, crowd, mailbox=mailbox)
        found += faults
        shown.append(pages.Shown(invitee.called, message, tuple(say(fault) for fault in faults)))
    laid = pages.folder(shown, campaign.meeting.title, labels, language)
    return Preview(laid, len(shown), tuple(found))
