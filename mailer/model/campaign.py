"""A campaign as the officer wrote it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mailer.model.address import Mailbox
from mailer.model.contact import NOTHING
from mailer.model.meeting import Meeting
from mailer.model.schedule import NO_SCHEDULE, Schedule


@dataclass(frozen=True, slots=True)
class ListSource:
    """A contact list and the law it stands on.

    `columns` maps a heading of the file to a field of `Contact`, over what would be guessed. `legal_basis`,
    `collected_on` and `obtained_from` are the record a public body keeps of why it may write to these people.
    """

    path: str
    columns: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    groups: tuple[str, ...] = ()
    language: str = ""
    legal_basis: str = ""
    collected_on: str = ""
    obtained_from: str = ""


class Uninvited(enum.Enum):
    """What is done with an answer from somebody who was not invited."""

    ACCEPT = "accept"
    HOLD = "hold"
    REFUSE = "refuse"


TRANSLATED = ("purpose", "basis", "recipients", "retention")
"""What of a notice is said in words."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The data-protection notice each first mail carries, RGPD articles 13 and 14.

    `basis` and `source` describe the lists of the campaign unless a list says its own.
    """

    controller: str = ""
    purpose: str = ""
    basis: str = ""
    recipients: str = ""
    retention: str = ""
    contact: str = ""
    url: str = ""
    omitted: bool = False
    """The officer says in so many words that these mails need no notice."""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By language, what letters in another one than the campaign's say instead: purpose, basis, recipients, retention, and
    `source`, where the data of the lists come from."""

    def in_language(self, language: str) -> Notice:
        """The notice as letters in a language say it."""
        words = self.translations.get(language, {})
        return replace(
            self,
            purpose=words.get("purpose", self.purpose),
            basis=words.get("basis", self.basis),
            recipients=words.get("recipients", self.recipients),
            retention=words.get("retention", self.retention),
        )


@dataclass(frozen=True, slots=True)
class Campaign:
    """What one file of ``config/campaigns/`` says.

    `organizer` is the mailbox that is read: answers go there (RFC 6047 section 2.3). `inviter` is the person
    in whose name the letter speaks, with `inviter_function` below the signature. `templates` and the lists'
    paths are relative to the workspace. `capacity` counts places, and `retention_months` how long after the meeting
    people are kept in the records; 0 is no bound.
    """

    slug: str
    file: str
    subject: str
    meeting: Meeting
    organizer: Mailbox
    inviter: str
    inviter_function: str
    host: str
    language: str
    templates: str
    lists: tuple[ListSource, ...]
    sender: Mailbox
    contact: str = ""
    poll: str = ""
    notice: Notice = Notice()
    capacity: int = 0
    retention_months: int = 0
    uninvited: Uninvited = Uninvited.HOLD
    attachments: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    schedule: Schedule = NO_SCHEDULE
    extra: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    """Free values of the campaign's ``[values]`` table, for its templates."""
