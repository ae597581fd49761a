"""Find what would stop or spoil a campaign before anything is sent; nothing is written anywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from mailer import campaign as campaigns
from mailer import compose
from mailer.jobs.gather import Gathered, invitees
from mailer.model.campaign import Campaign
from mailer.model.contact import Origin, Problem, Severity
from mailer.model.invitation import Kind


def check(
    campaign: Campaign, gathered: Gathered, sources: Mapping[str, bytes], *, now: datetime, mailbox: str
) -> list[Problem]:
    """Build every message of every kind for everybody, and say what is wrong with lists, meeting and messages.

    Letters that only a schedule sends are built where it does.

    Raises TemplateError where a template cannot be filled in.
    """
    problems = [*_meeting(campaign, now), *gathered.reading.problems]
    roll = invitees(campaigns.NO_SECRET, campaign.slug, gathered.households)
    reachable = [invitee for invitee in roll if invitee.email]
    composer = compose.prepare(campaign, sources, previous=campaign.meeting)
    crowd = composer.crowd(roll)
    for kind in (kind for kind in Kind if kind.is_invitation or campaign.schedule.uses(kind)):
        for invitee in reachable:
            invitation = campaigns.example(campaign, invitee, kind)
            message = composer.write(invitation, now)
            problems += compose.inspect_message(message, invitation, campaign, crowd, mailbox=mailbox)
    return problems


def _meeting(campaign: Campaign, now: datetime) -> list[Problem]:
    origin = Origin(campaign.file)
    if campaign.meeting.cancelled:
        return [Problem(Severity.WARNING, "meeting-is-cancelled", origin)]
    if campaigns.is_late(campaign.meeting, now):
        values = {"starts": campaign.meeting.starts}
        return [Problem(Severity.ERROR, "meeting-has-begun", origin, values=values)]
    return []
