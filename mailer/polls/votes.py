"""Turn ballots into ledger entries: the last vote of each voter, unless the ledger has it already."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailer.model.accents import fold_accents
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat
from mailer.model.people import Invitee
from mailer.polls.names import InviteeIndex, VoterMatch
from mailer.polls.poll import Ballot, Poll, Vote
from mailer.polls.words import MEANING, own_words

_BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Voter:
    """A vote, the invitee it was matched to, and whether it is new to the ledger."""

    vote: Vote
    match: VoterMatch
    new: bool


def votes(poll: Poll, place: int) -> list[Vote]:
    """Return what each voter says about the option at index `place`; of several ballots of one voter the last counts."""
    last: dict[str, Ballot] = {}
    for ballot in sorted(
        poll.ballots, key=lambda ballot: (ballot.said_at is not None, str(ballot.said_at or ""))
    ):
        last[fold_accents(ballot.email or ballot.name)] = ballot
    return sorted((_vote(poll, ballot, place) for ballot in last.values()), key=lambda vote: vote.ballot.line)


def _vote(poll: Poll, ballot: Ballot, place: int) -> Vote:
    cell = ballot.cells[place]
    partstat = MEANING[fold_accents(cell)] if fold_accents(cell) in MEANING else own_words(cell)
    all_no = poll.blind and all(MEANING.get(fold_accents(cell)) is PartStat.DECLINED for cell in ballot.cells)
    return Vote(ballot, poll.options[place], cell, partstat, "nothing-but-no" if all_no else "")


def voters(poll: Poll, place: int, roll: Sequence[Invitee], entries: Iterable[Entry]) -> list[Voter]:
    """Match every vote with an answer to the roll, and compare it with what the ledger has."""
    index = InviteeIndex(roll)
    known = _known(entries)
    return [
        Voter(vote, index.find(vote.ballot.name, vote.ballot.email), known.get(_about(vote)) != _said(vote))
        for vote in votes(poll, place)
        if vote.partstat is not None
    ]


def ledger_entries(
    voters: Iterable[Voter], kind: str, campaign: str, now: datetime, source: str = ""
) -> list[Entry]:
    """Return ledger entries for the new votes; one without a certain invitee, or that may be empty, is held for review.

    Framadate and Nextcloud do not export the time of a vote; `now` stands for it.
    """
    return [_entry(voter, kind, campaign, now, source) for voter in voters if voter.new]


def _entry(voter: Voter, kind: str, campaign: str, now: datetime, source: str) -> Entry:
    vote, match = voter.vote, voter.match
    why = match.why or vote.why
    assert vote.partstat is not None
    heads = vote.ballot.heads if vote.partstat is not PartStat.DECLINED else None
    finding = Finding(
        rule=f"poll_{kind}",
        kind=MailKind.OTHER,
        claim=Answer(vote.partstat, heads or None),
        evidence=_BETWEEN.join((*_about(vote), _said(vote))),
        addresses=(vote.ballot.email,) if vote.ballot.email else (),
    )
    invitee = match.invitee or (match.candidates[0] if len(match.candidates) == 1 else "")
    said_at = min(vote.ballot.said_at or now, now)
    fact = Heard(finding, said_at, Trust.ADDRESS, held=bool(why), why=why)
    return Entry(campaign, invitee, now, Channel.POLL, fact, source=source, person=match.person)


def _about(vote: Vote) -> tuple[str, str]:
    """Return the voter and the option, as they stand in the evidence of a finding."""
    ballot = vote.ballot
    called = " ".join(filter(None, (ballot.name, f"<{ballot.email}>" if ballot.email else "")))
    return called.replace(_BETWEEN, " "), vote.option.replace(_BETWEEN, " ")


def _said(vote: Vote) -> str:
    """Return the choice and the number of people, as they stand in the evidence of a finding."""
    return vote.cell if vote.ballot.heads is None else f"{vote.cell}, {vote.ballot.heads}"


def _known(entries: Iterable[Entry]) -> dict[tuple[str, str], str]:
    """Return the last choice in the ledger by voter and option."""
    known: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry.channel is Channel.POLL and isinstance(entry.fact, Heard):
            about, _, rest = entry.fact.finding.evidence.partition(_BETWEEN)
            option, _, choice = rest.partition(_BETWEEN)
            known[about, option] = choice
    return known
