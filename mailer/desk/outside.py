"""The check-in on the local network, in a process of its own: whatever is done to it, the web interface goes on.

Both read and write the same ledger. The web interface asks the other process for a new code, and tells it to forget what it
has read of people who were erased; it ends with the web interface, also where that was killed. It starts when a code is first
wanted, and anew, at the same port, where it has ended.
"""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock, Thread, Timer
from typing import TYPE_CHECKING

from mailer import environment
from mailer.bounded import Companion, Line
from mailer.desk.listening import listen, own_address
from mailer.errors import ConfigError, UserError
from mailer.workspace import Workspace

if TYPE_CHECKING:
    from uvicorn import Server

    from mailer.desk.state import Desk

RENEW, LET_GO = b"renew", b"let go"

START_SECONDS = 120.0
"""How long the process is given to start; a machine may be busy with other things."""

ANSWER_SECONDS = 30.0

END_SECONDS = 5.0
"""How long the process is given to finish what it answers."""

ANYWHERE = "0.0.0.0"  # noqa: S104 - the check-in is for the local network, when it is asked for


@dataclass(frozen=True, slots=True)
class Order:
    """What the process has to know: the workspace, the rehearsed moment if there is one, the language, and the port."""

    path: Path
    rehearsal: datetime | None
    language: str
    host: str
    port: int


class CheckIn:
    """The check-in of one workspace, as the web interface sees it."""

    def __init__(self, workspace: Workspace, host: str = ANYWHERE) -> None:
        self._workspace = workspace
        self._host = host
        self._port = 0
        self._process: Companion | None = None
        self._lock = Lock()

    @property
    def address(self) -> str:
        """Return its address for a phone on the local network, while it runs."""
        host = own_address() if self._host == ANYWHERE else self._host
        return f"http://{host}:{self._port}/"

    def renew(self) -> tuple[str, str]:
        """Return its address and a new code. Raises UserError ``check-in-refused`` where it does not start or answer."""
        with self._lock:
            for _again in range(2):
                with suppress(OSError, EOFError, UserError):
                    code = self._running().ask(RENEW, ANSWER_SECONDS).decode()
                    return self.address, code
                self._end()
        raise UserError("check-in-refused")

    def let_go(self) -> None:
        """Let it forget what it has read of people; where it does not answer, end it."""
        with self._lock:
            if self._process:
                try:
                    self._process.ask(LET_GO, ANSWER_SECONDS)
                except (OSError, EOFError):
                    self._end()

    def close(self) -> None:
        """End it; what it is answering is answered."""
        with self._lock:
            self._end(END_SECONDS)

    def _running(self) -> Companion:
        if self._process is None or not self._process.is_alive:
            self._end()
            workspace = self._workspace
            now = None if workspace.rehearsal is None else workspace.now()
            order = Order(workspace.path.absolute(), now, environment.language(), self._host, self._port)
            self._process = Companion(_serve, order)
            self._port = int(self._process.ask(b"", START_SECONDS))
        return self._process

    def _end(self, seconds: float = 0) -> None:
        if self._process:
            self._process.end(seconds)
        self._process = None


# -- in the other process ----------------------------------------------------------------------------------------
def _serve(line: Line, order: Order) -> None:
    """Serve the check-in until the pipe is closed; the first message is the port."""
    from mailer.desk import serve
    from mailer.desk.app import check_in_app
    from mailer.desk.state import Desk

    environment.speak(order.language)
    try:
        taken = listen(order.host, order.port)
    except ConfigError:
        taken = listen(order.host, 0)
    port = taken.getsockname()[1]
    desk = Desk(Workspace(order.path, order.rehearsal))
    server = serve.server(check_in_app(desk, port), serve.CheckInProtocol)
    line.send_bytes(str(port).encode())
    Thread(target=_obey, args=(line, desk, server), daemon=True).start()
    asyncio.run(serve.run([(server, [taken])]))
    desk.close()


def _obey(line: Line, desk: Desk, server: Server) -> None:
    """Do what the web interface asks for, and end where it is gone."""
    with suppress(OSError, EOFError):
        while True:
            if line.recv_bytes(100) == RENEW:
                line.send_bytes(desk.check_in_keys.renew(desk.workspace().now()).encode())
            else:
                desk.let_go()
                line.send_bytes(b"done")
    end = Timer(END_SECONDS, os._exit, (0,))
    end.daemon = True
    end.start()
    server.should_exit = True
