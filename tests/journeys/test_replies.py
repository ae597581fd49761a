"""Test replies other than plain answers: from people not invited, aliases, objections, bounces, other times."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from mailer.demo import clients
from mailer.demo.received import ReceivedInvitation, open_letter
from tests.journeys.conftest import A_WEEK_LATER, SLUG, Desk
from tests.journeys.test_hellemmes import AT, MARIE, PAUL, attendance, letters

ADDRESS = "marie.dupont@example.org"


@pytest.fixture
def invited(desk: Desk) -> Desk:
    """Marie has her invitation."""
    desk.invite(MARIE)
    desk.type("send", SLUG, "--yes")
    return desk


def post(desk: Desk, mail: bytes, sender: str = ADDRESS) -> None:
    """Have a mail arrive, and read the mailbox."""
    desk.office.post(sender, mail)
    desk.type("read", now="2025-03-20T09:00+01:00")


def renamed(mail: bytes, name: str, address: str) -> bytes:
    """The same answer, sent by somebody else in their own name."""
    encoded = mail.replace(b"Marie_Dupont", name.replace(" ", "_").encode())
    return encoded.replace(b"Marie Dupont", name.encode()).replace(ADDRESS.encode(), address.encode())


@pytest.mark.parametrize("rule", ["accept", "hold", "refuse"])
def test_a_forwarded_invitation(invited: Desk, rule: str) -> None:
    """Somebody else accepts Marie's invitation: whatever the campaign says, a person decides whose answer it is."""
    invited.rewrite('uninvited = "accept"', f'uninvited = "{rule}"')
    (letter,) = letters(invited, ADDRESS)
    mail = renamed(clients.thunderbird(letter, AT, "ACCEPTED"), "Lucie Petit", "lucie.petit@example.net")
    post(invited, mail, "lucie.petit@example.net")

    rows = attendance(invited)
    assert set(rows) == {ADDRESS}
    assert (rows[ADDRESS]["answer"], bool(rows[ADDRESS]["review"])) == ("none", True)
    invited.type("remind", SLUG, "--yes", now="2025-03-20T10:00+01:00")
    assert len(invited.office.delivered) == 1
    assert "lucie.petit@example.net" in invited.type("why", SLUG, ADDRESS)[1]


def test_a_second_address_of_the_same_person(invited: Desk) -> None:
    """Marie accepts from her private account: that counts, and a no from a third account of her name waits."""
    (letter,) = letters(invited, ADDRESS)
    mail = clients.thunderbird(letter, AT, "ACCEPTED").replace(ADDRESS.encode(), b"marie.d@example.com")
    post(invited, mail, "marie.d@example.com")
    row = attendance(invited)[ADDRESS]
    assert (row["answer"], bool(row["review"])) == ("accepted", False)

    later = AT + timedelta(hours=1)
    mail = clients.thunderbird(letter, later, "DECLINED").replace(ADDRESS.encode(), b"dupont@example.net")
    post(invited, mail, "dupont@example.net")
    rows = attendance(invited)
    assert set(rows) == {ADDRESS}
    assert (rows[ADDRESS]["answer"], bool(rows[ADDRESS]["review"])) == ("accepted", True)


def test_a_second_address_changes_its_own_answer(invited: Desk) -> None:
    """Who answered for Marie before, in her name, may change that answer; she may, too."""
    (letter,) = letters(invited, ADDRESS)
    for hour, partstat in enumerate(("ACCEPTED", "DECLINED")):
        mail = clients.thunderbird(letter, AT + timedelta(hours=hour), partstat)
        post(invited, mail.replace(ADDRESS.encode(), b"marie.d@example.com"), "marie.d@example.com")
    row = attendance(invited)[ADDRESS]
    assert (row["answer"], bool(row["review"])) == ("declined", False)

    post(invited, clients.thunderbird(letter, AT + timedelta(hours=2), "ACCEPTED"))
    row = attendance(invited)[ADDRESS]
    assert (row["answer"], bool(row["review"])) == ("accepted", False)


STRANGER = "lucie.petit@example.net"
VOUCHED = "Authentication-Results: mx.mairie-lille.example; dmarc=pass header.from=example.net\r\n"


def registration(
    number: int = 1, words: str = "Je serai présente à la réunion du 31 mars.", head: str = ""
) -> bytes:
    """A letter about the meeting by somebody who was not invited."""
    sender = STRANGER if number == 1 else f"lucie.petit.{number}@example.net"
    return (
        f"{head}From: Lucie Petit <{sender}>\r\nTo: cjulien@mairie-lille.example\r\n"
        f"Subject: Présentation du diagnostic territorial d'Hellemmes\r\nMessage-ID: <{number}@example.net>\r\n"
        "Date: Fri, 14 Mar 2025 10:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n\r\nBonjour,\r\n\r\n{words}\r\n"
    ).encode()


@pytest.fixture
def vouching(invited: Desk, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """The town hall's own server says for whom it vouches."""
    monkeypatch.setenv("MAILER_IMAP__AUTHSERV_IDS", '["mx.mairie-lille.example"]')
    return invited


def test_somebody_writes_to_register(vouching: Desk) -> None:
    """A letter from nobody on the list, about the meeting, registers them for a public meeting."""
    post(vouching, registration(head=VOUCHED), STRANGER)

    row = attendance(vouching)[STRANGER]
    assert (row["answer"], row["last_name"]) == ("accepted", "Petit")


@pytest.mark.parametrize(
    "mail",
    [
        registration(),
        registration(head=VOUCHED.replace("dmarc=pass", "dmarc=none")),
        registration(head=VOUCHED.replace("from=example.net", "from=evil.example")),
        registration(words="Je serai présente, nous serons 7.", head=VOUCHED),
    ],
    ids=["nobody-vouches", "no-verdict", "for-another", "many"],
)
def test_who_registers_waits_for_a_person(vouching: Desk, mail: bytes) -> None:
    """Anybody can write anybody's address: nobody gets a chair or a mail by it."""
    post(vouching, mail, STRANGER)

    assert set(attendance(vouching)) == {ADDRESS}
    assert "non invitée souhaite venir" in vouching.type("review", SLUG, "--list")[1]
    vouching.type("send", SLUG, "--yes", now="2025-03-20T10:00+01:00")
    assert [one.recipient for one in vouching.office.delivered] == [ADDRESS]


def test_after_twenty_newcomers_a_day_a_person_decides(vouching: Desk) -> None:
    """A flood of registrations takes no more chairs than a person can look over."""
    for number in range(1, 26):
        vouching.office.post(STRANGER, registration(number, head=VOUCHED))
    vouching.type("read", now="2025-03-20T09:00+01:00")
    assert len(attendance(vouching)) == 21

    post(vouching, registration(30, head=VOUCHED), STRANGER)
    assert len(attendance(vouching)) == 21
    vouching.office.post(STRANGER, registration(31, head=VOUCHED))
    vouching.type("read", now="2025-03-22T09:00+01:00")
    assert len(attendance(vouching)) == 22


@pytest.mark.parametrize(
    ("rule", "said", "known"),
    [
        ("accept", "1 vient de quelqu’un qui n’était pas invité", {ADDRESS, STRANGER}),
        ("refuse", "1 demande à venir sans invitation", {ADDRESS}),
    ],
    ids=["accepted", "refused"],
)
def test_reading_tells_who_comes_without_invitation(
    vouching: Desk, rule: str, said: str, known: set[str]
) -> None:
    """What the campaign file does with people who were not invited is said each time it is done."""
    vouching.rewrite('uninvited = "accept"', f'uninvited = "{rule}"')
    vouching.office.post(STRANGER, registration(head=VOUCHED))
    _status, shown = vouching.type("read", now="2025-03-20T09:00+01:00")

    assert said in shown
    assert set(attendance(vouching)) == known


def test_a_letter_about_something_else_is_left_alone(invited: Desk) -> None:
    """Nothing ties a stranger's “je viens” to the meeting: it waits for a person and counts for nobody."""
    mail = (
        b"From: Lucie Petit <lucie.petit@example.net>\r\nTo: cjulien@mairie-lille.example\r\nSubject: Demain\r\n"
        b"Date: Fri, 14 Mar 2025 10:00:00 +0100\r\nMessage-ID: <2@example.net>\r\n\r\nJe viens avec plaisir.\r\n"
    )
    post(invited, mail, "lucie.petit@example.net")

    assert set(attendance(invited)) == {ADDRESS}


def test_an_objection_holds_for_every_campaign(invited: Desk) -> None:
    """Whoever asks not to be written to is never written to again, from whatever list."""
    (letter,) = letters(invited, ADDRESS)
    stop = next(link for link in letter.links if "desinscription" in link[1])
    mail = (
        f"From: <{ADDRESS}>\r\nTo: {stop[0]}\r\nSubject: {stop[1]}\r\nMessage-ID: <3@example.org>\r\n\r\n\r\n"
    )
    post(invited, mail.encode())
    invited.invite(MARIE, PAUL)
    text = invited.campaign()
    (invited.path / "config" / "campaigns" / "autre.toml").write_text(
        text.replace("templates/autre", f"templates/{SLUG}"), "utf-8"
    )
    invited.type("send", "autre", "--yes")

    assert len(letters(invited, ADDRESS)) == 1
    assert len(letters(invited, "paul.martin@example.net")) == 1
    assert attendance(invited)[ADDRESS]["delivery"] == "suppressed"


def counter(letter: ReceivedInvitation) -> bytes:
    """Outlook proposes another time."""
    mail = clients.exchange(letter, AT, "TENTATIVE").decode()
    head, _, _ = mail.partition("Content-Type: multipart")
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:COUNTER\r\nBEGIN:VEVENT\r\n"
        f"UID:{letter.uid}\r\nATTENDEE;PARTSTAT=TENTATIVE:mailto:{ADDRESS}\r\nSEQUENCE:0\r\nDTSTAMP:20250314T090000Z\r\n"
        "DTSTART:20250401T120000Z\r\nDTEND:20250401T140000Z\r\nSUMMARY:x\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    return f'{head}Content-Type: text/calendar; method=COUNTER; charset="utf-8"\r\n\r\n{calendar}'.encode()


def complaint(letter: ReceivedInvitation) -> bytes:
    """A complaint in Marie's name from nobody knows whom, who never saw her invitation (RFC 5965)."""
    return (
        f"From: <fbl@mailbox.example>\r\nTo: <{letter.organizer}>\r\nSubject: FW: Invitation\r\n"
        "Message-ID: <10@mailbox.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=feedback-report; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nThis is an email abuse report.\r\n"
        "--b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nVersion: 1\r\n"
        f"Original-Rcpt-To: <{ADDRESS}>\r\n\r\n--b--\r\n"
    ).encode()


def test_a_forged_complaint_is_shown_and_changes_nothing(invited: Desk) -> None:
    """A complaint without anything of ours in it stops no mail to Marie; a person sees it."""
    (letter,) = letters(invited, ADDRESS)
    before = attendance(invited)
    post(invited, complaint(letter), "fbl@mailbox.example")

    assert attendance(invited) == before
    assert "Feedback-Type: abuse" in invited.type("review", SLUG, "--list")[1]


@pytest.mark.parametrize(
    ("write", "answer", "delivery", "review"),
    [
        pytest.param(counter, "none", "sent", True, id="B17-another-time-is-proposed"),
        pytest.param(lambda one: clients.bounce(one, AT), "none", "bounced", False, id="B31-bounce"),
        pytest.param(
            lambda one: clients.absence(one, AT, "Je suis absente."), "none", "sent", False, id="B30-absence"
        ),
        pytest.param(
            lambda one: clients.written(one, AT, "Merci pour l'invitation !"),
            "none",
            "sent",
            True,
            id="B27-thanks",
        ),
        pytest.param(
            lambda one: clients.bounce(one, AT).replace(one.message_id.encode(), b"<other@example.org>"),
            "none",
            "sent",
            True,
            id="E2-bounce-without-our-message",
        ),
        pytest.param(
            lambda one: clients.link(one, AT, 2), "tentative", "sent", False, id="answer-link-perhaps"
        ),
    ],
)
def test_what_is_no_plain_answer(
    invited: Desk, write: Callable[[ReceivedInvitation], bytes], answer: str, delivery: str, review: bool
) -> None:
    """Each is recorded for what it is, and only an answer answers."""
    (letter,) = letters(invited, ADDRESS)
    post(invited, write(letter))

    row = attendance(invited)[ADDRESS]
    assert (answer, delivery, review) == (row["answer"], row["delivery"], bool(row["review"]))


def test_a_yes_to_another_day_waits_for_a_person(invited: Desk) -> None:
    """The words "ok pour jeudi" may be about another meeting; "ok pour lundi" is about this one."""
    (letter,) = letters(invited, ADDRESS)
    post(invited, clients.written(letter, AT, "Ok pour jeudi !"))
    row = attendance(invited)[ADDRESS]
    assert (row["answer"], bool(row["review"])) == ("none", True)
    assert "un autre jour que celui de la réunion" in invited.type("review", SLUG, "--list")[1]

    post(invited, clients.written(letter, AT + timedelta(hours=1), "Ok pour lundi !"))
    assert attendance(invited)[ADDRESS]["answer"] == "accepted"


def test_a_meeting_on_another_weekday(desk: Desk) -> None:
    """For a meeting on a Thursday in April "jeudi me va" is the yes, and "lundi me va" is read by a person."""
    file = desk.path / "config" / "campaigns" / f"{SLUG}.toml"
    text = file.read_text("utf-8").replace("2025-03-31 14:00", "2025-04-03 14:00")
    file.write_text(text.replace("2025-03-31 16:00", "2025-04-03 16:00"), "utf-8")
    desk.invite(MARIE)
    assert desk.type("send", SLUG, "--yes")[0] == 0
    (letter,) = letters(desk, ADDRESS)
    post(desk, clients.written(letter, AT, "Lundi me va."))
    row = attendance(desk)[ADDRESS]
    assert (row["answer"], bool(row["review"])) == ("none", True)

    post(desk, clients.written(letter, AT + timedelta(hours=1), "Jeudi me va."))
    assert attendance(desk)[ADDRESS]["answer"] == "accepted"


def test_one_invitation_is_withdrawn(desk: Desk) -> None:
    """One person is un-invited: they alone hear of it, and no reminder follows."""
    desk.invite(MARIE, PAUL)
    desk.type("send", SLUG, "--yes")
    assert desk.type("cancel", SLUG, "--only", ADDRESS, "--yes")[0] == 0
    (cancelled,) = [one for one in desk.office.delivered if b"method=CANCEL" in one.content]
    assert cancelled.recipient == ADDRESS

    assert desk.type("remind", SLUG, "--yes", now=A_WEEK_LATER)[0] == 0
    assert len(desk.office.delivered) == 4
    assert open_letter(desk.office.delivered[-1]).recipient == "paul.martin@example.net"


def test_an_answer_after_the_meeting_changes_nothing(invited: Desk) -> None:
    """What is said when it is over is shown apart."""
    (letter,) = letters(invited, ADDRESS)
    late = datetime.fromisoformat("2025-04-02T10:00:00+02:00")
    invited.office.post(ADDRESS, clients.thunderbird(letter, late, "ACCEPTED"))
    invited.type("read", now="2025-04-03T09:00+02:00")

    row = attendance(invited)[ADDRESS]
    assert (row["answer"], bool(row["review"])) == ("none", True)


def test_forgetting_a_person(invited: Desk) -> None:
    """Nothing of them is left in the workspace, the chain of the ledger holds, and no list brings them back."""
    attendance(invited)
    assert invited.type("forget", ADDRESS, "--yes")[0] == 0

    named = [
        path
        for path in invited.path.rglob("*")
        if path.is_file() and b"marie.dupont" in path.read_bytes().lower()
    ]
    assert named == []
    assert invited.type("verify")[0] == 0
    invited.invite(MARIE, PAUL)
    invited.type("send", SLUG, "--yes")
    assert len(letters(invited, ADDRESS)) == 1


def test_a_calendar_asks_for_the_meeting_again(invited: Desk) -> None:
    """A REFRESH from the invitee is answered with the current invitation at the next send, once."""
    (letter,) = letters(invited, ADDRESS)
    calendar = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nMETHOD:REFRESH\r\nBEGIN:VEVENT\r\n"
        f"UID:{letter.uid}\r\nATTENDEE:mailto:{ADDRESS}\r\nORGANIZER:mailto:{letter.organizer}\r\n"
        "DTSTAMP:20250320T080000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    head = f"From: <{ADDRESS}>\r\nTo: <{letter.organizer}>\r\nSubject: refresh\r\nMessage-ID: <9@example.org>\r\n"
    post(
        invited,
        f"{head}Content-Type: text/calendar; method=REFRESH; charset=utf-8\r\n\r\n{calendar}".encode(),
    )
    for _ in range(2):
        invited.type("send", SLUG, "--yes", now="2025-03-20T10:00+01:00")

    first, again = letters(invited, ADDRESS)
    assert (first.uid, first.sequence) == (again.uid, again.sequence)
    assert first.message_id != again.message_id
