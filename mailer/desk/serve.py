"""Start the web interface: open the sockets, print the one-time address, and open the browser."""

from __future__ import annotations

import asyncio
import socket
import webbrowser
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from mailer.desk.app import check_in_app, desk_app
from mailer.desk.state import Desk
from mailer.errors import ConfigError
from mailer.workspace import Workspace

LOOPBACK = "127.0.0.1"


class _Server(uvicorn.Server):
    """Server that does not handle Ctrl-C, because several run in one process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """Bind a port; 0 means any. Raises ConfigError ``port-taken``."""
    taken = socket.socket(proto=socket.IPPROTO_TCP)  # asyncio sets TCP_NODELAY on these alone
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            # Windows: with SO_REUSEADDR another program could take the same port, and with it the token of the desk.
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind((host, port))
        taken.listen(128)
    except OSError as error:
        taken.close()
        raise ConfigError("port-taken", read=str(port)) from error
    return taken


def serve(
    workspace: Workspace, *, port: int, check_in: bool, browser: bool, say: Callable[[str, str], None]
) -> None:
    """Serve the web interface until Ctrl-C.

    `say` is called with each address to show: ``desk``, ``check_in`` and ``code``.
    """
    desk = Desk(workspace)
    taken = listen(LOOPBACK, port)
    number = taken.getsockname()[1]
    opened: list[tuple[Starlette, socket.socket]] = [(desk_app(desk, number), taken)]
    address = f"http://{LOOPBACK}:{number}/enter?token={desk.keys.token}"
    say("desk", address)
    if check_in:
        outside = listen("0.0.0.0", 0)  # noqa: S104 - the check-in is for the local network, when it is asked for
        desk.check_in_address = f"http://{_own_address()}:{outside.getsockname()[1]}/"
        opened.append((check_in_app(desk, outside.getsockname()[1]), outside))
        say("check_in", desk.check_in_address)
        say("code", desk.check_in_keys.renew(workspace.now()))
    if browser:
        webbrowser.open(address)
    try:
        asyncio.run(run(servers(opened)))
    except KeyboardInterrupt:
        pass
    finally:
        desk.close()


def servers(opened: list[tuple[Starlette, socket.socket]]) -> list[tuple[uvicorn.Server, socket.socket]]:
    """Return a server for each application with its socket; setting ``should_exit`` ends a server."""
    return [
        (
            _Server(
                uvicorn.Config(
                    app,
                    lifespan="off",
                    log_config=None,
                    access_log=False,
                    server_header=False,
                    timeout_graceful_shutdown=2,
                )
            ),
            taken,
        )
        for app, taken in opened
    ]


async def run(made: list[tuple[uvicorn.Server, socket.socket]]) -> None:
    """Run the servers until each has ended or is cancelled."""
    await asyncio.gather(*(server.serve(sockets=[taken]) for server, taken in made))


def _own_address() -> str:
    """Return this machine's IP address on the local network; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return LOOPBACK
        return str(probe.getsockname()[0])
