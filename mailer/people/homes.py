"""Find the invitation of an address, and the references of new invitations and people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from mailer.model.address import normal
from mailer.model.contact import Contact
from mailer.model.people import Invitee, Register


class NewNames(Protocol):
    """What gives references, UIDs and tokens; `turn` counts those that were given for the same before."""

    def invitee(self, contact: Contact, turn: int) -> str:
        """Return a reference for an invitation to the address of a contact."""
        ...

    def person(self, invitee: str, contact: Contact, turn: int) -> str:
        """Return a reference for a new member of an invitation."""
        ...

    def names(self, invitee: str) -> tuple[str, str]:
        """Return the UID and the token of an invitation."""
        ...


@dataclass(frozen=True, slots=True)
class Home:
    """An invitation that people are put into, known or new."""

    invitee: str
    uid: str
    token: str


class Homes:
    """The invitations of a campaign by address, to which new ones are added while people are placed."""

    def __init__(self, register: Register, names: NewNames) -> None:
        self._names = names
        self._homes: dict[str, Home] = {}
        self._invitees = {*register.invitees, *register.follows}
        self._people = {one.ref for each in register.roll for one in each.members}
        self._people |= {departure.person.ref for departure in register.left}
        for each in register.roll:
            if each.email:
                self._homes[normal(each.email)] = self.known(each)

    def at(self, address: str) -> Home | None:
        """Return the invitation to an address, None if there is none."""
        return self._homes.get(normal(address))

    def vacate(self, address: str, invitee: str) -> None:
        """Note that an invitation is no longer the one to an address."""
        home = self.at(address)
        if home and home.invitee == invitee:
            del self._homes[normal(address)]

    def settle(self, address: str, invitee: Invitee) -> None:
        """Note that an invitation is the one to an address from now on."""
        self._homes[normal(address)] = self.known(invitee)

    def home(self, contact: Contact) -> Home:
        """Return the invitation to the address of a contact, a new one if there is none."""
        home = self.at(contact.email) if contact.email else None
        if home is None:
            turn = 0
            while (ref := self._names.invitee(contact, turn)) in self._invitees:
                turn += 1
            self._invitees.add(ref)
            home = Home(ref, *self._names.names(ref))
            if contact.email:
                self._homes[normal(contact.email)] = home
        return home

    def person(self, invitee: str, contact: Contact) -> str:
        """Return a new reference for a member of an invitation."""
        turn = 0
        while (ref := self._names.person(invitee, contact, turn)) in self._people:
            turn += 1
        self._people.add(ref)
        return ref

    def known(self, invitee: Invitee) -> Home:
        """Return an invitation as a home, with its UID and token also where nothing was recorded of them."""
        uid, token = invitee.uid, invitee.token
        if not (uid and token):
            uid, token = self._names.names(invitee.ref)
        return Home(invitee.ref, uid, token)
