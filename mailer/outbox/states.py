"""Where a message may go from where it stands, and when a campaign is finished.

::

    QUEUED ──claim──> CLAIMED ──250──────────────────> SENT
       ^                │  ├───5xx───────────────────> FAILED
       │                │  ├───4xx──> DEFERRED ──claim again
       │                │  └───lost after the dot, or killed──> IN_DOUBT
       ├──account refused, nothing sent                          │
       └──────────────────────────────a person releases it───────┤
                                      a reply, a bounce tells ───┴──> SENT or FAILED
    QUEUED, DEFERRED ──withdrawn: the address must not be written to any more──> FAILED

"Finished" is counted from the states of the messages, never from a cursor: a cursor that ran ahead of a crash
is how mailers lose people.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailer.model.outcome import Deferred, Failed, Halted, InDoubt, Outcome, Sent, State

MOVES: Mapping[State, frozenset[State]] = {
    State.QUEUED: frozenset({State.CLAIMED, State.FAILED}),
    State.CLAIMED: frozenset(
        {State.SENT, State.FAILED, State.DEFERRED, State.IN_DOUBT, State.QUEUED},
    ),
    State.DEFERRED: frozenset({State.CLAIMED, State.FAILED}),
    State.IN_DOUBT: frozenset({State.QUEUED, State.SENT, State.FAILED, State.DEFERRED, State.IN_DOUBT}),
    State.SENT: frozenset(),
    State.FAILED: frozenset(),
}

UNFINISHED = (State.QUEUED, State.CLAIMED, State.DEFERRED, State.IN_DOUBT)
"""A campaign with a message in one of these is not finished."""


def state_after(outcome: Outcome) -> State:
    """The state an outcome puts a claimed message into."""
    match outcome:
        case Sent():
            return State.SENT
        case Deferred():
            return State.DEFERRED
        case Failed():
            return State.FAILED
        case InDoubt():
            return State.IN_DOUBT
        case Halted():
            return State.QUEUED


def unfinished(counts: Mapping[State, int]) -> int:
    """How many messages are still waiting for something."""
    return sum(counts.get(state, 0) for state in UNFINISHED)
