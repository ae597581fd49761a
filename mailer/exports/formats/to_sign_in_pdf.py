"""Write the sign-in sheet as PDF; this needs reportlab.

The fonts are shipped, so that the sheet does not depend on the machine: DejaVu Sans has the letters of every language
of Europe, which the fonts built into PDF lack.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, LongTable, Paragraph, SimpleDocTemplate, Spacer, Table

from mailer.exports.colours import ACCENT, INK, LINE, PALE
from mailer.exports.sign_in_sheet import SignInSheet

FACES = ("fonts/DejaVuSansCondensed.ttf", "fonts/DejaVuSansCondensed-Bold.ttf")
"""The regular and the bold face, as files of the package `mailer.exports`."""

_PLAIN, _BOLD = "SheetSans", "SheetSansBold"
_SIDE, _FOOT = 12 * mm, 16 * mm
_PAPER = landscape(A4)
_RIGHT: Literal[2] = 2
_WIDTH = _PAPER[0] - 2 * _SIDE


@dataclass(frozen=True, slots=True)
class Fonts:
    """The regular and the bold face of a TrueType font, as the bytes of their files."""

    plain: bytes = field(repr=False)
    bold: bytes = field(repr=False)


def write(sheet: SignInSheet, fonts: Fonts) -> bytes:
    """Write the sheet; the same sheet always gives the same bytes."""
    pdfmetrics.registerFont(TTFont(_PLAIN, io.BytesIO(fonts.plain)))
    pdfmetrics.registerFont(TTFont(_BOLD, io.BytesIO(fonts.bold)))
    content = io.BytesIO()
    title = f"{sheet.heading} – {sheet.title}"
    document = SimpleDocTemplate(
        content,
        pagesize=_PAPER,
        leftMargin=_SIDE,
        rightMargin=_SIDE,
        topMargin=_SIDE,
        bottomMargin=_FOOT,
        title=title,
        lang=sheet.language,
        invariant=1,
        initialFontName=_PLAIN,
    )
    document.build(
        [*_head(sheet), _table(sheet), *_end(sheet)], canvasmaker=_numbered(title, sheet.page_number)
    )
    return content.getvalue()


def _text(
    text: str, size: float = 9.5, *, bold: bool = False, colour: str = INK, align: Literal[0, 2] = 0
) -> Paragraph:
    """Return a text as a paragraph that wraps; markup in it is escaped."""
    style = ParagraphStyle(
        f"{size}{bold}{colour}{align}",
        fontName=_BOLD if bold else _PLAIN,
        fontSize=size,
        leading=size * 1.22,
        textColor=HexColor(colour),
        alignment=align,
        splitLongWords=1,
    )
    return Paragraph(escape(text), style)


def _head(sheet: SignInSheet) -> list[Flowable]:
    left = [_text(sheet.heading.upper(), 9, bold=True, colour=ACCENT), _text(sheet.title, 16, bold=True)]
    right = [_text(sheet.when, 11, bold=True, align=_RIGHT), _text(sheet.place, 10, align=_RIGHT)]
    head = Table([[left, right]], colWidths=[_WIDTH * 0.58, _WIDTH * 0.42])
    head.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("LINEBELOW", (0, 0), (-1, -1), 2, HexColor(ACCENT)),
            ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ("RIGHTPADDING", (0, 0), (-1, -1), 0),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 7),
        ]
    )
    return [head, Spacer(0, 4 * mm)]


def _table(sheet: SignInSheet) -> Table:
    """Return the table, with the headings on every page and lines high enough to sign in."""
    lines: list[list[Any]] = [[_text(heading, 8.5, bold=True) for heading in sheet.headings]]
    names = sheet.columns.index("last_name")
    lines += [[_text(cell, bold=place == names) for place, cell in enumerate(line)] for line in sheet.lines]
    looks: list[Any] = [
        ("GRID", (0, 0), (-1, -1), 0.5, HexColor(LINE)),
        ("BACKGROUND", (0, 0), (-1, 0), HexColor(PALE)),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    if sheet.blanks:
        row = len(lines)
        lines.append([_text(sheet.walk_ins_heading, 8.5, bold=True), *[""] * (len(sheet.columns) - 1)])
        lines += [[_text(cell) for cell in line] for line in sheet.walk_ins()]
        looks += [("SPAN", (0, row), (-1, row)), ("BACKGROUND", (0, row), (-1, row), HexColor(PALE))]
    return LongTable(
        lines,
        colWidths=[share * _WIDTH for share in sheet.shares],
        minRowHeights=[8 * mm, *[11 * mm] * (len(lines) - 1)],
        repeatRows=1,
        style=looks,
    )


def _end(sheet: SignInSheet) -> list[Flowable]:
    end: list[Flowable] = [Spacer(0, 5 * mm)]
    if sheet.excused:
        end += [_text(f"{sheet.excused_heading} {', '.join(sheet.excused)}"), Spacer(0, 4 * mm)]
    return [*end, _text(sheet.notice, 8)]


def _numbered(title: str, words: str) -> type[Canvas]:
    """Return a canvas that keeps the pages until their number is known, then writes the page numbers."""

    class Numbered(Canvas):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._pages: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._pages.append(dict(self.__dict__))
            self._startPage()  # type: ignore[attr-defined]

        def save(self) -> None:
            for number, page in enumerate(self._pages, 1):
                self.__dict__.update(page)
                self.setFont(_PLAIN, 8)
                self.setFillColor(HexColor(INK))
                self.drawString(_SIDE, 9 * mm, title)
                told = words.format(page=number, pages=len(self._pages))
                self.drawRightString(_PAPER[0] - _SIDE, 9 * mm, told)
                super().showPage()
            super().save()

    return Numbered
