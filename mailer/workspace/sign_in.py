"""Sign in to the mailbox of a workspace, try both servers with the new token, and sign out again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from mailer import signin
from mailer.errors import ConfigError, SignInError, UserError, WireError
from mailer.signin import client, device, tokens
from mailer.signin.client import Grant
from mailer.signin.flow import BrowserSignIn
from mailer.wording import sign_in_page
from mailer.workspace.opening import Workspace

SERVERS: tuple[Literal["smtp", "imap"], ...] = ("smtp", "imap")

PERSONAL_GOOGLE = ("gmail.com", "googlemail.com")
"""Google lets only applications that it has examined into the mail of these."""

_NOT_THEIRS = ("token-refused", "imap-not-connected", "no-tokens")
"""What a server says that does not take the token for this mailbox."""


@dataclass(frozen=True, slots=True)
class ServerTried:
    """A server that was tried with a new token, and why that failed; `error` is None if it works."""

    name: str
    host: str
    error: UserError | None = None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What came of a sign-in: the mailbox, who signed in where the provider tells it, and the servers tried."""

    address: str
    signed_in_as: str
    tried: tuple[ServerTried, ...]

    @property
    def works(self) -> bool:
        """Return whether every server took the token."""
        return all(one.error is None for one in self.tried)

    @property
    def other(self) -> str:
        """Return the address of who signed in if it is another one than the mailbox's, as for a shared mailbox."""
        return self.signed_in_as if self.signed_in_as.casefold() != self.address.casefold() else ""


@dataclass(frozen=True, slots=True)
class SignedOut:
    """What came of signing out: the mailbox, the provider, and whether it was told; `trouble` is why it could not be."""

    address: str
    server: str
    revoked: bool
    trouble: UserError | None = None


def mailbox(workspace: Workspace, address: str) -> str:
    """Return the address to sign in to: the one named, or the user name in the settings.

    Raises ConfigError ``sign-in-which`` where none is named and the servers have different ones,
    ``sign-in-not-used`` for an address that neither server is set up for, ``sign-in-no-user`` where none is set up.
    """
    settings = workspace.settings
    names = dict.fromkeys(filter(None, (settings.smtp.username, settings.imap.username)))
    if not names:
        raise ConfigError("sign-in-no-user", file="config/mailer.toml")
    if not address:
        if len({name.casefold() for name in names}) > 1:
            raise ConfigError("sign-in-which", read=", ".join(names))
        return next(iter(names))
    found = next((name for name in names if name.casefold() == address.casefold()), "")
    if not found:
        raise ConfigError("sign-in-not-used", file="config/mailer.toml", read=address, known=", ".join(names))
    return found


def application_for(workspace: Workspace, address: str) -> signin.RegisteredApplication:
    """Return the application to sign in to a mailbox with.

    Raises ConfigError ``sign-in-personal-google`` for a mailbox that Google lets no such application into, and those of
    `mailer.signin.application`.
    """
    settings = workspace.settings
    hosts = [getattr(settings, name).host for name in SERVERS if _uses(workspace, name, address)]
    if address.rpartition("@")[2].casefold() in PERSONAL_GOOGLE:
        raise ConfigError("sign-in-personal-google", read=address)
    return signin.application(settings.oauth, hosts)


def in_browser(workspace: Workspace, address: str) -> BrowserSignIn:
    """Begin a sign-in through the browser, which waits for the provider's redirect to this machine."""
    return BrowserSignIn(application_for(workspace, address), address, sign_in_page.html)


def finish(workspace: Workspace, address: str, begun: BrowserSignIn, *, in_keyring: bool = False) -> SignedIn:
    """Take the redirect that came, try both servers, and keep the sign-in; see `keep`."""
    grant = begun.finish(workspace.real_now)
    return keep(workspace, begun.application, address, grant, in_keyring=in_keyring)


def by_device(
    workspace: Workspace,
    address: str,
    say: Callable[[device.DeviceCode], None],
    *,
    in_keyring: bool = False,
) -> SignedIn:
    """Sign in with a code that `say` shows, wait until it was typed, try both servers, and keep the sign-in."""
    found = application_for(workspace, address)
    code = device.begin(found)
    say(code)
    grant = device.wait(found, code, address, workspace.real_now)
    return keep(workspace, found, address, grant, in_keyring=in_keyring)


def keep(
    workspace: Workspace,
    application: signin.RegisteredApplication,
    address: str,
    grant: Grant,
    *,
    in_keyring: bool,
) -> SignedIn:
    """Try both servers with a new token, and keep the sign-in unless the mailbox proves to be another one's.

    It is kept where a server cannot be reached or something has to be switched on, since that needs no new sign-in.
    Raises SignInError ``sign-in-other-mailbox`` or the servers' own error where they refuse the token; then, and where
    the keyring does not take it, nothing is kept.
    """
    tried = tuple(
        _tried(workspace, name, grant.access_token) for name in SERVERS if _uses(workspace, name, address)
    )
    refused = [one for one in tried if one.error is not None and one.error.code in _NOT_THEIRS]
    found = SignedIn(address, grant.signed_in_as, tried)
    if refused and len(refused) == len(tried):
        error = refused[0].error
        assert error is not None
        if found.other and error.code != "no-tokens":
            raise SignInError(
                "sign-in-other-mailbox",
                username=address,
                name=found.other,
                host=refused[0].host,
                reason=str(error.values["reason"]),
            )
        raise error
    file = signin.TokenFile(workspace.path, address)
    with file.locked():
        file.replace(tokens.of(application, address, grant, in_keyring=in_keyring))
    return found


def sign_out(workspace: Workspace, address: str) -> SignedOut | None:
    """Remove a sign-in, and have the provider revoke it where it can; None if nobody is signed in.

    Without an address it is the only sign-in there is. Raises ConfigError ``sign-in-which`` if there are several.
    """
    kept = signin.signed_in(workspace.path)
    if not address:
        if len(kept) > 1:
            raise ConfigError("sign-in-which", read=", ".join(kept))
        address = kept[0] if kept else ""
    file = signin.TokenFile(workspace.path, address)
    if not file.exists():
        return None
    with file.locked():
        found = file.remove()
    if found is None:
        return SignedOut(address, "", revoked=False)
    made = found.application(workspace.settings.oauth.client_secret.get_secret_value())
    try:
        revoked = bool(found.refresh_token) and client.revoke(made, found.refresh_token)
    except UserError as error:
        return SignedOut(found.address, made.server, revoked=False, trouble=error)
    return SignedOut(found.address, made.server, revoked)


def _uses(workspace: Workspace, name: Literal["smtp", "imap"], address: str) -> bool:
    """Return whether a server of the settings is logged in to with this name."""
    table = getattr(workspace.settings, name)
    return bool(table.host) and table.username.casefold() == address.casefold()


def _tried(workspace: Workspace, name: Literal["smtp", "imap"], token: str) -> ServerTried:
    host = getattr(workspace.settings, name).host
    try:
        if name == "smtp":
            asyncio.run(_greet(workspace, token))
        else:
            with workspace.mailbox(lambda: token).open() as reader:
                reader.examine(workspace.settings.imap.read_folders[0])
    except WireError as error:
        return ServerTried(name, host, error)
    return ServerTried(name, host)


async def _greet(workspace: Workspace, token: str) -> None:
    async with workspace.sender(lambda: token).connect():
        pass
