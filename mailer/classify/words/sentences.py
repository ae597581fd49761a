"""Split a text into sentences, without greetings, up to the closing formula."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from mailer.classify.words.language import Language
from mailer.classify.words.tokens import Token

LONGEST = 300
"""Tokens of a sentence, at most: what is said in one is compared with every word of it. A longer one is cut there."""

_ENDS = frozenset(".!?")
_STOPS = _ENDS | {"…"}
_TITLES = frozenset(
    (
        *("m", "mr", "mme", "mrs", "ms", "dr", "st", "ste", "prof", "me"),
        *("mlle", "mgr", "no", "tel", "art", "av", "mw", "dhr"),
    )
)


@dataclass(frozen=True)
class Sentence:
    """A sentence with ``^`` before and ``$`` after its tokens.

    `asks`: it ends in a question mark. `opens`: it begins like a question, with or without the mark.
    """

    tokens: tuple[Token, ...]
    asks: bool = False
    opens: bool = False

    @cached_property
    def line(self) -> str:
        """Return its words joined by spaces, as the expressions of `turns` read them."""
        return line_of(self.tokens[1:-1])

    @property
    def cut_short(self) -> bool:
        """Return whether it may go on in the next one."""
        return len(self.tokens) >= LONGEST


def line_of(tokens: Sequence[Token]) -> str:
    """Return the words of a clause or sentence joined by spaces."""
    return " ".join([token.word for token in tokens])


def sentences(text: str, tokens: Sequence[Token], language: Language) -> list[Sentence]:
    """Split a text into sentences; everything below the closing formula is a signature and is left out."""
    cut: list[Sentence] = []
    for part in _parts(text, tokens):
        spelt = language.read([token for token in part if token.word not in _ENDS])
        if _closes(spelt, language) and cut:
            break
        asks = bool(part) and any(token.word == "?" for token in part[-3:])
        body = _without_greeting(spelt, language, first=not cut)
        for piece in (spelt[: len(spelt) - len(body)], body):
            if any(token.speaks for token in piece):
                first, last = piece[0], piece[-1]
                whole = (Token("^", first.start, first.start), *piece, Token("$", last.end, last.end))
                opens = first.word in language.phrases["asking"] and any(
                    at == 0 for at, _ in language.find(piece[:4], "asking")
                )
                cut.append(Sentence(whole, asks, opens))
    return cut


def _parts(text: str, tokens: Sequence[Token]) -> Iterator[list[Token]]:
    part: list[Token] = []
    for at, token in enumerate(tokens):
        if part and "\n" in text[part[-1].end : token.start] and _new_line_begins(text, part[-1], token):
            yield part
            part = []
        part.append(token)
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if len(part) >= LONGEST or (token.word in _STOPS and _ends(text, part, token, following)):
            yield part
            part = []
    if part:
        yield part


def _new_line_begins(text: str, before: Token, token: Token) -> bool:
    """Return whether a line break ends a sentence; it does not in a long line that continues in lower case."""
    breaks = text.count("\n", before.end, token.start)
    if token.word in _ENDS:
        return False
    line = text.rfind("\n", 0, before.end) + 1
    folded = breaks == 1 and not token.capital and not token.sort and before.end - line > 50
    listed = breaks == 1 and before.word in (",", ":", "et") and token.word != ","
    return not (folded or listed)


def _ends(text: str, part: Sequence[Token], token: Token, following: Token | None) -> bool:
    """Return whether a mark ends a sentence: not the first of several, nor a full stop behind a title or an initial."""
    if following is not None and following.word in _ENDS:
        return False
    if token.word in "!?":
        return True
    if token.word == "…":
        return following is not None and following.capital
    before = part[-2].word if len(part) > 1 else ""
    if before in _TITLES or (len(before) == 1 and before.isalpha() and part[-2].capital):
        return False
    return following is None or text[token.end : token.end + 1].isspace() or following.capital


def _closes(tokens: Sequence[Token], language: Language) -> bool:
    words = tuple(token.word for token in tokens if token.word not in ",;")
    return bool(words) and words in language.phrases["closings"].get(words[0], ())


def _addressed(tokens: Sequence[Token]) -> bool:
    """Return whether a title addresses the reader, with a comma, and is not the subject of the sentence."""
    shortened = tokens[0].end - tokens[0].start <= len("M.")
    return not shortened and (len(tokens) < 6 or any(token.word in ",:" for token in tokens[1:6]))


def _without_greeting(tokens: Sequence[Token], language: Language, *, first: bool) -> Sequence[Token]:
    """Drop a greeting such as "Bonjour Madame," or "Camille,"; a title alone counts only at the beginning of the text."""
    if tokens and (
        tokens[0].word in language.words["hails"]
        or (first and tokens[0].word in language.words["greetings"] and _addressed(tokens))
    ):
        at = 1
        while at < len(tokens) and (
            tokens[at].word in language.words["vocatives"]
            or tokens[at].word in language.words["greetings"]
            or (tokens[at].capital and tokens[at].word not in language.grammar.vocabulary)
        ):
            at += 1
        return tokens[at + 1 :] if at < len(tokens) and tokens[at].word in ",:" else tokens[at:]
    for comma in (1, 2):
        if (
            len(tokens) > comma
            and tokens[comma].word == ","
            and all(token.capital and (token.word in language.words["vocatives"]) for token in tokens[:comma])
        ):
            return tokens[comma + 1 :]
    return tokens
