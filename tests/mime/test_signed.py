"""Opaque S/MIME signatures: the message inside is read, in every way in which it is written."""

from __future__ import annotations

import base64
import datetime
import functools

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID
from hypothesis import given
from hypothesis import strategies as st

from mailer import mime
from mailer.mime import signed

WORDS = (
    "Content-Type: text/plain; charset=utf-8\r\n\r\nBonjour,\r\nOui, nous serons deux à venir.\r\n".encode()
)
NOW = datetime.datetime(2025, 3, 1, tzinfo=datetime.UTC)


@functools.cache
def identity() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A key and its certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Ines Vert")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(NOW).not_valid_after(NOW.replace(year=2035))
    return key, builder.sign(key, hashes.SHA256())


def der(*options: pkcs7.PKCS7Options) -> bytes:
    """The words, signed."""
    key, certificate = identity()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(WORDS).add_signer(certificate, key, hashes.SHA256())
    return builder.sign(serialization.Encoding.DER, [pkcs7.PKCS7Options.Binary, *options])


def unknown_length(tag: int, *inside: bytes) -> bytes:
    """An element whose end is marked, as programs that write in one pass do."""
    return bytes([tag, 0x80]) + b"".join(inside) + b"\0\0"


def short(tag: int, value: bytes) -> bytes:
    """An element of less than 128 octets."""
    return bytes([tag, len(value)]) + value


def ber() -> bytes:
    """The words in pieces, in elements of unknown length, as OpenSSL and Thunderbird write them."""
    pieces = [short(0x04, WORDS[at : at + 20]) for at in range(0, len(WORDS), 20)]
    octets = unknown_length(0xA0, unknown_length(0x24, *pieces))
    inner = unknown_length(0x30, bytes.fromhex("06092a864886f70d010701"), octets)
    data = unknown_length(0x30, short(0x02, b"\x01"), short(0x31, b""), inner, short(0x31, b""))
    return unknown_length(0x30, bytes.fromhex("06092a864886f70d010702"), unknown_length(0xA0, data))


def mail(content: bytes, content_type: str) -> bytes:
    """A mail whose only part is the signature."""
    head = f'From: ines@example.org\nContent-Type: {content_type}; name="smime.p7m"\nContent-Transfer-Encoding: base64\n\n'
    return head.encode() + base64.encodebytes(content)


@pytest.mark.parametrize(
    "content_type", ["application/pkcs7-mime", "application/x-pkcs7-mime", "application/octet-stream"]
)
@pytest.mark.parametrize("content", [der(), ber()], ids=["DER", "BER"])
def test_the_words_are_read(content: bytes, content_type: str) -> None:
    """Whoever signs in one block is read like anybody."""
    message = mime.read(mail(content, content_type))

    assert [part.text for part in message.parts] == ["Bonjour,\nOui, nous serons deux à venir.\n"]
    assert not message.parts[0].attachment


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(der(pkcs7.PKCS7Options.DetachedSignature), id="the words stand beside it"),
        pytest.param(
            der().replace(bytes.fromhex("2a864886f70d010702"), bytes.fromhex("2a864886f70d010703")),
            id="encrypted",
        ),
        pytest.param(der()[:60], id="cut short"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\x30\x80" * 1000, id="without end"),
        pytest.param(b"Oui, nous serons deux.", id="no CMS"),
    ],
)
def test_what_holds_no_words(content: bytes) -> None:
    """What has nothing in clear stays a file."""
    message = mime.read(mail(content, "application/pkcs7-mime"))

    assert [part.content_type for part in message.parts] == ["application/pkcs7-mime"]


@given(st.binary(max_size=200), st.integers(0, 400))
def test_nothing_stops_it(damage: bytes, at: int) -> None:
    """Whatever the octets, there is a content or none."""
    content = der()
    assert isinstance(signed.content(content[:at] + damage + content[at + len(damage) :]), bytes)
