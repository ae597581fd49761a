"""``mailer review``: have a person decide doubtful answers, one by one or in a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mailer import contacts, exports, files
from mailer.cli import options, show
from mailer.errors import ConfigError
from mailer.jobs import correct, find, record, roll, standings
from mailer.model.attendance import PendingReview
from mailer.model.campaign import Campaign
from mailer.model.entry import Heard
from mailer.model.finding import PartStat
from mailer.model.people import Invitee
from mailer.store import Store
from mailer.wording import history, words
from mailer.wording.sentences import SENTENCES
from mailer.workspace import Workspace

Decision = Callable[[], object]
"""Records what was decided; called once all answers were shown, so that it can be undone until then."""


@click.command("review", help=_("Decide the answers that need a person, one by one."))
@options.campaign
@click.option("--list", "only_list", is_flag=True, help=_("Show what waits, and decide nothing."))
@click.option(
    "--csv",
    "target",
    type=click.Path(path_type=Path),
    metavar=_("FILE"),
    help=_("Write the list as a CSV to fill in."),
)
@click.option(
    "--from",
    "source",
    type=click.Path(path_type=Path),
    metavar=_("FILE"),
    help=_("Read a filled-in list back."),
)
@click.pass_obj
def command(
    workspace: Workspace, campaign: str, only_list: bool, target: Path | None, source: Path | None
) -> int:
    """Ask about each answer that waits, or write or read the table; return 1 where something is left to decide."""
    read = workspace.campaign(campaign)
    with workspace.store() as store:
        if source is not None:
            return _read_back(workspace, store, read, source)
        now = standings.record(store, read.slug)
        waiting = now.reviews
        if target is not None:
            reasons = {code: words.sentence(code, {}) for code in SENTENCES}
            options = exports.ExportOptions(read.language, ZoneInfo(read.meeting.zone))
            files.write(target, exports.to_review.write(waiting, now.roll, reasons, options))
            show.line(_("Written: {file}").format(file=target))
            return 1 if waiting else 0
        if not waiting:
            show.line(_("Nothing waits for a person."))
            return 0
        text = ngettext("{n} answer waits for a person.", "{n} answers wait for a person.", len(waiting))
        show.line(text.format(n=len(waiting)), "bold")
        names = {invitee.ref: invitee for invitee in now.roll}
        if only_list:
            for item in waiting:
                _show(item, names.get(item.entry.invitee))
            return 1
        if not show.is_terminal():
            raise ConfigError("nobody-to-ask-review")
        return 1 if _go_through(store, workspace, read, waiting, names) else 0


def _read_back(workspace: Workspace, store: Store, campaign: Campaign, source: Path) -> int:
    content = files.read(source, at_most=contacts.MAX_BYTES)
    done, problems = correct.decide_from(
        store, campaign.slug, source.name, content, now=workspace.now(), author=words.author()
    )
    for problem in problems:
        show.line(f"{words.place(problem.origin)}  {words.problem(problem)}")
    show.line(
        ngettext("{n} decision was recorded.", "{n} decisions were recorded.", done).format(n=done), "bold"
    )
    return 1 if problems else 0


def _go_through(
    store: Store,
    workspace: Workspace,
    campaign: Campaign,
    waiting: Sequence[PendingReview],
    names: dict[str, Invitee],
) -> int:
    """Ask about each answer, with undo, then record the decisions; return how many were left for later."""
    decisions: dict[int, Decision | None] = {}
    at = 0
    while at < len(waiting):
        item = waiting[at]
        _show(item, names.get(item.entry.invitee))
        key = _key(item)
        if key == _("u"):
            at = max(0, at - 1)
            decisions.pop(at, None)
            continue
        decisions[at] = _decision(store, workspace, campaign, item, key)
        at += 1
    for decision in decisions.values():
        if decision is not None:
            decision()
    return sum(decision is None for decision in decisions.values())


def _key(item: PendingReview) -> str:
    if record.names_another(item):
        show.line("  " + _("[s] somebody comes instead; a plain no keeps no place"))
    question = _(
        "[y]es, [n]o, [p]erhaps, [x] not an answer, [r] register somebody new, [u]ndo, [Enter] later"
    )
    return str(click.prompt(question, default="", show_default=False)).strip().casefold()


def _decision(
    store: Store, workspace: Workspace, campaign: Campaign, item: PendingReview, key: str
) -> Decision | None:
    """Return a function that records the decision a key stands for; None for later."""
    now, author, slug = workspace.now(), words.author(), campaign.slug
    persons = (item.person,) if item.person else ()
    if key == "x":
        return lambda: record.decide(store, slug, item.entry, None, now=now, author=author, persons=persons)
    if key == _("r"):
        return _registration(store, workspace, campaign, item)
    answers = {_("y"): PartStat.ACCEPTED, _("n"): PartStat.DECLINED, _("p"): PartStat.TENTATIVE}
    if record.names_another(item):
        answers[_("s")] = PartStat.DELEGATED
    if key not in answers:
        return None
    answer = record.answer_to(item, answers[key])
    whose, one = None, ""
    if not item.entry.invitee:
        who = str(click.prompt(_("Whose answer is it? (name or address)"))).strip()
        whose, person = find.meant(roll.invitees(store, slug), who)
        one = person.ref if person else ""
    return lambda: record.decide(
        store,
        slug,
        item.entry,
        answer,
        now=now,
        author=author,
        persons=persons,
        invitee=whose,
        person=one,
    )


def _registration(
    store: Store, workspace: Workspace, campaign: Campaign, item: PendingReview
) -> Decision | None:
    """Ask for address and name of somebody not invited, and return a function that records them as coming.

    An address that is not usable is asked again; with none it is left for later.
    """
    heard = item.entry.fact
    assert isinstance(heard, Heard)
    address = heard.finding.addresses[0] if heard.finding.addresses else ""
    while not (email := contacts.address(typed := str(click.prompt(_("Address"), default=address)))):
        if not typed.strip():
            return None
        show.line(words.sentence("address-to-type", {"read": typed.strip()}))
    first_name = str(click.prompt(_("First name"), default="", show_default=False)).strip()
    last_name = str(click.prompt(_("Last name"), default="", show_default=False)).strip()
    answer = record.answer_to(item, PartStat.ACCEPTED)
    now, author, slug = workspace.now(), words.author(), campaign.slug

    def write() -> None:
        invitee = record.register(store, slug, email, first_name, last_name, now=now)
        record.decide(store, slug, item.entry, answer, now=now, author=author, invitee=invitee)

    return write


def _show(item: PendingReview, invitee: Invitee | None) -> None:
    heard = item.entry.fact
    assert isinstance(heard, Heard)
    show.line()
    show.line(standings.called(item, invitee) or _("Somebody unknown"), "bold")
    if item.person and invitee:
        others = [one.contact.called for one in invitee.members if one.ref != item.person and not one.erased]
        text = _("the same words are asked of each: also of {others}")
        show.line("  " + text.format(others=", ".join(others)))
    show.line(f"  {history.kind_of(item.entry) if item.proposal else history.what(item.entry)}")
    if not invitee and heard.finding.addresses:
        show.line(f"  {', '.join(heard.finding.addresses)}")
    if item.why:
        show.line("  " + _("waits because: {why}").format(why=words.sentence(item.why, {})))
    for line in (heard.finding.text or heard.finding.evidence).splitlines()[:20]:
        show.line(f"  | {line}")
    if item.proposal:
        show.line("  " + _("it most likely says: {answer}").format(answer=history.answer(item.proposal)))
