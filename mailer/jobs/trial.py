"""Send one test message to a tester without recording it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailer import campaign as campaigns
from mailer import compose
from mailer.jobs import find
from mailer.jobs.deliver import deliver_one
from mailer.jobs.gather import Gathered, invitees
from mailer.jobs.seal import Seal
from mailer.model.campaign import Campaign
from mailer.model.outcome import Reply
from mailer.wire import Sender


def send_test(
    campaign: Campaign,
    sources: Mapping[str, bytes],
    gathered: Gathered,
    sender: Sender,
    address: str,
    *,
    secret: bytes,
    now: datetime,
    seal: Seal,
    only: str = "",
) -> Reply:
    """Send the invitation as an invitee would get it, marked as a test, and return the server's reply.

    `only` names the invitee by address or name; without it, it is the first one on the lists. Raises ConfigError if
    nobody or several have that name.
    It is signed like any other, but keeps the plain return path, since no bounce is recorded. Raises WireError if the
    server cannot be reached, TemplateError if a template cannot be filled in.
    """
    composer = compose.prepare(campaign, sources)
    listed = invitees(secret, campaign.slug, gathered.households)
    shown = find.meant(listed, only)[0] if only else listed[0]
    members = tuple(replace(one, contact=replace(one.contact, email=address)) for one in shown.members)
    # An answer to the test is recognised by what is derived from the tester's address alone.
    tester = replace(campaigns.lone(secret, campaign.slug, members[0].contact), members=members)
    invitation = campaigns.test_invitation(secret, campaign, tester, int(now.timestamp()))
    message = replace(seal, own_return_address=False).put_on(composer.write(invitation, now), "", now)
    return asyncio.run(deliver_one(sender, message))
