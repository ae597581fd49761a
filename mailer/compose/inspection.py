"""Check all messages of a campaign: some in full, of the others only the parts with the invitee's own values."""

from __future__ import annotations

from collections import Counter

from mailer.compose.check import inspect_message
from mailer.compose.crowd import Crowd
from mailer.compose.mould import MOST_KEPT, Mould, Own
from mailer.compose.nobody import nobody_like
from mailer.compose.press import Press, Shape, usual
from mailer.model.contact import Contact, Problem
from mailer.model.invitation import UNANSWERED, Answered, Invitation, Kind
from mailer.model.message import OutgoingMessage
from mailer.model.people import Invitee, Person

SAMPLED = "aa"
"""Prefix of the invitee references whose messages are always checked in full: 1 in 1024, as references are derived with a secret."""

CLOSELY = 3
"""How many messages of every mould are checked in full before it is trusted."""


class Inspection:
    """Checks of the messages a press writes. `mailbox` is the address that is read for answers.

    `largest` is the number of octets of the largest message that was checked in full.
    """

    def __init__(self, press: Press, crowd: Crowd, *, mailbox: str) -> None:
        self._press = press
        self._crowd = crowd
        self._mailbox = mailbox
        self.largest = 0
        self._looked: Counter[Shape] = Counter()
        self._harmless: dict[int, set[Own]] = {}

    def passes(
        self,
        invitee: Invitee,
        kind: Kind,
        sequence: int,
        answered: Answered = UNANSWERED,
        line: str = "",
    ) -> bool:
        """Return whether a message needs no full check, as its mould was checked and its values name no other invitee."""
        shape = self._press.shape(invitee, kind, sequence, answered, line)
        if self._looked[shape] < CLOSELY or invitee.ref.startswith(SAMPLED) or not usual(invitee.people):
            return False
        mould = self._press.made(shape)
        return mould is not None and self._names_nobody(mould, invitee)

    def _names_nobody(self, mould: Mould, invitee: Invitee) -> bool:
        """Return whether no other invitee is named where the invitee's values meet the words around them."""
        values, said = mould.said_to(invitee.people)
        harmless = self._harmless.setdefault(id(mould), set())
        if values in harmless:
            return True
        if not any(self._crowd.strangers_in(said, NOBODY)):
            if len(harmless) < MOST_KEPT:
                harmless.add(values)
            return True
        return not any(self._crowd.strangers_in(said, invitee))

    def look(self, invitation: Invitation) -> list[Problem]:
        """Check a message in full, and return a problem for every rule it breaks. Raises `Distrusted`, TemplateError."""
        message = self._press.write_in_steps(invitation)
        self.largest = max(self.largest, len(message.content))
        problems = self._inspect(message, invitation)
        mould = self._press.mould(invitation)
        if mould is None:
            return problems
        shape = self._press.shape_of(invitation)
        if self._press.write(invitation).content != message.content:
            self._press.distrust(shape)
            raise Distrusted
        if not self._looked[shape] and self._speaks_of_somebody(invitation):
            self._press.distrust(shape)
        self._looked[shape] += 1
        return problems

    def _speaks_of_somebody(self, invitation: Invitation) -> bool:
        """Return whether the words that all letters share break a rule, checked with a made-up invitee."""
        nobody = nobody_like(invitation)
        return bool(self._inspect(self._press.write(nobody), nobody))

    def _inspect(self, message: OutgoingMessage, invitation: Invitation) -> list[Problem]:
        campaign = self._press.composer.campaign
        return inspect_message(message, invitation, campaign, self._crowd, mailbox=self._mailbox)


class Distrusted(Exception):  # noqa: N818 - what was found out, not an error
    """A mould gave other octets than `Composer.write`; messages that passed because of it have to be checked again."""


NOBODY = Invitee("nobody", "", (Person("nobody", Contact("")),))
