"""Translate the common messages of the operating system and of libraries into the person's language.

Python never sets the locale, so the C library speaks English, and so do Python's own parsers. A message that is not
listed here is shown as it is: the words of a mail server are evidence.
"""

from __future__ import annotations

import re
from gettext import gettext as _

from mailer.translation.marked import N_

PHRASES = (
    N_("No such file or directory"),
    N_("Permission denied"),
    N_("Operation not permitted"),
    N_("Is a directory"),
    N_("Not a directory"),
    N_("File exists"),
    N_("File name too long"),
    N_("No space left on device"),
    N_("Read-only file system"),
    N_("Disk quota exceeded"),
    N_("Input/output error"),
    N_("Connection refused"),
    N_("Connection reset by peer"),
    N_("Connection timed out"),
    N_("Network is unreachable"),
    N_("No route to host"),
    N_("Name or service not known"),
    N_("Temporary failure in name resolution"),
    N_("No address associated with hostname"),
    N_("timed out"),
    N_("no connection"),
    N_("TLS: certificate"),
    N_("no JSON"),
    N_("unable to open database file"),
    N_("file is not a database"),
    N_("database disk image is malformed"),
    N_("database or disk is full"),
    N_("attempt to write a readonly database"),
    N_("Invalid value"),
    N_("Invalid statement"),
    N_("Invalid date or datetime"),
    N_("Unclosed array"),
    N_("Unclosed inline table"),
    N_("Unterminated string"),
    N_("Cannot overwrite a value"),
    N_("Expected '=' after a key in a key/value pair"),
    N_("Expected newline or end of document after a statement"),
    N_("Expected ']' at the end of a table declaration"),
    N_("Expected ']]' at the end of an array declaration"),
    N_("Invalid initial character for a key part"),
    N_("Unescaped '\\' in a string"),
    N_("unexpected end of template"),
    N_("it does not begin so"),
    N_("the port is no number"),
    N_("there is an @ too many"),
    N_("no file is named"),
    N_("synchronous is full, normal, extra or off"),
    N_("conninfo cannot be read"),
    N_("an option is not known"),
    N_("no UTF-8"),
)
"""The messages of glibc, SQLite, tomllib, Jinja, `mailer.signin.client`, `mailer.store.engine` and `mailer.settings`, word for word."""

_PARTS = (
    (re.compile(r"^Illegal character .*"), N_("A character that cannot stand here")),
    (re.compile(r"^Cannot (?:declare|mutate) .*"), N_("The same name stands twice")),
    (re.compile(r"^Unexpected end of template\b.*", re.DOTALL), N_("the template ends in the middle")),
    (re.compile(r"^Encountered unknown tag .*", re.DOTALL), N_("there is no such instruction")),
    (re.compile(r"^expected token '?(.*?)'?, got '?(.*?)'?$"), N_("“{0}” is wanted here instead of “{1}”")),
    (re.compile(r"^unexpected '(.*)'$"), N_("“{0}” cannot stand here")),
    (re.compile(r"^\[Errno -?\d+\] (.*)$"), ""),
    (
        re.compile(r"^\[SSL: .*CERTIFICATE_VERIFY_FAILED.*", re.DOTALL),
        N_("nobody we trust vouches for it, or it is another server's, or out of date"),
    ),
    (re.compile(r"^\[SSL: .*"), N_("no secured connection came about")),
)
_TOML_PLACE = re.compile(r" \(at (?:line \d+, column \d+|end of document)\)$")


def translated(phrase: str) -> str:
    """Return a message in the person's language, or as it is if it is not known; without the place that tomllib adds."""
    phrase = _TOML_PLACE.sub("", phrase)
    if phrase in PHRASES:
        return _(phrase)
    for pattern, meaning in _PARTS:
        if found := pattern.match(phrase):
            return _(meaning).format(*found.groups()) if meaning else translated(found[1])
    return phrase
