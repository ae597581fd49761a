"""Take secrets out of the words of others, such as a server that repeats the password it was given."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import quote

HIDDEN = "***"

SHORTEST = 6
"""Characters of a secret that are hidden wherever they stand together: a server may repeat only a part of it."""


def has_control(text: str) -> bool:
    """Return whether a text holds a control character, a line end, or half a character (a lone surrogate)."""
    return any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text)


class Redaction:
    """Secrets that are hidden in texts, as they are and as protocols write them, whole or in part, in any case."""

    def __init__(self, *secrets: str) -> None:
        self._runs: dict[int, set[str]] = {}
        for form in {_folded(form) for secret in secrets if secret for form in _forms(secret)}:
            n = min(len(form), SHORTEST)
            self._runs.setdefault(n, set()).update(form[at : at + n] for at in range(len(form) - n + 1))

    def of(self, text: str) -> str:
        """Return a text with every run of a secret hidden."""
        folded = _folded(text)
        shown = list(text)
        for n, runs in self._runs.items():
            for at in range(len(folded) - n + 1):
                if folded[at : at + n] in runs:
                    shown[at : at + n] = "\0" * n
        return re.sub("\0+", HIDDEN, "".join(shown)) if "\0" in shown else text


def _folded(text: str) -> str:
    """Return a text without the difference of case, letter for letter: "ß" stays, since two would move the places."""
    if text.isascii():
        return text.lower()
    return "".join(low if len(low := one.casefold()) == 1 else one for one in text)


def _forms(secret: str) -> Iterator[str]:
    """Yield how a secret may be written by a server: as it is, quoted, as octets, in a URL, in base64 (SASL)."""
    octets = secret.encode("utf-8", "surrogatepass")
    yield secret
    if len(secret) < SHORTEST // 2:  # written otherwise it would be found everywhere
        return
    yield secret.replace("\\", "\\\\").replace('"', '\\"')
    yield octets.decode("latin-1")
    yield repr(octets)[2:-1]
    yield quote(octets, safe="")
    for before in range(3):  # three octets are four characters, so what stands in front moves the letters
        written = base64.b64encode(bytes(before) + octets).decode("ascii").rstrip("=")
        end = len(written) - bool((before + len(octets)) % 3)
        yield written[before + bool(before) : end]
