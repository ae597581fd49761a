"""Check that a letter holds the data-protection notice, unless the officer left it out on purpose."""

from __future__ import annotations

from mailer.compose.page import as_read
from mailer.model.campaign import Campaign, Notice

_NAMES = ("controller", "contact")
"""The parts that are the same in every language."""
_WORDS = ("purpose", "basis", "retention")


def notice_in(campaign: Campaign, language: str) -> tuple[Notice, bool]:
    """Return the notice in a language, and whether the campaign file lacks its words in that language."""
    if language == campaign.language:
        return campaign.notice, False
    return campaign.notice.in_language(language), language not in campaign.notice.translations


def missing_from_text(notice: Notice, text: str, *, translated: bool) -> str:
    """Return the first part of the notice that is missing from the letter (GDPR article 13); empty if none is.

    `translated`: the campaign file lacks the words of the letter's language, so only names can be looked for.
    """
    if notice.omitted:
        return ""
    said = " ".join(text.split())
    wanted = _NAMES if translated else _NAMES + _WORDS
    return next((name for name in wanted if " ".join(getattr(notice, name).split()) not in said), "")


def missing_from_page(notice: Notice, page: str, *, translated: bool) -> str:
    """Return the first part of the notice that is missing from the HTML part; empty if none is."""
    return missing_from_text(notice, as_read(page), translated=translated)
