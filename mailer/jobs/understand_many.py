"""Understand batches of mails, in a second process too if there are many, while this one fetches and records.

The second process holds a few batches at a time, sent and returned over a pipe; the others are understood in this
process, and all results come out in the order of the batches. This process looks into the pipe between two batches; the
second one empties it in a thread, so that neither blocks on a full pipe. While the second process starts, and if it
dies, everything is understood in this one.
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
"""From how many mails on a second process is started: fewer are understood before it is ready."""

_GIVEN, _HELD = 4, 12
"""How many batches the second process has at a time, and how many may be held in memory."""


@dataclass(frozen=True, slots=True)
class UnderstoodMail:
    """A mail that was understood: the note that it was read, its kind, and what is to be recorded of it."""

    read: Read
    kind: str
    attributed: Attributed


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails of one folder with their digests; those whose digest is in `known` were read before."""

    folder: Folder
    mails: Sequence[tuple[Fetched, str]]
    known: frozenset[str]
    now: datetime

    def __len__(self) -> int:
        return len(self.mails)


def understand_batch(batch: Batch, situation: Situation) -> list[UnderstoodMail | None]:
    """Understand each mail of a batch; None stands for those read before."""
    return [
        None if digest in batch.known else _understood(fetched, digest, batch, situation)
        for fetched, digest in batch.mails
    ]


def _understood(fetched: Fetched, digest: str, batch: Batch, situation: Situation) -> UnderstoodMail:
    message, finding = understand(fetched.content)
    attributed = attribute(message, finding, situation, arrived=fetched.arrived, now=batch.now, digest=digest)
    day = unusual_day(attributed, situation)
    if day and finding.rule == classify.BY_WORDS:
        finding = again(message, day)
        attributed = attribute(
            message, finding, situation, arrived=fetched.arrived, now=batch.now, digest=digest
        )
    return UnderstoodMail(_read(message, fetched, digest, batch.folder), finding.kind.value, attributed)


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
) -> Iterator[tuple[Batch, list[UnderstoodMail | None]]]:
    """Understand batches, which hold `count` mails in all; yield each with its results, in order."""
    if count < MANY:
        yield from ((batch, understand_batch(batch, situation)) for batch in batches)
        return
    with _helper(replace(situation, doubtful={})) as helper:
        held: deque[_Job] = deque()
        for batch in batches:
            held.append(_Job(batch))
            if not helper.submit(held[-1]):
                held[-1].made = understand_batch(batch, situation)
            while held and (held[0].made is not None or len(held) > _HELD):
                yield _finished(held.popleft(), helper, situation)
        while held:
            yield _finished(held.popleft(), helper, situation)


@dataclass(slots=True, eq=False)
class _Job:
    """A batch, and its results once they are known."""

    batch: Batch
    made: list[UnderstoodMail | None] | None = None


@dataclass(slots=True, eq=False)
class _Helper:
    """The second process: `ready` once it has answered for the first time; `given` are the batches it has."""

    line: Connection
    ready: bool = False
    given: deque[_Job] = field(default_factory=deque)

    def submit(self, job: _Job) -> bool:
        """Send it a batch and return True, or return False if it has not started or has enough."""
        while not self.line.closed and self.line.poll():
            self.receive()
        if self.line.closed or not self.ready or len(self.given) >= _GIVEN:
            return False
        try:
            self.line.send(job.batch)
        except OSError:
            self._lose()
            return False
        self.given.append(job)
        return True

    def receive(self) -> None:
        """Receive what it sends: first that it has started, then the results of its oldest batch."""
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


def _finished(job: _Job, helper: _Helper, situation: Situation) -> tuple[Batch, list[UnderstoodMail | None]]:
    """Return a batch with its results, from the second process if that has it, else understood here."""
    while job.made is None and job in helper.given:
        helper.receive()
    return job.batch, understand_batch(job.batch, situation) if job.made is None else job.made


@contextmanager
def _helper(situation: Situation) -> Iterator[_Helper]:
    """Start the second process, and kill it at the end of the block."""
    context = multiprocessing.get_context("spawn")
    line, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs,), daemon=True)
    try:
        process.start()
    except OSError:
        # The system allows no more processes: everything is understood in this one.
        line.close()
        yield _Helper(line)
        return
    finally:
        theirs.close()
    # Sending blocks until the process reads, so a thread does it. Nothing else is sent before it has answered.
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


# -- in the second process ---------------------------------------------------------------------------------------
def _serve(line: Connection) -> None:
    """Understand batches until killed. SIGINT is ignored, since Ctrl-C reaches the parent too, which then kills this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    situation = line.recv()
    batches: SimpleQueue[Batch | None] = SimpleQueue()
    threading.Thread(target=_empty, args=(line, batches), daemon=True).start()
    with suppress(OSError):
        line.send(None)
        while batch := batches.get():
            line.send(understand_batch(batch, situation))


def _empty(line: Connection, batches: SimpleQueue[Batch | None]) -> None:
    """Move batches from the pipe into a queue as they come, then None at the end."""
    with suppress(EOFError, OSError):
        while True:
            batches.put(line.recv())
    batches.put(None)
