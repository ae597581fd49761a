"""Reading of a mailbox over IMAP (RFC 9051) without changing its messages.

`flag()` and `delete()` of imap-tools are not used: they EXPUNGE the whole folder, with the messages that
others have marked as deleted. Its bulk fetch is not used either: it takes an unsolicited FETCH response, or
Exchange's UID after the literal, for that of another message. Messages are fetched with BODY.PEEK, which does
not mark them as read, and each response is assigned to the UID it contains.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError, MailboxTaggedResponseError
from imap_tools.idle import get_socket_poller
from imap_tools.imap_utf7 import utf7_encode

from mailer import clear_text
from mailer.errors import WireError
from mailer.model.account import Account, Security
from mailer.model.redaction import Redaction, has_control
from mailer.providers import JUNK, provider_of_server
from mailer.wire import SENT, Fetched, Folder, refused_logins, sasl
from mailer.wire.tls import client_context, is_of_unknown_authority

MAX_MESSAGE = 25 * 1024 * 1024
"""Octets; larger messages are reported and not fetched. Most providers refuse larger ones."""

PREFETCH, PREFETCH_OCTETS = 50, 4 * 1024 * 1024
"""How many messages, and octets, are fetched with one command."""

SMALL = PREFETCH_OCTETS // PREFETCH
"""Octets; if all messages are at most this large, they are fetched without asking for the size of each."""

SENT_NAMES = (
    *("Sent", "Sent Items", "Sent Messages", "Sent Mail", "OUTBOX"),
    *("Éléments envoyés", "Messages envoyés", "Envoyés", "Objets envoyés"),
)
"""Names of the folder for sent mail at servers that do not flag it (RFC 6154): Exchange, Orange and older ones."""

_LOST = (OSError, imaplib.IMAP4.error, ImapToolsError)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"UID (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class ImapAdapter:
    """The mailbox of an IMAP account, of which `folder` and then the junk folder are read.

    `timeout` is in seconds, for each command. Authorities in `ca_file` are believed besides those of the system. With
    `token`, which returns a valid OAuth 2 access token, no password is used.
    """

    account: Account
    folder: str = "INBOX"
    timeout: float = 60.0
    ca_file: Path | None = None
    token: Callable[[], str] | None = None
    _given: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @contextmanager
    def open(self) -> Iterator[ImapReader]:
        """Connect, encrypt and log in.

        Raises WireError ``imap-unreachable``, ``imap-certificate``, ``imap-authority-unknown``, ``imap-no-starttls``,
        ``imap-login-refused``, ``imap-mailbox-refused``, ``imap-no-identity``, ``no-passwords``, ``no-tokens``,
        ``token-refused``, ``token-in-clear``, ``imap-password-in-clear``, ``login-unsound``, a code of `refused_logins` or
        one of `client_context`; SignInError if no token can be had; ``imap-lost`` where the connection is lost later.
        """
        account = self.account
        if has_control(f"{account.username}{account.password}{account.mailbox}"):
            raise _error("login-unsound", account)
        if account.security is Security.NONE and not clear_text.addresses_here(account.host):
            raise self._in_clear()
        box = self._connect()
        try:
            with _explained(self.account, "imap-login-refused"):
                # The name may lead elsewhere now than a moment ago.
                if account.security is Security.NONE and not clear_text.peer_is_here(
                    box.client.sock.getpeername()
                ):
                    raise self._in_clear()
                self._log_in(box)
            yield ImapReader(box, self.account, self.folder)
        except WireError as error:
            # Some servers repeat in what they answer what they were given, at once or later.
            error.values["reason"] = Redaction(*self._given).of(str(error.values.get("reason", "")))
            raise
        finally:
            with suppress(*_LOST):
                box.client.logout()

    def _in_clear(self) -> WireError:
        return _error("imap-password-in-clear" if self.token is None else "token-in-clear", self.account)

    def _log_in(self, box: BaseMailBox) -> None:
        offered = [name.upper() for name in box.client.capabilities]
        mechanism = sasl.for_token(name.removeprefix("AUTH=") for name in offered)
        if self.token is not None:
            self._give_token(box.client, mechanism, self.token)
            return
        unsecured = self.account.security is Security.NONE and "STARTTLS" in offered
        if "LOGINDISABLED" in offered and "AUTH=PLAIN" not in offered and not unsecured:
            raise _error("no-passwords", self.account)
        if self.account.mailbox:
            self._log_in_for_mailbox(box.client)
            return
        username, password = self.account.username, self.account.password
        # LOGIN takes ASCII alone, and the exception for anything else holds the password.
        log_in = box.login if (username + password).isascii() else box.login_utf8
        try:
            log_in(username, password, initial_folder=None)
        except imaplib.IMAP4.abort:
            raise
        except (MailboxLoginError, imaplib.IMAP4.error) as error:
            said, server = _reason(error), f"{_text(box.client.welcome)} {' '.join(offered)}"
            code = refused_logins.meaning(said, server, takes_token=bool(mechanism))
            raise _error(code or "imap-login-refused", self.account, reason=said) from error

    def _log_in_for_mailbox(self, client: imaplib.IMAP4) -> None:
        """Log in with the mailbox as authorization identity (SASL PLAIN, RFC 4616); LOGIN has no place for one."""
        account = self.account
        if "AUTH=PLAIN" not in client.capabilities:
            raise _error("imap-no-identity", account)
        response = "\0".join((account.identity, account.username, account.password)).encode()
        try:
            client.authenticate("PLAIN", lambda _challenge: response)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise _error("imap-mailbox-refused", account, error) from error

    def _give_token(self, client: imaplib.IMAP4, mechanism: str, token: Callable[[], str]) -> None:
        """Log in with an access token; a server that refuses it says why in a challenge, which has to be answered."""
        if not mechanism:
            raise _error("no-tokens", self.account)
        given = token()
        self._given[:] = [given]
        responses = [sasl.initial_response(mechanism, self.account, given)]
        why: list[str] = []

        def respond(challenge: bytes) -> bytes:
            if responses:
                return responses.pop()
            why.append(sasl.reason(challenge))
            return sasl.answer_to_refusal(mechanism)

        try:
            client.authenticate(mechanism, respond)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            said = " ".join([str(error), *why]).strip()
            raise _error("token-refused", self.account, reason=said) from error

    def greet(self) -> None:
        """Connect, encrypt and ask what the server can do, without logging in. Raises WireError."""
        box = self._connect()
        with suppress(*_LOST):
            box.client.logout()

    def _connect(self) -> BaseMailBox:
        account = self.account
        try:
            match account.security:
                case Security.TLS:
                    context = client_context(self.ca_file)
                    return MailBox(account.host, account.port, timeout=self.timeout, ssl_context=context)
                case Security.STARTTLS:
                    box = MailBoxUnencrypted(account.host, account.port, timeout=self.timeout)
                    self._start_tls(box, client_context(self.ca_file))
                    return box
                case Security.NONE:
                    return MailBoxUnencrypted(account.host, account.port, timeout=self.timeout)
        except ssl.SSLError as error:
            code = "imap-authority-unknown" if is_of_unknown_authority(error) else "imap-certificate"
            raise _error(code, account, error) from error
        except _LOST as error:
            raise _error("imap-unreachable", account, error) from error

    def _start_tls(self, box: BaseMailBox, context: ssl.SSLContext) -> None:
        """Encrypt a connection, or close it; MailBoxStartTls of imap-tools leaves it open where that fails."""
        with ExitStack() as failing:
            failing.callback(_shut, box)
            if "STARTTLS" not in box.client.capabilities:
                raise _error("imap-no-starttls", self.account)
            box.client.starttls(context)
            failing.pop_all()


class ImapReader:
    """An open mailbox; see `mailer.wire.MailboxReader`."""

    def __init__(self, box: BaseMailBox, account: Account, folder: str) -> None:
        self._box = box
        self._account = account
        self._folder = folder
        self._opened = folder
        self._listed: list[int] = []
        self._large: frozenset[int] | None = None
        self._prefetched: dict[int, Fetched] = {}

    def folders(self) -> Sequence[str]:
        """Return the configured folder, then junk, where answers land that were taken for spam."""
        with self._explained():
            listed = self._box.folder.list()
        flagged = [info.name for info in listed if "\\Junk" in info.flags]
        provider = provider_of_server(self._account.host)
        known = (provider and provider.junk) or JUNK
        # Exchange and others flag no folder (RFC 6154); there it is known by its name.
        junk = flagged or [one.name for one in listed if one.name.removeprefix(f"INBOX{one.delim}") in known]
        return [self._folder, *(name for name in junk if name != self._folder)]

    def examine(self, folder: str) -> Folder:
        """Open a folder with EXAMINE, which is read-only."""
        folder = self._sent_folder if folder == SENT else folder
        with self._explained(folder=folder):
            client = self._box.client
            status, answer = client.select(_quoted(folder), readonly=True)
            if status != "OK":
                raise _error("imap-folder-missing", self._account, folder=folder, reason=_text(answer))
            self._opened = folder
            self._listed, self._large, self._prefetched = [], None, {}
            return Folder(folder, self._number("UIDVALIDITY"), self._number("UIDNEXT"))

    def uids(self, above: int, since: date | None = None) -> Sequence[int]:
        """Return the UIDs above `above`, ascending, of messages received on `since` or later.

        The result is filtered because ``n:*`` includes the last message even if its UID is below n (RFC 9051
        section 6.4.9).
        """
        criteria = f"UID {max(above, 0) + 1}:*"
        if since is not None:
            criteria += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        self._listed = sorted(uid for uid in self._search(criteria) if uid > above)
        self._large = self._search(f"{criteria} LARGER {SMALL}") if len(self._listed) > 1 else None
        return self._listed

    def _search(self, criteria: str) -> frozenset[int]:
        answer = self._command("SEARCH", criteria)
        return frozenset(int(word) for line in answer if isinstance(line, bytes) for word in line.split())

    def fetch(self, uid: int) -> Fetched | None:
        """Fetch a message without marking it as read; None if it is gone.

        The messages listed after it are fetched with it, up to PREFETCH of them or PREFETCH_OCTETS, since
        each command costs a round trip. Sizes are asked first: one search finds whether any is large, and
        only then the size of each is asked.
        """
        if uid not in self._prefetched:
            at = bisect_left(self._listed, uid)
            following = self._listed[at : at + PREFETCH] if uid in self._listed[at : at + 1] else [uid]
            self._prefetched = self._prefetch(following)
        return self._prefetched.pop(uid, None)

    def _prefetch(self, uids: Sequence[int]) -> dict[int, Fetched]:
        """Fetch the first of `uids`, and as many of the following as PREFETCH_OCTETS allows."""
        if self._large is not None and len(uids) > 1 and self._large.isdisjoint(uids):
            return self._read_small(uids)
        described = _by_uid(
            self._command("FETCH", _sequence_set(uids), "(UID RFC822.SIZE INTERNALDATE)"), b"RFC822.SIZE"
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
            if chosen and octets > PREFETCH_OCTETS:
                break
            chosen[uid] = one
        wanted = [uid for uid, one in chosen.items() if one.size <= MAX_MESSAGE]
        if wanted:
            bodies = _by_uid(self._command("FETCH", _sequence_set(wanted), "(UID BODY.PEEK[])"), b"BODY[")
            for uid in wanted:
                _head, content = bodies.get(uid, (b"", None))
                if content is None:
                    del chosen[uid]
                else:
                    chosen[uid] = replace(chosen[uid], content=content)
        return chosen

    def _read_small(self, uids: Sequence[int]) -> dict[int, Fetched]:
        bodies = _by_uid(
            self._command("FETCH", _sequence_set(uids), "(UID INTERNALDATE BODY.PEEK[])"), b"BODY["
        )
        return {
            uid: Fetched(uid, len(content), _arrived(head), content)
            for uid, (head, content) in bodies.items()
            if content is not None and uid in uids
        }

    def wait(self, seconds: float, enough: Callable[[], bool] = lambda: False) -> bool:
        """Wait for new mail with IDLE, at most `seconds` and five minutes, or until `enough()`.

        Five minutes are short enough for routers (NAT), which drop idle connections, and for RFC 2177 (29
        minutes). `enough` is called twice a second. Raises WireError ``imap-lost`` if the connection is
        lost: NOOP finds that out, since a socket closed by the server looks as if there were news.
        """
        idle, client = self._box.idle, self._box.client
        with self._explained():
            try:
                idle.start()  # type: ignore[no-untyped-call]
                heard = self._poll(min(seconds, 300.0), enough)
            except MailboxTaggedResponseError:
                # The server reported a new message before its "+" response, which follows.
                while client._get_response() is not None:  # noqa: SLF001 - imaplib 3.11 has no IDLE of its own
                    pass
                heard = True
            idle.stop()  # type: ignore[no-untyped-call]
            client.noop()
        return heard

    def _poll(self, seconds: float, enough: Callable[[], bool]) -> bool:
        """Return whether data arrives; it is not read here, where half a line may have arrived."""
        sock = self._box.client.sock
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not enough():
            if isinstance(sock, ssl.SSLSocket) and sock.pending():
                return True
            if get_socket_poller(sock, min(left, 0.5)):  # type: ignore[arg-type]  # takes fractions
                return True
        return False

    def move(self, uid: int, folder: str) -> None:
        """Move a message with MOVE (RFC 6851), else with COPY, STORE and UID EXPUNGE (RFC 4315).

        Raises WireError ``imap-cannot-move`` if the server offers neither: EXPUNGE alone would delete the
        messages that others have marked, too.
        """
        offered = self._offered()
        if "MOVE" not in offered and "UIDPLUS" not in offered:
            raise _error("imap-cannot-move", self._account, folder=folder)
        if not self._box.folder.exists(folder):
            with self._explained():
                self._box.folder.create(folder)
        self._select()
        if "MOVE" in offered:
            self._command("MOVE", str(uid), _quoted(folder))
        else:
            self._command("COPY", str(uid), _quoted(folder))
            self._delete(uid)

    def remove(self, uid: int) -> bool:
        """Delete one message of the open folder with UID EXPUNGE (RFC 4315); return whether the server offers that."""
        if "UIDPLUS" not in self._offered():
            return False
        self._select()
        self._delete(uid)
        return True

    def _offered(self) -> list[str]:
        with self._explained():
            return _text(self._box.client.capability()[1]).upper().split()

    def _select(self) -> None:
        with self._explained(folder=self._opened):
            self._box.client.select(_quoted(self._opened), readonly=False)

    def _delete(self, uid: int) -> None:
        self._command("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        self._command("EXPUNGE", str(uid))

    def append(self, folder: str, content: bytes) -> None:
        """Store a message in a folder, which is created if missing, and mark it as read."""
        folder = self._sent_folder if folder == SENT else folder
        with self._explained(folder=folder):
            status, answer = self._box.client.append(_quoted(folder), r"(\Seen)", "", content)
            if status != "OK" and not self._box.folder.exists(folder):
                self._box.folder.create(folder)
                status, answer = self._box.client.append(_quoted(folder), r"(\Seen)", "", content)
            if status != "OK":
                raise _error("imap-lost", self._account, reason=_text(answer))

    @cached_property
    def _sent_folder(self) -> str:
        """Return the folder for sent mail, by its flag or else its name; the usual name where there is none yet."""
        with self._explained():
            listed = self._box.folder.list()
        flagged = [one.name for one in listed if SENT in one.flags]
        provider = provider_of_server(self._account.host)
        names = (*(provider.sent if provider else ()), *SENT_NAMES)
        named = [one.name for one in listed if one.name.removeprefix(f"INBOX{one.delim}") in names]
        return next(iter(flagged + named), SENT_NAMES[0])

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


def _shut(box: BaseMailBox) -> None:
    with suppress(*_LOST):
        box.client.shutdown()


@contextmanager
def _explained(account: Account, code: str, folder: str = "") -> Iterator[None]:
    """Turn exceptions of imaplib and imap-tools into a WireError with this code."""
    try:
        yield
    except _LOST as error:
        # Exchange, where IMAP is off for the mailbox, or it is not the mailbox of the one who signed in.
        closed = "authenticated but not connected" in str(error)
        raise _error("imap-not-connected" if closed else code, account, error, folder=folder) from error


def _error(
    code: str, account: Account, error: Exception | None = None, *, folder: str = "", reason: str = ""
) -> WireError:
    return WireError(
        code,
        host=account.host,
        port=account.port,
        name="imap",
        username=account.username,
        mailbox=account.mailbox,
        folder=folder,
        reason=Redaction(account.password).of(_reason(error) if error else reason),
    )


def _reason(error: Exception) -> str:
    if isinstance(error, MailboxLoginError):
        return _text(error.command_result[1])
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error)


def _sequence_set(uids: Sequence[int]) -> str:
    """Write UIDs as a sequence set, RFC 9051 section 9."""
    return ",".join(map(str, uids))


def _by_uid(
    answer: Sequence[bytes | tuple[bytes, bytes]], item: bytes
) -> dict[int, tuple[bytes, bytes | None]]:
    """Return the FETCH responses that contain `item`, by the UID each one names, as text and literal.

    Unsolicited responses, such as changed flags, are so never taken for the answer. Exchange writes the UID
    after the literal, so the text that follows a literal belongs to it.
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
    """Return INTERNALDATE in UTC; 1970 if it is missing or cannot be read."""
    quoted = re.search(rb'INTERNALDATE "([^"]+)"', head)
    try:
        written = quoted[1].decode().strip() if quoted else ""
        return datetime.strptime(written, "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
