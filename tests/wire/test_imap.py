"""Reading of mailboxes over IMAP, on a real server (pymap)."""

from __future__ import annotations

import imaplib
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mailer.demo.post_office import PostOffice
from mailer.errors import WireError
from mailer.model.account import Account, Security
from mailer.wire import imap
from mailer.wire.imap import ImapAdapter, _by_uid
from tests.clients import dovecot

MAIL = b"From: a@example.org\r\nSubject: oui\r\n\r\nJe viens.\r\n"


def flags(account: Account) -> list[bytes]:
    """Return the flags of every message, as another program sees them."""
    with imaplib.IMAP4(account.host, account.port) as box:
        box.login(account.username, account.password)
        box.select("INBOX", readonly=True)
        return [line for line in box.fetch("1:*", "(FLAGS)")[1] if isinstance(line, bytes)]


def test_new_mail_is_found_by_uid(office: PostOffice, imap_account: Account) -> None:
    """What came since is listed once, also where ``n:*`` would name the last message again."""
    office.post("a@example.org", MAIL)
    with ImapAdapter(imap_account).open() as reader:
        folder = reader.examine("INBOX")
        (first,) = reader.uids(0)

        assert reader.uids(first) == []
        assert folder.uidnext == first + 1
        office.post("a@example.org", MAIL)
        reader.examine("INBOX")
        assert reader.uids(first) == [first + 1]


def test_what_came_before_a_day_is_passed_over(office: PostOffice, imap_account: Account) -> None:
    """Old mail in Camille's mailbox is not fetched."""
    office.post("a@example.org", MAIL)
    with ImapAdapter(imap_account).open() as reader:
        reader.examine("INBOX")

        assert reader.uids(0, date(2100, 1, 1)) == []
        assert len(reader.uids(0, date(2020, 1, 1))) == 1


def test_fetching_leaves_no_trace(office: PostOffice, imap_account: Account) -> None:
    """A message is read whole, with its arrival, and stays unread for everybody else."""
    office.post("a@example.org", MAIL)
    before = flags(imap_account)
    with ImapAdapter(imap_account).open() as reader:
        reader.examine("INBOX")
        (uid,) = reader.uids(0)
        fetched = reader.fetch(uid)

        assert fetched is not None
        assert fetched.content is not None
        assert fetched.content.endswith(MAIL)
        assert fetched.size == len(fetched.content)
        assert fetched.arrived.year >= 2024
        assert reader.fetch(uid + 1) is None
    assert before == flags(imap_account)
    assert not any(b"Seen" in line for line in before)


def test_waiting_ends_when_mail_comes(office: PostOffice, imap_account: Account) -> None:
    """IDLE wakes up for a new message, long before its time is over."""
    with ImapAdapter(imap_account).open() as reader:
        reader.examine("INBOX")
        timer = threading.Timer(0.3, office.post, ("a@example.org", MAIL))
        timer.start()

        assert reader.wait(30)
        timer.join()
        assert len(reader.uids(0)) == 1


@contextmanager
def relayed(port: int, change: Callable[[bytes], Sequence[bytes]]) -> Iterator[int]:
    """Forward one connection to a server; what the server says is replaced by pieces sent with a pause between."""
    listener = socket.create_server(("127.0.0.1", 0))

    def carry(
        source: socket.socket, target: socket.socket, change: Callable[[bytes], Sequence[bytes]]
    ) -> None:
        with suppress(OSError):
            while said := source.recv(1 << 16):
                first, *rest = change(said)
                target.sendall(first)
                for piece in rest:
                    time.sleep(0.05)
                    target.sendall(piece)
            target.shutdown(socket.SHUT_WR)

    def serve() -> None:
        near, _ = listener.accept()
        with near, socket.create_connection(("127.0.0.1", port)) as far:
            back = threading.Thread(target=carry, args=(far, near, change))
            back.start()
            carry(near, far, lambda said: [said])
            back.join()

    with listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


def in_halves(said: bytes) -> list[bytes]:
    """Send the last two octets of everything a moment later."""
    return [said[:-2], said[-2:]]


def without_move(said: bytes) -> list[bytes]:
    """Hide that the server offers MOVE and UIDPLUS."""
    return [said.replace(b" MOVE", b"").replace(b" UIDPLUS", b"")]


def test_waiting_survives_a_line_that_comes_in_halves(office: PostOffice, imap_account: Account) -> None:
    """What the server says may be cut anywhere on its way; it is news all the same, and the mailbox stays usable."""
    with (
        relayed(office.imap_port, in_halves) as port,
        ImapAdapter(replace(imap_account, port=port)).open() as reader,
    ):
        reader.examine("INBOX")
        timer = threading.Timer(0.3, office.post, ("a@example.org", MAIL))
        timer.start()

        assert reader.wait(30)
        timer.join()
        assert len(reader.uids(0)) == 1


def test_a_copy_can_be_put_away(office: PostOffice, imap_account: Account) -> None:
    """Moving takes one message out of the inbox, into a folder that is made for it, and touches no other."""
    for _ in range(2):
        office.post("a@example.org", MAIL)
    with ImapAdapter(imap_account).open() as reader:
        reader.examine("INBOX")
        first, second = reader.uids(0)
        reader.move(first, "Traité")
        reader.examine("INBOX")

        assert reader.uids(0) == [second]
        reader.examine("Traité")
        assert len(reader.uids(0)) == 1


def test_a_server_that_cannot_move_is_an_error(office: PostOffice, imap_account: Account) -> None:
    """Without MOVE and UIDPLUS the person is told, and no message is copied, marked or deleted."""
    for _ in range(2):
        office.post("a@example.org", MAIL)
    before = flags(imap_account)
    with (
        relayed(office.imap_port, without_move) as port,
        ImapAdapter(replace(imap_account, port=port)).open() as reader,
    ):
        reader.examine("INBOX")
        with pytest.raises(WireError) as caught:
            reader.move(reader.uids(0)[0], "Traité")

        assert (caught.value.code, caught.value.values["folder"]) == ("imap-cannot-move", "Traité")
        with pytest.raises(WireError, match="imap-folder-missing"):
            reader.examine("Traité")
    assert before == flags(imap_account)


def test_a_wrong_password_is_said(imap_account: Account) -> None:
    """The server's refusal names host and user, never the password."""
    wrong = replace(imap_account, password="not-it")
    with pytest.raises(WireError) as caught, ImapAdapter(wrong).open():
        pass

    assert caught.value.code == "imap-login-refused"
    assert caught.value.values["username"] == wrong.username
    assert "not-it" not in str(caught.value) + repr(wrong)


def test_nobody_at_home_is_said(imap_account: Account) -> None:
    """A port where nothing listens is an error with host and port."""
    with pytest.raises(WireError) as caught, ImapAdapter(replace(imap_account, port=1)).open():
        pass

    assert caught.value.code == "imap-unreachable"


def test_a_missing_folder_is_said(imap_account: Account) -> None:
    """A folder that is not there is named."""
    with ImapAdapter(imap_account, "Réponses").open() as reader, pytest.raises(WireError) as caught:
        reader.examine("Réponses")

    assert caught.value.code == "imap-folder-missing"
    assert caught.value.values["folder"] == "Réponses"


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ([(b"1 (UID 7 BODY[] {3}", b"abc"), b")"], b"abc"),
        ([(b"1 (BODY[] {3}", b"abc"), b" UID 7)"], b"abc"),
        ([b"3 (FLAGS (\\Seen) UID 9)", (b"1 (UID 7 BODY[] {3}", b"abc"), b")"], b"abc"),
        ([(b"1 (BODY[] {3}", b"abc"), b" UID 7)", b"3 (FLAGS (\\Seen) UID 9)"], b"abc"),
        ([(b"2 (UID 8 BODY[] {3}", b"xyz"), b")"], None),
        ([b"3 (UID 9 FLAGS ())"], None),
        ([], None),
    ],
    ids=["usual", "exchange", "unsolicited-before", "unsolicited-after", "another", "no-body", "nothing"],
)
def test_only_the_answer_to_our_question_counts(
    answer: list[bytes | tuple[bytes, bytes]], body: bytes | None
) -> None:
    """Unsolicited data in between never gives a message another one's UID (T7)."""
    found = _by_uid(answer, b"BODY[")

    assert body == found.get(7, (b"", None))[1]


def test_many_messages_are_fetched_in_order(office: PostOffice, imap_account: Account) -> None:
    """Each UID gives its own message, however many are fetched together, also when asked for backwards."""
    for number in range(60):
        office.post("a@example.org", MAIL.replace(b"oui", b"n%d" % number))
    with ImapAdapter(imap_account).open() as reader:
        reader.examine("INBOX")
        uids = reader.uids(0)
        forwards = [reader.fetch(uid) for uid in uids]
        backwards = [reader.fetch(uid) for uid in reversed(uids)]

    assert [
        b"Subject: n%d\r\n" % n in one.content for n, one in enumerate(forwards) if one and one.content
    ] == [True] * 60
    assert forwards == backwards[::-1]


def test_large_messages_come_with_small_ones(
    office: PostOffice, imap_account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large message among small ones is itself; one over the bound is told about and not fetched."""
    monkeypatch.setattr(imap, "MAX_MESSAGE", 200_000)
    for size in (10, 100_000, 20, 300_000, 30):
        office.post("a@example.org", MAIL + b"x" * 70 + b"\r\n" * (size // 2))
    with ImapAdapter(imap_account).open() as reader:
        reader.examine("INBOX")
        fetched = [reader.fetch(uid) for uid in reader.uids(0)]

    sizes = [len(one.content) if one and one.content else 0 for one in fetched]
    assert sizes[0] < sizes[2] < sizes[4] < 1_000 < 100_000 < sizes[1]
    assert sizes[3] == 0
    assert fetched[3] is not None
    assert fetched[3].size > 300_000


@pytest.mark.servers
@pytest.mark.skipif(dovecot.why_not() is not None, reason=dovecot.why_not() or "")
def test_a_mailbox_that_never_had_a_mail_can_be_read() -> None:
    """Dovecot refuses a UID of zero (RFC 9051 section 9: a UID is a number from 1 on), however few mails there were."""
    base = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))
    base.chmod(0o755)
    server = dovecot.Dovecot(base / "d", "secret")
    try:
        account = Account("127.0.0.1", server.port, Security.NONE, "nobody@example.org", "secret")
        with ImapAdapter(account).open() as reader:
            folder = reader.examine("INBOX")

            assert [list(reader.uids(above)) for above in (folder.uidnext - 2, -1, 0, 7)] == [[], [], [], []]
    finally:
        server.stop()
        shutil.rmtree(base, ignore_errors=True)
