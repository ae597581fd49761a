"""Split HTML into tags and the text between them, in linear time.

The standard library's `html.parser` takes quadratic time over hostile input ("<!--" a hundred thousand times). This
scanner never goes back. It is made for the HTML of mail programs, not for all that browsers accept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

from mailer.inbox.new_text.lines import word_set

MAX_TAG = 4000
"""Characters of a tag whose attributes are read."""

UNSEEN = frozenset(["style", "script", "title", "template"])
READ_ATTRIBUTES = word_set(
    "class id name style type cite hidden data-marker data-signatureblock data-smartmail fairemail"
)

_TAG = re.compile(r"<(/?)([a-zA-Z][^\s/>]{0,40})")
_ATTRIBUTE = re.compile(
    r"([^\s=/>\"']{1,60})\s{0,5}(?:=\s{0,5}(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']{1,300})))?"
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A start or end tag. Of the attributes, in lower case, only those that can mark a quotation or hide text."""

    name: str
    closing: bool
    attributes: dict[str, str]


def pieces(html: str) -> Iterator[str | Tag]:
    """Yield the tags of a page and the text between them. Comments, scripts, styles and titles are left out."""
    at = 0
    while True:
        start = html.find("<", at)
        if start < 0:
            yield unescape(html[at:])
            return
        if start > at:
            yield unescape(html[at:start])
        if html.startswith("<!--", start):
            end = html.find("-->", start)
            at = end + 3 if end >= 0 else len(html)
        elif html.startswith(("<!", "<?"), start):
            end = html.find(">", start)
            at = end + 1 if end >= 0 else len(html)
        elif opening := _TAG.match(html, start):
            at = _tag_end(html, start)
            name = opening[2].lower()
            yield Tag(name, bool(opening[1]), _attributes(html[opening.end() : min(at, start + MAX_TAG)]))
            if name in UNSEEN and not opening[1]:
                at = _after_unseen(html, at, name)
        else:
            yield "<"
            at = start + 1


def _tag_end(html: str, start: int) -> int:
    """Return the position after the tag's ``>``: of the first few, the one that is not inside quotes, else the first."""
    first = end = html.find(">", start)
    for _ in range(4):
        if end < 0 or end - start > MAX_TAG:
            break
        if html.count('"', start, end) % 2 == 0 and (
            html.count('"', start, end) or html.count("'", start, end) % 2 == 0
        ):
            return end + 1
        end = html.find(">", end + 1)
    return first + 1 if first >= 0 else len(html)


def _after_unseen(html: str, at: int, name: str) -> int:
    end = re.compile(f"</{name}", re.IGNORECASE).search(html, at)
    return end.start() if end else len(html)


def _attributes(inside: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(inside):
        name = match[1].lower()
        if name in READ_ATTRIBUTES:
            found.setdefault(name, unescape(match[2] or match[3] or match[4] or "").strip().lower())
    return found
