"""Make up people with a value wherever somebody has one, to look at the words around."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from mailer.compose.facts import SALUTATION
from mailer.model.contact import Contact
from mailer.model.invitation import Invitation
from mailer.model.people import Invitee, Person

ODD = "Œ&<b>\"c\" 'd'\u00a0{e};f,g\\h^i\u2003🙂 %" + "j" * 120 + "=k"
"""A value with whatever HTML, calendars, header fields and encodings write in another way."""

ODD_ADDRESS = "o'd&d?#%+x@example.invalid"

_NAMES = ("civility", "first_name", "last_name", "organisation")
"""The values that a salutation is made of."""


def nobody_like(
    invitation: Invitation,
    value: str = "x",
    address: str = "x@x.invalid",
    *,
    besides: Collection[str] = (),
) -> Invitation:
    """Return the invitation of made-up people who have values, all the same, where these people have some.

    `besides` names values that stay as they are.
    """
    members = tuple(
        Person("nobody", _like(person, value, address, _own(at, besides)))
        for at, person in enumerate(invitation.invitee.people)
    )
    return replace(invitation, invitee=Invitee("nobody", members[0].contact.email, members))


def _own(at: int, besides: Collection[str]) -> set[str]:
    """Return the names of the person at this place that stay as they are."""
    own = {name.removeprefix(f"{at} ") for name in besides}
    return own | set(_NAMES) if own & {SALUTATION, "name"} else own


def _like(person: Contact, value: str, address: str, own: Collection[str]) -> Contact:
    def made_up(name: str, there: str) -> str:
        return there if name in own or not there else value

    return Contact(
        person.email if "email" in own else address,
        civility=made_up("civility", person.civility),
        first_name=made_up("first_name", person.first_name),
        last_name=made_up("last_name", person.last_name),
        organisation=made_up("organisation", person.organisation),
        function=made_up("function", person.function),
        fields={name: made_up(f"fields {name}", there) for name, there in person.fields.items()},
        language=person.language,
        origin=person.origin,
    )
