"""Test what is taken out of an autoconfig file, which may come from anybody."""

from __future__ import annotations

import pytest

from mailer.model.account import Security
from mailer.providers import MailProtocol, Offer, Server, SignIn, Way
from mailer.providers.autoconfig import MOST_OCTETS, MOST_SERVERS, ascii_name, read

ADDRESS = "camille@mairie.example"
URL = "https://autoconfig.mairie.example/mail/config-v1.1.xml"


def _file(servers: str) -> bytes:
    return (
        f'<clientConfig version="1.1"><emailProvider id="x">{servers}</emailProvider></clientConfig>'.encode()
    )


def _imap(
    host: str = "mail.mairie.example",
    port: str = "993",
    kind: str = "SSL",
    user: str = "%EMAILADDRESS%",
    sign_in: str = "<authentication>password-cleartext</authentication>",
) -> str:
    return (
        f'<incomingServer type="imap"><hostname>{host}</hostname><port>{port}</port><socketType>{kind}</socketType>'
        f"<username>{user}</username>{sign_in}</incomingServer>"
    )


def _read(content: bytes, host: str = "autoconfig.mairie.example") -> tuple[Offer, ...]:
    return read(content, ADDRESS, URL, host)


def test_a_file_is_read_in_its_order() -> None:
    """Servers of both protocols with their placeholders filled in; those for POP3 are passed over."""
    smtp = _imap("smtp.mairie.example", "587", "STARTTLS", "%EMAILLOCALPART%")
    smtp = smtp.replace("incomingServer", "outgoingServer").replace("imap", "smtp")
    found = _read(_file(_imap() + _imap("second.%EMAILDOMAIN%") + _imap().replace('"imap"', '"pop3"') + smtp))

    server = Server("mail.mairie.example", 993)
    assert found == (
        Offer(MailProtocol.IMAP, server, ADDRESS, Way.AUTOCONFIG, URL),
        Offer(MailProtocol.IMAP, Server("second.mairie.example", 993), ADDRESS, Way.AUTOCONFIG, URL),
        Offer(
            MailProtocol.SMTP,
            Server("smtp.mairie.example", 587, Security.STARTTLS),
            "camille",
            Way.AUTOCONFIG,
            URL,
        ),
    )


def test_a_sign_in_is_read() -> None:
    """A server that takes tokens alone says so, and comes after those that take a password."""
    both = "<authentication>OAuth2</authentication><authentication>password-cleartext</authentication>"
    found = _read(
        _file(
            _imap("a.mairie.example", sign_in="<authentication>OAuth2</authentication>")
            + _imap("b.mairie.example", sign_in=both)
            + _imap("c.mairie.example", sign_in="")
        )
    )

    assert [(one.server.host[0], one.sign_in) for one in found] == [
        ("b", SignIn.PASSWORD),
        ("c", SignIn.PASSWORD),
        ("a", SignIn.OAUTH),
    ]


REFUSED = {
    "no file": b"",
    "a web page": b"<!DOCTYPE html><html><body>Not found</body></html>",
    "another root": _file(_imap()).replace(b"clientConfig", b"autodiscover"),
    "unencrypted": _file(_imap(kind="plain")),
    "an unknown encryption": _file(_imap(kind="ssl3")),
    "an IP address": _file(_imap("192.0.2.1")),
    "a name without a domain": _file(_imap("localhost")),
    "a name with a line break": _file(_imap("mail.mairie.example\r\nX")),
    "an unknown placeholder": _file(_imap("mail.%SECRET%")),
    "port 0": _file(_imap(port="0")),
    "too high a port": _file(_imap(port="65536")),
    "a very long port": _file(_imap(port="9" * 5000)),
    "an Arabic port": _file(_imap(port="٩٩٣")),
    "an entity": b'<!DOCTYPE x [<!ENTITY h "mail.mairie.example">]>' + _file(_imap("&h;")),
    "an entity that grows": b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + _file(_imap("&b;")),
    "a file named by it": b'<!DOCTYPE x [<!ENTITY h SYSTEM "file:///etc/hostname">]>' + _file(_imap("&h;")),
    "a document type in UTF-16": (
        '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x>' + _file(_imap()).decode()
    ).encode("utf-16"),
    "an unknown encoding": b'<?xml version="1.0" encoding="x-none"?>' + _file(_imap()),
    "half a file": _file(_imap())[:-20],
    "too large a file": _file(_imap() + " " * MOST_OCTETS),
}


@pytest.mark.parametrize("content", REFUSED.values(), ids=REFUSED)
def test_nothing_is_taken_from(content: bytes) -> None:
    """It is not a file of this kind, or what it says cannot be used."""
    assert _read(content) == ()


def test_what_is_wrong_spoils_nothing_else() -> None:
    """The server beside one that cannot be used is taken, and a user name that cannot be used is left open."""
    found = _read(_file(_imap("192.0.2.1") + _imap(user="%REALNAME%")))

    assert [(one.server.host, one.username) for one in found] == [("mail.mairie.example", "")]


def test_only_so_many_servers_are_taken() -> None:
    """A file with hundreds of servers does not make the program knock at all of them."""
    assert len(_read(_file(_imap() * 300))) == MOST_SERVERS


def test_a_file_from_elsewhere_is_doubted() -> None:
    """Unless the server is one of the domain's own, or of the table."""
    content = _file(
        _imap() + _imap("imap.gmail.com") + _imap("hoster.example") + _imap("imap.gmail.com.hoster.example")
    )
    doubts = {one.server.host: one.doubtful for one in _read(content, "other.example")}

    assert doubts == {
        "mail.mairie.example": False,
        "imap.gmail.com": False,
        "hoster.example": True,
        "imap.gmail.com.hoster.example": True,
    }
    assert not any(one.doubtful for one in _read(content))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Mairie.Example.", "mairie.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("mairie-école.example", "xn--mairie-cole-hbb.example"),
        ("MAIRIE-ÉCOLE.example", "xn--mairie-cole-hbb.example"),
        ("mairie", ""),
        ("mairie..example", ""),
        ("-mairie.example", ""),
        ("mai rie.example", ""),
        ("192.0.2.1", ""),
        ("a" * 64 + ".example", ""),
        ("", ""),
    ],
)
def test_a_name_as_it_stands_in_the_dns(name: str, expected: str) -> None:
    """In the letters of today's rules (IDNA 2008), in which ß is a letter of its own; "" for what is no name."""
    assert ascii_name(name) == expected
