"""The HTML of the sample letters is accessible, by what a program can tell."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from html.parser import HTMLParser

import pytest

from mailer import compose
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.model.invitation import Invitation, Kind

Invite = Callable[..., Invitation]

COLOURS = {
    "light": [
        ("#1d2733", "#ffffff"),
        ("#1f3a68", "#ffffff"),
        ("#14233d", "#f3f6fb"),
        ("#1d2733", "#f3f6fb"),
        ("#4a5766", "#f3f6fb"),
        ("#1c4f9c", "#ffffff"),
        ("#4a5766", "#ffffff"),
        ("#ffffff", "#1f3a68"),
    ],
    "dark": [
        ("#e4e9f0", "#1a222e"),
        ("#9dbcf0", "#1a222e"),
        ("#f2f5f9", "#232e3d"),
        ("#b3bfce", "#232e3d"),
        ("#b3bfce", "#1a222e"),
        ("#c7daf8", "#1a222e"),
        ("#10161f", "#9dbcf0"),
    ],
}


class Page(HTMLParser):
    """The elements of a page, with their attributes and the text of links and headings."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self._open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element, and begin the text of those whose text counts."""
        self.elements.append((tag, dict(attrs)))
        if tag in ("a", "h1", "h2", "title"):
            self._open.append(tag)
            self.texts.setdefault(tag, []).append("")

    def handle_endtag(self, tag: str) -> None:
        """End the text of an element."""
        if self._open and self._open[-1] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        """Add to the text of the innermost open element."""
        if self._open:
            self.texts[self._open[-1]][-1] += data

    def all(self, *tags: str) -> list[dict[str, str | None]]:
        """Return the attributes of every element of these names."""
        return [attributes for tag, attributes in self.elements if tag in tags]


@pytest.fixture(params=[(kind, language) for kind in Kind for language in ("fr", "en")], ids=str)
def letter(
    request: pytest.FixtureRequest,
    campaign: Campaign,
    sources: Mapping[str, bytes],
    guest: Contact,
    invite: Invite,
) -> compose.RenderedLetter:
    """Each letter of the sample campaign."""
    kind, language = request.param
    person = Contact(
        guest.email, guest.civility, guest.first_name, guest.last_name, language=language, origin=guest.origin
    )
    return compose.prepare(campaign, sources).letter(invite(person, kind=kind))


def test_accessible(letter: compose.RenderedLetter) -> None:
    """Language, title, headings, link texts, layout tables, sizes and alignment are as they should be."""
    page = Page(letter.html)

    assert page.all("html")[0]["lang"] == letter.language
    assert page.texts["title"] == [letter.subject]
    assert len(page.texts["h1"]) == 1
    assert all(text.strip() for tag in ("a", "h1", "h2") for text in page.texts.get(tag, ()))
    assert all(table.get("role") == "presentation" for table in page.all("table"))
    assert all("alt" in image for image in page.all("img"))
    sizes = [int(size) for size in re.findall(r"font-size:\s*(\d+)px", letter.html)]
    assert sizes
    assert min(sizes) >= 14
    assert "justify" not in letter.html
    assert "italic" not in letter.html


def test_it_is_made_for_small_and_dark_screens(letter: compose.RenderedLetter) -> None:
    """The styles of small and dark screens survive inlining, and everything else is inlined."""
    assert "@media (max-width: 520px)" in letter.html
    assert "@media (prefers-color-scheme: dark)" in letter.html
    assert 'name="color-scheme" content="light dark"' in letter.html
    assert ".sheet {" not in letter.html.split("@media")[0]
    assert 'class="button' not in letter.html or re.search(r'class="button[^"]*"[^>]*style="', letter.html)


@pytest.mark.parametrize(("front", "back"), [*COLOURS["light"], *COLOURS["dark"]])
def test_contrast(front: str, back: str, sources: Mapping[str, bytes]) -> None:
    """Every pair of colours of the letter has a contrast of 4.5 to 1 or more (WCAG 1.4.3)."""
    style = sources["_page.html"].decode()

    assert front in style
    assert back in style
    lighter, darker = sorted((luminance(front), luminance(back)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.1."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
