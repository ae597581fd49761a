"""Functions that run in a process of their own: what they may take, and what becomes of those that take more."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from mailer.bounded import Allowance, BoundedProcess, ClosedError, Overrun
from mailer.errors import ContactsError, UserError

ALLOWANCE = Allowance(seconds=1.0, wall_seconds=20.0, octets=64 * 1024 * 1024)


def work(order: str) -> str:
    """Do as an order says, and return it with the process that did it."""
    match order.partition(":")[0]:
        case "spin":
            while True:
                pass
        case "backtrack":
            # Python code cannot interrupt this: a pattern that tries every way to divide a run of letters.
            import re

            re.fullmatch(r"(a|aa)+", "a" * 64 + "b")
        case "sleep":
            time.sleep(3600)
        case "hoard":
            return str(len([bytes(1024 * 1024) for _ in range(400)]))
        case "hoard-slowly":
            kept = []
            while True:
                kept.append(bytearray(b"x" * 1024 * 1024))
        case "answer-much":
            return "x" * 40 * 1024 * 1024
        case "refuse":
            raise ContactsError("workbook-broken", file="liste.xlsx")
        case "vanish":
            os._exit(3)
        case "vanish-once":
            mark = Path(order.partition(":")[2])
            if not mark.exists():
                mark.touch()
                os._exit(3)
        case "print":
            os.write(1, b"words of a mail")
            os.write(2, b"words of a mail")
    return f"{order} by {os.getpid()}"


@pytest.fixture
def process() -> Iterator[BoundedProcess[str, str]]:
    """A process that is ended with the test."""
    made = BoundedProcess(work, ALLOWANCE)
    yield made
    made.close()


def said(results: list[str | Overrun]) -> list[str | Overrun]:
    """Leave out which process it was."""
    return [one.partition(" by ")[0] if isinstance(one, str) else one for one in results]


@pytest.mark.parametrize(
    ("order", "overrun"),
    [
        ("spin", Overrun.TIME),
        ("backtrack", Overrun.TIME),
        ("hoard", Overrun.MEMORY),
        ("hoard-slowly", Overrun.MEMORY),
        ("answer-much", Overrun.MEMORY),
        ("vanish", Overrun.ENDED),
    ],
)
def test_what_takes_too_much_is_ended_and_the_rest_goes_on(
    process: BoundedProcess[str, str], order: str, overrun: Overrun
) -> None:
    """One call is given up with its reason; those before and behind it have their results, in order."""
    assert said(process.each(["one", order, "two", "three"])) == ["one", overrun, "two", "three"]


def test_a_call_that_waits_for_ever_is_ended_by_the_clock() -> None:
    """A process that takes no processor time is ended, too."""
    process = BoundedProcess(work, Allowance(60.0, 0.5, ALLOWANCE.octets))

    assert said(process.each(["sleep", "one"])) == [Overrun.TIME, "one"]
    process.close()


def test_one_process_does_many_calls(process: BoundedProcess[str, str]) -> None:
    """It stays from one call to the next, and time is counted for each call by itself."""
    results = [*process.each(["one"] * 50), process.call("one")]

    assert len(set(results)) == 1


def test_a_call_whose_process_was_ended_by_somebody_is_made_once_more(
    process: BoundedProcess[str, str], tmp_path: Path
) -> None:
    """Only a call that ends its process twice is given up."""
    once = f"vanish-once:{tmp_path / 'mark'}"

    assert said(process.each(["one", once, "two"])) == ["one", once, "two"]


def test_an_exception_comes_through(process: BoundedProcess[str, str]) -> None:
    """An error that a person can put right is raised as it is, and the process is of use afterwards."""
    with pytest.raises(ContactsError) as refused:
        process.call("refuse")

    assert (refused.value.code, refused.value.file) == ("workbook-broken", "liste.xlsx")
    assert said([process.call("one")]) == ["one"]


def test_nothing_is_printed(process: BoundedProcess[str, str], capfd: pytest.CaptureFixture[str]) -> None:
    """What a library writes while it dies does not reach the person."""
    process.call("print")

    assert capfd.readouterr() == ("", "")


def test_signals_for_the_parent_do_not_end_it(process: BoundedProcess[str, str]) -> None:
    """Ctrl-C and a service manager's SIGTERM reach both processes, and are the parent's to obey."""
    first = process.call("one")
    assert isinstance(first, str)
    number = int(first.rpartition(" ")[2])
    for one in (signal.SIGINT, signal.SIGTERM):
        os.kill(number, one)

    assert process.call("one") == first


def test_closing_ends_a_call(process: BoundedProcess[str, str]) -> None:
    """Whoever waits for the result learns that nobody wants it any more, at once; no new call is made."""
    process.call("one")
    threading.Timer(0.3, process.close).start()
    with pytest.raises(ClosedError):
        process.call("sleep")
    with pytest.raises(ClosedError):
        process.call("one")


class Unwelcome:
    """Something that ends every process it is taken to."""

    def __reduce__(self) -> tuple[Callable[[int], None], tuple[int]]:
        """Come out as the end."""
        return os._exit, (3,)


def work_with(_burden: Unwelcome, order: str) -> str:
    """Do as an order says, burdened."""
    return work(order)


def test_a_process_that_does_not_start_is_said() -> None:
    """Where no process can be started, no call is given up for it: a person reads why."""
    process = BoundedProcess(partial(work_with, Unwelcome()), ALLOWANCE)

    with pytest.raises(UserError) as refused:
        process.call("one")

    assert refused.value.code == "process-refused"


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a process by its processor time")
def test_a_process_whose_parent_was_killed_ends_by_itself(tmp_path: Path) -> None:
    """However the parent ends, nothing goes on for ever behind it, and an end in order waits for nothing."""
    lines = (
        "import tests.test_bounded as t, threading, time, psutil, sys",
        "p = t.BoundedProcess(t.work, t.ALLOWANCE); p.call('one')",
        "threading.Thread(target=p.call, args=('spin',), daemon=True).start(); time.sleep(0.2)",
        "print(p._running.process.pid, flush=True)",
    )
    for last, spare in (("time.sleep(60)", True), ("sys.exit(0)", False)):
        parent = subprocess.Popen(
            [sys.executable, "-c", "\n".join([*lines, last])], stdout=subprocess.PIPE, text=True
        )
        assert parent.stdout
        child = psutil.Process(int(parent.stdout.readline()))
        if spare:
            parent.kill()
        assert parent.wait(60) == (-signal.SIGKILL if spare else 0)
        psutil.wait_procs([child], timeout=60)
        assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
        parent.stdout.close()
