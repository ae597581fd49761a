"""Answers that a colleague passes on: inline or attached, proposed under who wrote them."""

from __future__ import annotations

import pytest

from mailer.jobs.understand import understand
from mailer.model.finding import Answer, Finding, PartStat, Unclear

HEAD = "From: Remi Vasse <rvasse@mairie.example>\nTo: camille@mairie.example\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n\n"
YES = "Je viendrai avec plaisir, nous serons deux.\nMarie Dupont\n"


def read(body: str, subject: str = "TR: Réunion publique") -> Finding:
    """What is understood of a colleague's mail."""
    return understand((HEAD.format(subject=subject) + body).encode())[1]


INLINE = {
    "Thunderbird": "\n-------- Message transféré --------\nSujet : Re: Réunion\nDate : Fri, 14 Mar 2025 10:00:00 +0100\nDe : Marie Dupont <marie@example.org>\nPour : Remi Vasse <rvasse@mairie.example>\n\n",
    "Gmail": "---------- Forwarded message ---------\nDe : Marie Dupont <marie@example.org>\nDate: ven. 14 mars 2025 à 10:00\nSubject: Re: Réunion\nTo: Remi Vasse <rvasse@mairie.example>\n\n\n",
    "Outlook": "\nDe : Marie Dupont <marie@example.org>\nEnvoyé : vendredi 14 mars 2025 10:00\nÀ : Remi Vasse <rvasse@mairie.example>\nObjet : Re: Réunion\n\n",
    "old Outlook": "-----Message d'origine-----\nDe : Marie Dupont [mailto:marie@example.org]\nEnvoyé : vendredi 14 mars 2025 10:00\nÀ : Remi Vasse\nObjet : Re: Réunion\n\n",
    "Apple": "Début du message transféré :\n\n> De: Marie Dupont <marie@example.org>\n> Objet: Rép. : Réunion\n> Date: 14 mars 2025 à 10:00:00 UTC+1\n> À: Remi Vasse <rvasse@mairie.example>\n> \n",
}


@pytest.mark.parametrize("above", ["", "Pour info, Camille.\n"])
@pytest.mark.parametrize("program", INLINE)
def test_inline(program: str, above: str) -> None:
    """The words below the heading are proposed as those of who wrote them, and the colleague's are a note."""
    marked = YES.replace("\n", "\n> ") if program == "Apple" else YES
    finding = read(above + INLINE[program] + ("> " + marked if program == "Apple" else marked))

    assert finding.claim == Unclear(Answer(PartStat.ACCEPTED, 2), "forwarded-answer")
    assert (finding.rule, finding.addresses) == ("forwarded", ("marie@example.org",))
    assert finding.text.startswith("Je viendrai avec plaisir")
    assert finding.note == above.strip()


CALENDAR = "BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:1-2-3@mairie.example\nATTENDEE;PARTSTAT=DECLINED:mailto:marie@example.org\nEND:VEVENT\nEND:VCALENDAR\n"


@pytest.mark.parametrize(
    ("content_type", "content", "partstat"),
    [
        ("text/plain; charset=utf-8", "Je ne pourrai pas venir.\n", PartStat.DECLINED),
        ("text/calendar; method=REPLY", CALENDAR, PartStat.DECLINED),
    ],
)
def test_attached(content_type: str, content: str, partstat: PartStat) -> None:
    """An answer that is attached as a whole mail keeps what it answers."""
    raw = (
        "From: rvasse@mairie.example\nTo: camille@mairie.example\nSubject: réponse\nContent-Type: multipart/mixed; boundary=m\n\n"
        "--m\nContent-Type: text/plain\n\nVoir ci-joint\n--m\nContent-Type: message/rfc822\n\n"
        "From: Marie Dupont <marie@example.org>\nTo: rvasse@mairie.example\nIn-Reply-To: <invite@mairie.example>\n"
        f"Content-Type: {content_type}\n\n{content}\n--m--\n"
    )
    finding = understand(raw.encode())[1]

    assert finding.claim == Unclear(Answer(partstat), "forwarded-answer")
    assert finding.addresses == ("marie@example.org",)
    assert "<invite@mairie.example>" in finding.references
    assert (finding.calendar is not None) == content_type.startswith("text/calendar")
    assert finding.note == "Voir ci-joint"


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        pytest.param(
            "TR: Programme des concerts",
            INLINE["Outlook"]
            + "Bonjour,\nVoici le programme des concerts du printemps à la salle des fêtes.\n",
            id="a programme without any answer",
        ),
        pytest.param(
            "Re: Réunion", "Oui, je viens.\n\n" + INLINE["Outlook"] + YES, id="an answer to somebody's mail"
        ),
        pytest.param(
            "TR: Réunion publique",
            "Oui, je viens.\n"
            + INLINE["Gmail"].replace("marie@example.org", "camille@mairie.example")
            + "Bonjour, viendrez-vous ? Oui\n",
            id="our own letter, forwarded to us with words above",
        ),
    ],
)
def test_what_passes_on_no_answer(subject: str, body: str) -> None:
    """Nothing is proposed under the name of somebody else."""
    assert read(body, subject).rule == "free_text"
