"""A PostgreSQL cluster of our own, where the system has the programs."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.ports import PortTakenError, on_some_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []
_names = itertools.count(1)


def installed() -> bool:
    """Whether a cluster can be made here."""
    return bool(PROGRAMS) and (os.getuid() != 0 or shutil.which("runuser") is not None)


def database(cluster: str) -> str:
    """Make an empty database in the cluster whose first database has this URL; return its URL."""
    import psycopg

    name = f"test{next(_names)}"
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{cluster.rpartition('/')[0]}/{name}"


@contextmanager
def cluster() -> Iterator[str]:
    """Run a cluster in a folder of its own; give the URL of its first database."""
    folder = Path(tempfile.mkdtemp(prefix="mailer-pg-"))
    user = "postgres" if os.getuid() == 0 else ""
    if user:
        shutil.chown(folder, user)
    data, log = folder / "data", folder / "log"
    _run(user, "initdb", "--auth=trust", "--username=mailer", "--no-sync", "-D", data)

    def start(port: int) -> int:
        options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c max_connections=100"
        try:
            _run(user, "pg_ctl", "start", "-w", "-t", "300", "-D", data, "-l", log, "-o", options)
        except AssertionError:
            if "could not bind" in log.read_text("utf-8", "replace"):
                log.unlink()
                raise PortTakenError from None
            raise
        return port

    port = on_some_port(start)
    try:
        yield f"postgresql://mailer@127.0.0.1:{port}/postgres"
    finally:
        _run(user, "pg_ctl", "stop", "-m", "immediate", "-D", data)
        shutil.rmtree(folder, ignore_errors=True)


def _run(user: str, program: str, *arguments: object) -> None:
    command = [str(PROGRAMS[-1] / program), *map(str, arguments)]
    if user:
        command = ["runuser", "-u", user, "--", *command]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stderr or done.stdout
