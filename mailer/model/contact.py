"""A person on a contact list, and what was wrong with the list."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a contact was read: the list's file name and the line (counted from 1) it starts on.

    `sheet` is given where more than one sheet of a workbook was read.
    """

    file: str
    line: int = 0
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Contact:
    """One person as the lists tell it.

    `email` is what goes on the wire: domain in ASCII (IDNA), spelling otherwise as the list has it; empty
    where the list gives no usable address. `fields` holds the columns nobody knows, by their heading.
    `other_addresses` are further addresses the lists give for this person: an answer may come from them, but
    nothing is sent there.
    """

    email: str
    civility: str = ""
    first_name: str = ""
    last_name: str = ""
    organisation: str = ""
    function: str = ""
    language: str = ""
    groups: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    origin: Origin = Origin("")
    other_addresses: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """First and last name, in that order."""
        return " ".join(filter(None, (self.first_name, self.last_name)))

    @property
    def called(self) -> str:
        """What to call the person in a list: the name, else the organisation, else the address."""
        return self.name or self.organisation or self.email


class Severity(enum.Enum):
    """Whether a problem keeps a contact out."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """What was wrong at one line of a list.

    `code` names the kind of problem; the sentence for it is found in `mailer.wording.words`, filled with
    `read` (what stood there), `proposal` (what may have been meant, if we can tell) and `values`.
    """

    severity: Severity
    code: str
    origin: Origin
    read: str = ""
    proposal: str = ""
    values: Mapping[str, object] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a list was found to be, by evidence.

    `format` is ``csv``, ``xlsx``, ``xls``, ``ods`` or ``vcard``. `encoding` is a codec's name and `delimiter` one
    character, both empty where the format has none. `heading_line` is 0 where no headings were found.
    `columns` tells what each column was taken for: its heading (or its letter) and a field of `Contact`,
    empty for a column nobody knows.
    """

    file: str
    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    heading_line: int = 0
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What one or more lists gave: contacts in the order of the lists, the problems met, what each list was."""

    contacts: tuple[Contact, ...] = ()
    problems: tuple[Problem, ...] = ()
    recognised: tuple[Recognised, ...] = ()
