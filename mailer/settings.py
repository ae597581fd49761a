"""Read the settings from ``config/mailer.toml``, ``MAILER_*`` variables and secret files.

A variable wins over a secret file, and that over ``mailer.toml``, in which passwords are refused.
"""

from __future__ import annotations

import os
import re
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    IPvAnyAddress,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, SettingsError

from mailer.errors import ConfigError
from mailer.model.account import Account, Security
from mailer.model.host_name import may_stand_in_ehlo
from mailer.model.redaction import has_control

FILE = "config/mailer.toml"
SECRETS = "config/secrets"
SECRET = (
    ("smtp", "password"),
    ("smtp", "token"),
    ("imap", "password"),
    ("imap", "token"),
    ("dkim", "key"),
    ("oauth", "client_secret"),
)
"""Settings refused in the file, by table and name; their files in `SECRETS` are called ``smtp_password`` and so on."""


PORTS = {
    "smtp": {Security.TLS: 465, Security.STARTTLS: 587, Security.NONE: 25},
    "imap": {Security.TLS: 993, Security.STARTTLS: 143, Security.NONE: 143},
}
"""The usual port of each protocol, by how the connection is secured (RFC 8314 section 3)."""

OWN_ERRORS = ("helo-wrong", "address-unusable")
"""The codes of errors in a value that have a sentence of their own, in which the value is shown."""

SHOWN = re.compile(
    r"(int|float|bool)_\w+|enum|greater_than\w*|less_than\w*|finite_number|ip_any_address|tuple_type"
)
"""The types of errors (pydantic's names) in numbers, words to choose from and lists: only there is shown what was read.

Any other text may be a secret: a URL with a password in it, or a password under another name.
"""


_UNDECODED = re.compile("[\udc80-\udcff]")
_ADDRESS = re.compile(r"[!-?A-~]+@[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


class SettingsTable(BaseModel):
    """A table of the settings file, immutable; an unknown name is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @field_validator("*", mode="before")
    @classmethod
    def _is_one_line(cls, value: object, info: ValidationInfo) -> object:
        texts = [
            text for text in (value if isinstance(value, list | tuple) else [value]) if isinstance(text, str)
        ]
        if (
            info.field_name == "url"
        ):  # the path of a file may have octets that are no text in this locale (PEP 383)
            texts = [_UNDECODED.sub("", text) for text in texts]
        if info.field_name != "key" and any(map(has_control, texts)):
            raise PydanticCustomError("setting-control", "")
        return value


class ServerSettings(SettingsTable):
    """How to reach a mail server. `port` 0 stands for the usual one.

    `ca_file` is a file with certificate authorities that are believed besides the system's, relative to the workspace.
    `token` is an OAuth 2 access token, and `token_command` a command that prints one; with either, no password is used.
    """

    host: str = ""
    port: int = Field(default=0, ge=0, le=65535)
    security: Security = Security.TLS
    username: str = ""
    password: SecretStr = SecretStr("")
    ca_file: str = ""
    token: SecretStr = SecretStr("")
    token_command: str = ""

    def _account(self, protocol: str) -> Account:
        port = self.port or PORTS[protocol][self.security]
        return Account(self.host, port, self.security, self.username, self.password.get_secret_value())


class SmtpSettings(ServerSettings):
    """The SMTP server.

    `helo` is the name said in EHLO; empty for the machine's, or else the sender's domain. `envelope_from` is the address
    to which failure notices go (MAIL FROM), for servers that allow no other than the account's; empty for the organizer's.
    """

    helo: str = ""
    envelope_from: str = ""

    @field_validator("helo")
    @classmethod
    def _may_stand_in_ehlo(cls, name: str) -> str:
        if name and not may_stand_in_ehlo(name):
            raise PydanticCustomError("helo-wrong", "")
        return name

    @field_validator("envelope_from")
    @classmethod
    def _is_an_address(cls, address: str) -> str:
        if address and not _ADDRESS.fullmatch(address):
            raise PydanticCustomError("address-unusable", "")
        return address

    @property
    def account(self) -> Account:
        """Return the account to send from."""
        return self._account("smtp")


class ImapSettings(ServerSettings):
    """The IMAP server and the folders of the mailbox: `folder`, or those in `folders`, are read first, then the junk folders.

    `mailbox` is the mailbox to open, where it is not the user's own: its address, to which the user was given access.
    `aliases` are further addresses whose mail arrives in it.
    Answers that were read are moved to `done_folder`; empty leaves them where they are. `authserv_ids` names the servers
    whose Authentication-Results are believed (RFC 8601); none by default.
    """

    mailbox: str = ""
    aliases: tuple[str, ...] = ()
    folder: str = "INBOX"
    folders: tuple[str, ...] = ()
    done_folder: str = ""
    authserv_ids: tuple[str, ...] = ()

    @property
    def account(self) -> Account:
        """Return the account to read from."""
        return replace(self._account("imap"), mailbox=self.mailbox)

    @property
    def read_folders(self) -> tuple[str, ...]:
        """Return the folders to be read, the one to listen to first; where both settings are given, all of them."""
        alone = (self.folder,) if "folder" in self.model_fields_set or not self.folders else ()
        return tuple(dict.fromkeys((*alone, *self.folders)))


class StoreSettings(SettingsTable):
    """The database of the ledger, as a URL; by default the SQLite file ``data/mailer.sqlite`` in the workspace."""

    url: str = ""


class DeliverySettings(SettingsTable):
    """How fast and in which way messages are sent.

    `provider` is one of `mailer.providers.PROVIDERS`; empty means recognised by its server. `connections` are open at once,
    each for `per_connection` messages. `per_minute`, `per_hour` and `per_day` (a rolling day) limit all messages (0: no
    limit; None: the provider's limit), `per_domain` those per minute to one domain of recipients. Sending stops above
    `most_refused` per cent of refusals. With `own_return_address` every message has its own return path (VERP).
    `sent_folder` is the mailbox folder that gets copies; empty for none. Where it is None, that is the mailbox's own
    folder for sent mail, if the provider is known to leave copies to the sender.
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
    sent_folder: str | None = None

    @field_validator("per_domain")
    @classmethod
    def _fold_case(cls, limits: dict[str, int]) -> dict[str, int]:
        return {domain.casefold(): limit for domain, limit in limits.items()}


class DkimSettings(SettingsTable):
    """DKIM signing, for servers that do not sign themselves.

    `key` is the private key in PEM. Without a domain nothing is signed.
    """

    domain: str = ""
    selector: str = ""
    key: SecretStr = SecretStr("")


class OauthSettings(SettingsTable):
    """The application that an administrator registered with the mail provider, for `mailer login` (OAuth 2).

    `provider` is a row of `mailer.signin.endpoints`; empty means recognised by the servers. `tenant` is Microsoft's name
    for an organisation. Any other provider is found by its `issuer` (OpenID Connect Discovery) or by its endpoints,
    which win over both. Empty `scopes` stand for the provider's. `redirect_port` 0 takes any free port.
    """

    provider: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    tenant: str = ""
    issuer: str = ""
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    device_authorization_endpoint: str = ""
    revocation_endpoint: str = ""
    scopes: tuple[str, ...] = ()
    redirect_port: int = Field(default=0, ge=0, le=65535)


class FilesSettings(SettingsTable):
    """Who may read what the program writes: its owner, and with `group` the group of the system, too."""

    group: bool = False


class FindSettings(SettingsTable):
    """How the servers of an address are looked for.

    `online` false asks nobody. `dns` are the addresses of name servers, at `dns_port`; empty for those of this machine.
    `autoconfig` are URLs with ``{domain}`` and ``{address}``, asked in this order. `seconds` bounds each step.
    """

    online: bool = True
    dns: tuple[IPvAnyAddress, ...] = ()
    dns_port: int = Field(default=53, ge=1, le=65535)
    autoconfig: tuple[str, ...] = (
        "https://autoconfig.{domain}/mail/config-v1.1.xml?emailaddress={address}",
        "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
    )
    seconds: float = Field(default=5.0, gt=0, le=60)


class Settings(BaseSettings):
    """All settings of a workspace, validated."""

    model_config = SettingsConfigDict(
        env_prefix="MAILER_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    language: str = ""
    now: str = ""
    smtp: SmtpSettings = SmtpSettings()
    imap: ImapSettings = ImapSettings()
    store: StoreSettings = StoreSettings()
    delivery: DeliverySettings = DeliverySettings()
    dkim: DkimSettings = DkimSettings()
    oauth: OauthSettings = OauthSettings()
    files: FilesSettings = FilesSettings()
    find: FindSettings = FindSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return the sources in order of precedence: variables, then the file."""
        return env_settings, init_settings


def load(workspace: Path) -> Settings:
    """Read the settings of a workspace.

    Raises ConfigError: ``workspace-missing`` if there is no ``config/mailer.toml``, ``toml-syntax``,
    ``setting-unknown``, ``setting-wrong``, ``setting-control``, ``password-in-file``, ``secret-in-file``, ``secret-unreadable``.
    """
    file = workspace / FILE
    if not file.is_file():
        raise ConfigError("workspace-missing", file=str(file))
    try:
        text = file.read_text("utf-8-sig")
        tables = tomllib.loads(text)
    except UnicodeDecodeError:
        raise ConfigError("not-utf8", file=FILE) from None
    except OSError as error:
        raise ConfigError("file-unreadable", file=FILE, reason=error.strerror or "") from None
    except (ValueError, RecursionError) as error:  # RecursionError: brackets in brackets
        raise ConfigError.of_toml(FILE, text, ValueError(str(error)), _shown) from None
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
    store = tables.setdefault("store", {})
    if isinstance(store, dict) and not store.get("url"):
        store["url"] = _sqlite_url(workspace / "data" / "mailer.sqlite")
    return _validated(tables, text)


def finding(workspace: Path) -> FindSettings:
    """Return how servers are looked for, from variables alone where there is no workspace yet. Raises ConfigError."""
    if (workspace / FILE).is_file():
        return load(workspace).find
    return _validated({}, "").find


def _shown(line: str) -> str:
    """Return what may be shown of a line that cannot be read: names that are known, and never what stands behind them."""
    tables = {name: field.annotation for name, field in Settings.model_fields.items()}
    names = {key for table in tables.values() for key in getattr(table, "model_fields", ())}
    header = re.fullmatch(r"\[+\s*(\w+)\s*\]*", line)
    if header and header[1] in tables:
        return line
    key = re.match(r"(\w+)\s*=", line)
    hidden = {key for _table, key in SECRET} | {"url", "token_command"}
    return f"{key[1]} = …" if key and key[1] in names - hidden else ""


def _validated(tables: dict[str, Any], text: str) -> Settings:
    try:
        return Settings(**tables)
    except ValidationError as error:
        # Not from `error`: pydantic's errors, and what they hold, may be secrets.
        raise _explain(error, text) from None
    except SettingsError as error:
        named = re.search(r'field "(\w+)"', str(error))
        raise ConfigError("variable-no-list", read=named[1].upper() if named else "") from None


def _sqlite_url(file: Path) -> str:
    """Return the URL of a file; a "?" in its path would begin the options, a "%" a quoted octet."""
    return f"sqlite:///{file.resolve()}".replace("%", "%25").replace("?", "%3F")


def _secret(workspace: Path, name: str) -> str:
    """Return what a secret file holds, empty where there is none. Raises ConfigError ``secret-unreadable``."""
    file = workspace / SECRETS / name
    try:
        return file.read_text("utf-8-sig").strip()
    except (FileNotFoundError, NotADirectoryError):
        return ""
    except UnicodeDecodeError:
        reason = "no UTF-8"
    except OSError as error:
        reason = error.strerror or ""
    raise ConfigError("secret-unreadable", file=f"{SECRETS}/{name}", reason=reason)


def _explain(error: ValidationError, text: str) -> ConfigError:
    """Return an error that names the wrong setting, its source and line, and what is allowed; secrets are masked."""
    first = error.errors()[0]
    steps = tuple(str(step) for step in first["loc"] if not isinstance(step, int))
    name = ".".join(steps)
    variable_name = "MAILER_" + "__".join(steps).upper()
    read = os.environ.get(variable_name)
    source = variable_name if read is not None else FILE
    line = 0 if read is not None else _line(text, steps[-1])
    if first["type"] == "extra_forbidden":
        return ConfigError("setting-unknown", file=source, line=line, read=name)
    if first["type"] == "setting-control":
        if tuple(steps) in SECRET and read is None:
            source, line = f"{SECRETS}/{steps[0]}_{steps[-1]}", 0
        return ConfigError("setting-control", file=source, line=line, name=name)
    if steps in SECRET or not (first["type"] in OWN_ERRORS or SHOWN.fullmatch(first["type"])):
        return ConfigError("setting-wrong-hidden", file=source, line=line, name=name, wanted=_wanted(first))
    value = str(_value(tomllib.loads(text), steps) if read is None else read)
    value = re.sub(r"//[^/]*@", "//***@", value)
    if first["type"] in OWN_ERRORS:
        return ConfigError(first["type"], file=source, line=line, read=value, name=name)
    return ConfigError("setting-wrong", file=source, line=line, read=value, name=name, wanted=_wanted(first))


_WANTED = {
    "bool_parsing": "true, false",
    "int_parsing": "0, 1, 2 …",
    "ip_any_address": "192.0.2.53, 2001:db8::53",
    "tuple_type": '["…", "…"]',
    "string_type": '"…"',
    "model_type": "[…]",
    "dict_type": "[…]",
}


def _wanted(detail: Any) -> str:
    context = detail.get("ctx") or {}
    if "expected" in context:
        return str(context["expected"])
    bounds = [f"{sign} {context[key]}" for key, sign in (("ge", ">="), ("le", "<=")) if key in context]
    return ", ".join(bounds) or _WANTED.get(detail["type"], detail["type"])


def _value(tables: Any, steps: tuple[str, ...]) -> Any:
    for step in steps:
        tables = tables.get(step, "") if isinstance(tables, dict) else ""
    return tables


def _line(text: str, key: str) -> int:
    """Return the line, from 1, on which a key is first set; 0 if it is not."""
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.lstrip().startswith(key)), 0)
