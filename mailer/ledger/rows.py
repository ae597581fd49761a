"""Attendance rows: one per person, in the order of the lists."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from mailer.ledger.revisions import Revisions
from mailer.ledger.state import state
from mailer.model.attendance import DeliveryState, Row, Standing
from mailer.model.entry import Entry
from mailer.model.people import Invitee, Person


def rows(
    roll: Iterable[Invitee],
    standings: Mapping[str, Standing],
    suppressed: Collection[str] = (),
    *,
    announced: Iterable[Entry] = (),
    promised: Collection[str] = (),
    unsettled: Collection[str] = (),
) -> list[Row]:
    """Return one row for every person on the roll.

    `suppressed` are the references of the invitees who objected in an earlier campaign, `promised` those of the invitees
    for whom a letter is queued, `announced` the entries that announce the meeting, and `unsettled` those of the persons of whom it has to be asked who they are.
    """
    cancelled_at = Revisions(announced).cancelled_at
    return [
        _row(
            person,
            standings.get(person.ref) or Standing(invitee.ref, person.ref, cancelled_at=cancelled_at),
            barred=invitee.ref in suppressed,
            promised=invitee.ref in promised,
            unsettled=person.ref in unsettled,
        )
        for invitee in roll
        for person in invitee.members
    ]


def _row(
    person: Person,
    standing: Standing,
    *,
    barred: bool,
    promised: bool,
    unsettled: bool,
) -> Row:
    if standing.delivery is DeliveryState.QUEUED:
        if barred:
            standing = replace(standing, delivery=DeliveryState.SUPPRESSED)
        elif person.has_no_address:
            standing = replace(standing, delivery=DeliveryState.FAILED)
    if person.erased:  # nothing is left to decide by
        standing = replace(standing, to_review=(), whys=(), to_glance=())
    found = state(standing, person, promised=promised, barred=barred, unsettled=unsettled)
    return Row(person, standing, found)
