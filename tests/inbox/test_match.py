"""Matching mails to invitees, and the trust they deserve."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from mailer.inbox import Holder, Index, match
from mailer.inbox.match import unwrapped
from mailer.model.address import Mailbox
from mailer.model.contact import Contact
from mailer.model.entry import Trust
from mailer.model.finding import (
    Answer,
    CalendarLine,
    Finding,
    MailKind,
    OptOut,
    PartStat,
    Undeliverable,
)
from mailer.model.message import IncomingMessage

MARIE, PAUL, BEFORE = Holder("fete", "marie"), Holder("fete", "paul"), Holder("before", "marie-before")
TOKEN_M, TOKEN_P = "m" * 26, "p" * 26


def index() -> Index:
    """Two invitees, of whom one was invited to an earlier meeting, too."""
    made = Index()
    for holder, address, token, name in (
        (MARIE, "marie@example.org", TOKEN_M, "Marie Dupont"),
        (PAUL, "paul@example.net", TOKEN_P, "Paul Martin"),
        (BEFORE, "marie@example.org", "b" * 26, "Marie Dupont"),
    ):
        made.enrol(holder, address)
        first, _, last = name.partition(" ")
        made.name(holder, [Contact(address, first_name=first, last_name=last)])
        made.add(
            holder, uid=f"uid-{holder.invitee}", token=token, message_id=f"<{holder.invitee}@mairie.example>"
        )
    return made


YES = Finding("free_text", MailKind.REPLY, Answer(PartStat.ACCEPTED))
STOP = Finding("opt_out", MailKind.UNSUBSCRIBE, OptOut())
GONE = Finding("bounce_dsn", MailKind.BOUNCE, Undeliverable(True, "5.1.1"), addresses=("marie@example.org",))


def calendar(uid: str, attendee: str) -> Finding:
    """Return the finding of a calendar reply."""
    line = CalendarLine("REPLY", uid, attendee=attendee)
    return Finding("calendar_reply", MailKind.CALENDAR_REPLY, Answer(PartStat.DECLINED), calendar=line)


def mail(sender: str = "marie@example.org", name: str = "", **changes: Any) -> IncomingMessage:
    """Return a mail."""
    return replace(IncomingMessage(sender=Mailbox(sender, name)), **changes)


@pytest.mark.parametrize(
    ("message", "finding", "expected"),
    [
        pytest.param(
            mail(references=("<marie@mairie.example>",)),
            YES,
            (MARIE, Trust.SENDER, ""),
            id="reply-from-the-invitee",
        ),
        pytest.param(
            mail("MARIE@Example.org", references=("<marie@mairie.example>",)),
            YES,
            (MARIE, Trust.SENDER, ""),
            id="case-of-an-address-does-not-count",
        ),
        pytest.param(
            mail("m.perso@example.com", references=("<marie@mairie.example>",)),
            YES,
            (MARIE, Trust.CAPABILITY, "other-address"),
            id="reply-from-another-address-waits",
        ),
        pytest.param(
            mail("m.perso@example.com", "Marie Dupont", subject=f"Je viens [réf. {TOKEN_M}]"),
            YES,
            (MARIE, Trust.CAPABILITY, ""),
            id="answer-link-from-another-account-of-the-same-name",
        ),
        pytest.param(
            mail("dupont_marie@example.com", subject=f"Je viens [réf. {TOKEN_M}]"),
            YES,
            (MARIE, Trust.CAPABILITY, ""),
            id="the-name-stands-in-the-address",
        ),
        pytest.param(
            mail("m.perso@example.com", "MARIE", subject=f"Je viens [réf. {TOKEN_M}]"),
            YES,
            (MARIE, Trust.CAPABILITY, ""),
            id="answer-link-under-the-first-name",
        ),
        pytest.param(
            mail("m.perso@example.com", "Anne-Marie Dupont", subject=f"Je viens [réf. {TOKEN_M}]"),
            YES,
            (MARIE, Trust.CAPABILITY, "other-address"),
            id="answer-link-under-another-name-waits",
        ),
        pytest.param(
            mail("paul@example.net", "Marie Dupont", subject=f"Je viens [réf. {TOKEN_M}]"),
            YES,
            (MARIE, Trust.CAPABILITY, "other-invitee"),
            id="answer-link-pressed-by-another-invitee-waits",
        ),
        pytest.param(
            mail("m.perso@example.com", "Marie Dupont", subject=f"Stop [réf. {TOKEN_M}]"),
            STOP,
            (MARIE, Trust.CAPABILITY, "other-address"),
            id="an-objection-from-another-address-waits",
        ),
        pytest.param(
            mail(subject=f"Stop [réf. {TOKEN_M}]"),
            STOP,
            (MARIE, Trust.SENDER, ""),
            id="an-objection-from-the-address-counts",
        ),
        pytest.param(
            mail(references=("<marie@mairie.example>",)),
            calendar("uid-marie", "paul@example.net"),
            (MARIE, Trust.CAPABILITY, "other-invitee"),
            id="the-attendee-is-another-invitee",
        ),
        pytest.param(
            mail("eve@evil.example", reply_to=(Mailbox("marie@example.org"),), subject=f"[réf. {TOKEN_M}]"),
            YES,
            (MARIE, Trust.CAPABILITY, ""),
            id="reply-to-counts-as-a-token",
        ),
        pytest.param(
            mail("eve@evil.example", reply_to=(Mailbox("paul@example.net"),)),
            YES,
            (PAUL, Trust.ADDRESS, "not-a-reply"),
            id="reply-to-alone-waits",
        ),
        pytest.param(
            mail(subject=f"[réf. {TOKEN_M}]", references=("<paul@mairie.example>",)),
            YES,
            (None, Trust.CAPABILITY, "two-invitees"),
            id="token-of-one-in-the-thread-of-another",
        ),
        pytest.param(
            mail(subject=f"[réf. {TOKEN_M}]", references=("<marie-before@mairie.example>",)),
            YES,
            (MARIE, Trust.SENDER, ""),
            id="token-in-the-thread-of-another-campaign",
        ),
        pytest.param(
            mail(recipients=(f"rsvp+{TOKEN_M.upper()}@mairie.example",)),
            YES,
            (MARIE, Trust.SENDER, ""),
            id="token-in-the-address",
        ),
        pytest.param(
            mail("noreply@cloud.example.org", reply_to=(Mailbox("marie@example.org"),)),
            calendar("UID-Marie", "marie@example.org"),
            (MARIE, Trust.CAPABILITY, ""),
            id="attendee-counts-as-a-token",
        ),
        pytest.param(
            mail("stranger@example.com"),
            calendar("uid-marie", "stranger@example.com"),
            (MARIE, Trust.CAPABILITY, "other-address"),
            id="B12-a-stranger-declines-with-a-known-uid",
        ),
        pytest.param(
            mail("stranger@example.com"),
            calendar("uid-x", "stranger@example.com"),
            (None, Trust.NOTHING, "unknown-sender"),
            id="B11",
        ),
        pytest.param(
            mail("paul@example.net"), YES, (PAUL, Trust.ADDRESS, "not-a-reply"), id="T1b-only-the-address"
        ),
        pytest.param(
            mail(subject=f"{TOKEN_M} {TOKEN_P}"),
            YES,
            (None, Trust.CAPABILITY, "two-invitees"),
            id="two-tokens",
        ),
        pytest.param(
            mail("mailer-daemon@mx.example"),
            replace(GONE, references=("<marie@mairie.example>",)),
            (MARIE, Trust.SENDER, ""),
            id="E2-bounce-with-our-message",
        ),
        pytest.param(
            mail("mailer-daemon@mx.example"),
            replace(GONE, addresses=("paul@example.net",)),
            (PAUL, Trust.ADDRESS, "nothing-of-ours"),
            id="E2-bounce-without-any-key-waits",
        ),
        pytest.param(
            mail("mailer-daemon@mx.example"),
            replace(GONE, addresses=("x@forward.example",), references=("<marie@mairie.example>",)),
            (MARIE, Trust.CAPABILITY, "another-recipient"),
            id="bounce-of-the-address-forwarded-to-waits",
        ),
        pytest.param(
            mail("mailer-daemon@mx.example"),
            replace(GONE, addresses=(), references=("<marie@mairie.example>",)),
            (MARIE, Trust.SENDER, ""),
            id="bounce-that-names-no-address",
        ),
        pytest.param(
            mail("mailer-daemon@mx.example", recipients=(f"bounce+{TOKEN_M}@mairie.example",)),
            GONE,
            (MARIE, Trust.SENDER, ""),
            id="bounce-to-the-return-path",
        ),
        pytest.param(
            mail("eve@evil.example", subject=f"Undeliverable {TOKEN_P}"),
            replace(GONE, addresses=("paul@example.net",)),
            (PAUL, Trust.ADDRESS, "nothing-of-ours"),
            id="bounce-with-the-token-in-the-subject-waits",
        ),
        pytest.param(
            mail(references=("<other@x.example>", "<paul@mairie.example>", "<marie@mairie.example>")),
            YES,
            (None, Trust.CAPABILITY, "two-invitees"),
            id="a-thread-with-letters-to-two-addresses-waits",
        ),
        pytest.param(
            mail(references=("<other@x.example>", "<marie@mairie.example>", "<marie-before@mairie.example>")),
            YES,
            (MARIE, Trust.SENDER, ""),
            id="the-nearest-letter-of-a-thread-counts",
        ),
    ],
)
def test_whose(
    message: IncomingMessage, finding: Finding, expected: tuple[Holder | None, Trust, str]
) -> None:
    """Each kind of evidence leads to the invitee with its own grade of trust."""
    found = match(message, finding, index())

    assert expected == (found.holder, found.trust, found.why)


def test_the_mail_server_can_raise_or_lower_the_trust() -> None:
    """An aligned pass verifies the sender, and a DMARC failure leaves the mail to a person."""
    message = mail(references=("<marie@mairie.example>",))

    assert match(message, YES, index(), authenticated=True).trust is Trust.VERIFIED
    assert match(message, YES, index(), authenticated=False).why == "sender-refuted"


@pytest.mark.parametrize(
    ("message", "finding", "expected"),
    [
        (mail("paul@example.net"), YES, ""),
        (mail("eve@evil.example", reply_to=(Mailbox("paul@example.net"),)), YES, "not-a-reply"),
        (mail("eve@evil.example"), calendar("nope", "paul@example.net"), "not-a-reply"),
        (mail("paul@example.net"), calendar("nope", "someone@example.net"), "not-a-reply"),
        (mail("eve@evil.example", reply_to=(Mailbox("paul@example.net"),)), STOP, "not-a-reply"),
    ],
    ids=["from", "reply-to", "attendee", "another-attendee", "objection"],
)
def test_a_vouched_sender_answers_for_nobody_else(
    message: IncomingMessage, finding: Finding, expected: str
) -> None:
    """Our server vouches for the address in From alone; what else the mail names proves nothing."""
    found = match(message, finding, index(), authenticated=True)

    assert (found.holder, found.why) == (PAUL, expected)


WRAPPED = (
    bytes.fromhex("040000008200E00074C5B7101A82E008")
    + b"\0" * 16
    + (9 + 13).to_bytes(4, "little")
    + b"vCal-Uid\x01\x00\x00\x00uid-marie\x00"
).hex()


@pytest.mark.parametrize(
    ("uid", "expected"),
    [
        ("uid-marie", "uid-marie"),
        (WRAPPED.upper(), "uid-marie"),
        (f" {WRAPPED} ", "uid-marie"),
        (WRAPPED[:-2] + "G0", WRAPPED[:-2] + "G0"),
        ("040000008200E00074C5B7101A82E008" + "0" * 60, "040000008200E00074C5B7101A82E008" + "0" * 60),
    ],
)
def test_a_uid_that_exchange_wrapped(uid: str, expected: str) -> None:
    """It is taken out; one of Outlook's own, or anything else, stays as it is."""
    assert unwrapped(uid) == expected


@pytest.mark.parametrize("attendee", ["/O=EXAMPLELABS/OU=GROUP/CN=RECIPIENTS/CN=0A1B", "invalid:nomail", ""])
def test_an_attendee_that_is_no_mail_address_says_nothing(attendee: str) -> None:
    """From counts: the invitee's own does, another waits."""
    finding = calendar(WRAPPED, attendee)
    own, other = match(mail(), finding, index()), match(mail("eve@evil.example"), finding, index())

    assert (own.holder, own.trust, own.why) == (MARIE, Trust.SENDER, "")
    assert (other.holder, other.why) == (MARIE, "other-address")


def plural(*addresses: str) -> Index:
    """Invitees of one campaign at these addresses, each with a letter."""
    made = Index()
    for number, address in enumerate(addresses):
        holder = Holder("fete", str(number))
        made.enrol(holder, address)
        made.add(holder, message_id=f"<{number}@mairie.example>")
    return made


@pytest.mark.parametrize(
    ("listed", "sender", "expected"),
    [
        ("marie.dupont@gmail.com", "mariedupont@googlemail.com", ""),
        ("paul+mairie@example.net", "paul@example.net", ""),
        ("paul@example.net", "paul+mairie@example.net", ""),
        ("lulu@wanadoo.fr", "lulu@orange.fr", ""),
        ("marie.dupont@orange.fr", "mariedupont@orange.fr", "other-address"),
    ],
)
def test_another_address_of_the_same_mailbox(listed: str, sender: str, expected: str) -> None:
    """It is the invitee's where the mail shows the invitation; an objection from it asks all the same."""
    message = mail(sender, references=("<0@mairie.example>",))
    found, objection = match(message, YES, plural(listed)), match(message, STOP, plural(listed))

    assert (found.why, found.trust) == (expected, Trust.CAPABILITY if expected else Trust.SENDER)
    assert objection.why == "other-address"


def test_a_mailbox_that_two_people_have() -> None:
    """Where the list has two forms of it, nobody is recognised by either."""
    message = mail("mariedupont@gmail.com", references=("<0@mairie.example>",))
    found = match(message, YES, plural("marie.dupont@gmail.com", "marie.dupont+ccas@gmail.com"))

    assert found.why == "other-address"


def test_by_the_rules_of_a_mailbox_without_a_letter() -> None:
    """A tag is dropped only where the list has it, and only within the campaign."""
    known = plural("paul+mairie@example.net", "ana@example.org", "m.d@gmail.com")

    assert known.of_same_mailbox("paul@example.net", "fete", tag=True) == {Holder("fete", "0")}
    assert known.of_same_mailbox("ana+x@example.org", "fete", tag=True) == set()
    assert known.of_same_mailbox("md@googlemail.com", "fete", tag=True) == {Holder("fete", "2")}
    assert known.of_same_mailbox("md@googlemail.com", "before", tag=True) == set()


def test_who_is_named_in_a_text() -> None:
    """First and last name, in any order and case; one of them alone, or of another campaign, is nobody."""
    known = index()

    assert known.named_in("DUPONT Marie sera présente", "fete") == {MARIE}
    assert known.named_in("Marie sera présente", "fete") == set()
    assert (
        known.named_in("Anne-Marie Dupont", "fete") == known.named_in("Marie Dupont-Aignan", "fete") == set()
    )
    assert known.named_in("Marie Dupont et Paul Martin", "fete") == {MARIE, PAUL}
    assert known.named_in("Marie Dupont", "before") == {BEFORE}
