"""Identify an incoming mail, match it to an invitee, and separate its new text from quotations and signatures."""

from mailer.inbox.authentication import authenticated
from mailer.inbox.digest import digest
from mailer.inbox.forwarded import forwarded
from mailer.inbox.match import Holder, Index, Match, match, name_words
from mailer.inbox.new_text import Openings, split_text, texts_of_letter
from mailer.inbox.speaker import speakers
from mailer.inbox.thanks import is_receipt, is_thanks
from mailer.inbox.which_letter import Answering, answering

__all__ = [
    "Answering",
    "Holder",
    "Index",
    "Match",
    "Openings",
    "answering",
    "authenticated",
    "digest",
    "forwarded",
    "is_receipt",
    "is_thanks",
    "match",
    "name_words",
    "speakers",
    "split_text",
    "texts_of_letter",
]
