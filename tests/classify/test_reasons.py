"""What is at fault, by code and by words."""

from __future__ import annotations

import pytest

from mailer.classify import reasons
from mailer.model.finding import Fault


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("550 5.1.1 <a@example.org>... User unknown", "5.1.1"),
        ("host mx[192.0.2.1] said: 550-5.7.26 unauthenticated", "5.7.26"),
        ("(#5.1.1)", "5.1.1"),
        ("250 2.1.5 ok, then 451 4.3.0 queue file write error", "4.3.0"),
        ("Exim 4.72, mta v5.5.2657, 192.5.1.1 refused", ""),
        ("Status 5.2.2 but smtp; 550 5.1.1 unknown", "5.1.1"),
        ("nothing", ""),
    ],
)
def test_enhanced_status(text: str, status: str) -> None:
    """A failing code is found, and versions and addresses are not taken for one."""
    assert reasons.enhanced_status(text) == status


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("550 no", "5"),
        ("said: 421-busy", "4"),
        ("[192.0.2.450] x", ""),
        ("port 587, 550kg", ""),
        ("error 450.", "4"),
        ("", ""),
    ],
)
def test_reply_class(text: str, severity: str) -> None:
    """An SMTP reply code tells whether it is for good."""
    assert reasons.reply_class(text) == severity


@pytest.mark.parametrize(
    ("status", "text", "fault"),
    [
        ("5.1.1", "", Fault.ADDRESS),
        ("5.1.1", "mailbox full", Fault.ADDRESS),
        ("5.2.1", "user unknown", Fault.DISABLED),
        ("4.2.1", "gmail is receiving mail too quickly, try again", Fault.NETWORK),
        ("5.2.2", "", Fault.FULL),
        ("4.2.2", "", Fault.FULL),
        ("5.7.1", "user unknown", Fault.ADDRESS),
        ("5.7.1", "", Fault.POLICY),
        ("5.1.8", "", Fault.POLICY),
        ("4.4.7", "", Fault.NETWORK),
        ("5.4.14", "hop count exceeded", Fault.NETWORK),
        ("5.3.4", "", Fault.POLICY),
        ("", "no such user here", Fault.ADDRESS),
        ("", "Host or domain name not found", Fault.ADDRESS),
        ("", "this account has been disabled or discontinued", Fault.DISABLED),
        ("", "adresse IP source bloquee pour incident de spam", Fault.POLICY),
        ("", "message size exceeds fixed limit", Fault.POLICY),
        ("", "retry timeout exceeded", Fault.NETWORK),
        ("", "boîte pleine", Fault.FULL),
        ("", "utilisateur inconnu", Fault.ADDRESS),
        ("", "compte suspendu", Fault.DISABLED),
        ("", "Benutzer unbekannt", Fault.ADDRESS),
        ("", "onbekende gebruiker", Fault.ADDRESS),
        ("", "usuario desconocido", Fault.ADDRESS),
        ("", "la casella è piena", Fault.FULL),
        ("", "because we say so", Fault.UNKNOWN),
    ],
)
def test_fault(status: str, text: str, fault: Fault) -> None:
    """A code that names the mailbox decides; else the words; else what the code hints at."""
    assert reasons.fault(status, text) is fault


@pytest.mark.parametrize(
    ("text", "transient"),
    [("connection refused", True), ("giving up after 5 days", False), ("user unknown", False), ("", False)],
)
def test_transient(text: str, transient: bool) -> None:
    """What may pass is told from what was given up."""
    assert reasons.is_transient(text) is transient
