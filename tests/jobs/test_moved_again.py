"""Answers whose move a real Dovecot refused are moved by the next reading."""

from __future__ import annotations

import imaplib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailer import contacts
from mailer.jobs import collect
from mailer.jobs import people as staff
from mailer.jobs.collect import ReadingReport
from mailer.model.account import Account, Security
from mailer.model.contact import Contact, Origin
from mailer.store.sql import SqlStore, open_store
from mailer.wire.imap import ImapAdapter
from tests.clients import dovecot as dovecots
from tests.clients.dovecot import Dovecot, dovecot

pytestmark = [
    pytest.mark.servers,
    pytest.mark.skipif(dovecots.why_not() is not None, reason=str(dovecots.why_not())),
]

NOW = datetime(2025, 3, 20, tzinfo=UTC)
TOO_LONG = "T" * 300
"""No folder can be called so, and Dovecot refuses to make it."""
OTHER = (
    b"From: shop@shop.example\r\nSubject: Soldes\r\nList-Id: <a.shop.example>\r\n\r\nTout doit partir.\r\n"
)


def answer(name: str) -> bytes:
    """The answer of somebody invited."""
    return f"From: {name}@example.org\r\nSubject: Re: x\r\nMessage-ID: <{name}@x.example>\r\n\r\nJe viens.\r\n".encode()


def by_hand(server: Dovecot) -> imaplib.IMAP4:
    """Another program that has the mailbox."""
    box = imaplib.IMAP4("127.0.0.1", server.port, timeout=30)
    box.login("camille@example.org", "secret")
    return box


def read(server: Dovecot, store: SqlStore, done_folder: str) -> ReadingReport:
    """Read the mailbox."""
    account = Account("127.0.0.1", server.port, Security.NONE, "camille@example.org", "secret")
    with ImapAdapter(account).open() as reader:
        return collect.collect(reader, store, {}, now=lambda: NOW, done_folder=done_folder)


def test_a_refused_move_is_tried_again(tmp_path: Path) -> None:
    """All answers move once the server takes the folder; what is no answer stays, and nothing is recorded twice."""
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    lines = [
        Contact(f"{name}@example.org", last_name=name, origin=Origin("l.csv", 2)) for name in ("ann", "bob")
    ]
    compared = staff.reconcile(store, "c", contacts.households(lines))
    staff.record_reconciled(store, "c", compared, now=NOW)
    with dovecot("secret") as server:
        with by_hand(server) as box:
            for mail in (answer("ann"), OTHER, answer("bob")):
                box.append("INBOX", "", "", mail)
        refused = read(server, store, TOO_LONG)
        n = store.size()
        again = read(server, store, "Traités")
        with by_hand(server) as box:
            left = box.select("INBOX", readonly=True)[1]
            moved = box.select('"Trait&AOk-s"', readonly=True)[1]
    after = store.size()
    store.close()

    assert [error.code for error in refused.troubles] == ["imap-move-refused"]
    assert (again.troubles, left, moved) == ([], [b"1"], [b"2"])
    assert after == n
