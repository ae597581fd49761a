"""A mail provider of the kind one signs in to: OpenID provider, Postfix and Dovecot, which take access tokens only."""

from __future__ import annotations

import email
import email.policy
import smtplib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from tests.clients import dovecot as dovecots
from tests.clients.dovecot import Dovecot
from tests.servers import identity_provider
from tests.servers import postfix as postfixes
from tests.servers.certificates import server_context
from tests.servers.identity_provider import IdentityProvider, Person
from tests.servers.ports import HOST
from tests.servers.postfix import Postfix
from tests.workspaces import OWNER

PASSWORD = "rue-de-Bethune-59"
SHARED = "accueil@mairie-lille.example"
"""A mailbox that has no password of its own, and which the owner may open."""

COLLEAGUE = "mlefebvre@mairie-lille.example"
PEOPLE = {OWNER: Person(PASSWORD, shared=SHARED), COLLEAGUE: Person(PASSWORD)}


def why_not() -> str | None:
    """Return why these servers cannot be started here, or None."""
    return dovecots.why_not() or postfixes.why_not() or identity_provider.why_not()


@dataclass(frozen=True, slots=True)
class House:
    """The running servers."""

    provider: IdentityProvider
    dovecot: Dovecot
    postfix: Postfix
    mail: Path
    certificate: Path | None

    def mailbox(self, address: str) -> list[EmailMessage]:
        """Return the messages that were delivered to an address, oldest first."""
        folder = self.mail / address
        files = [file for name in ("new", "cur") for file in (folder / name).glob("*")]
        return [
            _opened(file.read_bytes()) for file in sorted(files, key=lambda file: file.stat().st_mtime_ns)
        ]

    def deliver(self, sender: str, recipient: str, message: bytes) -> None:
        """Hand a message over as a server of somewhere else does: without a login."""
        with smtplib.SMTP(HOST, self.postfix.port) as client:
            client.sendmail(sender, [recipient], message)


def _opened(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


@contextmanager
def house(
    *known: str, seconds: int = 5, password: str = "", slowness: int = 0, tls: bool = False
) -> Iterator[House]:
    """Run the servers, whose access tokens last for so many seconds; with `password` Dovecot takes that, too.

    Postfix takes `slowness` seconds for each message. With `tls` everything is encrypted, as localhost.
    Postfix delivers into Dovecot's mailboxes: to anybody in the domain of the house, and to the addresses `known` for
    those who are logged in.
    """
    with ExitStack() as running:
        base = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="house-")))
        base.chmod(0o755)  # Their own users have to enter it.
        (base / "postfix").mkdir()
        certificate = _certificate(base) if tls else None
        provider = IdentityProvider(base / "identity", PEOPLE, seconds, certificate)
        running.callback(provider.stop)
        dovecot = Dovecot(
            base / "dovecot",
            password,
            introspection=provider.introspection,
            certificate=certificate,
        )
        running.callback(dovecot.stop)
        mail = base / "dovecot" / "mail"
        postfix = Postfix(
            base / "postfix", {**_settings(mail, dovecot.sasl, known, slowness), **_tls(certificate)}
        )
        running.callback(postfix.stop)
        yield House(provider, dovecot, postfix, mail, certificate)


def _certificate(folder: Path) -> Path:
    """Make a certificate for localhost; return a file of it and its key."""
    server_context(folder)
    made, both = sorted(folder.glob("localhost.*"), reverse=True), folder / "certificate-and-key.pem"
    both.write_bytes(b"".join(file.read_bytes() for file in made))
    return both


def _tls(certificate: Path | None) -> dict[str, str]:
    """Return the settings of a Postfix that offers STARTTLS, and logs nobody in without."""
    if certificate is None:
        return {}
    return {
        "smtpd_tls_security_level": "may",
        "smtpd_tls_auth_only": "yes",
        "smtpd_tls_cert_file": str(certificate),
        "smtpd_tls_key_file": str(certificate),
    }


def _settings(mail: Path, sasl: Path, known: Sequence[str], slowness: int) -> dict[str, str]:
    """Return the settings of a Postfix that delivers into the folder `mail`, and logs in at the socket `sasl`."""
    owner = mail.stat()
    mailboxes = " ".join(f"{{ {address} = {address}/ }}," for address in (*PEOPLE, SHARED, *known))
    return {
        "smtpd_sasl_auth_enable": "yes",
        "smtpd_sasl_type": "dovecot",
        "smtpd_sasl_path": str(sasl),
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject_unauth_destination",
        "smtpd_error_sleep_time": "0",
        "smtpd_end_of_data_restrictions": f"sleep {slowness}" if slowness else "",
        "alias_maps": "",
        "relay_domains": OWNER.partition("@")[2],
        "relay_transport": "virtual",
        "default_transport": "virtual",
        "recipient_delimiter": "+",
        "virtual_mailbox_base": str(mail),
        "virtual_mailbox_maps": f"inline:{{ {mailboxes} }}",
        "virtual_uid_maps": f"static:{owner.st_uid}",
        "virtual_gid_maps": f"static:{owner.st_gid}",
    }
