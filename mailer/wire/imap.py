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
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from imap_tools import BaseMailBox, MailBox, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxLoginError
from imap_tools.idle import get_socket_poller

from mailer import clear_text
from mailer.errors import WireError
from mailer.model.account import Account, Security
from mailer.model.redaction import Redaction, has_control
from mailer.providers import JUNK, provider_of_server
from mailer.wire import SENT, Fetched, Folder, imap_folders, refused_logins, sasl
from mailer.wire.imap_folders import INBOX, ListedFolder, Namespace
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

LOOK_SECONDS = 60.0
"""How often a server without IDLE (RFC 2177) is asked for new mail."""

MOST_LOSSES = 5
"""After so many connections lost one after the other while fetching, reading ends: it is not the fault of a message."""

_DRAFTS, _ALL = "\\drafts", "\\all"
_LOST = (OSError, imaplib.IMAP4.error, ImapToolsError)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_BAD = re.compile(r"""BAD \[b['"](.*)['"]\]""", re.DOTALL)
_UID = re.compile(rb"UID (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class ImapAdapter:
    """The mailbox of an IMAP account, of which `folders` and then the junk folders are read.

    `timeout` is in seconds, for each command. Authorities in `ca_file` are believed besides those of the system. With
    `token`, which returns a valid OAuth 2 access token, no password is used.
    """

    account: Account
    folders: Sequence[str] = (INBOX,)
    timeout: float = 60.0
    ca_file: Path | None = None
    token: Callable[[], str] | None = None
    _given: list[str] = field(default_factory=list, init=False, repr=False, compare=False)

    @contextmanager
    def open(self) -> Iterator[ImapReader]:
        """Connect, encrypt and log in.

        Raises WireError ``imap-unreachable``, ``imap-certificate``, ``imap-authority-unknown``, ``imap-no-starttls``,
        ``imap-login-refused``, ``imap-mailbox-refused``, ``imap-no-identity``, ``imap-password-not-ascii``, ``no-passwords``,
        ``no-tokens``, ``token-refused``, ``token-in-clear``, ``imap-password-in-clear``, ``login-unsound``, a code of
        `refused_logins` or one of `client_context`; SignInError if no token can be had; ``imap-lost`` where the connection is
        lost later.
        """
        reader = None
        try:
            reader = ImapReader(self._open, self.account, self.folders)
            yield reader
        except WireError as error:
            # Some servers repeat in what they answer what they were given, at once or later.
            error.values["reason"] = Redaction(*self._given).of(str(error.values.get("reason", "")))
            raise
        finally:
            if reader:
                reader.close()

    def _open(self) -> BaseMailBox:
        account = self.account
        if has_control(f"{account.username}{account.password}{account.mailbox}"):
            raise _error("login-unsound", account)
        if account.security is Security.NONE and not clear_text.addresses_here(account.host):
            raise self._in_clear()
        box = self._connect()
        with ExitStack() as failing:
            failing.callback(_log_out, box)
            with _explained(account, "imap-login-refused"):
                # The name may lead elsewhere now than a moment ago.
                if account.security is Security.NONE and not clear_text.peer_is_here(
                    box.client.sock.getpeername()
                ):
                    raise self._in_clear()
                self._log_in(box)
            failing.pop_all()
        return box

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
        ascii_alone = (username + password).isascii()
        if not ascii_alone and "AUTH=PLAIN" not in offered:
            raise _error("imap-password-not-ascii", self.account)
        log_in = box.login if ascii_alone and "LOGINDISABLED" not in offered else box.login_utf8
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
        _log_out(self._connect())

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
    """An open mailbox; see `mailer.wire.MailboxReader`. `connect` opens a connection and logs in."""

    def __init__(
        self, connect: Callable[[], BaseMailBox], account: Account, folders: Sequence[str] = (INBOX,)
    ) -> None:
        self._connect = connect
        self._account = account
        self._wanted = folders
        self._opened = ListedFolder(INBOX, INBOX.encode())
        self._uidvalidity = 0
        self._losses = 0
        self._no_idle = False
        self._listed: Sequence[int] = []
        self._large: frozenset[int] | None = None
        self._prefetched: dict[int, Fetched] = {}
        self._asked: frozenset[int] = frozenset()
        self._box = connect()

    def close(self) -> None:
        """Log out; errors of a connection that is lost are ignored."""
        _log_out(self._box)

    # -- folders -----------------------------------------------------------------------------------------------
    def folders(self) -> Sequence[str]:
        """Return the folders in the settings, then junk, where answers land that were taken for spam."""
        self._forget_folders()
        return [one.name for one in self._read]

    def other_folders(self) -> Sequence[str]:
        """Return the folders that are not read, without those for sent mail, for drafts, and for all mail."""
        own = {self._found(SENT).wire, *(one.wire for one in self._read)}
        return [
            one.name
            for one in self._listed_folders
            if one.wire not in own and one.flags.isdisjoint((_DRAFTS, _ALL))
        ]

    @property
    def _read(self) -> list[ListedFolder]:
        # Exchange, Yahoo and others flag no folder (RFC 6154); there it is known by its name.
        junk = imap_folders.among(self._listed_folders, self._namespace, JUNK, "\\Junk")
        chosen = {one.wire: one for one in (*(self._found(name) for name in self._wanted), *junk)}
        return list(chosen.values())

    @cached_property
    def _listed_folders(self) -> list[ListedFolder]:
        status, answer = self._called(self._box.client.list, b'""', b"*")
        return imap_folders.from_list(answer) if status == "OK" else []

    @cached_property
    def _namespace(self) -> Namespace:
        answer: Sequence[object] = []
        if "NAMESPACE" in self._offered():
            status, answer = self._called(self._box.client.namespace)
            answer = answer if status == "OK" else []
        return imap_folders.namespace(answer, self._listed_folders)

    def _forget_folders(self) -> None:
        self.__dict__.pop("_listed_folders", None)

    def _found(self, name: str) -> ListedFolder:
        """Return the folder that a name stands for, or one of this very name where none is listed."""
        if name == SENT:
            return self._sent_folder
        found = imap_folders.find(name, self._listed_folders, self._namespace)
        return found or ListedFolder(name, imap_folders.to_wire(name))

    @property
    def _sent_folder(self) -> ListedFolder:
        """Return the folder for sent mail, by its flag or else its name; the usual name where there is none yet."""
        provider = provider_of_server(self._account.host)
        names = (*(provider.sent if provider else ()), *SENT_NAMES)
        found = imap_folders.among(self._listed_folders, self._namespace, names, SENT)
        return found[0] if found else imap_folders.to_create(SENT_NAMES[0], self._namespace)

    def examine(self, folder: str) -> Folder:
        """Open a folder with EXAMINE, which is read-only."""
        found = self._found(folder)
        status, answer = self._examined(found)
        if status != "OK":
            raise _error("imap-folder-missing", self._account, folder=found.name, reason=_text(answer))
        self._opened = found
        self._forget_listed()
        self._uidvalidity = self._number("UIDVALIDITY")
        return Folder(found.name, self._uidvalidity, self._number("UIDNEXT"))

    def _examined(self, folder: ListedFolder) -> tuple[str, Sequence[object]]:
        return self._called(self._box.client.select, _quoted(folder.wire), True, folder=folder.name)

    # -- messages ----------------------------------------------------------------------------------------------
    def uids(
        self, above: int, since: date | None = None, without: Collection[int] = frozenset()
    ) -> Sequence[int]:
        """Return the UIDs above `above`, ascending, of messages received on `since` or later, but for those in `without`.

        The result is filtered because ``n:*`` includes the last message even if its UID is below n (RFC 9051
        section 6.4.9).
        """
        criteria = f"UID {max(above, 0) + 1}:*"
        if since is not None:
            criteria += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        self._forget_listed()
        self._listed = sorted(uid for uid in self._search(criteria) if uid > above and uid not in without)
        self._large = self._search(f"{criteria} LARGER {SMALL}") if len(self._listed) > 1 else None
        return self._listed

    def answering(self, domains: Collection[str], since: date | None = None) -> Sequence[int]:
        """Return the UIDs of messages that name a Message-ID of one of these domains as the one they answer."""
        found: set[int] = set()
        for domain in domains:
            for name in ("In-Reply-To", "References"):
                criteria = f'HEADER {name} "@{domain}>"'
                if since is not None:
                    criteria += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
                found |= self._search(criteria)
        self._forget_listed()
        return sorted(found)

    def _search(self, criteria: str) -> frozenset[int]:
        answer = self._command("SEARCH", criteria)
        return frozenset(int(word) for line in answer if isinstance(line, bytes) for word in line.split())

    def _forget_listed(self) -> None:
        self._listed, self._large, self._prefetched, self._asked = [], None, {}, frozenset()

    def fetch(self, uid: int) -> Fetched | None:
        """Fetch a message without marking it as read; None if it is gone.

        The messages listed after it are fetched with it, up to PREFETCH of them or PREFETCH_OCTETS, since
        each command costs a round trip. Sizes are asked first: one search finds whether any is large, and
        only then the size of each is asked. What the server leaves out, or refuses to give with the others (Gmail and
        Yahoo refuse all for one), is asked for alone.
        """
        if uid not in self._prefetched and uid not in self._asked:
            at = bisect_left(self._listed, uid)
            following = self._listed[at : at + PREFETCH] if uid in self._listed[at : at + 1] else [uid]
            self._fetch_together(following)
        found = self._prefetched.pop(uid, None) or self._fetch_alone(uid)
        if found is None or found.withheld is None:
            self._losses = 0
        return found

    def _fetch_together(self, uids: Sequence[int]) -> None:
        """Fetch messages with one command; where it fails, all of them are left to be asked for one by one."""
        self._prefetched, self._asked = {}, frozenset(uids)
        if len(uids) > 1:
            with self._losing():
                self._prefetched = self._prefetch(uids)

    def _fetch_alone(self, uid: int) -> Fetched | None:
        """Fetch one message; where the server has it and does not give it, return its header alone, and what was said."""
        said = ""
        for _twice in range(2):
            with self._losing() as failed:
                if found := self._prefetch([uid]).get(uid):
                    return found
            if failed:
                said = failed[0]
                break
        with self._losing() as failed:
            if uid not in self._search(f"UID {uid}"):
                return None
        header = b""
        with self._losing():
            answer = self._command("FETCH", str(uid), "(UID BODY.PEEK[HEADER])")
            header = _by_uid(answer, b"BODY[").get(uid, (b"", None))[1] or b""
        return Fetched(uid, 0, datetime.fromtimestamp(0, UTC), header, withheld=said)

    @contextmanager
    def _losing(self) -> Iterator[list[str]]:
        """Survive a command that the server refuses, or over which the connection is lost; the list gets what was said.

        A lost connection is opened again in the same folder. Raises the WireError where that fails, or happens again
        and again.
        """
        failed: list[str] = []
        try:
            yield failed
        except WireError as error:
            if error.code not in ("imap-lost", "imap-refused"):
                raise
            if error.code == "imap-lost":
                self._connect_again(error)
            failed.append(str(error.values.get("reason", "")))

    def _connect_again(self, error: WireError) -> None:
        self._losses += 1
        if self._losses > MOST_LOSSES:
            raise error
        _shut(self._box)
        try:
            self._box = self._connect()
            status, _answer = self._examined(self._opened)
        except WireError:
            raise error from None
        if status != "OK" or self._number("UIDVALIDITY") != self._uidvalidity:
            raise error

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
                self._asked = frozenset(each for each in uids if each < uid)
                break
            chosen[uid] = one
        wanted = [uid for uid, one in chosen.items() if one.size <= MAX_MESSAGE]
        if wanted:
            bodies = _by_uid(self._command("FETCH", _sequence_set(wanted), "(UID BODY.PEEK[])"), b"BODY[")
            for uid in wanted:
                _head, content = bodies.get(uid, (b"", None))
                if content or (content is not None and not chosen[uid].size):
                    chosen[uid] = replace(chosen[uid], content=content)
                else:
                    del chosen[uid]
        return chosen

    def _read_small(self, uids: Sequence[int]) -> dict[int, Fetched]:
        bodies = _by_uid(
            self._command("FETCH", _sequence_set(uids), "(UID INTERNALDATE BODY.PEEK[])"), b"BODY["
        )
        return {
            uid: Fetched(uid, len(content), _arrived(head), content)
            for uid, (head, content) in bodies.items()
            if content and uid in uids
        }

    # -- waiting -----------------------------------------------------------------------------------------------
    def wait(self, seconds: float, enough: Callable[[], bool] = lambda: False) -> bool:
        """Wait for new mail with IDLE, at most `seconds` and five minutes, or until `enough()`.

        Five minutes are short enough for routers (NAT), which drop idle connections, and for RFC 2177 (29
        minutes). `enough` is called twice a second. A server without IDLE is asked after LOOK_SECONDS at most. Raises
        WireError ``imap-lost`` if the connection is lost: NOOP finds that out, since a socket closed by the server
        looks as if there were news.
        """
        heard = False
        if not self._no_idle and "IDLE" in self._offered():
            heard = self._idle(min(seconds, 300.0), enough)
        else:
            end = time.monotonic() + min(seconds, LOOK_SECONDS)
            while (left := end - time.monotonic()) > 0 and not enough():
                time.sleep(min(left, 0.5))
            heard = True
        self._called(self._box.client.noop)
        return heard

    def _idle(self, seconds: float, enough: Callable[[], bool]) -> bool:
        client = self._box.client
        with self._explained():
            tag = client._command("IDLE")  # noqa: SLF001 - imaplib 3.11 has no IDLE of its own
            heard = False
            # A server may report a new message before its "+" response, which is None here.
            while client._get_response() is not None:  # noqa: SLF001
                heard = True
                if client.tagged_commands.get(tag):  # refused, whatever its CAPABILITY says
                    client.tagged_commands.pop(tag)
                    self._no_idle = True
                    return False
            heard = heard or self._poll(seconds, enough)
            client.send(b"DONE\r\n")
            self._box.consume_until_tagged_response(tag)
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

    # -- changes -----------------------------------------------------------------------------------------------
    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages with MOVE (RFC 6851), else with COPY, STORE and UID EXPUNGE (RFC 4315).

        Raises WireError ``imap-cannot-move`` if the server offers neither, since EXPUNGE alone would delete the
        messages that others have marked, too; ``imap-move-refused`` if it refuses.
        """
        offered = self._offered()
        if "MOVE" not in offered and "UIDPLUS" not in offered:
            raise _error("imap-cannot-move", self._account, folder=folder)
        target = self._made(folder)
        try:
            self._select()
            if "MOVE" in offered:
                self._command("MOVE", _sequence_set(uids), _quoted(target.wire))
            else:
                self._command("COPY", _sequence_set(uids), _quoted(target.wire))
                self._delete(uids)
        except WireError as error:
            if error.code != "imap-refused":
                raise
            self._examined(self._opened)
            reason = str(error.values["reason"])
            raise _error("imap-move-refused", self._account, folder=target.name, reason=reason) from error
        self._examined(self._opened)

    def _made(self, folder: str) -> ListedFolder:
        """Return a folder, which is created if missing, under the prefix that the server wants."""
        if found := imap_folders.find(folder, self._listed_folders, self._namespace):
            return found
        new = imap_folders.to_create(folder, self._namespace)
        status, answer = self._called(
            self._box.client._simple_command,  # noqa: SLF001 - create() of imaplib, which quotes nothing
            "CREATE",
            _quoted(new.wire),
            folder=new.name,
        )
        if status != "OK":
            raise _error("imap-move-refused", self._account, folder=new.name, reason=_text(answer))
        self._forget_folders()
        return new

    def remove(self, uid: int) -> bool:
        """Delete one message of the open folder with UID EXPUNGE (RFC 4315); return whether the server offers that."""
        if "UIDPLUS" not in self._offered():
            return False
        self._select()
        self._delete([uid])
        return True

    def _offered(self) -> list[str]:
        return self._capabilities

    @cached_property
    def _capabilities(self) -> list[str]:
        """Return what the server offers after the login, which may be more than before."""
        return _text(self._called(self._box.client.capability)[1]).upper().split()

    def _select(self) -> None:
        """Open the folder again, to change it. Raises WireError ``imap-refused``."""
        status, answer = self._called(self._box.client.select, _quoted(self._opened.wire))
        if status != "OK":
            raise _error("imap-refused", self._account, folder=self._opened.name, reason=_text(answer))

    def _delete(self, uids: Sequence[int]) -> None:
        self._command("STORE", _sequence_set(uids), "+FLAGS.SILENT", r"(\Deleted)")
        self._command("EXPUNGE", _sequence_set(uids))

    def append(self, folder: str, content: bytes) -> None:
        """Store a message in a folder, which is created if missing, and mark it as read."""
        target = self._found(folder)
        status, answer = self._appended(target, content)
        if status != "OK":
            self._forget_folders()
            target = self._made(target.name)
            status, answer = self._appended(target, content)
        if status != "OK":
            raise _error("imap-refused", self._account, folder=target.name, reason=_text(answer))

    def _appended(self, folder: ListedFolder, content: bytes) -> tuple[str, Sequence[object]]:
        append, name = self._box.client.append, _quoted(folder.wire)
        return self._called(append, name, r"(\Seen)", "", content, folder=folder.name)

    def _command(self, *words: str | bytes) -> list[bytes | tuple[bytes, bytes]]:
        """Run a UID command. Raises WireError ``imap-refused`` for NO and BAD."""
        status, answer = self._called(self._box.client.uid, *words)
        if status != "OK":
            raise _error("imap-refused", self._account, folder=self._opened.name, reason=_text(answer))
        return [item for item in answer if item is not None]

    def _called(
        self, command: Callable[..., tuple[str, Any]], *words: object, folder: str = ""
    ) -> tuple[str, Sequence[Any]]:
        """Return the status and the answer of a command; BAD is a status, too, and no error of the connection."""
        with self._explained(folder):
            try:
                return command(*words)
            except imaplib.IMAP4.readonly as error:
                return "NO", [str(error).encode()]
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                if "authenticated but not connected" in str(error):
                    raise
                said = _BAD.search(str(error))
                return "BAD", [(said[1] if said else str(error)).encode()]

    def _number(self, name: str) -> int:
        _, answer = self._box.client.response(name)
        last = answer[-1] if answer else None
        return int(last) if isinstance(last, bytes) and last.isdigit() else 0

    def _explained(self, folder: str = "") -> AbstractContextManager[None]:
        return _explained(self._account, "imap-lost", folder)


def _shut(box: BaseMailBox) -> None:
    with suppress(*_LOST):
        box.client.shutdown()


def _log_out(box: BaseMailBox) -> None:
    with suppress(*_LOST):
        box.client.logout()
    _shut(box)  # where the server is gone, logout() leaves the socket open


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


def _quoted(folder: bytes) -> bytes:
    return b'"%s"' % folder.replace(b"\\", b"\\\\").replace(b'"', b'\\"')


def _arrived(head: bytes) -> datetime:
    """Return INTERNALDATE in UTC; 1970 if it is missing or cannot be read."""
    quoted = re.search(rb'INTERNALDATE "([^"]+)"', head)
    try:
        written = quoted[1].decode().strip() if quoted else ""
        return datetime.strptime(written, "%d-%b-%Y %H:%M:%S %z").astimezone(UTC)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)
