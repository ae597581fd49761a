"""The circuit breaker: when sending stops because the provider might block the account."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from mailer.model.outcome import Failed, Halted, Outcome, Sent
from mailer.outbox.verdict import RefusalCause, refusal_cause

MAX_HALTS = 3
"""The number of temporary refusals of the account in a row at which sending stops."""

PAUSE = timedelta(seconds=10)

MAX_REFUSED_MESSAGES = 3
"""The number of messages refused for their content in a row after which sending stops: all have one text."""

MIN_REFUSED = 10
"""The least number of refused recipients at which their share can stop sending."""

MOST_REFUSED = 20
"""The default of the share of refused recipients, in per cent, above which sending stops."""

Trip = Literal["", "account-refused", "messages-refused", "too-many-refused"]


@dataclass(frozen=True, slots=True)
class Breaker:
    """The outcomes counted so far, and the reason to stop (`tripped`), if any.

    `most_refused` is the share of refused recipients, in per cent, above which sending stops: providers block
    accounts for a day because of bounces (easyname: 15 in an hour). `halts` counts refusals of the account in
    a row, `contents` refusals of the content in a row.
    """

    most_refused: int = MOST_REFUSED
    tried: int = 0
    refused: int = 0
    halts: int = 0
    contents: int = 0
    tripped: Trip = ""

    def after(self, outcome: Outcome) -> Breaker:
        """Return the breaker with one more outcome counted."""
        match outcome:
            case Sent():
                return self._tried(contents=0)
            case Halted(reply):
                halts = self.halts + 1
                over = reply.code // 100 == 5 or halts >= MAX_HALTS
                return replace(self, halts=halts, tripped="account-refused" if over else self.tripped)
            case Failed(reply) if reply.code // 100 == 5 and refusal_cause(reply) is RefusalCause.MESSAGE:
                contents = self.contents + 1
                over = contents >= MAX_REFUSED_MESSAGES
                return self._tried(contents=contents, trip="messages-refused" if over else "")
            case Failed():
                refused = self.refused + 1
                over = refused >= MIN_REFUSED and 100 * refused > self.most_refused * (self.tried + 1)
                return self._tried(refused=refused, trip="too-many-refused" if over else "")
            case _:
                return self._tried()

    @property
    def pause(self) -> timedelta:
        """Return how long to wait after a refusal of the account; longer with each in a row."""
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
