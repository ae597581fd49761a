"""The door to files: bytes in, bytes out whole or not at all."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from mailer.errors import UserError


def read(path: Path, *, at_most: int | None = None) -> bytes:
    """Return the bytes of a file.

    Raises UserError ``file-missing``, ``file-unreadable``, or ``file-too-large`` where it holds more than
    `at_most` octets; a larger file is not read into memory.
    """
    try:
        if at_most is not None and path.stat().st_size > at_most:
            raise UserError("file-too-large", file=str(path), read=str(path.stat().st_size), most=at_most)
        return path.read_bytes()
    except FileNotFoundError as error:
        raise UserError("file-missing", file=str(path)) from error
    except OSError as error:
        raise UserError("file-unreadable", file=str(path), reason=error.strerror or "") from error


def write(path: Path, content: bytes) -> None:
    """Put `content` at `path`: a reader sees the old file or the new one, never half of it."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        raise UserError("file-unwritable", file=str(path), reason=error.strerror or "") from error


def tree(folder: Path) -> dict[str, bytes]:
    """Read every file below `folder`, by its name relative to it with ``/`` between folders."""
    if not folder.is_dir():
        raise UserError("folder-missing", file=str(folder))
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): read(path) for path in found}
