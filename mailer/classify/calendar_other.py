"""Recognise calendar mail that is no reply (REQUEST, CANCEL, REFRESH), and replies whose calendar part was lost."""

from __future__ import annotations

from mailer import ical
from mailer.classify import robots
from mailer.classify.calendar_reply import is_calendar
from mailer.classify.patterns import wording
from mailer.model.finding import Answer, Finding, MailKind, PartStat, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "calendar_other"

_SUBJECTS = tuple(
    (partstat, wording("calendar_other", partstat.word))
    for partstat in (PartStat.TENTATIVE, PartStat.ACCEPTED, PartStat.DECLINED)
)
_OURS_OR_THEIRS = frozenset({"REQUEST", "CANCEL", "PUBLISH", "ADD", "REFRESH", "DECLINECOUNTER"})


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise somebody's invitation or cancellation, or a calendar reply by its subject alone."""
    return _not_an_answer(message, said) or _by_subject(message, said)


def _not_an_answer(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise a calendar object other than a reply.

    A mail in a thread may be a person's answer that quotes the invitation, so it is left to the rule that reads
    words.
    """
    if message.references and said.text.strip():
        return None
    for part in message.parts:
        if part.enclosed or not is_calendar(part):
            continue
        method = part.parameters.get("method", "")
        for found in ical.read(part.content, part.parameters.get("charset", ""), method):
            if found.method in _OURS_OR_THEIRS:
                claim = Unclear(
                    why="calendar-refresh" if found.method == "REFRESH" else "calendar-not-a-reply"
                )
                evidence = f"METHOD:{found.method}"
                return Finding(
                    RULE, MailKind.OTHER, claim, evidence, robots.writer(message), references=(found.uid,)
                )
    return None


def _by_subject(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise a reply whose calendar part was lost, for review only: Thunderbird writes wrong subjects for TENTATIVE."""
    if len(said.text) > 300:
        return None
    for partstat, prefix in _SUBJECTS:
        if found := prefix.match(message.subject.replace("\N{NO-BREAK SPACE}", " ")):
            claim = Unclear(Answer(partstat), "calendar-lost")
            return Finding(RULE, MailKind.REPLY, claim, found.group(), robots.writer(message), text=said.text)
    return None
