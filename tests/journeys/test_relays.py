"""Send through relays that are particular about whom they take mail from, on a real Postfix."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from mailer.demo.post_office import PASSWORD
from mailer.workspace.opening import Workspace
from tests.clients import dovecot as dovecots
from tests.clients.dovecot import dovecot
from tests.journeys.conftest import SLUG, Desk
from tests.servers import postfix as postfixes
from tests.servers.certificates import of_the_house
from tests.servers.postfix import Postfix, postfix

PARTICULAR = {
    "smtpd_helo_required": "yes",
    "smtpd_helo_restrictions": "reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname",
}
MARIE = "Mme;Dupont;Marie;Les Amis;marie.dupont@example.org"
PAUL = "M.;Petit;Paul;Les Amis;paul.petit@example.org"

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(postfixes.why_not() is not None, reason=str(postfixes.why_not())),
    pytest.mark.skipif(dovecots.why_not() is not None, reason=str(dovecots.why_not())),
]


def point(desk: Desk, port: int, *smtp: str) -> None:
    """Send through the server at `port`, with these lines under [smtp]."""
    file = desk.path / "config" / "mailer.toml"
    text = file.read_text("utf-8").replace(f"port = {desk.office.smtp_port}\n", f"port = {port}\n", 1)
    file.write_text(text.replace("[imap]", "\n".join([*smtp, "[imap]"])), "utf-8")


NAMES = [
    ("poste.mairie-lille.fr", "cjulien@example.org", "poste.mairie-lille.fr"),
    ("poste", "cjulien@example.org", "example.org"),
    ("poste.mairie.lan", "cjulien", "mairie-lille.example"),
    ("localhost", "", "mairie-lille.example"),
]


@pytest.mark.parametrize(("host", "username", "said"), NAMES, ids=[host for host, _, _ in NAMES])
def test_the_name_for_ehlo(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, host: str, username: str, said: str
) -> None:
    """The machine's name is taken where others may know it, else the account's domain, else the sender's."""
    monkeypatch.setattr("socket.gethostname", lambda: host)
    monkeypatch.setenv("MAILER_SMTP__USERNAME", username)

    assert Workspace(desk.path).helo() == said
    monkeypatch.setenv("MAILER_SMTP__HELO", "[192.0.2.1]")
    assert Workspace(desk.path).helo() == "[192.0.2.1]"


def test_a_relay_gets_a_full_name(desk: Desk) -> None:
    """What is said in EHLO by default is a full name, and no name that is known here only."""
    desk.invite(MARIE, PAUL)
    with postfix(**PARTICULAR, mynetworks="127.0.0.0/8") as relay:
        point(desk, relay.port)
        status, shown = desk.type("send", SLUG, "--yes")

        assert status == 0, shown
        assert relay.taken(2)


def test_a_name_that_is_refused_is_told(desk: Desk) -> None:
    """A relay that refuses the name marks nobody, the setting is named, and with it everybody is reached."""
    desk.invite(MARIE, PAUL)
    with postfix(**PARTICULAR, mynetworks="127.0.0.0/8") as relay:
        point(desk, relay.port, 'helo = "poste-de-camille"')
        status, shown = desk.type("send", SLUG, "--yes")
        assert status == 1
        assert "504 5.5.2 <poste-de-camille>" in shown
        assert "helo dans [smtp]" in shown
        assert "refusés par le serveur" not in shown
        status, shown = desk.type("check", SLUG)
        assert status == 1
        assert "helo dans [smtp]" in shown

        file = desk.path / "config" / "mailer.toml"
        file.write_text(file.read_text("utf-8").replace("poste-de-camille", "courrier.example.org"), "utf-8")
        status, shown = desk.type("send", SLUG, "--yes")
        assert status == 0, shown
        assert relay.taken(2)


@pytest.fixture
def of_a_house(tmp_path: Path, desk: Desk) -> Iterator[tuple[Postfix, Path]]:
    """Servers whose certificates are of an authority that no system knows, and the file of that authority."""
    _context, authority = of_the_house(tmp_path)
    certificate, key = tmp_path / "localhost.pem", tmp_path / "localhost.key"
    secured = {
        "smtpd_tls_security_level": "encrypt",
        "smtpd_tls_cert_file": str(certificate),
        "smtpd_tls_key_file": str(key),
    }
    more = f"ssl = required\nssl_cert = <{certificate}\nssl_key = <{key}\n"
    with postfix(**secured, mynetworks="127.0.0.0/8") as relay, dovecot(PASSWORD, more) as box:
        file = desk.path / "config" / "mailer.toml"
        text = file.read_text("utf-8").replace("127.0.0.1", "localhost").replace('"none"', '"starttls"')
        text = text.replace(f"port = {desk.office.smtp_port}\n", f"port = {relay.port}\n")
        file.write_text(text.replace(f"port = {desk.office.imap_port}\n", f"port = {box.port}\n"), "utf-8")
        yield relay, authority


def test_the_authority_of_the_house_is_believed(desk: Desk, of_a_house: tuple[Postfix, Path]) -> None:
    """Servers that only the house vouches for get nothing, by whatever command; with its file they are used."""
    relay, authority = of_a_house
    desk.invite(MARIE, PAUL)
    shown = "".join(desk.type(*words)[1] for words in (("check", SLUG), ("send", SLUG, "--yes"), ("read",)))
    assert shown.count("ca_file dans [smtp]") == 2
    assert shown.count("ca_file dans [imap]") == 2
    assert relay.taken(0)

    shutil.copy(authority, desk.path / "config" / "autorité.pem")
    file = desk.path / "config" / "mailer.toml"
    text = file.read_text("utf-8")
    trusting = re.sub(r"^security = .*$", r'\g<0>\nca_file = "config/autorité.pem"', text, flags=re.MULTILINE)
    file.write_text(trusting, "utf-8")
    for words in (("check", SLUG), ("send", SLUG, "--yes"), ("read",)):
        status, shown = desk.type(*words)
        assert status == 0, shown
        assert "certificat" not in shown
    assert relay.taken(2)


def test_the_variable_of_openssl_is_honoured(
    desk: Desk, of_a_house: tuple[Postfix, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """SSL_CERT_FILE does without a setting what ca_file does."""
    relay, authority = of_a_house
    desk.invite(MARIE)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    for words in (("check", SLUG), ("send", SLUG, "--yes"), ("read",)):
        status, shown = desk.type(*words)
        assert status == 0, shown
    assert relay.taken(1)


def test_an_authority_that_is_no_certificate_is_told(desk: Desk, of_a_house: tuple[Postfix, Path]) -> None:
    """A file that is missing or holds no certificate is named; nothing is sent as if nobody had to vouch."""
    relay, authority = of_a_house
    desk.invite(MARIE)
    file = desk.path / "config" / "mailer.toml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("[imap]", f'ca_file = "{authority}"\n[imap]'), "utf-8")
    authority.write_text("le certificat est dans le coffre")
    status, shown = desk.type("send", SLUG, "--yes")
    assert (status, "authority.pem : Aucun certificat ne peut être lu" in shown) == (2, True), shown

    authority.unlink()
    status, shown = desk.type("send", SLUG, "--yes")
    assert (status, "authority.pem : Le fichier n’existe pas" in shown) == (2, True), shown
    assert relay.taken(0)


def test_a_relay_that_knows_this_machine_wants_no_password(desk: Desk) -> None:
    """Without a user name nothing is asked for one, by whatever command; the mailbox still has its password."""
    desk.invite(MARIE)
    with postfix(mynetworks="127.0.0.0/8") as relay:
        point(desk, relay.port)
        for command in (("check", SLUG), ("send", SLUG, "--yes"), ("status", SLUG)):
            _status, shown = desk.type(*command)
            assert "mot de passe" not in shown
            assert "MAILER_SMTP__PASSWORD" not in shown
        assert relay.taken(1)


def test_a_mailbox_wants_a_user_name(desk: Desk) -> None:
    """A mailbox without a user name is told by its setting."""
    file = desk.path / "config" / "mailer.toml"
    file.write_text(re.sub(r'username = ".*"\n', "", file.read_text("utf-8")), "utf-8")

    status, shown = desk.type("read")
    assert status == 2
    assert "imap.username" in shown


def test_a_relay_that_wants_a_login_is_told(desk: Desk) -> None:
    """A server that takes mail only after a login marks nobody, and the settings are named."""
    desk.invite(MARIE, PAUL)
    wanted = "check_sender_access static:{530 5.7.0 Authentication required}"
    with postfix(smtpd_sender_restrictions=wanted) as relay:
        point(desk, relay.port)
        status, shown = desk.type("send", SLUG, "--yes")

    assert status == 1
    assert "Authentication required" in shown
    assert "username sous [smtp]" in shown
    assert "Personne n’a été marqué" in shown


@pytest.mark.parametrize(
    ("refuses", "code"),
    [("reject_unauth_destination", "554 5.7.1"), ("defer_unauth_destination", "454 4.7.1")],
    ids=["reject", "defer"],
)
def test_a_relay_that_does_not_know_this_machine_is_told(desk: Desk, refuses: str, code: str) -> None:
    """A relay that passes nothing on for this machine marks nobody, and everybody is reached once it knows the address."""
    desk.invite(MARIE, PAUL)
    with postfix(relay_domains="", smtpd_relay_restrictions=f"permit_mynetworks, {refuses}") as relay:
        point(desk, relay.port)
        status, shown = desk.type("send", SLUG, "--yes")
        assert (status, relay.taken(0)) == (1, True)
        assert f"ne transmet pas de courrier pour cet ordinateur : {code}" in shown
        assert "Personne n’a été marqué" in shown
        assert "refusés par le serveur" not in shown
        _status, shown = desk.type("check", SLUG)
        assert "ne transmet pas de courrier pour cet ordinateur" in shown

    with postfix(relay_domains="", mynetworks="127.0.0.0/8") as relay:
        file = desk.path / "config" / "mailer.toml"
        text = re.sub(
            r"^port = .*$", f"port = {relay.port}", file.read_text("utf-8"), count=1, flags=re.MULTILINE
        )
        file.write_text(text, "utf-8")
        status, shown = desk.type("send", SLUG, "--yes")
        assert status == 0, shown
        assert relay.taken(2)


OWNER_ADDRESS = "cjulien@mairie-lille.example"
DELEGATE = "claude@mairie-lille.example"


@pytest.fixture
def logs_in(desk: Desk) -> Iterator[Callable[[str], AbstractContextManager[Postfix]]]:
    """A function that runs a Postfix where Claude logs in, and that says who may send from the organizer's address."""
    with tempfile.TemporaryDirectory(prefix="sasl-") as folder:
        Path(folder).chmod(0o755)
        more = f"service auth {{\n unix_listener {folder}/sasl {{\n mode = 0666\n }}\n}}\n"
        with dovecot(PASSWORD, more):

            def run(owner: str) -> AbstractContextManager[Postfix]:
                return postfix(
                    smtpd_sasl_auth_enable="yes",
                    smtpd_sasl_type="dovecot",
                    smtpd_sasl_path=f"{folder}/sasl",
                    smtpd_relay_restrictions="permit_sasl_authenticated, reject",
                    smtpd_sender_login_maps=f"inline:{{ {{{OWNER_ADDRESS}={owner}}} {{{DELEGATE}={DELEGATE}}} }}",
                    smtpd_sender_restrictions="reject_sender_login_mismatch",
                )

            yield run


def test_a_delegate_sends_as_the_mailbox_that_invites(
    desk: Desk, logs_in: Callable[[str], AbstractContextManager[Postfix]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may send as the organizer does so with the organizer's return path."""
    monkeypatch.setenv("MAILER_SMTP__PASSWORD", PASSWORD)
    desk.invite(MARIE, PAUL)
    with logs_in(DELEGATE) as relay:
        point(desk, relay.port, f'username = "{DELEGATE}"')
        status, shown = desk.type("send", SLUG, "--yes")
        assert status == 0, shown
        assert relay.taken(2)
        assert relay.log.count(f"from=<{OWNER_ADDRESS}>, size=") == 2


def test_an_account_that_may_not_send_as_the_organizer_is_told(
    desk: Desk, logs_in: Callable[[str], AbstractContextManager[Postfix]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The refusal marks nobody and names the way out, by which everybody is reached: the account's own return path."""
    monkeypatch.setenv("MAILER_SMTP__PASSWORD", PASSWORD)
    desk.invite(MARIE, PAUL)
    with logs_in(OWNER_ADDRESS) as relay:
        point(desk, relay.port, f'username = "{DELEGATE}"')
        for words in (("check", SLUG), ("send", SLUG, "--yes")):
            status, shown = desk.type(*words)
            assert status == 1
            assert f"not owned by user {DELEGATE}" in shown
            assert "envelope_from dans [smtp]" in shown
            assert "refusés par le serveur" not in shown
        assert "Personne n’a été marqué" in shown
        assert relay.taken(0)

        monkeypatch.setenv("MAILER_SMTP__ENVELOPE_FROM", DELEGATE)
        for words in (("check", SLUG), ("send", SLUG, "--yes")):
            status, shown = desk.type(*words)
            assert status == 0, shown
        assert relay.taken(2)
        assert relay.log.count(f"from=<{DELEGATE}>, size=") == 2
