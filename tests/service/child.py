"""Run the service turn by turn on a clock that the parent process sets; tests kill this process.

Run as ``child.py WORKSPACE``: reads a moment from its input, runs one turn at it, and writes when it wants the next.
"""

from __future__ import annotations

import asyncio
import json
import sys
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from mailer import environment
from mailer.cli.run import HeldCampaigns, adapters
from mailer.jobs.serve import Service
from mailer.jobs.service_interface import Event
from mailer.workspace import Workspace

REST = timedelta(hours=6)


class Stepped(Workspace):
    """A workspace whose clock stands until it is set."""

    moment: datetime

    def now(self) -> datetime:
        """The moment the parent says it is."""
        return self.moment


class Log:
    """Keeps the codes of what is told."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def tell(self, event: Event) -> None:
        """Take note."""
        self.events.append(f"{event.code} {event.error or ''}".strip())


async def main(path: Path) -> None:
    """Serve turn by turn."""
    environment.speak("fr")
    workspace = Stepped(path)
    log = Log()
    line = await asyncio.to_thread(sys.stdin.readline)
    workspace.moment = datetime.fromisoformat(line.strip())
    # A rehearsal sends to this machine only.
    workspace.rehearsal = workspace.moment
    with workspace.store() as store, ExitStack() as holds:
        held = HeldCampaigns(workspace, store, log, holds, "")  # type: ignore[arg-type]
        held.hold_all()
        service = Service(replace(adapters(workspace, store, held, log), rest=REST))  # type: ignore[arg-type]
        while line:
            workspace.moment = datetime.fromisoformat(line.strip())
            until = await service.turn()
            sys.stdout.write(json.dumps({"until": until.isoformat(), "events": log.events}) + "\n")
            sys.stdout.flush()
            log.events = []
            line = await asyncio.to_thread(sys.stdin.readline)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
