"""Match phrase patterns with a finite automaton, in time proportional to the length of the text.

A pattern is written in plain words: ``(a | b c)`` is a choice, ``[x]`` is optional, ``{name}`` is a list of the
language's file, ``#n`` ``#date`` ``#time`` is a token of that sort, ``..`` stands for up to two and ``...`` for up to
four words of any kind except those that change a meaning. Adverbs (the list ``adv``) may occur anywhere in a pattern.
``^`` and ``$`` are the ends of a sentence. ``<ne>`` and ``<pas>`` mark where a negation may be: such a pattern makes
two, one affirmative and one negated.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.classify.words.meanings import SORTS
from mailer.classify.words.tokens import Token

_PIECE = re.compile(r"\.{2,3}|<ne>|<pas>|[()\[\]|]|\{\w+\}|[^\s()\[\]|{}]+")
_GAP = {"..": 2, "...": 4}
_CACHE = 60_000
"""Maximum number of cached transitions; above it the cache is emptied."""

_Symbol = tuple[str, str]
"""What the automaton sees of a token: its word, empty where no pattern has it, and its sort."""


@dataclass(frozen=True, slots=True)
class PatternMatch:
    """A matched pattern: the index of its sign, whether it was negated, and the tokens it covers."""

    sign: int
    denied: bool
    start: int
    end: int


@dataclass(slots=True)
class _State:
    """A state of the automaton: its transitions, and those without a word."""

    steps: dict[str, list[int]] = field(default_factory=dict)
    anything: list[int] = field(default_factory=list)
    free: list[int] = field(default_factory=list)


class _Moves(dict[tuple[int, _Symbol], int]):
    """The state behind each state and word, found out when it is first asked for."""

    def __init__(self, grammar: Grammar) -> None:
        self._grammar = grammar

    def __missing__(self, key: tuple[int, _Symbol]) -> int:
        if len(self) > _CACHE:
            self.clear()
        reached = self[key] = self._grammar.behind(*key)
        return reached


class Grammar:
    """All the patterns of a language."""

    def __init__(
        self, lists: Mapping[str, Sequence[str]], bars: Collection[str], forms: Iterable[tuple[str, int]]
    ) -> None:
        self._lists = {name: [_PIECE.findall(text) for text in texts] for name, texts in lists.items()}
        self._bars = frozenset(bars) | frozenset(",;:()?!./^$")
        self._states = [_State()]
        self._accepts: dict[int, tuple[int, bool]] = {}
        for form, sign in forms:
            for denied in (False, True) if "<pas>" in form else (False,):
                end = self._sequence(_PIECE.findall(form), 0, denied)
                last = self._new()
                self._states[end].free.append(last)
                self._accepts[last] = (sign, denied)
        adverbs = self._new()
        last = self._choice(self._lists["adv"], adverbs, False, optional=False)
        self._accepts[last] = (-1, False)
        self.vocabulary = self._bars.union(word for state in self._states for word in state.steps)
        self._sets: dict[frozenset[int], int] = {}
        self._members: list[tuple[int, ...]] = []
        self._verdicts: list[tuple[tuple[int, bool], ...]] = []
        self._moves = _Moves(self)
        self._closures: list[frozenset[int]] = []
        self._start = self._known(frozenset([0]))
        self._adverbs = self._known(frozenset([adverbs]))

    def find(self, tokens: Sequence[Token]) -> list[PatternMatch]:
        """Return the patterns that match from each position in `tokens`, each at its longest."""
        symbols = [(token.word if token.word in self.vocabulary else "", token.sort) for token in tokens]
        moves = self._moves
        begin = [at for at, symbol in enumerate(symbols) if moves[self._adverbs, symbol] >= 0]
        skips = {at: self._skips(symbols, at) for at in begin}
        found: list[PatternMatch] = []
        for start, symbol in enumerate(symbols):
            state = moves[self._start, symbol]
            if state < 0:
                continue
            longest = dict.fromkeys(self._verdicts[state], start + 1)
            behind: dict[int, int] = {}  # the states behind adverbs that are left out
            at = start + 1
            while at < len(symbols) and (state >= 0 or behind):
                state = self._either(state, behind.pop(at, -1))
                for later in skips.get(at, ()):
                    behind[later] = self._either(behind.get(later, -1), state)
                if state >= 0:
                    state = moves[state, symbols[at]]
                at += 1
                if state >= 0:
                    for verdict in self._verdicts[state]:
                        longest[verdict] = at
            found += [PatternMatch(sign, denied, start, end) for (sign, denied), end in longest.items()]
        return found

    def _skips(self, symbols: Sequence[_Symbol], start: int) -> list[int]:
        """Return the positions where adverbs that begin at `start` end."""
        ends: list[int] = []
        state, moves = self._adverbs, self._moves
        for at in range(start, len(symbols)):
            state = moves[state, symbols[at]]
            if state < 0:
                break
            if any(sign < 0 for sign, _ in self._verdicts[state]):
                ends.append(at + 1)
        return ends

    def _either(self, one: int, other: int) -> int:
        """Return the state that is in both of two states; -1 is none."""
        if one < 0 or other < 0 or one == other:
            return max(one, other)
        return self._known(self._closures[one] | self._closures[other])

    def behind(self, state: int, symbol: _Symbol) -> int:
        """Return the state behind a word; -1 if there is none."""
        word, sort = symbol
        targets: set[int] = set()
        for member in self._members[state]:
            here = self._states[member]
            targets.update(here.steps.get(word, ()))
            if sort:
                targets.update(here.steps.get(f"#{sort}", ()))
            if here.anything and word not in self._bars:
                targets.update(here.anything)
        return self._known(frozenset(targets)) if targets else -1

    def _known(self, seeds: frozenset[int]) -> int:
        """Return the number of a set of states after following all transitions without a word."""
        members = set(seeds)
        todo = list(seeds)
        while todo:
            for target in self._states[todo.pop()].free:
                if target not in members:
                    members.add(target)
                    todo.append(target)
        whole = frozenset(members)
        if whole not in self._sets:
            self._sets[whole] = len(self._members)
            self._closures.append(whole)
            self._members.append(
                tuple(m for m in sorted(whole) if self._states[m].steps or self._states[m].anything)
            )
            self._verdicts.append(tuple(self._accepts[m] for m in sorted(whole) if m in self._accepts))
        return self._sets[whole]

    def _new(self) -> int:
        self._states.append(_State())
        return len(self._states) - 1

    def _sequence(self, pieces: Sequence[str], start: int, denied: bool) -> int:
        """Add states for a sequence of pieces from `start`; return its last state."""
        at, here = 0, start
        while at < len(pieces):
            piece = pieces[at]
            if piece in ("(", "["):
                close = _closing(pieces, at)
                branches = _branches(pieces[at + 1 : close])
                here = self._choice(branches, here, denied, optional=piece == "[")
                at = close + 1
            else:
                here = self._piece(piece, here, denied)
                at += 1
        return here

    def _piece(self, piece: str, here: int, denied: bool) -> int:
        if piece[0] == "{":
            return self._choice(self._lists[piece[1:-1]], here, denied, optional=False)
        if piece in _GAP:
            return self._gap(_GAP[piece], here)
        if piece == "<ne>":
            return self._choice([["ne"]], here, denied, optional=True) if denied else here
        if piece == "<pas>":
            return self._choice(self._lists["not"], here, denied, optional=False) if denied else here
        there = self._new()
        self._states[here].steps.setdefault(piece, []).append(there)
        return there

    def _choice(self, branches: Sequence[Sequence[str]], here: int, denied: bool, *, optional: bool) -> int:
        there = self._new()
        if optional:
            self._states[here].free.append(there)
        for branch in branches:
            if len(branch) == 1 and branch[0][0] not in "{<.":
                self._states[here].steps.setdefault(branch[0], []).append(there)
            else:
                self._states[self._sequence(branch, self._fork(here), denied)].free.append(there)
        return there

    def _fork(self, here: int) -> int:
        there = self._new()
        self._states[here].free.append(there)
        return there

    def _gap(self, width: int, here: int) -> int:
        there = self._new()
        self._states[here].free.append(there)
        for _ in range(width):
            step = self._new()
            self._states[here].anything.append(step)
            self._states[step].free.append(there)
            here = step
        return there


def _closing(pieces: Sequence[str], opened: int) -> int:
    depth = 0
    for at in range(opened, len(pieces)):
        depth += (pieces[at] in "([") - (pieces[at] in ")]")
        if depth == 0:
            return at
    raise ValueError(f"unclosed bracket in {' '.join(pieces)}")


def _branches(pieces: Sequence[str]) -> list[list[str]]:
    depth, branches = 0, [[]]  # type: int, list[list[str]]
    for piece in pieces:
        depth += (piece in "([") - (piece in ")]")
        if piece == "|" and depth == 0:
            branches.append([])
        else:
            branches[-1].append(piece)
    return branches


def notation_fault(form: str, lists: Collection[str] | None, *, nothing: bool = False) -> str:
    """Return what is wrong with the notation of a form and what to write, or nothing.

    `lists` are the names that ``{name}`` may have; None leaves them unchecked. `nothing`: it may match no word at all.
    """
    pieces = _PIECE.findall(form)
    if "".join(pieces) != "".join(form.split()):
        return "a brace stands alone; write {name} for a list."
    opened: list[str] = []
    for at, piece in enumerate(pieces):
        if piece in ("(", "["):
            opened.append(piece)
        elif piece in (")", "]") and (not opened or opened.pop() != {")": "(", "]": "["}[piece]):
            return f"the bracket {piece} closes nothing; write the other one of its pair before it."
        elif piece == "|" and not opened:
            return "a choice has no brackets; write (a | b)."
        elif piece[0] == "{" and lists is not None and piece[1:-1] not in lists:
            return f"there is no list {piece}; write one of {', '.join(sorted(lists))}, or add it to [lists]."
        elif piece[0] == "#" and piece[1:] not in SORTS:
            return (
                f"{piece} is no sort of token; write one of {', '.join(f'#{one}' for one in sorted(SORTS))}."
            )
        elif piece[0] == "<" and piece not in ("<ne>", "<pas>"):
            return f"{piece} is not known; write <ne> or <pas>."
        if piece in (")", "]", "|") and pieces[at - 1] in ("(", "[", "|"):
            return "a choice is empty; write a word, or [ ] around what may be left out."
    if opened:
        return f"the bracket {opened[-1]} is not closed; write the other one of its pair."
    return "it matches no word at all; write a word without [ ]." if not nothing and _empty(pieces) else ""


def _empty(pieces: Sequence[str]) -> bool:
    """Return whether a sequence of pieces matches no word at all."""
    at = 0
    while at < len(pieces):
        piece = pieces[at]
        if piece in ("(", "["):
            close = _closing(pieces, at)
            if piece == "(" and not any(map(_empty, _branches(pieces[at + 1 : close]))):
                return False
            at = close
        elif piece not in _GAP and piece not in ("<ne>", "<pas>"):
            return False
        at += 1
    return True
