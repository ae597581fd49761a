"""Render the message of a group of invitees once with gaps, and fill only the gaps for each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from mailer import ical
from mailer.compose.composer import Composer, recipient
from mailer.compose.facts import value_of
from mailer.compose.letter import Unmarkable
from mailer.compose.marks import STAND_IN, TOKEN, Marks, is_mark
from mailer.compose.page import as_read
from mailer.compose.tongues import TONGUES
from mailer.mime import headers, slots, write
from mailer.mime.slots import Strip
from mailer.mime.write import Piece, Slot
from mailer.model.contact import Contact
from mailer.model.invitation import Invitation
from mailer.model.message import OutgoingMessage

_TOKEN_LETTERS = ("a", "b")
_MESSAGE_ID = "<stand-in@stand-in.invalid>"
_MARKS = re.compile("([\ue000-\uf8ff])")
MOST_KEPT = 500
"""How many sets of encoded lines are kept for invitees with the same values."""

NEARBY = 3
"""How many lines around a value are searched for a name that it completes."""

Values = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LineWithMarks:
    """A line with marks in it: texts, and between each two of them the name of a value."""

    words: tuple[str, ...]
    names: tuple[str, ...]
    around: tuple[str, str]
    """The lines before and after it, as one text each."""

    def fill(self, values: dict[str, str]) -> str:
        """Return the line with the values filled in."""
        pieces = [""] * (2 * len(self.names) + 1)
        pieces[::2] = self.words
        pieces[1::2] = [values[name] for name in self.names]
        return "".join(pieces)


class Mould:
    """A message with gaps, for invitees whose letters differ only in the values that are written out.

    Raises `Shaped`, `Unmarkable`, ValueError or TemplateError if an invitation cannot be written so; `shaping` names
    the values on which the templates depend in other ways.
    """

    def __init__(
        self, composer: Composer, invitation: Invitation, now: datetime, shaping: frozenset[str]
    ) -> None:
        marks = Marks(shaping)
        standing_in = replace(invitation, token=STAND_IN, message_id=_MESSAGE_ID)
        letter = composer.letters.write_marked(standing_in, marks)
        self._composer = composer
        self._now = now
        self._letter = letter
        self._tongue = TONGUES[letter.language]
        self._mark_names = {**marks.named(), TOKEN: "token"}
        self._lines: list[LineWithMarks] = []
        self._subject = self._line(letter.subject)
        if "token" in self._subject.names:
            raise Unmarkable
        text, html = self._quoted(letter.text), self._quoted(letter.html)
        self._carries_calendar = invitation.kind.is_invitation
        method, calendar = self._calendar(standing_in) if self._carries_calendar else self._no_calendar()
        seed = Slot("seed")
        body = write.EncodedParts(text, html, calendar, method, seed)
        self._frame, self._slots = slots.frame(write.layout(composer.files, self._fields(standing_in), body))
        lines = (self._subject, *self._words_of_calendar, *self._lines)
        self._names = sorted({name for line in lines for name in line.names} - {"token"})
        self._kept: dict[Values, tuple[list[bytes], str]] = {}
        self._own_only = not shaping

    # -- the mould -----------------------------------------------------------------------------------------------
    def _fields(self, invitation: Invitation) -> list[Piece]:
        heading = self._composer.heading(invitation, self._letter, recipient(invitation.invitee), self._now)
        pieces: list[Piece] = []
        for octets in write.header_fields(heading):
            name = octets.partition(b":")[0]
            if name == b"To":
                pieces.append(Slot("to"))
            elif name == b"Subject" and self._subject.names:
                pieces.append(Slot("subject"))
            elif name == b"Message-ID":
                pieces += slots.cut(octets, _MESSAGE_ID.encode(), Slot("message-id"))
            elif name in (b"In-Reply-To", b"References"):
                pieces += slots.cut(octets, invitation.answered.message_id.encode(), Slot("answered"))
            else:
                pieces += slots.cut(octets, STAND_IN.encode(), Slot("token"))
        return pieces

    def _quoted(self, text: str) -> list[Piece]:
        """Encode a part, with a gap for every line that holds a value of variable length."""
        pieces: list[Piece] = []
        lines = text.split("\n")
        ends = ["\n"] * (len(lines) - 1) + [""]
        for open_, run in groupby(
            range(len(lines)), lambda at: any(map(is_mark, lines[at].replace(TOKEN, "")))
        ):
            if not open_:
                same = "".join(lines[at] + ends[at] for at in run)
                pieces += slots.around(_encoding(same), "token", _TOKEN_LETTERS, len(STAND_IN))
                continue
            for at in run:
                pieces.append(Slot(f"line {len(self._lines)}"))
                before = "\n".join(lines[max(0, at - NEARBY) : at])
                after = "\n".join(lines[at + 1 : at + 1 + NEARBY])
                self._lines.append(self._line(lines[at] + ends[at], (before, after)))
        return pieces

    def _line(self, text: str, around: tuple[str, str] = ("", "")) -> LineWithMarks:
        pieces = _MARKS.split(text)
        if not self._mark_names.keys() >= set(pieces[1::2]):
            raise Unmarkable
        names = tuple(self._mark_names[mark] for mark in pieces[1::2])
        return LineWithMarks(tuple(pieces[::2]), names, around)

    def _calendar(self, invitation: Invitation) -> tuple[str, list[Piece]]:
        """Encode the calendar with gaps for the invitee's lines; it is one gap if its words depend on the invitee."""
        self._words_of_calendar: tuple[LineWithMarks, ...] = tuple(
            map(self._line, (self._letter.summary, self._letter.description))
        )
        to = recipient(invitation.invitee)
        method, calendar = self._composer.calendar(invitation, self._letter, to, self._now)
        self._strips: list[Strip] = []
        if any(line.names for line in self._words_of_calendar):
            return method, [Slot("calendar")]
        lines = ical.invitee_lines(invitation, to)
        places = []
        for name, line in zip(("uid", "attendee"), lines, strict=True):
            if calendar.count(line) != 1:
                raise ValueError(name)
            places.append((name, calendar.index(line), calendar.index(line) + len(line)))
        pieces, self._strips = slots.base64_around(calendar, places)
        return method, pieces

    def _no_calendar(self) -> tuple[str, list[Piece]]:
        """Note that the message has no calendar part."""
        self._words_of_calendar = ()
        self._strips = []
        return "", []

    # -- filling it ----------------------------------------------------------------------------------------------
    def write(self, invitation: Invitation) -> OutgoingMessage:
        """Return the message of one invitee, whose values must need no cleaning."""
        campaign = self._composer.campaign
        invitee, token = invitation.invitee, invitation.token.encode()
        to = recipient(invitee)
        filled = {
            "to": headers.mailbox("To", to),
            "message-id": invitation.message_id.encode(),
            "seed": write.boundary_seed(invitation.message_id),
            "token": token,
            "answered": invitation.answered.message_id.encode(),
        }
        if self._names:
            self._fill_lines(invitation, filled)
        if self._strips:
            uid, attendee = ical.invitee_lines(invitation, to)
            filled["uid"] = self._strips[0].around(uid)
            filled["attendee"] = self._strips[1].around(attendee)
        elif self._carries_calendar:
            filled["calendar"] = self._whole_calendar(invitation)
        own = tuple(
            [
                filled[slot.name] if slot.stop is None else filled[slot.name][slot.start : slot.stop]
                for slot in self._slots
            ]
        )
        return OutgoingMessage(
            campaign=campaign.slug,
            invitee=invitee.ref,
            key=invitation.key,
            message_id=invitation.message_id,
            envelope_from=self._composer.envelope_from(invitation),
            recipient=to.address,
            content=self._frame.fill(own),
            # A frame is stored once for many; one rendered for a value would store that value with it.
            frame=self._frame if self._own_only else None,
            own=own if self._own_only else (),
        )

    def said_to(self, people: tuple[Contact, ...]) -> tuple[Values, str]:
        """Return the values that are written out for these people, and the text of the lines that hold them."""
        values = self._values(people)
        return values, self._kept_for(values)[1]

    def _values(self, people: tuple[Contact, ...]) -> Values:
        return tuple([value_of(name, people, self._tongue) for name in self._names])

    def _kept_for(self, values: Values) -> tuple[list[bytes], str]:
        kept = self._kept.get(values)
        if kept is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            kept = self._kept[values] = self._encode(values)
        return kept

    def _encode(self, values: Values) -> tuple[list[bytes], str]:
        """Encode the lines for these values, except those that hold the token, and return them with their text."""
        named = {**dict(zip(self._names, values, strict=True)), "token": ""}
        encoded = [
            b"" if "token" in line.names else write.quoted_printable(line.fill(named)) for line in self._lines
        ]
        said = [self._subject.fill(named), *(line.fill(named) for line in self._words_of_calendar)]
        said += [f"{line.around[0]}\n{line.fill(named)}\n{line.around[1]}" for line in self._lines]
        return encoded, as_read("\n\0\n".join(said))

    def _fill_lines(self, invitation: Invitation, filled: dict[str, bytes]) -> None:
        values = self._values(invitation.invitee.people)
        encoded, _ = self._kept_for(values)
        named = {**dict(zip(self._names, values, strict=True)), "token": invitation.token}
        for at, line in enumerate(self._lines):
            filled[f"line {at}"] = encoded[at] or write.quoted_printable(line.fill(named))
        if self._subject.names:
            filled["subject"] = headers.unstructured("Subject", self._subject.fill(named))

    def _whole_calendar(self, invitation: Invitation) -> bytes:
        values = self._values(invitation.invitee.people)
        named = {**dict(zip(self._names, values, strict=True)), "token": invitation.token}
        summary, description = (line.fill(named) for line in self._words_of_calendar)
        letter = replace(self._letter, summary=summary, description=description)
        to = recipient(invitation.invitee)
        return write.base64_lines(self._composer.calendar(invitation, letter, to, self._now)[1])


def _encoding(text: str) -> Callable[[str], bytes]:
    """Return a function that encodes the text with a token in place of every mark."""
    return lambda token: write.quoted_printable(text.replace(TOKEN, token))
