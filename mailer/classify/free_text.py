"""What the words of a reply say: yes, no, perhaps, how many, who instead, or that a person must read.

Theory of operation. The text becomes plain words (`words.tokens`), cut into sentences (`words.sentences`). The forms
of its language (`words/fr`, `en`, `nl`, `de`) are looked up by an automaton (`words.grammar`); where several fit, the
longest phrase speaks. A phrase is about the writer, about somebody the writer speaks for, or about somebody else
(`words.statements`); hedges, regrets and turns are weighed last (`words.decide`). Doubt ends as `Unclear`: taking a
yes for a no is the one error that cannot be made good.

Known weakness: irony, and a meeting that is told apart from another one by its weekday alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from mailer.classify.days import as_on_a_monday_in_march
from mailer.classify.words import (
    LANGUAGES,
    Decision,
    Language,
    Sentence,
    Statement,
    decide,
    delegate,
    headcount,
    language_named,
    languages_of,
    sentences,
    statements,
    tokenize,
)
from mailer.model.finding import Answer, Claim, Finding, MailKind, OptOut, PartStat, Unattended, Unclear
from mailer.model.message import IncomingMessage, Said

BY_WORDS = "free_text"
"""This rule, as a finding names it."""

LONGEST = 6_000
"""Nobody needs more characters for a yes or a no; a longer text is read so far and left to a person."""

_ABSENT = frozenset(("absent", "bare-absent"))
_REPLY = re.compile(r"\s*(?:re|r[ée]p|aw|antw|sv|vs|tr|fwd?|wg|doorst)\s*(?:\[\d+\])?\s*:", re.IGNORECASE)
_REFERENCE = re.compile(r"[\[(][^\[\]()]*[\])]?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the words say, and the very words that say so: a span of the text, or of the subject."""

    kind: MailKind
    claim: Claim
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class _Reading:
    """A text as far as it was understood in one language."""

    text: str
    language: Language
    cut: Sequence[Sentence]
    found: Sequence[Statement]
    decision: Decision


def read(message: IncomingMessage, said: Said, day: date | None = None) -> Finding:
    """Say what a person wrote; the last rule, for whatever no other recognised."""
    verdict = understand(said.text, message.subject, day=day)
    addresses = (message.sender.address,) if message.sender else ()
    return Finding(
        BY_WORDS, verdict.kind, verdict.claim, verdict.evidence, addresses=addresses, text=said.text
    )


def understand(text: str, subject: str = "", language: str = "", day: date | None = None) -> Verdict:
    """Say what `text` answers to a meeting on this `day`; without one, on a Monday in March.

    A `subject` of the writer's own, such as an answer link makes, counts where the text leaves the question open; one
    that begins with "Re:" repeats our words. `language` is that of the invitation, for words that several share.
    """
    body = _reading(text[:LONGEST], language, day)
    header = None if _REPLY.match(subject) else _reading(_bare(subject[:LONGEST]), language, day)
    if opted := _opted_out(body) or (header and not text.strip() and _opted_out(header)):
        return Verdict(MailKind.UNSUBSCRIBE, OptOut(), opted)
    if robot := _robot(body, subject, empty=not text.strip()):
        return Verdict(MailKind.AUTO_REPLY, Unattended(), robot)
    if header and header.decision.sure:
        if not body.decision.partstat:
            return _verdict(header, body, whole=len(text) <= LONGEST)
        if body.decision.sure and body.decision.partstat is not header.decision.partstat:
            return _doubted(_verdict(body, body, whole=False), "subject-disagrees")
    return _verdict(body, body, whole=len(text) <= LONGEST)


def _bare(subject: str) -> str:
    """Blank the reference of an answer link: "Je viens [réf. ...]"."""
    return _REFERENCE.sub(lambda match: " " * len(match.group()), subject)


def _reading(text: str, preferred: str, day: date | None) -> _Reading:
    """Read a text in its language; one without a telling word, in the first language that makes sense of it."""
    tokens = tokenize(text)
    if day:
        tokens = as_on_a_monday_in_march(tokens, day)
    readings = []
    for language in languages_of(tokens, preferred):
        cut = sentences(text, tokens, language)
        found = statements(cut, language)
        readings.append(_Reading(text, language, cut, found, decide(cut, found, language)))
        if found:
            break
    return readings[-1] if readings[-1].found else readings[0]


def _verdict(decided: _Reading, counted: _Reading, *, whole: bool) -> Verdict:
    """Put together who comes by one reading and how many by another: the subject and the text of an answer link."""
    decision = decided.decision
    if decision.partstat is None or decision.basis is None:
        return Verdict(MailKind.REPLY, Unclear(why="no-answer-in-words"))
    answer = _party(decision.partstat, counted)
    asked = any(sentence.asks for sentence in counted.cut) or any(one.says == "ask" for one in counted.found)
    answer = replace(answer, asks=asked or bool(answer.delegate))
    verdict = Verdict(MailKind.REPLY, answer, _words(decided.text, decision.basis))
    if not whole:
        return _doubted(verdict, "text-too-long")
    if not decision.sure:
        return _doubted(verdict, "words-in-doubt")
    if _may_be_away(decided):
        return _doubted(verdict, "away-or-declined")
    return verdict


def _party(partstat: PartStat, reading: _Reading) -> Answer:
    """How many come, and who instead. With a no, the heads are those sent in the writer's place."""
    instead, sent = delegate(reading.text, reading.cut, reading.found, reading.language)
    if partstat is PartStat.DECLINED:
        return Answer(partstat, sent, instead)
    return Answer(partstat, headcount(reading.cut, reading.found, reading.language))


def _doubted(verdict: Verdict, why: str) -> Verdict:
    """Leave an answer to a person, as a proposal."""
    proposal = verdict.claim if isinstance(verdict.claim, Answer) else None
    return replace(verdict, claim=Unclear(proposal, why=why))


_AWAY_NOW = re.compile(r"(?:je|nous) (?:suis|sommes) (?:actuellement )?absente?s?", re.IGNORECASE)


def _may_be_away(reading: _Reading) -> bool:
    """Whether "je suis absente" may be an absence from the office, E9.

    It may where a return date or a stand-in is named, and where it is said of now and of no day (H26).
    """
    basis = reading.decision.basis
    if basis is None or basis.sign.name not in _ABSENT:
        return False
    hinted = any(one.says == "robot-hint" for one in reading.found)
    return hinted or bool(_AWAY_NOW.fullmatch(_words(reading.text, basis)))


def _opted_out(reading: _Reading) -> str:
    """The words that ask not to be written to again, unless the same mail accepts."""
    if reading.decision.sure and reading.decision.partstat is PartStat.ACCEPTED:
        return ""
    return next(
        (
            _words(reading.text, one)
            for one in reading.found
            if one.says == "optout"
            and (not one.asked or _requested(reading, one))
            and not (_said_yes_before(reading) and _words(reading.text, one).endswith("la liste"))
        ),
        "",
    )


def _said_yes_before(reading: _Reading) -> bool:
    """Whether an earlier yes is taken back: "j'avais dit oui", and then the list is that of those who come."""
    yes = reading.language.words["yes"]
    return any(
        one.sign.name == "no-saying-no" and not yes.isdisjoint(token.word for token in one.tokens)
        for one in reading.found
    )


def _requested(reading: _Reading, one: Statement) -> bool:
    """Whether a question asks for it: "pourriez-vous me retirer de votre liste ?"."""
    words = [token.word for token in reading.cut[one.sentence].tokens]
    requests = reading.language.phrases["requests"]
    return any(
        tuple(words[at : at + len(phrase)]) == phrase for phrase in requests for at in range(len(words))
    )


def _robot(reading: _Reading, subject: str, *, empty: bool) -> str:
    """The words by which a program gives itself away: one that says so, or two hints, and nobody answers beside.

    A single hint counts under a subject that programs write; under "Re:" it is left to a person (E8, E9).
    """
    excused = {id(token) for one in reading.found if one.says == "no-robot" for token in one.tokens}
    told = [one for one in reading.found if one.says == "robot"]
    explicit = [one for one in told if excused.isdisjoint(map(id, one.tokens))]
    hints = _apart([one for one in reading.found if one.says == "robot-hint"])
    basis = reading.decision.basis
    answered = (
        reading.decision.sure
        and basis is not None
        and basis.sign.name not in _ABSENT
        and (basis.says != "delegate" or len(hints) < 2)
    )
    if explicit or (hints and not answered and (len(hints) > 1 or _machine_writes(subject))):
        return _words(reading.text, (explicit or hints)[0])
    return _machine_writes(subject) if empty and not _REPLY.match(subject) else ""


def _apart(found: Sequence[Statement]) -> list[Statement]:
    """Those that share no words: one phrase is one hint, however many forms it has."""
    apart: list[Statement] = []
    for one in found:
        if not apart or one.sentence > apart[-1].sentence or one.start >= apart[-1].end:
            apart.append(one)
    return apart


def _machine_writes(subject: str) -> str:
    """The words of a subject that only programs write: "Réponse automatique : ..."."""
    tokens = tokenize(subject[:LONGEST])
    found = (
        _words(subject, one)
        for language in map(language_named, LANGUAGES)
        for one in statements(sentences(subject, tokens, language), language)
        if one.says == "robot-subject"
    )
    return next(found, "")


def _words(text: str, one: Statement) -> str:
    """The span of `text` a statement stands on, without the marks around it."""
    tokens = [token for token in one.tokens if token.speaks]
    if not tokens:
        return ""
    return text[tokens[0].start : max(token.end for token in tokens)]
