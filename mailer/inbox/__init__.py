"""Identify an incoming mail, match it to an invitee, and separate its new text from quotations and signatures."""

from mailer.inbox.digest import digest
from mailer.inbox.match import Holder, Index, Match, authenticated, match
from mailer.inbox.new_text import split_text
from mailer.inbox.speaker import speakers

__all__ = ["Holder", "Index", "Match", "authenticated", "digest", "match", "speakers", "split_text"]
