"""Take off what a mail gateway puts above every mail from outside: "CAUTION: This email originated from outside…".

The usual sentences and tags are known here. What a town hall's own gateway writes is learned from the openings of mails
of different people (`Openings`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

MAX_PARAGRAPH = 1500
"""Characters of a paragraph that may be a gateway's."""
MOST_LINES = 6
"""Tags and paragraphs that gateways put above one another."""
LEAST_PEOPLE = 3
"""People whose mails open with the same paragraph before it is taken for the gateway's."""
LEAST_WORDS = 8
"""Words of a paragraph that is learned: what people write at the top, "Bonjour Madame," or "Oui, avec plaisir", is shorter."""
_MOST_OPENINGS = 5_000

_MAIL = r"(?:e-?mails?|mails?|messages?|courriels?|courriers?|m[ée]ls?|nachricht(?:en)?|e-?mail-?nachricht|bericht(?:en)?|correo|mensaje|messaggio|posta)"
_OUTSIDE = (
    r"(?:outside|external(?:ly)?|extérieure?s?|exterieure?s?|externes?|(?:au|en) dehors|extern(?:e|en|er|es)?|außerhalb|ausserhalb"
    r"|buiten|fuera|extern[oa]s?|estern[oa])"
)
_COMES = (
    r"(?:originat\w*|sent|received|comes?|came|coming|from|provient|provenant|provenance|vient|venant|[ée]man\w*|envoy[ée]\w*|re[çc]u\w*|exp[ée]di\w*"
    r"|stamm\w*|kommt|kam|gesendet|komt|afkomstig|verzonden|proviene|procede|enviado|proviene|inviat\w*|is|est)"
)
_TAG = re.compile(
    r"\A[\s*_#>|-]*(?:[\[(<{]{1,2}\s*(?:attention\s*[:!-]?\s*)?(?:e-?mail |message |courriel |mail |exp[ée]diteur )?"
    r"(?:EXTERN(?:AL|E|O|A)?S?|EXT|OUTSIDE|HORS[ -]ORGANISATION|ESTERNO|BUITEN)(?: (?:e-?mail|mail|message|sender|courriel|exp[ée]diteur))?\s*[\])>}]{1,2}"
    r"|\*{2,}\s*(?:EXTERN(?:AL|E)?)(?: (?:E-?MAIL|MAIL|MESSAGE|SENDER))?\s*\*{2,}"
    r"|(?:EXTERNAL (?:E-?MAIL|MAIL|SENDER|MESSAGE)|(?:E-?MAIL|MESSAGE|COURRIEL|MAIL) EXTERNE|EXTERNE (?:E-?MAIL|NACHRICHT))\b(?=\s*(?:[:.!-]|\n|\Z)))[\s:.!*-]*",
    re.IGNORECASE,
)
_WARNS = re.compile(
    rf"\b{_MAIL}\b[^.!?\n]{{0,80}}?\b{_COMES}\b[^.!?\n]{{0,80}}?\b(?:{_OUTSIDE}|inconnue?s?|unknown|internet)\b"
    r"|\bn['’]a pas [ée]t[ée] (?:envoy|[ée]mis)\w*[^.!?\n]{0,60}\b(?:organisation|collectivit[ée]|mairie|ville|agents?|interne)\b|\bnot (?:been )?sent (?:from within|by (?:anyone|someone|a member))\b"
    rf"|\b{_OUTSIDE}\b[ -]{{1,3}}(?:{_MAIL}|sender|exp[ée]diteur|absender|afzender|remitente|mittente)\b"
    rf"|\b(?:{_MAIL}|sender|exp[ée]diteur|absender|afzender|remitente|mittente)\b[^.!?\n,:]{{0,30}}?\b{_OUTSIDE}\b(?=\W*\Z|\W+(?:[àa]|au|to|of|de|der|van|zu|an)\b)"
    r"|\byou don['’]t often get e-?mail from\b|\bvous n['’]obtenez pas souvent d['’]e-?mail\b|\bvous ne recevez pas souvent de (?:courriers?|e-?mails?|messages?|courriels?)\b"
    r"|\bsie erhalten nicht (?:h[äa]ufig|oft) e-?mails? von\b|\bu ontvangt niet vaak e-?mail\b",
    re.IGNORECASE,
)
_ADVISES = re.compile(
    r"\b(?:do not|don['’]t|never|avoid|ne (?:pas )?(?:cliquez|ouvrez|r[ée]pondez|cliquer|ouvrir|r[ée]pondre|communiquez|transmettez)|n['’]ouvrez|klicken sie|[öo]ffnen sie|klik)\b"
    r"|\b(?:cliqu(?:ez|er)|click|links?|liens?|attachments?|pi[èe]ces? jointes?|anh[äa]nge|bijlagen?)\b[^.!?\n]{0,120}\b(?:unless|sauf|si vous|if you|cauti\w+|careful\w*|prudence|prudent|vigilan\w+|sicher|tenzij)\b"
    r"|\b(?:be (?:cautious|careful|vigilant|alert|wary)|exercise caution|use caution|take care|think before|soyez (?:prudent|vigilant|attentif)\w*|restez vigilant\w*|faites preuve de (?:prudence|vigilance)|redoublez de vigilance"
    r"|seien sie vorsichtig|wees voorzichtig)\b"
    r"|\b(?:verify|check|v[ée]rifi(?:ez|er)|assurez-vous|[üu]berpr[üu]fen)\b[^.!?\n]{0,60}\b(?:sender|exp[ée]diteur|identit\w+|address\w*|adresse|authenticit\w+|absender|source)\b"
    r"|\b(?:unless you (?:recogni[sz]e|trust|know)|sauf si vous (?:reconnaissez|connaissez))\b"
    r"|\b(?:learn why this is important|d[ée]couvrez pourquoi (?:ce(?:la|ci) est important|c['’]est important)|pourquoi c['’]est important|erfahren sie, warum)\b",
    re.IGNORECASE,
)
_ALARM = re.compile(
    r"\A[\W_]*(?:caution|warning|attention|achtung|waarschuwing|let op|notice|alerte|avertissement|important|prudence|vorsicht|aviso|attenzione)\s*[:!-]*[\W_]*\Z",
    re.IGNORECASE,
)
_PERSON = re.compile(
    r"(?:^|[\s\"'(])(?:je|j['’]|moi|mon|ma|mes|nous|i|i['’](?:m|ll|d|ve)|me|my|we|we['’](?:re|ll)|ich|wir|mein\w*|ik|wij|mijn)(?=[\s,.'’!?]|$)",
    re.IGNORECASE,
)
_BLANK = re.compile(r"\n[ \t]*\n")
_END = re.compile(r"[.!?]+(?=[\s*\]\"»”)])[*\]\"»”)]*\s*|(?<=[:!])\s*\n\s*")


def without_gateway(text: str, learned: Collection[str] = ()) -> tuple[str, str]:
    """Return the lines that a gateway put above a text, and the text below them.

    Only sentences at the very top count, that speak of a sender outside or warn of links, and of nobody in the first
    person. Where nothing stands below, the text is left as it is. `learned` are paragraphs that opened mails of different people (`Openings.learned`).
    """
    at = 0
    for _ in range(MOST_LINES):
        start = at + len(text[at:]) - len(text[at:].lstrip())
        paragraph = _paragraph(text, start)
        if tag := _TAG.match(paragraph):
            at = start + max(tag.end(), 1)
        elif learned and key(paragraph) in learned:
            at = start + len(paragraph)
        elif warned := _warned(paragraph, begun=at > 0):
            at = start + warned
        else:
            break
    rest = text[at:].lstrip(" \t\r\n-–—_=*|>:") if at else ""
    return (text[: len(text) - len(rest)].strip(), rest) if rest else ("", text)


def _paragraph(text: str, start: int) -> str:
    end = _BLANK.search(text, start)
    return text[start : min(end.start() if end else len(text), start + MAX_PARAGRAPH)]


def _warned(paragraph: str, *, begun: bool) -> int:
    """Return the length of the sentences at the top of a paragraph that a gateway wrote; 0 if none is."""
    at, warned = 0, begun
    while at < len(paragraph):
        sentence = _sentence(paragraph, at)
        plain = " ".join(sentence.split())
        opens = _opens(plain)
        if (
            not plain
            or _PERSON.search(plain)
            or not (opens or _ALARM.match(plain) or (warned and _ADVISES.search(plain)))
        ):
            break
        warned = warned or opens
        at += len(sentence)
    return at if warned and at else 0


def _opens(sentence: str) -> bool:
    """Return whether a sentence says that a mail comes from outside; behind a comma it may only advise."""
    found = _WARNS.search(sentence)
    _, comma, behind = sentence[found.end() :].partition(",") if found else ("", "", "")
    return found is not None and not (comma and not _ADVISES.search(behind))


def _sentence(text: str, at: int) -> str:
    """Return a sentence with the space behind it: up to a mark at the end of a word, or a line that a warning ends."""
    found = _END.search(text, at)
    return text[at : found.end() if found else len(text)]


def key(paragraph: str) -> str:
    """Return a paragraph for comparison: its letters and digits, without the addresses in it."""
    plain = re.sub(r"\S+@\S+", "", paragraph)
    return "".join(char for char in plain.casefold() if char.isalnum())


@dataclass(slots=True)
class Openings:
    """The paragraphs that open mails, and by whom they came: those of several people are the gateway's.

    `answers` says whether a paragraph holds an answer; such a one is never the gateway's, whoever else wrote it.
    """

    answers: Callable[[str], bool]
    writers: dict[str, set[str]] = field(default_factory=dict)
    learned: set[str] = field(default_factory=set)

    def add(self, text: str, writer: str) -> None:
        """Note how a mail opens. What stands alone is what its writer wrote."""
        paragraph = _paragraph(text, len(text) - len(text.lstrip()))
        alone = not text.strip()[len(paragraph) :].strip()
        if alone or len(paragraph.split()) < LEAST_WORDS or _PERSON.search(paragraph) or not writer:
            return
        name = key(paragraph)
        if name not in self.writers and len(self.writers) >= _MOST_OPENINGS:
            return
        people = self.writers.setdefault(name, set())
        people.add(writer)
        if len(people) >= LEAST_PEOPLE and name not in self.learned and not self.answers(paragraph):
            self.learned.add(name)

    def opens(self, text: str) -> bool:
        """Return whether a text opens with a paragraph of the gateway's."""
        return bool(self.learned) and key(_paragraph(text, len(text) - len(text.lstrip()))) in self.learned
