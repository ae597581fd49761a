"""The data-protection notice, which no letter leaves without unless the officer says so."""

from __future__ import annotations

from mailer.compose.page import as_read
from mailer.model.campaign import Notice

_NAMES = ("controller", "contact")
"""What is the same in every language."""
_WORDS = ("purpose", "basis", "retention")


def missing_from_text(notice: Notice, text: str, *, translated: bool) -> str:
    """Name the first thing the notice has to say and the letter does not (RGPD article 13); empty if none.

    `translated`: the letter is in another language than the campaign file, so only names can be looked for.
    """
    if notice.omitted:
        return ""
    said = " ".join(text.split())
    wanted = _NAMES if translated else _NAMES + _WORDS
    return next((name for name in wanted if " ".join(getattr(notice, name).split()) not in said), "")


def missing_from_page(notice: Notice, page: str, *, translated: bool) -> str:
    """The same for the HTML part."""
    return missing_from_text(notice, as_read(page), translated=translated)
