"""Find who comes or votes instead of the writer: the names around "à ma place", "représenté par" and "pouvoir à"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mailer.classify.words.language import Language
from mailer.classify.words.parties import people
from mailer.classify.words.sentences import Sentence, line_of
from mailer.classify.words.statements import TextStatement, Who
from mailer.classify.words.tokens import Token
from mailer.classify.words.turns import turns

LONGEST = 12
"""Maximum number of words of a name with its title and function."""
_ANOTHER = (Who.OTHER, Who.THEY, Who.VAGUE)
_INSTEAD = frozenset(("delegate", "represented", "stands-in"))


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy: `given` by the writer, to `name` if it was said, or held for others. `tokens` are the words that say so."""

    given: bool
    name: str
    tokens: Sequence[Token]


def proxy(text: str, cut: Sequence[Sentence], language: Language) -> Proxy | None:
    """Return the proxy that a text gives or holds; None if it tells of none, or only asks how to give one.

    A condition before it ("si je suis de garde, M. Noir aura mon pouvoir") is for `decide` to weigh.
    """
    told = turns(language.name)
    for tokens, line in _lines(text, cut):
        if not told.proxies.search(line):
            continue
        for search, behind in ((told.proxy_to, True), (told.proxy_by, False)):
            if (match := search.search(line)) and (names := _holder(tokens, line, match, language, behind)):
                return Proxy(True, text[names[0].start : names[-1].end], _matched(tokens, line, match))
        if match := told.proxy_held.search(line):
            return Proxy(False, "", _matched(tokens, line, match))
        if (match := told.proxy_sent.search(line)) and not told.asks.search(line):
            return Proxy(True, "", _matched(tokens, line, match))
    return None


def without_proxy(found: Sequence[TextStatement], held: Proxy | None) -> Sequence[TextStatement]:
    """Leave out what would count proxies as people: "avec deux pouvoirs"."""
    words = {token.start for token in held.tokens} if held else set()
    return [
        one
        for one in found
        if one.says not in ("with", "heads") or words.isdisjoint(token.start for token in one.tokens)
    ]


def _lines(text: str, cut: Sequence[Sentence]) -> Iterator[tuple[Sequence[Token], str]]:
    """Yield the tokens and words of each statement, with a name that was taken for a greeting before it.

    "Frau Meyer hat meine Vollmacht." is such a statement.
    """
    before: Sequence[Token] = ()
    for sentence in cut:
        tokens = sentence.tokens[1:-1]
        if not (sentence.asks or sentence.opens):
            if before and text[before[-1].end : tokens[0].start] == " ":
                yield (*before, *tokens), line_of((*before, *tokens))
            else:
                yield tokens, sentence.line
        before = tokens


def _matched(tokens: Sequence[Token], line: str, match: re.Match[str]) -> Sequence[Token]:
    first, last = line[: match.start()].count(" "), line[: match.end()].rstrip().count(" ")
    return tokens[first : last + 1]


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
        named = any(one.capital for one in taken)
        floor = token.sort in ("n", "date") and not named
        splits = token.word in told.splits | told.tells or token.word in words["verbal"] - words["particles"]
        ended = splits or (named and token.word not in words["particles"])
        if not (floor or token.word.isalpha()) or (ended and not part):
            break
        taken.append(token)
    while taken and taken[-1].word in words["particles"] | words["determiners"]:
        taken.pop()
    return taken


def delegate(
    text: str, cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language
) -> tuple[str, int | None]:
    """Return who comes instead, as written, and how many people they are; an empty name if nobody is named.

    Words of standing in count first, then another person's yes: "ma femme ira, moi je travaille".
    """
    told = [one for one in found if not one.asked]
    others = [one for one in told if one.says == "yes" and one.who in _ANOTHER]
    for part in (
        *(part for one in told if one.says in _INSTEAD for part in _beside(one, cut, language)),
        *_sent(cut, language),
        *(part for one in others for part in _before(cut[one.sentence].tokens[1 : one.start], language)),
    ):
        names = _names(part, language)
        if names and (heads := people(names, language) or int(_lawyer(names, 0))):
            return text[names[0].start : names[-1].end], heads
    return "", None


def _beside(one: TextStatement, cut: Sequence[Sentence], language: Language) -> Iterable[Sequence[Token]]:
    """Return where the name can be: behind "par" and "j'envoie", before "me remplacera"."""
    tokens = cut[one.sentence].tokens
    by = (at + 1 for at in range(one.end - 1, len(tokens)) if tokens[at].word in language.words["by"])
    if one.says == "represented" and (behind := next(by, 0)):
        return [tokens[behind:]]
    if tokens[one.end - 1].word in language.words["leads"]:
        return [tokens[one.end :]]
    return _before(tokens[1 : one.start], language)


def _sent(cut: Sequence[Sentence], language: Language) -> Iterator[Sequence[Token]]:
    """Yield where the name of who is sent can be: "il a demandé à M. Noir de le représenter", "M. Noir nous y représentera"."""
    told = turns(language.name)
    for sentence in cut:
        tokens, line = sentence.tokens[1:-1], sentence.line
        if match := told.sends.search(line):
            yield tokens[line[: match.end()].rstrip().count(" ") + 1 :]
        if match := told.stands_in.search(line):
            yield from _before(tokens[: line[: match.start()].count(" ")], language)


def _before(tokens: Sequence[Token], language: Language) -> Iterable[Sequence[Token]]:
    return reversed(list(_phrases(tokens, language)))


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


def _lawyer(tokens: Sequence[Token], at: int) -> bool:
    """Return whether a short word is the title of a French lawyer: "Me Aubry"."""
    return tokens[at].word == "me" and all(token.capital for token in tokens[at : at + 2])


def _begins(tokens: Sequence[Token], at: int, language: Language) -> bool:
    token = tokens[at]
    titled = token.word in language.words["titles"] or token.word in language.words["determiners"]
    named = token.capital and (at > 0 or token.word not in language.grammar.vocabulary)
    return titled or named or token.sort == "n"


def _names(tokens: Sequence[Token], language: Language) -> Sequence[Token]:
    """Return the tokens of a name or a role, with those joined to it."""
    end = next(
        (
            at
            for at, token in enumerate(tokens[:LONGEST])
            if _stops(token, language) and not _lawyer(tokens, at)
        ),
        min(len(tokens), LONGEST),
    )
    loose = language.words["and"] | language.words["particles"] | {","}
    while end and tokens[end - 1].word in loose:
        end -= 1
    return tokens[:end]
