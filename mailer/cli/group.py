"""Define the click group `mailer`: global options, subcommands imported on demand, each error reported in one sentence."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import datetime
from gettext import gettext as _
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from mailer import __version__, environment
from mailer.cli.commands import COMMANDS, load
from mailer.errors import ConfigError, UserError
from mailer.wording import words
from mailer.workspace import Workspace

PARIS = ZoneInfo("Europe/Paris")
"""The zone in which a moment is read on a machine that keeps UTC, as servers do."""


class Formatter(click.HelpFormatter):
    """Help formatter with translated headings (French has a no-break space before the colon)."""

    def write_heading(self, heading: str) -> None:
        """Write a heading followed by a colon, spaced as the language requires."""
        indent = " " * self.current_indent
        self.write(indent + _("{heading}:").format(heading=heading) + "\n")


class Context(click.Context):
    """The click context of every command, which formats help by `Formatter`."""

    formatter_class = Formatter


class LazyGroup(click.Group):
    """A group that imports a command when it is called, so that ``--help`` need not load a mail library."""

    context_class = Context

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Name the commands in the order of a campaign's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        command = load(cmd_name)
        assert isinstance(command, click.Command)
        command.context_class = Context
        command.options_metavar = _("[OPTIONS]")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """List the commands with one line each, without importing them."""
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(words.COMMANDS[name])) for name in COMMANDS])


@click.group(
    cls=LazyGroup,
    options_metavar=_("[OPTIONS]"),
    subcommand_metavar=_("COMMAND ..."),
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help=_("Invitations by mail, with a calendar invitation inside, and the attendance made of the answers."),
)
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    metavar=_("DIR"),
    help=_("The folder of the campaigns (with config/, templates/ and contacts/); this folder by default."),
)
@click.option(
    "--now",
    metavar=_("MOMENT"),
    default=None,
    help=_(
        "Rehearse as if it were this moment, such as 2025-03-13T09:00 (the time of this machine, or of Paris where that is UTC; or add an offset: +01:00); sends only to this machine."
    ),
)
@click.version_option(__version__, prog_name="mailer")
@click.pass_context
def cli(context: click.Context, workspace: Path, now: str | None) -> None:
    """Make the workspace object for the command; its files are read when the command needs them."""
    context.obj = Workspace(workspace, moment_of(now or environment.variable("MAILER_NOW")))


def moment_of(written: str) -> datetime | None:
    """Read ``--now``; a moment without an offset is told as the clock of the machine does, of France where that is UTC."""
    if not written:
        return None
    try:
        moment = datetime.fromisoformat(written)
    except ValueError as error:
        raise ConfigError("now-unreadable", read=written) from error
    if moment.tzinfo:
        return moment
    local = moment.astimezone()
    return moment.replace(tzinfo=PARIS) if local.tzname() in ("UTC", "") else local


def main(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status; every error is told in one sentence on standard error."""
    try:
        status = cli.main(list(arguments), prog_name="mailer", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except UserError as error:
        click.echo(words.error_sentence(error), err=True)
        return 2
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        click.echo(
            _(
                "Stopped. What was done so far is kept: “mailer status” shows where things stand. "
                "Run the command again to go on."
            ),
            err=True,
        )
        return 1
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    except Exception as error:  # noqa: BLE001 - the last line of defence: no traceback for a person
        if environment.variable("MAILER_DEBUG"):
            from mailer.cli import trace

            click.echo(trace.told(error), err=True)
        click.echo(words.our_fault(error), err=True)
        return 2
