"""Say what waits for a person, what can be decided of it, and what was decided."""

from __future__ import annotations

import re
from gettext import gettext as _
from gettext import ngettext
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailer import environment, ledger
from mailer.jobs.decide import Choice
from mailer.model.entry import Heard
from mailer.model.finding import Answer, OptOut
from mailer.translation.marked import N_
from mailer.wording import history, words

if TYPE_CHECKING:
    from mailer.jobs.decide import Decision, Earlier
    from mailer.model.attendance import PendingReview

_LABELS = {
    Choice.YES: N_("[y]es"),
    Choice.NO: N_("[n]o"),
    Choice.PERHAPS: N_("[p]erhaps"),
    Choice.NUMBER: N_("[h]ow many: they come, with a number that is typed"),
    Choice.REPLACED: N_("[s]omebody else comes instead"),
    Choice.NEW: N_("[r]egister as somebody new"),
    Choice.WHO: N_("[w]ho it is: somebody else on the list"),
    Choice.DONE: N_("[d]one"),
    Choice.NOTHING: N_("[x] not an answer"),
}
_BARS = N_("[t]ake note: write to them no more")
_LOST = N_("[t]ake note: the letter did not arrive")
UNDO = N_("[u]ndo")

_KEY = re.compile(r"\[(\w)\]")


def label(choice: Choice, item: PendingReview) -> str:
    """Return a choice as it is offered, its key in brackets: ``[y]es``."""
    if choice is Choice.COUNTS:
        return _(_BARS if isinstance(_heard(item).finding.claim, OptOut) else _LOST)
    return _(_LABELS[choice])


def key(labelled: str) -> str:
    """Return the key that stands in brackets in a label; empty if none does."""
    found = _KEY.search(labelled)
    return found[1].casefold() if found else ""


def plain(labelled: str) -> str:
    """Return a label without the brackets around its key, or without a key that is no letter of it."""
    return re.sub(r"\[(\w)\]", r"\1", labelled.removeprefix("[x] "))


def undecided(n: int) -> str:
    """Say of how many people something waits for a decision."""
    text = ngettext(
        "The answer of {n} person waits for a decision.", "The answers of {n} people wait for a decision.", n
    )
    return text.format(n=n)


def to_glance(slug: str, n: int) -> str:
    """Say how many answers were recorded from words and may be looked over, with the command."""
    text = ngettext(
        "The answer of {n} person was recorded from words and may be looked over: “mailer review {campaign} --glance”.",
        "The answers of {n} people were recorded from words and may be looked over: “mailer review {campaign} --glance”.",
        n,
    )
    return text.format(n=n, campaign=slug)


def to_glance_here(n: int) -> str:
    """Say how many answers were recorded from words and may be looked over, for a link."""
    return ngettext("{n} answer to look over", "{n} answers to look over", n).format(n=n)


def said(item: PendingReview) -> str:
    """Return all new words of a mail, and the comment of a calendar answer; without any, what the claim was read from."""
    finding = _heard(item).finding
    comment = finding.calendar.comment.strip() if finding.calendar else ""
    text = finding.text or (finding.evidence if not comment else "")
    return "\n".join(dict.fromkeys(filter(None, (text, "" if comment in text else comment))))


def proposed_time(item: PendingReview, zone: str) -> str:
    """Return the day and the hours that somebody proposes instead; empty if they propose none."""
    from mailer.translation import dates

    line = _heard(item).finding.calendar
    if line is None or line.proposed_starts is None:
        return ""
    starts = line.proposed_starts
    ends = line.proposed_ends or starts
    if starts.tzinfo:
        starts, ends = starts.astimezone(ZoneInfo(zone)), ends.astimezone(ZoneInfo(zone))
    if ends <= starts:
        return words.moment(starts)
    return dates.span(starts, ends, environment.language(), all_day=False)


def facts(item: PendingReview, zone: str) -> list[str]:
    """Return what is to be known of a mail besides its words: sender, subject, files, a proposed time, a note, and why it waits."""
    heard = _heard(item)
    lines = []
    if heard.sender:
        sender = f"{heard.sender_name} <{heard.sender}>" if heard.sender_name else heard.sender
        lines.append(words.colon(_("From"), sender))
    elif not item.entry.invitee and heard.finding.addresses:
        lines.append(", ".join(heard.finding.addresses))
    if heard.subject:
        lines.append(words.colon(_("Subject"), heard.subject))
    if heard.attachments:
        lines.append(words.colon(_("Attachments"), ", ".join(heard.attachments)))
    if proposed := proposed_time(item, zone):
        lines.append(words.colon(_("Proposed time"), proposed))
    if heard.finding.note:
        lines.append(words.colon(_("Note"), heard.finding.note))
    if item.why:
        lines.append(why(item))
    return lines


def why(item: PendingReview) -> str:
    """Return the reason for which something waits, or was recorded and may be looked over."""
    recorded = item.entry.number in item.standing.to_glance
    text = _("recorded, to look over: {why}") if recorded else _("waits because: {why}")
    return text.format(why=words.sentence(item.why, {}))


def reading(item: PendingReview) -> list[str]:
    """Return how an answer was read, what it remarks, and why it may be looked over."""
    read, remark = item.proposal, ledger.remark(_heard(item))
    lines = [history.answer(read)] if read else []
    if remark and remark != said(item):
        lines.append(words.colon(_("Remark"), remark))
    return [*lines, words.sentence(item.why, {})]


def many(made: Decision) -> str:
    """Return the question whether so many people are meant, before it is written."""
    heads = made.answer.headcount if made.answer else None
    return _("{n} people: is that meant?").format(n=heads or 0)


def decision(made: Decision) -> str:
    """Return what was decided, in a few words: ``yes (2)``."""
    if made.answer is not None:
        return history.answer(made.answer)
    return _("noted") if made.counts else _("not an answer")


def earlier(before: Earlier, zone: str) -> str:
    """Return who decided something before, when in a time zone, and what."""
    what = history.answer(before.answer) if before.answer else _("not an answer")
    if before.applied and before.answer is None:
        what = _("noted")
    values = {
        "who": before.author or _("Somebody"),
        "when": words.moment(before.at.astimezone(ZoneInfo(zone))),
        "what": what,
    }
    return _("{who} decided this already, {when}: {what}. Nothing was changed.").format(**values)


def same(before: Earlier, answer: Answer | None) -> bool:
    """Return whether an earlier decision says what this one says."""
    if before.answer is None or answer is None:
        return before.answer is answer
    return before.answer.partstat is answer.partstat


def _heard(item: PendingReview) -> Heard:
    assert isinstance(item.entry.fact, Heard)
    return item.entry.fact
