"""Who is invited: persons, and the invitations they are members of."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailer.model.address import is_deliverable
from mailer.model.contact import Contact


class Why(enum.Enum):
    """Why a person has, or no longer has, a place in a campaign.

    LISTED: a contact list has them. ADDED: staff put them in by hand. REGISTERED: they were not invited and come
    (an invitation was forwarded, or they wrote). CORRECTED: name or address of the same person was corrected in
    the list. MOVED: staff gave them another address. MERGED: the line was the same person as another.
    UNLISTED: no list has them any more. WITHDRAWN: their invitation was taken back. ERASED: they asked to be
    forgotten. MIGRATED: an older ledger had them. UNDONE: an entry of the kinds above is taken back.
    """

    LISTED = "listed"
    ADDED = "added"
    REGISTERED = "registered"
    CORRECTED = "corrected"
    MOVED = "moved"
    MERGED = "merged"
    UNLISTED = "unlisted"
    WITHDRAWN = "withdrawn"
    ERASED = "erased"
    MIGRATED = "migrated"
    UNDONE = "undone"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a campaign, known by an opaque reference that is given once.

    `contact` holds the present names and address; both are empty once the person was erased. `since` is the number
    of the entry from which they are a member of their invitation, 0 if from its beginning. `why` says how they came
    into the campaign. `unlisted` says that no list has them any more. `withdrawn` is the number of the entry that took
    their invitation back, 0 if none did, and `allowed` likewise that of the entry by which staff allow writing to them
    again. `until` is the number of the entry after which nothing is about them any more, because they were erased and others
    share the invitation, else 0. `former` are the addresses they had before in this invitation, newest first, and `readdressed` is the number
    of the entry since when they have the present one, 0 if they never had another. `by_staff` says that staff
    gave the present address, which no list then changes.
    """

    ref: str
    contact: Contact
    since: int = 0
    why: Why = Why.LISTED
    unlisted: bool = False
    withdrawn: int = 0
    allowed: int = 0
    until: int = 0
    former: tuple[str, ...] = ()
    readdressed: int = 0
    by_staff: bool = False

    @property
    def erased(self) -> bool:
        """Return whether the names and the address were erased."""
        return not (self.contact.email or self.contact.called)

    @property
    def has_no_address(self) -> bool:
        """Return whether there is no usable address to write to; of somebody erased it is not known any more."""
        return not (is_deliverable(self.contact.email) or self.erased)

    @property
    def listed(self) -> bool:
        """Return whether the person came from a contact list, and so can leave it."""
        by_hand = self.contact.origin.file in ("", "staff", "mail")
        return self.why is Why.LISTED or (self.why is Why.MIGRATED and not by_hand)


@dataclass(frozen=True, slots=True)
class FormerMember:
    """A person who left an invitation by the entry `entry`, because they moved or were merged with another person.

    `person` has the names and addresses they had there. They belong to the invitation `to` now, as the person `into`. Who was
    put there by mistake (UNDONE) belongs nowhere: these are the invitation and person that they were.
    """

    invitee: str
    person: Person
    why: Why
    to: str
    into: str
    entry: int


@dataclass(frozen=True, slots=True)
class Invitee:
    """One address of a campaign that is written to, with the persons who share it (its members).

    `ref` is a short opaque name (base32, lower case) for the ledger, for logs and for links in mails. `email` is
    spelled as in the list. `uid` and `token` are those of its calendar invitation, for the whole campaign; empty
    where nothing was recorded yet. There is at least one member.
    """

    ref: str
    email: str
    members: tuple[Person, ...]
    uid: str = ""
    token: str = ""

    @property
    def people(self) -> tuple[Contact, ...]:
        """Return the contacts of the members."""
        return tuple([member.contact for member in self.members])

    @property
    def language(self) -> str:
        """Return the language of the first person who has one."""
        return next((person.language for person in self.people if person.language), "")

    @property
    def called(self) -> str:
        """Return the names of all people of this invitee, for a list."""
        return ", ".join(person.called for person in self.people)


@dataclass(frozen=True, slots=True)
class Register:
    """Everybody of a campaign as the ledger has them.

    `invitees` are those with members, by reference, in the order they came. `follows` says for an invitation without
    members where its last one went: to which invitation, and to which person of it. `left` are those who are no
    longer where they were, oldest first.
    """

    invitees: Mapping[str, Invitee] = field(default_factory=dict)
    follows: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    left: tuple[FormerMember, ...] = ()

    @property
    def roll(self) -> tuple[Invitee, ...]:
        """Return the invitees in the order they came."""
        return tuple(self.invitees.values())

    def now(self, invitee: str) -> str:
        """Return the invitation that answers to this one belong to now: itself, or the one its members moved to."""
        met: set[str] = set()
        while invitee not in self.invitees and invitee in self.follows and invitee not in met:
            met.add(invitee)
            invitee = self.follows[invitee][0]
        return invitee

    def heirs(self, invitee: str) -> tuple[tuple[str, str], ...]:
        """Return where the people of an invitation are now who left it, as invitation and person, each once."""
        went = {(one.invitee, one.person.ref): (one.to, one.into) for one in self.left}
        found: dict[tuple[str, str], None] = {}
        for one in self.left:
            if one.invitee == invitee:
                place, met = (one.to, one.into), set[tuple[str, str]]()
                while place in went and place not in met:
                    met.add(place)
                    place = went[place]
                found[place] = None
        return tuple(found)
