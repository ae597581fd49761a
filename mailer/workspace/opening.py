"""Open a workspace folder: its settings, campaigns, templates, clock, ledger and mail servers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from mailer.errors import ConfigError, UserError

if TYPE_CHECKING:
    from mailer.errors import WireError
    from mailer.jobs.find_servers import Agree, FoundServers, KeptServer
    from mailer.jobs.seal import Seal
    from mailer.jobs.send import Route
    from mailer.model.account import Account
    from mailer.model.campaign import Campaign
    from mailer.model.pace import Pace
    from mailer.providers import MailProtocol, Provider
    from mailer.settings import ServerSettings, Settings
    from mailer.store import Store
    from mailer.wire import MailboxAdapter, Sender
    from mailer.wire.dns import DnsClient
    from mailer.wire.network import Network
    from mailer.workspace.within import NamedFiles

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

    @property
    def begun(self) -> datetime:
        """Return the real moment at which the command began, also where another one is rehearsed."""
        return self._begun

    def now(self) -> datetime:
        """Return the present moment in UTC, or the rehearsed one."""
        real = self.real_now()
        return real if self.rehearsal is None else self.rehearsal.astimezone(UTC) + (real - self._begun)

    def real_now(self) -> datetime:
        """Return the present moment in UTC, rehearsal or not, by which tokens of a provider end."""
        return datetime.now(UTC)  # noqa: TID251

    @cached_property
    def settings(self) -> Settings:
        """Return the settings from ``config/mailer.toml``, secret files and ``MAILER_*`` variables."""
        from mailer import files, settings

        loaded = settings.load(self.path)
        files.let_group_read(loaded.files.group)
        return loaded

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
        """Read the campaign's templates, images and attachments, by their name below the templates folder.

        Raises ConfigError for one that lies outside of the workspace, or among its secrets; see `within`.
        """
        return self._named_files().all(campaign)

    def readable(self, campaign: Campaign) -> tuple[dict[str, bytes], dict[str, UserError]]:
        """Read what `templates` reads, and return beside it the error of each image or attachment that cannot be read, by its name."""
        return self._named_files().readable(campaign)

    def texts(self, campaign: Campaign) -> dict[str, bytes]:
        """Read the files of the campaign's templates folder alone. Raises what `templates` raises."""
        return self._named_files().templates(campaign)

    def _named_files(self) -> NamedFiles:
        from mailer.store import sqlite_file
        from mailer.workspace.within import NamedFiles

        return NamedFiles(self.path, sqlite_file(self.settings.store.url))

    @contextmanager
    def store(self, *, empty: bool = False) -> Iterator[Store]:
        """Open the ledger, made if there is none, and close it at the end of the block.

        Raises StoreError ``ledger-empty`` for a file without content, unless `empty` allows one.
        """
        from mailer import files
        from mailer.store import sqlite_file
        from mailer.store.sql import open_store
        from mailer.workspace import memory

        url = self.settings.store.url
        file = sqlite_file(url)
        if file is not None:
            if not empty:
                memory.refuse_empty(self, file)
            try:
                files.make_folder(file.parent)
            except OSError as error:
                reason = error.strerror or ""
                raise UserError("file-unwritable", file=str(file.parent), reason=reason) from error
        store = open_store(url)
        try:
            yield store
        finally:
            store.close()

    def put_aside(self) -> Path | None:
        """Rename the file of a ledger that is damaged so far that it cannot be opened, and return its new name."""
        from mailer.errors import StoreError
        from mailer.store import sqlite_file

        file = sqlite_file(self.settings.store.url)
        if file is None or not file.exists():
            return None
        try:
            with self.store(empty=True) as store:
                store.size()
        except StoreError as error:
            if error.code != "store-damaged":
                raise
        else:
            return None
        names = (file.with_name(f"{file.name}.damaged-{n}") for n in itertools.count(1))
        aside = next(name for name in names if not name.exists())
        for end in ("-wal", "-shm"):
            file.with_name(f"{file.name}{end}").unlink(missing_ok=True)
        return file.rename(aside)

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

    def sender(self, token: Callable[[], str] | None = None) -> Sender:
        """Return what opens SMTP connections, with this access token instead of the settings' login if one is given.

        Raises ConfigError if rehearsed mail would leave this machine.
        """
        import asyncio

        from mailer.wire.smtp import SmtpSender

        tokens = token or self._tokens("smtp")
        account = self._reachable(self.settings.smtp.account, "smtp", tokens)
        if self.rehearsal is not None and not account.is_loopback:
            raise ConfigError("rehearsal-not-loopback", read=account.host, now=self.rehearsal.isoformat())

        async def give() -> str:
            assert tokens is not None
            return await asyncio.to_thread(tokens)

        return SmtpSender(
            account,
            token=give if tokens else None,
            helo=self.helo(),
            ca_file=self._ca_file(self.settings.smtp),
            per_connection=self.settings.delivery.per_connection,
        )

    def helo(self) -> str:
        """Return the name for EHLO: the one set, else the machine's, else the domain of the account or of a sender.

        It is empty where none of them is a full name that other networks may know.
        """
        from mailer.model.host_name import is_full
        from mailer.wire.machine import full_name

        smtp = self.settings.smtp
        if smtp.helo:
            return smtp.helo
        machine = full_name(look_up=not smtp.account.is_loopback)
        return next(filter(is_full, chain([machine], self._own_domains())), "")

    def _own_domains(self) -> Iterator[str]:
        """Yield the domain of the account and those of the campaigns' senders."""
        yield self.settings.smtp.username.rpartition("@")[2]
        for slug in self.slugs():
            with suppress(UserError):
                yield self.campaign(slug).sender.domain

    def has_token(self, name: Literal["smtp", "imap"]) -> bool:
        """Return whether a server is logged in to with a token, so that no password is needed."""
        return self._tokens(name) is not None

    def _tokens(self, name: Literal["smtp", "imap"]) -> Callable[[], str] | None:
        """Return what gives an access token for a server, or None where its login is a password."""
        from mailer import settings, signin

        table = getattr(self.settings, name)
        if table.token.get_secret_value():
            # Read anew each time, since the program that renews it may have rewritten its file.
            return lambda: str(getattr(settings.load(self.path), name).token.get_secret_value())
        if table.token_command:
            return partial(signin.run_token_command, table.token_command, self.path, name)
        kept = signin.TokenFile(self.path, table.username)
        if table.username and kept.exists():
            secret = self.settings.oauth.client_secret.get_secret_value()
            return partial(kept.access_token, secret, self.real_now)
        return None

    def seal(self) -> Seal:
        """Return the return path and DKIM signing that the settings ask for.

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
        return Seal(self.settings.delivery.own_return_address, sign, self.settings.smtp.envelope_from)

    def mailbox(self, token: Callable[[], str] | None = None) -> MailboxAdapter:
        """Return what opens the mailbox over IMAP, with this access token instead of the settings' login if one is given."""
        from mailer.wire.imap import ImapAdapter

        imap = self.settings.imap
        tokens = token or self._tokens("imap")
        account = self._reachable(imap.account, "imap", tokens)
        return ImapAdapter(account, imap.read_folders, token=tokens, ca_file=self._ca_file(imap))

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

        account, delivery, provider = self.settings.smtp, self.settings.delivery, self._provider()
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

    def _provider(self) -> Provider | None:
        from mailer import providers

        by_name = providers.provider_by_name(self.settings.delivery.provider)
        return by_name or providers.provider_by_host(self.settings.smtp.host)

    def sent_folder(self) -> str:
        """Return the mailbox folder that gets copies of what is sent, or its special use; empty for none."""
        from mailer.wire import SENT

        folder, provider = self.settings.delivery.sent_folder, self._provider()
        if folder is not None:
            return folder
        left_to_us = provider is not None and not provider.keeps_sent
        return SENT if left_to_us and self.settings.imap.host else ""

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
            sent_folder=self.sent_folder(),
        )

    def mailbox_address(self, campaign: Campaign) -> str:
        """Return the address whose mail is read: that of the mailbox, or the organizer's where it arrives there.

        A user name that is no address tells nothing, nor does one with a mailbox in it, behind a backslash (Exchange) or
        in front of an asterisk (Dovecot's master users): the organizer's is assumed.
        """
        from mailer.model.address import normal

        imap, organizer = self.settings.imap, campaign.organizer.address
        own = imap.mailbox or imap.username
        is_alias = normal(organizer) in map(normal, imap.aliases)
        return own if re.fullmatch(r"[^\\*\s]+@[^\\*\s]+", own) and not is_alias else organizer

    def _ca_file(self, server: ServerSettings) -> Path | None:
        return self.path / server.ca_file if server.ca_file else None

    def _reachable(
        self, account: Account, name: Literal["smtp", "imap"], tokens: Callable[[], str] | None
    ) -> Account:
        if not account.host:
            raise ConfigError("setting-missing", file="config/mailer.toml", name=f"{name}.host")
        if name == "imap" and not account.username:
            raise ConfigError("setting-missing", file="config/mailer.toml", name="imap.username")
        if account.username and not account.password and tokens is None:
            raise ConfigError("password-missing", name=name, variable=f"MAILER_{name.upper()}__PASSWORD")
        return account
