"""When sending must stop by itself, so that neither the account nor the list comes to harm."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from mailer.model.outcome import Failed, Halted, Outcome, Sent
from mailer.outbox.verdict import Fault, fault

HALTS = 3
"""How many refusals of the account in a row are taken for a passing trouble, where they are temporary."""

PAUSE = timedelta(seconds=10)

REFUSED_MESSAGES = 3
"""How many messages in a row may be refused for their content: the next would be, too."""

FEWEST = 10
"""Below so many attempts a rate says nothing."""

MOST_REFUSED = 20
"""The share of refused recipients, in per cent, that is too much where nothing else is said."""

Trip = Literal["", "account-refused", "messages-refused", "too-many-refused"]


@dataclass(frozen=True, slots=True)
class Breaker:
    """What was seen so far. `most_refused` is the share of refused recipients, in per cent, that is too much.

    Hard bounces can block an account for a day (easyname: 15 in an hour), so a bad list stops early.
    """

    most_refused: int = MOST_REFUSED
    tried: int = 0
    refused: int = 0
    halts: int = 0
    contents: int = 0
    tripped: Trip = ""

    def after(self, outcome: Outcome) -> Breaker:
        """Take one outcome into account."""
        match outcome:
            case Sent():
                return self._tried(contents=0)
            case Halted(reply):
                halts = self.halts + 1
                over = reply.code // 100 == 5 or halts >= HALTS
                return replace(self, halts=halts, tripped="account-refused" if over else self.tripped)
            case Failed(reply) if reply.code // 100 == 5 and fault(reply) is Fault.MESSAGE:
                contents = self.contents + 1
                over = contents >= REFUSED_MESSAGES
                return self._tried(contents=contents, trip="messages-refused" if over else "")
            case Failed():
                refused = self.refused + 1
                over = refused >= FEWEST and 100 * refused > self.most_refused * (self.tried + 1)
                return self._tried(refused=refused, trip="too-many-refused" if over else "")
            case _:
                return self._tried()

    @property
    def pause(self) -> timedelta:
        """How long to leave a server alone that just turned us away."""
        return PAUSE * self.halts**2

    def _tried(self, *, refused: int | None = None, contents: int | None = None, trip: Trip = "") -> Breaker:
        return Breaker(
            self.most_refused,
            tried=self.tried + 1,
            refused=self.refused if refused is None else refused,
            contents=self.contents if contents is None else contents,
            halts=0,
            tripped=self.tripped or trip,
        )
