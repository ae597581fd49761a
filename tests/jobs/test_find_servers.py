"""Test what is found for ten kinds of addresses, on name, web and mail servers of the test's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from mailer.demo.post_office import PASSWORD
from mailer.errors import ConfigError
from mailer.jobs.find_servers import FoundServers
from mailer.model.account import Security
from mailer.providers import MailProtocol, Offer, Server, Way
from mailer.workspace import Workspace
from tests.servers.internet import AUTOCONFIG, WELL_KNOWN, Internet, client_config
from tests.servers.web_server import WebServer

TOWN = "camille@mairie.example"
NAMES = (
    *(
        "smtp.laposte.net",
        "imap.laposte.net",
        "smtp.free.fr",
        "imap.free.fr",
        "smtp.gmail.com",
        "imap.gmail.com",
    ),
    *("smtp.office365.com", "outlook.office365.com", "ex2.mail.ovh.net", "ssl0.ovh.net", "hoster.example"),
    *(
        "mairie.example",
        "autoconfig.mairie.example",
        "mail.mairie.example",
        "smtp.mairie.example",
        "imap.mairie.example",
    ),
    *("gone.mairie.example", "other.example", "mail.xn--strae-oqa.example"),
)


@dataclass
class Kind:
    """A kind of address: how its domain is set up, and what is to be found."""

    address: str
    set_up: Callable[[Internet], None]
    way: Way | None
    smtp: Server | None = None
    imap: Server | None = None
    signed_in: bool = True


def _nothing(net: Internet) -> None:
    pass


def _laposte(net: Internet) -> None:
    net.mail_at("smtp.laposte.net", "imap.laposte.net")


def _microsoft(net: Internet) -> None:
    net.records["mairie.example.", "MX"] = ["0 mairie-example.mail.protection.outlook.com."]
    net.mail_at("smtp.office365.com", "outlook.office365.com", starttls=True)


def _google(net: Internet) -> None:
    net.records["mairie.example.", "MX"] = ["1 ASPMX.L.GOOGLE.com.", "5 alt1.aspmx.l.google.com."]
    net.mail_at("smtp.gmail.com", "imap.gmail.com")


def _srv(net: Internet) -> None:
    net.records["_imaps._tcp.mairie.example.", "SRV"] = ["0 1 993 mail.mairie.example."]
    net.records["_submission._tcp.mairie.example.", "SRV"] = ["0 1 587 mail.mairie.example."]
    net.records["_submissions._tcp.mairie.example.", "SRV"] = ["0 0 0 ."]
    net.mail_at("mail.mairie.example", "mail.mairie.example", starttls=True)


def _autoconfig(net: Internet) -> None:
    net.publish(
        "autoconfig.mairie.example", f"{AUTOCONFIG}{TOWN}", client_config("hoster.example", "hoster.example")
    )
    net.mail_at("hoster.example", "hoster.example")


def _well_known(net: Internet) -> None:
    net.publish("mairie.example", WELL_KNOWN, client_config("mail.%EMAILDOMAIN%", "mail.%EMAILDOMAIN%"))
    net.mail_at("mail.mairie.example", "mail.mairie.example")


def _usual(net: Internet) -> None:
    net.records["mairie.example.", "MX"] = ["10 mail.mairie.example."]
    net.mail_at("smtp.mairie.example", "imap.mairie.example", starttls=True)


def _idn(net: Internet) -> None:
    net.records["_imaps._tcp.xn--strae-oqa.example.", "SRV"] = ["0 1 993 mail.xn--strae-oqa.example."]
    net.records["_submissions._tcp.xn--strae-oqa.example.", "SRV"] = ["0 1 465 mail.xn--strae-oqa.example."]
    net.mail_at("mail.xn--strae-oqa.example", "mail.xn--strae-oqa.example")


def _wrong(net: Internet) -> None:
    net.publish(
        "autoconfig.mairie.example",
        f"{AUTOCONFIG}{TOWN}",
        client_config("gone.mairie.example", "other.example"),
    )


MICROSOFT = Server("smtp.office365.com", 587, Security.STARTTLS)
KINDS = {
    "a row of the table": Kind(
        "camille@laposte.net",
        _laposte,
        Way.TABLE,
        Server("smtp.laposte.net", 465),
        Server("imap.laposte.net", 993),
    ),
    "MX of Microsoft": Kind(
        TOWN, _microsoft, Way.MX, MICROSOFT, Server("outlook.office365.com", 993), signed_in=False
    ),
    "MX of Google": Kind(TOWN, _google, Way.MX, Server("smtp.gmail.com", 465), Server("imap.gmail.com", 993)),
    "SRV": Kind(
        TOWN,
        _srv,
        Way.SRV,
        Server("mail.mairie.example", 587, Security.STARTTLS),
        Server("mail.mairie.example", 993),
    ),
    "autoconfig": Kind(
        TOWN, _autoconfig, Way.AUTOCONFIG, Server("hoster.example", 465), Server("hoster.example", 993)
    ),
    "well-known autoconfig": Kind(
        TOWN,
        _well_known,
        Way.AUTOCONFIG,
        Server("mail.mairie.example", 465),
        Server("mail.mairie.example", 993),
    ),
    "usual names": Kind(
        TOWN,
        _usual,
        Way.USUAL,
        Server("smtp.mairie.example", 587, Security.STARTTLS),
        Server("imap.mairie.example", 993),
    ),
    "IDN": Kind(
        "camille@straße.example",
        _idn,
        Way.SRV,
        Server("mail.xn--strae-oqa.example", 465),
        Server("mail.xn--strae-oqa.example", 993),
    ),
    "wrong autoconfig": Kind(TOWN, _wrong, None),
    "nothing": Kind(TOWN, _nothing, None),
}


@contextmanager
def internet(
    address: str, folder: Path, monkeypatch: pytest.MonkeyPatch, set_up: Callable[[Internet], None]
) -> Iterator[Internet]:
    """Run an Internet set up for the owner of an address."""
    owner = address.replace("straße", "xn--strae-oqa")
    with Internet(owner, folder, NAMES, monkeypatch) as net:
        set_up(net)
        yield net


def find(
    net: Internet, address: str = TOWN, password: str = "", answer: bool | None = None
) -> tuple[FoundServers, list[Offer]]:
    """Return what is found, and what a person was asked about; without an answer, nothing may be asked."""
    asked: list[Offer] = []

    def agree(offer: Offer) -> bool:
        assert answer is not None, offer
        asked.append(offer)
        return answer

    return Workspace(net.folder).find_servers(address, password=password, agree=agree), asked


@pytest.mark.parametrize("password", ["", PASSWORD], ids=["", "signed in"])
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_ten_kinds_of_addresses(
    kind: Kind, password: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eight are right without a question, and nothing is kept of the others; only the address's own domain is asked."""
    with internet(kind.address, tmp_path, monkeypatch, kind.set_up) as net:
        found, _asked = find(net, kind.address, password)

        assert (found.smtp and found.smtp.offer.server) == kind.smtp
        assert (found.imap and found.imap.offer.server) == kind.imap
        assert found.doubtful == ()
        for kept in filter(None, (found.smtp, found.imap)):
            assert kept.offer.way is kind.way
            assert kept.username == net.owner
            assert kept.error is None
            assert kept.signed_in is bool(password and kind.signed_in)
        domain = net.owner.partition("@")[2]
        named = {
            kind.smtp and kind.smtp.host,
            kind.imap and kind.imap.host,
            "gone.mairie.example",
            "other.example",
        }
        assert {
            host for host, _port in net.asked if host != domain and not host.endswith(f".{domain}")
        } <= named


def test_the_kinds_are_ten() -> None:
    """The kinds are the ten that are asked for: eight to be found, two not."""
    assert len(KINDS) == 10
    assert sum(kind.way is not None for kind in KINDS.values()) == 8


def test_what_is_wrong_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that a file names and that do not answer come back with what is known of why."""
    with internet(TOWN, tmp_path, monkeypatch, _wrong) as net:
        found, _asked = find(net)

    said = {(offer.protocol, offer.server.host): error.code for offer, error in found.failed}
    assert said == {
        (MailProtocol.SMTP, "gone.mairie.example"): "server-refuses",
        (MailProtocol.IMAP, "other.example"): "server-refuses",
    }


def _elsewhere(net: Internet) -> None:
    net.records["_imaps._tcp.mairie.example.", "SRV"] = ["0 1 993 hoster.example."]
    net.records["_submissions._tcp.mairie.example.", "SRV"] = ["0 1 465 hoster.example."]
    net.mail_at("hoster.example", "hoster.example")


@pytest.mark.parametrize("answer", [True, False])
def test_a_record_that_names_another_domain_is_asked_about(
    answer: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever forges the record would get the password: it goes there only after a yes."""
    with internet(TOWN, tmp_path, monkeypatch, _elsewhere) as net:
        found, asked = find(net, password=PASSWORD, answer=answer)

        assert {offer.server.host for offer in asked} == {"hoster.example"}
        assert len(asked) == 2
        assert bool(found.smtp) is bool(found.imap) is answer
        assert bool(found.doubtful) is not answer
        assert any(command.startswith("AUTH") for command in net.smtp.commands) is answer


@pytest.mark.parametrize("answer", [True, False])
def test_a_guess_is_asked_about_where_others_receive_the_mail(
    answer: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The domain's web hoster answers under all its names, with a right certificate, and has no mailbox of it."""

    def moved_away(net: Internet) -> None:
        net.records["mairie.example.", "MX"] = ["10 mx.hoster.example."]
        net.mail_at("mail.mairie.example", "mail.mairie.example")

    with internet(TOWN, tmp_path, monkeypatch, moved_away) as net:
        found, asked = find(net, password=PASSWORD, answer=answer)

        assert [(offer.way, offer.server.host) for offer in asked] == [(Way.USUAL, "mail.mairie.example")] * 2
        assert bool(found.smtp) is bool(found.imap) is answer
        assert any(command.startswith("AUTH") for command in net.smtp.commands) is answer


def test_a_file_that_another_domain_gives_is_asked_about(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web server that leads to another domain for the file says no more than a record does."""

    def led(net: Internet) -> None:
        net.publish("mairie.example", "/", b"")
        net.web.moved[f"mairie.example{WELL_KNOWN}"] = "https://other.example/config.xml"
        net.publish("other.example", "/config.xml", client_config("hoster.example", "hoster.example"))
        net.mail_at("hoster.example", "hoster.example")

    with internet(TOWN, tmp_path, monkeypatch, led) as net:
        found, asked = find(net, password=PASSWORD, answer=False)

        assert {offer.server.host for offer in asked} == {"hoster.example"}
        assert (found.smtp, found.imap) == (None, None)
        assert not any(command.startswith("AUTH") for command in net.smtp.commands)


def test_the_short_user_name_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing tells the user name, the whole address is tried, then what stands before the @."""

    def short(net: Internet) -> None:
        _usual(net)
        net.smtp.login = net.starttls.login = ("camille", PASSWORD)

    with internet(TOWN, tmp_path, monkeypatch, short) as net:
        found, _asked = find(net, password=PASSWORD)

        assert found.smtp is not None
        assert found.imap is not None
        assert (found.smtp.username, found.smtp.signed_in) == ("camille", True)
        assert (found.imap.username, found.imap.signed_in) == (TOWN, True)


def test_a_provider_with_short_user_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Free wants what stands before the @, and the table says so."""
    address = "camille@free.fr"
    with internet(
        address, tmp_path, monkeypatch, lambda net: net.mail_at("smtp.free.fr", "imap.free.fr")
    ) as net:
        found, _asked = find(net, address)

        assert found.smtp is not None
        assert found.smtp.username == "camille"


def test_a_wrong_password_is_no_wrong_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The servers are those of the address, and the refusal is handed on; no other one is tried with the password."""
    with internet(TOWN, tmp_path, monkeypatch, _well_known) as net:
        net.routes["smtp.mairie.example", 465] = net.smtp.port
        found, _asked = find(net, password="wrong")

        for kept in (found.smtp, found.imap):
            assert kept is not None
            assert kept.offer.server.host == "mail.mairie.example"
            assert not kept.signed_in
            assert kept.error is not None
            assert kept.error.code in ("smtp-login-refused", "imap-login-refused", "login-or-sign-in")
        assert ("smtp.mairie.example", 465) not in net.asked


def test_the_exchange_servers_of_a_hoster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The MX is that of all its mailboxes; the record of Exchange tells which server this one has."""

    def exchange(net: Internet) -> None:
        net.records["mairie.example.", "MX"] = ["1 mx1.mail.ovh.net."]
        net.records["_autodiscover._tcp.mairie.example.", "SRV"] = ["0 0 443 ex2.mail.ovh.net."]
        net.mail_at("ex2.mail.ovh.net", "ex2.mail.ovh.net", starttls=True)

    with internet(TOWN, tmp_path, monkeypatch, exchange) as net:
        found, _asked = find(net)

        assert found.smtp is not None
        assert found.smtp.offer.server == Server("ex2.mail.ovh.net", 587, Security.STARTTLS)
        assert found.imap is not None
        assert found.imap.offer.server == Server("ex2.mail.ovh.net", 993)


def test_what_the_domain_does_not_offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No server is looked for that the domain says it has none of, though one has the usual name."""

    def no_imap(net: Internet) -> None:
        net.records["_imaps._tcp.mairie.example.", "SRV"] = ["0 0 0 ."]
        net.mail_at("smtp.mairie.example", "imap.mairie.example")

    with internet(TOWN, tmp_path, monkeypatch, no_imap) as net:
        found, _asked = find(net)

        assert found.declined == {MailProtocol.IMAP}
        assert found.imap is None
        assert found.smtp is not None


def test_a_server_that_asks_nobody_who_they_are_is_none_to_send_by(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server without AUTH only receives; one for reading beside it is kept."""

    def receives(net: Internet) -> None:
        net.smtp.login = None
        net.mail_at("mail.mairie.example", "mail.mairie.example")

    with internet(TOWN, tmp_path, monkeypatch, receives) as net:
        found, _asked = find(net)

        assert found.smtp is None
        assert found.imap is not None


def test_a_guess_with_another_certificate_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A web hoster's machine answers under any name; its certificate tells."""
    with Internet(TOWN, tmp_path, ("hoster.example",), monkeypatch) as net:
        net.names = NAMES
        net.mail_at("mail.mairie.example", "mail.mairie.example")
        found, _asked = find(net, password=PASSWORD)

        assert (found.smtp, found.imap) == (None, None)
        assert not any(command.startswith("AUTH") for command in net.smtp.commands)


def test_without_a_network_the_table_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row is right without being tried; of any other domain nothing is known."""
    monkeypatch.setenv("MAILER_FIND__ONLINE", "false")
    workspace = Workspace(tmp_path)
    known, unknown = workspace.find_servers("camille@laposte.net"), workspace.find_servers(TOWN)

    assert known.imap is not None
    assert known.imap.offer.server == Server("imap.laposte.net", 993)
    assert known.imap.error is not None
    assert known.imap.error.code == "server-untried"
    assert (unknown.smtp, unknown.imap) == (None, None)


@pytest.mark.parametrize(
    "address", ["camille", "@mairie.example", "camille@", "camille@x", "camille@192.0.2.1"]
)
def test_what_is_no_address_is_refused(address: str, tmp_path: Path) -> None:
    """Nothing is looked up for it."""
    with pytest.raises(ConfigError, match="address-unusable"):
        Workspace(tmp_path).find_servers(address)


@pytest.mark.parametrize("host", ["mail.mairie.example", "hoster.example"])
def test_files_can_be_looked_for_elsewhere(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the base that the settings name, and nowhere else; what it says of other domains is asked about."""
    with (
        internet(TOWN, tmp_path, monkeypatch, lambda net: net.mail_at(host, host)) as net,
        WebServer().running() as own,
    ):
        base = f"http://localhost:{own.port}"
        monkeypatch.setenv("MAILER_FIND__AUTOCONFIG", f'["{base}/{{domain}}?of={{address}}"]')
        own.files[f"localhost/mairie.example?of={TOWN}"] = client_config(host, host)
        found, asked = find(net, answer=True)

        assert found.imap is not None
        assert (found.imap.offer.way, found.imap.offer.server.host) == (Way.AUTOCONFIG, host)
        assert bool(asked) is (host == "hoster.example")
        assert own.asked == [f"localhost/mairie.example?of={TOWN}"]
        assert net.web.asked == []
