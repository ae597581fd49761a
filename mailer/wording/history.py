"""Describe one entry of the ledger in a few words."""

from __future__ import annotations

from gettext import gettext as _

from mailer.model.entry import Announced, Attended, Delivery, Entry, Gone, Heard, Reviewed
from mailer.model.finding import Answer, OptOut, Unattended, Undeliverable
from mailer.model.people import Why
from mailer.wording import words


def what(entry: Entry) -> str:
    """Return what happened in one entry: ``invitation: sent``, ``written answer (mail): yes (2)``."""
    match entry.fact:
        case Delivery(key=key, state=state):
            return words.colon(words.value(key.kind.value), words.value(state.value))
        case Heard(finding=finding):
            kind, channel = words.value(finding.kind.value), words.value(entry.channel.value)
            return words.colon(f"{kind} ({channel})", _claim(entry))
        case Attended(presence=presence):
            return words.value(presence.value)
        case Reviewed(entry=number, applied=applied):
            return (_("line {n} counts") if applied else _("line {n} does not count")).format(n=number)
        case Announced(meeting=meeting):
            return _("the meeting was cancelled") if meeting.cancelled else _("the meeting changed")
        case Gone(why=Why.WITHDRAWN):
            return _("the invitation was taken back")
        case _:
            return ""


def _claim(entry: Entry) -> str:
    assert isinstance(entry.fact, Heard)
    match entry.fact.finding.claim:
        case Answer(partstat=partstat, headcount=headcount):
            number = f" ({headcount})" if headcount else ""
            return words.value(partstat.word) + number
        case Undeliverable(permanent=permanent, status=status):
            kind = _("not delivered, for good") if permanent else _("not delivered, for now")
            return " ".join(filter(None, (kind, status)))
        case OptOut():
            return _("asks not to be written to")
        case Unattended():
            return _("no answer: a machine wrote it")
        case _:
            return words.value("unclear")
