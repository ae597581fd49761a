"""Test the access to the network with which servers are looked for, where the network fails."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from mailer.errors import WireError
from mailer.model.account import Security
from mailer.providers import MailProtocol, Server
from mailer.wire.dns import DnsClient
from mailer.wire.network import Network, Offline
from tests.servers.ports import closed_port


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A name server that never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        yield server


def _questions(server: socket.socket) -> int:
    """Return how many questions have come since the last time."""
    server.setblocking(False)
    count = 0
    while True:
        try:
            server.recv(4096)
        except BlockingIOError:
            return count
        count += 1


def test_a_name_server_that_does_not_answer_is_asked_once(silent: socket.socket) -> None:
    """Nothing is known then, and no further question waits for as long."""
    network = Network(DnsClient(["127.0.0.1"], silent.getsockname()[1], 0.3))

    assert network.services("_imaps._tcp.mairie.example") == ()
    assert _questions(silent) >= 1
    assert (network.receiving("mairie.example"), network.services("_imap._tcp.mairie.example")) == ((), ())
    assert _questions(silent) == 0


@pytest.mark.parametrize("protocol", MailProtocol)
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_a_trial_says_what_prevented_it(protocol: MailProtocol, security: Security) -> None:
    """An error comes back, and what can be found out of it; nothing is raised."""
    with closed_port() as port:
        server, network = Server("127.0.0.1", port, security), Network(seconds=2)
        error = network.attempt(protocol, server, "camille", "secret")

        assert isinstance(error, WireError)
        assert network.explained(error, protocol, server).code == "server-refuses"
        assert "secret" not in repr(error.values)


def test_offline_means_that_nobody_is_asked(silent: socket.socket) -> None:
    """Neither name servers nor web servers nor mail servers."""
    network = Offline(DnsClient(["127.0.0.1"], silent.getsockname()[1], 0.3))
    server = Server("127.0.0.1", silent.getsockname()[1])

    assert (network.receiving("mairie.example"), network.services("_imaps._tcp.mairie.example")) == ((), ())
    assert network.page("https://mairie.example/", 100) is None
    assert network.attempt(MailProtocol.IMAP, server).code == "server-untried"
    assert _questions(silent) == 0
