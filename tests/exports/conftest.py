"""A small attendance with everything that is awkward in a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from mailer.model.attendance import DeliveryState, PersonState, Row, Standing
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Presence
from mailer.model.finding import PartStat
from mailer.model.people import Person

MOMENT = datetime(2025, 3, 30, 12, 30, tzinfo=UTC)
"""After the change of the clock: 14:30 in Paris."""


def row(
    last: str = "Lefèvre",
    first: str = "Élodie",
    partstat: PartStat = PartStat.NEEDS_ACTION,
    *,
    ref: str = "abc2",
    civility: str = "Mme",
    organisation: str = "",
    size: int | None = None,
    presence: Presence | None = None,
    fields: dict[str, str] | None = None,
    groups: tuple[str, ...] = (),
    function: str = "",
    state: PersonState = PersonState.REACHED,
    **standing: Any,
) -> Row:
    """A line of the attendance."""
    contact = Contact(
        f"{ref}@example.org",
        civility,
        first,
        last,
        organisation,
        function,
        groups=groups,
        fields=fields or {},
    )
    standing.setdefault("delivery", DeliveryState.SENT)
    standing.setdefault("headcount", size)
    if partstat is not PartStat.NEEDS_ACTION:
        standing.setdefault("answered_at", MOMENT)
        standing.setdefault("channel", Channel.CALENDAR)
    known = Standing(ref, f"{ref}p", partstat=partstat, presence=presence, last_entry=7, **standing)
    return Row(Person(f"{ref}p", contact), known, state)


@pytest.fixture(scope="session")
def make() -> Callable[..., Row]:
    """Make a line of the attendance."""
    return row


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    """One line for each answer, and for each thing that is awkward."""
    return [
        row(partstat=PartStat.ACCEPTED, size=2, comment="avec mon mari, merci", presence=Presence.PRESENT),
        row(
            "D'Haene", "Benoît", PartStat.DECLINED, ref="b2", civility="M.", channel=Channel.TEXT, note="=1+1"
        ),
        row("N'Guessan", "Awa", PartStat.TENTATIVE, ref="c2", channel=Channel.POLL, note="+33 6 12 34 56 78"),
        row("Œuvrard", "Łucja", PartStat.DELEGATED, ref="d2", delegate="Mme Petit", note="12/03"),
        row("Étienne", "Zoë", ref="e2", organisation='@asso; "Les Amis"', fields={"Téléphone": "+33 6"}),
        row("Bois", "Jo", ref="f2", to_review=(3,), whys=("unclear",), absence="absent\u00a0: 14 h 30 😀"),
        row(
            "Roux",
            "Ève",
            ref="g2",
            delivery=DeliveryState.BOUNCED,
            state=PersonState.UNREACHABLE,
            fields={"=Remarque": "\tx"},
        ),
        row("", "", ref="h2", organisation="Département Formation, Recherche", groups=("élus", "a")),
        row(
            "Petit", "Lou", PartStat.ACCEPTED, ref="i2", channel=Channel.STAFF, note="sera hospitalisée avant"
        ),
        row("Petit", "Max", PartStat.ACCEPTED, ref="j2", presence=Presence.EXCUSED, note="-"),
    ]
