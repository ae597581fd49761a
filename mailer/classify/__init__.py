"""What a mail says: one rule for each kind of mail, asked in order of authority."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from mailer.classify import (
    auto_reply,
    bounce_dsn,
    bounce_text,
    calendar_comment,
    calendar_other,
    calendar_reply,
    challenge,
    complaint,
    free_text,
    list_traffic,
    opt_out,
    receipt,
    robots,
)
from mailer.classify.answerable import answerable
from mailer.classify.days import is_unusual, names_another_day
from mailer.classify.free_text import BY_WORDS
from mailer.model.finding import Answer, Finding, Unclear
from mailer.model.message import IncomingMessage, Said

__all__ = ["BY_WORDS", "RULES", "Rule", "answerable", "classify", "is_unusual", "names_another_day"]

Rule = Callable[[IncomingMessage, Said], Finding | None]

RULES: tuple[Rule, ...] = (
    # Reports and calendar objects: software says exactly what it means.
    complaint.read,
    bounce_dsn.read,
    calendar_reply.read,
    # Mail servers and filters, in words.
    bounce_text.read,
    receipt.read,
    challenge.read,
    opt_out.read_link,
    # Programs that write in a person's name.
    auto_reply.read,
    calendar_other.read,
    list_traffic.read,
    # People.
    opt_out.read,
)

# Bounds of `mailer.mime.read` behind which something may have stood that changes what is said.
_CUT_SHORT = frozenset({"size", "headers", "depth", "parts"})


def classify(message: IncomingMessage, said: Said, day: date | None = None) -> Finding:
    """Return what the first rule that recognises `message` finds in it; if none does, what its words say.

    `day` is that of the meeting, where it is known which one is meant.

    An answer in a mail that could not be read whole, in the words of a mail server, or of nobody at all, is only a
    proposal.
    """
    found = next(filter(None, (read(message, said) for read in RULES)), None) or free_text.read(
        message, said, day
    )
    found = calendar_comment.weigh(found)
    if not isinstance(found.claim, Answer):
        return found
    if message.defect in _CUT_SHORT:
        return replace(found, claim=Unclear(found.claim, f"over-bound-{message.defect}"))
    if found.calendar is None and not robots.may_be_person(message):
        return replace(found, claim=Unclear(found.claim, "from-no-person"))
    return found
