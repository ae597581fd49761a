"""The door to the ledger: what a store must be able to do, in the words of the trade.

A store decides nothing. What must happen together is one call: a ledger line and the move of the message it
speaks of, or the entries of one mail and the note that this mail has been read.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from mailer.model.entry import Entry
from mailer.model.invitation import Invitee, MessageKey
from mailer.model.message import OutgoingMessage
from mailer.model.outcome import Reply, State
from mailer.model.pace import Limit


@dataclass(frozen=True, slots=True)
class Queued:
    """A message in the outbox, and how often it was tried."""

    message: OutgoingMessage
    state: State
    sequence: int
    attempts: int = 0
    not_before: datetime | None = None
    reply: Reply | None = None
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a claimed message, and the ledger entry that says so.

    `not_before` is when a deferred message may be tried again.
    """

    message: OutgoingMessage
    state: State
    reply: Reply | None = None
    entry: Entry | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation that exists: what its UID, token or Message-ID leads back to."""

    campaign: str
    invitee: str
    key: MessageKey
    sequence: int
    uid: str
    token: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Read:
    """A mail that was read: where it lay, and the digest that tells it from every other."""

    folder: str
    uidvalidity: int
    uid: int
    digest: str
    message_id: str = ""
    sender: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    arrived: datetime | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """Stands for all that is kept of a campaign: another one once anything has changed, whoever did it.

    `newest` is the number of the newest entry, `hash` binds it with all before; `other` stands for all else.
    """

    newest: int
    hash: str
    other: str

    def has_grown(self, before: Mark) -> bool:
        """Whether nothing but new entries has come since."""
        return self.other == before.other and self.newest > before.newest


@dataclass(frozen=True, slots=True)
class Breach:
    """The first entry of a campaign that is not as it was written; `number` is its place."""

    number: int
    why: Literal["altered", "removed", "reordered"]


class Store(Protocol):
    """The ledger, the outbox and the memory of what was read."""

    def secret(self) -> bytes:
        """Return the 32 octets from which references, UIDs and tokens are derived; made at the first call."""
        ...

    # -- the roll: who is invited ---------------------------------------------------------------------------
    def enrol(self, campaign: str, invitees: Iterable[Invitee], now: datetime) -> None:
        """Add invitees, or bring what is known of them up to date. Nobody is ever taken off."""
        ...

    def roll(self, campaign: str) -> list[Invitee]:
        """List the invitees of a campaign in the order they came."""
        ...

    def campaigns(self) -> list[str]:
        """Name the campaigns that have invitees, oldest first."""
        ...

    # -- the outbox --------------------------------------------------------------------------------------------
    def enqueue(self, items: Iterable[tuple[OutgoingMessage, Issued]], now: datetime) -> int:
        """Queue messages with the invitation each one is; return how many were new.

        A message whose (campaign, invitee, key) is known already is left as it is.
        """
        ...

    def claim(
        self,
        campaign: str,
        n: int,
        now: datetime,
        lease: timedelta,
        *,
        account: str = "",
        limits: Sequence[Limit] = (),
        settled: Iterable[Settled] = (),
    ) -> list[Queued]:
        """Take up to `n` messages that are due (queued, or deferred and past their moment), in queue order.

        No two callers get the same one, and all callers together keep within the `limits` of the `account`. What
        became of earlier ones (`settled`) is written in the same step, first. A claim that outlives its lease,
        or the process that holds it, is not handed out again: see `expire`.
        """
        ...

    def settle(self, settled: Iterable[Settled], now: datetime) -> None:
        """Write what became of messages, with their ledger entries, in one step.

        What is sent or failed already stays so. Also settles what was in doubt, once somebody knows, and takes
        out of the queue what is no longer to be sent.
        """
        ...

    def expire(self, campaign: str, now: datetime) -> int:
        """Turn claims past their lease, or whose process has died, into doubt; return how many.

        Nobody knows how far they came. Each gets its ledger entry in the same step.
        """
        ...

    def next_due(
        self, campaign: str, now: datetime, account: str = "", limits: Sequence[Limit] = ()
    ) -> datetime | None:
        """When the next message can be claimed, as things stand: `now`, or later; None where none waits."""
        ...

    def mark(self, campaign: str) -> Mark:
        """Return what tells whether anything has changed; it costs little to ask for."""
        ...

    def counts(self, campaign: str) -> Mapping[State, int]:
        """How many messages stand in each state, counted anew from the messages themselves."""
        ...

    def release(self, campaign: str, now: datetime) -> int:
        """Queue again what is in doubt, because a person said so, the same bytes; return how many.

        Each gets its ledger entry in the same step.
        """
        ...

    def outbox(self, campaign: str) -> Iterator[Queued]:
        """Go through the outbox in queue order; `message.content` is empty for what needs no more sending."""
        ...

    def states(self, campaign: str) -> Iterator[tuple[str, MessageKey, State]]:
        """Go through the outbox in queue order: invitee, key and state of each message, which costs little."""
        ...

    def issued(self, campaign: str | None = None) -> Iterator[Issued]:
        """Go through every invitation ever queued, oldest first."""
        ...

    # -- the ledger --------------------------------------------------------------------------------------------
    def append(self, entries: Iterable[Entry]) -> list[Entry]:
        """Add entries to the ledger in one step; return them numbered."""
        ...

    def entries(self, campaign: str, invitee: str | None = None, *, above: int = 0) -> Iterator[Entry]:
        """Go through a campaign's entries, or one invitee's, in order: those with a number `above` one."""
        ...

    def verify(self, campaign: str) -> Breach | None:
        """Name the first entry that was altered, removed or reordered; None where all is as it was written."""
        ...

    # -- what was read -----------------------------------------------------------------------------------------
    def last_uid(self, folder: str, uidvalidity: int) -> int:
        """The highest UID read in a folder at this UIDVALIDITY; 0 where none was."""
        ...

    def known(self, digests: Collection[str]) -> set[str]:
        """Say which of these digests are those of mails read before, wherever they lay."""
        ...

    def record(self, readings: Sequence[tuple[Read, Sequence[Entry]]]) -> list[Entry]:
        """Note that mails were read, with the entries each one gave, all in one step; return the entries numbered.

        A mail that was noted before, at this place in the mailbox, gives nothing again.
        """
        ...

    # -- who asked not to be written to -------------------------------------------------------------------------
    def suppress(self, address: str, now: datetime, why: str) -> None:
        """Never write to this address again, in any campaign. Kept as a keyed hash of its normal form.

        What is queued for it is taken out of the queue, as failed, in the same step.
        """
        ...

    def suppressed(self, addresses: Iterable[str]) -> set[str]:
        """Say which of these addresses are not to be written to, as they were given."""
        ...

    def forget(self, invitees: Iterable[str], addresses: Iterable[str]) -> None:
        """Erase all that is personal of these invitees and addresses, so that no octet of it stays behind.

        Their line on the roll stays without name and address, and so do their entries without words: totals
        and `verify` hold. Their messages go. Words of others that name one of the addresses go, too. What
        `suppress` keeps stays.
        """
        ...

    def hold(self, campaign: str, who: str) -> AbstractContextManager[None]:
        """Hold a campaign that runs by itself, so that no second process runs it; `who` names the holder.

        Raises StoreError ``campaign-held`` on entering where somebody does, with their name as `who`. A hold ends with
        its process, however that ends.
        """
        ...

    def close(self) -> None:
        """Let go of the ledger."""
        ...
