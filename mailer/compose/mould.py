"""Cut a letter into what all share and holes for what is somebody's own, so that it is rendered once for many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby

from mailer import ical, versions
from mailer.compose.composer import Composer, recipient
from mailer.compose.facts import cleaned, value_of
from mailer.compose.letter import RenderedLetter
from mailer.compose.marks import FIRST, STAND_IN, TOKEN, Marks
from mailer.compose.page import as_read
from mailer.compose.tongues import TONGUES
from mailer.mime import write
from mailer.model.contact import Contact
from mailer.model.invitation import Invitation
from mailer.versions import Escape, Form, Hole, Identity, Name, Words

_TOKEN_LETTERS = ("a", "b")
_TAG = re.compile(r"""<[A-Za-z](?:[^>"]|"[^"]*")*>""")
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_TOKEN = Name("token")
MOST_KEPT = 500
"""How many texts are kept of what is said to invitees with the same values."""

NEARBY = 3
"""How many lines around a value are searched for a name that it completes."""

ANSWERED = "answered"
"""The name of the Message-ID of the mail that a letter answers."""

Own = tuple[str, ...]
"""An invitee's own values, in the order of their names."""

Cut = list[bytes | Hole]


class Mould:
    """A letter with holes, for invitees whose letters differ only in the values that are written out."""

    def __init__(
        self, composer: Composer, invitation: Invitation, letter: RenderedLetter, names: Mapping[str, str]
    ) -> None:
        self._tongue = TONGUES[letter.language]
        cut = _Cutter(composer, invitation, letter, names)
        self.items = cut.items
        self._lines = [(words, "", "") for words in cut.single] + cut.lines
        """The lines with values in them, each with the text before and after."""
        own = {word.name for words, *_ in self._lines for word in words if isinstance(word, Name)}
        self._names = tuple(sorted(own - {_TOKEN.name}))
        self._kept: dict[Own, str] = {}
        self.envelope_from = composer.envelope_from(invitation)
        self.shaped = False
        """Whether its words depend on values, so that it holds some."""

    @classmethod
    def marked(cls, composer: Composer, invitation: Invitation, shaping: frozenset[str]) -> Mould:
        """Make the mould of all invitees with letters like this one.

        Raises `Shaped`, `Unmarkable`, ValueError or TemplateError if there can be none; `shaping` names the values on
        which the templates depend in other ways than by writing them out.
        """
        marks = Marks(shaping)
        standing_in = replace(invitation, token=STAND_IN)
        letter = composer.letters.write_marked(standing_in, marks)
        mould = cls(composer, standing_in, letter, {**marks.named(), TOKEN: _TOKEN.name})
        mould.shaped = bool(shaping)
        return mould

    @classmethod
    def own(cls, composer: Composer, invitation: Invitation) -> Mould:
        """Make the mould of one invitee alone; only what comes from no template is a hole in it, and the token.

        Raises TemplateError if the letter cannot be written.
        """
        letter = composer.letters.write(invitation)
        texts = (letter.subject, letter.text, letter.html, letter.summary, letter.description)
        if any(TOKEN in text for text in texts):
            return cls(composer, invitation, letter, {})
        subject, text, html, summary, description = (text.replace(invitation.token, TOKEN) for text in texts)
        letter = RenderedLetter(letter.language, subject, text, html, summary, description)
        return cls(composer, invitation, letter, {TOKEN: _TOKEN.name})

    @cached_property
    def _program(self) -> versions.Program:
        return versions.program((), self.items)

    @cached_property
    def _written(self) -> list[Callable[[Mapping[str, str]], str]]:
        return [versions.writer(words) for words, *_ in self._lines]

    def texts(self, invitation: Invitation) -> dict[str, str]:
        """Return the values of one invitee by their names."""
        people = cleaned(invitation.invitee.people)
        own = {name: value_of(name, people, self._tongue) for name in self._names}
        if invitation.answered.message_id:
            own[ANSWERED] = invitation.answered.message_id
        return own

    def octets(self, invitation: Invitation, at: datetime) -> bytes:
        """Return the message of one invitee."""
        return self._program.fill(self.texts(invitation), identity(invitation, at))

    def said_to(self, people: tuple[Contact, ...]) -> tuple[Own, str]:
        """Return the values that are written out for these people, and the text of the lines that hold them."""
        people = cleaned(people)
        own = tuple([value_of(name, people, self._tongue) for name in self._names])
        said = self._kept.get(own)
        if said is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            said = self._kept[own] = self._said(own)
        return own, said

    def _said(self, own: Own) -> str:
        texts = {**dict(zip(self._names, own, strict=True)), _TOKEN.name: ""}
        lines = zip(self._lines, self._written, strict=True)
        said = [f"{before}\n{written(texts)}\n{after}" for (_, before, after), written in lines]
        return as_read("\n\0\n".join(said))


def identity(invitation: Invitation, at: datetime) -> Identity:
    """Return to whom the message of an invitation goes when it leaves now, and by what it is known again."""
    to = recipient(invitation.invitee)
    return Identity(to, invitation.uid, invitation.token, invitation.message_id, at)


class _Cutter:
    """The parts of one letter, cut at its marks; `names` has the name of the value behind each mark."""

    def __init__(
        self, composer: Composer, invitation: Invitation, letter: RenderedLetter, names: Mapping[str, str]
    ) -> None:
        self._composer = composer
        self._invitation = invitation
        self._letter = letter
        self._names = names
        self.lines: list[tuple[Words, str, str]] = []
        """The lines of text and page with values in them, each with the text before and after."""
        short = (letter.subject, letter.summary, letter.description)
        self.single = [_words(text, self._named(Escape.NONE)) for text in short]
        """The subject, and summary and description of the calendar."""
        text = self._quoted(letter.text, self._named(Escape.NONE))
        in_tags = {mark: chr(_IN_TAG + ord(mark)) for mark in names}
        page = _TAG.sub(lambda tag: _replaced(tag[0], in_tags), letter.html)
        of_tags = {in_tags[mark]: name for mark, name in self._named(Escape.ATTRIBUTE).items()}
        html = self._quoted(page, {**self._named(Escape.TEXT), **of_tags})
        method, calendar = self._calendar() if invitation.kind.is_invitation else ("", [])
        body = write.EncodedParts(text, html, calendar, method, Hole(Form.OCTETS, (Name("boundary"),)))
        self.items: Cut = list(write.layout(composer.files, list(self._heading()), body))

    def _named(self, escape: Escape) -> dict[str, Name]:
        """Return the names of the values behind marks, as they are escaped in one place."""
        names = {mark: Name(name, escape) for mark, name in self._names.items()}
        return {mark: _TOKEN if name.name == _TOKEN.name else name for mark, name in names.items()}

    def _heading(self) -> Iterator[bytes | Hole]:
        invitation, campaign = self._invitation, self._composer.campaign
        heading = self._composer.heading(invitation, self._letter, recipient(invitation.invitee), _ANY_TIME)
        for octets in write.header_fields(heading):
            match field := octets.partition(b":")[0].decode():
                case "Date":
                    yield Hole(Form.DATE, argument=campaign.meeting.zone)
                case "To":
                    yield Hole(Form.TO)
                case "Message-ID":
                    yield Hole(Form.VERBATIM, (Name("message-id"),), field)
                case "Subject" if _has_names(self.single[0]):
                    yield Hole(Form.UNSTRUCTURED, self.single[0], field)
                case "In-Reply-To" | "References":
                    yield Hole(Form.VERBATIM, (Name(ANSWERED),), field)
                case _:
                    before, *others = octets.split(invitation.token.encode())
                    yield before
                    for after in others:
                        yield from (Hole(Form.OCTETS, (_TOKEN,)), after)

    def _calendar(self) -> tuple[str, Cut]:
        """Cut the calendar: UID, DTSTAMP and ATTENDEE are holes, and each line with a mark."""
        to = recipient(self._invitation.invitee)
        method, calendar = self._composer.calendar(self._invitation, self._letter, to, _ANY_TIME)
        inside: Cut = []
        for line in ical.unfolded(calendar):
            words = self._words_of_calendar(line)
            if _has_names(words):
                inside.append(Hole(Form.CONTENT_LINE, words))
            else:
                inside.append(ical.folded(line))
        return method, [Hole(Form.BASE64, inside=tuple(inside))]

    def _words_of_calendar(self, line: str) -> Words:
        match re.split("[:;]", line, maxsplit=1)[0]:
            case "UID":
                return ("UID:", Name("uid", Escape.CALENDAR))
            case "DTSTAMP":
                return ("DTSTAMP:", Name("dtstamp"))
            case "ATTENDEE":
                before = line.partition(";CN=")[0]
                return (
                    f"{before};CN=",
                    Name("called", Escape.PARAMETER),
                    ":",
                    Name("address", Escape.ADDRESS),
                )
            case "SUMMARY":
                return _words(line, self._named(Escape.SUMMARY))
            case _:
                return _words(line, self._named(Escape.CALENDAR))

    def _quoted(self, text: str, names: Mapping[str, Name]) -> Cut:
        """Encode a text as quoted-printable, with a hole for every line that holds a value of variable length."""
        if not names:
            return [write.quoted_printable(text)]
        marks = re.compile(f"[{''.join(names)}]")
        tokens = {mark for mark, name in names.items() if name == _TOKEN}
        lines = re.split(r"(?<=\n)", text)
        cut: Cut = []

        def marks_in(line: str) -> tuple[bool, bool]:
            found = set(marks.findall(line))
            return bool(found - tokens), bool(found)

        at = 0
        for (has_values, has_token), run in groupby(lines, marks_in):
            same = list(run)
            if has_values:
                for line in same:
                    words = _words(line, names)
                    cut.append(Hole(Form.LINES, words))
                    near = lines[max(0, at - NEARBY) : at], lines[at + 1 : at + 1 + NEARBY]
                    before, after = (marks.sub("\0", "".join(those)) for those in near)
                    self.lines.append((words, before, after))
                    at += 1
                continue
            at += len(same)
            joined = "".join(same)
            cut += (
                around(_encoding(joined, tokens), len(STAND_IN))
                if has_token
                else [write.quoted_printable(joined)]
            )
        return cut


_IN_TAG = 0xF0000 - FIRST
"""What makes of a mark another one, in Unicode's supplementary private use area: the mark of a value inside a tag."""


def _words(text: str, names: Mapping[str, Name]) -> Words:
    """Return a text as words, with a name for each mark."""
    if not names:
        return (text,)
    parts = re.split(f"([{''.join(names)}])", text)
    return tuple(names[part] if at % 2 else part for at, part in enumerate(parts) if part)


def _has_names(words: Words) -> bool:
    return any(isinstance(word, Name) for word in words)


def _encoding(text: str, tokens: Iterable[str]) -> Callable[[str], bytes]:
    """Return a function that encodes the text with a letter repeated in place of every token."""
    return lambda letter: write.quoted_printable(
        _replaced(text, dict.fromkeys(tokens, letter * len(STAND_IN)))
    )


def _replaced(text: str, others: Mapping[str, str]) -> str:
    for mark, other in others.items():
        text = text.replace(mark, other)
    return text


def around(encode: Callable[[str], bytes], length: int) -> Iterator[bytes | Hole]:
    """Find where a token of this length stands in encoded octets, and yield holes there.

    `encode` returns the octets for a token of one letter repeated. It is called with two letters, and the token is
    where the results differ. Raises ValueError if the encoding changes the length of the token.
    """
    one, other = map(encode, _TOKEN_LETTERS)
    differ = [a != b for a, b in zip(one, other, strict=True)]
    if sum(differ) % length:
        raise ValueError("token")
    at = seen = 0
    for own, run in groupby(differ):
        size = len(list(run))
        if own:
            yield from _parts(seen, size, length)
            seen += size
        else:
            yield one[at : at + size]
        at += size


def _parts(seen: int, size: int, length: int) -> Iterator[Hole]:
    """Yield the holes for the next `size` characters of a repeated token, of which `seen` came before."""
    while size:
        start = seen % length
        stop = min(length, start + size)
        part = Name(_TOKEN.name, start=start, stop=stop) if stop - start < length else _TOKEN
        yield Hole(Form.OCTETS, (part,))
        seen, size = seen + stop - start, size - (stop - start)
