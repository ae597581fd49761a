"""The desk is opened without a secret that another user of the machine can read, and its cookie goes nowhere else."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import psutil
import pytest
from playwright.sync_api import Browser, Page

from mailer.desk import launch, listening
from mailer.desk.listening import LOOPBACK, LOOPBACK_6, Listening, listen_at_own
from mailer.errors import ConfigError
from tests import workspaces
from tests.desk.conftest import PATIENCE, SLUG, Served
from tests.desk.running import Running, running, token_in
from tests.servers.absent import absent

STAYS = '#!/bin/sh\nprintf \'%s\\n\' "$@" > "$SEEN.writing"\nmv "$SEEN.writing" "$SEEN"\nwhile :; do sleep 1; done\n'
"""A browser that stays in the foreground, as w3m does, and notes what it was called with."""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The sample workspace in a home of its own."""
    (tmp_path / "home").mkdir()
    return workspaces.sample(tmp_path / "home" / "mairie")


@pytest.fixture
def browser_script(tmp_path: Path) -> Path:
    """A browser that stays."""
    script = tmp_path / "w3m"
    script.write_text(STAYS, "utf-8")
    script.chmod(0o755)
    return script


def wait_for(true: Callable[[], object]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@contextmanager
def opened(path: Path, script: Path) -> Iterator[tuple[Running, Path]]:
    """Start the desk with a browser; yield it and the file that the browser was given."""
    seen = script.with_suffix(".seen")
    with running(path, BROWSER=f"{script} %s", SEEN=str(seen)) as desk:
        try:
            wait_for(seen.exists)
            yield desk, Path(seen.read_text("utf-8").strip().removeprefix("file://"))
        finally:
            for one in psutil.process_iter(["cmdline"]):
                if str(script) in (one.info["cmdline"] or ()):
                    one.kill()


def test_a_browser_that_stays_in_the_foreground(path: Path, browser_script: Path) -> None:
    """The desk is served while it is open: the file's form lets in, once, and the file is gone then."""
    with opened(path, browser_script) as (desk, file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert file.is_relative_to(path.parent)
        token = token_in(file.read_text("utf-8"))
        status, cookie, _text = desk.ask("/enter", {"token": token}, {"origin": "null"})

        assert status == 200
        assert not file.exists()
        assert SLUG in desk.ask("/", headers={"cookie": cookie})[2]
        assert desk.ask("/enter", {"token": token}, {"origin": "null"})[:2] == (403, "")


def test_no_secret_in_any_process_list(path: Path, browser_script: Path) -> None:
    """Attack 79: arguments and the terminal's process titles hold neither token, code nor cookie, before and after."""
    with opened(path, browser_script) as (desk, file):
        token, code = token_in(file.read_text("utf-8")), desk.code
        before = _arguments()
        _status, cookie, _text = desk.ask("/enter", {"token": token}, {"origin": "null"})
        told = before + _arguments()

    assert str(file) in told
    for secret in (token, code, code.replace("-", ""), cookie.partition("=")[2]):
        assert secret not in told


def _arguments() -> str:
    return "\n".join(" ".join(one.info["cmdline"] or ()) for one in psutil.process_iter(["cmdline"]))


SPY = """
import os, pathlib, sys, urllib.error, urllib.parse, urllib.request
origin, port, name = sys.argv[1], sys.argv[2], sys.argv[3]
words = set()
for line in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
    try:
        words |= set(line.read_bytes().decode("utf-8", "replace").replace("\\0", " ").replace("/", " ").replace("=", " ").split())
    except OSError:
        pass
for one in pathlib.Path("/proc").glob("[0-9]*/environ"):
    try:
        words |= set(one.read_bytes().decode("utf-8", "replace").replace("\\0", " ").split())
    except OSError:
        pass
readable = []
for word in [w for w in words if "mailer-desk" in w] + [name]:
    try:
        readable.append(open(word).read())
    except OSError:
        pass
came_in = []
for word in words:
    for field in ("token", "code"):
        body = urllib.parse.urlencode({field: word}).encode()
        asked = urllib.request.Request(f"http://127.0.0.1:{port}/enter", body, {"Host": origin[7:], "Origin": origin})
        try:
            if urllib.request.urlopen(asked, timeout=60).headers["set-cookie"]:
                came_in.append(word)
        except urllib.error.HTTPError:
            pass
print(len(words) > 5, os.path.exists(name), readable, came_in)
"""


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A workspace in a home whose folders everybody may look into, as on many systems."""
    with tempfile.TemporaryDirectory(prefix="home-") as folder:
        Path(folder).chmod(0o755)
        yield workspaces.sample(Path(folder) / "mairie")


@pytest.mark.second_user
def test_another_user_does_not_get_in(open_home: Path, browser_script: Path) -> None:
    """Attack 79: who reads every process's arguments, and every file named there, comes in by none of it; the officer does."""
    if os.name != "posix" or os.getuid() != 0:
        absent("another user can be played by root alone")
    with opened(open_home, browser_script) as (desk, file):
        command = ["/usr/bin/python3", "-c", SPY, desk.origin, str(desk.port), str(file)]
        done = subprocess.run(
            command,
            user="nobody",
            group="nogroup",
            extra_groups=[],
            capture_output=True,
            text=True,
            check=False,
            env={},
            cwd="/",
        )

        assert done.stdout.strip() == "True True [] []", done.stderr
        token = token_in(file.read_text("utf-8"))
        assert desk.ask("/enter", {"token": token}, {"origin": "null"})[0] == 200


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_file_goes_with_the_program(path: Path, browser_script: Path, end: signal.Signals) -> None:
    """Also where nobody has used it: at Ctrl-C, by a service manager, and where the terminal is closed."""
    with opened(path, browser_script) as (desk, file):
        assert desk.code
        assert desk.ask("/")[0] == 403
        assert file.exists()
        desk.process.send_signal(end)

        assert desk.process.wait(PATIENCE) == 0
        assert not file.exists()


@pytest.mark.parametrize("home", ["/nonexistent", "/proc", "a file"])
def test_no_home_and_no_browser(path: Path, tmp_path: Path, home: str) -> None:
    """Attack 79: where no file can be written, the address is opened without a secret, and the code of the terminal lets in."""
    (tmp_path / "file").write_text("", "utf-8")
    script = tmp_path / "browser"
    script.write_text(STAYS.replace("while :; do sleep 1; done\n", ""), "utf-8")
    script.chmod(0o755)
    chosen = tmp_path / "file" if home == "a file" else Path(home)
    with running(path, home=chosen, BROWSER=f"{script} %s", SEEN=str(tmp_path / "seen")) as desk:
        wait_for((tmp_path / "seen").exists)
        assert (tmp_path / "seen").read_text("utf-8").strip() == f"{desk.by_address}/"
        status, cookie, _text = desk.ask("/enter", {"code": desk.code}, url=desk.by_address)

        assert status == 200
        assert SLUG in desk.ask("/", headers={"cookie": cookie}, url=desk.by_address)[2]
        assert desk.ask("/enter", {"code": desk.code})[1] == ""


def test_only_the_address_and_the_code_are_shown(path: Path) -> None:
    """--no-browser opens nothing; the file that it names is its owner's alone, and the first page asks for the code."""
    with running(path, "--no-browser") as desk:
        assert desk.code
        status, _cookie, text = desk.ask("/")

        assert (status, 'name="code"' in text) == (403, True)
        (file,) = (one for one in path.parent.iterdir() if one.name != "mairie")
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert desk.ask("/enter", {"code": desk.code.lower()})[1]


@pytest.mark.parametrize(
    ("line", "folder"),
    [
        ('XDG_DOWNLOAD_DIR="$HOME/Téléchargements"', "Téléchargements"),
        ('XDG_DOWNLOAD_DIR="$HOME/.cache"', ""),
        ('XDG_DOWNLOAD_DIR="$HOME/nowhere"', ""),
        ('XDG_DOWNLOAD_DIR="/tmp"', ""),
        ("", ""),
    ],
)
def test_where_the_file_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, folder: str) -> None:
    """In the downloads, which a browser of Flatpak reads, else in the home; never hidden, which one of Ubuntu does not read."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in (".config", ".cache", "Téléchargements"):
        (tmp_path / name).mkdir()
    (tmp_path / ".config" / "user-dirs.dirs").write_text(f"# XDG\n{line}\n", "utf-8")
    file = launch.write("http://x.localhost:1", "http://127.1.1.1:1", "token")

    assert file
    assert file.path.parent == tmp_path / folder
    file.remove()
    file.remove()


def test_what_killed_programs_left_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of yesterday is removed; that of a desk which runs beside this one, and everything else, stays."""
    monkeypatch.setenv("HOME", str(tmp_path))
    yesterday = time.time() - 86_400
    names = ("mailer-desk-old.html", "mailer-desk-new.html", "other.html", "mailer-desk-notes.txt")
    for name in names:
        (tmp_path / name).write_text("", "utf-8")
        if "new" not in name:
            os.utime(tmp_path / name, (yesterday, yesterday))
    file = launch.write("http://x.localhost:1", "http://127.1.1.1:1", "token")

    assert file
    assert {one.name for one in tmp_path.iterdir()} == {*names[1:], file.path.name}


# -- the host of its own -------------------------------------------------------------------------------------------


@pytest.fixture
def at() -> Iterator[Listening]:
    """The sockets of a desk."""
    made = listen_at_own(0)
    yield made
    made.close()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is known to have all of 127.0.0.0/8")
def test_every_desk_has_hosts_of_its_own(at: Listening) -> None:
    """Neither name nor address is that of another desk, of this machine's usual servers, or guessable."""
    other = listen_at_own(0)
    other.close()

    assert len({at.name, other.name, at.address, other.address}) == 4
    assert at.address.startswith("127.")
    assert at.address != LOOPBACK
    assert at.name.endswith(".localhost")
    assert {one.getsockname()[0] for one in at.sockets} >= {LOOPBACK, at.address}


def test_a_system_without_other_addresses_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS, which has 127.0.0.1 alone: ::1 is the second way in there, which is neither 127.0.0.1 nor localhost to a browser."""
    monkeypatch.setattr(listening, "_bind_if_there", _only_the_usual)
    made = listen_at_own(0)
    made.close()

    assert made.address in ("[::1]", LOOPBACK)
    assert made.hosts == {f"{made.name}:{made.port}", f"{made.address}:{made.port}"}


def _only_the_usual(host: str, port: int) -> socket.socket | None:
    try:
        return listening._bind(host, port) if host == LOOPBACK_6 else None
    except OSError:
        return None


@pytest.mark.parametrize("host", [LOOPBACK, LOOPBACK_6])
def test_nobody_else_listens_where_the_name_leads(host: str) -> None:
    """Attack 80: a browser may look for the name at ::1 first; a desk takes no port that somebody has there, or at 127.0.0.1."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as theirs:
        try:
            theirs.bind((host, 0))
        except OSError:
            absent("this machine has no such address")
        theirs.listen()
        with pytest.raises(ConfigError, match="port-taken"):
            listen_at_own(theirs.getsockname()[1])
    listen_at_own(0).close()


class Neighbour(ThreadingHTTPServer):
    """A server of somebody else on this machine, and the cookies it was sent."""

    cookies: list[str]
    daemon_threads = True


class Neighbour6(Neighbour):
    """The same at ::1."""

    address_family = socket.AF_INET6


class Handler(BaseHTTPRequestHandler):
    """Answers with a page that loads itself once more, as one of its own site."""

    def do_GET(self) -> None:
        """Answer, and keep the cookie."""
        assert isinstance(self.server, Neighbour)
        if self.path in ("/", "/again"):
            self.server.cookies.append(self.headers.get("Cookie", ""))
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        again = (
            b'<meta http-equiv="refresh" content="0;url=/again">'
            if self.path == "/"
            else b"<p id=done>done</p>"
        )
        self.wfile.write(b"<!doctype html>" + again)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's signature
        """Say nothing."""


@pytest.fixture
def neighbours() -> Iterator[list[Neighbour]]:
    """Servers of somebody else: on every IPv4 address of this machine, and at ::1."""
    made: list[Neighbour] = []
    for kind, host in ((Neighbour, "0.0.0.0"), (Neighbour6, LOOPBACK_6)):
        try:
            server = kind((host, 0), Handler)
        except OSError:
            continue
        server.cookies = []
        made.append(server)
        Thread(target=server.serve_forever, daemon=True).start()
    yield made
    for server in made:
        server.shutdown()
        server.server_close()


@pytest.fixture
def browsing(chromium: Browser) -> Iterator[Page]:
    """A page of the browser."""
    context = chromium.new_context(locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    yield page
    context.close()


def visited(page: Page, url: str) -> None:
    """Go to a page of the neighbour, which loads another."""
    page.goto(url)
    page.locator("#done").wait_for()


@pytest.mark.browser
@pytest.mark.parametrize("way", ["the file", "the code", "the address"])
def test_the_cookie_goes_to_no_other_server(
    served: Served,
    browsing: Page,
    neighbours: list[Neighbour],
    way: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Attack 80: not to 127.0.0.1, localhost, another name below it, ::1 or this machine's name; the desk itself gets it."""
    if way == "the file":
        monkeypatch.setenv("HOME", str(tmp_path))
        file = launch.write(*served.at.origins, served.desk.keys.token)
        assert file
        browsing.goto(file.url)
        origin = served.origin
    else:
        origin = served.origin if way == "the code" else served.at.origins[1]
        browsing.goto(origin)
        browsing.locator("#code").fill(served.desk.keys.code)
        browsing.get_by_role("button").click()
    browsing.wait_for_url(f"{origin}/")
    browsing.get_by_role("heading", name="Campagnes").wait_for()
    port = neighbours[0].server_address[1]
    for host in (LOOPBACK, "localhost", "other.localhost", "127.0.0.2"):
        visited(browsing, f"http://{host}:{port}/")
    if len(neighbours) > 1:
        visited(browsing, f"http://[::1]:{neighbours[1].server_address[1]}/")

    assert [one for server in neighbours for one in server.cookies if one] == []
    assert len(neighbours[0].cookies) == 8
    browsing.goto(f"{origin}/privacy")
    assert browsing.get_by_role("heading", level=1).text_content() == "Données personnelles"
    assert served.ask("/").status == 403


@pytest.mark.browser
def test_a_page_of_a_neighbour_uses_the_desk_by_no_cookie(
    served: Served, browsing: Page, neighbours: list[Neighbour]
) -> None:
    """Attack 80: for a browser, another port of the same host is the same site, and strict cookies go along; not so here."""
    served.let_in(browsing)
    seen: list[str | None] = []
    browsing.context.on(
        "request",
        lambda asked: (
            seen.append(asked.all_headers().get("cookie")) if asked.url.startswith(served.origin) else None
        ),
    )
    visited(browsing, f"http://{LOOPBACK}:{neighbours[0].server_address[1]}/")
    seen.clear()
    with browsing.expect_event("requestfailed"):
        browsing.evaluate(
            "url => { const one = new Image(); one.src = url; document.body.append(one) }",
            f"{served.origin}/privacy",
        )
    browsing.evaluate(
        "url => { const form = document.createElement('form'); form.method = 'post'; form.action = url; document.body.append(form); form.submit() }",
        f"{served.origin}/read",
    )
    browsing.wait_for_url(f"{served.origin}/read")

    assert seen[:2] == [None, None]
    browsing.goto(served.origin)
    assert browsing.get_by_role("heading", level=1).text_content() == "Campagnes"


@pytest.mark.browser
def test_two_desks_do_not_mix(served: Served, browsing: Page, tmp_path: Path) -> None:
    """Attack 80: the session of one opens nothing at the other, and both stay open in one browser."""
    from tests.desk.conftest import serving

    served.let_in(browsing)
    for other in serving(workspaces.sample(tmp_path / "other")):
        browsing.goto(other.origin)
        assert browsing.locator("#code").count() == 1
        (kept,) = browsing.context.cookies(served.origin)
        assert other.ask("/", headers={"cookie": f"{other.desk.cookie}={kept.get('value')}"}).status == 403
        other.let_in(browsing)
        browsing.goto(served.origin)
        assert browsing.get_by_role("heading", name="Campagnes").count() == 1


@pytest.mark.browser
def test_a_browser_that_does_not_know_the_name(
    served: Served, chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file waits for the name in vain, and leads to the address; without scripts there is a button for each."""
    monkeypatch.setenv("HOME", str(tmp_path))
    file = launch.write("http://nowhere.invalid:1", served.at.origins[1], served.desk.keys.token)
    assert file
    still = chromium.new_context(java_script_enabled=False, locale="fr-FR").new_page()
    still.goto(file.url)
    assert still.get_by_role("button").count() == 2
    page = chromium.new_context(locale="fr-FR").new_page()
    page.goto(file.url)
    page.wait_for_url(f"{served.at.origins[1]}/")
    page.get_by_role("heading", name="Campagnes").wait_for()
    still.context.close()
    page.context.close()
