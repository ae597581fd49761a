"""Test the message to oneself, on real servers: it is found, deleted alone, and missed where it does not come."""

from __future__ import annotations

import imaplib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mailer.demo.post_office import PASSWORD, PostOffice
from mailer.errors import WireError
from mailer.jobs.round_trip import PAUSE, RoundTrip, there_and_back, to_oneself
from mailer.mime.read import read
from mailer.model.account import Account, Security
from mailer.model.address import Mailbox
from mailer.wire.imap import ImapAdapter
from mailer.wire.smtp import SmtpSender
from tests.clients import dovecot
from tests.conftest import OWNER
from tests.servers.fault_smtp import Fault, FaultServer
from tests.servers.relay import relayed

MESSAGE = to_oneself(
    Mailbox(OWNER, "Camille"),
    OWNER,
    subject="Essai des serveurs",
    text="Ceci est un essai : <rien> d’autre.",
    token="1234abcd",
    now=datetime(2026, 11, 30, 9, tzinfo=UTC),
)
OTHER = b"From: a@example.org\r\nSubject: oui\r\nMessage-ID: <other@example.org>\r\n\r\nJe viens.\r\n"


def _no_pause(seconds: float) -> None:
    raise AssertionError("nothing had to be waited for")


def _kept(office: PostOffice, folder: str = "INBOX") -> list[tuple[bytes, bool]]:
    """Return the Message-ID of each message in a folder, and whether it is marked as deleted."""
    with imaplib.IMAP4("127.0.0.1", office.imap_port) as box:
        box.login(office.owner, PASSWORD)
        box.select(folder, readonly=True)
        answer = box.fetch("1:*", "(FLAGS BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
    pairs = [part for part in answer if isinstance(part, tuple)]
    return [(body.strip().partition(b": ")[2], b"Deleted" in head) for head, body in pairs]


def test_the_message_is_one_of_a_machine() -> None:
    """Its words are those given, also in HTML, and no absence is answered to it."""
    got = read(MESSAGE.content)

    assert got.header("Auto-Submitted") == "auto-generated"
    assert got.message_id == MESSAGE.message_id == f"<try.1234abcd@{OWNER.partition('@')[2]}>"
    assert [part.text.strip() for part in got.parts] == [
        "Ceci est un essai : <rien> d’autre.",
        "<p>Ceci est un essai : &lt;rien&gt; d’autre.</p>",
    ]


def test_it_comes_and_goes(office: PostOffice, smtp_account: Account, imap_account: Account) -> None:
    """It is deleted again; what was there before stays, also what another program has marked as deleted."""
    office.post("a@example.org", OTHER)
    with imaplib.IMAP4("127.0.0.1", office.imap_port) as box:
        box.login(office.owner, PASSWORD)
        box.select("INBOX")
        box.store("1", "+FLAGS", r"(\Deleted)")
    found = there_and_back(ImapAdapter(imap_account), SmtpSender(smtp_account), MESSAGE, pause=_no_pause)

    assert (found.reply.code, found.folder, found.junk, found.removed) == (250, "INBOX", False, True)
    assert _kept(office) == [(b"<other@example.org>", True)]


def test_one_that_was_there_before_is_not_taken_for_it(office: PostOffice, imap_account: Account) -> None:
    """Neither is another that comes meanwhile; it is looked for as long as it may take, and is then given up."""
    office.post(OWNER, MESSAGE.content)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        office.post("a@example.org", OTHER)

    with FaultServer().in_a_thread() as server:
        found = there_and_back(
            ImapAdapter(imap_account), SmtpSender(server.account), MESSAGE, pause=pause, patience=3 * PAUSE
        )
        assert [one.recipient for one in server.accepted] == [OWNER]

    assert found == RoundTrip(found.reply)
    assert pauses == [PAUSE] * 3
    assert len(_kept(office)) == 4


@pytest.mark.parametrize(
    ("folder", "junk"), [("INBOX", False), ("Courrier ind&AOk-sirable", True), ("INBOX/Spam", True)]
)
def test_one_that_takes_its_time(folder: str, junk: bool, office: PostOffice, imap_account: Account) -> None:
    """It is found where it arrives, also among unwanted mail in a folder that only its name tells."""
    with imaplib.IMAP4("127.0.0.1", office.imap_port) as box:
        box.login(office.owner, PASSWORD)
        box.create(f'"{folder}"')

    def deliver(_seconds: float) -> None:
        with imaplib.IMAP4("127.0.0.1", office.imap_port) as box:
            box.login(office.owner, PASSWORD)
            (message,) = server.accepted
            box.append(f'"{folder}"', "", "", message.content)

    with FaultServer().in_a_thread() as server:
        found = there_and_back(ImapAdapter(imap_account), SmtpSender(server.account), MESSAGE, pause=deliver)

    assert (found.junk, found.removed) == (junk, True)
    assert _kept(office, f'"{folder}"') == []


def test_a_server_that_refuses_it(office: PostOffice, imap_account: Account) -> None:
    """Its words are handed on, and nothing is waited for."""
    with FaultServer([Fault("rcpt", "550 5.7.1 not from there")]).in_a_thread() as server:
        found = there_and_back(
            ImapAdapter(imap_account), SmtpSender(server.account), MESSAGE, pause=_no_pause
        )

    assert (found.reply.code, found.reply.text, found.folder) == (550, "5.7.1 not from there", "")


def test_nothing_is_sent_where_the_mailbox_cannot_be_opened(imap_account: Account) -> None:
    """The message would lie there."""
    with FaultServer().in_a_thread() as server:
        mailbox = ImapAdapter(replace(imap_account, password="wrong"))
        with pytest.raises(WireError, match="imap-login-refused"):
            there_and_back(mailbox, SmtpSender(server.account), MESSAGE, pause=_no_pause)

        assert server.received == []


def test_a_server_that_cannot_delete_one_alone(
    office: PostOffice, smtp_account: Account, imap_account: Account
) -> None:
    """The message stays, rather than those that others have marked going with it."""
    with relayed(office.imap_port, lambda said: [said.replace(b" UIDPLUS", b"")]) as port:
        adapter = ImapAdapter(replace(imap_account, port=port))
        found = there_and_back(adapter, SmtpSender(smtp_account), MESSAGE, pause=_no_pause)

    assert (found.folder, found.removed) == ("INBOX", False)
    assert _kept(office) == [(MESSAGE.message_id.encode(), False)]


@pytest.mark.servers
@pytest.mark.skipif(dovecot.why_not() is not None, reason=dovecot.why_not() or "")
def test_it_comes_and_goes_at_dovecot() -> None:
    """A mail that another program has marked as deleted outlives the deletion there, too."""
    with TemporaryDirectory(prefix="mailer-") as folder:
        Path(folder).chmod(0o755)
        server = dovecot.Dovecot(Path(folder), PASSWORD)

        def put(content: bytes, flags: str = "") -> None:
            with imaplib.IMAP4("127.0.0.1", server.port) as box:
                box.login(OWNER, PASSWORD)
                box.append("INBOX", flags, "", content)

        def deliver(_seconds: float) -> None:
            (message,) = smtp.accepted
            put(message.content)

        try:
            put(OTHER, r"(\Deleted)")
            account = Account("127.0.0.1", server.port, Security.NONE, OWNER, PASSWORD)
            with FaultServer().in_a_thread() as smtp:
                found = there_and_back(ImapAdapter(account), SmtpSender(smtp.account), MESSAGE, pause=deliver)
            with imaplib.IMAP4("127.0.0.1", server.port) as box:
                box.login(OWNER, PASSWORD)
                left = box.select("INBOX", readonly=True)[1]
        finally:
            server.stop()

    assert (found.folder, found.removed, left) == ("INBOX", True, [b"1"])
