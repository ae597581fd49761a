"""The Marionette protocol, by which Mozilla's programs are driven: JSON over TCP, each packet led by its length."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Any

from tests.clients.processes import PATIENCE, PAUSE, Child, connect


class Marionette:
    """A session in the chrome of a running program, whose steps are the functions of a script of ours."""

    def __init__(self, profile: Path, child: Child, script: str) -> None:
        self._socket = connect(_port(profile / "MarionetteActivePort", child), child)
        self._buffer = b""
        self._number = 0
        self._script = script

    def begin(self) -> None:
        """Take the greeting and open a session."""
        self._packet()
        self.command("WebDriver:NewSession", unhandledPromptBehavior="ignore", timeouts={"script": 60_000})
        self.command("Marionette:SetContext", value="chrome")

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def command(self, name: str, **parameters: object) -> Any:
        """Send a command and give its result; what the program refuses raises RuntimeError."""
        self._number += 1
        packet = json.dumps([0, self._number, name, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(packet), packet))
        while True:
            _, number, error, result = self._packet()
            if number == self._number:
                break
        if error:
            raise RuntimeError(f"{name}: {error.get('error')}: {error.get('message')}")
        return result

    def step(self, name: str, *arguments: object) -> Any:
        """Call one of the script's `steps` and wait for its value."""
        result = self.command(
            "WebDriver:ExecuteAsyncScript",
            script=f"{self._script}\nplay(...arguments);",
            args=[name, *arguments],
            newSandbox=True,
            sandbox="system",
        )["value"]
        if "error" in result:
            raise RuntimeError(f"{name}: {result['error']}")
        return result["value"]

    def screenshot(self, target: Path) -> None:
        """Draw the main window."""
        result = self.command("WebDriver:TakeScreenshot", full=False, hash=False)
        target.write_bytes(base64.b64decode(result["value"]))

    def _packet(self) -> Any:
        while b":" not in self._buffer:
            self._buffer += self._more()
        length, _, rest = self._buffer.partition(b":")
        while len(rest) < int(length):
            rest += self._more()
        self._buffer = rest[int(length) :]
        return json.loads(rest[: int(length)])

    def _more(self) -> bytes:
        octets = self._socket.recv(65_536)
        if not octets:
            raise ConnectionError("Marionette hung up")
        return octets


def _port(file: Path, child: Child) -> int:
    """The port that the program chose and wrote down."""
    give_up = time.monotonic() + PATIENCE
    while time.monotonic() < give_up:
        child.check()
        if file.exists() and (written := file.read_text("ascii").strip()):
            return int(written)
        time.sleep(PAUSE)
    raise TimeoutError("Marionette did not open its port")
