"""Remember which exports were written into a workspace, so that one that nobody changed can be made anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from mailer import files
from mailer.errors import UserError
from mailer.jobs.export import ExportRequest, export
from mailer.jobs.traces import FileKind, Trace
from mailer.model.campaign import Campaign
from mailer.store import Store

FILE = "data/written.json"
"""Where the digest (SHA-256) of each export is kept, with its campaign and options; no name of anybody."""

MOST = 1000
"""So many exports are remembered, the newest."""


def note(workspace: Path, path: Path, content: bytes, slug: str, order: ExportRequest) -> None:
    """Remember an export that lies in the workspace."""
    if not path.resolve().is_relative_to(workspace.resolve()):
        return
    known = _known(workspace)
    digest = sha256(content).hexdigest()
    known.pop(digest, None)
    known[digest] = {"campaign": slug, "order": asdict(order)}
    kept = dict(list(known.items())[-MOST:])
    files.write(workspace / FILE, json.dumps(kept, indent=1).encode())


def to_be_made_anew(workspace: Path, found: Iterable[Trace]) -> list[Trace]:
    """Return traces, those of exports that nobody has changed as files that are made anew.

    A table from which lines go is left to that: everybody else's lines stay as they are.
    """
    known = _known(workspace)
    kinds = (FileKind.EXPORT, FileKind.PDF, FileKind.OTHER)
    return [
        replace(one, by_hand=False, anew=True)
        if one.by_hand and not one.lines and one.kind in kinds and _digest(one.path) in known
        else one
        for one in found
    ]


def make_anew(
    workspace: Path,
    store: Store,
    found: Iterable[Trace],
    campaign: Callable[[str], Campaign],
    now: datetime,
) -> set[Path]:
    """Write the exports that are to be made anew, as the campaign stands now, and return their paths.

    One that cannot be written is left as it is.
    """
    known = _known(workspace)
    made: set[Path] = set()
    for trace in found:
        said = known.get(_digest(trace.path)) if trace.anew else None
        if said is None:
            continue
        slug, order = str(said["campaign"]), ExportRequest(**said["order"])
        try:
            content = export(store, campaign(slug), trace.path.name, order, now)
            files.write(trace.path, content)
        except UserError:
            continue
        note(workspace, trace.path, content, slug, order)
        made.add(trace.path)
    return made


def _digest(path: Path) -> str:
    try:
        return sha256(files.read(path)).hexdigest()
    except UserError:
        return ""


def _known(workspace: Path) -> dict[str, dict]:  # type: ignore[type-arg]
    """Return what is remembered; nothing where it cannot be read."""
    try:
        known = json.loads(files.read(workspace / FILE))
    except (UserError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
