"""Programs started by a test, which end with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from tests.servers.ports import HOST

PATIENCE = 120.0
PAUSE = 0.1


class Child:
    """A program in a process group of its own, so that ending it ends what it started, and nothing else."""

    def __init__(
        self, arguments: Sequence[str], log: Path, environment: dict[str, str] | None = None
    ) -> None:
        self._name = Path(arguments[0]).name
        self._log = log
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise ChildProcessError, with the end of its log, if the program has ended."""
        if self._process.poll() is not None:
            said = self._log.read_text("utf-8", "replace")[-2000:]
            raise ChildProcessError(f"{self._name} ended with {self._process.returncode}: {said}")

    def stop(self) -> None:
        """End the group: first asked, then made to."""
        for how, seconds in ((signal.SIGTERM, 8.0), (signal.SIGKILL, 5.0)):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, how)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)
                break
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


def connect(port: int, child: Child) -> socket.socket:
    """Connect to a program that is starting."""
    give_up = time.monotonic() + PATIENCE
    while True:
        child.check()
        try:
            return socket.create_connection((HOST, port), PATIENCE)
        except OSError:
            if time.monotonic() > give_up:
                raise
            time.sleep(PAUSE)
