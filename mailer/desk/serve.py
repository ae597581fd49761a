"""Start the web interface: open the sockets, show the way in, and open the browser."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import uvicorn
from starlette.applications import Starlette

from mailer import environment
from mailer.desk import launch
from mailer.desk.app import desk_app
from mailer.desk.limits import LimitedProtocol, Limits
from mailer.desk.listening import BACKLOG, listen_at_own
from mailer.desk.outside import CheckIn
from mailer.desk.state import Desk
from mailer.desk.visit import MOST_OCTETS, MOST_OCTETS_AT_CHECK_IN
from mailer.workspace import Workspace

ENDING = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class DeskProtocol(LimitedProtocol):
    """Connection to the web interface: a large list may come through a slow tunnel, and an answer may stream for hours.

    Twice the octets that are taken in may come, so that a browser gets to see that they are too many.
    """

    limits = Limits(
        seconds=600, answer_seconds=None, octets=2 * MOST_OCTETS, connections=128, of_one_sender=128
    )


class CheckInProtocol(LimitedProtocol):
    """Connection to the check-in: small forms and pages, for phones on bad networks."""

    limits = Limits(
        seconds=30, answer_seconds=90, octets=4 * MOST_OCTETS_AT_CHECK_IN, connections=128, of_one_sender=24
    )


class _Server(uvicorn.Server):
    """Server that does not handle Ctrl-C, because several run in one process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(
    workspace: Workspace, *, port: int, check_in: bool, browser: bool, say: Callable[[str, str], None]
) -> None:
    """Serve the web interface until Ctrl-C.

    `say` is called with each value to show: ``name`` and ``address``, under which it answers, and the ``code`` to type there;
    ``check_in`` and ``check_in_code``, the address and the code for a phone.
    """
    _end_in_order()
    desk = Desk(workspace)
    taken = listen_at_own(port)
    by_name, by_address = taken.origins
    file = launch.write(by_name, by_address, desk.keys.token)
    try:
        if file and not browser:
            say("file", file.url)
        say("name", by_name + "/")
        say("address", by_address + "/")
        say("code", f"{desk.keys.code[:4]}-{desk.keys.code[4:]}")
        if file:
            desk.keys.when_entered = file.remove
        if browser:
            launch.open_browser(file.url if file else by_address + "/")
        if check_in:
            desk.check_in = CheckIn(workspace)
            for what, value in zip(("check_in", "check_in_code"), desk.check_in.renew(), strict=True):
                say(what, value)
        asyncio.run(run([(server(desk_app(desk, taken.hosts), DeskProtocol), taken.sockets)]))
    except KeyboardInterrupt:
        pass
    finally:
        if file:
            file.remove()
        taken.close()
        desk.close()


def _end_in_order() -> None:
    """Let a closed terminal and a service manager end the program as Ctrl-C does."""
    for name in ENDING:
        signal.signal(getattr(signal, name), signal.default_int_handler)


def server(app: Starlette, protocol: type[LimitedProtocol]) -> uvicorn.Server:
    """Return a server for an application; setting ``should_exit`` ends it."""
    return _Server(
        uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            # What strangers send is not worth a line in the terminal; faults of ours are shown on the page.
            log_level=None if environment.variable("MAILER_DEBUG") else logging.CRITICAL,
            access_log=False,
            server_header=False,
            backlog=BACKLOG,
            timeout_graceful_shutdown=2,
        )
    )


async def run(made: Sequence[tuple[uvicorn.Server, Sequence[socket.socket]]]) -> None:
    """Run the servers until each has ended or is cancelled, or a closed terminal or a service manager ends the program."""

    def end() -> None:
        for one, _taken in made:
            one.should_exit = True

    for name in ENDING:
        # The main thread of a Unix system alone has them; elsewhere the exception of `_end_in_order` ends the program.
        with suppress(NotImplementedError, RuntimeError, ValueError):
            asyncio.get_running_loop().add_signal_handler(getattr(signal, name), end)
    await asyncio.gather(*(one.serve(sockets=list(taken)) for one, taken in made))
