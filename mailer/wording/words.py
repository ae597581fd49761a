"""Put codes, values, errors and moments into the person's language."""

from __future__ import annotations

import getpass
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from gettext import gettext as _
from gettext import ngettext
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from mailer import environment
from mailer.errors import UserError
from mailer.translation.marked import N_

if TYPE_CHECKING:
    from pathlib import Path

    from mailer.jobs.compare import Compared
    from mailer.jobs.protect import Mention, PersonRecords
    from mailer.jobs.rebuild import LettersVerified
    from mailer.jobs.traces import Trace
    from mailer.ledger import Correction
    from mailer.model.attendance import PersonState
    from mailer.model.contact import Origin, Problem
    from mailer.model.meeting import Meeting
    from mailer.model.outcome import Reply
    from mailer.model.people import Invitee
    from mailer.polls import Voter
    from mailer.store import Breach
    from mailer.store.lines import VerifiedLines

COMMANDS = {
    "init": N_("make a new workspace, with the sample campaign to edit"),
    "login": N_("sign in to a mailbox whose provider takes no passwords (OAuth 2)"),
    "logout": N_("end the sign-in to the mailbox"),
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
    "add": N_("invite one person by hand"),
    "move": N_("give a person another address"),
    "merge": N_("make two lines one person"),
    "withdraw": N_("take back the invitation of one person"),
    "allow": N_("write again to somebody who was barred"),
    "status": N_("show where a campaign stands"),
    "why": N_("show the history of one invitee, with the evidence"),
    "export": N_("write the attendance to a file"),
    "poll": N_("take in the results of a poll, a form or a table of answers"),
    "forget": N_("erase a person from the records"),
    "purge": N_("erase what has been kept long enough"),
    "correct": N_("take back an attendance that was corrected in a spreadsheet"),
    "verify": N_("check that nothing in the ledger was altered"),
    "backup": N_("write a backup of the ledger, also while the program runs"),
    "restore": N_("put the ledger back from a backup"),
    "run": N_("the service: read, plan and send by itself until stopped"),
    "desk": N_("the same work in the browser of this machine"),
    "demo": N_("run the whole sample campaign on servers of its own, on this machine"),
}


def sentence(code: str, values: Mapping[str, object]) -> str:
    """Return the sentence for a code, filled in; the bare code if there is none, which a test forbids."""
    from mailer.wording.sentences import SENTENCES

    text = _(SENTENCES[code]) if code in SENTENCES else code
    filled = {name: value for name, value in values.items() if value != ""}
    return text.format_map(_Blank(filled))


class _Blank(dict[str, object]):
    """Values for a sentence; a missing one becomes an ellipsis, so that an error message never fails itself."""

    def __missing__(self, key: str) -> str:
        return "…"


def error_sentence(error: UserError) -> str:
    """Return an error as one sentence, with file and line in front."""
    return _placed(error.file, error.line, said_of(error))


def said_of(error: UserError, **instead: object) -> str:
    """Return an error as one sentence without its place; `instead` replaces values the person knows by other names."""
    return _capital(sentence(error.code, values_of(error) | instead))


def tested(address: str, reply: Reply) -> str:
    """Return whether the server accepted a test message, as a sentence."""
    if reply.code // 100 == 2:
        return _("The test was sent to {address}.").format(address=address)
    refused = _("The test was refused by the server: {reply}").format(reply=f"{reply.code} {reply.text}")
    return of_a_setting(reply) or refused


def stopped(trouble: UserError) -> str:
    """Return why sending stopped, as sentences."""
    said = said_of(trouble)
    return said if trouble.code.startswith("sending-stopped") else f"{said} {sentence('nobody-marked', {})}"


def of_a_setting(reply: Reply) -> str:
    """Return a sentence with the setting that a refusal of the account is about; "" if there is none."""
    from mailer import outbox

    about = outbox.matter(reply)
    return sentence(about.value, {"reply": f"{reply.code} {reply.text}"}) if about else ""


def server_tried(name: str, host: str, error: UserError | None) -> str:
    """Return whether a server took the new sign-in, as a sentence."""
    if error is not None:
        return said_of(error)
    text = _("Sending through {host} works.") if name == "smtp" else _("Reading at {host} works.")
    return text.format(host=host)


def signed_in(address: str, other: str, *, works: bool) -> str:
    """Return the sentence that ends a sign-in; `other` is who signed in, if it is not the mailbox itself."""
    text = _("You are signed in to {address}.")
    if other:
        text = _("You are signed in to {address}, as {other}.")
    said = [text.format(address=address, other=other)]
    if not works:
        said.append(_("What is said above is still to be put right; no new sign-in is needed for that."))
    return " ".join(said)


def signed_out(address: str, server: str, trouble: UserError | None, *, revoked: bool) -> list[str]:
    """Return what was done to end a sign-in, and what is left to do."""
    said = [_("You are signed out of {address}: the token was removed here.").format(address=address)]
    if revoked:
        said.append(_("The provider ({server}) has revoked it.").format(server=server))
        return said
    if trouble is not None:
        said.append(said_of(trouble))
    said.append(
        _(
            "The provider did not revoke it: it ends there by itself, or when you take away this program’s access in the settings of the account."
        )
    )
    return said


def not_copied(folder: str, error: UserError) -> str:
    """Return why no copy of the sent messages is in the folder for sent mail."""
    from mailer.wire import SENT

    text = _("The messages were sent, but their copies could not be put into “{folder}”:")
    named = _("folder for sent mail") if folder == SENT else folder
    return f"{text.format(folder=named)} {said_of(error)}"


def not_left(slug: str, command: str, n: int) -> str:
    """Say how many messages of a campaign have not left, with the command that goes on with them."""
    text = ngettext(
        "{n} message has not left yet: run “mailer {command} {campaign}” again.",
        "{n} messages have not left yet: run “mailer {command} {campaign}” again.",
        n,
    )
    return text.format(n=n, command=command, campaign=slug)


def to_call(people: Iterable[tuple[Invitee, str]]) -> list[tuple[str, list[Invitee]]]:
    """Say of people whom no letter tells of a change what they had answered, those who said yes first."""
    said = {
        "accepted": _("said yes and get no message: call them"),
        "tentative": _("said perhaps and get no message: call them"),
    }
    people = list(people)
    return [
        (text, found)
        for word, text in said.items()
        if (found := [one for one, each in people if each == word])
    ]


def _capital(text: str) -> str:
    """Return the sentence with a capital, unless it begins with a link or an address."""
    first = text.partition(" ")[0]
    return text if "://" in first or "@" in first else text[:1].upper() + text[1:]


def values_of(error: UserError) -> dict[str, object]:
    """Return the values that the sentence for an error is filled with."""
    return {"file": error.file, "line": error.line or "", "read": error.read, **_shown(error.values)}


def _shown(values: Mapping[str, object]) -> dict[str, object]:
    """Return values as a person reads them: moments, names of fields and messages of other programs in words."""
    from mailer.wording import foreign

    shown = dict(values)
    for name, given in values.items():
        if isinstance(given, datetime):
            shown[name] = moment(given)
        elif isinstance(given, tuple):
            shown[name] = ", ".join(value(str(one)) for one in given)
        elif name == "reason":
            shown[name] = foreign.translated(str(given))
    return shown


def problem(found: Problem) -> str:
    """Return a problem of a contact list as a sentence, without its place."""
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


def erased(trace: Trace, folder: Path | None = None) -> str:
    """Say what becomes of a file that names a person who is erased; its path is shown from `folder` on."""
    file = trace.path.relative_to(folder) if folder else trace.path
    if trace.anew:
        return _("{file} is written anew, as the campaign stands then").format(file=file)
    if trace.is_deleted:
        return _("{file} is deleted; it can be written again with “mailer preview”").format(file=file)
    if not trace.lines:
        return _(BY_HAND[trace.kind.value]).format(file=file)
    n = len(trace.lines)
    removed = ngettext("{file}: {n} line is removed", "{file}: {n} lines are removed", n).format(
        file=file, n=n
    )
    return (
        _("{removed}, and the rest has to be edited by hand").format(removed=removed)
        if trace.by_hand
        else removed
    )


BY_HAND = {
    "other": N_("{file} has to be edited by hand"),
    "export": N_("{file} has to be written again with “mailer export”, or edited by hand"),
    "pdf": N_(
        "{file} may name them and cannot be searched: write it again with “mailer export”, or delete it"
    ),
    "list": N_("{file} is a contact list: delete it if no other campaign needs these people"),
    "ledger": N_("{file} is a copy of the ledger: write it again with “mailer export”, never edit it"),
    "backup": N_("{file} is a backup that names them: delete it, and make a new one"),
    "mail": N_("{file} is a copy of a mail: delete it"),
    "archive": N_("{file} is an archive that names them: delete it, or make it again without them"),
}


def mailbox_stays() -> str:
    """Say that mails are not erased in the mailbox."""
    return _(
        "In the mailbox nothing is erased: delete their mails there, in the inbox and among the sent ones, and in backups."
    )


def mentioned(mention: Mention) -> str:
    """Show words of others that name a person, with their place in the ledger."""
    text = " ".join(mention.words.split())
    shown = f"{text[:MOST_SHOWN]}…" if len(text) > MOST_SHOWN else text
    return colon(f"{mention.campaign} {mention.number}", shown)


MOST_SHOWN = 200


def forgotten(left: PersonRecords, folder: Path) -> tuple[list[str], bool]:
    """Say what a search after the erasure found: nothing but the mark, or what is left and what to do; return whether any is."""
    gone = _("Erased.")
    mark = _("Only a mark that cannot be read back stays, so that no list brings this person back.")
    if not left.traces and not left.mentions:
        return [f"{gone} {mark}"], False
    said = still_named(left.traces, folder) or [_still()]
    said += [f"  {mentioned(one)}" for one in left.mentions]
    if left.mentions:
        said.append(_("To erase the words of others, too: the same command with --words."))
    return said, True


def still_named(left: Sequence[Trace], folder: Path) -> list[str]:
    """Say which files still name people who were erased, and what to do with each; nothing where none does."""
    return [_still(), *(f"  {erased(trace, folder)}" for trace in left)] if left else []


def _still() -> str:
    return _("Erased from the ledger, but still named here; see to these:")


def place(origin: Origin) -> str:
    """Return file, sheet and line as compilers write them: ``contacts/liste.xlsx[Feuille 2]:12``."""
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
    """Return what to show for an exception that is a bug of the program."""
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
    """Return what a value for programs (``accepted``, ``party_size``) is called; an unknown one as it is."""
    return _(VALUES[word]) if word in VALUES else word


def state(of: PersonState) -> str:
    """Return what the state of a person is called."""
    from mailer.exports import columns

    return columns.words(environment.language())[columns.Column.STATE][of.value]


def changed(change: Correction) -> tuple[str, str, str]:
    """Return the column of a corrected cell, and its value before and after."""
    return value(change.column), _cell(change.column, change.before), _cell(change.column, change.after)


def _cell(column: str, text: str) -> str:
    """Return a cell in words; only answers, presence and review hold values for programs."""
    if column == "review":
        return _("to look over") if text == "glance" else _("yes") if text else ""
    return value(text) if column in ("answer", "presence") else text


def vote(voter: Voter, called: Mapping[str, str]) -> tuple[str, str, str, str, str]:
    """Return a vote of a poll as cells: name in the poll, answer, invitee, why there is none, and whether it is known already.

    `called` has the names of the invitees by their reference.
    """
    whose = called.get(voter.match.invitee, "")
    why = sentence(voter.match.why or voter.vote.why, {}) if voter.match.why or voter.vote.why else ""
    whose = "" if why else whose
    said = value(voter.vote.partstat.word) if voter.vote.partstat else ""
    heads = voter.vote.answer.headcount if voter.vote.answer else None
    said = f"{said}, {heads}" if heads else said
    return (
        voter.vote.ballot.name or voter.vote.ballot.email,
        said,
        whose,
        why,
        "" if voter.new else _("known already"),
    )


def unknown_answer(answer: str, question: str, who: Sequence[str]) -> str:
    """Return a sentence on an answer of a poll whose meaning is not known, with those who gave it and what to do."""
    text = _(
        'Not recorded: what “{answer}” means under “{question}” is not known ({who}). Say it once, for example: --means "{answer}=yes" (yes, no, perhaps, none).'
    )
    shown = ", ".join(who[:5]) + (" …" if len(who) > 5 else "")
    return text.format(answer=answer, question=question, who=shown)


def poll_program(kind: str) -> str:
    """Return the name of the program that a poll or form was held with."""
    names = {
        "framadate": "Framadate",
        "rallly": "Rallly",
        "nextcloud": "Nextcloud Polls",
        "doodle": "Doodle",
        "google_forms": "Google Forms",
        "microsoft_forms": "Microsoft Forms",
        "nextcloud_forms": "Nextcloud Forms",
        "framaforms": "Framaforms",
        "limesurvey": "LimeSurvey",
        "helloasso": "HelloAsso",
    }
    return names.get(kind) or _("table of answers")


def verified(slug: str, breach: Breach | None) -> str:
    """Return a sentence on whether the ledger of a campaign was altered, with the first altered entry."""
    if breach is None:
        return _("{campaign}: everything is as it was written.").format(campaign=slug)
    why = sentence(f"entry-{breach.why}", {"n": breach.number})
    return _("{campaign}: {why}").format(campaign=slug, why=why)


def letters_verified(letters: LettersVerified) -> str:
    """Return a sentence on whether the letters that were sent can be made again as they left."""
    if letters.other:
        numbers = ", ".join(map(str, letters.other[:10]))
        return _("  Letters that are not as they left, by the number of their entry: {read}").format(
            read=numbers
        )
    return _("  Letters made again as they left: {n}. Letters of which nothing is kept: {erased}.").format(
        n=letters.same, erased=letters.erased
    )


def keeps_erased(file: Path) -> str:
    """Return the sentence on a backup, which nobody is erased from."""
    return _(
        "This backup was not changed, and still has all that was in it; delete it, or make a new one: {file}"
    ).format(file=file)


def compared(found: Compared) -> list[str]:
    """Return sentences on what was compared with the ledger, and on what differs."""
    text = _(
        "  Compared with the ledger: entries {entries}, people {people}, messages in the queue {waiting}, mails read {mails}, versions of letters {versions}; and who is barred."
    )
    lines = [
        text.format(
            entries=found.entries,
            people=found.people,
            waiting=found.waiting,
            mails=found.mails,
            versions=found.versions,
        )
    ]
    queue = (
        (
            found.sent,
            _(
                "  In the queue, but sent already; they do not leave again: {read}. Mend it: mailer verify --rebuild"
            ),
        ),
        (
            found.altered,
            _("  In the queue, but not as it was asked for: {read}. Mend it: mailer verify --rebuild"),
        ),
        (
            found.missing,
            _("  Owed, and not in the queue: {read}. Mend it: mailer verify --rebuild"),
        ),
    )
    lines += [text.format(read=_few(f"{ref} {key}" for ref, key in which)) for which, text in queue if which]
    others: tuple[tuple[Sequence[object], str], ...] = (
        (
            found.unbarred,
            _(
                "  Asked not to be written to, and not barred any more: {read}. Do not send; restore a backup."
            ),
        ),
        (found.barred, _("  Barred, and no entry says why: {read}.")),
        (
            found.unread,
            _("  Made from mails that are not noted as read, by their numbers: {read}. Restore a backup."),
        ),
        (
            found.changed,
            _("  Letters that are not as they were confirmed: {read}. Do not send; restore a backup."),
        ),
    )
    return lines + [text.format(read=_few(map(str, which))) for which, text in others if which]


def _few(names: Iterable[str]) -> str:
    """Return at most ten names, on one line."""
    found = list(names)
    return ", ".join([*found[:10], *(["…"] if found[10:] else [])])


def verified_file(file: Path, verified: VerifiedLines) -> str:
    """Return a sentence on whether an exported ledger was altered, with its last hash or its first altered entry."""
    if verified.breach is not None:
        return colon(str(file), sentence(f"entry-{verified.breach.why}", {"n": verified.breach.number}))
    if not verified.entries:
        return _("There is no entry in {file}.").format(file=file)
    text = _("{file}: everything is as it was written. Entries: {n}. The hash of the last one: {hash}")
    return text.format(file=file, n=verified.entries, hash=verified.hash)


def author() -> str:
    """Return the name of the person's account on this machine; empty if the system does not tell it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # ImportError: no variable names it, and Windows has no pwd
        return ""


def meeting_time(meeting: Meeting, language: str = "") -> str:
    """Return when a meeting takes place, in words of a language; by default the person's own."""
    from mailer.translation import dates

    return dates.span(
        meeting.starts, meeting.ends, language or environment.language(), all_day=meeting.all_day
    )


def colon(what: str, text: str) -> str:
    """Return two texts with a colon between them, spaced as in the person's language."""
    return _("{what}: {text}").format(what=what, text=text)


def day(at: datetime) -> str:
    """Return a day in words of the person's language."""
    from mailer.translation import dates

    return dates.day(at, environment.language())


def moment(at: datetime) -> str:
    """Return a moment in words of the person's language: ``lundi 10 mars 2025, 9 h``."""
    return f"{day(at)}, {hour(at)}"


def hour(at: datetime | time) -> str:
    """Return an hour as the person's language writes it: ``14 h 30``, ``14:30``."""
    from mailer.translation import dates

    return dates.time(at, environment.language())
