"""Recognise challenge-response mail: a filter holds our message until a person confirms it, which staff have to do."""

from __future__ import annotations

import re

from mailer.classify import free_text, returned
from mailer.classify.patterns import any_of
from mailer.model.finding import Answer, Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "challenge"

_HEADERS = ("x-mailinblack", "x-spamarrest", "x-boxtrapper", "x-tmda-fingerprint", "x-challenge-response")

# Three signs of such a mail: something is held or must be confirmed, what to do, and why.
_HELD = any_of(
    r"(?:message|mail|courriel|envoi)[^\n]{0,60}\b(?:en attente|quarantaine|retenu|bloqu[ée]|quarantined?|awaits?|waiting)",
    r"(?:message|mail)[^\n]{0,60}\b(?:is (?:being )?held|wird zur[üu]ckgehalten)",
    r"(?:prouver|confirmer|v[ée]rifier|authentifier)[^\n]{0,80}\b(?:robot|humain|identit|exp[ée]diteur|authenti)",
    r"(?:prove|confirm|verify)[^\n]{0,80}\b(?:robot|human|identity|sender)",
    r"best[aä]tigen[^\n]{0,80}\babsender",
    r"(?:message|mail|courriel|envoi)[^\n]{0,120}\b(?:mise? en quarantaine|(?:n['’]a|ont) (?:donc )?pas (?:encore )?[ée]t[ée] (?:d[ée]livr|remis|distribu|transmis))",
    r"\b(?:qu['’]il(?: lui)? soit|sera|votre (?:message|mail|courriel|e-?mail) soit) (?:remis|d[ée]livr|distribu|transmis)",
    r"(?:message|mail)[^\n]{0,120}\b(?:(?:is|was|been|being) (?:blocked|held|quarantined)|not (?:yet )?been delivered|(?:is|can be|will be|gets) delivered)",
)
_TO_DO = any_of(
    r"cliqu(?:er|ez)|suivez le lien|recopiez|r[ée]pond(?:ez|re) [àa] ce (?:message|courriel|mail)",
    r"click|follow the link|captcha|reply to this (?:message|e-?mail)",
    r"validez|valider|confirmez|authentifi(?:er|ez)|saisi(?:r|ssez)|verify|confirm",
    r"klicken sie|https?://",
)
_REASON = any_of(
    r"\brobot\b|captcha|challenge|anti-?spam|mailinblack|whitelist|liste blanche",
    r"\bhumain\b|\bhuman\b|real person|spam ?(?:blocker|filter)|valider votre envoi|apr[èe]s validation|que vous [êe]tes bien l['’]exp[ée]diteur",
    r"human being|unknown senders?|one[- ]time|exp[ée]diteurs? inconnus?|premi[eè]re fois",
)
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
    own = {address.lower() for address in message.recipients}
    named = [
        one.rstrip(".") for one in returned.ADDRESS.findall(text)
    ]  # whose letter it is, where the filter writes
    people = [message.sender.address] if message.sender else []
    people += [one for one in named if one.lower() not in own]
    evidence = header or (held.group() if held else "")
    link = _LINK.search(text)
    claim = Unclear(why="held-by-a-filter")
    note = link.group() if link else ""
    return Finding(
        RULE, MailKind.AUTO_REPLY, claim, evidence, tuple(dict.fromkeys(people)), text=said.text, note=note
    )
