"""What an e-mail address is."""

from __future__ import annotations

from dataclasses import dataclass


def normal(address: str) -> str:
    """Return the form in which two spellings of one address are equal.

    RFC 5321 section 2.4 lets a host tell local parts apart by case; none that people use does, and SOGo,
    sabre/dav and Nextcloud lower the case of ATTENDEE in their answers.
    """
    address = address.strip()
    if address[:7].casefold() == "mailto:":
        address = address[7:]
    return address.strip().strip("<>").casefold()


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox as a header names it, RFC 5322 section 3.4."""

    address: str
    name: str = ""

    @property
    def domain(self) -> str:
        """What stands behind the last ``@``, in lower case."""
        return self.address.rpartition("@")[2].casefold()
