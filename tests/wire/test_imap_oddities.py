"""Servers with oddities: what they leave out, refuse or name in their own way is read, asked for again, or said."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from mailer.errors import WireError
from mailer.wire import imap
from mailer.wire.imap import ImapAdapter
from tests.servers import odd_imap
from tests.servers.odd_imap import BAD, EMPTY, GIVE, HANG_UP, NIL, OMIT, REFUSE, USUAL, OddImap

MAIL = b"From: a@example.org\r\nSubject: n%d\r\n\r\nJe viens.\r\n"
MAILS = {uid: MAIL % uid for uid in range(9, 13)}


def one_bad(how: str, uid: int = 10) -> Callable[[int], str]:
    """Treat one message so, and give the others."""
    return lambda each: how if each == uid else GIVE


def contents(server: OddImap) -> dict[int, bytes | None]:
    """Read the inbox: the content of each message, or None where it is withheld."""
    with server.running(), ImapAdapter(server.account, timeout=5).open() as reader:
        reader.examine("INBOX")
        found = [reader.fetch(uid) for uid in reader.uids(0)]
    return {one.uid: one.content if one.withheld is None else None for one in found if one}


@pytest.mark.parametrize("how", [OMIT, NIL, EMPTY, REFUSE, BAD, HANG_UP])
def test_one_message_that_is_not_given_hides_no_other(how: str) -> None:
    """The others are read, and of this one the header, with what the server said."""
    server = OddImap({"INBOX": dict(MAILS)}, treat=one_bad(how))

    assert contents(server) == {**MAILS, 10: None}
    with server.running(), ImapAdapter(server.account, timeout=5).open() as reader:
        reader.examine("INBOX")
        withheld = reader.fetch(10)
        assert withheld is not None
        assert withheld.content == b"From: a@example.org\r\nSubject: n10\r\n\r\n"
        assert (withheld.withheld != "") == (how in (REFUSE, BAD, HANG_UP))


def test_what_is_left_out_once_is_asked_again() -> None:
    """A message that came in no answer to the question for all is asked for alone."""
    asked: list[int] = []

    def forgetful(uid: int) -> str:
        asked.append(uid)
        return OMIT if uid == 10 and asked.count(uid) == 1 else GIVE

    assert contents(OddImap({"INBOX": dict(MAILS)}, treat=forgetful)) == MAILS
    assert asked.count(9) == 1


def test_what_is_gone_is_not_withheld() -> None:
    """A message that was deleted meanwhile is no longer there; one that is there and not given is."""
    server = OddImap({"INBOX": dict(MAILS)})
    with server.running(), ImapAdapter(server.account).open() as reader:
        reader.examine("INBOX")
        uids = reader.uids(0)
        del server.folders["INBOX"][10]
        found = [reader.fetch(uid) for uid in uids]

    assert [one and one.uid for one in found] == [9, None, 11, 12]


def test_a_folder_that_was_made_anew_is_not_taken_for_the_old_one() -> None:
    """After a connection was lost, the same UIDs in another folder of this name would be other mails."""
    server = OddImap({"INBOX": dict(MAILS)})

    def changing(uid: int) -> str:
        server.uidvalidity = 78
        return HANG_UP if uid == 9 else GIVE

    server.treat = changing
    with server.running(), ImapAdapter(server.account).open() as reader:
        reader.examine("INBOX")
        with pytest.raises(WireError, match="imap-lost"):
            [reader.fetch(uid) for uid in reader.uids(0)]


def test_a_server_that_is_gone_is_a_lost_connection() -> None:
    """A connection that cannot be opened again is the fault of no message."""
    server = OddImap({"INBOX": dict(MAILS)})
    with server.running(), ImapAdapter(server.account).open() as reader:
        reader.examine("INBOX")
        uids = reader.uids(0)
        server.treat = lambda _uid: HANG_UP
        server.password = "another"
        with pytest.raises(WireError, match="imap-lost"):
            reader.fetch(uids[0])


@pytest.mark.parametrize("capabilities", [USUAL.replace(" IDLE", ""), USUAL])
def test_without_idle_the_server_is_asked(capabilities: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting ends after a while with perhaps some news, over the same connection; with IDLE there is none to be told."""
    monkeypatch.setattr(imap, "LOOK_SECONDS", 0.2)
    server = OddImap({"INBOX": dict(MAILS)}, capabilities=capabilities)
    with server.running(), ImapAdapter(server.account, timeout=5).open() as reader:
        reader.examine("INBOX")
        begun = time.monotonic()
        assert [reader.wait(0.5), reader.wait(0.5)] == ["IDLE" not in capabilities] * 2
        assert time.monotonic() - begun < 4

    assert ("IDLE" in server.commands) == ("IDLE" in capabilities)
    assert server.logins == 1


def test_a_server_that_offers_idle_and_refuses_it_is_asked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is asked for IDLE once."""
    monkeypatch.setattr(imap, "LOOK_SECONDS", 0.2)
    server = OddImap({"INBOX": dict(MAILS)}, refused={"IDLE": "not today"})
    with server.running(), ImapAdapter(server.account, timeout=5).open() as reader:
        reader.examine("INBOX")

        assert [reader.wait(5), reader.wait(5), reader.wait(5)] == [False, True, True]
    assert server.commands.count("IDLE") == 1
    assert server.logins == 1


@pytest.mark.parametrize("delimiter", [".", "/"])
@pytest.mark.parametrize("names", ["said", "told-from-others"])
def test_a_folder_is_made_below_the_prefix(delimiter: str, names: str) -> None:
    """Whether the server tells its prefix or not; the name may have it already, and no message is marked."""
    prefix = f"INBOX{delimiter}"
    capabilities = USUAL if names == "said" else USUAL.replace(" NAMESPACE", "")
    folders = {"INBOX": dict(MAILS), f"{prefix}Sent": {}}
    server = OddImap(folders, capabilities=capabilities, prefix=prefix, delimiter=delimiter)
    with server.running(), ImapAdapter(server.account, timeout=5).open() as reader:
        reader.examine("INBOX")
        reader.move([9, 10], "Traités")
        reader.move([11], f"{prefix}Traités")

        assert reader.fetch(12) is not None
    assert len(server.folders[f"{prefix}Trait&AOk-s"]) == 3
    assert list(server.folders["INBOX"]) == [12]
    assert set(server.folders) == {"INBOX", f"{prefix}Sent", f"{prefix}Trait&AOk-s"}


@pytest.mark.parametrize("command", ["CREATE", "UID MOVE", "SELECT"])
def test_a_move_that_is_refused_is_said(command: str) -> None:
    """With the folder and the server's words; the mails stay, and the mailbox can still be read."""
    server = OddImap({"INBOX": dict(MAILS)}, refused={command: "[CANNOT] Access denied"})
    with server.running(), ImapAdapter(server.account, timeout=5).open() as reader:
        reader.examine("INBOX")
        uids = reader.uids(0)
        with pytest.raises(WireError) as caught:
            reader.move(uids[:2], "Traités")

        assert caught.value.code == "imap-move-refused"
        assert caught.value.values["folder"] == "Traités"
        assert "Access denied" in str(caught.value.values["reason"])
        assert [one.content for uid in uids if (one := reader.fetch(uid))] == list(MAILS.values())


def test_names_that_do_not_decode_are_no_obstacle() -> None:
    """A bare & in any name; that folder can be read, too, by the name that the server writes."""
    folders = {"INBOX": dict(MAILS), "Associations & clubs": {1: MAIL % 1}, "ind&AOk": {}, "Spam": {}}
    server = OddImap(folders)
    with server.running(), ImapAdapter(server.account, ["INBOX", "Associations & clubs"]).open() as reader:
        assert reader.folders() == ["INBOX", "Associations & clubs", "Spam"]
        assert reader.other_folders() == ["ind&AOk"]
        reader.examine("Associations & clubs")
        assert list(reader.uids(0)) == [1]


def test_which_folders_are_read_and_which_are_not() -> None:
    """Those in the settings in their order, then junk; drafts, sent mail and Gmail's view of all mail are no question."""
    folders: odd_imap.Folders = {
        name: {} for name in ("INBOX", "R", "Ablage", "Brouillons", "Envois", "Tous", "Gris")
    }
    flags = {"Brouillons": "\\Drafts", "Envois": "\\Sent", "Tous": "\\All", "Gris": "\\Junk"}
    server = OddImap(folders, flags=flags)
    with server.running(), ImapAdapter(server.account, ["r", "INBOX", "inbox"]).open() as reader:
        assert reader.folders() == ["R", "INBOX", "Gris"]
        assert reader.other_folders() == ["Ablage"]


def test_a_mailbox_in_which_nothing_ever_arrived() -> None:
    """No UID of zero is asked for."""
    server = OddImap({"INBOX": {}})
    with server.running(), ImapAdapter(server.account).open() as reader:
        folder = reader.examine("INBOX")

        assert folder.uidnext == 1
        assert [list(reader.uids(above)) for above in (folder.uidnext - 2, 0)] == [[], []]
    assert not [command for command in server.commands if "UID 0" in command]


@pytest.mark.parametrize(
    ("password", "capabilities", "said"),
    [
        ("Marché-d'été-2025", USUAL, None),
        ("secret", USUAL, None),
        ("secret", USUAL.replace("AUTH=PLAIN ", ""), None),
        ("secret", f"{USUAL} LOGINDISABLED", None),
        ("Marché-d'été-2025", USUAL.replace("AUTH=PLAIN ", ""), "imap-password-not-ascii"),
        ("secret", USUAL.replace("AUTH=PLAIN", "LOGINDISABLED"), "no-passwords"),
    ],
)
def test_a_password_goes_the_way_the_server_takes_it(
    password: str, capabilities: str, said: str | None
) -> None:
    """One with accents by AUTHENTICATE PLAIN alone; where no way is left, nothing is sent, and it is said why."""
    server = OddImap({"INBOX": dict(MAILS)}, capabilities=capabilities, password=password)
    code = None
    with server.running():
        try:
            with ImapAdapter(server.account, timeout=5).open() as reader:
                reader.examine("INBOX")
        except WireError as error:
            code = error.code

    assert code == said
    assert server.logins == (said is None)
    assert not [command for command in server.commands if said and command.startswith(("LOGIN", "AUTH"))]
