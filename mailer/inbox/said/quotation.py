"""Which lines of a mail are earlier words.

A quotation that is marked line by line ends where the marks end: what follows may be an answer below it. One that is
only introduced ("De : ... Envoyé : ...", or SOGo's "Le ... a écrit:" without marks) goes on to the end of the mail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from mailer.inbox.said.attribution import attributions
from mailer.inbox.said.heading import headings
from mailer.inbox.said.lines import Body, Line, Mark, Span, bare, stretches
from mailer.inbox.said.personal import is_answer

WRAPPED_AT = 72
LONG_LINE = 60
_INTRODUCES = re.compile(r"[:：]\W*$|@|\d\s?[:.h]\s?\d\d\b")
_UNFINISHED = re.compile(r".*[^\W\d_]")


def quotation(body: Body) -> list[bool]:
    """Say of each line whether it is earlier words."""
    quoted = list(body.quoted)
    spans = [span for span in _introductions(body) if not quoted[span[0]]]
    starts = {start for start, _ in spans}
    for start, end in spans:
        quoted[start:end] = [True] * (end - start)
        below = body.below[end]
        if below < len(body) and not quoted[below] and below not in starts:
            quoted[end:] = [True] * (len(body) - end)
            break
    for at in _torn_off(body, quoted):
        quoted[at] = True
    return quoted


def settled(lines: Sequence[Line]) -> list[Line]:
    """Decide on indentation: it quotes below a line that introduces something or above all else, and from then on.

    Thunderbird indents the writer's own words by the same bare ``blockquote`` with which Yandex quotes.
    """
    if all(line.mark is not Mark.INDENTED for line in lines):
        return list(lines)
    settled: list[Line] = []
    above: Line | None = None
    quotes = next((line.mark is Mark.INDENTED for line in lines if not line.blank), False) and any(
        line.mark is not Mark.INDENTED and not line.blank for line in lines
    )
    for line in lines:
        if line.mark is Mark.INDENTED:
            if above is not None and above.mark is not Mark.INDENTED:
                quotes = quotes or _INTRODUCES.search(bare(above)) is not None
            settled.append(replace(line, mark=Mark.QUOTED if quotes else Mark.NONE))
        else:
            settled.append(line)
        above = above if line.blank else line
    return settled


def _introductions(body: Body) -> list[Span]:
    """Everything that introduces earlier words, in order."""
    read = [*attributions(body), *headings(body)]
    return sorted([*read, *_containers(body, read), *_cuts(body)])


def _cuts(body: Body) -> Iterator[Span]:
    """Where a program says that the earlier mail begins, all that follows is introduced."""
    for at, line in enumerate(body.lines):
        if line.mark is Mark.CUT:
            yield at, at + 1


def _containers(body: Body, read: Sequence[Span]) -> Iterator[Span]:
    """What stands in a program's container before its quotation, where no grammar knows the introduction.

    Where one does, the rest of the container is the writer's: Thunderbird and Gmail let people type in it.
    """
    starts = {start for start, _ in read}
    for start, end in stretches([line.mark is Mark.CITING for line in body.lines]):
        if body.below[start] < end and starts.isdisjoint(range(start, end)):
            yield start, end


def _torn_off(body: Body, quoted: Sequence[bool]) -> list[int]:
    """Find the ends of quoted lines that a program wrapped after it had marked them, so that they lost their mark.

    An answer can stand between quoted lines just so: only where one of them is clearly torn off are the others too.
    """
    candidates = [
        at
        for at in range(1, len(body) - 1)
        if not quoted[at] and quoted[at - 1] and quoted[at + 1] and _may_be_torn_off(body, at)
    ]
    sure = any(
        len(body.lines[at - 1].text) >= WRAPPED_AT and _UNFINISHED.fullmatch(body.texts[at - 1])
        for at in candidates
    )
    return candidates if sure else []


def _may_be_torn_off(body: Body, at: int) -> bool:
    above, text = body.lines[at - 1].text, body.texts[at]
    return (
        len(above) >= LONG_LINE
        and above.lstrip().startswith(">")
        and text[:1].islower()
        and not is_answer(text)
    )
