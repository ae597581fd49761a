"""The sign-in that is kept: who can read it, how it is renewed, and what several processes do with one."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError

from mailer.errors import SignInError, UserError
from mailer.signin import RegisteredApplication, TokenFile, signed_in, tokens
from tests.servers.oauth_provider import OauthProvider
from tests.signin.conftest import CAMILLE
from tests.signin.test_flow import sign_in

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def now() -> datetime:
    """Return the moment of these tests."""
    return NOW


@pytest.fixture
def file(tmp_path: Path, registered: RegisteredApplication) -> TokenFile:
    """The file of a sign-in made at noon, that lasts an hour."""
    made = TokenFile(tmp_path, CAMILLE)
    made.keep(tokens.of(registered, CAMILLE, sign_in(registered), in_keyring=False))
    return made


def refusal(file: TokenFile, at: datetime = NOW) -> str:
    """Return the code of the error with which a token cannot be had."""
    with pytest.raises(UserError) as caught:
        file.access_token("", lambda: at)
    return caught.value.code


def test_only_the_owner_can_read_it(file: TokenFile, tmp_path: Path) -> None:
    """Folder, file and lock are the owner's alone, whatever the umask; nothing else is left beside them."""
    before = os.umask(0)
    try:
        with file.locked():
            file.keep(file.read())
    finally:
        os.umask(before)

    found = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.path.parent.iterdir()}
    assert found == {"camille@example.org.json": 0o600, "camille@example.org.lock": 0o600}
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700
    assert file.name == "config/secrets/sign-in/camille@example.org.json"
    assert signed_in(tmp_path) == [CAMILLE]


def test_never_open_to_others_for_a_moment(
    file: TokenFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The file is the owner's alone from the moment it exists, before a token is in it."""
    seen: list[int] = []
    write = os.fsync

    def fsync(handle: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(handle).st_mode))
        write(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    before = os.umask(0)
    try:
        file.keep(file.read())
    finally:
        os.umask(before)

    assert seen == [0o600, 0o700], "the file, then its folder, are brought to disk"


def test_a_token_is_used_until_its_end(file: TokenFile, provider: OauthProvider) -> None:
    """One that lasts is used as it is; a minute before its end it is renewed, once, and written down."""
    first = file.access_token("", now)
    assert file.access_token("", lambda: NOW + timedelta(minutes=58)) == first
    late = NOW + timedelta(minutes=59)
    second = file.access_token("", lambda: late)

    assert second != first
    assert file.access_token("", lambda: late) == second
    assert file.read().expires_at == late + timedelta(hours=1)
    renewals = [asked for path, asked in provider.asked if asked.get("grant_type") == "refresh_token"]
    assert len(renewals) == 1
    assert TokenFile(file.path.parents[3], CAMILLE.upper()).read().access_token == second


def test_the_refresh_token_is_kept_where_none_comes(file: TokenFile, provider: OauthProvider) -> None:
    """A provider that does not rotate gives no new one; the old one stays, and works again and again."""
    provider.rotates = False
    before = file.read().refresh_token
    for hour in (1, 2, 3):
        file.access_token("", lambda at=NOW + timedelta(hours=hour): at)  # type: ignore[misc]

    assert file.read().refresh_token == before


RENEW = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from mailer.signin import TokenFile

file = TokenFile(Path(sys.argv[1]), sys.argv[2])
for _ in range(int(sys.argv[3])):
    print(file.access_token("", lambda: datetime.now(UTC)), flush=True)
"""


@pytest.mark.parametrize("lives", [1, 3600], ids=["each-renews", "one-renews-for-all"])
def test_three_processes_share_one_sign_in(
    file: TokenFile, provider: OauthProvider, tmp_path: Path, lives: int
) -> None:
    """Processes that renew at the same time all get good tokens, and the sign-in stays alive.

    The provider revokes it where an old refresh token comes back. Where one renewal is enough there is only one.
    """
    provider.lives, provider.slow = lives, 0.05
    file.keep(replace(file.read(), expires_at=NOW - timedelta(days=1)))
    asked = len(provider.asked)
    times = 8
    command = [sys.executable, "-c", RENEW, str(tmp_path), CAMILLE, str(times)]
    running = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)
    ]
    printed = [process.communicate(timeout=120) for process in running]

    assert [process.returncode for process in running] == [0, 0, 0], printed
    given = [token for out, _err in printed for token in out.split()]
    assert len(given) == 3 * times
    assert set(given) <= set(provider.access)
    assert len(provider.families) == 1
    assert len(provider.asked) - asked == (3 * times if lives == 1 else 1)
    assert file.read().refresh_token not in provider.used


def test_without_the_lock_the_provider_would_revoke(file: TokenFile, provider: OauthProvider) -> None:
    """The provider of these tests does what the lock is there for: an old refresh token ends the sign-in."""
    stale = file.read()
    file.access_token("", lambda: NOW + timedelta(hours=2))
    file.keep(stale)

    assert refusal(file, NOW + timedelta(hours=2)) == "sign-in-expired"
    assert provider.families == set()


def test_a_sign_in_that_was_revoked(file: TokenFile, provider: OauthProvider) -> None:
    """It is said that it has ended; the file stays for whoever wants to look, and a new sign-in goes on."""
    provider.revoke_all()

    assert refusal(file, NOW + timedelta(hours=2)) == "sign-in-expired"
    assert file.exists()


def test_a_provider_that_is_away_ends_nothing(file: TokenFile, provider: OauthProvider) -> None:
    """A failure that passes leaves the sign-in as it was."""
    provider.status = 503
    assert refusal(file, NOW + timedelta(hours=2)) == "sign-in-unreachable"
    provider.status = 0

    assert provider.is_good(file.access_token("", lambda: NOW + timedelta(hours=2)))


def test_a_disk_that_is_full_is_noticed_in_time(
    file: TokenFile, provider: OauthProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the new refresh token could not be written, the old one is not given away for it."""

    def full(*_args: object, **_named: object) -> None:
        raise UserError("file-unwritable", file="x", reason="No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("mailer.files.write", full)
        assert refusal(file, NOW + timedelta(hours=2)) == "file-unwritable"

    assert provider.used == set()
    assert provider.is_good(file.access_token("", lambda: NOW + timedelta(hours=2)))


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"address": "a"}', '{"refresh_token": 1}', "[" * 100_000, "\udcff"]
)
def test_a_damaged_file(file: TokenFile, content: str) -> None:
    """It is said as that, and a new sign-in or a sign-out gets rid of it."""
    file.path.write_bytes(content.encode("utf-8", "surrogateescape"))

    assert refusal(file) == "sign-in-unreadable"
    assert file.remove() is None
    assert not file.exists()


def test_nobody_is_signed_in(tmp_path: Path) -> None:
    """That is said, and signing out of nothing does nothing."""
    file = TokenFile(tmp_path, CAMILLE)

    assert refusal(file) == "sign-in-missing"
    assert file.remove() is None
    assert signed_in(tmp_path) == []


def test_an_endpoint_that_was_changed_in_the_file(file: TokenFile) -> None:
    """A refresh token goes nowhere unencrypted, whatever stands in the file."""
    found = json.loads(file.path.read_bytes()) | {"token_endpoint": "http://elsewhere.example.org/token"}
    file.path.write_text(json.dumps(found), "utf-8")

    assert refusal(file, NOW + timedelta(hours=2)) == "oauth-endpoint-insecure"


def test_no_token_is_shown(file: TokenFile) -> None:
    """What is written out of a sign-in for a log holds no token."""
    kept = file.read()

    assert kept.refresh_token
    assert kept.refresh_token not in repr(kept)
    assert kept.access_token not in repr(kept)


# -- the keyring ---------------------------------------------------------------------------------------------------


class SmallKeyring(KeyringBackend):
    """A keyring in memory that takes so many characters, as that of Windows takes 1280."""

    priority = 1

    def __init__(self, most: int = 1280, *, loses: bool = False) -> None:
        self.most, self.loses, self.locked, self.fails = most, loses, False, 0
        self.held: dict[tuple[str, str], str] = {}

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a value, if it fits; `fails` times not."""
        self.fails -= 1
        if len(password) > self.most or self.fails >= 0:
            raise PasswordSetError
        self.held[service, username] = "" if self.loses else password

    def get_password(self, service: str, username: str) -> str | None:
        """Return a value, if it is unlocked."""
        if self.locked:
            raise KeyringLocked
        return self.held.get((service, username))

    def delete_password(self, service: str, username: str) -> None:
        """Remove a value."""
        if not self.held.pop((service, username), None):
            raise PasswordDeleteError


@pytest.fixture
def small() -> Iterator[SmallKeyring]:
    """That keyring, for this test."""
    before = keyring.get_keyring()
    made = SmallKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_a_sign_in_in_the_keyring(
    tmp_path: Path, registered: RegisteredApplication, provider: OauthProvider, small: SmallKeyring
) -> None:
    """The file then holds no token at all; renewing works, and signing out empties the keyring."""
    file = TokenFile(tmp_path, CAMILLE)
    file.keep(tokens.of(registered, CAMILLE, sign_in(registered), in_keyring=True))
    written = file.path.read_text("utf-8")
    first = file.access_token("", now)
    second = file.access_token("", lambda: NOW + timedelta(hours=2))

    assert first != second
    assert provider.is_good(second)
    assert not [secret for secret in provider.secrets if secret in written + file.path.read_text("utf-8")]
    kept = file.remove()
    assert kept
    assert provider.refresh[kept.refresh_token] in provider.families
    assert small.held == {}


@pytest.mark.parametrize("change", [{"most": 10}, {"loses": True}], ids=["too-small", "loses"])
def test_a_keyring_that_does_not_keep_it(
    tmp_path: Path, registered: RegisteredApplication, small: SmallKeyring, change: dict[str, int]
) -> None:
    """It is said, and nothing is kept, neither there nor in a file."""
    for name, value in change.items():
        setattr(small, name, value)
    file = TokenFile(tmp_path, CAMILLE)
    with pytest.raises(SignInError) as caught:
        file.keep(tokens.of(registered, CAMILLE, sign_in(registered), in_keyring=True))

    assert caught.value.code == "keyring-unusable"
    assert not file.exists()
    assert small.held == {}


def test_a_keyring_that_is_locked(
    tmp_path: Path, registered: RegisteredApplication, small: SmallKeyring
) -> None:
    """It is said, nobody is asked, and signing out does not pretend that the token is gone."""
    file = TokenFile(tmp_path, CAMILLE)
    file.keep(tokens.of(registered, CAMILLE, sign_in(registered), in_keyring=True))
    small.locked = True

    assert refusal(file, NOW + timedelta(hours=2)) == "keyring-locked"
    with pytest.raises(SignInError) as caught:
        file.remove()
    assert caught.value.code == "keyring-locked"
    assert file.exists()
    assert small.held


def test_from_the_keyring_into_a_file(
    tmp_path: Path, registered: RegisteredApplication, small: SmallKeyring
) -> None:
    """A new sign-in without the keyring leaves nothing of the old one there."""
    file = TokenFile(tmp_path, CAMILLE)
    file.replace(tokens.of(registered, CAMILLE, sign_in(registered), in_keyring=True))
    assert small.held
    file.replace(tokens.of(registered, CAMILLE, sign_in(registered), in_keyring=False))

    assert small.held == {}
    assert file.read().refresh_token


def test_a_new_token_that_the_keyring_refuses(
    tmp_path: Path, registered: RegisteredApplication, small: SmallKeyring
) -> None:
    """Where the keyring does not take the new refresh token it keeps what it had, and that is said."""
    file = TokenFile(tmp_path, CAMILLE)
    file.keep(tokens.of(registered, CAMILLE, sign_in(registered), in_keyring=True))
    before = dict(small.held)
    small.fails = 1

    assert refusal(file, NOW + timedelta(hours=2)) == "keyring-unusable"
    assert small.held == before
