"""The state of a campaign on one page that opens anywhere: numbers, curve, channels, groups, and who is left to call."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from mailer.exports import svg
from mailer.exports.cells import FRENCH, Wish
from mailer.exports.columns import WORDS, Column
from mailer.exports.html import answer_styles, page, table
from mailer.exports.look import ANSWER_LINE
from mailer.exports.report_words import REPORT, ReportWords
from mailer.model.accents import fold_accents
from mailer.model.attendance import Counters, DeliveryState, Places, Row
from mailer.model.finding import PartStat
from mailer.model.invitation import Kind

_ANSWERS = ("accepted", "tentative", "delegated", "declined", "none")
_CURVES = (("accepted", ""), ("declined", "7 4"), ("tentative", "2 3"))
_PHONE = re.compile(r"(n°\s*(de\s+)?)?(tel|telephone|phone|portable|mobile|gsm)\b")
_MOST_GROUPS = 15
_MOST_NAMES = 500
"""More than that nobody calls from a page; the table has them all."""

_STYLE = """
.cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(6.3rem,1fr));gap:.8rem;margin:1.4rem 0}
.card{font-size:.92rem;padding:.7rem .8rem;border-radius:.5rem;background:#EEF1F5}
.card b{display:block;font-size:1.8rem;line-height:1.15}
.left td:nth-child(3){white-space:nowrap}
.chairs{padding:1rem 1.2rem;border-left:5px solid #1F4E79;background:#EEF1F5;font-size:1.1rem}
"""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What the page is about, in words for people: the meeting's title, when and where."""

    title: str
    when: str
    place: str


def write(
    rows: Sequence[Row],
    counters: Counters,
    occasion: Occasion,
    wish: Wish = FRENCH,
    *,
    now: datetime,
    sendings: Sequence[tuple[datetime, Kind]] = (),
    places: Places | None = None,
) -> bytes:
    """Write the page. `sendings` are drawn beside the curve; `places` are told where there is a limit."""
    words = REPORT[wish.language]
    body = [
        *_head(occasion, words, now.astimezone(wish.zone)),
        *_numbers(counters, words, wish),
        *_chairs(counters, places, words),
        *_curve(rows, sendings, now, words, wish),
        *_shares(words.by_channel, _by_channel(rows, wish), words, wish),
        *_shares(words.by_group, _by_group(rows, words), words, wish),
        *_left(rows, words, wish),
        f"<footer><p>{escape(words.footer)}</p></footer>",
    ]
    return page(f"{words.title}{words.colon}{occasion.title}", body, wish.language, _STYLE + answer_styles())


def _head(occasion: Occasion, words: ReportWords, now: datetime) -> Iterator[str]:
    yield f"<header><p>{escape(words.title)}</p><h1>{escape(occasion.title)}</h1>"
    yield f'<p class="where">{escape(occasion.when)}<br>{escape(occasion.place)}</p>'
    yield f"<p>{escape(words.as_of.format(now=now))}</p></header><main>"


def _numbers(counters: Counters, words: ReportWords, wish: Wish) -> Iterator[str]:
    """One card per number; those of the answers have their colours."""
    cards = [("", words.invited, counters.contacts)]
    cards += [
        (answer, WORDS[wish.language][Column.ANSWER][answer], counters.answers[answer])
        for answer in _ANSWERS
        if counters.answers[answer] or answer != "delegated"
    ]
    cards += [("", words.unreachable, counters.unreachable), ("", words.to_check, counters.review)]
    yield f'<section aria-label="{escape(words.numbers)}"><div class="cards">'
    for look, name, number in cards:
        yield f'<div class="card {look}"><b>{number}</b>{escape(name)}</div>'
    yield "</div></section>"


def _chairs(counters: Counters, places: Places | None, words: ReportWords) -> Iterator[str]:
    least, most = counters.turnout
    told = words.turnout_sure if least == most else words.turnout
    yield f'<p class="chairs">{escape(told.format(least=least, most=most))}'
    if places and places.capacity:
        waiting = sum(places.waiting.values())
        told = words.places.format(taken=places.taken, capacity=places.capacity, free=places.free)
        yield f"<br>{escape(told)}"
        if waiting:
            yield f" {escape(words.waiting.format(waiting=waiting))}"
    yield "</p>"


def _curve(
    rows: Sequence[Row],
    sendings: Sequence[tuple[datetime, Kind]],
    now: datetime,
    words: ReportWords,
    wish: Wish,
) -> Iterator[str]:
    """When those answers came that stand today."""
    told = sorted(
        (row.standing.answered_at.astimezone(wish.zone), row.standing.partstat.word)
        for row in rows
        if row.standing.answered_at
    )
    yield f"<h2>{escape(words.over_time)}</h2>"
    if not told:
        yield f"<p>{escape(words.no_answer_yet)}</p>"
        return
    marks = [(at.astimezone(wish.zone), words.kinds[kind]) for at, kind in sendings]
    span = (min([told[0][0], *(at for at, _ in marks)]), max(now.astimezone(wish.zone), told[-1][0]))
    series = [
        svg.Series(
            WORDS[wish.language][Column.ANSWER][answer],
            ANSWER_LINE[answer],
            [at for at, said in told if said == answer],
            dashes,
        )
        for answer, dashes in _CURVES
    ]
    description = ", ".join(f"{one.name} {len(one.moments)}" for one in series)
    yield svg.curve(words.over_time, description, series, marks, span)
    yield f"<details><summary>{escape(words.as_table)}</summary>{_by_day(told, words, wish)}</details>"


def _by_day(told: Iterable[tuple[datetime, str]], words: ReportWords, wish: Wish) -> str:
    per_day: dict[str, Counter[str]] = {}
    for at, answer in told:
        per_day.setdefault(f"{at:%d/%m/%Y}", Counter())[answer] += 1
    shown = _ANSWERS[:-1]
    headings = [words.day, *(WORDS[wish.language][Column.ANSWER][answer] for answer in shown)]
    return table(headings, ([day, *(counts[answer] for answer in shown)] for day, counts in per_day.items()))


Shares = Mapping[str, Counter[str]]


def _by_channel(rows: Iterable[Row], wish: Wish) -> Shares:
    shares: dict[str, Counter[str]] = {}
    for row in rows:
        if row.standing.channel and row.standing.partstat is not PartStat.NEEDS_ACTION:
            name = WORDS[wish.language][Column.CHANNEL].get(row.standing.channel.value, "")
            shares.setdefault(name, Counter())[row.standing.partstat.word] += 1
    return shares


def _by_group(rows: Sequence[Row], words: ReportWords) -> Shares:
    """By the groups of the lists, else by organisation; the smallest are put together."""
    grouped = any(row.contact.groups for row in rows)
    shares: dict[str, Counter[str]] = {}
    for row in rows:
        organisation = (row.contact.organisation,) if row.contact.organisation else ()
        for name in (row.contact.groups if grouped else organisation) or (words.without_group,):
            shares.setdefault(name, Counter())[row.standing.partstat.word] += 1
    if len(shares) > _MOST_GROUPS:
        order = sorted(shares, key=lambda name: -shares[name].total())
        rest = sum((shares.pop(name) for name in order[_MOST_GROUPS - 1 :]), Counter[str]())
        shares[words.others] = rest
    return shares


def _shares(title: str, shares: Shares, words: ReportWords, wish: Wish) -> Iterator[str]:
    if not shares:
        return
    shown = [answer for answer in _ANSWERS if any(counts[answer] for counts in shares.values())]
    names = [WORDS[wish.language][Column.ANSWER][answer] for answer in shown]
    lines = [svg.Bar(name, [counts[answer] for answer in shown]) for name, counts in shares.items()]
    lines.sort(key=lambda bar: -sum(bar.parts))
    colours = {name: ANSWER_LINE[answer] for name, answer in zip(names, shown, strict=True)}
    told = " ; ".join(f"{bar.name} {sum(bar.parts)}" for bar in lines)
    yield f"<h2>{escape(title)}</h2>"
    yield svg.bars(title, told, names, colours, lines)
    by_name = table(["", *names], ([bar.name, *bar.parts] for bar in lines))
    yield f"<details><summary>{escape(words.as_table)}</summary>{by_name}</details>"


def _left(rows: Sequence[Row], words: ReportWords, wish: Wish) -> Iterator[str]:
    """Those who did not answer, those no mail reaches first: they can only be called."""
    left = [
        row
        for row in rows
        if row.standing.partstat is PartStat.NEEDS_ACTION
        and not (row.standing.review or row.standing.opted_out or row.standing.cancelled_at)
        and row.standing.delivery is not DeliveryState.SUPPRESSED
    ]
    left.sort(key=lambda row: row.standing.delivery not in (DeliveryState.BOUNCED, DeliveryState.FAILED))
    yield f"<h2>{escape(words.left)}</h2>"
    yield f"<p>{escape(words.left_note.format(count=len(left)))}</p>"
    if not left:
        yield "</main>"
        return
    headings = [words.name, words.organisation, words.phone, words.address, words.delivery]
    lines = (
        [
            row.contact.called,
            row.contact.organisation if row.contact.name else "",
            phone(row),
            row.contact.email,
            WORDS[wish.language][Column.DELIVERY][row.standing.delivery.value],
        ]
        for row in left[:_MOST_NAMES]
    )
    yield f'<div class="left">{table(headings, lines)}</div>'
    if len(left) > _MOST_NAMES:
        yield f"<p>{escape(words.more.format(count=len(left) - _MOST_NAMES))}</p>"
    yield "</main>"


def phone(row: Row) -> str:
    """The telephone number, where the contact list has such a column."""
    return next(
        (text for name, text in row.contact.fields.items() if text and _PHONE.match(fold_accents(name))), ""
    )
