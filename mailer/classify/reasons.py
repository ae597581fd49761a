"""Find out why a message was not delivered: enhanced status codes (RFC 3463), SMTP replies, and servers' wordings.

The wordings are those of server families (Sendmail, Postfix, Exim, qmail, Exchange, Domino, large providers), in the
languages of our invitees' servers. The first pattern that matches counts, so the order goes from reasons about the
mailbox to temporary failures.
"""

from __future__ import annotations

import re

from mailer.classify.patterns import any_of
from mailer.model.finding import Fault

_GIVEN_UP = "4.7"
_TRANSIENT = "4.1"

_ENHANCED = re.compile(r"(?<![\w.])#?([45])\.([0-7])\.(\d{1,3})(?![\w]|\.\d)")
_AFTER_REPLY = re.compile(r"(?<![\d.])[45]\d\d[ \-=:]{1,3}[\"'(<]?#?([45])\.([0-7])\.(\d{1,3})(?![\w]|\.\d)")
_REPLY = re.compile(r"(?<![\w.#/-])([45])[0-5]\d(?=[ \-:;,.\])'\"]|$)(?!\.\d)", re.MULTILINE)

_WORDS: tuple[tuple[Fault, str, re.Pattern[str]], ...] = (
    (
        Fault.POLICY,
        "7.1",
        any_of(
            r"spamhaus|black ?list|block ?list|\bdnsbl|\brbls?\b|\bspamming|\bspam (?:content|message|mail|score|filter)|as spam",
            r"\bdmarc\b|\bspf\b|\bdkim\b|reverse dns|\bptr\b|\brdns\b|reputation|client host (?:rejected|blocked)|(?:adresse|invalid) ip\b",
        ),
    ),
    (
        Fault.FULL,
        "2.2",
        any_of(
            r"(?:mail ?box|inbox|mail ?drop|quota|storage|disk|account|maildir|user)\W[^.\n]{0,40}?\b(?:full|exceed|over ?quota)",
            r"(?:over|exceed\w*|out of)\W+(?:\w+\W+){0,4}(?:quota|storage|disk space|mailbox size|mailbox limit)",
            r"(?:full mail ?box|quota full)|mail(?:box|folder) (?:is )?full|exceeds? allowed size|exceeded the local limit",
            r"insufficient (?:system |disk )?storage|not enough (?:storage )?space",
            r"has (?:reached|exceeded) (?:its|his|their|the) \w*\W?(?:quota|limit|storage)",
            r"(?:bo[iî]te|messagerie)[^.\n]{0,40}(?:pleine|satur[ée]e)|quota[^.\n]{0,20}(?:d[ée]pass|atteint)",
            r"postfach[^.\n]{0,30}(?:voll|[üu]e?berf[üu]e?llt)|postvak[^.\n]{0,20}vol\b",
            r"buz[oó]n[^.\n]{0,20}(?:lleno|excedid)|casella[^.\n]{0,20}piena",
        ),
    ),
    (
        Fault.DISABLED,
        "2.1",
        any_of(
            r"(?:account|mail ?box|user|recipient|address|e-?mail)\W[^.\n]{0,50}?\b(?:disabled|discontinued|suspended|deactivated|inactive)",
            r"(?:account|mail ?box|user|recipient)\W[^.\n]{0,50}?\b(?:locked|closed|frozen|expired|on hold|terminated)",
            r"(?:disabled|inactive|suspended|deactivated|closed) (?:user|account|recipient|mail ?box)|mailbox (?:is )?currently unavailable",
            r"no longer (?:active|valid|available|accepts?|in use|on server|employed|with)|has been (?:disabled|suspended|deactivated|closed)",
            r"(?:compte|bo[iî]te|adresse|messagerie)[^.\n]{0,40}\b(?:d[ée]sactiv|suspendu|ferm[ée]|bloqu[ée]|clos|expir|inactive?)",
            r"casilla ha expirado|konto[^.\n]{0,30}(?:deaktiviert|gesperrt|geschlossen)",
        ),
    ),
    (
        Fault.ADDRESS,
        "1.1",
        any_of(
            r"(?:user|recipient|mail ?box|account|addressee?|alias|e-?mail|name)\W[^.\n]{0,60}?\b(?:unknown|invalid|inexist)",
            r"(?:user|recipient|mail ?box|account|addressee?|alias|name)\W[^.\n]{0,60}?\bnot (?:found|exist|listed|recogni[sz]ed|known|(?:a )?(?:valid|local))",
            r"(?:user|recipient|mail ?box|account|addressee?|alias|name)\W[^.\n]{0,60}?\b(?:do|does|did)(?:n['’]?t| not) exist",
            r"(?:unknown|invalid|no such|bad|non-?existent|illegal|unroute?able) (?:\w+ ){0,2}(?:user|recipient|mail ?box|account|addres|alias|person|name|local)",
            r"no (?:mailbox|user|account|one|such)\W[^.\n]{0,30}\b(?:here|by that name|that name|this name)",
            r"does(?:n['’]?t| not) have an? [^\n]{0,60}\baccount|this user doesn|not a valid mailbox|not listed in|no matches to",
            r"user(?:name)? could not be found|address(?:es)? (?:wrong|couldn['’]t be found)|address is (?:possibly )?(?:wrong|incorrect)|user not (?:local|found)",
            r"(?:mailbox|account) (?:unavailable|not found)|mailbox name not allowed|no valid recipients|address rejected: (?:user|undeliverable|access denied)",
            r"(?:utilisateur|destinataire|adresse|compte) (?:inconnue?|inexistante?|invalide)|bo[iî]te[^.\n]{0,20}n['’]existe",
            r"adresse[^.\n]{0,40}(?:n['’]existe|introuvable|erron[ée]e|incorrecte)|n['’]a pas [ée]t[ée] trouv[ée]",
            r"adresse[^.\n]{0,10}d au moins un destinataire|destinataire invalide",
            r"(?:benutzer|empf[aä]nger|adresse|postfach|mailbox)[^.\n]{0,40}(?:unbekannt|existiert nicht|nicht gefunden|ung[uü]ltig)",
            r"(?:usuario|destinatario|direcci[oó]n|buz[oó]n|cuenta)[^.\n]{0,40}(?:desconocid|no existe|inv[aá]lid)",
            r"(?:utente|destinatario|indirizzo|casella)[^.\n]{0,40}(?:sconosciut|inesistente|non esiste|non valid)",
            r"onbekende (?:gebruiker|ontvanger)|bestaat niet|adres onbekend",
        ),
    ),
    (
        Fault.ADDRESS,
        "1.2",
        any_of(
            r"(?:host|domain|server)(?: name)?\W[^.\n]{0,40}?\b(?:unknown|not found|not known|non-?existent)",
            r"(?:host|domain|server)\W[^.\n]{0,40}?\bdoes(?:n['’]?t| not) (?:exist|accept mail)|does not accept (?:e-?)?mail",
            r"(?:unknown|no such) (?:host|domain)|nxdomain|unroute?able mail domain|bad destination (?:host|system)",
            r"null ?mx|no (?:mx|a) records?\b|no mail exchanger|name (?:service|server) error for name",
            r"domaine (?:inconnu|inexistant)",
        ),
    ),
    (
        Fault.POLICY,
        "3.4",
        any_of(
            r"(?:message|mail|size)\W[^.\n]{0,40}?\b(?:too (?:big|large)|exceeds?[^.\n]{0,30}(?:size|limit|maximum))",
            r"size limit|message size|trop (?:gros|volumineux|grand)|taille maximale|zu gro(?:ß|ss)",
        ),
    ),
    (
        Fault.POLICY,
        "7.1",
        any_of(
            r"\bspam|\bunsolicited|\bblocked|barracuda|\bbulk mail",
            r"\bphishing|\bvirus|malware|infected|content (?:rejected|filter)",
            r"unauthenticated|authentication (?:required|failed)|starttls|must (?:issue|use)",
            r"not (?:authori[sz]ed|permitted|allowed|compliant)|unauthori[sz]ed|denied|prohibited|restricted|polic(?:y|ies)|relay(?:ing)?\b",
            r"sender (?:address )?(?:rejected|denied|refused|verify)",
            r"rejected (?:for|due|because|by)|access refused|message (?:was )?(?:rejected|refused|blocked)",
            r"too many (?:complaints|recipients)|redundant|rfc ?[2-5]\d{3}|ofr_?\d|permission to (?:post|send)",
            r"(?:refus|bloqu)[ée]e? par",
        ),
    ),
    (
        Fault.NETWORK,
        _GIVEN_UP,
        any_of(
            r"expired|queue too long|queue period|within \d+ (?:day|hour)|time limit|too long|\bdays?\b[^.\n]{0,20}(?:old|queue)",
            r"g[ai]ve up|giving up|failed \d+ attempts|d[ée]lai d[ée]pass|not collected|not been collected",
        ),
    ),
    (Fault.NETWORK, "4.6", any_of(r"\bloop|too many hops|hop ?count|routing loop|boucle")),
    (
        Fault.NETWORK,
        _TRANSIENT,
        any_of(
            r"retry time|failing for a long time|time[d ]?-?out|refused|reset|lost connection|no route|un?reachable|not reachable",
            r"could ?n[o']t (?:connect|contact|establish)|unable to (?:connect|contact)|connect(?:ion)? (?:to|failed|dropped|died|broken)",
            r"unavailable|socket error|name service|\bdns\b|temporar|try again|deferred|delayed|gr[ea]y-?list|postponed",
            r"too (?:busy|many connections)|overload|service (?:shut|not)|system error|resources",
            r"injoignable|nicht erreichbar",
        ),
    ),
)

# Codes about the mailbox itself: RFC 3463, and 5.1.10 (RFC 7505, Exchange Online).
_BY_CODE: dict[str, Fault] = {
    "1.0": Fault.ADDRESS,
    "1.1": Fault.ADDRESS,
    "1.2": Fault.ADDRESS,
    "1.3": Fault.ADDRESS,
    "1.4": Fault.ADDRESS,
    "1.6": Fault.ADDRESS,
    "1.9": Fault.ADDRESS,
    "1.10": Fault.ADDRESS,
    "2.0": Fault.DISABLED,
    "2.1": Fault.DISABLED,
    "2.2": Fault.FULL,
    "2.3": Fault.POLICY,
    "3.4": Fault.POLICY,
    "1.7": Fault.POLICY,
    "1.8": Fault.POLICY,
}
_BY_SUBJECT: dict[str, Fault] = {
    "3": Fault.NETWORK,
    "4": Fault.NETWORK,
    "5": Fault.POLICY,
    "6": Fault.POLICY,
    "7": Fault.POLICY,
}
_SURE = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "2.2"})


def enhanced_status(text: str) -> str:
    """Return the enhanced status code of a failure in a text, preferably one after an SMTP reply code; else empty."""
    found = _ENHANCED.search(text)
    return enhanced_reply(text) or (".".join(found.groups()) if found else "")


def enhanced_reply(text: str) -> str:
    """Return the enhanced status code after an SMTP reply code, which is the remote server's own; else empty.

    A history of attempts ends with a refusal, so a code of class 5 is preferred to one of class 4.
    """
    found = [".".join(one.groups()) for one in _AFTER_REPLY.finditer(text)]
    return next((one for one in found if one[0] == "5"), found[0] if found else "")


def is_vague(status: str) -> bool:
    """Return whether a code only says that something failed: none, or x.0.0."""
    return not status or status[1:] == ".0.0"


def reply_class(text: str) -> str:
    """Return ``4`` or ``5`` by the first SMTP reply code in a text, else empty."""
    found = _REPLY.search(text)
    return found.group(1) if found else ""


def derived_status(text: str, severity: str) -> str:
    """Return a status code of class `severity` (``4`` or ``5``) for a text without one; empty if no wording is known."""
    return next((f"{severity}.{detail}" for _, detail, words in _WORDS if words.search(text)), "")


_ENDED = any_of(
    r"(?:not|n['’]t) (?:going to|be) (?:try|retried|retry)|will not (?:re)?try|no (?:further|more) (?:attempts|retries)",
    r"after \d+ attempts?|(?:message|delivery) timed out|has been in the queue too long",
    r"(?:will be|has been|was) (?:deleted|removed) from (?:the )?(?:\w+ )?queue",
    r"n[e'’] ?sera pas (?:r[ée]essay|retent)|abandon(?:n[ée]e?|s)? (?:de la|apr[èe]s)",
)


def is_given_up(text: str) -> bool:
    """Return whether a server says that it has stopped trying."""
    return _ENDED.search(text) is not None


def is_transient(text: str) -> bool:
    """Return whether the words describe a temporary failure that no server has given up on."""
    return next((detail == _TRANSIENT for _, detail, words in _WORDS if words.search(text)), False)


def fault(status: str, text: str) -> Fault:
    """Return what is at fault: by a code about the mailbox, else by the words, else by the class of the code."""
    code = status[2:]
    if code in _SURE and (status[:1] == "5" or code == "2.2"):
        return _BY_CODE[code]
    for found, _, words in _WORDS:
        if words.search(text):
            return found
    return _BY_CODE.get(code) or _BY_SUBJECT.get(code[:1], Fault.UNKNOWN)
