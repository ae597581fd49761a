"""Decide which lines of a mail are quoted from earlier mails.

A quotation that is marked line by line ends where the marks end, since an answer may follow below it. One that is only
introduced ("De : ... Envoyé : ...", or SOGo's "Le ... a écrit:" without marks) goes on to the end of the mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailer.inbox.new_text.attribution import attributions
from mailer.inbox.new_text.heading import headings
from mailer.inbox.new_text.lines import LineMark, MarkedBody, MarkedLine, Span, bare, stretches
from mailer.inbox.new_text.personal import is_answer

WRAPPED_AT = 72
LONG_LINE = 60
_INTRODUCES = re.compile(r"[:：]\W*$|@|\d\s?[:.h]\s?\d\d\b")
_UNFINISHED = re.compile(r".*[^\W\d_]")


def quotation(body: MarkedBody) -> list[bool]:
    """Return for each line whether it is quoted, or introduces a quotation."""
    quoted = list(body.quoted)
    spans = [span for span in _introductions(body) if not quoted[span[0]]]
    starts = {start for start, _ in spans}
    for start, end in spans:
        quoted[start:end] = [True] * (end - start)
        below = body.below[end]
        if below < len(body) and not quoted[below] and below not in starts:
            quoted[end:] = [True] * (len(body) - end)
            break
    for at in _wrapped_ends(body, quoted):
        quoted[at] = True
    return quoted


def indentation_decided(lines: Sequence[MarkedLine]) -> list[MarkedLine]:
    """Return the lines with every INDENTED mark decided: QUOTED or NONE.

    Thunderbird indents the writer's own text by the same bare ``blockquote`` with which Yandex quotes. Such a blockquote is a quotation at the top of a mail or below a line that looks like an introduction, and from the first
    one that is, all later ones are.
    """
    if all(line.mark is not LineMark.INDENTED for line in lines):
        return list(lines)
    decided: list[MarkedLine] = []
    above: MarkedLine | None = None
    quotes = next((line.mark is LineMark.INDENTED for line in lines if not line.blank), False) and any(
        line.mark is not LineMark.INDENTED and not line.blank for line in lines
    )
    for line in lines:
        if line.mark is LineMark.INDENTED:
            if above is not None and above.mark is not LineMark.INDENTED:
                quotes = quotes or _INTRODUCES.search(bare(above)) is not None
            decided.append(replace(line, mark=LineMark.QUOTED if quotes else LineMark.NONE))
        else:
            decided.append(line)
        above = above if line.blank else line
    return decided


def _introductions(body: MarkedBody) -> list[Span]:
    """Return the lines that introduce a quotation, in order."""
    found = [*attributions(body), *headings(body)]
    return sorted([*found, *_containers(body, found), *_cuts(body)])


def _cuts(body: MarkedBody) -> Iterator[Span]:
    """Yield the lines at which a program marks the beginning of the earlier mail."""
    for at, line in enumerate(body.lines):
        if line.mark is LineMark.CUT:
            yield at, at + 1


def _containers(body: MarkedBody, found: Sequence[Span]) -> Iterator[Span]:
    """Yield the lines marked CITING, unless an introduction was `found` among them.

    With an introduction among them, the other CITING lines are the writer's own: Thunderbird and Gmail let people type in
    that element.
    """
    starts = {start for start, _ in found}
    for start, end in stretches([line.mark is LineMark.CITING for line in body.lines]):
        if body.below[start] < end and starts.isdisjoint(range(start, end)):
            yield start, end


def _wrapped_ends(body: MarkedBody, quoted: Sequence[bool]) -> list[int]:
    """Return the lines that are the unmarked rest of quoted lines, which a program wrapped after marking them with ``>``.

    A short answer between quoted lines looks the same, so none are returned unless one of them is certain.
    """
    candidates = [
        at
        for at in range(1, len(body) - 1)
        if not quoted[at] and quoted[at - 1] and quoted[at + 1] and _may_be_wrapped_end(body, at)
    ]
    sure = any(
        len(body.lines[at - 1].text) >= WRAPPED_AT and _UNFINISHED.fullmatch(body.texts[at - 1])
        for at in candidates
    )
    return candidates if sure else []


def _may_be_wrapped_end(body: MarkedBody, at: int) -> bool:
    above, text = body.lines[at - 1].text, body.texts[at]
    return (
        len(above) >= LONG_LINE
        and above.lstrip().startswith(">")
        and text[:1].islower()
        and not is_answer(text)
    )
