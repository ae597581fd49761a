"""Decide what a text answers from its statements; in doubt a person decides.

Statements about the writer count before those about people the writer answers for. A condition or a "perhaps" in the
sentence turns a yes into a maybe. A yes and a no in one mail are decided only if words say that the writer changed
their mind ("finalement", "non pardon"). A one-word yes counts only if nothing contradicts it, and a no that is only
implied ("j'aurais adoré, mais je travaille") needs two signs of it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailer.classify.words.language import Language
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.statements import POLAR, TextStatement, Who
from mailer.classify.words.tokens import Token
from mailer.model.finding import PartStat

FAR = 4
"""Maximum number of words between a no and a condition that belongs to it."""
REMARK = 12
"""Maximum number of words before a one-word yes; further into a mail it answers something else."""
CHAT = 60
"""Number of words above which a mail has another subject than its "OK"."""

_MEANS = {"yes": PartStat.ACCEPTED, "no": PartStat.DECLINED, "maybe": PartStat.TENTATIVE}
_ADVERSE = frozenset(("regret", "reason", "wish", "if-no"))
_AGAINST_OK = frozenset(("wait", "sorry", "reported", "hedge", "robot", "robot-hint", "wishes"))
_THEIRS = frozenset((Who.THEY, Who.ORGANISATION, Who.VAGUE))


@dataclass(frozen=True, slots=True)
class TextDecision:
    """The answer, and the statement it is based on.

    `sure`: no person has to review it. `weak`: the words may mean something else, so a clear statement about somebody
    the writer answers for takes precedence.
    """

    partstat: PartStat | None = None
    basis: TextStatement | None = None
    sure: bool = False
    weak: bool = False


UNDECIDED = TextDecision()


def decide(cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> TextDecision:
    """Decide what a text answers: first from the statements about the writer, then about those they answer for."""
    live = [one for one in found if not one.asked and not _reported(one, found)]
    refused = any(one.says == "no" and one.who is Who.SELF for one in live)
    live = [
        _standing_in(
            one,
            refused=refused,
            plural=_of_several(one, cut, language),
        )
        for one in live
    ]
    scale = _Scale(cut, live, language)
    decision = _spoken(scale, live)
    instead = {one.sentence for one in live if one.says == "delegate"}
    puzzling = any(one.says == "puzzle" and one.sentence not in instead for one in found) or (
        decision.partstat is PartStat.ACCEPTED and _untold_absence(cut, found, language)
    )
    return replace(decision, sure=decision.sure and not puzzling)


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


def _spoken(scale: _Scale, live: Sequence[TextStatement]) -> TextDecision:
    """Decide from the statements about the writer, or from those about the people they answer for."""
    voices = [one for one in live if one.says in POLAR and one.who is Who.SELF]
    others = [one for one in live if one.says in POLAR and one.who in _THEIRS]
    if not voices and _begins_with_a_yes(others, live):
        return _body(scale, live, others)
    own = scale.weigh(voices)
    if own.partstat is not None and not (own.weak and others):
        return own
    theirs = scale.weigh(others)
    if theirs.partstat is None:
        return own
    vague = theirs.basis is not None and theirs.basis.who is Who.VAGUE
    contrary = own.partstat not in (None, theirs.partstat)
    return replace(theirs, sure=theirs.sure and not vague and not contrary)


def _begins_with_a_yes(others: Sequence[TextStatement], live: Sequence[TextStatement]) -> bool:
    """Return whether an organisation says yes first, in a sentence that sends nobody."""
    first = others[0] if others else None
    return (
        first is not None
        and first.says == "yes"
        and first.who is Who.ORGANISATION
        and not any(one.says == "delegate" and one.sentence <= first.sentence for one in live)
    )


def _body(scale: _Scale, live: Sequence[TextStatement], others: Sequence[TextStatement]) -> TextDecision:
    """Decide for an organisation whose first statement is yes; ignore later delegates and individual refusals."""
    sent = [one for one in live if one.says != "delegate"]
    return _Scale(scale.cut, sent, scale.language).weigh(
        [one for one in others if one.says != "no" or one.who is not Who.THEY]
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


@dataclass(frozen=True, slots=True)
class _Meant:
    """A statement with its meaning after the conditions around it are taken into account."""

    one: TextStatement
    meaning: str


class _Scale:
    """Weighs the statements of one text."""

    def __init__(self, cut: Sequence[Sentence], live: Sequence[TextStatement], language: Language) -> None:
        self.cut, self.live, self.language = cut, live, language

    def weigh(self, voices: Sequence[TextStatement]) -> TextDecision:
        """Decide from the given statements, which are all about the same people."""
        meant = [_Meant(one, self._meaning(one)) for one in voices]
        clear = [each for each in meant if each.meaning in _MEANS]
        strong = {each.meaning for each in clear}
        guarded = any(each.one.guarded for each in meant)
        substitutes = self._substitutes()
        if substitutes and ("yes" not in strong or "no" in strong):
            return TextDecision(PartStat.DECLINED, substitutes[0], not guarded and "maybe" not in strong)
        if strong == {"yes"}:
            doubt = guarded or self._replaced(substitutes) or self._spoken_against(clear[-1].one, meant)
            return TextDecision(PartStat.ACCEPTED, clear[0].one, not doubt)
        if strong == {"no"}:
            return self._declined(meant, clear, guarded=any(each.one.guarded for each in clear))
        if strong == {"maybe"}:
            doubt = guarded or self._empty(clear) or any(each.meaning == "loose" for each in meant)
            return TextDecision(PartStat.TENTATIVE, clear[0].one, not doubt)
        if strong:
            return self._mixed(clear, strong, guarded=guarded)
        return self._unspoken(meant, guarded=guarded)

    def _meaning(self, one: TextStatement) -> str:
        if one.sign.bare and self._words_before(one) > REMARK:
            return "assent" if one.says == "yes" else "reason"
        if one.says not in ("yes", "no", "assent"):
            return one.says
        hedges = [
            hedge
            for hedge in self.live
            if hedge.says == "hedge" and hedge.sentence == one.sentence and self._near(hedge, one)
        ]
        if not hedges:
            return one.says
        if one.says == "no":
            inside = any(one.start <= hedge.start < one.end for hedge in hedges)
            return "maybe" if inside else "if-no"
        return "loose" if one.says == "yes" and all(self._loose(hedge, one) for hedge in hedges) else "maybe"

    def _empty(self, clear: Sequence[_Meant]) -> bool:
        """Return whether a maybe is a joke or a courtesy, or the answer is still to come.

        Examples: "sauf si le ciel me tombe sur la tête", "si Gérard ne vient pas"; "je vois avec le président et je
        reviens vers vous" is no answer.
        """
        only_looks = all(each.one.sign.name == "look-into" for each in clear)
        return (only_looks and self._says("wait")) or any(self._hangs_loosely(each.one) for each in clear)

    def _hangs_loosely(self, one: TextStatement) -> bool:
        if one.says == "maybe" and one.sign.name != "if-then":
            return False
        tokens = self.cut[one.sentence].tokens
        words = self.language.words
        return any(
            tokens[hedge.end - 1].word in words["conditions"]
            and (
                hedge.end - hedge.start > 1
                or tokens[hedge.end].word in words["courtesies"]
                or tokens[hedge.end].sort == "name"
            )
            for hedge in self.live
            if hedge.says == "hedge" and hedge.sentence == one.sentence and self._near(hedge, one)
        )

    def _near(self, hedge: TextStatement, one: TextStatement) -> bool:
        """Return whether a condition applies to a statement: not across a semicolon, nor far behind a no."""
        if one.says == "no" and hedge.start - one.end > FAR:
            return False
        low, high = sorted((hedge.start, one.start))
        return all(token.word != ";" for token in self.cut[one.sentence].tokens[low:high])

    def _loose(self, hedge: TextStatement, one: TextStatement) -> bool:
        """Return whether another clause is between: "je viendrai, et je resterai s'il y a des biscuits"."""
        between = self.cut[one.sentence].tokens[one.end : max(hedge.start - 1, 0)]
        return any(token.word == "," or token.word in self.language.words["joints"] for token in between)

    def _substitutes(self) -> list[TextStatement]:
        """Return the statements that somebody comes instead, without a condition."""
        conditional = {one.sentence for one in self.live if one.says == "hedge"}
        return [
            one
            for one in self.live
            if one.says == "delegate" and (one.sign.says != "delegate" or one.sentence not in conditional)
        ]

    def _replaced(self, substitutes: Sequence[TextStatement]) -> bool:
        """Return whether somebody comes in the writer's own place, so that a yes must be about something else."""
        own = self.language.words["self"] | self.language.words["self_inside"]
        return any(
            one.sign.says == "delegate" and not own.isdisjoint(token.word for token in one.tokens)
            for one in substitutes
        )

    def _spoken_against(self, last: TextStatement, meant: Sequence[_Meant]) -> bool:
        """Return whether a yes has a loose condition, a regret with an apology, or a "but" with an objection behind it."""
        if any(each.meaning == "loose" for each in meant):
            return True
        adverse = [each.one for each in meant if each.meaning in _ADVERSE]
        if adverse and (self._says("sorry") or last.sign.name == "would-not-miss"):
            return True
        tokens = self.cut[last.sentence].tokens
        but = next((at for at in range(last.end, len(tokens)) if self._contrasts(tokens, at)), None)
        return but is not None and (
            any(
                one.sentence == last.sentence and one.start > but and one.says in ("regret", "reason")
                for one in adverse
            )
            or self._denied_behind(last.sentence, but)
        )

    def _denied_behind(self, sentence: int, but: int) -> bool:
        """Return whether a negation that belongs to no statement follows a "but"."""
        known = {
            at
            for one in self.live
            if one.sentence == sentence and one.says in ("other", "no", "hedge")
            for at in range(one.start, one.end)
        }
        tokens = self.cut[sentence].tokens
        return any(
            tokens[at].word in self.language.words["negations"] and at not in known
            for at in range(but, len(tokens))
        )

    def _declined(self, meant: Sequence[_Meant], clear: Sequence[_Meant], *, guarded: bool) -> TextDecision:
        """Decide on a no, which a later one-word yes can revoke: "non, mais en fait, oui".

        A one-word yes elsewhere only makes the no doubtful.
        """
        first, last = clear[0].one, clear[-1].one
        assents = [each.one for each in meant if each.meaning == "assent"]
        later = [one for one in assents if one.place > last.place]
        if later and self._turns(last, later[-1], "turns"):
            return TextDecision(PartStat.ACCEPTED, later[-1], not guarded)
        contradicted = any(
            one.place < first.place
            and self.language.words["yes"] & {token.word for token in one.tokens}
            and not self._turns(one, first, "turns", "contrasts")
            for one in assents
        )
        doubt = guarded or bool(later) or contradicted or self._lone_no(clear)
        return TextDecision(PartStat.DECLINED, first, not doubt)

    def _lone_no(self, clear: Sequence[_Meant]) -> bool:
        """Return whether the no is a single word followed by a "but"."""
        one = clear[0].one
        short = len(clear) == 1 and sum(token.word.isalpha() for token in one.tokens) == 1
        return short and self._contrast_behind(one)

    def _mixed(self, clear: Sequence[_Meant], strong: set[str], *, guarded: bool) -> TextDecision:
        """Decide between different clear answers: sure if words tell a change of mind, or a maybe qualifies a yes."""
        last = clear[-1]
        if strong == {"yes", "maybe"}:
            basis = next(each.one for each in clear if each.meaning == "maybe")
            tempered = any(each.meaning == "yes" and each.one.sentence == basis.sentence for each in clear)
            taken_back = last.meaning == "yes" and self._turns(basis, last.one, "contrasts")
            return TextDecision(PartStat.TENTATIVE, basis, tempered and not taken_back and not guarded)
        if strong == {"no", "maybe"}:
            return TextDecision(_MEANS[last.meaning], last.one)
        before = [each.one for each in clear if each.meaning != last.meaning][-1]
        turned = "maybe" not in strong and self._turns(before, last.one, "turns")
        return TextDecision(_MEANS[last.meaning], last.one, turned and not guarded)

    def _unspoken(self, meant: Sequence[_Meant], *, guarded: bool) -> TextDecision:
        """Decide without a clear answer: from a loose yes, an assent, an implied no, or a wish."""
        by_meaning = {each.meaning: each.one for each in reversed(meant)}
        if loose := by_meaning.get("loose"):
            return TextDecision(PartStat.ACCEPTED, loose)
        if assent := by_meaning.get("assent"):
            doubt = guarded or self._not_meant(assent, meant)
            return TextDecision(PartStat.ACCEPTED, assent, not doubt, weak=True)
        reasons = [each.one for each in meant if each.meaning in ("regret", "reason")]
        if reasons:
            return TextDecision(
                PartStat.DECLINED, reasons[0], not guarded and self._implies_no(reasons), weak=True
            )
        if wish := by_meaning.get("wish"):
            return TextDecision(PartStat.TENTATIVE, wish, weak=True)
        return UNDECIDED

    def _not_meant(self, assent: TextStatement, meant: Sequence[_Meant]) -> bool:
        """Return whether a mere "oui", "OK" or "avec plaisir" may be about something else, or is withdrawn."""
        rest = self.cut[assent.sentence].tokens[assent.end :]
        return (
            any(each.meaning in _ADVERSE for each in meant)
            or self._says(*_AGAINST_OK)
            or self._contrast_behind(assent)
            or any(token.word in self.language.words["negations"] for token in rest)
            or (assent.tokens[0].word != ":" and self._words_before(assent) > REMARK)
            or sum(len(sentence.tokens) - 2 for sentence in self.cut) > CHAT
        )

    def _implies_no(self, reasons: Sequence[TextStatement]) -> bool:
        """Return whether two signs of a no occur without a condition: regret, reason, apology, good wishes, a "but"."""
        first = reasons[0]
        if first.says == "reason" and self._contrast_behind(first) and not self._says("sorry", "wishes"):
            return False
        but = self._contrast_before(first) or (first.says == "regret" and self._contrast_behind(first))
        signs = len({one.says for one in reasons}) + self._says("sorry") + self._says("wishes") + but
        signs += any(one.says == "reason" and self._at_that_hour(one) for one in reasons)
        spoken = {one.sentence for one in reasons}
        hedged = any(one.says == "hedge" and one.sentence in spoken for one in self.live)
        return signs >= 2 and not hedged and not self._says("wait")

    def _at_that_hour(self, one: TextStatement) -> bool:
        """Return whether a reason is about the day itself, not a part of it: "je travaille ce jour-là"."""
        tokens, known = self.cut[one.sentence].tokens, self.language.words
        words = {token.word for token in tokens}
        dated = any(
            token.sort == "date" and before.word in known["on_day"]
            for before, token in itertools.pairwise(tokens)
        )
        return (dated or not words.isdisjoint(known["then"])) and words.isdisjoint(known["partial"])

    def _says(self, *meanings: str) -> bool:
        return any(one.says in meanings for one in self.live)

    def _contrasts(self, tokens: Sequence[Token], at: int) -> bool:
        words = tuple(token.word for token in tokens[at : at + 3])
        return any(words[: len(phrase)] == phrase for phrase in self.language.phrases["contrasts"])

    def _contrast_behind(self, one: TextStatement) -> bool:
        tokens = self.cut[one.sentence].tokens
        return any(self._contrasts(tokens, at) for at in range(one.end, len(tokens)))

    def _contrast_before(self, one: TextStatement) -> bool:
        tokens = self.cut[one.sentence].tokens
        return any(self._contrasts(tokens, at) for at in range(one.start))

    def _words_before(self, one: TextStatement) -> int:
        return sum(len(sentence.tokens) - 2 for sentence in self.cut[: one.sentence]) + one.start

    def _turns(self, before: TextStatement, last: TextStatement, *lists: str) -> bool:
        """Return whether the words between two statements tell a change of mind."""
        words: list[str] = []
        for number in range(before.sentence, last.sentence + 1):
            tokens = self.cut[number].tokens
            low = before.start if number == before.sentence else 0
            high = last.end if number == last.sentence else len(tokens)
            words += [token.word for token in tokens[low:high]]
        turns = frozenset[tuple[str, ...]]().union(*(self.language.phrases[name] for name in lists))
        return any(tuple(words[at : at + len(turn)]) == turn for turn in turns for at in range(len(words)))
