"""Locks on files that are free again as soon as the process that held them is dead, on every system."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from mailer import files

if TYPE_CHECKING:
    from filelock import BaseFileLock


def take(path: Path) -> BaseFileLock | None:
    """Lock a file, created if it is missing, without waiting; return None if somebody else holds the lock.

    Linux, macOS (flock) and Windows (LockFileEx) free the lock when the holder dies. Where Python has no fcntl, the
    file names the holder by host, process number and start time, and counts for nothing once that process is gone.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # without fcntl, filelock warns that its locks are files
        from filelock import FileLock, Timeout
    # A store is used by several threads, and closed by any of them.
    lock = FileLock(path, mode=files.mode(), thread_local=False)
    for _attempt in range(2):  # the first one may do no more than remove the file of a dead process
        with contextlib.suppress(Timeout):
            lock.acquire(blocking=False)
            return lock
    return None


def give_back(lock: BaseFileLock) -> None:
    """Remove the file of a lock and free the lock.

    The file goes first: a process that opened it meanwhile finds it deleted, and creates another one. Windows deletes no
    file that is open; there, freeing the lock removes it.
    """
    with contextlib.suppress(OSError):
        Path(lock.lock_file).unlink()
    lock.release()
