"""Write the attendance as an Excel workbook, with frozen headings, filters, colours, and lists to choose from.

Every text is written as a string cell, so that none can become a formula or a link.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from mailer.exports.cells import DEFAULT_OPTIONS, ExportOptions, for_people
from mailer.exports.colours import ACCENT, ANSWER_GROUND, ANSWER_INK, PAPER, widths
from mailer.exports.columns import FOR_PEOPLE, Column, sheet_name, words
from mailer.model.attendance import Row

_COLUMNS = FOR_PEOPLE
_PLACE = {column: place for place, column in enumerate(_COLUMNS)}


def write(
    rows: Sequence[Row], options: ExportOptions = DEFAULT_OPTIONS, *, title: str, now: datetime
) -> bytes:
    """Write the workbook; `title` and `now` go into its properties."""
    content = io.BytesIO()
    book = Workbook(content, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": title, "created": now.replace(tzinfo=None)})
    table = for_people(rows, options)
    sheet = book.add_worksheet(sheet_name(options.language))
    text = book.add_format({"num_format": "@", "valign": "top"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top", "align": "left"})
    _headings(book, sheet, table.headings, text)
    for line, cells in enumerate(table.lines, 1):
        for place, cell in enumerate(cells):
            match cell:
                case "":
                    continue
                case str():
                    sheet.write_string(line, place, cell, text)
                case datetime():
                    sheet.write_datetime(line, place, cell, moment)
                case _:
                    sheet.write_number(line, place, cell)
    last = max(1, len(rows))
    sheet.autofilter(0, 0, last, len(table.headings) - 1)
    _colours(book, sheet, last, options)
    _choices(sheet, last, options)
    _page(sheet, title)
    book.close()
    return content.getvalue()


def _headings(book: Workbook, sheet: Worksheet, headings: Sequence[str], text: Format) -> None:
    """Write the headings, and format the columns as text, so that what staff type is not turned into a number or date."""
    bold = book.add_format(
        {
            "bold": True,
            "font_color": PAPER,
            "bg_color": ACCENT,
            "text_wrap": True,
            "valign": "vcenter",
            "border": 1,
        }
    )
    plain = (_PLACE[Column.PARTY_SIZE], _PLACE[Column.ANSWERED_AT])
    for place, width in enumerate(widths([column.value for column in _COLUMNS], len(headings))):
        sheet.set_column(place, place, width, None if place in plain else text)
    sheet.set_row(0, 32)
    for place, heading in enumerate(headings):
        sheet.write_string(0, place, heading, bold)
    sheet.freeze_panes(1, _PLACE[Column.ORGANISATION])


def _colours(book: Workbook, sheet: Worksheet, last: int, options: ExportOptions) -> None:
    """Colour the answers and the lines to check; the colour follows what staff type."""
    place = _PLACE[Column.ANSWER]
    for answer, word in words(options.language)[Column.ANSWER].items():
        look = book.add_format({"font_color": ANSWER_INK[answer], "bg_color": ANSWER_GROUND[answer]})
        _where(sheet, place, last, word, look)
    warning = book.add_format({"font_color": ANSWER_INK["declined"], "bg_color": ANSWER_GROUND["tentative"]})
    _where(sheet, _PLACE[Column.REVIEW], last, words(options.language)[Column.REVIEW]["yes"], warning)


def _where(sheet: Worksheet, place: int, last: int, word: str, look: Format) -> None:
    rule = {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look}
    sheet.conditional_format(1, place, last, place, rule)


def _choices(sheet: Worksheet, last: int, options: ExportOptions) -> None:
    """Offer the words for answers and presence; another word gives a warning and may be kept."""
    for column in (Column.ANSWER, Column.PRESENCE):
        choices = [word for word in words(options.language)[column].values() if word]
        rule = {"validate": "list", "source": choices, "error_type": "warning", "ignore_blank": True}
        sheet.data_validation(1, _PLACE[column], last, _PLACE[column], rule)


def _page(sheet: Worksheet, title: str) -> None:
    """Print on landscape A4, scaled to one page's width, with the headings on every page."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_header(f"&L&B{title.replace('&', '&&')}&R&D")
    sheet.set_footer("&C&P / &N")
