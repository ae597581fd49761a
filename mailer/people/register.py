"""Fold the facts about people into the register of a campaign.

Facts about one invitation do not depend on those about another, so they may be folded apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mailer.model.address import normal
from mailer.model.entry import Allowed, Entry, Gone, Placed
from mailer.model.people import Invitee, Person, Register, Why

KINDS = (Placed, Gone, Allowed)
"""The facts that the register is made of."""


def register(entries: Iterable[Entry]) -> Register:
    """Return the register as these entries leave it; entries of other kinds are passed over."""
    drafts: dict[str, _Draft] = {}
    for entry in entries:
        if isinstance(entry.fact, KINDS):
            draft = drafts.get(entry.invitee)
            if draft is None:
                draft = drafts[entry.invitee] = _Draft()
            draft.take(entry)
    invitees = {ref: draft.invitee(ref) for ref, draft in drafts.items() if draft.members}
    follows = {ref: draft.last_went for ref, draft in drafts.items() if not draft.members and draft.last_went}
    return Register(invitees, follows)


class _Draft:
    """An invitation while facts are added to it."""

    __slots__ = ("last_went", "members", "token", "uid")

    def __init__(self) -> None:
        self.members: dict[str, Person] = {}
        self.uid = self.token = ""
        self.last_went: tuple[str, str] | None = None

    def take(self, entry: Entry) -> None:
        known = self.members.get(entry.person)
        match entry.fact:
            case Placed() as placed:
                self._place(entry, placed, known)
            case Gone(Why.UNLISTED) if known:
                self.members[entry.person] = replace(known, unlisted=True)
            case Gone(Why.WITHDRAWN) if known:
                self.members[entry.person] = replace(known, withdrawn=entry.number)
            case Gone(Why.MOVED | Why.MERGED, to, person) if known:
                del self.members[entry.person]
                self.last_went = (to, person or entry.person)
            case Allowed() if known:
                self.members[entry.person] = replace(known, allowed=entry.number)
            case _:
                pass

    def _place(self, entry: Entry, placed: Placed, known: Person | None) -> None:
        self.uid, self.token = placed.uid or self.uid, placed.token or self.token
        if known is None:
            first = not self.members or placed.why is Why.MIGRATED
            since = 0 if first and self.last_went is None else entry.number
            self.members[entry.person] = Person(entry.person, placed.contact, since, placed.why)
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
        )

    def invitee(self, ref: str) -> Invitee:
        members = tuple(self.members.values())
        email = next((one.contact.email for one in reversed(members) if one.contact.email), "")
        return Invitee(ref, email, members, self.uid, self.token)
