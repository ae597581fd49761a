"""Decide what a text answers, and how certain that is, from two tables; in doubt a person decides.

`ROWS` says what follows from the statements about the same people; the first row that fits decides, and `shown_by` is a
sentence that it was made for. Statements about the writer count before those about people the writer answers for.
`certainty` then says whether the answer may be recorded silently, recorded and glanced over, or only proposed: it needs
the words as a whole (`likeness`) to give the same answer as the phrases.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from mailer.classify.words.evidence import Evidence
from mailer.classify.words.language import Language, Sign
from mailer.classify.words.likeness import likely
from mailer.classify.words.meanings import Meaning
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.statements import POLAR, TextStatement, Who
from mailer.classify.words.tokens import Token
from mailer.model.finding import PartStat

_MEANS = {"yes": PartStat.ACCEPTED, "no": PartStat.DECLINED, "maybe": PartStat.TENTATIVE}
_THEIRS = frozenset((Who.THEY, Who.ORGANISATION, Who.VAGUE))


class Certainty(enum.IntEnum):
    """What may be done with an answer: a person decides, it is recorded and glanced over, or recorded silently."""

    ASKED = 0
    READ = 1
    SURE = 2


@dataclass(frozen=True, slots=True)
class TextDecision:
    """The answer, and the statement it is based on.

    `sure`: no fact speaks against it. `weak`: the words may mean something else, so a clear statement about somebody
    the writer answers for takes precedence. `row` is the sentence that shows the row which decided.
    """

    partstat: PartStat | None = None
    basis: TextStatement | None = None
    sure: bool = False
    weak: bool = False
    row: str = ""


UNDECIDED = TextDecision()
BY_LIKENESS = "likeness"
"""The name of the sign on which an answer rests that no phrase gives."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A row of the table: which facts it is for, what the answer then is and rests on, and which facts make it doubtful."""

    shown_by: str
    fits: Callable[[Evidence], bool]
    answer: Callable[[Evidence], PartStat]
    basis: Callable[[Evidence], TextStatement | None]
    doubt: Callable[[Evidence], bool]
    weak: bool = False


def _always(partstat: PartStat) -> Callable[[Evidence], PartStat]:
    return lambda _: partstat


_YES, _NO, _PERHAPS = map(_always, (PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE))

ROWS = (
    DecisionRow(
        "Mon adjointe viendra à ma place.",
        lambda facts: (
            bool(facts.substitutes) and facts.strong != {"yes"} and facts.strong != {"yes", "maybe"}
        ),
        _NO,
        lambda facts: facts.substitutes[0],
        lambda facts: facts.guarded or "maybe" in facts.strong,
    ),
    DecisionRow(
        "Je viendrai.",
        lambda facts: facts.strong == {"yes"},
        _YES,
        lambda facts: facts.first,
        lambda facts: facts.guarded or facts.replaced_in_person or facts.spoken_against,
    ),
    DecisionRow(
        "Non, mais en fait, oui.",
        lambda facts: facts.strong == {"no"} and facts.revoked_by_a_yes,
        _YES,
        lambda facts: facts.later_assents[-1],
        lambda facts: facts.guarded_no,
    ),
    DecisionRow(
        "Je ne viendrai pas.",
        lambda facts: facts.strong == {"no"},
        _NO,
        lambda facts: facts.first,
        lambda facts: (
            facts.guarded_no or bool(facts.later_assents) or facts.yes_before_the_no or facts.no_of_one_word
        ),
    ),
    DecisionRow(
        "Je viendrai peut-être.",
        lambda facts: facts.strong == {"maybe"},
        _PERHAPS,
        lambda facts: facts.first,
        lambda facts: facts.guarded or facts.empty_maybe or bool(facts.earliest("loose")),
    ),
    DecisionRow(
        "Oui, je viendrai, mais je ne suis pas sûr.",
        lambda facts: facts.strong == {"yes", "maybe"},
        _PERHAPS,
        lambda facts: facts.earliest("maybe"),
        lambda facts: facts.guarded or not facts.tempered,
    ),
    DecisionRow(
        "Je viens, finalement je ne viens pas.",
        lambda facts: bool(facts.strong),
        lambda facts: _MEANS[facts.last.meaning],
        lambda facts: facts.last.one,
        lambda facts: facts.guarded or "maybe" in facts.strong or not facts.turned,
    ),
    DecisionRow(
        "Je serai là, et mon fils viendra si l'école finit tôt.",
        lambda facts: bool(facts.earliest("loose")),
        _YES,
        lambda facts: facts.earliest("loose"),
        lambda _: True,
    ),
    DecisionRow(
        "Entendu.",
        lambda facts: bool(facts.earliest("assent")),
        _YES,
        lambda facts: facts.earliest("assent"),
        lambda facts: facts.guarded or facts.not_meant,
        weak=True,
    ),
    DecisionRow(
        "J'aurais adoré, mais je travaille.",
        lambda facts: bool(facts.earliest("regret", "reason")),
        _NO,
        lambda facts: facts.earliest("regret", "reason"),
        lambda facts: facts.guarded or not facts.implied_no,
        weak=True,
    ),
    DecisionRow(
        "J'aimerais bien venir.",
        lambda facts: bool(facts.earliest("wish")),
        _PERHAPS,
        lambda facts: facts.earliest("wish"),
        lambda _: True,
        weak=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the certainty of an answer depends on.

    `phrases`: phrases give the answer, else only the words do. `sure`: they leave no doubt (`TextDecision`). `guarded`: a
    negation that belongs to no phrase is near.
    `agreed`: how likely the words give the same answer, those of the whole text and those of its sentence on average.
    `known`: the share of the words that are known; few are in another language. `unread`: the share of the words that
    belong to no phrase. `words`: how many there are. `perhaps`: the answer is one, which is often said of something else.
    `aside`: it is a yes of a word or two, in a sentence of other words: "Oui, la salle est libre ce jour-là".
    """

    phrases: bool
    sure: bool
    agreed: float
    known: float
    unread: float
    words: int
    perhaps: bool = False
    guarded: bool = False
    aside: bool = False


_FEW = 2
"""Number of words that are few."""

KNOWN = 0.4
"""Share of known words below which a text is in no language that is read."""

LEVELS: tuple[tuple[Certainty, Callable[[Grounds], bool]], ...] = (
    (Certainty.ASKED, lambda grounds: grounds.known < KNOWN),
    (
        Certainty.READ,
        lambda grounds: not grounds.phrases and grounds.agreed >= 0.9 and grounds.words <= 40,
    ),
    (
        Certainty.READ,
        lambda grounds: (
            grounds.phrases and not grounds.guarded and grounds.agreed >= 0.9 and not grounds.sure
        ),
    ),
    (Certainty.ASKED, lambda grounds: not grounds.sure),
    (
        Certainty.SURE,
        lambda grounds: grounds.agreed >= (0.95 if grounds.perhaps else 0.7) and not grounds.aside,
    ),
    (Certainty.READ, lambda grounds: grounds.agreed >= 0.75),
    (Certainty.ASKED, lambda grounds: grounds.aside),
    (Certainty.SURE, lambda grounds: grounds.agreed >= 0.55 and grounds.unread <= 0.2),
    (Certainty.READ, lambda grounds: grounds.agreed >= 0.5),
    (Certainty.READ, lambda grounds: grounds.agreed >= 0.2 and grounds.words <= 10),
    (
        Certainty.READ,
        lambda grounds: grounds.agreed >= 0.05 and grounds.unread <= 0.45 and not grounds.perhaps,
    ),
)
"""The first level whose condition holds; ASKED if none does. The bounds come from answers of writers whom neither the
phrases nor the likeness had seen (`bench.likeness`)."""


def certainty(
    text: Sequence[Token], cut: Sequence[Sentence], found: Sequence[TextStatement], decision: TextDecision
) -> Certainty:
    """Return what may be done with the answer of a text; all its `text` counts, also greeting and signature."""
    partstat, basis = decision.partstat, decision.basis
    assert partstat
    assert basis
    whole, sentence = likely(text), likely(cut[basis.sentence].tokens[1:-1])
    spoken = [id(token) for sentence in cut for token in sentence.tokens if token.speaks]
    understood = {id(token) for one in found for token in one.tokens}
    return level(
        Grounds(
            phrases=basis.sign.name != BY_LIKENESS,
            sure=decision.sure,
            agreed=(whole.shares[partstat] + sentence.shares[partstat]) / 2,
            known=whole.known,
            unread=sum(token not in understood for token in spoken) / len(spoken),
            words=len(spoken),
            perhaps=partstat is PartStat.TENTATIVE,
            guarded=basis.guarded,
            aside=partstat is PartStat.ACCEPTED and _is_aside(basis, cut[basis.sentence], understood),
        )
    )


def _is_aside(basis: TextStatement, sentence: Sentence, understood: AbstractSet[int]) -> bool:
    """Return whether an assent of a word or two stands among words that were not understood."""
    short = sum(token.speaks for token in basis.tokens) <= _FEW
    others = sum(token.speaks and id(token) not in understood for token in sentence.tokens)
    return short and others > _FEW and (basis.sign.bare or basis.sign.says is Meaning.ASSENT)


def level(grounds: Grounds) -> Certainty:
    """Return what may be done with an answer on these grounds."""
    return next((level for level, holds in LEVELS if holds(grounds)), Certainty.ASKED)


def likeliest(text: Sequence[Token], cut: Sequence[Sentence]) -> TextDecision:
    """Decide by the words alone, for a text without a phrase that answers; it rests on the sentence that says most."""
    shares = likely(text).shares
    partstat = max(shares, key=lambda meaning: shares[meaning])
    if partstat is PartStat.NEEDS_ACTION or not cut:
        return UNDECIDED
    said = [likely(sentence.tokens[1:-1]).shares[partstat] for sentence in cut]
    at = said.index(max(said))
    tokens = cut[at].tokens
    sign = Sign(BY_LIKENESS, Meaning.OTHER)
    return TextDecision(partstat, TextStatement(sign, Meaning.OTHER, Who.SELF, at, 0, len(tokens), tokens))


def decide(cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> TextDecision:
    """Decide what a text answers: first from the statements about the writer, then about those they answer for."""
    live = [one for one in found if not one.asked and not _reported(one, found)]
    refused = any(one.says == "no" and one.who is Who.SELF for one in live)
    live = [_standing_in(one, refused=refused, plural=_of_several(one, cut, language)) for one in live]
    decision = _spoken(cut, live, language)
    instead = {one.sentence for one in live if one.says == "delegate"}
    puzzling = any(one.says == "puzzle" and one.sentence not in instead for one in found) or (
        decision.partstat is PartStat.ACCEPTED and _untold_absence(cut, found, language)
    )
    return replace(decision, sure=decision.sure and not puzzling)


def _weigh(facts: Evidence) -> TextDecision:
    """Return what the first row that fits decides."""
    row = next((row for row in ROWS if row.fits(facts)), None)
    if row is None:
        return UNDECIDED
    return TextDecision(row.answer(facts), row.basis(facts), not row.doubt(facts), row.weak, row.shown_by)


def _spoken(cut: Sequence[Sentence], live: Sequence[TextStatement], language: Language) -> TextDecision:
    """Decide from the statements about the writer, or from those about the people they answer for."""
    voices = [one for one in live if one.says in POLAR and one.who is Who.SELF]
    others = [one for one in live if one.says in POLAR and one.who in _THEIRS]
    if not voices and _begins_with_a_yes(others, live):
        sent = [one for one in live if one.says != "delegate"]
        body = [one for one in others if one.says != "no" or one.who is not Who.THEY]
        return _weigh(Evidence(cut, sent, body, language))
    own = _weigh(Evidence(cut, live, voices, language))
    if own.partstat is not None and not (own.weak and others):
        return own
    theirs = _weigh(Evidence(cut, live, others, language))
    if theirs.partstat is None:
        return own
    vague = theirs.basis is not None and theirs.basis.who is Who.VAGUE
    contrary = own.partstat not in (None, theirs.partstat)
    return replace(theirs, sure=theirs.sure and not vague and not contrary)


def _begins_with_a_yes(others: Sequence[TextStatement], live: Sequence[TextStatement]) -> bool:
    """Return whether an organisation says yes first, in a sentence that sends nobody.

    Later delegates and refusals of single people are then part of what it says about itself.
    """
    first = others[0] if others else None
    return (
        first is not None
        and first.says == "yes"
        and first.who is Who.ORGANISATION
        and not any(one.says == "delegate" and one.sentence <= first.sentence for one in live)
    )


def _of_several(one: TextStatement, cut: Sequence[Sentence], language: Language) -> bool:
    """Return whether a statement is about several people including the writer: "nous serons", or French "on sera"."""
    before = cut[one.sentence].tokens[one.start - 1].word
    inside = {token.word for token in one.tokens}
    return not language.words["we"].isdisjoint(inside) or before in language.words["impersonal"]


def _untold_absence(cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> bool:
    """Return whether a word for being away is not part of any statement."""
    told = {id(token) for one in found for token in one.tokens}
    return any(
        token.word in language.words["absences"] and id(token) not in told
        for sentence in cut
        for token in sentence.tokens
    )


def _reported(one: TextStatement, found: Sequence[TextStatement]) -> bool:
    """Return whether the statement is somebody else's, quoted: "ma copine m'a dit qu'elle viendrait"."""
    return any(
        other.says == "reported"
        and other.sentence == one.sentence
        and (other.end in (one.start, one.start + 1) if one.who is Who.SELF else other.start < one.start)
        for other in found
    )


def _standing_in(one: TextStatement, *, refused: bool, plural: bool) -> TextStatement:
    """Turn a statement about representation into a yes or a delegation.

    An organisation that "sera représentée par" somebody comes; a person who says so does not. Somebody who "nous
    représentera" comes for the organisation, unless the writer says that they do not come.
    """
    if one.says == "represented":
        comes = one.who is Who.ORGANISATION or (one.who is Who.SELF and plural)
        known = comes or one.who in (Who.SELF, Who.THEY)
        return replace(
            one, says="yes" if comes or not known else "delegate", guarded=one.guarded or not known
        )
    if one.says == "stands-in":
        return replace(one, says="delegate" if refused else "yes", who=Who.THEY)
    return one
