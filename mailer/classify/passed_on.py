"""Make a proposal of an answer that somebody else forwarded: it is of who wrote it, and a person decides."""

from __future__ import annotations

from dataclasses import replace

from mailer.classify import auto_reply, calendar_other, list_traffic
from mailer.classify.free_text import BY_WORDS
from mailer.model.finding import TASKS, Finding, MailKind, Unclear
from mailer.model.invitation import TOKEN
from mailer.model.message import IncomingMessage

RULE = "forwarded"

_MAY_BE = frozenset({BY_WORDS, calendar_other.RULE, list_traffic.RULE, "opt_out"})
MAX_NOTE = 300


def may_be_forwarded(finding: Finding) -> bool:
    """Return whether a mail may bring somebody else's answer: people wrote it, and it is no report or calendar answer."""
    return finding.rule in _MAY_BE


def passed_on(finding: Finding, text: str, inner: IncomingMessage, found: Finding) -> Finding:
    """Return what is proposed of a forwarded mail: `found` is what it says; where it says no answer, the outer `finding`.

    `text` is what the one who forwards it wrote themselves. Our own letter, with its answer links, is nobody's answer.
    """
    read = found.claim_read
    told = isinstance(found.claim, Unclear) and found.claim.why in TASKS
    if (read is None and not told) or found.rule == auto_reply.RULE or TOKEN.search(found.text):
        return finding
    note = " ".join(text.split())[:MAX_NOTE]
    return replace(
        found,
        rule=RULE,
        kind=MailKind.REPLY,
        claim=Unclear(read, "forwarded-answer"),
        references=tuple(dict.fromkeys((*found.references, *inner.references))),
        note=note or found.note,
    )
