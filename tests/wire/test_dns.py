"""Look-ups of mail records, on a name server on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset
import pytest

from mailer.errors import WireError
from mailer.wire.dns import DnsClient

RECORDS = {
    ("mairie.example.", "MX"): ["10 mx.mairie.example."],
    ("mairie.example.", "TXT"): ['"v=spf1 include:_spf" " .example -all"', '"other"'],
    ("_dmarc.mairie.example.", "TXT"): ['"v=DMARC1; p=none"'],
    ("bare.example.", "TXT"): ['"nothing of mail"'],
}


@pytest.fixture
def port() -> Iterator[int]:
    """Run a name server that has RECORDS only; give its port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                asked, whence = server.recvfrom(4096)
                if asked == b"stop":
                    return
                server.sendto(_answer(asked), whence)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        number = int(server.getsockname()[1])
        yield number
        server.sendto(b"stop", ("127.0.0.1", number))
        thread.join()


def _answer(asked: bytes) -> bytes:
    query = dns.message.from_wire(asked)
    reply = dns.message.make_response(query)
    (question,) = query.question
    name, kind = question.name.to_text(), dns.rdatatype.to_text(question.rdtype)
    records = RECORDS.get((name, kind))
    if records:
        reply.answer.append(dns.rrset.from_text_list(name, 60, "IN", kind, records))
    elif not any(known == name for known, _kind in RECORDS):
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


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
