"""The folders of a mailbox as a server lists them: their names, and which one a name in the settings stands for.

Names are compared without regard to case and to how accents are composed. A name that is not
well-formed modified UTF-7 (RFC 9051 appendix A.1), such as one with a bare ``&``, stays as the server wrote it.
"""

from __future__ import annotations

import binascii
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from imap_tools.imap_utf7 import utf7_decode, utf7_encode

INBOX = "INBOX"

_LINE = re.compile(rb'\((?P<flags>[^)]*)\) (?P<delimiter>"(?:\\.|[^"\\])"|NIL)(?: (?P<name>.*))?', re.DOTALL)
_NAMESPACE = re.compile(rb'^\(\("(?P<prefix>(?:\\.|[^"\\])*)" (?P<delimiter>"(?:\\.|[^"\\])"|NIL)')
_UNUSABLE = ("\\noselect", "\\nonexistent")
_TREES = ("INBOX", "[Gmail]", "[Google Mail]")
"""Folders below which servers put those of their own."""


@dataclass(frozen=True, slots=True)
class ListedFolder:
    """A folder: its name for people, its name for the server, and its flags in lower case."""

    name: str
    wire: bytes
    delimiter: str = "/"
    flags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Namespace:
    """The prefix of a person's own folders, such as ``INBOX.``, and what separates the levels (RFC 2342)."""

    prefix: str = ""
    delimiter: str = "/"


def from_list(answer: Iterable[object]) -> list[ListedFolder]:
    """Read what LIST answered, as imaplib gives it; folders that cannot be opened are left out."""
    found = []
    for item in answer:
        line, literal = item if isinstance(item, tuple) else (item, None)
        matched = _LINE.match(line) if isinstance(line, bytes) else None
        if matched is None:
            continue
        wire = literal if literal is not None else _unquoted(matched["name"] or b"")
        flags = frozenset(matched["flags"].decode("ascii", "replace").lower().split())
        if wire and flags.isdisjoint(_UNUSABLE) and not re.search(rb"[\r\n\0]", wire):
            found.append(ListedFolder(_name(wire), wire, _delimiter(matched["delimiter"]), flags))
    return found


def namespace(answer: Iterable[object], listed: Sequence[ListedFolder]) -> Namespace:
    """Read the first personal namespace from what NAMESPACE answered; without an answer, tell it from the folders."""
    for line in answer:
        if isinstance(line, bytes) and (matched := _NAMESPACE.match(line)):
            prefix = _name(re.sub(rb"\\(.)", rb"\1", matched["prefix"]))
            return Namespace(prefix, _delimiter(matched["delimiter"]))
    delimiter = next((one.delimiter for one in listed if one.delimiter), "/")
    others = [one.name for one in listed if one.name.upper() != INBOX]
    below = f"{INBOX}{delimiter}"
    inside = bool(others) and all(name.upper().startswith(below) for name in others)
    return Namespace(below if inside else "", delimiter)


def find(name: str, listed: Sequence[ListedFolder], own: Namespace) -> ListedFolder | None:
    """Return the folder that a name stands for, written with the prefix or without; None if there is none."""
    for wanted in _spellings(name, own):
        for same in (str, _composed):
            for folder in listed:
                if same(folder.name) == same(wanted):
                    return folder
    return None


def to_create(name: str, own: Namespace) -> ListedFolder:
    """Return a folder that is not there yet: its name with the prefix that the server wants."""
    full = list(_spellings(name, own))[-1]
    return ListedFolder(full, to_wire(full), own.delimiter)


def to_wire(name: str) -> bytes:
    """Encode a name in modified UTF-7."""
    return utf7_encode(name)


def among(
    listed: Sequence[ListedFolder], own: Namespace, names: Collection[str], flag: str
) -> list[ListedFolder]:
    """Return the folders with a flag, then those with one of the names, at the top or where servers put their own."""
    flagged = [one for one in listed if flag.lower() in one.flags]
    wanted = {_folded(name) for name in names}
    named = [one for one in listed if one not in flagged and _folded(_own_name(one, own)) in wanted]
    return flagged + named


def _own_name(folder: ListedFolder, own: Namespace) -> str:
    """Return a name without the prefixes that servers put before it."""
    name = folder.name
    for prefix in (own.prefix, *(f"{tree}{folder.delimiter}" for tree in _TREES)):
        if prefix and name.casefold().startswith(prefix.casefold()):
            name = name[len(prefix) :]
    return name


def _spellings(name: str, own: Namespace) -> Iterator[str]:
    """Yield a name as it is, then as this server writes it, the likeliest for a new folder last."""
    yield name
    levels = name.replace("/", own.delimiter) if own.delimiter not in ("", "/") else name
    if levels != name:
        yield levels
    if own.prefix and levels.upper() != INBOX and not levels.casefold().startswith(own.prefix.casefold()):
        yield f"{own.prefix}{levels}"


def _name(wire: bytes) -> str:
    """Decode a name; one that is not well-formed stays as it is."""
    if wire.isascii():
        try:
            name = utf7_decode(wire)
            if utf7_encode(name) == wire:
                return name
        except (binascii.Error, ValueError):
            pass
    return wire.decode("utf-8", "replace")


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _folded(name: str) -> str:
    """Return a name without what tells "Junk E-mail" from "Junk Email"."""
    return re.sub(r"[\s_-]+", "", _composed(name))


def _unquoted(name: bytes) -> bytes:
    name = name.strip()
    if len(name) > 1 and name.startswith(b'"') and name.endswith(b'"'):
        return re.sub(rb"\\(.)", rb"\1", name[1:-1])
    return name


def _delimiter(written: bytes) -> str:
    return "" if written == b"NIL" else _unquoted(written).decode("ascii", "replace")
