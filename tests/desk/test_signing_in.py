"""Signing in to the mailbox from the desk, at a provider on loopback."""

from __future__ import annotations

import re
import stat
import time
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from mailer.signin import TokenFile
from tests.desk.conftest import PATIENCE, Served, serving
from tests.desk.test_accessible import Eye
from tests.servers.oauth_provider import OauthProvider
from tests.signin.conftest import CAMILLE, Mailbox, browse, mailbox, provider

__all__ = ["mailbox", "provider"]


@pytest.fixture
def desk(mailbox: Mailbox, french: None) -> Iterator[Served]:
    """The desk of a workspace whose servers take no passwords, with somebody in."""
    for served in serving(mailbox.path):
        # The fixture of a workspace has no campaign, so the form's stamp is on another page than the first.
        served.enter("/servers")
        yield served


def address_of(desk: Served) -> str:
    """Return the provider's page that the desk links to."""
    found = re.search(
        r'<a class="button" href="([^"]+)" target="_blank" rel="noopener noreferrer">',
        desk.ask("/servers/login").text,
    )
    assert found
    return unescape(found[1])


def is_over(desk: Served) -> str:
    """Wait until the sign-in has ended; return the page."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        page = desk.ask("/servers/login").text
        if "data-events" not in page:
            return page
        time.sleep(0.1)
    raise AssertionError("it did not end")


def test_without_a_script(desk: Served, mailbox: Mailbox) -> None:
    """A form and a link are enough: the page tells that it waits, then that it works; then no password is asked for."""
    assert 'name="imap.password"' in desk.ask("/servers").text
    begun = desk.ask("/servers/login/begin", {"address": CAMILLE})
    assert (begun.status, begun.headers["location"]) == (303, "/servers/login")
    waiting = desk.ask("/servers/login").text
    assert "Le bureau attend que vous vous connectiez" in waiting
    assert "<noscript>" in waiting

    seen = browse(address_of(desk))
    assert "Presque fini" in seen
    page = is_over(desk)
    assert "Vous êtes connecté." in page
    assert f"Vous êtes connecté à {CAMILLE}." in page
    file = TokenFile(mailbox.path, CAMILLE).path
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    servers = desk.ask("/servers").text
    assert 'name="imap.password"' not in servers
    assert "Aucun mot de passe" in servers
    assert not [secret for secret in mailbox.provider.secrets if secret in seen + page + servers + waiting]

    out = desk.ask("/servers/logout", {"address": CAMILLE})
    assert out.status == 303
    assert "l’a révoqué" in desk.ask("/servers").text
    assert not file.exists()
    assert mailbox.provider.families == set()


def test_the_redirect_knows_nothing_of_the_desk(desk: Served, provider: OauthProvider) -> None:
    """It goes to a port of its own, without the desk's cookie or host; the desk itself takes no redirect."""
    desk.ask("/servers/login/begin", {"address": CAMILLE})
    asked = parse_qs(urlsplit(address_of(desk)).query)
    assert urlsplit(asked["redirect_uri"][0]).port != desk.port
    answer = desk.ask(f"/?code=x&state={asked['state'][0]}")
    assert answer.status == 200
    assert "data-events" in desk.ask("/servers/login").text, "it still waits"
    browse(address_of(desk))

    assert "Vous êtes connecté." in is_over(desk)


def test_a_refusal_and_another_try(desk: Served, provider: OauthProvider, mailbox: Mailbox) -> None:
    """What the provider refuses is shown with its code; trying again works."""
    provider.denies = "access_denied"
    desk.ask("/servers/login/begin", {"address": CAMILLE})
    assert "Pas de connexion" in browse(address_of(desk))
    page = is_over(desk)
    assert "Vous n’êtes pas connecté." in page
    assert "access_denied, AADSTS65004" in page
    assert "secret-words" not in page
    assert not TokenFile(mailbox.path, CAMILLE).exists()

    provider.denies = ""
    desk.ask("/servers/login/begin", {"address": CAMILLE})
    browse(address_of(desk))
    assert "Vous êtes connecté." in is_over(desk)


def test_giving_up_and_beginning_anew(desk: Served) -> None:
    """A sign-in that is given up, or begun anew, no longer listens."""
    desk.ask("/servers/login/begin", {"address": CAMILLE})
    first = address_of(desk)
    desk.ask("/servers/login/begin", {"address": CAMILLE})
    assert address_of(desk) != first
    with pytest.raises(OSError, match="refused"):
        browse(first)
    second = address_of(desk)
    desk.ask("/servers/login/stop", {})
    assert "abandonnée" in is_over(desk)
    with pytest.raises(OSError, match="refused"):
        browse(second)


def test_settings_that_do_not_do(desk: Served, mailbox: Mailbox) -> None:
    """Where nobody has registered the program yet, that is said, and nothing waits."""
    file = mailbox.path / "config" / "mailer.toml"
    file.write_text(file.read_text("utf-8").replace("client_id", "# client_id"), "utf-8")
    answer = desk.ask("/servers/login/begin", {"address": CAMILLE})

    assert answer.status == 422
    assert "pas encore enregistré" in answer.text
    assert desk.ask("/servers/login").status == 303


@pytest.mark.parametrize("path", ["/servers/login/begin", "/servers/login/stop", "/servers/logout"])
def test_only_a_form_of_the_desk_changes_something(desk: Served, path: str) -> None:
    """Another site's form, and a form without the session's stamp, do nothing."""
    assert desk.ask(path, {"address": CAMILLE}, headers={"origin": "https://evil.example"}).status == 403
    assert desk.ask(path, {"address": CAMILLE, "csrf": "x"}).status == 403
    assert desk.ask(path).status in (404, 405)


@pytest.mark.browser
def test_in_a_browser(desk: Served, mailbox: Mailbox, sheet: Page) -> None:
    """Pressing the button and signing in on the provider's page, in a new tab, is all: the desk's page follows."""
    name, _equals, value = desk.cookie.partition("=")
    sheet.context.add_cookies([{"name": name, "value": value, "url": desk.origin, "sameSite": "Strict"}])
    sheet.goto(f"{desk.origin}/servers")
    sheet.get_by_role("button", name=f"Se connecter à {CAMILLE}").click()
    expect(sheet.get_by_text("Le bureau attend que vous vous connectiez.")).to_be_visible()
    eye = Eye(sheet)
    eye.look("waiting for the sign-in")
    with sheet.context.expect_page() as opened:
        sheet.get_by_role("link", name="Ouvrir la page du fournisseur").click()
    tab = opened.value
    expect(tab.get_by_role("heading", name="Presque fini")).to_be_visible()
    assert tab.evaluate("window.opener") is None
    expect(sheet.get_by_text(f"Vous êtes connecté à {CAMILLE}.")).to_be_visible()
    expect(sheet.get_by_text("La lecture chez 127.0.0.1 fonctionne.")).to_be_visible()
    eye.look("signed in")
    eye.page = tab
    eye.look("the page for the redirect")
    sheet.goto(f"{desk.origin}/servers")
    eye.page = sheet
    eye.look("servers without a password")
    assert eye.found == []
    assert TokenFile(mailbox.path, CAMILLE).exists()
