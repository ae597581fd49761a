"""Detect a yes to something other than the meeting.

Examples: "comptez sur moi pour coller l'affiche", "pas de problème pour la photo".
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from mailer.classify.words.language import Language
from mailer.classify.words.tokens import Token

_MARKS = frozenset(",;:()^$")


def is_for_another_end(
    tokens: Sequence[Token], start: int, end: int, language: Language, *, loose: bool
) -> bool:
    """Return whether the words from `start` to `end` are a yes to another action, or if `loose` to another thing.

    The purpose follows them, or begins their clause: "pour relayer les résultats, comptez sur moi".
    """
    reader = _Ends(tokens, language)
    last = next((at for at in range(end - 1, start, -1) if tokens[at].word not in _MARKS), 0)
    behind = next((at for at in (last, last + 1) if reader.is_aim(at)), 0)
    if behind:
        return reader.is_deed(behind) or (loose and reader.is_thing(behind))
    before = next((at for at in range(start, 0, -1) if tokens[at - 1].word in ("^", ",")), 0)
    return bool(before) and reader.is_aim(before) and reader.is_deed(before)


class _Ends:
    """One sentence, with the word lists of its language that tell a purpose."""

    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self._tokens, self._words = tokens, language.words
        self._infinitives = language.infinitives

    def is_aim(self, at: int) -> bool:
        """Return whether a "pour" is at this position."""
        return at < len(self._tokens) and self._tokens[at].word in self._words["aims"]

    def is_deed(self, at: int) -> bool:
        """Return whether an infinitive other than of coming follows."""
        aim, words = self._behind(at, self._words["pronouns"]), self._words
        return (
            len(aim.word) > 3
            and not aim.capital
            and aim.word.endswith(self._infinitives)
            and aim.word not in words["aims_of_coming"] | words["determiners"]
        )

    def is_thing(self, at: int) -> bool:
        """Return whether a thing follows that is neither the meeting nor a person."""
        aim, words = self._behind(at, self._words["determiners"]), self._words
        people = words["others"] | words["companions"] | words["principals"] | words["orgs"] | words["titles"]
        return not (
            aim.sort
            or aim.capital
            or aim.word in _MARKS
            or aim.word in people
            or aim.word in words["aims_of_coming"]
        )

    def _behind(self, at: int, small: Collection[str]) -> Token:
        """Return the first word after this position that is not in `small`."""
        while at + 2 < len(self._tokens) and self._tokens[at + 1].word in small:
            at += 1
        return self._tokens[at + 1]
