"""What codes and values are called in the person's language."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from datetime import datetime, time
from gettext import gettext as _
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailer import environment
from mailer.errors import UserError
from mailer.wording.marked import N_

if TYPE_CHECKING:
    from mailer.ledger import Correction
    from mailer.model.contact import Origin, Problem
    from mailer.model.meeting import Meeting
    from mailer.model.outcome import Reply
    from mailer.polls import Voter
    from mailer.store import Breach

COMMANDS = {
    "init": N_("make a new workspace, with the sample campaign to edit"),
    "check": N_("find everything that would stop or spoil a campaign; changes nothing"),
    "contacts": N_("show how contact lists are read, with the problems line by line"),
    "preview": N_("write every message to a folder, to look at before sending"),
    "send": N_("send the invitations that are due; again: only what is missing"),
    "remind": N_("remind those who have not answered"),
    "update": N_("tell the invitees what has changed"),
    "cancel": N_("call the meeting off, or one invitation"),
    "details": N_("send the last details to those who come"),
    "thank": N_("thank those who came"),
    "schedule": N_("show what leaves by itself, when, and to whom"),
    "read": N_("read the mailbox and record the answers"),
    "inspect": N_("show how mails are understood, without recording anything"),
    "review": N_("decide the answers that need a person"),
    "record": N_("note what was said by phone, or who came"),
    "status": N_("show where a campaign stands"),
    "why": N_("show the history of one invitee, with the evidence"),
    "export": N_("write the attendance to a file"),
    "poll": N_("take in the results of a poll (Framadate, Rallly, Nextcloud, Google Forms)"),
    "forget": N_("erase a person from the records"),
    "purge": N_("erase what has been kept long enough"),
    "correct": N_("take back an attendance that was corrected in a spreadsheet"),
    "verify": N_("check that nothing in the ledger was altered"),
    "run": N_("the service: read, plan and send by itself until stopped"),
    "desk": N_("the same work in the browser of this machine"),
    "demo": N_("run the whole sample campaign on servers of its own, on this machine"),
}


def sentence(code: str, values: Mapping[str, object]) -> str:
    """The sentence for a code, filled in; the bare code where there is none, which a test forbids."""
    from mailer.wording.sentences import SENTENCES

    text = _(SENTENCES[code]) if code in SENTENCES else code
    filled = {name: value for name, value in values.items() if value != ""}
    return text.format_map(_Blank(filled))


class _Blank(dict[str, object]):
    """Leaves a gap empty rather than fail while something is being said."""

    def __missing__(self, key: str) -> str:
        return "…"


def complaint(error: UserError) -> str:
    """An error in one sentence, with file and line in front."""
    return _placed(error.file, error.line, said_of(error))


def said_of(error: UserError, **instead: object) -> str:
    """An error in one sentence, without its place; `instead` are values the person knows by other names."""
    return _capital(sentence(error.code, values_of(error) | instead))


def tested(address: str, reply: Reply) -> str:
    """What the server made of a test message."""
    if reply.code // 100 == 2:
        return _("The test was sent to {address}.").format(address=address)
    return _("The test was refused by the server: {reply}").format(reply=f"{reply.code} {reply.text}")


def not_copied(folder: str, error: UserError) -> str:
    """Why what was sent has no copy where the mailbox keeps sent mail."""
    text = _("The messages were sent, but their copies could not be put into “{folder}”:")
    return f"{text.format(folder=folder)} {said_of(error)}"


def _capital(text: str) -> str:
    """The sentence with a capital, unless it begins with a link or an address, which are as they are written."""
    first = text.partition(" ")[0]
    return text if "://" in first or "@" in first else text[:1].upper() + text[1:]


def values_of(error: UserError) -> dict[str, object]:
    """What the sentence for an error is filled with."""
    return {"file": error.file, "line": error.line or "", "read": error.read, **_shown(error.values)}


def _shown(values: Mapping[str, object]) -> dict[str, object]:
    """Values as a person reads them: moments in words, and what another program said in their language."""
    from mailer.wording import foreign

    shown = dict(values)
    for name, given in values.items():
        if isinstance(given, datetime):
            shown[name] = moment(given)
        elif name == "reason":
            shown[name] = foreign.translated(str(given))
    return shown


def problem(found: Problem) -> str:
    """A problem of a contact list, without its place."""
    values = {
        "file": found.origin.file,
        "line": found.origin.line or "",
        "read": found.read,
        "proposal": found.proposal,
        **_shown(found.values),
    }
    if "column" in found.values:
        values["column"] = value(str(found.values["column"]))
    return _capital(sentence(found.code, values))


def problems(found: Sequence[Problem]) -> list[str]:
    """Say the first twenty problems, each with its place."""
    return [f"{place(one.origin)}  {problem(one)}" for one in found[:20]]


def waiting(until: datetime, *, paced: bool, zone: str) -> str:
    """Say until when nothing is sent: `paced` for the pace of the account, else for a server's later try."""
    text = _("Waiting until {time} to keep the pace.") if paced else _("Trying again at {time}.")
    return text.format(time=f"{until.astimezone(ZoneInfo(zone)):%H:%M:%S}")


def place(origin: Origin) -> str:
    """Where something stands, as short as compilers say it: ``contacts/liste.xlsx[Feuille 2]:12``."""
    sheet = f"[{origin.sheet}]" if origin.sheet else ""
    line = f":{origin.line}" if origin.line else ""
    return f"{origin.file}{sheet}{line}"


def _placed(file: str, line: int, text: str) -> str:
    if not file:
        return text
    if not line:
        return _("{file}: {text}").format(file=file, text=text)
    return _("{file}, line {line}: {text}").format(file=file, line=line, text=text)


def our_fault(error: Exception) -> str:
    """What to say of an error that is not the person's."""
    return _(
        "This is a fault of the program, not yours: {kind}. Nothing was lost. Run the command again with "
        "MAILER_DEBUG=1 and send what it shows to whoever looks after the program."
    ).format(kind=type(error).__name__)


VALUES = {
    "accepted": N_("yes"),
    "declined": N_("no"),
    "tentative": N_("perhaps"),
    "delegated": N_("somebody else comes"),
    "none": N_("no answer"),
    "present": N_("present"),
    "absent": N_("absent"),
    "excused": N_("excused"),
    "represented": N_("represented"),
    "queued": N_("to be sent"),
    "sent": N_("sent"),
    "deferred": N_("put off"),
    "failed": N_("refused"),
    "in_doubt": N_("in doubt"),
    "bounced": N_("not delivered"),
    "suppressed": N_("not to be written to"),
    "calendar": N_("calendar"),
    "text": N_("mail"),
    "poll": N_("poll"),
    "staff": N_("staff"),
    "outbox": N_("sending"),
    "calendar-reply": N_("calendar answer"),
    "calendar-counter": N_("another time proposed"),
    "bounce": N_("delivery failure"),
    "auto-reply": N_("automatic reply"),
    "unsubscribe": N_("opt-out"),
    "reply": N_("written answer"),
    "other": N_("something else"),
    "unclear": N_("unclear"),
    "invitation": N_("invitation"),
    "reminder": N_("reminder"),
    "update": N_("update"),
    "cancel": N_("cancellation"),
    "details": N_("last details"),
    "thanks": N_("thanks"),
    "acknowledgement": N_("acknowledgement"),
    "kept": N_("done"),
    "needless": N_("done by hand"),
    "due": N_("due now"),
    "missed": N_("missed"),
    "ahead": N_("to come"),
    "title": N_("title"),
    "answer": N_("answer"),
    "party_size": N_("number"),
    "comment": N_("remark"),
    "presence": N_("presence"),
    "review": N_("to decide"),
    "email": N_("address"),
    "civility": N_("civility"),
    "first_name": N_("first name"),
    "last_name": N_("last name"),
    "organisation": N_("organisation"),
    "function": N_("function"),
    "language": N_("language"),
    "groups": N_("groups"),
    "starts": N_("start"),
    "ends": N_("end"),
    "place": N_("place"),
    "room": N_("room"),
    "agenda": N_("agenda"),
    "description": N_("description"),
    "url": N_("link"),
    "zone": N_("time zone"),
    "all_day": N_("whole day"),
    "cancelled": N_("cancelled"),
}


def value(word: str) -> str:
    """What a word of the machine-readable contract is called."""
    return _(VALUES[word]) if word in VALUES else word


def changed(change: Correction) -> tuple[str, str, str]:
    """A corrected cell: which one, before, and after."""
    return value(change.column), _cell(change.column, change.before), _cell(change.column, change.after)


def _cell(column: str, text: str) -> str:
    """Answers and presence are words of ours; what people wrote stays as it is."""
    if column == "review":
        return _("yes") if text else ""
    return value(text) if column in ("answer", "presence") else text


def vote(voter: Voter, called: Mapping[str, str]) -> tuple[str, str, str, str, str]:
    """A vote of a poll: the name there, the answer, whose it is or else why not, and whether it is known already.

    `called` has the names of the invitees by their reference.
    """
    whose = called.get(voter.match.invitee, "")
    why = "" if whose else sentence(voter.match.why or voter.vote.why, {})
    said = value(voter.vote.partstat.word) if voter.vote.partstat else ""
    return voter.vote.ballot.name, said, whose, why, "" if voter.new else _("known already")


def verified(slug: str, breach: Breach | None) -> str:
    """Whether the ledger of a campaign is as it was written, or else the first entry that is not."""
    if breach is None:
        return _("{campaign}: everything is as it was written.").format(campaign=slug)
    why = sentence(f"entry-{breach.why}", {"n": breach.number})
    return _("{campaign}: {why}").format(campaign=slug, why=why)


def author() -> str:
    """Who is at the desk: the name of their account on this machine."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):
        return ""


def meeting_time(meeting: Meeting, language: str = "") -> str:
    """When a meeting is, in words of a language: by default the one the person speaks."""
    from mailer.compose.tongues import TONGUES

    tongue = TONGUES[language or environment.language()]
    return tongue.span(meeting.starts, meeting.ends, all_day=meeting.all_day)


def colon(what: str, text: str) -> str:
    """Two texts with a colon between them, spaced as the language has it."""
    return _("{what}: {text}").format(what=what, text=text)


def day(at: datetime) -> str:
    """A day in words of the person's language."""
    from mailer.compose.tongues import TONGUES

    return TONGUES[environment.language()].day(at)


def moment(at: datetime) -> str:
    """A moment in words of the person's language: ``lundi 10 mars 2025, 9 h``."""

    return f"{day(at)}, {hour(at)}"


def hour(at: datetime | time) -> str:
    """An hour as the person's language writes it: ``14 h 30``, ``14:30``."""
    from mailer.compose.tongues import TONGUES

    return TONGUES[environment.language()].time(at)
