"""Find what a written answer says besides yes, no, how many, and courtesies: the remark that staff see.

Theory of operation. A text is cut into clauses. A clause that holds the answer, a number of people or a courtesy is
accounted for where all its other words say nothing by themselves (`fill` of a language's ``remarks.toml``); what is not
accounted for is the remark, in the writer's words. So a turn of phrase that nobody thought of is shown, not lost.
Greetings are left out, and everything below a closing formula except a postscript.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mailer.classify.words.language import Language
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.statements import TextStatement, Who
from mailer.classify.words.tokens import Token
from mailer.classify.words.turns import Turns, turns

GAP = " … "
"""What stands between two stretches of a remark that are apart in the text."""

_ANSWERS = frozenset(
    (
        "yes",
        "no",
        "assent",
        "regret",
        "reason",
        "heads",
        "sorry",
        "wishes",
        "wish",
        "represented",
        "stands-in",
        "delegate",
        "with",
    )
)
"""Meanings whose words are accounted for."""
_DECIDE = _ANSWERS - {"reason", "wish", "with"}
_POSTSCRIPT = re.compile(
    r"^[ \t]*(?:p\.?[ ]?s\.?|n\.?b\.?)[ ]?[:.,-]?\s+(?P<said>\S[^\n]*)", re.IGNORECASE | re.MULTILINE
)
_MARKS = frozenset(",;:()….!?")
_LONGEST_NAME = 10
"""Maximum number of words of a line with a name, title and function."""
_SHORT_NAME = 3
"""Maximum number of words of a signature in lower case: "nicole et rené"."""
_CARRIED = 6
"""Maximum number of words by which a courtesy goes on: "et de fructueux échanges"."""
_STAND_INS = frozenset(("delegate", "represented", "stands-in"))
_LONGEST_REASON = 14
"""Maximum number of words of a clause that only tells why the writer does not come."""


def remark(text: str, cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> str:
    """Return the stretches of `text` that staff should see, in order and in the writer's words; empty if there are none."""
    spans: list[tuple[int, int]] = []
    declines = any(one.says == "no" and not one.asked for one in found)
    comes = any(one.says == "yes" and not one.asked and one.who is Who.SELF for one in found)
    body = _body(text, cut, found, language)
    for number in body:
        said = [one for one in found if one.sentence == number]
        spans += _shown(
            cut[number], said, language, declines=declines, comes=comes, opens=number == body.start
        )
    below = cut[body[-1]].tokens[-1].end if body else 0
    if postscript := _POSTSCRIPT.search(text, below):
        spans.append(postscript.span("said"))
    return GAP.join(_joined(text, spans))


def asking(cut: Sequence[Sentence], language: Language) -> bool:
    """Return whether a text holds a question or request that wants an answer."""
    told = turns(language.name)
    return any(
        not told.courtesy.match(line) and (sentence.asks or told.asks.search(line))
        for sentence in cut
        for line in [_line(sentence.tokens)]
    )


def _line(tokens: Sequence[Token]) -> str:
    return " ".join(token.word for token in tokens if token.word not in "^$")


def _body(text: str, cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> range:
    """Return the sentences between greeting and signature."""
    told, first, last = turns(language.name), 0, len(cut)
    answered = {one.sentence for one in found if one.says in _ANSWERS}
    while first < min(2, len(cut)) and first not in answered and _greets(cut[first].tokens[1:-1], language):
        first += 1
    if 0 < first < len(cut) and first not in answered and _hailed(text, cut[first - 1], cut[first]):
        first += 1
    for number in range(first, len(cut)):
        if told.closing.match(_line(cut[number].tokens)):
            return range(first, number)
    closed = cut and re.search(r"\w", text[cut[-1].tokens[-1].end :])
    while not closed and last > first and last - 1 not in answered and _signs(text, cut[last - 1], language):
        last -= 1
    return range(first, last)


def _greets(tokens: Sequence[Token], language: Language) -> bool:
    """Return whether a sentence or clause is only a greeting: "Madame la Directrice,"."""
    words = language.words["hails"] | language.words["greetings"]
    return any(token.word in words for token in tokens[:2]) and len(tokens) < _LONGEST_NAME


def _hailed(text: str, greeting: Sentence, sentence: Sentence) -> bool:
    """Return whether a sentence goes on with a greeting: "Beste buren,"."""
    return (
        len(sentence.tokens) < _SHORT_NAME + 3
        and text[greeting.tokens[-1].end : sentence.tokens[1].start] == " "
    )


def _signs(text: str, sentence: Sentence, language: Language) -> bool:
    """Return whether the last sentence is a name with a title and function, or contact details."""
    told, words = turns(language.name), language.words
    spoken = [token for token in sentence.tokens if token.speaks or token.sort]
    told_something = told.telling.search(_line(sentence.tokens)) or any(
        one.word in told.tells for one in spoken
    )
    if sentence.asks or len(spoken) > _LONGEST_NAME or told_something:
        return False
    parts = told.signs.union(*(words[key] for key in ("titles", "principals", "orgs", "particles", "and")))
    first = spoken[0]
    ends = text[sentence.tokens[-1].end - 1 :][:1] in ("", "\n") or text[: first.start].endswith("\n")
    lines = text[: first.start].rstrip(" ").endswith("\n") and first.capital and ends
    verbs = words["verbal"] - words["particles"] | words["self"] | words["self_verbs"]
    return (
        all(token.capital or token.sort or token.word in parts for token in spoken)
        or (len(spoken) <= _SHORT_NAME and not any(_says_nothing(one, language) for one in spoken))
        or (
            lines
            and (first.word in parts or not _says_nothing(first, language))
            and not any(one.word in verbs for one in spoken)
        )
    )


def _shown(
    sentence: Sentence,
    said: Sequence[TextStatement],
    language: Language,
    *,
    declines: bool,
    comes: bool,
    opens: bool,
) -> list[tuple[int, int]]:
    """Return the spans of one sentence that are a remark."""
    clauses = list(_clauses(sentence.tokens, turns(language.name)))
    kinds: list[str] = []
    for at, part in enumerate(clauses):
        if at == 0 and opens and len(clauses) > 1 and _greets(part, language):
            kinds.append("answer")
        elif sentence.asks and at == len(clauses) - 1:
            kinds.append("kept")
        else:
            kinds.append(_kind(part, said, language, declines=declines, comes=comes, after=kinds[-1:]))
    shown = {at for at, kind in enumerate(kinds) if kind == "kept"}
    for at in sorted(shown):
        for step in (-1, 1):
            near = at + step
            while 0 <= near < len(clauses) and kinds[near] == "plain":
                shown.add(near)
                near += step
    return [_span(clauses[at]) for at in sorted(shown)]


def _clauses(tokens: Sequence[Token], told: Turns) -> Iterator[Sequence[Token]]:
    """Yield the clauses of a sentence: between punctuation marks, and from each word that joins one."""
    part: list[Token] = []
    for token in tokens[1:-1]:
        if part and (token.word in _MARKS or token.word in told.splits):
            yield part
            part = []
        if token.word not in _MARKS:
            part.append(token)
    if part:
        yield part


def _kind(
    part: Sequence[Token],
    said: Sequence[TextStatement],
    language: Language,
    *,
    declines: bool,
    comes: bool,
    after: Sequence[str],
) -> str:
    """Return what a clause is: ``kept``, ``plain`` (nothing of its own), ``polite``, or ``answer`` (accounted for)."""
    told, line = turns(language.name), _line(part)
    words = {token.word for token in part}
    if told.asks.search(line) or told.telling.search(line) or words & told.tells:
        return "kept"
    ids = {id(token) for token in part}
    here = [one for one in said if any(id(token) in ids for token in one.tokens)]
    if any(one.says == "wait" or (comes and one.says == "no" and one.who is not Who.SELF) for one in here):
        return "kept"
    if told.courtesy.search(line) or (
        after == ["polite"]
        and len(part) <= _CARRIED
        and not here
        and words.isdisjoint(language.words["self"])
    ):
        return "polite"
    covered = {id(token) for one in here if one.says in _ANSWERS for token in one.tokens}
    left = [token for token in part if id(token) not in covered and not _says_nothing(token, language)]
    if covered and left:
        begins = min(token.start for token in part if id(token) in covered)
        left = [token for token in left if not (token.capital and token.start < begins)]
    if left and declines and (told.reason.match(line) or any(one.says in _STAND_INS for one in said)):
        return "plain" if len(part) <= _LONGEST_REASON else "kept"
    if left:
        return "kept"
    conditional = part[0].word in language.words["conditions"]
    return "answer" if covered and not conditional and any(one.says in _DECIDE for one in here) else "plain"


def _says_nothing(token: Token, language: Language) -> bool:
    words, told = language.words, turns(language.name)
    return (
        not token.word[0].isalpha()
        or token.sort in ("n", "one", "date", "time")
        or token.word in told.fill
        or any(token.word in words[key] for key in ("common", "titles", "companions", "others", "principals"))
    )


def _span(tokens: Sequence[Token]) -> tuple[int, int]:
    return tokens[0].start, max(token.end for token in tokens)


def _joined(text: str, spans: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Join spans with nothing but spaces and punctuation between them; add the punctuation that ends each."""
    at = 0
    while at < len(spans):
        start, end = spans[at]
        while at + 1 < len(spans) and not re.search(r"\w", text[end : spans[at + 1][0]]):
            at += 1
            end = spans[at][1]
        tail = re.match(r"\s?[.!?…)]+", text[end:])
        yield " ".join((text[start:end] + (tail.group() if tail else "")).split())
        at += 1
