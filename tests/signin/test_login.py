"""``mailer login`` and ``mailer logout`` as typed, with a browser, a provider and mail servers on loopback."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailer.signin import TokenFile
from tests.cli.tongues import surroundings
from tests.signin.conftest import CAMILLE, Mailbox, browse

FRENCH, ENGLISH = "fr", "en"


@pytest.fixture
def browser(tmp_path: Path) -> Path:
    """A browser that opens the page it is given, follows redirects, and keeps what it saw."""
    file = tmp_path / "browser"
    file.write_text(
        f"#!{sys.executable}\nimport sys, urllib.request, pathlib\n"
        "page = urllib.request.urlopen(sys.argv[1]).read()\n"
        "pathlib.Path(__file__).with_suffix('.seen').write_bytes(page)\n",
        "utf-8",
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def mailer(
    box: Mailbox, *words: str, language: str = ENGLISH, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Type a command in the workspace; nobody is there to answer a question."""
    return subprocess.run(
        [sys.executable, "-m", "mailer", "--workspace", str(box.path), *words],
        env=surroundings(language, **variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def kept(box: Mailbox) -> TokenFile:
    """Return the file of Camille's sign-in."""
    return TokenFile(box.path, CAMILLE)


def shows_no_secret(box: Mailbox, *shown: str) -> None:
    """Look for every token and code there was in what was shown, and in every file that others may read."""
    open_to_others = (path for path in box.path.rglob("*") if path.is_file() and path.stat().st_mode & 0o077)
    texts = [*shown, *(path.read_text("utf-8", "replace") for path in open_to_others)]
    assert not [secret for secret in box.provider.secrets for text in texts if secret in text]


def test_login_by_the_browser_and_logout(mailbox: Mailbox, browser: Path) -> None:
    """The page opens, both servers are tried, the sign-in is kept for its owner; logging out revokes and removes it."""
    done = mailer(mailbox, "login", BROWSER=str(browser), language=FRENCH)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "L’envoi par 127.0.0.1 fonctionne" in done.stdout
    assert "La lecture chez 127.0.0.1 fonctionne" in done.stdout
    assert f"Vous êtes connecté à {CAMILLE}" in done.stdout
    assert stat.S_IMODE(kept(mailbox).path.stat().st_mode) == 0o600
    page = browser.with_suffix(".seen").read_text("utf-8")
    assert "Presque fini" in page
    assert 'lang="fr"' in page
    out = mailer(mailbox, "logout")
    assert out.returncode == 0
    assert "has revoked it" in out.stdout
    assert not kept(mailbox).exists()
    assert mailbox.provider.families == set()
    shows_no_secret(mailbox, done.stdout, done.stderr, out.stdout, out.stderr, page)


def test_login_with_a_code(mailbox: Mailbox) -> None:
    """The code and the page are shown, and it goes on by itself once the code was typed elsewhere."""
    done = mailer(mailbox, "login", CAMILLE.upper(), "--device")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "WDJB-MJHT" in done.stdout
    assert f"{mailbox.provider.issuer}/enter" in done.stdout
    shows_no_secret(mailbox, done.stdout, done.stderr)


def test_reading_with_the_sign_in(mailbox: Mailbox) -> None:
    """What needs the mailbox uses the sign-in, renews it, and asks nothing; once it is revoked, that is said."""
    mailer(mailbox, "login", "--device")
    mailbox.provider.access.clear()
    file = kept(mailbox)
    stale = file.path.read_text("utf-8")
    file.path.write_text(re.sub(r'"expires_at": "\d+', '"expires_at": "2020', stale), "utf-8")
    first = mailer(mailbox, "check")
    assert "password" not in first.stdout
    assert "mailer login" not in first.stdout

    mailbox.provider.revoke_all()
    fresh = file.path.read_text("utf-8")
    file.path.write_text(re.sub(r'"expires_at": "\d+', '"expires_at": "2020', fresh), "utf-8")
    ended = mailer(mailbox, "read", language=FRENCH)
    assert ended.returncode == 2
    assert "La connexion à la boîte a pris fin" in ended.stderr
    assert "« mailer login »" in ended.stderr.replace("\u00a0", " ")
    assert len(ended.stderr.strip().splitlines()) == 1

    again = mailer(mailbox, "login", "--device")
    assert again.returncode == 0
    assert "mailer login" not in mailer(mailbox, "check").stdout
    shows_no_secret(mailbox, first.stdout, ended.stderr, again.stdout)


def test_nobody_is_signed_in_yet(mailbox: Mailbox) -> None:
    """Without a password and without a sign-in both ways are named; logging out of nothing is no error."""
    done = mailer(mailbox, "read")
    out = mailer(mailbox, "logout")

    assert done.returncode == 2
    assert "mailer login" in done.stderr
    assert (out.returncode, out.stdout.strip()) == (0, "Nobody is signed in.")


def test_a_shared_mailbox(mailbox: Mailbox) -> None:
    """Who signs in as themselves to a mailbox they may use is told under which name."""
    mailbox.provider.person = "anna@example.org"
    done = mailer(mailbox, "login", "--device")

    assert done.returncode == 0
    assert f"You are signed in to {CAMILLE}, as anna@example.org." in done.stdout


def test_somebody_elses_account(mailbox: Mailbox) -> None:
    """Where the servers do not open the mailbox to who signed in, nothing is kept, and that is said."""
    mailbox.provider.person = "anna@example.org"
    mailbox.smtp.accepts = mailbox.imap.accepts = lambda _token: False
    done = mailer(mailbox, "login", "--device")

    assert done.returncode == 2
    assert "You signed in as anna@example.org" in done.stderr
    assert not kept(mailbox).exists()
    shows_no_secret(mailbox, done.stdout, done.stderr)


def test_one_server_that_does_not_work_yet(mailbox: Mailbox) -> None:
    """Where an administrator still has to switch sending on, the sign-in is kept, and the exit says so."""
    mailbox.smtp.accepts = lambda _token: False
    done = mailer(mailbox, "login", "--device")

    assert done.returncode == 1
    assert "refuses the token" in done.stdout
    assert "Reading at 127.0.0.1 works." in done.stdout
    assert kept(mailbox).exists()


def test_refused_at_the_provider(mailbox: Mailbox, browser: Path) -> None:
    """What the provider refuses is told with its code and Microsoft's number, and nothing more of its words."""
    mailbox.provider.denies = "access_denied"
    done = mailer(mailbox, "login", BROWSER=str(browser))

    assert done.returncode == 2
    assert "access_denied, AADSTS65004" in done.stderr
    assert "secret-words" not in done.stdout + done.stderr
    assert "Not signed in" in browser.with_suffix(".seen").read_text("utf-8")
    assert not kept(mailbox).exists()


def test_the_keyring_is_missing_or_unusable(mailbox: Mailbox) -> None:
    """Without a keyring that works nothing is kept, and the way without it is named."""
    done = mailer(
        mailbox, "login", "--device", "--keyring", PYTHON_KEYRING_BACKEND="keyring.backends.fail.Keyring"
    )

    assert done.returncode == 2
    assert "without --keyring" in done.stderr
    assert not kept(mailbox).exists()


def test_a_provider_that_does_not_revoke(mailbox: Mailbox) -> None:
    """Logging out removes the token here all the same, and says what is left to do."""
    mailer(mailbox, "login", "--device")
    file = kept(mailbox).path
    file.write_text(re.sub(r'("revocation_endpoint": ")[^"]*', r"\1", file.read_text("utf-8")), "utf-8")
    out = mailer(mailbox, "logout", CAMILLE)

    assert out.returncode == 1
    assert "did not revoke it" in out.stdout
    assert not file.exists()


@pytest.mark.parametrize(
    ("change", "words", "sentence"),
    [
        (("client_id", "# client_id"), [], "not registered"),
        (('username = "', 'username = "x'), [CAMILLE], "not the user name of a server"),
        (('username = "camille@example.org"', 'username = "camille@gmail.com"'), [], "app password"),
        (("username", "# username"), [], "no user name"),
        (("issuer =", 'provider = "google"\n# issuer ='), ["--device"], "gives none for mail"),
    ],
    ids=["unregistered", "other-address", "gmail", "no-user", "no-device-code"],
)
def test_what_cannot_begin(
    mailbox: Mailbox, change: tuple[str, str], words: list[str], sentence: str
) -> None:
    """Settings with which nobody can sign in are told before anything is opened."""
    file = mailbox.path / "config" / "mailer.toml"
    file.write_text(file.read_text("utf-8").replace(*change), "utf-8")
    done = mailer(mailbox, "login", "--no-browser", *words)

    assert done.returncode == 2
    assert sentence in done.stderr
    assert done.stdout == ""


@pytest.fixture
def waiting(mailbox: Mailbox) -> Iterator[subprocess.Popen[str]]:
    """A login that waits for its browser."""
    process = subprocess.Popen(
        [sys.executable, "-m", "mailer", "--workspace", str(mailbox.path), "login", "--no-browser"],
        env=surroundings(ENGLISH, PYTHONUNBUFFERED="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_nothing_secret_in_the_list_of_processes(mailbox: Mailbox, waiting: subprocess.Popen[str]) -> None:
    """The command line and the environment of a login hold no token; its port is open on this machine alone."""
    assert waiting.stdout
    address = re.search(r"http://127\.0\.0\.1:\d+/authorize\S+", waiting.stdout.readline())
    assert address
    seen = Path(f"/proc/{waiting.pid}")
    if seen.is_dir():
        listed = (seen / "cmdline").read_bytes() + (seen / "environ").read_bytes()
        assert b"state" not in listed
    page = browse(address[0])
    out, err = waiting.communicate(timeout=60)

    assert waiting.returncode == 0, err
    assert "Sending through" in out
    shows_no_secret(mailbox, page, out, err)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for one process")
def test_ctrl_c_ends_the_wait(mailbox: Mailbox, waiting: subprocess.Popen[str]) -> None:
    """It ends at once and keeps nothing."""
    assert waiting.stdout
    waiting.stdout.readline()
    waiting.send_signal(2)
    began = time.monotonic()
    waiting.communicate(timeout=60)

    assert waiting.returncode == 1
    assert time.monotonic() - began < 30
    assert not kept(mailbox).exists()
