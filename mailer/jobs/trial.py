"""Send one test message to a tester without recording it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mailer import campaign as campaigns
from mailer import compose
from mailer.jobs.deliver import deliver_one
from mailer.jobs.gather import Gathered
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
) -> Reply:
    """Send the invitation as the first invitee would get it, marked as a test, and return the server's reply.

    It is signed like any other, but keeps the plain return path, since no bounce is recorded. Raises WireError if the
    server cannot be reached, TemplateError if a template cannot be filled in.
    """
    composer = compose.prepare(campaign, sources)
    person = replace(gathered.households[0][0], email=address)
    tester = campaigns.lone(secret, campaign.slug, person)
    invitation = campaigns.test_invitation(secret, campaign, tester, int(now.timestamp()))
    message = replace(seal, own_return_address=False).put_on(composer.write(invitation, now), "", now)
    return asyncio.run(deliver_one(sender, message))
