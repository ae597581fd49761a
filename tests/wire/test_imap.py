"""Reading of mailboxes over IMAP, on a real server (pymap)."""

from __future__ import annotations

import imaplib
import threading
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from mailer.demo.post_office import PASSWORD, PostOffice
from mailer.errors import WireError
from mailer.model.account import Account, Security
from mailer.wire import SENT, imap
from mailer.wire.imap import ImapAdapter, _by_uid
from tests.clients import dovecot as dovecots
from tests.clients.dovecot import dovecot
from tests.servers.certificates import of_the_house, server_context
from tests.servers.relay import relayed
from tests.servers.tls_front import tls_front

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
        reader.move([first], "Traité")
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
            reader.move(reader.uids(0)[:1], "Traité")

        assert (caught.value.code, caught.value.values["folder"]) == ("imap-cannot-move", "Traité")
        with pytest.raises(WireError, match="imap-folder-missing"):
            reader.examine("Traité")
    assert before == flags(imap_account)


@pytest.mark.parametrize("name", ["Éléments envoyés", "Sent Items", ""])
def test_the_folder_for_sent_mail_is_known_by_its_name(
    office: PostOffice, imap_account: Account, name: str
) -> None:
    """Where no folder is flagged, a copy goes into the one with a usual name; where there is none, “Sent” is made."""
    with ImapAdapter(imap_account).open() as reader:
        if name:
            reader.append(name, MAIL)
        reader.append("Brouillons", MAIL)
        reader.append(SENT, MAIL)
        reader.append(SENT, MAIL)
        reader.examine(name or "Sent")
        assert len(reader.uids(0)) == (3 if name else 2)
        reader.examine("Brouillons")
        assert len(reader.uids(0)) == 1


@pytest.mark.servers
@pytest.mark.skipif(dovecots.why_not() is not None, reason=str(dovecots.why_not()))
def test_the_folder_for_sent_mail_is_known_by_its_flag() -> None:
    """A copy goes into the folder that the server flags, whatever another one is called."""
    more = "namespace inbox {\n mailbox Sent {\n special_use = \n }\n mailbox Courrier {\n auto = create\n special_use = \\Sent\n }\n}\n"
    with dovecot(PASSWORD, more) as server:
        account = Account("127.0.0.1", server.port, Security.NONE, "camille@example.org", PASSWORD)
        with ImapAdapter(account).open() as reader:
            reader.append(SENT, MAIL)
            for folder, count in (("Courrier", 1), ("Sent", 0)):
                reader.examine(folder)
                assert len(reader.uids(0)) == count


def test_a_wrong_password_is_said(imap_account: Account) -> None:
    """The server's refusal names host and user, never the password."""
    wrong = replace(imap_account, password="not-it")
    with pytest.raises(WireError) as caught, ImapAdapter(wrong).open():
        pass

    assert caught.value.code == "imap-login-refused"
    assert caught.value.values["username"] == wrong.username
    assert "not-it" not in str(caught.value) + repr(wrong)


def test_an_authority_of_the_house_is_believed(
    tmp_path: Path, office: PostOffice, imap_account: Account
) -> None:
    """The mailbox is opened by a certificate of the authority in the file; without the file no password is given away."""
    tls, authority = of_the_house(tmp_path)
    office.post("a@example.org", MAIL)

    with relayed(office.imap_port, tls=tls) as port:
        account = replace(imap_account, host="localhost", port=port, security=Security.TLS)
        with ImapAdapter(account, ca_file=authority).open() as reader:
            reader.examine("INBOX")
            assert len(reader.uids(0)) == 1

    with (
        relayed(office.imap_port, tls=tls) as port,
        pytest.raises(WireError) as caught,
        ImapAdapter(replace(account, port=port)).open(),
    ):
        pass
    assert caught.value.code == "imap-authority-unknown"
    assert "issuer" in str(caught.value.values["reason"])


def test_nobody_at_home_is_said(imap_account: Account) -> None:
    """A port where nothing listens is an error with host and port."""
    with pytest.raises(WireError) as caught, ImapAdapter(replace(imap_account, port=1)).open():
        pass

    assert caught.value.code == "imap-unreachable"


def test_a_missing_folder_is_said(imap_account: Account) -> None:
    """A folder that is not there is named."""
    with ImapAdapter(imap_account, ["Réponses"]).open() as reader, pytest.raises(WireError) as caught:
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


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS])
def test_nothing_is_read_but_over_tls(
    security: Security,
    trusted: bool,
    office: PostOffice,
    imap_account: Account,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mailbox is read behind TLS of both kinds; with a certificate that nobody vouches for, no password is given."""
    office.post("a@example.org", MAIL)
    context, _client = server_context(tmp_path)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "localhost.pem"))
    starttls = security is Security.STARTTLS
    with tls_front(context, office.imap_port, starttls=starttls) as port:
        adapter = ImapAdapter(replace(imap_account, host="localhost", port=port, security=security))
        if trusted:
            with adapter.open() as reader:
                reader.examine("INBOX")
                assert len(reader.uids(0)) == 1
        else:
            with pytest.raises(WireError, match="imap-authority-unknown"), adapter.open():
                pass


def test_a_mailbox_without_starttls_gets_no_password(office: PostOffice, imap_account: Account) -> None:
    """It is said that the server offers no encryption there."""
    adapter = ImapAdapter(replace(imap_account, security=Security.STARTTLS))
    with pytest.raises(WireError, match="imap-no-starttls"), adapter.open():
        pass


def test_unwanted_mail_is_known_by_the_name_of_its_folder(office: PostOffice, imap_account: Account) -> None:
    """Where the server flags none; a folder of somebody's own that is called alike is not read."""
    with imaplib.IMAP4("127.0.0.1", office.imap_port) as box:
        box.login(imap_account.username, imap_account.password)
        for folder in ("Spam de Paul", "Archives/Spam", "Junk E-mail", "Courrier ind&AOk-sirable"):
            box.create(f'"{folder}"')
    with ImapAdapter(imap_account).open() as reader:
        assert sorted(reader.folders()) == ["Courrier indésirable", "INBOX", "Junk E-mail"]
        assert reader.folders()[0] == "INBOX"


@pytest.mark.servers
@pytest.mark.skipif(dovecots.why_not() is not None, reason=dovecots.why_not() or "")
def test_a_mailbox_that_never_had_a_mail_can_be_read() -> None:
    """Dovecot refuses a UID of zero (RFC 9051 section 9: a UID is a number from 1 on), however few mails there were."""
    with dovecot("secret") as server:
        account = Account("127.0.0.1", server.port, Security.NONE, "nobody@example.org", "secret")
        with ImapAdapter(account).open() as reader:
            folder = reader.examine("INBOX")

            assert [list(reader.uids(above)) for above in (folder.uidnext - 2, -1, 0, 7)] == [[], [], [], []]
