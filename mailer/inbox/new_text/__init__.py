"""Extract what the writer of a mail typed, without quotations, signature, footers and disclaimers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from mailer.inbox.new_text.from_html import from_html
from mailer.inbox.new_text.gateway import Openings, without_gateway
from mailer.inbox.new_text.heading import is_rule
from mailer.inbox.new_text.lines import MarkedBody, MarkedLine, from_plain
from mailer.inbox.new_text.ours import ours_marked, own_texts
from mailer.inbox.new_text.quotation import indentation_decided, quotation
from mailer.inbox.new_text.signature import signature
from mailer.model.message import IncomingMessage, Said
from mailer.model.own_words import OwnWords

__all__ = ["Openings", "split_body", "split_text", "texts_of_letter"]

_POINTS_TO_THE_PAGE = re.compile(
    r"\bhtml\b|\b(?:logiciel|programme|client|lecteur|messagerie)\b[^.\n]{0,40}\bne (?:permet|peut|sait|prend|supporte|g[èe]re)\b|n['’]affiche pas"
    r"|\b(?:mail|e-?mail) (?:client|program|reader|software|app)\b[^.\n]{0,60}\b(?:not|can['’]?t|cannot|unable)\b"
    r"|\b(?:view|open|read|afficher|consulter|voir|visualiser|lire|ansehen|anzeigen|bekijk\w*)\b[^.\n]{0,60}\b(?:browser|navigateur|online|en ligne|web|im browser)\b",
    re.IGNORECASE,
)
_POINTER = 400
"""Characters of a text part that only points to the page."""


def split_text(message: IncomingMessage, own: Sequence[OwnWords] = (), learned: Collection[str] = ()) -> Said:
    """Return the new text of a mail, its quotations and its signature.

    The words of letters of ours, `own`, are quotations wherever they stand. Attachments and enclosed messages are left
    out. Apple Mail and mailing lists split one text over several parts; these are joined. What a gateway put above the text
    counts as quoted; `learned` are the openings that are known to be one's.
    """
    said = split_body(*_bodies(message), own)
    above, text = without_gateway(said.text, learned)
    return replace(said, text=text, quoted="\n".join(filter(None, (above, said.quoted)))) if above else said


def texts_of_letter(message: IncomingMessage) -> tuple[str, ...]:
    """Return the texts of a letter of ours by which `split_text` knows its words again (`OwnWords.texts`)."""
    plain, html = _bodies(message)
    return own_texts(message.subject, plain, "\n".join([line.text for line in from_html(html)]))


def _bodies(message: IncomingMessage) -> tuple[str, str]:
    parts = [part for part in message.parts if not part.attachment and not part.enclosed]
    plain = "\n\n".join(part.text for part in parts if part.content_type == "text/plain")
    return plain, "<br><br>".join(part.text for part in parts if part.content_type == "text/html")


def split_body(plain: str, html: str = "", own: Sequence[OwnWords] = ()) -> Said:
    """Return the new text of a body that is given as plain text, as HTML, or as both.

    Of the two, the one counts in which more was recognised as quotation or signature: programs that convert HTML to
    plain text often drop the quote marks.
    """
    if not html.strip():
        return _split(from_plain(plain), own)
    rich = _split(from_html(html), own)
    if not plain.strip():
        return rich
    flat = _split(from_plain(plain), own)
    if rich.quoted and not flat.quoted:
        return rich
    if rich.text and _is_pointer(flat.text, rich.text):
        return rich
    within = bool(rich.text) and _letters(rich.text) in _letters(flat.text)
    return rich if within else flat


def _is_pointer(flat: str, rich: str) -> bool:
    """Return whether a text part only says that the page has to be looked at, in words that the page does not have."""
    points = len(flat) <= _POINTER and _POINTS_TO_THE_PAGE.search(flat)
    return bool(points) and _letters(flat) not in _letters(rich)


def _split(lines: Sequence[MarkedLine], own: Sequence[OwnWords]) -> Said:
    body = MarkedBody.of(ours_marked(indentation_decided(lines), own))
    quoted = quotation(body)
    signed = signature(body, quoted)
    new = [not (one or other) for one, other in zip(quoted, signed, strict=True)]
    return Said(_joined(body, new), _joined(body, quoted), _joined(body, signed))


def _joined(body: MarkedBody, chosen: Sequence[bool]) -> str:
    """Join the chosen lines: one blank line between paragraphs, no blank or drawn line at either end."""
    kept = [at for at, wanted in enumerate(chosen) if wanted]
    if not kept:
        return ""
    ends = [*_first_text(body, kept), *_first_text(body, reversed(kept))]
    lines: list[str] = []
    for at in kept if ends else ():
        if body.blank[at]:
            if ends[0] < at < ends[-1] and lines[-1]:
                lines.append("")
        elif ends[0] <= at <= ends[-1]:
            lines.append(body.lines[at].text.rstrip())
    return "\n".join(lines)


def _first_text(body: MarkedBody, kept: Iterable[int]) -> list[int]:
    """Return the first line that is neither blank nor drawn, in a list that is empty if there is none."""
    return list(itertools.islice((at for at in kept if not (body.blank[at] or is_rule(body.texts[at]))), 1))


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
