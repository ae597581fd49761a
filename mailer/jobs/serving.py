"""What the service works with, and what it tells of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from mailer.errors import UserError
from mailer.jobs.send import Route
from mailer.model.campaign import Campaign
from mailer.model.invitation import Invitee
from mailer.store import Store
from mailer.wire import MailboxAdapter

ROUND = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, by code, for the log: no address and no name is in it.

    `trouble`: somebody may have to do something. `error` is what caused it.
    """

    code: str
    campaign: str = ""
    values: Mapping[str, object] = field(default_factory=dict)
    trouble: bool = False
    error: UserError | None = None


class Prepared(Protocol):
    """A campaign as its files are now."""

    @property
    def campaign(self) -> Campaign:
        """What the campaign file says."""
        ...

    @property
    def mailbox(self) -> str:
        """The address that is read for answers."""
        ...

    def sources(self) -> Mapping[str, bytes]:
        """Read its templates and attachments."""
        ...

    def listed(self) -> list[Invitee]:
        """Read its lists."""
        ...


@dataclass(slots=True)
class Health:
    """How the service stands. The moments are of the last time that something went well."""

    started: datetime
    turned: datetime | None = None
    read: datetime | None = None
    sent: datetime | None = None
    next: datetime | None = None
    waiting: int = 0
    doubtful: int = 0
    """Messages of which nobody knows whether they arrived."""
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Doors:
    """What the service works with.

    `prepared` reads the campaigns to be run anew; those whose file is broken are told by `tell`. `known` are all whose
    answers may lie in the mailbox.
    """

    store: Store
    mailbox: MailboxAdapter
    route: Route
    prepared: Callable[[], Iterable[Prepared]]
    known: Callable[[], Mapping[str, Campaign]]
    clock: Callable[[], datetime]
    tell: Callable[[Event], None]
    trusted: Sequence[str] = ()
    done_folder: str = ""
    folder: str = "INBOX"
    """Where answers come to: it is listened to."""
    rest: timedelta = ROUND
    """The longest wait between two looks at everything."""
