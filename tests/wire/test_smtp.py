"""SMTP submission, to a server that fails on demand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailer.errors import WireError
from mailer.model.account import Security
from mailer.model.invitation import Kind, MessageKey
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import Reply, Stage
from mailer.wire.smtp import SmtpSender, xtext
from tests.servers.certificates import of_the_house, server_context
from tests.servers.fault_smtp import Break, Fault, FaultServer

PLAIN = ("SIZE 10240000", "8BITMIME")
PIPELINED = ("PIPELINING", *PLAIN)


def message(recipient: str = "marie@example.org", content: bytes = b"") -> OutgoingMessage:
    """Return a short message."""
    return OutgoingMessage(
        campaign="c",
        invitee="r1",
        key=MessageKey(Kind.INVITATION, 0, 1),
        message_id="<m1@example.net>",
        envelope_from="mairie@example.net",
        recipient=recipient,
        content=content or b"Subject: hello\r\n\r\nBonjour\r\n",
    )


def send(server: FaultServer, *messages: OutgoingMessage, **options: object) -> list[Reply]:
    """Send messages over one connection; return the replies."""

    async def go() -> list[Reply]:
        async with server:
            sender = SmtpSender(server.account, timeouts=server.patience, **options)  # type: ignore[arg-type]
            async with sender.connect() as connection:
                return [await connection.send(each) for each in messages]

    return asyncio.run(go())


def connecting(server: FaultServer, **options: object) -> WireError:
    """Return why no connection can be had."""

    async def go() -> None:
        async with server, SmtpSender(server.account, timeouts=server.patience, **options).connect():  # type: ignore[arg-type]
            pass

    with pytest.raises(WireError) as caught:
        asyncio.run(go())
    return caught.value


@pytest.fixture(params=[PLAIN, PIPELINED], ids=["in-turn", "pipelined"])
def offers(request: pytest.FixtureRequest) -> tuple[str, ...]:
    """Give the extensions of a server with PIPELINING, and of one without."""
    extensions: tuple[str, ...] = request.param
    return extensions


def test_octets_arrive_as_given(offers: tuple[str, ...]) -> None:
    """Leading dots, long lines and 8-bit octets reach the server as they were handed over."""
    content = (
        b"Subject: x\r\n\r\n.\r\n..two\r\n.dot\r\n" + "é".encode() * 400 + b"\r\n" + b"y" * 70_000 + b"\r\n"
    )
    server = FaultServer(extensions=offers)

    replies = send(server, message(content=content))

    assert [reply.code for reply in replies] == [250]
    assert [each.content for each in server.accepted] == [content]


def test_lone_line_ends_cannot_smuggle_a_message(offers: tuple[str, ...]) -> None:
    """A dot between lone line ends is no end of the message for any server."""
    content = b"Subject: x\n\nhello\n.\nMAIL FROM:<evil@example.net>\r.\rend"
    server = FaultServer(extensions=offers)

    send(server, message(content=content))

    assert len(server.accepted) == 1
    assert b"\r\n.\r\nMAIL" in server.accepted[0].content


def test_many_messages_share_a_connection(offers: tuple[str, ...]) -> None:
    """One connection carries message after message."""
    server = FaultServer(extensions=offers)

    replies = send(server, *[message(f"p{n}@example.org") for n in range(20)])

    assert {reply.code for reply in replies} == {250}
    assert server.connections == 1
    assert len(server.accepted) == 20


REFUSALS = [
    ("mail", Stage.MAIL, "550 5.7.1 go away"),
    ("rcpt", Stage.RCPT, "550 5.1.1 no such user"),
    ("rcpt", Stage.RCPT, "451 4.7.1 greylisted"),
    ("data", Stage.DATA, "452 4.3.1 no room"),
    ("dot", Stage.DOT, "554 5.7.1 spam"),
]


@pytest.mark.parametrize(("at", "stage", "says"), REFUSALS, ids=[f"{r[0]}-{r[2][:3]}" for r in REFUSALS])
def test_a_refusal_is_a_reply_and_harms_no_other_message(
    offers: tuple[str, ...], at: str, stage: Stage, says: str
) -> None:
    """A refused transaction gives its stage, code and words; the next message on the connection goes through."""
    server = FaultServer(faults=[Fault(at, says, times=1)], extensions=offers)

    replies = send(server, message("a@example.org"), message("b@example.org"))

    assert replies[0] == Reply(stage, int(says[:3]), says[4:])
    assert replies[1].code == 250
    assert [each.recipient for each in server.accepted] == ["b@example.org"]
    assert server.connections == 1


def test_a_server_that_says_354_to_no_recipient_gets_its_dot() -> None:
    """Where DATA is accepted although the recipient was refused, nobody gets anything and the dialogue goes on."""
    faults = [Fault("rcpt", "550 5.1.1 no", to="a", times=1)]
    server = FaultServer(faults=faults, extensions=PIPELINED, eager=True)

    replies = send(server, message("a@example.org"), message("b@example.org"))

    assert [reply.code for reply in replies] == [550, 250]


LOSSES = [
    ("mail", Stage.MAIL),
    ("rcpt", Stage.RCPT),
    ("data", Stage.DATA),
    ("dot", Stage.DOT),
]


@pytest.mark.parametrize("does", [Break.DROP, Break.HANG, Break.GARBAGE], ids=lambda does: does.value)
@pytest.mark.parametrize(("at", "stage"), LOSSES, ids=[at for at, _ in LOSSES])
def test_a_loss_says_how_far_the_dialogue_had_come(
    offers: tuple[str, ...], at: str, stage: Stage, does: Break
) -> None:
    """A lost, silent or babbling server is code 0 at its stage; the next message finds a new connection."""
    server = FaultServer(faults=[Fault(at, does, times=1)], extensions=offers)

    replies = send(server, message("a@example.org"), message("b@example.org"))

    assert (replies[0].stage, replies[0].code) == (stage, 0)
    assert replies[1].code == 250
    assert server.connections == 2


def test_a_reply_to_nothing_is_no_answer_to_the_content() -> None:
    """A server that answers before it was given the content has not taken it."""
    server = FaultServer(
        faults=[Fault("data", "354 go ahead\n250 2.0.0 taken", times=1)], extensions=PIPELINED
    )

    replies = send(server, message("a@example.org"), message("b@example.org"))

    assert (replies[0].stage, replies[0].code) == (Stage.DATA, 0)
    assert replies[1].code == 250
    assert [received.recipient for received in server.received] == ["b@example.org"]


def test_a_loss_amid_a_large_content_is_no_doubt(offers: tuple[str, ...]) -> None:
    """A server that leaves amid more than it can have taken has not got the final dot."""
    server = FaultServer(faults=[Fault("content", Break.DROP, times=1)], extensions=offers)

    replies = send(server, message(content=b"x: y\r\n\r\n" + b"line\r\n" * 4_000_000))

    assert (replies[0].stage, replies[0].code) == (Stage.DATA, 0)


def test_slow_octets_are_waited_for(offers: tuple[str, ...]) -> None:
    """A reply that trickles in is a reply."""
    server = FaultServer(faults=[Fault("dot", Break.SLOW)], extensions=offers)

    assert send(server, message())[0] == Reply(Stage.DOT, 250, "2.0.0 queued")


def test_a_reply_of_several_lines_is_one_text() -> None:
    """The enhanced code stands once, in front."""
    says = "550-5.1.1 The account does not exist.\n550-5.1.1 Look for typing errors.\n550 5.1.1 Bye"
    server = FaultServer(faults=[Fault("rcpt", says)])

    assert send(server, message())[0] == Reply(
        Stage.RCPT, 550, "5.1.1 The account does not exist. Look for typing errors. Bye"
    )


@pytest.mark.parametrize("at", ["mail", "rcpt", "data"])
def test_421_on_a_used_connection_is_met_anew(offers: tuple[str, ...], at: str) -> None:
    """A server that has had enough after some messages gets the rest over a new connection, none lost or doubled."""
    faults = [Fault(at, "421 4.7.0 enough for now", after=3, times=1)]
    server = FaultServer(faults=faults, extensions=offers)

    replies = send(server, *[message(f"p{n}@example.org") for n in range(6)])

    assert [reply.code for reply in replies] == [250] * 6
    assert [each.recipient for each in server.accepted] == [f"p{n}@example.org" for n in range(6)]
    assert server.connections == 2


def test_421_on_a_fresh_connection_is_the_answer() -> None:
    """A server that turns the first message away is believed."""
    server = FaultServer(faults=[Fault("mail", "421 4.7.0 try later")])

    assert send(server, message())[0] == Reply(Stage.MAIL, 421, "4.7.0 try later")


def test_421_after_the_dot_is_not_sent_again() -> None:
    """The message was given whole, so the reply stands."""
    server = FaultServer(faults=[Fault("dot", "421 4.3.0 closing", after=1, times=1)])

    replies = send(server, message("a@example.org"), message("b@example.org"), message("c@example.org"))

    assert [reply.code for reply in replies] == [250, 421, 250]
    assert [each.recipient for each in server.received] == ["a@example.org", "b@example.org", "c@example.org"]


def test_a_lost_server_is_a_reply_at_connect() -> None:
    """When no new connection is to be had, the reply says so and nothing is raised."""
    faults = [Fault("dot", Break.DROP, times=1), Fault("greeting", "554 5.3.2 closed", after=1)]
    server = FaultServer(faults=faults)

    replies = send(server, message(), message())

    assert (replies[0].stage, replies[0].code) == (Stage.DOT, 0)
    assert replies[1] == Reply(Stage.CONNECT, 554, "5.3.2 closed")


def test_a_connection_carries_so_many() -> None:
    """After `per_connection` messages the next goes over a new connection."""
    server = FaultServer()

    send(server, *[message(f"p{n}@example.org") for n in range(7)], per_connection=3)

    assert server.connections == 3
    assert server.commands.count("QUIT") == 3


BAD = [
    "marie",
    "marie@example.org>\r\nRCPT TO:<eve@example.org",
    "marie @example.org",
    "",
]


@pytest.mark.parametrize("address", BAD, ids=["no-at", "injection", "space", "empty"])
def test_a_bad_recipient_never_reaches_the_server(offers: tuple[str, ...], address: str) -> None:
    """What is no address is refused here, and the message after it is not harmed."""
    server = FaultServer(extensions=offers)

    replies = send(server, message(address), message("b@example.org"))

    assert (replies[0].stage, replies[0].code) == (Stage.RCPT, 553)
    assert [each.recipient for each in server.accepted] == ["b@example.org"]
    assert not any("eve" in command for command in server.commands)


def test_a_non_ascii_recipient_needs_smtputf8(offers: tuple[str, ...]) -> None:
    """Without the extension it is refused here; with it, it goes as it is."""
    without = FaultServer(extensions=offers)
    replies = send(without, message("jean-né@example.org"), message("b@example.org"))
    assert [reply.code for reply in replies] == [553, 250]
    assert replies[0].text.startswith("5.6.7")

    server = FaultServer(extensions=(*offers, "SMTPUTF8"))
    assert send(server, message("jean-né@example.org"))[0].code == 250
    assert server.accepted[0].recipient == "jean-né@example.org"


@pytest.mark.parametrize(
    ("offer", "octets"),
    [("SIZE 2000000", 2_000_000), ("SIZE 0", 0), ("SIZE", 0), ("SIZE many", 0), ("DSN", 0)],
)
def test_the_size_a_server_takes_is_known(offer: str, octets: int) -> None:
    """The value of SIZE, RFC 1870, or 0 where there is none."""

    async def ask() -> int:
        async with (
            FaultServer(extensions=(offer,)) as server,
            SmtpSender(server.account).connect() as connection,
        ):
            return connection.most_octets

    assert asyncio.run(ask()) == octets


def test_dsn_is_asked_for_where_offered() -> None:
    """RET, ENVID, NOTIFY and ORCPT are sent to a server that knows them, and to no other."""
    server = FaultServer(extensions=("DSN", *PIPELINED))
    send(server, message("a+b@example.org"))

    mail, rcpt = (next(c for c in server.commands if c.startswith(verb)) for verb in ("MAIL", "RCPT"))
    assert mail.endswith(" RET=HDRS ENVID=m1@example.net")
    assert rcpt.endswith("NOTIFY=FAILURE,DELAY ORCPT=rfc822;a+2Bb@example.org")

    server = FaultServer(extensions=PIPELINED)
    send(server, message())
    assert not any("NOTIFY" in command or "ENVID" in command for command in server.commands)


def test_xtext() -> None:
    """Plus, equals, spaces and what is not printable are written in hexadecimal, RFC 3461 section 4."""
    assert xtext("a+b=c d~") == "a+2Bb+3Dc+20d~"


# -- connecting ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("options", "said"),
    [({}, "[127.0.0.1]"), ({"helo": "courrier.example.org"}, "courrier.example.org")],
    ids=["address", "name"],
)
def test_how_this_machine_presents_itself(tmp_path: Path, options: dict[str, str], said: str) -> None:
    """The name that was given is said in EHLO, before and after STARTTLS; without one, this end's address."""
    tls, authority = server_context(tmp_path)
    server = FaultServer(security=Security.STARTTLS, tls=tls)

    send(server, message(), ca_file=authority, **options)

    assert [word for word in server.commands if word.startswith("EHLO")] == [f"EHLO {said}"] * 2


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS], ids=lambda s: s.value)
def test_a_secured_server_is_sent_to(tmp_path: Path, security: Security) -> None:
    """Implicit TLS and STARTTLS both work, with a login, over a verified certificate."""
    tls, authority = server_context(tmp_path)
    server = FaultServer(security=security, tls=tls, login=("camille", "secret"))

    replies = send(server, message(), message("b@example.org"), ca_file=authority)

    assert [reply.code for reply in replies] == [250, 250]


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS], ids=lambda s: s.value)
@pytest.mark.parametrize(
    ("host", "days", "trusted", "code"),
    [
        ("localhost", 1, False, "smtp-authority-unknown"),
        ("other.example", 1, True, "smtp-certificate"),
        ("localhost", -1, True, "smtp-certificate"),
    ],
    ids=["unknown-authority", "other-host", "run-out"],
)
def test_a_bad_certificate_ends_it(
    tmp_path: Path, security: Security, host: str, days: int, trusted: bool, code: str
) -> None:
    """Nothing is said to a server whose certificate cannot be verified; the error says why."""
    tls, authority = server_context(tmp_path, host, days)
    server = FaultServer(security=security, tls=tls, login=("camille", "secret"))

    error = connecting(server, ca_file=authority if trusted else None)

    assert error.code == code
    assert error.values["reason"]
    assert not any(command.startswith("AUTH") for command in server.commands)


@pytest.mark.parametrize("security", [Security.TLS, Security.STARTTLS], ids=lambda s: s.value)
def test_an_authority_of_the_house_is_believed(tmp_path: Path, security: Security) -> None:
    """A certificate of the authority in the file is taken, and with that file one of nobody's is still refused."""
    tls, authority = of_the_house(tmp_path)
    server = FaultServer(security=security, tls=tls, login=("camille", "secret"))
    assert [reply.code for reply in send(server, message(), ca_file=authority)] == [250]

    stranger = FaultServer(security=security, tls=server_context(tmp_path)[0], login=("camille", "secret"))
    assert connecting(stranger, ca_file=authority).code == "smtp-authority-unknown"
    assert not any(command.startswith("AUTH") for command in stranger.commands)


def test_starttls_stripped_ends_it(tmp_path: Path) -> None:
    """A server, or somebody between, that does not offer STARTTLS gets neither login nor mail."""
    server = FaultServer(login=("camille", "secret"))

    async def go() -> None:
        async with server:
            account = replace(server.account, security=Security.STARTTLS)
            async with SmtpSender(account).connect():
                pass

    with pytest.raises(WireError) as caught:
        asyncio.run(go())

    assert caught.value.code == "smtp-no-starttls"
    assert not any(command.startswith(("AUTH", "MAIL")) for command in server.commands)


def test_starttls_refused_ends_it(tmp_path: Path) -> None:
    """An offer of STARTTLS that is then refused ends it as well."""
    tls, authority = server_context(tmp_path)
    faults = [Fault("starttls", "454 4.7.0 TLS not available")]
    server = FaultServer(security=Security.STARTTLS, tls=tls, faults=faults)

    error = connecting(server, ca_file=authority)

    assert (error.code, error.values["reply"]) == ("smtp-turned-away", 454)


def test_no_password_in_clear() -> None:
    """A login over an unsecured connection to another machine is not even begun."""
    account = replace(FaultServer(login=("camille", "secret")).account, host="mail.example.org")

    async def go() -> None:
        async with SmtpSender(account).connect():
            pass

    with pytest.raises(WireError) as caught:
        asyncio.run(go())
    assert caught.value.code == "smtp-password-in-clear"
    assert "secret" not in str(caught.value)


async def good_token() -> str:
    """Return the access token that the server accepts."""
    return "secret"


async def old_token() -> str:
    """One that has run out."""
    return "old"


@pytest.mark.parametrize(
    ("password", "token", "code"),
    [
        ("secret", None, ""),
        ("wrong", None, "login-or-sign-in"),
        ("", good_token, ""),
        ("", old_token, "token-refused"),
    ],
    ids=["password", "wrong-password", "xoauth2", "old-token"],
)
def test_logging_in(password: str, token: Callable[[], Awaitable[str]] | None, code: str) -> None:
    """Password and XOAUTH2 work; a refused login is an error that names the reply."""
    server = FaultServer(login=("camille", "secret"))

    async def go() -> None:
        async with server:
            account = replace(server.account, password=password)
            async with SmtpSender(account, token=token).connect():
                pass

    if not code:
        asyncio.run(go())
        return
    with pytest.raises(WireError) as caught:
        asyncio.run(go())
    assert (caught.value.code, caught.value.values["reply"]) == (code, 535)


CONNECTS = [
    (Fault("greeting", "554 5.7.1 not you"), "smtp-turned-away", 554),
    (Fault("greeting", "421 4.3.2 busy"), "smtp-turned-away", 421),
    (Fault("ehlo", "421 4.3.2 busy"), "smtp-turned-away", 421),
    (Fault("ehlo", "421 4.7.0 bad EHLO, try again later"), "smtp-helo-refused", 421),
    (Fault("greeting", Break.DROP), "smtp-unreachable", 0),
    (Fault("greeting", Break.GARBAGE), "smtp-not-smtp", 0),
    (Fault("ehlo", Break.DROP), "smtp-unreachable", 0),
]


@pytest.mark.parametrize(
    ("fault", "code", "reply"),
    CONNECTS,
    ids=["554", "421", "ehlo-421", "ehlo-name", "drop", "garbage", "ehlo-drop"],
)
def test_why_there_is_no_connection(fault: Fault, code: str, reply: int) -> None:
    """Each way of not being received has its own code, with what the server said."""
    error = connecting(FaultServer(faults=[fault]))

    assert (error.code, error.values["reply"]) == (code, reply)
    assert error.values["host"] == "localhost"


def test_a_silent_server_is_not_waited_for_for_ever() -> None:
    """A server that accepts the connection and says nothing is given up."""

    async def go() -> None:
        server = FaultServer(faults=[Fault("greeting", Break.HANG)])
        async with server, SmtpSender(server.account, timeouts=server.patience).connect():
            pass

    with pytest.raises(WireError) as caught:
        asyncio.run(go())
    assert caught.value.code == "smtp-timeout"


def test_nobody_there() -> None:
    """A port where nothing listens, and a name nobody has."""

    async def go(host: str) -> None:
        account = replace(FaultServer(port=1).account, host=host)
        async with SmtpSender(account).connect():
            pass

    with pytest.raises(WireError) as caught:
        asyncio.run(go("127.0.0.1"))
    assert caught.value.code == "smtp-unreachable"
    with pytest.raises(WireError) as caught:
        asyncio.run(go("nobody.invalid"))
    assert caught.value.code == "smtp-unknown-host"
