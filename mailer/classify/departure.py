"""Recognise words that an address changed, or that somebody has left the place they were invited for."""

from __future__ import annotations

import re
from dataclasses import replace

from mailer.classify import returned
from mailer.classify.patterns import any_of
from mailer.model.finding import TASKS, Answer, Finding, OptOut, PartStat, Unattended, Unclear, Undeliverable
from mailer.model.message import IncomingMessage

LONGEST = 4000

_WHERE = r"(?:ici|[àa] (?!temps|plein|mi-|partir|\d)|aux?\b|chez|dans|pour|en (?:mairie|poste|activit[ée])|l[àa]\b|avec (?:vous|eux|nous)|comme)"
_LEFT = any_of(
    rf"(?<!\bce )(?<!\bça )(?<!\bcela )\b(?:ne |n['’])(?:travaille|travaillent|suis|sommes|est|sont|fais|fait|faisons|exerce|occupe|assure|intervien[st]|si[èe]ge) plus (?:{_WHERE}|partie|parmi nous|au sein|"
    r"membres?|en (?:poste|fonctions?|charge|activit[ée])|(?:la|le|l['’]|un|une) ?(?:membre|pr[ée]sident|directeur|directrice|responsable|secr[ée]taire|[ée]lue?|maire|salari|employ|adh[ée]rent|tr[ée]sori|d[ée]l[ée]gu|interlocut|adjoint|conseill)"
    r"|(?:membre|pr[ée]sident|directeur|directrice|responsable|secr[ée]taire|[ée]lue?|maire|salari[ée]|employ[ée]|adh[ée]rent|tr[ée]sori[èe]re?|d[ée]l[ée]gu[ée]|adjointe?|conseill[èe]re?|interlocut\w+|en charge|au conseil))",
    r"\b(?:a|ai) (?:pris (?:sa|ma) retraite|chang[ée] de (?:poste|fonctions?|service|travail|emploi|m[ée]tier|employeur))\b|\bprend sa retraite\b"
    r"|\bmandat (?:est|a pris|s['’]est) (?:termin[ée]|fin|achev[ée])|\b(?:mme|mr|monsieur|madame|m\.)\s[^.\n]{1,60}\b(?:est d[ée]c[ée]d[ée]e?|nous a quitt[ée]s)\b",
    r"\b(?:has|have|i['’]ve) changed jobs?\b|\b(?:has )?passed away\b|\bist verstorben\b|\bis overleden\b",
    r"\b(?:j['’]ai|a|avons|ont) (?:d[ée]finitivement |maintenant |depuis )?(?:quitt[ée]|d[ée]missionn[ée] d)\w*[^.\n]{0,20}?\b(?:l['’](?:association|entreprise|[ée]cole|[ée]quipe|organisme|office|institution)|la (?:mairie|soci[ée]t[ée]|structure|direction|commune|collectivit[ée]|cr[èe]che|fondation|r[ée]gion)|le (?:service|coll[èe]ge|lyc[ée]e|comit[ée]|conseil|club|bureau|d[ée]partement|centre)|(?:mes|ses|leurs|nos) fonctions|(?:mon|son) poste|notre (?:association|[ée]quipe|structure|[ée]cole|soci[ée]t[ée]|service|organisme))",
    r"\b(?:suis|est|sommes|d[ée]sormais) (?:maintenant |désormais |d[ée]j[àa] )?(?:[àa] la|en) retraite\b",
    r"\b(?:no longer|not any ?more|any longer) (?:works?|working|employed|be reached|a member|part of|in charge|serves?|the (?:chair|president|director|secretary|head))\b(?! (?:on |the )?(?:mon|tues|wednes|thurs|fri|satur|sun)days?)",
    r"\bdo(?:es)? ?n[o'’]?t work (?:here|there|at|for) [^.\n]{0,60}any ?more|\b(?:has|have|i['’]ve) (?:since |now )?left (?:the|our) (?:company|organi[sz]ation|school|association|council|team|department|committee|club)|\bhas retired\b|\bi (?:am|['’]m) (?:now )?retired\b|\bi have retired\b",
    r"\b(?:arbeite[t]?|bin|ist|sind) (?:hier )?nicht mehr (?:hier|bei|in|f[üu]r|im|am|mitglied|t[äa]tig)|\bnicht mehr (?:bei|f[üu]r|in|im) [^.\n]{2,60}(?:t[äa]tig|besch[äa]ftigt)|\bim ruhestand\b",
    r"\b(?:werk|werkt|ben|is) (?:hier )?niet meer (?:hier|bij|voor|in|lid|werkzaam|actief)|\bniet (?:meer|langer) (?:bij|voor) [^.\n]{2,60}werkzaam|\bmet pensioen\b",
)
_MAIL = r"(?:(?:e-?mail|mail|courriel|[ée]lectronique|m[ée]l)\b)"
_MOVED = any_of(
    rf"\bnouvelle adresse (?:{_MAIL}|de (?:messagerie|courriel))|\b(?:mon|notre|son) nouveau (?:{_MAIL}|mail)",
    rf"\bnouvelle adresse\b[^.\n]{{0,40}}?{returned.ADDRESS.pattern}",
    rf"\bchang[ée]? d['’]adresse (?:{_MAIL}|de messagerie)|\badresse (?:{_MAIL} )?(?:a chang[ée]|n['’]est plus (?:valable|utilis|active|en service|valide|la bonne|relev|consult)|va [êe]tre (?:supprim|ferm|d[ée]sactiv)|sera (?:supprim|ferm|d[ée]sactiv))",
    rf"\b(?:sur|[àa]) cette adresse mais\b|\bplut[ôo]t (?:[àa]|sur)\b[^.\n]{{0,40}}?{returned.ADDRESS.pattern}",
    r"\bnew (?:e-?mail )?address\b|\bnew e-?mail\b|\b(?:e-?mail )?address has changed\b|\bneue (?:e-?mail-?|mail-?)adresse\b|\bnieuwe? (?:e-?mail|mail)-?adres\b",
)
_WRITE_TO = any_of(
    rf"\b(?:[ée]cri(?:vez|re|s)|envoye[zr]|adresse[zr]|joindre|contacter?|contactez|r[ée]pondre|utiliser|utilisez|transmettre)\b[^.\n]{{0,80}}?{returned.ADDRESS.pattern}",
    rf"\b(?:write|reach|contact|email|mail|use|send)\b[^.\n]{{0,60}}?{returned.ADDRESS.pattern}",
    rf"\b(?:schreiben|wenden|erreichen)\b[^.\n]{{0,60}}?{returned.ADDRESS.pattern}",
    rf"\b(?:schrijf|mailen?|bereik)\b[^.\n]{{0,60}}?{returned.ADDRESS.pattern}",
)
_DAY = re.compile(
    r"(?i)\A[^.\n]{0,12}\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|matin|soir|apr[èe]s-midi)s?\b"
)


def weigh(message: IncomingMessage, finding: Finding) -> Finding:
    """Make a task of what a mail tells of an address or of somebody who left; an answer beside it counts, and is read.

    Whom to write to is named in absences, too, and beside answers: there it is no change of address.
    """
    claim = finding.claim
    if isinstance(claim, Undeliverable) or finding.calendar is not None or not finding.text:
        return finding
    if isinstance(claim, Unclear) and claim.why in _TOLD_OTHERWISE:
        return finding
    why, words = _told(finding.text[:LONGEST], aside=isinstance(claim, Answer | Unattended))
    named = returned.strangers(message, finding.text[:LONGEST])
    if not why or (why == "address-changed" and not named):
        return finding
    if isinstance(claim, OptOut) and not named:
        return finding  # who has left and wants no more mail, wants no more mail
    note = ", ".join(named) or words
    if isinstance(claim, Answer):
        comes = claim.partstat is PartStat.ACCEPTED
        if why == "address-changed" and finding.evidence in words:
            return replace(finding, claim=Unclear(claim, why), note=note)
        if comes and not named:
            return finding
        return replace(finding, claim=replace(claim, asks=True), note=note)
    return replace(finding, claim=Unclear(finding.claim_read, why), evidence=words, note=note)


_TOLD_OTHERWISE = TASKS - {"left", "address-changed"}


def _told(text: str, *, aside: bool) -> tuple[str, str]:
    """Return the code of what is told, with the words that tell it; empty for nothing."""
    for found in _LEFT.finditer(text):
        if not _DAY.match(text[found.end() :]):
            return "left", _sentence(text, found)
    if "@" not in text:
        return "", ""
    moved = _MOVED.search(text) or (None if aside else _WRITE_TO.search(text))
    return ("address-changed", _sentence(text, moved)) if moved else ("", "")


def _sentence(text: str, found: re.Match[str]) -> str:
    start = max(text.rfind(end, 0, found.start()) for end in ("\n", ". ", "! ")) + 1
    stops = (text.find(end, found.end()) for end in ("\n", ". ", "! "))
    stop = min((at for at in stops if at >= 0), default=len(text))
    return " ".join(text[start:stop].split())[:300]
