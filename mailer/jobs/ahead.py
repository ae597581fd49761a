"""Many mails are understood on a second processor while this one fetches and records.

Theory of operation: batches go to one other process as long as it has little to do; else this process understands one
itself. Batches come back in the order they came. Few mails are not worth starting a process for. Should the other
process die, what it had is understood here.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from datetime import datetime

from mailer.jobs.attribute import Attributed, Situation, attribute
from mailer.jobs.understand import understand
from mailer.model.message import IncomingMessage
from mailer.store import Read
from mailer.wire import Fetched, Folder

MANY = 1_500
"""Fewer mails are understood sooner than another process has started."""

_GIVEN, _HELD = 2, 8
"""How many batches the other process is given at a time, and how many may be held in memory."""


@dataclass(frozen=True, slots=True)
class Taken:
    """One mail, understood: the note that it was read, its kind, and what to do about it."""

    read: Read
    kind: str
    attributed: Attributed


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails of one folder with their digests; those in `known` were read before."""

    folder: Folder
    mails: Sequence[tuple[Fetched, str]]
    known: frozenset[str]
    now: datetime

    def __len__(self) -> int:
        return len(self.mails)


def take(batch: Batch, situation: Situation) -> list[Taken | None]:
    """Understand each mail of a batch that was not read before."""
    return [
        None if digest in batch.known else _taken(fetched, digest, batch, situation)
        for fetched, digest in batch.mails
    ]


def _taken(fetched: Fetched, digest: str, batch: Batch, situation: Situation) -> Taken:
    message, finding = understand(fetched.content)
    attributed = attribute(message, finding, situation, arrived=fetched.arrived, now=batch.now, digest=digest)
    return Taken(_read(message, fetched, digest, batch.folder), finding.kind.value, attributed)


def _read(message: IncomingMessage, fetched: Fetched, digest: str, folder: Folder) -> Read:
    return Read(
        folder.name,
        folder.uidvalidity,
        fetched.uid,
        digest,
        message_id=message.message_id,
        sender=message.sender.address if message.sender else "",
        subject=message.subject,
        arrived=fetched.arrived,
    )


def in_order(
    batches: Iterator[Batch], situation: Situation, count: int
) -> Iterator[tuple[Batch, list[Taken | None]]]:
    """Understand batches, which hold `count` mails in all; each comes back with what was made of it."""
    if count < MANY:
        yield from ((batch, take(batch, situation)) for batch in batches)
        return
    context = multiprocessing.get_context("spawn")
    shared = replace(situation, doubtful={})
    with ProcessPoolExecutor(1, context, initializer=_begin, initargs=(shared,)) as other:
        held: deque[tuple[Batch, _Made]] = deque()
        for batch in batches:
            busy = sum(isinstance(made, Future) and not made.done() for _, made in held)
            held.append((batch, _hand_over(other, batch) if busy < _GIVEN else take(batch, situation)))
            while held and (len(held) > _HELD or _is_ready(held[0][1])):
                yield _fetched_back(*held.popleft(), situation)
        while held:
            yield _fetched_back(*held.popleft(), situation)


_Made = Future[list[Taken | None]] | list[Taken | None] | None
"""What becomes of a batch: in the other process, done here, or to be done here."""


def _hand_over(other: ProcessPoolExecutor, batch: Batch) -> _Made:
    try:
        return other.submit(_work, batch)
    except BrokenProcessPool:
        return None


def _is_ready(made: _Made) -> bool:
    return made.done() if isinstance(made, Future) else True


def _fetched_back(batch: Batch, made: _Made, situation: Situation) -> tuple[Batch, list[Taken | None]]:
    if isinstance(made, Future):
        try:
            return batch, made.result()
        except BrokenProcessPool:
            made = None
    return batch, take(batch, situation) if made is None else made


# -- in the other process ----------------------------------------------------------------------------------------
_situations: list[Situation] = []


def _begin(situation: Situation) -> None:
    """Learn what mails are understood against. Who interrupts the program interrupts the process that began this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _situations[:] = [situation]


def _work(batch: Batch) -> list[Taken | None]:
    return take(batch, _situations[0])
