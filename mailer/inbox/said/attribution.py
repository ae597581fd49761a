"""The line by which a mail program introduces a quotation: "On ... wrote:", in the forms of many languages.

Programs put together the same few things in any order: an opening word, a date, a time, a name, an address, a verb of
writing, a colon. So no form is listed as a whole: a line (or up to five, as programs wrap it) is an attribution when
it holds enough of them and hardly anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.inbox.said.lines import Body, Span

MAX_LINES = 5
MAX_LENGTH = 600
MAX_NAME = 9
MAX_NAME_IN_FULL_FORM = 18
"""Words beside date, time, address and verb: offices have long names ("Direction de la vie associative ...")."""

VERBS = {
    "ca": ("va escriure", "ha escrit", "escrigué"),
    "cs": ("napsal", "napsala", "napsal(a)", "napsal/a", "píše"),
    "da, no": ("skrev", "skrev følgende", "skreiv", "skriver"),
    "de": ("schrieb", "schrieben", "schreibt", "geschrieben", "schrieb folgendes"),
    "el": ("έγραψε", "έγραψαν"),
    "en": ("wrote", "writes", "has written", "wrote the following"),
    "es": ("escribió", "escribio", "escribe", "ha escrito"),
    "et, lt, lv": ("kirjutas", "rašė", "parašė", "rakstīja"),
    "fi": ("kirjoitti",),
    "fr": ("a écrit", "a ecrit", "écrivait", "écrivit", "ecrivait", "a écrit ce qui suit"),
    "hr, sl, sr": (
        "napisao",
        "napisala",
        "napisao je",
        "napisala je",
        "je napisal",
        "je napisala",
        "je napisao/la",
    ),
    "hu": ("írta", "ezt írta"),
    "it": ("ha scritto", "scrive", "scrisse"),
    "nl": ("schreef", "schreef het volgende", "geschreven", "schrijft"),
    "pl": ("napisana przez", "napisał", "napisała", "napisał(a)", "napisał/a", "pisze"),
    "pt": ("escreveu", "escreve", "escreveu o seguinte"),
    "ro": ("a scris",),
    "ru": ("написал", "написала", "написал(а)", "написал (а)", "написали", "пишет", "писал", "писала"),
    "sk": ("napísal", "napísala", "napísal(a)", "píše"),
    "sv": ("skrev", "skrev följande"),
    "tr": ("yazdı", "şunu yazdı", "şunları yazdı"),
    "uk, bg": ("написав", "написала", "пише", "написа"),
    "vi": ("đã viết",),
}
UNSPACED_VERBS = ("写道", "寫道", "写信", "님이 작성", "작성", "เขียนว่า", "كتب", "כתב", "מאת", "نوشت")

CITING_WORDS = (
    "quoting",
    "zitat von",
    "citando a",
    "citando",
    "citeren",
    "citat av",
    "citat från",
    "cytowanie",
    "citace",
    "цитирую",
)
"""How the Horde family opens instead of a verb: "Zitat von Camille <...>:"."""

# Whoever says "I wrote" or "you wrote to us" is telling something: these words stand before a verb only in speech.
_PERSONAL = re.compile(
    r"\b(?:I|we|ich|wir|ik|wij|yo|nous|vous|me|te|lui|leur|jeg|jag|eu|mir|uns)\s{0,3}$", re.IGNORECASE
)

_MONTHS = (
    "jan|ene|gen|sty|led|янв|ian|tammi|feb|fév|fev|lut|úno|фев|helmi|mar|mär|mrt|maa|bře|březn|мар|már|mrz|apr|avr|abr|kwi|dub|апр|ápr|huhti"
    "|may|mai|maj|mei|mag|maio|kvě|мая|май|máj|touko|jun|jui|juin|giu|cze|červ|июн|jún|kesä|jul|juil|lug|lip|июл|júl|heinä|aug|aoû|aou|ago|sie|srp"
    "|авг|elo|sep|set|wrz|zář|сен|szept|syys|oct|okt|ott|out|paź|říj|окт|loka|nov|lis|нояб|ноя|marras|dec|déc|dez|dic|des|gru|pro|дек|joulu"
)
_WORDED = rf"(?:{_MONTHS})[^\W\d_]{{0,9}}"
_DATE = re.compile(
    r"\d{4}\s?[年년]\s?\d{1,2}\s?[月월]\s?\d{1,2}\s?[日일]?"
    rf"|\d{{4}}\.?\s{{0,2}}{_WORDED}\.?\s{{0,2}}\d{{1,2}}\b"
    r"|\b\d{1,4}\.?\s?[./-]\s?\d{1,2}\.?\s?[./-]\s?\d{2,4}\b"
    rf"|\b\d{{1,2}}(?:er|st|nd|rd|th|º|°|\.)?,?[\s-]{{0,2}}(?:de\s|of\s)?{_WORDED}\.?,?(?:[\s-]{{1,2}}(?:de\s)?\d{{2,4}}\b)?"
    rf"|\b{_WORDED}\.?\s{{1,2}}\d{{1,2}}\b(?:st|nd|rd|th)?,?(?:\s\d{{4}}\b)?"
    # a month no table knows: a day, a word, a year
    r"|\b\d{1,2}\.?\s(?:de\s)?[^\W\d_]{2,14}[.'’׳]{0,2},?\s(?:\d{1,2},?\s)?(?:de\s)?20\d{2}\b",
    re.IGNORECASE,
)
_TIME = re.compile(
    r"\b\d{1,2}\s?[:.h]\s?\d{2}(?:[:.]\d{2})?\b(?:\s?[ap]\.?\s?m\b\.?)?|\b\d{1,2}\s?[ap]\.?m\b", re.IGNORECASE
)
_ZONE = re.compile(
    r"\(?\b(?:UTC|GMT|CES?T|ME[SZ]Z?|[ECMP][SD]T|BST|WES?T|EES?T|MSK)\b(?:\s?[+-]\s?\d{1,2}(?::?\d{2})?)?\)?|(?<!\w)[+-]\d{2}:?\d{2}\b"
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:]{1,64}@[^\s<>()\[\]\",;:]{1,255}")
_LEAD = r"(?:[^\W\d_]{1,14}[.,]{0,2}\s{1,2}){0,3}"
_DATED = re.compile(rf"{_LEAD}(?:(?:{_TIME.pattern})\W{{1,3}})?(?:{_DATE.pattern})", re.IGNORECASE)

_SPACED_VERBS = sorted({verb for verbs in VERBS.values() for verb in verbs}, key=len, reverse=True)
_VERB = re.compile(
    rf"(?<![\w'’])(?:{'|'.join(map(re.escape, _SPACED_VERBS))})(?!\w)|(?:{'|'.join(UNSPACED_VERBS)})",
    re.IGNORECASE,
)
_ENDINGS = tuple(verb.casefold() for verb in (*_SPACED_VERBS, *UNSPACED_VERBS))
_EVIDENCE = re.compile(rf"@|\d|{_VERB.pattern}", re.IGNORECASE)
_CITING = re.compile(rf"(?:{'|'.join(map(re.escape, CITING_WORDS))})\b", re.IGNORECASE)
_FRAME = " \t*_-–—‐\"'"
_SENTENCE = re.compile(r"[!?]|[^\W\d_]{5,}\.\s")
_WORD = re.compile(r"[^\W\d_]{2,}")
_INNER_COLON = re.compile(r"[^\W\d]\s?[:：]\s")
_NAMES = re.compile(rf"(?:[A-ZÀ-ÖØ-Þ][\w.'’-]{{0,30}} ){{1,4}}(?:{_VERB.pattern})")


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a candidate holds. `name` counts the words that are nothing else."""

    dated: bool
    date: bool
    time: bool
    zone: bool
    address: bool
    verb: bool
    verb_last: bool
    colon: bool
    citing: bool
    name: int


def attributions(body: Body) -> Iterator[Span]:
    """Find the attributions, in order."""
    for end, (text, quoted) in enumerate(zip(body.texts, body.quoted, strict=True)):
        if not text or (quoted and not _closes_address(body, end)):
            continue
        if _may_end(text):
            start = _start(body, end)
        elif not quoted and _is_nameplate(text, alone=_stands_alone(body, end)):
            start = end
        else:
            continue
        if start is not None:
            yield start, end + 1


def _may_end(text: str) -> bool:
    """Whether a line ends as an attribution does, in a colon or a verb."""
    ending = text[-60:].rstrip(_FRAME + ".>)")
    return ending.endswith((":", "：")) or ending.casefold().endswith(_ENDINGS)


def _closes_address(body: Body, end: int) -> bool:
    """Gmail wraps ``<camille@example.org`` / ``> wrote:``: that ``>`` closes the address and quotes nothing."""
    if not end or body.quoted[end - 1]:
        return False
    above = body.texts[end - 1]
    return above.count("<") > above.count(">")


def _start(body: Body, end: int) -> int | None:
    """Find the line on which the attribution that ends on line `end` begins: the nearest that makes it whole."""
    before_quote = body.leads_to_quotation(end)
    joined = ""
    for start in range(end, max(-1, end - MAX_LINES), -1):
        if body.blank[start] or (body.quoted[start] and start != end):
            return None
        # With its ">", which here belongs to an address.
        joined = f"{body.lines[start].text[:MAX_LENGTH].strip()} {joined}".strip()
        if len(joined) > MAX_LENGTH:
            return None
        if _is_attribution(joined, before_quote=before_quote, opens=body.opens(start)):
            return _with_date_above(body, start)
    return None


def _with_date_above(body: Body, start: int) -> int:
    """Claws and Evolution put the date on a line of its own, Gmail may wrap inside the name: take that line too."""
    if body.opens(start):
        return start
    read = _read(body.texts[start - 1])
    return start - 1 if read.dated and read.time and read.name <= MAX_NAME else start


def _read(text: str) -> _Reading:
    text = text.replace("&lt;", "<").replace("&gt;", ">").strip(_FRAME)
    verb = _last_verb(text)
    rest = text if verb is None else f"{text[: verb.start()]} {text[verb.end() :]}"
    found = {}
    for name, pattern in (("address", _ADDRESS), ("date", _DATE), ("zone", _ZONE), ("time", _TIME)):
        found[name] = pattern.search(rest) is not None
        rest = pattern.sub(" ", rest)
    return _Reading(
        dated=_DATED.match(text) is not None,
        date=found["date"],
        time=found["time"],
        zone=found["zone"],
        address=found["address"],
        verb=verb is not None,
        verb_last=verb is not None and not text[verb.end() :].strip(_FRAME + ":：.>"),
        colon=text.endswith((":", "：")),
        citing=_CITING.match(text) is not None,
        name=MAX_LENGTH if _SENTENCE.search(rest) else len(_WORD.findall(rest)),
    )


def _last_verb(text: str) -> re.Match[str] | None:
    """The verb of the attribution: the last one, unless somebody is telling what he wrote himself."""
    verbs = list(_VERB.finditer(text))
    if not verbs or _PERSONAL.search(text, max(0, verbs[-1].start() - 12), verbs[-1].start()):
        return None
    return verbs[-1]


def _is_attribution(text: str, *, before_quote: bool, opens: bool) -> bool:
    if not _EVIDENCE.search(text) or text.count("<") < text.count(">"):
        return False
    read = _read(text)
    full = read.date and read.address and (read.verb or read.time)
    if read.name > (MAX_NAME_IN_FULL_FORM if full else MAX_NAME):
        return False
    if read.verb:
        if not read.colon:
            return read.verb_last and read.dated and (read.address or read.time)
        return read.dated or read.address or (before_quote and (opens or _NAMES.match(text) is not None))
    if not read.colon:
        return False
    if read.citing:
        return read.address or before_quote
    if _INNER_COLON.search(text[:-1]):
        return False
    return (
        read.date
        and read.address
        and (read.dated or before_quote or "<" in text)
        and (read.time or before_quote)
    )


def _stands_alone(body: Body, at: int) -> bool:
    """Whether a line is a paragraph of its own, or stands right above a quotation."""
    ends = at + 1 == len(body) or body.blank[at + 1] or body.quoted[at + 1]
    return body.opens(at) and ends


def _is_nameplate(text: str, *, alone: bool) -> bool:
    """Old Gmail in many languages: ``2013/7/20 Camille Julien <camille@example.org>``, no verb and no colon."""
    if not text[:1].isdigit() or not _DATE.match(text):
        return False
    read = _read(text)
    if not 0 < read.name <= MAX_NAME:
        return False
    return (read.address and (alone or text.endswith(">"))) or (alone and read.time and read.zone)
