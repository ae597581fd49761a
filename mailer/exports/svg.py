"""Draw charts as SVG that screen readers can read: each has a title and a description, and no meaning by colour alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise

from mailer.exports.colours import INK, LINE

_WIDTH = 900


@dataclass(frozen=True, slots=True)
class Series:
    """One curve: its name and colour, the dashes of its stroke, and when each answer arrived, in order."""

    name: str
    colour: str
    moments: Sequence[datetime]
    dashes: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name, and the length of each of its parts."""

    name: str
    parts: Sequence[int]


def _drawing(height: int, title: str, description: str, shapes: Sequence[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}. {escape(description)}" font-size="13" fill="{INK}">'
        f"<title>{escape(title)}</title><desc>{escape(description)}</desc>{''.join(shapes)}</svg>"
    )


def curve(
    title: str,
    description: str,
    series: Sequence[Series],
    marks: Sequence[tuple[datetime, str]],
    span: tuple[datetime, datetime],
) -> str:
    """Draw how answers added up between the two moments of `span`; `marks` are the messages sent, by moment."""
    left, right, top, bottom, height = 44, 130, 30, 36, 300
    start, end = span
    whole = max((end - start).total_seconds(), 1)
    most = max((len(one.moments) for one in series), default=0)
    step = _step(most)
    ceiling = max(step, -(-most // step) * step)

    def x(moment: datetime) -> float:
        return left + (_WIDTH - left - right) * (moment - start).total_seconds() / whole

    def y(value: float) -> float:
        return height - bottom - (height - top - bottom) * value / ceiling

    shapes = [
        f'<line x1="{left}" x2="{_WIDTH - right}" y1="{y(value):.1f}" y2="{y(value):.1f}" stroke="{LINE}"/>'
        f'<text x="{left - 8}" y="{y(value) + 4:.1f}" text-anchor="end">{value}</text>'
        for value in range(0, ceiling + 1, step)
    ]
    shapes += [
        f'<text x="{x(day):.1f}" y="{height - 12}" text-anchor="middle">{day:%d/%m}</text>'
        f'<line x1="{x(day):.1f}" x2="{x(day):.1f}" y1="{y(0):.1f}" y2="{y(0) + 5:.1f}" stroke="{INK}"/>'
        for day in _days(start, end)
    ]
    shapes += [
        f'<line x1="{x(at):.1f}" x2="{x(at):.1f}" y1="{top - 8}" y2="{y(0):.1f}" stroke="{INK}"'
        f' stroke-dasharray="2 4"/><text x="{x(at) + 4:.1f}" y="{top - 14}">{escape(name)}</text>'
        for at, name in marks
    ]
    ends = _spread([y(len(one.moments)) for one in series])
    for one, at in zip(series, ends, strict=True):
        path = _path(
            [(x(moment), y(place)) for place, moment in enumerate(one.moments, 1)], y(0), x(start), x(end)
        )
        shapes.append(
            f'<path d="{path}" fill="none" stroke="{one.colour}" stroke-width="2.5" stroke-dasharray="{one.dashes}"/>'
            f'<text x="{_WIDTH - right + 8}" y="{at + 4:.1f}" font-weight="600" fill="{one.colour}">'
            f"{escape(one.name)} {len(one.moments)}</text>"
        )
    return _drawing(height, title, description, shapes)


def _path(points: Sequence[tuple[float, float]], floor: float, start: float, end: float) -> str:
    """Return the path of a step curve; steps closer than half a pixel become one, to keep the drawing small."""
    path = [f"M{start:.1f} {floor:.1f}"]
    last = floor
    for (across, up), following in pairwise([*points, (end + 1, 0.0)]):
        if following[0] - across >= 0.5:
            path.append(f"H{across:.1f}V{up:.1f}")
        last = up
    return "".join([*path, f"V{last:.1f}H{end:.1f}"])


def _step(most: int) -> int:
    """Return the round number that divides the scale into about five."""
    size = 1
    while True:
        for factor in (1, 2, 5):
            if most <= size * factor * 5:
                return size * factor
        size *= 10


def _days(start: datetime, end: datetime) -> list[datetime]:
    """Return at most ten days to label, evenly spaced."""
    first = start.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    count = max(0, (end - first).days + 1)
    stride = max(1, -(-count // 10))
    return [first + timedelta(days=days) for days in range(0, count, stride)]


def _spread(heights: Sequence[float], least: float = 17) -> list[float]:
    """Move labels at least `least` apart, keeping their order."""
    order = sorted(range(len(heights)), key=lambda place: -heights[place])
    moved = list(heights)
    for below, above in pairwise(order):
        moved[above] = min(moved[above], moved[below] - least)
    return moved


def bars(
    title: str, description: str, names: Sequence[str], colours: Mapping[str, str], lines: Sequence[Bar]
) -> str:
    """Draw stacked bars; `names` and `colours` are those of the parts, and each part shows its number."""
    left, right, tall, gap, top = 210, 50, 24, 12, 34
    height = top + len(lines) * (tall + gap)
    most = max((sum(bar.parts) for bar in lines), default=0) or 1
    unit = (_WIDTH - left - right) / most
    shapes = _legend(names, colours, left)
    for row, bar in enumerate(lines):
        up = top + row * (tall + gap)
        called = bar.name if len(bar.name) < 27 else f"{bar.name[:25]}…"
        shapes.append(f'<text x="{left - 10}" y="{up + 17}" text-anchor="end">{escape(called)}</text>')
        across = float(left)
        for name, part in zip(names, bar.parts, strict=True):
            if part:
                wide = part * unit
                shapes.append(
                    f'<rect x="{across:.1f}" y="{up}" width="{max(wide - 1, 1):.1f}" height="{tall}"'
                    f' fill="{colours[name]}"/>'
                )
                if wide > 9 * len(str(part)) + 4:
                    shapes.append(
                        f'<text x="{across + wide / 2:.1f}" y="{up + 17}" text-anchor="middle" fill="#FFFFFF"'
                        f' font-weight="600">{part}</text>'
                    )
                across += wide
        shapes.append(f'<text x="{across + 8:.1f}" y="{up + 17}">{sum(bar.parts)}</text>')
    return _drawing(height, title, description, shapes)


def _legend(names: Sequence[str], colours: Mapping[str, str], left: float) -> list[str]:
    shapes = []
    for name in names:
        shapes.append(
            f'<rect x="{left:.0f}" y="4" width="13" height="13" fill="{colours[name]}"/>'
            f'<text x="{left + 19:.0f}" y="15">{escape(name)}</text>'
        )
        left += 44 + 7.5 * len(name)
    return shapes
