"""Test the delivery settings by what reaches the servers."""

from __future__ import annotations

import base64
import imaplib
import re

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from mailer.demo.post_office import PASSWORD
from tests.journeys.conftest import SLUG, Desk
from tests.servers.fault_smtp import Break, Fault, FaultServer

MARIE = "Mme;Dupont;Marie;Les Amis;marie.dupont@example.org"
PAUL = "M.;Petit;Paul;Les Amis;paul.petit@example.org"


def settle(desk: Desk, *lines: str) -> None:
    """Add lines to the end of the settings."""
    file = desk.path / "config" / "mailer.toml"
    file.write_text(file.read_text("utf-8") + "\n".join(lines) + "\n", "utf-8")


def test_every_message_can_have_a_return_address_of_its_own(desk: Desk) -> None:
    """The envelope sender holds the token of the invitee, and what comes back to it is the invitee's."""
    settle(desk, "own_return_address = true")
    desk.invite(MARIE, PAUL)

    assert desk.type("send", SLUG, "--yes")[0] == 0
    senders = [one.envelope_from for one in desk.office.delivered]
    local, _, domain = desk.office.owner.partition("@")
    assert all(re.fullmatch(rf"{local}\+[a-z2-7]{{26}}@{domain}", sender) for sender in senders)
    assert len(set(senders)) == 2
    for one in desk.office.delivered:
        token = one.envelope_from.partition("+")[2].partition("@")[0]
        assert token.encode() in one.content


def test_messages_are_signed(desk: Desk) -> None:
    """With a key in the secret file, an independent verifier accepts what reaches the server."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    secrets = desk.path / "config" / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / "dkim_key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    published = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    settle(desk, "[dkim]", 'domain = "mairie-lille.example"', 'selector = "essai"')
    desk.invite(MARIE, PAUL)

    assert desk.type("send", SLUG, "--yes")[0] == 0
    assert desk.type("send", SLUG, "--test", "camille@example.org")[0] == 0

    def dns(name: bytes, timeout: int = 5) -> bytes:
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(published)

    assert len(desk.office.delivered) == 3
    assert all(dkim.verify(one.content, dnsfunc=dns) for one in desk.office.delivered)


def test_a_key_without_a_selector_is_said(desk: Desk) -> None:
    """Nothing is sent while half of the signature's settings is missing."""
    settle(desk, "[dkim]", 'domain = "mairie-lille.example"')
    desk.invite(MARIE)
    status, shown = desk.type("send", SLUG, "--yes")

    assert status == 2
    assert "dkim.selector" in shown
    assert desk.office.delivered == []


def test_what_is_sent_is_copied(desk: Desk) -> None:
    """Each message lies in the folder for sent mail, byte for byte, marked as read."""
    settle(desk, 'sent_folder = "Envoyés"')
    desk.invite(MARIE, PAUL)
    assert desk.type("send", SLUG, "--yes")[0] == 0

    with imaplib.IMAP4("127.0.0.1", desk.office.imap_port, timeout=120) as box:
        box.login(desk.office.owner, PASSWORD)
        _, (count,) = box.select('"Envoy&AOk-s"')
        _, answer = box.fetch("1:*", "(FLAGS RFC822)")
    copies = {part[1] for part in answer if isinstance(part, tuple)}
    assert count == b"2"
    assert copies == {one.content for one in desk.office.delivered}


COPIES = [
    (('provider = "orange"',), 1),
    (('provider = "gmail"',), 0),
    (('provider = "orange"', 'sent_folder = ""'), 0),
    ((), 0),
]


@pytest.mark.parametrize(
    ("lines", "copied"), COPIES, ids=["left-to-the-sender", "kept-by-the-provider", "not-wanted", "unknown"]
)
def test_copies_are_made_where_the_provider_leaves_them_to_the_sender(
    desk: Desk, lines: tuple[str, ...], copied: int
) -> None:
    """Without a setting a copy goes to the folder for sent mail, unless the provider puts one there itself or is unknown."""
    settle(desk, *lines)
    desk.invite(MARIE)
    assert desk.type("send", SLUG, "--yes")[0] == 0

    with imaplib.IMAP4("127.0.0.1", desk.office.imap_port, timeout=120) as box:
        box.login(desk.office.owner, PASSWORD)
        status, (count,) = box.select("Sent")
    assert (int(count or 0) if status == "OK" else 0) == copied


def test_a_folder_without_a_name_is_told_in_words(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the folder for sent mail cannot be reached, it is not called by its flag."""
    settle(desk, 'provider = "orange"')
    desk.invite(MARIE)
    monkeypatch.setenv("MAILER_IMAP__PASSWORD", "another")
    status, shown = desk.type("send", SLUG, "--yes")

    assert status == 0
    assert "« dossier des messages envoyés »" in shown
    assert "\\Sent" not in shown


def test_copies_that_cannot_be_made_stop_nothing(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The messages have left; that there are no copies is said."""
    settle(desk, 'sent_folder = "Envoyés"')
    desk.invite(MARIE)
    monkeypatch.setenv("MAILER_IMAP__PASSWORD", "another")
    status, shown = desk.type("send", SLUG, "--yes")

    assert status == 0
    assert "Envoyés" in shown
    assert len(desk.office.delivered) == 1


def test_the_pace_is_the_providers(desk: Desk) -> None:
    """A provider that is named sets the pace, a figure of one's own wins, and the plan says how long it takes."""
    file = desk.path / "config" / "mailer.toml"
    plain = file.read_text("utf-8").replace("per_minute = 0\nper_hour = 0\n", "")
    desk.invite(*(f"Mme;Dupont{n};Marie{n};Les Amis;m{n}@example.org" for n in range(90)))
    took = {}
    for setting in (
        "",
        'provider = "microsoft-365"',
        "per_minute = 0\nper_hour = 0",
        'per_domain = { "example.org" = 2 }',
    ):
        file.write_text(plain + setting + "\n", "utf-8")
        _, shown = desk.type("send", SLUG, "--dry-run")
        found = re.search(r"(\d+) minute", shown)
        took[setting] = int(found[1]) if found else 0

    assert list(took.values()) == [4, 2, 0, 44]


def test_a_provider_nobody_knows_is_said(desk: Desk) -> None:
    """With those that are known."""
    settle(desk, 'provider = "minitel"')
    desk.invite(MARIE)
    status, shown = desk.type("send", SLUG, "--yes")

    assert status == 2
    assert "minitel" in shown
    assert "infomaniak" in shown


def test_a_list_that_is_refused_too_often_stops(desk: Desk) -> None:
    """The share of refusals at which sending stops is a setting."""
    people = [f"Mme;Dupont{n};Marie{n};Les Amis;m{n}@example.org" for n in range(40)]
    desk.invite(*people)
    desk.office.unknown |= {f"m{n}@example.org" for n in range(0, 40, 2)}
    settle(desk, "most_refused = 60")
    status, shown = desk.type("send", SLUG, "--yes")

    assert status == 1
    assert len(desk.office.delivered) == 20
    assert "20 message" in shown


def test_a_token_instead_of_a_password(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """XOAUTH2 takes the token from the secret file, as it is at the moment of the login."""
    desk.invite(MARIE)
    secrets = desk.path / "config" / "secrets"
    secrets.mkdir(exist_ok=True)
    monkeypatch.setenv("MAILER_SMTP__USERNAME", "camille")
    with FaultServer(login=("camille", "fresh")).in_a_thread() as server:
        monkeypatch.setenv("MAILER_SMTP__PORT", str(server.port))
        (secrets / "smtp_token").write_text("stale\n", "utf-8")
        assert desk.type("send", SLUG, "--yes")[0] == 2
        (secrets / "smtp_token").write_text("fresh\n", "utf-8")
        assert desk.type("send", SLUG, "--yes")[0] == 0

    assert [one.recipient for one in server.received] == ["marie.dupont@example.org"]


def test_a_token_in_the_settings_is_refused(desk: Desk) -> None:
    """It is a secret like a password."""
    file = desk.path / "config" / "mailer.toml"
    file.write_text(file.read_text("utf-8").replace("[smtp]\n", '[smtp]\ntoken = "abc"\n'), "utf-8")
    status, shown = desk.type("send", SLUG, "--yes")

    assert status == 2
    assert "config/secrets/smtp_token" in shown


def test_a_server_that_allows_no_address_but_the_accounts(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A refused return address is given up for the account's own, and everybody gets their message."""
    settle(desk, "own_return_address = true")
    desk.invite(MARIE, PAUL)
    refusal = Fault("mail", "553 5.7.1 Sender address rejected: not owned by user", times=1)
    with FaultServer(faults=[refusal]).in_a_thread() as server:
        monkeypatch.setenv("MAILER_SMTP__PORT", str(server.port))
        assert desk.type("send", SLUG, "--yes")[0] == 0

    assert [one.sender for one in server.received] == [desk.office.owner] * 2
    assert sum("+" in command for command in server.commands if command.upper().startswith("MAIL")) == 1


TROUBLES = [
    pytest.param(
        Fault("rcpt", "554 5.7.0 limit on the number of allowed outgoing messages was exceeded", after=1),
        ("limit on the number", "mailer send"),
        id="a used-up account",
    ),
    pytest.param(Fault("dot", "554 5.7.1 spam"), ("5.7.1 spam", "mailer send"), id="a refused letter"),
    pytest.param(Fault("greeting", "554 5.7.1 not you"), ("not you", "127.0.0.1"), id="turned away"),
    pytest.param(Fault("dot", Break.DROP), ("--release-in-doubt", "en doute"), id="lost after the dot"),
    pytest.param(
        Fault("rcpt", "550 5.1.1 unknown", to="paul"), ("Paul Petit : 550 5.1.1",), id="a dead address"
    ),
]


@pytest.mark.parametrize(("fault", "words"), TROUBLES)
def test_trouble_is_said_in_words(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, fault: Fault, words: tuple[str, ...]
) -> None:
    """Whatever the server does, the last lines say what it was and what to do."""
    desk.invite(MARIE, PAUL, *(f"Mme;Dupont{n};Marie{n};Les Amis;m{n}@example.org" for n in range(3)))
    with FaultServer(faults=[fault]).in_a_thread() as server:
        monkeypatch.setenv("MAILER_SMTP__PORT", str(server.port))
        status, shown = desk.type("send", SLUG, "--yes")

    assert status in (1, 2)
    assert all(word in shown for word in words), shown
    assert "Traceback" not in shown


def test_connections_carry_as_many_messages_as_is_said(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then another is opened."""
    settle(desk, "per_connection = 2")
    desk.invite(*(f"Mme;Dupont{n};Marie{n};Les Amis;m{n}@example.org" for n in range(5)))
    with FaultServer().in_a_thread() as server:
        monkeypatch.setenv("MAILER_SMTP__PORT", str(server.port))
        assert desk.type("send", SLUG, "--yes")[0] == 0

    assert len(server.received) == 5
    assert server.connections == 3
