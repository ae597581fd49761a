"""The people on a contact list, and the problems found while reading it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NO_VALUES: MappingProxyType[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Origin:
    """The file in which a contact was read, and the line (counted from 1) on which the contact starts.

    `sheet` is given where more than one sheet of a workbook was read.
    """

    file: str
    line: int = 0
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """One person of the contact lists.

    `email` is ready to be used by SMTP: its domain in ASCII (IDNA), otherwise spelled as in the list; empty
    if the list has no usable address. `fields` holds the columns that are no field of this class, by
    heading. `other_addresses` are further addresses of this person: answers may come from there, but nothing
    is sent there.
    """

    email: str
    civility: str = ""
    first_name: str = ""
    last_name: str = ""
    organisation: str = ""
    function: str = ""
    language: str = ""
    groups: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=lambda: NO_VALUES)
    origin: Origin = Origin("")
    other_addresses: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return first and last name, in that order."""
        return " ".join(filter(None, (self.first_name, self.last_name)))

    @property
    def called(self) -> str:
        """Return how a list shows the person: the name, else the organisation, else the address."""
        return self.name or self.organisation or self.email


class Severity(enum.Enum):
    """How bad a problem is: an ERROR keeps the contact, or the sending, from going on; a WARNING does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in one line of a file or in one message.

    `code` names the kind of problem; `mailer.wording.words` has the sentence for it, which uses `read` (what
    was found), `proposal` (what was probably meant, if that can be guessed) and `values`.
    """

    severity: Severity
    code: str
    origin: Origin
    read: str = ""
    proposal: str = ""
    values: Mapping[str, object] = field(default_factory=lambda: NO_VALUES)


@dataclass(frozen=True, slots=True)
class Recognised:
    """The format of a contact list, as detected from its content.

    `format` is the name of one of `mailer.contacts.formats.FORMATS`. `encoding` is the name of a codec and
    `delimiter` one character, both empty if the format has none. `heading_line` is 0 if no headings
    were found, and None if the format has none (vCard). `columns` gives for each column its heading (or its letter) and the field of `Contact` it was
    taken for, empty if none.
    """

    file: str
    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    heading_line: int | None = None
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The result of reading lists: contacts in the order of the lists, problems, and detected formats."""

    contacts: tuple[Contact, ...] = ()
    problems: tuple[Problem, ...] = ()
    recognised: tuple[Recognised, ...] = ()
