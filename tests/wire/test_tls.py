"""Which certificate authorities are believed, and how a file that holds none is told."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest

from mailer.errors import WireError
from mailer.wire.tls import client_context
from tests.servers.certificates import of_the_house


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """The certificate of an authority, in PEM."""
    return of_the_house(tmp_path)[1]


@pytest.mark.parametrize("form", ["pem", "der", "remarks", "bundle"])
def test_forms_of_the_file(authority: Path, form: str) -> None:
    """PEM, with remarks in any encoding and with several certificates, and DER."""
    pem = authority.read_bytes()
    authority.write_bytes(
        {
            "pem": pem,
            "der": ssl.PEM_cert_to_DER_cert(pem.decode()),
            "remarks": "Autorité de la mairie\n".encode("latin-1") + pem,
            "bundle": pem + authority.with_name("localhost.pem").read_bytes(),
        }[form]
    )

    assert ssl.PEM_cert_to_DER_cert(pem.decode()) in client_context(authority).get_ca_certs(binary_form=True)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "authority-unusable"),
        (b"une autorit\xe9", "authority-unusable"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "authority-unusable"),
        (b"-----BEGIN PKCS7-----\nAAAA\n-----END PKCS7-----\n", "authority-unusable"),
        (None, "file-missing"),
    ],
    ids=["empty", "text", "broken", "pkcs7", "missing"],
)
def test_a_file_without_a_certificate_is_told(tmp_path: Path, content: bytes | None, code: str) -> None:
    """The file is named, and nobody is believed in its place."""
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(WireError) as caught:
        client_context(file)

    assert (caught.value.code, caught.value.file) == (code, str(file))


def test_the_variable_of_openssl_is_believed(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SSL_CERT_FILE names authorities instead of the system's, and a file that is set is believed besides."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    monkeypatch.setenv("SSL_CERT_DIR", str(authority.with_name("none")))
    assert len(client_context().get_ca_certs()) == 1

    other = authority.with_name("other")
    other.mkdir()
    assert len(client_context(of_the_house(other)[1]).get_ca_certs()) == 2
