"""Mailings: nobody wrote this to us in particular."""

from __future__ import annotations

from mailer.classify import robots
from mailer.classify.patterns import REPLIED
from mailer.model.finding import Finding, MailKind, Unattended
from mailer.model.message import IncomingMessage, Said

RULE = "list_traffic"


def read(message: IncomingMessage, said: Said) -> Finding | None:  # noqa: ARG001  every rule is called alike
    """Recognise a mailing.

    Where the mailbox that is read is itself a group, every answer comes with the headers of a list. So what is in a
    thread, answers by its subject, or came over a list one can write to (List-Post) is a person's.
    """
    if message.references or REPLIED.match(message.subject) or "@" in message.header("list-post"):
        return None
    mailing = message.header("list-unsubscribe") or message.header("feedback-id")
    if not mailing and not (robots.is_listed(message) and robots.is_no_reply(message)):
        return None
    sender = (message.sender.address,) if message.sender else ()
    evidence = (mailing or message.header("list-id"))[:120]
    return Finding(RULE, MailKind.OTHER, Unattended(), evidence, sender)
