"""A front that speaks TLS, and hands on to a server on loopback that does not."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def tls_front(context: ssl.SSLContext, behind: int, *, starttls: bool = False) -> Iterator[int]:
    """Run the front of the server at this port; give its own port.

    With `starttls` it is that of an IMAP server, and TLS begins with that command.
    """
    loop = asyncio.new_event_loop()
    ready, over = threading.Event(), asyncio.Event()
    ports: list[int] = []
    sessions: set[asyncio.Task[None]] = set()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        sessions.add(task)
        open_ = [writer]
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", behind)
            open_.append(far_writer)
            if starttls:
                await _start_tls(context, reader, writer)
                await far_reader.readline()
            await asyncio.gather(_carry(reader, far_writer), _carry(far_reader, writer))
        except (asyncio.CancelledError, OSError):
            pass
        finally:
            for one in open_:
                one.transport.abort()
            sessions.discard(task)

    async def serve() -> None:
        server = await asyncio.start_server(meet, "127.0.0.1", 0, ssl=None if starttls else context)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()
        await over.wait()
        server.close()
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)
        # A handshake that the client broke off ends in the next turns of the loop.
        await asyncio.sleep(0.05)

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    ready.wait()
    try:
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()


async def _start_tls(
    context: ssl.SSLContext, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """Speak IMAP until TLS begins."""
    writer.write(b"* OK ready\r\n")
    while line := await reader.readline():
        tag, command = line.split()[:2]
        if command.upper() == b"CAPABILITY":
            writer.write(b"* CAPABILITY IMAP4rev1 STARTTLS LOGINDISABLED\r\n")
        writer.write(tag + b" OK done\r\n")
        if command.upper() == b"STARTTLS":
            await writer.start_tls(context)
            return
    raise ConnectionError


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while octets := await reader.read(1 << 16):
            writer.write(octets)
            await writer.drain()
    except OSError:
        pass
    writer.transport.abort()
