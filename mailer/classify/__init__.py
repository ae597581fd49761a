"""Classify an incoming mail (bounce, calendar reply, auto-reply, answer in words, ...) with one rule for each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from mailer.classify import (
    attachment,
    auto_reply,
    bounce_dsn,
    bounce_text,
    calendar_comment,
    calendar_other,
    calendar_reply,
    challenge,
    complaint,
    departure,
    forward_notice,
    free_text,
    list_traffic,
    opt_out,
    reaction,
    recall,
    receipt,
    retrieval,
    robots,
)
from mailer.classify.answerable import answerable
from mailer.classify.days import is_unusual, names_another_day
from mailer.classify.free_text import BY_WORDS, answers, load_words, understand
from mailer.classify.objection import stands_alone
from mailer.classify.passed_on import may_be_forwarded, passed_on
from mailer.classify.patterns import without_tags
from mailer.classify.third_person import speaks_of_another
from mailer.model.finding import Answer, Finding, Unclear
from mailer.model.message import IncomingMessage, Said

__all__ = [
    "BY_WORDS",
    "RULES",
    "Rule",
    "answerable",
    "answers",
    "classify",
    "is_unusual",
    "load_words",
    "may_be_forwarded",
    "names_another_day",
    "passed_on",
    "speaks_of_another",
    "stands_alone",
    "understand",
]

Rule = Callable[[IncomingMessage, Said], Finding | None]

RULES: tuple[Rule, ...] = (
    # Reports and calendar objects: a program states the result in a standard format.
    complaint.read,
    bounce_dsn.read,
    calendar_reply.read,
    # Mail servers, mail programs and filters that describe the result in words.
    reaction.read,
    retrieval.read,
    recall.read,
    forward_notice.read,
    bounce_text.read,
    receipt.read,
    challenge.read,
    opt_out.read_link,
    # Programs that write in a person's name.
    auto_reply.read,
    calendar_other.read,
    list_traffic.read,
    # Mail written by people.
    opt_out.read,
)

# Limits of `mailer.mime.read`: what lies beyond them may change the meaning of the mail.
_CUT_SHORT = frozenset({"size", "headers", "depth", "parts"})


def classify(message: IncomingMessage, said: Said, day: date | None = None) -> Finding:
    """Return the finding of the first rule that recognises `message`; if none does, that of its words.

    `day` is the date of the meeting, if it is known which meeting is meant.

    An answer is only a proposal for review if the mail could not be read completely, or if no person may have written
    it (a mail server, an address that nobody reads).
    """
    message = replace(message, subject=without_tags(message.subject))
    found = next(filter(None, (read(message, said) for read in RULES)), None) or free_text.read(
        message, said, day
    )
    found = attachment.weigh(message, departure.weigh(message, calendar_comment.weigh(found)))
    if not isinstance(found.claim, Answer):
        return found
    if message.defect in _CUT_SHORT:
        return replace(found, claim=Unclear(found.claim, f"over-bound-{message.defect}"))
    if found.calendar is None and not robots.may_be_person(message):
        return replace(found, claim=Unclear(found.claim, "from-no-person"))
    return found
