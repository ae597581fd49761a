"""An OpenID provider of one's own on loopback: npm's oidc-provider, set up by `identity/provider.mjs`."""

from __future__ import annotations

import hashlib
import json
import shutil
import ssl
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from tests.clients.processes import PATIENCE, PAUSE, Child

SOURCES = Path(__file__).parent / "identity"
CACHE = Path(__file__).parents[2] / ".cache"
NODE, NPM = shutil.which("node"), shutil.which("npm")

CLIENT = "mailer"
"""A public application on people's own computers: it has no secret, and is redirected to any port of loopback."""

CONFIDENTIAL, CLIENT_SECRET = "mailer-with-a-secret", "the-secret-of-the-application"
"""The same, as an application that was given a secret."""

_ASKER, _ASKER_SECRET = "mail-server", "the-secret-of-the-mail-server"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account, who may also open the mailbox `shared`, which is another address."""

    password: str
    shared: str = ""


def why_not() -> str | None:
    """Return why no provider can be started here, or None; its packages are installed the first time."""
    if NODE is None or NPM is None:
        return "node and npm are not installed"
    try:
        _modules()
    except subprocess.CalledProcessError as error:
        return f"npm cannot install oidc-provider: {error.stderr[-500:]}"
    return None


class IdentityProvider:
    """A running provider whose access tokens last for so many seconds; `base` is an empty folder.

    With `certificate`, a file with its key, it is reached by HTTPS as localhost; `trust` is for clients of it.
    """

    def __init__(
        self, base: Path, people: Mapping[str, Person], seconds: int = 5, certificate: Path | None = None
    ) -> None:
        assert NODE is not None
        self.trust = ssl.create_default_context(cafile=certificate)
        base.mkdir(parents=True)
        base.chmod(0o700)
        self._said = base / "said"
        # Imports are resolved from the folder of the script.
        (base / "node_modules").symlink_to(_modules())
        shutil.copy(SOURCES / "provider.mjs", base)
        settings = base / "settings.json"
        settings.write_text(
            json.dumps(
                {
                    "seconds": seconds,
                    "people": {address: asdict(person) for address, person in people.items()},
                    "clients": _clients(),
                    "certificate": certificate and str(certificate),
                }
            ),
            "utf-8",
        )
        self._child = Child([NODE, str(base / "provider.mjs"), str(settings)], self._said)
        self.issuer = self._first_line()

    def _first_line(self) -> str:
        give_up = time.monotonic() + PATIENCE
        while True:
            # Node and the library warn on standard error.
            found = [line for line in self._lines() if line.startswith(("http://", "https://"))]
            if found:
                return found[0]
            self._child.check()
            assert time.monotonic() < give_up, "the provider does not start"
            time.sleep(PAUSE)

    def _lines(self) -> list[str]:
        return self._said.read_text("utf-8").splitlines() if self._said.exists() else []

    @property
    def introspection(self) -> str:
        """The address at which a mail server asks about a token, with its name and secret."""
        scheme, _, place = self.issuer.partition("://")
        return f"{scheme}://{_ASKER}:{_ASKER_SECRET}@{place}/token/introspection"

    def happened(self, event: str, **values: object) -> list[dict[str, Any]]:
        """Return what happened of this kind and with these values, in order."""
        told = [json.loads(line) for line in self._lines() if line.startswith('{"event"')]
        wanted = {"event": event, **values}
        return [one for one in told if wanted.items() <= one.items()]

    @property
    def tokens(self) -> frozenset[str]:
        """Return every code and token that was issued."""
        kinds = ("authorization_code", "device_code", "access_token", "refresh_token")
        return frozenset(str(one["token"]) for kind in kinds for one in self.happened(f"{kind}.saved"))

    def forget(self, address: str) -> None:
        """Revoke all tokens of a person, as they can do on the page of their account."""
        form = urllib.parse.urlencode({"address": address}).encode()
        with urllib.request.urlopen(
            f"{self.issuer}/account/forget", form, timeout=PATIENCE, context=self.trust
        ):
            pass

    def stop(self) -> None:
        """End it."""
        self._child.stop()


def _clients() -> Sequence[dict[str, object]]:
    """Return the registered applications; a native one may be redirected to any port of loopback (RFC 8252)."""
    program = {
        "application_type": "native",
        "grant_types": [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "redirect_uris": ["http://127.0.0.1/", "http://localhost/"],
        "response_types": ["code"],
    }
    return [
        {**program, "client_id": CLIENT, "token_endpoint_auth_method": "none"},
        {
            **program,
            "client_id": CONFIDENTIAL,
            "client_secret": CLIENT_SECRET,
            "token_endpoint_auth_method": "client_secret_basic",
        },
        {
            "client_id": _ASKER,
            "client_secret": _ASKER_SECRET,
            "grant_types": [],
            "redirect_uris": [],
            "response_types": [],
        },
    ]


def _modules() -> Path:
    """Return the folder of the packages that package-lock.json names, installed once for all runs of the tests."""
    assert NPM is not None
    files = [SOURCES / name for name in (".npmrc", "package.json", "package-lock.json")]
    digest = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]
    folder = CACHE / f"identity-{digest}"
    CACHE.mkdir(exist_ok=True)
    with FileLock(CACHE / "identity.lock"):
        if not folder.exists():
            # Renamed when it is whole: a run that was broken off leaves nothing that looks complete.
            unfinished = Path(tempfile.mkdtemp(prefix="identity-", dir=CACHE))
            for file in files:
                shutil.copy(file, unfinished)
            command = [NPM, "ci", "--prefer-offline"]
            subprocess.run(command, cwd=unfinished, check=True, capture_output=True, text=True)
            unfinished.rename(folder)
    return folder / "node_modules"
