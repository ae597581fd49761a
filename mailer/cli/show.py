"""Show tables, lines and progress bars on the terminal."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from gettext import gettext as _
from typing import Protocol

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeRemainingColumn,
)
from rich.table import Table
from rich.text import Text

from mailer import environment


def console(*, error: bool = False) -> Console:
    """Return the console to write to; where it is no terminal, it has 80 columns and no colour."""
    file = sys.stderr if error else sys.stdout
    width = None if file.isatty() else 80
    return Console(
        file=file,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
        no_color=bool(environment.variable("NO_COLOR")) or None,
    )


def is_terminal() -> bool:
    """Return whether standard input and output are a terminal, so that a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def table(
    headings: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: Sequence[int] = (),
    whole: Sequence[int] = (),
) -> None:
    """Print rows under headings; columns in `right` are aligned right, those in `whole` are never wrapped."""
    shown = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
    for number, heading in enumerate(headings):
        justify: JustifyMethod = "right" if number in right else "left"
        shown.add_column(Text(heading), justify=justify, overflow="fold", no_wrap=number in whole)
    for row in rows:
        shown.add_row(*(Text(printable(cell)) for cell in row))
    console().print(shown)


def line(text: str = "", style: str = "", *, error: bool = False) -> None:
    """Print one line, to standard error if `error`; `style` is a style of rich."""
    console(error=error).print(Text(printable(text), style), soft_wrap=True)


def warnings(texts: Iterable[str]) -> None:
    """Print sentences on standard error, so that what a program reads stays as it is."""
    for text in texts:
        console(error=True).print(printable(text), style="bold", soft_wrap=True)


def printable(text: str) -> str:
    """Return a text without control characters, which would move the cursor: it may come from anybody's mail.

    Texts are printed as `rich.text.Text`, which knows no markup and no names of emoji.
    """
    return "".join(c if c.isprintable() or c in "\n\u00a0\u202f" else " " for c in text)


class Ticker(Protocol):
    """A function that is called with how many are done, and of how many."""

    def __call__(self, done: int, total: int, /) -> None:
        """Show the progress."""
        ...


STEPS = 500
"""In how many steps a bar is drawn: more cannot be seen, and cost time."""

PATIENCE = 1.0
"""Seconds before a bar is shown."""


class Rate(ProgressColumn):
    """A column of a progress bar that shows how many are done in a minute."""

    def render(self, task: Task) -> Text:
        """Return the rate; empty while there is none."""
        if not task.speed:
            return Text("")
        return Text(_("{n} a minute").format(n=round(task.speed * 60)))


@contextmanager
def progress(label: str) -> Iterator[Ticker]:
    """Show a bar with the rate and the time left once `PATIENCE` has passed; nothing if there is no terminal."""
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=20),
        MofNCompleteColumn(),
        Rate(),
        TimeRemainingColumn(),
        console=console(error=True),
        transient=False,
        disable=not sys.stderr.isatty(),
        speed_estimate_period=60.0,
    )
    task = bar.add_task(label, total=None)
    begun = time.monotonic()
    shown = False

    def tick(done: int, total: int, /) -> None:
        nonlocal shown
        if done == total or done % max(1, total // STEPS) == 0:
            bar.update(task, completed=done, total=total)
            if not shown and done < total and time.monotonic() - begun > PATIENCE:
                shown = True
                bar.start()

    try:
        yield tick
    finally:
        if shown:
            bar.stop()
