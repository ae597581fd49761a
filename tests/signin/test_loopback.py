"""The listener that receives a provider's redirect."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from mailer.errors import ConfigError
from mailer.signin.loopback import RedirectListener

STATE = "the-state"
RIGHT = f"/?code=the-code&state={STATE}"


@pytest.fixture
def listener() -> Iterator[RedirectListener]:
    """A listener that shows the name of its page."""
    made = RedirectListener("127.0.0.1", 0, STATE, lambda name: f"<p>{name}</p>")
    yield made
    made.close()


def ask(
    listener: RedirectListener, target: str, method: str = "GET", host: str = ""
) -> tuple[int, str, dict[str, str]]:
    """Send a request; return status, page and headers."""
    port = urlsplit(listener.uri).port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, target, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    found = answer.status, answer.read().decode(), {k.lower(): v for k, v in answer.getheaders()}
    connection.close()
    return found


def test_the_right_redirect_is_received(listener: RedirectListener) -> None:
    """The one with our state counts; its page holds neither code nor state, and is kept by nobody."""
    status, page, headers = ask(listener, RIGHT + "&session_state=1")

    assert (status, page) == (200, "<p>received</p>")
    assert listener.wait(10) == {"code": "the-code", "state": STATE, "session_state": "1"}
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]


@pytest.mark.parametrize(
    ("target", "method", "host", "status"),
    [
        ("/?code=the-code&state=other", "GET", "", 403),
        ("/?code=the-code", "GET", "", 403),
        (f"/?code=the-code&state={STATE}&state=other", "GET", "", 403),
        (f"/?state={STATE}", "GET", "", 400),
        (f"/?code=a&error=b&state={STATE}", "GET", "", 400),
        (f"/other?code=the-code&state={STATE}", "GET", "", 404),
        ("/favicon.ico", "GET", "", 404),
        (RIGHT, "POST", "", 405),
        (RIGHT, "HEAD", "", 405),
        (RIGHT, "GET", "evil.example", 421),
        (RIGHT, "GET", "localhost:80", 421),
        (f"/?state={STATE}&code=" + "x" * 9000, "GET", "", 414),
    ],
)
def test_everything_else_is_refused(
    listener: RedirectListener, target: str, method: str, host: str, status: int
) -> None:
    """Another state, path, method or host name changes nothing: the right redirect is still received after it."""
    given, page, _headers = ask(listener, target, method, host)

    assert given == status
    assert page in ("<p>foreign</p>", "")
    assert listener.wait(0) is None
    assert ask(listener, RIGHT)[0] == 200


def test_it_works_once(listener: RedirectListener) -> None:
    """A second redirect is refused, and the first one stays."""
    ask(listener, RIGHT)
    status, page, _headers = ask(listener, f"/?code=another&state={STATE}")

    assert (status, page) == (410, "<p>used</p>")
    found = listener.wait(0)
    assert found
    assert found["code"] == "the-code"


def test_a_refusal_of_the_provider(listener: RedirectListener) -> None:
    """An error with our state is the answer, too, and has a page of its own."""
    assert ask(listener, f"/?error=access_denied&state={STATE}")[:2] == (200, "<p>refused</p>")
    assert listener.wait(0) == {"error": "access_denied", "state": STATE}


def test_a_browser_that_has_gone(listener: RedirectListener) -> None:
    """The redirect counts even where nobody waits for its page."""
    with socket.create_connection(("127.0.0.1", urlsplit(listener.uri).port or 0)) as gone:
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        gone.sendall(f"GET {RIGHT} HTTP/1.1\r\nHost: {listener.uri[7:]}\r\n\r\n".encode())

    found = listener.wait(10)
    assert found
    assert found["code"] == "the-code"


def test_nobody_comes(listener: RedirectListener) -> None:
    """Waiting ends; who connects and says nothing keeps nobody else out."""
    with socket.create_connection(("127.0.0.1", urlsplit(listener.uri).port or 0)):
        assert listener.wait(0.05) is None
        assert ask(listener, RIGHT)[0] == 200


def test_the_port_is_free_again(capfd: pytest.CaptureFixture[str]) -> None:
    """A port that is taken is said; closing frees it; and nothing that came was printed."""
    first = RedirectListener("localhost", 0, STATE, str)
    port = urlsplit(first.uri).port or 0
    with pytest.raises(ConfigError) as caught:
        RedirectListener("localhost", port, STATE, str)
    assert caught.value.code == "redirect-port-taken"
    assert ask(first, RIGHT, host=f"localhost:{port}")[0] == 200
    first.close()
    first.close()
    RedirectListener("localhost", port, STATE, str).close()

    shown = capfd.readouterr()
    assert shown.out + shown.err == ""
