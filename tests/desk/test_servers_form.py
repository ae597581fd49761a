"""The settings of a workplace's network in the form of the mail servers."""

from __future__ import annotations

import os
import stat
import sys
import tomllib
from pathlib import Path

import pytest

from mailer.model.account import Security
from mailer.workspace import Workspace
from tests.desk.conftest import SLUG, Served
from tests.desk.test_together import stamp
from tests.servers.certificates import of_the_house
from tests.servers.fault_smtp import FaultServer


def settings(served: Served) -> dict[str, dict[str, object]]:
    """Return what the settings file says."""
    return tomllib.loads((served.path / "config" / "mailer.toml").read_text("utf-8"))


def save(served: Served, **changed: str) -> None:
    """Save the form of the servers with some fields changed, named with two underscores for the dot."""
    now = settings(served)
    form = {
        f"{name}.{key}": str(now[name].get(key, ""))
        for name in ("smtp", "imap")
        for key in ("host", "port", "security", "username", "ca_file")
    }
    form |= {name.replace("__", "."): value for name, value in changed.items()}
    answer = served.ask("/servers", form | {"stamp": stamp(served.ask("/servers").text)})
    assert answer.status == 303, answer.text


def test_a_relay_of_the_house_is_set_in_the_form(inside: Served, tmp_path: Path) -> None:
    """An unknown authority is told with its setting; once its file is in the form, the desk's connections believe it."""
    tls, authority = of_the_house(tmp_path)
    with FaultServer(security=Security.TLS, tls=tls).in_a_thread() as relay:
        save(inside, smtp__host="localhost", smtp__port=str(relay.port), smtp__security="tls")
        assert "ca_file dans [smtp]" in inside.ask(f"/c/{SLUG}/check").text
        assert "helo" not in settings(inside)["smtp"]

        save(inside, smtp__ca_file=str(authority), smtp__helo="poste.example.org", imap__mailbox="")
        assert "certificat" not in inside.ask(f"/c/{SLUG}/check").text
        assert "EHLO poste.example.org" in relay.commands

    saved = settings(inside)
    assert saved["smtp"]["ca_file"] == str(authority)
    assert "mailbox" not in saved["imap"]
    assert f'value="{authority}"' in inside.ask("/servers").text


def refusal(served: Served, **changed: str) -> str:
    """Save the form with fields that are refused; return the page, on which they stand to be corrected."""
    now = settings(served)
    form = {
        f"{name}.{key}": str(now[name].get(key, ""))
        for name in ("smtp", "imap")
        for key in ("host", "port", "security", "username", "ca_file")
    }
    form |= {name.replace("__", "."): value for name, value in changed.items()}
    answer = served.ask("/servers", form | {"stamp": stamp(served.ask("/servers").text)})
    assert answer.status == 200
    assert settings(served) == now
    return answer.text


def test_what_would_give_a_password_away_is_not_saved(inside: Served) -> None:
    """Encryption may be left out on this machine alone, or where nobody logs in; the form says so before anything is written."""
    for name in ("smtp", "imap"):
        login = {f"{name}__host": "0.0.0.0", f"{name}__security": "none", f"{name}__username": "camille"}
        assert "serait envoyé sans chiffrement" in refusal(inside, **login)
        save(inside, **(login | {f"{name}__host": "127.0.0.1"}))
    save(inside, smtp__host="0.0.0.0", smtp__security="none", smtp__username="")


def test_a_line_end_in_a_field_is_not_saved(inside: Served) -> None:
    """What would begin a second command of IMAP is refused, and a password of that kind is not repeated on the page."""
    assert "imap.username" in refusal(inside, imap__username="camille\r\nA1 DELETE INBOX")
    page = refusal(inside, imap__password="Zq7\r\nplanted")
    assert "imap.password" in page
    assert "planted" not in page
    assert not (inside.path / "config" / "secrets" / "imap_password").exists() or "planted" not in (
        inside.path / "config" / "secrets" / "imap_password"
    ).read_text("utf-8")


def test_a_file_that_cannot_be_read_shows_no_line_of_it(inside: Served) -> None:
    """The form of the servers says where the settings are broken, and shows nothing of a password that was written there."""
    file = inside.path / "config" / "mailer.toml"
    sound = file.read_text("utf-8")
    file.write_text(f'{sound}\npassword = "Zq7-planted', "utf-8")
    for path in ("/servers", "/", f"/c/{SLUG}/check"):
        assert "planted" not in inside.ask(path).text
    assert "config/mailer.toml" in inside.ask("/servers").text
    file.write_text(sound, "utf-8")
    assert "Zq7" not in inside.ask("/servers").text


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such permissions")
def test_88_what_the_desk_writes_of_secrets_is_its_owners_alone(inside: Served) -> None:
    """Passwords, the ledger and its locks can be read by their owner only, whatever the umask; a list keeps its mode."""
    people = inside.path / "contacts" / "invites.csv"
    people.chmod(0o644)
    before = os.umask(0)
    try:
        save(inside, smtp__username="camille", smtp__password="Zq7-planted", imap__password="Zq7-planted")
        inside.ask(f"/c/{SLUG}")
        with Workspace(inside.path).store() as store, store.hold(SLUG, "the test"):
            written = [file for file in (inside.path / "data").rglob("*") if file.is_file()]
            modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in written}
    finally:
        os.umask(before)

    for name in ("smtp", "imap"):
        file = inside.path / "config" / "secrets" / f"{name}_password"
        modes[file.name] = stat.S_IMODE(file.stat().st_mode)
    assert {"mailer.sqlite", "imap_password", "smtp_password"} < set(modes)
    assert modes == dict.fromkeys(modes, 0o600)
    assert stat.S_IMODE(people.stat().st_mode) == 0o644
