"""Find the meaningful phrases of each sentence, whom they are about, and whether something may negate them."""

from __future__ import annotations

import enum
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from mailer.classify.words.ends import is_for_another_end
from mailer.classify.words.grammar import PatternMatch
from mailer.classify.words.language import Language, Sign
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.tokens import Token

POLAR = frozenset(("yes", "no", "maybe", "assent", "regret", "reason", "wish"))
"""Meanings that answer the invitation, one way or another."""
_EXCLUSIVE = ("other", "no", "maybe", "wait", "regret", "yes", "wish", "reported", "reason", "assent")
"""Of overlapping phrases with these meanings only the longest counts; of equally long ones the first listed here."""
_BLOCKED = frozenset(("hedge", "delegate"))
"""Meanings that are dropped inside a longer phrase about something else: "si vous le souhaitez"."""
_STANDING_IN = frozenset(("represented", "stands-in"))
_BREAKS = frozenset(",;:()")
_FRAME = _BREAKS | {"^", "$"}
_NEAR = 2
"""Maximum distance in words of an inanimate subject from its verb: "la salle sera", but not "votre invitation, regrette"."""


class Who(enum.Enum):
    """Whom a statement is about."""

    SELF = "self"
    THEY = "they"
    """Somebody the writer answers for: the mayor, Mme Petit."""
    ORGANISATION = "organisation"
    VAGUE = "vague"
    """A third person who is not named."""
    OTHER = "other"
    """Somebody else: a husband, a neighbour."""
    THING = "thing"


@dataclass(frozen=True, slots=True)
class TextStatement:
    """A phrase with its sign, its meaning here, and its position.

    `guarded`: a negation that belongs to no phrase is near and may negate it. `asked`: it is part of a question.
    """

    sign: Sign
    says: str
    who: Who
    sentence: int
    start: int
    end: int
    tokens: tuple[Token, ...]
    guarded: bool = False
    asked: bool = False

    @property
    def place(self) -> tuple[int, int]:
        """Return its position in the text, for comparison."""
        return self.sentence, self.start


def statements(cut: Sequence[Sentence], language: Language) -> list[TextStatement]:
    """Return the statements of all sentences, in order."""
    return [one for number in range(len(cut)) for one in _SentenceReader(cut, number, language).read()]


@dataclass(frozen=True, slots=True)
class _Found:
    """A pattern match with its meaning."""

    match: PatternMatch
    says: str
    negative: bool = False

    @property
    def span(self) -> range:
        return range(self.match.start, self.match.end)


def _takes_away(longer: _Found, each: _Found) -> bool:
    """Return whether a longer phrase takes away the meaning of another one.

    "si vous le souhaitez" is no condition, and "me désinscrire de la réunion" no opt-out.
    """
    if longer.says in ("other", "regret") or longer.negative:
        return each.says in _BLOCKED and bool(set(longer.span) & set(each.span))
    behind = longer.match.start < each.match.end < longer.match.end
    return longer.says == "no" and each.says == "optout" and behind


class _SentenceReader:
    """Reader of one sentence that also knows the sentences before it."""

    def __init__(self, cut: Sequence[Sentence], number: int, language: Language) -> None:
        self.cut, self.number, self.language = cut, number, language
        self.tokens = cut[number].tokens
        self.words = [token.word for token in self.tokens]

    def read(self) -> list[TextStatement]:
        """Choose between overlapping phrases, and find out whom each is about."""
        found = [self._meant(match) for match in self.language.grammar.find(self.tokens)]
        chosen = self._longest([each for each in found if each.says in _EXCLUSIVE])
        explained = {at for each in chosen for at in each.span}
        chosen = [
            each
            for each in chosen
            if not self._about_elsewhere(each, found) and not self._for_another_end(each)
        ]
        beside = [
            each
            for each in found
            if each.says not in _EXCLUSIVE and not any(_takes_away(other, each) for other in chosen)
        ]
        ordered = sorted([*chosen, *beside], key=lambda each: each.match.start)
        return [self._statement(each, explained) for each in ordered]

    def _meant(self, match: PatternMatch) -> _Found:
        sign = self._sign(match)
        return _Found(match, sign.denied if match.denied else sign.says, sign.negative)

    def _sign(self, match: PatternMatch) -> Sign:
        return self.language.signs[match.sign]

    def _longest(self, found: Sequence[_Found]) -> list[_Found]:
        """Return the longest of the phrases that overlap."""
        taken: set[int] = set()
        chosen: list[_Found] = []
        for each in sorted(found, key=lambda each: (-len(self._inner(each)), _EXCLUSIVE.index(each.says))):
            here = self._inner(each)
            if here and here.isdisjoint(taken):
                taken |= here
                chosen.append(each)
        return chosen

    def _inner(self, each: _Found) -> set[int]:
        """Return the positions of a phrase's words, without punctuation around it."""
        return {at for at in each.span if self.words[at] not in _FRAME}

    def _about_elsewhere(self, each: _Found, found: Sequence[_Found]) -> bool:
        """Return whether a phrase is about another meeting, by its object or by the time it names."""
        goes = self._sign(each.match).goes
        if each.says not in POLAR or (each.says == "no" and not goes):
            return False
        _, clause_end = self._clause(each.match)
        objects = ("elsewhere", "in-part") if each.says == "no" else ("elsewhere",)
        return any(
            (
                goes
                and other.says in objects
                and each.match.start < other.match.start <= each.match.end < other.match.end
            )
            or (other.says == "elsewhen" and each.match.start <= other.match.start < clause_end)
            for other in found
        )

    def _for_another_end(self, each: _Found) -> bool:
        """Return whether a yes that can be said about any favour is about something else."""
        sign, match = self._sign(each.match), each.match
        if each.says not in ("yes", "assent") or sign.goes:
            return False
        return is_for_another_end(self.tokens, match.start, match.end, self.language, loose=sign.loose)

    def _statement(self, each: _Found, explained: Collection[int]) -> TextStatement:
        match = each.match
        polar = each.says in POLAR
        return TextStatement(
            sign=self._sign(match),
            says=each.says,
            who=self._who(match, each.says) if polar or each.says in _STANDING_IN else Who.VAGUE,
            sentence=self.number,
            start=match.start,
            end=match.end,
            tokens=tuple(self.tokens[match.start : match.end]),
            guarded=polar
            and (
                self._guarded(match, explained)
                or self._odd(each)
                or self._replies(match)
                or self._dictated(match)
            ),
            asked=self._asked(match),
        )

    def _guarded(self, match: PatternMatch, explained: Collection[int]) -> bool:
        """Return whether a negation that belongs to no phrase is in the same clause."""
        first, last = self._clause(match)
        return any(
            self.words[at] in self.language.words["negations"]
            and at not in explained
            and not self._only(at, last)
            for at in range(first, last)
        )

    def _dictated(self, match: PatternMatch) -> bool:
        """Return whether the negation may be a dictated full stop: "je viendrai point merci"."""
        inside = set(self.words[match.start : match.end])
        words = self.language.words
        return match.denied and not words["spoken_stops"].isdisjoint(inside) and "ne" not in inside

    def _replies(self, match: PatternMatch) -> bool:
        """Return whether a yes or no answers a question just before it: "Dix élèves ? Non, onze"."""
        asked = self.number > 0 and self.cut[self.number - 1].asks
        return asked and match.start <= 1 and self.words[1] in self.language.words["replies"]

    def _only(self, at: int, last: int) -> bool:
        """Return whether the negation is French `ne ... que`, which restricts and does not negate."""
        rest = self.words[at:last]
        return rest[0] == "ne" and "que" in rest and "pas" not in rest

    def _odd(self, each: _Found) -> bool:
        """Return whether a yes contains a negation or a regret although its sign is not `negative`."""
        made_so = each.match.denied or self._sign(each.match).negative
        turning = self.language.words["negations"] | self.language.words["regrets"]
        return (
            each.says == "yes" and not made_so and not turning.isdisjoint(self.words[at] for at in each.span)
        )

    def _clause(self, match: PatternMatch) -> tuple[int, int]:
        stops = self.language.words["joints"] | _BREAKS
        first, last = match.start, match.end
        while first > 0 and self.words[first - 1] not in stops:
            first -= 1
        while last < len(self.words) and self.words[last] not in stops:
            last += 1
        return first, last

    def _asked(self, match: PatternMatch) -> bool:
        """Return whether the phrase is part of a question, not a statement before one: "je viens, y a-t-il un bus ?"."""
        sentence, sign = self.cut[self.number], self._sign(match)
        if not (sentence.asks or sentence.opens) or self._requested(match, sign):
            return False
        if sentence.opens and not (match.start <= 1 and (sign.negative or sign.says == "maybe")):
            return True
        if not sentence.asks:
            return False
        joints = self.language.words["joints"] | _BREAKS
        last_joint = max((at for at, word in enumerate(self.words[:-1]) if word in joints), default=0)
        opened = any(word in self.language.words["openers"] for word in self.words[: match.end])
        return opened or match.end > last_joint + 1

    def _requested(self, match: PatternMatch, sign: Sign) -> bool:
        """Return whether a question requests what the phrase says: "pourriez-vous m'inscrire (2 personnes) ?"."""
        if sign.says not in ("yes", "heads"):
            return False
        before = self.language.find(self.tokens[: match.start], "requests")
        return any(sign.says == "heads" or end == match.start for _, end in before)

    def _who(self, match: PatternMatch, says: str) -> Who:
        """Return whom the phrase is about: by a word inside it, else by the nearest subject before it, else by its verb."""
        words = self.language.words
        inside = self.words[match.start : match.end]
        if about := self._sign(match).about:
            return Who(about)
        if any(self._is_self(word) or word in words["self_inside"] for word in inside):
            return Who.SELF
        for at in range(match.end - 1, match.start - 1, -1):
            if self.words[at] in words["they"] or self.words[at] in words["them"]:
                return self._antecedent(at)
        third = any(word in words["they"] or word.endswith(self.language.third_endings) for word in inside)
        begins_anew = inside[0] in ("^", ",", ":") or inside[1:2] == [","]
        subject = None if begins_anew else self._subject(match, says, third=third)
        return subject or (Who.VAGUE if third else Who.SELF)

    def _subject(self, match: PatternMatch, says: str, *, third: bool) -> Who | None:
        """Return whom the nearest subject before a phrase stands for, within its part of the sentence."""
        words = self.language.words
        for at in range(match.start - 1, 0, -1):
            word = self.words[at]
            if word in ";:(":
                return None
            who = self._kind(word)
            if who is Who.VAGUE:
                return self._antecedent(at)
            if who is Who.THING and (says != "yes" or match.start - at > _NEAR):
                continue
            if who:
                return who
            if self._is_self(word) and (not third or word in words["impersonal"]):
                return Who.SELF
            if self.tokens[at].capital and at > 1:
                return self._named(at)
        return None

    def _named(self, at: int) -> Who:
        """Return what sort of subject a name is: "la CAF du Nord" is an organisation, "Mme Lemaire" a person."""
        while at > 1 and (
            self.tokens[at - 1].capital or self.words[at - 1] in self.language.words["particles"]
        ):
            at -= 1
            if who := self._kind(self.words[at]):
                return who
        articles = self.language.words["articles"]
        institution = Who.THEY if articles.isdisjoint(self.words[at - 1 : at + 1]) else Who.ORGANISATION
        return self._kind(self.words[at - 1]) or institution

    def _is_self(self, word: str) -> bool:
        words = self.language.words
        if word in words["self"] or word in words["self_verbs"]:
            return True
        return len(word) > 4 and word.endswith(self.language.self_endings)

    def _kind(self, word: str) -> Who | None:
        """Return what sort of subject a word is, if it is one."""
        return next((who for name, who in _KINDS if word in self.language.words[name]), None)

    def _antecedent(self, at: int) -> Who:
        """Return whom a pronoun stands for: the nearest person named before it."""
        before = [token.word for sentence in self.cut[: self.number] for token in sentence.tokens]
        for word in reversed(before + self.words[:at]):
            who = self._kind(word)
            if who in (Who.OTHER, Who.THEY):
                return who
        return Who.VAGUE


_KINDS = (
    ("others", Who.OTHER),
    ("things", Who.THING),
    ("orgs", Who.ORGANISATION),
    ("principals", Who.THEY),
    ("companions", Who.THEY),
    ("they", Who.VAGUE),
)
