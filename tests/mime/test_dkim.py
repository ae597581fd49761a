"""Signatures, judged by another program's verifier."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.errors import ConfigError
from mailer.mime.dkim import Sign, relaxed_body, signer
from tests.soak import examples

dkim = pytest.importorskip("dkim")
ed25519 = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.ed25519")
rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
serialization = pytest.importorskip("cryptography.hazmat.primitives.serialization")

NOW = datetime(2025, 3, 13, 9, tzinfo=UTC)
MESSAGE = (
    b"From: =?utf-8?q?Mairie?= <mairie@mairie.example>\r\n"
    b"To: Marie\r\n  <marie@example.org>\r\n"
    b"Subject:  Une   invitation\r\n"
    b"List-Unsubscribe: <mailto:mairie+unsub-abcdefghijklmnopqrstuvwxyz@mairie.example?subject=x>\r\n"
    b"Date: Thu, 13 Mar 2025 10:00:00 +0100\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n"
    b"\r\n"
    b"Bonjour \t Marie,  \r\n\r\n.\r\n..x\r\n\r\n\r\n"
)


def _pem(private: object) -> bytes:
    return private.private_bytes(  # type: ignore[attr-defined, no-any-return]
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


@pytest.fixture(scope="module")
def key() -> tuple[bytes, bytes]:
    """Return a private key and the DNS record of its public key."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return _pem(private), b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)


def verified(message: bytes, record: bytes) -> bool:
    """What the other program says."""
    asked: list[bytes] = []

    def dns(name: bytes, timeout: float = 5) -> bytes:
        asked.append(name)
        return record

    sound: bool = dkim.verify(message, dnsfunc=dns)
    assert asked == [b"s2025._domainkey.mairie.example."]
    return sound


@pytest.fixture(scope="module")
def sign(key: tuple[bytes, bytes]) -> Sign:
    """Return a function that signs with the key."""
    return signer("mairie.example", "s2025", key[0])


def test_another_program_verifies_it(key: tuple[bytes, bytes], sign: Sign) -> None:
    """The signature stands in front, the message behind it unchanged, and it is good."""
    signed = sign(MESSAGE, NOW)

    assert signed.startswith(b"DKIM-Signature: v=1; ")
    assert signed.endswith(MESSAGE)
    assert max(map(len, signed.split(b"\r\n"))) < 100
    assert verified(signed, key[1])


CHANGES: dict[str, Callable[[bytes], bytes]] = {
    "body": lambda m: m.replace(b"Bonjour", b"Bonsoir"),
    "subject": lambda m: m.replace(b"Une", b"Mon"),
    "unsubscribe": lambda m: m.replace(b"unsub-abc", b"unsub-xyz"),
    "second-from": lambda m: m.replace(b"To: Marie", b"From: x@evil.example\r\nTo: Marie"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_changed_message_is_not_verified(
    key: tuple[bytes, bytes], sign: Sign, change: Callable[[bytes], bytes]
) -> None:
    """Neither the words, nor a signed field, nor an added sender."""
    assert not verified(change(sign(MESSAGE, NOW)), key[1])


def test_white_space_may_change_on_the_way(key: tuple[bytes, bytes], sign: Sign) -> None:
    """Refolded fields and stripped line ends do not break it (relaxed)."""
    signed = sign(MESSAGE, NOW)
    changed = signed.replace(b"Marie\r\n  <marie", b"Marie <marie").replace(b"Marie,  \r\n", b"Marie,\r\n")

    assert changed != signed
    assert verified(changed, key[1])


def test_the_same_message_gets_the_same_signature(sign: Sign) -> None:
    """Nothing is left to chance, so a rehearsal shows what will be sent."""
    assert sign(MESSAGE, NOW) == sign(MESSAGE, NOW)


@settings(max_examples=examples(60))
@given(st.binary(max_size=200), st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"."]), max_size=20))
def test_any_body_is_verified(
    key: tuple[bytes, bytes], sign: Sign, octets: bytes, pieces: list[bytes]
) -> None:
    """Whatever the body holds, as long as its line ends are whole."""
    body = octets.replace(b"\r", b"").replace(b"\n", b"\r\n") + b"".join(pieces) + b"\r\n"
    message = MESSAGE.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" + body

    assert verified(sign(message, NOW), key[1])


BODIES = [
    (b"", b""),
    (b"\r\n\r\n", b""),
    (b"a", b"a\r\n"),
    (b"a \t b \r\n\r\n\r\n", b"a b\r\n"),
    (b" a\r\n", b" a\r\n"),
]


@pytest.mark.parametrize(("body", "relaxed"), BODIES, ids=[repr(body) for body, _ in BODIES])
def test_relaxed_body(body: bytes, relaxed: bytes) -> None:
    """The forms of RFC 6376 section 3.4.4 and 3.4.5."""
    assert relaxed_body(body) == relaxed


BAD_KEYS = [
    b"",
    b"-----BEGIN PRIVATE KEY-----\nxx\n-----END PRIVATE KEY-----\n",
    _pem(ed25519.Ed25519PrivateKey.generate()),
]


@pytest.mark.parametrize("pem", BAD_KEYS, ids=["empty", "damaged", "other-kind"])
def test_a_bad_key_is_said_so(pem: bytes) -> None:
    """An error with a code, and without the key."""
    with pytest.raises(ConfigError) as caught:
        signer("mairie.example", "s", pem)
    assert caught.value.code == "dkim-key"
