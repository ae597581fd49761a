"""The campaign file as form fields, and how a changed form is written back with the comments kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import tomlkit
from tomlkit.items import InlineTable, Item

from mailer.translation.catalogue import language_names
from mailer.translation.marked import N_

YES_OR_NO = {"true": N_("yes"), "false": N_("no")}


@dataclass(frozen=True, slots=True)
class Field:
    """One setting of the campaign file as a form field.

    `form` is one of: line, text, lines, number, tick, choice. `default` applies if the file does not give the
    setting.
    """

    name: str
    label: str
    form: str = "line"
    hint: str = ""
    required: bool = False
    default: str = ""
    choices: Mapping[str, str] | None = None

    @property
    def id(self) -> str:
        """Return the HTML id of the field."""
        return self.name.replace(".", "-")

    def called(self, value: str) -> str:
        """Return the translatable label of a value; values without a label are returned unchanged."""
        return (YES_OR_NO if self.form == "tick" else self.choices or {}).get(value, value)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; a `folded` group is closed until the person opens it."""

    name: str
    heading: str
    fields: tuple[Field, ...]
    folded: bool = True
    hint: str = ""


_MEETING = Group(
    "meeting",
    N_("The meeting"),
    (
        Field("meeting.title", N_("Title of the meeting"), required=True),
        Field("subject", N_("Subject of the mail"), required=True),
        Field("meeting.starts", N_("Begins"), hint=N_("such as 2025-03-31 14:00"), required=True),
        Field("meeting.ends", N_("Ends"), hint=N_("such as 2025-03-31 16:00"), required=True),
        Field("meeting.place", N_("Address"), required=True),
        Field("meeting.room", N_("Room")),
        Field("meeting.description", N_("What it is about"), "text"),
        Field("meeting.agenda", N_("Agenda"), "lines", N_("one point on each line")),
        Field("capacity", N_("Places"), "number", N_("0: as many as come"), default="0"),
        Field(
            "meeting.url", N_("Link to follow it from afar, or to its page"), hint=N_("a link, or nothing")
        ),
        Field(
            "meeting.zone",
            N_("Time zone"),
            hint=N_("whose clocks the hours are those of, such as Europe/Paris or Indian/Reunion"),
            default="Europe/Paris",
        ),
    ),
    folded=False,
)

_INVITER = Group(
    "inviter",
    N_("Who invites"),
    (
        Field("host", N_("Town hall, association or school"), required=True),
        Field("inviter.name", N_("Signed by")),
        Field("inviter.function", N_("Their function"), "text"),
        Field("organizer.name", N_("Sent in the name of"), required=True),
        Field("organizer.address", N_("Mailbox the answers come to"), required=True),
        Field("contact", N_("Whom to ask")),
        Field("poll", N_("Poll for those who prefer one"), hint=N_("a link, or nothing")),
        Field(
            "language",
            N_("Language of the letters"),
            "choice",
            default="fr",
            choices=language_names(),
        ),
    ),
    folded=False,
)

_SCHEDULE = Group(
    "schedule",
    N_("What leaves by itself"),
    (
        Field("schedule.answer_by", N_("Last day for answers"), hint=N_("such as 2025-03-26")),
        Field("schedule.invitation", N_("The invitations leave")),
        Field(
            "schedule.reminders",
            N_("Reminders leave"),
            "lines",
            N_("one moment on each line, five at most; they go to those who have not answered"),
        ),
        Field("schedule.details", N_("The last details leave, to those who come")),
        Field("schedule.thanks", N_("The thanks leave, to those who came")),
        Field("schedule.quiet_from", N_("Nothing leaves from"), default="20 h"),
        Field("schedule.quiet_until", N_("Nothing leaves until"), default="8 h"),
        Field(
            "schedule.working_days",
            N_("Only on working days"),
            "tick",
            N_("nothing leaves on a Saturday, a Sunday or a public holiday"),
            default="true",
        ),
        Field(
            "schedule.late_by_hours",
            N_("Hours a sending may be late"),
            "number",
            N_("if the computer was off; later than that, it is missed, and you decide"),
            default="6",
        ),
        Field(
            "schedule.acknowledge",
            N_("Every answer gets a short “noted”"),
            "tick",
            N_("once for each answer, and never to a machine"),
            default="false",
        ),
    ),
    hint=N_(
        "Write a moment as a date and an hour (2025-03-13 9:30) or as a distance: “7 days before the meeting at 9:30”, "
        "“2 days before the deadline”, “the day before at 10:00”. An empty field: that does not leave by itself."
    ),
)

_NOTICE = Group(
    "notice",
    N_("Data protection"),
    (
        Field("notice.controller", N_("Who is responsible for the data")),
        Field(
            "notice.purpose",
            N_("What the data are for"),
            hint=N_("it completes “your contact details serve …”"),
        ),
        Field("notice.basis", N_("Legal basis"), hint=N_("such as: task in the public interest")),
        Field("notice.recipients", N_("Who gets to see them")),
        Field("notice.retention", N_("How long they are kept, as the letters say it")),
        Field("notice.contact", N_("Where to turn to about one’s data"), hint=N_("an address")),
        Field("notice.url", N_("Page that says more"), hint=N_("a link, or nothing")),
        Field(
            "notice.en.purpose",
            N_("What the data are for, in the English letters"),
            hint=N_("it completes “your contact details are used …”"),
        ),
        Field("notice.en.basis", N_("Legal basis, in the English letters")),
        Field("notice.en.recipients", N_("Who gets to see them, in the English letters")),
        Field("notice.en.retention", N_("How long they are kept, in the English letters")),
        Field("notice.en.source", N_("Where the data come from, in the English letters")),
        Field(
            "retention_months",
            N_("Months the people are kept in the records after the meeting"),
            "number",
            N_("then “Personal data” proposes to erase them; 0: nothing is proposed"),
            default="0",
        ),
    ),
    hint=N_(
        "What the first letter tells everybody of their data. Have it read by whoever is in charge of that."
    ),
)

_UNINVITED = Group(
    "uninvited",
    N_("Who was not invited"),
    (
        Field(
            "uninvited",
            N_("Somebody who was not invited writes that they come. They …"),
            "choice",
            hint=N_(
                "What waits is under “To decide”. Who is welcome is counted at once if your mail server vouches for them, and waits otherwise. Who is not counted is not written to either: their mail stays in the mailbox."
            ),
            default="hold",
            choices={
                "accept": N_("are welcome, and counted"),
                "hold": N_("wait until I decide"),
                "refuse": N_("are not counted"),
            },
        ),
    ),
)

GROUPS = (_MEETING, _INVITER, _SCHEDULE, _NOTICE, _UNINVITED)
FIELDS = tuple(field for group in GROUPS for field in group.fields)


def values_of(content: bytes, fields: Sequence[Field] = FIELDS) -> dict[str, str]:
    """Return the value of each field in the file, as text for the form."""
    document = tomlkit.parse(content.decode("utf-8-sig")).unwrap()
    return {field.name: _text(_find(document, field.name), field.default) for field in fields}


def _find(document: Mapping[str, Any], name: str) -> Any:
    value: Any = document
    for step in name.split("."):
        value = value.get(step, "") if isinstance(value, Mapping) else ""
    return value


def _text(value: Any, default: str) -> str:
    if value in ("", []):
        return default
    if isinstance(value, bool):
        return str(value).lower()
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value).strip()


def rewritten(content: bytes, values: Mapping[str, str], fields: Sequence[Field] = FIELDS) -> bytes:
    """Return the file with the changed values; everything else, comments included, stays as it is."""
    before = values_of(content, fields)
    document = tomlkit.parse(content.decode("utf-8-sig"))
    for field in fields:
        value = values.get(field.name, before[field.name]).strip()
        if value == before[field.name]:
            continue
        table: Any = document
        *steps, key = field.name.split(".")
        for step in steps:
            inline = isinstance(table, InlineTable)
            table = table.setdefault(step, tomlkit.inline_table() if inline else tomlkit.table())
        if value or field.required or field.form == "tick" or _has_remark(table.get(key)):
            table[key] = _item(field, value)
        else:
            table.pop(key, None)
    return tomlkit.dumps(document).encode()


def _has_remark(item: Any) -> bool:
    return isinstance(item, Item) and bool(item.trivia.comment)


def _item(field: Field, value: str) -> Any:
    match field.form:
        case "lines":
            array = tomlkit.array()
            array.extend(line.strip() for line in value.split("\n") if line.strip())
            return array.multiline(len(array) > 0)
        case "number":
            value = value or field.default
            return int(value) if value.isdecimal() else value
        case "tick":
            return value == "true"
        case _:
            return tomlkit.string(value or field.default, multiline="\n" in value)
