"""The data-protection notice, which no letter leaves without unless the officer says so."""

from __future__ import annotations

from mailer.compose.page import as_read
from mailer.model.campaign import Campaign, Notice

_NAMES = ("controller", "contact")
"""What is the same in every language."""
_WORDS = ("purpose", "basis", "retention")


def notice_in(campaign: Campaign, language: str) -> tuple[Notice, bool]:
    """The notice as letters in a language say it, and whether their words for it are not known."""
    if language == campaign.language:
        return campaign.notice, False
    return campaign.notice.in_language(language), language not in campaign.notice.translations


def missing_from_text(notice: Notice, text: str, *, translated: bool) -> str:
    """Name the first thing the notice has to say and the letter does not (RGPD article 13); empty if none.

    `translated`: the letter is in another language than the campaign file has words for, so only names can be looked for.
    """
    if notice.omitted:
        return ""
    said = " ".join(text.split())
    wanted = _NAMES if translated else _NAMES + _WORDS
    return next((name for name in wanted if " ".join(getattr(notice, name).split()) not in said), "")


def missing_from_page(notice: Notice, page: str, *, translated: bool) -> str:
    """The same for the HTML part."""
    return missing_from_text(notice, as_read(page), translated=translated)
