"""Look for the servers of a mailbox and try them: DNS, small files over HTTPS, and sessions with mail servers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from mailer.errors import WireError
from mailer.model.account import Account
from mailer.providers import MailProtocol, Server, SrvRecord
from mailer.wire.dialogue import Timeouts
from mailer.wire.dns import DnsClient
from mailer.wire.imap import ImapAdapter
from mailer.wire.smtp import SmtpSender
from mailer.wire.trouble import diagnosed
from mailer.wire.web import Page, fetch

T = TypeVar("T")


@dataclass
class Network:
    """The name servers, the web and mail servers, for `mailer.jobs.find_servers`; each step may take `seconds`.

    After a look-up that no name server answered, none is asked again: each would be waited for as long.
    """

    dns: DnsClient = field(default_factory=DnsClient)
    seconds: float = 5.0
    _unanswered: bool = False

    def receiving(self, domain: str) -> Sequence[str]:
        """Return the hosts that receive a domain's mail, none where no name server answers."""
        return self._looked_up(lambda: self.dns.mail_servers(domain))

    def services(self, name: str) -> Sequence[SrvRecord]:
        """Return the SRV records of a name, none where no name server answers."""
        return self._looked_up(lambda: self.dns.services(name))

    def _looked_up(self, look_up: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:
        if self._unanswered:
            return ()
        try:
            return look_up()
        except WireError:
            self._unanswered = True
            return ()

    def page(self, url: str, most: int) -> Page | None:
        """Return a file of at most so many octets; None if there is none."""
        return fetch(url, most=most, seconds=self.seconds)

    def attempt(
        self, protocol: MailProtocol, server: Server, username: str = "", password: str = ""
    ) -> WireError | None:
        """Connect, check the certificate, ask what the server can do, and sign in if a password is given.

        Returns what prevented it, None if nothing did.
        """
        account = Account(server.host, server.port, server.security, username if password else "", password)
        try:
            if protocol is MailProtocol.SMTP:
                asyncio.run(self._submit(account))
            else:
                self._read(account)
        except WireError as error:
            return error
        return None

    def explained(self, error: WireError, protocol: MailProtocol, server: Server) -> WireError:
        """Return what can be found out about why a server could not be used; it may be connected to again."""
        account = Account(server.host, server.port, server.security)
        return diagnosed(error, protocol.value, account, self.seconds)

    async def _submit(self, account: Account) -> None:
        patience = Timeouts(connect=self.seconds, command=self.seconds)
        try:
            session = await SmtpSender(account, timeouts=patience).open()
            await session.quit()
        finally:
            await asyncio.sleep(
                0.05
            )  # the loop closes a connection in its next rounds; it ends with this function
        if "auth" not in session.extensions:
            # Whoever asks nobody who they are is no submission server (RFC 6409): this one only receives.
            raise WireError("smtp-no-login", host=account.host, port=account.port)

    def _read(self, account: Account) -> None:
        adapter = ImapAdapter(account, timeout=self.seconds)
        if account.username:
            with adapter.open():
                return
        adapter.greet()


class Offline(Network):
    """No network: nothing is asked of anybody, and nothing can be tried."""

    def _looked_up(self, look_up: Callable[[], tuple[T, ...]]) -> tuple[T, ...]:  # noqa: ARG002
        return ()

    def page(self, url: str, most: int) -> Page | None:  # noqa: ARG002
        """Return None: there is no web."""
        return None

    def attempt(
        self,
        protocol: MailProtocol,
        server: Server,
        username: str = "",  # noqa: ARG002
        password: str = "",  # noqa: ARG002
    ) -> WireError:
        """Return the error that nothing was tried."""
        return WireError("server-untried", table=protocol.value, host=server.host, port=server.port)

    def explained(self, error: WireError, protocol: MailProtocol, server: Server) -> WireError:  # noqa: ARG002
        """Return the error: nothing can be found out."""
        return error
