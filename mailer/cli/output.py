"""Standard output and standard error in the encoding of the terminal: what it cannot show gets a stand-in."""

from __future__ import annotations

import codecs
import contextlib
import io
import json
import sys
import unicodedata

import click

STAND_IN = "mailer_stand_in"
"""The name under which the stand-ins are known to codecs."""

ASCII = "mailer_ascii"
"""ASCII by another name: click writes UTF-8 to a stream that says it is ASCII, even where the terminal shows no more."""

_READABLE = {
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("•◦▪", "*"),
    "‹": "<",
    "›": ">",
    "→": "->",
    "←": "<-",
    "×": "x",
    "·": ".",
    "°": "o",
    "€": "EUR",
    "£": "GBP",
    "§": "S.",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ð": "d",
    "Ð": "D",
    "þ": "th",
    "Þ": "Th",
    "ı": "i",
}


def adapt_streams() -> None:
    """Make standard output and error replace what their encoding lacks, instead of failing."""
    codecs.register(_ascii)
    codecs.register_error(STAND_IN, _replace)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            ascii_only = codecs.lookup(stream.encoding).name == "ascii"
            stream.reconfigure(encoding=ASCII if ascii_only else None, errors=STAND_IN)


def readable(text: str) -> str:
    """Write text in ASCII as a person can still read it: "cœur, Żółw 🎉" is "coeur, Zolw ?"."""
    with contextlib.suppress(UnicodeError):
        # Words of the command line that the locale could not decode are UTF-8 all the same.
        text = text.encode("utf-8", "surrogateescape").decode("utf-8")
    return "".join(map(_in_ascii, text))


def _in_ascii(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return ""  # an accent of its own, a joiner, the colour of an emoji
    plain = _READABLE.get(character) or unicodedata.normalize("NFKD", character)
    return "".join(c for c in plain if c.isascii()) or "?"


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return readable(error.object[error.start : error.end]), error.end


def _ascii(name: str) -> codecs.CodecInfo | None:
    if name != ASCII:
        return None
    found = codecs.lookup("ascii")
    return codecs.CodecInfo(
        found.encode,
        found.decode,
        found.streamreader,
        found.streamwriter,
        found.incrementalencoder,
        found.incrementaldecoder,
        ASCII,
    )


def as_json(value: object, *, error: bool = False, indent: int | None = None) -> None:
    """Write a value as JSON; where the encoding lacks a character, every one beyond ASCII is escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=indent)
    stream = sys.stderr if error else sys.stdout
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        text = json.dumps(value, indent=indent)
    click.echo(text, err=error)
