"""The states of a promise in the queue, and when a campaign is finished.

::

    QUEUED, DEFERRED, IN_DOUBT ──void: not owed any more──> (out of the queue)
    CLAIMED ──settle: not owed any more when it was to leave──> (out of the queue)
    CLAIMED ──settle: 250──────> SENT (out of the queue)
    CLAIMED ──settle: 5yz──────> FAILED (out of the queue)
    CLAIMED ──settle: 4yz──────> DEFERRED
    CLAIMED ──settle: account refused, or perhaps it; nothing was sent──> QUEUED
    CLAIMED ──settle: connection lost after the final dot──> IN_DOUBT
    CLAIMED ──expire: the process has ended, or took too long──> IN_DOUBT
    QUEUED, DEFERRED ──claim───> CLAIMED
    IN_DOUBT ──release: a person decides to send again──> QUEUED
    IN_DOUBT ──settle: a process that took too long, or a bounce or answer, tells──> SENT or FAILED

What is SENT or FAILED stands in the ledger, and nowhere else.

The store makes these changes with guarded updates (`mailer.store.claims`): `claim`, `void`, `expire` and `release`
change only promises in the states from which an arrow of theirs starts.

A campaign is finished when no promise is left in the queue, and nobody is owed one (`mailer.due`). Storing a position in
the list is not enough: after a crash it may be ahead of what was really sent.
"""

from __future__ import annotations

from collections.abc import Mapping

from mailer.model.outcome import Deferred, Failed, Halted, InDoubt, Outcome, Sent, State

UNFINISHED = (State.QUEUED, State.CLAIMED, State.DEFERRED, State.IN_DOUBT)
"""A campaign with a message in one of these is not finished."""


def state_after(outcome: Outcome) -> State:
    """Return the state of a claimed message after this outcome."""
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
    """Return how many messages are in a state of `UNFINISHED`."""
    return sum(counts.get(state, 0) for state in UNFINISHED)
