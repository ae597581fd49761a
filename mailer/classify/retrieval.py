"""Recognise Exchange's notice that it could not hand out a mail: what the mail says is not known."""

from __future__ import annotations

import re

from mailer.classify import returned
from mailer.classify.patterns import any_of
from mailer.model.finding import Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said

RULE = "could_not_retrieve"

_SUBJECT = any_of(
    r"retrieval using the imap4? protocol failed|(?:failed|failure|error|unable) (?:to )?retriev\w+",
    r"[ée]chec (?:de l['’]extraction|de la r[ée]cup[ée]ration|de r[ée]cup[ée]ration)|la r[ée]cup[ée]ration[^\n]{0,60}a [ée]chou[ée]",
    r"(?:fehler|abruf)[^\n]{0,60}(?:abruf|fehlgeschlagen)|ophalen[^\n]{0,60}mislukt",
)
_TEXT = any_of(
    r"(?:server|exchange|it)\b[^\n]{0,40}(?:could ?n[o'’]t|couldn['’]t|could not|unable to) (?:be )?retrieved?\b|could(?:n['’]t| not) be retrieved",
    r"n['’]a pas pu (?:[êe]tre )?(?:r[ée]cup[ée]r|extrai)|n['’]ont pas pu [êe]tre (?:r[ée]cup[ée]r|extrai)",
    r"(?:konnte|konnten)[^\n]{0,60}nicht abgerufen werden|kon(?:den)?[^\n]{0,60}niet (?:worden )?opgehaald",
)


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Recognise the notice, and find who wrote the mail that could not be fetched."""
    if message.references or not (_TEXT.search(said.text) or _SUBJECT.search(message.subject)):
        return None
    text = returned.own_text(message)  # the block with the mail's subject and sender looks like a quotation
    found = _TEXT.search(text)
    if not found or not (_SUBJECT.search(message.subject) or _names_a_mail(text)):
        return None
    own = {address.lower() for address in message.recipients}
    if message.sender:
        own.add(message.sender.address.lower())
    named = tuple(
        dict.fromkeys(address for address in returned.ADDRESS.findall(text) if address.lower() not in own)
    )
    claim = Unclear(why="could-not-retrieve")
    return Finding(RULE, MailKind.OTHER, claim, found.group(), named, text=text.strip() or said.text)


_FIELD = re.compile(r"(?im)^\s*(?:subject|objet|betreff|onderwerp|from|de|von|van)\s*:")


def _names_a_mail(text: str) -> bool:
    return len(_FIELD.findall(text)) > 1
