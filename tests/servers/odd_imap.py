"""An IMAP server on loopback that has the oddities of real ones: it leaves messages out, refuses them, or hangs up."""

from __future__ import annotations

import base64
import re
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from mailer.model.account import Account, Security

USUAL = "IMAP4rev1 AUTH=PLAIN IDLE UIDPLUS MOVE NAMESPACE"
GIVE, OMIT, NIL, EMPTY, REFUSE, BAD, HANG_UP = "give", "omit", "nil", "empty", "refuse", "bad", "hang-up"
"""What the server does with a message whose body is asked for."""

Folders = dict[str, dict[int, bytes]]


@dataclass
class OddImap:
    """`folders` are the messages of each folder, named as on the wire, by UID.

    `treat` says what is done with a message. With `prefix`, the only folders besides INBOX are below it. `listed` are
    lines of LIST instead of its folders. `refused` are commands that get NO with this text. What it was told lies in
    `commands`, and `logins` counts connections that logged in.
    """

    folders: Folders
    capabilities: str = USUAL
    username: str = "camille@example.org"
    password: str = "secret"
    prefix: str = ""
    delimiter: str = "/"
    flags: dict[str, str] = field(default_factory=dict)
    listed: list[str] | None = None
    refused: dict[str, str] = field(default_factory=dict)
    treat: Callable[[int], str] = lambda _uid: GIVE
    headers: bool = True
    uidvalidity: int = 77
    commands: list[str] = field(default_factory=list)
    logins: int = 0
    port: int = 0

    @property
    def account(self) -> Account:
        """How to reach it."""
        return Account("127.0.0.1", self.port, Security.NONE, self.username, self.password)

    @contextmanager
    def running(self) -> Iterator[OddImap]:
        """Serve in threads."""
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                _Session(outer, self).talk()

        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            server.block_on_close = False
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, args=(0.05,))
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


class _Session:
    def __init__(self, server: OddImap, handler: socketserver.StreamRequestHandler) -> None:
        self.server, self.handler = server, handler
        self.folder = "INBOX"

    def say(self, *lines: bytes | str) -> None:
        octets = [line if isinstance(line, bytes) else line.encode() for line in lines]
        self.handler.wfile.write(b"".join(line + b"\r\n" for line in octets))

    def talk(self) -> None:
        self.say(f"* OK [CAPABILITY {self.server.capabilities}] ready")
        while line := self.handler.rfile.readline():
            tag, name, rest = (*line.decode("utf-8").rstrip("\r\n").split(" ", 2), "")[:3]
            if name == "UID":
                command, _, rest = rest.partition(" ")
                name = f"UID {command}"
            self.server.commands.append(f"{name} {rest}".strip() if "LOGIN" not in name else name)
            done = self.answer(name.upper(), rest, tag)
            if done is None:
                return
            self.say(f"{tag} {done}")

    def answer(self, name: str, rest: str, tag: str) -> str | None:
        """Answer a command; return its last line without the tag, or None to hang up."""
        if name in self.server.refused:
            return f"NO {self.server.refused[name]}"
        known = getattr(self, "do_" + name.lower().replace(" ", "_"), None)
        if known is None or (name == "IDLE" and name not in self.server.capabilities.split()):
            return f"BAD Unknown command {name}"
        done: str | None = known(rest, tag)
        return done

    def do_capability(self, _rest: str, _tag: str) -> str:
        self.say(f"* CAPABILITY {self.server.capabilities}")
        return "OK done"

    def do_noop(self, _rest: str, _tag: str) -> str:
        return "OK done"

    def do_logout(self, _rest: str, tag: str) -> None:
        self.say("* BYE", f"{tag} OK done")

    def do_login(self, rest: str, _tag: str) -> str:
        right = rest.replace('"', "") == f"{self.server.username} {self.server.password}"
        return self.enter(right) or "NO [AUTHENTICATIONFAILED] no"

    def do_authenticate(self, _rest: str, _tag: str) -> str:
        self.say("+ ")
        given = base64.b64decode(self.handler.rfile.readline()).decode()
        return self.enter(given == f"\0{self.server.username}\0{self.server.password}") or "NO no"

    def enter(self, right: bool) -> str:
        self.server.logins += right
        return "OK in" if right else ""

    def do_namespace(self, _rest: str, _tag: str) -> str:
        self.say(f'* NAMESPACE (("{self.server.prefix}" "{self.server.delimiter}")) NIL NIL')
        return "OK done"

    def do_list(self, _rest: str, _tag: str) -> str:
        lines = [
            f'* LIST ({self.server.flags.get(name, "")}) "{self.server.delimiter}" "{name}"'
            for name in self.server.folders
        ]
        self.say(*(self.server.listed if self.server.listed is not None else lines))
        return "OK done"

    def do_create(self, rest: str, _tag: str) -> str:
        name = rest.strip('"')
        if not name.startswith(self.server.prefix):
            return f'NO [CANNOT] Name must begin with "{self.server.prefix}"'
        self.server.folders[name] = {}
        return "OK done"

    def do_examine(self, rest: str, _tag: str) -> str:
        if (name := rest.strip('"')) not in self.server.folders:
            return "NO [NONEXISTENT] Mailbox does not exist"
        self.folder = name
        following = max(self.box, default=0) + 1
        self.say(
            f"* {len(self.box)} EXISTS",
            f"* OK [UIDVALIDITY {self.server.uidvalidity}] valid",
            f"* OK [UIDNEXT {following}] next",
        )
        return "OK [READ-ONLY] done"

    def do_select(self, rest: str, tag: str) -> str:
        return self.do_examine(rest, tag).replace("READ-ONLY", "READ-WRITE")

    @property
    def box(self) -> dict[int, bytes]:
        return self.server.folders[self.folder]

    def chosen(self, written: str) -> list[int]:
        """Return the UIDs of a set; one of 0 is wrong (RFC 9051 section 9)."""
        found = set()
        for part in written.split(","):
            low, _, high = part.partition(":")
            first = int(low)
            if first < 1:
                raise ValueError(part)
            last = max(self.box, default=0) if high == "*" else int(high or low)
            found |= {uid for uid in self.box if min(first, last) <= uid <= max(first, last)}
        return sorted(found)

    def do_uid_search(self, rest: str, _tag: str) -> str:
        written = re.search(r"UID (\S+)", rest)
        try:
            uids = self.chosen(written[1]) if written else sorted(self.box)
        except ValueError:
            return "BAD Error in IMAP command UID SEARCH: Invalid UID messageset"
        if larger := re.search(r"LARGER (\d+)", rest):
            uids = [uid for uid in uids if len(self.box[uid]) > int(larger[1])]
        if header := re.search(r'HEADER (\S+) "([^"]*)"', rest):
            line = re.compile(rf"(?im)^{header[1]}:.*{re.escape(header[2])}".encode())
            uids = [uid for uid in uids if line.search(self.box[uid].partition(b"\r\n\r\n")[0])]
        self.say("* SEARCH" + "".join(f" {uid}" for uid in uids))
        return "OK done"

    def do_uid_fetch(self, rest: str, _tag: str) -> str | None:
        done = "OK done"
        written, _, items = rest.partition(" ")
        for number, uid in enumerate(self.chosen(written), 1):
            mail = self.box[uid]
            head = f'* {number} FETCH (UID {uid} RFC822.SIZE {len(mail)} INTERNALDATE "14-Mar-2025 10:00:00 +0100"'
            treated = self.server.treat(uid)
            if "BODY" not in items:
                self.say(f"{head})")
            elif "HEADER" in items:
                top = mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
                if self.server.headers:
                    self.say(f"{head} BODY[HEADER] {{{len(top)}}}".encode(), top + b")")
            elif treated == HANG_UP:
                return None
            elif treated == NIL:
                self.say(f"{head} BODY[] NIL)")
            elif treated in (GIVE, EMPTY):
                content = mail if treated == GIVE else b""
                self.say(f"{head} BODY[] {{{len(content)}}}".encode(), content + b")")
            elif treated == REFUSE:
                done = "NO Some messages could not be FETCHed (Failure)"
            elif treated == BAD:
                done = "BAD Internal error"
        return done

    def do_uid_move(self, rest: str, _tag: str) -> str:
        written, _, name = rest.partition(" ")
        if (name := name.strip('"')) not in self.server.folders:
            return "NO [TRYCREATE] Mailbox does not exist"
        for uid in self.chosen(written):
            self.server.folders[name][len(self.server.folders[name]) + 1] = self.box.pop(uid)
        return "OK done"

    def do_idle(self, _rest: str, _tag: str) -> str:
        self.say("+ idling")
        self.handler.rfile.readline()
        return "OK done"
