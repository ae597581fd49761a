"""Calendar answers: who answers what, in every shape they come in."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mailer import ical, mime
from mailer.classify import calendar_reply, classify
from mailer.model.finding import Answer, Finding, MailKind, PartStat, Unclear
from mailer.model.message import Said

CORPUS = Path(__file__).parent.parent / "corpus" / "replies"
CASES = [json.loads(line) for line in (CORPUS / "index.jsonl").read_text("utf-8").splitlines()]

CALENDAR = """\
BEGIN:VCALENDAR
METHOD:REPLY
BEGIN:VEVENT
UID:3f2504e0-4f89-41d3-9a0c-0305e82c3301
SEQUENCE:1
DTSTAMP:20250314T101500Z
ATTENDEE;PARTSTAT=ACCEPTED:mailto:marie@example.org
END:VEVENT
END:VCALENDAR
"""


def mail(
    calendar: str = CALENDAR, content_type: str = "text/calendar; method=REPLY", more: str = ""
) -> bytes:
    """A bare calendar answer, as Claws and sabre/dav send it."""
    head = f"From: Marie <marie@example.org>\nTo: camille@mairie.example\nSubject: x\n{more}Content-Type: {content_type}\n\n"
    return (head + calendar).encode()


def read(raw: bytes, text: str = "") -> Finding | None:
    """What the rule says of a mail."""
    return calendar_reply.read(mime.read(raw), Said(text))


def found(raw: bytes, text: str = "") -> Finding:
    """What the rule says of a mail that it must recognise."""
    finding = read(raw, text)
    assert finding is not None
    return finding


@pytest.mark.parametrize(
    "case", [case for case in CASES if case["kind"] == "calendar-reply"], ids=lambda case: case["file"]
)
def test_real_programs(case: dict[str, Any]) -> None:
    """What real programs send is read as it was meant."""
    finding = found((CORPUS / case["file"]).read_bytes())

    assert finding.kind is MailKind.CALENDAR_REPLY
    assert isinstance(finding.claim, Answer)
    assert finding.claim.partstat.word == case["status"]
    assert finding.calendar is not None
    assert finding.calendar.uid == case["uid"]
    assert (finding.calendar.sequence or 0) == case["sequence"]
    assert [address.lower() for address in finding.addresses] == [case["address"].lower()]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(mail(), id="bare"),
        pytest.param(mail(content_type="text/calendar"), id="method parameter lost"),
        pytest.param(mail(content_type='application/ics; name="a.ics"'), id="application/ics"),
        pytest.param(mail(content_type="application/octet-stream"), id="type lost"),
        pytest.param(
            mail(content_type="text/calendar", more="Auto-Submitted: auto-replied\n"), id="marked automatic"
        ),
        pytest.param(mail(more="X-Auto-Response-Suppress: All\n"), id="suppression asked"),
        pytest.param(
            mail(
                "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\nContent-Type: text/html\n\n<p>Yes</p>\n"
                f"--c\nContent-Disposition: attachment\nContent-Type: text/calendar\n\n{CALENDAR}\n--c--\n--b--\n",
                "multipart/alternative; boundary=b",
            ),
            id="deep inside, as an attachment (Apple)",
        ),
        pytest.param(
            mail(
                f"--s\nContent-Type: text/calendar\n\n{CALENDAR}\n--s\nContent-Type: application/pkcs7-signature\n\nx\n--s--",
                "multipart/signed; boundary=s",
            ),
            id="signed",
        ),
    ],
)
def test_shapes(raw: bytes) -> None:
    """An answer is found wherever and however it lies in the mail."""
    assert found(raw).claim == Answer(PartStat.ACCEPTED)


def test_line() -> None:
    """What the ledger orders and matches by is kept."""
    line = found(mail()).calendar

    assert line is not None
    assert (line.method, line.sequence, line.attendee) == ("REPLY", 1, "marie@example.org")
    assert line.dtstamp == datetime(2025, 3, 14, 10, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("old", "new", "claim"),
    [
        pytest.param("ACCEPTED", "DECLINED", Answer(PartStat.DECLINED), id="declined"),
        pytest.param("ACCEPTED", "TENTATIVE", Answer(PartStat.TENTATIVE), id="tentative"),
        pytest.param("=ACCEPTED", "=accepted", Answer(PartStat.ACCEPTED), id="lower case"),
        pytest.param(
            "=ACCEPTED", "=ACCEPTED;X-NUM-GUESTS=2", Answer(PartStat.ACCEPTED, 3), id="extra guests"
        ),
        pytest.param(
            "=ACCEPTED", "=ACCEPTED;X-NUM-GUESTS=0", Answer(PartStat.ACCEPTED), id="no extra guests"
        ),
        pytest.param("=ACCEPTED", "=DECLINED;X-NUM-GUESTS=2", Answer(PartStat.DECLINED), id="guests of a no"),
        pytest.param(
            "=ACCEPTED",
            "=DELEGATED;DELEGATED-TO=mailto:paul@example.org",
            Answer(PartStat.DELEGATED, delegate="paul@example.org"),
            id="delegated",
        ),
        pytest.param(
            "END:VEVENT", "COMMENT:Merci\nEND:VEVENT", Answer(PartStat.ACCEPTED, asks=True), id="comment"
        ),
        pytest.param(
            "END:VEVENT", "COMMENT:\nEND:VEVENT", Answer(PartStat.ACCEPTED), id="empty comment (Evolution)"
        ),
        pytest.param("=ACCEPTED", "=NEEDS-ACTION", Unclear(why="no-answer-in-calendar"), id="no answer"),
        pytest.param("=ACCEPTED", "=X-MAYBE", Unclear(why="no-answer-in-calendar"), id="unknown word"),
        pytest.param("ATTENDEE", "X-WHO", Unclear(why="no-attendee"), id="no attendee"),
        pytest.param(
            "END:VEVENT",
            "REQUEST-STATUS:3.7;Invalid\nEND:VEVENT",
            Unclear(why="calendar-could-not-process"),
            id="request failed",
        ),
        pytest.param(
            "END:VEVENT",
            "REQUEST-STATUS:2.0;Success\nEND:VEVENT",
            Answer(PartStat.ACCEPTED),
            id="request succeeded",
        ),
        pytest.param(
            "METHOD:REPLY", "METHOD:COUNTER", Unclear(why="counter-proposal"), id="counter-proposal"
        ),
    ],
)
def test_claims(old: str, new: str, claim: object) -> None:
    """What is answered is claimed, and nothing else is."""
    assert found(mail(CALENDAR.replace(old, new))).claim == claim


def test_several_attendees() -> None:
    """Among several attendees the writer answers; if none of them wrote, nobody can tell."""
    both = CALENDAR.replace("END:VEVENT", "ATTENDEE;PARTSTAT=DECLINED:mailto:paul@example.org\nEND:VEVENT")

    assert found(mail(both)).claim == Answer(PartStat.ACCEPTED)
    stranger = mail(both).replace(b"From: Marie <marie@", b"From: Eve <eve@")
    assert found(stranger).claim == Unclear(why="several-attendees")


def test_counter_proposal() -> None:
    """A counter-proposal names the time it wants."""
    counter = CALENDAR.replace("METHOD:REPLY", "METHOD:COUNTER").replace(
        "UID:", "DTSTART;TZID=Romance Standard Time:20250401T140000\nDURATION:PT2H\nUID:"
    )
    finding = found(mail(counter))

    assert finding.kind is MailKind.CALENDAR_COUNTER
    assert finding.calendar is not None
    assert finding.calendar.proposed_starts == datetime(2025, 4, 1, 12, tzinfo=UTC)
    assert finding.calendar.proposed_ends == datetime(2025, 4, 1, 14, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(mail(CALENDAR.replace("REPLY", "REQUEST")), id="a request"),
        pytest.param(
            mail(f"Content-Type: text/calendar\n\n{CALENDAR}", "message/rfc822"), id="forwarded whole"
        ),
        pytest.param(
            mail(
                f"--b\nContent-Type: text/calendar\n\n{CALENDAR}\n--b--",
                "multipart/report; report-type=delivery-status; boundary=b",
            ),
            id="in a delivery report",
        ),
        pytest.param(mail("BEGIN:VCALENDAR\n"), id="nothing in it"),
        pytest.param(mail("Je viens", "text/plain"), id="words"),
    ],
)
def test_no_answer(raw: bytes) -> None:
    """What somebody else answered, or nobody, is no answer."""
    assert read(raw) is None


def test_too_large() -> None:
    """An answer too large to be read waits for a person."""
    large = CALENDAR.replace("END:VEVENT", "X:" + "y" * ical.MAX_SIZE + "\nEND:VEVENT")

    assert found(mail(large)).claim == Unclear(why="calendar-too-large")


@pytest.mark.parametrize(
    ("message_class", "partstat"),
    [
        (b"IPM.Microsoft Schedule.MtgRespP", PartStat.ACCEPTED),
        (b"IPM.Microsoft Schedule.MtgRespN", PartStat.DECLINED),
        (b"IPM.Microsoft Schedule.MtgRespA", PartStat.TENTATIVE),
        ("IPM.Schedule.Meeting.Resp.Neg".encode("utf-16-le"), PartStat.DECLINED),
    ],
)
def test_winmail(message_class: bytes, partstat: PartStat) -> None:
    """An Outlook answer in rich text is told by its message class."""
    body = base64.b64encode(b"\x78\x9f\x3e\x22" + message_class + b"\0").decode()
    raw = mail(body, "application/ms-tnef; name=winmail.dat", "Content-Transfer-Encoding: base64\n")

    assert found(raw).claim == Answer(partstat)


def test_winmail_tells_whose_invitation_it_was() -> None:
    """The UID lies in the global object id, as Outlook keeps that of an invitation from elsewhere."""
    identity = b"vCal-Uid\x01\0\0\0" + b"2a1f0c9e-7d42-4f0b-8a51-3c1b7f2f9d10\0"
    body = base64.b64encode(
        b"\x78\x9f\x3e\x22IPM.Schedule.Meeting.Resp.Pos\0" + bytes(40) + identity
    ).decode()
    raw = mail(body, "application/ms-tnef; name=winmail.dat", "Content-Transfer-Encoding: base64\n")
    calendar = found(raw).calendar

    assert calendar is not None
    assert calendar.uid == "2a1f0c9e-7d42-4f0b-8a51-3c1b7f2f9d10"


def test_comment_counts_heads() -> None:
    """Words that say the same as the button are a remark, and words that say the contrary stop the answer."""
    same = CALENDAR.replace("END:VEVENT", "COMMENT:oui\nEND:VEVENT")
    contrary = CALENDAR.replace("END:VEVENT", "COMMENT:non\nEND:VEVENT")

    assert classify(mime.read(mail(same)), Said()).claim == Answer(PartStat.ACCEPTED)
    claim = classify(mime.read(mail(contrary)), Said()).claim
    assert claim == Unclear(Answer(PartStat.ACCEPTED, asks=True), "comment-contradicts")


def pressed(partstat: str, body: str = "", more: str = "") -> Finding:
    """What is understood of a button with a body beside the object, and more lines in the object."""
    calendar = CALENDAR.replace("=ACCEPTED", f"={partstat};CN=Marie Dupont").replace(
        "END:VEVENT", f"SUMMARY:Réunion publique\n{more}END:VEVENT"
    )
    return classify(mime.read(mail(calendar)), Said(body))


@pytest.mark.parametrize(
    ("partstat", "body", "more", "claim", "remark"),
    [
        pytest.param(
            "ACCEPTED",
            "J'arriverai vers 14 h 45.",
            "",
            Answer(PartStat.ACCEPTED),
            "J'arriverai vers 14 h 45.",
            id="a remark in the body (Tuta)",
        ),
        pytest.param(
            "ACCEPTED",
            "Bonjour,\n\nNous serons trois.",
            "DESCRIPTION:Bonjour\\,\\n\\nNous serons trois.\n",
            Answer(PartStat.ACCEPTED, 3),
            "Bonjour,\n\nNous serons trois.",
            id="a number in body and DESCRIPTION (Zimbra)",
        ),
        pytest.param(
            "ACCEPTED",
            "",
            "DESCRIPTION:Nous serons trois.\n",
            Answer(PartStat.ACCEPTED, 3),
            "Nous serons trois.",
            id="a number in DESCRIPTION alone",
        ),
        pytest.param(
            "ACCEPTED",
            "Désolée, je ne pourrai pas venir finalement.",
            "",
            Unclear(Answer(PartStat.ACCEPTED, asks=True), "comment-contradicts"),
            "Désolée, je ne pourrai pas venir finalement.",
            id="the contrary in the body",
        ),
        pytest.param(
            "DECLINED",
            "Je serai représentée par M. Paul Martin.",
            "",
            Answer(PartStat.DECLINED, 1, "M. Paul Martin", asks=True),
            "Je serai représentée par M. Paul Martin.",
            id="who stands in",
        ),
        pytest.param(
            "ACCEPTED",
            "Où peut-on se garer ?",
            "",
            Answer(PartStat.ACCEPTED, asks=True),
            "Où peut-on se garer ?",
            id="a question",
        ),
        pytest.param(
            "ACCEPTED",
            "Merci de prévoir un fauteuil roulant",
            "",
            Answer(PartStat.ACCEPTED, asks=True),
            "Merci de prévoir un fauteuil roulant",
            id="a wish that no rule reads",
        ),
        pytest.param(
            "ACCEPTED",
            "avec mon mari",
            "",
            Answer(PartStat.ACCEPTED, 2),
            "avec mon mari",
            id="a number without a verb",
        ),
        pytest.param(
            "ACCEPTED",
            "Parking pour 2 voitures",
            "",
            Answer(PartStat.ACCEPTED, asks=True),
            "Parking pour 2 voitures",
            id="a number of something else",
        ),
        pytest.param("ACCEPTED", "Merci !", "", Answer(PartStat.ACCEPTED), "Merci !", id="a courtesy"),
        pytest.param(
            "DECLINED",
            "Merci de ne plus m'écrire.",
            "",
            Unclear(Answer(PartStat.DECLINED, asks=True), "comment-objects"),
            "Merci de ne plus m'écrire.",
            id="an objection beside a no",
        ),
        pytest.param(
            "ACCEPTED",
            "Marie Dupont a accepté votre invitation\n\nTitre : Réunion publique\nQuand : lundi 31 mars 2025 de 14:00 à 16:00",
            "",
            Answer(PartStat.ACCEPTED),
            "",
            id="a program's sentence (Nextcloud)",
        ),
        pytest.param(
            "ACCEPTED",
            "Marie Dupont has accepted this invitation.\n\nRéunion publique\nMonday Mar 31, 2025 2pm – 4pm\n\nWe will be 3.",
            "",
            Answer(PartStat.ACCEPTED, 3),
            "We will be 3.",
            id="words below a program's sentence",
        ),
        pytest.param(
            "ACCEPTED",
            "Marie Dupont has accepted this invitation.\n\nRéunion publique\nOrganizer\nCamille\n\nInvitation from Google Calendar: https://calendar.google.com/calendar/\n\nTo stop receiving these emails, go to settings.",
            "",
            Answer(PartStat.ACCEPTED),
            "",
            id="a page of Google's",
        ),
        pytest.param(
            "ACCEPTED",
            "Nous serons deux.\n\n*~*~*~*~*~*~*~*~*~*\nRéunion publique\nLundi 31 mars 2025",
            "",
            Answer(PartStat.ACCEPTED, 2),
            "Nous serons deux.",
            id="the invitation below (Zimbra)",
        ),
        pytest.param(
            "DECLINED",
            "Marie <marie@example.org> has declined your event invitation.",
            "",
            Answer(PartStat.DECLINED),
            "",
            id="a program's sentence (Thunderbird)",
        ),
        pytest.param(
            "DECLINED",
            "Cet événement a été refusé par Marie Dupont.",
            "",
            Answer(PartStat.DECLINED),
            "",
            id="a program's sentence in the passive",
        ),
        pytest.param(
            "ACCEPTED",
            "Invitation acceptée : Réunion publique",
            "",
            Answer(PartStat.ACCEPTED),
            "",
            id="a program's subject in the body",
        ),
        pytest.param(
            "DECLINED",
            "Je suis en congés.",
            "",
            Answer(PartStat.DECLINED),
            "Je suis en congés.",
            id="the reason of a no",
        ),
        pytest.param(
            "ACCEPTED",
            "Marie a accepté votre invitation, nous serons 12.",
            "",
            Answer(PartStat.ACCEPTED, 12),
            "Marie a accepté votre invitation, nous serons 12.",
            id="a person who writes like a program",
        ),
        pytest.param(
            "ACCEPTED",
            "Mon mari a refusé votre invitation.",
            "",
            Answer(PartStat.ACCEPTED, asks=True),
            "Mon mari a refusé votre invitation.",
            id="a person who tells of another",
        ),
        pytest.param(
            "DECLINED",
            "",
            "DESCRIPTION:Ordre du jour :\\n1. Présentation\\nMerci de confirmer votre présence.\n",
            Answer(PartStat.DECLINED),
            "",
            id="our own description that comes back",
        ),
        pytest.param(
            "DECLINED",
            "",
            "DESCRIPTION:Nous serons présents pour répondre à vos questions.\n",
            Answer(PartStat.DECLINED),
            "",
            id="our own description, in the first person",
        ),
        pytest.param(
            "ACCEPTED",
            "",
            "DESCRIPTION:Désolée\\, je ne pourrai pas venir.\n",
            Unclear(Answer(PartStat.ACCEPTED, asks=True), "comment-contradicts"),
            "Désolée, je ne pourrai pas venir.",
            id="the contrary in DESCRIPTION alone",
        ),
    ],
)
def test_words_beside_a_button(partstat: str, body: str, more: str, claim: object, remark: str) -> None:
    """What is typed beside a button is weighed with it and kept, and what programs write is not."""
    finding = pressed(partstat, body, more)

    assert finding.calendar is not None
    assert (finding.claim, finding.calendar.comment) == (claim, remark)


@pytest.mark.parametrize(
    ("body", "claim"),
    [
        ("Nous serons 3 ou 4.", Answer(PartStat.ACCEPTED, 4, least=3)),
        ("Nous serons 5 dont 2 enfants.", Answer(PartStat.ACCEPTED, 5, adults=3, children=2)),
        ("Je viendrai avec les enfants.", Answer(PartStat.ACCEPTED, number_to_check=True)),
        ("avec les enfants", Answer(PartStat.ACCEPTED, number_to_check=True)),
        ("avec mon mari", Answer(PartStat.ACCEPTED, 2)),
        ("Je viendrai vers 14 h.", Answer(PartStat.ACCEPTED)),
    ],
)
def test_numbers_beside_a_button_are_those_of_a_written_answer(body: str, claim: Answer) -> None:
    """Range, adults, children and a number to check are taken from the words, and an hour is none."""
    assert pressed("ACCEPTED", body).claim == claim


def test_numbers_beside_a_no_count_nobody() -> None:
    """Whoever declines brings nobody, whatever number is typed beside it."""
    assert pressed("DECLINED", "Nous étions 3 ou 4 à vouloir venir.").claim in (
        Answer(PartStat.DECLINED),
        Answer(PartStat.DECLINED, asks=True),
    )


@pytest.mark.parametrize("wanted", ["REPLY", "COUNTER"])
def test_method_in_the_content_type_alone(wanted: str) -> None:
    """METHOD counts from the Content-Type where the object has none; that of the object takes precedence."""
    without = CALENDAR.replace("METHOD:REPLY\n", "").replace("UID:", "DTSTART:20250401T120000Z\nUID:")
    line = found(mail(without, f"text/calendar; method={wanted.lower()}")).calendar

    assert line is not None
    assert line.method == wanted
    assert (line.proposed_starts is not None) == (wanted == "COUNTER")
    assert read(mail(CALENDAR.replace("REPLY", "REQUEST"), "text/calendar; method=REPLY")) is None
