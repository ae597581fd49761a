"""Run a function in a process of its own, which is ended where one call takes more time or memory than it may.

The process stays for many calls. It answers each call as it is done; meanwhile this process looks, twenty times a second,
at the processor time and the memory the other one has taken since its last answer. Linux has limits of its own for a
process: they are set besides, so that memory is refused at once, and a process whose parent was killed ends by itself. A
process that was ended is started anew for the next call.
"""

from __future__ import annotations

import atexit
import contextlib
import copyreg
import enum
import gc
import importlib.util
import math
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from ctypes import c_longlong
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import MappingProxyType
from typing import Generic, TypeVar, cast

import psutil

from mailer.errors import MailerError, UserError
from mailer.model.contact import NO_VALUES


def _unchangeable(values: dict[str, str]) -> MappingProxyType[str, str]:
    return MappingProxyType(values) if values else NO_VALUES


# Values of the model hold mappings that cannot be changed, which Python does not take to another process by itself.
copyreg.pickle(MappingProxyType, lambda mapping: (_unchangeable, (dict(mapping),)))

Item = TypeVar("Item")
Result = TypeVar("Result")

Line = Connection
"""One end of a pipe between two processes."""

TICK = 0.05
"""Seconds between two looks at a process that works."""

START_SECONDS = 120.0
"""How long a process is given to start; a machine may be busy with other things."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one call may take.

    `seconds` of processor time; `wall_seconds` by the clock, for a process that waits for ever, since a machine with much
    else to do takes far longer for the same processor time; `octets` of memory beyond what the process has when it
    starts, of which its answer may have a quarter.
    """

    seconds: float
    wall_seconds: float
    octets: int


class Overrun(enum.Enum):
    """Why a call has no result: it took too much TIME or MEMORY, or its process ENDED by itself, twice."""

    TIME = "time"
    MEMORY = "memory"
    ENDED = "ended"


class ClosedError(MailerError):
    """The process was closed while a call went on: nobody waits for its result."""


class BoundedProcess(Generic[Item, Result]):
    """A process that calls one function. It starts at the first call, and anew at the first one after an overrun.

    Items, results and the function must be importable in another process: the function is one of a module, or a
    `functools.partial` of one. `ready` is called there first, to load what every call needs and none shall pay for.
    Calls from several threads wait for one another.
    """

    def __init__(
        self,
        function: Callable[[Item], Result],
        allowance: Allowance,
        ready: Callable[[], object] | None = None,
    ) -> None:
        self._function, self._ready = function, ready
        self._allowance = allowance
        self._running: _Running | None = None
        self._calling = threading.Lock()
        self._closed = False

    def call(self, item: Item) -> Result | Overrun:
        """Call the function with one item, and return the result. Raises what `each` raises."""
        return self.each([item])[0]

    def each(self, items: Sequence[Item]) -> list[Result | Overrun]:
        """Call the function with each item, and return the results in their order.

        Somebody else may have ended a process that is gone, so a call without an answer is made once more. An exception of the
        function is raised here, and what comes after it is not called. Raises UserError ``process-refused`` where no
        process can be started, ClosedError where `close` is called meanwhile.
        """
        results: dict[int, Result | Overrun] = {}
        ended: set[int] = set()
        with self._calling:
            while pending := [at for at in range(len(items)) if at not in results]:
                self._call([items[at] for at in pending], pending, results, ended)
            self._leave_nothing_large()
        return [results[at] for at in range(len(items))]

    def close(self) -> None:
        """End the process, whatever it does, and start no more."""
        self._closed = True
        if running := self._running:
            running.process.kill()
        with self._calling:
            self._end()

    def _started(self) -> _Running:
        for again in (True, False):
            if self._running is None and not self._closed:
                try:
                    self._running = _start(self._function, self._allowance, self._ready)
                except UserError:  # somebody may have ended it while it started
                    if not again:
                        raise
        if self._closed or self._running is None:
            self._end()
            raise ClosedError
        return self._running

    def _call(
        self, items: list[Item], places: list[int], results: dict[int, Result | Overrun], ended: set[int]
    ) -> None:
        """Send calls, and put their results into their places, until all are there or one has ended the process.

        Then those behind it, and those that were done and not answered yet, are left out.
        """
        running = self._started()
        first = done = running.begun.value
        with contextlib.suppress(OSError):  # it is gone: there is no answer either
            running.line.send(items)
        while done - first < len(items):
            overrun = running.watch(self._allowance)
            answers = None if overrun else running.answers(self._allowance.octets // 4)
            if answers is None:
                at = places[max(running.begun.value - 1, done) - first]
                self._end()
                if self._closed:
                    raise ClosedError
                if overrun or at in ended:
                    results[at] = overrun or Overrun.ENDED
                ended.add(at)
                return
            for made, result in answers:
                if result is Overrun.MEMORY:
                    self._end()
                if isinstance(result, Exception) and not made:
                    self._end()
                    raise result
                results[places[done - first]] = cast("Result | Overrun", result)
                done += 1
            if self._running is None:
                return

    def _leave_nothing_large(self) -> None:
        """End the process where a call left much of its memory behind."""
        if self._running and self._running.taken() > self._allowance.octets // 4:
            self._end()

    def _end(self) -> None:
        if self._running:
            self._running.kill()
        self._running = None


@dataclass(slots=True)
class _Running:
    """A process that has started: this end of its pipe, what the system tells of it, and the memory it began with.

    `begun` counts its calls, the present one included; it is shared, since what takes too long says nothing.
    """

    process: SpawnProcess
    line: Connection
    begun: c_longlong
    seen: psutil.Process
    octets: int

    def watch(self, allowance: Allowance) -> Overrun | None:
        """Wait until the process answers, or ends; return what it took too much of."""
        waited, before = 0.0, -1.0
        last, call = time.monotonic(), self.begun.value
        while not self._says_something():
            now = time.monotonic()
            if call != self.begun.value:
                waited, before, call = 0.0, -1.0, self.begun.value
            # Where both processes were stopped for a while, the clock went on without them.
            waited, last = waited + min(now - last, 2 * TICK), now
            try:
                times, octets = self.seen.cpu_times(), self.taken()
            except psutil.Error:
                return None  # it has ended, which the pipe says next
            used = times.user + times.system
            before = used if before < 0 else before
            if used - before > allowance.seconds or waited > allowance.wall_seconds:
                return Overrun.TIME
            if octets > allowance.octets:
                return Overrun.MEMORY
        return None

    def _says_something(self) -> bool:
        try:
            return self.line.poll(TICK)
        except OSError:
            return True  # closed; that there is no answer is found next

    def answers(self, most: int) -> list[tuple[bool, object]] | None:
        """Return for some calls whether each was made, with its result or its exception; None if there is no answer."""
        try:
            answers: list[tuple[bool, object]] = pickle.loads(self.line.recv_bytes(most))  # noqa: S301 - our process
        except (OSError, EOFError):
            return None
        return answers

    def taken(self) -> int:
        """Return the octets of memory the process has beyond those it began with."""
        return int(self.seen.memory_info().rss) - self.octets

    def kill(self) -> None:
        """End the process."""
        self.process.kill()
        self.process.join()
        self.line.close()
        _ALIVE.discard(self.process)


def _start(
    function: Callable[[Item], Result], allowance: Allowance, ready: Callable[[], object] | None
) -> _Running:
    context = multiprocessing.get_context("spawn")
    line, theirs = context.Pipe()
    begun = context.RawValue(c_longlong, 0)
    process = context.Process(target=_serve, args=(theirs, begun, function, allowance, ready), daemon=True)
    try:
        process.start()
        _ALIVE.add(process)
        theirs.close()
        if not line.poll(START_SECONDS):
            raise TimeoutError
        return _Running(process, line, begun, psutil.Process(process.pid), line.recv())
    except (OSError, EOFError, psutil.Error) as error:
        if process.pid is not None:
            process.kill()
            process.join()
        line.close()
        theirs.close()
        _ALIVE.discard(process)
        raise UserError("process-refused") from error


class Companion:
    """A process that runs one function beside this one, and has no other end than its own, `end`, or that of this process.

    The function gets the other end of a pipe, and an argument that can be pickled. It is to return when the pipe is closed
    (EOFError), which it also is where this process was killed. Only octets go through the pipe: nothing that comes out of
    the other process is unpickled. Raises UserError ``process-refused``.
    """

    def __init__(self, function: Callable[[Connection, Item], None], item: Item) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_accompany, args=(theirs, function, item), daemon=True)
        try:
            self._process.start()
        except OSError as error:
            self._line.close()
            raise UserError("process-refused") from error
        finally:
            theirs.close()
        _ALIVE.add(self._process)

    @property
    def is_alive(self) -> bool:
        """Return whether the process runs."""
        return self._process.is_alive()

    def ask(self, question: bytes, seconds: float, most: int = 1000) -> bytes:
        """Send octets, if there are any, and return the answer. Raises OSError, EOFError or TimeoutError without one."""
        if question:
            self._line.send_bytes(question)
        if not self._line.poll(seconds):
            raise TimeoutError
        return self._line.recv_bytes(most)

    def end(self, seconds: float = 0) -> None:
        """Close the pipe, wait so many seconds, and kill the process."""
        self._line.close()
        self._process.join(seconds)
        self._process.kill()
        self._process.join()
        _ALIVE.discard(self._process)


_ALIVE: set[SpawnProcess] = set()


@atexit.register
def _end_all() -> None:
    """End every process before multiprocessing asks them to with SIGTERM, which they ignore, and waits."""
    for process in list(_ALIVE):
        process.kill()


# -- in the other process ----------------------------------------------------------------------------------------
def _accompany(line: Connection, function: Callable[[Connection, Item], None], item: Item) -> None:
    _become_quiet()
    function(line, item)


def _serve(
    line: Connection,
    begun: c_longlong,
    function: Callable[[Item], Result],
    allowance: Allowance,
    ready: Callable[[], object] | None,
) -> None:
    """Call the function with each item that comes, until there is no other end of the pipe."""
    _become_quiet()
    if ready:
        ready()
    _limit_memory(allowance)
    gc.set_threshold(200_000, 20, 50)
    with contextlib.suppress(OSError, EOFError):
        line.send(psutil.Process().memory_info().rss)
        while True:
            items = line.recv()
            answers: list[tuple[bool, object]] = []
            last = time.monotonic()
            for left, item in zip(range(len(items) - 1, -1, -1), items, strict=True):
                begun.value += 1
                _limit_time(allowance)
                answers.append(_answer(function, item))
                # Results go together: sending each by itself takes a third of the time that most mails take.
                if left == 0 or answers[-1][1] is Overrun.MEMORY or time.monotonic() - last > TICK / 2:
                    _send(line, answers, allowance.octets // 4)
                    answers, last = [], time.monotonic()


def _answer(function: Callable[[Item], Result], item: Item) -> tuple[bool, object]:
    try:
        return True, function(item)
    except MemoryError:
        return True, Overrun.MEMORY
    except Exception as error:  # noqa: BLE001 - it is raised in the other process
        return False, error


def _send(line: Connection, answers: list[tuple[bool, object]], most: int) -> None:
    try:
        octets = pickle.dumps(answers, pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        octets = b""
    if 0 < len(octets) <= most:
        line.send_bytes(octets)
    elif len(answers) == 1:
        _send(line, [(True, Overrun.MEMORY)], most)
    else:
        for one in answers:
            _send(line, [one], most)


def _become_quiet() -> None:
    """Leave signals to the parent, and write nothing: a library may print while it dies.

    Ctrl-C and a service manager's SIGTERM reach both processes. Only the parent knows what to finish; it kills this one.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)


if sys.platform == "linux" and importlib.util.find_spec("resource"):
    import resource

    def _limit_memory(allowance: Allowance) -> None:
        """Let the system refuse memory beyond the allowance, and write no picture of the memory to the disk."""
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        most = psutil.Process().memory_info().data + allowance.octets
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))

    def _limit_time(allowance: Allowance) -> None:
        """Let the system end this process after twice the time of a call, if the parent is not there to do it."""
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        seconds = math.ceil(time.process_time() + 2 * allowance.seconds + 1)
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, most))

else:

    def _limit_memory(allowance: Allowance) -> None:
        """Leave the memory to the parent's watch."""

    def _limit_time(allowance: Allowance) -> None:
        """Leave the time to the parent's watch."""
