"""All rules together: which one applies, and mistakes that no mail may lead to."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import mime
from mailer.classify import RULES, classify
from mailer.inbox import split_text
from mailer.model.finding import Answer, Finding, MailKind, Unclear
from mailer.model.message import Said

CALENDAR = """\
BEGIN:VCALENDAR
METHOD:{method}
BEGIN:VEVENT
UID:3f2504e0-4f89-41d3-9a0c-0305e82c3301
DTSTAMP:20250314T101500Z
ATTENDEE;PARTSTAT={partstat}:mailto:marie@example.org
END:VEVENT
END:VCALENDAR
"""
INVITATION = f"""\
From: Camille <camille@mairie.example>
To: marie@example.org
Message-ID: <invite@mairie.example>
Content-Type: multipart/alternative; boundary=i

--i
Content-Type: text/plain

Oui, je viendrai : mailto:camille@mairie.example?subject=Oui
--i
Content-Type: text/calendar; method=REQUEST

{CALENDAR.format(method="REQUEST", partstat="NEEDS-ACTION")}
--i--
"""
BOUNCE = f"""\
Return-Path: <>
From: Mail Delivery System <MAILER-DAEMON@mx.relay.example>
To: camille@mairie.example
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

<marie@example.org>: host mx.example.org said: 550 5.1.1 User unknown
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.relay.example

Final-Recipient: rfc822; marie@example.org
Action: failed
Status: 5.1.1
--b
Content-Type: message/rfc822

{INVITATION}
--b--
"""
TEXT_BOUNCE = f"""\
From: MAILER-DAEMON@mx.relay.example
To: camille@mairie.example
Subject: failure notice

<marie@example.org>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

{INVITATION}
"""
ABSENCE = """\
From: Marie <marie@example.org>
Subject: Réponse automatique : Invitation
Auto-Submitted: auto-replied
In-Reply-To: <invite@mairie.example>
Content-Type: text/plain; charset=utf-8

Je suis absente jusqu'au 7 avril. Oui.
"""
REPLY = f"""\
From: Marie <marie@example.org>
Subject: Accepted: x
Content-Type: multipart/mixed; boundary=c

--c
Content-Type: text/calendar; method=REPLY; charset=utf-8

{CALENDAR.format(method="REPLY", partstat="ACCEPTED")}
--c--
"""


def understood(raw: bytes) -> Finding:
    """What a mail says."""
    message = mime.read(raw)
    return classify(message, split_text(message))


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        pytest.param(BOUNCE, MailKind.BOUNCE, id="bounce"),
        pytest.param(TEXT_BOUNCE, MailKind.BOUNCE, id="bounce in words"),
        pytest.param(ABSENCE, MailKind.AUTO_REPLY, id="absence"),
        pytest.param(REPLY, MailKind.CALENDAR_REPLY, id="calendar answer"),
        pytest.param(INVITATION, MailKind.OTHER, id="our own invitation"),
        pytest.param("From: marie@example.org\n\noui\n", MailKind.REPLY, id="words"),
    ],
)
def test_kinds(raw: str, kind: MailKind) -> None:
    """Each sort of mail is told from the others."""
    assert understood(raw.encode()).kind is kind


def test_words_in_an_absence() -> None:
    """An absence that says "oui" is no answer."""
    assert not isinstance(understood(ABSENCE.encode()).claim, Answer)


@pytest.mark.parametrize(
    "sender", ["From: postmaster@example.org\n", "From: no-reply@example.org\n", "From: nobody\n", ""]
)
def test_words_of_nobody(sender: str) -> None:
    """Words from a mail server, or from an address that nobody reads, are at most a proposal."""
    claim = understood(f"{sender}Subject: Re: x\n\noui\n".encode()).claim

    assert isinstance(claim, Unclear)
    assert claim.why == "from-no-person"


def test_cut_short() -> None:
    """An answer in a mail that could not be read whole waits for a person."""
    flood = REPLY.replace("--c--", "--c\n\nx\n" * 300 + "--c--")
    claim = understood(flood.encode()).claim

    assert isinstance(claim, Unclear)
    assert claim.why == "over-bound-parts"
    assert claim.proposal is not None


def test_every_rule_names_itself() -> None:
    """A finding says which rule read it, so that `why` can show it."""
    names = {rule.__module__.rpartition(".")[2] for rule in RULES}

    for raw in (BOUNCE, TEXT_BOUNCE, ABSENCE, REPLY, INVITATION):
        assert understood(raw.encode()).rule in names


def mutated(chance: random.Random, sample: str) -> bytes:
    """A sample with some octets changed, dropped, doubled or moved."""
    raw = bytearray(sample.encode())
    for _ in range(chance.randint(1, 3)):
        at, length = chance.randrange(max(len(raw), 1)), chance.randint(0, 12)
        piece = bytes(raw[at : at + length])
        match chance.choice(["change", "drop", "double", "move"]):
            case "change":
                raw[at : at + 2] = chance.randbytes(chance.randint(0, 3))
            case "drop":
                del raw[at : at + length]
            case "double":
                raw[at:at] = piece
            case _:
                del raw[at : at + length]
                to = chance.randint(0, len(raw))
                raw[to:to] = piece
    return bytes(raw) or b"\n"


# Heavy damage leaves "Oui." of an absence and nothing else, which is a person's answer; so it is light, and seeded.
@pytest.mark.parametrize("sample", [BOUNCE, TEXT_BOUNCE, ABSENCE], ids=["dsn", "text", "absence"])
def test_mutated_machines_never_answer(sample: str) -> None:
    """A damaged bounce or absence is not read as an answer."""
    read = [understood(mutated(random.Random(seed), sample)).claim for seed in range(200)]

    assert not [seed for seed, claim in enumerate(read) if isinstance(claim, Answer)]


def test_mutated_answers_never_turn() -> None:
    """However a yes is damaged, no rule fails and it is never read as a no."""
    claims = [understood(mutated(random.Random(seed), REPLY)).claim for seed in range(200)]

    assert "declined" not in {claim.partstat.word for claim in claims if isinstance(claim, Answer)}


@given(st.binary(max_size=500), st.text(max_size=200))
def test_any_mail(raw: bytes, text: str) -> None:
    """No mail and no words make a rule fail."""
    classify(mime.read(raw), Said(text))
