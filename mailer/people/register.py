"""Fold the facts about people into the register of a campaign.

Facts about one invitation do not depend on those about another, so they may be folded apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mailer.model.address import normal
from mailer.model.entry import Allowed, Channel, Entry, Gone, Placed
from mailer.model.people import FormerMember, Invitee, Person, Register, Why

KINDS = (Placed, Gone, Allowed)
"""The facts that the register is made of."""


def register(entries: Iterable[Entry], before: Register | None = None) -> Register:
    """Return the register as these entries leave it; entries of other kinds are passed over.

    `before` is the register as earlier entries left it.
    """
    drafts = {ref: _Draft.of(invitee) for ref, invitee in before.invitees.items()} if before else {}
    for ref, went in before.follows.items() if before else ():
        drafts[ref] = _Draft()
        drafts[ref].last_went = went
    for departure in before.left if before else ():
        # Who was put on the list by mistake has left an invitation that has nobody, and whose people went nowhere.
        drafts.setdefault(departure.invitee, _Draft()).left[departure.person.ref] = departure
    for entry in entries:
        if isinstance(entry.fact, KINDS):
            draft = drafts.get(entry.invitee)
            if draft is None:
                draft = drafts[entry.invitee] = _Draft()
            draft.take(entry)
    invitees = {ref: draft.invitee(ref) for ref, draft in drafts.items() if draft.members}
    follows = {ref: draft.last_went for ref, draft in drafts.items() if not draft.members and draft.last_went}
    left = sorted(
        (departure for draft in drafts.values() for departure in draft.left.values()),
        key=lambda departure: departure.entry,
    )
    return Register(invitees, follows, tuple(left))


class _Draft:
    """An invitation while facts are added to it."""

    __slots__ = ("last_went", "left", "members", "token", "uid", "written")

    def __init__(self) -> None:
        self.members: dict[str, Person] = {}
        self.uid = self.token = ""
        self.last_went: tuple[str, str] | None = None
        self.left: dict[str, FormerMember] = {}
        self.written = ""
        """The member whose entry gave the address last."""

    @classmethod
    def of(cls, invitee: Invitee) -> _Draft:
        draft = cls()
        draft.members = {member.ref: member for member in invitee.members}
        draft.uid, draft.token = invitee.uid, invitee.token
        draft.written = next((one.ref for one in invitee.members if one.contact.email == invitee.email), "")
        return draft

    def take(self, entry: Entry) -> None:
        known = self.members.get(entry.person)
        match entry.fact:
            case Placed() as placed:
                self._place(entry, placed, known)
            case Gone(Why.UNLISTED) if known:
                self.members[entry.person] = replace(known, unlisted=True)
            case Gone(Why.WITHDRAWN) if known:
                self.members[entry.person] = replace(known, withdrawn=entry.number)
            case Gone(Why.ERASED) if known:
                self.members[entry.person] = replace(known, until=entry.number)
            case Gone(Why.MOVED | Why.MERGED as why, to, person) if known:
                del self.members[entry.person]
                into = person or entry.person
                self.last_went = (to, into)
                self.left[entry.person] = FormerMember(entry.invitee, known, why, to, into, entry.number)
            case Gone(Why.UNDONE) if known:
                del self.members[entry.person]
                self.left[entry.person] = FormerMember(
                    entry.invitee, known, Why.UNDONE, entry.invitee, entry.person, entry.number
                )
            case Allowed() if known:
                self.members[entry.person] = replace(known, allowed=entry.number)
            case _:
                pass

    def _place(self, entry: Entry, placed: Placed, known: Person | None) -> None:
        self.uid, self.token = placed.uid or self.uid, placed.token or self.token
        departure = self.left.pop(entry.person, None)
        if placed.contact.email:
            self.written = entry.person
        staff = entry.channel is Channel.STAFF
        if known is None and departure and placed.why is Why.UNDONE:
            self.members[entry.person] = replace(departure.person, contact=placed.contact)
            return
        if known is None:
            first = not self.members or placed.why is Why.MIGRATED
            since = 0 if first and self.last_went is None else entry.number
            self.members[entry.person] = Person(
                entry.person, placed.contact, since, placed.why, by_staff=staff
            )
            return
        before, after = known.contact.email, placed.contact.email
        moved = normal(before) != normal(after)
        former = (before, *known.former) if before and moved else known.former
        invited_again = placed.why in (Why.ADDED, Why.UNDONE)
        self.members[entry.person] = replace(
            known,
            contact=placed.contact,
            unlisted=False,
            withdrawn=0 if invited_again else known.withdrawn,
            former=tuple(one for one in former if one != after),
            readdressed=entry.number if moved else known.readdressed,
            by_staff=staff if moved else known.by_staff,
        )

    def invitee(self, ref: str) -> Invitee:
        members = tuple(self.members.values())
        last = self.members.get(self.written)
        email = last.contact.email if last else ""
        email = email or next((one.contact.email for one in reversed(members) if one.contact.email), "")
        return Invitee(ref, email, members, self.uid, self.token)
