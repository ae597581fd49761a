"""Look-ups of mail records, on a name server on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailer.errors import WireError
from mailer.providers import SrvRecord
from mailer.wire.dns import DnsClient
from tests.servers.name_server import name_server

RECORDS = {
    ("mairie.example.", "MX"): ["10 mx.mairie.example."],
    ("mairie.example.", "TXT"): ['"v=spf1 include:_spf" " .example -all"', '"other"'],
    ("_dmarc.mairie.example.", "TXT"): ['"v=DMARC1; p=none"'],
    ("several.example.", "MX"): ["20 second.example.", "5 First.example.", "10 between.example."],
    ("nowhere.example.", "MX"): ["0 ."],
    ("_imaps._tcp.mairie.example.", "SRV"): ["10 5 993 mail.mairie.example.", "0 1 1993 other.example."],
    ("_imap._tcp.mairie.example.", "SRV"): ["0 0 0 ."],
    ("bare.example.", "TXT"): ['"nothing of mail"'],
}


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a name server that has RECORDS only."""
    with name_server(RECORDS) as number:
        yield number


def test_a_domain_set_up_for_mail(port: int) -> None:
    """Its servers, who may send for it (texts in pieces are joined), and its policy."""
    found = DnsClient(["127.0.0.1"], port, 60).look_up("mairie.example")

    assert found.mx == ("mx.mairie.example",)
    assert found.spf == ("v=spf1 include:_spf .example -all",)
    assert found.dmarc == ("v=DMARC1; p=none",)


@pytest.mark.parametrize("domain", ["bare.example", "nobody.example"])
def test_a_domain_without_anything(port: int, domain: str) -> None:
    """No records, and no such name, are an answer too: there is nothing."""
    found = DnsClient(["127.0.0.1"], port, 60).look_up(domain)

    assert (found.mx, found.spf, found.dmarc) == ((), (), ())


def test_nobody_answers() -> None:
    """Where no name server can be reached, that is said."""
    with pytest.raises(WireError, match="dns-unreachable"):
        DnsClient(["127.0.0.1"], 9, 0.3).look_up("mairie.example")


def test_who_receives_most_gladly_comes_first(port: int) -> None:
    """By the preference of the records, whatever their order; a domain that takes no mail (RFC 7505) has nobody."""
    client = DnsClient(["127.0.0.1"], port, 60)

    assert client.mail_servers("several.example") == ("First.example", "between.example", "second.example")
    assert client.mail_servers("nowhere.example") == ()


def test_services_are_read_whole(port: int) -> None:
    """Each with priority, weight, port and host; "" where the domain says there is none; nothing where it says nothing."""
    client = DnsClient(["127.0.0.1"], port, 60)

    found = set(client.services("_imaps._tcp.mairie.example"))
    assert found == {SrvRecord(10, 5, 993, "mail.mairie.example"), SrvRecord(0, 1, 1993, "other.example")}
    assert client.services("_imap._tcp.mairie.example") == (SrvRecord(0, 0, 0, ""),)
    assert client.services("_submissions._tcp.mairie.example") == ()
