"""The part of a standing that ledger entries set directly, while entries are being added to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from mailer.model.attendance import DeliveryState, RecordedClaim, ReviewDecision, Sighting, Standing


@dataclass(slots=True)
class StandingDraft:
    """The fields of a `Standing` that are not derived; they are described there.

    It is mutable, unlike other objects of this package: making a new standing for each of a hundred thousand entries
    took longer than all the rest.
    """

    invitee: str
    delivery_ignoring_opt_out: DeliveryState = DeliveryState.QUEUED
    delivery_detail: str = ""
    told_at: datetime | None = None
    asked_sequence: int = -1
    asked_again_at: datetime | None = None
    cancelled_at: datetime | None = None
    note: str = ""
    absence: str = ""
    last_entry: int = 0
    statements: list[RecordedClaim] = field(default_factory=list)
    decisions: list[ReviewDecision] = field(default_factory=list)
    sightings: list[Sighting] = field(default_factory=list)

    @classmethod
    def of(cls, standing: Standing) -> StandingDraft:
        """Return a draft with the values of an existing standing."""
        return cls(
            invitee=standing.invitee,
            delivery_ignoring_opt_out=standing.delivery_ignoring_opt_out,
            delivery_detail=standing.delivery_detail,
            told_at=standing.told_at,
            asked_sequence=standing.asked_sequence,
            asked_again_at=standing.asked_again_at,
            cancelled_at=standing.cancelled_at,
            note=standing.note,
            absence=standing.absence,
            last_entry=standing.last_entry,
            statements=list(standing.statements),
            decisions=list(standing.decisions),
            sightings=list(standing.sightings),
        )
