"""Write the state of the service to a file and to systemd, and report it for ``mailer run --health``."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Mapping
from datetime import datetime, timedelta
from gettext import gettext as _
from pathlib import Path

from mailer import environment, files
from mailer.cli import output, show
from mailer.cli.service_log import PARTS
from mailer.errors import UserError
from mailer.jobs import service_interface
from mailer.workspace import Workspace

STALE = timedelta(minutes=20)
"""How old the last turn may be for the service to count as running: four turns of five minutes."""

FILE = Path("data") / "health.json"


def write(workspace: Workspace, found: service_interface.Health) -> None:
    """Write the state of the service to its file, and tell the service manager that it runs or stops."""
    fields = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "started": _written(found.started),
        "turned": _written(found.turned),
        "read": _written(found.read),
        "sent": _written(found.sent),
        "next": _written(found.next),
        "waiting": found.waiting,
        "in_doubt": found.doubtful,
        "troubles": sorted({name.partition(" ")[0] for name in found.troubles}),
        "stopped": _written(found.stopped),
    }
    with contextlib.suppress(UserError):  # a full disk is reported by the ledger already
        files.write(workspace.path / FILE, json.dumps(fields).encode())
    notify("STOPPING=1" if found.stopped else f"READY=1\nWATCHDOG=1\nSTATUS={_line(fields)}")


def _written(at: datetime | None) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def report(workspace: Workspace, *, as_json: bool) -> int:
    """Show the state of the service from its file; return 0 if it runs and nothing is wrong."""
    try:
        fields = json.loads(files.read(workspace.path / FILE))
    except (UserError, ValueError):
        fields = {}
    stopped = fields.get("stopped")
    turned = "" if stopped else fields.get("turned")
    alive = bool(turned) and workspace.now() - datetime.fromisoformat(turned) < STALE
    well = alive and not fields["troubles"] and not fields["in_doubt"]
    if as_json:
        output.as_json({"alive": alive, "well": well, **fields})
    elif stopped:
        text = _("The service was stopped at {at}. Start it with “mailer run”.")
        show.line(text.format(at=_local(stopped)), "bold red")
    elif not alive:
        show.line(_("The service does not run. Start it with “mailer run”."), "bold red")
    else:
        show.line(_line(fields), "" if well else "bold red")
    return 0 if well else 1


def _line(fields: Mapping[str, object]) -> str:
    """Return the state of the service as one line of text."""
    pieces = [_("running since {at}").format(at=_local(fields["started"]))]
    pieces.append(
        _("mailbox read at {at}").format(at=_local(fields["read"]))
        if fields["read"]
        else _("mailbox not read yet")
    )
    pieces.append(_("messages waiting: {n}").format(n=fields["waiting"]))
    if fields["in_doubt"]:
        pieces.append(_("in doubt: {n}").format(n=fields["in_doubt"]))
    troubles = fields["troubles"]
    if isinstance(troubles, list) and troubles:
        names = ", ".join(_(PARTS[name]) for name in troubles)
        pieces.append(_("trouble with: {names}").format(names=names))
    return "; ".join(pieces)


def _local(written: object) -> str:
    """Return a moment as day, month, hour and minute in this machine's time zone."""
    return f"{datetime.fromisoformat(str(written)).astimezone():%d/%m %H:%M}"


def notify(state: str) -> None:
    """Send a state to systemd (sd_notify(3)), where `NOTIFY_SOCKET` is set."""
    path = environment.variable("NOTIFY_SOCKET")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel, contextlib.suppress(OSError):
        channel.sendto(state.encode(), address)
