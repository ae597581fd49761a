"""Attacks on whose answer a mail is: what strangers, fellow invitees and wrong clocks cannot do.

Each has the number of the list of attacks in SECURITY.md. Marie and Paul are invited. After the attack Marie's line is
as before, or waits for a person; Paul's stays as it is, and nobody is written to.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from mailer.demo import clients
from mailer.demo.received import ReceivedInvitation
from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_hellemmes import AT, MARIE, PAUL, attendance, letters

VICTIM, FELLOW, EVE = "marie.dupont@example.org", "paul.martin@example.net", "eve@evil.example"
OURS = "Authentication-Results: mx.mairie-lille.example; "
EVES_OWN = f"{OURS}dkim=pass header.d=evil.example; dmarc=pass header.from=evil.example\r\n"

Attack = Callable[[ReceivedInvitation], str]


@pytest.fixture
def invited(desk: Desk) -> Desk:
    """Marie and Paul have their invitations."""
    desk.invite(MARIE, PAUL)
    desk.type("send", SLUG, "--yes")
    return desk


def letter_to(desk: Desk, address: str) -> ReceivedInvitation:
    """The invitation of one of them."""
    (letter,) = letters(desk, address)
    return letter


def mail(
    sender: str, *fields: str, body: str = "Je ne viens pas.", subject: str = "Re: réunion", head: str = ""
) -> str:
    """A mail with nothing of ours in it but what is given."""
    lines = [
        f"From: {sender}",
        "To: cjulien@mairie-lille.example",
        f"Subject: {subject}",
        "Date: Fri, 14 Mar 2025 10:00:00 +0100",
        "Message-ID: <1@evil.example>",
        *fields,
    ]
    if not any(field.startswith("Content-Type") for field in fields):
        lines.append("Content-Type: text/plain; charset=utf-8")
    return head + "\r\n".join([*lines, "", body, ""])


def reply(sender: str, uid: str, attendee: str = VICTIM, partstat: str = "DECLINED", head: str = "") -> str:
    """A calendar answer."""
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n"
        f"UID:{uid}\r\nSEQUENCE:0\r\nDTSTAMP:20250314T080000Z\r\nORGANIZER:mailto:cjulien@mairie-lille.example\r\n"
        f"ATTENDEE;PARTSTAT={partstat}:mailto:{attendee}\r\nEND:VEVENT\r\nEND:VCALENDAR"
    )
    return mail(sender, "Content-Type: text/calendar; method=REPLY; charset=utf-8", body=calendar, head=head)


def notice(
    letter: ReceivedInvitation,
    failed: str,
    message_id: str,
    subject: str = "Undelivered",
    status: str = "5.1.1",
) -> str:
    """A delivery status notification (RFC 3464)."""
    return mail(
        "MAILER-DAEMON@mx.example",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
        subject=subject,
        body=(
            "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            f"Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; {failed}\r\nAction: failed\r\nStatus: {status}\r\n\r\n"
            f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {message_id}\r\nTo: {failed}\r\n\r\n--b--"
        ),
    )


def stop(letter: ReceivedInvitation) -> str:
    """The subject of Marie's link to object."""
    return next(link[1] for link in letter.links if "desinscription" in link[1])


NOTHING_OF_OURS: list[tuple[str, Attack]] = [
    ("1-2", lambda one: mail(EVE, f"Reply-To: {VICTIM}", head=EVES_OWN)),
    ("3", lambda one: reply(EVE, "nope", head=EVES_OWN)),
    ("4", lambda one: mail(EVE, f"Reply-To: {VICTIM}", subject="unsubscribe", body="", head=EVES_OWN)),
    ("5-none", lambda one: mail(VICTIM, subject="unsubscribe", body="")),
    (
        "5-fail",
        lambda one: mail(
            VICTIM, subject="unsubscribe", body="", head=f"{OURS}dmarc=fail header.from=example.org\r\n"
        ),
    ),
    ("7", lambda one: mail(f"{VICTIM}\r\nFrom: {EVE}", head=EVES_OWN)),
    ("7-reversed", lambda one: mail(f"{EVE}\r\nFrom: {VICTIM}", head=EVES_OWN)),
    ("7-list", lambda one: mail(f"{VICTIM}, {EVE}", head=f"{OURS}dmarc=pass header.from=example.org\r\n")),
    (
        "8",
        lambda one: mail(
            f"g:{VICTIM};", f"Sender: {EVE}", head=f"{OURS}dmarc=pass header.from=example.org\r\n"
        ),
    ),
    ("9", lambda one: mail(f'"{VICTIM}" <{EVE}>', head=EVES_OWN)),
    ("9-encoded", lambda one: mail(f"=?utf-8?q?{VICTIM.replace('@', '=40')}?= <{EVE}>", head=EVES_OWN)),
    (
        "10-other-server",
        lambda one: mail(
            VICTIM, head="Authentication-Results: mx.evil.example; dmarc=pass header.from=example.org\r\n"
        ),
    ),
    (
        "10-below",
        lambda one: mail(
            VICTIM,
            head=f"{OURS}dmarc=fail header.from=example.org\r\n{OURS}dmarc=pass header.from=example.org\r\n",
        ),
    ),
    ("10-none", lambda one: mail(VICTIM, head=f"{OURS}none\r\n{OURS}dmarc=pass header.from=example.org\r\n")),
    (
        "11-mailfrom",
        lambda one: mail(
            VICTIM, head=f"{OURS}spf=pass smtp.mailfrom=dmarc=pass@evil.example; dmarc=none\r\n"
        ),
    ),
    ("11-helo", lambda one: mail(VICTIM, head=f"{OURS}spf=pass smtp.helo=dmarc=pass.evil.example\r\n")),
    (
        "11-comment",
        lambda one: mail(
            VICTIM, head=f'{OURS}spf=pass (domain of "a) dmarc=pass (b"@evil.example) smtp.mailfrom=x\r\n'
        ),
    ),
    ("12", lambda one: mail(VICTIM, head=f"{OURS}dkim=pass header.d=org\r\n")),
    ("12-below", lambda one: mail(VICTIM, head=f"{OURS}dkim=pass header.d=news.example.org\r\n")),
    ("13", lambda one: mail(VICTIM, head=f"{OURS}dkim=pass header.d=evil.example\r\n")),
    ("32-subject", lambda one: notice(one, EVE, "<x@evil.example>", subject=one.links[1][1])),
    ("31", lambda one: notice(one, VICTIM, "<other@example.org>")),
]
"""Attacks with nothing that only the invitation held. Our server vouches for nobody, or for Eve alone."""

WITH_OURS: list[tuple[str, Attack]] = [
    ("14", lambda one: reply(EVE, one.uid, head=EVES_OWN)),
    ("14-other-attendee", lambda one: reply(EVE, one.uid, EVE, head=EVES_OWN)),
    ("15", lambda one: mail(f"Eve <{EVE}>", subject=one.links[1][1], body="")),
    ("15-victims-name", lambda one: mail(f"Marie Dupont <{EVE}>", subject=one.links[1][1], body="")),
    ("19-thread", lambda one: mail(FELLOW, f"In-Reply-To: {one.message_id}")),
    ("19-uid", lambda one: reply(FELLOW, one.uid, FELLOW)),
    ("20", lambda one: mail(f"Paul <{FELLOW}>", subject=one.links[1][1], body="")),
    ("20-as-attendee", lambda one: reply(FELLOW, one.uid, VICTIM)),
    ("20-for-both", lambda one: reply(VICTIM, one.uid, FELLOW)),
    ("21", lambda one: mail("cjulien@mairie-lille.example", f"In-Reply-To: {one.message_id}")),
    ("35", lambda one: mail(f"Eve <{EVE}>", subject=stop(one), body="")),
    ("35-victims-name", lambda one: mail(f"Marie Dupont <{EVE}>", subject=stop(one), body="")),
    ("35-fellow", lambda one: mail(FELLOW, subject=stop(one), body="")),
    ("32-forwarded-to", lambda one: notice(one, "x@forward.example", one.message_id)),
    ("32-fellow", lambda one: notice(one, FELLOW, one.message_id)),
]
"""Attacks by somebody to whom the invitation was forwarded."""


def post(desk: Desk, text: str, now: str = "2025-03-20T09:00+01:00") -> str:
    """Have a mail arrive, and read the mailbox."""
    desk.office.post(EVE, text.encode())
    return desk.type("read", now=now)[1]


@pytest.mark.parametrize("vouching", [False, True], ids=["nobody-vouches", "our-server-vouches"])
@pytest.mark.parametrize(
    "attack", [one for _, one in NOTHING_OF_OURS], ids=[name for name, _ in NOTHING_OF_OURS]
)
def test_a_stranger_answers_for_nobody(
    invited: Desk, monkeypatch: pytest.MonkeyPatch, attack: Attack, vouching: bool
) -> None:
    """Without anything of ours a mail changes nobody's line, whatever it names."""
    if vouching:
        monkeypatch.setenv("MAILER_IMAP__AUTHSERV_IDS", '["mx.mairie-lille.example"]')
    before = attendance(invited)
    post(invited, attack(letter_to(invited, VICTIM)))

    after = attendance(invited)
    for name in ("answer", "delivery", "state", "headcount"):
        assert after[VICTIM].get(name) == before[VICTIM].get(name), name
    assert after[FELLOW] == before[FELLOW]
    assert set(after) == set(before)


@pytest.mark.parametrize("answered", [False, True], ids=["first", "after-a-genuine-yes"])
@pytest.mark.parametrize("attack", [one for _, one in WITH_OURS], ids=[name for name, _ in WITH_OURS])
def test_a_forwarded_invitation_overrules_nobody(invited: Desk, attack: Attack, answered: bool) -> None:
    """Whoever has a forwarded letter contradicts no answer of the invitee, and silences nobody."""
    letter = letter_to(invited, VICTIM)
    if answered:
        invited.office.post(VICTIM, clients.thunderbird(letter, AT - timedelta(hours=1), "ACCEPTED"))
        invited.type("read")
    post(invited, attack(letter))

    rows = attendance(invited)
    row = rows[VICTIM]
    assert row["delivery"] == "sent"
    assert rows[FELLOW]["answer"] == "none"
    assert set(rows) == {VICTIM, FELLOW}
    if answered:
        assert (row["answer"], bool(row["review"])) == ("accepted", True)
    else:
        # In Marie's name, or as the attendee that she is, the token counts, as long as nothing contradicts it.
        counts = row["answer"] == "declined" and not row["review"]
        assert counts or (row["answer"] == "none" and row["review"])


def test_16_the_genuine_answer_stands(invited: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A forged calendar answer comes first, then Marie's own words: hers count."""
    monkeypatch.setenv("MAILER_IMAP__AUTHSERV_IDS", '["mx.mairie-lille.example"]')
    letter = letter_to(invited, VICTIM)
    post(invited, reply(EVE, letter.uid, head=EVES_OWN))
    invited.office.post(VICTIM, clients.written(letter, AT + timedelta(hours=2), "Oui, je viendrai."))
    invited.type("read", now="2025-03-20T10:00+01:00")

    assert attendance(invited)[VICTIM]["answer"] == "accepted"


def test_22_our_own_letter_in_our_own_mailbox_is_no_answer(invited: Desk) -> None:
    """The officer is on her own list: her invitation comes into the mailbox that is read, and waits for nobody."""
    delivered = next(one for one in invited.office.delivered if one.recipient == VICTIM)
    invited.office.post(VICTIM, delivered.content)
    invited.type("read", now="2025-03-20T09:00+01:00")

    row = attendance(invited)[VICTIM]
    assert (row["answer"], row["review"]) == ("none", attendance(invited)[FELLOW]["review"])


@pytest.mark.parametrize(
    "date",
    ["Wed, 19 Mar 2024 10:00:00 +0100", "Thu, 01 Jan 1970 00:00:00 +0000", "Fri, 14 Mar 2025 08:00:00 +0000"],
)
def test_27_a_no_with_a_wrong_date_is_not_lost(invited: Desk, date: str) -> None:
    """A change of mind from a machine whose clock is wrong counts, or waits where only the order is in doubt."""
    letter = letter_to(invited, VICTIM)
    invited.office.post(VICTIM, clients.written(letter, AT, "Oui, je viendrai."))
    invited.type("read", now="2025-03-18T09:00+01:00")
    no = clients.written(letter, AT, "Finalement je ne viens pas.").decode()
    before, _, rest = no.partition("Date: ")
    changed = f"{before}Date: {date}\r\n{rest.partition(chr(13) + chr(10))[2]}".replace(
        "Message-ID: <", "Message-ID: <2"
    )
    invited.office.post(VICTIM, changed.encode(), AT + timedelta(days=1))
    invited.type("read", now="2025-03-20T09:00+01:00")

    row = attendance(invited)[VICTIM]
    assert row["answer"] == "declined" or row["review"], row


def test_27_an_old_answer_read_late_stays_old(invited: Desk) -> None:
    """A no that was written and came in before the yes, but lay in another folder, changes nothing."""
    letter = letter_to(invited, VICTIM)
    invited.office.post(VICTIM, clients.written(letter, AT, "Oui, je viendrai."))
    invited.type("read", now="2025-03-18T09:00+01:00")
    invited.office.post(VICTIM, clients.written(letter, AT - timedelta(hours=3), "Je ne viens pas."))
    invited.type("read", now="2025-03-20T09:00+01:00")

    row = attendance(invited)[VICTIM]
    assert (row["answer"], bool(row["review"])) == ("accepted", False)


@pytest.mark.parametrize("status", ["5.1.1", "5.2.2"])
def test_32_after_one_notice_a_change_is_tried_once_more(invited: Desk, status: str) -> None:
    """One notice about Marie's own address does not silence her; Paul is told as always; after two it is said who is not."""
    letter = letter_to(invited, VICTIM)
    post(invited, notice(letter, VICTIM, letter.message_id, status=status))
    assert attendance(invited)[VICTIM]["delivery"] == "bounced"
    invited.rewrite('starts = "2025-03-31 14:00"', 'starts = "2025-03-31 15:00"')
    invited.type("update", SLUG, "--yes", now="2025-03-20T10:00+01:00")
    told = [one.recipient for one in invited.office.delivered[2:]]
    assert sorted(told) == [VICTIM, FELLOW]
