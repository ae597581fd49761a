"""A small Internet on loopback: names lead to servers of the test's own, whose certificate is for all of these names."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from mailer.demo.post_office import PASSWORD, PostOffice, post_office
from mailer.model.account import Security
from tests.servers.certificates import server_context
from tests.servers.fault_smtp import FaultServer
from tests.servers.name_server import name_server
from tests.servers.ports import closed_port
from tests.servers.tls_front import tls_front
from tests.servers.web_server import WebServer

AUTOCONFIG = "/mail/config-v1.1.xml?emailaddress="
WELL_KNOWN = "/.well-known/autoconfig/mail/config-v1.1.xml"


@dataclass
class Internet:
    """Mail servers for one mailbox, that of `owner`, a web server and a name server.

    `names` are all host names there are. `routes` says which of them have which server at which port; nobody listens at
    any other. `records` are those of the DNS. `asked` are the names that were looked up to connect to.
    """

    owner: str
    folder: Path
    names: tuple[str, ...]
    monkeypatch: pytest.MonkeyPatch
    records: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    routes: dict[tuple[str, int], int] = field(default_factory=dict)
    asked: list[tuple[str, int]] = field(default_factory=list)
    web: WebServer = field(default_factory=WebServer)
    _stack: ExitStack = field(default_factory=ExitStack)

    def __enter__(self) -> Self:
        enter = self._stack.enter_context
        context, _client = server_context(self.folder, "internet.example", also=self.names)
        trusted = self.folder / "internet.example.pem"
        self.monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
        login = (self.owner, PASSWORD)
        self.office: PostOffice = enter(post_office(self.owner))
        self.imap_port = enter(tls_front(context, self.office.imap_port))
        self.smtp = enter(FaultServer(security=Security.TLS, tls=context, login=login).in_a_thread())
        self.starttls = enter(FaultServer(security=Security.STARTTLS, tls=context, login=login).in_a_thread())
        enter(self.web.running(context))
        port = enter(name_server(self.records))
        self.nobody = enter(closed_port())
        self._real = socket.getaddrinfo
        self.monkeypatch.setattr(socket, "getaddrinfo", self._looked_up)
        self.monkeypatch.setenv("MAILER_FIND__ONLINE", "true")
        self.monkeypatch.setenv("MAILER_FIND__DNS", '["127.0.0.1"]')
        self.monkeypatch.setenv("MAILER_FIND__DNS_PORT", str(port))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def mail_at(self, smtp: str, imap: str, *, starttls: bool = False) -> None:
        """Let these names have the mail servers, at the usual ports."""
        self.routes[imap, 993] = self.imap_port
        if starttls:
            self.routes[smtp, 587] = self.starttls.port
        else:
            self.routes[smtp, 465] = self.smtp.port

    def publish(self, host: str, path: str, content: bytes) -> None:
        """Let a host have this file."""
        self.routes[host, 443] = self.web.port
        self.web.files[host + path] = content

    def _looked_up(self, host: Any, port: Any, *args: Any, **options: Any) -> Any:
        """Return where a name leads; the real addresses only of this machine."""
        if isinstance(host, bytes):
            host = host.decode()
        if host in (None, "localhost", "::1") or host.startswith("127."):
            return self._real(host, port, *args, **options)
        self.asked.append((host, int(port)))
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        where = self.routes.get((host, int(port)), self.nobody)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", where))]


def client_config(
    smtp: str, imap: str, username: str = "%EMAILADDRESS%", *, ports: tuple[int, int] = (465, 993)
) -> bytes:
    """Return an autoconfig file with TLS from the start."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<clientConfig version="1.1"><emailProvider id="x"><domain>x</domain>
<incomingServer type="pop3"><hostname>pop.{imap}</hostname><port>995</port><socketType>SSL</socketType></incomingServer>
<incomingServer type="imap"><hostname>{imap}</hostname><port>{ports[1]}</port><socketType>SSL</socketType>
<username>{username}</username><authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>{smtp}</hostname><port>{ports[0]}</port><socketType>SSL</socketType>
<username>{username}</username><authentication>password-cleartext</authentication></outgoingServer>
</emailProvider></clientConfig>
""".encode()
