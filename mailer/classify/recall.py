"""Recognise Outlook's wish to take a mail back: which one, a person has to see."""

from __future__ import annotations

from mailer.classify.patterns import any_of
from mailer.model.finding import Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "recall"
MAX_WORDS = 600

_SUBJECT = any_of(
    r"recall\s*:|rappel(?: de message)?\s*:|r[üu]ckruf\s*:|terugroepen\s*:|intrekken\s*:|recuperar\s*:|richiamo\s*:",
    start=r"\A\s*(?:",
    end=r")",
)
_TEXT = any_of(
    r"would like to recall the message",
    r"(?:souhaite|voudrait|aimerait|veut) (?:rappeler|retirer|annuler) (?:le|ce|son) (?:message|courriel|courrier|mail)",
    r"m[öo]chte die nachricht[^\n]{0,200}zur[üu]ckrufen",
    r"(?:wil|zou)[^\n]{0,40}bericht[^\n]{0,200}(?:intrekken|terugroepen)",
    r"quiere recuperar el mensaje|vuole richiamare il messaggio",
)


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise a recall by its sentence, and by its subject or the shortness of the mail."""
    text = said.text.strip()
    found = _TEXT.search(text)
    if not found or len(text) > MAX_WORDS or not _SUBJECT.match(message.subject):
        return None
    addresses = (message.sender.address,) if message.sender else ()
    claim = Unclear(why="recall")
    return Finding(RULE, MailKind.OTHER, claim, found.group(), addresses, text=said.text)
