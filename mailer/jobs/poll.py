"""Turn the exported results of a poll (Framadate and others) into ledger entries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from mailer import polls
from mailer.jobs import read_list, roll
from mailer.model.campaign import Campaign
from mailer.model.entry import Entry
from mailer.store import Store


@dataclass(frozen=True, slots=True)
class Result:
    """The votes of a poll, each with the invitee it belongs to, and the ledger entries that are new."""

    kind: str
    option: str
    voters: tuple[polls.Voter, ...]
    entries: tuple[Entry, ...]


def read(store: Store, campaign: Campaign, name: str, content: bytes, column: str, now: datetime) -> Result:
    """Match the votes of an exported poll with the campaign's invitees; nothing is written.

    `column` names the option that means coming, if there are several.

    Raises ContactsError for what is no table, UserError ``not-a-poll`` and ``poll-column-needed``.
    """
    poll = polls.read(read_list.table(name, content), name, ZoneInfo(campaign.meeting.zone))
    place = polls.choose(poll, column)
    voters = polls.voters(poll, place, roll.invitees(store, campaign.slug), store.entries(campaign.slug))
    source = hashlib.sha256(content).hexdigest()
    entries = polls.ledger_entries(voters, poll.kind, campaign.slug, now, source)
    return Result(poll.kind, poll.options[place], tuple(voters), tuple(entries))
