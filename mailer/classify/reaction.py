"""Recognise reactions: an emoji that somebody put on our message says that it was seen, and answers nothing."""

from __future__ import annotations

import re

from mailer.classify import robots
from mailer.classify.patterns import wording
from mailer.model.finding import Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "reaction"

GMAIL = "text/vnd.google.email-reaction+json"
MAX_WORDS = 300

_EMOJI = re.compile(r'"emoji"\s*:\s*"((?:[^"\\]|\\.){1,64})"')
_SIGN = r"[^\w\s.,;:!?'’\"()@-]"
_SIGNS = re.compile(rf"(?:{_SIGN}[\ufe0f\u200d\U0001f3fb-\U0001f3ff]*){{1,12}}")

# Outlook and Apple write a sentence, in the mail or in its subject; Gmail writes one for other programs.
_TOLD = wording("reaction", "told")
_TOLD_WITH_SIGN = wording("reaction", "told_with_sign")
"""What Gmail writes for other programs: it counts beside an emoji alone."""
_MINE = wording("reaction", "mine")


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise a reaction of Gmail (its part), Outlook (its sentence), or RFC 9078 (its disposition)."""
    evidence = _part(message) or _sentence(message, said)
    if not evidence:
        return None
    claim = Unclear(why="reaction")
    return Finding(RULE, MailKind.OTHER, claim, evidence, robots.writer(message), text=said.text)


def _part(message: IncomingMessage) -> str:
    for part in message.parts:
        if part.enclosed:
            continue
        if part.content_type == GMAIL:
            found = _EMOJI.search(part.text)
            return found.group(1) if found else GMAIL
        if part.disposition == "reaction" and len(part.text) < MAX_WORDS:
            return part.text.strip() or part.disposition
    return ""


def _sentence(message: IncomingMessage, said: Said) -> str:
    """Return the emoji, or the sentence, of a mail that says nothing but that somebody reacted."""
    text = said.text.strip()
    if len(text) > MAX_WORDS:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    signs = [line for line in lines if _SIGNS.fullmatch(line)]
    sign = _SIGNS.search(text)
    told = [line for line in lines if _is_told(line, beside=bool(sign))]
    if told and len(signs) + len(told) == len(lines):
        return sign.group() if sign else told[0]
    alone = len(signs) == len(lines) and _is_told(message.subject.strip(), beside=bool(signs))
    return (text or message.subject.strip()) if alone else ""


def _is_told(line: str, *, beside: bool) -> bool:
    """Return whether a program tells of a reaction; somebody who writes of themselves is a person."""
    told = _TOLD.match(line) or (beside and _TOLD_WITH_SIGN.match(line))
    return bool(told) and not _MINE.search(line)
