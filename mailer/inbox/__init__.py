"""Identify an incoming mail, match it to an invitee, and separate its new text from quotations and signatures."""

from mailer.inbox.authentication import authenticated
from mailer.inbox.digest import digest
from mailer.inbox.forwarded import forwarded
from mailer.inbox.match import Holder, Index, Match, match, name_words
from mailer.inbox.new_text import Openings, split_text
from mailer.inbox.speaker import speakers

__all__ = [
    "Holder",
    "Index",
    "Match",
    "Openings",
    "authenticated",
    "digest",
    "forwarded",
    "match",
    "name_words",
    "speakers",
    "split_text",
]
