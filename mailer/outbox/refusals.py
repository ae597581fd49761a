"""Whether a refusal is the address's own, or may be about the account or the server and is given back.

A reply code says little about whom it concerns, and many servers give no enhanced status code. What tells is
whether others are accepted meanwhile: an address that is refused twice in the same words, while others were
accepted in between, is refused for itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mailer.model.invitation import MessageKey
from mailer.model.message import GivenBack
from mailer.model.outcome import Reply, Stage
from mailer.outbox.verdict import is_limit, names_recipient

Who = tuple[str, MessageKey]
"""What names a message of a campaign: invitee and key."""

MOST_PASSING = 4
"""The tries after which a message is refused for itself in words of a limit, or of a refusal that others had and lost."""

MANY_ALIKE = 3
"""The number of addresses refused in the same words since anybody was accepted, at which none is refused for itself."""

ABOUT_RECIPIENT = frozenset({Stage.RCPT, Stage.DATA, Stage.DOT})
"""The stages at which a refusal can be about the recipient (RFC 5321 section 4.2.5)."""

_OWN_PARTS = re.compile(
    r"<[^<>]*>|\([^()]*\d[^()]*\)|\"[^\"]*\"|'[^']*'|«[^»]*»|“[^”]*”"  # what stands in quotes or brackets
    r"|\S*@\S*"  # addresses
    r"|\b[\w-]+(?:\.[\w-]+)+\b"  # host names
    r"|\S*\d\S*"  # numbers, and the identifiers of messages and hosts
)


def words(reply: Reply, recipient: str) -> str:
    """Return the words of a reply without what may differ from one message to the next.

    Addresses, host names, digits, quoted names, and the recipient's own name are taken out.
    """
    said = _spaced(_OWN_PARTS.sub(" ", reply.text.casefold()))
    name = _spaced(recipient.rpartition("@")[0].casefold())
    return said.replace(name, " ").strip()


def _spaced(text: str) -> str:
    """Return the words of a text with a space before, between and after them."""
    return " ".join(["", *re.findall(r"[^\W_]+", text), ""])


@dataclass(slots=True)
class _Refused:
    """A refusal that gave a message back, with the number of acceptances and accepted probes until then."""

    reply: Reply
    words: str
    accepted: int
    probed: int
    earlier: bool = False
    retried_at: int = -1


class Refusals:
    """What is known in one run about the messages that were given back, in this run or earlier."""

    def __init__(self, earlier: Iterable[GivenBack] = ()) -> None:
        self._accepted = 0
        self._probed = 0
        self._own: set[str] = set()
        self._passing: set[str] = set()
        self._waiting: dict[Who, _Refused] = {}
        for each in earlier:
            self._waiting[each.invitee, each.key] = _Refused(
                each.reply, words(each.reply, ""), -1 if each.others else 0, 0, earlier=True
            )

    def __bool__(self) -> bool:
        """Return whether any message waits that was given back."""
        return bool(self._waiting)

    @property
    def earlier(self) -> Collection[Who]:
        """Return the messages that were given back in an earlier run and not tried in this one."""
        return [who for who, refused in self._waiting.items() if refused.earlier]

    @property
    def worth_probing(self) -> bool:
        """Return whether it would tell something if the server accepted an address of ours as recipient."""
        return any(names_recipient(refused.reply) for refused in self._waiting.values())

    def accept(self, who: Who) -> None:
        """Note that a message was accepted.

        If it had been given back, the words of that refusal say nothing about an address.
        """
        self._accepted += 1
        if refused := self._waiting.pop(who, None):
            self._passing.add(refused.words)

    def probe(self) -> None:
        """Note that the server accepted an address of ours as recipient."""
        self._probed += 1

    def again(self, who: Who, reply: Reply, recipient: str) -> bool:
        """Return whether this message was given back before in the same words."""
        before = self._waiting.get(who)
        return before is not None and words(before.reply, recipient) == words(reply, recipient)

    def is_own(self, who: Who, reply: Reply, recipient: str, *, attempts: int, alike: int) -> bool:
        """Return whether a refusal, which may be about the account by its words, is the address's own.

        `attempts` includes this one; `alike` is how many addresses were given back in these words since anybody
        was accepted.
        """
        if reply.stage not in ABOUT_RECIPIENT or reply.code < 400 or alike >= MANY_ALIKE:
            return False
        said = words(reply, recipient)
        shown = self.again(who, reply, recipient) and self._shown(self._waiting[who])
        if reply.code >= 500 and (is_limit(reply) or said in self._passing):
            return shown and attempts >= MOST_PASSING
        return shown or said in self._own

    def settle(self, who: Who, reply: Reply, recipient: str, *, own: bool) -> None:
        """Note that a message is not given back; `own` says that its words are now known to be the address's."""
        self._waiting.pop(who, None)
        if own:
            self._own.add(words(reply, recipient))

    def drop(self, who: Who) -> None:
        """Note that a message is not owed any more."""
        self._waiting.pop(who, None)

    def give_back(self, who: Who, reply: Reply, recipient: str) -> None:
        """Note that a message was given back."""
        before = self._waiting.get(who)
        self._waiting[who] = _Refused(
            reply,
            words(reply, recipient),
            self._accepted,
            self._probed,
            retried_at=before.retried_at if before else -1,
        )

    def ready(self) -> Collection[Who]:
        """Return the messages of which another try now tells whether the refusal is their own, each once."""
        known = self._accepted + self._probed
        found = [
            who
            for who, refused in self._waiting.items()
            if refused.retried_at < known and (self._shown(refused) or refused.words in self._own)
        ]
        for who in found:
            self._waiting[who].retried_at = known
        return found

    def _shown(self, refused: _Refused) -> bool:
        """Return whether somebody else was accepted since this refusal.

        An address of ours is enough where the words of the refusal speak of the recipient.
        """
        return self._accepted > refused.accepted or (
            self._probed > refused.probed and names_recipient(refused.reply)
        )
