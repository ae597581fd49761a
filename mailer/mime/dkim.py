"""DKIM signatures, RFC 6376, for messages that are ready to be sent.

Most providers sign what they relay. For those that do not, a message is signed before it is put into the
outbox, so that a retry sends the same octets. Needs the `cryptography` library (0.6 ms a signature; dkimpy
needs 15 ms).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from mailer.errors import ConfigError

Sign = Callable[[bytes, datetime], bytes]
"""A function that returns a message with its DKIM-Signature field in front."""

OVERSIGNED = ("from", "to", "subject", "date", "reply-to", "cc")
"""Fields that are signed once more than they occur, so that nobody can add another (section 8.15)."""

SIGNED = (
    *OVERSIGNED,
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "list-id",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "auto-submitted",
)

_WSP = re.compile(rb"[ \t]+")
_LINE_END = re.compile(rb"[ \t]+\r\n")
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:((?:[^\r]|\r(?!\n)|\r\n[ \t])*)\r\n")


def signer(domain: str, selector: str, key: bytes) -> Sign:
    """Return a function that signs for a domain with a private RSA key in PEM.

    Raises ConfigError ``dkim-key`` if the key is not valid.
    """
    rsa_sign = _rsa_signer(key)

    def sign(message: bytes, now: datetime) -> bytes:
        head, _, body = message.partition(b"\r\n\r\n")
        fields = [(name.lower().decode(), value) for name, value in _FIELD.findall(head + b"\r\n")]
        names = _names([name for name, _ in fields])
        tags = (
            f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={domain}; s={selector}; t={int(now.timestamp())};\r\n"
            f" h={_folded(':'.join(names), ':')};\r\n"
            f" bh={_base64(hashlib.sha256(relaxed_body(body)).digest())};\r\n b="
        )
        signed = _signed_fields(fields, names) + relaxed_field("dkim-signature", f" {tags}".encode())
        signature = _base64(rsa_sign(signed.removesuffix(b"\r\n")))
        chunks = "\r\n ".join(signature[at : at + 72] for at in range(0, len(signature), 72))
        return f"DKIM-Signature: {tags}{chunks}\r\n".encode() + message

    return sign


def relaxed_field(name: str, value: bytes) -> bytes:
    """Return a header field in relaxed canonical form, section 3.4.2."""
    unfolded = value.replace(b"\r\n", b"")
    return name.encode() + b":" + _WSP.sub(b" ", unfolded).strip(b" ") + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """Return a body in relaxed canonical form, section 3.4.4."""
    if body and not body.endswith(b"\r\n"):
        body += b"\r\n"
    body = _WSP.sub(b" ", _LINE_END.sub(b"\r\n", body))
    while body.endswith(b"\r\n\r\n"):
        body = body[:-2]
    return b"" if body == b"\r\n" else body


def _names(present: Sequence[str]) -> list[str]:
    """Return the names for the h= tag: each field as often as it occurs, those of `OVERSIGNED` once more."""
    names: list[str] = []
    for name in SIGNED:
        names += [name] * (present.count(name) + (name in OVERSIGNED))
    return names


def _signed_fields(fields: Sequence[tuple[str, bytes]], names: Sequence[str]) -> bytes:
    """Return the fields to hash in the order of `names`; of repeated ones the last first (section 5.4.2)."""
    left = list(fields)
    taken = b""
    for name in names:
        at = next((at for at in reversed(range(len(left))) if left[at][0] == name), None)
        if at is not None:
            taken += relaxed_field(*left.pop(at))
    return taken


def _folded(text: str, between: str) -> str:
    """Fold a long tag after its separators."""
    return re.sub(rf"(.{{50,70}}?{between})", "\\1\r\n  ", text)


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def _rsa_signer(key: bytes) -> Callable[[bytes], bytes]:
    """Return a function that signs octets with the key (RSA, SHA-256)."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        private = load_pem_private_key(key, password=None)
    except (ValueError, TypeError) as error:
        raise ConfigError("dkim-key", reason=str(error)) from error
    if not isinstance(private, RSAPrivateKey):
        raise ConfigError("dkim-key", reason=type(private).__name__)
    return lambda signed: private.sign(signed, PKCS1v15(), SHA256())
