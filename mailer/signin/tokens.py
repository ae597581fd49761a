"""The sign-ins that are kept: one file for each mailbox address, readable by its owner alone, renewed as needed.

Several processes may use one sign-in (a service, a command, the web interface), and a provider may give a new refresh
token each time and revoke all of them where an old one comes back. So whoever renews holds the lock of the file, reads
it again, since another process may have been quicker, renews if that is still needed, writes the new refresh token to
disk, and only then uses what it got. Once before, the file is written as it is: a full disk or a folder that is read-only
shows itself while the old refresh token is still good.

With `in_keyring`, the file says so and holds no token: the refresh token is in the system's keyring, and the access token
in the memory of each process.
"""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, unquote

from mailer import files
from mailer.errors import SignInError, UserError
from mailer.signin import client, keyring_entry
from mailer.signin.client import Clock, Grant
from mailer.signin.endpoints import RegisteredApplication, require_tls

FOLDER = "config/secrets/sign-in"
_ENDING = ".json"

_NEVER = datetime.min.replace(tzinfo=UTC)
"""When an access token that is not there ends."""

SPARE = timedelta(minutes=1)
"""How long an access token must still live to be used: the login takes a while, and clocks differ."""

LOCK_SECONDS = 120
"""How long to wait for a process that renews the same sign-in; a provider may take `client.SECONDS` to answer."""

_in_memory: dict[Path, tuple[str, datetime]] = {}
"""The access tokens whose refresh tokens are in the keyring."""


@dataclass(frozen=True, slots=True)
class KeptSignIn:
    """A sign-in to a mailbox, as it is kept; its repr holds no token.

    The endpoints and the client are those of the application at the time; the client's secret stays in the settings.
    """

    address: str
    client_id: str
    token_endpoint: str
    revocation_endpoint: str = ""
    auth_method: str = "none"
    provider: str = ""
    signed_in_as: str = ""
    in_keyring: bool = False
    refresh_token: str = field(default="", repr=False)
    access_token: str = field(default="", repr=False)
    expires_at: datetime = _NEVER

    def is_fresh(self, now: datetime) -> bool:
        """Return whether the access token can still be used."""
        return bool(self.access_token) and now + SPARE < self.expires_at

    def application(self, client_secret: str) -> RegisteredApplication:
        """Return the application that signed in."""
        return RegisteredApplication(
            self.provider,
            self.client_id,
            client_secret,
            (),
            "",
            self.token_endpoint,
            revocation_endpoint=self.revocation_endpoint,
            auth_method=self.auth_method,
        )

    def after(self, grant: Grant) -> KeptSignIn:
        """Return the sign-in with new tokens."""
        return replace(
            self,
            refresh_token=grant.refresh_token,
            access_token=grant.access_token,
            expires_at=grant.expires_at,
        )


def of(application: RegisteredApplication, address: str, grant: Grant, *, in_keyring: bool) -> KeptSignIn:
    """Return the sign-in that a grant makes."""
    begun = KeptSignIn(
        address,
        application.client_id,
        application.token_endpoint,
        application.revocation_endpoint,
        application.auth_method,
        application.provider,
        grant.signed_in_as,
        in_keyring,
    )
    return begun.after(grant)


class TokenFile:
    """The file of the sign-in to one mailbox address, in a workspace."""

    def __init__(self, workspace: Path, address: str) -> None:
        self.address = address.casefold()
        self.path = workspace / FOLDER / (quote(self.address, safe="@+") + _ENDING)

    @property
    def name(self) -> str:
        """Return the file's path within the workspace."""
        return f"{FOLDER}/{self.path.name}"

    def exists(self) -> bool:
        """Return whether somebody is signed in."""
        return self.path.is_file()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock of the file, waited for if another process has it. Raises SignInError ``sign-in-busy``."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # without fcntl, filelock warns that its locks are files
            from filelock import FileLock, Timeout
        self._make_folder()
        lock = FileLock(
            self.path.with_suffix(".lock"), timeout=LOCK_SECONDS, mode=files.mode(), thread_local=False
        )
        try:
            lock.acquire()
        except Timeout:
            raise SignInError("sign-in-busy", username=self.address) from None
        except OSError as error:
            raise UserError("file-unwritable", file=self.name, reason=error.strerror or "") from error
        try:
            yield
        finally:
            lock.release()

    def read(self) -> KeptSignIn:
        """Return the sign-in. Raises SignInError ``sign-in-missing`` or ``sign-in-unreadable``."""
        try:
            kept = _from_json(files.read(self.path))
        except (ValueError, KeyError, TypeError, RecursionError):
            raise SignInError("sign-in-unreadable", username=self.address, reason=self.name) from None
        except UserError as error:
            if error.code == "file-missing":
                raise SignInError("sign-in-missing", username=self.address) from None
            raise
        if kept.in_keyring:
            access, expires_at = _in_memory.get(self.path.absolute(), ("", kept.expires_at))
            return replace(kept, access_token=access, expires_at=expires_at)
        return kept

    def replace(self, sign_in: KeptSignIn) -> None:
        """Keep a new sign-in instead of the one there was, of which no token is left in the keyring either."""
        before = None
        with suppress(SignInError):
            before = self.read()
        self.keep(sign_in)
        if before is not None and before.in_keyring and not sign_in.in_keyring:
            keyring_entry.remove(self.address)

    def keep(self, sign_in: KeptSignIn) -> None:
        """Write the sign-in so that it survives a loss of power, and nobody but the owner can read it at any moment.

        Raises SignInError ``keyring-unusable``, UserError ``file-unwritable``.
        """
        written = asdict(sign_in) | {"expires_at": sign_in.expires_at.isoformat()}
        if sign_in.in_keyring:
            if sign_in.refresh_token:
                keyring_entry.put(self.address, sign_in.refresh_token)
            _in_memory[self.path.absolute()] = (sign_in.access_token, sign_in.expires_at)
            written |= {"refresh_token": "", "access_token": "", "expires_at": _NEVER.isoformat()}
        self._make_folder()
        files.write(self.path, json.dumps(written, indent=1).encode())
        _sync(self.path.parent)

    def remove(self) -> KeptSignIn | None:
        """Remove the sign-in, from the keyring too, and return it with its refresh token; None if there is none.

        One whose file cannot be read is removed all the same. Raises SignInError ``keyring-locked`` or ``keyring-missing``;
        then nothing is removed.
        """
        kept = None
        with suppress(SignInError):
            kept = self.read()
        if kept is not None and kept.in_keyring:
            kept = replace(kept, refresh_token=keyring_entry.get(self.address))
            keyring_entry.remove(self.address)
        _in_memory.pop(self.path.absolute(), None)
        try:
            self.path.unlink(missing_ok=True)
        except OSError as error:
            raise UserError("file-unwritable", file=self.name, reason=error.strerror or "") from error
        _sync(self.path.parent)
        return kept

    def access_token(self, client_secret: str, clock: Clock) -> str:
        """Return an access token that can be used now, renewed if need be; nobody is asked anything.

        Raises SignInError of `client.renew`, `read` and the keyring, ``sign-in-busy``, UserError ``file-unwritable``.
        """
        kept = self.read()
        if kept.is_fresh(clock()):
            return kept.access_token
        with self.locked():
            kept = self.read()
            if not kept.is_fresh(clock()):
                kept = self._renewed(kept, client_secret, clock)
        return kept.access_token

    def _renewed(self, kept: KeptSignIn, client_secret: str, clock: Clock) -> KeptSignIn:
        refresh = keyring_entry.get(self.address) if kept.in_keyring else kept.refresh_token
        if not refresh:
            raise SignInError("sign-in-missing", username=self.address)
        require_tls(kept.token_endpoint, "token_endpoint")
        self.keep(kept)
        renewed = kept.after(client.renew(kept.application(client_secret), refresh, self.address, clock))
        self.keep(renewed)
        return renewed

    def _make_folder(self) -> None:
        try:
            files.make_folder(self.path.parent)
        except OSError as error:
            raise UserError("file-unwritable", file=self.name, reason=error.strerror or "") from error


def signed_in(workspace: Path) -> list[str]:
    """Return the addresses of the mailboxes that somebody is signed in to, sorted."""
    found = (workspace / FOLDER).glob(f"*{_ENDING}")
    return sorted(unquote(file.name.removesuffix(_ENDING)) for file in found)


def _from_json(content: bytes) -> KeptSignIn:
    """Return the sign-in in a file. Raises ValueError, KeyError or TypeError if it holds none."""
    found = json.loads(content)
    if not isinstance(found, Mapping):
        raise TypeError
    known = {one.name: found[one.name] for one in fields(KeptSignIn)}
    expires_at = datetime.fromisoformat(known.pop("expires_at"))
    if not all(isinstance(value, bool if name == "in_keyring" else str) for name, value in known.items()):
        raise TypeError
    return KeptSignIn(**known, expires_at=expires_at if expires_at.tzinfo else expires_at.replace(tzinfo=UTC))


def _sync(folder: Path) -> None:
    """Bring the names in a folder to disk, where the system does that; else a new file may be lost with the power."""
    with suppress(OSError):  # Windows opens no folder
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
