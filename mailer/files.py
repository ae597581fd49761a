"""Reading and writing files: a file is written whole or not at all, and others may not read what is made here.

A new file is its owner's alone from its first octet on (0600, its folders 0700), or the group of the system may read it
too (0640, 0750) after `let_group_read`; a narrower umask narrows that. Windows has no such modes: there, the permissions of
the folder hold.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path, PureWindowsPath

from mailer.errors import UserError
from mailer.model import file_names

WINDOWS = os.name == "nt"

_LONG = 240
"""From this length on Windows wants a prefix before a path: 260 characters with the name of a temporary file."""


_group_reads = False


def let_group_read(group: bool) -> None:
    """Let the group of the system read what this process makes from now on, or the owner alone."""
    global _group_reads
    _group_reads = group


def mode() -> int:
    """Return the mode of a file that is made now."""
    if WINDOWS:
        return 0o666
    return 0o640 if _group_reads else 0o600


def opener(path: str, flags: int) -> int:
    """Open a file for `open`, which makes it with `mode`."""
    return os.open(path, flags, mode())


def make_folder(path: Path) -> None:
    """Make a folder and those above it, which others may not enter; one that is there stays as it is. Raises OSError."""
    if not path.is_dir():
        if path.parent != path:
            make_folder(path.parent)
        # Since Python 3.12.4, Windows takes 0700 for a folder that nobody else may enter, and no other mode for anything.
        path.mkdir(0o777 if WINDOWS else mode() | (mode() & 0o444) >> 2, exist_ok=True)


def read(path: Path, *, at_most: int | None = None) -> bytes:
    """Return the bytes of a file.

    Raises UserError ``file-missing``, ``file-unreadable``, ``file-name-impossible``, or ``file-too-large`` if it
    holds more than `at_most` octets; a larger file is not read into memory.
    """
    with _explained(path):
        found = _long(path)
        if at_most is None:
            return found.read_bytes()
        with found.open("rb") as file:
            content = file.read(at_most + 1)
            if len(content) > at_most:
                size = max(os.fstat(file.fileno()).st_size, len(content))
                raise UserError("file-too-large", file=str(path), read=str(size), most=at_most)
        return content


def read_plain(path: Path, *, at_most: int | None = None) -> bytes:
    """Return the bytes of a file that somebody else named: one that is no plain file is not waited for.

    Raises UserError ``file-no-file`` for a folder, a device or a pipe, and what `read` raises.
    """
    with _explained(path):
        if not stat.S_ISREG(_long(path).stat().st_mode):
            raise UserError("file-no-file", file=str(path))
    return read(path, at_most=at_most)


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise UserError("file-missing", file=str(path)) from error
    except OSError as error:
        raise UserError("file-unreadable", file=str(path), reason=error.strerror or "") from error
    except ValueError as error:  # a character that the system's encoding lacks, or NUL
        raise UserError("file-name-impossible", file=str(path), read=path.name) from error


def write(path: Path, content: bytes) -> None:
    """Write a file of this program in one step; see `write_pieces`."""
    write_pieces(path, (content,))


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file in one step, piece by piece, so that a reader sees the old content or the new one, never half of it.

    Raises UserError ``file-unwritable`` or ``file-name-impossible``.
    """
    _replace(path, pieces, None)


def rewrite(path: Path, content: bytes) -> None:
    """Write a file that a person may have put there, in one step.

    It keeps its mode, and its owner and group as far as the system lets; behind a link, the file it leads to is written.
    One that is not there yet is made as `write` makes it. Raises what `write_pieces` raises.
    """
    try:
        path = path.resolve() if path.is_symlink() else path
        before = path.stat()
    except (OSError, RuntimeError, ValueError):  # `_replace` says what is wrong with it
        before = None
    _replace(path, (content,), before)


def _replace(path: Path, pieces: Iterable[bytes], before: os.stat_result | None) -> None:
    _refuse_impossible(path)
    try:
        target = _long(path)
        make_folder(target.parent)
        written = target.with_name(f".writing-{secrets.token_hex(8)}")
        try:
            with open(written, "xb", opener=opener) as file:
                file.writelines(pieces)
                file.flush()
                if before is not None and not WINDOWS:
                    _make_like(file.fileno(), before)
                os.fsync(file.fileno())
            written.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                written.unlink()
            raise
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise UserError("file-name-impossible", file=str(path), read=path.name) from error
        raise UserError("file-unwritable", file=str(path), reason=error.strerror or "") from error
    except ValueError as error:
        raise UserError("file-name-impossible", file=str(path), read=path.name) from error


def _make_like(handle: int, before: os.stat_result) -> None:
    """Give a file the owner, group and mode of another; where it cannot have that group, no group may use it."""
    kept = stat.S_IMODE(before.st_mode)
    with contextlib.suppress(OSError):
        os.chown(handle, before.st_uid, -1)
    try:
        os.chown(handle, -1, before.st_gid)
    except OSError:
        kept &= ~0o070
    os.fchmod(handle, kept)


def tree(folder: Path) -> dict[str, bytes]:
    """Read every file below `folder`, by its name; see `names`."""
    return {name: read(folder / name) for name in names(folder)}


def names(folder: Path) -> list[str]:
    """Return the names of the files below `folder`, relative to it with ``/`` between folders, sorted; nothing hidden.

    Raises UserError ``folder-missing``.
    """
    if not folder.is_dir():
        raise UserError("folder-missing", file=str(folder))
    found = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    return [one.as_posix() for one in found if not any(part.startswith(".") for part in one.parts)]


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
