"""The settings of a workplace's network in the form of the mail servers."""

from __future__ import annotations

import tomllib
from pathlib import Path

from mailer.model.account import Security
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
