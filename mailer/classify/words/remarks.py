"""Find what a written answer says besides yes, no, how many, and courtesies: the remark that staff see.

Theory of operation. A text is cut into clauses. A clause that holds the answer, a number of people or a courtesy is
accounted for where all its other words say nothing by themselves (`fill` of a language's ``remarks.toml``); what is not
accounted for is the remark, in the writer's words. So a turn of phrase that nobody thought of is shown, not lost.
Greetings are left out, and everything below a closing formula except a postscript.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from mailer.classify.words.bodies import ANSWERS, SHORT_NAME, body_of, greets, line_of, says_nothing, tells
from mailer.classify.words.language import Language
from mailer.classify.words.sentences import Sentence
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
class _View:
    """What is known of the whole text. `declines`: somebody says no, or is replaced. `comes`: the writer says yes."""

    language: Language
    told: Turns
    declines: bool
    comes: bool


def remark(text: str, cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> str:
    """Return the stretches of `text` that staff should see, in order and in the writer's words; empty if there are none."""
    # A word beside people is no number of people by itself.
    found = [one for one in found if one.says != "heads" or one.sign.count in _COUNTED]
    live = [one for one in found if not one.asked]
    told = turns(language.name)
    view = _View(
        language,
        told,
        declines=any(one.says == "no" or _replaces(one) for one in live)
        or any(_sends(one.tokens, told) for one in cut),
        comes=any(one.says == "yes" and one.who is Who.SELF for one in live),
    )
    spans: list[tuple[int, int]] = []
    body = body_of(text, cut, found, language)
    for number in body:
        said = [one for one in found if one.sentence == number]
        hailed = number > 0 and text[cut[number - 1].tokens[-1].end : cut[number].tokens[0].start] == " "
        spans += _shown(
            cut[number], said, view, opens=number == body.start and (number == 0 or hailed), hailed=hailed
        )
    below = cut[body[-1]].tokens[-1].end if body else 0
    if postscript := _POSTSCRIPT.search(text, below):
        spans.append(postscript.span("said"))
    return GAP.join(_joined(text, spans))


def _replaces(one: TextStatement) -> bool:
    """Return whether a statement says that somebody comes instead of the writer."""
    return one.says in _STAND_INS and one.who not in (Who.ORGANISATION, Who.SELF)


def _sends(tokens: Sequence[Token], told: Turns) -> bool:
    line = line_of(tokens)
    return bool(told.sends.search(line) or told.stands_in.search(line))


def asking(cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> bool:
    """Return whether a text holds a question, or a request that wants a reply; not a yes put as one, nor a courtesy."""
    told = turns(language.name)
    for number, sentence in enumerate(cut):
        said = [one for one in found if one.sentence == number]
        clauses = list(_clauses(sentence.tokens, told))
        for at, part in enumerate(clauses):
            line = line_of(part)
            asks = (sentence.asks and at == len(clauses) - 1) or told.asks.search(line)
            if asks and not told.courtesy.search(line) and not _requests(part, said):
                return True
    return False


def _shown(
    sentence: Sentence, said: Sequence[TextStatement], view: _View, *, opens: bool, hailed: bool
) -> list[tuple[int, int]]:
    """Return the spans of one sentence that are a remark."""
    clauses = list(_clauses(sentence.tokens, view.told))
    polite_to = _polite_to(sentence, view)
    kinds: list[str] = []
    for at, part in enumerate(clauses):
        hails = (
            at == 0
            and opens
            and len(clauses) > 1
            and (
                greets(part, view.language) or (hailed and len(part) <= SHORT_NAME) or _called(clauses, view)
            )
        )
        if hails or (part[0].start < polite_to and not tells(part, view.told)):
            kinds.append("polite" if part[0].start < polite_to else "answer")
        elif sentence.asks and at == len(clauses) - 1 and not _requests(part, said):
            kinds.append("kept")
        else:
            kinds.append(_kind(part, said, view, after=kinds[-1:]))
    if (len(kinds) > 1 and kinds[-2] in ("answer", "polite")) and _addresses(clauses[-1], view, kinds[-2]):
        kinds[-1] = "polite"
    shown = {at for at, kind in enumerate(kinds) if kind == "kept"}
    for at in sorted(shown):
        for step in (-1, 1):
            near = at + step
            while 0 <= near < len(clauses) and kinds[near] == "plain":
                shown.add(near)
                near += step
    return [_span(clauses[at]) for at in sorted(shown)]


def _called(clauses: Sequence[Sequence[Token]], view: _View) -> bool:
    """Return whether a sentence begins by the name of who is addressed: "Camille, je viens"."""
    joined = clauses[1][0].word in view.language.words["and"]
    return len(clauses[0]) == 1 and not joined and not says_nothing(clauses[0][0], view.told)


def _addresses(part: Sequence[Token], view: _View, after: str) -> bool:
    """Return whether a clause at the end is only a name: of who is addressed, or of who writes."""
    named = len(part) == 1 or (after == "polite" and all(token.capital for token in part))
    return named and not says_nothing(part[-1], view.told) and not tells(part, view.told)


def _polite_to(sentence: Sentence, view: _View) -> int:
    """Return where a courtesy ends that begins the sentence: "L'association A et B vous remercie …"."""
    match = view.told.courtesy.match(line_of(sentence.tokens))
    words = match.group().strip().count(" ") if match else -1
    return sentence.tokens[words + 1].end if match and not sentence.asks else -1


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


def _requests(part: Sequence[Token], said: Sequence[TextStatement]) -> bool:
    """Return whether a clause is a yes put as a question or request: "pourriez-vous m'inscrire ?"."""
    ids = {id(token) for token in part}
    return any(
        (one.says == "yes" or one.sign.count in _COUNTED)
        and not one.asked
        and not ids.isdisjoint(map(id, one.tokens))
        for one in said
    )


def _kind(part: Sequence[Token], said: Sequence[TextStatement], view: _View, *, after: Sequence[str]) -> str:
    """Return what a clause is: ``kept``, ``plain`` (nothing of its own), ``polite``, or ``answer`` (accounted for)."""
    if tells(part, view.told, asked=not _requests(part, said)):
        return "kept"
    ids = {id(token) for token in part}
    here = [one for one in said if any(id(token) in ids for token in one.tokens)]
    others = {one.says for one in here if one.who is not Who.SELF}
    if any(one.says == "wait" for one in here) or (view.comes and "no" in others):
        return "kept"
    own = view.language.words["self"]
    carried = after == ["polite"] and len(part) <= _CARRIED and not here
    line = line_of(part)
    if (
        view.told.courtesy.search(line)
        or view.told.closing.match(line)
        or (carried and own.isdisjoint(token.word for token in part))
    ):
        return "polite"
    covered = {id(token) for one in here if one.says in ANSWERS for token in one.tokens}
    if _left(part, covered, here, view):
        return "plain" if view.declines and _explains(part, said, view) else "kept"
    conditional = part[0].word in view.language.words["conditions"]
    decides = any(one.says in _DECIDE for one in here) and not (
        "yes" in others and (view.declines or view.comes)
    )
    return "answer" if decides and not conditional else "plain"


def _left(
    part: Sequence[Token], covered: Collection[int], here: Sequence[TextStatement], view: _View
) -> list[Token]:
    """Return the words of a clause that nothing accounts for; not the name before an answer or of who is addressed."""
    left = [token for token in part if id(token) not in covered and not says_nothing(token, view.told)]
    if not covered:
        return left
    begins = min(token.start for token in part if id(token) in covered)
    left = [token for token in left if not (token.capital and token.start < begins)]
    joined = part[-2].word in view.language.words["and"] if len(part) > 1 else True
    addressed = left == [part[-1]] and part[-1].capital and not joined
    return [] if addressed and not any(one.sign.count == "with" for one in here) else left


def _explains(part: Sequence[Token], said: Sequence[TextStatement], view: _View) -> bool:
    """Return whether a clause only tells why the writer does not come, or who comes instead."""
    instead = any(_replaces(one) for one in said) or _sends(part, view.told)
    return len(part) <= _LONGEST_REASON and (instead or bool(view.told.reason.match(line_of(part))))


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
