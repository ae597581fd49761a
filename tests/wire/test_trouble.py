"""Test what is found out about a mail server that cannot be used, on servers that go wrong in each way."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.demo.post_office import PostOffice
from mailer.errors import WireError
from mailer.model.account import Account, Security
from mailer.wire.imap import ImapAdapter
from mailer.wire.smtp import SmtpSender
from mailer.wire.trouble import diagnosed
from tests.servers.certificates import server_context
from tests.servers.fault_smtp import FaultServer
from tests.servers.ports import closed_port
from tests.servers.tls_front import tls_front

SECONDS = 2.0


def _tried(protocol: str, account: Account) -> WireError:
    """Return what is found out after the error in using a server."""
    with pytest.raises(WireError) as caught:
        _use(protocol, account)
    return diagnosed(caught.value, protocol, account, SECONDS)


def _use(protocol: str, account: Account) -> None:
    if protocol == "smtp":
        asyncio.run(SmtpSender(account).open())
    else:
        ImapAdapter(account, timeout=SECONDS).greet()


@contextmanager
def _servers(context: ssl.SSLContext, office: PostOffice, security: Security) -> Iterator[dict[str, int]]:
    """Run both servers with TLS from the start, or STARTTLS for SMTP and no TLS for IMAP; give their ports."""
    with FaultServer(security=security, tls=context).in_a_thread() as smtp:
        if security is Security.TLS:
            with tls_front(context, office.imap_port) as front:
                yield {"smtp": smtp.port, "imap": front}
        else:
            yield {"smtp": smtp.port, "imap": office.imap_port}


@pytest.mark.parametrize("protocol", ["smtp", "imap"])
@pytest.mark.parametrize(
    ("host", "days", "trusted", "code"),
    [
        ("other.example", 1, True, "certificate-other-name"),
        ("localhost", -1, True, "certificate-expired"),
        ("localhost", 1, False, ""),
    ],
)
def test_a_certificate(
    protocol: str,
    host: str,
    days: int,
    trusted: bool,
    code: str,
    tmp_path: Path,
    office: PostOffice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of another name, with the names it is for; out of date; where nobody vouches for it, the error stays as it was."""
    context, _client = server_context(tmp_path, host, days)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / f"{host}.pem"))
    with _servers(context, office, Security.TLS) as ports:
        found = _tried(protocol, Account("localhost", ports[protocol], Security.TLS))

        assert found.code == (code or f"{protocol}-authority-unknown")
        if code:
            assert found.values["table"] == protocol
            assert found.values["names"] == ("other.example" if host == "other.example" else "")


@pytest.mark.parametrize("protocol", ["smtp", "imap"])
@pytest.mark.parametrize(
    ("wanted", "offered", "code", "other"),
    [
        (Security.TLS, Security.STARTTLS, "port-wants-starttls", {"smtp": 465, "imap": 993}),
        (Security.STARTTLS, Security.TLS, "port-wants-tls", {"smtp": 587, "imap": 143}),
    ],
)
def test_the_wrong_port_for_the_encryption(
    protocol: str,
    wanted: Security,
    offered: Security,
    code: str,
    other: dict[str, int],
    tmp_path: Path,
    office: PostOffice,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What the port speaks is said, and the port at which the other way is usual."""
    context, _client = server_context(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
    with _servers(context, office, offered) as ports:
        account = Account("localhost", ports[protocol], wanted)
        if wanted is Security.STARTTLS and protocol == "smtp":
            # The client itself would wait for a minute.
            found = diagnosed(WireError("smtp-timeout"), protocol, account, SECONDS)
        else:
            found = _tried(protocol, account)

        assert (found.code, found.values["other"]) == (code, other[protocol])


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize("protocol", ["smtp", "imap"])
def test_another_service(protocol: str, security: Security) -> None:
    """What it says is handed on, without what a terminal would obey."""
    with _talking(b"SSH-2.0-\x1b[31mOpenSSH_9.2\r\n") as port:
        found = _tried(protocol, Account("127.0.0.1", port, security))

        assert found.code == "port-other-service"
        assert found.values["reply"] == "SSH-2.0-[31mOpenSSH_9.2"


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
@pytest.mark.parametrize("protocol", ["smtp", "imap"])
def test_nobody_there(protocol: str, security: Security, monkeypatch: pytest.MonkeyPatch) -> None:
    """No such name, nobody at the port, and a port from which nothing comes back are told apart."""
    with closed_port() as port:
        account = Account("127.0.0.1", port, security)
        assert _tried(protocol, account).code == "server-refuses"

    def unknown(*_asked: object, **_options: object) -> list[object]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", unknown)
        assert _tried(protocol, replace(account, host="smpt.mairie.example")).code == "server-unknown"
    with _full() as port:
        found = diagnosed(WireError(f"{protocol}-unreachable"), protocol, replace(account, port=port), 0.3)
        assert found.code == "server-dropped"


def test_an_imap_server_without_starttls(office: PostOffice) -> None:
    """It is said that there is no encryption at this port."""
    found = _tried("imap", Account("127.0.0.1", office.imap_port, Security.STARTTLS))

    assert found.code == "imap-no-starttls"


@pytest.mark.parametrize(
    "error",
    [
        WireError("smtp-login-refused", reply=535, reason="wrong"),
        WireError("smtp-turned-away", reply=554, reason="not you"),
        WireError("imap-folder-missing", folder="x"),
        WireError("imap-lost", reason="gone"),
    ],
)
def test_what_the_server_said_stays(error: WireError) -> None:
    """A server that answered is not connected to again."""
    account = Account("192.0.2.1", 465, Security.TLS)

    assert diagnosed(error, error.code[:4], account, 0.1) is error


@contextmanager
def _talking(words: bytes) -> Iterator[int]:
    """Run a server that says something to whoever comes, and waits for them to leave; give its port."""

    def serve(one: socket.socket) -> None:
        with one:
            one.sendall(words)
            one.recv(1 << 16)

    with _meeting(serve) as port:
        yield port


@contextmanager
def _meeting(serve: Callable[[socket.socket], None]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def meet() -> None:
            while True:
                try:
                    one, _whence = listener.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(one,), daemon=True).start()

        thread = threading.Thread(target=meet, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@contextmanager
def _full() -> Iterator[int]:
    """Give a port whose queue is full, so that a connection is neither taken nor refused, as behind a firewall."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        port = listener.getsockname()[1]
        waiting = []
        for _n in range(8):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(("127.0.0.1", port))
            waiting.append(one)
        yield port
        for one in waiting:
            one.close()
