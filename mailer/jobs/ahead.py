"""Many mails are understood by another process too, while this one fetches and records.

Theory of operation: the other process has a few batches at a time, sent and sent back over a pipe; what it has no
room for is understood here, and all come out in the order they went in. This process looks into the pipe between two
batches; the other one empties it by a thread, so that neither waits for the other to read. While it starts, and should
it die, all is understood here. Few mails are not worth starting a process for.
"""

from __future__ import annotations

import multiprocessing
import signal
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from multiprocessing.connection import Connection
from queue import SimpleQueue

from mailer import classify
from mailer.jobs.attribute import Attributed, Situation, attribute, unusual_day
from mailer.jobs.understand import again, understand
from mailer.model.message import IncomingMessage
from mailer.store import Read
from mailer.wire import Fetched, Folder

MANY = 1_500
"""Fewer mails are understood sooner than another process has started."""

_GIVEN, _HELD = 4, 12
"""How many batches the other process has at a time, and how many may be held in memory."""


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
    day = unusual_day(attributed, situation)
    if day and finding.rule == classify.BY_WORDS:
        finding = again(message, day)
        attributed = attribute(
            message, finding, situation, arrived=fetched.arrived, now=batch.now, digest=digest
        )
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
    with _helper(replace(situation, doubtful={})) as helper:
        held: deque[_Job] = deque()
        for batch in batches:
            held.append(_Job(batch))
            if not helper.gives_hand(held[-1]):
                held[-1].made = take(batch, situation)
            while held and (held[0].made is not None or len(held) > _HELD):
                yield _finished(held.popleft(), helper, situation)
        while held:
            yield _finished(held.popleft(), helper, situation)


@dataclass(slots=True, eq=False)
class _Job:
    """A batch, and what was made of it once that is known."""

    batch: Batch
    made: list[Taken | None] | None = None


@dataclass(slots=True, eq=False)
class _Helper:
    """The other process. `ready` once it has said a first word; `given` is what it is busy with."""

    line: Connection
    ready: bool = False
    given: deque[_Job] = field(default_factory=deque)

    def gives_hand(self, job: _Job) -> bool:
        """Give it a batch, if it has started and has room."""
        while not self.line.closed and self.line.poll():
            self.hear()
        if self.line.closed or not self.ready or len(self.given) >= _GIVEN:
            return False
        try:
            self.line.send(job.batch)
        except OSError:
            self._lose()
            return False
        self.given.append(job)
        return True

    def hear(self) -> None:
        """Take what it sends: that it has started, or what it made of its first batch."""
        try:
            made = self.line.recv()
        except (OSError, EOFError):
            self._lose()
            return
        if self.ready:
            self.given.popleft().made = made
        self.ready = True

    def _lose(self) -> None:
        self.line.close()
        self.given.clear()


def _finished(job: _Job, helper: _Helper, situation: Situation) -> tuple[Batch, list[Taken | None]]:
    """What was made of a batch: by the other process if that has it, else here."""
    while job.made is None and job in helper.given:
        helper.hear()
    return job.batch, take(job.batch, situation) if job.made is None else job.made


@contextmanager
def _helper(situation: Situation) -> Iterator[_Helper]:
    """Start the other process, and end it when its work is done."""
    context = multiprocessing.get_context("spawn")
    line, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    try:
        process.start()
    except OSError:
        # The system allows no more processes.
        line.close()
        yield _Helper(line)
        return
    finally:
        theirs.close()
    # It takes a while until it reads. Nothing else is sent before it has answered.
    telling = threading.Thread(target=_tell, args=(line, situation), daemon=True)
    telling.start()
    try:
        yield _Helper(line)
    finally:
        process.kill()
        process.join()
        telling.join()
        line.close()


def _tell(line: Connection, situation: Situation) -> None:
    with suppress(OSError):
        line.send(situation)


# -- in the other process ----------------------------------------------------------------------------------------
def _serve(line: Connection) -> None:
    """Understand batches until it is killed, for it holds nothing; who interrupts the program interrupts the other one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    situation = line.recv()
    batches: SimpleQueue[Batch | None] = SimpleQueue()
    threading.Thread(target=_empty, args=(line, batches), daemon=True).start()
    with suppress(OSError):
        line.send(None)
        while batch := batches.get():
            line.send(take(batch, situation))


def _empty(line: Connection, batches: SimpleQueue[Batch | None]) -> None:
    """Read the pipe as soon as there is something in it; None tells that no more comes."""
    with suppress(EOFError, OSError):
        while True:
            batches.put(line.recv())
    batches.put(None)
