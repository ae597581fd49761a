"""Who stands on the sign-in sheet (feuille d'émargement), in which order and words, on whatever it is printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mailer.model.accents import fold_accents
from mailer.model.attendance import Row
from mailer.model.finding import PartStat

BLANK_LINES = 15
"""Empty lines for people who come without having answered."""


@dataclass(frozen=True, slots=True)
class SheetWords:
    """What the sheet says in one language. `columns` are the headings, by the names of `WIDTHS`."""

    title: str
    columns: Mapping[str, str]
    walk_ins: str
    excused: str
    page: str
    notice: str
    with_others: str


SHEET_WORDS: Mapping[str, SheetWords] = MappingProxyType(
    {
        "fr": SheetWords(
            title="Feuille d'émargement",
            columns=MappingProxyType(
                {
                    "number": "N°",
                    "civility": "Civilité",
                    "last_name": "NOM",
                    "first_name": "Prénom",
                    "organisation": "Structure",
                    "function": "Fonction",
                    "delegate": "Représenté(e) par",
                    "signature": "Signature",
                }
            ),
            walk_ins="Personnes venues sans inscription",
            excused="Excusé(e)s ({count})\u00a0:",
            page="Page {page} sur {pages}",
            notice="Les données de cette feuille, signature comprise, servent uniquement à établir la liste des présents."
            " {notice}",
            with_others="(+ {others})",
        ),
        "en": SheetWords(
            title="Sign-in sheet",
            columns=MappingProxyType(
                {
                    "number": "No.",
                    "civility": "Title",
                    "last_name": "LAST NAME",
                    "first_name": "First name",
                    "organisation": "Organisation",
                    "function": "Function",
                    "delegate": "Represented by",
                    "signature": "Signature",
                }
            ),
            walk_ins="People who came without an answer",
            excused="Excused ({count}):",
            page="Page {page} of {pages}",
            notice="What is written here, signatures included, serves only to list who was present. {notice}",
            with_others="(+ {others})",
        ),
    }
)


WIDTHS: Mapping[str, int] = MappingProxyType(
    {
        "number": 10,
        "civility": 27,
        "last_name": 42,
        "first_name": 34,
        "organisation": 50,
        "function": 34,
        "delegate": 34,
        "signature": 42,
    }
)
"""How wide each column is, in millimetres where all are there."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet, ready to be printed: the `columns` it has, `lines` of cells for them, the names of the `excused`."""

    words: SheetWords
    title: str
    when: str
    place: str
    notice: str
    columns: Sequence[str]
    lines: Sequence[Sequence[str]]
    blanks: int
    excused: Sequence[str]

    @property
    def headings(self) -> list[str]:
        """What stands above the columns."""
        return [self.words.columns[column] for column in self.columns]

    @property
    def shares(self) -> list[float]:
        """The part of the paper's width that each column takes."""
        wide = [WIDTHS[column] for column in self.columns]
        return [width / sum(wide) for width in wide]

    @property
    def excused_are(self) -> str:
        """What stands before the names of the excused."""
        return self.words.excused.format(count=len(self.excused))

    def walk_ins(self) -> list[list[str]]:
        """The lines for people who come without having answered, numbered on."""
        first = len(self.lines) + 1
        rest = [""] * (len(self.columns) - 1)
        return [[str(number), *rest] for number in range(first, first + self.blanks)]


def sheet(
    rows: Sequence[Row],
    *,
    title: str,
    when: str,
    place: str,
    notice: str = "",
    language: str = "fr",
    everybody: bool = False,
    blanks: int = BLANK_LINES,
) -> Sheet:
    """Prepare the sheet, sorted by last name as French sorts: accents and apostrophes count for nothing.

    It lists who is expected: those who said yes or perhaps, or send somebody; with `everybody` also those who did
    not answer. Who declined is named at the end. `notice` says who keeps the sheet and for how long.
    """
    words = SHEET_WORDS[language]
    ordered = sorted((row for row in rows if not row.standing.cancelled_at), key=_by_name)
    listed = [row for row in ordered if _is_listed(row, everybody=everybody)]
    columns = [name for name in WIDTHS if name != "function" or any(row.contact.function for row in listed)]
    return Sheet(
        words,
        title,
        when,
        place,
        words.notice.format(notice=notice).strip(),
        columns,
        [_line(number, row, columns, words) for number, row in enumerate(listed, 1)],
        blanks,
        [_called(row) for row in ordered if _is_excused(row)],
    )


def _by_name(row: Row) -> tuple[str, str]:
    contact = row.contact
    return _sorted(contact.last_name or contact.called), _sorted(contact.first_name)


def _sorted(name: str) -> str:
    return re.sub(r"[^\w]+", "", fold_accents(name))


def _is_listed(row: Row, *, everybody: bool) -> bool:
    standing = row.standing
    if standing.partstat is PartStat.NEEDS_ACTION:
        return everybody
    if standing.partstat is PartStat.DECLINED:
        return bool(standing.delegate)
    return row.party_size != 0 or standing.partstat is PartStat.DELEGATED


def _is_excused(row: Row) -> bool:
    return row.standing.partstat is PartStat.DECLINED and not row.standing.delegate


def _called(row: Row) -> str:
    contact = row.contact
    return (
        " ".join(filter(None, (contact.civility, contact.first_name, contact.last_name.upper())))
        or contact.called
    )


def _line(number: int, row: Row, columns: Sequence[str], words: SheetWords) -> list[str]:
    contact = row.contact
    others = (row.party_size or 1) - 1 if row.standing.partstat is not PartStat.DELEGATED else 0
    company = words.with_others.format(others=others) if others > 0 else ""
    cells = {
        "number": str(number),
        "civility": contact.civility,
        "last_name": contact.last_name.upper(),
        "first_name": " ".join(filter(None, (contact.first_name, company))),
        "organisation": contact.organisation,
        "function": contact.function,
        "delegate": row.standing.delegate,
        "signature": "",
    }
    return [cells[column] for column in columns]
