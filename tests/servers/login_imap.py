"""An IMAP server as far as the login and an empty inbox, which answers as the server of a provider does."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mailer.model.account import Account, Security


@dataclass
class LoginImap:
    """`token` is what it accepts, or what `accepts` says; `password` too where `refusal` is empty.

    What it is told lies in `commands`.
    """

    greeting: str = "IMAP4rev1 ready"
    begins: str = "OK"
    capabilities: str = "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 IDLE"
    username: str = "camille@example.org"
    token: str = "good"
    password: str = ""
    refusal: str = "[AUTHENTICATIONFAILED] Authentication failed."
    connected: bool = True
    accepts: Callable[[str], bool] | None = None
    commands: list[str] = field(default_factory=list)
    address: str = "127.0.0.1"
    port: int = 0

    @property
    def account(self) -> Account:
        """How to reach it."""
        return Account("localhost", self.port, Security.NONE, self.username, "wrong")

    @contextmanager
    def running(self) -> Iterator[LoginImap]:
        """Serve in a thread."""
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                _Session(outer, self).talk()

        with socketserver.ThreadingTCPServer((self.address, 0), Handler) as server:
            server.daemon_threads = True
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


class _Session:
    def __init__(self, server: LoginImap, handler: socketserver.StreamRequestHandler) -> None:
        self.server = server
        self.handler = handler

    def say(self, *lines: str) -> None:
        self.handler.wfile.write("".join(f"{line}\r\n" for line in lines).encode())

    def hear(self) -> str:
        line = self.handler.rfile.readline().decode().rstrip("\r\n")
        self.server.commands.append(line)
        return line

    def talk(self) -> None:
        server = self.server
        self.say(f"* {server.begins} {server.greeting}")
        while line := self.hear():
            tag, name, *words = line.split(" ")
            match name.upper():
                case "CAPABILITY":
                    self.say(f"* CAPABILITY {server.capabilities}", f"{tag} OK done")
                case "LOGIN":
                    right = not server.refusal and words[1].strip('"') == server.password
                    self.say(f"{tag} OK in" if right else f"{tag} NO {server.refusal}")
                case "AUTHENTICATE":
                    self.say(f"{tag} {self.authenticate(words[0])}")
                case "LOGOUT":
                    self.say("* BYE", f"{tag} OK done")
                    return
                case "EXAMINE" if server.connected:
                    self.say("* 0 EXISTS", "* OK [UIDVALIDITY 1]", "* OK [UIDNEXT 1]", f"{tag} OK done")
                case _ if not server.connected:
                    self.say(f"{tag} BAD User is authenticated but not connected.")
                case _:
                    self.say(f"{tag} OK done")

    def authenticate(self, mechanism: str) -> str:
        """Take a token; a wrong one gets its challenge, and what answers it must be right."""
        server = self.server
        self.say("+ ")
        given = base64.b64decode(self.hear()).decode()
        if mechanism == "PLAIN":
            right = not server.refusal and given == f"\0{server.username}\0{server.password}"
            return "OK in" if right else f"NO {server.refusal}"
        wanted = {
            "XOAUTH2": f"user={server.username}\x01auth=Bearer {server.token}\x01\x01",
            "OAUTHBEARER": f"n,a={server.username},\x01host=localhost\x01port={server.port}\x01auth=Bearer {server.token}\x01\x01",
        }[mechanism]
        begun, _bearer, token = given.rstrip("\x01").partition("auth=Bearer ")
        if given == wanted or (server.accepts and begun in wanted and server.accepts(token)):
            return "OK in"
        self.say("+ " + base64.b64encode(b'{"status":"invalid_token","scope":"mail"}').decode())
        right = self.hear() == ("" if mechanism == "XOAUTH2" else "AQ==")
        return "NO AUTHENTICATE failed." if right else "BAD no answer to the challenge"
