"""E-mail addresses and how to compare them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase

_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)
"""Lower case of ASCII letters alone. Other rules make one of different addresses: ß becomes ss, and the Kelvin sign k."""


def normal(address: str) -> str:
    """Return an address in lower case, without ``mailto:``, spaces and angle brackets, for comparison.

    RFC 5321 section 2.4 allows local parts that differ only by case. No common provider has them, and SOGo,
    sabre/dav and Nextcloud answer with the ATTENDEE in lower case. A domain is compared by its IDNA form.
    """
    address = address.strip().translate(_ASCII_LOWER).removeprefix("mailto:").strip().strip("<>")
    if address.isascii():
        return address
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{normal_domain(domain)}"


def normal_domain(domain: str) -> str:
    """Return a domain in lower case, by its IDNA form (RFC 5891), without a full stop at the end, for comparison."""
    domain = domain.strip().translate(_ASCII_LOWER).rstrip(".")
    if domain.isascii():
        return domain
    import idna  # slow to import, and few domains need it

    try:
        return idna.encode(domain).decode("ascii")
    except idna.IDNAError:
        return domain


_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_DELIVERABLE = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:\w(?:[\w-]*\w)?\.)+[\w-]{{2,63}}")
"""The domain may be written in letters of its language: it is put into ASCII when a letter is written (`mime.ascii_address`)."""


def is_deliverable(address: str) -> bool:
    """Return whether an address has the form of one that mail can go to (RFC 5321 section 4.1.2)."""
    return _DELIVERABLE.fullmatch(address) is not None


def mentions(text: str, addresses: Iterable[str]) -> bool:
    """Return whether a text contains one of the addresses, given in normal form, as a whole.

    ``diana@example.org`` does not mention ``ana@example.org``, nor does ``ana@example.org.example``; a full stop that
    ends a sentence, quotation marks and brackets are no part of an address.
    """
    folded = text.translate(_ASCII_LOWER)
    return any(
        address in folded
        and re.search(rf"(?<![\w.+%-])(?<!\w['’]){re.escape(address)}(?![\w-])(?!\.\w)", folded) is not None
        for address in addresses
    )


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address with its display name, RFC 5322 section 3.4."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """Return the part after the last ``@``, as `normal_domain` writes it."""
        return normal_domain(self.address.rpartition("@")[2])
