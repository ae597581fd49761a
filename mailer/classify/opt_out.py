"""Recognise people who opt out, by our unsubscribe link or in a mail that says nothing else.

An opt-out inside a longer mail is read by `free_text`: leaving the meeting ("retirez-moi de la liste des
participants") is not an opt-out.
"""

from __future__ import annotations

from mailer.classify import robots
from mailer.classify.patterns import any_of
from mailer.model.finding import Finding, MailKind, OptOut
from mailer.model.invitation import TOKEN
from mailer.model.message import IncomingMessage, Said

RULE = "opt_out"

_WISH = (
    r"stop(?: (?:mails?|sms|pub|e-?mails?|tout))?",
    r"d[ée]s(?:inscription|inscrire|abonnement|abonner)",
    r"d[ée]s(?:inscrivez|abonnez)[- ](?:moi|nous)",
    r"unsubscribe(?: me)?",
    r"remove(?: me)?",
    r"opt[- ]?out",
    r"abmelde(?:n|ung)",
    r"uitschrijven",
    r"afmelden",
    r"(?:dar(?:se|me) de )?baja",
    r"disiscri(?:vermi|vetemi|zione)",
)
_MANNERS = r"\W*(?:bonjour|bonsoir|hello|svp|merci(?: d['’]avance)?|please|thanks?|thank you|s['’]il vous pla[iî]t)?\W*"
_SUBJECT = any_of(*_WISH, start=r"\A\s*(?:re\s*:\s*)?", end=r"\s*[.!:]*\s*(?:[a-z2-7]{26})?\s*\Z")
_TEXT = any_of(*_WISH, start=rf"\A{_MANNERS}", end=rf"{_MANNERS}\Z")


def read_link(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise our own unsubscribe mail by its subject; mail clients send it themselves (List-Unsubscribe)."""
    if not _SUBJECT.match(message.subject):
        return None
    if TOKEN.search(message.subject) or len(said.text) < 200:
        return _finding(message, said, message.subject.strip())
    return None


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise a mail whose only words are an opt-out."""
    text = said.text.strip()
    return _finding(message, said, text) if len(text) < 200 and _TEXT.match(text) else None


def _finding(message: IncomingMessage, said: Said, evidence: str) -> Finding:
    references = (*TOKEN.findall(message.subject), *message.references)
    return Finding(
        RULE, MailKind.UNSUBSCRIBE, OptOut(), evidence, robots.writer(message), references, text=said.text
    )
