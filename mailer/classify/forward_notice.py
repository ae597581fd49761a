"""Recognise a calendar's notice that an invitee forwarded the invitation to somebody else."""

from __future__ import annotations

from mailer.classify import returned
from mailer.classify.patterns import any_of
from mailer.model.finding import Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "forward_notice"
MAX_WORDS = 2000

_SUBJECT = any_of(
    r"meeting forward notification|event forwarded|forwarded (?:meeting|invitation)",
    r"notification de transfert de (?:r[ée]union|rendez-vous)|(?:r[ée]union|invitation) transf[ée]r[ée]e",
    r"benachrichtigung [üu]ber die weiterleitung|besprechung weitergeleitet|(?:vergadering|uitnodiging) doorgestuurd",
)
_TEXT = any_of(
    r"\bhas forwarded (?:your|the|this) (?:meeting|event|invitation|calendar)",
    r"\ba transf[ée]r[ée] (?:votre|la|cette|l['’]) ?(?:demande de r[ée]union|r[ée]union|invitation|[ée]v[ée]nement)",
    r"\bhat (?:ihre|die|diese) (?:besprechung\w*|einladung|termin\w*)[^\n]{0,200}weitergeleitet",
    r"\bheeft (?:uw|de|je) (?:vergadering\w*|uitnodiging|afspraak)[^\n]{0,200}doorgestuurd",
)


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise the notice by its sentence, with the subject that programs write or nothing else in the mail."""
    titled = _SUBJECT.search(message.subject)
    text = (said.text or (returned.own_text(message) if titled else "")).strip()
    found = _TEXT.search(text[:MAX_WORDS])
    alone = "\n" not in text and len(text) < 300
    if not found or not (titled or alone) or len(text) > MAX_WORDS:
        return None
    own = {address.lower() for address in message.recipients}
    named = [address for address in returned.ADDRESS.findall(text) if address.lower() not in own]
    sender = message.sender.address if message.sender else ""
    others = [address for address in dict.fromkeys(named) if address.lower() != sender.lower()]
    addresses = (sender,) if sender else ()
    claim = Unclear(why="forward-notice")
    return Finding(
        RULE, MailKind.OTHER, claim, found.group(), addresses, text=said.text, note=", ".join(others)
    )
