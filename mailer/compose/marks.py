"""Marks that stand for an invitee's values while a template is filled in: where one comes out, a value goes in.

A letter is written once with marks, by the same templates and the same steps as any other, and every place a mark
comes out at is a place for the value. That is the letter of everybody only as long as nothing was done with the value
but writing it out. So a marked value has no operations: whatever else a template does with it, from comparing to
changing its case, raises `Shaped`, and letters are then told apart by that value. It is true, as the values that are
marked are never empty.
"""

from __future__ import annotations

from typing import Any, NoReturn

FIRST, LAST = 0xE000, 0xF8FF
"""Unicode's private use area: in no text of ours, and in no value that is marked."""

STAND_IN = "standinstandinstandinstand"
"""A token that is nobody's."""

TOKEN = chr(LAST)
"""The mark of a token."""


class Shaped(Exception):  # noqa: N818 - what happened, not an error
    """Something was done with a value besides writing it out. `name` is the value's."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Marked:
    """A value nobody knows yet."""

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


def written(value: Any) -> Any:
    """Return what a template writes out for a value: its mark, where it has one."""
    return value._written if type(value) is Marked else value  # noqa: SLF001 - nothing else may reach it


def is_text(value: object) -> bool:
    """Say whether a template may take a value for a text."""
    return isinstance(value, str | Marked)


class Marks:
    """Marks values by their names, except those that are known to shape the letter."""

    def __init__(self, shaping: frozenset[str] = frozenset()) -> None:
        self._shaping = shaping
        self._names: dict[str, str] = {}

    def __call__(self, name: str, value: str) -> Any:
        """Mark a value, the same wherever it stands; one that is empty is nothing to mark."""
        if not value or name in self._shaping:
            return value
        mark = self._names.setdefault(name, chr(FIRST + len(self._names)))
        return Marked(name, mark)

    def token(self, link: str) -> Any:
        """Mark the token in a link that was made with the `STAND_IN`."""
        return Marked("token", link.replace(STAND_IN, TOKEN))

    def subject(self, text: str) -> Any:
        """Mark a subject that has marks in it: it may be written out, and no more, like these."""
        return Marked("subject", text) if any(map(is_mark, text)) else text

    def named(self) -> dict[str, str]:
        """Give the name behind each mark."""
        return {mark: name for name, mark in self._names.items()}


def is_mark(letter: str) -> bool:
    """Say whether a letter is a mark."""
    return FIRST <= ord(letter) <= LAST
