"""``mailer poll``: record the results of a poll or a form from its export."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import gettext as _
from gettext import ngettext
from pathlib import Path

import click

from mailer import contacts, files
from mailer.cli import ask, options, show
from mailer.errors import ConfigError, UserError
from mailer.jobs import poll
from mailer.model.campaign import Campaign
from mailer.model.entry import Heard
from mailer.store import Store
from mailer.wording import words
from mailer.workspace import Workspace


@click.command(
    "poll",
    help=_(
        "Take in the results of a poll or form (Framadate, Rallly, Nextcloud, Doodle, Google, Microsoft, Framaforms, LimeSurvey, HelloAsso), or a table of names and answers."
    ),
)
@options.campaign
@click.argument("file", metavar=_("FILE"), type=click.Path(path_type=Path))
@click.option(
    "--column",
    default="",
    metavar=_("TEXT"),
    help=_("The question or option that means coming, by a part of its heading."),
)
@click.option(
    "--means",
    multiple=True,
    metavar=_("ANSWER=MEANING"),
    help=_("What an answer means: yes, no, perhaps or none (no answer); may be given several times."),
)
@options.yes
@click.pass_obj
def command(
    workspace: Workspace, campaign: str, file: Path, column: str, means: tuple[str, ...], yes: bool
) -> int:
    """Show every vote with its invitee, ask to confirm, record the new ones; return 1 if something is left for a person."""
    read = workspace.campaign(campaign)
    content = files.read(file, at_most=contacts.MAX_BYTES)
    said = dict(_meaning(one) for one in means)
    asking = show.is_terminal() and not yes
    with workspace.store() as store:
        result = _read(workspace, store, read, file.name, content, column, said, asking=asking)
        if result.unknown and asking:
            said |= _asked(result)
            result = _read(workspace, store, read, file.name, content, result.option, said, asking=False)
        _show(result)
        left = 1 if result.unknown else 0
        if not result.entries:
            show.line(_("Nothing new."))
            _keep(workspace, read, result, said)
            return left
        text = ngettext("Record this answer?", "Record these {n} answers?", len(result.entries))
        if not ask.consent(text.format(n=len(result.entries)), yes=yes):
            show.line(_("Nothing was recorded."))
            return 1
        poll.record(store, read.slug, result, workspace.now())
        _keep(workspace, read, result, said)
    waiting = sum(1 for entry in result.entries if isinstance(entry.fact, Heard) and entry.fact.held)
    show.line(_("Recorded."), "bold")
    if waiting:
        text = _("Waiting for a person: {n}. Decide with “mailer review {campaign}”.")
        show.line(text.format(n=waiting, campaign=read.slug))
    return 1 if waiting else left


def _read(
    workspace: Workspace,
    store: Store,
    campaign: Campaign,
    name: str,
    content: bytes,
    column: str,
    said: Mapping[str, str],
    *,
    asking: bool,
) -> poll.Result:
    """Read the file, and at a terminal ask which question means coming where that is open."""
    try:
        return poll.read(workspace.path, store, campaign, name, content, column, workspace.now(), said)
    except UserError as error:
        if error.code != "poll-column-needed" or not asking or not error.values["choices"]:
            raise
        column = _chosen(error.values["choices"])
        return poll.read(workspace.path, store, campaign, name, content, column, workspace.now(), said)


def _chosen(choices: object) -> str:
    """Return the heading that a person chooses by its number."""
    assert isinstance(choices, tuple)
    show.line(_("Which question means coming to the meeting?"))
    for number, heading in enumerate(choices, 1):
        show.line(f"  {number}. {heading}")
    number = click.prompt(_("Number"), type=click.IntRange(1, len(choices)))
    return str(choices[number - 1])


def _asked(result: poll.Result) -> dict[str, str]:
    """Ask what each unknown answer means; what is left open stays unknown."""
    keys = {"1": "yes", "2": "no", "3": "perhaps", "4": "none", "": ""}
    show.line(_("What do these answers to “{question}” mean?").format(question=result.option))
    said: dict[str, str] = {}
    for answer, who in result.unknown.items():
        text = _(
            "“{answer}” (given {n} times): 1 = yes, 2 = no, 3 = perhaps, 4 = no answer, Enter = leave it open"
        )
        chosen = click.prompt(
            text.format(answer=answer, n=len(who)),
            type=click.Choice(list(keys)),
            default="",
            show_default=False,
            show_choices=False,
        )
        if keys[chosen]:
            said[answer] = keys[chosen]
    return said


def _meaning(given: str) -> tuple[str, str]:
    """Return an answer and its meaning from ``ANSWER=MEANING``; the meaning also in the person's language."""
    answer, _sign, read = given.rpartition("=")
    known = {
        **{word: word for word in poll.MEANINGS},
        _("yes"): "yes",
        _("no"): "no",
        _("perhaps"): "perhaps",
    }
    known[_("none")] = "none"
    word = known.get(read.strip().casefold())
    if not answer.strip() or word is None:
        raise ConfigError("poll-meaning-unreadable", read=given)
    return answer.strip(), word


def _keep(workspace: Workspace, campaign: Campaign, result: poll.Result, said: Mapping[str, str]) -> None:
    """Keep in the campaign file what the person said of the question and its answers, so that it is asked once."""
    if said or (result.was_asked and result.option not in campaign.polls):
        poll.keep(workspace.path / campaign.file, result.option, said)


def _show(result: poll.Result) -> None:
    show.line(
        _("{program}: {option}").format(program=words.poll_program(result.kind), option=result.option), "bold"
    )
    told = (words.vote(voter, result.called) for voter in result.voters)
    rows = [(name, said, whose or why, known) for name, said, whose, why, known in told]
    show.table((_("In the poll"), _("Answer"), _("Invitee"), ""), rows)
    for answer, who in result.unknown.items():
        show.line(words.unknown_answer(answer, result.option, who), "bold")
