"""Test the page of the mail servers: they are found from an address, written where they take the password, and tried."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from mailer.demo.post_office import PASSWORD
from tests.conftest import OWNER
from tests.desk.conftest import Answer, Served
from tests.servers.internet import AUTOCONFIG, Internet, client_config

DOMAIN = OWNER.partition("@")[2]
FILLED = "dans le formulaire ci-dessous"
AUTO, MAIL, ELSEWHERE = f"autoconfig.{DOMAIN}", f"mail.{DOMAIN}", "hoster.example"


def _stamp(inside: Served) -> str:
    found = re.search(r'name="stamp" value="(\w+)"', inside.ask("/servers").text)
    assert found
    return found[1]


def _find(inside: Served, **fields: str) -> Answer:
    return inside.ask("/servers/find", {"stamp": _stamp(inside), "address": OWNER} | fields)


def _settings(inside: Served) -> dict[str, dict[str, str | int]]:
    return tomllib.loads((inside.path / "config" / "mailer.toml").read_text("utf-8"))


def _published(net: Internet) -> None:
    net.publish(AUTO, f"{AUTOCONFIG}{OWNER}", client_config(MAIL, MAIL))
    net.mail_at(MAIL, MAIL)


def _shown(answer: Answer, field: str) -> str:
    found = re.search(rf'name="{re.escape(field)}" value="([^"]*)"', answer.text)
    return found[1] if found else ""


def test_servers_that_take_the_password_are_saved(
    inside: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Address and password are enough; remarks in the file stay, and the password lies in files of its own."""
    remark = (inside.path / "config" / "mailer.toml").read_text("utf-8").partition("\n")[0]
    with Internet(OWNER, tmp_path, (AUTO, MAIL), monkeypatch) as net:
        _published(net)
        answer = _find(inside, password=PASSWORD)
        after = inside.ask("/servers")

    assert (answer.status, answer.headers["location"]) == (303, "/servers")
    assert "ont accepté le mot de passe" in after.text
    settings = _settings(inside)
    for table, port in (("smtp", 465), ("imap", 993)):
        found = {key: settings[table][key] for key in ("host", "port", "security", "username")}
        assert found == {"host": MAIL, "port": port, "security": "tls", "username": OWNER}
        secret = inside.path / "config" / "secrets" / f"{table}_password"
        assert secret.read_text("utf-8") == PASSWORD
        assert secret.stat().st_mode & 0o77 == 0
    assert (inside.path / "config" / "mailer.toml").read_text("utf-8").startswith(remark)
    assert PASSWORD not in after.text


@pytest.mark.parametrize(("password", "said"), [("", "Il répond."), ("Zq7x9", "refuse l’identifiant")])
def test_servers_without_the_right_password_are_only_shown(
    password: str, said: str, inside: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They stand in the form, with what named them and what they answered; nothing is written, no password shown."""
    before = _settings(inside)
    with Internet(OWNER, tmp_path, (AUTO, MAIL), monkeypatch) as net:
        _published(net)
        answer = _find(inside, password=password)

    assert answer.status == 200
    assert (_shown(answer, "smtp.host"), _shown(answer, "imap.port")) == (MAIL, "993")
    assert f"https://{AUTO}/" in answer.text
    assert FILLED in answer.text
    assert said in answer.text
    assert "Zq7x9" not in answer.text
    assert _settings(inside) == before


def test_nothing_found_leaves_the_form_as_it_was(
    inside: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What does not answer is said and does not get into the form."""
    with Internet(OWNER, tmp_path, (AUTO, MAIL), monkeypatch) as net:
        net.publish(AUTO, f"{AUTOCONFIG}{OWNER}", client_config(MAIL, MAIL))
        before, answer = inside.ask("/servers"), _find(inside, password=PASSWORD)

    assert "aucun serveur qui réponde" in answer.text
    assert "la connexion a été refusée" in answer.text
    assert FILLED not in answer.text
    for field in ("smtp.host", "imap.host", "smtp.username"):
        assert _shown(answer, field) == _shown(before, field)


def test_a_doubtful_server_gets_the_password_after_a_tick(
    inside: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page asks; with the box ticked, the server is signed in to and saved."""
    with Internet(OWNER, tmp_path, (ELSEWHERE,), monkeypatch) as net:
        for kind, port in (("imaps", 993), ("submissions", 465)):
            net.records[f"_{kind}._tcp.{DOMAIN}.", "SRV"] = [f"0 1 {port} {ELSEWHERE}."]
        net.mail_at(ELSEWHERE, ELSEWHERE)
        asked = _find(inside, password=PASSWORD)
        given_before = [command for command in net.smtp.commands if command.startswith("AUTH")]
        ticked = _find(inside, password=PASSWORD, agreed=ELSEWHERE)

    assert asked.text.count(f'name="agreed" value="{ELSEWHERE}"') == 1
    assert given_before == []
    assert ticked.status == 303
    assert _settings(inside)["imap"]["host"] == ELSEWHERE


def test_what_is_no_address_is_told_on_the_page(inside: Served) -> None:
    """With the form as it was."""
    answer = _find(inside, address="camille")

    assert answer.status == 200
    assert "« camille »" in answer.text.replace("\u00a0", " ")
    assert 'name="smtp.host"' in answer.text


def test_a_file_that_changed_meanwhile_is_not_overwritten(
    inside: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else edited the settings while the page was open: they stay, and are shown."""
    stamp = _stamp(inside)
    file = inside.path / "config" / "mailer.toml"
    file.write_text(file.read_text("utf-8") + "# Paul\n", "utf-8")
    with Internet(OWNER, tmp_path, (AUTO, MAIL), monkeypatch) as net:
        _published(net)
        answer = _find(inside, stamp=stamp, password=PASSWORD)

    assert answer.status == 409
    assert "# Paul" in answer.text
    assert _settings(inside)["smtp"]["host"] != MAIL


def test_the_saved_servers_are_tried(inside: Served) -> None:
    """A message goes to oneself and is deleted again."""
    answer = inside.ask("/servers/try", {})

    assert answer.status == 200
    assert f"« INBOX » de {OWNER}" in answer.text.replace("\u00a0", " ")
    assert "Il y a été effacé." in answer.text
    assert 'class="trouble"' not in answer.text


def test_what_is_wrong_with_the_saved_servers_is_told(inside: Served) -> None:
    """Nothing is sent where the mailbox cannot be opened."""
    file = inside.path / "config" / "mailer.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace(f'username = "{OWNER}"', 'username = "x"'), "utf-8")
    answer = inside.ask("/servers/try", {})

    assert answer.status == 200
    assert 'class="trouble" role="alert"' in answer.text
    assert "effacé" not in answer.text.partition("<form")[0]
