"""Convert an HTML body to lines, each marked as quotation, signature or earlier mail by the elements around it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from mailer.inbox.new_text.lines import LineMark, MarkedLine, marked, word_set
from mailer.inbox.new_text.tags import Tag, pieces

VOID = word_set("area base br col embed hr img input link meta source track wbr")
BLOCKS = word_set(
    "address article aside blockquote body center dd details div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr"
    " html li main nav ol p pre section summary table tbody tfoot thead tr ul"
)
APART = word_set("p h1 h2 h3 h4 h5 h6 ul ol table blockquote")

# The elements of mail programs by class, id, name or data-marker, without the "x_" that Outlook.com puts before them.
NAMED = {
    # the earlier mail begins here, and goes on to the end
    "divrplyfwdmsg": LineMark.CUT,  # Outlook on the web
    "appendonsend": LineMark.CUT,
    "outlookmessageheader": LineMark.CUT,  # Outlook
    "olk_src_body_section": LineMark.CUT,  # Outlook for Mac
    "mail-editor-reference-message-container": LineMark.CUT,  # Outlook mobile
    "ms-outlook-mobile-reference-message": LineMark.CUT,
    "stopspelling": LineMark.CUT,  # Hotmail
    "zwchr": LineMark.CUT,  # Zimbra
    "__headers__": LineMark.CUT,
    "_originalcontent": LineMark.CUT,  # BlackBerry
    "original-content": LineMark.CUT,  # QQ
    "moz-forward-container": LineMark.CUT,  # Thunderbird
    "messagereplysection": LineMark.CUT,  # Spark
    # the element holds the earlier mail
    "quoted-content": LineMark.QUOTED,  # GMX, web.de
    "__quoted_text__": LineMark.QUOTED,
    # the element holds the attribution, alone or with the quotation
    "gmail_quote": LineMark.CITING,
    "gmail_attr": LineMark.CITING,
    "moz-cite-prefix": LineMark.CITING,
    "yahoo_quoted": LineMark.CITING,
    "protonmail_quote": LineMark.CITING,
    "tutanota_quote": LineMark.CITING,
    "zmail_extra": LineMark.CITING,  # Zoho
    "reply-intro": LineMark.CITING,  # Roundcube
    "airmail_on": LineMark.CITING,
    "quote": LineMark.CITING,  # GMX, web.de
    "applemailsignature": LineMark.SIGNATURE,
    "messagesignaturesection": LineMark.SIGNATURE,  # Spark
    "bloop_sign": LineMark.SIGNATURE,  # Airmail
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
    """An open element, with the mark of the text in it."""

    name: str
    mark: LineMark = LineMark.NONE
    hidden: bool = False


def from_html(html: str) -> list[MarkedLine]:
    """Return the lines of a text/html body."""
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
    """Yield the names by which mail programs label an element."""
    for key in ("class", "id", "name", "data-marker", "fairemail"):
        for name in attributes.get(key, "")[:500].split():
            yield name.removeprefix("x_")


def _mark(tag: Tag) -> LineMark:
    """Return the mark of the text in an element."""
    attributes = tag.attributes
    if tag.name == "blockquote":
        return _mark_of_blockquote(attributes)
    if "data-signatureblock" in attributes or attributes.get("data-smartmail") == "gmail_signature":
        return LineMark.SIGNATURE
    for name in _names(attributes):
        mark = NAMED.get(name)
        if mark is None and name.startswith("yahoo_quoted"):
            mark = LineMark.CITING
        if mark is None and len(name) < 60 and _SIGNATURE_NAME.search(name):
            mark = LineMark.SIGNATURE
        if mark is not None:
            return mark
    return LineMark.NONE


def _mark_of_blockquote(attributes: dict[str, str]) -> LineMark:
    """Return QUOTED for a blockquote that quotes, INDENTED for one that may only indent, NONE for one that does.

    Indentation by WebKit (Apple Mail) has the class webkit-indent-blockquote, by others a margin of 40px or no border.
    """
    style = attributes.get("style", "")
    if "webkit-indent-blockquote" in attributes.get("class", ""):
        return LineMark.NONE
    if (
        attributes.get("type") == "cite"
        or "cite" in attributes
        or "class" in attributes
        or _QUOTE_STYLE.search(style)
    ):
        return LineMark.QUOTED
    return LineMark.NONE if _INDENT_STYLE.search(style) else LineMark.INDENTED


class _Page:
    """A page while it is read: the lines so far, the line being written, and the open elements."""

    def __init__(self) -> None:
        self.lines: list[MarkedLine] = []
        self._words: list[str] = []
        self._open: list[_Element] = []
        self._names: Counter[str] = Counter()
        self._marks: Counter[LineMark] = Counter()
        self._hidden = 0
        self._cited = 0

    def open(self, tag: Tag) -> None:
        """Begin an element."""
        mark = _mark(tag)
        if tag.name in BLOCKS or mark is not LineMark.NONE:
            self.end_line()
        if mark is LineMark.CUT and not self._inside_quotation():
            self.lines.append(MarkedLine("", LineMark.CUT))
        if tag.name in APART and not self._is_tight(tag):
            self.end_paragraph()
        if tag.name == "br":
            self.end_line(blank=True)
        elif tag.name == "hr":
            self.lines.append(MarkedLine(_RULE, self._current()))
        elif tag.name in ("td", "th"):
            self._words.append(" ")
        if tag.name in VOID:
            return
        if mark is LineMark.CITING and not self._marks[LineMark.CITING]:
            self._cited = 0
        hidden = (
            "hidden" in tag.attributes
            or _HIDDEN_STYLE.search(tag.attributes.get("style", "")[:500]) is not None
        )
        self._enter(_Element(tag.name, mark, hidden), 1)
        self._open.append(_Element(tag.name, mark, hidden))

    def close(self, name: str) -> None:
        """End an element and all that are still open inside it; ignore an end tag without a start tag."""
        if name == "br":
            self.end_line(blank=True)
        if not self._names[name]:
            return
        while self._open:
            element = self._open.pop()
            if element.name in BLOCKS or element.mark is not LineMark.NONE:
                self.end_line()
            self._enter(element, -1)
            if element.name == name:
                break
        if name in APART and name != "p":
            self.end_paragraph()

    def write(self, text: str) -> None:
        """Add text to the present line."""
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
        """End the present line if there is text on it; `blank`: also if there is none."""
        text = "".join(self._words)
        if not self._names["pre"]:
            text = _SPACES.sub(" ", text).strip(" ")
        self._words.clear()
        if text.strip() or blank:
            mark = self._current()
            self.lines.append(marked(text) if mark is LineMark.NONE else MarkedLine(text, mark))

    def end_paragraph(self) -> None:
        """Add a blank line, unless the last one is blank."""
        if self.lines and self.lines[-1].text:
            self.lines.append(MarkedLine("", self._current()))

    def _enter(self, element: _Element, step: int) -> None:
        """Count an element that begins (`step` 1) or ends (`step` -1)."""
        self._names[element.name] += step
        self._marks[element.mark] += step
        self._hidden += step * element.hidden
        if step < 0 and element.mark in (LineMark.QUOTED, LineMark.INDENTED):
            self._cited += 1

    def _is_tight(self, tag: Tag) -> bool:
        """Return whether a paragraph has no space above and below it, as Outlook's MsoNormal."""
        return (
            "msonormal" in tag.attributes.get("class", "")
            or _TIGHT_STYLE.search(tag.attributes.get("style", "")[:500]) is not None
        )

    def _inside_quotation(self) -> bool:
        return bool(self._marks[LineMark.QUOTED] or self._marks[LineMark.INDENTED])

    def _current(self) -> LineMark:
        """Return the mark of the present line by the open elements.

        CITING ends at the first quotation in its element: below that, the writer's own text may go on.
        """
        marks = self._marks
        if marks[LineMark.QUOTED]:
            return LineMark.QUOTED
        if marks[LineMark.INDENTED]:
            return LineMark.INDENTED
        if marks[LineMark.SIGNATURE]:
            return LineMark.SIGNATURE
        if marks[LineMark.CITING] and not self._cited:
            return LineMark.CITING
        return LineMark.NONE
