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
from mailer.classify.patterns import REPLIED, any_of
from mailer.model.finding import Fault, Finding, MailKind, Undeliverable
from mailer.model.message import IncomingMessage, Said

RULE = "bounce_text"
MAX_RECIPIENTS = 20

_SUBJECT = any_of(
    # English
    r"undeliver(?:ed|able)|un?able to deliver|non[- ]?delivery|not (?:be )?delivered",
    r"returned (?:e-?)?mail|mail (?:system )?error|failed mail",
    r"(?:delivery|sending) (?:has )?(?:fail|error|status|problem|warning|delay|incomplete|notification|report)",
    r"error (?:during delivery|sending)|processing error",
    r"fail(?:ure|ed)[^\n]{0,12}(?:notice|deliver|message|notification)|(?:mail|message) fail",
    r"(?:mail|message) could (?:not )?be|message not (?:be )?(?:sent|delivered)",
    r"delayed (?:mail|\d+ hour)|user unknown|unknown user|mailbox (?:is )?full|email filter",
    # French
    r"[ée]chec (?:de |d['’]|dans )?(?:la |l['’])?(?:remise|livraison|distribution|envoi|acheminement)",
    r"non[- ]?(?:remis|d[ée]livr|distribu)|remise (?:diff[ée]r|retard|impossible)",
    r"retour(?:n[ée])? (?:[àa] l['’]exp[ée]diteur|de courrier|de mail|du message)|message d['’]erreur",
    # German, Dutch, Spanish, Italian, Portuguese, Polish, Russian, Japanese
    r"unzustellbar|nicht zugestellt|zustellung[^\n]{0,20}fehl|zur[üu]ckgesend",
    r"onbestelbaar|niet bezorgd|niet afgeleverd",
    r"no se puede entregar|no entregad|devuelto|n[ãa]o entregue",
    r"mancata consegna|impossibile recapitare|non recapitabil",
    r"niedostarczon|nie dostarczono|zwrot do nadawcy",
    r"не доставлено|メールエラー|配信できません|配信不能",
)
_SENTENCE = any_of(
    # English
    r"(?:could|can|was|were|is|has|have|are|did) ?(?:not|n['’]t)(?: yet)?(?: been| be)?[ \n>]+(?:\w+[ \n>]+)?(?:deliver|reach|sent\b|processed|receive)",
    r"cannot be (?:deliver|sent|reached)|undeliver(?:able|ed)|(?:un|not |n['’]t )able to (?:deliver|send|reach)|failed to (?:deliver|reach|send)",
    r"deliver[ye] (?:to|of|attempt|status|has|fail)[^\n]{0,80}(?:fail|delay|postponed|error|unsuccess)|failed permanently",
    r"following (?:e-?mail )?(?:recipient|address|user)|address(?:es)? (?:failed|had)|failed recipient|intended recipient",
    r"(?:been|being|is) (?:returned|rejected|refused|bounced|delayed|postponed)|returned (?:to sender|because)|automatically rejected",
    r"an error (?:was detected|has occurred|occurred)|permanent(?:ly)? (?:fatal )?(?:error|fail)|fatal errors?|failure reasons?",
    r"no such (?:user|recipient|mailbox|address|account)|user (?:is )?unknown|unknown user|mailbox (?:is )?full|exceeds? (?:allowed|the) ",
    r"invalid (?:\w+ ){0,3}(?:address|user|recipient|mailbox|account)|smtp error|error-(?:for|code):",
    r"(?:^|[\s:>(])[45]\d\d[ -](?:#?[45]\.\d|[-<\w])",
    r"[(#]#?[45]\.\d\.\d{1,3}\b|no mailbox",
    # French
    r"n['’]a (?:pas )?pu [êe]tre (?:\w+ (?:ou|et|ni) )?(?:d[ée]livr|remis|distribu|achemin|envoy|transmis)|n['’]a pas [ée]t[ée] (?:d[ée]livr|remis|distribu)",
    r"impossible (?:de|d['’]) ?(?:d[ée]livrer|remettre|distribuer|acheminer)|[ée]chec (?:de|d['’])|destinataires? suivants?|remise a [ée]chou[ée]",
    # German, Dutch, Spanish, Portuguese, Italian, Russian
    r"konnte nicht (?:\w+ ){0,3}zugestellt|nicht (?:zugestellt|erreicht)|kon niet (?:\w+ ){0,3}(?:bezorgd|afgeleverd)",
    r"n['’]a (?:pas )?pu (?:distribuer|remettre|acheminer|d[ée]livrer|livrer)|n['’]avons (?:pas )?pu (?:distribuer|remettre|acheminer)",
    r"no pudo ser entregado|no se (?:ha )?pud[oe][^\n]{0,20}entregar|n[ãa]o (?:pode|foi)[^\n]{0,20}(?:entregue|enviada)",
    r"non [èe] stato (?:possibile )?(?:consegna|recapita)|impossibile (?:consegnare|recapitare)|не может быть доставлен",
)
# A first line that only a program writes.
_OPENING = any_of(
    r"your (?:e-?)?(?:message|mail)[^\n]{0,40}(?:could not|cannot|was not)[^\n]{0,12}(?:deliver|sent)",
    r"delivery to the following",
    r"votre (?:message|courriel|mail|courrier)[^\n]{0,40}n['’]a (?:pas )?pu [êe]tre (?:d[ée]livr|remis|distribu)",
    r"(?:failed recipients|non-delivery report)",
    r"\{\"notificationType\":\"Bounce\"",
    start=r"\A(?:[^\w{]|_)*+",
)
_DELAY = any_of(
    r"(?:will|to) be re-?tried|(?:still )?being retried|will retry|(?:will|we) (?:keep|continue)(?: to)? (?:try|attempt)",
    r"(?:has|have|is|been) (?:been )?(?:delayed|postponed)|delayed \d+ (?:hour|day)|\(delay\)",
    r"not yet (?:been )?delivered|still undelivered|warning (?:message )?only|no action is required|do not (?:need to )?resend",
    r"(?<!further )delivery attempts will (?:continue|be made)|attempts? will continue",
    r"remise diff[ée]r|retard[ée]|(?<!aucune )(?<!pas de )nouvelles? tentatives?|wird weiterhin versucht",
)

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
_SERVICE = any_of(
    r"mailer-daemon|poo?stmaster|abuse|support|help(?:desk)?|no-?reply|do-?not-?reply|webmaster|hostmaster|info-?desk|admin",
    start=r"\A",
    end="@",
)


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
