"""Understand one mail: from its bytes to what it says."""

from __future__ import annotations

from datetime import date

from mailer import classify, inbox, mime
from mailer.model.finding import Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage

UNREADABLE = "unreadable"
"""The rule named where our own reading failed."""


def understand(content: bytes | None) -> tuple[IncomingMessage, Finding]:
    """Read a mail and say what it says. Never raises: one bad mail must not stop the rest.

    None stands for a mail too large to be fetched. What cannot be understood waits for a person.
    """
    if content is None:
        return IncomingMessage(defect="too-large"), Finding(
            "too_large", MailKind.OTHER, Unclear(), evidence="too-large"
        )
    message = mime.read(content)
    return message, again(message)


def again(message: IncomingMessage, day: date | None = None) -> Finding:
    """Say what a mail that was read says, where the `day` of the meeting it answers is known. Never raises."""
    try:
        return classify.classify(message, inbox.split_text(message), day)
    except Exception as error:  # noqa: BLE001 - a fault of ours in one mail must not keep the others unread
        return Finding(UNREADABLE, MailKind.OTHER, Unclear(), evidence=type(error).__name__)
