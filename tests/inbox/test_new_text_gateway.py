"""What a gateway puts above a mail is not its writer's; what people write of externals is."""

from __future__ import annotations

import pytest

from mailer import classify, inbox, mime
from mailer.inbox.new_text import split_body
from mailer.inbox.new_text.gateway import Openings, without_gateway

ABOVE = [
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender and know the content is safe.\n\n",
    "CAUTION: This email originated from outside of the organization. Do not click\nlinks or open attachments unless you recognize the sender and know the content\nis safe.\n",
    "[EXTERNAL] ",
    "[EXTERNE]\n\n",
    "*** EXTERNAL EMAIL ***\n",
    "Ce message provient de l'extérieur de la mairie. Soyez vigilant.\n\n",
    "ATTENTION : Ce courriel provient d'un expéditeur externe. Ne cliquez pas sur les liens et n'ouvrez pas les pièces jointes si vous ne connaissez pas l'expéditeur.\n\n",
    "This Message Is From an External Sender\nThis message came from outside your organization.\n\n",
    "This message was sent from outside the company, please be careful.\n\n",
    "-----\nE-mail externe : ne cliquez sur aucun lien avant d'avoir vérifié l'expéditeur.\n-----\n",
    "You don't often get email from marie@example.org. Learn why this is important<https://gateway.example/why>\n\n",
    "Vous n'obtenez pas souvent d'e-mail à partir de marie@example.org. Découvrez pourquoi cela est important\n\n",
    "WARNING: This email originated from outside our organization.\nPlease be careful.\n\n",
    "Message provenant d'Internet - prudence\n\n",
    "Ce message provient d'un expéditeur inconnu de votre organisation. Vérifiez son identité.\n\n",
    "ATTENTION - Ce mail n'a pas été envoyé par un agent de la ville. Ne cliquez sur aucun lien.\n\n",
    "Cet e-mail a été envoyé depuis une adresse externe à la collectivité.\n\n",
    "External Email - Please use caution\n\n",
    "Let op: deze e-mail komt van buiten de organisatie.\n\n",
    "ACHTUNG: Diese E-Mail kommt von außerhalb der Organisation. Klicken Sie nicht auf Links.\n\n",
]
PEOPLE = [
    "I'm an external consultant, so yes I'll come.",
    "Yes, I will attend with an external partner.",
    "External partners are coming with us, yes.",
    "Ce message vient de l'extérieur, mais c'est bien moi : je viens.",
    "Le message vient d'un intervenant externe, Paul Martin viendra.\n\nMarie",
    "Attention : je ne viendrai pas.",
    "Attention, nous serons trois.",
    "Ne cliquez pas sur le lien de la mairie, il ne marche pas. Je viens.",
    "Oui, je viens.\n\nCe message provient de l'extérieur.",
    "External: yes",
    "Nos collègues externes seront présents.",
    "Attention, expéditeur : Marie, externe au service. Oui.",
    "Les intervenants extérieurs envoient leur message avant lundi.\n\nMarie",
    "La salle est-elle accessible de l'extérieur ? Je serai là.",
]


@pytest.mark.parametrize("below", ["Oui", "Bonjour,\nJe serai présente, merci."])
@pytest.mark.parametrize("above", ABOVE, ids=range(len(ABOVE)))
def test_lines_of_gateways(above: str, below: str) -> None:
    """From the first mail on, what stands below is read as if they were not there."""
    assert (
        without_gateway(above + below) == (above.strip(" \n-"), below)
        or without_gateway(above + below)[1] == below
    )


@pytest.mark.parametrize("text", PEOPLE)
def test_words_of_people(text: str) -> None:
    """People write of externals and links, too."""
    assert without_gateway(text) == ("", text)


def test_a_gateway_alone_is_left() -> None:
    """Where nothing stands below, nothing is taken off."""
    assert without_gateway(ABOVE[0])[1] == ABOVE[0]


OWN = "Passerelle de la ville de Lille : ce courrier a traversé le contrôle antivirus numéro sept."


def test_openings_of_different_people_are_learned() -> None:
    """The paragraph that opens the mails of three people is the gateway's; that of one, or one alone in a mail, is not."""
    openings = Openings(classify.answers)
    club = "Le club des aînés du quartier sera présent à la réunion du 31 mars."
    thanks = "Merci beaucoup à toute la mairie pour cette belle invitation au diagnostic."
    for writer in ("ann@example.org", "bob@example.org", "eve@example.org"):
        assert not openings.learned
        openings.add(f"{OWN}\n\nOui", writer)
        openings.add(f"{club}\n\nLe club", writer)
        openings.add(thanks, writer)
        openings.add("Bonjour Madame,\n\nOui", writer)
        openings.add("Nous vous remercions tous pour cette belle invitation à la réunion.\n\nOui", writer)
    for _ in range(5):
        openings.add(f"{thanks}\n\nOui", "ann@example.org")

    assert without_gateway(f"{OWN}\n\nNon, désolée", openings.learned) == (OWN, "Non, désolée")
    assert without_gateway(f"{club}\n\nLe club", openings.learned)[1] == f"{club}\n\nLe club"
    assert without_gateway(f"{thanks}\n\nOui", openings.learned)[1] == f"{thanks}\n\nOui"
    assert without_gateway("Bonjour Madame,\n\nOui", openings.learned)[1] == "Bonjour Madame,\n\nOui"


def test_a_gateway_in_a_whole_mail() -> None:
    """The line goes with what is quoted."""
    mail = f"From: a@example.org\nContent-Type: text/plain; charset=utf-8\n\n{ABOVE[0]}Oui\n\nLe 13/03/2025 à 09:00, Camille a écrit :\n> Bonjour\n"
    said = inbox.split_text(mime.read(mail.encode()))

    assert said.text == "Oui"
    assert said.quoted.startswith("CAUTION")


@pytest.mark.parametrize(
    "pointer",
    [
        "Votre logiciel de messagerie ne permet pas d'afficher ce message au format HTML.",
        "This is a multi-part message in MIME format. Please view it in a browser.",
        "Your mail client cannot display this message.",
        "Consultez ce message en ligne ou ouvrez-le dans votre navigateur : afficher le message dans le navigateur",
    ],
)
def test_a_text_part_that_points_to_the_page(pointer: str) -> None:
    """It is none: the words are those of the page."""
    page = "<p>Bonjour,</p><p>Je serai présente avec mon mari.</p>"

    assert split_body(pointer, page).text == "Bonjour,\n\nJe serai présente avec mon mari."


def test_words_about_pages_are_words() -> None:
    """What the page says, too, and what has no page beside it, is read."""
    words = "Je ne peux pas afficher votre message HTML, mais je viendrai."

    assert split_body(words, f"<p>{words}</p>").text == words
    assert split_body(words).text == words
