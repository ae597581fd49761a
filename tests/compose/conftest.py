"""What the tests of letters share: the sample campaign, and people to write to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer import campaign as campaigns
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact, Origin
from mailer.model.invitation import Invitation, Kind

ROOT = Path(__file__).parent.parent.parent
SLUG = "restitution-hellemmes"

Invite = Callable[..., Invitation]


@pytest.fixture(scope="session")
def now() -> datetime:
    """The morning the sample campaign leaves."""
    return datetime(2025, 3, 13, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def campaign() -> Campaign:
    """The sample campaign as its file says it."""
    file = ROOT / "config" / "campaigns" / f"{SLUG}.toml"
    return campaigns.read(SLUG, file.name, file.read_bytes())


@pytest.fixture(scope="session")
def sources(campaign: Campaign) -> Mapping[str, bytes]:
    """The sample campaign's templates."""
    folder = ROOT / campaign.templates
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture(scope="session")
def guest() -> Contact:
    """Somebody on the sample list."""
    return Contact(
        "ines.derache@example.org",
        civility="Mme la Conseillère",
        first_name="Inès",
        last_name="Derache",
        organisation="Conseil départemental",
        origin=Origin("contacts/invites.csv", 10),
    )


@pytest.fixture(scope="session")
def invite(campaign: Campaign) -> Invite:
    """Name the message of some kind to some people."""

    def named(*people: Contact, kind: Kind = Kind.INVITATION, sequence: int = 0) -> Invitation:
        invitee = campaigns.invitee(bytes(32), campaign.slug, people)
        return campaigns.invitation(bytes(32), campaign, invitee, kind, sequence)

    return named
