"""Turn ballots into ledger entries: the last vote of each voter, unless the ledger has it already."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from mailer.model.accents import fold_accents
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat
from mailer.model.people import Invitee
from mailer.polls.headings import is_about_staying_away
from mailer.polls.names import InviteeIndex, VoterMatch
from mailer.polls.poll import Ballot, Poll, Vote
from mailer.polls.words import MEANING, ticked

_BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Voter:
    """A vote, the invitee it was matched to, and whether it is new to the ledger."""

    vote: Vote
    match: VoterMatch
    new: bool


Means = Callable[[str], Answer | None]
"""A function that returns what a text answers, or None where that is not sure."""

_BARE = frozenset(
    ("oui", "non", "yes", "no", "ja", "nein", "nee", "x", "vrai", "faux", "true", "false", "1", "0", "o", "n")
)


_COUNTED = (
    "Je viens. Nous serons {}.",
    "I will come. We will be {}.",
    "Ich komme. Wir sind {}.",
    "Ik kom. Wij zijn met {}.",
)
"""Sentences in which the words for a number are read, one for each language."""


def votes(
    poll: Poll, place: int, means: Means, kept: Mapping[str, PartStat | None] | None = None
) -> list[Vote]:
    """Return what each voter says about the option at index `place`; of several ballots of one voter the last counts.

    `kept` has what a person said of answers whose meaning nobody could know; None means that it is no answer.
    """
    last: dict[tuple[str, str], Ballot] = {}
    for ballot in sorted(poll.ballots, key=_moment):
        last[fold_accents(ballot.email), fold_accents(ballot.name)] = ballot
    said = {fold_accents(text): partstat for text, partstat in (kept or {}).items()}
    return sorted(
        (_vote(poll, ballot, place, means, said) for ballot in last.values()),
        key=lambda vote: vote.ballot.line,
    )


def _moment(ballot: Ballot) -> tuple[bool, float, int]:
    """Return the place of a ballot in time; without one it is the first, by its line."""
    at = ballot.said_at
    return (at is not None, at.timestamp() if at else 0.0, ballot.line)


def _vote(poll: Poll, ballot: Ballot, place: int, means: Means, said: Mapping[str, PartStat | None]) -> Vote:
    cell, option = ballot.cells[place], poll.options[place]
    words = fold_accents(cell)
    if words in said:
        known = said[words]
        answer = Answer(known) if known else None
    elif is_about_staying_away(option) and words in _BARE:
        return Vote(ballot, option, cell, None, is_unknown=True)
    else:
        answer = _read(cell, means)
    unknown = answer is None and words not in said and words not in MEANING
    if answer:
        answer = _with_party(answer, ballot, means)
    all_no = poll.blind and all(MEANING.get(fold_accents(one)) is PartStat.DECLINED for one in ballot.cells)
    why = "nothing-but-no" if all_no else "unfinished-form" if ballot.is_draft else ""
    return Vote(ballot, option, cell, answer, unknown, why)


def _read(cell: str, means: Means) -> Answer | None:
    """Return what an answer says: a sign, a number of people, or words; of several choices that contradict one another, nothing."""
    if partstat := ticked(cell):
        return Answer(partstat)
    if re.fullmatch(r"\d{1,2}", cell.strip()):
        return Answer(PartStat.ACCEPTED, int(cell))
    parts = [part for part in re.split(r"[,;|\n]", cell) if part.strip()]
    if len(parts) > 1:
        told = {answer.partstat for part in parts if (answer := _read(part, means))}
        told |= {begun for part in parts if (begun := MEANING.get(fold_accents(part).split()[0]))}
        if len(told) > 1:
            return None
    answer = means(cell)
    return Answer(answer.partstat, answer.headcount, least=answer.least) if answer else None


def _with_party(answer: Answer, ballot: Ballot, means: Means) -> Answer:
    """Return an answer with the number of people of its ballot; a number that cannot be read is to be checked."""
    if answer.partstat is PartStat.DECLINED:
        return Answer(PartStat.DECLINED)
    if ballot.heads is not None:
        return replace(answer, headcount=ballot.heads or None, least=None)
    if not ballot.party:
        return answer
    if re.fullmatch(
        r"(?:juste |que |rien que )?moi(?: seule?| tout seul)?|(?:tout )?seule?", fold_accents(ballot.party)
    ):
        return replace(answer, headcount=1)
    told = (means(sentence.format(ballot.party)) for sentence in _COUNTED)
    counted = next((one for one in told if one and one.headcount is not None and not one.remark), None)
    if counted is None:
        return replace(answer, headcount=None, number_to_check=True)
    return replace(
        answer,
        headcount=counted.headcount,
        least=counted.least,
        adults=counted.adults,
        children=counted.children,
    )


def voters(votes: Sequence[Vote], roll: Sequence[Invitee], entries: Iterable[Entry]) -> list[Voter]:
    """Match every vote with an answer to the roll, and compare it with what the ledger has.

    Of several votes of one person the last counts, also where one has the name alone and another the address.
    """
    index = InviteeIndex(roll)
    known = _known(entries)
    last: dict[tuple[str, ...], tuple[Vote, VoterMatch]] = {}
    for vote in sorted(votes, key=lambda vote: _moment(vote.ballot)):
        ballot = vote.ballot
        match = index.find(ballot.name, ballot.email)
        sole = "" if index.is_alone(match.invitee) else match.person or fold_accents(ballot.name)
        key = (
            (match.invitee, sole)
            if match.invitee
            else (fold_accents(ballot.email), fold_accents(ballot.name), "")
        )
        last[key] = (vote, match)
    found = sorted(last.values(), key=lambda one: one[0].ballot.line)
    return [
        Voter(vote, match, known.get(_about(vote)) != _said(vote)) for vote, match in found if vote.answer
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
    assert vote.answer is not None
    finding = Finding(
        rule=f"poll_{kind}",
        kind=MailKind.OTHER,
        claim=vote.answer,
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
    party = vote.ballot.party if vote.ballot.heads is None else str(vote.ballot.heads)
    return f"{vote.cell}, {party}" if party else vote.cell


def _known(entries: Iterable[Entry]) -> dict[tuple[str, str], str]:
    """Return the last choice in the ledger by voter and option."""
    known: dict[tuple[str, str], str] = {}
    for entry in entries:
        if entry.channel is Channel.POLL and isinstance(entry.fact, Heard):
            about, _, rest = entry.fact.finding.evidence.partition(_BETWEEN)
            option, _, choice = rest.partition(_BETWEEN)
            known[about, option] = choice
    return known
