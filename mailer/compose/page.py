"""Read the HTML part of a letter: its words, and markup that a letter must not hold.

Nothing in a letter may be fetched from elsewhere, run, or track its reader.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

from mailer.compose.marks import is_mark

_FORBIDDEN = frozenset(
    (
        *("script", "iframe", "frame", "object", "embed", "applet", "portal"),
        *("form", "input", "button", "link", "base"),
        *("audio", "video", "source", "track"),
    )
)
_FETCHED = ("src", "srcset", "background", "poster", "data", "ping")
_LINKS = ("a", "area")
"""Elements whose link is followed only when clicked; in others, such as those of SVG, it is fetched."""
_HARMLESS_EQUIVALENTS = ("content-type", "content-language", "x-ua-compatible")
_STYLE_FETCHES = re.compile(r"url\s*\(|@import|expression\s*\(", re.IGNORECASE)
_MARKUP = re.compile(r"<(style|title)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)


def as_read(page: str) -> str:
    """Return the words a reader sees, with a space in place of every tag."""
    return html.unescape(_MARKUP.sub(" ", page))


def forbidden_in(page: str) -> str:
    """Return the first forbidden element or attribute; empty if there is none."""
    reader = _ForbiddenMarkup(convert_charrefs=True)
    reader.feed(page)
    reader.close()
    return reader.found


def marks_out_of_place(page: str) -> bool:
    """Return whether a mark is where a value could be read as markup, or change the styles."""
    reader = _MisplacedMarks(convert_charrefs=True)
    reader.feed(page)
    reader.close()
    return reader.out_of_place or (reader.in_links and _STYLED_BY_LINK.search(page) is not None)


_QUOTED = re.compile(r"""\"[^"]*"|'[^']*'""")
_STYLED_BY_LINK = re.compile(r"\[\s*(?:href|title|alt)", re.IGNORECASE)


class _MisplacedMarks(HTMLParser):
    out_of_place = False
    in_links = False
    _in_words = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_words = tag not in ("style", "script")
        self._look(tag)
        self._look(_QUOTED.sub("", self.get_starttag_text() or ""))
        for name, value in attrs:
            self._look(name)
            if any(map(is_mark, value or "")):
                self.in_links = True
                self.out_of_place |= name not in ("href", "title", "alt")

    def handle_endtag(self, tag: str) -> None:
        self._in_words = True
        self._look(tag)

    def handle_data(self, data: str) -> None:
        if not self._in_words:
            self._look(data)

    def handle_comment(self, data: str) -> None:
        self._look(data)

    def handle_decl(self, decl: str) -> None:
        self._look(decl)

    def handle_pi(self, data: str) -> None:
        self._look(data)

    def unknown_decl(self, data: str) -> None:
        self._look(data)

    def _look(self, text: str) -> None:
        self.out_of_place |= any(map(is_mark, text))


class _ForbiddenMarkup(HTMLParser):
    found: str = ""
    _in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        if tag in _FORBIDDEN:
            self._find(f"<{tag}>")
        for name, value in attrs:
            if self._is_forbidden(tag, name, (value or "").strip().casefold()):
                self._find(f'{name}="{value}"')

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self._in_style and (fetch := _STYLE_FETCHES.search(data)):
            self._find(fetch[0])

    @staticmethod
    def _is_forbidden(tag: str, name: str, value: str) -> bool:
        if name in _FETCHED:
            return not value.startswith("cid:")
        if name.endswith("href") and tag not in _LINKS:
            return not value.startswith(("cid:", "#"))
        if name == "http-equiv":
            return value not in _HARMLESS_EQUIVALENTS
        if name == "href":
            return not value.startswith(("https:", "http:", "mailto:", "tel:", "#"))
        return name.startswith("on") or (name == "style" and bool(_STYLE_FETCHES.search(value)))

    def _find(self, what: str) -> None:
        self.found = self.found or what
