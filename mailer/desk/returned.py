"""Pages for files that come back, a corrected attendance table or poll results, shown before they are recorded."""

from __future__ import annotations

from gettext import gettext as _
from gettext import ngettext

from starlette.datastructures import UploadFile
from starlette.responses import Response

from mailer.desk.papers import exports
from mailer.desk.state import Upload
from mailer.desk.visit import Visit, digest
from mailer.errors import UserError
from mailer.jobs import correct, poll
from mailer.ledger import Correction, Diff
from mailer.model.entry import Heard
from mailer.wording import words

MOST_SHOWN = 500
"""Maximum number of rows shown of a file; all of them are recorded."""


def _dropped(visit: Visit) -> tuple[str, Upload | None]:
    """Return the uploaded file, or the one uploaded before, and the key it is kept under."""
    sent = visit.form.get("file")
    if isinstance(sent, UploadFile) and sent.filename:
        upload = Upload(sent.filename.replace("\\", "/").rpartition("/")[2], sent.file.read())
        return visit.desk.uploads.put(upload), upload
    return visit.said("key"), visit.desk.uploads.get(visit.said("key"))


def _no_file(visit: Visit) -> Response:
    said = (
        _("This file is no longer at hand. Choose it again.")
        if visit.said("key")
        else _("Choose a file first.")
    )
    return visit.go(f"/c/{visit.slug}/exports", said)


# -- the corrected attendance --------------------------------------------------------------------------------------


def table(visit: Visit, said: str = "") -> Response:
    """Show what a corrected attendance table would change and which lines cannot be used, without recording it."""
    key, upload = _dropped(visit)
    if upload is None:
        return _no_file(visit)
    slug = visit.workspace.campaign(visit.slug).slug
    try:
        with visit.workspace.store() as store:
            diff = correct.compare(store, slug, upload.name, upload.content)
    except UserError as error:
        return exports(visit, words.error_sentence(error))
    shown = sorted(diff.changes, key=lambda change: not change.conflict)
    return visit.show(
        "corrected.html",
        status=409 if said else 200,
        name=upload.name,
        key=key,
        stamp=_stamp(diff),
        said=said,
        count=len(diff.changes),
        conflicts=sum(change.conflict for change in diff.changes),
        changes=[(change, _mark(change), *words.changed(change)) for change in shown[:MOST_SHOWN]],
        problems=[(one.origin.line, words.problem(one)) for one in diff.problems[:MOST_SHOWN]],
    )


def _mark(change: Correction) -> str:
    """Return the name of a correction in the form."""
    return f"{change.line}.{change.column}"


def _stamp(diff: Diff) -> str:
    """Return a digest of the corrections that were shown, with the values they start from."""
    told = ((one.row.person.ref, one.column, one.before, one.after) for one in diff.changes)
    return digest(*("\0".join(one).encode() for one in told))


def take_table(visit: Visit) -> Response:
    """Record the corrections that were shown; if the ledger has changed since, show them again.

    A conflicting correction is recorded only if its box is ticked.
    """
    _key, upload = _dropped(visit)
    if upload is None:
        return _no_file(visit)
    workspace = visit.workspace
    with workspace.store() as store:
        diff = correct.compare(store, visit.slug, upload.name, upload.content)
        if visit.said("stamp") == _stamp(diff):
            over = set(visit.form.getlist("over"))
            wanted = [change for change in diff.changes if not change.conflict or _mark(change) in over]
            correct.correct(store, visit.slug, wanted, now=workspace.now(), author=words.author())
            text = ngettext("{n} change was recorded.", "{n} changes were recorded.", len(wanted))
            return visit.go(f"/c/{visit.slug}/exports", text.format(n=len(wanted)))
    return table(
        visit,
        _(
            "Something has changed since you looked. This is what the file would change now; nothing was recorded."
        ),
    )


# -- the results of a poll -----------------------------------------------------------------------------------------


def votes(visit: Visit, said: str = "") -> Response:
    """Show every vote and whom it belongs to, or ask which option means coming, without recording anything."""
    key, upload = _dropped(visit)
    if upload is None:
        return _no_file(visit)
    try:
        result = _result(visit, upload)
    except UserError as error:
        if error.code == "poll-column-needed":
            return visit.show("option.html", name=upload.name, key=key, options=error.values["choices"])
        return exports(visit, words.error_sentence(error))
    return visit.show(
        "votes.html",
        status=409 if said else 200,
        name=upload.name,
        key=key,
        column=result.option,
        program=words.poll_program(result.kind),
        unknown=[(answer, ", ".join(who[:5])) for answer, who in result.unknown.items()],
        meant=list(zip(visit.form.getlist("answer"), visit.form.getlist("meaning"), strict=False)),
        stamp=_poll_stamp(result),
        said=said,
        result=result,
        count=len(result.entries),
        rows=[words.vote(voter, result.called) for voter in result.voters[:MOST_SHOWN]],
    )


def _result(visit: Visit, upload: Upload) -> poll.Result:
    workspace = visit.workspace
    campaign = workspace.campaign(visit.slug)
    with workspace.store() as store:
        column, now = visit.said("column"), workspace.now()
        said = _meanings(visit)
        return poll.read(workspace.path, store, campaign, upload.name, upload.content, column, now, said)


def _meanings(visit: Visit) -> dict[str, str]:
    """Return what the person says that answers mean; those left open are not among them."""
    pairs = zip(visit.form.getlist("answer"), visit.form.getlist("meaning"), strict=False)
    return {str(answer): str(meaning) for answer, meaning in pairs if meaning in poll.MEANINGS}


def _poll_stamp(result: poll.Result) -> str:
    """Return a digest of the votes that were shown: who voted what, and whether it is new."""
    told = ((one.vote.ballot.name, one.vote.cell, one.match.invitee, str(one.new)) for one in result.voters)
    return digest(result.option.encode(), *("\0".join(one).encode() for one in told))


def take_votes(visit: Visit) -> Response:
    """Record the new votes that were shown; those that cannot be matched for sure wait for review."""
    _key, upload = _dropped(visit)
    if upload is None:
        return _no_file(visit)
    result = _result(visit, upload)
    if visit.said("stamp") != _poll_stamp(result):
        return votes(
            visit,
            _(
                "Something has changed since you looked. This is what the poll says now; nothing was recorded."
            ),
        )
    workspace, said_of = visit.workspace, _meanings(visit)
    campaign = workspace.campaign(visit.slug)
    with workspace.store() as store:
        poll.record(store, campaign.slug, result, workspace.now())
    if said_of or (result.was_asked and result.option not in campaign.polls):
        poll.keep(workspace.path / campaign.file, result.option, said_of)
    waiting = sum(1 for entry in result.entries if isinstance(entry.fact, Heard) and entry.fact.held)
    count = len(result.entries)
    said = [ngettext("{n} answer was recorded.", "{n} answers were recorded.", count).format(n=count)]
    if waiting:
        said.append(ngettext("{n} waits for a person.", "{n} wait for a person.", waiting).format(n=waiting))
    return visit.go(f"/c/{visit.slug}/{'review' if waiting else 'exports'}", " ".join(said))
