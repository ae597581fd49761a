"""The way out, against Postfix's own test server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator

import pytest

from mailer.model.account import Account, Security
from mailer.model.invitation import Kind, MessageKey
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import Reply, Stage
from mailer.wire.smtp import SmtpSender
from tests.servers.ports import PortTakenError, on_some_port

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(shutil.which("smtp-sink") is None, reason="smtp-sink (Postfix) is not installed"),
]


@contextlib.contextmanager
def sink(*options: str) -> Iterator[int]:
    """Run smtp-sink; give its port."""
    user = ["-u", "postfix"] if os.getuid() == 0 else []

    def start(port: int) -> tuple[subprocess.Popen[str], int]:
        command = ["smtp-sink", *user, *options, f"127.0.0.1:{port}", "100"]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        while process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0 and b"smtp-sink" in probe.recv(1000):
                    return process, port
            time.sleep(0.02)
        _, said = process.communicate()
        if "Address already in use" in said:
            raise PortTakenError
        raise ChildProcessError(said)

    process, port = on_some_port(start)
    try:
        yield port
    finally:
        process.kill()
        process.communicate()


def send(port: int, n: int) -> list[Reply]:
    """Send so many messages over one connection."""

    async def go() -> list[Reply]:
        sender = SmtpSender(Account("127.0.0.1", port, Security.NONE))
        async with sender.connect() as connection:
            return [
                await connection.send(
                    OutgoingMessage(
                        "c",
                        f"r{i}",
                        MessageKey(Kind.INVITATION, 0, 1),
                        f"<{i}@x>",
                        "a@example.org",
                        f"p{i}@example.org",
                        b"Subject: x\r\n\r\n.\r\nBonjour\r\n",
                    )
                )
                for i in range(n)
            ]

    return asyncio.run(go())


@pytest.mark.parametrize("options", [[], ["-p"], ["-e"]], ids=["pipelining", "in-turn", "no-ehlo"])
def test_messages_are_taken(options: list[str]) -> None:
    """With PIPELINING, without it, and by a server that knows no EHLO."""
    with sink(*options) as port:
        assert {(reply.stage, reply.code) for reply in send(port, 20)} == {(Stage.DOT, 250)}


REFUSALS = [
    ("-f", "mail", Stage.MAIL, 500),
    ("-f", "rcpt", Stage.RCPT, 500),
    ("-r", "rcpt", Stage.RCPT, 450),
    ("-r", "data", Stage.DATA, 450),
    ("-f", ".", Stage.DOT, 500),
    ("-q", "rcpt", Stage.RCPT, 0),
    ("-q", ".", Stage.DOT, 0),
    ("-Q", ".", Stage.DOT, 421),
]


@pytest.mark.parametrize(
    ("flag", "command", "stage", "code"), REFUSALS, ids=[f"{r[0][1]}-{r[1]}" for r in REFUSALS]
)
def test_refusals_and_losses(flag: str, command: str, stage: Stage, code: int) -> None:
    """Each refused or lost message says where, and the second is treated as the first."""
    with sink(flag, command) as port:
        assert [(reply.stage, reply.code) for reply in send(port, 2)] == [(stage, code)] * 2
