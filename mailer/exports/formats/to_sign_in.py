"""Write the sign-in sheet as HTML to print on landscape A4, with headings and page numbers on every page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from mailer.exports.colours import ACCENT, INK, LINE, PALE
from mailer.exports.html import page
from mailer.exports.sign_in_sheet import SignInSheet

_STYLE = f"""
@page{{size:A4 landscape;margin:12mm 12mm 16mm;
@bottom-left{{content:"%title%";font:8pt sans-serif;color:#3F4752}}
@bottom-right{{content:%pages%;font:8pt sans-serif;color:#3F4752}}}}
body{{max-width:none;padding:0}}
@media screen{{body{{max-width:297mm;padding:12mm}}}}
header{{display:flex;justify-content:space-between;align-items:flex-end;border-bottom:3px solid {ACCENT};
padding-bottom:.5rem;margin-bottom:.8rem}}
header h1{{margin:0;font-size:1.5rem}}
header p{{margin:0}}
.kind{{color:{ACCENT};font-weight:600;text-transform:uppercase;letter-spacing:.06em;font-size:.85rem}}
.where{{text-align:right;flex:none;max-width:50%}}
main{{padding-right:1px}}
table{{font-size:10pt;table-layout:fixed}}
th,td{{border:1px solid {LINE};padding:1.2mm 2mm;overflow-wrap:anywhere;vertical-align:middle}}
th{{background:{PALE};font-size:9pt}}
td{{height:11mm}}
tr{{break-inside:avoid}}
td:first-child{{text-align:right;color:#3F4752}}
td:nth-child(3){{font-weight:600}}
.walk-ins th{{text-align:left}}
.excused{{margin-top:1rem}}
footer{{margin-top:1rem;font-size:8.5pt;color:{INK}}}
"""


def write(sheet: SignInSheet) -> bytes:
    """Write the sheet."""
    return page(f"{sheet.heading} – {sheet.title}", _body(sheet), sheet.language, _style(sheet))


def _style(sheet: SignInSheet) -> str:
    before, between, after = sheet.page_number.replace("{page}", "\0").replace("{pages}", "\0").split("\0")
    numbers = " ".join((_css(before), "counter(page)", _css(between), "counter(pages)", _css(after)))
    return _STYLE.replace('"%title%"', _css(f"{sheet.heading} – {sheet.title}")).replace("%pages%", numbers)


def _css(text: str) -> str:
    """Return a text as a CSS string, escaped so that nothing in it can end the string or the style."""
    kept = "".join(c if c.isalnum() or c in " -–,.:;()'’/" else f"\\{ord(c):x} " for c in text)
    return f'"{kept}"'


def _body(sheet: SignInSheet) -> Iterator[str]:
    yield f'<header><div><p class="kind">{escape(sheet.heading)}</p><h1>{escape(sheet.title)}</h1></div>'
    yield f'<p class="where"><strong>{escape(sheet.when)}</strong><br>{escape(sheet.place)}</p></header><main>'
    widths = (f'<col style="width:{100 * share:.1f}%">' for share in sheet.shares)
    headings = (f'<th scope="col">{escape(heading)}</th>' for heading in sheet.headings)
    yield f"<table><colgroup>{''.join(widths)}</colgroup><thead><tr>{''.join(headings)}</tr></thead><tbody>"
    yield from map(_row, sheet.lines)
    yield "</tbody>"
    if sheet.blanks:
        across = f'<th colspan="{len(sheet.columns)}" scope="colgroup">{escape(sheet.walk_ins_heading)}</th>'
        yield f'<tbody class="walk-ins"><tr>{across}</tr>'
        yield from map(_row, sheet.walk_ins())
        yield "</tbody>"
    yield "</table>"
    if sheet.excused:
        names = ", ".join(map(escape, sheet.excused))
        yield f'<p class="excused"><strong>{escape(sheet.excused_heading)}</strong> {names}</p>'
    yield f"</main><footer><p>{escape(sheet.notice)}</p></footer>"


def _row(cells: Sequence[str]) -> str:
    return "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>"
