"""The interface of the store that keeps the ledger, the outbox and the list of mails already read.

A store makes no decisions. What must happen together is one method, and so one transaction: a ledger entry and the change
of state of the message it is about, or the entries made from a mail and the note that this mail was read.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol
from urllib.parse import unquote

from mailer.model.entry import Entry
from mailer.model.invitation import MessageKey
from mailer.model.message import GivenBack
from mailer.model.outcome import Reply, State
from mailer.model.pace import Limit


@dataclass(frozen=True, slots=True)
class Promise:
    """A message that is still owed to an invitee, and composed when it leaves.

    `persons` are the references of those it is for, `round` is the entry that asked for it, `version` names the letter
    that was confirmed, and `made_at` is when; it becomes the message's date. `domain` is that of the address. `entry` is
    the number of the newest entry when the promise was queued.
    """

    campaign: str
    invitee: str
    key: MessageKey
    persons: tuple[str, ...]
    round: int
    version: str
    made_at: datetime
    message_id: str
    domain: str
    entry: int = 0


@dataclass(frozen=True, slots=True)
class Queued:
    """A promise in the queue, with its state and the number of attempts to keep it.

    `news` says that the ledger knows something of the invitee or the meeting that is newer than the promise.
    """

    promise: Promise
    state: State
    attempts: int = 0
    not_before: datetime | None = None
    reply: Reply | None = None
    changed_at: datetime | None = None
    news: bool = False

    @property
    def replaceable(self) -> bool:
        """Return whether no server can have the message: it was never tried, or refused for good and given back."""
        refused = self.reply is not None and self.reply.code >= 400
        return self.state is State.QUEUED and (not self.attempts or refused)


@dataclass(frozen=True, slots=True)
class Settled:
    """The outcome of a claimed promise, with the ledger entry that records it.

    `not_before` is when one that was deferred or given back may be tried again. One that is SENT or FAILED leaves the queue, and so does
    one that is VOID: it was not owed any more when it was to leave.
    """

    promise: Promise
    state: State
    reply: Reply | None = None
    entry: Entry | None = None
    not_before: datetime | None = None


WITHHELD, GIVEN_UP = "withheld ", "given up "
"""How the digest of a message begins that the server has and does not give: its place follows, since nothing else is known."""


@dataclass(frozen=True, slots=True)
class Read:
    """A mail that was read: its place in the mailbox, and a digest of its content."""

    folder: str
    uidvalidity: int
    uid: int
    digest: str
    message_id: str = ""
    sender: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    arrived: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChangeToken:
    """A value that differs as soon as anything stored about a campaign was changed by any process, like an ETag.

    `newest` and `hash` are the number and chain hash of the newest entry; `other` covers everything but the entries.
    """

    newest: int
    hash: str
    other: str

    def has_grown(self, before: ChangeToken) -> bool:
        """Return whether new entries are the only change since `before`."""
        return self.other == before.other and self.newest > before.newest


@dataclass(frozen=True, slots=True)
class Breach:
    """The first entry of a campaign that is not as it was written, by its number.

    ``unreadable``: a line of a file is not an entry.
    """

    number: int
    why: Literal["altered", "removed", "reordered", "unreadable"]


@dataclass(frozen=True, slots=True)
class Restored:
    """What a backup brought back.

    `made_at` is when it was made, `entries` how many ledger entries it had, by campaign, `doubtful` how many messages
    waited then and may have left since, and `secrets` the files of passwords that were in it, by name. `forgotten` counts the
    people who had been forgotten since then, and were again; None where the store had another ledger, or none, and could not know.
    """

    made_at: datetime
    entries: Mapping[str, int]
    doubtful: int
    secrets: Mapping[str, bytes] = field(repr=False)
    forgotten: int | None = None


def sqlite_file(url: str) -> Path | None:
    """Return the file of a URL ``sqlite:///path?options``, read as SQLAlchemy does; None for another database."""
    if not url.startswith("sqlite:///"):
        return None
    return Path(unquote(url.removeprefix("sqlite:///").partition("?")[0]))


class Store(Protocol):
    """The ledger, the outbox and the list of mails already read."""

    @property
    def file(self) -> Path | None:
        """The file of the ledger; None where it is not in a file of its own."""
        ...

    def secret(self) -> bytes:
        """Return the 32 octets from which references, UIDs and tokens are derived; the first call creates them."""
        ...

    def campaigns(self) -> list[str]:
        """Return the names of the campaigns that have entries, oldest first."""
        ...

    # -- the queue ---------------------------------------------------------------------------------------------
    def enqueue(self, promises: Iterable[Promise], now: datetime) -> int:
        """Queue promises, and return how many were new or took the place of one that no server can have.

        One that was tried before, and not given back, is left as it is, so that a second try sends the same octets.
        """
        ...

    def void(self, campaign: str, promises: Iterable[tuple[str, MessageKey]]) -> int:
        """Take promises out of the queue that are not owed any more, but for those being sent now; return how many."""
        ...

    def drop_queue(self, campaign: str) -> int:
        """Delete the whole queue of a campaign, but for what is being sent now, unread; return how many there were.

        To be called only where it is made anew from the ledger.
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
        """Claim up to `n` promises that are due (queued, or deferred until now), in queue order.

        No two callers get the same message, and all callers together stay within the `limits` of the `account`. The
        outcomes of earlier messages (`settled`) are written first, in the same transaction. A claim whose lease has
        passed or whose process has died is not handed out again: see `expire`.
        """
        ...

    def settle(self, settled: Iterable[Settled], now: datetime) -> None:
        """Write the outcomes of promises and their ledger entries in one transaction.

        This also settles what is in doubt, once its outcome is known.
        """
        ...

    def expire(self, campaign: str, now: datetime) -> int:
        """Put in doubt the claims whose lease has passed or whose process has died, and return how many.

        They may or may not have been sent. Each gets its ledger entry in the same transaction.
        """
        ...

    def next_due(
        self, campaign: str, now: datetime, account: str = "", limits: Sequence[Limit] = ()
    ) -> datetime | None:
        """Return when the next message can be claimed, `now` at the earliest; None if none is waiting."""
        ...

    def given_back(self, campaign: str) -> list[GivenBack]:
        """Return the queued messages that were refused before and given back, in queue order."""
        ...

    def hasten(self, campaign: str, messages: Iterable[tuple[str, MessageKey]], now: datetime) -> None:
        """Let these messages, by invitee and key, be claimed at once, behind all that were never tried.

        Only queued messages that were refused before are changed.
        """
        ...

    def change_token(self, campaign: str) -> ChangeToken:
        """Return the change token of a campaign; this is much faster than reading what it covers."""
        ...

    def counts(self, campaign: str) -> Mapping[State, int]:
        """Count what is in the queue, by state."""
        ...

    def release(self, campaign: str, now: datetime) -> int:
        """Queue the messages in doubt again, with the same bytes, because a person decided so; return how many.

        Each gets its ledger entry in the same transaction.
        """
        ...

    def queue(self, campaign: str) -> Iterator[Queued]:
        """Yield what is in the queue of a campaign, in its order."""
        ...

    def keep_octets(self, campaign: str, messages: Iterable[tuple[str, MessageKey, bytes]]) -> None:
        """Keep the octets of messages as they are, by invitee and key."""
        ...

    def octets(self, campaign: str, invitee: str, key: MessageKey) -> bytes | None:
        """Return the octets that were kept of a message; None if none were."""
        ...

    # -- prepared letters --------------------------------------------------------------------------------------
    def keep_version(self, campaign: str, digest: str, content: bytes) -> None:
        """Keep a version of a campaign's letters under its digest; one that is kept already stays as it is."""
        ...

    def version(self, campaign: str, digest: str) -> bytes | None:
        """Return the content of a version; None if it is not kept."""
        ...

    def keep_letters(
        self, campaign: str, digest: str, letters: Iterable[tuple[str, MessageKey, str]]
    ) -> None:
        """Keep what letters have of their own beside the version of this digest: invitee, key, and values as JSON.

        A letter with the same invitee and key is replaced. Many letters are written in several transactions.
        """
        ...

    def letter(self, campaign: str, invitee: str, key: MessageKey) -> tuple[str, str] | None:
        """Return the digest of a letter's version, and its own values as JSON; None if it is not kept."""
        ...

    def letters(
        self, campaign: str, wanted: Sequence[tuple[str, MessageKey]]
    ) -> Mapping[tuple[str, MessageKey], tuple[str, str]]:
        """Return the same by invitee and key, for those of the wanted letters that are kept."""
        ...

    def tried(self, campaign: str) -> set[tuple[str, MessageKey]]:
        """Return the letters that were tried and of which nobody knows yet whether they left, by invitee and key."""
        ...

    # -- the ledger --------------------------------------------------------------------------------------------
    def append(self, entries: Iterable[Entry]) -> list[Entry]:
        """Append entries to the ledger in one transaction and return them with their numbers.

        None is recorded as of a moment before the entry before it: it gets the next one after that.
        """
        ...

    def append_decided(
        self,
        campaign: str,
        kinds: Collection[str],
        decide: Callable[[list[Entry]], Iterable[Entry]],
        invitee: str = "",
    ) -> list[Entry]:
        """Append what `decide` makes of the entries of these kinds about an invitee, or about none; nobody writes in between."""
        ...

    def entries(
        self, campaign: str, invitee: str | None = None, *, kinds: Collection[str] = (), above: int = 0
    ) -> Iterator[Entry]:
        """Yield the entries of a campaign, or of one invitee, whose number is above `above`, in order.

        `kinds` are the written names of facts (docs/ledger.md), such as ``placed``; empty for all.
        """
        ...

    def by_invitee(self, campaign: str) -> Iterator[Entry]:
        """Yield the entries of a campaign, one invitee after the other, each in order; first those about no invitee.

        Entries that are written meanwhile are left out.
        """
        ...

    def entries_of(self, campaign: str, invitees: Iterable[str], kinds: Collection[str]) -> list[Entry]:
        """Return the entries of these kinds of some invitees, one invitee after the other, each in order."""
        ...

    def placed_as(self, campaign: str, who: str) -> list[str]:
        """Return the invitees with a person who has this reference, or who themselves have it, in the order they came.

        With an ``@`` in it, `who` is an address in normal form and ASCII instead: the invitees with a person who has or
        had an address that contains it.
        """
        ...

    def latest(self, campaign: str) -> datetime | None:
        """Return the latest moment among the newest entries of a campaign; None if there is no entry."""
        ...

    def lines(self, campaign: str) -> Iterator[str]:
        """Yield the entries of a campaign in order, each as a line of JSON (docs/ledger.md) without its line break."""
        ...

    def holds(self, campaign: str, number: int, hash: str) -> bool:  # noqa: A002 - the name of the column
        """Return whether the entry of this number has this hash."""
        ...

    def backup(self, made_at: datetime, secrets: Mapping[str, bytes]) -> Iterator[bytes]:
        """Yield all that the store knows, as one moment left it, in the lines that docs/backup.md describes.

        Others may write meanwhile. `secrets` are files of passwords that are put in, by name. Raises StoreError
        ``entry-damaged`` where an entry is not as it was written.
        """
        ...

    def restore(self, lines: Iterable[bytes], now: datetime) -> Restored:
        """Put a backup in the place of all that is stored, in one transaction; return what it brought.

        What waited when it was made is in doubt afterwards. Raises StoreError, and changes nothing, where it is no backup,
        not whole, of another version, or not sound.
        """
        ...

    def size(self) -> int:
        """Return how many entries there are, of all campaigns."""
        ...

    def verify(self, campaign: str) -> Breach | None:
        """Return the first entry that was altered, removed or reordered; None if there is none."""
        ...

    # -- what was read -----------------------------------------------------------------------------------------
    def last_uid(self, folder: str, uidvalidity: int) -> int:
        """Return the highest UID read in a folder under this UIDVALIDITY; 0 if none was."""
        ...

    def read_uids(self, folder: str, uidvalidity: int, above: int) -> set[int]:
        """Return the UIDs above `above` in a folder that were read, or given up for a person to look at."""
        ...

    def recorded_uids(self, folder: str, uidvalidity: int) -> set[int]:
        """Return the UIDs in a folder of the mails that gave an entry; a copy of one that was read before is none."""
        ...

    def withheld(self, folder: str, uidvalidity: int) -> dict[int, datetime]:
        """Return the UIDs in a folder that the server has withheld so far, with the moment when it first did.

        They are noted with `record`, by a digest that begins with `WITHHELD`, until they are read or given up.
        """
        ...

    def forget_withheld(self, folder: str, uidvalidity: int, uids: Collection[int]) -> None:
        """Forget that messages were withheld, which are gone from the folder."""
        ...

    def ask_again(self) -> int:
        """Have messages that were given up (their digest begins with `GIVEN_UP`) asked for once more; return how many."""
        ...

    def known(self, digests: Collection[str]) -> set[str]:
        """Return which of these digests belong to mails read before, in any folder."""
        ...

    def record(self, readings: Sequence[tuple[Read, Sequence[Entry]]]) -> list[Entry]:
        """Record in one transaction that mails were read, with the entries made from each; return the entries numbered.

        A mail recorded before from the same place in the mailbox adds nothing.
        """
        ...

    # -- who asked not to be written to -------------------------------------------------------------------------
    def suppress(self, address: str, now: datetime, why: str) -> None:
        """Bar an address from all further mail of every campaign; it is stored as a keyed hash of its normal form."""
        ...

    def suppressed(self, addresses: Iterable[str]) -> set[str]:
        """Return which of these addresses are barred, spelled as they were given."""
        ...

    def lift(self, addresses: Iterable[str]) -> None:
        """Take back that these addresses are barred."""
        ...

    def note_forgotten(self, people: Iterable[tuple[str, str]], now: datetime) -> None:
        """Keep a keyed hash of each address and name (`mailer.model.names.name_forms`), never of an address alone."""
        ...

    def forgotten(self, people: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return which of these addresses and names belong to people who were forgotten."""
        ...

    def naming(self, addresses: Iterable[str]) -> list[tuple[str, int]]:
        """Return campaign and number of every entry whose words contain one of the addresses."""
        ...

    def forget(
        self,
        invitees: Iterable[str],
        persons: Iterable[str] = (),
        *,
        senders: Iterable[str] = (),
        mentions: Iterable[str] = (),
        numbers: Iterable[tuple[str, int]] = (),
    ) -> None:
        """Erase the personal data of people in one transaction, in the file of the database too.

        Of `invitees` all entries lose names, addresses and words, and the messages are deleted, with what their letters have of
        their own; of `persons` only the entries that are about them alone, and the messages that were for them, also where
        these were for others, too. What is kept of mails from `senders` is erased, and so are the words,
        whoever wrote them, that contain an address of `mentions`, and those of the entries with the `numbers`, each with its
        campaign. Totals and `verify` still hold. Suppressions stay.
        """
        ...

    def purge(self, campaign: str) -> None:
        """Erase the personal data of everybody of one campaign, and nothing of any other campaign.

        Its rows and entries stay without names, addresses and words, so that totals and `verify` still hold; its
        messages are deleted, with what each letter has of its own; versions stay. Nobody is suppressed by it.
        """
        ...

    def hold(self, campaign: str, who: str) -> AbstractContextManager[None]:
        """Lock a campaign for the process that runs it by itself, under the name `who`.

        Raises StoreError ``campaign-held`` on entering where another process has it, with its name as `who`. The lock
        is free again as soon as its process ends, killed or not.
        """
        ...

    def close(self) -> None:
        """Release the locks and the connections."""
        ...
