"""Attacks by mail that end in the attendance: guessed tokens, two campaigns, copies, odd dates, numbers and names, and loops.

Each has the number of the list of attacks (docs/attacks.md), with others of its kind behind it.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.header import Header

import pytest

from mailer.demo import clients
from mailer.demo.received import ReceivedInvitation, open_letter
from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_attacks_whose import EVE, EVES_OWN, FELLOW, VICTIM, letter_to, mail, post
from tests.journeys.test_attacks_whose import invited as invited
from tests.journeys.test_hellemmes import AT, MARIE, PAUL, attendance, letters
from tests.journeys.test_replies import registration
from tests.journeys.test_replies import vouching as vouching
from tests.service.test_month import Process

READ = "2025-03-20T09:00+01:00"


def answer_link(letter: ReceivedInvitation, number: int = 0) -> tuple[str, str]:
    """The prepared subject and body of an answer link."""
    return letter.links[number][1], letter.links[number][2]


def token(letter: ReceivedInvitation) -> str:
    """The token in the subject of an answer link."""
    return answer_link(letter)[0].rpartition(" ")[2].strip("[]()").partition("-")[0]


def changed(letter: ReceivedInvitation, spoilt: str) -> str:
    """The subject of an answer link, with another token."""
    return answer_link(letter)[0].replace(token(letter), spoilt)


@pytest.mark.parametrize("how", ["letter", "shorter", "longer", "turned", "in-two"])
def test_17_a_token_that_is_nearly_right_is_none(invited: Desk, how: str) -> None:
    """With one letter wrong; others of its kind: one too few, one too many, backwards, broken in two by a sign."""
    letter = letter_to(invited, VICTIM)
    right = token(letter)
    assert len(right) >= 20
    wrong = {
        "letter": right[:-1] + ("a" if right[-1] != "a" else "b"),
        "shorter": right[:-1],
        "longer": right + "a",
        "turned": right[::-1],
        "in-two": f"{right[:10]}_{right[10:]}",
    }[how]
    post(invited, mail(f"Marie Dupont <{EVE}>", subject=changed(letter, wrong), body="Je viens."))
    assert attendance(invited)[VICTIM]["answer"] == "none"

    post(invited, mail(f"Marie Dupont <{EVE}>", subject=answer_link(letter)[0], body=""))
    assert attendance(invited)[VICTIM]["answer"] == "accepted"


@pytest.fixture
def two(invited: Desk) -> Desk:
    """Marie is invited to a second meeting, too."""
    text = invited.campaign()
    file = invited.path / "config" / "campaigns" / "autre.toml"
    file.write_text(
        text.replace("templates/autre", f"templates/{SLUG}").replace("2025-03-31", "2025-04-07"), "utf-8"
    )
    invited.type("send", "autre", "--yes")
    assert len(letters(invited, VICTIM)) == 2
    return invited


def both(desk: Desk) -> tuple[str, str]:
    """What Marie answered to each of the two meetings."""
    return tuple(_answer(desk, slug) for slug in (SLUG, "autre"))  # type: ignore[return-value]


def _answer(desk: Desk, slug: str) -> str:
    target = desk.path / "exports" / f"{slug}.csv"
    assert desk.type("export", slug, str(target), "--machine")[0] == 0
    head, *rows = [line.split(",") for line in target.read_text("utf-8").splitlines()]
    return next(row for row in rows if VICTIM in row)[head.index("answer")]


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        ("token-of-2-in-thread-1", ("none", "declined")),
        ("uid-of-1-in-thread-2", ("declined", "none")),
        ("both-tokens", ("none", "none")),
        ("both-threads", ("none", "declined")),
        ("address-alone", ("none", "none")),
    ],
)
def test_18_an_answer_counts_for_one_meeting(two: Desk, evidence: str, expected: tuple[str, str]) -> None:
    """The nearest evidence counts, or a person is asked; never both meetings, and never the other one."""
    first, second = letters(two, VICTIM)
    no, _ = answer_link(second, 1)
    sender, words = f"Marie Dupont <{VICTIM}>", "Je ne viens pas."
    match evidence:
        case "token-of-2-in-thread-1":
            written = mail(sender, f"In-Reply-To: {first.message_id}", subject=no, body="").encode()
        case "uid-of-1-in-thread-2":
            written = clients.thunderbird(first, AT, "DECLINED")
            written = b"In-Reply-To: " + second.message_id.encode() + b"\r\n" + written
        case "both-tokens":
            written = mail(sender, subject=f"{no} {answer_link(first, 1)[0]}", body="").encode()
        case "both-threads":
            thread = f"References: {first.message_id} {second.message_id}"
            written = mail(sender, thread, f"In-Reply-To: {second.message_id}", body=words).encode()
        case _:
            written = mail(sender, body=words).encode()
    two.office.post(VICTIM, written)
    two.type("read", now=READ)

    assert both(two) == expected


def test_23_a_forwarded_letter_with_words_to_the_contrary_waits(invited: Desk) -> None:
    """The link for yes is pressed, and a no is written above it, with our whole letter below."""
    letter = letter_to(invited, VICTIM)
    subject, body = answer_link(letter)
    quoted = "".join(f"{line}\r\n" for line in letter.text.splitlines())
    words = (
        f"Non, je ne viendrai pas, je regrette.\r\n\r\n{body}\r\n\r\n-----Message d'origine-----\r\n{quoted}"
    )
    post(invited, mail(f"Marie Dupont <{VICTIM}>", subject=subject, body=words))

    row = attendance(invited)[VICTIM]
    assert row["answer"] != "accepted"
    assert row["answer"] == "declined" or row["review"]
    assert attendance(invited)[FELLOW]["answer"] == "none"


@pytest.mark.parametrize("how", ["received", "octet", "date", "folder"])
def test_24_an_old_yes_that_is_sent_again_does_not_undo_a_no(invited: Desk, how: str) -> None:
    """With new trace fields, with an octet changed; others of its kind: with a line added, and with a later Date."""
    letter = letter_to(invited, VICTIM)
    yes = clients.written(letter, AT, "Oui, je viendrai.")
    invited.office.post(VICTIM, yes)
    invited.type("read", now="2025-03-15T09:00+01:00")
    invited.office.post(
        VICTIM, clients.written(letter, AT + timedelta(hours=3), "Finalement, je ne viens pas.")
    )
    invited.type("read", now="2025-03-15T09:00+01:00")
    assert attendance(invited)[VICTIM]["answer"] == "declined"
    again = {
        "received": b"Received: from mx.evil.example; Wed, 19 Mar 2025 10:00:00 +0100\r\n" + yes,
        "octet": yes.replace(b"viendrai.", b"viendrai!"),
        "date": yes.replace(b"\r\nSubject:", b"\r\nX-New: 1\r\nSubject:"),
        "folder": b"X-Mozilla-Status: 0001\r\nDelivered-To: x@example.org\r\n" + yes,
    }[how]
    invited.office.post(EVE, again, AT + timedelta(days=5))
    invited.type("read", now=READ)

    assert attendance(invited)[VICTIM]["answer"] == "declined"


def test_25_copies_read_by_four_programs_at_once_are_one_answer(invited: Desk) -> None:
    """Four copies of a yes, and four processes that read: one answer, one entry, and Paul's beside it."""
    yes = clients.thunderbird(letter_to(invited, VICTIM), AT, "ACCEPTED")
    for head in (b"", b"", b"Received: from a; x\r\n", b"X-Spam-Score: 1\r\n"):
        invited.office.post(VICTIM, head + yes)
    invited.office.post(FELLOW, clients.thunderbird(letter_to(invited, FELLOW), AT, "DECLINED"))
    said = [sys.executable, "-m", "mailer", "--workspace", str(invited.path), "--now", READ, "read"]
    reading = [subprocess.Popen(said, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(4)]
    assert {one.wait() for one in reading} <= {0, 2}
    invited.type("read", now=READ)

    rows = attendance(invited)
    assert (rows[VICTIM]["answer"], rows[FELLOW]["answer"]) == ("accepted", "declined")
    shown = invited.type("why", SLUG, VICTIM)[1].replace("’", "'")
    assert shown.count("réponse d'agenda") == 1


@pytest.mark.parametrize(
    "date",
    [
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "Mon, 01 Jan 0100 00:00:00 +2359",
        "Thu, 01 Jan 1970 00:00:00 +0000",
        "Mon, 30 Feb 2025 25:61:61 +9999",
        "Fri, 14 Mar 99999 10:00:00 +0100",
        "\u0661\u0664 Mar \u0662\u0660\u0662\u0665 10:00",
        "",
    ],
)
def test_26_whatever_its_date_an_answer_is_read(invited: Desk, date: str) -> None:
    """The yes counts, and what is shown of it is a moment that can be."""
    letter = letter_to(invited, VICTIM)
    before, _, rest = clients.written(letter, AT, "Oui, je viendrai.").decode().partition("Date: ")
    dated = f"{before}Date: {date}\r\n{rest.partition(chr(13) + chr(10))[2]}"
    invited.office.post(VICTIM, dated.encode(), AT + timedelta(hours=1))
    assert invited.type("read", now=READ)[0] in (0, 1)

    row = attendance(invited)[VICTIM]
    assert (row["answer"], bool(row["review"])) == ("accepted", False)
    assert row["answered_at"].startswith("2025-03-14")


@pytest.mark.parametrize(
    "words",
    [
        "Nous serons 99999999.",
        "Oui, nous serons 500 personnes.",
        "Nous serons 10000000000000000000000.",
        "Oui, je viens avec 300 amis.",
        "Oui, je viens avec mes 30 élèves.",
    ],
)
def test_28_nobody_gets_five_hundred_chairs_by_a_mail(invited: Desk, words: str) -> None:
    """Large numbers wait for a person; others of its kind: friends and pupils who come along."""
    invited.office.post(VICTIM, clients.written(letter_to(invited, VICTIM), AT, words))
    invited.type("read", now=READ)
    row = attendance(invited)[VICTIM]
    assert int(row["party_size"] or 0) <= 20
    assert row["review"], row


@pytest.mark.parametrize("guests", ["5000", "1" + "0" * 20, "-3", "٣٠٠"])
def test_28_a_calendar_brings_no_crowd_either(invited: Desk, guests: str) -> None:
    """X-NUM-GUESTS of Google, and a SEQUENCE that no number can hold."""
    yes = clients.google(letter_to(invited, VICTIM), AT, "ACCEPTED", guests=1).decode()
    assert "X-NUM-GUESTS=1" in yes
    yes = yes.replace("X-NUM-GUESTS=1", f"X-NUM-GUESTS={guests}").replace(
        "SEQUENCE:0", "SEQUENCE:1" + "0" * 22
    )
    invited.office.post(VICTIM, yes.encode())
    assert invited.type("read", now=READ)[0] in (0, 1)

    assert int(attendance(invited)[VICTIM]["party_size"] or 0) <= 20


@pytest.mark.parametrize(
    ("listed", "wrote"),
    [
        ("anna@strasse-mairie.example", "anna@straße-mairie.example"),
        ("mark@example.org", "mar\u212a@example.org"),
        ("fiona@example.org", "\ufb01ona@example.org"),
        ("ana@example.org", "\uff41na@example.org"),
        ("ana@example.org", "\u0430na@example.org"),
        ("ana@example.org", "a\u200bna@example.org"),
        ("isa@example.org", "\u0131sa@example.org"),
    ],
)
def test_29_30_an_address_in_other_letters_answers_for_nobody(desk: Desk, listed: str, wrote: str) -> None:
    """ß and ss, the Kelvin sign, ligatures, wide, Cyrillic, unseen and dotless letters: in Ana's thread each of them waits."""
    desk.invite(f"Mme;Petit;Ana;;{listed}", PAUL)
    desk.type("send", SLUG, "--yes")
    thread = f"In-Reply-To: {letter_to(desk, listed).message_id}"
    post(desk, mail(f"Somebody <{wrote}>", thread, head=EVES_OWN))

    row = attendance(desk)[listed]
    assert (row["answer"], bool(row["review"])) == ("none", True)


def test_33_forged_registrations_give_no_chairs_and_send_no_mail(vouching: Desk) -> None:
    """Thirty strangers who never wrote, in a public meeting: nobody is put down, invited or thanked."""
    vouching.rewrite("acknowledge = false", "acknowledge = true")
    vouching.type("schedule", SLUG, "--yes")
    for number in range(1, 31):
        vouching.office.post(EVE, registration(number, "Je viens, nous serons 40.", EVES_OWN))
    vouching.type("read", now=READ)

    rows = attendance(vouching)
    assert set(rows) == {VICTIM, FELLOW}
    assert rows[VICTIM]["answer"] == "none"
    vouching.type("send", SLUG, "--yes", now="2025-03-20T10:00+01:00")
    with service(vouching) as turn:
        turn(AT + timedelta(days=6))
    assert {one.recipient for one in vouching.office.delivered} == {VICTIM, FELLOW}


@contextmanager
def service(desk: Desk) -> Iterator[Callable[[datetime], object]]:
    """The service of the workspace; yields the function that runs one turn of it."""
    process = Process(desk.path)
    try:
        yield process.turn
    finally:
        process.end()


@pytest.mark.parametrize("changing", [False, True], ids=["the-same-answer", "a-changing-answer"])
def test_34_a_robot_that_answers_each_thanks_is_thanked_no_more(desk: Desk, changing: bool) -> None:
    """Each acknowledgement is answered at once, as a person would; there is one for each answer and revision."""
    desk.invite(MARIE, PAUL)
    desk.rewrite("acknowledge = false", "acknowledge = true")
    desk.type("send", SLUG, "--yes")
    desk.type("schedule", SLUG, "--yes")
    letter = letter_to(desk, VICTIM)
    with service(desk) as turn:
        for number in range(5):
            words = "Je ne viens pas." if changing and number % 2 else "Oui, je viendrai."
            at = AT + timedelta(hours=number)
            answer = clients.written(letter, at, words).replace(b"Message-ID: <", b"Message-ID: <%d" % number)
            desk.office.post(VICTIM, answer)
            turn(at + timedelta(minutes=5))

    sent = Counter(one.recipient for one in desk.office.delivered)
    assert sent[VICTIM] == (3 if changing else 2)
    assert sent[FELLOW] == 1


SURROGATES = {
    "utf-7": "=?utf7?q?+2AA-_Dupont?=",
    "utf-16": "=?utf-16-be?b?2AAARA==?= Dupont",
    "octets": "=?utf-8?q?=ED=A0=80_Dupont?=",
    "escape": "=?unicode_escape?q?=5Cud800_Dupont?=",
    "not a character": "=?utf-8?q?=EF=BF=BE_Dupont?=",
    "NUL": "=?utf-8?q?Du=00pont?=",
}


@pytest.mark.parametrize("name", SURROGATES.values(), ids=SURROGATES)
def test_47_a_newcomers_name_spoils_no_table(vouching: Desk, name: str) -> None:
    """Half a character, in four spellings, and other signs that no file holds: every table and page is written."""
    head = "Authentication-Results: mx.mairie-lille.example; dmarc=pass header.from=example.net\r\n"
    written = registration(head=head).replace(b"From: Lucie Petit", f"From: {name}".encode())
    vouching.office.post("lucie.petit@example.net", written)
    vouching.type("read", now=READ)
    assert set(attendance(vouching)) == {VICTIM, FELLOW, "lucie.petit@example.net"}

    for file in ("a.csv", "a.xlsx", "a.ods", "feuille.html", "feuille.pdf", "a.jsonl"):
        status, shown = vouching.type("export", SLUG, str(vouching.path / "exports" / file))
        assert status == 0, (file, shown)


def test_47_an_encoded_name_that_is_sound_is_kept(vouching: Desk) -> None:
    """What stays: a name in Greek, and one in emoji."""
    head = "Authentication-Results: mx.mairie-lille.example; dmarc=pass header.from=example.net\r\n"
    name = Header("Δήμητρα 😀", "utf-8").encode()
    written = registration(head=head).replace(b"From: Lucie Petit", f"From: {name}".encode())
    vouching.office.post("lucie.petit@example.net", written)
    vouching.type("read", now=READ)

    assert attendance(vouching)["lucie.petit@example.net"]["first_name"] == "Δήμητρα"


def test_35_the_letter_to_marie_is_hers(invited: Desk) -> None:
    """What stays: Marie's own objection counts, with the same link that counts for nobody else."""
    delivered = next(one for one in invited.office.delivered if one.recipient == VICTIM)
    stop = next(link for link in open_letter(delivered).links if "desinscription" in link[1])
    post(invited, mail(f"Marie Dupont <{VICTIM}>", subject=stop[1], body=""))

    rows = attendance(invited)
    assert (rows[VICTIM]["delivery"], rows[FELLOW]["delivery"]) == ("suppressed", "sent")
