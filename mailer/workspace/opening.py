"""Open a workspace folder: its settings, campaigns, templates, clock, ledger and mail servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mailer.errors import ConfigError, UserError

if TYPE_CHECKING:
    from mailer.errors import WireError
    from mailer.jobs.find_servers import Agree, FoundServers, KeptServer
    from mailer.jobs.seal import Seal
    from mailer.jobs.send import Route
    from mailer.model.account import Account
    from mailer.model.campaign import Campaign
    from mailer.model.pace import Pace
    from mailer.providers import MailProtocol
    from mailer.settings import Settings
    from mailer.store import Store
    from mailer.wire import MailboxAdapter, Sender
    from mailer.wire.dns import DnsClient
    from mailer.wire.network import Network

CAMPAIGNS = "config/campaigns"

Clock = Callable[[], datetime]


class Workspace:
    """A folder with ``config/``, ``templates/`` and ``contacts/``, and the clock of the command.

    `rehearsal` is the moment given with ``--now``, at which the clock starts; None for the real time.
    """

    def __init__(self, path: Path, rehearsal: datetime | None = None) -> None:
        self.path = path
        self.rehearsal = rehearsal
        self._begun = datetime.now(UTC)  # noqa: TID251 - the one place that reads the clock

    def now(self) -> datetime:
        """Return the present moment in UTC, or the rehearsed one."""
        real = datetime.now(UTC)  # noqa: TID251
        return real if self.rehearsal is None else self.rehearsal.astimezone(UTC) + (real - self._begun)

    @cached_property
    def settings(self) -> Settings:
        """Return the settings from ``config/mailer.toml``, secret files and ``MAILER_*`` variables."""
        from mailer import settings

        return settings.load(self.path)

    def campaign(self, slug: str) -> Campaign:
        """Read one campaign; `slug` may also be the path of its file. Raises ConfigError ``campaign-missing``."""
        from mailer import campaign, files

        slug = Path(slug).stem if slug.endswith(".toml") else slug
        if slug not in self.slugs():
            raise ConfigError("campaign-missing", read=slug, known=", ".join(self.slugs()))
        name = f"{CAMPAIGNS}/{slug}.toml"
        return campaign.read(slug, name, files.read(self.path / name))

    def slugs(self) -> list[str]:
        """Return the names of the campaigns, sorted. Raises ConfigError ``workspace-missing``."""
        if not (self.path / "config" / "mailer.toml").is_file():
            raise ConfigError("workspace-missing", file=str(self.path / "config" / "mailer.toml"))
        return sorted(file.stem for file in (self.path / CAMPAIGNS).glob("*.toml"))

    def templates(self, campaign: Campaign) -> dict[str, bytes]:
        """Read the campaign's templates, images and attachments, by their name below the templates folder."""
        from mailer import files

        sources = files.tree(self.path / campaign.templates)
        for name in (*campaign.images, *campaign.attachments):
            if name not in sources:
                sources[name] = files.read(self.path / name)
        return sources

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the ledger, made if there is none, and close it at the end of the block."""
        from mailer.store import sqlite_file
        from mailer.store.sql import open_store

        url = self.settings.store.url
        file = sqlite_file(url)
        if file is not None:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                reason = error.strerror or ""
                raise UserError("file-unwritable", file=str(file.parent), reason=reason) from error
        store = open_store(url)
        try:
            yield store
        finally:
            store.close()

    @contextmanager
    def store_if_any(self) -> Iterator[Store | None]:
        """Open the ledger if there is one, else yield None; for reading, so that nothing is made."""
        if not (self.path / "config" / "mailer.toml").is_file():
            yield None
            return
        from mailer.store import sqlite_file

        file = sqlite_file(self.settings.store.url)
        if file is not None and not file.exists():
            yield None
            return
        with self.store() as store:
            yield store

    def sender(self) -> Sender:
        """Return what opens SMTP connections. Raises ConfigError if rehearsed mail would leave this machine."""
        from mailer.wire.smtp import SmtpSender

        account = self._reachable(self.settings.smtp.account, "smtp")
        if self.rehearsal is not None and not account.is_loopback:
            raise ConfigError("rehearsal-not-loopback", read=account.host, now=self.rehearsal.isoformat())
        tokens = self._token if self.settings.smtp.token.get_secret_value() else None
        return SmtpSender(account, token=tokens, per_connection=self.settings.delivery.per_connection)

    async def _token(self) -> str:
        """Read the access token anew, since the program that renews it may have rewritten its file."""
        from mailer import settings

        return settings.load(self.path).smtp.token.get_secret_value()

    def seal(self) -> Seal:
        """Return the per-message return path and DKIM signing that the settings ask for.

        Raises ConfigError ``dkim-incomplete`` if a domain is given without selector or key.
        """
        from mailer.jobs.seal import Seal
        from mailer.mime.dkim import signer

        dkim = self.settings.dkim
        key = dkim.key.get_secret_value()
        if dkim.domain and not (dkim.selector and key):
            missing = "key" if dkim.selector else "selector"
            raise ConfigError("dkim-incomplete", name=missing)
        sign = signer(dkim.domain, dkim.selector, key.encode()) if dkim.domain else None
        return Seal(self.settings.delivery.own_return_address, sign)

    def mailbox(self) -> MailboxAdapter:
        """Return what opens the mailbox over IMAP."""
        from mailer.wire.imap import ImapAdapter

        return ImapAdapter(self._reachable(self.settings.imap.account, "imap"), self.settings.imap.folder)

    def dns(self) -> DnsClient:
        """Return a DNS client that asks this machine's name servers, or those that the settings name."""
        from mailer import settings
        from mailer.wire.dns import DnsClient

        find = settings.finding(self.path)
        return DnsClient([str(server) for server in find.dns], find.dns_port)

    def find_servers(
        self, address: str, *, password: str = "", agree: Agree = lambda _offer: False
    ) -> FoundServers:
        """Return the mail servers of an address; see `mailer.jobs.find_servers`. Needs no workspace yet.

        Raises ConfigError ``address-unusable``.
        """
        from mailer import settings
        from mailer.jobs import find_servers

        templates = settings.finding(self.path).autoconfig
        return find_servers.find(
            address, self._network(), password=password, agree=agree, templates=templates
        )

    def try_server(
        self, address: str, protocol: MailProtocol, host: str, password: str = ""
    ) -> KeptServer | WireError:
        """Return a mail server that a person named for an address, or why it cannot be used."""
        from mailer.jobs import find_servers

        return find_servers.try_host(address, protocol, host, self._network(), password)

    def _network(self) -> Network:
        from mailer import settings
        from mailer.wire.network import Network, Offline

        find = settings.finding(self.path)
        return Network(self.dns(), find.seconds) if find.online else Offline()

    def pace(self) -> Pace:
        """Return how fast the account may send; all programs that send from this account share that pace.

        Raises ConfigError ``provider-unknown``.
        """
        from mailer import providers
        from mailer.model.pace import Pace

        account, delivery = self.settings.smtp, self.settings.delivery
        provider = providers.provider_by_name(delivery.provider) or providers.provider_by_host(account.host)
        if delivery.provider and (provider is None or provider.name != delivery.provider):
            known = ", ".join(one.name for one in providers.PROVIDERS)
            raise ConfigError("provider-unknown", read=delivery.provider, known=known)
        usual = (provider and provider.pace) or providers.CAUTIOUS
        return Pace(
            account=f"{account.username}@{account.host}",
            per_minute=usual.per_minute if delivery.per_minute is None else delivery.per_minute,
            per_hour=usual.per_hour if delivery.per_hour is None else delivery.per_hour,
            per_day=usual.per_day if delivery.per_day is None else delivery.per_day,
            per_domain=delivery.per_domain,
        )

    def route(self) -> Route:
        """Return how messages are sent. Raises ConfigError if the settings for DKIM or the provider are wrong."""
        from mailer.jobs.send import Route

        delivery = self.settings.delivery
        return Route(
            sender=self.sender,
            pace=self.pace(),
            connections=delivery.connections,
            most_refused=delivery.most_refused,
            seal=self.seal(),
            sent_folder=delivery.sent_folder,
        )

    def mailbox_address(self, campaign: Campaign) -> str:
        """Return the address whose mailbox is read: the IMAP user name where that is an address, else the organizer's."""
        username = self.settings.imap.username
        return username if "@" in username else campaign.organizer.address

    def _reachable(self, account: Account, name: str) -> Account:
        if not account.host:
            raise ConfigError("setting-missing", file="config/mailer.toml", name=f"{name}.host")
        if (
            account.username
            and not account.password
            and not (name == "smtp" and self.settings.smtp.token.get_secret_value())
        ):
            raise ConfigError("password-missing", name=name, variable=f"MAILER_{name.upper()}__PASSWORD")
        return account
