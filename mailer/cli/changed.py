"""Say what a change of one person did."""

from __future__ import annotations

from gettext import gettext as _

from mailer.cli import show
from mailer.jobs.people import Changed


def show_change(slug: str, changed: Changed, said: str) -> None:
    """Show what was done, or that it was so already, then who shares the address and whether it is barred."""
    who = changed.person.contact.called or changed.person.ref
    address = changed.person.contact.email
    if not changed.entries:
        said = _("{who} <{address}>: nothing changes, it was so already.")
    show.line(said.format(who=who, address=address, campaign=slug), "bold")
    if changed.others:
        names = ", ".join(one.contact.called or one.ref for one in changed.others)
        show.line(_("{names}: at the same address. They get one letter together.").format(names=names))
    if changed.barred:
        text = _(
            "{address} asked not to be written to, so nothing is sent there: “mailer allow {campaign} {address}”."
        )
        show.line(text.format(address=address, campaign=slug))
