"""Say what of a mailbox is read, and what could not be."""

from __future__ import annotations

from collections.abc import Sequence
from gettext import gettext as _
from gettext import ngettext

from mailer.jobs.collect import ReadingReport
from mailer.wording import words


def left_out(report: ReadingReport) -> list[str]:
    """Return a sentence for everything that could not be read or moved."""
    said = []
    for folder, n in report.withheld.items():
        text = ngettext(
            "{n} mail in “{folder}” could not be read, as the mail server did not give it: it is asked for again at the next reading.",
            "{n} mails in “{folder}” could not be read, as the mail server did not give them: they are asked for again at the next reading.",
            n,
        )
        said.append(text.format(n=n, folder=folder))
    if report.given_up:
        text = ngettext(
            "{n} could not be read, as the mail server does not give it: it waits for a person.",
            "{n} could not be read, as the mail server does not give them: they wait for a person.",
            report.given_up,
        )
        said.append(text.format(n=report.given_up))
    return [*said, *(words.error_sentence(error) for error in report.troubles)]


MOST_NAMED = 12
"""How many folders that are not read are named; the others are counted."""


def folders(read: Sequence[str], others: Sequence[str]) -> str:
    """Say which folders of the mailbox are read, and which are not."""
    said = [_("Folders of the mailbox that are read for answers: {names}.").format(names=listed(read))]
    if others:
        text = _("Not read: {names}. To read one of them too, add it to folders under [imap].")
        said.append(text.format(names=listed(others)))
    return " ".join(said)


def answers_elsewhere(folder: str, n: int) -> str:
    """Say that a folder that is not read holds answers."""
    text = ngettext(
        "The folder “{folder}” is not read, and holds {n} mail that answers a letter of yours and was not read elsewhere. Add the folder to folders under [imap], then read the mailbox.",
        "The folder “{folder}” is not read, and holds {n} mails that answer letters of yours and were not read elsewhere. Add the folder to folders under [imap], then read the mailbox.",
        n,
    )
    return text.format(folder=folder, n=n)


def listed(names: Sequence[str]) -> str:
    """Return the names of folders in quotation marks; of many, the first, and how many more there are."""
    shown = ", ".join(_("“{name}”").format(name=name) for name in names[:MOST_NAMED])
    more = len(names) - MOST_NAMED
    if more <= 0:
        return shown
    return ngettext("{names} and {n} more", "{names} and {n} more", more).format(names=shown, n=more)
