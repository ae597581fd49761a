"""A Dovecot of one's own on loopback: every name is a mailbox; one password opens them all, or tokens each its own."""

from __future__ import annotations

import grp
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.clients.processes import Child, connect
from tests.servers.ports import PortTakenError, on_some_port

PROGRAM = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")

_CONFIGURATION = """\
base_dir = {base}/run
state_dir = {base}/run
log_path = {base}/dovecot.log
protocols = imap
listen = 127.0.0.1
{tls}
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
auth_failure_delay = 0
first_valid_uid = 1
mail_location = maildir:{base}/mail/%u
{internal}
{logins}
service auth {{
  unix_listener sasl {{
    mode = 0666
  }}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u
}}
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = subscribe
    special_use = \\Sent
  }}
  mailbox Drafts {{
    auto = subscribe
    special_use = \\Drafts
  }}
  mailbox Trash {{
    auto = subscribe
    special_use = \\Trash
  }}
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
# No delay for those who come from where a login was refused before.
service anvil {{
  {chroot}
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  {chroot}
}}
"""

_PASSWORD = """\
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
"""
_TOKEN = """\
passdb {{
  driver = oauth2
  mechanisms = oauthbearer xoauth2
  args = {file}
  result_failure = continue
}}
"""
_INTROSPECTION = """\
introspection_mode = post
introspection_url = {url}
force_introspection = yes
active_attribute = active
active_value = true
username_attribute = {attribute}
{trust}
"""
_TLS = """\
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{certificate}
"""


def why_not() -> str | None:
    """Why no Dovecot can be started here, or None; its configuration is another one from 2.4 on."""
    if PROGRAM is None:
        return "Dovecot is not installed"
    version = subprocess.run([PROGRAM, "--version"], capture_output=True, text=True, check=False).stdout
    return None if re.match(r"2\.3\.", version) else f"this is written for Dovecot 2.3, not {version.strip()}"


class Dovecot:
    """A running server; `base` is a folder that its processes may enter, and short enough for socket names.

    Without `password` none is taken (LOGINDISABLED). With `introspection`, the address at which to ask about access
    tokens (RFC 7662), OAUTHBEARER and XOAUTH2 are on offer: a token opens the mailbox that its `sub` names, and the one
    that its `shared` names. Other servers log people in at the socket `sasl`. With `certificate`, a file with its key,
    STARTTLS is on offer, and that address has the same certificate. `more` is added to its configuration, and wins.
    """

    def __init__(
        self,
        base: Path,
        password: str,
        more: str = "",
        *,
        introspection: str = "",
        certificate: Path | None = None,
    ) -> None:
        assert PROGRAM is not None
        self._base = base
        for folder in ("run", "mail"):
            (base / folder).mkdir(parents=True)
        self._configuration = base / "dovecot.conf"
        mechanisms = ["plain login"] if password else []
        logins = [_PASSWORD.format(password=password)] if password else []
        if introspection:
            mechanisms.append("oauthbearer xoauth2")
            logins += [
                self._token_login(introspection, attribute, certificate) for attribute in ("sub", "shared")
            ]
        self._parts = {"mechanisms": " ".join(mechanisms), "logins": "".join(logins)}
        self._more = more
        self._parts["tls"] = _TLS.format(certificate=certificate) if certificate else "ssl = no"
        self.sasl = base / "run" / "sasl"
        self.port = on_some_port(self._start)

    def _token_login(self, introspection: str, attribute: str, certificate: Path | None) -> str:
        file = self._base / f"oauth2-{attribute}.conf"
        trust = f"tls_ca_cert_file = {certificate}" if certificate else ""
        file.write_text(_INTROSPECTION.format(url=introspection, attribute=attribute, trust=trust), "utf-8")
        return _TOKEN.format(file=file)

    @property
    def log(self) -> str:
        """What the server has logged."""
        file = self._base / "dovecot.log"
        return file.read_text("utf-8", "replace") if file.exists() else ""

    def _start(self, port: int) -> int:
        assert PROGRAM is not None
        written = _configuration(self._base, self._parts, port) + self._more
        self._configuration.write_text(written, "utf-8")
        self._child = Child([PROGRAM, "-F", "-c", str(self._configuration)], self._base / "dovecot.out")
        try:
            with connect(port, self._child) as connection:
                greeting = connection.recv(1000)
        except ChildProcessError as error:
            if "Address already in use" in f"{error}{self.log}":
                raise PortTakenError from error
            raise
        if b"Dovecot" not in greeting:
            self._child.stop()
            raise PortTakenError
        return port

    def stop(self) -> None:
        """End it."""
        self._child.stop()


@contextmanager
def dovecot(password: str, more: str = "") -> Iterator[Dovecot]:
    """Run a Dovecot as long as the block lasts, in a folder that its own users may enter."""
    with tempfile.TemporaryDirectory(prefix="dovecot-") as folder:
        base = Path(folder)
        base.chmod(0o755)
        running = Dovecot(base, password, more)
        try:
            yield running
        finally:
            running.stop()


def _configuration(base: Path, parts: dict[str, str], port: int) -> str:
    """What Dovecot needs to know; without root it drops its own users and cages, and runs as whoever runs the tests."""
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(base / "mail", nobody.pw_uid, nobody.pw_gid)
        owner, internal, chroot = nobody, "", ""
    else:
        owner = pwd.getpwuid(os.geteuid())
        internal = (
            f"default_internal_user = {owner.pw_name}\n"
            f"default_login_user = {owner.pw_name}\n"
            f"default_internal_group = {grp.getgrgid(owner.pw_gid).gr_name}"
        )
        chroot = "chroot ="
    return _CONFIGURATION.format(
        base=base,
        port=port,
        uid=owner.pw_uid,
        gid=owner.pw_gid,
        internal=internal,
        chroot=chroot,
        **parts,
    )
