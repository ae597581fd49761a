"""Certificates made on the spot: one that is right, one for another host, one out of date, one of a house's authority."""

from __future__ import annotations

import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def server_context(
    folder: Path, host: str = "localhost", days: int = 1, also: Sequence[str] = ()
) -> tuple[ssl.SSLContext, Path]:
    """Return a server's context, and the file of its certificate, which nobody vouches for; negative `days`: it has run out.

    The certificate is for `host` and the names in `also`.
    """
    key, name = ec.generate_private_key(ec.SECP256R1()), _name(host)
    file = folder / f"{host}.pem"
    made = _certificate(host, key, name, days=days, ca=True, also=also)
    file.write_bytes(_pem(made.sign(key, hashes.SHA256())))
    return _context(file, key), file


def of_the_house(folder: Path, host: str = "localhost") -> tuple[ssl.SSLContext, Path]:
    """Return a server's context, and the file of the authority that vouches for it.

    The authority was made by hand: it lacks the extensions that Python 3.13 asks for (VERIFY_X509_STRICT).
    """
    house, signing, key = (
        "house.example",
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    authority, file = folder / "authority.pem", folder / f"{host}.pem"
    own = _certificate(house, signing, _name(house), ca=True).sign(signing, hashes.SHA256())
    authority.write_bytes(_pem(own))
    file.write_bytes(_pem(_certificate(host, key, _name(house)).sign(signing, hashes.SHA256())))
    return _context(file, key), authority


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _certificate(
    host: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: x509.Name,
    *,
    days: int = 1,
    ca: bool = False,
    also: Sequence[str] = (),
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    end = now + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(host))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(now, end) - timedelta(days=1))
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in (host, *also)]), critical=False
        )
    )


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _context(file: Path, key: ec.EllipticCurvePrivateKey) -> ssl.SSLContext:
    """Return the context of a server with this certificate, whose key goes into a file beside it."""
    beside = file.with_suffix(".key")
    beside.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file, beside)
    return server
