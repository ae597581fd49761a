"""Find the files of a workspace that name people who are erased, and take these people out of them.

A line goes, or a file is deleted, only for an address. A name alone shows which file is meant: somebody else may have
it.
"""

from __future__ import annotations

import enum
import html
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Literal

from mailer import files, mime
from mailer.errors import UserError
from mailer.model.address import mentions, normal
from mailer.model.contact import Contact
from mailer.model.names import name_words

LISTS = "contacts"
PREVIEWS = "preview"
"""The folder whose files can be written again at any time, and which nobody edits."""
EXPORTS = "exports"
SECRETS = "config/secrets"
HANDWRITTEN = ("config", "templates")
"""The folders in which nothing is changed."""
TABLES = (".csv", ".tsv")
TEXT_TABLES = (*TABLES, ".txt")
"""The endings of lists and tables in text; a .txt is one only among lists and exports."""
MAX_UNPACKED = 100_000_000
"""Bytes of an archive that are searched."""

_TOKENS = re.compile(r"[^\s<>\"(),;:\[\]]+@[^\s<>\"(),;:\[\]]+")
_MANY = 50


class FileKind(enum.Enum):
    """What a file is, which decides what is to be done with it by hand."""

    OTHER = "other"
    EXPORT = "export"
    PDF = "pdf"
    LEDGER = "ledger"
    LIST = "list"
    BACKUP = "backup"
    MAIL = "mail"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Trace:
    """A file of the workspace that names a person.

    `lines` are the numbers (from 0) of the records to remove from a list or table in text. `by_hand` says that the file
    names the person elsewhere, too, or is not made of lines, and that somebody has to see to it; a file that is not
    made `anew` either is deleted.
    """

    path: Path
    lines: tuple[int, ...] = ()
    by_hand: bool = False
    anew: bool = False
    kind: FileKind = FileKind.OTHER

    @property
    def is_deleted(self) -> bool:
        """Return whether the whole file goes."""
        return not (self.lines or self.by_hand or self.anew)


@dataclass(frozen=True)
class Wanted:
    """Whom to look for: their `addresses`, in normal form, and their `names`.

    `others` are people with another name at one of the addresses. `namesakes` are the addresses of other people who have
    one of the names.
    """

    addresses: frozenset[str]
    names: tuple[Contact, ...] = ()
    others: tuple[Contact, ...] = ()
    namesakes: frozenset[str] = frozenset()

    @cached_property
    def forms(self) -> frozenset[tuple[str, ...]]:
        """Return the names as words, first name first and last; a name of one word is not looked for."""
        found = set()
        for one in self.names:
            first, last = name_words(one.first_name), name_words(one.last_name)
            if len(first) + len(last) > 1:
                found |= {(*first, *last), (*last, *first)}
        return frozenset(found)

    @cached_property
    def lengths(self) -> tuple[int, ...]:
        """Return of how many words the names are."""
        return tuple(sorted({len(form) for form in self.forms}))

    def is_at(self, text: str) -> bool:
        """Return whether a text contains one of the addresses."""
        addresses = self.addresses
        if len(addresses) > _MANY:
            addresses = addresses & {
                one.strip(".'’`*_!?") for one in _TOKENS.findall(text.casefold().replace("mailto:", " "))
            }
        return mentions(text, addresses)

    def is_called(self, text: str) -> bool:
        """Return whether a text contains one of the names, word by word, whatever the case and the accents."""
        if not self.forms:
            return False
        words = name_words(text)
        return any(
            tuple(words[at : at + length]) in self.forms
            for length in self.lengths
            for at in range(len(words) - length + 1)
        )


def traces(workspace: Path, wanted: Wanted, own: Path | None = None) -> Iterator[Trace]:
    """Yield the files that name people; `own` is the file of the ledger itself, which is erased by its own means."""
    for path in _files(workspace, own):
        try:
            content = files.read(path)
        except UserError:
            continue
        if trace := _trace(path, path.relative_to(workspace), content, wanted):
            yield trace


def take_out(found: Iterable[Trace]) -> None:
    """Remove the lines and delete the files; what has to be seen to by hand stays as it is."""
    for trace in found:
        if trace.lines:
            kept = [
                record
                for number, record in enumerate(_records(files.read(trace.path)))
                if number not in trace.lines
            ]
            files.rewrite(trace.path, b"".join(kept))
        elif trace.is_deleted:
            trace.path.unlink(missing_ok=True)


def lists(workspace: Path) -> list[Path]:
    """Return the files among the contact lists."""
    return [path for path in sorted((workspace / LISTS).rglob("*")) if path.is_file()]


def _files(workspace: Path, own: Path | None) -> Iterator[Path]:
    """Yield the files of a workspace: lists, exports and previews whole, elsewhere no hidden ones, and no secrets."""
    ledger = own.resolve() if own else None
    for path in sorted(workspace.rglob("*")):
        within = path.relative_to(workspace)
        if within.parts[0] not in (LISTS, EXPORTS, PREVIEWS) and any(
            one.startswith(".") for one in within.parts
        ):
            continue
        if not path.is_file() or within.as_posix().startswith(SECRETS):
            continue
        # The journals of SQLite lie beside its file, with a hyphen.
        resolved = path.resolve()
        if ledger and (resolved == ledger or resolved.as_posix().startswith(f"{ledger.as_posix()}-")):
            continue
        yield path


def _trace(path: Path, within: Path, content: bytes, wanted: Wanted) -> Trace | None:
    """Return what becomes of a file; None if it names none of them."""
    folder = within.parts[0] if len(within.parts) > 1 else ""
    ending = path.suffix.lower()
    start = content.lstrip(b"\xef\xbb\xbf \r\n\t")[:6].upper()
    if start.startswith(b"%PDF"):
        # Names in a PDF cannot be searched for: the fonts of our sheets number their letters as they come.
        ours = b"ReportLab" in content and folder not in HANDWRITTEN
        return Trace(path, by_hand=True, kind=FileKind.PDF) if ours and wanted.addresses else None
    text = _text(path, content)
    at, called = wanted.is_at(text), wanted.is_called(text)
    if not at and not called:
        return None
    is_table = ending in (TEXT_TABLES if folder in (LISTS, EXPORTS) else TABLES)
    records = _records(content)
    if (
        is_table
        and folder not in HANDWRITTEN
        and not start.startswith((b"BEGIN:", b"<", b"PK"))
        and all(record.count(b'"') % 2 == 0 for record in records)
    ):
        return _table(path, folder, records, wanted)
    if not at and called and _only_others(text, wanted):
        return None
    if folder == PREVIEWS:
        return Trace(path)
    return Trace(path, by_hand=True, kind=_kind(path, folder, content))


def _only_others(text: str, wanted: Wanted) -> bool:
    """Return whether a text that has a name of theirs has the address of somebody else of that name."""
    return bool(wanted.namesakes) and mentions(text, wanted.namesakes)


def _table(path: Path, folder: str, records: Sequence[bytes], wanted: Wanted) -> Trace | None:
    theirs: list[int] = []
    texts = [_decoded(record) for record in records]
    unclear = not any(wanted.is_at(text) or wanted.is_called(text) for text in texts)
    for number, text in enumerate(texts):
        if wanted.is_at(text):
            match _whose(text, wanted):
                case "theirs":
                    theirs.append(number)
                case "unclear":
                    unclear = True
        elif wanted.is_called(text) and not _only_others(text, wanted):
            unclear = True
    if not theirs and not unclear:
        return None
    return Trace(path, tuple(theirs), unclear, kind=FileKind.EXPORT if folder == EXPORTS else FileKind.OTHER)


def _kind(path: Path, folder: str, content: bytes) -> FileKind:
    if content.startswith(b"SQLite format 3") or ".before-" in path.name:
        return FileKind.BACKUP
    if path.suffix.lower() == ".jsonl":
        return FileKind.LEDGER
    if path.suffix.lower() in (".eml", ".mbox"):
        return FileKind.MAIL
    if path.suffix.lower() == ".zip":
        return FileKind.ARCHIVE
    return FileKind.EXPORT if folder == EXPORTS else FileKind.OTHER


def _records(content: bytes) -> list[bytes]:
    """Return the lines of a table; a line break between quotation marks ends none."""
    found: list[bytes] = []
    is_open = False
    for line in content.splitlines(keepends=True):
        if is_open:
            found[-1] += line
        else:
            found.append(line)
        is_open ^= line.count(b'"') % 2 == 1
    return found


def _whose(text: str, wanted: Wanted) -> Literal["theirs", "others", "unclear"]:
    """Return whose a line with an address is, where people with other names have that address, too."""
    sharing = [one for one in wanted.others if mentions(text, [normal(one.email)])]
    if not sharing:
        return "theirs"
    words = set(name_words(text))
    ours = _most_words(wanted.names, words)
    others = _most_words(sharing, words)
    if ours and not others - ours:
        return "theirs"
    if others and not ours - others:
        return "others"
    return "unclear"


def _most_words(people: Iterable[Contact], words: set[str]) -> set[str]:
    """Return the words of the names that a line contains whole."""
    names = [set(name_words(one.name)) for one in people]
    return set().union(*(name for name in names if name <= words))


# -- what a file says --------------------------------------------------------------------------------------------------


def _text(path: Path, content: bytes) -> str:
    """Return the text of a file of any kind, as far as it can be read."""
    if content.startswith(b"PK"):
        return "\n".join(_unpacked(content))
    text = _decoded(content)
    if path.suffix.lower() == ".eml":
        read = mime.read(content)
        bodies = [_plain(part.text) for part in read.parts]
        return "\n".join([text, read.subject, *bodies])
    return f"{text}\n{_plain(text)}" if "<" in text else text


def _decoded(content: bytes) -> str:
    """Return octets as text; both readings where they may be UTF-16."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    return f"{text}\n{content.decode('utf-16-le', 'replace')}" if b"\x00" in content[:1000] else text


_TAGS = re.compile(r"<[^<>]*>")


def _plain(text: str) -> str:
    """Return the words of a page without its tags."""
    return html.unescape(_TAGS.sub(" ", text))


def _unpacked(content: bytes) -> Iterator[str]:
    """Yield the texts in a workbook or another archive, `MAX_UNPACKED` octets at most."""
    left = MAX_UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            for member in archive.infolist():
                with archive.open(member) as file:
                    read = file.read(left)
                left -= len(read)
                yield _plain(_decoded(read))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        return
