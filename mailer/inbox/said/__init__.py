"""Which words of a mail are new: what its writer typed, without quotation, name card, footer and disclaimer."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from mailer.inbox.said.from_html import from_html
from mailer.inbox.said.heading import is_rule
from mailer.inbox.said.lines import Body, Line, from_plain
from mailer.inbox.said.quotation import quotation, settled
from mailer.inbox.said.signature import signature
from mailer.model.message import IncomingMessage, Said

__all__ = ["said", "said_in"]


def said(message: IncomingMessage) -> Said:
    """Say what the writer of a mail typed.

    Attachments and what an enclosed message holds are not the writer's words. Apple Mail and mailing lists make
    several text parts of one text: they are read as one.
    """
    parts = [part for part in message.parts if not part.attachment and not part.enclosed]
    plain = "\n\n".join(part.text for part in parts if part.content_type == "text/plain")
    html = "<br><br>".join(part.text for part in parts if part.content_type == "text/html")
    return said_in(plain, html)


def said_in(plain: str, html: str = "") -> Said:
    """Say what is new in a body that is given as plain text, as HTML, or as both.

    Of the two, that one counts in which more was recognised as quotation or signature: programs that flatten HTML
    into plain text lose the marks, and some never set them.
    """
    if not html.strip():
        return _said(from_plain(plain))
    rich = _said(from_html(html))
    if not plain.strip():
        return rich
    flat = _said(from_plain(plain))
    if rich.quoted and not flat.quoted:
        return rich
    within = bool(rich.text) and _letters(rich.text) in _letters(flat.text)
    return rich if within else flat


def _said(lines: Sequence[Line]) -> Said:
    body = Body.of(settled(lines))
    quoted = quotation(body)
    signed = signature(body, quoted)
    new = [not (one or other) for one, other in zip(quoted, signed, strict=True)]
    return Said(_joined(body, new), _joined(body, quoted), _joined(body, signed))


def _joined(body: Body, chosen: Sequence[bool]) -> str:
    """Put chosen lines together: paragraphs apart by one blank line, no drawn lines at either end."""
    kept = [at for at, wanted in enumerate(chosen) if wanted]
    if not kept:
        return ""
    ends = [*_seen(body, kept), *_seen(body, reversed(kept))]
    lines: list[str] = []
    for at in kept if ends else ():
        if body.blank[at]:
            if ends[0] < at < ends[-1] and lines[-1]:
                lines.append("")
        elif ends[0] <= at <= ends[-1]:
            lines.append(body.lines[at].text.rstrip())
    return "\n".join(lines)


def _seen(body: Body, kept: Iterable[int]) -> list[int]:
    """The first line that is neither blank nor drawn."""
    return list(itertools.islice((at for at in kept if not (body.blank[at] or is_rule(body.texts[at]))), 1))


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
