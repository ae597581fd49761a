"""Find a signature without a separator: name, function, office, telephone and address at the end of a mail.

Such a block is called a card here.
"""

from __future__ import annotations

import enum
import functools
import re
from collections.abc import Sequence

from mailer.inbox.new_text.lines import REMEMBERED
from mailer.inbox.new_text.personal import holds_answer, is_closing, is_personal, is_spoken

MAX_LINES = 16
MAX_LENGTH = 90
MAX_BELOW = 2
"""Lines that may follow the last telephone number or address, such as a motto, which is not part of the card."""


class CardLineKind(enum.Enum):
    """The part a line can have in a card."""

    BLANK = enum.auto()
    NAME = enum.auto()
    OFFICE = enum.auto()
    CONTACT = enum.auto()
    SHORT = enum.auto()
    TEXT = enum.auto()


_LINK = re.compile(
    r"<?(?:mailto:)?[^\s<>()\[\]\",;:]{1,64}@[^\s<>()\[\]\",;:]{1,255}>?|[<(]?(?:https?://|www\.)[^\s>)]{1,300}[>)]?"
    r"|(?<![\w.-])(?:[\w-]{1,63}\.){1,4}(?:fr|com|org|net|eu|be|de|nl|es|it|uk|ch|info|io|example)\b(?:/\S{0,200})?",
    re.IGNORECASE,
)
_PHONE = re.compile(
    r"(?<![\w/])(?!\d{1,2}[/.]\d{1,2}[/.]\d{2,4}\b)[+(]{0,2}\d(?:[ ().\-/]{0,3}\d){8,14}(?![\w/])"
)
_STREET = re.compile(
    r"\b\d{1,4}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|av\.|bd|boulevard|place|pl\.|allée|chemin|quai|impasse|street|road|via|calle)\s"
    r"|\b\w{3,20}(?:straße|strasse|straat|laan|weg|plein)\s\d{1,4}|\b(?:BP|CS|TSA)\s?\d{2,5}\b|\bcedex\b|^(?:[A-Z]{1,2}-)?\d{4,5}\s[^\W\d_][\w'’ -]{2,40}$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?<![\w'’])(?:t[ée]l(?:[ée]ph(?:one|\.)?)?|telefono?|telefoon|phone|mobile?|mob|portable|port|gsm|fax|t[ée]l[ée]copie|ligne directe|standard|secr[ée]tariat"
    r"|accueil|e-?mail|courriel|mail|web|site|internet|skype|twitter|linkedin|facebook|adresse|address|cell|office|handy|tf|[tmpfdew])(?![\w'’])",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"\b(?:direct(?:eur|rice|ion|or)|responsable|chargée? de|chef(?:fe)? de|président?e?|maire|mairie|adjointe?|conseill[eè]re?|secrétaire|assistante?"
    r"|coordina\w+|médiat(?:eur|rice)|animat(?:eur|rice)|gestionnaire|technicien(?:ne)?|ingénieure?|professeure?|docteure?|déléguée?|éducat(?:eur|rice)|service"
    r"|association|département|métropole|université|ministère|école|collège|lycée|centre|société|agence|conseil|pôle|ville de|commune|cabinet|syndicat|comité"
    r"|manager|head of|officer|engineer|consultant|president|chair|ceo|cto|cfo|professor|department|university|council|ltd|inc|llc|gmbh|sarl|sas|leiter(?:in)?"
    r"|geschäftsführer(?:in)?|abteilung|referent(?:in)?|medewerker|hoofd|afdeling|gemeente|jefe|ayuntamiento|responsabile|presidente|comune di|ufficio)\b",
    re.IGNORECASE,
)
_HOURS = re.compile(
    r"\W*(?:(?:absente?|présente?|joignable|permanences?|ouverte?|ouverture|horaires|travaille|working|temps partiel|accueil|du)\s.{0,30}?)"
    r"\b(?:lundi|mardi|mercredi|jeudi|vendredi|monday|tuesday|wednesday|thursday|friday)\b.{0,40}",
    re.IGNORECASE,
)
_NAME_WORD = r"(?:[A-ZÀ-ÖØ-ÞŁŚŻČŠŽĐ][^\W\d_]*\.?(?:[-'’.][^\W\d_]+\.?)*|de|du|des|la|le|d['’][^\W\d_]+|van|von|der|den|ten|ter|di|da|dos|ben|el)"
_NAME = re.compile(rf"{_NAME_WORD}(?: {_NAME_WORD}){{1,5}}(?:, ?[A-Z][\w.]{{0,7}}){{0,2}}\.?")
_WORD = re.compile(r"[^\W\d_]{2,}")


def line_kind(text: str) -> CardLineKind:
    """Return the part that a line can have in a card."""
    if not text:
        return CardLineKind.BLANK
    return CardLineKind.TEXT if len(text) > MAX_LENGTH * 2 else _line_kind(text)


@functools.lru_cache(REMEMBERED)
def _line_kind(text: str) -> CardLineKind:
    if is_closing(text):
        return CardLineKind.TEXT
    if _is_contact(text):
        return CardLineKind.CONTACT
    if _HOURS.fullmatch(text) and len(text) < MAX_LENGTH:
        return CardLineKind.SHORT
    if len(text) > MAX_LENGTH or is_spoken(text) or holds_answer(text):
        return CardLineKind.TEXT
    if _NAME.fullmatch(text.strip(" -–—*|,")):
        return CardLineKind.NAME
    if is_personal(text):
        return CardLineKind.TEXT
    if _OFFICE.search(text):
        return CardLineKind.OFFICE
    # A short line with a digit may be an answer: "Nombre de places : 2".
    return CardLineKind.TEXT if any(char.isdigit() for char in text) else CardLineKind.SHORT


def _is_contact(text: str) -> bool:
    """Return whether a line is a telephone number, an address or a link, and hardly anything else."""
    rest, found = text, 0
    for pattern in (_LINK, _PHONE, _STREET):
        rest, count = pattern.subn(" ", rest)
        found += count
    if holds_answer(rest) or is_closing(rest.strip()):
        return False
    labels = len(_LABEL.findall(rest))
    words = len(_WORD.findall(_LABEL.sub(" ", rest)))
    if found:
        return words <= 4 + 2 * found and not (is_personal(rest) and words > 2)
    return (
        labels > 0
        and words <= 2
        and re.match(r"\W*\w[\w .-]{0,14}:", text) is not None
        and any(char.isdigit() for char in text)
    )


def card(texts: Sequence[str]) -> list[int]:
    """Return the indices of the lines that are the card at the end of a text; none if there is no card.

    A card has a telephone number, address or link, and a name or an office. The closing above it ("Cordialement,") is
    not part of it.
    """
    first = max(0, len(texts) - 3 * MAX_LINES)
    kinds = {at: line_kind(texts[at]) for at in range(first, len(texts))}
    seen = [at for at, found in kinds.items() if found is not CardLineKind.BLANK]
    bottom = next((at for at in reversed(seen[-MAX_BELOW - 1 :]) if kinds[at] is CardLineKind.CONTACT), None)
    if bottom is None:
        return []
    top = _top(kinds, seen, bottom)
    inside = [at for at in seen if top <= at <= bottom]
    below = [
        at
        for at in seen
        if at > bottom
        and (kinds[at] in (CardLineKind.NAME, CardLineKind.OFFICE) or _HOURS.fullmatch(texts[at]))
    ]
    members = inside + below
    named = any(kinds[at] in (CardLineKind.NAME, CardLineKind.OFFICE) for at in members)
    return members if named and len(members) > 1 else []


def _top(kinds: dict[int, CardLineKind], seen: Sequence[int], bottom: int) -> int:
    """Return the first line of the card that has its last contact line at `bottom`.

    It goes up while lines may belong to the card, and begins with one that is more than a short text.
    """
    members = [bottom]
    for at in reversed([at for at in seen if at < bottom][-MAX_LINES:]):
        apart = members[-1] - at > 1
        if (
            kinds[at] is CardLineKind.TEXT
            or members[-1] - at > 3
            or (apart and kinds[at] is CardLineKind.SHORT)
        ):
            break
        members.append(at)
        if apart and kinds[at] is CardLineKind.NAME:
            break
    while len(members) > 1 and kinds[members[-1]] is CardLineKind.SHORT:
        members.pop()
    return members[-1]


def is_card(texts: Sequence[str]) -> bool:
    """Return whether lines below a drawn line are nothing but a card: no sentence, and a name or a contact."""
    kinds = [line_kind(text) for text in texts if text]
    if not 0 < len(kinds) <= MAX_LINES or CardLineKind.TEXT in kinds:
        return False
    return CardLineKind.CONTACT in kinds or kinds[0] is CardLineKind.NAME
