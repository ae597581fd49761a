"""Find what a written answer says besides yes, no, how many, and courtesies: the remark that staff see.

Theory of operation. A text is cut into clauses. A clause that holds the answer, a number of people or a courtesy is
accounted for where all its other words say nothing by themselves (`fill` of a language's ``remarks.toml``); what is not
accounted for is the remark, in the writer's words. So a turn of phrase that nobody thought of is shown, not lost.
Greetings are left out, and everything below a closing formula except a postscript.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mailer.classify.words.bodies import ANSWERS, SHORT_NAME, body_of, greets, says_nothing, tells
from mailer.classify.words.language import Language
from mailer.classify.words.sentences import Sentence, line_of
from mailer.classify.words.statements import TextStatement, Who
from mailer.classify.words.tokens import Token
from mailer.classify.words.turns import Turns, turns

GAP = " … "
"""What stands between two stretches of a remark that are apart in the text."""

_DECIDE = ANSWERS - {"reason", "wish", "with"}
_COUNTED = frozenset(("1", "2", "+1", "seats"))
"""The counts of signs that are people by themselves, not only words beside people (`numbers`)."""
_POSTSCRIPT = re.compile(
    r"^[ \t]*(?:p\.?[ ]?s\.?|n\.?b\.?)[ ]?[:.,-]?\s+(?P<said>\S[^\n]*)", re.IGNORECASE | re.MULTILINE
)
_MARKS = frozenset(",;:()….!?")
_CARRIED = 6
"""Maximum number of words by which a courtesy goes on: "et de fructueux échanges"."""
_STAND_INS = frozenset(("delegate", "represented", "stands-in"))
_LONGEST_REASON = 14
"""Maximum number of words of a clause that only tells why the writer does not come."""


@dataclass(frozen=True, slots=True)
class _Clause:
    """A clause, as tokens and as the expressions of `Turns` read it; `said` are the statements it has words of."""

    tokens: Sequence[Token]
    line: str
    said: Sequence[TextStatement]

    @property
    def requests(self) -> bool:
        """Return whether it is a yes put as a question or request: "pourriez-vous m'inscrire ?"."""
        return any((one.says == "yes" or one.sign.count in _COUNTED) and not one.asked for one in self.said)


@dataclass(frozen=True, slots=True)
class _View:
    """What is known of the whole text. `declines`: somebody says no, or is replaced. `comes`: the writer says yes."""

    language: Language
    told: Turns
    declines: bool
    comes: bool


def remark(
    text: str, cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language
) -> tuple[str, bool]:
    """Return the stretches of `text` that staff should see, and whether it asks something.

    The stretches are in order and in the writer's words; empty if there are none. A yes put as a question, and a
    courtesy, ask nothing.
    """
    # A word beside people is no number of people by itself.
    found = [one for one in found if one.says != "heads" or one.sign.count in _COUNTED]
    live = [one for one in found if not one.asked]
    told = turns(language.name)
    view = _View(
        language,
        told,
        declines=any(one.says == "no" or _replaces(one) for one in live)
        or any(told.instead.search(one.line) for one in cut),
        comes=any(one.says == "yes" and one.who is Who.SELF for one in live),
    )
    clauses = [
        list(_clauses(sentence.tokens, told, [one for one in found if one.sentence == number]))
        for number, sentence in enumerate(cut)
    ]
    spans: list[tuple[int, int]] = []
    body = body_of(text, cut, found, language)
    for number in body:
        hailed = number > 0 and text[cut[number - 1].tokens[-1].end : cut[number].tokens[0].start] == " "
        opens = number == body.start and (number == 0 or hailed)
        spans += _shown(cut[number], clauses[number], view, opens=opens, hailed=hailed)
    below = cut[body[-1]].tokens[-1].end if body else 0
    if postscript := _POSTSCRIPT.search(text, below):
        spans.append(postscript.span("said"))
    asks = any(_asks(*one, told) for one in zip(cut, clauses, strict=True))
    return GAP.join(_joined(text, spans)), asks


def _replaces(one: TextStatement) -> bool:
    """Return whether a statement says that somebody comes instead of the writer."""
    return one.says in _STAND_INS and one.who not in (Who.ORGANISATION, Who.SELF)


def _asks(sentence: Sentence, clauses: Sequence[_Clause], told: Turns) -> bool:
    """Return whether a sentence holds a question, or a request that wants a reply."""
    return any(
        ((sentence.asks and part is clauses[-1]) or told.asks.search(part.line))
        and not told.courtesy.search(part.line)
        and not part.requests
        for part in clauses
    )


def _shown(
    sentence: Sentence, clauses: Sequence[_Clause], view: _View, *, opens: bool, hailed: bool
) -> list[tuple[int, int]]:
    """Return the spans of one sentence that are a remark."""
    polite_to = _polite_to(sentence, view)
    kinds: list[str] = []
    for at, part in enumerate(clauses):
        polite = part.tokens[0].start < polite_to
        called = at == 0 and opens and len(clauses) > 1 and _called(clauses, view, hailed=hailed)
        if called or (polite and not tells(part.line, view.told)):
            kinds.append("polite" if polite else "answer")
        elif sentence.asks and at == len(clauses) - 1 and not part.requests:
            kinds.append("kept")
        else:
            replaced = any(_replaces(one) for clause in clauses for one in clause.said)
            kinds.append(_kind(part, view, after=kinds[-1:], replaced=replaced))
    if (len(kinds) > 1 and kinds[-2] in ("answer", "polite")) and _addresses(clauses[-1], view, kinds[-2]):
        kinds[-1] = "polite"
    shown = {at for at, kind in enumerate(kinds) if kind == "kept"}
    for at in sorted(shown):
        for step in (-1, 1):
            near = at + step
            while 0 <= near < len(clauses) and kinds[near] == "plain":
                shown.add(near)
                near += step
    return [_span(clauses[at].tokens) for at in sorted(shown)]


def _called(clauses: Sequence[_Clause], view: _View, *, hailed: bool) -> bool:
    """Return whether a sentence begins by greeting or naming who is addressed: "Camille, je viens"."""
    first, joined = clauses[0].tokens, clauses[1].tokens[0].word in view.language.words["and"]
    named = len(first) == 1 and not joined and not says_nothing(first[0], view.told)
    return named or (hailed and len(first) <= SHORT_NAME) or greets(first, view.language)


def _addresses(part: _Clause, view: _View, after: str) -> bool:
    """Return whether a clause at the end is only a name: of who is addressed, or of who writes."""
    named = len(part.tokens) == 1 or (after == "polite" and all(token.capital for token in part.tokens))
    return named and not says_nothing(part.tokens[-1], view.told) and not tells(part.line, view.told)


def _polite_to(sentence: Sentence, view: _View) -> int:
    """Return where a courtesy ends that begins the sentence: "L'association A et B vous remercie …"."""
    match = view.told.courtesy.match(sentence.line)
    words = match.group().strip().count(" ") if match else -1
    return sentence.tokens[words + 1].end if match and not sentence.asks else -1


def _clauses(tokens: Sequence[Token], told: Turns, said: Sequence[TextStatement]) -> Iterator[_Clause]:
    """Yield the clauses of a sentence: between punctuation marks, and from each word that joins one."""
    part: list[Token] = []
    for token in tokens[1:]:
        if part and (token is tokens[-1] or token.word in _MARKS or token.word in told.splits):
            ids = set(map(id, part))
            here = [one for one in said if not ids.isdisjoint(map(id, one.tokens))]
            yield _Clause(part, line_of(part), here)
            part = []
        if token.word not in _MARKS:
            part.append(token)


def _kind(part: _Clause, view: _View, *, after: Sequence[str], replaced: bool) -> str:
    """Return what a clause is: ``kept``, ``plain`` (nothing of its own), ``polite``, or ``answer`` (accounted for).

    `after` is the kind of the clause before it; `replaced`: its sentence says that somebody comes instead of the writer.
    """
    if tells(part.line, view.told, asked=not part.requests):
        return "kept"
    others = {one.says for one in part.said if one.who is not Who.SELF}
    if any(one.says == "wait" for one in part.said) or (view.comes and "no" in others):
        return "kept"
    carried = after == ["polite"] and len(part.tokens) <= _CARRIED and not part.said
    own = view.language.words["self"]
    if (
        view.told.courtesy.search(part.line)
        or view.told.closing.match(part.line)
        or (carried and own.isdisjoint(token.word for token in part.tokens))
    ):
        return "polite"
    if _left(part, view):
        # A clause that only tells why the writer does not come, or who comes instead, is no remark.
        instead = replaced or view.told.instead.search(part.line) or view.told.reason.match(part.line)
        return "plain" if view.declines and len(part.tokens) <= _LONGEST_REASON and instead else "kept"
    conditional = part.tokens[0].word in view.language.words["conditions"]
    decides = any(one.says in _DECIDE for one in part.said) and not (
        "yes" in others and (view.declines or view.comes)
    )
    return "answer" if decides and not conditional else "plain"


def _left(part: _Clause, view: _View) -> list[Token]:
    """Return the words of a clause that nothing accounts for; not the name before an answer or of who is addressed."""
    covered = {id(token) for one in part.said if one.says in ANSWERS for token in one.tokens}
    tokens = part.tokens
    left = [token for token in tokens if id(token) not in covered and not says_nothing(token, view.told)]
    begins = next((token.start for token in tokens if id(token) in covered), None)
    if begins is None:
        return left
    left = [token for token in left if not (token.capital and token.start < begins)]
    joined = tokens[-2].word in view.language.words["and"] if len(tokens) > 1 else True
    addressed = left == [tokens[-1]] and tokens[-1].capital and not joined
    return [] if addressed and not any(one.sign.count == "with" for one in part.said) else left


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
