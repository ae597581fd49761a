"""Write down where a fault of the program arose, without what the program had in hands: passwords and mails are among it."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterator

_HARMLESS = (AttributeError, ImportError, NameError, NotImplementedError, RecursionError)
"""Exceptions whose messages are made of names in the program; those of others repeat the value that was wrong."""


def told(error: BaseException) -> str:
    """Return the kinds of an exception and of its causes, each with the places it came through."""
    return "\n".join(line for one in _causes(error) for line in _lines(one))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield an exception and what it came from, the oldest first; of a group, its members too."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    for one in reversed(seen):
        if isinstance(one, BaseExceptionGroup):
            for member in one.exceptions:
                yield from _causes(member)
        yield one


def _lines(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}'
    kind = type(error)
    yield f"{kind.__module__}.{kind.__qualname__}{f': {error}' if kind in _HARMLESS else ''}"


class _Formatter(logging.Formatter):
    """Formats what libraries log: of a message only its beginning, since the values it is about follow."""

    def format(self, record: logging.LogRecord) -> str:
        beginning = str(record.msg).partition("\n")[0].partition("(")[0].partition("%")[0]
        trace = told(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
        return "\n".join(filter(None, (f"{record.name}: {beginning}", trace)))


def install() -> None:
    """Let whatever shows an exception of its own accord show it so: threads, the end of the program, and logging."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Formatter())
    logging.lastResort = handler
    handler.setLevel(logging.WARNING)

    def show(error: BaseException | None) -> None:
        if error is not None and sys.stderr is not None:
            print(told(error), file=sys.stderr)

    sys.excepthook = lambda _kind, error, _trace: show(error)
    sys.unraisablehook = lambda args: show(args.exc_value)
    threading.excepthook = lambda args: show(args.exc_value)
