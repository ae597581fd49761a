"""A campaign: one meeting, its contact lists, sender and notice, as its configuration file describes it."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mailer.model.address import Mailbox
from mailer.model.contact import NO_VALUES
from mailer.model.meeting import Meeting
from mailer.model.schedule import NO_SCHEDULE, Schedule


@dataclass(frozen=True, slots=True)
class ListSource:
    """A contact list, and the legal basis for writing to the people on it.

    `columns` maps a heading of the file to a field of `Contact`, instead of what would be guessed.
    `legal_basis`, `collected_on` and `obtained_from` are the record a public body has to keep (GDPR articles
    5 and 6).
    """

    path: str
    columns: Mapping[str, str] = field(default_factory=lambda: NO_VALUES)
    groups: tuple[str, ...] = ()
    language: str = ""
    legal_basis: str = ""
    collected_on: str = ""
    obtained_from: str = ""


class Uninvited(enum.Enum):
    """What to do with an answer from somebody who was not invited."""

    ACCEPT = "accept"
    HOLD = "hold"
    REFUSE = "refuse"


TRANSLATED = ("purpose", "basis", "recipients", "retention")
"""The fields of a notice that are sentences, and so can be translated."""


@dataclass(frozen=True, slots=True)
class Notice:
    """The data-protection notice in the first mail to each person, GDPR articles 13 and 14.

    `basis` holds for the lists that do not give a legal basis of their own.
    """

    controller: str = ""
    purpose: str = ""
    basis: str = ""
    recipients: str = ""
    retention: str = ""
    contact: str = ""
    url: str = ""
    omitted: bool = False
    """The campaign file states explicitly that these mails need no notice."""
    translations: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By language other than the campaign's: the text of purpose, basis, recipients and retention, and of
    `source`, which tells where the data of the lists come from."""

    def in_language(self, language: str) -> Notice:
        """Return the notice with the fields that have a translation in `language` replaced by it."""
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
    """The content of one file of ``config/campaigns/``.

    `organizer` is the mailbox that is read: calendar programs send answers there (RFC 6047 section 2.3).
    `inviter` is the person who signs the letter, with `inviter_function` below the name. `templates` and the
    paths of lists are relative to the workspace. `capacity` is the number of places, `retention_months` how
    long after the meeting personal data are kept; 0 means no limit for both.
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
    extra: Mapping[str, str] = field(default_factory=lambda: NO_VALUES)
    """The ``[values]`` table of the campaign file, for use in templates."""
    polls: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By question of a form that means coming: what its answers mean (yes, no, perhaps, none), as a person said."""
