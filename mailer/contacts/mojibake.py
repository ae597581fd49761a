"""UTF-8 that was once read as something else and saved again: ``LefÃ¨vre``, ``Lef√®vre``, ``Lef├¿vre``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

_CODECS = ("cp1252", "mac_roman", "cp850")
_LOOKED_AT = 20_000
_ROUNDS = 3
"""How often the accident may have happened to one text."""


def _shown(octet: int, codec: str) -> str:
    """What an octet looks like to a program that takes it for `codec`; undefined ones pass as controls."""
    try:
        return bytes((octet,)).decode(codec)
    except UnicodeDecodeError:
        return chr(octet)


_OCTETS = {codec: {_shown(octet, codec): octet for octet in range(0x80, 0x100)} for codec in _CODECS}


def _pattern(codec: str) -> re.Pattern[str]:
    """One letter of two or more octets, as `codec` shows them."""
    shown = {octet: re.escape(character) for character, octet in _OCTETS[codec].items()}
    rest = "[" + "".join(shown[octet] for octet in range(0x80, 0xC0)) + "]"
    two, three, four = (
        "[" + "".join(shown[octet] for octet in span) + "]"
        for span in (range(0xC2, 0xE0), range(0xE0, 0xF0), range(0xF0, 0xF5))
    )
    return re.compile(f"{two}{rest}|{three}{rest}{{2}}|{four}{rest}{{3}}")


_PATTERNS = {codec: _pattern(codec) for codec in _CODECS}
_RUN = re.compile("[^\x00-\x7f]+")
_FRENCH = frozenset("éèêëàâäçîïôöùûüœæÿñáíóúßÉÈÊËÀÂÄÇÎÏÔÖÙÛÜŒ’‘“”«»°–—…€\u00a0")
"""What tells that a text was scrambled: that these come out."""
_LATIN = frozenset(map(chr, range(0xC0, 0x180))) | _FRENCH
"""What may come out once we know. ``É»`` stays: as octets it would be a letter nobody here writes."""


@dataclass(frozen=True, slots=True)
class Scrambled:
    """A text whose UTF-8 was taken for `codec`, and a word of it as it is read and as it was meant."""

    codec: str
    read: str
    meant: str

    def restore(self, text: str) -> str:
        """Put back the letters that were scrambled; all others stay as they are."""
        return text if text.isascii() else _restored(text, self.codec)


def find(lines: Iterable[str]) -> Scrambled | None:
    """Tell whether a text was scrambled, by the letters that come out when it is undone."""
    votes: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for line in _unusual(lines):
        for run in _RUN.finditer(line):
            for codec in _CODECS:
                meant = _unscrambled(run.group(), codec)
                if meant != run.group() and _FRENCH.issuperset(meant):
                    votes[codec] += 1
                    examples.setdefault(codec, _word_around(line, run))
    if not votes:
        return None
    codec = votes.most_common(1)[0][0]
    return Scrambled(codec, examples[codec], _restored(examples[codec], codec))


def _unusual(lines: Iterable[str]) -> Iterator[str]:
    return (line for line in islice(lines, _LOOKED_AT) if not line.isascii())


def _restored(text: str, codec: str) -> str:
    return _RUN.sub(lambda found: _unscrambled(found.group(), codec), text)


def _unscrambled(run: str, codec: str) -> str:
    """Undo the accident as often as it happened: the last round that gives nothing but letters counts."""
    meant, pattern = run, _PATTERNS[codec]
    for _ in range(_ROUNDS):
        before = run
        run = pattern.sub(lambda found: _letter(found.group(), codec), run)
        if run == before:
            break
        if _LATIN.issuperset(run):
            meant = run
    return meant


def _letter(shown: str, codec: str) -> str:
    """The letter a sequence stood for; the sequence itself where it stood for none."""
    try:
        return bytes(_OCTETS[codec][character] for character in shown).decode("utf-8")
    except UnicodeDecodeError:
        return shown


def _word_around(line: str, found: re.Match[str]) -> str:
    start = max(line.rfind(mark, 0, found.start()) for mark in ' ;,\t|"\n') + 1
    end = min((at for mark in ' ;,\t|"\r\n' if (at := line.find(mark, found.end())) >= 0), default=len(line))
    return line[start:end].strip()[:60]
