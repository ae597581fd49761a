"""The mail servers: their settings as a form, finding them from an address, and trying them."""

from __future__ import annotations

import tomllib
from gettext import gettext as _

import tomlkit
from starlette.responses import Response

from mailer import files
from mailer.clear_text import addresses_here
from mailer.desk import signing_in
from mailer.desk.visit import Visit, digest
from mailer.errors import ConfigError, WireError
from mailer.jobs.find_servers import FoundServers
from mailer.model.redaction import has_control
from mailer.providers import MailProtocol
from mailer.wording import mail_servers, words
from mailer.workspace.check import NOTE, try_servers

SETTINGS = "config/mailer.toml"

FIELDS = {
    "smtp": ("host", "port", "security", "username", "ca_file", "helo", "envelope_from"),
    "imap": ("host", "port", "security", "username", "ca_file", "mailbox"),
}
"""The settings of each server that the form has; the first four are those that are found."""


def servers(visit: Visit) -> Response:
    """Show the mail servers as a form."""
    return _form(visit)


def save_servers(visit: Visit) -> Response:
    """Write the servers back with the comments kept, and the passwords into their own files."""
    written = {
        f"{table}.{key}": visit.said(f"{table}.{key}").strip()
        for table, keys in FIELDS.items()
        for key in keys
    }
    content = files.read(visit.workspace.path / SETTINGS)
    if visit.said("stamp") != digest(content):
        return _form(visit, written, stale=content.decode("utf-8"))
    passwords = {table: visit.said(f"{table}.password").strip() for table in FIELDS}
    if unsafe := _unsafe(written, passwords):
        return _form(visit, written, tried=[(False, text) for text in unsafe])
    _write(visit, written, passwords)
    return visit.go("/", _("Saved."))


def _unsafe(written: dict[str, str], passwords: dict[str, str]) -> list[str]:
    """Return why fields and passwords may not be saved: a password would go in clear, or a line end onto the wire."""
    fields = written | {f"{table}.password": password for table, password in passwords.items()}
    said = [
        words.said_of(ConfigError("setting-control", name=name))
        for name, text in fields.items()
        if has_control(text)
    ]
    for table in FIELDS:
        host, login = written[f"{table}.host"], written[f"{table}.username"]
        if host and login and written[f"{table}.security"] == "none" and not addresses_here(host):
            said.append(words.said_of(WireError(f"{table}-password-in-clear", host=host)))
    return said


def find_servers(visit: Visit) -> Response:
    """Find the servers of an address: write them where both took the password, else show them in the form."""
    address, password = visit.said("address").strip(), visit.said("password").strip()
    agreed = {str(host) for host in visit.form.getlist("agreed")}
    try:
        found = visit.workspace.find_servers(
            address, password=password, agree=lambda offer: offer.server.host in agreed
        )
    except ConfigError as error:
        return _form(visit, address=address, tried=[(False, words.error_sentence(error))])
    content = files.read(visit.workspace.path / SETTINGS)
    fields = _found(found)
    written = _settings(content) | fields
    if visit.said("stamp") != digest(content):
        return _form(visit, written, address=address, stale=content.decode("utf-8"))
    kept = [found.kept(protocol) for protocol in MailProtocol]
    if all(one is not None and one.signed_in for one in kept):
        _write(visit, written, dict.fromkeys(FIELDS, password))
        return visit.go("/servers", _("Both servers were found and took the password. Saved."))
    asked = {
        offer.server.host: mail_servers.question(offer, found.address)
        for offer in found.doubtful
        if found.kept(offer.protocol) is None
    }
    report = mail_servers.report(found)
    return _form(visit, written, address=address, report=report, asked=asked, filled=bool(fields))


def try_them(visit: Visit) -> Response:
    """Send a message to oneself through the servers that are saved, and say what became of it."""
    return _form(visit, tried=[(one.severity == NOTE, one.message) for one in try_servers(visit.workspace)])


def _form(
    visit: Visit,
    shown: dict[str, str] | None = None,
    *,
    address: str = "",
    report: list[tuple[str, list[str]]] | None = None,
    asked: dict[str, str] | None = None,
    filled: bool = False,
    tried: list[tuple[bool, str]] | None = None,
    stale: str = "",
) -> Response:
    """Show the page; `shown` is what the form holds instead of the settings as they are."""
    workspace = visit.workspace
    # Settings that cannot be read are told of before the file is shown.
    by_token = [name for name in ("smtp", "imap") if workspace.has_token(name)]
    content = files.read(workspace.path / SETTINGS)
    return visit.show(
        "servers.html",
        status=409 if stale else 200,
        shown=shown or _settings(content),
        stamp=digest(content),
        stale=stale,
        address=address,
        report=report or [],
        asked=asked or {},
        filled=filled,
        tried=tried or [],
        by_token=by_token,
        mailboxes=signing_in.mailboxes(workspace),
    )


def _settings(content: bytes) -> dict[str, str]:
    tables = tomllib.loads(content.decode("utf-8-sig"))
    return {
        f"{table}.{key}": str(tables.get(table, {}).get(key, ""))
        for table, keys in FIELDS.items()
        for key in keys
    }


def _found(found: FoundServers) -> dict[str, str]:
    """Return the fields of the servers that were kept."""
    fields: dict[str, str] = {}
    for protocol in MailProtocol:
        if kept := found.kept(protocol):
            server = kept.offer.server
            values = (server.host, str(server.port), server.security.value, kept.username)
            keys = FIELDS[protocol.value][: len(values)]
            fields |= {f"{protocol.value}.{key}": value for key, value in zip(keys, values, strict=True)}
    return fields


def _write(visit: Visit, written: dict[str, str], passwords: dict[str, str]) -> None:
    """Write fields into the settings with the comments kept, and passwords into their own files; empty ones stay."""
    path = visit.workspace.path
    document = tomlkit.parse(files.read(path / SETTINGS).decode("utf-8-sig"))
    for name, keys in FIELDS.items():
        table = document.setdefault(name, tomlkit.table())
        for key in keys:
            value: str | int = written[f"{name}.{key}"]
            if key == "port":
                value = int(value) if str(value).isdecimal() else 0
            if value not in ("", 0) or key in table:
                table[key] = value
    files.rewrite(path / SETTINGS, tomlkit.dumps(document).encode())
    for name, password in passwords.items():
        if password:
            files.write(path / "config" / "secrets" / f"{name}_password", password.encode())
    assert visit.workspace.settings
