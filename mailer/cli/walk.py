"""A person goes through what waits at the terminal, one thing after the other; each decision is written before the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from gettext import gettext as _
from gettext import ngettext

import click

from mailer import contacts
from mailer.cli import ask, show
from mailer.errors import UserError
from mailer.jobs import decide, find, roll, standings
from mailer.jobs.decide import Choice, Decision, Made
from mailer.jobs.find import Found
from mailer.model.attendance import PendingReview
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact, Origin
from mailer.model.finding import PartStat
from mailer.model.names import name_in
from mailer.model.people import Invitee
from mailer.store import Store
from mailer.wording import history, to_decide, words
from mailer.workspace import Workspace


@dataclass(frozen=True, slots=True)
class _Step:
    """Something that was asked, at its place among what waits, and what was decided; None for later."""

    at: int
    made: Made | None


@dataclass(slots=True)
class Walk:
    """A person goes through what waits. Each decision is in the ledger before the next question."""

    store: Store
    workspace: Workspace
    campaign: Campaign
    steps: list[_Step] = field(default_factory=list)
    queue: list[PendingReview] = field(default_factory=list)

    @property
    def slug(self) -> str:
        """Return the name of the campaign."""
        return self.campaign.slug

    def kept(self) -> str:
        """Return how many decisions are in the ledger, and how many things wait still."""
        done = sum(step.made is not None for step in self.steps)
        left = standings.record(self.store, self.slug).undecided
        text = ngettext("{n} decision is recorded", "{n} decisions are recorded", done).format(n=done)
        return f"{text}. {to_decide.undecided(left)}"

    def through(self, waiting: Sequence[PendingReview]) -> None:
        """Ask about each thing that waits, with undo; newcomers are asked about together first."""
        together = decide.newcomers(waiting, self.campaign)
        if len(together) < 2 or not self.group(together):
            together = []
        decided = {_known_by(item) for item in together}
        self.queue = [item for item in waiting if _known_by(item) not in decided]
        at, shown = 0, 0
        while at < len(self.queue) or self.another_look():
            if at == len(self.queue):
                at, shown = self.back(at), 0
                continue
            item = decide.waits(self.store, self.slug, self.queue[at])
            if item is None:
                self.tell_earlier(self.queue[at])
                at += 1
                continue
            again = item.entry.number == shown and bool(item.person)
            shown = item.entry.number
            answered = self.ask(item, again=again)
            if answered == "undo":
                at, shown = self.back(at), 0
                continue
            made = self.write(item, answered) if isinstance(answered, Decision) else None
            if made is None or made.entries:
                self.steps.append(_Step(at, made))
            at += 1

    def another_look(self) -> bool:
        """Ask, once nothing is left, whether the last decision is to be undone."""
        if not any(step.made for step in self.steps):
            return False
        show.line()
        labels = _(to_decide.UNDO), _("[Enter] finished")
        typed = str(click.prompt(", ".join(labels), default="", show_default=False)).strip().casefold()
        return typed == to_decide.key(labels[0])

    def ask(self, item: PendingReview, *, again: bool) -> Decision | str:
        """Show one thing and ask until there is a decision, ``undo`` or, empty, later."""
        invitee = self.invitee(item)
        show_item(item, invitee, self.campaign, again=again)
        whose: tuple[Invitee, str] | None = None
        while True:
            if whose:
                show.line("  " + _("For: {who}").format(who=_called(*whose)), "bold")
            offered = decide.choices(item, whose[0] if whose else invitee)
            labels = {
                to_decide.key(label): choice
                for choice in offered
                for label in [to_decide.label(choice, item)]
            }
            undo = _(to_decide.UNDO)
            question = ", ".join([*(to_decide.label(one, item) for one in offered), undo, _("[Enter] later")])
            typed = str(click.prompt(question, default="", show_default=False)).strip().casefold()
            if not typed:
                return ""
            if typed == to_decide.key(undo):
                return "undo"
            if typed not in labels:
                show.line(_("“{read}” is none of these keys.").format(read=typed))
                continue
            if labels[typed] is Choice.WHO:
                whose = self.named("") or whose
                continue
            try:
                decision = self.decision(item, labels[typed], invitee, whose)
            except UserError as error:
                show.line(words.error_sentence(error))
                continue
            if decision is not None and (
                not decide.is_many(decision) or ask.consent(to_decide.many(decision), yes=False)
            ):
                return decision

    def decision(
        self,
        item: PendingReview,
        choice: Choice,
        invitee: Invitee | None,
        whose: tuple[Invitee, str] | None,
    ) -> Decision | None:
        """Return the decision of a key, asking for what it needs; None if that was not said."""
        if choice is Choice.NEW:
            return self.newcomer(item)
        if choice is Choice.REPLACED:
            return self.replaced(item, whose)
        heads = self.number() if choice is Choice.NUMBER else None
        if choice is Choice.NUMBER and heads is None:
            return None
        if (choice in decide.ANSWERS or heads) and whose is None and not decide.is_from(item, invitee):
            welcome = invitee is None and decide.is_uninvited(item) and choice is not Choice.NO
            known = _called(invitee, item.person or item.entry.person) if invitee else ""
            proposed = decide.writer(item).called if welcome else known
            whose = self.named(proposed, keep=bool(proposed))
            if whose is None:
                if welcome and proposed:
                    return decide.newcomer(item, heads=heads)
                if not known:
                    return None
        return decide.chosen(item, choice, whose, heads)

    def number(self) -> int | None:
        """Ask how many people come; None where nothing was typed."""
        while True:
            question = _("How many people come on this line, the person included? (Enter: back)")
            typed = str(click.prompt(question, default="", show_default=False)).strip()
            if not typed:
                return None
            if typed.isdecimal() and 0 < int(typed) < 1000:
                return int(typed)
            show.line(words.sentence("number-to-type", {"read": typed}))

    def named(self, proposed: str, *, keep: bool = False) -> tuple[Invitee, str] | None:
        """Ask who on the list is meant; None where the proposed name was kept, or nothing was typed."""
        question = _("Whose answer is it? (name or address)")
        while True:
            typed = str(click.prompt(question, default=proposed, show_default=bool(proposed))).strip()
            if not typed or (keep and typed == proposed):
                return None
            try:
                invitee, person = find.meant(roll.invitees(self.store, self.slug), typed)
            except UserError as error:
                show.line(words.error_sentence(error))
                continue
            return invitee, person.ref if person else ""

    def newcomer(self, item: PendingReview) -> Decision | None:
        """Ask for address and name of whoever wrote; an address that is not usable is asked again, with neither nothing is decided."""
        known = decide.writer(item)
        email, typed = "", "?"
        while typed and not email:
            typed = str(
                click.prompt(_("Address"), default=known.email, show_default=bool(known.email))
            ).strip()
            email = contacts.address(typed)
            if typed and not email:
                show.line(words.sentence("address-to-type", {"read": typed}))
        first, last = (
            str(click.prompt(question, default=name, show_default=bool(name))).strip()
            for question, name in ((_("First name"), known.first_name), (_("Last name"), known.last_name))
        )
        if not (email or first or last):
            return None
        return decide.newcomer(item, Contact(email, first_name=first, last_name=last, origin=Origin("staff")))

    def replaced(self, item: PendingReview, whose: tuple[Invitee, str] | None) -> Decision:
        """Ask who comes instead; without a name, that is not known yet, and the seat is kept in the person's line."""
        proposed = (
            show.printable(name_in(item.proposal.delegate) if item.proposal else "")
            .replace("\n", " ")
            .strip()
        )
        question = _("First and last name of whoever comes instead (Enter: not known)")
        name = str(click.prompt(question, default=proposed, show_default=bool(proposed))).strip()
        instead: Found | Contact | None = None
        while name and instead is None:
            address = str(click.prompt(_("Their address (Enter: none)"), default="", show_default=False))
            try:
                instead = decide.who_comes(roll.register(self.store, self.slug), name, address)
            except UserError as error:
                show.line(words.error_sentence(error))
        return decide.replaced(item, instead, whose)

    def write(self, item: PendingReview, decision: Decision) -> Made:
        """Write a decision, and say what the ledger shows now."""
        made = decide.decide(
            self.store, self.slug, item, decision, now=self.workspace.now(), author=words.author()
        )
        for text in _outcome(made, self.campaign.meeting.zone):
            show.line("  " + text)
        return made

    def confirm(self, items: Sequence[PendingReview]) -> None:
        """Write that an answer that counts is right, for those of whom it was listed."""
        made = decide.confirm(
            self.store,
            self.slug,
            items,
            self.invitee(items[0]),
            now=self.workspace.now(),
            author=words.author(),
        )
        self.steps += [_Step(-1, one) for one in made if one.entries]

    def back(self, at: int) -> int:
        """Undo the last step and return its place; a decision is taken back in the ledger."""
        if not self.steps:
            show.line("  " + _("There is nothing to undo."))
            return at
        step = self.steps.pop()
        if step.made is not None:
            undone = decide.undo(
                self.store, self.slug, step.made, now=self.workspace.now(), author=words.author()
            )
            what = to_decide.decision(step.made.decision)
            text = (
                _("Taken back: {what}.")
                if undone
                else _("Somebody else has taken this back already: {what}.")
            )
            show.line("  " + text.format(what=what))
            if step.at < 0:
                self.queue.insert(at, step.made.item)
        return step.at if step.at >= 0 else at

    def group(self, together: Sequence[PendingReview]) -> bool:
        """Ask about all newcomers at once; return whether they were decided, or are left for later, and not one by one."""
        show.line()
        text = ngettext(
            "{n} person who was not invited would like to come. Nobody has verified who they are:",
            "{n} people who were not invited would like to come. Nobody has verified who they are:",
            len(together),
        )
        show.line(text.format(n=len(together)), "bold")
        for item in together:
            who = decide.writer(item)
            named = f"{who.name} <{who.email}>" if who.name else who.email
            answer = history.answer(item.proposal) if item.proposal else ""
            show.line(f"  {named} — {answer}")
        labels = (_("[a]ll are put on the list"), _("[n]one of them"), _("[o]ne by one"))
        everybody, nobody, each = map(to_decide.key, labels)
        question = ", ".join([*labels, _("[Enter] later")])
        while True:
            typed = str(click.prompt(question, default="", show_default=False)).strip().casefold()
            if typed in ("", each):
                return not typed
            if typed in (everybody, nobody):
                break
            show.line(_("“{read}” is none of these keys.").format(read=typed))
        for item in together:
            show.line(f"  {decide.writer(item).called}")
            made = self.write(item, decide.newcomer(item) if typed == everybody else Decision())
            if made.entries:
                self.steps.append(_Step(-1, made))
        return True

    def tell_earlier(self, item: PendingReview) -> None:
        """Say who decided something that was waiting a moment ago."""
        show.line()
        show.line(standings.called(item, self.invitee(item)) or _("Somebody unknown"), "bold")
        before = decide.earlier(self.store, self.slug, item.entry.number, item.person or item.entry.person)
        show.line(
            "  "
            + (
                to_decide.earlier(before, self.campaign.meeting.zone)
                if before
                else _("This does not wait any more.")
            )
        )

    def invitee(self, item: PendingReview) -> Invitee | None:
        """Return for whom something waits; None for nobody known."""
        found = roll.register_of(self.store, self.slug, [item.entry.invitee]) if item.entry.invitee else None
        return found.invitees.get(item.entry.invitee) if found else None


def _outcome(made: Made, zone: str) -> list[str]:
    """Return what became of a decision: recorded, decided by somebody else before, or recorded without an effect."""
    if made.earlier is not None:
        return [to_decide.earlier(made.earlier, zone)]
    lines = [_("Recorded: {what}.").format(what=to_decide.decision(made.decision))]
    instead = made.decision.instead
    if instead is not None:
        lines.append(_("{who} comes instead, with a line of their own.").format(who=instead.called))
    if made.decision.newcomer is not None:
        lines.append(_("{who} is on the list.").format(who=made.decision.newcomer.called))
    if not made.stands:
        lines.append(
            _(
                "It is noted, and changes nothing yet: another answer counts, the meeting is cancelled, or their invitation "
                "was taken back. “mailer why” shows it."
            )
        )
    return lines


def _known_by(item: PendingReview) -> tuple[int, str]:
    """Return what tells one thing that waits from another: the entry, and the person where it is asked of several."""
    return item.entry.number, item.person


def _called(invitee: Invitee, person: str) -> str:
    return next((one.contact.called for one in invitee.members if one.ref == person), "") or invitee.called


def show_item(
    item: PendingReview, invitee: Invitee | None, campaign: Campaign, *, again: bool = False
) -> None:
    """Show one thing that waits; where the words were shown `again` for another person, only whose answer is asked."""
    show.line()
    show.line(standings.called(item, invitee) or _("Somebody unknown"), "bold")
    if item.person and invitee:
        others = [one.contact.called for one in invitee.members if one.ref != item.person and not one.erased]
        text = _("the same words are asked of each: also of {others}")
        show.line("  " + text.format(others=", ".join(others)))
    if invitee:
        show.line("  " + _("answer now: {answer}").format(answer=history.stands(item.standing)))
    if again:
        return
    show.line(f"  {history.kind_of(item.entry) if item.proposal else history.what(item.entry)}")
    for text in to_decide.facts(item, campaign.meeting.zone):
        show.line(f"  {text}")
    for text in to_decide.said(item).splitlines():
        show.line(f"  | {text}")
    if item.proposal:
        show.line("  " + _("it most likely says: {answer}").format(answer=history.answer(item.proposal)))
    if item.proposal and item.proposal.partstat is PartStat.DECLINED and item.proposal.delegate:
        show.line("  " + _("a plain no keeps no place; that somebody comes instead has a key of its own"))
