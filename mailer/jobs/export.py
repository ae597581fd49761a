"""Write where a campaign stands to a file: the attendance, the report, the sign-in sheet, the meeting itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer import exports, ledger
from mailer.jobs import standings
from mailer.model.campaign import Campaign
from mailer.model.people import Invitee, Person
from mailer.store import Store

LEDGER = ".jsonl"
"""The ending of a file that holds the ledger itself (docs/ledger.md)."""


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The options of an export.

    `when` is the meeting's time in words of `language`. `document` is what to write if the ending alone does not say
    it: ``sheet`` or ``register``. `everybody` lists on the sheet also those who did not answer. `health` shows remarks
    on somebody's health, which are left out otherwise. `hosts` are the mail servers that the register names.
    """

    when: str
    language: str = "fr"
    machine: bool = False
    document: str = ""
    everybody: bool = False
    health: bool = False
    hosts: Sequence[str] = ()


def export(store: Store, campaign: Campaign, name: str, order: ExportRequest, now: datetime) -> bytes:
    """Return the bytes of the export whose format the ending of `name` gives.

    Raises ConfigError ``export-ending`` or ``pdf-missing``.
    """
    wanted = exports.find_format(name, order.document)
    record = standings.record(store, campaign.slug)
    rows = record.rows()
    if record.told and record.told.meeting.cancelled:
        campaign = replace(campaign, meeting=replace(campaign.meeting, cancelled=True))
    return wanted.write(
        exports.ExportData(
            campaign,
            rows,
            record.counters(rows),
            ledger.sendings(record.sent.values()),
            record.places(campaign.capacity) if campaign.capacity else None,
            exports.ExportOptions(order.language, ZoneInfo(campaign.meeting.zone), order.health),
            now,
            order.when,
            hosts=order.hosts,
            machine=order.machine,
            everybody=order.everybody,
        )
    )


def ledger_lines(store: Store, slug: str) -> bytes:
    """Return the entries of a campaign as JSON Lines."""
    return "".join(f"{line}\n" for line in store.lines(slug)).encode()


def access(
    store: Store,
    campaign: Campaign,
    invitee: Invitee,
    language: str,
    now: datetime,
    person: Person | None = None,
) -> bytes:
    """Return everything kept about one person, as a page to hand over (GDPR article 15).

    Without a `person`, it is about all members of the invitee; with one, nothing by name about another is in it.
    """
    options = exports.ExportOptions(language, ZoneInfo(campaign.meeting.zone), health=True)
    entries = list(store.entries(campaign.slug, invitee.ref))
    if person is not None:
        invitee = replace(invitee, members=(person,))
        entries = [entry for entry in entries if entry.person in ("", person.ref)]
    return exports.to_access.write(invitee, entries, campaign, options, now=now)
