"""The columns of the attendance table, with their headings and values for programs and for people."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from functools import cache

from mailer.model.invitation import Kind
from mailer.translation.catalogue import translator


class Column(enum.Enum):
    """A column, by its heading for programs; the order is that of the table."""

    CIVILITY = "civility"
    LAST_NAME = "last_name"
    FIRST_NAME = "first_name"
    ORGANISATION = "organisation"
    EMAIL = "email"
    DELIVERY = "delivery"
    ANSWER = "answer"
    PARTY_SIZE = "party_size"
    CHANNEL = "channel"
    ANSWERED_AT = "answered_at"
    COMMENT = "comment"
    REVIEW = "review"
    PRESENCE = "presence"
    PERSON = "person"
    STATE = "state"
    ASKED_AGAIN = "asked_again"
    PARTY_RANGE = "party_range"
    ADULTS = "adults"
    CHILDREN = "children"
    PROXY_TO = "proxy_to"
    DELEGATE = "delegate"


SAID_BESIDES = (Column.PARTY_RANGE, Column.ADULTS, Column.CHILDREN, Column.PROXY_TO, Column.DELEGATE)
"""The columns that a table for people has only where somebody said such a thing."""

FOR_PEOPLE = tuple(column for column in Column if column not in (Column.PERSON, *SAID_BESIDES))
"""The columns that every table for people has, in their order."""


REFERENCE = "reference"
"""Heading, for programs, of the column that identifies a line in tables for people, so that it is found again."""


@cache
def headings(language: str) -> Mapping[str, str]:
    """Return the headings for people, by the headings for programs."""
    _ = translator(language).gettext
    return {
        "civility": _("Title"),
        "last_name": _("Last name"),
        "first_name": _("First name"),
        "organisation": _("Organisation"),
        "email": _("E-mail"),
        "delivery": _("Delivery"),
        "answer": _("Answer"),
        "party_size": _("Number of people"),
        "channel": _("Received by"),
        "answered_at": _("Answered on"),
        "comment": _("Comment"),
        "review": _("To check"),
        "presence": _("Presence"),
        "person": "person",
        "state": _("State"),
        "asked_again": _("Former answer"),
        "party_range": _("Number said"),
        "adults": _("Adults"),
        "children": _("Children"),
        "proxy_to": _("Proxy given to"),
        "delegate": _("Replaced by"),
        "function": _("Function"),
        "language": _("Language"),
        "groups": _("Groups"),
        REFERENCE: _("Reference"),
    }


@cache
def words(language: str) -> Mapping[Column, Mapping[str, str]]:
    """Return the values for people of each column that has a fixed set, by the values for programs."""
    _, pgettext = translator(language).gettext, translator(language).pgettext
    return {
        Column.DELIVERY: {
            "queued": _("to send"),
            "sent": _("sent"),
            "deferred": _("to be tried again"),
            "failed": _("refused by the server"),
            "in_doubt": _("uncertain: perhaps arrived, see “mailer status”"),
            "bounced": _("returned"),
            "suppressed": _("do not write"),
        },
        Column.ANSWER: {
            "accepted": _("yes"),
            "declined": _("no"),
            "tentative": _("maybe"),
            "delegated": _("replaced"),
            "none": _("no answer"),
        },
        Column.CHANNEL: {
            "calendar": _("calendar"),
            "text": _("message"),
            "poll": _("poll"),
            "staff": pgettext("how an answer came", "staff"),
        },
        Column.REVIEW: {"yes": _("yes"), "glance": _("to look over"), "": ""},
        Column.PRESENCE: {
            "present": _("present"),
            "absent": _("absent"),
            "excused": _("excused"),
            "represented": _("represented"),
            "": "",
        },
        Column.STATE: {
            "listed": _("to invite"),
            "unsettled": _("identity to confirm"),
            "waiting": _("waiting to be sent"),
            "in_doubt": pgettext("state", "in doubt"),
            "reached": _("taken by the server"),
            "held": _("held back by a filter"),
            "refused": pgettext("state", "refused"),
            "unreachable": _("unreachable"),
            "unlisted": _("not on the lists any more"),
            "barred": pgettext("state", "do not write"),
            "withdrawn": _("invitation taken back"),
            "cancelled": pgettext("state", "cancelled"),
        },
    }


@cache
def kinds(language: str) -> Mapping[Kind, str]:
    """Return what each kind of message is called."""
    _, pgettext = translator(language).gettext, translator(language).pgettext
    return {
        Kind.INVITATION: _("invitation"),
        Kind.REMINDER: _("reminder"),
        Kind.UPDATE: pgettext("a message", "update"),
        Kind.CANCEL: _("cancellation"),
        Kind.DETAILS: _("last details"),
        Kind.THANKS: _("thanks"),
        Kind.ACKNOWLEDGEMENT: _("acknowledgement"),
    }


def sheet_name(language: str) -> str:
    """Return the name of the sheet in a workbook."""
    return translator(language).gettext("Attendance")
