"""Find the e-mail addresses in a cell, check them, and propose corrections for those nothing can be sent to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from mailer.contacts.cells import clean, fold, listed, words
from mailer.contacts.mistyped_domains import Slips

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_USUAL = re.compile(r"(\w[\w+'&=~-]*(?:\.[\w+'&=~-]+)*)@([a-z0-9.-]+)", re.ASCII | re.IGNORECASE)
"""A fast check that nearly every address passes; stricter than the RFC, it refuses a leading apostrophe."""
_LEGAL = re.compile(rf"({_ATOM}(?:\.{_ATOM})*)@([A-Za-z0-9.-]+)")
"""RFC 5321 section 4.1.2, Dot-string."""
_CANDIDATE = re.compile(
    r'(?<![^\s<>()\[\]{},;:"|«»“”*])[^\s<>()\[\]{},;:"|«»“”*]+@[^\s<>()\[\]{},;:"|«»“”*]*'
)
_LINK = re.compile(r"=\w+\(|mailto:|\bemail:|\bsmtp:|\?(?:subject|cc|bcc|body)=[^\s<>\"]*", re.IGNORECASE)
_COMMAND = re.compile(r"[\s\"'<]*\|(?!.*\|[\s\"'>]*$)")
"""What mail servers of old take for a command, ``|/bin/sh@example.org``; bars on both sides are those of a table."""
_OF_PATHS = ("/", "\\", "`", "./", "../")
"""How a path begins, or what a shell would run: ``/dev/null@example.org`` is not dev/null@example.org."""
_AT = re.compile(
    r"\s*(?:[\[({]\s*(?:at|a|arobase|arobas|chez)\s*[\])}]|\barobas[e]?\b|\s(?:at|chez)\s)\s*", re.IGNORECASE
)
_DOT = re.compile(r"\s*[\[({]\s*(?:dot|point)\s*[\])}]\s*|\s+(?:dot|point)\s+", re.IGNORECASE)
_NAMED = re.compile(r"\s*[\"'“«]?\s*([^<>@\"“”«»]*[^\W\d_][^<>@\"“”«»]*?)\s*[\"'”»]?\s*<[^<>]*@[^<>]*>\s*")
_COMMA_FOR_DOT = re.compile(r"[^\s,;@]+@[^\s,;@]+,\w{2,6}")
_JOINTS = re.compile(r"[\s<>()\[\]{},;:\"'|/«»“”*.+&-]|\b(?:et|ou|and|or|et/ou|puis)\b", re.IGNORECASE)
_NOTHING = listed(
    "neant aucun aucune none null na n a nc sans inconnu inconnue vide rien pas absent x xx xxx no non"
)
_USUAL_DOMAIN = re.compile(
    r"(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.ASCII | re.IGNORECASE
)
"""ASCII host names of RFC 1123 section 2.1 without IDNA labels; email-validator checks all other domains."""
_SPECIAL = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})
_RESERVED = frozenset({"test", "local"})
"""Top-level domains that lead nowhere on the Internet (RFC 6761, RFC 6762) but are used inside offices and in tests."""
_MAX_CELL = 2000


@dataclass(frozen=True, slots=True)
class AddressFault:
    """Something wrong or suspicious about an address, by code. `stops`: nothing can be sent to it."""

    code: str
    read: str
    proposal: str = ""
    stops: bool = False


@dataclass(frozen=True, slots=True)
class CellAddresses:
    """The usable addresses of a cell in their order, the display name before the first, and the faults."""

    addresses: tuple[str, ...] = ()
    name: str = ""
    faults: tuple[AddressFault, ...] = ()


NOTHING = CellAddresses()


@dataclass(slots=True)
class Addresses:
    """A reader of address cells that checks each domain once."""

    _domains: dict[str, str] = field(default_factory=dict)
    _slips: Slips = field(default_factory=Slips)

    def read(self, cell: str) -> CellAddresses:
        """Return the addresses of a cell that has been through `clean`."""
        if not cell:
            return NOTHING
        if usual := _USUAL.fullmatch(cell):
            ascii_domain = self._domain(usual[2])
            if ascii_domain == usual[2] and len(usual[1]) <= 64 and len(cell) <= 254:
                faults = self._odd(cell, usual[2])
                return CellAddresses((cell,), "", faults)
        return self._read_slowly(cell[:_MAX_CELL])

    def _read_slowly(self, cell: str) -> CellAddresses:
        """Read a cell that is not just one ordinary address."""
        text = _LINK.sub(" ", cell).replace("＠", "@").replace("﹫", "@")
        if _COMMAND.match(text):
            return CellAddresses((), "", (_unusable(cell, ""),))
        candidates = _split(text)
        if not candidates:
            return self._without_at(cell, text)
        found: dict[str, str] = {}
        faults: list[AddressFault] = []
        for candidate in candidates:
            address, odd = self._check(candidate)
            if address:
                found.setdefault(address.casefold(), address)
            faults += odd
        named = _NAMED.fullmatch(text)
        beside = "" if named else _beside(text, candidates)
        if beside and (broken := self._in_pieces(cell, text, beside)):
            return CellAddresses((), "", (broken,))
        if beside and found:
            faults.append(AddressFault("address-beside-text", cell, next(iter(found.values()))))
        return CellAddresses(tuple(found.values()), clean(named[1]) if named else "", tuple(faults))

    def _check(self, written: str) -> tuple[str, tuple[AddressFault, ...]]:
        """Return the address with its domain in ASCII and any suspicion, or "" and the faults."""
        local, _, domain = written.rpartition("@")
        if local.startswith(_OF_PATHS):
            return "", (_unusable(written, ""),)
        ascii_domain = self._domain(domain)
        legal = _LEGAL.fullmatch(f"{local}@x")
        if ascii_domain and legal and len(local) <= 64 and len(local) + len(ascii_domain) < 254:
            address = f"{local}@{ascii_domain}"
            return address, self._odd(written, domain)
        proposal = self._mended(written)
        if proposal and ascii_domain and not local.isascii():
            return "", (AddressFault("address-not-ascii", written, proposal, stops=True),)
        faults = [_unusable(written, proposal)]
        if proposal and self._slips.proposal(domain):
            faults.insert(0, AddressFault("address-slip", written, proposal))
        return "", tuple(faults)

    def _odd(self, written: str, domain: str) -> tuple[AddressFault, ...]:
        """Return the warnings for a usable address: a probable typing error, a domain for tests."""
        if proposal := self._slips.proposal(domain):
            return (AddressFault("address-slip", written, f"{written.rpartition('@')[0]}@{proposal}"),)
        if domain.rpartition(".")[2].casefold() in _RESERVED:
            return (AddressFault("address-reserved", written),)
        return ()

    def _domain(self, domain: str) -> str:
        """Return `_ascii_domain`, from the cache."""
        known = self._domains.get(domain)
        if known is None:
            known = self._domains[domain] = _ascii_domain(domain)
        return known

    def _mended(self, written: str) -> str:
        """Return a usable address that an unusable one may stand for, or ""."""
        plain = fold(written.replace("’", "'")) if not written.isascii() else written
        local, _, domain = plain.rpartition("@")
        local = re.sub(r"\.{2,}", ".", local.strip(".")).rstrip("@").replace(" ", "")
        domain = re.sub(r"\.{2,}", ".", domain.replace(",", ".").replace(" ", "").strip(".-"))
        domain = self._slips.proposal(domain) or domain
        legal = _LEGAL.fullmatch(f"{local}@{domain}")
        return legal[0] if legal and self._domain(domain) else ""

    def _without_at(self, cell: str, text: str) -> CellAddresses:
        """Return the fault of a cell without ``@``: "néant", ``jean (at) example.org``, or any other text."""
        spelled = _DOT.sub(".", _AT.sub("@", text))
        proposal = self._mended(" ".join(spelled.split()).strip("., "))
        first_word = words(cell).partition(" ")[0]
        if not proposal and (not first_word or first_word in _NOTHING):
            return CellAddresses(faults=(AddressFault("address-missing", cell, stops=True),))
        return CellAddresses(faults=(_unusable(cell, proposal),))

    def _in_pieces(self, cell: str, text: str, beside: str) -> AddressFault | None:
        """Return the fault of an address broken by a space: ``jean dupont@example.org``, ``jean@example .org``.

        The part that looks like an address may belong to another person, so it is not used.
        """
        joined = "".join(text.split()).strip(".,;")
        if _COMMA_FOR_DOT.fullmatch(joined) and " " not in text.strip():
            joined = joined.replace(",", ".")
        elif (
            beside[0].isupper()
            or not any(map(str.isalpha, beside))
            or any(mark in text for mark in "<>()[],;:/|")
        ):
            return None
        if text.count("@") != 1 or not _LEGAL.fullmatch(joined):
            return None
        return _unusable(cell, self._mended(joined))


def _unusable(read: str, proposal: str) -> AddressFault:
    return AddressFault("address-to-correct" if proposal else "address-unusable", read, proposal, stops=True)


def _split(text: str) -> list[str]:
    """Return the pieces of a text that hold an ``@``, without the punctuation around them."""
    found = []
    for candidate in _CANDIDATE.findall(text):
        pieces = (
            candidate.split("/")
            if candidate.count("@") > 1 or re.match(r"[\d.+-]*\d[\d.+-]*/", candidate)
            else [candidate]
        )
        found += [piece for piece in (_bare(piece) for piece in pieces) if "@" in piece and len(piece) > 1]
    return found


def _bare(piece: str) -> str:
    """Strip quotation marks, slashes and full stops from both ends; a path, and what stands between accents, stays."""
    begun = piece.lstrip("'‘’`´/\\")
    inner = begun.rpartition("@")[0]
    if any(mark in piece[: len(piece) - len(begun)] and mark in inner for mark in _OF_PATHS):
        begun = piece.lstrip("'‘’´")
    return begun.rstrip("'‘’`´.-/\\!?_")


def _beside(text: str, candidates: list[str]) -> str:
    """Return what is left of a text without its addresses, separators and words such as "et"."""
    for candidate in candidates:
        text = text.replace(candidate, " ", 1)
    return _JOINTS.sub(" ", text).strip()


def _ascii_domain(domain: str) -> str:
    """Return a domain as IDNA ASCII, or as written if it is ASCII; "" if no mail can go there."""
    label, _, top = domain.rpartition(".")
    if _USUAL_DOMAIN.fullmatch(domain) and top.casefold() not in _SPECIAL and len(domain) <= 253:
        return domain
    if len(top) < 2:
        return ""
    from email_validator import EmailNotValidError, validate_email  # slow to import, and few domains need it

    asked = f"{label}.example" if top.casefold() in _RESERVED else domain
    try:
        checked = validate_email(f"x@{asked}", check_deliverability=False)
    except EmailNotValidError:
        return ""
    return domain if domain.isascii() else checked.ascii_domain


def address(typed: str) -> str:
    """Return the one usable address in a text that somebody typed; empty if there is none, or several."""
    found = Addresses().read(clean(typed))
    stopped = any(fault.stops for fault in found.faults)
    return found.addresses[0] if len(found.addresses) == 1 and not stopped else ""
