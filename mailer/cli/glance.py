"""``mailer review --glance``: look over on one screen what was recorded from words, and confirm all that is right at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from gettext import gettext as _
from gettext import ngettext

import click

from mailer.cli import show
from mailer.cli.walk import Walk
from mailer.jobs import decide, standings
from mailer.model.attendance import PendingReview
from mailer.wording import to_decide, words


def look_over(walk: Walk, now: standings.Record, *, only_list: bool) -> int:
    """Show what may be looked over and ask whether it is right; return 1 where something is left of it.

    What is named as wrong is decided one by one. Each answer is in the ledger before the next one is written.
    """
    groups = decide.by_entry(now.glances)
    if not groups:
        show.line(_("Nothing is to be looked over."))
        return 0
    _show(groups, now)
    if only_list or not show.is_terminal():
        return 1
    confirmed = 0
    try:
        wrong = _ask(len(groups))
        if wrong is None:
            return 1
        for at, items in enumerate(groups):
            if at not in wrong:
                walk.confirm(items)
                confirmed += 1
        text = ngettext("{n} answer is confirmed.", "{n} answers are confirmed.", confirmed)
        show.line(text.format(n=confirmed), "bold")
        if wrong:
            walk.through([item for at in sorted(wrong) for item in groups[at]])
    except (click.Abort, KeyboardInterrupt):
        show.line()
    left = standings.record(walk.store, walk.slug).glances
    if left:
        show.line(to_decide.to_glance(walk.slug, len({one.standing.person for one in left})))
    return 1 if left else 0


def _show(groups: Sequence[Sequence[PendingReview]], now: standings.Record) -> None:
    """Show each answer with whom it is of and how it was read, and beside it the words."""
    show.line(_("Recorded, and not quite certain: is it right?"), "bold")
    rows = []
    for place, items in enumerate(groups, 1):
        first = items[0]
        invitee = now.register.invitees.get(first.entry.invitee)
        names = ", ".join(standings.called(item, invitee) for item in items)
        rows.append((str(place), "\n".join([names, *to_decide.reading(first)]), to_decide.said(first)))
    show.table((_("No."), _("Read as"), _("What was written")), rows, right=(0,))


def _ask(count: int) -> set[int] | None:
    """Ask which answers are not right, and return their places from 0, once all others were confirmed; None for later."""
    wrong: set[int] = set()
    while True:
        label = _("[a]ll the others are right") if wrong else _("[a]ll are right")
        question = ", ".join([label, _("the numbers of those that are not"), _("[Enter] later")])
        typed = str(click.prompt(question, default="", show_default=False)).strip().casefold()
        if not typed:
            return None
        if typed == to_decide.key(label):
            return wrong
        numbers = [int(each) for each in re.findall(r"\d+", typed) if each.isdecimal()]
        if re.fullmatch(r"[\d\s,;]+", typed) and all(0 < each <= count for each in numbers):
            wrong ^= {each - 1 for each in numbers}
            named = ", ".join(str(each + 1) for each in sorted(wrong))
            show.line("  " + words.colon(_("Not right"), named or "–"))
        else:
            show.line(_("“{read}” is neither this key nor a number of the list.").format(read=typed))
