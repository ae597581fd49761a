"""Know whether the ledger remembers what was sent from this workspace.

A ledger that is gone looks like one that was never begun, and everybody would be invited again. So each sending leaves a
mark, ``config/sent.json``: which ledger knows of it, how many entries that had, and of which campaigns. It lies apart from
the ledger, because that is mostly lost with its folder. Where ``config/`` cannot be written, it lies beside the ledger.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailer import files
from mailer.errors import ConfigError, StoreError, UserError
from mailer.jobs import backups
from mailer.store import sqlite_file
from mailer.store.shared import shared_by
from mailer.store.tables import SCHEMA
from mailer.wording import words

if TYPE_CHECKING:
    from mailer.model.campaign import Campaign
    from mailer.store import Store
    from mailer.workspace.opening import Workspace

MARK = Path("config") / "sent.json"
FORMAT = 1
FIRST_SECONDS = 60
BESIDE = (".before-*", "-wal", ".damaged-*")
"""What only a ledger that was there leaves beside its file, behind its name."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What the last sendings from a workspace left.

    `ledger` tells one ledger from another, `folder` is where the workspace was then, and `campaigns` has for each its
    title, its beginning, and number and hash of its newest entry. `rehearsed`: as of another day, to this machine only.
    """

    ledger: str
    folder: str
    schema: str = ""
    rehearsed: bool = False
    campaigns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def warnings(workspace: Workspace, store: Store | None, campaigns: Sequence[str]) -> list[str]:
    """Return what a person has to read before they work: that the clock is behind the ledger."""
    latest = max((at for slug in campaigns if store and (at := store.latest(slug))), default=None)
    now = workspace.now()
    if latest is None or latest <= now:
        return []
    from mailer.jobs import check  # slow to import, and seldom needed

    return [words.problem(one) for one in check.clock(now.astimezone(), latest.astimezone())]


def shared(workspace: Workspace) -> str:
    """Return the sentence for a ledger in a folder that other machines share; empty where none is known to."""
    file = sqlite_file(workspace.settings.store.url)
    by = shared_by(file.parent if file.parent.is_dir() else workspace.path) if file else ""
    return words.sentence("store-shared", {"by": by}) if by else ""


def remember(workspace: Workspace, store: Store, campaign: Campaign) -> None:
    """Leave the mark of a sending; to be called before the first message leaves, and after the last.

    A campaign of which nothing was ever asked for leaves none.
    """
    if _asked(store, campaign.slug):
        _write(workspace, store, campaign)


def _write(workspace: Workspace, store: Store, campaign: Campaign) -> None:
    before = _read(workspace)
    ledger, rehearsed = _of(store), workspace.rehearsal is not None
    if before and not before.rehearsed:
        if rehearsed and before.ledger != ledger:
            return  # what was really sent is not forgotten over a rehearsal
        rehearsed = rehearsed and before.ledger != ledger
    known = dict(before.campaigns) if before and before.ledger == ledger else {}
    head = store.change_token(campaign.slug)
    known[campaign.slug] = _about(campaign) | {"entries": head.newest, "hash": head.hash}
    fields = {
        "mailer-sent": FORMAT,
        "ledger": ledger,
        "schema": SCHEMA,
        "rehearsed": rehearsed,
        "folder": str(workspace.path.resolve()),
        "campaigns": known,
    }
    content = json.dumps(fields, ensure_ascii=False, indent=1).encode()
    for place in _places(workspace):
        with contextlib.suppress(UserError):
            if place.exists() and files.read(place) == content:
                return
            files.write(place, content)
            return


def refuse_lost(workspace: Workspace, store: Store | None, campaign: Campaign, typed: str = "") -> None:
    """Raise StoreError where the ledger does not know what was sent from this workspace.

    ``ledger-missing``: it is another one, or a new one. ``ledger-older``: it ends before the last sending. `typed` is the
    title of the campaign where a person says that it may be sent all the same; ConfigError ``title-other`` if it is not.
    """
    if typed:
        if " ".join(typed.split()).casefold() != " ".join(campaign.meeting.title.split()).casefold():
            raise ConfigError("title-other", read=typed, title=campaign.meeting.title)
        if store is not None:
            _write(workspace, store, campaign)
        return
    place = _place(workspace)
    values: dict[str, Any] = {"campaign": campaign.slug, "title": campaign.meeting.title}
    mark = _read(workspace)
    if mark is None:
        if not (store and _ever_sent(store)) and (left := left_behind(workspace)):
            raise StoreError("ledger-left-behind", file=place, read=left, **values)
        return
    known = mark.campaigns.get(campaign.slug)
    if store is None or mark.ledger != _of(store):
        copied = mark.folder != str(workspace.path.resolve())
        if not copied or (known and {name: known.get(name) for name in _about(campaign)} == _about(campaign)):
            raise StoreError("ledger-missing", file=place, **values)
        return
    if (
        mark.schema == SCHEMA
        and known
        and known["entries"]
        and not store.holds(campaign.slug, int(known["entries"]), str(known["hash"]))
    ):
        newest = store.change_token(campaign.slug).newest
        raise StoreError("ledger-older", file=place, n=newest, most=known["entries"], **values)


def refuse_empty(workspace: Workspace, file: Path) -> None:
    """Raise StoreError ``ledger-empty`` for a file without content, which a ledger has only while it is being made."""
    with contextlib.suppress(OSError):
        found = file.stat()
        written = file.with_name(f"{file.name}-wal")
        empty = not found.st_size and not (written.exists() and written.stat().st_size)
        if empty and workspace.begun.timestamp() - found.st_mtime > FIRST_SECONDS:
            raise StoreError("ledger-empty", file=str(file))


def left_behind(workspace: Workspace) -> str:
    """Return the name of a file that shows that there was a ledger before: a copy, or a backup; empty if there is none."""
    file = sqlite_file(workspace.settings.store.url)
    if file is not None:
        for end in BESIDE:
            for found in sorted(file.parent.glob(f"{file.name}{end}")):
                if end != "-wal" or not file.exists():
                    return str(found)
    return next((str(found) for found in backups.in_workspace(workspace.path, file)), "")


def _ever_sent(store: Store) -> bool:
    return any(_asked(store, slug) for slug in store.campaigns())


def _asked(store: Store, slug: str) -> bool:
    """Return whether letters of a campaign were ever asked for, or left."""
    return next(iter(store.entries(slug, kinds=("delivery", "round"))), None) is not None


def _of(store: Store) -> str:
    """Return what tells one ledger from another, and gives nothing of its secret away."""
    return hashlib.sha256(b"mailer ledger\0" + store.secret()).hexdigest()[:32]


def _about(campaign: Campaign) -> dict[str, str]:
    return {"title": campaign.meeting.title, "starts": campaign.meeting.starts.isoformat()}


def _places(workspace: Workspace) -> list[Path]:
    file = sqlite_file(workspace.settings.store.url)
    return [workspace.path / MARK, (file.parent if file else workspace.path / "data") / MARK.name]


def _place(workspace: Workspace) -> str:
    file = sqlite_file(workspace.settings.store.url)
    return str(file) if file else ""


def _read(workspace: Workspace) -> Mark | None:
    """Return the newest mark; one that cannot be read is none, nor is one of a rehearsal where this is none."""
    found = []
    for place in _places(workspace):
        with contextlib.suppress(UserError, ValueError, KeyError, TypeError, AttributeError, OSError):
            said = json.loads(files.read(place))
            rehearsed = bool(said["rehearsed"])
            mark = Mark(
                *(str(said["ledger"]), str(said["folder"]), str(said["schema"])),
                *(rehearsed, dict(said["campaigns"])),
            )
            if workspace.rehearsal is not None or not rehearsed:
                found.append((place.stat().st_mtime, mark))
    return max(found, key=lambda each: each[0])[1] if found else None
