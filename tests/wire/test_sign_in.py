"""Logging in with an access token over SMTP and IMAP, and what servers say that take no passwords."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from mailer.errors import SignInError, WireError
from mailer.model.account import Account, Security
from mailer.wire import sasl
from mailer.wire.imap import ImapAdapter
from mailer.wire.refused_logins import meaning
from mailer.wire.smtp import SmtpSender
from tests.servers.fault_smtp import Fault, FaultServer
from tests.servers.login_imap import LoginImap

BOTH = ["OAUTHBEARER", "XOAUTH2"]
LONG = "t" * 2000
"""A token as long as those of Microsoft, which does not fit into one line of a command."""


def by_smtp(server: FaultServer, token: str | SignInError | None, password: str = "") -> WireError | None:
    """Log in; return why that failed."""

    async def give() -> str:
        if isinstance(token, SignInError):
            raise token
        return token or ""

    async def go() -> None:
        async with server:
            account = replace(server.account, password=password)
            async with SmtpSender(account, token=None if token is None else give).connect():
                pass

    try:
        asyncio.run(go())
    except WireError as error:
        return error
    return None


def by_imap(server: LoginImap, token: str | None, **changed: object) -> WireError | None:
    """Log in and open the inbox; return why that failed."""
    with server.running():
        account = replace(server.account, **changed)  # type: ignore[arg-type]
        try:
            with ImapAdapter(account, token=None if token is None else lambda: token).open() as reader:
                reader.examine("INBOX")
        except WireError as error:
            return error
    return None


@pytest.mark.parametrize("mechanism", BOTH)
@pytest.mark.parametrize("token", ["good", LONG], ids=["short", "long"])
def test_a_token_over_smtp(mechanism: str, token: str) -> None:
    """Each mechanism carries a token, in one line or, where it is long, in two; another token is refused as that."""
    server = FaultServer(login=("camille@example.org", token), mechanisms=f"LOGIN {mechanism}")

    assert by_smtp(server, token) is None
    assert max(len(command) for command in server.commands if command.startswith("AUTH")) <= 510
    error = by_smtp(FaultServer(login=("camille@example.org", token), mechanisms=mechanism), "x" + token)
    assert error is not None
    assert (error.code, error.values["reply"]) == ("token-refused", 535)
    assert "401" in str(error)
    assert token not in str(error)


@pytest.mark.parametrize("mechanism", BOTH)
def test_a_token_over_imap(mechanism: str) -> None:
    """Each mechanism carries a token; another one is refused as that, with the server's reason, and never shown."""
    server = LoginImap(capabilities=f"IMAP4rev1 LOGINDISABLED AUTH={mechanism}")

    assert by_imap(server, "good") is None
    error = by_imap(LoginImap(capabilities=f"IMAP4rev1 AUTH={mechanism}"), "stale")
    assert error is not None
    assert error.code == "token-refused"
    assert "invalid_token" in str(error)
    assert "stale" not in str(error)


def test_the_standard_mechanism_goes_first() -> None:
    """Where both are offered OAUTHBEARER is used, where only XOAUTH2 is that, else none."""
    assert sasl.for_token(["plain", "xoauth2", "oauthbearer"]) == "OAUTHBEARER"
    assert sasl.for_token(["PLAIN", "XOAUTH2"]) == "XOAUTH2"
    assert sasl.for_token(["PLAIN", "LOGIN"]) == ""


def test_a_user_name_is_written_as_the_standard_wants() -> None:
    """A comma and an equals sign in a user name are escaped for OAUTHBEARER (RFC 5801)."""
    account = Account("h", 1, Security.TLS, "a=b,c@example.org")

    assert sasl.initial_response("OAUTHBEARER", account, "t").startswith(
        b"n,a=a=3Db=2Cc@example.org,\x01host=h\x01"
    )
    assert (
        sasl.initial_response("XOAUTH2", account, "t") == b"user=a=b,c@example.org\x01auth=Bearer t\x01\x01"
    )


@pytest.mark.parametrize(
    ("challenge", "shown"),
    [
        (b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}', "400"),
        (b'{"status":"invalid_token"}', "invalid_token"),
        (b'{"status":"Bearer abc.def"}', ""),
        (b"[]", ""),
        (b"\xff", ""),
    ],
)
def test_only_a_word_of_the_challenge_is_shown(challenge: bytes, shown: str) -> None:
    """The status is told; nothing that a server may have echoed is."""
    assert sasl.reason(challenge) == shown


def test_a_server_without_tokens_is_said() -> None:
    """A server that takes only passwords is told apart, over SMTP and IMAP."""
    smtp = by_smtp(FaultServer(login=("camille", "good"), mechanisms="PLAIN"), "good")
    imap = by_imap(LoginImap(capabilities="IMAP4rev1 AUTH=PLAIN"), "good")

    assert (smtp and smtp.code, imap and imap.code) == ("no-tokens", "no-tokens")


def test_a_server_without_passwords_is_said() -> None:
    """A server that takes only tokens is told apart, over SMTP and IMAP, and no password is given to it."""
    server = FaultServer(login=("camille", "good"), mechanisms="XOAUTH2")
    mailbox = LoginImap(capabilities="IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2")
    smtp, imap = by_smtp(server, None, "secret"), by_imap(mailbox, None)

    assert (smtp and smtp.code, imap and imap.code) == ("no-passwords", "no-passwords")
    assert not [line for line in (*server.commands, *mailbox.commands) if "LOGIN" in line or "AUTH" in line]


def test_no_token_in_clear() -> None:
    """A token is not given over an unencrypted connection to another machine."""
    account = Account("localhost", 0, Security.NONE, "camille")
    with LoginImap().running() as server:
        reached = replace(account, port=server.port, host="localhost.")
        try:
            with ImapAdapter(reached, token=lambda: "good").open():
                pass
        except WireError as error:
            assert error.code in ("token-in-clear", "imap-unreachable")  # noqa: PT017 - some resolvers know no final dot
        else:
            pytest.fail("the token was given")
        assert not [line for line in server.commands if "AUTHENTICATE" in line]


def test_no_token_to_be_had() -> None:
    """Why there is no token reaches the caller as it is."""
    error = by_smtp(FaultServer(login=("c", "good"), mechanisms="XOAUTH2"), SignInError("sign-in-missing"))

    assert error is not None
    assert (error.code, error.values["reply"]) == ("sign-in-missing", 0)


def test_a_mailbox_that_is_not_opened() -> None:
    """Exchange's answer where IMAP is off for a mailbox, or it is somebody else's, is told as that."""
    error = by_imap(LoginImap(connected=False), "good")

    assert error is not None
    assert error.code == "imap-not-connected"


EXCHANGE = "The Microsoft Exchange IMAP4 service is ready. [TABPADIAU]"
EXCHANGE_SMTP = "220 PR0P264CA0001.outlook.office365.com Microsoft ESMTP MAIL Service ready"
GMAIL_SMTP = "220 smtp.gmail.com ESMTP a1-20020a05 - gsmtp"
YAHOO_SMTP = "220 smtp.mail.yahoo.com ESMTP ready"
SMTP_SERVERS = [
    ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled. [PR0P264CA0001]", EXCHANGE_SMTP, "login-basic-off"),
    ("550 5.7.30 Basic authentication is not supported for Client Submission.", EXCHANGE_SMTP, "login-basic-off"),
    ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled", EXCHANGE_SMTP, "login-smtp-auth-off"),
    ("535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.", EXCHANGE_SMTP, "login-smtp-auth-off"),
    ("535 5.7.139 Authentication unsuccessful, user is locked by your organization's security defaults policy.", EXCHANGE_SMTP, "login-blocked-by-policy"),
    ("535 5.7.3 Authentication unsuccessful [PR0P264CA0001.outlook.com]", EXCHANGE_SMTP, "login-exchange"),
    ("534-5.7.9 Application-specific password required. For more information, go to\n534 5.7.9 https://support.google.com/mail/?p=InvalidSecondFactor - gsmtp", GMAIL_SMTP, "login-app-password"),
    ("534-5.7.14 Please log in via your web browser and then try again.\n534 5.7.14 - gsmtp", GMAIL_SMTP, "login-web"),
    ("535-5.7.8 Username and Password not accepted. For more information, go to\n535 5.7.8 https://support.google.com/mail/?p=BadCredentials - gsmtp", GMAIL_SMTP, "login-gmail"),
    ("535 5.7.0 (#AUTH005) Too many bad auth attempts.", YAHOO_SMTP, "login-yahoo"),
    ("535 5.7.0 (#MBR1212) Incorrect username or password", YAHOO_SMTP, "login-yahoo"),
    ("535 5.7.8 Error: authentication failed", "220 mail.example.org ESMTP Postfix", "login-or-sign-in"),
]  # fmt: skip


@pytest.mark.parametrize(("refusal", "greeting", "code"), SMTP_SERVERS, ids=[r[0][:28] for r in SMTP_SERVERS])
def test_a_password_refused_over_smtp(refusal: str, greeting: str, code: str) -> None:
    """What Exchange Online, Gmail and Yahoo answer to a password is told apart; another server's is a wrong one."""
    server = FaultServer(
        login=("camille", "token"),
        mechanisms="LOGIN XOAUTH2",
        refusal=refusal,
        faults=[Fault("greeting", greeting)],
    )
    error = by_smtp(server, None, "secret")

    assert error is not None
    assert error.code == code
    assert "secret" not in str(error)


GIMAP = "IMAP4rev1 UNSELECT IDLE NAMESPACE QUOTA ID XLIST CHILDREN X-GM-EXT-1 XYZZY SASL-IR AUTH=XOAUTH2 AUTH=PLAIN AUTH=PLAIN-CLIENTTOKEN AUTH=OAUTHBEARER"
YAHOO = "IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER ID MOVE NAMESPACE XYMHIGHESTMODSEQ UIDPLUS LITERAL+ CHILDREN X-MSG-EXT"
USUAL = "IMAP4rev1 AUTH=PLAIN IDLE"
IMAP_SERVERS = [
    ("LOGIN failed.", EXCHANGE, "IMAP4 IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR UIDPLUS", "login-exchange"),
    ("Basic authentication is disabled.", EXCHANGE, "IMAP4rev1 AUTH=XOAUTH2", "login-basic-off"),
    ("[ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833 (Failure)", "Gimap ready for requests", GIMAP, "login-app-password"),
    ("[AUTHENTICATIONFAILED] Invalid credentials (Failure)", "Gimap ready for requests", GIMAP, "login-gmail"),
    ("[ALERT] Please log in via your web browser: https://support.google.com/mail/accounts/answer/78754 (Failure)", "Gimap ready", GIMAP, "login-web"),
    ("[AUTHENTICATIONFAILED] LOGIN Invalid credentials", "IMAP4rev1 Hello", YAHOO, "login-yahoo"),
    ("[AUTHENTICATIONFAILED] Authentication failed.", "Dovecot ready.", USUAL, "imap-login-refused"),
    ("[AUTHENTICATIONFAILED] Authentication failed.", "Dovecot ready.", USUAL + " AUTH=XOAUTH2", "login-or-sign-in"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("refusal", "greeting", "capabilities", "code"), IMAP_SERVERS, ids=[r[0][:28] for r in IMAP_SERVERS]
)
def test_a_password_refused_over_imap(refusal: str, greeting: str, capabilities: str, code: str) -> None:
    """What Exchange Online, Gmail and Yahoo answer to a password is told apart; another server's is a wrong one."""
    error = by_imap(
        LoginImap(greeting=greeting, capabilities=capabilities, refusal=refusal), None, password="hush"
    )

    assert error is not None
    assert error.code == code
    assert "hush" not in str(error)


def test_a_password_with_accents() -> None:
    """One that LOGIN cannot carry goes by AUTHENTICATE PLAIN; where it is refused, it is in no error and no cause of one."""
    server = LoginImap(refusal="", password="Été-59€")

    assert by_imap(server, None, password="Été-59€") is None
    error = by_imap(LoginImap(refusal="[AUTHENTICATIONFAILED] no"), None, password="Été-59€")
    assert error is not None
    assert error.code == "login-or-sign-in"
    assert not [part for part in ("Été", "59€") if part in f"{error} {error.__cause__!r}"]


def test_a_password_that_is_right_is_taken() -> None:
    """A server that offers tokens beside passwords is still used with a password."""
    server = LoginImap(refusal="", password="right")

    assert by_imap(server, None, password="right") is None
    assert meaning("535 wrong", "", takes_token=False) == ""
