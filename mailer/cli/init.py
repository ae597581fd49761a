"""``mailer init``: make a new workspace from answers to questions, from options, or from the sample campaign."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from gettext import gettext as _
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mailer import environment, files
from mailer.cli import mail_servers, show
from mailer.errors import ConfigError
from mailer.providers import MailProtocol, SignIn, provider_of_server
from mailer.workspace import Workspace, memory
from mailer.workspace.new_workspace import NewWorkspace, files_of
from mailer.workspace.sample import TEMPLATES, copy_sample, refuse_full, sample_folder, write_common

ZONE = ZoneInfo("Europe/Paris")

_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


@click.command(
    "init",
    help=_(
        "Make a new workspace. At a terminal, a few questions are asked; options answer them beforehand. "
        "With neither, or with --sample, the sample campaign is copied, ready to edit."
    ),
)
@click.argument("folder", metavar=_("DIR"), type=click.Path(path_type=Path, file_okay=False))
@click.option("--sample", is_flag=True, help=_("Copy the sample campaign, and ask nothing."))
@click.option(
    "--organisation", default="", metavar=_("TEXT"), help=_("Who invites: a town hall, an association.")
)
@click.option("--name", default="", metavar=_("TEXT"), help=_("Your first and last name."))
@click.option(
    "--address",
    default="",
    metavar=_("ADDRESS"),
    help=_("The address that invites, and whose mailbox is read."),
)
@click.option("--title", default="", metavar=_("TEXT"), help=_("What the meeting is called."))
@click.option(
    "--starts", default="", metavar=_("MOMENT"), help=_("When it begins, such as 2025-03-31 14:00.")
)
@click.option("--ends", default="", metavar=_("MOMENT"), help=_("When it ends; two hours later by default."))
@click.option("--place", default="", metavar=_("TEXT"), help=_("Where it takes place."))
@click.pass_obj
def command(
    workspace: Workspace,
    folder: Path,
    sample: bool,
    organisation: str,
    name: str,
    address: str,
    title: str,
    starts: str,
    ends: str,
    place: str,
) -> int:
    """Make the workspace from the options, asking for those that are missing; return the exit status."""
    given = {
        "organisation": organisation,
        "name": name,
        "address": address,
        "title": title,
        "starts": starts,
        "ends": ends,
        "place": place,
    }
    refuse_full(folder)
    found = by_token = False
    if sample or not (any(given.values()) or show.is_terminal()):
        copy_sample(folder)
        campaign = "restitution-hellemmes"
    else:
        if show.is_terminal():
            given = _ask(given, workspace.now().astimezone(ZONE))
        new = _new_workspace(workspace, given)
        found = bool(new.smtp and new.imap)
        by_token = new.imap is not None and _takes_tokens(new.imap[0].host)
        letters = files.tree(sample_folder() / TEMPLATES)
        for file, content in files_of(new, letters).items():
            files.write(folder / file, content)
        write_common(folder)
        campaign = new.slug
    _say_next(folder, campaign, found=found, by_token=by_token)
    return 0


def _takes_tokens(host: str) -> bool:
    """Return whether a mail server is known to take no passwords."""
    provider = provider_of_server(host)
    return provider is not None and provider.sign_in is SignIn.OAUTH


def _ask(given: dict[str, str], now: datetime) -> dict[str, str]:
    """Ask a question for each option that was not given; return all values. An empty line accepts the default."""
    show.line(
        _(
            "A few questions; everything can be changed in the files afterwards. Ctrl-C stops, and writes nothing."
        )
    )
    monday = now + timedelta(days=28 - now.weekday())
    answers = dict(given)
    for key, question, proposal, usable in (
        ("organisation", _("Who invites (town hall, association, school)?"), "", bool),
        ("name", _("Your first and last name?"), "", bool),
        ("address", _("The address that invites, where the answers arrive?"), "", _ADDRESS.fullmatch),
        ("title", _("What is the meeting called?"), "", bool),
        ("starts", _("When does it begin?"), f"{monday:%Y-%m-%d} 14:00", _is_moment),
        ("ends", _("When does it end?"), "", _is_moment),
        ("place", _("Where (street, number, town)?"), "", bool),
    ):
        if key == "ends" and not proposal:
            proposal = _two_hours_after(answers["starts"])
        while not answers[key]:
            said = str(click.prompt(question, default=proposal, prompt_suffix=" ")).strip()
            if usable(said):
                answers[key] = said
            else:
                show.line(_("“{read}” will not do here. Please once more.").format(read=said))
    return answers


def _is_moment(written: str) -> bool:
    from mailer.campaign.moments import moment

    try:
        return isinstance(moment(written, ZONE), datetime)
    except (ValueError, KeyError):
        return False


def _two_hours_after(starts: str) -> str:
    from mailer.campaign.moments import moment

    try:
        begins = moment(starts, ZONE)
    except (ValueError, KeyError):
        return ""
    return f"{begins + timedelta(hours=2):%Y-%m-%d %H:%M}" if isinstance(begins, datetime) else starts


def _new_workspace(workspace: Workspace, given: dict[str, str]) -> NewWorkspace:
    """Return what a new workspace is made from. Raises ConfigError ``init-incomplete`` or ``address-unusable``."""
    given = {**given, "ends": given["ends"] or _two_hours_after(given["starts"])}
    missing = [f"--{key}" for key, said in given.items() if not said]
    if missing:
        raise ConfigError("init-incomplete", read=", ".join(missing))
    if not _ADDRESS.fullmatch(given["address"]):
        raise ConfigError("address-unusable", read=given["address"])
    found = mail_servers.look_for(workspace, given["address"])
    servers = {protocol: (kept.offer.server, kept.username) for protocol, kept in found.items()}
    return NewWorkspace(
        language=environment.language(),
        host=given["organisation"],
        name=given["name"],
        address=given["address"],
        title=given["title"],
        starts=given["starts"],
        ends=given["ends"],
        place=given["place"],
        smtp=servers.get(MailProtocol.SMTP),
        imap=servers.get(MailProtocol.IMAP),
    )


def _say_next(folder: Path, campaign: str, *, found: bool, by_token: bool) -> None:
    show.line(_("The workspace {folder} is ready. Next:").format(folder=folder), "bold")
    if said := memory.shared(Workspace(folder)):
        show.line(said, "bold")
    if folder.resolve() != Path.cwd():
        show.line(
            _("0. Go there: cd {folder}").format(folder=f'"{folder}"' if " " in str(folder) else folder)
        )
    file = f"config/campaigns/{campaign}.toml"
    if by_token:
        first = _(
            "1. Sign in to the mailbox with “mailer login”; docs/sign-in.en.md says what has to be prepared."
        )
    elif found:
        first = _("1. Write the passwords into config/secrets/.")
    else:
        first = _(
            "1. Write the mail servers into config/mailer.toml, and the passwords into config/secrets/."
        )
    steps = (
        first,
        _("2. Change {file}, its texts in templates/ and the list in contacts/.").format(file=file),
        _("3. Look: mailer check, then mailer preview {campaign} --out preview").format(campaign=campaign),
    )
    for step in steps:
        show.line(step)
