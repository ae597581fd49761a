"""The same in English: dates, salutations, and what invitees answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from datetime import time as clock

from mailer.model.contact import Contact
from mailer.model.finding import PartStat

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_TITLES = {
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
_UNKNOWN = "Dear Sir or Madam"

ANSWERS = {
    PartStat.ACCEPTED: "I am coming",
    PartStat.DECLINED: "I am not coming",
    PartStat.TENTATIVE: "Maybe",
}
REFERENCE = "ref."
TEST_MARK = "[TEST]"
TEST_NOTE = "This is a test message: it invites nobody, and an answer is not counted."


def typeset(text: str) -> str:
    """English needs no particular spaces."""
    return text


def day(on: date) -> str:
    """Write a day: ``Monday 31 March 2025``."""
    return f"{_DAYS[on.weekday()]} {date_of(on)}"


def date_of(on: date) -> str:
    """Write a day without its name: ``31 March 2025``."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def time(at: datetime | clock) -> str:
    """Write a time: ``14:00``."""
    return f"{at.hour}:{at.minute:02}"


def span(starts: datetime, ends: datetime, *, all_day: bool) -> str:
    """Write when something takes place: ``Monday 31 March 2025 from 14:00 to 16:00``."""
    if all_day:
        last = ends.date() - timedelta(days=1)
        return f"{day(starts)}, all day" if last == starts.date() else f"from {day(starts)} to {day(last)}"
    if starts.date() == ends.date():
        return f"{day(starts)} from {time(starts)} to {time(ends)}"
    return f"from {day(starts)} at {time(starts)} to {day(ends)} at {time(ends)}"


def salutation(people: Sequence[Contact]) -> str:
    """Call on the people a letter is for, without the comma."""
    called = [name for person in people if (name := _called(person))]
    return f"Dear {', '.join(called)}" if called else _UNKNOWN


def _called(person: Contact) -> str:
    title = _TITLES.get(person.civility.split(" ")[0].rstrip(".").casefold(), "")
    return f"{title} {person.last_name}" if title and person.last_name else person.name
