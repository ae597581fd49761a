"""A terminal of its own for a program: what it shows is read, and keys are pressed."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.cli.tongues import surroundings

PATIENCE = 60.0
"""Seconds after which nothing more is expected of a program that was asked for something."""


class Terminal:
    """``mailer`` at a terminal; `shown` is everything it has written so far."""

    def __init__(
        self,
        words: Sequence[str],
        folder: Path,
        language: str = "fr",
        *,
        program: Sequence[str] = (sys.executable, "-m", "mailer"),
        **more: str,
    ) -> None:
        self.shown = ""
        self._keys, slave = pty.openpty()
        self._program = subprocess.Popen(
            [*program, *words],
            cwd=folder,
            env={**surroundings(language, TERM="xterm-256color"), **more},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._program.kill()
        self._program.wait()
        os.close(self._keys)

    def expect(self, text: str) -> None:
        """Read until `text` has been shown."""
        until = time.monotonic() + PATIENCE
        while text not in self.shown.replace("\u00a0", " "):
            assert time.monotonic() < until, f"{text!r} was not shown, but: {self.shown}"
            assert self._read() or text in self.shown.replace("\u00a0", " "), self.shown

    def press(self, keys: str) -> None:
        """Type something."""
        os.write(self._keys, keys.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C until it is heard: a program that is only about to read does not notice the first one."""
        shown = self.shown
        until = time.monotonic() + PATIENCE
        again = 0.0
        while self.shown == shown and self._program.poll() is None and time.monotonic() < until:
            if time.monotonic() > again:
                os.killpg(self._program.pid, signal.SIGINT)
                again = time.monotonic() + 5
            self._read()

    def status(self) -> int:
        """Read to the end, and give the exit status."""
        until = time.monotonic() + PATIENCE
        while self._read():
            assert time.monotonic() < until, f"it did not end: {self.shown}"
        return self._program.wait(PATIENCE)

    def _read(self) -> bool:
        """Read what there is; False where the program has ended."""
        if not select.select([self._keys], [], [], 1.0)[0]:
            return self._program.poll() is None
        try:
            self.shown += os.read(self._keys, 65536).decode("utf-8", "replace")
        except OSError:
            return False
        return True
