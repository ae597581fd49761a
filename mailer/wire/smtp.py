"""SMTP submission: connecting, encrypting and logging in with aiosmtplib, sending with `dialogue`.

aiosmtplib's own `send_message` is not used: it writes the message anew with Python's `email`, which breaks
DKIM signatures and List-Unsubscribe.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import re
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

import aiosmtplib

from mailer import clear_text
from mailer.errors import SignInError, WireError
from mailer.model.account import Account, Security
from mailer.model.host_name import EHLO_BLAMED
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import LoginRefused, Reply, Stage
from mailer.model.redaction import Redaction, has_control
from mailer.wire import refused_logins, sasl
from mailer.wire.content import dot_stuffed
from mailer.wire.dialogue import SERVICE_CLOSING, Dialogue, Timeouts
from mailer.wire.tls import client_context, is_of_unknown_authority

Token = Callable[[], Awaitable[str]]
"""A function that returns a valid OAuth 2 access token."""

_LINE = 510
"""Octets of a command without CRLF (RFC 5321 section 4.5.3.1.4); a longer token follows on a line of its own (RFC 4954)."""

_CHALLENGE, _AUTHENTICATED = 334, 235

_NOT_XCHAR = re.compile(r"[^!-~]|[+=]")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?= |$)")
_UNSAFE = re.compile(r"[\x00-\x20\x7f<>]")


class SmtpSender:
    """The SMTP server of an account.

    Authorities in `ca_file` are believed besides those of the system.
    `helo` is the argument of EHLO; where it is empty, the address of this end of the connection is (RFC 5321 section 4.1.3).
    `secrets` are hidden in whatever the server says.
    After `per_connection` messages (0: no limit) a new connection is made.
    """

    def __init__(
        self,
        account: Account,
        *,
        token: Token | None = None,
        timeouts: Timeouts | None = None,
        helo: str = "",
        per_connection: int = 100,
        ca_file: Path | None = None,
    ) -> None:
        self.account = account
        self.per_connection = per_connection
        self._token = token
        self._timeouts = timeouts or Timeouts()
        self._helo = helo
        self._ca_file = ca_file
        self._tls: ssl.SSLContext | None = None
        self.secrets = Redaction(account.password)

    @asynccontextmanager
    async def connect(self) -> AsyncIterator[SmtpConnection]:
        """Open a session.

        Raises WireError ``smtp-unknown-host``, ``smtp-unreachable``, ``smtp-timeout``, ``smtp-turned-away``,
        ``smtp-helo-refused``, ``smtp-certificate``, ``smtp-authority-unknown``, ``smtp-tls``, ``smtp-no-starttls``,
        ``smtp-no-login``, ``smtp-login-refused``, ``smtp-password-in-clear``, ``smtp-not-smtp``, ``login-unsound``, ``no-passwords``,
        ``no-tokens``, ``token-refused``, a code of `refused_logins`, or one of `client_context`; SignInError if no token
        can be had.
        """
        connection = SmtpConnection(self, await self.open())
        try:
            yield connection
        finally:
            await connection.quit()

    async def open(self) -> Dialogue:
        """Connect, encrypt and log in. Raises WireError, also where the password would be sent in clear."""
        account = self.account
        secured = account.security is not Security.NONE
        if has_control(f"{account.username}{account.password}"):
            raise self._error("login-unsound")
        if (
            account.username
            and not secured
            and not await asyncio.to_thread(clear_text.addresses_here, account.host)
        ):
            raise self._error("smtp-password-in-clear")
        client = aiosmtplib.SMTP(
            hostname=account.host,
            port=account.port,
            use_tls=account.security is Security.TLS,
            start_tls=False,
            tls_context=self._context() if secured else None,
            local_hostname="localhost",  # replaced in `_prepare`; without a value aiosmtplib asks the DNS for one
            timeout=self._timeouts.connect,
        )
        try:
            with self._explained(client):
                return await self._prepare(client)
        except BaseException:
            client.close()
            raise

    async def _prepare(self, client: aiosmtplib.SMTP) -> Dialogue:
        greeting = await client.connect()
        client.local_hostname = self._helo or _address_literal(client)
        await _ehlo(client)
        if self.account.security is Security.STARTTLS:
            if not client.supports_extension("starttls"):
                raise self._error("smtp-no-starttls")
            await client.starttls()
            await _ehlo(client)
        transport = cast("asyncio.Transport", client.transport)
        if self.account.username:
            in_clear = self.account.security is Security.NONE
            # The name may lead elsewhere now than a moment ago.
            if in_clear and not clear_text.peer_is_here(transport.get_extra_info("peername")):
                raise self._error("smtp-password-in-clear")
            await self._log_in(client, greeting.message)
        size = client.esmtp_extensions.get("size", "").strip()
        most = int(size) if size.isascii() and size.isdigit() else 0
        return Dialogue(transport, frozenset(client.esmtp_extensions), self._timeouts, most_octets=most)

    async def _log_in(self, client: aiosmtplib.SMTP, greeting: str) -> None:
        offered = client.server_auth_methods
        if self._token is not None:
            if not (mechanism := sasl.for_token(offered)):
                raise self._error("no-tokens")
            given = await self._token()
            self.secrets = Redaction(self.account.password, given)
            await self._give_token(client, mechanism, given)
        elif client.supported_auth_methods:
            try:
                await client.login(self.account.username, self.account.password)
            except aiosmtplib.SMTPAuthenticationError as error:
                takes_token = bool(sasl.for_token(offered))
                said = f"{error.code} {error.message}"
                code = refused_logins.meaning(said, greeting, takes_token=takes_token)
                raise self._error(code or "smtp-login-refused", error.code, error.message) from error
        else:
            raise self._error("no-passwords" if sasl.for_token(offered) else "smtp-no-login")

    async def _give_token(self, client: aiosmtplib.SMTP, mechanism: str, token: str) -> None:
        """Log in with an access token; a server that refuses it says why in a challenge, which has to be answered."""
        given = base64.b64encode(sasl.initial_response(mechanism, self.account, token))
        command = b"AUTH " + mechanism.encode()
        if len(command) + 1 + len(given) <= _LINE:
            answer = await client.execute_command(command, given)
        else:
            answer = await client.execute_command(command)
            if answer.code == _CHALLENGE:
                answer = await client.execute_command(given)
        why = ""
        if answer.code == _CHALLENGE:
            with contextlib.suppress(ValueError):
                why = sasl.reason(base64.b64decode(answer.message))
            answer = await client.execute_command(base64.b64encode(sasl.answer_to_refusal(mechanism)))
        if answer.code != _AUTHENTICATED:
            said = f"{answer.message} {why}".strip()
            known = refused_logins.meaning(said, "", takes_token=False)
            raise self._error(known or "token-refused", answer.code, said)

    def _context(self) -> ssl.SSLContext:
        """Return the TLS context, made once, since loading the system's certificates takes long."""
        if self._tls is None:
            self._tls = client_context(self._ca_file)
        return self._tls

    @contextlib.contextmanager
    def _explained(self, client: aiosmtplib.SMTP) -> Iterator[None]:
        """Turn exceptions of aiosmtplib into a WireError."""
        try:
            yield
        except aiosmtplib.SMTPHeloError as error:
            code = "smtp-helo-refused" if _of_the_name(error) else "smtp-turned-away"
            raise self._error(code, error.code, error.message, client.local_hostname or "") from error
        except aiosmtplib.SMTPResponseException as error:
            code = "smtp-turned-away" if error.code > 0 else "smtp-not-smtp"
            raise self._error(code, max(error.code, 0), error.message) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise self._error(_code(error), 0, _reason(error)) from error

    def _error(self, code: str, reply: int = 0, reason: str = "", helo: str = "") -> WireError:
        return WireError(
            code,
            host=self.account.host,
            port=self.account.port,
            name="smtp",
            username=self.account.username,
            reply=reply,
            reason=self.secrets.of(reason),
            helo=helo,
        )


class SmtpConnection:
    """An SMTP session that connects again when the server has closed the connection."""

    def __init__(self, sender: SmtpSender, dialogue: Dialogue) -> None:
        self._sender = sender
        self._dialogue = dialogue

    @property
    def most_octets(self) -> int:
        """Return the size that the server announces; see `mailer.wire.Connection`."""
        return self._dialogue.most_octets

    async def send(self, message: OutgoingMessage) -> Reply:
        """Run one mail transaction; see `mailer.wire.Connection`.

        If a connection used before is lost or closed with 421 (idle too long, too many messages), the message
        is sent once more on a new one, as long as the final dot was not sent.
        """
        if refused := _local_refusal(message, self._dialogue.extensions):
            return refused
        reused = self._dialogue.transactions > 0
        if self._must_reconnect():
            reused = False
            if refused := await self._reconnect():
                return refused
        reply = await self._transact(message)
        if reused and reply.code in (0, SERVICE_CLOSING) and reply.stage is not Stage.DOT:
            return await self._reconnect() or await self._transact(message)
        return reply

    async def probe(self, envelope_from: str, recipient: str) -> Reply | None:
        """Return the server's refusal of this sender or recipient, or None; no message is sent."""
        if any(_UNSAFE.search(address) or not address.isascii() for address in (envelope_from, recipient)):
            return Reply(Stage.RCPT, 553, "5.1.3 not an address")
        refused = await self._dialogue.probe(
            f"MAIL FROM:<{envelope_from}>".encode(), f"RCPT TO:<{recipient}>".encode()
        )
        return refused and self._clean(refused)

    async def quit(self) -> None:
        """Send QUIT and close the connection."""
        await self._dialogue.quit()

    def _must_reconnect(self) -> bool:
        enough = self._sender.per_connection
        return not self._dialogue.usable or bool(enough and self._dialogue.transactions >= enough)

    async def _reconnect(self) -> Reply | None:
        """Replace the connection by a new one; return a reply with the reason if that fails."""
        await self._dialogue.quit()
        try:
            self._dialogue = await self._sender.open()
        except WireError as error:
            early = error.code.startswith("smtp-") and "-login" not in error.code
            code, reason = cast("int", error.values["reply"]), str(error.values["reason"])
            if isinstance(
                error, SignInError
            ):  # no server's words: the code of a sentence, and what it is about
                about = reason or str(error.values.get("username", ""))
                early, reason = error.passes, f"{error.code} {about}".strip()
            stage = Stage.CONNECT if early else Stage.AUTH
            said = reason or error.code
            if early or code // 100 == 4:
                return Reply(stage, code, said)
            return LoginRefused(stage, code, said, error=error)
        return None

    async def _transact(self, message: OutgoingMessage) -> Reply:
        mail, rcpt = _commands(message, self._dialogue.extensions)
        return self._clean(await self._dialogue.transact(mail, rcpt, dot_stuffed(message.content)))

    def _clean(self, reply: Reply) -> Reply:
        """Return a reply without a password that the server repeats in it: replies are recorded, and shown."""
        status = _STATUS.match(reply.text)
        at = status.end() if status else 0  # by the status it is judged
        said = reply.text[:at] + self._sender.secrets.of(reply.text[at:])
        return reply if said == reply.text else replace(reply, text=said)


def _local_refusal(message: OutgoingMessage, extensions: frozenset[str]) -> Reply | None:
    """Return a refusal of addresses that would break the session, and so the messages after this one."""
    for stage, address in ((Stage.MAIL, message.envelope_from), (Stage.RCPT, message.recipient)):
        if _UNSAFE.search(address) or (stage is Stage.RCPT and "@" not in address):
            return Reply(stage, 501 if stage is Stage.MAIL else 553, "5.1.3 not an address")
    if not message.recipient.isascii() and "smtputf8" not in extensions:
        return Reply(Stage.RCPT, 553, "5.6.7 the server takes no such address (SMTPUTF8)")
    return None


def _commands(message: OutgoingMessage, extensions: frozenset[str]) -> tuple[bytes, bytes]:
    """Write MAIL and RCPT with the parameters SIZE, BODY, SMTPUTF8 and DSN (RFC 3461) the server offers."""
    mail, rcpt = f"MAIL FROM:<{message.envelope_from}>", f"RCPT TO:<{message.recipient}>"
    if "size" in extensions:
        mail += f" SIZE={len(message.content)}"
    if "8bitmime" in extensions and not message.content.isascii():
        mail += " BODY=8BITMIME"
    if not (message.recipient + message.envelope_from).isascii():
        mail += " SMTPUTF8"
    elif "dsn" in extensions:
        mail += f" RET=HDRS ENVID={xtext(message.message_id.strip('<>'))}"
        rcpt += f" NOTIFY=FAILURE,DELAY ORCPT=rfc822;{xtext(message.recipient)}"
    return mail.encode(), rcpt.encode()


def xtext(text: str) -> str:
    """Encode a value as xtext, RFC 3461 section 4."""
    return _NOT_XCHAR.sub(lambda match: f"+{ord(match[0]):02X}", text)


async def _ehlo(client: aiosmtplib.SMTP) -> None:
    """Send EHLO, or HELO to a server that does not know EHLO."""
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError as error:
        if error.code // 100 != 5 or not client.is_connected:
            raise
        await client.helo()


def _address_literal(client: aiosmtplib.SMTP) -> str:
    """Return the address of this end of the connection as it stands in EHLO."""
    address, *_ = cast("asyncio.Transport", client.transport).get_extra_info("sockname")
    return f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"


def _of_the_name(error: aiosmtplib.SMTPHeloError) -> bool:
    """Return whether EHLO was refused for the name in it, by code (RFC 5321 section 4.3.2) or words."""
    return error.code in (501, 504) or re.search(EHLO_BLAMED, error.message, re.IGNORECASE) is not None


def _code(error: Exception) -> str:
    """Return the error code for a failed connection, by the exception that caused it."""
    causes = [error, *filter(None, (error.__cause__, error.__context__))]
    if any(map(is_of_unknown_authority, causes)):
        return "smtp-authority-unknown"
    for kind, code in (
        (ssl.SSLCertVerificationError, "smtp-certificate"),
        (ssl.SSLError, "smtp-tls"),
        (socket.gaierror, "smtp-unknown-host"),
        (TimeoutError, "smtp-timeout"),
    ):
        if any(isinstance(cause, kind) for cause in causes):
            return code
    return "smtp-unreachable"


def _reason(error: Exception) -> str:
    cause = error.__cause__ or error
    return str(getattr(cause, "verify_message", "") or getattr(cause, "strerror", "") or cause)
