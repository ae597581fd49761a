"""Find out why a message was not delivered: enhanced status codes (RFC 3463), SMTP replies, and servers' wordings.

The wordings are those of server families (Sendmail, Postfix, Exim, qmail, Exchange, Domino, large providers), in the
languages of our invitees' servers. The first pattern that matches counts, so the order goes from reasons about the
mailbox to temporary failures.
"""

from __future__ import annotations

import re

from mailer.classify.patterns import any_of, table, wording
from mailer.model.finding import Fault

_TRANSIENT = "4.1"

_ENHANCED = re.compile(r"(?<![\w.])#?([45])\.([0-7])\.(\d{1,3})(?![\w]|\.\d)")
_AFTER_REPLY = re.compile(r"(?<![\d.])[45]\d\d[ \-=:]{1,3}[\"'(<]?#?([45])\.([0-7])\.(\d{1,3})(?![\w]|\.\d)")
_REPLY = re.compile(r"(?<![\w.#/-])([45])[0-5]\d(?=[ \-:;,.\])'\"]|$)(?!\.\d)", re.MULTILINE)

_WORDS: tuple[tuple[Fault, str, re.Pattern[str]], ...] = tuple(
    (Fault(one["fault"]), one["detail"], any_of(*one["any"])) for one in table("reasons")["reason"]
)

# Codes about the mailbox itself: RFC 3463, and 5.1.10 (RFC 7505, Exchange Online).
_BY_CODE: dict[str, Fault] = {
    **dict.fromkeys(("1.0", "1.1", "1.2", "1.3", "1.4", "1.6", "1.9", "1.10"), Fault.ADDRESS),
    **dict.fromkeys(("2.0", "2.1"), Fault.DISABLED),
    "2.2": Fault.FULL,
    **dict.fromkeys(("1.7", "1.8", "2.3", "3.4"), Fault.POLICY),
}
_BY_SUBJECT: dict[str, Fault] = {
    **dict.fromkeys(("3", "4"), Fault.NETWORK),
    **dict.fromkeys(("5", "6", "7"), Fault.POLICY),
}
_SURE = frozenset({"1.1", "1.2", "1.3", "1.6", "1.10", "2.1", "2.2"})


def enhanced_status(text: str) -> str:
    """Return the enhanced status code of a failure in a text, preferably one after an SMTP reply code; else empty."""
    found = _ENHANCED.search(text)
    return enhanced_reply(text) or (".".join(found.groups()) if found else "")


def enhanced_reply(text: str) -> str:
    """Return the enhanced status code after an SMTP reply code, which is the remote server's own; else empty.

    A history of attempts ends with a refusal, so a code of class 5 is preferred to one of class 4.
    """
    found = [".".join(one.groups()) for one in _AFTER_REPLY.finditer(text)]
    return next((one for one in found if one[0] == "5"), found[0] if found else "")


def is_vague(status: str) -> bool:
    """Return whether a code only says that something failed: none, or x.0.0."""
    return not status or status[1:] == ".0.0"


def reply_class(text: str) -> str:
    """Return ``4`` or ``5`` by the first SMTP reply code in a text, else empty."""
    found = _REPLY.search(text)
    return found.group(1) if found else ""


def derived_status(text: str, severity: str) -> str:
    """Return a status code of class `severity` (``4`` or ``5``) for a text without one; empty if no wording is known."""
    return next((f"{severity}.{detail}" for _, detail, words in _WORDS if words.search(text)), "")


_ENDED = wording("reasons", "ended")


def is_given_up(text: str) -> bool:
    """Return whether a server says that it has stopped trying."""
    return _ENDED.search(text) is not None


def is_transient(text: str) -> bool:
    """Return whether the words describe a temporary failure that no server has given up on."""
    return next((detail == _TRANSIENT for _, detail, words in _WORDS if words.search(text)), False)


def fault(status: str, text: str) -> Fault:
    """Return what is at fault: by a code about the mailbox, else by the words, else by the class of the code."""
    code = status[2:]
    if code in _SURE and (status[:1] == "5" or code == "2.2"):
        return _BY_CODE[code]
    for found, _, words in _WORDS:
        if words.search(text):
            return found
    return _BY_CODE.get(code) or _BY_SUBJECT.get(code[:1], Fault.UNKNOWN)
