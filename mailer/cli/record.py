"""``mailer record``: record an answer that was given by phone, or that somebody was present at the meeting."""

from __future__ import annotations

from gettext import gettext as _

import click

from mailer.cli import options, show
from mailer.errors import ConfigError
from mailer.exports.typed_words import staff_word
from mailer.jobs import find, record, roll, standings
from mailer.wording import words
from mailer.workspace import Workspace, memory


@click.command("record", help=_("Note what somebody said by phone, or whether they came."))
@options.campaign
@options.who
@click.argument("what", metavar=_("yes|no|perhaps|present|absent|excused|represented"))
@click.option("--party", type=click.IntRange(1, 999), metavar="N", help=_("How many come in all."))
@click.option("--sure", is_flag=True, help=_("So many people really come."))
@click.option("--note", default="", metavar=_("TEXT"), help=_("What was said besides."))
@click.pass_obj
def command(
    workspace: Workspace, campaign: str, who: str, what: str, party: int | None, note: str, sure: bool
) -> int:
    """Record one answer or one presence in the ledger; return the exit status."""
    slug = workspace.campaign(campaign).slug
    meant = staff_word(what)
    if not meant:
        raise ConfigError("record-unknown", read=what)
    with workspace.store() as store:
        show.warnings(memory.warnings(workspace, store, [slug]))
        invitee, person = find.meant(roll.meant(store, slug, who), who)
        record.record(
            store,
            slug,
            invitee,
            meant,
            now=workspace.now(),
            person=person.ref if person else "",
            party=party,
            note=note,
            author=words.author(),
            sure=sure,
        )
        now = standings.of_invitee(store, slug, invitee)
    called = person.contact.called if person else invitee.called
    show.line(_("{who}: {what}.").format(who=called, what=words.value(meant)))
    asked = [person] if person else invitee.members
    if meant in record.SAID and any(now[one.ref].cancelled_at for one in asked):
        show.line(
            _(
                "It is noted, and changes nothing: the meeting is cancelled, or their invitation was taken back."
            )
        )
        return 1
    return 0
