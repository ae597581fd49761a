"""Find out why a mail server cannot be used: the name, the port, the encryption or the certificate."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

from mailer.errors import WireError
from mailer.model.account import Account, Security
from mailer.model.redaction import Redaction

_OTHER_PORT = {
    ("smtp", Security.TLS): 465,
    ("smtp", Security.STARTTLS): 587,
    ("imap", Security.TLS): 993,
    ("imap", Security.STARTTLS): 143,
}

_GREETINGS = {"smtp": (b"220", b"421", b"554"), "imap": (b"* ",)}

# X509_V_ERR_... in OpenSSL's x509_vfy.h
_CERTIFICATE = {
    9: "certificate-early",
    10: "certificate-expired",
    62: "certificate-other-name",
    64: "certificate-other-name",
}


def diagnosed(error: WireError, protocol: str, account: Account, seconds: float = 10.0) -> WireError:
    """Return what is known more exactly of an error in connecting, or the error itself.

    `protocol` is ``smtp`` or ``imap``. The server may be connected to again, without signing in; `seconds` is how long
    each answer is waited for.
    """
    causes = tuple(_causes(error))
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            code = _CERTIFICATE.get(cause.verify_code, "")
            if not code:
                return error
            named = _names(account, seconds) if code == "certificate-other-name" else ""
            return _error(code, protocol, account, names=named)
    if any(isinstance(cause, OSError | EOFError) for cause in causes) or error.code in (
        *(f"{protocol}-unreachable", "imap-certificate", "smtp-timeout", "smtp-tls", "smtp-not-smtp"),
    ):
        return _connecting(protocol, account, seconds) or error
    return error


def _connecting(protocol: str, account: Account, seconds: float) -> WireError | None:
    """Connect, and return what is wrong with host, port or encryption; None if nothing is."""
    try:
        if account.security is Security.TLS:
            if _speaks_tls(account, seconds):
                return None
            greeting = _greeting(account, seconds)
        else:
            greeting = _greeting(account, seconds)
            if not greeting and _speaks_tls(account, seconds):
                return _error(
                    "port-wants-tls", protocol, account, other=_OTHER_PORT[protocol, Security.STARTTLS]
                )
    except socket.gaierror:
        return _error("server-unknown", protocol, account)
    except ConnectionRefusedError:
        return _error("server-refuses", protocol, account)
    except TimeoutError:
        return _error("server-dropped", protocol, account, seconds=int(seconds))
    except OSError:
        return None
    if not greeting:
        return None
    if not greeting.startswith(_GREETINGS[protocol]):
        said = Redaction(account.password).of(_shown(greeting))
        return _error("port-other-service", protocol, account, reply=said)
    if account.security is Security.TLS:
        return _error("port-wants-starttls", protocol, account, other=_OTHER_PORT[protocol, Security.TLS])
    return None


def _greeting(account: Account, seconds: float) -> bytes:
    """Return the first octets that a server says of its own accord, none if it waits for the client."""
    with socket.create_connection((account.host, account.port), timeout=seconds) as plain:
        try:
            return plain.recv(200)
        except (TimeoutError, ConnectionError):
            return b""


def _speaks_tls(account: Account, seconds: float) -> bool:
    """Return whether a port speaks TLS from the start; whose certificate it shows does not matter here."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with socket.create_connection((account.host, account.port), timeout=seconds) as plain:
        try:
            with context.wrap_socket(plain, server_hostname=account.host):
                return True
        except ssl.SSLError as error:
            # Any alert is said in TLS, too.
            return "ALERT" in (error.reason or "")
        except OSError:
            return False


def _names(account: Account, seconds: float) -> str:
    """Return the host names in the certificate of a server with TLS from the start, if somebody we trust vouches for it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    try:
        with (
            socket.create_connection((account.host, account.port), timeout=seconds) as plain,
            context.wrap_socket(plain, server_hostname=account.host) as secured,
        ):
            found = secured.getpeercert() or {}
    except OSError:
        return ""
    named = (str(entry[1]) for entry in found.get("subjectAltName", ()) if entry[0] == "DNS")
    return ", ".join(named)[:200]


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    for _depth in range(8):
        if seen is None:
            return
        yield seen
        seen = seen.__cause__ or seen.__context__


def _shown(octets: bytes) -> str:
    text = octets.split(b"\n")[0].decode("ascii", "replace").strip()
    return "".join(char for char in text if char.isprintable())[:80]


def _error(code: str, protocol: str, account: Account, **values: object) -> WireError:
    known = {"table": protocol, "host": account.host, "port": account.port, "reason": "", **values}
    return WireError(code, file="", line=0, read="", **known)
