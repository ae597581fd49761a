"""Tell which of our letters a mail answers: an answer belongs to the letter it answers.

In-Reply-To names it, or else the last of the References; the link that prepared a mail wrote the revision of its letter
behind the token. Where In-Reply-To names a mail that is not ours, somebody else wrote in the thread, and asked something
else; so they did where the subject replies to one that a link prepared. A mail that names nothing, such as one in a new thread, says nothing of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailer.inbox.match import Index
from mailer.model.invitation import TOKEN, Kind, MessageKey
from mailer.model.message import IncomingMessage

ANOTHER_MAIL = "another-mail"
"""The code of the reason to hold an answer to a mail that is not ours."""

_REPLY = re.compile(r"\s*(?:re|r[ée]p|aw|antw|sv|vs)\s*(?:\[\d+\]\s*)?:", re.IGNORECASE)
_IDENTIFIER = re.compile(r"<[^<>\s]+>")
_PREPARED = re.compile(rf"{TOKEN.pattern}-(\d{{1,4}})(?!\d)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answering:
    """The letter that a mail answers, if that is known, and the code of the reason to hold it; "" if there is none.

    `prepared` says that a link of the letter prepared the mail.
    """

    letter: MessageKey | None = None
    why: str = ""
    prepared: bool = False


def answering(message: IncomingMessage, index: Index) -> Answering:
    """Return which letter a mail answers."""
    named = _IDENTIFIER.findall(message.header("in-reply-to").lower())
    others = [one.lower() for one in message.references if one.lower() not in named]
    if not named and not others and TOKEN.search(message.subject) and not _REPLY.match(message.subject):
        return Answering(_prepared(message.subject), prepared=True)
    direct = named or others[:1]  # of References, the last comes first
    letter = next((index.keys[one] for one in direct if one in index.keys), None)
    if letter is not None:
        return Answering(letter)
    beside = TOKEN.search(message.subject)  # somebody wrote back to a mail that a link prepared
    ours = any(one in index.message_ids for one in (*direct, *others))
    if any(one in index.message_ids for one in direct):
        return Answering()  # a letter of an old ledger, of which no more is known
    return Answering(why=ANOTHER_MAIL if ours or beside else "")


def _prepared(subject: str) -> MessageKey | None:
    """Return the letter whose link prepared a mail; None for links of before, which do not say it."""
    found = _PREPARED.search(subject)
    return MessageKey(Kind.INVITATION, int(found[1]), 1) if found else None
