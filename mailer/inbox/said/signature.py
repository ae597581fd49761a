"""Which of a mail's new lines were not written for it: the writer's name card, and footers."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from mailer.inbox.said.card import Kind, card, is_card, kind
from mailer.inbox.said.footer import is_device, is_disclaimer, is_footer, is_own_device
from mailer.inbox.said.lines import Body, Line, Mark, Span, stretches
from mailer.inbox.said.personal import holds_decision

MAX_LINES = 40
"""A name card with its disclaimers is shorter; what is longer below a ``--`` is a letter."""

SEPARATOR = "-- "
"""What mail programs put above a signature, RFC 3676 section 4.3; people leave out its space."""

_DELIMITER = re.compile(r"-- ?-?")
_DRAWN = re.compile(r"[-_=*~–—‐]{2,}|[—–]")
_POSTSCRIPT = re.compile(r"p\.?\s?[-–]?\s?s(?:\.|\s?[:,–-]|\s)", re.IGNORECASE)


def signature(body: Body, quoted: Sequence[bool]) -> list[bool]:
    """Say of each line whether it is a name card or a footer. Each stretch between quotations is read by itself."""
    signed = [False] * len(body)
    for start, end in stretches([not one for one in quoted]):
        texts = body.texts[start:end]
        inside = [line.mark is Mark.SIGNATURE for line in body.lines[start:end]]
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


def _separated(lines: Sequence[Line], inside: list[bool]) -> None:
    """Take everything below the separator, whatever it is: a program put it there ("Absente le mercredi")."""
    first = next((at for at, line in enumerate(lines) if line.text == SEPARATOR), len(lines))
    _sign(inside, first, len(lines))


def _delimited(texts: Sequence[str], inside: list[bool]) -> None:
    """Take everything below ``--`` unless an answer stands there, or below another drawn line if it is a card."""
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
    return holds_decision(text) and kind(text) is Kind.TEXT


def _disclaimed(texts: Sequence[str], inside: list[bool]) -> None:
    """Take the first disclaimer and what follows: it comes last, in several languages."""
    for start, end in _paragraphs(texts):
        if is_disclaimer(" ".join(texts[start:end])):
            return _sign(inside, start, len(texts))
    return None


def _footers(texts: Sequence[str], inside: list[bool]) -> None:
    for at, text in enumerate(texts):
        if text and is_footer(text):
            inside[at] = True


def _devices(texts: Sequence[str], inside: list[bool]) -> None:
    """Take "Envoyé de mon iPhone", and what follows if something precedes.

    Outlook for phones quotes below that line, at times without a word of introduction.
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
    return all(kind(text) is Kind.NAME for text in texts)


def _cards(texts: Sequence[str], inside: list[bool]) -> None:
    left = [at for at, done in enumerate(inside) if not done]
    for at in card([texts[at] for at in left]):
        inside[left[at]] = True


def _keep_postscripts(texts: Sequence[str], inside: list[bool]) -> None:
    """Give back what begins with "P.-S.", to the end of its paragraph, wherever it stands."""
    for start, end in _paragraphs(texts):
        for at in range(start, end):
            if inside[at] and _POSTSCRIPT.match(texts[at]):
                inside[at:end] = [is_device(text) for text in texts[at:end]]
                break
