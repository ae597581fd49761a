"""Write messages fast, from a mould shared by all invitees whose letters have the same shape.

An invitee with an unusual value gets a message written by `Composer.write`. A new mould must give the same octets as
`Composer.write` for the invitee it was made with. `mailer.compose.inspection` compares more messages; a mould that
fails once is not used again.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime

from mailer.compose.composer import Composer
from mailer.compose.facts import list_of, value_of
from mailer.compose.letter import Unmarkable
from mailer.compose.marks import Shaped
from mailer.compose.mould import Mould
from mailer.compose.tongues import TONGUES
from mailer.errors import TemplateError
from mailer.model.contact import Contact
from mailer.model.invitation import UNANSWERED, Answered, Invitation, Kind
from mailer.model.message import OutgoingMessage
from mailer.model.people import Invitee

MOST_MOULDS = 64
"""With more, letters differ so much that moulds save nothing."""

MOST_SHAPING = 8
"""On how many values the shape of a letter may depend."""

LONGEST = 200
_UNUSUAL = re.compile(r'[&<>"{}]|  ')
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%*+/=?^_`|~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")

Shape = tuple[object, ...]
"""All that letters differ by, besides the values that are written out."""


class Press:
    """Writer of the messages of a campaign with one date."""

    def __init__(self, composer: Composer, now: datetime) -> None:
        self.composer = composer
        self._now = now
        self._moulds: dict[Shape, Mould | None] = {}
        self._shaping: dict[Shape, tuple[str, ...]] = {}
        self._sources: dict[str, int] = {}

    def write(self, invitation: Invitation) -> OutgoingMessage:
        """Return the message of one invitation, the same octets as `Composer.write` gives."""
        mould = self.mould(invitation)
        return mould.write(invitation) if mould else self.write_in_steps(invitation)

    def write_in_steps(self, invitation: Invitation) -> OutgoingMessage:
        """Return the message of one invitation, written without a mould."""
        return self.composer.write(invitation, self._now)

    def mould(self, invitation: Invitation) -> Mould | None:
        """Return the mould for an invitation, made if need be; None if there can be none."""
        for _ in range(MOST_SHAPING):
            shape = self.shape_of(invitation)
            if shape is None or invitation.test:
                return None
            if shape in self._moulds:
                return self._moulds[shape]
            if len(self._moulds) >= MOST_MOULDS:
                return None
            try:
                self._moulds[shape] = self._made(shape, invitation)
            except Shaped as shaped:
                self._shape_by(shaped.name, shape)
        return None

    def made(self, shape: Shape) -> Mould | None:
        """Return the mould of a shape; None if none was made."""
        return self._moulds.get(shape)

    def distrust(self, shape: Shape) -> None:
        """Stop using the mould of a shape."""
        self.composer.misfits.add(shape)
        self._moulds[shape] = None

    def shape_of(self, invitation: Invitation) -> Shape | None:
        """Return the shape of the letter of an invitation."""
        return self.shape(invitation.invitee, invitation.kind, invitation.sequence, invitation.answered)

    def shape(
        self, invitee: Invitee, kind: Kind, sequence: int, answered: Answered = UNANSWERED
    ) -> Shape | None:
        """Return the shape of a letter; None if the invitee has an unusual value, so that no mould can be used.

        Letters that follow the invitation also depend on the answer.
        """
        there: list[object] = []
        for person in invitee.people:
            values = _values(person)
            if not _usual(values) or not _ADDRESS.fullmatch(person.email):
                return None
            there += map(bool, values)
            there += person.fields
        first = invitee.people[0]
        language = self.composer.letters.language(invitee, kind)
        answers_a_mail = bool(answered.message_id)
        said = replace(answered, message_id="") if answers_a_mail else answered
        about = (kind, sequence, said, answers_a_mail)
        shape = (*about, language, self._source(first), len(invitee.people), *there)
        shaping = self._shaping.get(shape)
        if shaping is None:
            return shape
        tongue = TONGUES[language]
        return (shape, *[value_of(name, invitee.people, tongue) for name in shaping])

    def _source(self, contact: Contact) -> int:
        """Return the place of the contact's list among those of the campaign; the notice names its origin."""
        file = contact.origin.file
        if file not in self._sources:
            lists, source = self.composer.campaign.lists, list_of(self.composer.campaign, contact)
            self._sources[file] = lists.index(source) if source else -1
        return self._sources[file]

    def _made(self, shape: Shape, invitation: Invitation) -> Mould | None:
        """Return a new mould, if it gives the same octets as `write_in_steps`."""
        if shape in self.composer.misfits:
            return None
        shaping = self._shaping.get(_unshaped(shape), ())
        try:
            mould = Mould(self.composer, invitation, self._now, frozenset(shaping))
        except (Unmarkable, TemplateError, ValueError):
            return None
        if mould.write(invitation).content != self.write_in_steps(invitation).content:
            self.distrust(shape)
            return None
        return mould

    def _shape_by(self, name: str, shape: Shape) -> None:
        if name in UNSHAPEABLE:
            self._moulds[shape] = None
            return
        plain = _unshaped(shape)
        self._shaping[plain] = (*self._shaping.get(plain, ()), name)


UNSHAPEABLE = ("token", "subject")
"""Values that differ in every letter, or are made of other values."""


def _unshaped(shape: Shape) -> Shape:
    """Return the shape without the values it depends on."""
    return shape[0] if isinstance(shape[0], tuple) else shape


def _values(person: Contact) -> tuple[str, ...]:
    own = (person.civility, person.first_name, person.last_name, person.organisation, person.function)
    return (*own, person.email, *person.fields.values())


def _usual(values: tuple[str, ...]) -> bool:
    """Return whether values have no meaning in HTML and need no cleaning, which is true of most."""
    joined = "|".join(values)
    return (
        joined.isprintable()
        and not _UNUSUAL.search(joined)
        and all(not value or (value[0] != " " != value[-1] and len(value) <= LONGEST) for value in values)
    )
