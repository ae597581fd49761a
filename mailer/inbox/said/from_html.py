"""The lines of an HTML mail, with what its elements say of them: quotation, name card, earlier mail."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.inbox.said.lines import Line, Mark, marked, word_set
from mailer.inbox.said.tags import Tag, pieces

VOID = word_set("area base br col embed hr img input link meta source track wbr")
BLOCKS = word_set(
    "address article aside blockquote body center dd details div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr"
    " html li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
APART = word_set("p h1 h2 h3 h4 h5 h6 ul ol table blockquote")

# What programs call the elements they make: the value of class, id, name or data-marker, "x_" (Outlook.com) taken off.
NAMED = {
    # everything from here on is the earlier mail
    "divrplyfwdmsg": Mark.CUT,  # Outlook on the web
    "appendonsend": Mark.CUT,
    "outlookmessageheader": Mark.CUT,  # Outlook
    "olk_src_body_section": Mark.CUT,  # Outlook for Mac
    "mail-editor-reference-message-container": Mark.CUT,  # Outlook mobile
    "ms-outlook-mobile-reference-message": Mark.CUT,
    "stopspelling": Mark.CUT,  # Hotmail
    "zwchr": Mark.CUT,  # Zimbra
    "__headers__": Mark.CUT,
    "_originalcontent": Mark.CUT,  # BlackBerry
    "original-content": Mark.CUT,  # QQ
    "moz-forward-container": Mark.CUT,  # Thunderbird
    "messagereplysection": Mark.CUT,  # Spark
    # the earlier mail is inside
    "quoted-content": Mark.QUOTED,  # GMX, web.de
    "__quoted_text__": Mark.QUOTED,
    # a container, or the introducing line itself
    "gmail_quote": Mark.CITING,
    "gmail_attr": Mark.CITING,
    "moz-cite-prefix": Mark.CITING,
    "yahoo_quoted": Mark.CITING,
    "protonmail_quote": Mark.CITING,
    "tutanota_quote": Mark.CITING,
    "zmail_extra": Mark.CITING,  # Zoho
    "reply-intro": Mark.CITING,  # Roundcube
    "airmail_on": Mark.CITING,
    "quote": Mark.CITING,  # GMX, web.de
    "applemailsignature": Mark.SIGNATURE,
    "messagesignaturesection": Mark.SIGNATURE,  # Spark
    "bloop_sign": Mark.SIGNATURE,  # Airmail
}
_SIGNATURE_NAME = re.compile(r"(?:^|[-_])signature(?:$|[-_])|^signature|signature$")
_QUOTE_STYLE = re.compile(r"border-left\s*:\s*(?!none|0|medium none)")
_INDENT_STYLE = re.compile(r"border\s*:\s*(?:none|0)|margin[^;]{0,30}\b40px")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all")
_TIGHT_STYLE = re.compile(r"margin(?:-(?:top|bottom))?\s*:\s*0")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_RULE = "_" * 32


@dataclass(frozen=True, slots=True)
class _Element:
    """An element that is open, and what it says of the words in it."""

    name: str
    mark: Mark = Mark.NONE
    hidden: bool = False


def from_html(html: str) -> list[Line]:
    """Read a text/html body."""
    page = _Page()
    for piece in pieces(html):
        if isinstance(piece, str):
            page.write(piece)
        elif piece.closing:
            page.close(piece.name)
        else:
            page.open(piece)
    page.end_line()
    return page.lines


def _names(attributes: dict[str, str]) -> Iterator[str]:
    for key in ("class", "id", "name", "data-marker", "fairemail"):
        for name in attributes.get(key, "")[:500].split():
            yield name.removeprefix("x_")


def _mark(tag: Tag) -> Mark:
    """What an element says of the words in it."""
    attributes = tag.attributes
    if tag.name == "blockquote":
        return _mark_of_blockquote(attributes)
    if "data-signatureblock" in attributes or attributes.get("data-smartmail") == "gmail_signature":
        return Mark.SIGNATURE
    for name in _names(attributes):
        mark = NAMED.get(name)
        if mark is None and name.startswith("yahoo_quoted"):
            mark = Mark.CITING
        if mark is None and len(name) < 60 and _SIGNATURE_NAME.search(name):
            mark = Mark.SIGNATURE
        if mark is not None:
            return mark
    return Mark.NONE


def _mark_of_blockquote(attributes: dict[str, str]) -> Mark:
    style = attributes.get("style", "")
    if "webkit-indent-blockquote" in attributes.get("class", ""):
        return Mark.NONE
    if (
        attributes.get("type") == "cite"
        or "cite" in attributes
        or "class" in attributes
        or _QUOTE_STYLE.search(style)
    ):
        return Mark.QUOTED
    return Mark.NONE if _INDENT_STYLE.search(style) else Mark.INDENTED


class _Page:
    """The page as it is read: lines so far, the line being written, and the elements that are open."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self._words: list[str] = []
        self._open: list[_Element] = []
        self._names: Counter[str] = Counter()
        self._marks: Counter[Mark] = Counter()
        self._hidden = 0
        self._cited = 0

    def open(self, tag: Tag) -> None:
        """An element begins."""
        mark = _mark(tag)
        if tag.name in BLOCKS or mark is not Mark.NONE:
            self.end_line()
        if mark is Mark.CUT and not self._inside_quotation():
            self.lines.append(Line("", Mark.CUT))
        if tag.name in APART and not self._is_tight(tag):
            self.end_paragraph()
        if tag.name == "br":
            self.end_line(blank=True)
        elif tag.name == "hr":
            self.lines.append(Line(_RULE, self._current()))
        elif tag.name in ("td", "th"):
            self._words.append(" ")
        if tag.name in VOID:
            return
        if mark is Mark.CITING and not self._marks[Mark.CITING]:
            self._cited = 0
        hidden = (
            "hidden" in tag.attributes
            or _HIDDEN_STYLE.search(tag.attributes.get("style", "")[:500]) is not None
        )
        self._enter(_Element(tag.name, mark, hidden), 1)
        self._open.append(_Element(tag.name, mark, hidden))

    def close(self, name: str) -> None:
        """An element ends, and with it whatever is still open inside. An end without a beginning is no end."""
        if name == "br":
            self.end_line(blank=True)
        if not self._names[name]:
            return
        while self._open:
            element = self._open.pop()
            if element.name in BLOCKS or element.mark is not Mark.NONE:
                self.end_line()
            self._enter(element, -1)
            if element.name == name:
                break
        if name in APART and name != "p":
            self.end_paragraph()

    def write(self, text: str) -> None:
        """Take in words."""
        if self._hidden:
            return
        if not self._names["pre"]:
            self._words.append(_SPACES.sub(" ", text))
            return
        first, *more = text.replace("\r\n", "\n").split("\n")
        self._words.append(first)
        for line in more:
            self.end_line(blank=True)
            self._words.append(line)

    def end_line(self, *, blank: bool = False) -> None:
        """Finish the line being written, if there are words on it; `blank`: also if there are none."""
        text = "".join(self._words)
        if not self._names["pre"]:
            text = _SPACES.sub(" ", text).strip(" ")
        self._words.clear()
        if text.strip() or blank:
            mark = self._current()
            self.lines.append(marked(text) if mark is Mark.NONE else Line(text, mark))

    def end_paragraph(self) -> None:
        """Leave a blank line, unless there is one."""
        if self.lines and self.lines[-1].text:
            self.lines.append(Line("", self._current()))

    def _enter(self, element: _Element, step: int) -> None:
        self._names[element.name] += step
        self._marks[element.mark] += step
        self._hidden += step * element.hidden
        if step < 0 and element.mark in (Mark.QUOTED, Mark.INDENTED):
            self._cited += 1

    def _is_tight(self, tag: Tag) -> bool:
        return (
            "msonormal" in tag.attributes.get("class", "")
            or _TIGHT_STYLE.search(tag.attributes.get("style", "")[:500]) is not None
        )

    def _inside_quotation(self) -> bool:
        return bool(self._marks[Mark.QUOTED] or self._marks[Mark.INDENTED])

    def _current(self) -> Mark:
        """What the open elements say. Behind the first quotation in a container the writer's words may go on."""
        marks = self._marks
        if marks[Mark.QUOTED]:
            return Mark.QUOTED
        if marks[Mark.INDENTED]:
            return Mark.INDENTED
        if marks[Mark.SIGNATURE]:
            return Mark.SIGNATURE
        if marks[Mark.CITING] and not self._cited:
            return Mark.CITING
        return Mark.NONE
