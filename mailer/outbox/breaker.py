"""The circuit breaker: when sending stops because the provider might block the account, or has done so."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from mailer.model.outcome import Failed, Halted, Outcome, Reply, Sent, Stage
from mailer.outbox.refusals import words
from mailer.outbox.verdict import EARLY, RefusalCause, matter, refusal_cause

MAX_HALTS = 3
"""The number of temporary refusals of the account in a row at which sending stops."""

PAUSE = timedelta(seconds=10)

MAX_REFUSED_MESSAGES = 3
"""The number of messages refused for their content in a row after which sending stops: all have one text."""

MAX_DOMAINS = 3
"""For how many domains the same refusal in a row stops sending."""

MAX_ALIKE = 10
"""For how many addresses of one domain the same refusal in a row stops sending."""

MAX_GIVEN_BACK = 30
"""For how many addresses any refusals in a row stop sending."""

MIN_REFUSED = 10
"""The least number of refused recipients at which their share can stop sending."""

MOST_REFUSED = 20
"""The default of the share of refused recipients, in per cent, above which sending stops."""

Trip = Literal["", "account-refused", "messages-refused", "too-many-refused"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A refusal that gave a message back; `again` where the message had been given back before in these words."""

    recipient: str
    words: str
    cause: RefusalCause
    again: bool = False


@dataclass(frozen=True, slots=True)
class Breaker:
    """The outcomes counted so far, and the reason to stop (`tripped`), if any.

    `most_refused` is the share of refused recipients, in per cent, above which sending stops: providers block
    accounts for a day because of bounces (easyname: 15 in an hour). `warned` says that messages given back in an
    earlier run wait: a single refusal that speaks of the account does not stop sending again. `halts` counts
    temporary refusals of the account in a row, `streak` holds the refusals since the last message that was accepted.
    """

    most_refused: int = MOST_REFUSED
    warned: bool = False
    tried: int = 0
    refused: int = 0
    halts: int = 0
    streak: tuple[Refusal, ...] = ()
    tripped: Trip = ""

    def after(self, outcome: Outcome, recipient: str, *, again: bool = False) -> Breaker:
        """Return the breaker with one more outcome counted.

        `again` says that the message was given back before in the same words: no address stops sending twice.
        """
        match outcome:
            case Sent():
                return self._tried(streak=())
            case Halted(reply) if reply.code // 100 == 5 and reply.stage not in EARLY:
                refusal = Refusal(recipient, words(reply, recipient), refusal_cause(reply), again)
                streak = (*(one for one in self.streak if one.recipient != recipient), refusal)
                trip = self._trip(streak, reply)
                return replace(self, streak=streak, tripped=self.tripped or trip)
            case Halted(reply):
                # No reply at AUTH: there is nothing to log in with, such as a sign-in that has ended.
                halts = self.halts + 1
                final = reply.code // 100 == 5 or (reply.stage is Stage.AUTH and not reply.code)
                over = final or halts >= MAX_HALTS or matter(reply) is not None
                return replace(self, halts=halts, tripped=self.tripped or ("account-refused" if over else ""))
            case Failed():
                refused = self.refused + 1
                too_many = refused >= MIN_REFUSED and 100 * refused > self.most_refused * (self.tried + 1)
                over = too_many and not again
                return self._tried(refused=refused, trip="too-many-refused" if over else "")
            case _:
                return self._tried()

    def after_probe(self) -> Breaker:
        """Return the breaker after the server has accepted an address of ours as recipient."""
        return replace(
            self, streak=tuple(one for one in self.streak if one.cause is not RefusalCause.UNCERTAIN)
        )

    def alike(self, reply: Reply, recipient: str) -> int:
        """Return how many addresses were given back for the first time in these words since anybody was accepted."""
        said = words(reply, recipient) if self.streak else ""
        return sum(one.words == said and not one.again for one in self.streak)

    @property
    def pause(self) -> timedelta:
        """Return how long to wait after a refusal of the account; longer with each in a row."""
        return PAUSE * self.halts**2

    def _trip(self, streak: tuple[Refusal, ...], reply: Reply) -> Trip:
        """Return the reason to stop after the refusals in a row, of which the last is new."""
        last = streak[-1]
        new = [one for one in streak if not one.again]
        alike = [one.recipient for one in new if one.words == last.words]
        domains = {recipient.rpartition("@")[2].casefold() for recipient in alike}
        messages = [one for one in new if one.cause is RefusalCause.MESSAGE]
        if reply.stage is Stage.MAIL and last.cause is RefusalCause.ACCOUNT:
            return "account-refused"
        if last.again:
            return "account-refused" if len(streak) >= MAX_GIVEN_BACK else ""
        if last.cause is RefusalCause.MESSAGE and len(messages) >= MAX_REFUSED_MESSAGES:
            return "messages-refused"
        one_is_enough = last.cause is RefusalCause.ACCOUNT and (not self.warned or len(alike) >= MAX_DOMAINS)
        many = len(domains) >= MAX_DOMAINS or len(alike) >= MAX_ALIKE or len(streak) >= MAX_GIVEN_BACK
        return "account-refused" if one_is_enough or many else ""

    def _tried(
        self, *, refused: int | None = None, streak: tuple[Refusal, ...] | None = None, trip: Trip = ""
    ) -> Breaker:
        return replace(
            self,
            tried=self.tried + 1,
            refused=self.refused if refused is None else refused,
            streak=self.streak if streak is None else streak,
            halts=0,
            tripped=self.tripped or trip,
        )
