"""Mailboxes over IMAP (RFC 9051), read without leaving a trace.

Never `flag()` or `delete()` of imap-tools: both EXPUNGE the whole folder and so purge what others have marked.
Never its bulk fetch: an unsolicited FETCH in between (Exchange) makes it give one message the UID of another.
Messages are fetched with BODY.PEEK, and an answer is believed only for the UID it names.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError, MailboxTaggedResponseError
from imap_tools.idle import get_socket_poller
from imap_tools.imap_utf7 import utf7_encode

from mailer.errors import WireError
from mailer.model.account import Account, Security
from mailer.wire import Fetched, Folder

MAX_MESSAGE = 25 * 1024 * 1024
"""Octets; a larger message is told about, not fetched. Providers refuse to carry more."""

AHEAD, AHEAD_OCTETS = 50, 4 * 1024 * 1024
"""How much is fetched together."""

SMALL = AHEAD_OCTETS // AHEAD
"""Octets; the sizes of messages no larger than this need not be asked one by one."""

_LOST = (OSError, imaplib.IMAP4.error, ImapToolsError)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class ImapDoor:
    """Opens the mailbox of `account`. `folder` is read first, then the folder the server marks as junk.

    `timeout` is in seconds, for each command.
    """

    account: Account
    folder: str = "INBOX"
    timeout: float = 60.0

    @contextmanager
    def open(self) -> Iterator[ImapReader]:
        """Connect, secure and log in.

        Raises WireError ``imap-unreachable``, ``imap-certificate``, ``imap-login-refused``, and ``imap-lost``
        where the server goes away later.
        """
        box = self._connect()
        try:
            with _explained(self.account, "imap-login-refused"):
                box.login(self.account.username, self.account.password, initial_folder=None)
            yield ImapReader(box, self.account, self.folder)
        finally:
            with suppress(*_LOST):
                box.client.logout()

    def _connect(self) -> BaseMailBox:
        account = self.account
        try:
            match account.security:
                case Security.TLS:
                    context = ssl.create_default_context()
                    return MailBox(account.host, account.port, timeout=self.timeout, ssl_context=context)
                case Security.STARTTLS:
                    context = ssl.create_default_context()
                    return MailBoxStartTls(
                        account.host, account.port, timeout=self.timeout, ssl_context=context
                    )
                case Security.NONE:
                    return MailBoxUnencrypted(account.host, account.port, timeout=self.timeout)
        except ssl.SSLError as error:
            raise _error("imap-certificate", account, error) from error
        except _LOST as error:
            raise _error("imap-unreachable", account, error) from error


class ImapReader:
    """An open mailbox; see `mailer.wire.MailboxReader`."""

    def __init__(self, box: BaseMailBox, account: Account, folder: str) -> None:
        self._box = box
        self._account = account
        self._folder = folder
        self._opened = folder
        self._listed: list[int] = []
        self._large: frozenset[int] | None = None
        self._ahead: dict[int, Fetched] = {}

    def folders(self) -> Sequence[str]:
        """The configured folder, then junk: an answer may have been taken for spam."""
        with self._explained():
            junk = [info.name for info in self._box.folder.list() if "\\Junk" in info.flags]
        return [self._folder, *(name for name in junk if name != self._folder)]

    def examine(self, folder: str) -> Folder:
        """Open a folder with EXAMINE, so that nothing we do can mark anything."""
        with self._explained(folder=folder):
            client = self._box.client
            status, answer = client.select(_quoted(folder), readonly=True)
            if status != "OK":
                raise _error("imap-folder-missing", self._account, folder=folder, reason=_text(answer))
            self._opened = folder
            self._listed, self._large, self._ahead = [], None, {}
            return Folder(folder, self._number("UIDVALIDITY"), self._number("UIDNEXT"))

    def uids(self, above: int, since: date | None = None) -> Sequence[int]:
        """UIDs greater than `above`, ascending, of messages that arrived on `since` or later.

        ``n:*`` always names the last message, even below n (RFC 9051 section 6.4.9), hence the filter.
        """
        criteria = f"UID {above + 1}:*"
        if since is not None:
            criteria += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        self._listed = sorted(uid for uid in self._search(criteria) if uid > above)
        self._large = self._search(f"{criteria} LARGER {SMALL}") if len(self._listed) > 1 else None
        return self._listed

    def _search(self, criteria: str) -> frozenset[int]:
        answer = self._command("SEARCH", criteria)
        return frozenset(int(word) for line in answer if isinstance(line, bytes) for word in line.split())

    def fetch(self, uid: int) -> Fetched | None:
        """Fetch one message without marking it; None where it is gone.

        Sizes are asked before anything is fetched: once of all that was listed, which are large, and then of those each.
        Some messages are fetched ahead together, since every command costs a way there and back: at most AHEAD of them,
        or AHEAD_OCTETS.
        """
        if uid not in self._ahead:
            at = bisect_left(self._listed, uid)
            following = self._listed[at : at + AHEAD] if uid in self._listed[at : at + 1] else [uid]
            self._ahead = self._read_ahead(following)
        return self._ahead.pop(uid, None)

    def _read_ahead(self, uids: Sequence[int]) -> dict[int, Fetched]:
        """Fetch the first of `uids`, and as many that follow as go along with it."""
        if self._large is not None and len(uids) > 1 and self._large.isdisjoint(uids):
            return self._read_small(uids)
        described = _by_uid(
            self._command("FETCH", _set(uids), "(UID RFC822.SIZE INTERNALDATE)"), b"RFC822.SIZE"
        )
        chosen: dict[int, Fetched] = {}
        octets = 0
        for uid in uids:
            if uid not in described:
                continue
            head, _ = described[uid]
            size = _SIZE.search(head)
            one = Fetched(uid, int(size[1]) if size else 0, _arrived(head), None)
            octets += one.size if one.size <= MAX_MESSAGE else 0
            if chosen and octets > AHEAD_OCTETS:
                break
            chosen[uid] = one
        wanted = [uid for uid, one in chosen.items() if one.size <= MAX_MESSAGE]
        if wanted:
            bodies = _by_uid(self._command("FETCH", _set(wanted), "(UID BODY.PEEK[])"), b"BODY[")
            for uid in wanted:
                _head, content = bodies.get(uid, (b"", None))
                if content is None:
                    del chosen[uid]
                else:
                    chosen[uid] = replace(chosen[uid], content=content)
        return chosen

    def _read_small(self, uids: Sequence[int]) -> dict[int, Fetched]:
        bodies = _by_uid(self._command("FETCH", _set(uids), "(UID INTERNALDATE BODY.PEEK[])"), b"BODY[")
        return {
            uid: Fetched(uid, len(content), _arrived(head), content)
            for uid, (head, content) in bodies.items()
            if content is not None and uid in uids
        }

    def wait(self, seconds: float, enough: Callable[[], bool] = lambda: False) -> bool:
        """IDLE for at most `seconds`, in spells short enough for a NAT in between (RFC 2177: below 29 min).

        `enough` is asked twice a second. Raises WireError ``imap-lost`` where the server is gone.
        """
        idle, client = self._box.idle, self._box.client
        with self._explained():
            try:
                idle.start()  # type: ignore[no-untyped-call]
                heard = self._poll(min(seconds, 300.0), enough)
            except MailboxTaggedResponseError:
                # News came in before the server's "+": it is what we wait for, and the "+" follows it.
                while client._get_response() is not None:  # noqa: SLF001 - imaplib 3.11 has no IDLE of its own
                    pass
                heard = True
            idle.stop()  # type: ignore[no-untyped-call]
            client.noop()
        return heard

    def _poll(self, seconds: float, enough: Callable[[], bool]) -> bool:
        """Say whether the server says anything meanwhile. It is read later, line by line: here half a line may have come."""
        sock = self._box.client.sock
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not enough():
            if isinstance(sock, ssl.SSLSocket) and sock.pending():
                return True
            if get_socket_poller(sock, min(left, 0.5)):  # type: ignore[arg-type]  # takes fractions
                return True
        return False

    def move(self, uid: int, folder: str) -> None:
        """MOVE one message (RFC 6851), else COPY, mark it deleted, and UID EXPUNGE just this one (RFC 4315)."""
        if not self._box.folder.exists(folder):
            with self._explained():
                self._box.folder.create(folder)
        with self._explained(folder=folder):
            self._box.client.select(_quoted(self._opened), readonly=False)
            offered = _text(self._box.client.capability()[1]).upper().split()
        if "MOVE" in offered:
            self._command("MOVE", str(uid), _quoted(folder))
        elif "UIDPLUS" in offered:
            self._command("COPY", str(uid), _quoted(folder))
            self._command("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
            self._command("EXPUNGE", str(uid))

    def append(self, folder: str, content: bytes) -> None:
        """Put a copy of a message that was sent into a folder, made if it is missing, and mark it as read."""
        with self._explained(folder=folder):
            status, answer = self._box.client.append(_quoted(folder), r"(\Seen)", "", content)
            if status != "OK" and not self._box.folder.exists(folder):
                self._box.folder.create(folder)
                status, answer = self._box.client.append(_quoted(folder), r"(\Seen)", "", content)
            if status != "OK":
                raise _error("imap-lost", self._account, reason=_text(answer))

    def _command(self, *words: str) -> list[bytes | tuple[bytes, bytes]]:
        with self._explained():
            status, answer = self._box.client.uid(*words)
            if status != "OK":
                raise _error("imap-lost", self._account, reason=_text(answer))
            return [item for item in answer if item is not None]

    def _number(self, name: str) -> int:
        _, answer = self._box.client.response(name)
        last = answer[-1] if answer else None
        return int(last) if isinstance(last, bytes) and last.isdigit() else 0

    def _explained(self, folder: str = "") -> AbstractContextManager[None]:
        return _explained(self._account, "imap-lost", folder)


@contextmanager
def _explained(account: Account, code: str, folder: str = "") -> Iterator[None]:
    """Turn what the library raises into a WireError."""
    try:
        yield
    except MailboxLoginError as error:
        raise _error("imap-login-refused", account, error) from error
    except _LOST as error:
        raise _error(code, account, error, folder=folder) from error


def _error(
    code: str, account: Account, error: Exception | None = None, *, folder: str = "", reason: str = ""
) -> WireError:
    return WireError(
        code,
        host=account.host,
        port=account.port,
        username=account.username,
        folder=folder,
        reason=_reason(error) if error else reason,
    )


def _reason(error: Exception) -> str:
    if isinstance(error, MailboxLoginError):
        return _text(error.command_result[1])
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)


def _set(uids: Sequence[int]) -> str:
    """A sequence set, RFC 9051 section 9."""
    return ",".join(map(str, uids))


def _by_uid(
    answer: Sequence[bytes | tuple[bytes, bytes]], item: bytes
) -> dict[int, tuple[bytes, bytes | None]]:
    """Sort the answers to a FETCH by the UID each one names, and leave out those without `item`.

    What a server tells unasked in between, such as new flags, so never gives a message another one's UID. Exchange
    writes the UID after the literal: what follows a literal belongs to it.
    """
    heads: list[tuple[bytes, bytes | None]] = []
    for piece in answer:
        if isinstance(piece, tuple):
            heads.append((piece[0], piece[1]))
        elif heads and heads[-1][1] is not None and not re.match(rb"\d+ \(", piece):
            heads[-1] = (heads[-1][0] + b" " + piece, heads[-1][1])
        else:
            heads.append((piece, None))
    named = ((_UID.search(head), head, body) for head, body in heads if item in head)
    return {int(uid[1]): (head, body) for uid, head, body in named if uid}


def _text(answer: object) -> str:
    items = answer if isinstance(answer, (list, tuple)) else [answer]
    return " ".join(item.decode("utf-8", "replace") for item in items if isinstance(item, bytes))


def _quoted(folder: str) -> str:
    name = utf7_encode(folder).decode("ascii").replace("\\", "\\\\").replace('"', '\\"')
    return f'"{name}"'


def _arrived(head: bytes) -> datetime:
    """INTERNALDATE; the epoch where the server gives none that can be read."""
    quoted = re.search(rb'INTERNALDATE "([^"]+)"', head)
    try:
        written = quoted[1].decode().strip() if quoted else ""
        return datetime.strptime(written, "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
