"""Repair UTF-8 text that was decoded as another encoding and saved again: ``LefÃ¨vre``, ``Lef√®vre``, ``Lef├¿vre``."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

_CODECS = ("cp1252", "mac_roman", "cp850")
_LOOKED_AT = 20_000
"""Lines that are looked at."""
_ROUNDS = 3
"""How often a text may have been decoded wrongly, one time after the other."""


def _shown(code: int, codec: str) -> str:
    """Return the character a byte gives in `codec`; bytes that are undefined there give control characters."""
    try:
        return bytes((code,)).decode(codec)
    except UnicodeDecodeError:
        return chr(code)


_BYTES = {codec: {_shown(code, codec): code for code in range(0x80, 0x100)} for codec in _CODECS}


def _pattern(codec: str) -> re.Pattern[str]:
    """Return a pattern for one letter of two to four UTF-8 bytes as they look when decoded as `codec`."""
    shown = {code: re.escape(character) for character, code in _BYTES[codec].items()}
    rest = "[" + "".join(shown[code] for code in range(0x80, 0xC0)) + "]"
    two, three, four = (
        "[" + "".join(shown[code] for code in span) + "]"
        for span in (range(0xC2, 0xE0), range(0xE0, 0xF0), range(0xF0, 0xF5))
    )
    return re.compile(f"{two}{rest}|{three}{rest}{{2}}|{four}{rest}{{3}}")


_PATTERNS = {codec: _pattern(codec) for codec in _CODECS}
_RUN = re.compile("[^\x00-\x7f]+")
_FRENCH = frozenset("éèêëàâäçîïôöùûüœæÿñáíóúßÉÈÊËÀÂÄÇÎÏÔÖÙÛÜŒ’‘“”«»°–—…€\u00a0")
"""A text was decoded wrongly if undoing that gives nothing but these."""
_LATIN = frozenset(map(chr, range(0xC0, 0x180))) | _FRENCH
"""Letters that are restored once that is known. ``É»`` stays as it is, since it would give U+027B, not French."""


@dataclass(frozen=True, slots=True)
class Scrambled:
    """How a text was decoded wrongly, as `codec`; and one of its words for an example, as read and as meant."""

    codec: str
    read: str
    meant: str

    def restore(self, text: str) -> str:
        """Return the text with the wrongly decoded letters restored, all others as they are."""
        return text if text.isascii() else _restored(text, self.codec)


def find(lines: Iterable[str]) -> Scrambled | None:
    """Return how the text was decoded wrongly, or None if undoing that gives no letters of French."""
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
    """Undo the wrong decoding up to `_ROUNDS` times; the last round that gives nothing but letters counts."""
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
    """Return the letter whose UTF-8 bytes a sequence shows, or the sequence if they are none."""
    try:
        return bytes(_BYTES[codec][character] for character in shown).decode("utf-8")
    except UnicodeDecodeError:
        return shown


def _word_around(line: str, found: re.Match[str]) -> str:
    start = max(line.rfind(mark, 0, found.start()) for mark in ' ;,\t|"\n') + 1
    end = min((at for mark in ' ;,\t|"\r\n' if (at := line.find(mark, found.end())) >= 0), default=len(line))
    return line[start:end].strip()[:60]
