"""Placeholders for an invitee's values, so that a letter is rendered once and filled in for many.

A letter is rendered with marks by the same templates and steps as any other, and wherever a mark comes out the value is
filled in. That is right only if the template does nothing with the value but write it out. So a marked value has no
operations: whatever else a template does with it, such as comparing it or changing its case, raises `Shaped`, and a
letter is then rendered for each such value. A mark is true, since empty values are not marked.
"""

from __future__ import annotations

from typing import Any, NoReturn

FIRST, LAST = 0xE000, 0xF8FF
"""Unicode's private use area, which no template and no marked value contains."""

STAND_IN = "standinstandinstandinstand"
"""A token that belongs to no invitation."""

TOKEN = chr(LAST)
"""The mark of a token."""


class Shaped(Exception):  # noqa: N818 - what happened, not an error
    """A template did more with a value than write it out. `name` is the value's name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Marked:
    """A value to be filled in later, which can only be written out."""

    __slots__ = ("_name", "_written")

    def __init__(self, name: str, written: str) -> None:
        self._name = name
        self._written = written

    def __bool__(self) -> bool:
        return True

    def _shape(self, *_: object) -> NoReturn:
        raise Shaped(self._name)

    __getattr__ = __getitem__ = __iter__ = __len__ = __contains__ = __call__ = _shape
    __str__ = __repr__ = __format__ = __hash__ = __html__ = _shape
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _shape
    __add__ = __radd__ = __mul__ = __rmul__ = __mod__ = __rmod__ = _shape
    __int__ = __float__ = __index__ = _shape


class Followed(str):
    """A text after which something is to be put in where a template writes it out: it is written with `FOLLOW` behind."""

    __slots__ = ()


FOLLOW = "\ufdd0"
"""A noncharacter of Unicode, which no text contains."""


def followed(value: Any) -> Any:
    """Return a text, or its mark, with `FOLLOW` behind it where a template writes it out."""
    if type(value) is Marked:
        return Marked(value._name, value._written + FOLLOW)  # noqa: SLF001 - nothing else may reach it
    return Followed(value)


def written(value: Any) -> Any:
    """Return what a template writes out for a value: its mark if it has one."""
    if type(value) is Followed:
        return str(value) + FOLLOW
    return value._written if type(value) is Marked else value  # noqa: SLF001 - nothing else may reach it


def is_text(value: object) -> bool:
    """Return whether a value is a text, as the template test ``is string`` asks."""
    return isinstance(value, str | Marked)


class Marks:
    """The marks of one letter, by the names of values; those in `shaping` are not marked, as templates depend on them."""

    def __init__(self, shaping: frozenset[str] = frozenset()) -> None:
        self._shaping = shaping
        self._names: dict[str, str] = {}

    def __call__(self, name: str, value: str) -> Any:
        """Return the mark of a value, the same each time; an empty value is returned as it is."""
        if not value or name in self._shaping:
            return value
        mark = self._names.setdefault(name, chr(FIRST + len(self._names)))
        return Marked(name, mark)

    def token(self, link: str) -> Any:
        """Return a link made with `STAND_IN` with the token marked."""
        return Marked("token", link.replace(STAND_IN, TOKEN))

    def subject(self, text: str) -> Any:
        """Return a subject so that it, too, can only be written out if it has marks in it."""
        return Marked("subject", text) if any(map(is_mark, text)) else text

    def named(self) -> dict[str, str]:
        """Return the name of the value behind each mark."""
        return {mark: name for name, mark in self._names.items()}


def is_mark(letter: str) -> bool:
    """Return whether a character is a mark."""
    return FIRST <= ord(letter) <= LAST
