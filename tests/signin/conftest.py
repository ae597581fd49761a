"""A provider on loopback, mail servers that take its tokens, and a workspace that uses them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest

from mailer.settings import OauthSettings
from mailer.signin import RegisteredApplication, application
from tests.servers.fault_smtp import FaultServer
from tests.servers.login_imap import LoginImap
from tests.servers.oauth_provider import OauthProvider

CAMILLE = "camille@example.org"


@pytest.fixture
def provider() -> Iterator[OauthProvider]:
    """A provider that rotates refresh tokens."""
    with OauthProvider().running() as running:
        yield running


@pytest.fixture
def registered(provider: OauthProvider) -> RegisteredApplication:
    """The application registered with it."""
    return application(OauthSettings(client_id=provider.client_id, issuer=provider.issuer), ())


def browse(address: str) -> str:
    """Open a page as a browser does, redirects followed; return what it shows."""
    with urlopen(address, timeout=30) as answer:
        return str(answer.read().decode())


@dataclass
class Mailbox:
    """A workspace and its servers."""

    path: Path
    smtp: FaultServer
    imap: LoginImap
    provider: OauthProvider


@pytest.fixture
def mailbox(tmp_path: Path, provider: OauthProvider) -> Iterator[Mailbox]:
    """A workspace whose servers take this provider's tokens for Camille, and no passwords."""
    smtp = FaultServer(login=(CAMILLE, "none"), mechanisms="XOAUTH2", accepts=provider.is_good)
    imap = LoginImap(
        capabilities="IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2", token="none", accepts=provider.is_good
    )
    with smtp.in_a_thread(), imap.running():
        path = tmp_path / "mairie"
        config = path / "config"
        config.mkdir(parents=True)
        tables = "".join(
            f'[{name}]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nusername = "{CAMILLE}"\n\n'
            for name, port in (("smtp", smtp.port), ("imap", imap.port))
        )
        (config / "mailer.toml").write_text(tables + provider.settings(), "utf-8")
        yield Mailbox(path, smtp, imap, provider)
