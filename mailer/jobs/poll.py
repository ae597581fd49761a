"""Turn the exported results of a poll or form (Framadate, Google Forms and others) into ledger entries."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from mailer import campaign as campaigns
from mailer import files, people, polls
from mailer.classify import understand
from mailer.errors import UserError
from mailer.jobs import gather, read_list, roll
from mailer.jobs import people as changes
from mailer.model.campaign import Campaign
from mailer.model.entry import Entry
from mailer.model.finding import Answer, PartStat
from mailer.people import Reconciled
from mailer.store import Store

MEANINGS: dict[str, PartStat | None] = {
    "yes": PartStat.ACCEPTED,
    "no": PartStat.DECLINED,
    "perhaps": PartStat.TENTATIVE,
    "none": None,
}
"""What an answer can mean, by the word that the campaign file keeps."""


@dataclass(frozen=True, slots=True)
class Result:
    """The votes of a poll, each with the invitee it belongs to, and the ledger entries that are new.

    `unknown` has the answers whose meaning is not known, each with those who gave it: nothing is recorded for them. `called` has the names of
    the invitees by their reference. `newcomers` are those who are on a list and not in the ledger yet, as far as an entry concerns them.
    """

    kind: str
    option: str
    voters: tuple[polls.Voter, ...]
    entries: tuple[Entry, ...]
    unknown: Mapping[str, tuple[str, ...]]
    called: Mapping[str, str]
    newcomers: Reconciled
    options: tuple[str, ...]
    was_asked: bool
    """Whether a person named the question, because its heading does not tell."""


def meaning(text: str) -> Answer | None:
    """Return what words answer to an invitation, read as those of a mail are; None where that is doubtful."""
    claim = understand(text).claim
    known = isinstance(claim, Answer) and claim.partstat in MEANINGS.values()
    return claim if isinstance(claim, Answer) and known else None


def read(
    workspace: Path,
    store: Store,
    campaign: Campaign,
    name: str,
    content: bytes,
    column: str,
    now: datetime,
    said: Mapping[str, str] | None = None,
) -> Result:
    """Match the votes of an exported poll with the people on the lists of a campaign; nothing is written.

    `column` names the option that means coming, and `said` what answers mean (a word of `MEANINGS`); both outrank what the campaign file keeps.

    Raises ContactsError for what is no table, UserError ``not-a-poll`` and ``poll-column-needed``.
    """
    poll = polls.read(read_list.table(name, content), name, ZoneInfo(campaign.meeting.zone))
    place = polls.choose(poll, column, campaign.polls)
    option = poll.options[place]
    kept = {**campaign.polls.get(option, {}), **(said or {})}
    votes = polls.votes(poll, place, meaning, {text: MEANINGS[word] for text, word in kept.items()})
    listed = _listed(workspace, store, campaign)
    invitees = listed.register.roll
    voters = polls.voters(votes, invitees, store.entries(campaign.slug))
    source = hashlib.sha256(content).hexdigest()
    entries = polls.ledger_entries(voters, poll.kind, campaign.slug, now, source)
    unknown: dict[str, list[str]] = {}
    for vote in votes:
        if vote.is_unknown:
            unknown.setdefault(vote.cell, []).append(vote.ballot.name or vote.ballot.email)
    concerned = {entry.invitee for entry in entries}
    newcomers = tuple(change for change in listed.changes if change.invitee in concerned)
    return Result(
        poll.kind,
        option,
        tuple(voters),
        tuple(entries),
        {cell: tuple(who) for cell, who in unknown.items()},
        {invitee.ref: invitee.called for invitee in invitees},
        replace(listed, changes=newcomers),
        poll.options,
        bool(column) and not _is_plain(poll, place),
    )


def _is_plain(poll: polls.Poll, place: int) -> bool:
    """Return whether the option is found without a word of a person's."""
    try:
        return polls.choose(poll) == place
    except UserError:
        return False


def _listed(workspace: Path, store: Store, campaign: Campaign) -> Reconciled:
    """Return the people in the ledger with those who are new on the lists; without them where a list cannot be read."""
    register = roll.register(store, campaign.slug)
    try:
        households = gather.gather(workspace, campaign).households
    except UserError:
        return Reconciled(register=register)
    reconciled = changes.reconcile(store, campaign.slug, households, register=register)
    return people.only_newcomers(register, reconciled)


def record(store: Store, slug: str, result: Result, now: datetime) -> None:
    """Write the new answers, and before them the people on the lists who are not in the ledger yet and answered."""
    if result.newcomers.changes:
        changes.record_reconciled(store, slug, result.newcomers, now=now)
    store.append(result.entries)


def keep(file: Path, option: str, said: Mapping[str, str]) -> None:
    """Write into a campaign file which question means coming, and what answers mean (a word of `MEANINGS`)."""
    files.rewrite(file, campaigns.with_poll_answers(file.name, files.read(file), option, said))
