"""The TLS context of connections to mail servers: which certificate authorities are believed."""

from __future__ import annotations

import ssl
from pathlib import Path

from mailer.errors import WireError

UNKNOWN_AUTHORITY = frozenset({2, 18, 19, 20, 21})
"""OpenSSL's `verify_code` of a certificate that leads to no authority that is believed (X509_V_ERR_...)."""


def client_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return a context that believes the authorities of this system, and those in a file, PEM or DER.

    Those of the system are the ones that OpenSSL finds; SSL_CERT_FILE and SSL_CERT_DIR name others instead. Raises WireError
    ``file-missing``, ``file-unreadable`` or ``authority-unusable``.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is None:
        return context
    try:
        content = ca_file.read_bytes()
        if b"-----BEGIN" in content:
            context.load_verify_locations(cafile=ca_file)
        else:  # Windows' certificate services export DER by default
            context.load_verify_locations(cadata=content)
    except FileNotFoundError as error:
        raise WireError("file-missing", file=str(ca_file)) from error
    except (ssl.SSLError, ValueError) as error:
        raise WireError("authority-unusable", file=str(ca_file)) from error
    except OSError as error:
        raise WireError("file-unreadable", file=str(ca_file), reason=error.strerror or "") from error
    # The certificate of the server itself may stand in the file, and authorities made by hand lack the extensions that
    # Python 3.13 asks for.
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def is_of_unknown_authority(error: BaseException) -> bool:
    """Return whether a certificate was refused only because nobody that is believed vouches for it."""
    return isinstance(error, ssl.SSLCertVerificationError) and error.verify_code in UNKNOWN_AUTHORITY
