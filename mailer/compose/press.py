"""Messages written at speed: each invitee's by the mould of those whose letters are like theirs, if there is one.

Nothing is taken on trust. Whoever has a value that anything could go wrong with gets a message written step by step.
A mould is made with somebody's message, and must give the same octets as the steps do. `mailer.compose.inspection` has
more of them written both ways; a mould that fails once is used for nobody.
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
from mailer.model.invitation import UNANSWERED, Answered, Invitation, Invitee, Kind
from mailer.model.message import OutgoingMessage

MOST_MOULDS = 64
"""Beyond that, letters are so much each invitee's own that moulds are no gain."""

MOST_SHAPING = 8
"""How many values may shape a letter."""

LONGEST = 200
_UNUSUAL = re.compile(r'[&<>"{}]|  ')
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%*+/=?^_`|~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")

Shape = tuple[object, ...]
"""All that letters are told apart by, besides the values that are written out."""


class Press:
    """Writes the messages of a campaign that leave at one moment."""

    def __init__(self, composer: Composer, now: datetime) -> None:
        self.composer = composer
        self._now = now
        self._moulds: dict[Shape, Mould | None] = {}
        self._shaping: dict[Shape, tuple[str, ...]] = {}
        self._sources: dict[str, int] = {}

    def write(self, invitation: Invitation) -> OutgoingMessage:
        """Write the message of one invitation: the octets of `Composer.write`."""
        mould = self.mould(invitation)
        return mould.write(invitation) if mould else self.write_in_steps(invitation)

    def write_in_steps(self, invitation: Invitation) -> OutgoingMessage:
        """The same without any mould."""
        return self.composer.write(invitation, self._now)

    def mould(self, invitation: Invitation) -> Mould | None:
        """Return the mould of those whose letters are like this one, made if need be; None where there can be none."""
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
        """Return the mould of a shape where there is one."""
        return self._moulds.get(shape)

    def distrust(self, shape: Shape) -> None:
        """Use the mould of a shape for nobody, now and later."""
        self.composer.misfits.add(shape)
        self._moulds[shape] = None

    def shape_of(self, invitation: Invitation) -> Shape | None:
        """Say what the letter of an invitation is told apart by."""
        return self.shape(invitation.invitee, invitation.kind, invitation.sequence, invitation.answered)

    def shape(
        self, invitee: Invitee, kind: Kind, sequence: int, answered: Answered = UNANSWERED
    ) -> Shape | None:
        """Say what letters are told apart by; None for somebody whose letter is like nobody's.

        Letters that follow the invitation speak of what each invitee answered.
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
        """The place of the list somebody is on: the notice names it."""
        file = contact.origin.file
        if file not in self._sources:
            lists, source = self.composer.campaign.lists, list_of(self.composer.campaign, contact)
            self._sources[file] = lists.index(source) if source else -1
        return self._sources[file]

    def _made(self, shape: Shape, invitation: Invitation) -> Mould | None:
        """Make a mould, and see that it gives what the steps give."""
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
"""What is different in every letter, or made of other values."""


def _unshaped(shape: Shape) -> Shape:
    """Take off the values that shape a letter."""
    return shape[0] if isinstance(shape[0], tuple) else shape


def _values(person: Contact) -> tuple[str, ...]:
    own = (person.civility, person.first_name, person.last_name, person.organisation, person.function)
    return (*own, person.email, *person.fields.values())


def _usual(values: tuple[str, ...]) -> bool:
    """Whether values mean nothing to HTML and look the same however a text is cleaned; most do."""
    joined = "|".join(values)
    return (
        joined.isprintable()
        and not _UNUSUAL.search(joined)
        and all(not value or (value[0] != " " != value[-1] and len(value) <= LONGEST) for value in values)
    )
