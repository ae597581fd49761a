"""Prepare the sign-in sheet of a meeting: who is on it, in which order and words; HTML and PDF print it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from mailer.exports import besides
from mailer.model.accents import fold_accents
from mailer.model.attendance import Row
from mailer.model.entry import Presence
from mailer.model.finding import PartStat
from mailer.translation.catalogue import translator

BLANK_LINES = 15
"""Empty lines for people who come without having answered."""


WIDTHS: Mapping[str, int] = MappingProxyType(
    {
        "number": 10,
        "civility": 27,
        "last_name": 42,
        "first_name": 34,
        "organisation": 50,
        "function": 34,
        "delegate": 34,
        "remark": 40,
        "signature": 42,
    }
)
"""The columns and their widths in millimetres on a sheet that has all of them."""


@dataclass(frozen=True, slots=True)
class SignInSheet:
    """A sheet ready to be printed: `columns` by name, `lines` of cells for them, and the names of the `excused`.

    `blanks` is the number of empty lines for people who come without having answered.
    """

    language: str
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
        """Return the headings of the columns."""
        return [_headings(self.language)[column] for column in self.columns]

    @property
    def shares(self) -> list[float]:
        """Return the share of the paper's width of each column; they add up to 1."""
        wide = [WIDTHS[column] for column in self.columns]
        return [width / sum(wide) for width in wide]

    @property
    def heading(self) -> str:
        """Return the name of the document."""
        return translator(self.language).gettext("Sign-in sheet")

    @property
    def excused_heading(self) -> str:
        """Return what stands before the names of the excused."""
        excused = translator(self.language).gettext("Excused ({count}):")
        return excused.format(count=len(self.excused))

    @property
    def walk_ins_heading(self) -> str:
        """Return what stands above the empty lines."""
        return translator(self.language).gettext("People who came without an answer")

    @property
    def page_number(self) -> str:
        """Return the words for a page number, with ``{page}`` and ``{pages}`` to be filled in."""
        return translator(self.language).gettext("Page {page} of {pages}")

    def walk_ins(self) -> list[list[str]]:
        """Return the empty lines, numbered after those of the people expected."""
        first = len(self.lines) + 1
        rest = [""] * (len(self.columns) - 1)
        return [[str(number), *rest] for number in range(first, first + self.blanks)]


def sign_in_sheet(
    rows: Sequence[Row],
    *,
    title: str,
    when: str,
    place: str,
    notice: str = "",
    language: str = "fr",
    everybody: bool = False,
    blanks: int = BLANK_LINES,
) -> SignInSheet:
    """Prepare the sheet, sorted by last name without regard to accents and apostrophes.

    It lists who is expected: those who said yes or perhaps, or send somebody; with `everybody` also those who did
    not answer. Those who declined are named at the end. `notice` says who keeps the sheet and for how long. What people
    remarked has a column where anybody did; what staff noted is not for a paper that everybody signs.
    """
    told = translator(language).gettext(
        "What is written here, signatures included, serves only to list who was present. {notice}"
    )
    ordered = sorted((row for row in rows if not row.is_off), key=_by_name)
    listed = [row for row in ordered if _is_listed(row, everybody=everybody)]
    absent = {
        name
        for name, told in (
            ("function", lambda row: row.contact.function),
            ("remark", lambda row: _remark(row, language)),
        )
        if not any(map(told, listed))
    }
    columns = [name for name in WIDTHS if name not in absent]
    return SignInSheet(
        language,
        title,
        when,
        place,
        told.format(notice=notice).strip(),
        columns,
        [_line(number, row, columns, language) for number, row in enumerate(listed, 1)],
        blanks,
        [_excused(row, language) for row in ordered if _is_excused(row)],
    )


def _headings(language: str) -> dict[str, str]:
    _, pgettext = translator(language).gettext, translator(language).pgettext
    return {
        "number": _("No."),
        "civility": _("Title"),
        "last_name": _("LAST NAME"),
        "first_name": _("First name"),
        "organisation": pgettext("sign-in sheet", "Organisation"),
        "function": _("Function"),
        "delegate": _("Represented by"),
        "remark": _("Remark"),
        "signature": _("Signature"),
    }


def _by_name(row: Row) -> tuple[str, str]:
    contact = row.contact
    return _sorted(contact.last_name or contact.called), _sorted(contact.first_name)


def _sorted(name: str) -> str:
    return re.sub(r"[^\w]+", "", fold_accents(name))


def _is_listed(row: Row, *, everybody: bool) -> bool:
    standing = row.standing
    if standing.partstat is PartStat.NEEDS_ACTION:
        return everybody and row.presence is not Presence.EXCUSED
    if standing.partstat is PartStat.DECLINED:
        return bool(standing.delegate)
    return row.party_size != 0 or standing.partstat is PartStat.DELEGATED


def _is_excused(row: Row) -> bool:
    standing = row.standing
    if standing.partstat is PartStat.NEEDS_ACTION:
        return row.presence is Presence.EXCUSED  # by phone, before the meeting
    return standing.partstat is PartStat.DECLINED and not standing.delegate


def _called(row: Row) -> str:
    contact = row.contact
    return (
        " ".join(filter(None, (contact.civility, contact.first_name, contact.last_name.upper())))
        or contact.called
    )


def _excused(row: Row, language: str) -> str:
    """Return who is excused, with whom they gave their proxy to."""
    proxy = besides.others(row.standing, language)
    return f"{_called(row)} ({proxy})" if proxy else _called(row)


def _remark(row: Row, language: str) -> str:
    standing = row.standing
    remark = besides.shown(standing.comment, language, health=False)
    return "; ".join(filter(None, (besides.apart(standing, language), remark)))


def _line(number: int, row: Row, columns: Sequence[str], language: str) -> list[str]:
    contact = row.contact
    others = (row.party_size or 1) - 1 if row.standing.partstat is not PartStat.DELEGATED else 0
    told = str(others) if row.least is None else besides.span(row.least - 1, others, language)
    company = f"(+ {told})" if others > 0 else ""
    cells = {
        "number": str(number),
        "civility": contact.civility,
        "last_name": contact.last_name.upper(),
        "first_name": " ".join(filter(None, (contact.first_name, company))),
        "organisation": contact.organisation,
        "function": contact.function,
        "delegate": row.standing.delegate,
        "remark": _remark(row, language),
        "signature": "",
    }
    return [cells[column] for column in columns]
