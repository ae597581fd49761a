"""Reading the addresses of a cell."""

from __future__ import annotations

import pytest

from mailer.contacts.addresses import Addresses
from mailer.contacts.cells import clean
from mailer.model.address import is_deliverable

ONE = ("jean@example.org",)
TRIMMED = {
    "plain": ("jean@example.org", ONE),
    "spelling kept": ("Jean.Dupont+rsvp@Example.ORG", ("Jean.Dupont+rsvp@Example.ORG",)),
    "mailto": ("mailto:jean@example.org", ONE),
    "mailto with subject": ("mailto:jean@example.org?subject=Bonjour", ONE),
    "angle brackets": ("<jean@example.org>", ONE),
    "with name": ("Jean Dupont <jean@example.org>", ONE),
    "with name, quoted": ('"Dupont, Jean" <jean@example.org>', ONE),
    "trailing dot": ("jean@example.org.", ONE),
    "trailing comma": ("jean@example.org ,", ONE),
    "apostrophe of a spreadsheet": ("'jean@example.org", ONE),
    "guillemets": ("« jean@example.org »", ONE),
    "invisible characters": ("\u200bjean@\u00adexample.org\ufeff\u00a0", ONE),
    "full-width at sign": ("jean＠example.org", ONE),
    "link formula": ('=HYPERLINK("mailto:jean@example.org";"jean@example.org")', ONE),
    "apostrophe": ("o'neil@example.org", ("o'neil@example.org",)),
    "domain with accents": ("jean@mairie-évêché.fr", ("jean@xn--mairie-vch-h7adk.fr",)),
    "two": ("a@example.org; b@example.net", ("a@example.org", "b@example.net")),
    "two, slash": ("a@example.org/b@example.net", ("a@example.org", "b@example.net")),
    "two, words": ("a@example.org ou b@example.net", ("a@example.org", "b@example.net")),
    "slashes around": ("/jean@example.org/", ONE),
    "a slash within": ("compta/rh@example.org", ("compta/rh@example.org",)),
    "two, bar": ("a@example.org | b@example.net", ("a@example.org", "b@example.net")),
    "bars of a table": ("| jean@example.org |", ONE),
    "apostrophe of a spreadsheet before another": ("'o'neil@example.org", ("o'neil@example.org",)),
    "a dash in front": ("-oQ@example.org", ("-oQ@example.org",)),
    "twice the same": ("a@example.org, A@example.org", ("a@example.org",)),
}
ODD = {
    "attack 55: a command": ("|/bin/sh@example.org", [("address-unusable", "", True)]),
    "attack 55: a command behind a blank": (" | /bin/sh@example.org", [("address-unusable", "", True)]),
    "attack 55: a command in brackets": ("<|/bin/sh@example.org>", [("address-unusable", "", True)]),
    "attack 55: a command in quotes": ('"|/bin/sh"@example.org', [("address-unusable", "", True)]),
    "attack 55: a command without a path": ("|vacation@example.org", [("address-unusable", "", True)]),
    "attack 55: a file": ("/dev/null@example.org", [("address-unusable", "", True)]),
    "attack 55: a file of addresses": (":include:/etc/passwd@example.org", [("address-unusable", "", True)]),
    "attack 55: a file above": ("../x@example.org", [("address-unusable", "", True)]),
    "attack 55: what a shell would run": ("`id`@example.org", [("address-unusable", "", True)]),
    "attack 55: a host in brackets": ("jean@[127.0.0.1]", [("address-unusable", "", True)]),
    "gmial.com": ("personne.inventee@gmial.com", [("address-slip", "personne.inventee@gmail.com", False)]),
    "gmail.fr": ("personne.inventee@gmail.fr", [("address-slip", "personne.inventee@gmail.com", False)]),
    "hotmal.fr": ("personne.inventee@hotmal.fr", [("address-slip", "personne.inventee@hotmail.fr", False)]),
    "gmail.con": ("personne.inventee@gmail.con", [("address-slip", "personne.inventee@gmail.com", False)]),
    "free, swapped": ("personne.inventee@fere.fr", [("address-slip", "personne.inventee@free.fr", False)]),
    "orange.f": (
        "personne.inventee@orange.f",
        [
            ("address-slip", "personne.inventee@orange.fr", False),
            ("address-to-correct", "personne.inventee@orange.fr", True),
        ],
    ),
    "free without end": (
        "personne.inventee@free",
        [
            ("address-slip", "personne.inventee@free.fr", False),
            ("address-to-correct", "personne.inventee@free.fr", True),
        ],
    ),
    "accents": ("élodie@example.org", [("address-not-ascii", "elodie@example.org", True)]),
    "typographic apostrophe": ("o’neil@example.org", [("address-not-ascii", "o'neil@example.org", True)]),
    "space before at": ("jean @example.org", [("address-to-correct", "jean@example.org", True)]),
    "space for dot": ("jean dupont@example.org", [("address-to-correct", "jeandupont@example.org", True)]),
    "comma for dot": ("jean@example,org", [("address-to-correct", "jean@example.org", True)]),
    "two dots": ("jean..dupont@example.org", [("address-to-correct", "jean.dupont@example.org", True)]),
    "two at signs": ("jean@@example.org", [("address-to-correct", "jean@example.org", True)]),
    "written out": ("jean (at) example [point] org", [("address-to-correct", "jean@example.org", True)]),
    "written out, French": ("jean (a) example.org", [("address-to-correct", "jean@example.org", True)]),
    "no address": ("voir secrétariat", [("address-unusable", "", True)]),
    "word for none": ("néant", [("address-missing", "", True)]),
    "dash": ("-", [("address-missing", "", True)]),
    "telephone beside": (
        "03 20 00 00 00 jean@example.org",
        [("address-beside-text", "jean@example.org", False)],
    ),
    "reserved": ("jean@mairie.test", [("address-reserved", "", False)]),
}


@pytest.mark.parametrize(("cell", "addresses"), TRIMMED.values(), ids=TRIMMED)
def test_what_clings_to_an_address_is_trimmed(cell: str, addresses: tuple[str, ...]) -> None:
    """The addresses are found, with their domains in ASCII, and without a fault."""
    found = Addresses().read(clean(cell))

    assert addresses == found.addresses
    assert found.faults == ()


@pytest.mark.parametrize(("cell", "faults"), ODD.values(), ids=ODD)
def test_what_is_odd_is_said_with_a_proposal(cell: str, faults: list[tuple[str, str, bool]]) -> None:
    """An unusable address is never corrected silently: it is a fault, with a proposal where there is one."""
    found = Addresses().read(clean(cell))

    assert faults == [(fault.code, fault.proposal, fault.stops) for fault in found.faults]
    assert bool(found.addresses) != any(fault.stops for fault in found.faults)


@pytest.mark.parametrize(
    "domain",
    [
        "laposte.fr",
        "yahoo.it",
        "gmx.de",
        "sfr.re",
        "life.fr",
        "orange.com",
        "mairie-lille.fr",
        "neufchatel.fr",
        "example.org",
    ],
)
def test_a_domain_that_exists_is_not_suspected(domain: str) -> None:
    """Domains of other countries, companies and towns are not taken for typing errors."""
    assert Addresses().read(f"jean@{domain}").faults == ()


def test_the_name_before_an_address_is_kept() -> None:
    """The display name before an address names the contact if the list has no other name."""
    assert Addresses().read('"Dupont, Jean" <jean@example.org>').name == "Dupont, Jean"


@pytest.mark.parametrize("address", sorted({one for _cell, found in TRIMMED.values() for one in found}))
def test_what_a_list_may_have_can_be_written_to(address: str) -> None:
    """No address that reading a list lets through is held to be none later."""
    assert is_deliverable(address)


@pytest.mark.parametrize(
    "text", ["", "Curieuse", "jean@", "@example.org", "jean@example", "a b@example.org", "a@b@c.org"]
)
def test_what_is_no_address_cannot_be_written_to(text: str) -> None:
    """A name, half an address, and two in one."""
    assert not is_deliverable(text)
