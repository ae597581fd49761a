"""The languages a letter can be in, and the rules of writing that a catalogue cannot hold.

Sentences, dates and answers come from the catalogue of a language. Here stands what is no translation: the spaces of
French, and how a language makes a salutation of a civility that was typed into a list. A language without rules of
its own here is written by those of `Tongue`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from datetime import time as clock
from typing import ClassVar

from mailer.model.contact import Contact
from mailer.model.finding import PartStat
from mailer.translation import dates
from mailer.translation.catalogue import LANGUAGES, translator

TEST_MARK = "[TEST]"


class Tongue:
    """A language of letters."""

    titles: ClassVar[Mapping[str, str]] = {}
    """What to call people by the civility in a list, in lower case and without its full stop."""

    def __init__(self, language: str) -> None:
        self._language = language

    @property
    def answers(self) -> dict[PartStat, str]:
        """Return the answers a letter offers, in that order."""
        _ = translator(self._language).gettext
        return {
            PartStat.ACCEPTED: _("I am coming"),
            PartStat.DECLINED: _("I am not coming"),
            PartStat.TENTATIVE: _("Maybe"),
        }

    @property
    def reference(self) -> str:
        """Return what stands before the token in the subject of an answer."""
        return translator(self._language).gettext("ref.")

    @property
    def test_note(self) -> str:
        """Return the sentence by which a test message says that it is one."""
        return translator(self._language).gettext(
            "This is a test message: it invites nobody, and an answer is not counted."
        )

    def day(self, on: date) -> str:
        """Write a day: ``Monday 31 March 2025``."""
        return dates.day(on, self._language)

    def date_of(self, on: date) -> str:
        """Write a day without its name: ``31 March 2025``."""
        return dates.date_of(on, self._language)

    def time(self, at: datetime | clock) -> str:
        """Write a time: ``14:00``."""
        return dates.time(at, self._language)

    def span(self, starts: datetime, ends: datetime, *, all_day: bool) -> str:
        """Write when something takes place: ``Monday 31 March 2025 from 14:00 to 16:00``."""
        return dates.span(starts, ends, self._language, all_day=all_day)

    def typeset(self, text: str) -> str:
        """Return a text with the spaces of the language."""
        return text

    def salutation(self, people: Sequence[Contact]) -> str:
        """Return how a letter to these people begins, without the comma."""
        names = ", ".join(filter(None, map(self._called, people)))
        return (
            translator(self._language).gettext("Dear {names}").format(names=names) if names else self._unknown
        )

    def _called(self, person: Contact) -> str:
        title = self.titles.get(person.civility.split(" ")[0].rstrip(".").casefold(), "")
        return f"{title} {person.last_name}" if title and person.last_name else person.name

    @property
    def _unknown(self) -> str:
        return translator(self._language).gettext("Dear Sir or Madam")


class English(Tongue):
    """English letters: ``Dear Ms Derache``."""

    titles: ClassVar = {
        "m": "Mr",
        "mr": "Mr",
        "monsieur": "Mr",
        "mme": "Ms",
        "madame": "Ms",
        "mlle": "Ms",
        "ms": "Ms",
        "mrs": "Mrs",
        "miss": "Miss",
        "mx": "Mx",
        "dr": "Dr",
        "docteur": "Dr",
        "pr": "Professor",
        "prof": "Professor",
        "professor": "Professor",
        "professeur": "Professor",
    }


class French(Tongue):
    """French letters: ``Madame la Conseillère``, and no-break spaces before high punctuation.

    Spaces that must not break are U+00A0: the narrow U+202F is missing from fonts Outlook uses.
    """

    titles: ClassVar = {
        "m": "Monsieur",
        "mr": "Monsieur",
        "monsieur": "Monsieur",
        "mme": "Madame",
        "madame": "Madame",
        "mlle": "Madame",
        "mademoiselle": "Madame",
        "dr": "Docteur",
        "docteur": "Docteur",
        "pr": "Professeur",
        "professeur": "Professeur",
        "me": "Maître",
        "maître": "Maître",
        "mm": "Messieurs",
        "messieurs": "Messieurs",
        "mmes": "Mesdames",
        "mesdames": "Mesdames",
        "ms": "Madame",
        "mrs": "Madame",
    }
    _ARTICLE = re.compile(r"(?:le|la)\b|l['’]", re.IGNORECASE)
    _SPACES = (
        (re.compile(r"(?:\A|(?<=\S))[ \u202f]+(?=[:;!?»](?:\s|$|[<,.)]))"), "\u00a0"),
        (re.compile(r"(?<=«)[ \u202f]+"), "\u00a0"),
        (re.compile(r"(?<=\d) (?=h\b)"), "\u00a0"),
        (re.compile(r"(?<=\dh) (?=\d\d\b)|(?<=\d\u00a0h) (?=\d\d\b)"), "\u00a0"),
        (re.compile(r"(?<=\bn°) (?=\d)"), "\u00a0"),
        (re.compile(r"(?<=\bM\.) (?=[A-ZÀ-Þ])"), "\u00a0"),
    )

    def typeset(self, text: str) -> str:
        """Put no-break spaces where French has them; nothing else changes."""
        for found, space in self._SPACES:
            text = found.sub(space, text)
        return text

    def salutation(self, people: Sequence[Contact]) -> str:
        """Return how a letter to these people begins, without the comma; never guess whether somebody is a man.

        One person is called by civility and office alone; several who share an address are all named.
        """
        if len(people) == 1:
            return self._civility(people[0].civility) or self._unknown
        return ", ".join(filter(None, map(self._called, people))) or self._unknown

    def _called(self, person: Contact) -> str:
        civility = self._civility(person.civility)
        return f"{civility.split(' ')[0]} {person.name}".strip() if person.name else civility

    def _civility(self, written: str) -> str:
        """Spell out ``Mme la Conseillère`` as ``Madame la Conseillère``; empty for none, and for ``M. / Mme``."""
        words = written.replace(".", " ").replace("/", " ").split()
        first, _, office = " ".join(words).partition(" ")
        title = self.titles.get(first.casefold(), "")
        if any(word.casefold() in self.titles for word in re.findall(r"\w+", office)):
            return ""
        return f"{title} {office}" if title and self._ARTICLE.match(office) else title


_RULES: Mapping[str, type[Tongue]] = {"en": English, "fr": French}
TONGUES: Mapping[str, Tongue] = {language: _RULES.get(language, Tongue)(language) for language in LANGUAGES}


def primary(language: str) -> str:
    """Return the primary subtag of a language tag: ``en`` for ``en-GB`` (RFC 5646 section 2.2.1)."""
    return language.replace("_", "-").partition("-")[0].strip().casefold()
