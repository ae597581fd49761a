"""A person on a contact list, and what was wrong with the list."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a contact was read: the list's file name and the line (counted from 1) it starts on."""

    file: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Contact:
    """One person as the lists tell it.

    `email` is what goes on the wire: domain in ASCII (IDNA), spelling otherwise as the list has it; empty
    where the list gives no usable address. `fields` holds the columns nobody knows, by their heading.
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

    `code` names the kind of problem; the sentence for it is found in `mailer.cli.words`, filled with
    `read` (what stood there), `proposal` (what may have been meant, if we can tell) and `values`.
    """

    severity: Severity
    code: str
    origin: Origin
    read: str = ""
    proposal: str = ""
    values: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class Reading:
    """What one or more lists gave: contacts in the order of the lists, and the problems met."""

    contacts: tuple[Contact, ...] = ()
    problems: tuple[Problem, ...] = ()
