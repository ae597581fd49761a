"""Name the files in which an answer may lie: a reply coupon, a letter that was scanned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mailer.classify.patterns import wording
from mailer.model.finding import Finding, Unclear
from mailer.model.message import IncomingMessage, Part

MOST_NAMES, LONGEST_NAME = 5, 100

_ENDINGS = (
    *(
        ".pdf",
        ".doc",
        ".docx",
        ".odt",
        ".rtf",
        ".txt",
        ".pages",
        ".html",
        ".htm",
        ".xls",
        ".xlsx",
        ".ods",
        ".eml",
    ),
    *(".msg", ".jpg", ".jpeg", ".png", ".heic", ".tif", ".tiff", ".gif", ".webp", ".zip"),
)
_SPEAKS_OF_ONE = wording("attachment", "speaks_of_one")


def weigh(message: IncomingMessage, finding: Finding) -> Finding:
    """Say of words without an answer that it may lie in a file, where the words speak of one or there are none."""
    claim = finding.claim
    if not isinstance(claim, Unclear) or claim.why != "no-answer-in-words":
        return finding
    names = list(dict.fromkeys(_names(message)))
    if not names or (finding.text.strip() and not _SPEAKS_OF_ONE.search(finding.text)):
        return finding
    return replace(finding, claim=Unclear(why="answer-in-attachment"), note=", ".join(names[:MOST_NAMES]))


def _names(message: IncomingMessage) -> Iterator[str]:
    for part in message.parts:
        if not part.enclosed and _is_document(part):
            yield " ".join(part.filename.split())[:LONGEST_NAME] or part.content_type


def _is_document(part: Part) -> bool:
    """Return whether a part is a file to be read; not a signature, a card, or a picture within the text."""
    named = part.filename.lower().endswith(_ENDINGS)
    picture = part.content_type.startswith("image/")
    return (part.attachment or not picture) and (
        named or (part.attachment and part.content_type == "application/pdf")
    )
