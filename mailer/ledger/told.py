"""Fold the ledger into what each invitee was sent."""

from __future__ import annotations

from collections.abc import Iterable

from mailer.ledger.revisions import Revisions
from mailer.model.entry import Announced, Delivery, Entry, Heard
from mailer.model.finding import Undeliverable
from mailer.model.invitation import MessageKey
from mailer.model.outcome import State
from mailer.model.told import Correspondence, Told

_SETTLED = (State.SENT, State.FAILED, State.IN_DOUBT)


Letters = dict[str, dict[MessageKey, Told]]
"""The letters to each invitee, by reference and key, those settled last at the end."""


def correspondence(
    entries: Iterable[Entry], announced: Iterable[Entry] = ()
) -> tuple[dict[str, Correspondence], Letters]:
    """Return what each invitee was sent, by reference, and the letters as `attendance` takes them.

    `entries` are all of some invitees, in order. `announced` are the entries that announce the meeting.
    """
    told: Letters = {}
    notices: dict[str, list[int]] = {}
    revisions = Revisions(announced)
    for entry in entries:
        match entry.fact:
            case Announced():
                revisions.take(entry)
            case Delivery() as delivery:
                add_delivery(told.setdefault(entry.invitee, {}), entry, delivery, revisions)
            case Heard(held=False, finding=finding) if isinstance(finding.claim, Undeliverable):
                if finding.claim.permanent and not finding.claim.delayed:
                    notices.setdefault(entry.invitee, []).append(entry.number)
            case _:
                pass
    sent = {
        ref: _correspondence(told.get(ref, {}).values(), notices.get(ref, ()))
        for ref in dict.fromkeys((*told, *notices))
    }
    return sent, told


def _correspondence(told: Iterable[Told], notices: Iterable[int]) -> Correspondence:
    settled = tuple(one for one in told if one.state in _SETTLED)
    put_off = tuple(one for one in told if one.state is State.DEFERRED)
    return Correspondence(settled, tuple(notices), put_off)


def add_delivery(
    told: dict[MessageKey, Told], entry: Entry, delivery: Delivery, revisions: Revisions
) -> None:
    """Note what became of a message; one that is put off or queued again was not sent."""
    known = told.pop(delivery.key, None)
    if delivery.state not in (*_SETTLED, State.DEFERRED) or (
        delivery.state is State.FAILED and not _refused(delivery)
    ):
        return
    told[delivery.key] = Told(
        delivery.key,
        delivery.state,
        known.at if known and known.state in (delivery.state, State.IN_DOUBT) else entry.recorded_at,
        known.entry if known and known.state is State.IN_DOUBT else entry.number,
        delivery.persons or (known.persons if known else ()),
        revisions.of_letter(entry.number, delivery.key.sequence) if known is None else known.revision,
        delivery.round or (known.round if known else 0),
        delivery.version or (known.version if known else ""),
        delivery.message_id,
        delivery.reply,
        delivery.made_at or (known.made_at if known else None),
    )


def _refused(delivery: Delivery) -> bool:
    """Return whether a server refused the message; in old ledgers, FAILED also says that it was not wanted any more."""
    return delivery.reply is not None and delivery.reply.code > 0
