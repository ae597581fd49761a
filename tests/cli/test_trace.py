"""Reports of faults of the program."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys

import pytest

from mailer.cli import trace

WORD = "Zq7plantedWord"


def fail(kind: type[Exception], *given: object) -> None:
    """Raise an exception while another one is handled, as code does that fails in saying what failed."""
    nothing: dict[str, str] = {}
    try:
        nothing[WORD]
    except KeyError:
        raise kind(*given)  # noqa: B904 - the context is what is tried


@pytest.mark.parametrize("kind", [ValueError, RuntimeError, KeyError, OSError, TypeError])
def test_a_report_tells_places_and_no_values(kind: type[Exception]) -> None:
    """The kinds of the exception and its cause, and where each came through; what they say is left out."""
    with pytest.raises(kind) as caught:
        fail(kind, f"cannot read {WORD}")
    told = trace.told(caught.value)

    assert WORD not in told
    assert "builtins.KeyError" in told
    assert f"builtins.{kind.__name__}" in told
    assert "in fail" in told
    assert __file__ in told


def test_names_of_the_program_are_told() -> None:
    """What an AttributeError says is made of names in the program, and needed."""
    with pytest.raises(AttributeError) as caught:
        object().nothing  # type: ignore[attr-defined]  # noqa: B018
    assert "'object' object has no attribute 'nothing'" in trace.told(caught.value)


def test_members_of_a_group_are_told() -> None:
    """Several tasks that failed together are each told."""

    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            for kind in (ValueError, KeyError):
                group.create_task(one(kind))

    async def one(kind: type[Exception]) -> None:
        await asyncio.sleep(0)
        raise kind(WORD)

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(both())
    told = trace.told(caught.value)
    assert "ValueError" in told
    assert WORD not in told


PROGRAM = f"""if True:
    import asyncio, logging, sys, threading
    from mailer.cli import trace
    trace.install()
    thread = threading.Thread(target=lambda: int("{WORD}"[:14]))
    thread.start(); thread.join()
    class Bad:
        def __del__(self):
            raise ValueError("{WORD}"[:14])
    del (bad := Bad())
    async def go():
        asyncio.get_running_loop().call_soon(lambda word: int(word), "{WORD}"[:14])
        await asyncio.sleep(0)
    asyncio.run(go())
    try:
        int("{WORD}"[:14])
    except ValueError:
        logging.getLogger("a.library").exception("failed: %s", "{WORD}"[:14])
    int("{WORD}"[:14])
"""


def test_whatever_shows_an_exception_shows_it_so() -> None:
    """Threads, objects that are given up, tasks, what libraries log, and the end of the program."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            PROGRAM.replace("; thread.join()", "\n    thread.join()").replace(
                "del (bad := Bad())", "bad = Bad(); del bad"
            ),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.count("builtins.ValueError") == 5
    assert "a.library: failed:" in done.stderr
    assert WORD not in done.stderr


def test_logging_below_warnings_is_not_shown() -> None:
    """Libraries tell much while all is well; none of it is shown."""
    assert not logging.getLogger("mailer.nothing").isEnabledFor(logging.INFO)
