"""Say in one word how far a campaign has come with a person."""

from __future__ import annotations

from mailer.model.attendance import DeliveryState, PersonState, Standing
from mailer.model.invitation import Kind
from mailer.model.outcome import State
from mailer.model.people import Person


def state(
    standing: Standing,
    person: Person,
    *,
    promised: bool = False,
    barred: bool = False,
    unsettled: bool = False,
) -> PersonState:
    """Return the state of a person: of those that fit, the last in the order of `PersonState`.

    `promised` says that a letter to them is queued, `barred` that nobody may write to them, whatever the ledger of this
    campaign says, and `unsettled` that who they are has to be asked.
    """
    delivery = standing.delivery_ignoring_opt_out
    fits = (
        _knows_of_the_end(standing),
        standing.withdrawn or person.withdrawn,
        barred or standing.opted_out,
        person.unlisted,
        delivery is DeliveryState.BOUNCED or person.has_no_address,
        delivery is DeliveryState.FAILED,
        standing.kept_back,
        is_reached(standing),
        delivery is DeliveryState.IN_DOUBT,
        promised or delivery is DeliveryState.DEFERRED,
        unsettled,
    )
    # Who was erased has no address any more, and nothing can be sent; what was sent before still says how far it came.
    otherwise = PersonState.UNREACHABLE if person.erased else PersonState.LISTED
    return next((one for one, fit in zip(_LAST_FIRST, fits, strict=False) if fit), otherwise)


_LAST_FIRST = tuple(reversed(PersonState))


def is_reached(standing: Standing) -> bool:
    """Return whether a server took a letter to the person, or they answered one whose outcome was not known."""
    sent = standing.delivery_ignoring_opt_out is DeliveryState.SENT
    return sent or any(one.state is State.SENT for one in standing.told)


def _knows_of_the_end(standing: Standing) -> bool:
    """Return whether the meeting is cancelled, and the person was told so or has nothing that says otherwise."""
    if standing.cancelled_at is None or standing.withdrawn:
        return False
    letters = [one for one in standing.told if one.is_held]
    return not letters or any(one.key.kind is Kind.CANCEL for one in letters)
