"""Prepare the letters of a campaign: what they share once, and of each only the values that are its own.

Whatever is prepared gives the same octets as `Composer.write` when it is filled in: a new mould is compared with it
for the invitee it was made with, and for somebody made up whose values need every escape. `mailer.compose.inspection`
compares more messages; a mould that fails once is not used again. An invitee for whom there is no mould has a letter
of their own.
"""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from weakref import WeakKeyDictionary

from mailer.compose.composer import Composer, recipient
from mailer.compose.facts import cleaned, list_of, value_of, values_of
from mailer.compose.letter import Unmarkable
from mailer.compose.marks import Shaped
from mailer.compose.mould import Mould
from mailer.compose.nobody import ODD, ODD_ADDRESS, nobody_like
from mailer.compose.tongues import TONGUES
from mailer.errors import TemplateError, UserError
from mailer.model.contact import Contact
from mailer.model.invitation import UNANSWERED, Answered, Invitation, Kind
from mailer.model.message import OutgoingMessage
from mailer.model.people import Invitee
from mailer.versions import Hole, Item, Values, Variant, Version

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
    """Preparer of the letters of a campaign with one date."""

    def __init__(self, composer: Composer, now: datetime) -> None:
        self.composer = composer
        self._now = now
        self._moulds: dict[Shape, Mould | None] = {}
        self._shaping: dict[Shape, tuple[str, ...]] = {}
        self._usual_only: set[Shape] = set()
        """Shapes whose mould is for people with usual values only."""
        self._sources: dict[str, int] = {}
        self._shared = _SharedPieces([*composer.files.images, *composer.files.attachments])
        self._variants: list[Variant] = []
        self._numbers: dict[Mould, int] = {}
        self._personal: WeakKeyDictionary[Mould, Variant] = WeakKeyDictionary()
        self._known: set[Shape] = set()
        """Shapes whose words for everybody are among the shared pieces."""

    # -- preparing -----------------------------------------------------------------------------------------------
    def prepare(self, invitation: Invitation) -> Values:
        """Return what the letter of one invitation has of its own; what it shares is in `version`.

        Raises TemplateError if the letter cannot be written.
        """
        mould = self.mould(invitation)
        if mould is None:
            return self._alone(invitation, Mould.own(self.composer, invitation))
        if mould.shaped:
            return self._alone(invitation, mould)
        if mould not in self._numbers:
            self._numbers[mould] = len(self._variants)
            self._variants.append(Variant(self._shared.add(mould.items), mould.envelope_from))
        return Values(self._numbers[mould], mould.texts(invitation))

    def version(self) -> Version:
        """Return the version of all letters prepared until now; the same invitations in the same order give the same."""
        return Version(tuple(self._shared.pieces), tuple(self._variants))

    def _alone(self, invitation: Invitation, mould: Mould) -> Values:
        """Return values with a variant of their own, since its words depend on values of the invitee."""
        shape = _unshaped(self.shape_of(invitation))
        if shape not in self._known:
            self._known.add(shape)
            nobody = nobody_like(invitation)
            with contextlib.suppress(UserError, ValueError):
                self._shared.add(Mould.own(self.composer, nobody).items)
        if mould not in self._personal:
            self._personal[mould] = Variant(self._shared.refer(mould.items), mould.envelope_from)
        return Values(self._personal[mould], mould.texts(invitation))

    # -- writing -------------------------------------------------------------------------------------------------
    def write(self, invitation: Invitation) -> OutgoingMessage:
        """Return the message of one invitation, the same octets as `Composer.write` gives."""
        mould = self.mould(invitation) or Mould.own(self.composer, invitation)
        return self.message(invitation, mould.octets(invitation, self._now))

    def message(self, invitation: Invitation, content: bytes) -> OutgoingMessage:
        """Return the message of one invitation with these octets."""
        return OutgoingMessage(
            campaign=self.composer.campaign.slug,
            invitee=invitation.invitee.ref,
            key=invitation.key,
            message_id=invitation.message_id,
            envelope_from=self.composer.envelope_from(invitation),
            recipient=recipient(invitation.invitee).address,
            content=content,
        )

    def write_in_steps(self, invitation: Invitation) -> OutgoingMessage:
        """Return the message of one invitation, written without a mould."""
        return self.composer.write(invitation, self._now)

    # -- moulds --------------------------------------------------------------------------------------------------
    def mould(self, invitation: Invitation) -> Mould | None:
        """Return the mould for an invitation, made if need be; None if there can be none."""
        if invitation.test:
            return None
        for _ in range(MOST_SHAPING):
            shape = self.shape_of(invitation)
            if shape not in self._moulds:
                if len(self._moulds) >= MOST_MOULDS:
                    return None
                try:
                    self._moulds[shape] = self._made(shape, invitation)
                except Shaped as shaped:
                    self._shape_by(shaped.name, shape)
                    continue
            if shape in self._usual_only and not usual(invitation.invitee.people):
                return None
            return self._moulds[shape]
        return None

    def made(self, shape: Shape) -> Mould | None:
        """Return the mould of a shape; None if none was made."""
        return self._moulds.get(shape)

    def distrust(self, shape: Shape) -> None:
        """Stop using the mould of a shape."""
        self.composer.misfits.add(shape)
        self._moulds[shape] = None

    def shape_of(self, invitation: Invitation) -> Shape:
        """Return the shape of the letter of an invitation."""
        about = (invitation.invitee, invitation.kind, invitation.sequence)
        return self.shape(*about, invitation.answered, invitation.line)

    def shape(
        self,
        invitee: Invitee,
        kind: Kind,
        sequence: int,
        answered: Answered = UNANSWERED,
        line: str = "",
    ) -> Shape:
        """Return the shape of a letter. Letters that follow the invitation also depend on the answer."""
        people = cleaned(invitee.people)
        there: list[object] = []
        for person in people:
            there += map(bool, values_of(person))
            there += person.fields
        language = self.composer.letters.language(invitee, kind)
        answers_a_mail = bool(answered.message_id)
        said = replace(answered, message_id="") if answers_a_mail else answered
        about = (kind, sequence, said, answers_a_mail, line)
        shape = (*about, language, self._source(people[0]), len(people), *there)
        shaping = self._shaping.get(shape)
        if shaping is None:
            return shape
        tongue = TONGUES[language]
        return (shape, *[value_of(name, people, tongue) for name in shaping])

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
        shaping = frozenset(self._shaping.get(_unshaped(shape), ()))
        try:
            mould = Mould.marked(self.composer, invitation, shaping)
        except (Unmarkable, TemplateError, ValueError):
            return None
        if mould.octets(invitation, self._now) != self.write_in_steps(invitation).content:
            self.distrust(shape)
            return None
        odd = nobody_like(invitation, ODD, ODD_ADDRESS, besides=shaping)
        try:
            fits = mould.octets(odd, self._now) == self.write_in_steps(odd).content
        except (UserError, ValueError):
            fits = False
        if not fits:
            self._usual_only.add(shape)
        return mould

    def _shape_by(self, name: str, shape: Shape) -> None:
        if name in UNSHAPEABLE:
            self._moulds[shape] = None
            return
        plain = _unshaped(shape)
        self._shaping[plain] = (*self._shaping.get(plain, ()), name)


UNSHAPEABLE = ("token", "subject")
"""Values that differ in every letter, or are made of other values."""


class _SharedPieces:
    """The pieces of a version, each once. `files` are never cut."""

    def __init__(self, files: Sequence[bytes]) -> None:
        self._files = frozenset(files)
        self._places: dict[bytes, int] = {}
        for file in files:
            self._places.setdefault(file, len(self._places))

    @property
    def pieces(self) -> Sequence[bytes]:
        """Return the pieces in the order of their indices."""
        return list(self._places)

    def add(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """Return items with indices in place of octets, which become pieces where they are none yet."""
        for item in items:
            if isinstance(item, Hole):
                self.add(item.inside)
        for piece in self._cut(items):
            if isinstance(piece, bytes):
                self._places.setdefault(piece, len(self._places))
        return self.refer(items)

    def refer(self, items: Sequence[Item]) -> tuple[Item, ...]:
        """Return items with indices in place of those octets that are a piece."""
        return tuple(
            replace(item, inside=self.refer(item.inside))
            if isinstance(item, Hole) and item.inside
            else self._places.get(item, item)
            if isinstance(item, bytes)
            else item
            for item in self._cut(items)
        )

    def _cut(self, items: Sequence[Item]) -> Iterator[Item]:
        """Yield items with octets that follow one another joined, and cut again where equal texts are cut alike."""

        def sort(item: Item) -> str:
            return "file" if item in self._files else "octets" if isinstance(item, bytes) else "other"

        for what, run in groupby(items, sort):
            if what != "octets":
                yield from run
                continue
            yield from _pieces_of(b"".join(item for item in run if isinstance(item, bytes)))


@lru_cache(maxsize=1024)
def _pieces_of(octets: bytes) -> list[bytes]:
    """Cut octets behind lines that are chosen by what they say, so that equal texts are cut alike anywhere."""
    pieces: list[list[bytes]] = [[]]
    for line in octets.splitlines(keepends=True):
        pieces[-1].append(line)
        if zlib.crc32(line) % _LINES_A_PIECE == 0:
            pieces.append([])
    return [b"".join(lines) for lines in pieces if lines]


_LINES_A_PIECE = 4
"""How many lines a piece of text has on the average."""


def _unshaped(shape: Shape) -> Shape:
    """Return the shape without the values it depends on."""
    return shape[0] if isinstance(shape[0], tuple) else shape


def usual(people: tuple[Contact, ...]) -> bool:
    """Return whether values have no meaning in HTML and need no cleaning, which is true of most."""
    return all(_usual(values_of(person)) and _ADDRESS.fullmatch(person.email) for person in people)


def _usual(values: tuple[str, ...]) -> bool:
    joined = "|".join(values)
    return (
        joined.isprintable()
        and not _UNUSUAL.search(joined)
        and all(not value or (value[0] != " " != value[-1] and len(value) <= LONGEST) for value in values)
    )
