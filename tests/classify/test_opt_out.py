"""Wishes not to be written to again."""

from __future__ import annotations

import pytest

from mailer import mime
from mailer.classify import classify, opt_out
from mailer.model.finding import MailKind, OptOut
from mailer.model.message import IncomingMessage, Said

TOKEN = "abcdefghijklmnopqrstuvwxyz"


def mail(subject: str, more: str = "") -> IncomingMessage:
    """A mail from an invitee."""
    return mime.read(f"From: paul@example.org\nSubject: {subject}\n{more}\nx\n".encode())


@pytest.mark.parametrize(
    "subject",
    [
        f"desinscription {TOKEN}",
        f"Désinscription {TOKEN.upper()}",
        "unsubscribe",
        "STOP",
        "Re: Désabonnement",
        "Abmelden",
    ],
)
def test_our_link(subject: str) -> None:
    """Our unsubscribe mail is known by its subject, even where a mail program sent it by itself."""
    finding = classify(mail(subject, "Auto-Submitted: auto-replied\n"), Said("Sent by your mail program."))

    assert (finding.kind, finding.claim) == (MailKind.UNSUBSCRIBE, OptOut())
    assert finding.addresses == ("paul@example.org",)


def test_token() -> None:
    """The token of the link ties it to an invitation."""
    finding = opt_out.read_link(mail(f"desinscription {TOKEN}"), Said(""))

    assert finding is not None
    assert finding.references == (TOKEN,)


@pytest.mark.parametrize(
    "text",
    [
        "STOP",
        "stop.",
        "Désinscription SVP",
        "Bonjour,\nDésinscrivez-moi, merci.",
        "unsubscribe me please",
        "Stop mails",
    ],
)
def test_nothing_else(text: str) -> None:
    """A mail that says nothing else is one."""
    finding = opt_out.read(mail("Re: Invitation"), Said(text))

    assert finding is not None
    assert finding.claim == OptOut()


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Re: Invitation", "Je viens. Stop : j'oubliais, nous serons deux."),
        ("Re: Invitation", "Désinscrivez-moi de la réunion, je suis malade."),
        ("Re: Invitation", "Arrêt de bus le plus proche ?"),
        ("Désinscription de la réunion du 31 mars", "Je ne pourrai pas venir."),
        ("Stop ou encore ?", "Oui"),
    ],
)
def test_people_who_stay(subject: str, text: str) -> None:
    """To leave the meeting is not to leave the list."""
    message = mail(subject)

    assert opt_out.read_link(message, Said(text)) is None
    assert opt_out.read(message, Said(text)) is None
