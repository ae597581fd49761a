"""Reading and writing files: a file is written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path, PureWindowsPath

from mailer.errors import UserError
from mailer.model import file_names

WINDOWS = os.name == "nt"

_LONG = 240
"""From this length on Windows wants a prefix before a path: 260 characters with the name of a temporary file."""


def read(path: Path, *, at_most: int | None = None) -> bytes:
    """Return the bytes of a file.

    Raises UserError ``file-missing``, ``file-unreadable``, ``file-name-impossible``, or ``file-too-large`` if it
    holds more than `at_most` octets; a larger file is not read into memory.
    """
    try:
        found = _long(path)
        if at_most is not None and found.stat().st_size > at_most:
            raise UserError("file-too-large", file=str(path), read=str(found.stat().st_size), most=at_most)
        return found.read_bytes()
    except FileNotFoundError as error:
        raise UserError("file-missing", file=str(path)) from error
    except OSError as error:
        raise UserError("file-unreadable", file=str(path), reason=error.strerror or "") from error
    except ValueError as error:  # a character that the system's encoding lacks, or NUL
        raise UserError("file-name-impossible", file=str(path), read=path.name) from error


def write(path: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file in one step; see `write_pieces`."""
    write_pieces(path, (content,), private=private)


def write_pieces(path: Path, pieces: Iterable[bytes], *, private: bool = False) -> None:
    """Write a file in one step, piece by piece, so that a reader sees the old content or the new one, never half of it.

    `private` lets only the owner read it, where the system has such permissions (Windows does not). Raises UserError
    ``file-unwritable`` or ``file-name-impossible``.
    """
    _refuse_impossible(path)
    try:
        target = _long(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".writing-")
        try:
            with os.fdopen(handle, "wb") as file:
                for piece in pieces:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            if not private:  # mkstemp lets nobody else read
                Path(name).chmod(0o644)
            Path(name).replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise UserError("file-name-impossible", file=str(path), read=path.name) from error
        raise UserError("file-unwritable", file=str(path), reason=error.strerror or "") from error
    except ValueError as error:
        raise UserError("file-name-impossible", file=str(path), read=path.name) from error


def tree(folder: Path) -> dict[str, bytes]:
    """Read every file below `folder`, by its name relative to it with ``/`` between folders; no hidden ones."""
    if not folder.is_dir():
        raise UserError("folder-missing", file=str(folder))
    found = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): read(path) for path in found}


def _refuse_impossible(path: Path) -> None:
    """Raise UserError ``file-name-impossible`` for a name that Windows would give to a device, or change."""
    if not WINDOWS:
        return
    whole = PureWindowsPath(path)
    for name in whole.parts[bool(whole.anchor) :]:
        if name != ".." and not file_names.is_possible_on_windows(name):
            raise UserError("file-name-impossible", file=str(path), read=name)


def _long(path: Path) -> Path:
    """Return a path that Windows takes at any length; every other system takes it as it is."""
    return Path(extended(str(path.absolute()))) if WINDOWS else path


def extended(path: str) -> str:
    r"""Put ``\\?\`` before an absolute path that is longer than Windows takes without it (260 characters)."""
    if len(path) < _LONG or path.startswith("\\\\?\\"):
        return path
    return f"\\\\?\\UNC\\{path[2:]}" if path.startswith("\\\\") else f"\\\\?\\{path}"
