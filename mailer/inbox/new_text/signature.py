"""Decide which unquoted lines of a mail are signature or footer, not text written for this mail."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from mailer.inbox.new_text.card import CardLineKind, card, is_card, line_kind
from mailer.inbox.new_text.footer import is_device, is_disclaimer, is_footer, is_own_device
from mailer.inbox.new_text.lines import LineMark, MarkedBody, MarkedLine, Span, stretches
from mailer.inbox.new_text.personal import holds_decision

MAX_LINES = 40
"""Lines of a signature with its disclaimers; a longer text below ``--`` is part of the mail."""

SEPARATOR = "-- "
"""The line that mail programs put above a signature (RFC 3676 section 4.3); people leave out its space."""

_DELIMITER = re.compile(r"-- ?-?")
_DRAWN = re.compile(r"[-_=*~–—‐]{2,}|[—–]")
_POSTSCRIPT = re.compile(r"p\.?\s?[-–]?\s?s(?:\.|\s?[:,–-]|\s)", re.IGNORECASE)


def signature(body: MarkedBody, quoted: Sequence[bool]) -> list[bool]:
    """Return for each line whether it is signature or footer; each part between quotations is looked at by itself."""
    signed = [False] * len(body)
    for start, end in stretches([not one for one in quoted]):
        texts = body.texts[start:end]
        inside = [line.mark is LineMark.SIGNATURE for line in body.lines[start:end]]
        for find in (_disclaimed, _footers, _delimited, _devices, _cards):
            find(texts, inside)
        _separated(body.lines[start:end], inside)
        _keep_postscripts(texts, inside)
        signed[start:end] = inside
    return signed


def _paragraphs(texts: Sequence[str]) -> Iterator[Span]:
    return stretches([bool(text) for text in texts])


def _sign(inside: list[bool], start: int, end: int) -> None:
    inside[start:end] = [True] * (end - start)


def _separated(lines: Sequence[MarkedLine], inside: list[bool]) -> None:
    """Mark everything below the separator, even sentences ("Absente le mercredi"), since a program put it there."""
    first = next((at for at, line in enumerate(lines) if line.text == SEPARATOR), len(lines))
    _sign(inside, first, len(lines))


def _delimited(texts: Sequence[str], inside: list[bool]) -> None:
    """Mark everything below ``--`` unless an answer stands there, or below another drawn line if it is a card."""
    seen = [at for at, text in enumerate(texts) if text]
    for at in seen[-MAX_LINES - 1 :]:
        if not _DRAWN.fullmatch(texts[at]):
            continue
        left = [
            text for text, done in zip(texts[at + 1 :], inside[at + 1 :], strict=True) if text and not done
        ]
        below = list(itertools.takewhile(lambda text: not _POSTSCRIPT.match(text), left))
        if is_card(below) or not below or (_DELIMITER.fullmatch(texts[at]) and not any(map(_answers, below))):
            return _sign(inside, at, len(texts))
    return None


def _answers(text: str) -> bool:
    return holds_decision(text) and line_kind(text) is CardLineKind.TEXT


def _disclaimed(texts: Sequence[str], inside: list[bool]) -> None:
    """Mark the first disclaimer and all below it; it comes last, often repeated in other languages."""
    for start, end in _paragraphs(texts):
        if is_disclaimer(" ".join(texts[start:end])):
            return _sign(inside, start, len(texts))
    return None


def _footers(texts: Sequence[str], inside: list[bool]) -> None:
    for at, text in enumerate(texts):
        if text and is_footer(text):
            inside[at] = True


def _devices(texts: Sequence[str], inside: list[bool]) -> None:
    """Mark "Envoyé de mon iPhone", and all below it if there is text above it.

    Outlook for telephones quotes below that line, sometimes without an introduction.
    """
    said_above = False
    for start, end in _paragraphs(texts):
        first = next((at for at in range(start, end) if is_device(texts[at])), end)
        if first < end and said_above and is_own_device(texts[first]) and _are_names(texts[start:first]):
            return _sign(inside, start, len(texts))
        said_above = said_above or not all(inside[start:first])
        if first < end and said_above:
            return _sign(inside, first, len(texts))
        for at in range(first, end):
            inside[at] = inside[at] or is_device(texts[at])
        said_above = said_above or not all(inside[first:end])
    return None


def _are_names(texts: Sequence[str]) -> bool:
    return all(line_kind(text) is CardLineKind.NAME for text in texts)


def _cards(texts: Sequence[str], inside: list[bool]) -> None:
    left = [at for at, done in enumerate(inside) if not done]
    for at in card([texts[at] for at in left]):
        inside[left[at]] = True


def _keep_postscripts(texts: Sequence[str], inside: list[bool]) -> None:
    """Unmark every postscript ("P.-S."), to the end of its paragraph."""
    for start, end in _paragraphs(texts):
        for at in range(start, end):
            if inside[at] and _POSTSCRIPT.match(texts[at]):
                inside[at:end] = [is_device(text) for text in texts[at:end]]
                break
