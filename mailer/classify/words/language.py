"""Load the languages that answers are read in: word lists, spellings and patterns from the data files beside this module."""

from __future__ import annotations

import functools
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

from mailer.classify.words.grammar import Grammar
from mailer.classify.words.loading import load
from mailer.classify.words.meanings import ENDINGS, LISTS, PARTY, PHRASES, WORDS, Meaning
from mailer.classify.words.tokens import Spelling, Token, plain

LANGUAGES = ("fr", "en", "nl", "de")
_DAYS = 31


@dataclass(frozen=True, slots=True)
class Sign:
    """A group of patterns with one meaning, from a ``[[sign]]`` of a data file.

    `says` is the meaning of a match, `denied` that of a negated match. `count` tells how the pattern gives a number.
    `about` tells whom the pattern is about, if its words do. `goes`: the pattern is about coming or going, so its
    object may be another place ("assister au comité"). `negative`: it is a yes made of negations ("je n'y vois aucun
    inconvénient"). `bare`: it is a single word, which deep in a mail means something else. `loose`: it can be said
    about any favour. `like` are examples of answers that match, `unlike`
    are texts that share its words and do not give this answer.
    """

    name: str
    says: Meaning
    denied: str = ""
    count: str = ""
    about: str = ""
    goes: bool = False
    negative: bool = False
    bare: bool = False
    loose: bool = False
    like: tuple[str, ...] = ()
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """The data of one language.

    `words` are sets of words by their use, those of ``[party]`` too; `phrases` are word sequences by their first word, `known` all
    words in its files. `self_endings` and `third_endings` are verb endings of the first and third person, `infinitives`
    those of infinitives, and `person_endings` those of nouns of people.
    """

    name: str
    grammar: Grammar = field(repr=False)
    signs: tuple[Sign, ...] = field(repr=False)
    words: Mapping[str, frozenset[str]] = field(repr=False)
    phrases: Mapping[str, Mapping[str, list[tuple[str, ...]]]] = field(repr=False)
    self_endings: tuple[str, ...]
    third_endings: tuple[str, ...]
    infinitives: tuple[str, ...]
    person_endings: tuple[str, ...]
    numbers: Mapping[str, int] = field(repr=False)
    spelling: Spelling = field(repr=False)
    known: frozenset[str] = field(repr=False)

    def knows(self, tokens: Sequence[Token]) -> bool:
        """Return whether most of the words are in the files of this language; names and single letters do not count."""
        told = [token for token in tokens if len(token.word) > 1 and token.word.isalpha() and not token.sort]
        known = sum(token.word in self.known for token in told)
        unknown = sum(token.word not in self.known and not token.capital for token in told)
        return known > unknown or not known + unknown

    def find(self, tokens: Sequence[Token], *lists: str) -> list[tuple[int, int]]:
        """Return where phrases of these lists of ``[phrases]`` stand: the first token of each, and the one behind it."""
        words = tuple(token.word for token in tokens)
        return [
            (at, at + len(phrase))
            for at, word in enumerate(words)
            for name in lists
            for phrase in self.phrases[name].get(word, ())
            if words[at : at + len(phrase)] == phrase
        ]

    def read(self, tokens: Sequence[Token]) -> list[Token]:
        """Respell the tokens as in the patterns, and mark numbers, days of the month and names."""
        spelt = self.spelling.respell(tokens)
        before = ["", *(token.word for token in spelt)]
        return [self._sorted(token, word) for word, token in zip(before, spelt, strict=False)]

    def _sorted(self, token: Token, before: str) -> Token:
        if token.sort == "n" and token.value <= _DAYS and before in self.words["day_marks"]:
            return token._replace(sort="date")
        if before and token.capital and not token.sort and token.word not in self.grammar.vocabulary:
            return token._replace(sort="name")
        value = self.numbers.get(token.word)
        return token if value is None else token._replace(sort="n" if value > 1 else "one", value=value)


def languages_of(tokens: Sequence[Token], preferred: str = "") -> list[Language]:
    """Return the languages with the most common words in the text, of those that know most of its words.

    If no word tells the language, as in "Naw", there are several: `preferred` first, then French. A text most of whose
    words no language knows is read in none: in a `Language` that finds nothing.
    """
    known = common_words(tokens, preferred)
    for count in sorted(set(known.values()), reverse=True):
        named = [language(name) for name in known if known[name] == count]
        if reading := [one for one in named if one.knows(tokens)]:
            return reading
    return [_no_language()]


def common_words(tokens: Sequence[Token], preferred: str = "") -> Counter[str]:
    """Count the common words of each language in a text; `preferred` comes first, then French."""
    order = [preferred, *LANGUAGES] if preferred in LANGUAGES else LANGUAGES
    words = [token.word for token in tokens]
    return Counter({name: sum(map(_common(name).__contains__, words)) for name in order})


@functools.cache
def _no_language() -> Language:
    """Return the language of a text that is in none of ours."""
    empty = {
        "words": dict.fromkeys(WORDS, ""),
        "party": dict.fromkeys(PARTY, ""),
        "phrases": dict.fromkeys(PHRASES, ()),
        "numbers": {},
    }
    lists = {"lists": dict.fromkeys(LISTS, ()), "endings": dict.fromkeys(ENDINGS, ())}
    return language_of({**empty, **lists, "sign": [], "spelling": {}}, "")


@functools.cache
def _common(name: str) -> frozenset[str]:
    """Return the common words of a language without loading its patterns."""
    folder = resources.files(__package__).joinpath(name)
    words, spelling = (
        tomllib.loads(folder.joinpath(file).read_text(encoding="utf-8"))
        for file in ("words.toml", "spelling.toml")
    )
    return frozenset(_spelt(words["words"]["common"], _spellings(spelling["spelling"])).split())


@functools.cache
def language(name: str) -> Language:
    """Load a language from all the files of its folder; an empty name is that of a text in none of ours.

    Raises `loading.LanguageError`.
    """
    if not name:
        return _no_language()
    return language_of(load(resources.files(__package__).joinpath(name)), name)


def language_of(data: Mapping[str, Any], name: str) -> Language:
    """Build a language from the data of its files."""
    spelling = _spellings(data["spelling"])
    lists = {key: [_spelt(text, spelling) for text in texts] for key, texts in data["lists"].items()}
    forms = [(_spelt(form, spelling), at) for at, entry in enumerate(data["sign"]) for form in entry["forms"]]
    grammar = Grammar(lists, data["words"]["bars"].split(), forms)
    texts = {**data["words"], **data["party"]}
    whole = {key: frozenset(_spelt(text, spelling).split()) for key, text in texts.items()}
    told = (
        word
        for words in (*spelling.table, *spelling.table.values(), *whole.values(), data["numbers"])
        for word in words
    )
    return Language(
        name=name,
        grammar=grammar,
        signs=tuple(map(_sign, data["sign"])),
        words=whole,
        phrases={
            key: _by_first_word(tuple(_spelt(phrase, spelling).split()) for phrase in phrases)
            for key, phrases in data["phrases"].items()
        },
        self_endings=tuple(data["endings"]["self"]),
        third_endings=tuple(data["endings"]["third"]),
        infinitives=tuple(data["endings"]["infinitives"]),
        person_endings=tuple(data["party"]["person_endings"].split()),
        numbers=data["numbers"],
        spelling=spelling,
        known=grammar.vocabulary.union(told),
    )


def _by_first_word(phrases: Iterable[tuple[str, ...]]) -> Mapping[str, list[tuple[str, ...]]]:
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in phrases:
        found.setdefault(phrase[0], []).append(phrase)
    return found


def _spellings(table: Mapping[str, str]) -> Spelling:
    return Spelling({tuple(plain(written).split()): tuple(words.split()) for written, words in table.items()})


def _sign(entry: Mapping[str, Any]) -> Sign:
    told = {key: value for key, value in entry.items() if key not in ("forms", "like", "unlike")}
    texts = {key: tuple(entry.get(key, ())) for key in ("like", "unlike")}
    return Sign(**{**told, **texts, "says": Meaning(entry["says"])})


def _spelt(form: str, spelling: Spelling) -> str:
    """Spell the words of a pattern as they are spelt in a text that was read: "l" is *le*, "seule" is *seul*."""

    def one(match: re.Match[str]) -> str:
        spelt = spelling.table.get((match.group(),), ())
        return spelt[0] if len(spelt) == 1 else match.group()

    return re.sub(r"(?<![{<#\w])[a-zà-ÿ]+(?![}>\w])", one, form)
