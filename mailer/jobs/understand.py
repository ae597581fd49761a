"""Understand one mail, from its bytes to a finding, without ever raising."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from mailer import classify, inbox, mime
from mailer.model.finding import Finding, MailKind, Unclear
from mailer.model.message import IncomingMessage, Said
from mailer.model.own_words import OwnWords
from mailer.wire import Fetched

UNREADABLE = "unreadable"
"""The rule that a finding names where our own code failed on a mail."""

SET_ASIDE = "set-aside"
"""The rule that a finding names where reading a mail took more time or memory than one mail may."""


def understand(content: bytes | None, own: Sequence[OwnWords] = ()) -> tuple[IncomingMessage, Finding]:
    """Parse a mail and return it with what was understood of it. Never raises: one bad mail must not stop the others.

    None stands for a mail that was too large to fetch. What cannot be understood waits for a person. The words of our letters,
    `own`, are nobody's.
    """
    if content is None:
        return IncomingMessage(defect="too-large"), Finding(
            "too_large", MailKind.OTHER, Unclear(), evidence="too-large"
        )
    message = mime.read(content)
    return message, again(message, own=own)


def set_aside(header: bytes, cause: str) -> tuple[IncomingMessage, Finding]:
    """Return what is known of a mail that is not read, by the beginning of its header.

    `cause` says what it took too much of: ``time``, ``memory``, or ``ended``, where reading it ended its process.
    """
    message = mime.read(header)
    sender = (message.sender.address,) if message.sender else ()
    claim = Unclear(why=f"{SET_ASIDE}-{cause}")
    subject = " ".join(message.subject.split())[:200]
    return message, Finding(SET_ASIDE, MailKind.OTHER, claim, evidence=subject, addresses=sender)


def withheld(fetched: Fetched, folder: str) -> tuple[IncomingMessage, Finding]:
    """Return what is known, by its header if at all, of a mail that lies in a folder and that the server does not give."""
    message, finding = set_aside(fetched.content or b"", "withheld")
    place = f"{folder}, UID {fetched.uid}"
    return message, replace(finding, evidence=": ".join(filter(None, (place, finding.evidence))))


def again(
    message: IncomingMessage,
    day: date | None = None,
    own: Sequence[OwnWords] = (),
    learned: Collection[str] = (),
) -> Finding:
    """Return what is understood of a parsed mail, given the `day` of the meeting it answers, if known. Never raises.

    The words of our letters, `own`, are nobody's; `learned` are the openings of mails that are known to be our gateway's.
    """
    try:
        said = inbox.split_text(message, own, learned)
        finding = classify.classify(message, said, day)
        inner = inbox.forwarded(message) if classify.may_be_forwarded(finding) else None
        if inner is None:
            return _nothing_new(finding, said)
        passed_on = classify.classify(inner, inbox.split_text(inner, own), day)
        return classify.passed_on(finding, said.text, inner, passed_on)
    except MemoryError:
        raise  # it took more than it may, which is said otherwise
    except Exception as error:  # noqa: BLE001 - a fault of ours in one mail must not stop the others
        return Finding(UNREADABLE, MailKind.OTHER, Unclear(), evidence=type(error).__name__)


def _nothing_new(finding: Finding, said: Said) -> Finding:
    """Return a finding with a reason of its own where a mail only brings an earlier letter back."""
    if finding.claim == Unclear(why="no-answer-in-words") and said.quoted.strip() and not said.text.strip():
        return replace(finding, claim=Unclear(why="nothing-new"))
    return finding
