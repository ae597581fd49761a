"""Log the events of the service: sentences on a terminal, else one JSON object a line, with addresses masked."""

from __future__ import annotations

import re
from datetime import datetime
from gettext import gettext as _

from mailer.cli import output, show
from mailer.jobs import service_interface
from mailer.jobs.send import UnsoundError
from mailer.translation.marked import N_
from mailer.wording import words
from mailer.workspace import Workspace

EVENTS = {
    "read": N_("New mails read: {n}; recorded for an invitee: {recorded}; to review: {to_review}."),
    "kept": N_("{kind}: on its way to {messages}."),
    "acknowledged": N_("Answers acknowledged: {messages}."),
    "withdrawn": N_("Messages taken back (answered meanwhile, or too late): {messages}."),
    "sent": N_("Messages sent: {sent}; still waiting: {left}."),
    "in-doubt": N_("Messages in doubt: {messages}. See “mailer send {campaign} --release-in-doubt”."),
    "missed": N_("{kind} of {at}: missed, and not sent late. See “mailer schedule {campaign}”."),
    "waits-for-mailbox": N_(
        "{kind} of {at}: waits until the mailbox can be read, so that nobody who answered is written to."
    ),
    "waits-for-a-word": N_(
        "{kind} of {at}: waits, since nobody has confirmed it as it is now. See “mailer schedule {campaign}”."
    ),
    "trouble": N_("{what} This is tried again by itself."),
    "well-again": N_("{part}: well again."),
    "mail-set-aside": N_(
        "Mails that took more time or memory than a mail may: {mails}. They were set aside and wait for a person: see “mailer review”."
    ),
    "mail-withheld": N_(
        "Mails in “{folder}” that the mail server did not give: {mails}. They are asked for again."
    ),
    "mail-given-up": N_(
        "Mails that the mail server does not give: {mails}. They wait for a person: see “mailer review”."
    ),
    "left-out": "{what}",
    "clock-jumped": N_(
        "The clock jumped by {seconds} seconds, or the machine was asleep. Everything is looked at anew."
    ),
    "stopped": N_("Stopped; nothing is lost. Messages still waiting: {left}."),
}
PARTS = {
    "reading": N_("reading"),
    "sending": N_("sending"),
    "store": N_("ledger"),
    "copying": N_("copies of sent mail"),
    "appointment": N_("schedule"),
    "acknowledging": N_("acknowledgement"),
    "campaign": N_("campaign file"),
}
MOST_FAULTS = 20
"""How many faults of messages are logged."""

_ADDRESS = re.compile(r"""(?:"[^"\n]*"|[^\s<>"'()=:,;]+)@[^\s<>"'(),;:]+""")


class Log:
    """Writes the events of the service; `addresses` leaves mail addresses in."""

    def __init__(self, workspace: Workspace, *, as_json: bool, addresses: bool) -> None:
        self._workspace = workspace
        self._as_json = as_json
        self._addresses = addresses

    def tell(self, event: service_interface.Event) -> None:
        """Write one event."""
        at = self._workspace.now().astimezone().isoformat(timespec="seconds")
        said = self._safe(self._words(event))
        if not self._as_json:
            show.line(f"{at[11:16]}  {said}", "bold red" if event.trouble else "")
            return
        fields: dict[str, object] = {
            "at": at,
            "level": "warning" if event.trouble else "info",
            "event": event.code,
            **({"campaign": event.campaign} if event.campaign else {}),
            **{
                name: self._safe(value) if isinstance(value, str) else value
                for name, value in event.values.items()
            },
            **({"error": event.error.code} if event.error else {}),
            **({"faults": _faults(event.error)} if isinstance(event.error, UnsoundError) else {}),
            "message": said,
        }
        output.as_json(fields, error=True)

    def _words(self, event: service_interface.Event) -> str:
        values = dict(event.values)
        kinds = (n for name, n in values.items() if name not in ("recorded", "to_review"))
        if event.code == "read":
            values["n"] = sum(n for n in kinds if isinstance(n, int))
        values.setdefault("sent", 0)
        if "kind" in values:
            values["kind"] = words.value(str(values["kind"]))
        if "part" in values:
            values["part"] = _(PARTS[str(values["part"])])
        if "at" in values:
            values["at"] = words.moment(datetime.fromisoformat(str(values["at"])))
        what = words.error_sentence(event.error) if event.error else ""
        said = _(EVENTS[event.code]).format(**values, what=what, campaign=event.campaign)
        return words.colon(event.campaign, said) if event.campaign else said

    def _safe(self, text: str) -> str:
        return text if self._addresses else _ADDRESS.sub("…@…", text)


def _faults(error: UnsoundError) -> list[dict[str, str]]:
    """Return the first faults of the messages by place and code; their sentences may have names and words of letters."""
    return [{"place": words.place(one.origin), "code": one.code} for one in error.problems[:MOST_FAULTS]]
