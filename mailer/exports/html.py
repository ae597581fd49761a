"""Write self-contained HTML pages: no script, no network, readable on a screen and on paper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from mailer.exports.colours import ACCENT, ANSWER_GROUND, ANSWER_INK, INK, LINE, PALE, PAPER

_STYLE = f"""
*{{box-sizing:border-box}}
html{{background:{PALE};color:{INK};font:16px/1.5 "Segoe UI","Helvetica Neue",Arial,"DejaVu Sans",sans-serif}}
body{{margin:0 auto;max-width:62rem;padding:2.5rem;background:{PAPER}}}
h1{{font-size:1.7rem;line-height:1.2;margin:0 0 .4rem}}
h2{{font-size:1.15rem;margin:2.4rem 0 .8rem;padding-top:1rem;border-top:1px solid {LINE}}}
p{{margin:.3rem 0}}
.where{{color:#3F4752}}
table{{border-collapse:collapse;width:100%;font-size:.92rem;margin:.8rem 0}}
tbody th[scope=row]{{width:30%}}
th,td{{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid {LINE}}}
th{{background:{PALE};font-weight:600}}
td.number,th.number{{text-align:right;font-variant-numeric:tabular-nums}}
details{{margin:.6rem 0}}
summary{{cursor:pointer;color:{ACCENT}}}
svg{{display:block;width:100%;height:auto}}
footer{{margin-top:2.5rem;padding-top:1rem;border-top:1px solid {LINE};font-size:.85rem;color:#3F4752}}
@media print{{html,body{{background:{PAPER}}}body{{padding:0;max-width:none}}details>summary{{display:none}}
h2{{break-after:avoid}}svg,.cards{{break-inside:avoid}}thead{{display:table-header-group}}tr{{break-inside:avoid}}}}
"""


def answer_styles() -> str:
    """Return a CSS class with the colours of each answer."""
    return "".join(
        f".{answer}{{color:{ANSWER_INK[answer]};background:{ANSWER_GROUND[answer]}}}" for answer in ANSWER_INK
    )


def page(title: str, body: Iterable[str], language: str, style: str = "") -> bytes:
    """Return a whole page, whose content policy forbids the browser to fetch or run anything."""
    policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{escape(title)}</title>\n<style>{_STYLE}{style}</style>\n</head>\n<body>\n"
        + "\n".join(body)
        + "\n</body>\n</html>\n"
    ).encode("utf-8", "replace")


def heading(text: str) -> str:
    """Return the heading of a part of a page."""
    return f"<h2>{escape(text)}</h2>"


def paragraph(text: str) -> str:
    """Return a paragraph."""
    return f"<p>{escape(text)}</p>"


def table(headings: Sequence[str], lines: Iterable[Sequence[str | int]]) -> str:
    """Return a table, with numbers aligned right. Without headings, the first cell of each line is its heading."""
    written = [list(line) for line in lines]
    numbers = {place for line in written for place, cell in enumerate(line) if isinstance(cell, int)}

    def cell(tag: str, place: int, content: str | int, scope: str) -> str:
        look = ' class="number"' if place in numbers else ""
        return f"<{tag}{scope}{look}>{escape(str(content))}</{tag}>"

    def row(line: Sequence[str | int]) -> str:
        first = cell("td", 0, line[0], "") if headings else cell("th", 0, line[0], ' scope="row"')
        return f"<tr>{first}{''.join(cell('td', place, c, '') for place, c in enumerate(line[1:], 1))}</tr>"

    top = "".join(cell("th", place, heading, ' scope="col"') for place, heading in enumerate(headings))
    head = f"<thead><tr>{top}</tr></thead>" if headings else ""
    return f"<table>{head}<tbody>{''.join(map(row, written))}</tbody></table>"
