"""Calendar mail that is no answer."""

from __future__ import annotations

import pytest

from mailer import mime
from mailer.classify import calendar_other
from mailer.model.finding import Answer, MailKind, PartStat, Unclear
from mailer.model.message import Said


def mail(method: str, headers: str = "") -> bytes:
    """A mail that is a calendar object."""
    return (
        f"From: eve@example.org\nSubject: x\n{headers}Content-Type: text/calendar\n\n"
        f"BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:1\nEND:VEVENT\nEND:VCALENDAR\n"
    ).encode()


@pytest.mark.parametrize(
    ("method", "why"),
    [
        ("REQUEST", "calendar-not-a-reply"),
        ("CANCEL", "calendar-not-a-reply"),
        ("PUBLISH", "calendar-not-a-reply"),
        ("REFRESH", "calendar-refresh"),
    ],
)
def test_not_an_answer(method: str, why: str) -> None:
    """Somebody's invitation or cancellation touches nothing."""
    finding = calendar_other.read(mime.read(mail(method)), Said("Vous êtes invité"))

    assert finding is not None
    assert (finding.kind, finding.claim, finding.references) == (MailKind.OTHER, Unclear(why=why), ("1",))


def test_answer_with_the_invitation_attached() -> None:
    """Words in a thread are read, even if the invitation hangs on them."""
    read = mime.read(mail("REQUEST", "In-Reply-To: <invite@mairie.example>\n"))

    assert calendar_other.read(read, Said("Je viens")) is None
    assert calendar_other.read(read, Said("")) is not None


@pytest.mark.parametrize(
    ("subject", "partstat"),
    [
        ("Accepté : Réunion", PartStat.ACCEPTED),
        ("Accepté\N{NO-BREAK SPACE}: Réunion", PartStat.ACCEPTED),
        ("Invitation acceptée : «Réunion»", PartStat.ACCEPTED),
        ("Refusé : Réunion", PartStat.DECLINED),
        ("Provisoire : Réunion", PartStat.TENTATIVE),
        ("Tentatively Accepted: Meeting", PartStat.TENTATIVE),
        ("Zugesagt: Besprechung", PartStat.ACCEPTED),
        ("Abgesagt: Besprechung", PartStat.DECLINED),
        ("Geaccepteerd: Vergadering", PartStat.ACCEPTED),
    ],
)
def test_lost_calendar(subject: str, partstat: PartStat) -> None:
    """An answer whose calendar got lost is a hint by its subject, and no more."""
    finding = calendar_other.read(mime.read(f"Subject: {subject}\n\n".encode()), Said(""))

    assert finding is not None
    assert finding.claim == Unclear(Answer(partstat), "calendar-lost")


@pytest.mark.parametrize("subject", ["Re: Invitation", "Accepter l'invitation", "Refus de permis : recours"])
def test_other_subjects(subject: str) -> None:
    """Other subjects are not read so."""
    assert calendar_other.read(mime.read(f"Subject: {subject}\n\n".encode()), Said("")) is None
