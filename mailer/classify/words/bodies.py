"""Find the body of a mail between greeting and signature, and the words in it that say something for staff or nothing by themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailer.classify.words.language import Language
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.statements import TextStatement
from mailer.classify.words.tokens import Token
from mailer.classify.words.turns import Turns, turns

ANSWERS = frozenset(
    (
        *("yes", "no", "assent", "regret", "reason", "heads", "sorry", "wishes", "wish", "with"),
        *("represented", "stands-in", "delegate"),
    )
)
"""Meanings whose words are accounted for."""
_NUMERIC = frozenset(("n", "one", "date", "time"))
LONGEST_NAME = 10
"""Maximum number of words of a line with a name, title and function."""
SHORT_NAME = 3
"""Maximum number of words of a signature in lower case: "nicole et rené"."""


def body_of(text: str, cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> range:
    """Return the sentences between greeting and signature."""
    told, first, last = turns(language.name), 0, len(cut)
    answered = {one.sentence for one in found if one.says in ANSWERS}
    while first < min(2, len(cut)) and first not in answered and greets(cut[first].tokens[1:-1], language):
        first += 1
    for number in range(first, len(cut)):
        if told.closing.match(cut[number].line):
            return range(first, number)
    if cut and re.search(r"\w", text[cut[-1].tokens[-1].end :]):
        return range(first, last)
    at = last
    while at > first and at - 1 not in answered and _quiet(cut[at - 1], language):
        at -= 1
        if _names(text, cut[at], language):
            last = at
    return range(first, last)


def greets(tokens: Sequence[Token], language: Language) -> bool:
    """Return whether a sentence or clause is only a greeting: "Madame la Directrice,"."""
    words = language.words["hails"] | language.words["greetings"]
    return any(token.word in words for token in tokens[:2]) and len(tokens) < LONGEST_NAME


def _quiet(sentence: Sentence, language: Language) -> bool:
    """Return whether a sentence can be a line of a signature: short, without a verb, and nothing that staff should see."""
    told, words = turns(language.name), language.words
    part = sentence.tokens[1:-1]
    verbs = words["verbal"] - words["particles"] - told.signs | words["self"] | words["self_verbs"]
    return (
        len(part) <= LONGEST_NAME
        and not sentence.asks
        and not tells(sentence.line, told)
        and all(token.capital or token.word not in verbs for token in part)
    )


def _names(text: str, sentence: Sentence, language: Language) -> bool:
    """Return whether a sentence is a name, with a title and function or without."""
    told, words = turns(language.name), language.words
    part = sentence.tokens[1:-1]
    spoken = [token for token in part if token.speaks or token.sort]
    parts = told.signs.union(*(words[key] for key in ("titles", "principals", "orgs", "particles", "and")))
    own_line = text[: part[0].start].rstrip(" ").endswith("\n") and part[-1].word not in ".!"
    begins = part[0].capital and (part[0].word in parts or not says_nothing(part[0], told))
    return (
        all(token.capital or token.sort or token.word in parts for token in spoken)
        or (len(spoken) <= SHORT_NAME and not any(says_nothing(one, told) for one in spoken))
        or (own_line and begins)
    )


def tells(line: str, told: Turns, *, asked: bool = True) -> bool:
    """Return whether a clause says something for staff, whatever else it says; `asked` if a question is one."""
    found = told.notable.search(line) if asked else told.wants.search(line) or told.telling.search(line)
    return bool(found) or not told.tells.isdisjoint(line.split(" "))


def says_nothing(token: Token, told: Turns) -> bool:
    """Return whether a word says nothing by itself: a sign, a number, a date, a function word, a person without a name."""
    return token.word in told.silent or token.sort in _NUMERIC or not token.word[0].isalpha()
