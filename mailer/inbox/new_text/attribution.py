"""Find attributions, the lines by which mail programs introduce a quotation: "On ... wrote:", in many languages.

Programs combine the same few things in any order: an opening word, a date, a time, a name, an address, a verb of
writing, a colon. So no form is listed as a whole: a line, or up to five that a program wrapped, is an attribution if
it holds enough of these things and hardly anything else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.inbox.new_text.lines import MarkedBody, Span

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
"""The words by which Horde and its webmail IMP begin, without a verb: "Zitat von Camille <...>:"."""

# "I wrote", "you wrote to us" tell something: before these words the verb belongs to the writer's own text.
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
class _Features:
    """The features of an attribution that were found in a text. `name` counts the words that belong to none of them."""

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


def attributions(body: MarkedBody) -> Iterator[Span]:
    """Yield the attributions, in order."""
    for end, (text, quoted) in enumerate(zip(body.texts, body.quoted, strict=True)):
        if not text or (quoted and not _closes_address(body, end)):
            continue
        if _may_end(text):
            start = _start(body, end)
        elif not quoted and _is_date_and_sender(text, alone=_stands_alone(body, end)):
            start = end
        else:
            continue
        if start is not None:
            yield start, end + 1


def _may_end(text: str) -> bool:
    """Return whether a line ends as an attribution does, in a colon or a verb."""
    ending = text[-60:].rstrip(_FRAME + ".>)")
    return ending.endswith((":", "：")) or ending.casefold().endswith(_ENDINGS)


def _closes_address(body: MarkedBody, end: int) -> bool:
    """Return whether the ``>`` before a line closes an address: Gmail wraps ``<camille@example.org`` / ``> wrote:``."""
    if not end or body.quoted[end - 1]:
        return False
    above = body.texts[end - 1]
    return above.count("<") > above.count(">")


def _start(body: MarkedBody, end: int) -> int | None:
    """Return the line on which the attribution that ends on line `end` begins (the nearest that completes it), or None."""
    before_quote = body.leads_to_quotation(end)
    joined = ""
    for start in range(end, max(-1, end - MAX_LINES), -1):
        if body.blank[start] or (body.quoted[start] and start != end):
            return None
        # The full text, since a ">" at its beginning may close an address.
        joined = f"{body.lines[start].text[:MAX_LENGTH].strip()} {joined}".strip()
        if len(joined) > MAX_LENGTH:
            return None
        if _is_attribution(joined, before_quote=before_quote, opens=body.opens(start)):
            return _with_date_above(body, start)
    return None


def _with_date_above(body: MarkedBody, start: int) -> int:
    """Return the line above if it holds the date, else `start`.

    Claws Mail and Evolution put the date on a line of its own, and Gmail may wrap inside the name.
    """
    if body.opens(start):
        return start
    found = _features(body.texts[start - 1])
    return start - 1 if found.dated and found.time and found.name <= MAX_NAME else start


def _features(text: str) -> _Features:
    """Look for each feature in a text."""
    text = text.replace("&lt;", "<").replace("&gt;", ">").strip(_FRAME)
    verb = _last_verb(text)
    rest = text if verb is None else f"{text[: verb.start()]} {text[verb.end() :]}"
    found = {}
    for name, pattern in (("address", _ADDRESS), ("date", _DATE), ("zone", _ZONE), ("time", _TIME)):
        found[name] = pattern.search(rest) is not None
        rest = pattern.sub(" ", rest)
    return _Features(
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
    """Return the last verb of writing, or None if a pronoun before it shows that the writer is telling something."""
    verbs = list(_VERB.finditer(text))
    if not verbs or _PERSONAL.search(text, max(0, verbs[-1].start() - 12), verbs[-1].start()):
        return None
    return verbs[-1]


def _is_attribution(text: str, *, before_quote: bool, opens: bool) -> bool:
    """Return whether a text is an attribution.

    `before_quote`: a quotation follows it. `opens`: it begins a paragraph.
    """
    if not _EVIDENCE.search(text) or text.count("<") < text.count(">"):
        return False
    found = _features(text)
    full = found.date and found.address and (found.verb or found.time)
    if found.name > (MAX_NAME_IN_FULL_FORM if full else MAX_NAME):
        return False
    if found.verb and found.colon:
        return found.dated or found.address or (before_quote and (opens or _NAMES.match(text) is not None))
    if found.verb:
        return found.verb_last and found.dated and (found.address or found.time)
    return found.colon and _is_attribution_without_verb(text, found, before_quote=before_quote)


def _is_attribution_without_verb(text: str, found: _Features, *, before_quote: bool) -> bool:
    """Return whether a text that ends in a colon is an attribution: "Zitat von ...:", or a date with a sender."""
    if found.citing:
        return found.address or before_quote
    if _INNER_COLON.search(text[:-1]):
        return False
    return (
        found.date
        and found.address
        and (found.dated or before_quote or "<" in text)
        and (found.time or before_quote)
    )


def _stands_alone(body: MarkedBody, at: int) -> bool:
    """Return whether a line is a paragraph of its own, or stands right above a quotation."""
    ends = at + 1 == len(body) or body.blank[at + 1] or body.quoted[at + 1]
    return body.opens(at) and ends


def _is_date_and_sender(text: str, *, alone: bool) -> bool:
    """Return whether a line is older Gmail's attribution: ``2013/7/20 Camille Julien <camille@example.org>``.

    It has no verb and no colon. `alone`: the line is a paragraph, or stands right above a quotation.
    """
    if not text[:1].isdigit() or not _DATE.match(text):
        return False
    found = _features(text)
    if not 0 < found.name <= MAX_NAME:
        return False
    return (found.address and (alone or text.endswith(">"))) or (alone and found.time and found.zone)
