"""Which names may stand in EHLO, and which are told to other networks."""

from __future__ import annotations

import pytest

from mailer.model.host_name import is_full, may_stand_in_ehlo

SAID = [
    ("courrier.mairie-lille.example", True),
    ("xn--mairie-lle-g7a.example", True),
    ("serveur", True),
    ("[192.0.2.1]", True),
    ("[IPv6:2001:db8::1]", True),
    ("", False),
    ("mairie lille.example", False),
    ("mairie-hélène.example", False),
    ("pc_12.mairie-lille.example", False),
    ("-pc.example", False),
    ("pc..example", False),
    ("pc.example.", False),
    (f"{'a' * 64}.example", False),
    (".".join(["abcdefgh"] * 30), False),
    ("192.0.2.1]", False),
    ("[192.0.2.256]", False),
    ("[2001:db8::1]", False),
    ("[IPv6:192.0.2.1]", False),
    ("[192.0.2.1", False),
    ("courrier.example\r\nMAIL FROM:<x@example.org>", False),
]


@pytest.mark.parametrize(("name", "allowed"), SAID, ids=[name[:20] for name, _ in SAID])
def test_what_may_stand_in_ehlo(name: str, allowed: bool) -> None:
    """A domain or an address literal as RFC 5321 writes it, and nothing else."""
    assert may_stand_in_ehlo(name) is allowed


FULL = [
    ("courrier.mairie-lille.fr", True),
    ("vm-3.example.org", True),
    ("localhost", False),
    ("localhost.localdomain", False),
    ("pc-camille", False),
    ("pc-camille.local", False),
    ("ip-10-0-0-1.eu-west-3.compute.internal", False),
    ("srv.mairie.lan", False),
    ("box.home.arpa", False),
    ("1.0.0.127.in-addr.arpa", False),
    ("192.0.2.1", False),
    ("pc_camille.mairie-lille.fr", False),
    ("lan.mairie-lille.fr", True),
]


@pytest.mark.parametrize(("name", "full"), FULL, ids=[name for name, _ in FULL])
def test_which_names_other_networks_may_know(name: str, full: bool) -> None:
    """A full name of the public DNS, and none that is kept for one network."""
    assert is_full(name) is full
