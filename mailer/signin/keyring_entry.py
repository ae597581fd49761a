"""A refresh token in the system's keyring (Secret Service, Keychain, Windows Credential Manager), if one is installed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from mailer.errors import SignInError

SERVICE = "mailer-rsvp"


def put(address: str, token: str) -> None:
    """Store a token and read it back; where it does not come back as it was, leave what was there before.

    Raises SignInError ``keyring-missing`` if the library is not installed, ``keyring-unusable`` if the keyring is locked,
    or takes no value of that length (Windows: 1280 characters).
    """
    keyring = _keyring()
    before, reason = None, "?"
    try:
        before = keyring.get_password(SERVICE, address)
        if token == before:
            return
        keyring.set_password(SERVICE, address, token)
        if keyring.get_password(SERVICE, address) == token:
            return
    except Exception as error:  # noqa: BLE001 - each system's keyring raises exceptions of its own
        reason = type(error).__name__
    remove(address)
    if before:
        with suppress(Exception):
            keyring.set_password(SERVICE, address, before)
    raise SignInError("keyring-unusable", username=address, reason=reason)


def get(address: str) -> str:
    """Return the token, or an empty string. Raises SignInError ``keyring-missing`` or ``keyring-locked``."""
    keyring = _keyring()
    try:
        return keyring.get_password(SERVICE, address) or ""
    except Exception as error:  # noqa: BLE001 - as above
        raise SignInError("keyring-locked", username=address, reason=type(error).__name__) from None


def remove(address: str) -> None:
    """Remove the token, if there is one."""
    with suppress(Exception):
        _keyring().delete_password(SERVICE, address)


def _keyring() -> Any:
    try:
        import keyring
    except ModuleNotFoundError as error:
        raise SignInError("keyring-missing") from error
    return keyring
