"""Read vCards 2.1, 3.0 (RFC 2426) and 4.0 (RFC 6350), as telephones and mail programs export them.

Only what an invitation needs is read: names, organisation, function, language, categories, addresses. Birthdays, home
addresses and notes are left out, since they are personal data without a use here.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from mailer.contacts.cells import clean, listed
from mailer.contacts.decoding import decode
from mailer.contacts.record import ContactRecord
from mailer.errors import ContactsError
from mailer.model.charsets import codec, sound
from mailer.model.contact import Origin

_MAX_LINE = 2_000_000
"""Characters in a line: room for a photograph in base64 on a line that was not folded."""
_MAX_VALUE = 10_000
_PROPERTY = re.compile(
    r"(?:[A-Za-z0-9-]+\.)?([A-Za-z][A-Za-z0-9-]*)((?:;[^:;\"]*(?:\"[^\"]*\"[^:;\"]*)*)*):(.*)", re.DOTALL
)
_READ = listed("BEGIN END N FN EMAIL ORG TITLE ROLE LANG CATEGORIES KIND X-ABSHOWAS")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class _Card:
    """The properties read from a card, in their order. Each address has its preference in front, lowest first."""

    line: int
    texts: dict[str, str] = field(default_factory=dict)
    addresses: list[tuple[int, str]] = field(default_factory=list)


def records(file: str, content: bytes) -> Iterator[ContactRecord]:
    """Yield a record for each card. Raise ContactsError ``not-a-contact-list`` at a line that is too long.

    A card without END ends where the next begins.
    """
    card: _Card | None = None
    for line, text in _unfolded(_lines(file, content)):
        found = _PROPERTY.fullmatch(text)
        if not found or found[1].upper() not in _READ:
            continue
        name, value = found[1].upper(), found[3]
        if name == "BEGIN":
            if card:
                yield _record(file, card)
            card = _Card(line)
        elif name == "END":
            if card:
                yield _record(file, card)
            card = None
        elif card:
            _take(card, name, _parameters(found[2]), value)
    if card:
        yield _record(file, card)


def encoding(content: bytes) -> str:
    """Return the encoding of a file of cards, apart from properties with a CHARSET of their own (vCard 2.1)."""
    return decode(content).encoding.removesuffix("-sig")


def _lines(file: str, content: bytes) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(decode(content).lines(), 1):
        if len(line) > _MAX_LINE:
            raise ContactsError("not-a-contact-list", file=file, line=number, reason="line-too-long")
        yield number, line.rstrip("\r\n")


def _unfolded(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield each property with its line number, its folded lines joined (RFC 6350 section 3.2).

    A quoted-printable value goes on after a line that ends in ``=``, without a space before it (vCard 2.1, Android).
    """
    start, size, soft = 0, 0, False
    parts: list[str] = []
    for number, line in lines:
        if soft or (line[:1] in (" ", "\t") and parts):
            parts[-1] = parts[-1][:-1] if soft else parts[-1]
            continued = line if soft else line[1:]
        else:
            if parts:
                yield start, "".join(parts)
            start, parts, size, continued = number, [], 0, line
        if size < _MAX_VALUE:
            parts.append(continued)
            size += len(continued)
        soft = continued.endswith("=") and size < _MAX_VALUE and _is_quoted(parts[0])
    if parts:
        yield start, "".join(parts)


def _is_quoted(text: str) -> bool:
    """Return whether a property declares its value as quoted-printable."""
    return "QUOTED-PRINTABLE" in text.partition(":")[0].upper()


def _parameters(written: str) -> dict[str, str]:
    """Return the parameters by name in upper case; vCard 2.1 leaves out ``TYPE=`` (``EMAIL;PREF;INTERNET``)."""
    parameters: dict[str, str] = {}
    for part in written.split(";")[1:]:
        name, equals, value = part.partition("=")
        name, value = (name.strip().upper(), value.strip(' "')) if equals else ("TYPE", name.strip())
        parameters[name] = f"{parameters[name]},{value}" if name in parameters else value
    return parameters


def _take(card: _Card, name: str, parameters: dict[str, str], written: str) -> None:
    """Add a property to a card; of several the first counts, but for EMAIL and CATEGORIES."""
    value = _decoded(written, parameters)
    if name == "EMAIL":
        address = clean(_plain(value))
        if address:
            card.addresses.append((_preference(parameters), address))
    elif name == "CATEGORIES" and name in card.texts:
        card.texts[name] += f",{value}"
    elif value:
        card.texts.setdefault(name, value)


def _decoded(value: str, parameters: dict[str, str]) -> str:
    declared = ",".join((parameters.get("ENCODING", ""), parameters.get("TYPE", ""))).upper()
    if "QUOTED-PRINTABLE" not in declared:
        return value
    decoded = binascii.a2b_qp(value.encode("utf-8", "surrogatepass"))
    try:
        return sound(decoded.decode(codec(parameters.get("CHARSET", "utf-8")) or "utf-8"))
    except ValueError:
        return sound("".join(decode(decoded).lines()))


def _preference(parameters: dict[str, str]) -> int:
    """Return the PREF of an address, 1 being the most preferred (RFC 6350 section 5.3), and 101 if it has none."""
    written = parameters.get("PREF", "")
    if written.isascii() and written.isdigit():
        return int(written[:3])
    return 1 if "PREF" in parameters.get("TYPE", "").upper().split(",") else 101


def _record(file: str, card: _Card) -> ContactRecord:
    family, given, _, prefix = (*_components(card.texts.get("N", "")), "", "", "", "")[:4]
    organisation = next(iter(_components(card.texts.get("ORG", ""))), "")
    whole = clean(_plain(card.texts.get("FN", "")))
    if _is_organisation(card, organisation, whole):
        organisation, family, given, whole = organisation or whole, "", "", ""
    addresses = [address for _, address in sorted(card.addresses, key=lambda ranked: ranked[0])]
    return ContactRecord(
        Origin(file, card.line),
        "; ".join(addresses),
        prefix,
        given,
        family,
        "" if family or given or "@" in whole else whole,
        organisation,
        clean(_plain(card.texts.get("TITLE", "") or card.texts.get("ROLE", ""))),
        clean(card.texts.get("LANG", "")),
        clean(_plain(card.texts.get("CATEGORIES", "").replace("\\,", "\u201a"))),
    )


def _is_organisation(card: _Card, organisation: str, whole: str) -> bool:
    """Return whether a card is an organisation's: by KIND (RFC 6350 section 6.1.4) or Apple's X-ABShowAs.

    So is a card without N whose FN equals its ORG.
    """
    declared = card.texts.get("KIND", "").strip().casefold() in ("org", "group")
    return (
        declared
        or card.texts.get("X-ABSHOWAS", "").strip().upper() == "COMPANY"
        or bool(organisation and not any(_components(card.texts.get("N", ""))) and organisation == whole)
    )


def _components(value: str) -> list[str]:
    """Return the components of a structured value such as N or ORG (RFC 6350 section 3.3)."""
    return [clean(_plain(part)) for part in re.split(r"(?<!\\);", value)] if value else []


def _plain(value: str) -> str:
    """Undo the escapes of a text value (RFC 6350 section 3.4), with a space for a line break."""
    return _ESCAPE.sub(lambda found: " " if found[1] in "nN" else found[1], value)
