"""The first page says what the terminal says of a campaign that was stopped."""

from __future__ import annotations

from html import unescape

import pytest

from tests.desk.conftest import BEGINS, SLUG, Served, typed
from tests.servers.fault_smtp import Fault, FaultServer


def test_what_has_not_left_is_on_the_first_page(inside: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a link to the page that goes on; once all has left, nothing is said."""
    stops = Fault("mail", "550 sorry, too many emails (#5.7.1)", after=17)
    with FaultServer([stops]).in_a_thread() as server:
        monkeypatch.setenv("MAILER_SMTP__PORT", str(server.port))
        monkeypatch.setenv("MAILER_DELIVERY__CONNECTIONS", "1")
        typed(inside.path, BEGINS, "send", SLUG, "--yes")
        stopped = unescape(inside.ask("/").text)
        server.faults = []
        typed(inside.path, BEGINS, "send", SLUG, "--yes")
        whole = unescape(inside.ask("/").text)

    assert f'href="/c/{SLUG}/send?kind=invitation">3 messages ne sont pas encore partis</a>' in stopped
    assert "pas encore parti" not in whole
