"""Find the words of our own letters in a mail that brings them back.

Theory of operation. No list of the ways in which programs quote is ever complete, but we know what we wrote. Mail and
letters are reduced to signs (`signs`). Stretches of the mail that stand in a letter in the same order are ours, however
they are wrapped, marked or run together; the rest is the writer's. Between such stretches, words that were damaged on
the way, and the invitee's own values (their name, the token), are ours, too.

A short line of ours ("Je ne viens pas") is what somebody may write themselves, and a title may be repeated within a
sentence: what is ours must be longer. What was put into a gap of ours is the writer's, and a question keeps the answer
behind it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from itertools import groupby, islice
from urllib.parse import unquote

from mailer.inbox.new_text.lines import MAX_LINES, LineMark, MarkedLine
from mailer.inbox.new_text.signs import VOWELS, signs, words
from mailer.model.own_words import GAP, OwnWords

_SEED = 14
"""Signs by which a stretch is found: two or three words."""
_SURE = 20
"""Signs that a stretch must have to be ours."""
_LONG = 60
"""Signs from which a stretch is taken out of a line that holds other words: nobody repeats as much."""
_DAMAGED = 40
"""Signs between two stretches that may have been damaged on the way."""
_LONGER, _ALIKE = 6, 0.6
"""How many signs more or less they may have then, and what share of them must be the same."""
_CHANCE = 8
"""Signs of a line that may be the same by chance where a stretch goes over into it."""
_REPEATS = 6
"""How often a letter may say the same."""
_FILLED = 24
"""Signs of an answer that was put into a line of ours."""
_ONE_LINE = 200
"""Signs of a line that may be one of ours with an answer in it; a longer one is a letter that was run together."""
_REPEATED = 3
"""Lines that a mark of letters must begin to be one."""
_MOST = 200_000
"""Signs of a mail that are looked at."""
_MOST_MATCHES = 1_000
"""Stretches of a mail that are looked at."""
_MOST_KNOWN = 16
"""Sets of letters that are remembered; each takes about a megabyte."""

_IN, _BETWEEN = "\0", " "
"""Among the signs of letters: a gap for a value, and what parts two texts."""

_MARKS = re.compile(r"\s*(?:(?:[^\W\d_]{0,4}[>|:#%*\]}~»]+|[\w.-]{1,20}>)[ \t]?){1,8}")
_NAMED = re.compile(r"\s*[^\W_][\w .-]{0,30}[>|:#%*\]}~»]+[ \t]?")
_CALLED = re.compile(r"\s*[^\W_][\w .-]{0,30}[>|][ \t]?")
"""The name of whoever is quoted, as a mark: ``Camille Julien | ``."""
_ASKS = re.compile(r"(?:[:?…]|\.{3}|_{2}|\[\s*\]|\(\s*\))\s*\Z")

Span = tuple[int, int]


def own_texts(subject: str, plain: str, flat: str) -> tuple[str, ...]:
    """Return the texts of a letter as mails bring them back: links as they are written, and as programs show them."""
    links = [unquote(line) for line in plain.splitlines() if "mailto:" in line and "%" in line]
    return tuple(filter(None, (plain, flat, subject, "\n".join(links))))


@dataclass(frozen=True, slots=True)
class _Letters:
    """The signs of letters, and where in them each seed stands first; `ends` of lines, and of those that ask for something."""

    signs: str = field(repr=False)
    seeds: dict[str, int] = field(repr=False)
    ends: frozenset[int] = field(repr=False)
    asking: frozenset[int] = field(repr=False)


_known: dict[tuple[str, ...], _Letters] = {}


def _letters(own: Sequence[OwnWords]) -> _Letters:
    """Return what is known of letters, which is made once for all mails that answer the same ones."""
    names = tuple([one.name for one in own])
    if names not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[names] = _learnt(text for one in own for text in one.texts)
    return _known[names]


def _learnt(texts: Iterable[str]) -> _Letters:
    pieces, ends, asking, at = list[str](), set[int](), set[int](), 0
    for text in dict.fromkeys(texts):
        for line in text.splitlines():
            pieces.append(_IN.join(map(signs, line.split(GAP))))
            at += len(pieces[-1])
            ends.add(at)
            if _ASKS.search(line):
                asking.add(at)
        pieces.append(_BETWEEN)
        at += 1
    whole, seeds = "".join(pieces), dict[str, int]()
    for at in range(len(whole) - _SEED + 1):
        seeds.setdefault(whole[at : at + _SEED], at)
    return _Letters(whole, seeds, frozenset(ends), frozenset(asking))


def ours_marked(lines: Sequence[MarkedLine], own: Sequence[OwnWords]) -> list[MarkedLine]:
    """Return the lines of a mail, the words of our letters marked as quoted and parted from others on the same line."""
    places = [at for at, line in enumerate(lines[:MAX_LINES]) if not line.quoted and line.text.strip()]
    if not own or not places:
        return list(lines)
    texts = _without_marks([lines[at].text for at in places])
    search = _Returned(texts, _letters(own), [value for one in own for value in one.values])
    if not search.runs:
        return list(lines)
    made = dict(zip(places, search.parted(), strict=True))
    return [
        MarkedLine(text, LineMark.QUOTED) if is_ours else replace(line, text=text)
        for at, line in enumerate(lines)
        for is_ours, text in made.get(at, ((False, line.text),))
    ]


def _without_marks(texts: Sequence[str]) -> list[str]:
    """Return lines without a mark of letters that many of them begin with: ``CJ> ``."""
    found = [
        marks[0] if (marks := _MARKS.match(text) or _NAMED.match(text)) and signs(marks[0]) else ""
        for text in texts
    ]
    repeated = {mark for mark, count in Counter(map(str.strip, found)).items() if mark and count >= _REPEATED}
    return [
        text[len(mark) :] if mark.strip() in repeated else text
        for mark, text in zip(found, texts, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Match:
    """A stretch of a mail, from `start` to `end`, that stands in the letters at `at`, up to `until`."""

    start: int
    end: int
    at: int
    until: int


class _Returned:
    """Lines of a mail, and which of their words stand in our letters."""

    def __init__(self, texts: Sequence[str], letters: _Letters, values: Iterable[str]) -> None:
        self.texts, self.letters = texts, letters
        self.values = sorted({sign for value in values if (sign := signs(value))}, key=len, reverse=True)
        self._split: dict[int, list[tuple[int, int, Span]]] = {}
        made = [signs(text) for text in texts]
        self.starts = [0]
        for one in made:
            self.starts.append(self.starts[-1] + len(one))
        self.whole = "".join(made)[:_MOST]
        self.matches = list(islice(self._matches(), _MOST_MATCHES))
        self.runs, self.unbroken = self._runs()

    def _matches(self) -> Iterator[_Match]:
        """Yield the stretches that stand in our letters, in order."""
        whole, letters, seeds = self.whole, self.letters.signs, self.letters.seeds
        at = last = 0
        while at <= len(whole) - _SEED:
            place = seeds.get(whole[at : at + _SEED])
            if place is None:
                at += 1
                continue
            end, until = self._onward(at + _SEED, place + _SEED)
            while at > last and place > 0:
                if whole[at - 1] == letters[place - 1]:
                    at, place = at - 1, place - 1
                elif letters[place - 1] == VOWELS and place > 1 and whole[at - 1] == letters[place - 2]:
                    place -= 1
                else:
                    break
            yield self._cut(_Match(at, end, place, until))
            at = last = end

    def _onward(self, end: int, until: int) -> tuple[int, int]:
        """Return how far mail and letters are the same; the mail may have lost the vowels between others."""
        whole, letters = self.whole, self.letters.signs
        while True:
            while end + 32 <= len(whole) and whole[end : end + 32] == letters[until : until + 32]:
                end, until = end + 32, until + 32
            while end < len(whole) and until < len(letters) and whole[end] == letters[until]:
                end, until = end + 1, until + 1
            next_ = whole[end : end + 3]
            if len(next_) < 3 or letters[until : until + 4] != VOWELS + next_:
                return end, until
            until += 1

    def _cut(self, match: _Match) -> _Match:
        """Return a stretch without the few signs of a line at its ends that are the same by chance."""
        first, last = bisect_right(self.starts, match.start) - 1, bisect_right(self.starts, match.end) - 1
        ahead, behind = self.starts[first + 1] - match.start, match.end - self.starts[last]
        if first == last or ahead >= _CHANCE or match.start == self.starts[first]:
            ahead = 0
        if first == last or behind >= _CHANCE:
            behind = 0
        if match.end - match.start - ahead - behind < _SEED:
            return match
        return _Match(match.start + ahead, match.end - behind, match.at + ahead, match.until - behind)

    def _runs(self) -> tuple[list[Span], list[Span]]:
        """Return the stretches that are ours with what is ours between them, and those without a break in the letter.

        The former have at least `_SURE` signs, the latter `_LONG`.
        """
        runs: list[list[int]] = []
        unbroken: list[list[int]] = []
        before: _Match | None = None
        for match in self.matches:
            start = match.start - self._value_before(match)
            goes_on = before is not None and self._goes_on(before, match)
            if before is None or not (goes_on or self._is_joined(runs[-1][1], start)):
                runs.append([max(start, runs[-1][1] if runs else 0), 0])
            if not goes_on:
                unbroken.append([max(start, unbroken[-1][1] if unbroken else 0), 0])
            runs[-1][1] = unbroken[-1][1] = match.end + self._value_behind(match)
            before = match
        return (
            [(start, end) for start, end in runs if end - start >= _SURE],
            [(start, end) for start, end in unbroken if end - start >= _LONG],
        )

    def _is_joined(self, end: int, start: int) -> bool:
        """Return whether nothing stands between two stretches but part of a word that was damaged on the way."""
        return start <= end or not self._holds_words(end, start)

    def _goes_on(self, before: _Match, after: _Match) -> bool:
        """Return whether a letter goes on from one stretch to the next, but for a value or what was damaged on the way."""
        end, start = before.end + self._value_behind(before), after.start - self._value_before(after)
        if start <= end or not self._holds_words(end, start):
            return 0 <= after.at - before.until <= 3
        return self._is_damaged(before, after)

    def _is_damaged(self, before: _Match, after: _Match) -> bool:
        """Return whether what stands between two stretches are the words of ours that stand there, damaged on the way.

        Letters repeat themselves, so every place is tried at which the first stretch may end.
        """
        letters, between = self.letters.signs, self.whole[before.end : after.start]
        for until in self._places(self.whole[before.end - _SEED : before.end]):
            for more in range(min(3, after.end - after.start)):
                start = after.start + more
                at = letters.find(self.whole[start : start + _SEED], until, until + _DAMAGED + _SEED) - more
                ours = letters[until:at] if at > until else ""
                if ours and abs(len(ours) - len(between)) <= _LONGER and not {_IN, _BETWEEN} & set(ours):
                    return self._are_alike(ours, between, before.end)
        return False

    def _are_alike(self, ours: str, between: str, start: int) -> bool:
        """Return whether most signs are the same, and no word was put in, but for what is left of a lost character."""
        compared = SequenceMatcher(None, ours, between, autojunk=False)
        return compared.ratio() > _ALIKE and not any(
            how == "insert" and any(map(str.isascii, self._whole_words(start + one, start + two)))
            for how, _, _, one, two in compared.get_opcodes()
        )

    def _places(self, seed: str) -> Iterator[int]:
        """Yield where a seed ends in the letters, a few times at most."""
        at = self.letters.seeds.get(seed, -1)
        for _ in range(_REPEATS):
            if at < 0:
                return
            yield at + _SEED
            at = self.letters.signs.find(seed, at + 1)

    def _value_before(self, match: _Match) -> int:
        """Return the length of the value before a stretch, where the letter has a gap."""
        if self.letters.signs[match.at - 1 : match.at] != _IN:
            return 0
        return next((len(one) for one in self.values if self.whole.endswith(one, 0, match.start)), 0)

    def _value_behind(self, match: _Match) -> int:
        if self.letters.signs[match.until : match.until + 1] != _IN:
            return 0
        return next((len(one) for one in self.values if self.whole.startswith(one, match.end)), 0)

    def _holds_words(self, start: int, end: int) -> bool:
        """Return whether a whole word stands between two places."""
        return next(self._whole_words(start, end), None) is not None

    def _whole_words(self, start: int, end: int) -> Iterator[str]:
        """Yield the words that stand between two places, as they are written."""
        first, last = bisect_right(self.starts, start) - 1, bisect_left(self.starts, end)
        for line in range(first, min(last, len(self.texts))):
            words_ = self._words(line)
            for at in range(bisect_left(words_, (start,)), len(words_)):
                if words_[at][1] > end:
                    break
                one, two = words_[at][2]
                yield self.texts[line][one:two]

    def _words(self, line: int) -> list[tuple[int, int, Span]]:
        """Return the words of a line: where their signs begin and end, and where they stand in the text."""
        if line not in self._split:
            at, made = self.starts[line], []
            for first, last, sign in words(self.texts[line]):
                made.append((at, at + len(sign), (first, last)))
                at += len(sign)
            self._split[line] = made
        return self._split[line]

    def parted(self) -> list[list[tuple[bool, str]]]:
        """Return for each line its parts, in order: whether they are ours, and their text."""
        ends = [end for _start, end in self.runs]
        made: list[list[tuple[bool, str]]] = []
        for line, text in enumerate(self.texts):
            start, end = self.starts[line], self.starts[line + 1]
            first = bisect_right(ends, start)
            if first < len(self.runs) and self.runs[first][0] <= start and end <= ends[first]:
                made.append([(True, text)])
            elif first < len(self.runs) and self.runs[first][0] < end:
                made.append(self._parts(line))
            else:
                made.append([(False, text)])
        return self._with_bare_marks(made)

    def _parts(self, line: int) -> list[tuple[bool, str]]:
        """Return the parts of a line that is ours in part."""
        text = self.texts[line]
        theirs = [span for one, two, span in self._words(line) if not self._is_in(one, two, self.runs)]
        marks = _MARKS.match(text) or _CALLED.match(text)
        if not theirs or (marks and theirs[-1][1] <= marks.end()):
            return [(True, text)]
        found = [(self._is_in(one, two, self.unbroken), span) for one, two, span in self._words(line)]
        if not any(is_ours for is_ours, _span in found) or self._is_filled(line):
            return [(False, text)]
        return [
            (is_ours, text[spans[0][0] : spans[-1][1]])
            for is_ours, group in groupby(found, key=lambda one: one[0])
            for spans in [[span for _ours, span in group]]
        ]

    def _is_in(self, start: int, end: int, runs: Sequence[Span]) -> bool:
        """Return whether most of a word is ours."""
        at = bisect_right(runs, (start, end)) - 1
        near = runs[max(at, 0) : at + 3]
        return 2 * sum(max(0, min(end, two) - max(start, one)) for one, two in near) >= end - start

    def _is_filled(self, line: int) -> bool:
        """Return whether something was put into a line of ours, or behind one that asks for something."""
        start, end = self.starts[line], self.starts[line + 1]
        if end - start > _ONE_LINE:
            return False
        for match in self.matches:
            if not start < match.end < end or end - match.end > _FILLED:
                continue
            if not self._is_in(match.start, match.end, self.unbroken):
                continue
            after = next((one for one in self.matches if match.end < one.start < end), None)
            if after is None and match.until in self.letters.asking:
                return True
            if after is not None and after.at == match.until and match.until not in self.letters.ends:
                return True
        return False

    def _with_bare_marks(self, made: list[list[tuple[bool, str]]]) -> list[list[tuple[bool, str]]]:
        """Return the parts, with lines that hold nothing but marks ours where the line above or below is."""
        for at, parts in enumerate(made):
            text = self.texts[at]
            if parts[0][0] or (signs(text) and not _MARKS.fullmatch(text)):
                continue
            above, below = (
                made[at - 1][-1][0] if at else False,
                made[at + 1][0][0] if at + 1 < len(made) else False,
            )
            if above or below:
                made[at] = [(True, text)]
        return made
