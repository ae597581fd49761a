"""Read the answer in a person's own words: yes, no, maybe, how many people, who comes instead, or unclear.

Theory of operation. The text is turned into plain words (`words.tokens`) and split into sentences
(`words.sentences`). The patterns of its language (`words/fr`, `en`, `nl`, `de`) are matched by an automaton
(`words.grammar`); if several match, the longest one counts. `words.statements` finds out whether each phrase is about
the writer, about somebody the writer answers for, or about somebody else, and `words.judge` weighs conditions,
regrets and changes of mind. In doubt the result is `Unclear`, because recording a yes as a no is the one error nobody
can repair.

Known weakness: irony, and a meeting that only its weekday distinguishes from another.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from mailer.classify import robots
from mailer.classify.days import as_on_a_monday_in_march
from mailer.classify.words import (
    LANGUAGES,
    Certainty,
    Language,
    Proxy,
    Sentence,
    TextDecision,
    TextStatement,
    Token,
    certainty,
    common_words,
    decide,
    delegate,
    in_company,
    language_named,
    languages_of,
    likeliest,
    party,
    proxy,
    remark,
    sentences,
    statements,
    tokenize,
    without_proxy,
)
from mailer.model.finding import Answer, Claim, Finding, MailKind, OptOut, PartStat, Unattended, Unclear
from mailer.model.message import IncomingMessage, Said

BY_WORDS = "free_text"
"""The name of this rule in a finding."""

LONGEST, MOST_TOKENS = 6_000, 2_000
"""Maximum number of characters and of words and signs read; a longer text is left to a person."""

_NOT_WEIGHED = frozenset(("other", "robot-hint", "optout", "reported", "wait"))
"""Meanings of phrases beside which the words alone decide nothing."""
_ABSENT = frozenset(("absent", "bare-absent"))
_REPLY = re.compile(r"\s*(?:re|r[ée]p|aw|antw|sv|vs|tr|fwd?|wg|doorst)\s*(?:\[\d+\]\s*)?:", re.IGNORECASE)
_REFERENCE = re.compile(r"[\[(][^\[\]()]*[\])]?")


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer found, and its evidence: a span of the text or of the subject."""

    kind: MailKind
    claim: Claim
    evidence: str = ""


@dataclass(frozen=True)
class _ParsedText:
    """A text with its sentences, statements and decision in one language."""

    text: str
    tokens: Sequence[Token]
    language: Language
    cut: Sequence[Sentence]
    found: Sequence[TextStatement]
    decision: TextDecision
    whole: bool
    """Whether nothing was left out, and no sentence was cut."""

    @cached_property
    def proxy(self) -> Proxy | None:
        """Return the proxy that the text gives or holds."""
        return proxy(self.text, self.cut, self.language)


def read(message: IncomingMessage, said: Said, day: date | None = None) -> Finding:
    """Read what a person wrote; this rule comes last and always gives a finding."""
    verdict = understand(said.text, message.subject, day=day)
    return Finding(
        BY_WORDS,
        verdict.kind,
        verdict.claim,
        verdict.evidence,
        addresses=robots.writer(message),
        text=said.text,
    )


def understand(text: str, subject: str = "", language: str = "", day: date | None = None) -> Verdict:
    """Return the answer that `text` gives to a meeting on `day`; by default on a Monday in March.

    A `subject` of the writer's own, as in the mail of an answer link, counts if the text does not decide; one that
    begins with "Re:" repeats our words. `language` is that of the invitation, for words that several languages share.
    """
    body = _by_paragraphs(_reading(text, language, day), subject, language, day)
    header = None if _REPLY.match(subject) else _reading(_bare(subject[:LONGEST]), language, day)
    if opted := _opted_out(body) or (header and not text.strip() and _opted_out(header)):
        return Verdict(MailKind.UNSUBSCRIBE, OptOut(), opted)
    if robot := _robot(body, subject, empty=not text.strip()):
        return Verdict(MailKind.AUTO_REPLY, Unattended(), robot)
    ours = False
    if header and header.decision.sure:
        ours = bool(_REFERENCE.search(subject))
        if not body.decision.partstat:
            return _verdict(header, body, whole=header.whole and body.whole, ours=ours)
        if body.decision.partstat is not header.decision.partstat:
            ours = False
            if body.decision.sure:
                return _doubted(_verdict(body, body, whole=False), "subject-disagrees")
    if _is_silent(body):
        likely = replace(body, decision=likeliest(body.tokens, body.cut))
        verdict = _verdict(likely, likely, whole=body.whole)
        if isinstance(verdict.claim, Answer):
            return verdict
    return _verdict(body, body, whole=body.whole, ours=ours and body.decision.sure)


def _is_silent(reading: _ParsedText) -> bool:
    """Return whether no phrase says anything of coming, so that the words alone may."""
    return (
        not reading.decision.partstat
        and not any(one.says in _NOT_WEIGHED for one in reading.found)
        and reading.proxy is None
    )


def load_words() -> None:
    """Load what nearly every answer needs: the phrases of the first language, and the likeness."""
    understand("Je viendrai.")


def answers(text: str) -> bool:
    """Return whether a text holds an answer, an objection or an automatic reply, even a doubtful one."""
    return understand(text).claim != Unclear(why="no-answer-in-words")


def _bare(subject: str) -> str:
    """Replace the reference in an answer link's subject by blanks: "Je viens [réf. ...]"."""
    return _REFERENCE.sub(lambda match: " " * len(match.group()), subject)


def _reading(text: str, preferred: str, day: date | None) -> _ParsedText:
    """Read a text in its language; if no word tells the language, in the first one whose patterns match."""
    all_tokens = tokenize(text[:LONGEST])
    tokens: Sequence[Token] = all_tokens[:MOST_TOKENS]
    whole = len(text) <= LONGEST and len(all_tokens) <= MOST_TOKENS
    if day:
        tokens = as_on_a_monday_in_march(tokens, day)
    readings = []
    for language in languages_of(tokens, preferred):
        cut = sentences(text, tokens, language)
        found = statements(cut, language)
        uncut = whole and not any(sentence.cut_short for sentence in cut)
        readings.append(_ParsedText(text, tokens, language, cut, found, decide(cut, found, language), uncut))
        if found:
            break
    return readings[-1] if readings[-1].found else readings[0]


_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_FEW = 2
"""Common words of another language by which a paragraph is known to be written in it."""


def _by_paragraphs(whole: _ParsedText, subject: str, preferred: str, day: date | None) -> _ParsedText:
    """Return the reading of a text whose paragraphs have several languages: each is read in its own.

    Where they answer differently, or one is a machine's, the reading says so; a text in one language is as it was read.
    """
    apart = _languages_apart(whole)
    if len(apart) < 2 or _robot(whole, subject, empty=False):
        return whole
    readings = [_reading(part, preferred, day) for part in apart]
    told = next((one for one in readings if _robot(one, subject, empty=False)), None)
    if told:
        return told
    answers = [one for one in readings if one.decision.partstat]
    if len({one.decision.partstat for one in answers}) > 1:
        return replace(answers[-1], decision=replace(answers[-1].decision, sure=False))
    answers.sort(key=lambda one: not one.decision.sure)
    opted = [one for one in readings if _opted_out(one)]
    return next(iter(answers or opted), whole)


def _languages_apart(whole: _ParsedText) -> list[str]:
    """Return the text of each language, in order; what tells no language goes with what stands above it."""
    paragraphs = _PARAGRAPH.split(whole.text[:LONGEST])
    if len(paragraphs) < 2:
        return [whole.text]
    main, found = whole.language.name, dict[str, list[str]]()
    for paragraph in paragraphs:
        known = common_words(tokenize(paragraph), whole.language.name)
        best = max(known, key=lambda name: known[name])
        if known[best] >= max(_FEW, 2 * known[whole.language.name]):
            main = best
        elif known[whole.language.name] >= _FEW:
            main = whole.language.name
        found.setdefault(main, []).append(paragraph)
    return ["\n\n".join(parts) for parts in found.values()]


def _verdict(decided: _ParsedText, counted: _ParsedText, *, whole: bool, ours: bool = False) -> Verdict:
    """Combine the answer of one text with the headcount of another: subject and body of an answer link.

    `ours`: the words that decide were put there by a link of our letter.
    """
    decision = decided.decision
    if decision.partstat is None or decision.basis is None:
        return _by_proxy(counted, whole=whole)
    answer = _noted(_party(decision.partstat, counted), counted)
    verdict = Verdict(MailKind.REPLY, answer, _words(decided.text, decision.basis))
    if not whole:
        return _doubted(verdict, "text-too-long")
    if decision.sure and _may_be_away(decided, counted):
        return _doubted(verdict, "away-or-declined")
    level = Certainty.SURE if ours else certainty(decided.tokens, decided.cut, decided.found, decision)
    if level is Certainty.ASKED:
        return _doubted(verdict, "words-in-doubt")
    return replace(verdict, claim=replace(answer, glance=level is Certainty.READ))


def _noted(answer: Answer, reading: _ParsedText) -> Answer:
    """Add what else the text says: the remark, whether it asks something, and who holds the writer's proxy."""
    said, asks = remark(reading.text, reading.cut, reading.found, reading.language)
    answer = replace(answer, remark=said, asks=asks)
    held = reading.proxy
    if held is None or not held.given or answer.partstat is not PartStat.DECLINED:
        return answer
    # Who votes for the writer is not one who comes instead.
    return replace(answer, proxy_to=held.name, delegate="", headcount=None)


def _by_proxy(reading: _ParsedText, *, whole: bool) -> Verdict:
    """Return the answer of a text that says only who holds a proxy: a no from who gives one, a yes from who has one."""
    held = reading.proxy
    if held is None:
        return Verdict(MailKind.REPLY, Unclear(why="no-answer-in-words"))
    partstat = PartStat.DECLINED if held.given else PartStat.ACCEPTED
    words = reading.text[held.tokens[0].start : held.tokens[-1].end]
    verdict = Verdict(MailKind.REPLY, _noted(Answer(partstat, glance=True), reading), words)
    return verdict if held.given and whole else _doubted(verdict, "words-in-doubt")


def _party(partstat: PartStat, reading: _ParsedText) -> Answer:
    """Return the answer with its numbers and delegate; with a no, the headcount is that of the delegates."""
    instead, sent = delegate(reading.text, reading.cut, reading.found, reading.language)
    if partstat is PartStat.DECLINED:
        return Answer(partstat, sent, instead)
    found = without_proxy(reading.found, reading.proxy)
    come = party(reading.cut, found, reading.language, reading.decision.basis)
    missed = come.number in (None, 1) and in_company(reading.tokens)
    return Answer(
        partstat,
        come.number,
        least=come.least,
        adults=come.adults,
        children=come.children,
        number_to_check=come.to_check or missed,
    )


def _doubted(verdict: Verdict, why: str) -> Verdict:
    """Turn an answer into a proposal for review."""
    proposal = verdict.claim if isinstance(verdict.claim, Answer) else None
    return replace(verdict, claim=Unclear(proposal, why=why))


_AWAY_NOW = re.compile(r"(?:je|nous) (?:suis|sommes) (?:actuellement )?absente?s?", re.IGNORECASE)


def _may_be_away(reading: _ParsedText, body: _ParsedText) -> bool:
    """Return whether the words may be an absence from the office rather than an answer.

    "Je suis absente" may be one if a return date or a replacement is named, or if it is said in the present tense and
    of no day; a one-word yes, even in the subject, if the mail names an absence besides.
    """
    basis = reading.decision.basis
    if basis is None:
        return False
    hinted = any(one.says == "robot-hint" for one in (*reading.found, *body.found))
    if basis.sign.bare:
        return hinted
    if basis.sign.name not in _ABSENT:
        return False
    return hinted or bool(_AWAY_NOW.fullmatch(_words(reading.text, basis)))


def _opted_out(reading: _ParsedText) -> str:
    """Return the words that ask for no more mail; empty if there are none or the same mail accepts."""
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


def _said_yes_before(reading: _ParsedText) -> bool:
    """Return whether an earlier yes is withdrawn ("j'avais dit oui"); "la liste" is then that of participants."""
    yes = reading.language.words["yes"]
    return any(
        one.sign.name == "no-saying-no" and not yes.isdisjoint(token.word for token in one.tokens)
        for one in reading.found
    )


def _requested(reading: _ParsedText, one: TextStatement) -> bool:
    """Return whether a question makes a request: "pourriez-vous me retirer de votre liste ?"."""
    return bool(reading.language.find(reading.cut[one.sentence].tokens, "requests"))


def _robot(reading: _ParsedText, subject: str, *, empty: bool) -> str:
    """Return the words that reveal an automatic reply: one explicit phrase, or two hints without an answer beside them.

    A single hint counts under a subject that programs write; under "Re:" it is left to a person.
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


def _apart(found: Sequence[TextStatement]) -> list[TextStatement]:
    """Return the statements that share no words: a phrase is one hint, however many patterns match it."""
    apart: list[TextStatement] = []
    for one in found:
        if not apart or one.sentence > apart[-1].sentence or one.start >= apart[-1].end:
            apart.append(one)
    return apart


def _machine_writes(subject: str) -> str:
    """Return the words of a subject that only programs write: "Réponse automatique : ..."."""
    tokens = tokenize(subject[:LONGEST])
    found = (
        _words(subject, one)
        for language in map(language_named, LANGUAGES)
        for one in statements(sentences(subject, tokens, language), language)
        if one.says == "robot-subject"
    )
    return next(found, "")


def _words(text: str, one: TextStatement) -> str:
    """Return the span of `text` that a statement covers, without punctuation around it."""
    tokens = [token for token in one.tokens if token.speaks]
    if not tokens:
        return ""
    return text[tokens[0].start : max(token.end for token in tokens)]
