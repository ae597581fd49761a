"""A PostgreSQL cluster of our own, where the system has the programs."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if Path("/usr/lib/postgresql").is_dir() else []


def installed() -> bool:
    """Whether a cluster can be made here."""
    return bool(PROGRAMS) and (os.getuid() != 0 or shutil.which("runuser") is not None)


@contextmanager
def cluster() -> Iterator[str]:
    """Run a cluster in a folder of its own; give the URL of its first database."""
    folder = Path(tempfile.mkdtemp(prefix="mailer-pg-"))
    user = "postgres" if os.getuid() == 0 else ""
    if user:
        shutil.chown(folder, user)
    data, port = folder / "data", _free_port()
    _run(user, "initdb", "--auth=trust", "--username=mailer", "--no-sync", "-D", data)
    options = f"-p {port} -h 127.0.0.1 -k {folder} -c fsync=off -c max_connections=100"
    _run(user, "pg_ctl", "start", "-w", "-D", data, "-l", folder / "log", "-o", options)
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


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
