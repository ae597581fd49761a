"""What the HTML part must not hold."""

from __future__ import annotations

import pytest

from mailer.compose.page import as_read, forbidden_in


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="https://example.org/pixel.gif">',
        "<img src=//example.org/a.png>",
        '<img src="data:image/png;base64,AAAA">',
        '<img srcset="https://example.org/a.png 2x">',
        '<td background="https://example.org/a.png">',
        '<link rel="stylesheet" href="https://example.org/a.css">',
        "<script>1</script>",
        '<iframe src="cid:x"></iframe>',
        "<form></form>",
        '<p onclick="x()">',
        '<p style="background:url(https://example.org/a.png)">',
        "<style>@import 'https://example.org/a.css';</style>",
        "<style>p { background: URL (x.png) }</style>",
        '<a href="javascript:1">',
        '<a href="https://example.org" ping="https://example.org">',
        '<base href="https://example.org">',
        '<video poster="x"></video>',
        '<meta http-equiv="Refresh" content="0;url=https://example.org">',
        '<svg><image href="https://example.org/a.png"/></svg>',
        '<svg><use xlink:href="https://example.org/a.svg#a"/></svg>',
    ],
)
def test_nothing_is_fetched_run_or_tracked(markup: str) -> None:
    """A page that would fetch, run or track anything is found out."""
    assert forbidden_in(f"<html><body><p>a</p>{markup}</body></html>")


@pytest.mark.parametrize(
    "markup",
    [
        '<img src="cid:logo@example.org" alt="">',
        '<a href="https://example.org">a</a>',
        '<a href="mailto:a@example.org?subject=x">a</a>',
        '<a href="tel:+33320000000">a</a>',
        "<style>@media (max-width: 10px) { p { color: red } }</style>",
        "<p>url(x) and @import in words</p>",
        '<table role="presentation"><tr><td>a</td></tr></table>',
        '<meta http-equiv="Content-Type" content="text/html; charset=utf-8">',
        '<svg><use href="#a"/></svg>',
    ],
)
def test_what_a_letter_may_hold(markup: str) -> None:
    """Links, images that lie in the mail and styles are allowed."""
    assert forbidden_in(markup) == ""


def test_as_read_leaves_words_only() -> None:
    """Tags, styles, title and comments go; words and their entities stay."""
    page = "<title>t</title><style>p{}</style><!-- c --><p>L&#39;&eacute;t&eacute;<br>ici</p>"

    assert as_read(page).split() == ["L'été", "ici"]
