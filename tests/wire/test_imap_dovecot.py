"""What is asked of any mailbox, asked of a real Dovecot."""

from __future__ import annotations

import imaplib
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mailer.model.account import Account, Security
from mailer.wire import imap
from mailer.wire.imap import ImapAdapter
from tests.clients import dovecot as dovecots
from tests.clients.dovecot import Dovecot, dovecot

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(dovecots.why_not() is not None, reason=str(dovecots.why_not())),
]

MAIL = b"From: a@example.org\r\nSubject: n%d\r\n\r\nJe viens.\r\n"
PREFIX = "namespace inbox {\n prefix = INBOX.\n separator = .\n}\n"
CAPABILITY = (
    "protocol imap {{\n imap_capability = IMAP4rev1 SASL-IR AUTH=PLAIN UIDPLUS MOVE NAMESPACE {more}\n}}\n"
)


def account(server: Dovecot, password: str = "secret") -> Account:
    """The mailbox of somebody."""
    return Account("127.0.0.1", server.port, Security.NONE, "camille@example.org", password)


@contextmanager
def by_hand(server: Dovecot) -> Iterator[imaplib.IMAP4]:
    """Another program that has the mailbox open."""
    with imaplib.IMAP4("127.0.0.1", server.port, timeout=30) as box:
        box.login("camille@example.org", "secret")
        yield box


def fill(server: Dovecot, count: int = 3, folder: str = "INBOX") -> None:
    """Put mails into a folder, which is made."""
    with by_hand(server) as box:
        box.create(f'"{folder}"')
        for number in range(count):
            box.append(f'"{folder}"', "", "", MAIL % number)


def test_folders_below_a_prefix() -> None:
    """Mails are moved into a folder that is made below INBOX, one that is named without the prefix is read, and junk is known."""
    with dovecot("secret", PREFIX) as server:
        fill(server)
        fill(server, 1, "INBOX.R&AOk-ponses")
        fill(server, 1, "INBOX.Courrier ind&AOk-sirable")
        with ImapAdapter(account(server), ["INBOX", "Réponses"]).open() as reader:
            read = reader.folders()
            assert read == ["INBOX", "INBOX.Réponses", "INBOX.Courrier indésirable"]
            assert [len(reader.uids(0)) for name in read if reader.examine(name)] == [3, 1, 1]
            assert reader.other_folders() == ["INBOX.Trash"]
            reader.examine("INBOX")
            uids = reader.uids(0)
            reader.move(uids[:2], "Traités")
            assert reader.fetch(uids[2]) is not None
            reader.examine("Traités")
            assert len(reader.uids(0)) == 2


def test_junk_is_known_by_its_flag() -> None:
    """Whatever it is called; a folder that is called a little like it is not read."""
    more = "namespace inbox {\n mailbox Grise {\n auto = create\n special_use = \\Junk\n }\n}\n"
    with dovecot("secret", more) as server:
        fill(server, 1, "Spam reports 2023")
        with ImapAdapter(account(server)).open() as reader:
            assert reader.folders() == ["INBOX", "Grise"]
            assert "Spam reports 2023" in reader.other_folders()


def test_a_mail_that_is_deleted_while_it_is_read() -> None:
    """Another program deletes one of three: it is gone, and the others are read."""
    with dovecot("secret") as server:
        fill(server)
        with ImapAdapter(account(server)).open() as reader, by_hand(server) as other:
            reader.examine("INBOX")
            uids = reader.uids(0)
            other.select("INBOX")
            other.uid("STORE", str(uids[1]), "+FLAGS", r"(\Deleted)")
            other.expunge()

            assert [one and one.uid for one in map(reader.fetch, uids)] == [uids[0], None, uids[2]]


@pytest.mark.parametrize("idles", [True, False])
def test_new_mail_is_noticed_with_idle_or_without(idles: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Over the same connection; without IDLE by looking now and then."""
    monkeypatch.setattr(imap, "LOOK_SECONDS", 0.5)
    with dovecot("secret", CAPABILITY.format(more="IDLE" if idles else "")) as server:
        fill(server, 1)
        with ImapAdapter(account(server)).open() as reader:
            reader.examine("INBOX")
            before = reader.uids(0)
            fill(server, 1)
            until = time.monotonic() + 60
            while len(reader.uids(0)) == len(before) and time.monotonic() < until:
                reader.wait(2)
            assert len(reader.uids(before[-1])) == 1
        assert server.log.count("Login: user=<camille@example.org>") == 3


@pytest.mark.parametrize("password", ["Marché-d'été-2025", 'a"b\\c', "secret"])
def test_passwords_of_all_letters(password: str) -> None:
    """A password with accents, with quotation marks, and an ordinary one."""
    with dovecot(password) as server, ImapAdapter(account(server, password)).open() as reader:
        assert reader.examine("INBOX").uidnext == 1


def test_answers_in_other_folders_are_found() -> None:
    """By the Message-ID that they answer; other mail is not."""
    with dovecot("secret") as server:
        with by_hand(server) as box:
            box.create("Ablage")
            for field in (
                b"In-Reply-To: <x@mairie.example>",
                b"References: <y@b> <x@mairie.example>",
                b"X-Y: z",
            ):
                box.append("Ablage", "", "", field + b"\r\n" + MAIL % 1)
        with ImapAdapter(account(server)).open() as reader:
            reader.examine("Ablage")
            assert len(reader.answering(["mairie.example"])) == 2
            assert len(reader.answering(["other.example"])) == 0
