"""Recognise mailings that were not addressed to us personally."""

from __future__ import annotations

from mailer.classify import robots
from mailer.classify.patterns import REPLIED
from mailer.model.finding import Finding, MailKind, Unattended
from mailer.model.message import IncomingMessage, Said

RULE = "list_traffic"


def read(message: IncomingMessage, said: Said) -> Finding | None:  # noqa: ARG001  all rules have the same signature
    """Recognise a mailing.

    If the mailbox being read is itself a group, every answer has the headers of a mailing list. So a mail in a
    thread, one with the subject of a reply, or one from a list that accepts posts (List-Post) counts as a person's.
    """
    if message.references or REPLIED.match(message.subject) or "@" in message.header("list-post"):
        return None
    mailing = message.header("list-unsubscribe") or message.header("feedback-id")
    if not mailing and not (robots.is_listed(message) and robots.is_no_reply(message)):
        return None
    evidence = (mailing or message.header("list-id"))[:120]
    return Finding(RULE, MailKind.OTHER, Unattended(), evidence, robots.writer(message))
