"""Fixtures: the web interface served on loopback beside mail servers, and clients that use it."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect, sync_playwright

from mailer import environment
from mailer.demo.post_office import PostOffice
from mailer.desk import serve
from mailer.desk.app import desk_app
from mailer.desk.listening import LOOPBACK, Listening, listen_at_own
from mailer.desk.outside import CheckIn
from mailer.desk.state import Desk
from mailer.workspace import Workspace
from tests import workspaces
from tests.servers.absent import absent
from tests.workspaces import BEGINS, SLUG, typed

__all__ = ["BEGINS", "SLUG", "typed"]

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 60
"""Seconds after which a page, a browser or a server is taken for hung."""

expect.set_options(timeout=PATIENCE * 1000)


@dataclass(slots=True)
class Answer:
    """A response of the web interface."""

    status: int
    headers: dict[str, str]
    text: str
    content: bytes = field(repr=False)


@dataclass(slots=True)
class Served:
    """A running web interface and the session of its client."""

    desk: Desk
    path: Path
    at: Listening
    cookie: str = ""
    csrf: str = ""

    @property
    def origin(self) -> str:
        """Its address by name, without a path."""
        return self.at.origins[0]

    @property
    def port(self) -> int:
        """Its port."""
        return self.at.port

    def open_check_in(self) -> tuple[int, str]:
        """Start the check-in, in its process, or renew its code; return its port and the code."""
        assert self.desk.check_in
        address, code = self.desk.check_in.renew()
        return int(address.rstrip("/").rpartition(":")[2]), code

    def ask(
        self,
        path: str,
        form: Mapping[str, str | list[str]] | None = None,
        *,
        port: int = 0,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Ask for a page, or send a form as a page of the desk does, or of the check-in with its `port`.

        An empty value in `headers` leaves one out.
        """
        connection = HTTPConnection(LOOPBACK, port or self.port, timeout=PATIENCE)
        host = f"{LOOPBACK}:{port}" if port else f"{self.at.name}:{self.port}"
        sent = {"host": host, "cookie": self.cookie, "origin": f"http://{host}"} | (headers or {})
        body = None
        if form is not None:
            sent["content-type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrf": self.csrf, **form}, doseq=True)
        shown = {name: value for name, value in sent.items() if value}
        connection.request("GET" if form is None else "POST", path, body, shown)
        response = connection.getresponse()
        content = response.read()
        told = {name.lower(): value for name, value in response.getheaders()}
        connection.close()
        return Answer(response.status, told, content.decode("utf-8", "replace"), content)

    def enter(self, page: str = "/") -> None:
        """Open a session with the one-time token, as the file that the program opens does."""
        answer = self.ask("/enter", {"token": self.desk.keys.token}, headers={"origin": "null"})
        assert answer.status == 200, answer.text
        self.cookie = answer.headers["set-cookie"].partition(";")[0]
        found = re.search(r'name="csrf" value="(\w+)"', self.ask(page).text)
        assert found
        self.csrf = found[1]

    def let_in(self, sheet: Page) -> None:
        """Come in with a browser, as a person does who types the code."""
        sheet.goto(self.origin)
        sheet.locator("#code").fill(self.desk.keys.code)
        sheet.locator("#code").press("Enter")
        sheet.wait_for_url(f"{self.origin}/")


@pytest.fixture
def french(monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the language to French."""
    for name in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "MAILER_NOW"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAILER_LANGUAGE", "fr")
    monkeypatch.setenv("MAILER_DEBUG", "")
    environment.speak("fr")


@pytest.fixture
def folder(tmp_path: Path, office: PostOffice) -> Path:
    """The sample workspace, set up for the servers of the post office."""
    path = workspaces.sample(tmp_path / "mairie")
    workspaces.point_at(path, office)
    return path


def serving(path: Path) -> Iterator[Served]:
    """Serve the web interface of a folder, and its check-in, as long as the caller wants."""
    desk = Desk(Workspace(path, BEGINS))
    desk.check_in = CheckIn(desk.workspace(), LOOPBACK)
    taken = listen_at_own(0)
    server = serve.server(desk_app(desk, taken.hosts), serve.DeskProtocol)
    run = serve.run([(server, taken.sockets)])
    thread = threading.Thread(target=lambda: asyncio.run(run), name="desk")
    thread.start()
    try:
        yield Served(desk, path, taken)
    finally:
        server.should_exit = True
        thread.join()
        desk.close()
        taken.close()


@pytest.fixture
def served(folder: Path, french: None) -> Iterator[Served]:
    """The web interface of the sample workspace, without a session."""
    yield from serving(folder)


@pytest.fixture
def inside(served: Served) -> Served:
    """The web interface of the sample workspace, with a session opened."""
    served.enter()
    return served


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Chromium of the system, headless. While it runs, this thread has an event loop: commands run in another."""
    if not CHROMIUM.exists():
        absent("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def sheet(chromium: Browser) -> Iterator[Page]:
    """A page of the browser, in which any call beyond this machine and any fault of a script fails the test."""
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda asked: None if _is_here(asked.url) else faults.append(asked.url))

    def refuse(dialog: Dialog) -> None:
        faults.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    yield page
    context.close()
    assert faults == []


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == LOOPBACK or host.endswith(".localhost") or url.startswith(("data:", "about:", "file:"))


@pytest.fixture
def invited(tmp_path: Path, office: PostOffice, french: None) -> Iterator[Served]:
    """The desk of the sample campaign, sent, with somebody in."""
    workspaces.sent().copy(tmp_path / "mairie", office)
    for served in serving(tmp_path / "mairie"):
        served.enter()
        yield served


@pytest.fixture
def answered(tmp_path: Path, office: PostOffice, french: None) -> Iterator[Served]:
    """The desk of the sample campaign, sent and answered, ten days later, with somebody in."""
    workspaces.answered().copy(tmp_path / "mairie", office)
    for served in serving(tmp_path / "mairie"):
        served.enter()
        yield served
