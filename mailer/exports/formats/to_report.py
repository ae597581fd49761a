"""Write the state of a campaign as one HTML page: numbers, a curve, channels, groups, and who is left to call."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from mailer.exports import besides, svg
from mailer.exports.cells import DEFAULT_OPTIONS, ExportOptions
from mailer.exports.colours import ANSWER_LINE
from mailer.exports.columns import Column, kinds, words
from mailer.exports.html import answer_styles, heading, page, paragraph, table
from mailer.model.accents import fold_accents
from mailer.model.attendance import Counters, PersonState, Places, Row
from mailer.model.finding import PartStat
from mailer.model.invitation import Kind
from mailer.translation.catalogue import translator

_ANSWERS = ("accepted", "tentative", "delegated", "declined", "none")
_STATES = ("unsettled", "in_doubt", "held", "refused", "unlisted", "barred", "withdrawn", "cancelled")
"""The states that have a card of their own where somebody is in them."""
_CURVES = (("accepted", ""), ("declined", "7 4"), ("tentative", "2 3"))
_PHONE = re.compile(r"(n°\s*(de\s+)?)?(tel|telephone|phone|portable|mobile|gsm)\b")
_MOST_GROUPS = 15
_MOST_NAMES = 500
"""The most people listed to call; the exported table has them all."""

_STYLE = """
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.3rem,1fr));gap:.8rem;margin:1.4rem 0}
.card{font-size:.92rem;padding:.7rem .8rem;border-radius:.5rem;background:#EEF1F5}
.card b{display:block;font-size:1.8rem;line-height:1.15}
.left td:nth-child(3){white-space:nowrap}
.chairs{padding:1rem 1.2rem;border-left:5px solid #1F4E79;background:#EEF1F5;font-size:1.1rem}
"""


@dataclass(frozen=True, slots=True)
class Occasion:
    """The meeting a page is about, in words for people."""

    title: str
    when: str
    place: str


def write(
    rows: Sequence[Row],
    counters: Counters,
    occasion: Occasion,
    options: ExportOptions = DEFAULT_OPTIONS,
    *,
    now: datetime,
    sendings: Sequence[tuple[datetime, Kind]] = (),
    places: Places | None = None,
) -> bytes:
    """Write the page. `sendings` are marked on the curve; `places` is given if their number is limited."""
    language, _ = options.language, translator(options.language).gettext
    when = now.astimezone(options.zone)
    footer = _("Internal document with personal data: do not pass it on, and delete it after the meeting.")
    body = [
        *_head(occasion, when, language),
        *_numbers(counters, language),
        *_chairs(counters, places, language),
        *_curve(rows, sendings, when, options),
        *_shares(_("How they came"), _by_channel(rows, language), language),
        *_shares(_("By group"), _by_group(rows, language), language),
        *_remarks(rows, options),
        *_to_call(rows, language),
        f"<footer><p>{escape(footer)}</p></footer>",
    ]
    title = _("Answers so far: {title}").format(title=occasion.title)
    return page(title, body, language, _STYLE + answer_styles())


def _head(occasion: Occasion, now: datetime, language: str) -> Iterator[str]:
    _ = translator(language).gettext
    kind = paragraph(_("Answers so far"))
    yield f"<header>{kind}<h1>{escape(occasion.title)}</h1>"
    yield f'<p class="where">{escape(occasion.when)}<br>{escape(occasion.place)}</p>'
    as_of = _("As of {now:%d/%m/%Y}, {now:%H:%M}").format(now=now)
    yield f"<p>{escape(as_of)}</p></header><main>"


def _numbers(counters: Counters, language: str) -> Iterator[str]:
    """Write one card per number; those of the answers have their colours."""
    _ = translator(language).gettext
    cards = [("", _("invited"), counters.contacts)]
    cards += [
        (answer, words(language)[Column.ANSWER][answer], counters.answers[answer])
        for answer in _ANSWERS
        if counters.answers[answer] or answer != "delegated"
    ]
    cards += [("", _("of them unreachable"), counters.unreachable), ("", _("to check"), counters.review)]
    named = words(language)[Column.STATE]
    cards += [("", named[state], counters.states[state]) for state in _STATES if counters.states[state]]
    label = _("Numbers")
    yield f'<section aria-label="{escape(label)}"><div class="cards">'
    for look, name, number in cards:
        yield f'<div class="card {look}"><b>{number}</b>{escape(name)}</div>'
    yield "</div></section>"


def _chairs(counters: Counters, places: Places | None, language: str) -> Iterator[str]:
    _ = translator(language).gettext
    least, most = counters.turnout
    between, exactly = _("Chairs to put out: between {least} and {most}."), _("Chairs to put out: {least}.")
    told = exactly if least == most else between
    yield f'<p class="chairs">{escape(told.format(least=least, most=most))}'
    if places and places.capacity:
        waiting = sum(places.waiting.values())
        told = _("Places given: {taken} of {capacity}; still free: {free}.").format(
            taken=places.taken, capacity=places.capacity, free=places.free
        )
        yield f"<br>{escape(told)}"
        if waiting:
            told = _("On the waiting list: {waiting}.").format(waiting=waiting)
            yield f" {escape(told)}"
    yield "</p>"


def _curve(
    rows: Sequence[Row],
    sendings: Sequence[tuple[datetime, Kind]],
    now: datetime,
    options: ExportOptions,
) -> Iterator[str]:
    """Draw when the answers arrived that count today."""
    _ = translator(options.language).gettext
    title = _("Answers over time")
    told = sorted(
        (row.standing.answered_at.astimezone(options.zone), row.standing.partstat.word)
        for row in rows
        if row.standing.answered_at
    )
    yield heading(title)
    if not told:
        yield paragraph(_("No answer yet."))
        return
    marks = [(at.astimezone(options.zone), kinds(options.language)[kind]) for at, kind in sendings]
    span = (min([told[0][0], *(at for at, _ in marks)]), max(now, told[-1][0]))
    series = [
        svg.Series(
            words(options.language)[Column.ANSWER][answer],
            ANSWER_LINE[answer],
            [at for at, said in told if said == answer],
            dashes,
        )
        for answer, dashes in _CURVES
    ]
    description = ", ".join(f"{one.name} {len(one.moments)}" for one in series)
    yield svg.curve(title, description, series, marks, span)
    yield _as_table(_by_day(told, options.language), options.language)


def _as_table(written: str, language: str) -> str:
    summary = translator(language).gettext("The same numbers as a table")
    return f"<details><summary>{escape(summary)}</summary>{written}</details>"


def _by_day(told: Iterable[tuple[datetime, str]], language: str) -> str:
    per_day: dict[str, Counter[str]] = {}
    for at, answer in told:
        per_day.setdefault(f"{at:%d/%m/%Y}", Counter())[answer] += 1
    shown = _ANSWERS[:-1]
    day = translator(language).gettext("Day")
    headings = [day, *(words(language)[Column.ANSWER][answer] for answer in shown)]
    return table(headings, ([day, *(counts[answer] for answer in shown)] for day, counts in per_day.items()))


Shares = Mapping[str, Counter[str]]


def _by_channel(rows: Iterable[Row], language: str) -> Shares:
    shares: dict[str, Counter[str]] = {}
    for row in rows:
        if row.standing.channel and row.standing.partstat is not PartStat.NEEDS_ACTION:
            name = words(language)[Column.CHANNEL].get(row.standing.channel.value, "")
            shares.setdefault(name, Counter())[row.standing.partstat.word] += 1
    return shares


def _by_group(rows: Sequence[Row], language: str) -> Shares:
    """Count by the groups of the lists, else by organisation; the smallest are counted together."""
    _ = translator(language).gettext
    grouped = any(row.contact.groups for row in rows)
    shares: dict[str, Counter[str]] = {}
    for row in rows:
        organisation = (row.contact.organisation,) if row.contact.organisation else ()
        for name in (row.contact.groups if grouped else organisation) or (_("(no group)"),):
            shares.setdefault(name, Counter())[row.standing.partstat.word] += 1
    if len(shares) > _MOST_GROUPS:
        order = sorted(shares, key=lambda name: -shares[name].total())
        rest = sum((shares.pop(name) for name in order[_MOST_GROUPS - 1 :]), Counter[str]())
        shares[_("(others)")] = rest
    return shares


def _shares(title: str, shares: Shares, language: str) -> Iterator[str]:
    if not shares:
        return
    shown = [answer for answer in _ANSWERS if any(counts[answer] for counts in shares.values())]
    names = [words(language)[Column.ANSWER][answer] for answer in shown]
    lines = [svg.Bar(name, [counts[answer] for answer in shown]) for name, counts in shares.items()]
    lines.sort(key=lambda bar: -sum(bar.parts))
    colours = {name: ANSWER_LINE[answer] for name, answer in zip(names, shown, strict=True)}
    told = " ; ".join(f"{bar.name} {sum(bar.parts)}" for bar in lines)
    yield heading(title)
    yield svg.bars(title, told, names, colours, lines)
    by_name = table(["", *names], ([bar.name, *bar.parts] for bar in lines))
    yield _as_table(by_name, language)


def _remarks(rows: Sequence[Row], options: ExportOptions) -> Iterator[str]:
    """List what people said besides yes and no, and the notes of staff: those who come first."""
    language, _ = options.language, translator(options.language).gettext
    order = {answer: place for place, answer in enumerate(_ANSWERS)}
    lines = [(row, _said_besides(row, options)) for row in rows]
    lines = [(row, said) for row, said in lines if said]
    if not lines:
        return
    lines.sort(key=lambda line: order[line[0].standing.partstat.word])
    headings = [_("Name"), _("Answer"), _("Number"), _("Remark")]
    cells = (
        [
            row.contact.called,
            words(language)[Column.ANSWER][row.standing.partstat.word],
            besides.number(row.standing, language),
            said,
        ]
        for row, said in lines[:_MOST_NAMES]
    )
    yield heading(_("Remarks"))
    yield f'<div class="left">{table(headings, cells)}</div>'
    if len(lines) > _MOST_NAMES:
        more = _("… and {count} more, in the exported table.").format(count=len(lines) - _MOST_NAMES)
        yield paragraph(more)


def _said_besides(row: Row, options: ExportOptions) -> str:
    """Return remark, proxy and substitute of a row, or that its number was said in another way than by a number."""
    standing, language = row.standing, options.language
    remark = besides.shown(standing.note or standing.comment, language, health=options.health)
    said = "; ".join(filter(None, (besides.others(standing, language), remark)))
    return said or besides.apart(standing, language) or ("–" if row.party_range else "")


def _to_call(rows: Sequence[Row], language: str) -> Iterator[str]:
    """List those who did not answer, first those whose address does not work, since they can only be called."""
    _ = translator(language).gettext
    left = [
        row
        for row in rows
        if row.standing.partstat is PartStat.NEEDS_ACTION
        and row.presence is None
        and not (row.standing.review or row.is_off)
        and row.state is not PersonState.BARRED
    ]
    left.sort(key=lambda row: row.state not in (PersonState.UNREACHABLE, PersonState.REFUSED))
    note = _("Invitations without an answer: {count}. Addresses that do not work come first.")
    yield heading(_("Who to call"))
    yield paragraph(note.format(count=len(left)))
    if not left:
        yield "</main>"
        return
    headings = [_("Name"), _("Organisation"), _("Telephone"), _("E-mail"), _("State")]
    lines = (
        [
            row.contact.called,
            row.contact.organisation if row.contact.name else "",
            phone(row),
            row.contact.email,
            words(language)[Column.STATE][row.state.value],
        ]
        for row in left[:_MOST_NAMES]
    )
    yield f'<div class="left">{table(headings, lines)}</div>'
    if len(left) > _MOST_NAMES:
        more = _("… and {count} more, in the exported table.").format(count=len(left) - _MOST_NAMES)
        yield paragraph(more)
    yield "</main>"


def phone(row: Row) -> str:
    """Return the telephone number, if the contact list has a column for it."""
    return next(
        (text for name, text in row.contact.fields.items() if text and _PHONE.match(fold_accents(name))), ""
    )
