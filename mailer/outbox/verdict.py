"""What a server's reply means for the message, the contact and the campaign.

A code alone does not say whose fault it is: providers answer ``554`` and ``550`` when an account has sent too
much, and a contact marked as dead for that is a person who is never invited again. So a reply is read by stage,
code, enhanced code (RFC 3463) and words, through a table whose first match wins. When the table cannot tell, the
stage does: what comes before the recipient was named cannot be the recipient's fault (RFC 5321 section 4.2.5).
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass
from datetime import datetime

from mailer.model.outcome import Deferred, Failed, Halted, InDoubt, Outcome, Reply, Sent, Stage
from mailer.outbox.retry import retry_at


class Fault(enum.Enum):
    """Whose fault a refusal is."""

    RECIPIENT = "recipient"
    MESSAGE = "message"
    ACCOUNT = "account"
    """The account's, the server's or the connection's: it says nothing about the contact."""
    LATER = "later"
    """Nobody's: the server is busy, or makes strangers wait."""


EARLY = frozenset({Stage.CONNECT, Stage.AUTH})
BODY = frozenset({Stage.DATA, Stage.DOT})
ANY = frozenset(Stage)


@dataclass(frozen=True, slots=True)
class Rule:
    """A reply matches where every pattern that is given does: of the code, the enhanced code, the words."""

    fault: Fault
    stages: frozenset[Stage] = ANY
    code: str = ""
    status: str = ""
    words: str = ""

    def matches(self, reply: Reply, status: str) -> bool:
        """Say whether the rule speaks of this reply."""
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
)
TURNED_AWAY = (
    r"relay(ing)?( access)? (is )?(denied|not (permitted|allowed))|unable to relay|not (permitted|allowed) to relay"
    r"|authentication (is )?(required|failed)|not (yet )?(authenticated|logged in)|must (first )?(issue|authenticate)"
    r"|sender (address )?(is )?(rejected|denied|not (allowed|permitted|owned))|not owned by (user|auth)"
    r"|(permission|permitted|allowed|authori[sz]ed)s? to send|send as this sender"
    r"|(account|sender|client|ip|domain)\b.{0,30}\b(suspended|blocked|black-?listed|block-?listed|banned)"
    r"|\b(dnsbl|rbl|spamhaus|spamcop|barracudacentral|senderscore)\b|(poor|bad|low) reputation"
)
NO_SUCH_MAILBOX = r"[45]\.1\.([1236]|10)|5\.2\.1|[45]\.2\.2|5\.4\.[14]"
ABOUT_US = r"[45]\.7\.(8|9|14|23|25|26|57|60|515|606)|[45]\.1\.[78]|[45]\.5\.3|[45]\.4\.5"

RULES: tuple[Rule, ...] = (
    Rule(Fault.ACCOUNT, stages=EARLY),
    Rule(Fault.LATER, code="4..", words=GREYLISTED),
    Rule(Fault.RECIPIENT, stages=BODY | {Stage.RCPT}, status=NO_SUCH_MAILBOX),
    Rule(Fault.ACCOUNT, words=TOO_MUCH),
    Rule(Fault.ACCOUNT, words=TURNED_AWAY),
    Rule(Fault.ACCOUNT, status=ABOUT_US),
    Rule(Fault.ACCOUNT, code="421|432|454|53[0458]"),
    Rule(Fault.MESSAGE, stages=frozenset({Stage.MAIL}), code="5..", status=r"5\.3\.4"),
    Rule(Fault.MESSAGE, stages=frozenset({Stage.MAIL}), code="552"),
    Rule(Fault.ACCOUNT, stages=frozenset({Stage.MAIL})),
    Rule(Fault.RECIPIENT, stages=frozenset({Stage.RCPT}), code="50.", status=r"5\.1\..*"),
    Rule(Fault.ACCOUNT, code="50[0234]"),
    Rule(Fault.RECIPIENT, stages=frozenset({Stage.RCPT}), code="5.."),
    Rule(Fault.MESSAGE, stages=BODY, code="5.."),
    Rule(Fault.LATER, code="4.."),
)

_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")


def enhanced_status(text: str) -> str:
    """Find the enhanced code, RFC 3463, wherever the reply has it: ``5.7.1 ...`` or ``... (#5.7.1)``."""
    found = _STATUS.search(text)
    return found.group(1) if found else ""


def fault(reply: Reply) -> Fault:
    """Say whose fault a 4yz or 5yz reply is."""
    status = enhanced_status(reply.text)
    return next(rule.fault for rule in RULES if rule.matches(reply, status))


def verdict(reply: Reply, attempts: int, now: datetime, deadline: datetime) -> Outcome:
    """Say what became of an attempt.

    `attempts` counts this one. A message that would have to be tried again after `deadline` has failed.
    """
    kind = reply.code // 100
    if kind not in (2, 4, 5):
        return _lost(reply, attempts, now, deadline)
    if kind == 2:
        return Sent(reply) if reply.stage is Stage.DOT else _lost(reply, attempts, now, deadline)
    if fault(reply) is Fault.ACCOUNT:
        return Halted(reply)
    if kind == 5:
        return Failed(reply, enhanced_status(reply.text))
    return _again(reply, attempts, now, deadline)


def _lost(reply: Reply, attempts: int, now: datetime, deadline: datetime) -> Outcome:
    """The dialogue broke off: how far it had come decides (RFC 1047)."""
    if reply.stage is Stage.DOT:
        return InDoubt(reply)
    if reply.stage in EARLY:
        return Halted(reply)
    return _again(reply, attempts, now, deadline)


def _again(reply: Reply, attempts: int, now: datetime, deadline: datetime) -> Outcome:
    greylisted = re.search(GREYLISTED, reply.text, re.IGNORECASE) is not None
    moment = retry_at(attempts, now, deadline, soon=greylisted)
    return Deferred(reply, moment) if moment else Failed(reply, enhanced_status(reply.text))


def sender_refused(reply: Reply) -> bool:
    """Whether the server refuses the envelope sender, not the account.

    Submission servers may allow no other MAIL FROM than the login; Postfix says so at RCPT
    (smtpd_delay_reject), in the words of its reject_sender_login_mismatch.
    """
    words = r"sender address rejected|not owned by|send as|sender (is )?not (allowed|permitted|authori[sz]ed)"
    return reply.code // 100 == 5 and (
        re.search(words, reply.text, re.IGNORECASE) is not None
        or (reply.stage is Stage.MAIL and reply.code in (550, 553))
    )
