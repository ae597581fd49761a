"""Send messages from the command line: show the plan, ask, deliver, and report what is left."""

from __future__ import annotations

import asyncio
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from gettext import gettext as _
from gettext import ngettext
from math import ceil
from typing import TYPE_CHECKING, Any

import click

from mailer import campaign as campaigns
from mailer import outbox
from mailer.cli import ask, options, show
from mailer.errors import ConfigError
from mailer.model.contact import Severity
from mailer.model.invitation import Kind
from mailer.model.outcome import Failed, Halted, State
from mailer.wording import words
from mailer.workspace import Workspace, memory

if TYPE_CHECKING:
    from mailer.compose import Composer
    from mailer.jobs.deliver import DeliveryReport
    from mailer.jobs.drafts import Draft
    from mailer.jobs.gather import Gathered
    from mailer.jobs.send import Remaining
    from mailer.model.campaign import Campaign
    from mailer.model.people import Invitee
    from mailer.people import Reconciled
    from mailer.store import Store


COMMANDS = {
    Kind.INVITATION: "send",
    Kind.REMINDER: "remind",
    Kind.UPDATE: "update",
    Kind.CANCEL: "cancel",
    Kind.DETAILS: "details",
    Kind.THANKS: "thank",
}
"""The command that sends each kind."""

RETRIED = (Kind.INVITATION, Kind.UPDATE, Kind.CANCEL)
"""The kinds whose commands have --refused."""

MOST_NAMED = 10


def command(name: str, kind: Kind, text: str, *more: Callable[..., Any]) -> click.Command:
    """Return the command that sends what is due of one kind; `text` is its help, `more` are options that `run` takes."""

    def send_kind(workspace: Workspace, campaign: str, **given: Any) -> int:
        return run(workspace, campaign, kind, **given)

    parameters = (options.campaign, options.only, options.dry_run, options.yes, *more, options.new_ledger)
    decorated: Callable[..., Any] = click.pass_obj(send_kind)
    for parameter in reversed(parameters):
        decorated = parameter(decorated)
    return click.command(name, help=text)(decorated)


def run(
    workspace: Workspace,
    slug: str,
    kind: Kind,
    *,
    only: tuple[str, ...] = (),
    yes: bool = False,
    dry_run: bool = False,
    again: bool = False,
    refused: bool = False,
    say: str = "",
    keep_answers: bool = False,
    sure: bool = False,
    new_ledger: str = "",
) -> int:
    """Send what is due of one kind; return exit status 0 where everything was sent, 1 if a person has to act.

    `new_ledger` is the title of the campaign where a person says that the ledger may be new or older; the other arguments
    are those of `mailer.jobs.drafts.Wish`.
    """
    from mailer.jobs import gather, send
    from mailer.jobs.drafts import Wish

    wish = Wish(again=again, refused=refused, line=say, keep_answers=keep_answers, sure=sure)

    campaign = workspace.campaign(slug)
    sources = workspace.templates(campaign)
    gathered = gather.gather(workspace.path, campaign)
    route = None if dry_run else workspace.route()
    if route:
        route.sender()  # raises for missing settings before anything is planned
    with workspace.store_if_any() if dry_run else workspace.store() as store:
        show.warnings(memory.warnings(workspace, store, [campaign.slug]))
        memory.refuse_lost(workspace, store, campaign, new_ledger)
        secret = store.secret() if store else campaigns.NO_SECRET
        draft = send.plan(
            kind,
            campaign,
            store,
            lambda read=gathered: read.households,  # type: ignore[misc]
            workspace.now(),
            only=only,
            wish=wish,
            sources=sources,
        )
        composer = check(workspace, draft, sources, secret, whole=not only)
        show_draft(workspace, draft, gathered)
        count = len(draft.plan.due) + draft.waiting
        if route is None or store is None or (count == 0 and not draft.changes_anything):
            return _nothing_to_do(workspace, draft, dry_run=dry_run)
        if count and not ask.number(_question(count), count, yes=yes):
            show.line(_("Nothing was sent."))
            return 1
        if not count and not ask.consent(_("No message is to be sent. Record it all the same?"), yes=yes):
            return 1
        with show.progress(_("Writing")) as tick:
            send.queue(draft, composer, store, workspace.now(), author=words.author(), progress=tick)
        compared = draft.reconciled and draft.reconciled.recorded
        if not count:
            show.line(_("Recorded; there was no message to send."), "bold")
            return 1 if draft.doubtful or show_waiting(campaign, kind, send.left_by(draft)) else 0
        del draft, composer, gathered  # everybody; sending needs only who is about to be written to
        return deliver(
            workspace,
            campaign,
            store,
            kind=kind,
            still_due=_still_due(workspace, campaign, store, kind, only=only, compared=compared),
        )


def _still_due(
    workspace: Workspace,
    campaign: Campaign,
    store: Store,
    kind: Kind,
    *,
    only: tuple[str, ...] = (),
    compared: Reconciled | None = None,
) -> Callable[[], Remaining]:
    """Return what counts, after sending, how much is left of a kind."""
    from mailer.jobs import gather, send

    return lambda: send.remaining(
        kind,
        campaign,
        store,
        lambda: gather.gather(workspace.path, campaign).households,
        workspace.now(),
        only=only,
        compared=compared,
    )


def test(workspace: Workspace, slug: str, address: str, only: tuple[str, ...]) -> int:
    """Send one invitation to a tester, marked as a test and not recorded; return the exit status.

    It is that of the invitee named in `only`, else of the first. Raises ConfigError ``test-only-one`` for several.
    """
    from mailer.jobs import gather, trial

    if len(only) > 1:
        raise ConfigError("test-only-one", read=", ".join(only))
    campaign = workspace.campaign(slug)
    with workspace.store() as store:
        secret = store.secret()
    reply = trial.send_test(
        campaign,
        workspace.templates(campaign),
        gather.gather(workspace.path, campaign),
        workspace.sender(),
        address,
        secret=secret,
        now=workspace.now(),
        seal=workspace.seal(),
        only="".join(only),
    )
    show.line(words.tested(address, reply), "bold")
    return 0 if reply.code // 100 == 2 else 1


def release(workspace: Workspace, slug: str, *, yes: bool, new_ledger: str = "") -> int:
    """Send messages in doubt again, byte for byte, after a person has confirmed; return the exit status."""
    from mailer.jobs import standings

    campaign = workspace.campaign(slug)
    with workspace.store() as store:
        memory.refuse_lost(workspace, store, campaign, new_ledger)
        store.expire(campaign.slug, workspace.now())
        doubtful = standings.doubtful(store, campaign.slug)
        if not doubtful:
            show.line(_("Nothing is in doubt."))
            return 0
        show.line(_("These may have got their message already, and would get it a second time:"), "bold")
        for invitee in doubtful:
            show.line(f"  {invitee.called or invitee.ref}")
        if not ask.number(_question(len(doubtful)), len(doubtful), yes=yes):
            show.line(_("Nothing was sent."))
            return 1
        kinds = [one.promise.key.kind for one in store.queue(campaign.slug) if one.state is State.IN_DOUBT]
        kind = next((one for one in kinds if one in COMMANDS), Kind.INVITATION)
        store.release(campaign.slug, workspace.now())
        return deliver(
            workspace, campaign, store, kind=kind, still_due=_still_due(workspace, campaign, store, kind)
        )


def check(
    workspace: Workspace, draft: Draft, sources: Mapping[str, bytes], secret: bytes, *, whole: bool
) -> Composer:
    """Build every message of the plan and return the composer; show the problems before raising UnsoundError."""
    from mailer.jobs import send

    mailbox = workspace.mailbox_address(draft.campaign)
    try:
        with show.progress(_("Checking")) as tick:
            return send.check(
                draft, sources, secret, workspace.now(), mailbox=mailbox, whole=whole, progress=tick
            )
    except send.UnsoundError as error:
        for line in words.problems(error.problems):
            show.line(line)
        raise


def show_draft(workspace: Workspace, draft: Draft, gathered: Gathered) -> None:
    """Show what would be sent, from which address, to how many, and how many are left out for which reason."""
    from mailer.jobs import people

    campaign = draft.campaign
    account = workspace.settings.smtp.account
    show.line(f"{campaign.slug} — {campaign.meeting.title}", "bold")
    show.line(words.meeting_time(campaign.meeting) + f", {campaign.meeting.place}")
    show.line(
        _("From {name} <{address}>, through {host}:{port}.").format(
            name=campaign.sender.name, address=campaign.sender.address, host=account.host, port=account.port
        )
    )
    errors = sum(problem.severity is Severity.ERROR for problem in gathered.reading.problems)
    if errors:
        text = ngettext(
            "{n} line of the lists cannot be used: “mailer contacts” shows it.",
            "{n} lines of the lists cannot be used: “mailer contacts” shows them.",
            errors,
        )
        show.line(text.format(n=errors))
    if draft.change.fields:
        fields = ", ".join(words.value(name) for name in draft.change.fields)
        show.line(_("Changed: {fields}.").format(fields=fields))
        text = _("Everybody is asked again: {n} answers no longer count.") if draft.change.material else ""
        show.line(text.format(n=draft.asked_again) if text else _("The answers given so far stay."))
    if draft.going_on:
        show.line(
            _("The reminders that were stopped go on.")
            if draft.plan.kind is Kind.REMINDER
            else _("The update that was stopped goes on.")
        )
    if draft.said_before:
        text = ngettext(
            "{n} of them was sent this same sentence before, and gets it again.",
            "{n} of them were sent this same sentence before, and get it again.",
            draft.said_before,
        )
        show.line(text.format(n=draft.said_before), "bold")
    left = Counter(reason for _invitee, reason in draft.plan.left)
    rows = [
        (_("to be sent: {kind}").format(kind=words.value(draft.plan.kind.value)), str(len(draft.plan.due)))
    ]
    if draft.waiting:
        rows.append((_("waiting from before"), str(draft.waiting)))
    rows += [(words.sentence(reason.value, {}), str(n)) for reason, n in left.items()]
    show.table((_("Messages"), _("Number")), rows, right=(1,))
    if draft.reconciled:
        for problem in people.problems(campaign.slug, draft.reconciled):
            show.line(words.problem(problem))
    _name(draft.taken_back, _("invitation taken back"))
    for reason, found in draft.named():
        _name(found, words.sentence(reason.value, {}))
    for why, called in words.to_call(draft.to_call):
        _name(called, why)
    if draft.doubtful:
        text = ngettext(
            "{n} message is in doubt and stays so: “mailer send {campaign} --release-in-doubt” sends it again.",
            "{n} messages are in doubt and stay so: “mailer send {campaign} --release-in-doubt” sends them again.",
            draft.doubtful,
        )
        show.line(text.format(n=draft.doubtful, campaign=campaign.slug))


def _name(people: Sequence[Invitee], why: str) -> None:
    """Name people, `MOST_NAMED` at most, with what is said of them."""
    if people:
        names = [f"{one.called} <{one.email}>" if one.email else one.called for one in people[:MOST_NAMED]]
        more = ["…"] if len(people) > MOST_NAMED else []
        show.line(words.colon(why, "; ".join([*names, *more])))


def _question(count: int) -> str:
    text = ngettext(
        "To send this message, type its number ({n})",
        "To send these messages, type their number ({n})",
        count,
    )
    return text.format(n=count)


def _nothing_to_do(workspace: Workspace, draft: Draft, *, dry_run: bool) -> int:
    from mailer.jobs import send

    if dry_run and draft.plan.due:
        domains = [due.invitee.email.rpartition("@")[2].casefold() for due in draft.plan.due]
        minutes = ceil(outbox.duration(domains, workspace.pace()) / timedelta(minutes=1))
        pace = ngettext(
            "At the pace set, this takes {n} minute.", "At the pace set, this takes {n} minutes.", minutes
        )
        show.line(pace.format(n=minutes) if minutes else _("The pace set does not slow this down."))
    show.line(_("Nothing was sent: this only shows the plan.") if dry_run else _("Nothing is left to send."))
    waits = show_waiting(draft.campaign, draft.plan.kind, send.left_by(draft))
    return 1 if draft.doubtful or waits else 0


def show_waiting(campaign: Campaign, kind: Kind, remaining: Remaining) -> bool:
    """Say who is left to a person's word, with the command for it; return whether anybody is."""
    for n, command in ((remaining.refused, COMMANDS[kind]), (remaining.uninvited, COMMANDS[Kind.INVITATION])):
        if not n:
            continue
        text = ngettext(
            "{n} message was refused: “mailer {command} {campaign} --refused” tries it again.",
            "{n} messages were refused: “mailer {command} {campaign} --refused” tries them again.",
            n,
        )
        show.line(text.format(n=n, command=command, campaign=campaign.slug), "bold")
    if remaining.unsettled:
        text = ngettext(
            "{n} person waits until you say who they are: “mailer check {campaign}” shows how.",
            "{n} people wait until you say who they are: “mailer check {campaign}” shows how.",
            remaining.unsettled,
        )
        show.line(text.format(n=remaining.unsettled, campaign=campaign.slug), "bold")
    return bool(remaining.refused or remaining.uninvited or remaining.unsettled)


def deliver(
    workspace: Workspace,
    campaign: Campaign,
    store: Store,
    *,
    kind: Kind = Kind.INVITATION,
    still_due: Callable[[], Remaining] | None = None,
) -> int:
    """Send what is in the queue and show the result; return the exit status.

    Ctrl-C lets the SMTP transactions that have begun finish. Thanks may leave after the meeting. `still_due` counts
    afterwards what is left of this kind.
    """
    from mailer.jobs import copies, roll, send
    from mailer.jobs.deliver import Dropped, Paused, Tried

    counts = store.counts(campaign.slug)
    total = counts[State.QUEUED] + counts[State.DEFERRED]
    route = workspace.route()
    refused: list[tuple[str, str]] = []

    async def run() -> DeliveryReport:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        # Not by loop.add_signal_handler, which Windows does not have.
        before = signal.signal(signal.SIGINT, lambda *_: loop.call_soon_threadsafe(stop.set))
        done = 0

        def tell(event: Tried | Dropped | Paused) -> None:
            nonlocal done, total
            match event:
                case Paused(until=until, paced=paced):
                    show.line(words.waiting(until, paced=paced, zone=campaign.meeting.zone))
                case Tried(queued=queued, outcome=Failed(reply=reply)):
                    refused.append((queued.promise.invitee, f"{reply.code} {reply.text}"))
                    done += 1
                case Dropped():
                    total -= 1
                case Tried(outcome=Halted()):
                    pass
                case _:
                    done += 1
            tick(done, total)

        try:
            return await send.deliver(
                store,
                route,
                campaign,
                clock=workspace.now,
                late=kind is Kind.THANKS,
                progress=tell,
                stop=stop,
            )
        finally:
            signal.signal(signal.SIGINT, before)

    memory.remember(workspace, store, campaign)
    with show.progress(_("Sending")) as tick:
        report = asyncio.run(run())
    memory.remember(workspace, store, campaign)
    if report.to_copy:
        with show.progress(_("Copying")) as tick:
            error = copies.try_to_copy(workspace.mailbox, route.sent_folder, report.to_copy, tick)
        if error:
            show.line(words.not_copied(route.sent_folder, error))
    called = {one.ref: one.called for one in roll.invitees(store, campaign.slug)} if refused else {}
    told = [(called.get(ref, ""), reply) for ref, reply in refused]
    remaining = still_due() if still_due else send.Remaining()
    if kind in RETRIED and refused:
        remaining = replace(remaining, refused=max(remaining.refused, len(refused)))
    return show_report(campaign, report, told, kind=kind, remaining=remaining)


def show_report(
    campaign: Campaign,
    report: DeliveryReport,
    refused: list[tuple[str, str]],
    *,
    kind: Kind,
    remaining: Remaining,
) -> int:
    """Show what became of the messages and what remains; return exit status 0 if nothing does."""
    for state, text in (
        (
            State.SENT,
            ngettext("{n} message was sent.", "{n} messages were sent.", report.tried.get(State.SENT, 0)),
        ),
        (State.DEFERRED, _("Put off by the server, to be tried again: {n}.")),
        (State.FAILED, _("Refused by the server: {n}.")),
        (State.IN_DOUBT, _("In doubt, perhaps delivered: {n}.")),
    ):
        if report.tried.get(state):
            show.line(text.format(n=report.tried[state]))
    for name, reply in refused:
        show.line(f"  {words.colon(name, reply)}")
    if report.stopped:
        show.line(words.stopped(report.trouble), "bold red")
    doubtful = report.states.get(State.IN_DOUBT, 0)
    left = max(report.left, remaining.due) - doubtful
    if left > 0:
        show.line(words.not_left(campaign.slug, COMMANDS[kind], left), "bold")
    waits = show_waiting(campaign, kind, remaining)
    if doubtful:
        text = ngettext(
            "{n} message is in doubt; nothing is sent twice without your word: “mailer send {campaign} --release-in-doubt”.",
            "{n} messages are in doubt; nothing is sent twice without your word: “mailer send {campaign} --release-in-doubt”.",
            doubtful,
        )
        show.line(text.format(n=doubtful, campaign=campaign.slug), "bold")
    if left > 0 or doubtful or refused or waits:
        return 1
    show.line(_("Everything has left."), "bold")
    return 0
