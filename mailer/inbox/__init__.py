"""Identify an incoming mail, match it to an invitee, and separate its new text from quotations and signatures."""

from mailer.inbox.authentication import authenticated
from mailer.inbox.digest import digest
from mailer.inbox.match import Holder, Index, Match, match, name_words
from mailer.inbox.new_text import split_text, texts_of_letter
from mailer.inbox.speaker import speakers

__all__ = [
    "Holder",
    "Index",
    "Match",
    "authenticated",
    "digest",
    "match",
    "name_words",
    "speakers",
    "split_text",
    "texts_of_letter",
]
