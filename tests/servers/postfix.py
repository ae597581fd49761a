"""A Postfix of one's own on loopback that takes mail as its settings say, and keeps none of it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.clients.processes import PATIENCE, PAUSE, Child, connect
from tests.servers.ports import PortTakenError, on_some_port

MASTER = Path("/usr/lib/postfix/sbin/master")

_MAIN = {
    "compatibility_level": "3.6",
    "myhostname": "relay.example.org",
    "mydestination": "",
    "mynetworks": "192.0.2.0/24",
    "inet_protocols": "ipv4",
    "inet_interfaces": "127.0.0.1",
    "default_transport": "discard",
    "relay_transport": "discard",
    "relay_domains": "example.org, example.net, mairie-lille.example",
    "disable_dns_lookups": "yes",
    "smtpd_peername_lookup": "no",
    "smtpd_tls_security_level": "none",
    "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
    "maillog_file_prefixes": "/",
}
_SERVICES = """\
127.0.0.1:{port} inet n - n - - smtpd
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
discard   unix  - - n - - discard
virtual   unix  - n n - - virtual
error     unix  - - n - - error
proxymap  unix  - - n - - proxymap
anvil     unix  - - n - 1 anvil
tlsmgr    unix  - - n 1000? 1 tlsmgr
postlog   unix-dgram n - n - 1 postlogd
"""


def why_not() -> str | None:
    """Return why no Postfix can be started here, or None."""
    if not MASTER.exists():
        return "Postfix is not installed"
    return None if os.geteuid() == 0 else "Postfix starts as root only"


class Postfix:
    """A running server; `log` is what it wrote."""

    def __init__(self, base: Path, settings: Mapping[str, str]) -> None:
        self._base = base
        self._settings = settings
        for name in ("etc", "queue", "data"):
            (base / name).mkdir()
        for name in (
            "active",
            "bounce",
            "corrupt",
            "defer",
            "deferred",
            "flush",
            "hold",
            "incoming",
            "private",
        ):
            (base / "queue" / name).mkdir()
            shutil.chown(base / "queue" / name, "postfix")
        for name in ("public", "maildrop", "pid"):
            (base / "queue" / name).mkdir()
        shutil.chown(base / "queue" / "public", "postfix", "postdrop")
        shutil.chown(base / "queue" / "maildrop", "postfix", "postdrop")
        shutil.chown(base / "data", "postfix")
        self.port = on_some_port(self._start)

    @property
    def log(self) -> str:
        """Return what the server has logged."""
        file = self._base / "log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def taken(self, count: int) -> bool:
        """Return whether so many messages were taken over; what was is logged a moment after it was said."""
        give_up = time.monotonic() + PATIENCE
        while (found := len(re.findall("status=sent", self.log))) < count and time.monotonic() < give_up:
            time.sleep(PAUSE)
        return found == count

    def _start(self, port: int) -> int:
        base = self._base
        main = {
            **_MAIN,
            "queue_directory": str(base / "queue"),
            "data_directory": str(base / "data"),
            "command_directory": "/usr/sbin",
            "daemon_directory": str(MASTER.parent),
            "maillog_file": str(base / "log"),
            **self._settings,
        }
        (base / "etc" / "main.cf").write_text("".join(f"{name} = {value}\n" for name, value in main.items()))
        (base / "etc" / "master.cf").write_text(_SERVICES.format(port=port))
        self._child = Child([str(MASTER), "-c", str(base / "etc"), "-d"], base / "out")
        try:
            with connect(port, self._child) as connection:
                greeting = connection.recv(1000)
        except ChildProcessError as error:
            if re.search("Address already in use", f"{error}{self.log}"):
                raise PortTakenError from error
            raise ChildProcessError(f"{error}{self.log}") from error
        if b"relay.example.org" not in greeting:
            self._child.stop()
            raise PortTakenError
        return port

    def stop(self) -> None:
        """End it."""
        self._child.stop()


@contextmanager
def postfix(**settings: str) -> Iterator[Postfix]:
    """Run a Postfix with some settings of main.cf, in a folder that its own users may enter."""
    with tempfile.TemporaryDirectory(prefix="postfix-") as folder:
        base = Path(folder)
        base.chmod(0o755)
        running = Postfix(base, settings)
        try:
            yield running
        finally:
            running.stop()
