"""Derive references, UIDs, tokens and Message-IDs that cannot be guessed or reversed.

All are HMAC-SHA256 under the ledger's secret, each with a purpose of its own, so that one cannot be used as another
and none reveals an address (RFC 7986 section 5.3).
"""

from __future__ import annotations

import hmac
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mailer.model.accents import fold_accents
from mailer.model.address import normal
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.model.finding import PartStat
from mailer.model.invitation import UNANSWERED, Answered, Invitation, Kind
from mailer.model.people import Invitee, Person

NO_SECRET = b"names of messages that are never sent"
"""Used in place of the ledger's secret if there is no ledger yet and nothing is sent."""


def reference(secret: bytes, campaign: str, people: Sequence[Contact], turn: int = 0) -> str:
    """Return a reference for an invitee: 16 characters.

    It is the same for the same address in the same campaign; `turn` counts those that were given for it before.
    """
    first = people[0]
    who = normal(first.email) or "\0".join(("", first.called, first.origin.file, str(first.origin.line)))
    return _base32(_derive(secret, "invitee", campaign, who, *([str(turn)] if turn else [])))[:16]


def person_reference(secret: bytes, campaign: str, invitee: str, contact: Contact, turn: int = 0) -> str:
    """Return a reference for a new member of an invitee: 16 characters; `turn` counts those of the same name."""
    name = fold_accents(contact.called)
    return _base32(_derive(secret, "person", campaign, invitee, name, *([str(turn)] if turn else [])))[:16]


def invitee(secret: bytes, campaign: str, people: Sequence[Contact], turn: int = 0) -> Invitee:
    """Return a new invitee with all references: the people share an address, and nobody was invited at it before."""
    ref = reference(secret, campaign, people, turn)
    turns: Counter[str] = Counter()
    members = []
    for contact in people:
        name = fold_accents(contact.called)
        members.append(Person(person_reference(secret, campaign, ref, contact, turns[name]), contact))
        turns[name] += 1
    uid, token = names(secret, campaign, ref)
    return Invitee(ref, people[0].email, tuple(members), uid, token)


@dataclass(frozen=True, slots=True)
class References:
    """What gives the references of new people in one campaign; see `reference`, `person_reference` and `names`."""

    secret: bytes = field(repr=False)
    campaign: str

    def invitee(self, contact: Contact, turn: int) -> str:
        """Return a reference for a new invitee at a contact's address."""
        return reference(self.secret, self.campaign, (contact,), turn)

    def person(self, invitee: str, contact: Contact, turn: int) -> str:
        """Return a reference for a new member of an invitee."""
        return person_reference(self.secret, self.campaign, invitee, contact, turn)

    def names(self, invitee: str) -> tuple[str, str]:
        """Return the UID and the token of an invitee."""
        return names(self.secret, self.campaign, invitee)


def names(secret: bytes, campaign: str, invitee: str) -> tuple[str, str]:
    """Return the UID and the token of an invitee."""
    return (
        _uuid(_derive(secret, "uid", campaign, invitee)),
        _base32(_derive(secret, "reply", campaign, invitee))[:26],
    )


def lone(secret: bytes, campaign: str, person: Contact) -> Invitee:
    """Return an invitee who is not on a list: a tester, or somebody who comes without an invitation."""
    return invitee(secret, campaign, (person,))


def invitation(
    secret: bytes,
    campaign: Campaign,
    invitee: Invitee,
    kind: Kind,
    sequence: int,
    number: int = 1,
    answered: Answered = UNANSWERED,
) -> Invitation:
    """Return the message with its UID, token and Message-ID."""
    plain = Invitation(invitee, kind, "", sequence, "", "", number, answered=answered)
    return _named(secret, campaign, plain, "")


def example(campaign: Campaign, invitee: Invitee, kind: Kind) -> Invitation:
    """Return a message for previews only; its identifiers do not use the ledger's secret."""
    return invitation(NO_SECRET, campaign, invitee, kind, 0, 1, example_answer(campaign, kind))


def example_answer(campaign: Campaign, kind: Kind) -> Answered:
    """Return an example of the answer that letters of this kind mention."""
    if kind.is_invitation:
        return UNANSWERED
    mail = f"<example@{campaign.sender.domain}>" if kind is Kind.ACKNOWLEDGEMENT else ""
    return Answered(PartStat.ACCEPTED, 2, present=kind is Kind.THANKS, message_id=mail)


def test_invitation(secret: bytes, campaign: Campaign, invitee: Invitee, number: int) -> Invitation:
    """Return a test message, whose UID, token and Message-ID identify any reply as a reply to a test.

    `number` tells one test from the next, such as the second it is sent at.
    """
    test = Invitation(invitee, Kind.INVITATION, "", 0, "", "", number, test=True)
    return _named(secret, campaign, test, "test-")


_TEST_ID = re.compile(r"<test\.(\d{1,20})\.")


def is_test(
    secret: bytes,
    campaign: Campaign,
    writer: Contact,
    *,
    uid: str,
    subject: str,
    message_ids: Iterable[str],
) -> bool:
    """Return whether a mail from `writer` has the identifiers of a test that was sent to them."""
    invitee = lone(secret, campaign.slug, writer)
    names = test_invitation(secret, campaign, invitee, 0)
    if uid == names.uid or names.token in subject.lower():
        return True
    for message_id in message_ids:
        numbered = _TEST_ID.match(message_id)
        if numbered:
            sent = test_invitation(secret, campaign, invitee, int(numbered[1]))
            if hmac.compare_digest(sent.message_id.encode(), message_id.encode()):
                return True
    return False


def _named(secret: bytes, campaign: Campaign, plain: Invitation, prefix: str) -> Invitation:
    def digest(purpose: str, *more: str) -> bytes:
        return _derive(secret, prefix + purpose, campaign.slug, plain.invitee.ref, *more)

    mark = f"test.{plain.number}." if plain.test else ""
    return Invitation(
        plain.invitee,
        plain.kind,
        plain.invitee.uid if plain.invitee.uid and not plain.test else _uuid(digest("uid")),
        plain.sequence,
        plain.invitee.token if plain.invitee.token and not plain.test else _base32(digest("reply"))[:26],
        f"<{mark}{digest('message-id', str(plain.key))[:16].hex()}@{campaign.sender.domain}>",
        plain.number,
        plain.test,
        plain.answered,
    )


def _derive(secret: bytes, *parts: str) -> bytes:
    return hmac.digest(secret, "\0".join(parts).encode(), "sha256")


def _uuid(digest: bytes) -> str:
    """Format the first 16 octets as a UUID of version 4 (RFC 9562 section 5.4)."""
    octets = bytearray(digest[:16])
    octets[6] = octets[6] & 0x0F | 0x40
    octets[8] = octets[8] & 0x3F | 0x80
    text = octets.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]


def _base32(digest: bytes) -> str:
    """Encode the first 20 octets in lower-case base32 (RFC 4648 section 6); the `base64` module takes ten times as long."""
    bits = int.from_bytes(digest[:20], "big")
    return "".join([_PAIRS[bits >> shift & 1023] for shift in range(150, -1, -10)])
