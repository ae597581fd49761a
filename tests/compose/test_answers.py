"""The links that answer without a calendar."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from mailer.compose.answers import answer_links, opt_out_link
from mailer.compose.tongues import TONGUES
from mailer.model.finding import PartStat

TOKEN = "eubev2v26uqmzdxptryubyrkqt"


@pytest.mark.parametrize(
    ("language", "partstat", "subject", "body"),
    [
        ("fr", PartStat.ACCEPTED, f"Je viens [réf. {TOKEN}-2]", "Je viens."),
        ("fr", PartStat.DECLINED, f"Je ne viens pas [réf. {TOKEN}-2]", "Je ne viens pas."),
        ("fr", PartStat.TENTATIVE, f"Peut-être [réf. {TOKEN}-2]", "Peut-être."),
        ("en", PartStat.ACCEPTED, f"I am coming [ref. {TOKEN}-2]", "I am coming."),
        ("en", PartStat.DECLINED, f"I am not coming [ref. {TOKEN}-2]", "I am not coming."),
        ("en", PartStat.TENTATIVE, f"Maybe [ref. {TOKEN}-2]", "Maybe."),
    ],
)
def test_answer_links(language: str, partstat: PartStat, subject: str, body: str) -> None:
    """Each link opens a mail to the organizer whose subject carries the token with the letter's SEQUENCE, and whose body is the answer."""
    links = {link.partstat: link for link in answer_links("c+rsvp@example.org", TOKEN, 2, TONGUES[language])}
    parts = urlsplit(links[partstat].link)

    assert (parts.scheme, parts.path) == ("mailto", "c%2Brsvp@example.org")
    assert parse_qs(parts.query, strict_parsing=True) == {"subject": [subject], "body": [body]}
    assert links[partstat].link.isascii()


def test_opt_out_link() -> None:
    """The way out is a mail whose subject says so, with the token."""
    assert f"mailto:c@example.org?subject=desinscription%20{TOKEN}" == opt_out_link("c@example.org", TOKEN)
