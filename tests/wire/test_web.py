"""Test the bounds within which a file is fetched from a stranger's web server."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.wire.web import MOST_REDIRECTS, Page, fetch
from tests.servers.certificates import server_context
from tests.servers.ports import closed_port
from tests.servers.web_server import WebServer


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A web server with TLS, whose certificate is trusted."""
    context, _client = server_context(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
    with WebServer().running(context) as running:
        yield running


def _fetch(
    web: WebServer, path: str, *, most: int = 100, seconds: float = 30, scheme: str = "https"
) -> Page | None:
    return fetch(f"{scheme}://localhost:{web.port}{path}", most=most, seconds=seconds)


def test_a_file_is_fetched(web: WebServer) -> None:
    """With its query; what is not there is None."""
    web.files["localhost/a?b=c@d"] = b"here"
    web.files["localhost/"] = b"root"

    assert _fetch(web, "/a?b=c@d") == Page(b"here", "localhost")
    assert _fetch(web, "") == Page(b"root", "localhost")
    assert _fetch(web, "/a") is None


def test_a_file_that_is_too_large_is_none(web: WebServer) -> None:
    """To the octet."""
    web.files["localhost/fits"], web.files["localhost/large"] = b"x" * 100, b"x" * 101

    assert _fetch(web, "/fits") == Page(b"x" * 100, "localhost")
    assert _fetch(web, "/large") is None


def test_a_server_that_takes_its_time_is_given_up(web: WebServer) -> None:
    """Also one that sends an octet now and then, for ever."""
    web.drip = 0.05
    begun = time.monotonic()

    assert _fetch(web, "/a", seconds=1) is None
    assert time.monotonic() - begun < 25


def test_a_redirection_is_followed(web: WebServer) -> None:
    """So many times, also relative ones; one more is too many."""
    for n in range(MOST_REDIRECTS + 1):
        web.moved[f"localhost/{n}"] = f"/{n + 1}"
    web.files[f"localhost/{MOST_REDIRECTS + 1}"] = b"end"

    assert _fetch(web, "/1") == Page(b"end", "localhost")
    assert _fetch(web, "/0") is None


@pytest.mark.parametrize("scheme", ["http", "ftp", "file"])
def test_a_redirection_never_leads_out_of_tls(web: WebServer, scheme: str) -> None:
    """Nobody asks the server it leads to."""
    with WebServer().running() as plain:
        plain.files["localhost/a"] = b"forged"
        web.moved["localhost/a"] = f"{scheme}://localhost:{plain.port}/a"

        assert _fetch(web, "/a") is None
        assert plain.asked == []
        assert _fetch(plain, "/a", scheme="http") == Page(b"forged", "localhost")


def test_a_file_without_tls_is_fetched_only_where_it_is_asked_for(web: WebServer) -> None:
    """A closed network may name its own; from there, too, it goes on in TLS alone."""
    web.files["localhost/a"] = b"here"
    with WebServer().running() as plain:
        plain.moved["localhost/a"] = f"https://localhost:{web.port}/a"
        plain.moved["localhost/b"] = f"http://localhost:{plain.port}/c"
        plain.files["localhost/c"] = b"forged"

        assert _fetch(plain, "/a", scheme="http") == Page(b"here", "localhost")
        assert _fetch(plain, "/b", scheme="http") is None


def test_a_certificate_is_checked(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one for another name nor one that nobody vouches for is taken."""
    web.files["localhost/a"] = web.files["127.0.0.1/a"] = b"here"

    assert fetch(f"https://127.0.0.1:{web.port}/a", most=100, seconds=30) is None
    assert _fetch(web, "/a") is not None
    monkeypatch.delenv("SSL_CERT_FILE")
    assert _fetch(web, "/a") is None


@pytest.mark.parametrize(
    "url", ["https://", "https://localhost:x/", "https://[::1/", "nonsense", "file:///etc/hostname"]
)
def test_what_is_no_address_gives_nothing(url: str) -> None:
    """It is not an error."""
    assert fetch(url, most=100, seconds=5) is None


def test_nobody_there() -> None:
    """A server that is not there has no file."""
    with closed_port() as port:
        assert fetch(f"https://localhost:{port}/a", most=100, seconds=5) is None
