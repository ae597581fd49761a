"""Collect the names that templates may use, and their values for one invitee."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from mailer.compose.answers import answer_links, opt_out_link
from mailer.compose.marks import Marks, followed
from mailer.compose.tongues import TONGUES, Tongue
from mailer.mime import one_line
from mailer.model.campaign import Campaign, ListSource
from mailer.model.contact import Contact
from mailer.model.finding import PartStat
from mailer.model.invitation import Invitation
from mailer.model.meeting import Meeting


class Named:
    """Values by names that people chose; it has no methods, so that ``fields.items`` is the column *items*."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> str:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)


def campaign_facts(
    campaign: Campaign,
    tongue: Tongue,
    previous: Meeting,
    images: Mapping[str, str],
    *,
    keep_answers: bool = False,
) -> dict[str, object]:
    """Return the values that are the same for everybody, in one language; with `keep_answers` nobody is asked again."""
    typeset = TONGUES[campaign.language].typeset
    return {
        "campaign": {
            "subject": typeset(campaign.subject),
            "host": typeset(campaign.host),
            "inviter": campaign.inviter,
            "inviter_function": typeset(campaign.inviter_function),
            "organizer": campaign.organizer.name or campaign.organizer.address,
            "organizer_address": campaign.organizer.address,
            "contact": campaign.contact,
            "poll": campaign.poll,
            "answer_by": tongue.day(campaign.schedule.answer_by) if campaign.schedule.answer_by else "",
        },
        "meeting": _meeting(campaign.meeting, tongue, typeset),
        "previous": _meeting(previous, tongue, typeset),
        "changes": _changes(previous, campaign.meeting, keep_answers=keep_answers),
        "values": Named(campaign.extra),
        "images": Named(images),
    }


def invitation_facts(
    campaign: Campaign, invitation: Invitation, language: str, whole: bool, marks: Marks | None = None
) -> dict[str, object]:
    """Return the values for one invitee; with `marks`, marks in place of the invitee's own values."""
    tongue = TONGUES[language]
    people = cleaned(invitation.invitee.people)
    answers = answer_links(campaign.organizer.address, invitation.token, invitation.sequence, tongue)
    opt_out = opt_out_link(campaign.organizer.address, invitation.token)
    salutation: Any = tongue.salutation(people)
    persons = [_person(person) for person in people]
    if marks:
        answers = tuple(replace(link, link=marks.token(link.link)) for link in answers)
        opt_out = marks.token(opt_out)
        salutation = marks(SALUTATION, salutation)
        persons = [_marked(marks, at, person) for at, person in enumerate(people)]
    if invitation.line:
        salutation = followed(salutation)
    by_name = {link.partstat: link for link in answers}
    return {
        "salutation": salutation,
        "people": persons,
        "contact": persons[0],
        "answers": {
            "all": answers,
            "yes": by_name[PartStat.ACCEPTED],
            "no": by_name[PartStat.DECLINED],
            "maybe": by_name[PartStat.TENTATIVE],
        },
        "opt_out": opt_out,
        "notice": _notice(campaign, people[0], language),
        "answered": {
            "status": invitation.answered.partstat.word,
            "seats": invitation.answered.seats or 0,
            "present": invitation.answered.present,
        },
        "kind": invitation.kind.value,
        "whole": whole,
        "test": invitation.test,
    }


def list_of(campaign: Campaign, contact: Contact) -> ListSource | None:
    """Return the list a contact was read from, or the only one there is."""
    for source in campaign.lists:
        if contact.origin.file and source.path.endswith(contact.origin.file.rpartition("/")[2]):
            return source
    return campaign.lists[0] if len(campaign.lists) == 1 else None


def _meeting(meeting: Meeting, tongue: Tongue, typeset: Callable[[str], str]) -> dict[str, object]:
    zone = ZoneInfo(meeting.zone)
    starts, ends = meeting.starts.astimezone(zone), meeting.ends.astimezone(zone)
    return {
        "title": typeset(one_line(meeting.title)),  # one line, whatever the file holds: it stands in subjects
        "when": tongue.span(starts, ends, all_day=meeting.all_day),
        "day": tongue.day(starts),
        "starts": starts,
        "ends": ends,
        "all_day": meeting.all_day,
        "place": typeset(", ".join(filter(None, (meeting.room, meeting.place)))),
        "address": meeting.place,
        "room": meeting.room,
        "description": typeset(" ".join(meeting.description.split())),
        "agenda": [typeset(item) for item in meeting.agenda],
        "url": meeting.url,
    }


def _changes(previous: Meeting, meeting: Meeting, *, keep_answers: bool) -> dict[str, bool]:
    def differ(*names: str) -> bool:
        return any(getattr(previous, name) != getattr(meeting, name) for name in names)

    material = differ("starts", "ends", "all_day", "place")
    return {
        "any": previous != meeting,
        "material": material,
        "asks_again": material and not keep_answers,
        "when": differ("starts", "ends", "all_day"),
        "place": differ("place", "room"),
        "agenda": differ("agenda"),
        "title": differ("title"),
    }


def _notice(campaign: Campaign, contact: Contact, language: str) -> dict[str, object]:
    """Return the notice, with the legal basis and origin that the contact's list states (GDPR article 14)."""
    source = list_of(campaign, contact) or ListSource("")
    said = {"basis": source.legal_basis or campaign.notice.basis, "source": source.obtained_from}
    words = {} if language == campaign.language else campaign.notice.translations.get(language, {})
    told = asdict(replace(campaign.notice, translations={}))
    collected_on = _date(source.collected_on, TONGUES[language])
    return {**told, **said, "collected_on": collected_on, **words}


def _date(written: str, tongue: Tongue) -> str:
    try:
        return tongue.date_of(date.fromisoformat(written))
    except ValueError:
        return written


def cleaned(people: tuple[Contact, ...]) -> tuple[Contact, ...]:
    """Return people with every value on one line, so that none can start a line of a letter, or a header."""
    return tuple([person if _is_clean(person) else _clean(person) for person in people])


def values_of(person: Contact) -> tuple[str, ...]:
    """Return all values of a person that a letter can write out."""
    own = (person.civility, person.first_name, person.last_name, person.organisation, person.function)
    return (*own, person.email, *person.fields.values())


def _is_clean(person: Contact) -> bool:
    joined = f"|{'|'.join(values_of(person))}|"
    return joined.isprintable() and not any(space in joined for space in ("  ", "| ", " |"))


def _clean(person: Contact) -> Contact:
    return replace(
        person,
        civility=_line(person.civility),
        first_name=_line(person.first_name),
        last_name=_line(person.last_name),
        organisation=_line(person.organisation),
        function=_line(person.function),
        fields={name: _line(value) for name, value in person.fields.items()},
    )


def _line(value: str) -> str:
    return one_line(value).strip()


def _person(person: Contact) -> dict[str, Any]:
    return {
        "civility": person.civility,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "name": person.name,
        "organisation": person.organisation,
        "function": person.function,
        "email": person.email,
        "fields": Named(person.fields),
    }


SALUTATION = "salutation"


def _marked(marks: Marks, at: int, person: Contact) -> dict[str, Any]:
    """Return the person's values as marks, named after the place of the person and the value."""
    own = {name: marks(f"{at} {name}", value) for name, value in _person(person).items() if name != "fields"}
    fields = {name: marks(f"{at} fields {name}", value) for name, value in person.fields.items()}
    return {**own, "fields": Named(fields)}


def value_of(name: str, people: tuple[Contact, ...], tongue: Tongue) -> str:
    """Return the value behind a mark; `people` are as `cleaned` returns them."""
    if name == SALUTATION:
        return tongue.salutation(people)
    at, _, rest = name.partition(" ")
    what, _, column = rest.partition(" ")
    person = people[int(at)]
    value: str = person.fields[column] if what == "fields" else getattr(person, what)
    return value
