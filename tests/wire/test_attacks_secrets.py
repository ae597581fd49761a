"""Attacks on passwords on their way to a mail server, by the numbers of the list of attacks.

What must be refused is refused before the password leaves; beside it stands what has to go on working.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from mailer import clear_text
from mailer.errors import WireError
from mailer.model.account import Account, Security
from mailer.wire.imap import ImapAdapter
from mailer.wire.smtp import SmtpSender
from tests.servers import fault_smtp
from tests.servers.absent import absent
from tests.servers.certificates import server_context
from tests.servers.fault_smtp import FaultServer
from tests.servers.login_imap import LoginImap
from tests.servers.tls_front import tls_front

SECRET = "Zq7-planted-word"


def by_smtp(account: Account, authority: Path | None = None, token: str = "") -> WireError | None:
    """Log in over SMTP; return what prevented it."""

    async def give() -> str:
        return token

    async def go() -> None:
        async with SmtpSender(account, ca_file=authority, token=give if token else None).connect():
            pass

    try:
        asyncio.run(go())
    except WireError as error:
        return error
    return None


def by_imap(account: Account, authority: Path | None = None, token: str = "") -> WireError | None:
    """Log in over IMAP; return what prevented it."""
    try:
        with ImapAdapter(account, ca_file=authority, token=(lambda: token) if token else None).open():
            return None
    except WireError as error:
        return error


BY = {"smtp": by_smtp, "imap": by_imap}
By = Callable[..., WireError | None]


class Servers:
    """An SMTP and an IMAP server that take one password, or this as a token, and note what they are told."""

    def __init__(self, running: ExitStack, address: str = "127.0.0.1") -> None:
        self.smtp = FaultServer(login=("camille", SECRET), address=address)
        self.imap = LoginImap(username="camille", password=SECRET, token=SECRET, refusal="", address=address)
        running.enter_context(self.smtp.in_a_thread())
        running.enter_context(self.imap.running())

    def account(self, protocol: str, host: str) -> Account:
        """How to reach one of them under a name, without encryption."""
        port = self.smtp.port if protocol == "smtp" else self.imap.port
        return Account(host, port, Security.NONE, "camille", SECRET)

    @property
    def logins(self) -> list[str]:
        """The commands that log in."""
        said = [*self.smtp.commands, *self.imap.commands]
        return [line for line in said if "AUTH" in line.upper() or "LOGIN" in line.upper()]


def own_address() -> str:
    """The address of this machine on a network; the test is skipped on one that has none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            absent("this machine is on no network")
        return str(probe.getsockname()[0])


@pytest.mark.parametrize("protocol", BY)
@pytest.mark.parametrize("token", ["", SECRET], ids=["password", "token"])
@pytest.mark.parametrize(
    "host", ["0.0.0.0", "0", "::", "127.0.0.1.example", "localhost.example", "not-known.invalid", ""]
)
def test_84_no_password_in_clear_to_what_is_not_this_machine(protocol: str, token: str, host: str) -> None:
    """A host that is no loopback address gets neither password nor token, though it would be reached here (0.0.0.0)."""
    with ExitStack() as running:
        servers = Servers(running)
        error = BY[protocol](servers.account(protocol, host), token=token)

        assert error is not None
        assert error.code.endswith("-in-clear")
        assert servers.logins == []
        assert SECRET not in str(error)


@pytest.mark.parametrize("protocol", BY)
def test_84_another_address_of_this_machine_is_another_machine(protocol: str) -> None:
    """What is sent to an address that others can have, too, is not known to stay here."""
    with ExitStack() as running:
        servers = Servers(running, own_address())
        error = BY[protocol](servers.account(protocol, servers.smtp.address))

        assert error is not None
        assert error.code == f"{protocol}-password-in-clear"
        assert servers.logins == []


@pytest.mark.parametrize("protocol", BY)
@pytest.mark.parametrize("token", ["", SECRET], ids=["password", "token"])
def test_84_a_name_that_leads_elsewhere_a_moment_later(
    protocol: str, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The address that was connected to decides: a name that was loopback when it was looked up gets nothing elsewhere."""
    monkeypatch.setattr(clear_text, "addresses_here", lambda _host: ("127.0.0.1",))
    with ExitStack() as running:
        servers = Servers(running, own_address())
        error = BY[protocol](servers.account(protocol, servers.smtp.address), token=token)

        assert error is not None
        assert error.code.endswith("-in-clear")
        assert servers.logins == []


@pytest.mark.parametrize("protocol", BY)
@pytest.mark.parametrize("token", ["", SECRET], ids=["password", "token"])
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LOCALHOST", "127.1", "2130706433", "::ffff:127.0.0.1"]
)
def test_84_loopback_needs_no_encryption(protocol: str, token: str, host: str) -> None:
    """Every way to write a loopback address is taken: a server on this machine, or a tunnel that ends here, is logged in to."""
    with ExitStack() as running:
        servers = Servers(running)

        assert BY[protocol](servers.account(protocol, host), token=token) is None
        assert servers.logins


def test_84_a_server_without_login_may_be_anywhere() -> None:
    """A relay of the house that knows this machine by its address is given no password, so it is not refused."""
    with ExitStack() as running:
        servers = Servers(running, own_address())

        assert (
            by_smtp(replace(servers.account("smtp", servers.smtp.address), username="", password="")) is None
        )
        assert servers.logins == []


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS], ids=lambda s: s.value)
def test_84_over_tls_no_host_is_refused(security: Security, tmp_path: Path) -> None:
    """With encryption, an address that others can have is connected to; what stands in the way here is its certificate."""
    address = own_address()
    tls, authority = server_context(tmp_path, "localhost")
    with FaultServer(
        security=security, tls=tls, login=("camille", SECRET), address=address
    ).in_a_thread() as server:
        account = Account(address, server.port, security, "camille", SECRET)
        error = by_smtp(account, authority)

    assert error is not None
    assert error.code == "smtp-certificate"


CERTIFICATES = [
    ("localhost", 1, False, "authority-unknown"),
    ("other.example", 1, True, "certificate"),
    ("localhost", -1, True, "certificate"),
]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS], ids=lambda s: s.value)
@pytest.mark.parametrize(
    ("host", "days", "trusted", "code"), CERTIFICATES, ids=["self-signed", "other-host", "run-out"]
)
def test_82_no_password_behind_a_bad_certificate(
    security: Security, host: str, days: int, trusted: bool, code: str, tmp_path: Path
) -> None:
    """A mailbox whose certificate cannot be verified is told nothing; with a good one it is logged in to."""
    tls, authority = server_context(tmp_path, host, days)
    server = LoginImap(username="camille", password=SECRET, refusal="", capabilities="IMAP4rev1 AUTH=PLAIN")
    starttls = security is Security.STARTTLS
    with server.running(), tls_front(tls, server.port, starttls=starttls) as port:
        account = Account("localhost", port, security, "camille", SECRET)
        error = by_imap(account, authority if trusted else None)
        assert error is not None
        assert error.code == f"imap-{code}"
        assert [line for line in server.commands if line] == []

    good, believed = server_context(tmp_path, "localhost")
    with server.running(), tls_front(good, server.port, starttls=starttls) as port:
        assert by_imap(replace(account, port=port), believed) is None
        assert any("LOGIN" in line for line in server.commands)


@pytest.mark.parametrize(
    ("begins", "offers"), [("OK", ""), ("PREAUTH", " STARTTLS")], ids=["stripped", "preauth"]
)
def test_82_no_password_where_starttls_was_taken_out(begins: str, offers: str) -> None:
    """Neither a server without STARTTLS nor one that calls us logged in already (RFC 9051 section 11.2) gets the password."""
    server = LoginImap(
        begins=begins, capabilities=f"IMAP4rev1 AUTH=PLAIN{offers}", password=SECRET, refusal=""
    )
    with server.running():
        account = Account("localhost", server.port, Security.STARTTLS, "camille", SECRET)
        error = by_imap(account)

    assert error is not None
    assert error.code in ("imap-no-starttls", "imap-unreachable")
    assert not any(SECRET in line or "AUTH" in line for line in server.commands)


class _Injecting(fault_smtp.Session):
    """A session in which somebody between has put more replies behind the one to STARTTLS, before TLS begins."""

    async def do_starttls(self, command: str) -> None:
        self.writer.write(b"220 2.0.0 go ahead\r\n250-evil.example\r\n250-AUTH PLAIN\r\n250 SIZE 1234\r\n")
        await self.writer.drain()
        assert self.server.tls is not None
        await self.writer.start_tls(self.server.tls)
        self.secured = True


@pytest.mark.parametrize("injected", [True, False])
def test_83_what_is_said_before_tls_is_not_believed_after_it(
    injected: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Replies that were put in behind the one to STARTTLS (CVE-2021-33515 and its like) are not taken for those under TLS."""
    if injected:
        monkeypatch.setattr(fault_smtp, "Session", _Injecting)
    tls, authority = server_context(tmp_path)
    sizes: list[int] = []

    async def go(account: Account) -> None:
        async with SmtpSender(account, ca_file=authority).connect() as connection:
            sizes.append(connection.most_octets)

    with FaultServer(security=Security.STARTTLS, tls=tls, login=("camille", SECRET)).in_a_thread() as server:
        if injected:
            try:
                asyncio.run(go(server.account))
            except WireError as error:
                assert error.code in ("smtp-tls", "smtp-unreachable", "smtp-not-smtp")  # noqa: PT017 - or it is passed over
        else:
            asyncio.run(go(server.account))

    assert 1234 not in sizes
    assert injected or sizes == [10240000]


@pytest.mark.parametrize("protocol", BY)
@pytest.mark.parametrize("field", ["username", "password"])
@pytest.mark.parametrize("sign", ["\r\n", "\0", "\n", "\x85", "\u2028", "\udce9"], ids=ascii)
def test_85_no_line_end_reaches_the_wire(protocol: str, field: str, sign: str) -> None:
    """A user name or password with a line end, NUL or half a character in it begins no second command."""
    with ExitStack() as running:
        servers = Servers(running)
        account = servers.account(protocol, "localhost")
        unsound = f"camille{sign}A1 DELETE INBOX"
        changed = (
            replace(account, username=unsound) if field == "username" else replace(account, password=unsound)
        )
        error = BY[protocol](changed)

        assert error is not None
        assert error.code == "login-unsound"
        assert not any("DELETE" in line for line in (*servers.smtp.commands, *servers.imap.commands))
        assert "DELETE" not in str(error.values["reason"])


def test_85_other_signs_are_taken() -> None:
    """Spaces, quotation marks and backslashes are part of passwords, and are quoted."""
    for password in ('a "word"', "back\\slash", "spaces in it", "$%{}~"):
        with FaultServer(login=("camille", password)).in_a_thread() as server:
            assert by_smtp(server.account) is None


ECHOES = {
    "whole": f"no such user with {SECRET}",
    "in part": f"cannot parse LOGIN camille {SECRET[:9]}",
    "upper case": f"UNKNOWN {SECRET.upper()}",
    "base64": "cannot decode AGNhbWlsbGUAWnE3LXBsYW50ZWQtd29yZA==",
    "quoted": "camille%00Zq7%2Dplanted%2Dword",
}


@pytest.mark.parametrize("echo", ECHOES.values(), ids=ECHOES)
@pytest.mark.parametrize("protocol", BY)
def test_86_a_server_that_repeats_the_password(protocol: str, echo: str) -> None:
    """What a refusal repeats of the password is hidden in the error, and the rest of its words stays."""
    if protocol == "smtp":
        with FaultServer(
            login=("camille", "other"), mechanisms="PLAIN", refusal=f"535 5.7.8 {echo}"
        ).in_a_thread() as smtp:
            error = by_smtp(replace(smtp.account, password=SECRET))
    else:
        server = LoginImap(
            username="camille", refusal=f"[AUTHENTICATIONFAILED] {echo}", capabilities="IMAP4rev1"
        )
        with server.running():
            error = by_imap(replace(server.account, password=SECRET))

    assert error is not None
    said = str(error.values["reason"])
    assert "***" in said
    assert said.split(" ")[0] in ("5.7.8", "[AUTHENTICATIONFAILED]", "***")
    for piece in ("planted", "PLANTED", "Zq7-pl", "WnE3LXBs"):
        assert piece not in f"{error}"


def test_86_a_reply_to_a_message_that_repeats_the_password() -> None:
    """What a server says of a message is recorded and shown, so that the password is hidden there as well."""
    from tests.wire.test_smtp import message

    fault = fault_smtp.Fault("rcpt", f"550 5.1.1 {SECRET} is not known")

    async def go(account: Account) -> str:
        async with SmtpSender(account).connect() as connection:
            return (await connection.send(message())).text

    with FaultServer([fault], login=("camille", SECRET)).in_a_thread() as server:
        assert asyncio.run(go(server.account)) == "5.1.1 *** is not known"


def test_86_a_short_password_changes_no_status() -> None:
    """A password such as "5" stands in many replies; what a reply is judged by stays."""
    from tests.wire.test_smtp import message

    fault = fault_smtp.Fault("rcpt", "550 5.1.5 no 5 here")

    async def go(account: Account) -> str:
        async with SmtpSender(account).connect() as connection:
            return (await connection.send(message())).text

    with FaultServer([fault], login=("camille", "5")).in_a_thread() as server:
        assert asyncio.run(go(server.account)) == "5.1.5 no *** here"
