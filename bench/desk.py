"""Measure the time of each page of the web interface against that of its query, with 20,000 invitees, and its memory.

Run: python bench/desk.py [INVITEES]
"""

from __future__ import annotations

import asyncio
import gc
import resource
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from bench.ledger import START, entries, roll
from mailer import environment, ledger
from mailer.desk import serve
from mailer.desk.app import desk_app
from mailer.desk.listening import LOOPBACK, listen_at_own
from mailer.desk.state import Desk
from mailer.jobs import agenda, check, find, gather, standings
from mailer.jobs import roll as registered
from mailer.model.entry import Entry
from mailer.model.people import Why
from mailer.workspace import Workspace
from mailer.workspace.sample import copy_sample

SLUG = "restitution-hellemmes"
ROUNDS = 3


def fill(workspace: Workspace, invitees: int) -> None:
    """Put so many invitees with their answers into the ledger and the contact list."""
    people = roll(invitees)
    with workspace.store() as store:
        store.append([entry for one in people for entry in registered.placed(SLUG, one, Why.LISTED, START)])
        batch: list[Entry] = []
        for entry in entries(invitees):
            fields = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
            batch.append(Entry(**fields | {"campaign": SLUG, "number": 0}))
            if len(batch) == 2000:
                store.append(batch)
                batch = []
        store.append(batch)
    lines = ["Civilité;Nom;Prénom;Organisme;Courriel"]
    for one in people:
        person = one.people[0]
        lines.append(f"Mme;{person.last_name};{person.first_name};{person.organisation};{one.email}")
    (workspace.path / "contacts" / "invites.csv").write_text("\r\n".join(lines), "utf-8-sig")


@contextmanager
def served(desk: Desk) -> Iterator[Callable[[str], bytes]]:
    """Serve the web interface; yield a function that requests a page."""
    taken = listen_at_own(0)
    server = serve.server(desk_app(desk, taken.hosts), serve.DeskProtocol)
    run = serve.run([(server, taken.sockets)])
    thread = threading.Thread(target=lambda: asyncio.run(run))
    thread.start()
    cookie = f"{desk.cookie}={desk.keys.enter(desk.keys.token)}"
    host = f"{taken.name}:{taken.port}"

    def ask(path: str) -> bytes:
        connection = HTTPConnection(LOOPBACK, taken.port, timeout=300)
        connection.request("GET", path, headers={"cookie": cookie, "host": host})
        response = connection.getresponse()
        content = response.read()
        assert response.status == 200, (path, response.status, content[-600:])
        connection.close()
        return content

    yield ask
    server.should_exit = True
    thread.join()
    taken.close()


def seconds(step: Callable[[], object]) -> float:
    """Return the shortest time of a few runs."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        step()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def queries(workspace: Workspace) -> dict[str, Callable[[], object]]:
    """Return the query behind each page, by its path."""
    campaign = workspace.campaign(SLUG)

    def fold() -> object:
        with workspace.store() as store:
            known = standings.record(store, SLUG)
        return known, known.rows()

    def count() -> object:
        with workspace.store() as store:
            known = standings.record(store, SLUG)
        return known.counters()

    def one() -> object:
        with workspace.store() as store:
            invitee = find.meant(registered.invitees(store, SLUG), "i0000007")[0]
            entries = standings.entries_of(store, SLUG, invitee)
            return ledger.history(entries, invitee, invitee.members[0].ref)

    def plan() -> object:
        gathered = gather.gather(workspace.path, campaign)
        with workspace.store() as store:
            record = standings.record_with_lists(store, SLUG, gathered.households)
            return agenda.agenda(campaign, record, workspace.now())

    def look() -> object:
        gathered = gather.gather(workspace.path, campaign)
        sources, mailbox = workspace.templates(campaign), workspace.mailbox_address(campaign)
        return check.check(campaign, gathered, sources, now=workspace.now(), mailbox=mailbox)

    return {
        "/": count,
        f"/c/{SLUG}": fold,
        f"/c/{SLUG}?q=muller&sort=organisation&page=3": fold,
        f"/c/{SLUG}/review": fold,
        f"/c/{SLUG}/who/i0000007": one,
        f"/c/{SLUG}/check-in?q=goff": fold,
        f"/c/{SLUG}/lists": lambda: gather.gather(workspace.path, campaign),
        f"/c/{SLUG}/calendar": plan,
        f"/c/{SLUG}/check": look,
    }


def main(invitees: int) -> None:
    """Print one line for each page."""
    environment.speak("fr")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mairie"
        copy_sample(path)
        workspace = Workspace(path, START)
        fill(workspace, invitees)
        with served(Desk(workspace)) as ask:
            print(f"{invitees} invitees, {3 * invitees} entries")
            print(f"{'screen':<58} {'query':>8} {'screen':>8} {'ratio':>6} {'octets':>8}")
            for screen, query in queries(workspace).items():
                behind, whole = seconds(query), seconds(lambda screen=screen: ask(screen))  # type: ignore[misc]
                size = len(ask(screen))
                print(f"{screen:<58} {behind:>7.3f}s {whole:>7.3f}s {whole / behind:>6.2f} {size:>8}")
            before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            for _ in range(20):
                ask(f"/c/{SLUG}")
            gc.collect()
            after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(f"memory at most: {before // 1024} MB, and after 20 more screens {after // 1024} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
