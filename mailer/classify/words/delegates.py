"""Find who comes or votes instead of the writer: the names around "à ma place", "représenté par" and "pouvoir à"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.classify.words.heads import people
from mailer.classify.words.language import Language
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.statements import TextStatement
from mailer.classify.words.tokens import Token
from mailer.classify.words.turns import turns

LONGEST = 12
"""Maximum number of words of a name with its title and function."""
_INSTEAD = frozenset(("delegate", "represented", "stands-in"))


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy: `given` by the writer, to `name` if it was said, or held for others. `words` are those that say so."""

    given: bool
    name: str
    words: str


def proxy(text: str, cut: Sequence[Sentence], language: Language) -> Proxy | None:
    """Return the proxy that a text gives or holds; None if it tells of none, or only asks how to give one.

    A condition before it ("si je suis de garde, M. Noir aura mon pouvoir") is for `decide` to weigh.
    """
    told = turns(language.name)
    for sentence in cut:
        tokens = sentence.tokens[1:-1]
        line = " ".join(token.word for token in tokens)
        if sentence.asks or sentence.opens:
            continue
        for search, behind in ((told.proxy_to, True), (told.proxy_by, False)):
            if (match := search.search(line)) and (names := _holder(tokens, line, match, language, behind)):
                return Proxy(True, text[names[0].start : names[-1].end], _said(text, tokens, line, match))
        if match := told.proxy_held.search(line):
            return Proxy(False, "", _said(text, tokens, line, match))
        if (match := told.proxy_sent.search(line)) and not told.asks.search(line):
            return Proxy(True, "", _said(text, tokens, line, match))
    return None


def _said(text: str, tokens: Sequence[Token], line: str, match: re.Match[str]) -> str:
    first, last = line[: match.start()].count(" "), line[: match.end()].rstrip().count(" ")
    return text[tokens[first].start : tokens[last].end]


def _holder(
    tokens: Sequence[Token], line: str, match: re.Match[str], language: Language, behind: bool
) -> Sequence[Token]:
    """Return the tokens of the name behind or before the words of a proxy: the name itself, or a role without one."""
    if behind:
        part = list(tokens[line[: match.end()].rstrip().count(" ") + 1 :])
    else:
        part = list(reversed(tokens[: line[: match.start()].count(" ")]))
    part = _until(part, language)
    part = part if behind else part[::-1]
    named = [at for at, token in enumerate(part) if token.capital or token.word in language.words["titles"]]
    return part[named[0] : named[-1] + 1] if named else part[:LONGEST]


def _until(tokens: Sequence[Token], language: Language) -> list[Token]:
    """Return the tokens up to where a name cannot go on: a verb, a mark, a word in lower case after the name."""
    words, told = language.words, turns(language.name)
    taken: list[Token] = []
    for token in tokens[:LONGEST]:
        part = token.capital or token.word in words["titles"]
        ended = any(one.capital for one in taken) and not part and token.word not in words["particles"]
        splits = token.word in told.splits or token.word in words["verbal"] - words["particles"]
        if ended or not token.word.isalpha() or (splits and not part):
            break
        taken.append(token)
    while taken and taken[-1].word in words["particles"] | words["determiners"]:
        taken.pop()
    return taken


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
