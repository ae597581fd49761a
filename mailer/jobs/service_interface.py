"""Define what the service is given (`Adapters`) and what it reports (`Event`, `Health`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from mailer.errors import UserError
from mailer.jobs.send import Route
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact
from mailer.store import Store
from mailer.wire import MailboxAdapter

LONGEST_REST = timedelta(minutes=5)
"""The longest wait between two turns, by default."""

TICK = 0.2
"""Seconds between two looks at whether the service is to stop."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing the service did or met, by code, for the log; holds no address and no name.

    `trouble` is set if a person may have to act; `error` is the cause.
    """

    code: str
    campaign: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    trouble: bool = False
    error: UserError | None = None


class CampaignFiles(Protocol):
    """A campaign's settings, templates and contact lists, read from its files as they are now."""

    @property
    def campaign(self) -> Campaign:
        """Return what the campaign file says."""
        ...

    @property
    def mailbox(self) -> str:
        """Return the address whose mailbox is read for answers."""
        ...

    def sources(self) -> Mapping[str, bytes]:
        """Read the campaign's templates and attachments, by name."""
        ...

    def households(self) -> Sequence[tuple[Contact, ...]]:
        """Read the campaign's contact lists: the people on them, grouped by address."""
        ...


@dataclass(slots=True)
class Health:
    """The state of the service. `turned`, `read` and `sent` are when that last succeeded, `next` is the next turn.

    `waiting` counts the messages not sent yet, `doubtful` those that may or may not have arrived; `troubles` names the
    parts that have failed. `stopped` is when it ended in order.
    """

    started: datetime
    turned: datetime | None = None
    read: datetime | None = None
    sent: datetime | None = None
    next: datetime | None = None
    waiting: int = 0
    doubtful: int = 0
    troubles: tuple[str, ...] = ()
    stopped: datetime | None = None


@dataclass(frozen=True, slots=True)
class Adapters:
    """The store, the mail servers, the clock and the files the service works with.

    `campaigns` reads the campaigns to be run; those whose file is broken are left out and reported by `tell`. `known`
    are all campaigns whose answers may be in the mailbox. Mail comes to `folder`, which is listened to; answers that
    were read are moved to `done_folder`, empty for nowhere. `trusted` names the servers whose Authentication-Results
    are believed. `rest` is the longest wait between two turns.
    """

    store: Store
    mailbox: MailboxAdapter
    route: Route
    campaigns: Callable[[], Iterable[CampaignFiles]]
    known: Callable[[], Mapping[str, Campaign]]
    clock: Callable[[], datetime]
    tell: Callable[[Event], None]
    trusted: Sequence[str] = ()
    done_folder: str = ""
    folder: str = "INBOX"
    rest: timedelta = LONGEST_REST
