"""Read who is invited from the ledger, and write there who comes in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from mailer import people
from mailer.model.address import normal
from mailer.model.entry import Channel, Entry, Placed
from mailer.model.people import Invitee, Register, Why
from mailer.store import Store

KINDS = ("placed", "gone", "allowed")
"""The names under which the store keeps the facts about people."""


def register(store: Store, slug: str) -> Register:
    """Return everybody of a campaign."""
    return people.register(store.entries(slug, kinds=KINDS))


def register_of(store: Store, slug: str, refs: Iterable[str]) -> Register:
    """Return some invitees of a campaign, by their references."""
    return people.register(store.entries_of(slug, refs, KINDS))


def invitees(store: Store, slug: str) -> list[Invitee]:
    """Return the invitees of a campaign in the order they came."""
    return list(register(store, slug).roll)


FEW = 20
"""So many invitees are read one by one; for more, everybody is."""


def meant(store: Store, slug: str, who: str) -> list[Invitee]:
    """Return the invitees among whom an address, a reference or a name is to be looked for.

    For an address or a reference, only those are read who have or had it; for anything else, everybody is.
    """
    wanted = normal(who)
    refs = store.placed_as(slug, wanted) if wanted.isascii() else []
    if refs and len(refs) <= FEW and (found := register_of(store, slug, refs).roll):
        return list(found)
    return [] if "@" in wanted and wanted.isascii() and not refs else invitees(store, slug)


def placed(
    slug: str, invitee: Invitee, why: Why, now: datetime, channel: Channel = Channel.LIST, author: str = ""
) -> list[Entry]:
    """Return the entries that put every member of an invitee into a campaign."""
    return [
        Entry(
            slug,
            invitee.ref,
            now,
            channel,
            Placed(why, member.contact, invitee.uid, invitee.token),
            author=author,
            person=member.ref,
        )
        for member in invitee.members
    ]
