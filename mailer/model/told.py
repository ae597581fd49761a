"""What an invitee was sent, as the ledger has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailer.model.invitation import MessageKey
from mailer.model.outcome import Reply, State


@dataclass(frozen=True, slots=True)
class Told:
    """One message to an invitee, and what became of it: SENT, FAILED, IN_DOUBT, or DEFERRED.

    `entry` is the number of the entry that says so. `persons` are the references of those it was for; empty for
    everybody who was a member then. `revision` counts the announcements of the meeting before it, so that the first
    is 1. `round` is the entry that asked for it, and `version` names its letter; 0 and empty in old ledgers. `made_at` is
    the date of the letter.
    """

    key: MessageKey
    state: State
    at: datetime
    entry: int
    persons: tuple[str, ...] = ()
    revision: int = 0
    round: int = 0
    version: str = ""
    message_id: str = ""
    reply: Reply | None = None
    made_at: datetime | None = None

    def concerns(self, person: str, since: int) -> bool:
        """Return whether the message was for a person, who is a member since that entry."""
        return person in self.persons if self.persons else since <= self.entry

    @property
    def is_held(self) -> bool:
        """Return whether somebody has the message, or may have it."""
        return self.state in (State.SENT, State.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class Correspondence:
    """What was sent to an invitee, oldest first, and the numbers of the entries that say it was not delivered.

    `put_off` are the messages that a server refused for now, and that are tried again.
    """

    told: tuple[Told, ...] = ()
    notices: tuple[int, ...] = ()
    put_off: tuple[Told, ...] = ()


NOTHING_SENT = Correspondence()
