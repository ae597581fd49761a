"""Whose a mail is that is no plain answer: tasks for staff, passed-on answers, buttons of shared addresses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mailer import classify, inbox
from mailer.inbox import Holder
from mailer.jobs.attribute import Attributed, Situation, attribute
from mailer.jobs.understand import understand
from mailer.jobs.understand_many import Batch, in_order
from mailer.model.contact import Contact
from mailer.model.entry import Entry, Heard, Trust
from mailer.model.finding import Answer, PartStat, Unclear
from mailer.model.people import Person
from mailer.wire import Fetched, Folder

NOW = datetime(2025, 3, 20, tzinfo=UTC)
MARIE = Holder("c", "marie")


@pytest.fixture
def situation() -> Situation:
    """Marie and Jean Dupont are invited at one address, and so is Paul; all had our letters."""
    index = inbox.Index()
    for who in ("marie", "paul", "ann", "bob", "eve"):
        index.enrol(Holder("c", who), f"{who}@example.org")
        index.add(Holder("c", who), message_id=f"<{who}@example.net>", uid=f"uid-{who}")
    people = [
        Contact("marie@example.org", first_name=first, last_name="Dupont") for first in ("Marie", "Jean")
    ]
    index.name(MARIE, people)
    shared = {MARIE: tuple(Person(one.first_name, one) for one in people)}
    return Situation(index, {}, "c", {}, b"secret", shared=shared)


def recorded(raw: str, situation: Situation) -> Attributed:
    """What is recorded of a mail."""
    message, finding = understand(raw.encode())
    return attribute(message, finding, situation, arrived=NOW, now=NOW, digest="x")


def entry(raw: str, situation: Situation) -> tuple[Entry, Heard]:
    """The entry of a mail that gives one."""
    made = recorded(raw, situation).entry
    assert made is not None
    assert isinstance(made.fact, Heard)
    return made, made.fact


def mail(
    body: str, sender: str = "Marie Dupont <marie@example.org>", subject: str = "Re: Réunion", more: str = ""
) -> str:
    """A mail to us."""
    return f"From: {sender}\nTo: c@example.net\nSubject: {subject}\nContent-Type: text/plain; charset=utf-8\n{more}\n{body}\n"


ANSWERS = "In-Reply-To: <marie@example.net>\n"
OURS = "Le 13 mars 2025 à 09:00, Mairie <c@example.net> a écrit :\n> Madame,\n> Je vous invite à la réunion. Serez-vous là ?"
CHALLENGE = "Votre message est en attente. Cliquez pour prouver que vous n'êtes pas un robot : https://filtre.example/abc"


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        pytest.param(mail(CHALLENGE, more=ANSWERS), "held-by-a-filter", id="a filter in the invitee's name"),
        pytest.param(mail(CHALLENGE, "Filtre <filtre@example.com>", more=ANSWERS), "held-by-a-filter", id="a filter in its own name"),
        pytest.param(
            mail(f"{CHALLENGE}\nDestinataire : marie@example.org", "Filtre <filtre@example.com>", "Validation"),
            "held-by-a-filter",
            id="a filter that names the invitee alone",
        ),
        pytest.param(mail(CHALLENGE), "held-by-a-filter", id="a filter that names no letter"),
        pytest.param(mail("Marie Dupont ne travaille plus ici, écrivez à roy@example.com", "Accueil <accueil@example.com>", more=ANSWERS), "left", id="a colleague tells who left"),
        pytest.param(
            mail('Le serveur n\'a pas pu récupérer le message suivant :\n\nObjet : "Accepté : Réunion"\nDe : Marie Dupont (marie@example.org)', "Microsoft Exchange Server <c@example.net>", "Échec de l'extraction du message suivant : 7"),
            "could-not-retrieve",
            id="a mail that could not be handed out",
        ),
        pytest.param(
            mail("-------- Message transféré --------\nSujet : Re: Réunion\nDate : Fri, 14 Mar 2025 10:00:00 +0100\nDe : Marie Dupont <marie@example.org>\nPour : r@example.net\n\nJe viendrai.", "Remi <r@example.net>", "TR: Réunion"),
            "forwarded-answer",
            id="an answer that a colleague passes on",
        ),
        pytest.param(mail(OURS, more=ANSWERS), "nothing-new", id="our own letter alone"),
        pytest.param(mail(f"\n-- \nMarie Dupont\n\n{OURS}", more=ANSWERS), "nothing-new", id="our own letter below a signature"),
    ],
)  # fmt: skip
def test_a_task_is_under_the_invitee_it_concerns(raw: str, why: str, situation: Situation) -> None:
    """It waits with the reason that says what to do, whoever sent it."""
    made, heard = entry(raw, situation)

    assert (made.invitee, heard.held, heard.why) == ("marie", True, why)


@pytest.mark.parametrize(
    "raw", [mail(f"Bonjour,\n\n{OURS}", more=ANSWERS), mail(f"Y a-t-il un parking ?\n\n{OURS}", more=ANSWERS)]
)
def test_words_above_our_letter_are_no_empty_mail(raw: str, situation: Situation) -> None:
    """Whatever is written above it waits for its own reason."""
    fact = entry(raw, situation)[1]

    assert (fact.finding.claim, fact.why) == (Unclear(why="no-answer-in-words"), "")


def test_an_answer_above_our_letter_counts(situation: Situation) -> None:
    """What stays: it is read."""
    fact = entry(mail(f"Je viendrai.\n\n{OURS}", more=ANSWERS), situation)[1]

    assert fact.finding.claim_read == Answer(PartStat.ACCEPTED)


def test_a_filter_of_a_stranger_concerns_nobody(situation: Situation) -> None:
    """What answers another mail from this mailbox is not recorded."""
    assert recorded(mail(CHALLENGE, "Zoe <zoe@example.com>"), situation).aside == "strange"


def test_an_answer_of_nobody_invited_that_is_passed_on_is_shown(situation: Situation) -> None:
    """It waits under nobody, with the address of who wrote it."""
    raw = mail("-------- Message transféré --------\nSujet : Re: Réunion\nDate : Fri, 14 Mar 2025\nDe : Zoe <zoe@example.com>\n\nJe viendrai.", "Remi <r@example.net>", "TR: Réunion")  # fmt: skip
    made, heard = entry(raw, situation)

    assert (made.invitee, heard.trust, heard.finding.addresses) == ("", Trust.NOTHING, ("zoe@example.com",))


def button(comment: str) -> str:
    """A yes by calendar, with words beside it."""
    calendar = f"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:uid-marie\nCOMMENT:{comment}\nATTENDEE;CN=Marie Dupont;PARTSTAT=ACCEPTED:mailto:marie@example.org\nEND:VEVENT\nEND:VCALENDAR"
    return mail(calendar).replace("text/plain", "text/calendar")


@pytest.mark.parametrize(
    ("comment", "person", "why"),
    [
        ("", "", ""),
        ("Nous serons deux", "", ""),
        ("J'arriverai en retard", "", ""),
        ("Jean viendra", "Jean", ""),
        ("Marie viendra mais Jean ne pourra pas", "", "names-several"),
    ],
)
def test_a_button_of_a_shared_address(comment: str, person: str, why: str, situation: Situation) -> None:
    """It is everybody's of the address, whoever's account it is, unless words beside it name somebody."""
    made, heard = entry(button(comment), situation)

    assert (made.person, heard.why) == (person, why)


GATEWAY = "Passerelle de la ville de Lille : ce courrier a traversé le contrôle antivirus numéro sept."


def test_the_line_of_our_gateway_is_learned_meanwhile(situation: Situation) -> None:
    """From the third person's mail on, what stands below it is read as if it were not there; an opening of people is theirs."""
    club = "Le club des aînés du quartier sera présent à la réunion du 31 mars."
    writers = ["paul", "ann", "bob", "eve"]
    raws = [
        mail(f"{above}\n\n{below}", f"{who}@example.org", more=f"In-Reply-To: <{who}@example.net>\nMessage-ID: <{who}.{n}@example.org>\n")
        for n, (above, below) in enumerate(((GATEWAY, "Oui"), (club, "Le club")))
        for who in writers
    ]  # fmt: skip
    mails = [(Fetched(at, len(raw), NOW, raw.encode()), str(at)) for at, raw in enumerate(raws)]
    ((_, made),) = in_order(iter([Batch(Folder("INBOX", 1, 100), mails, frozenset(), NOW)]), situation, 1)
    claims = []
    for one in made:
        assert one
        assert one.attributed.entry
        assert isinstance(one.attributed.entry.fact, Heard)
        claims.append(one.attributed.entry.fact.finding.claim)

    assert claims[2:4] == [Answer(PartStat.ACCEPTED)] * 2
    assert not any(isinstance(claim, Answer) for claim in claims[:2])
    assert all(isinstance(claim, Answer | Unclear) and classify.answers(club) for claim in claims[4:])
    assert len({str(claim) for claim in claims[4:]}) == 1
