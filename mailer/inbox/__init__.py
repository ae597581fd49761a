"""What a mail that comes in is: which one, whose, and which of its words are new."""

from mailer.inbox.digest import digest
from mailer.inbox.match import Holder, Index, Match, match, vouched
from mailer.inbox.said import said

__all__ = ["Holder", "Index", "Match", "digest", "match", "said", "vouched"]
