"""The regular expressions of the packages that see mail text, and for each the texts on which it may take longest.

A pattern takes longest on what it nearly matches, many times over: so its own pieces are repeated, behind what has to stand before them,
and before something that it does not match.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import mailer

PACKAGES = ("mime", "inbox", "classify", "ical", "model", "jobs", "campaign", "outbox", "ledger", "wire")
"""Where octets of a mail, or words out of it, come by."""

Pattern = re.Pattern[Any]


def compiled() -> dict[str, Pattern]:
    """Return every compiled pattern that a module of these packages holds, by the place where it is found."""
    found: dict[str, Pattern] = {}
    for package in PACKAGES:
        root = importlib.import_module(f"{mailer.__name__}.{package}")
        names = [root.__name__]
        if hasattr(root, "__path__"):
            names += [one.name for one in pkgutil.walk_packages(root.__path__, f"{root.__name__}.")]
        for name in names:
            for variable, value in vars(importlib.import_module(name)).items():
                for pattern in _within(value, 4):
                    if pattern not in found.values():
                        found[f"{name.removeprefix('mailer.')}.{variable} {len(found)}"] = pattern
    return found


def _within(value: object, depth: int) -> Iterator[Pattern]:
    if isinstance(value, re.Pattern):
        yield value
    elif depth and isinstance(value, dict):
        yield from (one for each in (*value, *value.values()) for one in _within(each, depth - 1))
    elif depth and isinstance(value, list | tuple | set | frozenset):
        yield from (one for each in value for one in _within(each, depth - 1))
    elif depth and is_dataclass(value) and not isinstance(value, type):
        yield from (
            one for field in fields(value) for one in _within(getattr(value, field.name, None), depth - 1)
        )


def worst(pattern: Pattern) -> Iterator[tuple[str, str, str]]:
    """Yield texts that a pattern nearly matches: a beginning, a piece to be repeated, and an end."""
    source = pattern.pattern
    text = source.decode("latin-1") if isinstance(source, bytes) else source
    seen = set()
    for before, piece in _pieces(parser.parse(text, pattern.flags & ~re.DEBUG)):
        if piece and (before, piece) not in seen:
            seen.add((before, piece))
            yield before, piece, "\x01"
            if before:
                yield "", before + piece, "\x01"


def _pieces(tree: Any, before: str = "") -> Iterator[tuple[str, str]]:
    """Yield each piece that may be repeated, or that is one of several, with a text that may stand before it."""
    whole = _sample(tree)
    yield "", whole
    yield "", whole[:-1]
    for operation, argument in tree:
        for inner, repeated in _inner(operation, argument):
            if repeated:
                yield before, _sample(inner)
                yield before, _sample(inner) * 2 + " "
            yield from _pieces(inner, before)
        before += _one(operation, argument)


def _inner(operation: Any, argument: Any) -> Iterable[tuple[Any, bool]]:
    """Return what is inside an operation, and whether it may be repeated."""
    if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        return [(argument[2], argument[1] > 1)]
    if operation is codes.SUBPATTERN:
        return [(argument[3], False)]
    if operation is codes.BRANCH:
        return [(one, False) for one in argument[1]]
    if operation is codes.ATOMIC_GROUP:
        return [(argument, False)]
    if operation in (codes.ASSERT, codes.ASSERT_NOT):
        return [(argument[1], False)]
    return []


def _sample(tree: Any) -> str:
    """Return a short text that a tree matches, where nothing around it is looked at."""
    return "".join(_one(operation, argument) for operation, argument in tree)


def _one(operation: Any, argument: Any) -> str:
    if operation is codes.LITERAL:
        return chr(argument)
    if operation is codes.NOT_LITERAL:
        return "b" if argument == ord("a") else "a"
    if operation is codes.ANY:
        return "a"
    if operation is codes.IN:
        return _of_class(argument)
    if operation in (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT):
        times: int = min(max(argument[0], 1 if argument[1] else 0), 20)
        return _sample(argument[2]) * times
    if operation is codes.SUBPATTERN:
        return _sample(argument[3])
    if operation is codes.BRANCH:
        return _sample(argument[1][0])
    if operation is codes.ATOMIC_GROUP:
        return _sample(argument)
    return ""


_OF_CATEGORY = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_NOT_DIGIT: "a",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_SPACE: "a",
    codes.CATEGORY_WORD: "a",
    codes.CATEGORY_NOT_WORD: "-",
}


def _of_class(members: Any) -> str:
    """Return a character of a class: where it leaves some out, one that is in none of them."""
    if members[0][0] is codes.NEGATE:
        chars = re.compile("[^\\W\\d_]|[ -~]")
        return next((c for c in 'ab 1-.@<"(' if chars.match(c) and not _is_in(c, members[1:])), "é")
    operation, argument = members[0]
    if operation is codes.LITERAL:
        return chr(argument)
    if operation is codes.RANGE:
        return chr(argument[0])
    return _OF_CATEGORY.get(argument, "a")


def _is_in(char: str, members: Any) -> bool:
    for operation, argument in members:
        if operation is codes.LITERAL and ord(char) == argument:
            return True
        if operation is codes.RANGE and argument[0] <= ord(char) <= argument[1]:
            return True
        if operation is codes.CATEGORY:
            category = {
                codes.CATEGORY_DIGIT: r"\d",
                codes.CATEGORY_NOT_DIGIT: r"\D",
                codes.CATEGORY_SPACE: r"\s",
                codes.CATEGORY_NOT_SPACE: r"\S",
                codes.CATEGORY_WORD: r"\w",
                codes.CATEGORY_NOT_WORD: r"\W",
            }[argument]
            if re.match(category, char):
                return True
    return False
