"""Names that cannot be guessed."""

from __future__ import annotations

import re
from pathlib import Path

from mailer import campaign as campaigns
from mailer.model.contact import Contact
from mailer.model.invitation import TOKEN, Invitation, Kind

SAMPLE = Path(__file__).parents[2] / "config" / "campaigns" / "restitution-hellemmes.toml"
CAMPAIGN = campaigns.read("restitution-hellemmes", "x.toml", SAMPLE.read_bytes())
MARIE = Contact("Marie.Dupont@example.org", last_name="Dupont")


def named(secret: bytes = b"s", kind: Kind = Kind.INVITATION, sequence: int = 0) -> Invitation:
    """Marie's message."""
    invitee = campaigns.invitee(secret, "c", (MARIE,))
    return campaigns.invitation(secret, CAMPAIGN, invitee, kind, sequence)


def test_the_same_person_has_the_same_names() -> None:
    """UID and token stay for the life of the campaign; the Message-ID is of one message."""
    first, update = named(), named(kind=Kind.UPDATE, sequence=1)

    assert first.uid == update.uid
    assert first.token == update.token
    assert first.message_id != update.message_id


def test_no_name_tells_the_address() -> None:
    """Nothing in a name is the address or the domain of the invitee, and another ledger has other names."""
    first, other = named(), named(b"other")

    for name in (first.uid, first.token, first.message_id, first.invitee.ref):
        assert "dupont" not in name.lower()
        assert "example.org" not in name
    assert {first.uid, first.token, first.invitee.ref}.isdisjoint({other.uid, other.token, other.invitee.ref})


def test_their_forms() -> None:
    """UID as RFC 7986 recommends, token of 26 letters, Message-ID as RFC 5322 wants it."""
    invitation = named()

    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", invitation.uid
    )
    assert TOKEN.fullmatch(invitation.token)
    assert re.fullmatch(r"<[0-9a-f]{32}@mairie-lille\.example>", invitation.message_id)


def test_two_spellings_of_an_address_are_one_invitee() -> None:
    """Case and spaces do not make another invitee; another campaign does."""
    lower = Contact(" marie.dupont@EXAMPLE.org")

    assert campaigns.reference(b"s", "c", (MARIE,)) == campaigns.reference(b"s", "c", (lower,))
    assert campaigns.reference(b"s", "c", (MARIE,)) != campaigns.reference(b"s", "d", (MARIE,))


def test_a_test_has_names_of_its_own() -> None:
    """What comes back from a test can be told from an answer."""
    invitee = named().invitee
    test = campaigns.test_invitation(b"s", CAMPAIGN, invitee, 7)

    assert test.test
    assert test.uid != named().uid
    assert test.token != named().token
