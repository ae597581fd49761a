"""What SMTP replies mean; the texts are those of real servers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.outcome import Deferred, Failed, Halted, InDoubt, Reply, Sent, Stage, State
from mailer.outbox import Matter, enhanced_status, matter, sender_refused, state_after, verdict
from mailer.outbox.verdict import RefusalCause, refusal_cause

NOW = datetime(2025, 3, 13, 9, tzinfo=UTC)
DEADLINE = datetime(2025, 3, 31, 11, tzinfo=UTC)


def judged(stage: Stage, code: int, text: str = "") -> str:
    """Return the name of the outcome of a first attempt."""
    return type(verdict(Reply(stage, code, text), 1, NOW, DEADLINE)).__name__


ACCOUNT = [
    (
        "554 5.7.0 Your message could not be sent. The limit on the number of allowed outgoing messages was exceeded. "
        "Try again later."
    ),
    "550 sorry, too many emails (#5.7.1)",
    "421 4.7.0 mx1.ovh.net too many errors",
    "450 Mail send limit exceeded",
    "452 4.5.3 Too many recipients",
    "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded; concurrent connection limit exceeded",
    "451 4.7.1 Ratelimit",
    "451 4.7.1 Rate limit exceeded for user",
    "550 5.4.5 Daily SMTP relay limit exceeded for user",
    "450 4.2.1 Peak SMTP relay limit exceeded for customer",
    "550 5.4.5 Daily user sending quota exceeded",
    "454 4.7.0 Temporary authentication failure",
    "530 5.7.0 Authentication required",
    "530 5.7.57 Client not authenticated to send mail",
    "550 5.7.60 Client does not have permissions to send as this sender",
    "554 5.7.1 Relay access denied",
    "553 5.7.1 <mairie@example.org>: Sender address rejected: not owned by user camille",
    "550 5.7.26 This message does not pass authentication checks (SPF and DKIM both do not pass)",
    "550 5.7.515 Access denied, sending domain does not meet the required authentication level",
    "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
    "550 5.7.606 Access denied, banned sending IP",
    "451 4.3.0 Your account is suspended",
    "503 5.5.1 AUTH first",
]


@pytest.mark.parametrize("stage", [Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.DOT], ids=lambda s: s.value)
@pytest.mark.parametrize("says", ACCOUNT, ids=lambda says: says[:30])
def test_the_accounts_troubles_mark_no_contact(stage: Stage, says: str) -> None:
    """Quotas, logins, relaying, reputation: sending stops, at whatever stage and by whatever code it is said."""
    assert judged(stage, int(says[:3]), says[4:]) == "Halted"


@pytest.mark.parametrize("stage", [Stage.CONNECT, Stage.AUTH], ids=lambda s: s.value)
@pytest.mark.parametrize("code", [0, 421, 454, 535, 550, 554], ids=str)
def test_before_the_transaction_nothing_is_the_messages_fault(stage: Stage, code: int) -> None:
    """A refused connection or login says nothing about any message."""
    assert judged(stage, code, "no") == "Halted"


RECIPIENT = [
    (Stage.RCPT, "550 5.1.1 The email account that you tried to reach does not exist"),
    (Stage.RCPT, "550 5.1.1 <marie@example.org>: Recipient address rejected: User unknown in virtual table"),
    (Stage.RCPT, "552 5.2.2 mailbox full, quota exceeded"),
    (Stage.DOT, "552 5.2.2 Over quota"),
    (Stage.RCPT, "550 5.2.1 The email account that you tried to reach is disabled"),
    (Stage.RCPT, "553 5.1.3 not an address"),
    (Stage.RCPT, "501 5.1.3 Bad recipient address syntax"),
    (Stage.RCPT, "556 5.1.10 Recipient address has null MX"),
    (Stage.RCPT, "550 5.1.0 Address rejected"),
    (Stage.DOT, "550 5.1.1 User unknown"),
    (Stage.RCPT, "550 5.1.1 <marie@example.org>: no account here, says the policy"),
    (Stage.RCPT, "553 5.6.7 the server takes no such address (SMTPUTF8)"),
]


@pytest.mark.parametrize(("stage", "says"), RECIPIENT, ids=[says[:30] for _, says in RECIPIENT])
def test_a_bad_mailbox_fails_for_good(stage: Stage, says: str) -> None:
    """The recipient is refused, and the enhanced code is kept."""
    outcome = verdict(Reply(stage, int(says[:3]), says[4:]), 1, NOW, DEADLINE)

    assert isinstance(outcome, Failed)
    assert outcome.status == enhanced_status(says)


RATHER_OURS = [
    (Stage.RCPT, "550 Domain mairie.example has exceeded the max emails per hour (31/30 (103%)) allowed."),
    (Stage.RCPT, "550 Domain mairie.example has exceeded the max defers and failures per hour (5/5 (100%))"),
    (Stage.RCPT, "554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied"),
    (Stage.RCPT, "550 5.7.1 <[127.0.0.1]>: Helo command rejected: Host not found"),
    (Stage.RCPT, "550 5.7.708 Service unavailable. Access denied, traffic not accepted from this IP"),
    (Stage.RCPT, "550 5.7.1 Message rejected due to local policy"),
    (Stage.RCPT, "550 Sender verify failed"),
    (Stage.RCPT, "554 5.7.1 <mairie@mairie.example>: Sender access denied"),
    (Stage.RCPT, "550 5.7.0 Limite d'envoi atteinte"),
    (Stage.RCPT, "550 Quota d'envoi depasse"),
    (Stage.RCPT, "550 Votre compte est bloqué"),
    (Stage.RCPT, "550 5.7.1 SendAsDenied; not allowed to send as this sender"),
    (Stage.RCPT, "554 5.7.1 Sending limit of 30 per hour reached"),
    (Stage.DOT, "554 5.2.0 SubmissionQuotaExceededException; failed to process message"),
    (Stage.DOT, "554 5.2.0 OutboundSpamException; WASCL UserAction verdict is Suspend"),
    (Stage.DOT, "550 your email sending privileges have been suspended"),
    (Stage.DOT, "550 5.2.0 Mail rejete. Mail rejected. ofr_506 [506]"),
]

ANYBODYS = [
    (Stage.RCPT, "550 Administrative prohibition"),
    (Stage.RCPT, "550 5.7.350 Remote server returned message detected as spam"),
    (Stage.RCPT, "550 No such user here"),
    (Stage.RCPT, "550 no such account here"),
    (Stage.RCPT, "552 mailbox quota exceeded"),
    (Stage.RCPT, "551 user not local"),
    (Stage.RCPT, "550 5.7.1 not accepted here"),
    (Stage.RCPT, "550 5.4.1 Recipient address rejected: Access denied"),
    (Stage.RCPT, "550"),
]


@pytest.mark.parametrize(("stage", "says"), RATHER_OURS, ids=[says[:40] for _, says in RATHER_OURS])
def test_words_of_the_account_mark_nobody(stage: Stage, says: str) -> None:
    """The message is given back, and the words alone tell that the account or the server is meant."""
    assert judged(stage, int(says[:3]), says[4:]) == "Halted"
    assert refusal_cause(Reply(stage, int(says[:3]), says[4:])) is RefusalCause.ACCOUNT


@pytest.mark.parametrize(("stage", "says"), ANYBODYS, ids=[says[:40] for _, says in ANYBODYS])
def test_words_of_anybody_mark_nobody_at_first(stage: Stage, says: str) -> None:
    """The message is given back at first, and has failed once the refusal is known to be the address's own."""
    reply = Reply(stage, int(says[:3]), says[4:])

    assert refusal_cause(reply) is RefusalCause.UNCERTAIN
    assert isinstance(verdict(reply, 1, NOW, DEADLINE), Halted)
    assert isinstance(verdict(reply, 2, NOW, DEADLINE, own=True), Failed)


def test_a_passing_refusal_of_one_is_put_off() -> None:
    """Known to be the address's own, a temporary refusal in words of the account is tried again like any other."""
    reply = Reply(Stage.RCPT, 451, "4.7.1 Ratelimit")

    assert isinstance(verdict(reply, 1, NOW, DEADLINE), Halted)
    assert isinstance(verdict(reply, 2, NOW, DEADLINE, own=True), Deferred)


MESSAGE = [
    (Stage.MAIL, "552 5.3.4 Message size exceeds fixed limit"),
    (Stage.DOT, "554 5.7.1 Message content rejected"),
    (Stage.DOT, "550 5.6.0 Lone CR or LF in body"),
    (Stage.DATA, "554 5.6.0 no"),
]


@pytest.mark.parametrize(("stage", "says"), MESSAGE, ids=[says[:30] for _, says in MESSAGE])
def test_a_bad_message_marks_nobody_at_first(stage: Stage, says: str) -> None:
    """The letter is refused as it is, and can be mended."""
    assert refusal_cause(Reply(stage, int(says[:3]), says[4:])) is RefusalCause.MESSAGE
    assert judged(stage, int(says[:3]), says[4:]) == "Halted"


LATER = [
    (Stage.RCPT, "450 4.2.0 <marie@example.org>: Recipient address rejected: Greylisted", 10),
    (Stage.RCPT, "451 4.7.1 Greylisting in action, please come back later", 10),
    (Stage.RCPT, "451 4.3.0 Temporary lookup failure", 30),
    (Stage.RCPT, "452 4.2.2 mailbox full", 30),
    (Stage.DOT, "451 4.3.0 Error: queue file write error", 30),
    (Stage.DATA, "452 4.3.1 Insufficient system storage", 30),
]


@pytest.mark.parametrize(("stage", "says", "minutes"), LATER, ids=[says[:30] for _, says, _ in LATER])
def test_a_passing_trouble_is_tried_again(stage: Stage, says: str, minutes: int) -> None:
    """Greylisting gets a second try after ten minutes, all else after half an hour."""
    outcome = verdict(Reply(stage, int(says[:3]), says[4:]), 1, NOW, DEADLINE)

    assert isinstance(outcome, Deferred)
    assert outcome.retry_at == NOW + timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        (Stage.MAIL, "Deferred"),
        (Stage.RCPT, "Deferred"),
        (Stage.DATA, "Deferred"),
        (Stage.DOT, "InDoubt"),
    ],
    ids=lambda value: getattr(value, "value", value),
)
@pytest.mark.parametrize("code", [0, 99, 199, 354, 600], ids=str)
def test_a_lost_dialogue_is_in_doubt_only_after_the_dot(stage: Stage, kind: str, code: int) -> None:
    """Before the final dot nothing was sent; after it nobody knows."""
    assert judged(stage, code) == kind


def test_sent() -> None:
    """2yz after the dot is the only way to be sent."""
    assert judged(Stage.DOT, 250, "2.0.0 Ok: queued") == "Sent"
    assert judged(Stage.RCPT, 250, "2.1.5 Ok") != "Sent"


def test_retries_end_before_the_meeting() -> None:
    """From the first try on, the moments rise, stay before the deadline, and come to an end."""
    now, moments = NOW, []
    for attempt in range(1, 100):
        outcome = verdict(Reply(Stage.RCPT, 451, "4.3.0 busy"), attempt, now, DEADLINE)
        if isinstance(outcome, Failed):
            break
        assert isinstance(outcome, Deferred)
        assert now < outcome.retry_at < DEADLINE
        now = outcome.retry_at
        moments.append(now)
    else:
        pytest.fail("never given up")
    assert moments[1] - NOW == timedelta(hours=1)
    assert timedelta(days=3) < moments[-1] - NOW < timedelta(days=5)


def test_retries_near_the_meeting_come_closer() -> None:
    """Two hours before the deadline a message is still tried, half-way, and given up when no time is left."""
    deadline = NOW + timedelta(hours=2)
    outcome = verdict(Reply(Stage.RCPT, 451, "4.3.0 busy"), 5, NOW, deadline)
    assert isinstance(outcome, Deferred)
    assert outcome.retry_at == NOW + timedelta(hours=1)

    late = deadline - timedelta(minutes=40)
    assert isinstance(verdict(Reply(Stage.RCPT, 451, "4.3.0 busy"), 6, late, deadline), Failed)


SENDERS = [
    (
        Stage.MAIL,
        "553 5.7.1 <bounce+x@example.org>: Sender address rejected: not owned by user camille",
        True,
    ),
    (
        Stage.RCPT,
        "553 5.7.1 <bounce+x@example.org>: Sender address rejected: not owned by user camille",
        True,
    ),
    (Stage.DOT, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", True),
    (Stage.MAIL, "550 no", True),
    (Stage.MAIL, "451 4.3.0 Sender address rejected: lookup failure", False),
    (Stage.RCPT, "550 5.1.1 User unknown", False),
    (Stage.MAIL, "554 5.7.0 limit exceeded", False),
]


@pytest.mark.parametrize(
    ("stage", "says", "refused"), SENDERS, ids=[f"{s.value}-{t[:12]}" for s, t, _ in SENDERS]
)
def test_a_refused_envelope_sender_is_known(stage: Stage, says: str, refused: bool) -> None:
    """Where the server allows no sender but the login's, that is told from other refusals."""
    assert sender_refused(Reply(stage, int(says[:3]), says[4:])) is refused


MATTERS = [
    (Stage.RCPT, "504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname", Matter.EHLO),
    (Stage.RCPT, "450 4.7.1 <pc.example>: Helo command rejected: Host not found", Matter.EHLO),
    (Stage.MAIL, "550 5.7.1 Access denied - Invalid HELO name (See RFC2821 4.1.1.1)", Matter.EHLO),
    (Stage.RCPT, "421 4.7.0 Try again later, closing connection. (EHLO)", Matter.EHLO),
    (Stage.RCPT, "504 5.5.2 need fully-qualified hostname", Matter.EHLO),
    (Stage.MAIL, "530 5.7.0 Authentication required", Matter.LOGIN),
    (Stage.MAIL, "530 5.7.57 Client not authenticated to send mail", Matter.LOGIN),
    (Stage.MAIL, "550 5.7.1 authentication required", Matter.LOGIN),
    (Stage.MAIL, "530 5.7.0 Must issue a STARTTLS command first", Matter.TLS),
    (
        Stage.RCPT,
        "553 5.7.1 <mairie@example.org>: Sender address rejected: not owned by user camille",
        Matter.SENDER,
    ),
    (Stage.DOT, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", Matter.SENDER),
    (
        Stage.DOT,
        "554 5.2.252 SendAsDenied; mairie@example.org not allowed to send as camille@example.org",
        Matter.SENDER,
    ),
    (
        Stage.DOT,
        "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process",
        Matter.SENDER,
    ),
    (Stage.RCPT, "550 Sender address is not allowed.", Matter.SENDER),
    (Stage.RCPT, "501 5.1.0 Emetteur invalide. Invalid Sender.", Matter.SENDER),
    (Stage.DOT, "553 From address not verified - see the help", Matter.SENDER),
    (Stage.DOT, "554 Message rejected: Email address is not verified.", Matter.SENDER),
    (Stage.RCPT, "553 5.7.1 <mairie@example.org>: Sender address rejected: not logged in", Matter.LOGIN),
    (Stage.RCPT, "550 5.1.8 <mairie@example.org>: Sender address rejected: Domain not found", None),
    (Stage.RCPT, "550 5.1.1 <sender@example.org>: invalid mailbox", None),
    (Stage.DOT, "554 5.7.1 This message looks like spam; the sender is known", None),
    (Stage.MAIL, "503 5.5.1 Error: send HELO/EHLO first", None),
    (Stage.AUTH, "535 5.7.8 Authentication required", None),
    (Stage.RCPT, "550 5.1.1 <ehlo@example.org>: Recipient address rejected: User unknown", None),
    (Stage.RCPT, "550 5.1.1 <marie@example.org>: no such user; send as much as you like", None),
    (Stage.RCPT, "554 5.7.1 <unknown[192.0.2.7]>: Client host rejected: Access denied", None),
    (Stage.RCPT, "550 <ehlo.martin@example.org>: relay denied", Matter.RELAY),
    (Stage.RCPT, "454 4.7.1 <marie@example.org>: Relay access denied", Matter.RELAY),
    (Stage.RCPT, "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", Matter.RELAY),
    (Stage.MAIL, "550 5.4.5 Daily user sending quota exceeded", None),
    (Stage.RCPT, "450 4.2.0 Greylisted, see helo.example.org", None),
]


@pytest.mark.parametrize(("stage", "says", "about"), MATTERS, ids=[says[:40] for _, says, _ in MATTERS])
def test_which_setting_a_refusal_is_about(stage: Stage, says: str, about: Matter | None) -> None:
    """The name in EHLO, login, encryption and sender are told apart, marking nobody; other refusals are of no setting."""
    reply = Reply(stage, int(says[:3]), says[4:])

    assert matter(reply) is about
    if about:
        assert isinstance(verdict(reply, 1, NOW, DEADLINE), Halted)


STATUSES = [
    ("5.1.1 no", "5.1.1"),
    ("sorry, too many emails (#5.7.1)", "5.7.1"),
    ("blocked 192.5.7.1 for ever", ""),
    ("version 4.96", ""),
    ("5.7.515 denied", "5.7.515"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "status"), STATUSES, ids=[t or "empty" for t, _ in STATUSES])
def test_enhanced_status(text: str, status: str) -> None:
    """The enhanced code is found wherever it stands, and an address is none."""
    assert enhanced_status(text) == status


@given(
    st.sampled_from(Stage),
    st.integers(0, 999),
    st.text(),
    st.integers(0, 1000),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
)
def test_every_reply_has_a_verdict(
    stage: Stage, code: int, text: str, attempts: int, deadline: datetime
) -> None:
    """Whatever a server says, there is one outcome, the message is not left claimed, and retries are in time."""
    outcome = verdict(Reply(stage, code, text), attempts, NOW, deadline)

    assert state_after(outcome) is not State.CLAIMED
    match outcome:
        case Sent():
            assert stage is Stage.DOT
            assert code // 100 == 2
        case InDoubt():
            assert stage is Stage.DOT
            assert code // 100 not in (2, 4, 5)
        case Deferred():
            assert NOW < outcome.retry_at < deadline
        case Failed() | Halted():
            assert stage is not Stage.DOT or code // 100 in (4, 5)
