"""Find what a person typed beside a calendar button, in the object or in the body of its mail.

Zimbra puts the words into the body and into DESCRIPTION, Tuta into the body alone, Google into X-RESPONSE-COMMENT,
Thunderbird and Outlook into COMMENT or the body. Programs add sentences of their own ("Marie Dupont a accepté votre
invitation") and what the meeting is about; most also send our own DESCRIPTION back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mailer.classify import free_text
from mailer.classify.patterns import any_of
from mailer.model.accents import fold_accents
from mailer.model.finding import Answer, OptOut, Unclear

MAX_DESCRIPTION = 400
"""Characters of a DESCRIPTION that may be somebody's words; a longer one describes the meeting."""

_BY_A_PROGRAM = any_of(
    # What somebody did, in the third person; the name stands before it.
    r"\b(?:has|have) (?:\w+ )?(?:accepted|declined|replied|responded|delegated|confirmed|rejected|proposed)\b[^\n]{0,80}?"
    r"\b(?:invitation|event|meeting|invite|appointment|time)\b",
    r"\b(?:accepted|declined|tentatively accepted) (?:your|this|the) (?:\w+ )?(?:invitation|event|meeting|invite)\b",
    r"\ba (?:provisoirement |peut-[êe]tre )?(?:accept[ée]|refus[ée]|d[ée]clin[ée]|r[ée]pondu|d[ée]l[ée]gu[ée]|confirm[ée]|propos[ée])\b[^\n]{0,80}?"
    r"\b(?:invitation|[ée]v[éeè]nement|r[ée]union|rendez-vous|horaire)\b",
    r"\b(?:[ée]v[éeè]nement|invitation|r[ée]union|rendez-vous|event|meeting)\b[^\n]{0,40}?\b(?:a [ée]t[ée]|has been|was) (?:accept|refus|d[ée]clin|reject)\w+ (?:par|by)\b",
    r"\bhat\b[^\n]{0,80}?\b(?:einladung|termin|besprechung|veranstaltung)\b[^\n]{0,80}?\b(?:angenommen|zugesagt|abgelehnt|abgesagt|beantwortet)\b",
    r"\bheeft\b[^\n]{0,80}?\b(?:uitnodiging|afspraak|vergadering)\b[^\n]{0,80}?\b(?:geaccepteerd|aanvaard|afgewezen|geweigerd|beantwoord)\b",
    r"\bha (?:aceptado|rechazado|respondido|accettato|rifiutato|risposto)\b[^\n]{0,80}?\b(?:invitaci[óo]n|invito|evento|reuni[óo]n)\b",
)
_STANDING_SENTENCE = any_of(
    # Zimbra's default replies, and what Google, Outlook and Nextcloud put below.
    r"yes,? i will attend\.?|no,? i won'?t attend\.?|i might attend\.?",
    r"oui,? j['’]y (?:participerai|assisterai)\.?|non,? je n['’]y (?:participerai|assisterai) pas\.?|j['’]y (?:participerai|assisterai) peut-[êe]tre\.?",
    r"(?:reply|invitation|r[ée]ponse)[^\n]{0,20}\b(?:from|de) google (?:calendar|agenda)[^\n]*",
    r"(?:this is an? )?automat(?:ed|ic) (?:message|reply|response)[^\n]*|(?:ceci est un )?message automatique[^\n]*",
    r"(?:invitation |r[ée]union |meeting |event )?(?:accept[ée]e?|accepted|refus[ée]e?|d[ée]clin[ée]e?|declined|tentative|provisoire|zugesagt|abgesagt) ?:[^\n]*",
    r"(?:with (?:a|this) note|avec (?:une|la) (?:note|remarque)(?: suivante)?|comment(?:aire)?)\s*:?",
    start=r"\A\W*(?:",
    end=r")\W*\Z",
)
_FIELD = any_of(
    r"title|summary|what|when|where|location|date|time|starts?|ends?|organi[sz]er|attendees?|invitees?|participants?|guests?|calendar|description|link|join|who|status",
    r"titre|objet|quoi|quand|o[uù]|lieu|heure|horaires?|d[ée]but|fin|organisat(?:eur|rice)|invit[ée]s?|agenda|lien|rejoindre|qui|statut|r[ée]ponse",
    r"titel|betreff|was|wann|wo|ort|datum|zeit|beginn|ende|organisator|teilnehmer|kalender|beschreibung",
    r"wat|wanneer|waar|locatie|tijd|begin|einde|deelnemers|t[íi]tulo|cu[áa]ndo|d[óo]nde|lugar|titolo|luogo|data|ora",
    start=r"\A\W*(?:",
    end=r")\s*:",
)
_PAGE = re.compile(r"https?://(?:www\.)?(?:calendar\.google\.com|google\.com/calendar)", re.IGNORECASE)
"""Google's page about the meeting: what was typed stands in X-RESPONSE-COMMENT."""
_ORIGINAL = re.compile(r"^[ \t]*(?:\*~){3,}.*", re.DOTALL | re.MULTILINE)
"""What Zimbra and old Outlooks put above the text of the invitation."""
_WHEN = re.compile(r"\A[^\n]{0,60}\d{1,2}[^\n]{0,20}(?:\d{4}|\d{1,2}\s?[:h]\s?\d{0,2})[^\n]*\Z")
_URL = re.compile(r"\A\W*https?://\S+\W*\Z")
_WORD = re.compile(r"[^\W\d_]+")
_MINE = re.compile(
    r"(?i)\b(?:je|j['’]|nous|moi|mon|ma|mes|i|i['’]m|i['’]ll|we|my|me|ich|wir|mein\w*|ik|wij|we|mijn)\b|\bj['’]"
)

_I = re.compile(r"(?i)(?:^|[^\w])(?:je|j['’]|moi|i|i['’]m|i['’]ll|my|me|ich|mich|ik|mij)(?=[^\w]|$)|\bj['’]")


def beside(
    body: str,
    comments: Sequence[str],
    description: str = "",
    *,
    names: Iterable[str] = (),
    summary: str = "",
) -> str:
    """Return what the person typed, without what programs write; empty if nothing.

    `comments` are those of the calendar object. `names` are the names and addresses of the person, by which a
    program's sentence about them is known. A `description` is theirs only where it is short and answers as one person
    does: most programs send ours back.
    """
    known = {word for name in names for word in _words(name)}
    typed = [comment.strip() for comment in comments]
    typed.append(without_programs(body, known, summary))
    if _is_theirs(description):
        typed.append(description.strip())
    kept: list[str] = []
    for text in filter(None, typed):
        said = _letters(text)
        if any(said in _letters(other) for other in kept):
            continue
        kept = [other for other in kept if _letters(other) not in said] + [text]
    return "\n".join(kept)


def without_programs(body: str, names: Iterable[str], summary: str = "") -> str:
    """Return a body without the sentences of programs, and without the lines about the meeting that follow them."""
    known, kept, told = set(names), list[str](), False
    title = _letters(summary)
    if _PAGE.search(body):
        return ""
    for line in _ORIGINAL.sub("", body).splitlines():
        text = line.strip()
        if _is_program(text, known):
            told = True
            continue
        about = told and (
            _FIELD.match(text) or _WHEN.match(text) or _URL.match(text) or (title and title in _letters(text))
        )
        if not about or _MINE.search(text):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_program(line: str, known: set[str]) -> bool:
    """Return whether a program wrote a line: it tells of the person by name what they did, or is a sentence of its own."""
    if _STANDING_SENTENCE.match(line):
        return True
    found = _BY_A_PROGRAM.search(line)
    if found is None or _MINE.search(line):
        return False
    return not _words(line[: found.start()]) or not known.isdisjoint(_words(line))


def _is_theirs(description: str) -> bool:
    """Return whether a DESCRIPTION answers for one person, or tells a number; ours speaks of "us", if of anybody."""
    if len(description) > MAX_DESCRIPTION or not _MINE.search(description):
        return False
    claim = free_text.understand(description).claim
    said = claim.proposal if isinstance(claim, Unclear) else claim
    counted = isinstance(said, Answer) and bool(said.headcount)
    return isinstance(said, Answer | OptOut) and (counted or bool(_I.search(description)))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold_accents(text)) if len(word) > 1]


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
