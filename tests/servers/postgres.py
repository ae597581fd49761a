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


def folder_of(cluster: str) -> str:
    """Return the folder of the cluster's Unix socket."""
    return _asked(cluster, "SHOW unix_socket_directories")


def speak_tls(cluster: str, certificate: Path, key: Path) -> None:
    """Let the cluster take encrypted connections, too, with a certificate and its key."""
    import psycopg

    data = Path(_asked(cluster, "SHOW data_directory"))
    for name, source in (("server.crt", certificate), ("server.key", key)):
        (data / name).write_bytes(source.read_bytes())
        (data / name).chmod(0o600)
        shutil.chown(data / name, data.owner())
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET ssl = on")
        connection.execute("SELECT pg_reload_conf()")
    while _asked(cluster, "SHOW ssl") != "on":
        pass


def _asked(cluster: str, question: str) -> str:
    import psycopg

    with psycopg.connect(cluster) as connection:
        row = connection.execute(question.encode()).fetchone()
    return str(row[0]) if row else ""


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
