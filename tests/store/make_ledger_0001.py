"""Make the ledger of the first schema that the migration is tested with, by the program that wrote it.

Run: python tests/store/make_ledger_0001.py [tests/store/fixtures/ledger-0001.tar.xz]

The program of commit `COMMIT` is built from the history of this repository. It lives two campaigns of 2,000 people
against mail servers on loopback (its own), and says what their attendance is; both are put into the archive.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

COMMIT = "d03dd81"
HERE = Path(__file__).resolve()
ROOT = HERE.parents[2]
FIXTURE = HERE.parent / "fixtures" / "ledger-0001.tar.xz"

HALL, QUARTER = "restitution-hellemmes", "quartier"
BEGINS = datetime.fromisoformat("2025-03-03T09:00:00+01:00")
OWNER = "cjulien@mairie-lille.example"

BLOCKED: set[str] = set()
"""The recipients at whom the mail server refuses the account, so that the sending stops there."""


def install(folder: Path) -> Path:
    """Build the old program and unpack its wheel below `folder`; return where it can be imported from."""
    source, wheels, program = folder / "source", folder / "wheels", folder / "program"
    archive = subprocess.run(
        ["git", "-C", str(ROOT), "archive", COMMIT], check=True, capture_output=True
    ).stdout
    source.mkdir()
    subprocess.run(["tar", "-x", "-C", str(source)], input=archive, check=True)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(wheel), str(program)], check=True)
    return program


def old(program: Path, *command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python with the old program in place of this one, and the libraries of this environment."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILER_")}
    environment |= {"PYTHONPATH": str(program), "MAILER_LANGUAGE": "en"}
    return subprocess.run(
        [sys.executable, *command], env=environment, cwd=cwd, capture_output=True, text=True, check=False
    )


def make(target: Path) -> None:
    """Make the archive."""
    with tempfile.TemporaryDirectory() as folder:
        program = install(Path(folder))
        path = Path(folder) / "ledger-0001"
        done = old(program, str(HERE), "--live", str(path), cwd=Path(folder))
        sys.stdout.write(done.stdout)
        if done.returncode:
            raise SystemExit(done.stderr)
        target.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(target, "w:xz", preset=9) as archive:
            for file in sorted(path.rglob("*")):
                if file.is_file():
                    archive.add(file, file.relative_to(path.parent).as_posix(), filter=_plain)
    sys.stdout.write(f"{target}: {target.stat().st_size} octets\n")


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = info.mtime = 0
    info.uname = info.gname = ""
    return info


# -- what follows runs inside the old program ------------------------------------------------------------------


def _module(name: str) -> Any:
    """Import a module of the old program, whose names and types are not those of this one."""
    return importlib.import_module(f"mailer.{name}")


def live(path: Path) -> None:
    """Live both campaigns in a new workspace at `path`."""
    post_office = _module("demo.post_office")
    _module("environment").speak("en")
    _module("cli.init").copy_sample(path)
    _campaigns(path)
    with post_office.post_office(OWNER) as office, _moods(post_office._Counter):
        post_office.settle_in(path, office)
        _quarter(path, office)
        office.delivered.clear()
        _hall(path, office)
    # The greylisted are still put off, and the queued still wait: nobody comes back for them.
    for slug in (HALL, QUARTER):
        _type(path, 40, "export", slug, str(path / f"{slug}.csv"), "--machine")
        (path / f"{slug}.json").write_text(_type(path, 40, "status", slug, "--json"), "utf-8")
    with _store(path) as store:
        (path / "open.json").write_text(json.dumps(_open(store), indent=0), "utf-8")
    (ledger,) = _databases(path)
    with sqlite3.connect(ledger) as connection:
        connection.execute("VACUUM")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for extra in (path / "data").iterdir():
        if extra.name != ledger.name:
            extra.unlink()


def _open(store: Any) -> list[list[str]]:
    """Return invitee, key, state and the SHA-256 of the octets of every message that is not settled."""
    return [
        [
            q.message.campaign,
            q.message.invitee,
            q.message.key,
            q.state.value,
            hashlib.sha256(q.message.content).hexdigest(),
        ]
        for slug in (HALL, QUARTER)
        for q in store.outbox(slug)
        if q.state.value not in ("sent", "failed")
    ]


def _databases(path: Path) -> list[Path]:
    return [file for file in (path / "data").iterdir() if file.read_bytes()[:15] == b"SQLite format 3"]


@contextmanager
def _moods(server: Any) -> Iterator[None]:
    """Let the mail server greylist, hang up after the final dot, and end the sending, by address."""
    taken, refused = server.handle_DATA, server.handle_RCPT

    async def rcpt(self: Any, smtp: Any, session: Any, envelope: Any, address: str, options: Any) -> Any:
        if address.startswith("liste-grise"):
            return "451 4.7.1 Greylisted, please come back"
        if address in BLOCKED:
            return "550 5.7.1 Your account is blocked for sending"
        return await refused(self, smtp, session, envelope, address, options)

    async def data(self: Any, smtp: Any, session: Any, envelope: Any) -> Any:
        if envelope.rcpt_tos[0].startswith("doute"):
            smtp.transport.abort()
            return "421 4.3.2 gone"
        return await taken(self, smtp, session, envelope)

    server.handle_RCPT, server.handle_DATA = rcpt, data
    try:
        yield
    finally:
        server.handle_RCPT, server.handle_DATA = refused, taken


FIRST = ("Élodie", "Benoît", "Awa", "Jürgen", "Zeynep", "Paul", "Françoise", "Loïc", "Inès", "Karim", "Seán")
LAST = (
    "Lefèvre",
    "D'Haene",
    "N'Guessan",
    "Müller",
    "Öztürk",
    "Vandenbroucke",
    "Castelain",
    "Le Goff",
    "Saïdi",
)
HEADING = "Civilité;Nom;Prénom;Organisme;Courriel;Groupe;Téléphone"


def _line(number: int, address: str, organisation: str = "") -> str:
    name = f"{LAST[number % len(LAST)]}-{number}"
    civility = ("Mme", "M.")[number % 2]
    group = ("associations", "écoles", "commerces")[number % 3]
    return f"{civility};{name};{FIRST[number % len(FIRST)]};{organisation};{address};{group};03 20 00 {number:04d}"


def _campaigns(path: Path) -> None:
    """Write both lists and campaign files: 1,500 people and 600, of whom 100 are in both."""
    hall = [_line(n, f"p{n}@example.org") for n in range(1, 1321)]
    hall += [_line(2000 + n, f"couple{n // 2}@example.org") for n in range(120)]
    hall += [_line(2200 + n, f"inconnu{n}@example.net") for n in range(24)]
    hall += [_line(2300 + n, f"doute{n}@example.net") for n in range(3)]
    hall += [_line(2400 + n, f"liste-grise{n}@example.net") for n in range(10)]
    hall += [_line(2500, "", "Maison de quartier sans adresse")]
    hall += [_line(2600, "bloque@example.net")]
    hall += [_line(2700 + n, f"attend{n}@example.net") for n in range(21)]
    quarter = [_line(n, f"p{n}@example.org") for n in range(1, 101)]
    quarter += [_line(3000 + n, f"q{n}@example.net") for n in range(470)]
    quarter += [_line(3600 + n, f"duo{n // 2}@example.net") for n in range(20)]
    quarter += [_line(3700 + n, f"r{n}@example.net") for n in range(10)]
    config = path / "config" / "campaigns"
    text = (config / f"{HALL}.toml").read_text("utf-8")
    (config / f"{QUARTER}.toml").write_text(
        text.replace("contacts/invites.csv", "contacts/quartier.csv"), "utf-8"
    )
    for name, lines in (("invites", hall), ("quartier", quarter)):
        content = "\r\n".join([HEADING, *lines, ""])
        (path / "contacts" / f"{name}.csv").write_bytes(content.encode("utf-8-sig"))


def _type(path: Path, day: float, *said: str, status: tuple[int, ...] = (0, 1)) -> str:
    """Type a command so many days after the beginning; return what it printed."""
    group = _module("cli.group")
    shown = StringIO()
    now = (BEGINS + timedelta(days=day)).isoformat()
    with redirect_stdout(shown):
        found = group.main(["--workspace", str(path), "--now", now, *said])
    sys.stderr.write(f"{' '.join(said[:4])}: {found}\n{shown.getvalue()[:1500]}\n")
    if found not in status:
        raise SystemExit(f"{said}: {found}\n{shown.getvalue()}")
    return shown.getvalue()


def _hall(path: Path, office: Any) -> None:
    """Send, answer, remind, record, review, forget."""
    clients = _module("demo.clients")
    office.unknown |= {f"inconnu{n}@example.net" for n in range(24)}
    BLOCKED.add("bloque@example.net")
    _type(path, 0, "send", HALL, "--yes")
    BLOCKED.clear()
    letters = _letters(office)
    chance = random.Random(1)
    for n, (address, letter) in enumerate(sorted(letters.items())):
        at = BEGINS + timedelta(hours=2 + n % 90)
        if n % 4:
            continue
        partstat = ("ACCEPTED", "ACCEPTED", "DECLINED", "TENTATIVE")[n // 4 % 4]
        gestures = (
            lambda a=at, b=letter, p=partstat: clients.thunderbird(b, a, p),
            lambda a=at, b=letter, p=partstat: clients.exchange(b, a, p),
            lambda a=at, b=letter, p=partstat: clients.google(b, a, p, guests=chance.randrange(3)),
            lambda a=at, b=letter: clients.written(
                b, a, f"Bonjour, nous serons {chance.choice(('deux', 'trois'))}."
            ),
            lambda a=at, b=letter: clients.written(b, a, "Je ne pourrai malheureusement pas venir."),
            lambda a=at, b=letter: clients.written(b, a, "Y a-t-il un parking près de la salle ?"),
            lambda a=at, b=letter: clients.link(b, a, 0),
            lambda a=at, b=letter: clients.link(b, a, 1, sender="Quelqu'un <autre@example.net>"),
            lambda a=at, b=letter: clients.absence(b, a, "Je suis absente jusqu'au 7 avril 2025."),
            lambda a=at, b=letter: clients.bounce(b, a),
            lambda a=at, b=letter: clients.written(b, a, "Merci de ne plus m'écrire."),
        )
        kind = n // 4 % 30
        office.post(address, gestures[kind if kind < len(gestures) else kind % 7]())
    _type(path, 5, "read")
    office.post(
        "p4@example.org",
        clients.written(
            letters["p4@example.org"], BEGINS + timedelta(days=5), "Finalement je viens avec plaisir."
        ),
    )
    _type(path, 6, "read")
    # A sending would wait for the greylisted: it is stopped before it comes to them.
    silent = [f"p{n}@example.org" for n in range(2, 122, 4)]
    BLOCKED.update(silent[-5:])
    _type(path, 8, "remind", HALL, "--yes", *(word for one in silent for word in ("--only", one)))
    BLOCKED.clear()
    silent = [f"p{n}@example.org" for n in range(203, 283, 4)]
    BLOCKED.update(silent[5:10])
    _type(path, 8.5, "remind", HALL, "--yes", *(word for one in silent for word in ("--only", one)))
    BLOCKED.clear()
    _type(path, 9, "record", HALL, "p7@example.org", "accepted", "--party", "3", "--note", "a téléphoné")
    _type(path, 9, "record", HALL, "p11@example.org", "declined")
    _type(path, 9, "record", HALL, "couple3@example.org", "accepted", "--party", "2")
    again = clients.written(
        letters["p7@example.org"], BEGINS + timedelta(days=9.2), "Je ne pourrai pas venir."
    )
    office.post("p7@example.org", again)
    _type(path, 9.5, "read")
    votes = path / "sondage.csv"
    people = "".join(
        f'"{FIRST[n % len(FIRST)]} {LAST[n % len(LAST)]}-{n}","{("Oui", "Non")[n % 2]}",\n'
        for n in range(300, 312)
    )
    votes.write_text(f'"","lundi 31 mars 2025",\n"","14:00",\n{people}', "utf-8")
    _type(path, 10, "poll", HALL, str(votes), "--yes")
    votes.unlink()
    _decide(path)
    for n in (13, 30, 31):
        _type(path, 29, "record", HALL, f"p{n}@example.org", ("present", "absent")[n % 2 == 0])
    for who in ("p17@example.org", "p21@example.org", "couple5@example.org"):
        _type(path, 30, "forget", who, "--yes")


def _decide(path: Path) -> None:
    """Decide some of what waits, note who of each couple came, and record kept appointments, as the desk and the service do."""
    model, kinds, claims = _module("model.entry"), _module("model.invitation").Kind, _module("model.finding")
    Entry, Channel, Presence, Attended = model.Entry, model.Channel, model.Presence, model.Attended  # noqa: N806
    now = BEGINS + timedelta(days=28)
    with _store(path) as store:
        entries = list(store.entries(HALL))
        heard = [e for e in entries if isinstance(e.fact, model.Heard) and e.invitee]
        held = [e for e in heard if e.fact.held or isinstance(e.fact.finding.claim, claims.Unclear)]
        new = [
            Entry(
                HALL,
                e.invitee,
                now,
                Channel.STAFF,
                model.Reviewed(e.number, applied=bool(n % 2)),
                author="camille",
            )
            for n, e in enumerate(held[::4])
        ]
        couples = [one for one in store.roll(HALL) if len(one.people) == 2]
        for n, one in enumerate(couples[:20]):
            for place in (1, 2):
                presence = list(Presence)[(n + place) % 4]
                fact = Attended(presence, 1 if presence is Presence.PRESENT else None, place)
                new.append(
                    Entry(
                        HALL,
                        one.ref,
                        now,
                        Channel.STAFF,
                        fact,
                        author="camille",
                        note="à l'entrée" * (n == 3),
                    )
                )
        both = Attended(Presence.PRESENT, 2)
        new += [Entry(HALL, one.ref, now, Channel.STAFF, both, author="camille") for one in couples[20:23]]
        new.append(Entry(HALL, "", BEGINS, Channel.OUTBOX, model.Kept(kinds.INVITATION, BEGINS, 1437)))
        new.append(Entry(HALL, "", now, Channel.OUTBOX, model.Kept(kinds.DETAILS, now)))
        store.append(new)


@contextmanager
def _store(path: Path) -> Iterator[Any]:
    store = _module("store.sql").open_store(f"sqlite:///{_databases(path)[0]}")
    try:
        yield store
    finally:
        store.close()


def _quarter(path: Path, office: Any) -> None:
    """Send, answer, move the meeting, answer again, take one back, and call it off."""
    clients = _module("demo.clients")
    _type(path, -20, "send", QUARTER, "--yes")
    _answer(office, BEGINS + timedelta(days=-19.8), clients, every=6)
    _type(path, -18, "read")
    file = path / "config" / "campaigns" / f"{QUARTER}.toml"
    moved = (
        file.read_text("utf-8")
        .replace('2025-03-31 14:00"', '2025-03-31 17:00"')
        .replace('2025-03-31 16:00"', '2025-03-31 19:00"')
    )
    file.write_text(moved, "utf-8")
    office.delivered.clear()
    _type(path, -17, "update", QUARTER, "--yes")
    _answer(office, BEGINS + timedelta(days=-16.8), clients, every=10)
    _type(path, -15, "read")
    _type(path, -14, "cancel", QUARTER, "--only", "q9@example.net", "--yes")
    BLOCKED.add("q450@example.net")
    _type(path, -9, "cancel", QUARTER, "--yes")
    BLOCKED.clear()
    _type(path, -8, "forget", "q33@example.net", "--yes")


def _letters(office: Any) -> dict[str, Any]:
    """Open what arrived, by recipient."""
    letterbox = _module("demo.letterbox")
    found = {}
    for delivered in office.delivered:
        try:
            found[delivered.recipient] = letterbox.open_letter(delivered)
        except (ValueError, KeyError):
            continue
    return found


def _answer(office: Any, begins: datetime, clients: Any, *, every: int) -> None:
    for n, (address, letter) in enumerate(sorted(_letters(office).items())):
        if n % every == 0:
            at = begins + timedelta(minutes=n)
            partstat = ("ACCEPTED", "DECLINED", "TENTATIVE")[n // every % 3]
            office.post(address, clients.thunderbird(letter, at, partstat))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--live"]:
        live(Path(sys.argv[2]))
    else:
        make(Path(sys.argv[1]) if sys.argv[1:] else FIXTURE)
