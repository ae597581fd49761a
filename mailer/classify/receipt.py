"""Recognise read receipts (RFC 8098): a program displayed the mail, which is no answer."""

from __future__ import annotations

import re

from mailer.classify import returned, robots
from mailer.classify.patterns import wording
from mailer.model.finding import Finding, MailKind, Unattended
from mailer.model.message import IncomingMessage, Said

RULE = "receipt"
MAX_WORDS = 1500

_DISPOSITION = re.compile(r"(?im)^Disposition[ \t]*:[ \t]*([^\n]{1,100})")
_RECIPIENT = re.compile(r"(?im)^(?:Original|Final)-Recipient[ \t]*:[^\n;]*;[ \t]*([^\s;]+)")
_ORIGINAL = re.compile(r"(?im)^Original-Message-ID[ \t]*:\s*(<[^<>\s]{3,500}>)")

_SUBJECT = wording("receipt", "subject")
_TEXT = wording("receipt", "text")


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Read a disposition notification, or Outlook's receipt in words."""
    report = returned.report(message, "message/disposition-notification")
    if not report and message.report_type != "disposition-notification" and not _in_words(message, said):
        return None
    found = _DISPOSITION.search(report)
    evidence = f"Disposition: {found.group(1).rpartition(';')[2].strip()}" if found else message.subject
    addresses = tuple(dict.fromkeys(_RECIPIENT.findall(report))) or robots.writer(message)
    references = tuple(dict.fromkeys((*_ORIGINAL.findall(report), *returned.references(message))))
    return Finding(RULE, MailKind.AUTO_REPLY, Unattended(), evidence, addresses, references)


def _in_words(message: IncomingMessage, said: Said) -> bool:
    text = said.text or returned.own_text(message)
    return len(text) < MAX_WORDS and bool(_SUBJECT.match(message.subject) and _TEXT.search(text))
