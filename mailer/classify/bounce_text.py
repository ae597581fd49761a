"""Recognise bounces written as text: qmail, Exim, old Sendmail and Exchange, Notes, large providers, and gateways.

Theory of operation. A mail counts as a bounce if it comes from a mail server by name and has a subject or a sentence
that says so. From an unknown sender it needs the sentence and two more signs out of these: a subject that says so, a
returned message, a status code, an empty envelope sender or one that nobody reads. Then the notice, above the
returned message, is searched for the failed addresses, from unambiguous forms (an address alone on its line, or
followed by a reason) to any address at all except our own and the server's. Known weakness: a notice in a language
not listed below, without an SMTP reply and from an unknown name, is left to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailer.classify import reasons, returned, robots
from mailer.classify.patterns import REPLIED, wording
from mailer.model.finding import Fault, Finding, MailKind, Undeliverable
from mailer.model.message import IncomingMessage, Said

RULE = "bounce_text"
MAX_RECIPIENTS = 20

_SUBJECT = wording("bounce_text", "subject")
_SENTENCE = wording("bounce_text", "sentence")
_OPENING = wording("bounce_text", "opening")
_DELAY = wording("bounce_text", "delay")

_ANY = returned.ADDRESS.pattern
_REASON = (
    r"(?:\.\.\.|:(?!//)|[\[(-]|(?<=[ \t])(?:on|error|invalid|was|is|has|could|no[tn]?|n['’]|does|did|unknown|user|mailbox"
    r"|account|quota|over|rejected|failed)\b)"
)
_ALONE = re.compile(
    rf"^[ \t>*\"'<•|-]*+(?:[45]\d\d[ -]<)?({_ANY})(?!-?\w)[>\"']*+[ \t]*+(?::|{_REASON}[^\n]*)?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_LABELLED = re.compile(
    r"\b(?:recipient(?:s|\(s\))?(?: address)?|error-for|rcpt to|delivered to|address(?:ed)?(?: to)?|reach(?: recipient)?"
    r"|unknown user|user|mailbox|full|size|attempts|account|destinataire|adresse|to|email ?address)"
    rf"\b[\"')]?(?:[\s:=-]{{1,40}}+|(?=[\"'<(]))[\"'<(]{{0,3}}({_ANY})",
    re.IGNORECASE,
)
_GENERATED = re.compile(rf"\(generated from ({_ANY})\)")
"""Exim's way to name the address written to when an address it redirects to has failed."""
_SERVICE = wording("bounce_text", "service")


def read(message: IncomingMessage, said: Said) -> Finding | None:  # noqa: ARG001  all rules have the same signature
    """Recognise a bounce that is not in the format of RFC 3464."""
    text = returned.own_text(message)
    notice, below = returned.split(text)
    if not _is_bounce(message, notice, below):
        return None
    addresses = tuple(failed_recipients(message, notice, below))
    claim = _verdict(notice, message.subject)
    evidence = _evidence(notice, message.subject)
    references = returned.references(message, below or notice)
    return Finding(RULE, MailKind.BOUNCE, claim, evidence, addresses, references)


def _is_bounce(message: IncomingMessage, notice: str, below: str) -> bool:
    subject = bool(_SUBJECT.search(message.subject))
    if robots.is_daemon(message):
        told = bool(reasons.enhanced_status(notice)) or not _is_absence(message)
        return told and (subject or bool(_SENTENCE.search(notice)))
    if _OPENING.match(notice) and not message.references and returned.ADDRESS.search(notice):
        return True
    if REPLIED.match(message.subject):
        return False
    returns = bool(message.enclosed_headers or below)
    coded = bool(reasons.reply_class(notice) or reasons.enhanced_status(notice))
    unread = robots.has_null_sender(message) or robots.is_no_reply(message)
    witnesses = sum((subject, returns, coded, unread))
    return witnesses >= 2 and bool(_SENTENCE.search(notice)) and not _is_absence(message)


def _is_absence(message: IncomingMessage) -> bool:
    """Return whether the mail is an automatic reply; some absences come with an empty envelope sender."""
    return robots.auto_submitted(message) == "auto-replied" and not (
        _SUBJECT.search(message.subject) or message.header("x-failed-recipients") or message.enclosed_headers
    )


def failed_recipients(message: IncomingMessage, notice: str, below: str) -> list[str]:
    """Return the failed addresses, in order of certainty; if the notice names none, the returned message's recipients."""
    stated = returned.ADDRESS.findall(message.header("x-failed-recipients"))
    if stated:
        written_to = _GENERATED.findall(notice)
        return _distinct(written_to if len(written_to) == len(stated) else stated)
    notice = returned.ID_SPOKEN_OF.sub(" ", notice)
    ours = returned.senders(message, below) | {address.lower() for address in message.recipients}
    if message.sender:
        ours |= {message.sender.address.lower()}
    alone = _distinct(found.group(1) for found in _ALONE.finditer(notice))
    labelled = _distinct(
        found.group(1) for found in _LABELLED.finditer(notice) if not _SERVICE.match(found.group(1))
    )
    anywhere = _distinct(one for one in returned.ADDRESS.findall(notice) if not _SERVICE.match(one))
    for candidates in (alone, labelled, anywhere, _distinct(returned.recipients(message, below))):
        if strangers := [address for address in candidates if address.lower() not in ours]:
            return strangers
    return (alone or labelled)[:1]


def _distinct(addresses: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for address in addresses:
        bare = address.rstrip(".")
        seen.setdefault(bare.lower(), bare)
    return list(seen.values())[:MAX_RECIPIENTS]


def _verdict(notice: str, subject: str) -> Undeliverable:
    """Return why delivery failed: by the enhanced status code, else by the SMTP reply, else by the words."""
    stated = reasons.enhanced_status(notice)
    delayed = bool(_DELAY.search(notice) or _DELAY.search(subject))
    words = f"{notice}\n{subject}"
    fault = reasons.fault(stated, words)
    severity = stated[:1] or reasons.reply_class(notice)
    if severity not in ("4", "5"):
        severity = "4" if delayed or reasons.is_transient(words) else "5"
    ended = severity == "5" or (fault is not Fault.FULL and reasons.is_given_up(notice))
    return Undeliverable(
        permanent=ended and not delayed,
        status=stated or reasons.derived_status(words, severity),
        delayed=delayed,
        fault=fault,
    )


def _evidence(notice: str, subject: str) -> str:
    found = _SENTENCE.search(notice)
    return " ".join((notice[found.start() : found.start() + 200] if found else subject).split())
