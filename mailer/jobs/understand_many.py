"""Understand batches of mails in processes of their own, each mail within its budget, while this one fetches and records.

What a mail takes of time and memory is bounded, whatever its sender put into it (`bounded`). One that takes more is *set
aside*: only the beginning of its header is read, in the same way, so that it can be told whose it is; it is recorded,
waits for a person, and is not tried again.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from queue import SimpleQueue

from mailer import classify
from mailer.bounded import Allowance, BoundedProcess, Overrun
from mailer.classify import load_words
from mailer.errors import WireError
from mailer.jobs.attribute import Attributed, Situation, attribute, unusual_day
from mailer.jobs.understand import again, set_aside, understand, withheld
from mailer.model.address import normal
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import Finding, Unclear
from mailer.model.message import IncomingMessage
from mailer.model.own_words import OwnWords
from mailer.store import Read
from mailer.wire import Fetched, Folder

MANY = 1_500
"""From how many mails on two processes read them: fewer are read before the second one is ready."""

BUDGET = Allowance(seconds=2.0, wall_seconds=30.0, octets=192 * 1024 * 1024)
"""What one mail may take. Of ten thousand real answers none takes 0.1 s; the largest mail that is fetched takes 60 MB."""

_HELD = 4
"""How many batches each process has before it: the one it reads, and what it reads next."""

_PATIENCE = 0.2
"""Seconds between two calls of `waiting` while nothing is finished."""


@dataclass(frozen=True, slots=True)
class UnderstoodMail:
    """A mail that was understood: the note that it was read, its kind, and what is to be recorded of it."""

    read: Read
    kind: str
    attributed: Attributed
    set_aside: bool = False


@dataclass(frozen=True, slots=True)
class Batch:
    """Mails of one folder with their digests; those whose digest is in `known` were read before.

    `own` has for each mail the words of the letters that it may bring back, and `not_before` when the newest mail came
    that stands before it in the folder, or itself; empty where that is not known.
    """

    folder: Folder
    mails: Sequence[tuple[Fetched, str]]
    known: frozenset[str]
    now: datetime
    own: Sequence[tuple[OwnWords, ...]] = ()
    not_before: Sequence[datetime] = ()

    def __len__(self) -> int:
        return len(self.mails)


@dataclass(frozen=True, slots=True)
class _Mail:
    """One mail to be understood; `overrun` says why it was set aside, where it was."""

    fetched: Fetched
    digest: str
    folder: Folder
    now: datetime
    own: tuple[OwnWords, ...] = ()
    not_before: datetime | None = None
    overrun: Overrun | None = None


Reader = BoundedProcess[_Mail, UnderstoodMail]


def in_order(
    batches: Iterator[Batch],
    situation: Situation,
    count: int,
    waiting: Callable[[], None] = lambda: None,
    budget: Allowance | None = None,
) -> Iterator[tuple[Batch, list[UnderstoodMail | None]]]:
    """Understand batches, which hold `count` mails in all; yield each with its results, in order.

    None stands for a mail that was read before. `waiting` is called several times a second while nothing is ready; an
    exception that it raises ends the reading at once. A WireError of `batches` is raised after what came before it.
    """
    processes = 2 if count >= MANY else 1
    held: deque[tuple[Batch, Future[list[UnderstoodMail | None]]]] = deque()
    with _readers(replace(situation, doubtful={}), budget or BUDGET, processes) as submit:
        lost: WireError | None = None
        while True:
            try:
                batch = next(batches)
            except StopIteration:
                break
            except WireError as error:
                lost = error
                break
            held.append((batch, submit(batch)))
            while held and (held[0][1].done() or len(held) >= _HELD * processes):
                yield _finished(*held.popleft(), waiting)
        while held:
            yield _finished(*held.popleft(), waiting)
        if lost:
            raise lost


def _finished(
    batch: Batch, made: Future[list[UnderstoodMail | None]], waiting: Callable[[], None]
) -> tuple[Batch, list[UnderstoodMail | None]]:
    while True:
        try:
            return batch, made.result(_PATIENCE)
        except TimeoutError:
            waiting()


@contextmanager
def _readers(
    situation: Situation, budget: Allowance, count: int
) -> Iterator[Callable[[Batch], Future[list[UnderstoodMail | None]]]]:
    """Keep so many processes, and a thread that waits for each; yield the function that gives them a batch."""
    readers = [Reader(partial(_understood, situation), budget, load_words) for _ in range(count)]
    free: SimpleQueue[Reader] = SimpleQueue()
    for reader in readers:
        free.put(reader)

    def work(batch: Batch) -> list[UnderstoodMail | None]:
        reader = free.get()
        try:
            return understand_batch(batch, situation, reader)
        finally:
            free.put(reader)

    with ExitStack() as ending:
        threads = ThreadPoolExecutor(count)
        ending.callback(threads.shutdown, cancel_futures=True)
        for reader in readers:
            ending.callback(reader.close)
        yield lambda batch: threads.submit(work, batch)


def understand_batch(batch: Batch, situation: Situation, reader: Reader) -> list[UnderstoodMail | None]:
    """Understand each mail of a batch in another process; None stands for those read before."""
    nothing = [None] * len(batch)
    mails = [
        _Mail(fetched, digest, batch.folder, batch.now, own or (), not_before)
        for (fetched, digest), own, not_before in zip(
            batch.mails, batch.own or nothing, batch.not_before or nothing, strict=True
        )
        if digest not in batch.known
    ]
    found = iter(
        [
            _set_aside(mail, taken, situation, reader) if isinstance(taken, Overrun) else taken
            for mail, taken in zip(mails, reader.each(mails), strict=True)
        ]
    )
    return [None if digest in batch.known else next(found) for _, digest in batch.mails]


def _set_aside(mail: _Mail, overrun: Overrun, situation: Situation, reader: Reader) -> UnderstoodMail:
    """Say of a mail that took too much whose it is, by its header alone, or by nothing where even that takes too much."""
    alone = replace(mail, fetched=_header(mail.fetched), overrun=overrun)
    taken = reader.call(alone)
    return _attributed(situation, _bare(alone)) if isinstance(taken, Overrun) else taken


_HEADER = 16 * 1024
"""Octets of the header that are read of a mail that was set aside."""


def _header(fetched: Fetched) -> Fetched:
    beginning = (fetched.content or b"")[:_HEADER]
    blank = re.search(rb"\r?\n\r?\n", beginning)
    return replace(fetched, content=beginning[: blank.start() if blank else None])


# -- in the other process ----------------------------------------------------------------------------------------
def _understood(situation: Situation, mail: _Mail) -> UnderstoodMail:
    """Understand one mail. A fault of ours in it must not stop the others: it is set aside."""
    try:
        return _attributed(situation, mail)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001
        return _attributed(situation, _bare(mail))


def _bare(mail: _Mail) -> _Mail:
    """Return a mail of which nothing is read, not even its header."""
    return replace(mail, fetched=replace(mail.fetched, content=b""), overrun=mail.overrun or Overrun.ENDED)


def _attributed(situation: Situation, mail: _Mail) -> UnderstoodMail:
    fetched, digest = mail.fetched, mail.digest
    if mail.overrun:
        message, finding = set_aside(fetched.content or b"", mail.overrun.value)
    elif fetched.withheld is not None:
        message, finding = withheld(fetched, mail.folder.name)
    else:
        message, finding = understand(fetched.content, mail.own)
        if _opens_with_a_gateway(situation, message, finding):
            finding = again(message, own=mail.own, learned=situation.openings.learned)
    attributed = _attribute(message, finding, situation, mail)
    day = unusual_day(attributed, situation)
    if day and finding.rule == classify.BY_WORDS:
        finding = again(message, day, mail.own, situation.openings.learned)
        attributed = _attribute(message, finding, situation, mail)
    if mail.overrun or fetched.withheld is not None:
        attributed = _held(attributed, finding, mail, situation.latest)
    read = _read(message, fetched, digest, mail.folder)
    return UnderstoodMail(read, finding.kind.value, attributed, set_aside=mail.overrun is not None)


def _opens_with_a_gateway(situation: Situation, message: IncomingMessage, finding: Finding) -> bool:
    """Return whether a mail opens with what opened those of other people, and note how it opens."""
    writer = normal(message.sender.address) if message.sender else ""
    situation.openings.add(finding.text, writer)
    return situation.openings.opens(finding.text)


def _attribute(message: IncomingMessage, finding: Finding, situation: Situation, mail: _Mail) -> Attributed:
    return attribute(
        message,
        finding,
        situation,
        arrived=mail.fetched.arrived,
        now=mail.now,
        digest=mail.digest,
        not_before=mail.not_before,
    )


def _held(attributed: Attributed, finding: Finding, mail: _Mail, latest: str) -> Attributed:
    """Return what is recorded of a mail that was set aside: that it waits for a person, even if nobody knows whose it is."""
    arrived = mail.fetched.arrived if mail.fetched.arrived.year > 1970 else mail.now
    entry = attributed.entry or Entry(
        latest, "", mail.now, Channel.TEXT, Heard(finding, arrived, Trust.NOTHING), source=mail.digest
    )
    assert isinstance(entry.fact, Heard)
    assert isinstance(finding.claim, Unclear)
    return Attributed(replace(entry, fact=replace(entry.fact, held=True, why=finding.claim.why)))


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
