"""Describe one entry of the ledger in a few words."""

from __future__ import annotations

from dataclasses import replace
from gettext import gettext as _
from typing import TYPE_CHECKING

from mailer import environment, ledger
from mailer.exports import besides
from mailer.model.entry import (
    Allowed,
    Announced,
    Attended,
    Channel,
    Delivery,
    Entry,
    Gone,
    Heard,
    Placed,
    Reviewed,
)
from mailer.model.finding import Answer, OptOut, PartStat, Unattended, Undeliverable
from mailer.model.people import Why
from mailer.wording import words

if TYPE_CHECKING:
    from mailer.ledger import Step
    from mailer.model.attendance import Standing


def what(entry: Entry, about: Entry | None = None) -> str:
    """Return what happened in one entry: ``invitation: sent``, ``written answer (mail): yes (2), from a@x``.

    `about` is the entry that a decision of staff is about, where it is known.
    """
    if about is not None and about.channel is Channel.STAFF:
        return _("staff took this back")
    match entry.fact:
        case Delivery(key=key, state=state):
            return words.colon(words.value(key.kind.value), words.value(state.value))
        case Heard(sender=sender):
            if entry.channel is Channel.STAFF:
                return words.colon(_("noted by staff"), _claim(entry))
            said = words.colon(kind_of(entry), _claim(entry))
            return _("{said}, from {sender}").format(said=said, sender=sender) if sender else said
        case Attended(presence=presence):
            return words.value(presence.value)
        case Reviewed(applied=applied):
            return _("staff decided that it counts") if applied else _("staff decided that it does not count")
        case Announced(meeting=meeting):
            return _("the meeting was cancelled") if meeting.cancelled else _("the meeting changed")
        case Placed(why=why, contact=contact, origin=origin):
            if origin:  # from an invitation that they shared; why they are in the campaign is an older matter
                why = Why.CORRECTED if entry.channel is Channel.LIST else Why.MOVED
            return _placed(why).format(address=contact.email)
        case Gone(why=why):
            return _gone(why)
        case Allowed():
            return _("may be written to again")
        case _:
            return ""


def stands(standing: Standing) -> str:
    """Return the answer that counts, with the number of people that is on the person's line: ``yes (3 or 4)``."""
    return _with_number(standing) + _with_others(standing)


def _with_number(said: Standing | Answer) -> str:
    number = besides.number(said, environment.language())
    if not number and said.headcount:  # of those who come instead
        number = str(said.headcount)
    return words.value(said.partstat.word) + (f" ({number})" if number else "")


def _with_others(said: Standing | Answer) -> str:
    if said.partstat is PartStat.DELEGATED:
        return ""
    others = besides.others(said, environment.language())
    return f", {others}" if others else ""


def share(step: Step) -> str:
    """Return how many of a number that was said are on the person's line; empty where that is the number itself."""
    said = step.entry.fact.finding.claim_read if isinstance(step.entry.fact, Heard) else None
    after = step.after
    if said is None or not said.headcount or after.headcount in (None, said.headcount) or step.why:
        return ""
    same = after.partstat is said.partstat and after.partstat in (PartStat.ACCEPTED, PartStat.TENTATIVE)
    return _("{n} of them on this line").format(n=after.headcount) if same else ""


def waits(step: Step) -> str:
    """Return the reason for which an entry waits for a person, or waited; empty where it never did."""
    if not step.why:
        return ""
    said = _("waited for a person: {why}") if step.settled else _("waits for a person: {why}")
    return said.format(why=words.sentence(step.why, {}))


def kind_of(entry: Entry) -> str:
    """Return the kind of a mail and the way it came, without what it says: ``written answer (mail)``."""
    if not isinstance(entry.fact, Heard) or entry.channel is Channel.STAFF:
        return what(entry)
    return f"{words.value(entry.fact.finding.kind.value)} ({words.value(entry.channel.value)})"


def answer(said: Answer) -> str:
    """Return an answer with the number of people that was said: ``yes (2)``, ``no, proxy given to Ana Petit``."""
    return _with_number(replace(said, headcount=said.headcount or None)) + _with_others(said)


def glanced(step: Step) -> str:
    """Return that an entry counts and may be looked over, with the reason; empty where it is not so."""
    if step.entry.number not in step.after.to_glance:
        return ""
    why = words.sentence(ledger.glanced(step.entry), {})
    return _("recorded, to look over: {why}").format(why=why)


def remark(step: Step) -> str:
    """Return what an answer remarks, where that is not all it says."""
    said = step.entry.fact.finding.claim_read if isinstance(step.entry.fact, Heard) else None
    if said is None or not said.remark or said.remark == step.words:
        return ""
    return words.colon(_("Remark"), said.remark)


def _placed(why: Why) -> str:
    """Return how a person came into the campaign, or what of them was corrected, with a place for the address."""
    match why:
        case Why.ADDED:
            return _("added by hand: {address}")
        case Why.REGISTERED:
            return _("comes without an invitation: {address}")
        case Why.CORRECTED:
            return _("corrected in the list: {address}")
        case Why.MOVED:
            return _("another address: {address}")
        case Why.UNDONE:
            return _("a person of their own again: {address}")
        case _:
            return _("on the list: {address}")


def _gone(why: Why) -> str:
    match why:
        case Why.UNLISTED:
            return _("on no list any more")
        case Why.WITHDRAWN:
            return _("the invitation was taken back")
        case Why.ERASED:
            return _("was erased, as they asked")
        case Why.MERGED:
            return _("the same person as another line")
        case Why.UNDONE:
            return _("was put on the list by mistake, and is taken off again")
        case _:
            return _("has left this address")


def _claim(entry: Entry) -> str:
    assert isinstance(entry.fact, Heard)
    match entry.fact.finding.claim:
        case Answer() as said:
            return answer(said)
        case Undeliverable(permanent=permanent, status=status):
            kind = _("not delivered, for good") if permanent else _("not delivered, for now")
            return " ".join(filter(None, (kind, status)))
        case OptOut():
            return _("asks not to be written to")
        case Unattended():
            return _("no answer: a machine wrote it")
        case _:
            return words.value("unclear")
