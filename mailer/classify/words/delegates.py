"""Find who comes instead of the writer: the names around "à ma place" and "représenté par"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailer.classify.words.language import Language
from mailer.classify.words.parties import people
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.statements import TextStatement
from mailer.classify.words.tokens import Token

LONGEST = 12
"""Maximum number of words of a name with its title and function."""
_INSTEAD = frozenset(("delegate", "represented", "stands-in"))


def delegate(
    text: str, cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language
) -> tuple[str, int | None]:
    """Return who comes instead, as written, and how many people they are; an empty name if nobody is named."""
    for one in found:
        if one.says not in _INSTEAD or one.asked:
            continue
        tokens = cut[one.sentence].tokens
        led = tokens[one.end - 1].word in language.words["leads"]
        parts = [tokens[one.end :]] if led else reversed(list(_phrases(tokens[1 : one.start], language)))
        for part in parts:
            names = _names(part, language)
            if names and (heads := people(names, language)):
                return text[names[0].start : names[-1].end], heads
    return "", None


def _phrases(tokens: Sequence[Token], language: Language) -> Iterator[Sequence[Token]]:
    """Yield the parts of a sentence between its verbs, each from where a name or a role can begin."""
    start = 0
    for at, token in enumerate((*tokens, Token("$", 0, 0))):
        if _stops(token, language):
            part = tokens[start:at]
            first = next((n for n in range(len(part)) if _begins(part, n, language)), len(part))
            yield part[first:]
            start = at + 1


def _stops(token: Token, language: Language) -> bool:
    """Return whether a word cannot be in a name: a verb, a conjunction, a punctuation mark other than the comma."""
    plain = token.word.isalpha() or token.sort == "n" or token.word == ","
    verb = len(token.word) > 4 and not token.capital and token.word.endswith(language.third_endings)
    return not plain or verb or token.word in language.words["verbal"]


def _begins(tokens: Sequence[Token], at: int, language: Language) -> bool:
    token = tokens[at]
    titled = token.word in language.words["titles"] or token.word in language.words["determiners"]
    named = token.capital and (at > 0 or token.word not in language.grammar.vocabulary)
    return titled or named or token.sort == "n"


def _names(tokens: Sequence[Token], language: Language) -> Sequence[Token]:
    """Return the tokens of a name or a role, with those joined to it."""
    end = next(
        (at for at, token in enumerate(tokens[:LONGEST]) if _stops(token, language)),
        min(len(tokens), LONGEST),
    )
    loose = language.words["and"] | language.words["particles"] | {","}
    while end and tokens[end - 1].word in loose:
        end -= 1
    return tokens[:end]
