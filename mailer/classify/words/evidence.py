"""Gather what the statements about the same people say together: the facts that the judge asks for, one property each."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from mailer.classify.words.language import Language
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.statements import TextStatement
from mailer.classify.words.tokens import Token

FAR = 4
"""Maximum number of words between a no and a condition that belongs to it."""
REMARK = 12
"""Maximum number of words before a one-word yes; further into a mail it answers something else."""
CHAT = 60
"""Number of words above which a mail has another subject than its "OK"."""

CLEAR = frozenset(("yes", "no", "maybe"))
"""Meanings that answer by themselves."""
_ADVERSE = frozenset(("regret", "reason", "wish", "if-no"))
_AGAINST_OK = frozenset(("wait", "sorry", "reported", "hedge", "robot", "robot-hint", "wishes"))


@dataclass(frozen=True, slots=True)
class QualifiedStatement:
    """A statement with its meaning after the conditions around it.

    "loose" is a yes whose condition belongs to another clause, "if-no" a no with a condition.
    """

    one: TextStatement
    meaning: str


class Evidence:
    """The facts of the statements `voices` of a text, among all its statements that count."""

    def __init__(
        self,
        cut: Sequence[Sentence],
        live: Sequence[TextStatement],
        voices: Sequence[TextStatement],
        language: Language,
    ) -> None:
        self.cut, self.live, self.language = cut, live, language
        self.meant = [QualifiedStatement(one, self._meaning(one)) for one in voices]
        self.clear = [each for each in self.meant if each.meaning in CLEAR]
        self.strong = {each.meaning for each in self.clear}
        self.guarded = any(one.guarded for one in voices)

    # -- which statements there are ------------------------------------------------------------------------------

    @property
    def first(self) -> TextStatement:
        """Return the first clear statement."""
        return self.clear[0].one

    @property
    def last(self) -> QualifiedStatement:
        """Return the last clear statement."""
        return self.clear[-1]

    def earliest(self, *meanings: str) -> TextStatement | None:
        """Return the first statement with one of these meanings."""
        return next((each.one for each in self.meant if each.meaning in meanings), None)

    @cached_property
    def substitutes(self) -> list[TextStatement]:
        """Return the statements that somebody comes instead, without a condition."""
        conditional = {one.sentence for one in self.live if one.says == "hedge"}
        return [
            one
            for one in self.live
            if one.says == "delegate" and (one.sign.says != "delegate" or one.sentence not in conditional)
        ]

    @cached_property
    def later_assents(self) -> list[TextStatement]:
        """Return the one-word yeses behind the last clear statement."""
        return [
            each.one
            for each in self.meant
            if each.meaning == "assent" and each.one.place > self.last.one.place
        ]

    # -- what speaks against a yes -------------------------------------------------------------------------------

    @property
    def replaced_in_person(self) -> bool:
        """Return whether somebody comes in the writer's own place, so that a yes must be about something else."""
        own = self.language.words["self"] | self.language.words["self_inside"]
        return any(
            one.sign.says == "delegate" and not own.isdisjoint(token.word for token in one.tokens)
            for one in self.substitutes
        )

    @property
    def spoken_against(self) -> bool:
        """Return whether a yes has a loose condition, a regret with an apology, or a "but" with an objection behind it."""
        if self.earliest("loose"):
            return True
        last = self.last.one
        adverse = [each.one for each in self.meant if each.meaning in _ADVERSE]
        if adverse and (self.says("sorry") or last.sign.name == "would-not-miss"):
            return True
        tokens = self.cut[last.sentence].tokens
        but = last.end + next((at for at, _ in self._contrasts(tokens[last.end :])), len(tokens))
        return but < len(tokens) and (
            any(
                one.sentence == last.sentence and one.start > but and one.says in ("regret", "reason")
                for one in adverse
            )
            or self._denied_behind(last.sentence, but)
        )

    @property
    def not_meant(self) -> bool:
        """Return whether a mere "oui", "OK" or "avec plaisir" may be about something else, or is withdrawn."""
        assent = self.earliest("assent")
        assert assent
        rest = self.cut[assent.sentence].tokens[assent.end :]
        return (
            any(each.meaning in _ADVERSE for each in self.meant)
            or self.says(*_AGAINST_OK)
            or self._contrast_behind(assent)
            or any(token.word in self.language.words["negations"] for token in rest)
            or (assent.tokens[0].word != ":" and self._words_before(assent) > REMARK)
            or sum(len(sentence.tokens) - 2 for sentence in self.cut) > CHAT
        )

    # -- what speaks against a no --------------------------------------------------------------------------------

    @property
    def yes_before_the_no(self) -> bool:
        """Return whether a one-word yes stands before the no, without words between that tell a change."""
        return any(
            each.meaning == "assent"
            and each.one.place < self.first.place
            and not self.language.words["yes"].isdisjoint(token.word for token in each.one.tokens)
            and not self._turns(each.one, self.first, "turns", "contrasts")
            for each in self.meant
        )

    @property
    def no_of_one_word(self) -> bool:
        """Return whether the no is a single word followed by a "but"."""
        short = len(self.clear) == 1 and sum(token.word.isalpha() for token in self.first.tokens) == 1
        return short and self._contrast_behind(self.first)

    @property
    def guarded_no(self) -> bool:
        """Return whether a negation that belongs to no phrase is near a clear statement."""
        return any(each.one.guarded for each in self.clear)

    @property
    def revoked_by_a_yes(self) -> bool:
        """Return whether a later one-word yes revokes what was said: "non, mais en fait, oui"."""
        return bool(self.later_assents) and self._turns(self.last.one, self.later_assents[-1], "turns")

    @property
    def implied_no(self) -> bool:
        """Return whether two signs of a no occur without a condition: regret, reason, apology, good wishes, a "but"."""
        reasons = [each.one for each in self.meant if each.meaning in ("regret", "reason")]
        first = reasons[0]
        if first.says == "reason" and self._contrast_behind(first) and not self.says("sorry", "wishes"):
            return False
        but = self._contrast_before(first) or (first.says == "regret" and self._contrast_behind(first))
        signs = len({one.says for one in reasons}) + self.says("sorry") + self.says("wishes") + but
        signs += any(one.says == "reason" and self._at_that_hour(one) for one in reasons)
        spoken = {one.sentence for one in reasons}
        hedged = any(one.says == "hedge" and one.sentence in spoken for one in self.live)
        return signs >= 2 and not hedged and not self.says("wait")

    # -- what becomes of different answers -----------------------------------------------------------------------

    @property
    def turned(self) -> bool:
        """Return whether words tell a change of mind before the last clear statement."""
        before = [each.one for each in self.clear if each.meaning != self.last.meaning][-1]
        return self._turns(before, self.last.one, "turns")

    @property
    def tempered(self) -> bool:
        """Return whether a perhaps stands in the sentence of a yes, and no yes behind a "but" takes it back."""
        basis = self.earliest("maybe")
        assert basis
        beside = any(each.meaning == "yes" and each.one.sentence == basis.sentence for each in self.clear)
        taken_back = self.last.meaning == "yes" and self._turns(basis, self.last.one, "contrasts")
        return beside and not taken_back

    @property
    def empty_maybe(self) -> bool:
        """Return whether a perhaps is a joke or a courtesy, or the answer is still to come.

        Examples: "sauf si le ciel me tombe sur la tête", "si Gérard ne vient pas"; "je vois avec le président et je
        reviens vers vous" is no answer.
        """
        only_looks = all(each.one.sign.name == "look-into" for each in self.clear)
        return (only_looks and self.says("wait")) or any(self._hangs_loosely(each.one) for each in self.clear)

    def says(self, *meanings: str) -> bool:
        """Return whether any statement of the text has one of these meanings."""
        return any(one.says in meanings for one in self.live)

    # -- how ------------------------------------------------------------------------------------------------------

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

    def _at_that_hour(self, one: TextStatement) -> bool:
        """Return whether a reason is about the day itself, not a part of it: "je travaille ce jour-là"."""
        tokens, known = self.cut[one.sentence].tokens, self.language.words
        words = {token.word for token in tokens}
        dated = any(
            token.sort == "date" and before.word in known["on_day"]
            for before, token in itertools.pairwise(tokens)
        )
        return (dated or not words.isdisjoint(known["then"])) and words.isdisjoint(known["partial"])

    def _contrasts(self, tokens: Sequence[Token]) -> list[tuple[int, int]]:
        return self.language.find(tokens, "contrasts")

    def _contrast_behind(self, one: TextStatement) -> bool:
        return bool(self._contrasts(self.cut[one.sentence].tokens[one.end :]))

    def _contrast_before(self, one: TextStatement) -> bool:
        return any(at < one.start for at, _ in self._contrasts(self.cut[one.sentence].tokens))

    def _words_before(self, one: TextStatement) -> int:
        return sum(len(sentence.tokens) - 2 for sentence in self.cut[: one.sentence]) + one.start

    def _turns(self, before: TextStatement, last: TextStatement, *lists: str) -> bool:
        """Return whether the words between two statements tell a change of mind."""
        between: list[Token] = []
        for number in range(before.sentence, last.sentence + 1):
            tokens = self.cut[number].tokens
            low = before.start if number == before.sentence else 0
            high = last.end if number == last.sentence else len(tokens)
            between += tokens[low:high]
        return bool(self.language.find(between, *lists))
