"""Mailboxes over IMAP (RFC 9051), read without leaving a trace.

Never `flag()` or `delete()` of imap-tools: both EXPUNGE the whole folder and so purge what others have marked.
Never its bulk fetch: an unsolicited FETCH in between (Exchange) makes it give one message the UID of another.
Messages are fetched one by one with BODY.PEEK, and the answer is believed only for the UID that was asked.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError, MailboxTaggedResponseError
from imap_tools.imap_utf7 import utf7_encode

from mailer.errors import WireError
from mailer.model.account import Account, Security
from mailer.wire import Fetched, Folder

MAX_MESSAGE = 25 * 1024 * 1024
"""Octets; a larger message is told about, not fetched. Providers refuse to carry more."""

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
            return Folder(folder, self._number("UIDVALIDITY"), self._number("UIDNEXT"))

    def uids(self, above: int, since: date | None = None) -> Sequence[int]:
        """UIDs greater than `above`, ascending, of messages that arrived on `since` or later.

        ``n:*`` always names the last message, even below n (RFC 9051 section 6.4.9), hence the filter.
        """
        criteria = f"UID {above + 1}:*"
        if since is not None:
            criteria += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        answer = self._command("SEARCH", criteria)
        found = {int(word) for line in answer if isinstance(line, bytes) for word in line.split()}
        return sorted(uid for uid in found if uid > above)

    def fetch(self, uid: int) -> Fetched | None:
        """Fetch one message: its size first, then, where it is not too large, the rest."""
        described = self._only(uid, self._command("FETCH", str(uid), "(UID RFC822.SIZE INTERNALDATE)"))
        if described is None:
            return None
        head, _ = described
        size = _SIZE.search(head)
        octets = int(size[1]) if size else 0
        arrived = _arrived(head)
        if octets > MAX_MESSAGE:
            return Fetched(uid, octets, arrived, None)
        whole = self._only(uid, self._command("FETCH", str(uid), "(UID BODY.PEEK[])"))
        if whole is None or whole[1] is None:
            return None
        return Fetched(uid, octets or len(whole[1]), arrived, whole[1])

    def wait(self, seconds: float) -> bool:
        """IDLE for at most `seconds`, in spells short enough for a NAT in between (RFC 2177: below 29 min).

        A server that died answers a poll at once with nothing; so the connection is probed afterwards.
        """
        idle, client = self._box.idle, self._box.client
        with self._explained():
            try:
                idle.start()  # type: ignore[no-untyped-call]
                heard = bool(idle.poll(timeout=min(seconds, 300.0)))
            except MailboxTaggedResponseError:
                # News came in before the server's "+": it is what we wait for, and the "+" follows it.
                while client._get_response() is not None:  # noqa: SLF001 - imaplib 3.11 has no IDLE of its own
                    pass
                heard = True
            idle.stop()  # type: ignore[no-untyped-call]
            client.noop()
        return heard

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
        """Put a copy of a message that was sent into a folder, marked as read."""
        with self._explained(folder=folder):
            self._box.client.append(_quoted(folder), r"(\Seen)", "", content)

    def _command(self, *words: str) -> list[bytes | tuple[bytes, bytes]]:
        with self._explained():
            status, answer = self._box.client.uid(*words)
            if status != "OK":
                raise _error("imap-lost", self._account, reason=_text(answer))
            return [item for item in answer if item is not None]

    @staticmethod
    def _only(uid: int, answer: list[bytes | tuple[bytes, bytes]]) -> tuple[bytes, bytes | None] | None:
        """Pick the answer to our FETCH from between unsolicited ones: the one that names our UID.

        Exchange writes the UID after the literal, so what follows the literal belongs to it.
        """
        heads: list[tuple[bytes, bytes | None]] = []
        for item in answer:
            if isinstance(item, tuple):
                heads.append((item[0], item[1]))
            elif heads and heads[-1][1] is not None and not re.match(rb"\d+ \(", item):
                heads[-1] = (heads[-1][0] + b" " + item, heads[-1][1])
            else:
                heads.append((item, None))
        for head, body in heads:
            named = _UID.search(head)
            if named and int(named[1]) == uid:
                return head, body
        return None

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
