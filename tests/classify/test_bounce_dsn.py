"""Delivery reports: who did not get the mail, why, and whether for good."""

from __future__ import annotations

import pytest

from mailer import mime
from mailer.classify import bounce_dsn
from mailer.model.finding import Fault, Finding, MailKind, Unattended, Undeliverable
from mailer.model.message import Said

TOKEN = "abcdefghijklmnopqrstuvwxyz"
REPORT = """\
Reporting-MTA: dns; mx.relay.example
Original-Envelope-Id: env-17

Original-Recipient: rfc822;paul@example.org
Final-Recipient: rfc822; p.martin@interne.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <p.martin@interne.example>: Recipient unknown
"""
RETURNED = f"""\
Content-Type: multipart/alternative; boundary=r
From: camille@mairie.example
To: Paul <paul@example.org>
Message-ID: <invite@mairie.example>
List-Unsubscribe: <mailto:camille@mairie.example?subject=desinscription%20{TOKEN}>

--r
Content-Type: text/plain

Bonjour
--r
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:3f2504e0-4f89-41d3
 -9a0c-0305e82c3301
ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:paul@example.org
END:VEVENT
END:VCALENDAR
--r--
"""


def notice(report: str = REPORT, words: str = "Your mail did not arrive.", returned: str = RETURNED) -> bytes:
    """A whole delivery report."""
    return (
        "Return-Path: <>\nFrom: MAILER-DAEMON@mx.relay.example\nTo: camille@mairie.example\nSubject: Undelivered\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\n{words}\n"
        f"--b\nContent-Type: message/delivery-status\n\n{report}\n"
        f"--b\nContent-Type: message/rfc822\n\n{returned}\n--b--\n"
    ).encode()


def found(raw: bytes) -> Finding:
    """What the rule says of a mail that it must recognise."""
    finding = bounce_dsn.read(mime.read(raw), Said())
    assert finding is not None
    return finding


def claimed(raw: bytes) -> Undeliverable:
    """The claim of a bounce."""
    claim = found(raw).claim
    assert isinstance(claim, Undeliverable)
    return claim


def test_report() -> None:
    """A report names the address we wrote to, the code, the fault, and what leads back to the invitation."""
    finding = found(notice())

    assert finding.kind is MailKind.BOUNCE
    assert finding.claim == Undeliverable(permanent=True, status="5.1.1", fault=Fault.ADDRESS)
    assert finding.addresses == ("paul@example.org",)
    assert {"<invite@mairie.example>", TOKEN, "env-17", "3f2504e0-4f89-41d3-9a0c-0305e82c3301"} <= set(
        finding.references
    )


@pytest.mark.parametrize(
    ("old", "new", "addresses"),
    [
        pytest.param(
            "Original-Recipient", "X-Was", ("p.martin@interne.example",), id="no original recipient"
        ),
        pytest.param(
            "rfc822;paul@", "rfc822;paul+2Binvite+3D@", ("paul+invite=@example.org",), id="xtext in ORCPT"
        ),
        pytest.param(
            "rfc822;paul@example.org", "RFC822; <paul@example.org>", ("paul@example.org",), id="brackets"
        ),
        pytest.param(
            "rfc822;paul@example.org", "paul@example.org (Paul)", ("paul@example.org",), id="no type"
        ),
        pytest.param(
            "rfc822;paul@example.org", "rfc822;unknown", ("p.martin@interne.example",), id="no address"
        ),
        pytest.param(
            "\n\nOriginal-R", "\nOriginal-R", ("paul@example.org",), id="no blank line between blocks"
        ),
        pytest.param("\nAction", "\n\nAction", ("paul@example.org",), id="a blank line too many"),
        pytest.param("Final", "final", ("paul@example.org",), id="lower case"),
        pytest.param(
            "unknown", "unknown\nby the server", ("paul@example.org",), id="a fold without its blank"
        ),
    ],
)
def test_recipients(old: str, new: str, addresses: tuple[str, ...]) -> None:
    """The failed recipient is found in dented reports."""
    finding = found(notice(REPORT.replace(old, new, 1)))

    assert finding.addresses == addresses
    assert isinstance(finding.claim, Undeliverable)
    assert finding.claim.status == "5.1.1"


@pytest.mark.parametrize(
    ("status", "diagnostic", "claim"),
    [
        pytest.param(
            "5.0.0",
            "smtp; 550 5.2.1 disabled",
            Undeliverable(True, "5.2.1", fault=Fault.DISABLED),
            id="vague",
        ),
        pytest.param(
            "4.4.7",
            "smtp; 450 4.7.1 policy",
            Undeliverable(False, "4.7.1", fault=Fault.POLICY),
            id="remote's",
        ),
        pytest.param(
            "5.1.1", "smtp; 550 no such user", Undeliverable(True, "5.1.1", fault=Fault.ADDRESS), id="stated"
        ),
        pytest.param("5.2.2", "smtp; 552 quota", Undeliverable(True, "5.2.2", fault=Fault.FULL), id="full"),
        pytest.param(
            "5.7.26", "smtp; 550 DMARC", Undeliverable(True, "5.7.26", fault=Fault.POLICY), id="ours"
        ),
        pytest.param(
            "5.7.1", "smtp; 550 user unknown", Undeliverable(True, "5.7.1", fault=Fault.ADDRESS), id="words"
        ),
        pytest.param(
            "4.4.1", "smtp; timed out", Undeliverable(False, "4.4.1", fault=Fault.NETWORK), id="network"
        ),
        pytest.param(
            "5.1.10", "smtp; 550 none", Undeliverable(True, "5.1.10", fault=Fault.ADDRESS), id="Exchange"
        ),
        pytest.param(
            "", "smtp; 550 no such user", Undeliverable(True, "5.1.1", fault=Fault.ADDRESS), id="derived"
        ),
        pytest.param(
            "", "smtp; 451 try later", Undeliverable(False, "", fault=Fault.UNKNOWN), id="reply class"
        ),
    ],
)
def test_verdicts(status: str, diagnostic: str, claim: Undeliverable) -> None:
    """The more precise code speaks, and the words where there is none."""
    report = REPORT.replace("Status: 5.1.1", f"Status: {status}").replace(
        "smtp; 550 5.1.1 <p.martin@interne.example>: Recipient unknown", diagnostic
    )

    assert claimed(notice(report, words="")) == claim


@pytest.mark.parametrize(
    ("action", "kind", "delayed"),
    [
        ("failed", MailKind.BOUNCE, False),
        ("FAILED (permanently)", MailKind.BOUNCE, False),
        ("error", MailKind.BOUNCE, False),
        ("delayed", MailKind.BOUNCE, True),
        ("delivered", MailKind.OTHER, None),
        ("relayed", MailKind.OTHER, None),
        ("expanded (to a list)", MailKind.OTHER, None),
    ],
)
def test_actions(action: str, kind: MailKind, delayed: bool | None) -> None:
    """Only a failure is a bounce; a delay is a note, a delivery nobody's answer."""
    finding = found(notice(REPORT.replace("failed", action)))

    assert finding.kind is kind
    assert (finding.claim.delayed if isinstance(finding.claim, Undeliverable) else None) == delayed
    assert isinstance(finding.claim, Undeliverable | Unattended)


def test_delay_is_not_for_good() -> None:
    """A delay is never permanent, whatever its code says."""
    assert not claimed(notice(REPORT.replace("failed", "delayed"))).permanent


def test_several_recipients() -> None:
    """Of several recipients, those that failed are named."""
    other = REPORT.split("\n\n")[1].replace("paul@", "anne@")
    delivered = other.replace("failed", "delivered").replace("anne@", "luc@")

    assert found(notice(f"{REPORT}\n{other}\n{delivered}")).addresses == (
        "paul@example.org",
        "anne@example.org",
    )


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(
            b"From: MAILER-DAEMON@x.example\nSubject: x\n\nTechnical report:\n\n" + REPORT.encode(),
            id="as plain text",
        ),
        pytest.param(
            b"From: Camille <camille@mairie.example>\nSubject: Fwd: x\n\n> "
            + REPORT.replace("\n", "\n> ").encode(),
            id="quoted by a colleague",
        ),
        pytest.param(
            b"From: postmaster@x.example\nContent-Type: multipart/mixed; boundary=o\n\n"
            b"--o\nContent-Type: message/rfc822\n\n" + notice() + b"\n--o\n\nScanned.\n--o--\n",
            id="wrapped up by a gateway",
        ),
        pytest.param(
            notice().replace(b"multipart/report; report-type=delivery-status", b"multipart/mixed"), id="mixed"
        ),
    ],
)
def test_elsewhere(raw: bytes) -> None:
    """A report is read wherever its fields stand."""
    assert found(raw).addresses == ("paul@example.org",)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(
            b"From: paul@example.org\nSubject: Re: x\n\nStatus: je viens. Action : aucune.", id="a person"
        ),
        pytest.param(notice("Reporting-MTA: dns; x\n"), id="nobody failed"),
    ],
)
def test_no_report(raw: bytes) -> None:
    """What names no recipient and no outcome is no report."""
    assert bounce_dsn.read(mime.read(raw), Said("x")) is None
