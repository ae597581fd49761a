"""The HTML part of a letter: its words, and what it must not hold.

Nothing in it is fetched from elsewhere, nothing runs, nothing tracks.
"""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_FORBIDDEN = frozenset(
    (
        *("script", "iframe", "frame", "object", "embed", "applet", "portal"),
        *("form", "input", "button", "link", "base"),
        *("audio", "video", "source", "track"),
    )
)
_FETCHED = ("src", "srcset", "background", "poster", "data", "ping")
_STYLE_FETCHES = re.compile(r"url\s*\(|@import|expression\s*\(", re.IGNORECASE)
_MARKUP = re.compile(r"<(style|title)\b.*?</\1>|<!--.*?-->|<[^>]*>", re.DOTALL | re.IGNORECASE)


def as_read(page: str) -> str:
    """Return the words a reader sees, with a space for every tag."""
    return html.unescape(_MARKUP.sub(" ", page))


def forbidden_in(page: str) -> str:
    """Return the first thing a letter must not hold; empty if there is none."""
    reader = _Reader(convert_charrefs=True)
    reader.feed(page)
    reader.close()
    return reader.found


class _Reader(HTMLParser):
    found: str = ""
    _in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        if tag in _FORBIDDEN:
            self._find(f"<{tag}>")
        for name, value in attrs:
            if self._is_forbidden(name, (value or "").strip().casefold()):
                self._find(f'{name}="{value}"')

    def handle_endtag(self, tag: str) -> None:
        self._in_style = self._in_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self._in_style and (fetch := _STYLE_FETCHES.search(data)):
            self._find(fetch[0])

    @staticmethod
    def _is_forbidden(name: str, value: str) -> bool:
        if name in _FETCHED:
            return not value.startswith("cid:")
        if name == "href":
            return not value.startswith(("https:", "http:", "mailto:", "tel:", "#"))
        return name.startswith("on") or (name == "style" and bool(_STYLE_FETCHES.search(value)))

    def _find(self, what: str) -> None:
        self.found = self.found or what
