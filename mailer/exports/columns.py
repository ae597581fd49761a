"""The columns of the attendance table: their headings and values, for programs and for people, both ways.

People's words are French or English; each is read back whatever the language of the table, without regard to case
and accents. What is written here is therefore also what a corrected table is understood by.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

from mailer.model.accents import fold_accents


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


REFERENCE = "reference"
"""Heading, for programs, of the column that names a line in tables for people, so that it is found again."""

HEADINGS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "fr": {
            "civility": "Civilité",
            "last_name": "Nom",
            "first_name": "Prénom",
            "organisation": "Organisme",
            "email": "Courriel",
            "delivery": "Envoi",
            "answer": "Réponse",
            "party_size": "Nombre de personnes",
            "channel": "Reçue par",
            "answered_at": "Répondu le",
            "comment": "Commentaire",
            "review": "À vérifier",
            "presence": "Présence",
            "function": "Fonction",
            "language": "Langue",
            "groups": "Groupes",
            REFERENCE: "Référence",
        },
        "en": {
            "civility": "Title",
            "last_name": "Last name",
            "first_name": "First name",
            "organisation": "Organisation",
            "email": "E-mail",
            "delivery": "Delivery",
            "answer": "Answer",
            "party_size": "Number of people",
            "channel": "Received by",
            "answered_at": "Answered on",
            "comment": "Comment",
            "review": "To check",
            "presence": "Presence",
            "function": "Function",
            "language": "Language",
            "groups": "Groups",
            REFERENCE: "Reference",
        },
    }
)

WORDS: Mapping[str, Mapping[Column, Mapping[str, str]]] = MappingProxyType(
    {
        "fr": {
            Column.DELIVERY: {
                "queued": "à envoyer",
                "sent": "envoyé",
                "deferred": "nouvel essai prévu",
                "failed": "refusé par le serveur",
                "in_doubt": "incertain",
                "bounced": "revenu en erreur",
                "suppressed": "ne pas écrire",
            },
            Column.ANSWER: {
                "accepted": "oui",
                "declined": "non",
                "tentative": "peut-être",
                "delegated": "remplacé",
                "none": "sans réponse",
            },
            Column.CHANNEL: {
                "calendar": "agenda",
                "text": "message",
                "poll": "sondage",
                "staff": "équipe",
            },
            Column.REVIEW: {"yes": "oui", "": ""},
            Column.PRESENCE: {
                "present": "présent",
                "absent": "absent",
                "excused": "excusé",
                "represented": "représenté",
                "": "",
            },
        },
        "en": {
            Column.DELIVERY: {
                "queued": "to send",
                "sent": "sent",
                "deferred": "to be tried again",
                "failed": "refused by the server",
                "in_doubt": "uncertain",
                "bounced": "returned",
                "suppressed": "do not write",
            },
            Column.ANSWER: {
                "accepted": "yes",
                "declined": "no",
                "tentative": "maybe",
                "delegated": "replaced",
                "none": "no answer",
            },
            Column.CHANNEL: {
                "calendar": "calendar",
                "text": "message",
                "poll": "poll",
                "staff": "staff",
            },
            Column.REVIEW: {"yes": "yes", "": ""},
            Column.PRESENCE: {
                "present": "present",
                "absent": "absent",
                "excused": "excused",
                "represented": "represented",
                "": "",
            },
        },
    }
)

WITHHELD: Mapping[str, str] = MappingProxyType({"fr": "(voir mailer why)", "en": "(see mailer why)"})
"""What stands in place of a remark that is not shown."""

SHEET: Mapping[str, str] = MappingProxyType({"fr": "Présence", "en": "Attendance"})
"""The name of the sheet in a workbook."""

ALSO: Mapping[Column, Mapping[str, str]] = MappingProxyType(
    {
        Column.ANSWER: {
            "o": "accepted",
            "x": "accepted",
            "vient": "accepted",
            "accepté": "accepted",
            "acceptée": "accepted",
            "présent": "accepted",
            "présente": "accepted",
            "n": "declined",
            "refusé": "declined",
            "refusée": "declined",
            "décliné": "declined",
            "ne vient pas": "declined",
            "excusé": "declined",
            "excusée": "declined",
            "?": "tentative",
            "incertain": "tentative",
            "incertaine": "tentative",
            "remplacée": "delegated",
            "délégué": "delegated",
            "déléguée": "delegated",
            "représenté": "delegated",
            "représentée": "delegated",
            "": "none",
            "-": "none",
            "aucune": "none",
        },
        Column.PRESENCE: {
            "présente": "present",
            "présents": "present",
            "p": "present",
            "x": "present",
            "oui": "present",
            "o": "present",
            "yes": "present",
            "a": "absent",
            "non": "absent",
            "no": "absent",
            "absente": "absent",
            "absents": "absent",
            "e": "excused",
            "excusée": "excused",
            "excusés": "excused",
            "r": "represented",
            "représentée": "represented",
            "représentés": "represented",
        },
    }
)
"""Further words that people write into a cell, by what they mean; kept apart, since they are only read."""


def _backwards(column: Column) -> dict[str, str]:
    read = {fold_accents(word): value for word, value in ALSO.get(column, {}).items()}
    for words in WORDS.values():
        read |= {fold_accents(word): value for value, word in words[column].items()}
    return read | {fold_accents(value): value for value in WORDS["en"][column]}


MEANING: Mapping[Column, Mapping[str, str]] = MappingProxyType(
    {column: _backwards(column) for column in WORDS["fr"]}
)
"""What a cell means, by its `letters`."""

NAMED: Mapping[str, str] = MappingProxyType(
    {fold_accents(word): name for headings in HEADINGS.values() for name, word in headings.items()}
    | {name: name for name in HEADINGS["fr"]}
)
"""Which column a heading names, by its `letters`."""
