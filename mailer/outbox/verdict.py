"""What an SMTP reply means: whether it concerns the recipient, the message or the account, and what to do.

The reply code alone does not tell: OVH, Infomaniak and others answer ``550`` or ``554`` when an account has
sent too much, and the recipient must not be taken for invalid then. So stage, code, enhanced status code (RFC
3463) and text are compared with a table of rules, of which the first that matches applies. A reply before
RCPT cannot concern the recipient (RFC 5321 section 4.2.5). No list of words is complete: a refusal that no rule
explains is given back at first, and `mailer.outbox.refusals` finds out whose it is.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime

from mailer.model.host_name import EHLO_BLAMED
from mailer.model.outcome import Deferred, Failed, Halted, InDoubt, Outcome, Reply, Sent, Stage
from mailer.outbox.retry import retry_at


class RefusalCause(enum.Enum):
    """What a refusal is about."""

    RECIPIENT = "recipient"
    """The address itself, by its enhanced status code."""
    UNCERTAIN = "uncertain"
    """The address, or the account or the server: the words do not say."""
    MESSAGE = "message"
    ACCOUNT = "account"
    """The account, the server or the connection; the refusal says nothing about the contact."""
    TEMPORARY = "temporary"
    """The server is busy, or does greylisting."""


EARLY = frozenset({Stage.CONNECT, Stage.AUTH})
BODY = frozenset({Stage.DATA, Stage.DOT})
ANY = frozenset(Stage)


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern for replies: stage, and regular expressions for code, enhanced status code and text."""

    cause: RefusalCause
    stages: frozenset[Stage] = ANY
    code: str = ""
    status: str = ""
    words: str = ""

    def matches(self, reply: Reply, status: str) -> bool:
        """Return whether stage and all given expressions match this reply."""
        return (
            reply.stage in self.stages
            and (not self.code or re.fullmatch(self.code, str(reply.code)) is not None)
            and (not self.status or re.fullmatch(self.status, status) is not None)
            and (not self.words or re.search(self.words, reply.text, re.IGNORECASE) is not None)
        )


GREYLISTED = r"gr[ae]y[\s-]?list"
TOO_MUCH = (
    r"too many (e-?mails|mails|messages|errors|recipients|connections|concurrent|sessions|logins?|auth)"
    r"|rate[\s-]?limit|throttl|unusual rate|(sending|sent|outgoing|message|mail) rate"
    r"|\b(send|sending|outgoing|outbound|relay|daily|hourly|submission|connection)\b[\w\s]{0,20}\b(limit|quota)"
    r"|\b(limit|quota)\b.{0,50}\b(outgoing|sent|sending|submit|e-?mails|messages per)\b"
    r"|\b(sent|sending|sender)\b.{0,40}\btoo (much|many|fast)\b"
    r"|\bmax(imum)?\b.{0,30}\b(e-?mails|messages|defers|failures)\b|\bper (minute|hour|day)\b|submissionquota"
    r"|\b(limite|quota)s?\b.{0,30}\b(envois?|messages|e-?mails|courriels)\b|trop (de|d['’])\s?(messages|e-?mails|envois|courriels)"
    r"|\b(messages|e-?mails|envois|courriels) par (minute|heure|jour)\b|\bofr_?506\b"
)
RELAY_DENIED = r"relay(ing)?( access)? (is )?(denied|not (permitted|allowed))|unable to relay|not (permitted|allowed) to relay"
LOGIN_WANTED = r"authentication (is )?required|must (first )?authenticate|not (yet )?(authenticated|logged in)|log ?in first"
SENDER_REFUSED = (
    r"sender address rejected(?!: (domain|host) not found)|not owned by|send ?as\b|send ?as ?denied"
    r"|sender (address )?(is )?not (allowed|permitted|authori[sz]ed|owned|valid)|(invalid sender|sender (is )?invalid)\b"
    r"|\b(from|e-?mail|sender) address (is )?not verified|sender (address )?mismatch"
    r"|(exp[ée]diteur|[ée]metteur)\b.{0,20}\b(refus[ée]e?|invalide|non autoris[ée]e?)"
)
"""Words of submission servers that let an account send from its own addresses only: Postfix, Exchange, Yahoo, Orange, Amazon."""
TURNED_AWAY = (
    rf"{RELAY_DENIED}|{LOGIN_WANTED}|authentication (is )?failed|must (first )?issue"
    rf"|{SENDER_REFUSED}|sender (address )?(is )?(rejected|denied)|(permission|permitted|allowed|authori[sz]ed)s? to send"
    r"|(account|sender|client|ip|domain)\b.{0,30}\b(suspended|blocked|black-?listed|block-?listed|banned)"
    r"|\b(dnsbl|rbl|spamhaus|spamcop|barracudacentral|senderscore)\b|(poor|bad|low) reputation"
    r"|privileges?\b.{0,30}\bsuspended|outboundspam|\b(from|de) (this|cette) (ip|adresse ip)\b"
)
TLS_WANTED = r"\bstarttls\b|\b(encryption|tls)\b.{0,20}\b(is )?required\b|must (issue|use).{0,20}\btls\b"
OF_US = r"\b(clients?|helo|ehlo|senders?|exp[ée]diteur)\b"
OF_EITHER = r"\b(relay(ing)?|polic(y|ies)|quotas?|accounts?|limits?|relais|politique|comptes?|limites?)\b"
OF_THE_RECIPIENT = (
    r"\b(mail-?box(es)?|recipients?|users?|addressee|no such|unknown|not found|not exist|inactive|disabled)\b"
    r"|\b(bo[îi]te|destinataire|utilisateur|inconnue?|inexistante?|n['’]existe pas)\b"
)
NO_SUCH_MAILBOX = r"[45]\.1\.([1236]|10)|5\.2\.1|[45]\.2\.2"
NOT_OURS = r"5\.7\.60|5\.2\.252"
"""Exchange's status codes of an account that may not send as the sender."""
ABOUT_US = rf"{NOT_OURS}|[45]\.7\.(8|9|14|23|25|26|57|515|606|7\d\d)|[45]\.1\.[78]|[45]\.5\.3|[45]\.4\.5"

RULES: tuple[Rule, ...] = (
    Rule(RefusalCause.ACCOUNT, stages=EARLY),
    Rule(RefusalCause.TEMPORARY, code="4..", words=GREYLISTED),
    Rule(RefusalCause.RECIPIENT, stages=BODY | {Stage.RCPT}, status=NO_SUCH_MAILBOX),
    Rule(RefusalCause.ACCOUNT, code="4..", words=EHLO_BLAMED),
    Rule(RefusalCause.ACCOUNT, words=TOO_MUCH),
    Rule(RefusalCause.ACCOUNT, words=TURNED_AWAY),
    Rule(RefusalCause.ACCOUNT, status=ABOUT_US),
    Rule(RefusalCause.ACCOUNT, code="421|432|454|53[0458]"),
    Rule(RefusalCause.MESSAGE, stages=frozenset({Stage.MAIL}), code="5..", status=r"5\.3\.4"),
    Rule(RefusalCause.MESSAGE, stages=frozenset({Stage.MAIL}), code="552"),
    Rule(RefusalCause.ACCOUNT, stages=frozenset({Stage.MAIL})),
    Rule(RefusalCause.RECIPIENT, stages=BODY | {Stage.RCPT}, code="5..", status=r"5\.1\..*"),
    Rule(RefusalCause.RECIPIENT, stages=frozenset({Stage.RCPT}), code="553", status=r"5\.6\.7"),
    Rule(RefusalCause.ACCOUNT, code="50[0234]"),
    Rule(RefusalCause.ACCOUNT, code="5..", words=OF_US),
    Rule(RefusalCause.UNCERTAIN, stages=frozenset({Stage.RCPT}), code="5..", words=OF_THE_RECIPIENT),
    Rule(RefusalCause.ACCOUNT, code="5..", words=OF_EITHER),
    Rule(RefusalCause.UNCERTAIN, stages=frozenset({Stage.RCPT}), code="5.."),
    Rule(RefusalCause.MESSAGE, stages=BODY, code="5.."),
    Rule(RefusalCause.TEMPORARY, code="4.."),
)

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def enhanced_status(text: str) -> str:
    """Return the enhanced status code, RFC 3463, of a reply: ``5.7.1 ...``, or ``... (#5.7.1)`` as qmail."""
    found = _STATUS.search(text)
    return found.group(1) if found else ""


def refusal_cause(reply: Reply) -> RefusalCause:
    """Return what a 4yz or 5yz reply is about, by the first rule that matches."""
    status = enhanced_status(reply.text)
    return next(rule.cause for rule in RULES if rule.matches(reply, status))


def names_recipient(reply: Reply) -> bool:
    """Return whether a refusal at RCPT speaks of the recipient, but without a status code that makes it certain."""
    words = re.search(OF_THE_RECIPIENT, reply.text, re.IGNORECASE)
    return reply.stage is Stage.RCPT and refusal_cause(reply) is RefusalCause.UNCERTAIN and words is not None


def is_limit(reply: Reply) -> bool:
    """Return whether a refusal speaks of a limit for sending, which ends by itself."""
    return re.search(TOO_MUCH, reply.text, re.IGNORECASE) is not None


def verdict(reply: Reply, attempts: int, now: datetime, deadline: datetime, *, own: bool = False) -> Outcome:
    """Return the outcome of an attempt to send.

    `attempts` includes this one. A message that would have to be tried again after `deadline` has failed. `own` says
    that the refusal is known to be about this address alone, whatever its words (`mailer.outbox.refusals`).
    """
    kind = reply.code // 100
    if kind not in (2, 4, 5):
        return _lost_connection(reply, attempts, now, deadline)
    if kind == 2:
        return Sent(reply) if reply.stage is Stage.DOT else _lost_connection(reply, attempts, now, deadline)
    cause = refusal_cause(reply)
    if kind == 5:
        if own or cause is RefusalCause.RECIPIENT:
            return Failed(reply, enhanced_status(reply.text))
        return Halted(reply)
    if cause is RefusalCause.ACCOUNT and not own:
        return Halted(reply)
    return _retry(reply, attempts, now, deadline)


def _lost_connection(reply: Reply, attempts: int, now: datetime, deadline: datetime) -> Outcome:
    """Return the outcome of a lost connection, by its stage (RFC 1047)."""
    if reply.stage is Stage.DOT:
        return InDoubt(reply)
    if reply.stage in EARLY:
        return Halted(reply)
    return _retry(reply, attempts, now, deadline)


def _retry(reply: Reply, attempts: int, now: datetime, deadline: datetime) -> Outcome:
    greylisted = re.search(GREYLISTED, reply.text, re.IGNORECASE) is not None
    moment = retry_at(attempts, now, deadline, soon=greylisted)
    return Deferred(reply, moment) if moment else Failed(reply, enhanced_status(reply.text))


class Matter(enum.Enum):
    """A refusal of the account that a setting puts right."""

    EHLO = "helo-refused"
    LOGIN = "login-wanted"
    RELAY = "relay-denied"
    TLS = "tls-wanted"
    SENDER = "sender-refused"


def matter(reply: Reply) -> Matter | None:
    """Return which setting a refusal of the account is about; None if it is of no account or of no setting."""
    if reply.stage is Stage.AUTH or refusal_cause(reply) is not RefusalCause.ACCOUNT or is_limit(reply):
        return None
    status = enhanced_status(reply.text)
    for kind, code, words in (
        (Matter.EHLO, "(?!503)[45]..", EHLO_BLAMED),
        (Matter.TLS, "5..", TLS_WANTED),
        (Matter.LOGIN, "5..", LOGIN_WANTED),
        (Matter.RELAY, "[45]..", RELAY_DENIED),
        (Matter.SENDER, "5..", SENDER_REFUSED),
    ):
        if re.fullmatch(code, str(reply.code)) and re.search(words, reply.text, re.IGNORECASE):
            return kind
    if reply.code == 530:
        return Matter.LOGIN
    return Matter.SENDER if reply.code // 100 == 5 and re.fullmatch(NOT_OURS, status) else None


def sender_refused(reply: Reply) -> bool:
    """Return whether the server refuses the envelope sender, not the account.

    Submission servers may allow no other MAIL FROM than the login. Postfix says so only at RCPT
    (smtpd_delay_reject), with the text of reject_sender_login_mismatch.
    """
    return reply.code // 100 == 5 and (
        re.search(SENDER_REFUSED, reply.text, re.IGNORECASE) is not None
        or (reply.stage is Stage.MAIL and reply.code in (550, 553))
    )
