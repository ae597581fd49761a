"""Recognise challenge-response mail: a filter holds our message until a person confirms it, which staff have to do."""

from __future__ import annotations

import re

from mailer.classify import free_text, returned, robots
from mailer.classify.patterns import wording
from mailer.model.finding import Answer, Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "challenge"

_HEADERS = ("x-mailinblack", "x-spamarrest", "x-boxtrapper", "x-tmda-fingerprint", "x-challenge-response")

_HELD = wording("challenge", "held")
_TO_DO = wording("challenge", "to_do")
_REASON = wording("challenge", "reason")
_LINK = re.compile(r"https?://[^\s<>\"']{4,500}")


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise a request to confirm that a person sent the invitation."""
    header = next((name for name in _HEADERS if message.header(name)), "")
    text = said.text[: returned.MAX_NOTICE] or returned.own_text(message)
    held = _HELD.search(text)
    if not header and not (held and _TO_DO.search(text) and _REASON.search(text)):
        return None
    if not header and isinstance(free_text.understand(text).claim, Answer):
        return None  # a person who tells that a filter had kept our letter, and answers
    evidence = header or (held.group() if held else "")
    link = _LINK.search(text)
    people = (*robots.writer(message), *returned.strangers(message, text))  # whose letter it is, too
    claim = Unclear(why="held-by-a-filter")
    note = link.group() if link else ""
    return Finding(RULE, MailKind.AUTO_REPLY, claim, evidence, people, text=said.text, note=note)
