"""Recognise reactions: an emoji that somebody put on our message says that it was seen, and answers nothing."""

from __future__ import annotations

import re

from mailer.classify import robots
from mailer.classify.patterns import any_of
from mailer.model.finding import Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "reaction"

GMAIL = "text/vnd.google.email-reaction+json"
MAX_WORDS = 300

_EMOJI = re.compile(r'"emoji"\s*:\s*"((?:[^"\\]|\\.){1,64})"')
_SIGN = r"[^\w\s.,;:!?'’\"()@-]"
_SIGNS = re.compile(rf"(?:{_SIGN}[\ufe0f\u200d\U0001f3fb-\U0001f3ff]*){{1,12}}")

# Outlook and Apple write a sentence, in the mail or in its subject; Gmail writes one for other programs.
_MESSAGE_EN = r"(?:to (?:your|this|the|a|an) (?:message|e-?mail|mail)\b[^\n]{0,160})"
_MESSAGE_FR = r"(?:(?:[àa]|au) (?:votre|ton|ce|cet|un|le|l['’]) ?(?:message|courriel|e-?mail|courrier|mail)\b[^\n]{0,160})"
_TOLD = any_of(
    rf"[^\n]{{0,120}}?\breacted(?: with [^\n]{{1,20}}?)? {_MESSAGE_EN}",
    rf"[^\n]{{0,120}}?\ba r[ée]agi(?: (?:avec|par) [^\n]{{1,20}}?)? {_MESSAGE_FR}",
    r"[^\n]{0,120}?\bhat (?:mit [^\n]{1,20} )?auf (?:ihre|deine|diese) (?:nachricht|e-?mail|mail)\b[^\n]{0,80}\breagiert\b[^\n]{0,40}",
    r"[^\n]{0,120}?\bheeft (?:met [^\n]{1,20} )?op (?:uw|je|dit) (?:bericht|e-?mail|mail)\b[^\n]{0,80}\bgereageerd\b[^\n]{0,40}",
    r"[^\n]{0,120}?\b(?:ha reaccionado|reaccion[óo]) a (?:tu|su|este) mensaje\b[^\n]{0,80}|[^\n]{0,120}?\bha reagito al (?:tuo|suo) messaggio\b[^\n]{0,80}",
    r"(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned) [“\"«][^\n]{0,200}",
    r"(?:a aim[ée]|a ador[ée]|n['’]a pas aim[ée]) [“\"«][^\n]{0,200}",
    start=r"\A\W*(?:",
    end=r")\s*\Z",
)
_TOLD_WITH_SIGN = any_of(
    r"[^\n]{0,120}?\breacted(?: (?:via|with) [^\n]{1,60})?",
    r"[^\n]{0,120}?\ba r[ée]agi(?: (?:via|avec|par) [^\n]{1,60})?",
    r"[^\n]{0,120}?\bhat (?:über|via|mit) [^\n]{1,60} reagiert|[^\n]{0,120}?\bheeft (?:via|met) [^\n]{1,60} gereageerd",
    r"[^\n]{0,120}?\b(?:ha reaccionado|ha reagito) (?:a trav[ée]s de|via|con|tramite) [^\n]{1,60}",
    start=r"\A\W*(?:",
    end=r")\W*\Z",
)
"""What Gmail writes for other programs: it counts beside an emoji alone."""
_MINE = any_of(r"je|j['’]ai|nous|i|we|my|mon|ma|ich|wir|ik|wij", start=r"(?:^|\s)(?:", end=r")\b")


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
