"""The door to the settings: ``config/mailer.toml``, ``MAILER_*`` variables and secret files.

A variable wins over a secret file, a secret file over nothing: passwords do not stand in ``mailer.toml``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from mailer.errors import ConfigError
from mailer.model.account import Account, Security
from mailer.model.pace import NO_DOMAINS

FILE = "config/mailer.toml"
SECRETS = "config/secrets"
SECRET = (("smtp", "password"), ("smtp", "token"), ("imap", "password"), ("dkim", "key"))
"""What may not stand in the file, by table and name; its secret file is called ``smtp_password`` and so on."""


class Table(BaseModel):
    """A table of the file: a name nobody knows is an error, never passed over."""

    model_config = {"extra": "forbid", "hide_input_in_errors": True}


class ServerTable(Table):
    """How to reach a mail server."""

    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = ""
    password: SecretStr = SecretStr("")


class SmtpTable(ServerTable):
    """The way out. `token` is an OAuth 2 access token, for servers that take no password (XOAUTH2)."""

    token: SecretStr = SecretStr("")


class DkimTable(Table):
    """How messages are signed, where the server does not sign them. `key` is the private key, in PEM."""

    domain: str = ""
    selector: str = ""
    key: SecretStr = SecretStr("")


class ImapTable(ServerTable):
    """The mailbox that is read: `folder` first, then the junk folder if the server names one.

    `done_folder` is where read answers are moved; empty leaves them where they are. `authserv_ids` names the servers whose Authentication-Results are believed (RFC 8601); nobody's by default.
    """

    folder: str = "INBOX"
    done_folder: str = ""
    authserv_ids: list[str] = []


class StoreTable(Table):
    """Where the ledger lies; empty for ``data/mailer.sqlite`` in the workspace."""

    url: str = ""


class DeliveryTable(Table):
    """How to send. Limits that are not given are the provider's; 0 is no limit.

    `per_domain` is messages a minute to one domain of recipients.
    """

    provider: str = ""
    connections: int = Field(default=1, ge=1, le=64)
    per_connection: int = Field(default=100, ge=0)
    per_minute: int | None = Field(default=None, ge=0)
    per_hour: int | None = Field(default=None, ge=0)
    per_day: int | None = Field(default=None, ge=0)
    per_domain: dict[str, Annotated[int, Field(ge=0)]] = {}
    most_refused: int = Field(default=20, ge=1, le=100)
    own_return_address: bool = False
    sent_folder: str = ""


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_prefix="MAILER_", env_nested_delimiter="__", extra="forbid", hide_input_in_errors=True
    )

    language: str = ""
    now: str = ""
    smtp: SmtpTable = SmtpTable()
    imap: ImapTable = ImapTable()
    store: StoreTable = StoreTable()
    delivery: DeliveryTable = DeliveryTable()
    dkim: DkimTable = DkimTable()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let a variable win over the file."""
        return env_settings, init_settings


@dataclass(frozen=True, slots=True)
class Delivery:
    """How to send.

    `connections` at once, each for `per_connection` messages. Messages per minute, hour and rolling day, and per minute
    to one domain (0: no limit; None: the provider's). `provider` is one of `mailer.outbox.PRESETS`, or empty: known by
    its server. Above `most_refused` per cent of refusals sending stops. `own_return_address`: every message has its
    own (VERP). `sent_folder` gets copies, where one is named.
    """

    connections: int
    per_minute: int | None
    per_hour: int | None
    per_day: int | None
    per_domain: Mapping[str, int] = field(default_factory=lambda: NO_DOMAINS)
    provider: str = ""
    per_connection: int = 100
    most_refused: int = 20
    own_return_address: bool = False
    sent_folder: str = ""


@dataclass(frozen=True, slots=True)
class Dkim:
    """How to sign. `key` is in PEM; without a domain nothing is signed."""

    domain: str
    selector: str
    key: str = field(repr=False)


NO_DKIM = Dkim("", "", "")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the workspace says, checked. `store_url` is a URL; `imap_folder` the folder answers come to."""

    language: str
    smtp: Account
    imap: Account
    imap_folder: str
    imap_done_folder: str
    authserv_ids: tuple[str, ...]
    store_url: str
    delivery: Delivery
    smtp_token: str = field(default="", repr=False)
    dkim: Dkim = NO_DKIM


def load(workspace: Path) -> Settings:
    """Read the settings of a workspace.

    Raises ConfigError: ``workspace-missing`` where there is no ``config/mailer.toml``, ``toml-syntax``,
    ``setting-unknown``, ``setting-wrong``, ``password-in-file``, ``secret-in-file``.
    """
    file = workspace / FILE
    if not file.is_file():
        raise ConfigError("workspace-missing", file=str(file))
    try:
        text = file.read_text("utf-8-sig")
        tables = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError("not-utf8", file=FILE) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError.of_toml(FILE, text, error) from error
    for name, key in SECRET:
        table = tables.get(name)
        if isinstance(table, dict):
            if key in table:
                code = "password-in-file" if key == "password" else "secret-in-file"
                line = _line(text, key)
                raise ConfigError(
                    code, file=FILE, line=line, name=name.upper(), key=key, file_name=f"{name}_{key}"
                )
            if secret := _secret(workspace, f"{name}_{key}"):
                table[key] = secret
    try:
        read = _Settings(**tables)
    except ValidationError as error:
        raise _explain(error, text) from error
    return Settings(
        language=read.language,
        smtp=_account(read.smtp, {"tls": 465, "starttls": 587, "none": 25}),
        imap=_account(read.imap, {"tls": 993, "starttls": 143, "none": 143}),
        imap_folder=read.imap.folder,
        imap_done_folder=read.imap.done_folder,
        authserv_ids=tuple(read.imap.authserv_ids),
        store_url=read.store.url or f"sqlite:///{(workspace / 'data' / 'mailer.sqlite').resolve()}",
        delivery=Delivery(
            connections=read.delivery.connections,
            per_minute=read.delivery.per_minute,
            per_hour=read.delivery.per_hour,
            per_day=read.delivery.per_day,
            per_domain={domain.casefold(): n for domain, n in read.delivery.per_domain.items()},
            provider=read.delivery.provider,
            per_connection=read.delivery.per_connection,
            most_refused=read.delivery.most_refused,
            own_return_address=read.delivery.own_return_address,
            sent_folder=read.delivery.sent_folder,
        ),
        smtp_token=read.smtp.token.get_secret_value(),
        dkim=Dkim(read.dkim.domain, read.dkim.selector, read.dkim.key.get_secret_value()),
    )


def _account(table: ServerTable, ports: dict[str, int]) -> Account:
    port = table.port or ports[table.security]
    password = table.password.get_secret_value()
    return Account(table.host, port, Security(table.security), table.username, password)


def _secret(workspace: Path, name: str) -> str:
    file = workspace / SECRETS / name
    return file.read_text("utf-8").strip() if file.is_file() else ""


def _explain(error: ValidationError, text: str) -> ConfigError:
    """Name the setting, where it came from, and what would do."""
    first = error.errors()[0]
    name = ".".join(str(step) for step in first["loc"])
    variable_name = "MAILER_" + "__".join(str(step).upper() for step in first["loc"])
    read = os.environ.get(variable_name)
    source = variable_name if read is not None else FILE
    line = 0 if read is not None else _line(text, str(first["loc"][-1]))
    value: Any = read
    if value is None:
        value = _value(tomllib.loads(text), first["loc"])
    if first["type"] == "extra_forbidden":
        return ConfigError("setting-unknown", file=source, line=line, read=name)
    secret = tuple(name.split(".")) in SECRET
    return ConfigError(
        "setting-wrong",
        file=source,
        line=line,
        read="***" if secret else str(value),
        name=name,
        wanted=_wanted(first),
    )


def _wanted(detail: Any) -> str:
    context = detail.get("ctx") or {}
    if "expected" in context:
        return str(context["expected"])
    bounds = [f"{sign} {context[key]}" for key, sign in (("ge", ">="), ("le", "<=")) if key in context]
    return ", ".join(bounds) or {"int_parsing": "0, 1, 2 …"}.get(detail["type"], detail["type"])


def _value(tables: Any, steps: tuple[int | str, ...]) -> Any:
    for step in steps:
        tables = tables.get(step, "") if isinstance(tables, dict) else ""
    return tables


def _line(text: str, key: str) -> int:
    """The line, from 1, on which a key is first set; 0 where it is not."""
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.lstrip().startswith(key)), 0)
