"""Recognising signatures, and the footers of telephones, virus scanners and lawyers."""

from __future__ import annotations

import pytest

from mailer.inbox.new_text import split_body

DEVICES = """
Envoyé de mon iPhone
Envoyé depuis mon iPad
Envoyé à partir d’Outlook pour Android
Envoyé à partir de Courrier pour Windows
Provenance : Courrier pour Windows 10
Télécharger Outlook pour iOS<https://example.org/o0ukef>
Obtenir Outlook pour Android
Envoyé depuis mon appareil Galaxy
Envoyé depuis mon smartphone Samsung Galaxy.
Envoyé depuis l'application Mail Orange
Envoyé de mon appareil Android avec K-9 Mail. Veuillez excuser ma brièveté.
Envoyé depuis Yahoo Mail pour Android
Envoyé avec la messagerie sécurisée Proton Mail.
Envoyé depuis ma tablette Samsung
Yahoo Mail : Recherchez, organisez, reprenez le contrôle
Message envoyé depuis mon mobile Orange
Ce message a été envoyé depuis un appareil mobile
Envoyé de ma tablette, pardonnez les fautes de frappe
Sent from my iPhone
Sent from Outlook for iOS
Sent from [Mail](https://example.org/mail) for Windows
Get Outlook for Android
Sent with Proton Mail secure email.
Sent via the Samsung Galaxy S21 5G, an AT&T 5G smartphone
(sent from my phone)
Marie via mobile
Von meinem iPhone gesendet
Gesendet von Mail für Windows
Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.
Gesendet mit der GMX Mail App
Holen Sie sich Outlook für iOS
Verstuurd vanaf mijn iPhone
Verzonden met Mail voor Windows
Outlook voor Android downloaden
Enviado desde mi iPhone
Enviado desde Correo para Windows
Obtener Outlook para iOS
Inviato da iPhone
Scarica Outlook per iOS
Inviato dal mio dispositivo Samsung
Enviado do meu iPhone
Wysłane z iPhone'a
Skickat från min iPhone
Sendt fra Outlook til Android
Отправлено с iPhone
Odesláno z iPhonu
Lähetetty iPhonesta
iPhoneから送信
发自我的iPhone
나의 iPhone에서 보냄
""".strip().splitlines()


@pytest.mark.parametrize("footer", DEVICES)
def test_device(footer: str) -> None:
    """The line of a telephone or program is not new text, alone or below an answer."""
    assert split_body(footer).text == ""
    assert split_body(f"Oui, je viens.\n\n{footer}\n").text == "Oui, je viens."
    assert split_body(f"Oui, je viens.\n{footer}\n\n> Venez-vous ?\n").text == "Oui, je viens."


@pytest.mark.parametrize(
    "text",
    [
        "Je vous l'ai envoyé depuis mon iPhone",
        "La notification a été envoyée depuis mon téléphone hier",
        "The notification was sent from my phone to all of you.",
        "Merci de votre mail",
        "Rendez-vous via Outlook",
        "Envoyez-moi le plan par mail",
        "Outlook ne marche pas",
        "Excusez ma réponse tardive",
        "Désolé pour les fautes",
        "Mail reçu, merci",
        "Envoyé de Lille",
        "Excusez les fautes de frappe, présente lundi",
        "From Paris with love",
    ],
)
def test_no_device(text: str) -> None:
    """Sentences about mail and telephones are kept."""
    assert text == split_body(text).text


CARDS = {
    "delimiter": "-- \nMarie Dupont\nPrésidente de l'association\n03 20 00 00 00",
    "delimiter without its space": "--\nMarie Dupont\nAbsente le mercredi",
    "drawn line": "____________________\nMarie Dupont\nMédiathèque\nmarie@example.org",
    "after a closing": "Marie Dupont\nDirectrice des affaires culturelles\nTél. : 03 20 00 00 00",
    "one line": "Marie Dupont | Cheffe de projet | Métropole | 06 00 00 00 00\nMairie de Lille",
    "address": "Marie Dupont\nMairie d'Hellemmes\n16 bis rue des Travailleurs\n59260 Hellemmes\nwww.example.org",
    "spread out": "Marie Dupont\n\nDirectrice\n\nT. 03 20 00 00 00\n\nhttps://example.org/in/marie",
    "days off": "Marie Dupont\nDirectrice\n03 20 00 00 00\nAbsente le mercredi",
    "English": "John E. Doe, Ph.D.\nPresident\nDoe Research\njohn@example.org\nwww.example.org",
    "German": "Dr. Max Mustermann\nLeiter Abteilung Kultur\nTel. +49 30 0000000-12\nmax@example.org",
    "a logo": "Marie Dupont\nDirectrice\n03 20 00 00 00\n[cid:image001.png@01DB9A00.00000000]",
    "saves trees": "Marie Dupont\nDirectrice\n03 20 00 00 00\nPensez à l'environnement avant d'imprimer ce message.",
    "disclaimer below": (
        "Marie Dupont\nResponsable du pôle accès aux droits\nCe message et ses pièces jointes sont confidentiels et établis à l'intention exclusive de leur destinataire."
        " Toute utilisation non conforme est interdite."
    ),
}


@pytest.mark.parametrize("card", CARDS.values(), ids=CARDS)
def test_name_card(card: str) -> None:
    """The signature is removed; the letter and its closing stay."""
    letter = "Bonjour,\n\nJe viendrai.\n\nBien cordialement,"

    read = split_body(f"{letter}\n\n{card}\n\n> Venez-vous ?")

    assert letter == read.text
    assert "Marie" in read.signature or "Doe" in read.signature or "Max" in read.signature


KEPT = {
    "name": "Je viendrai.\n\nCordialement,\nMarie Dupont",
    "name and office": "Je viendrai.\n\nMarie Dupont\nAdjointe au maire",
    "a number to call": "Je viendrai. Rappelez-moi au besoin :\n06 00 00 00 00",
    "told in a sentence": "Vous pouvez me joindre au 06 00 00 00 00 ou à marie@example.org",
    "form": "Nom : Dupont\nPrénom : Marie\nTél : 06 00 00 00 00\nNombre de personnes : 3",
    "answer above a number": "Présente\n06 00 00 00 00",
    "link": "Voici l'article :\n\nhttps://example.org/article\n\nBonne lecture",
    "places between name and number": "Marie Dupont\nNombre de places : 2\n06 00 00 00 00",
    "answer below a dash": "Bonjour,\n--\nJe viendrai.",
    "dash": "Merci !\n\n—Marie",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT)
def test_kept(text: str) -> None:
    """Text that may be a signature or not is kept."""
    assert text == split_body(text).text


@pytest.mark.parametrize("mark", ["PS :", "P.S.", "P.-S.", "PS -"])
def test_postscript(mark: str) -> None:
    """A postscript is kept, even below a signature."""
    text = f"Je viendrai.\n\n-- \nMarie Dupont\n03 20 00 00 00\n\n{mark} nous serons deux.\n"

    assert f"Je viendrai.\n\n{mark} nous serons deux." == split_body(text).text


FOOTERS = {
    "Avast": "Garanti sans virus. www.avast.com",
    "Avast, long": "L'absence de virus dans ce courrier électronique a été vérifiée par le logiciel antivirus Avast.",
    "Avast, English": "Virus-free. www.avast.com",
    "Avast, German": "Diese E-Mail wurde von Avast-Antivirussoftware auf Viren geprüft.",
    "Avast, Spanish": "Libre de virus. www.avast.com",
    "AVG, Dutch": "Dit e-mailbericht is gecontroleerd op virussen met AVG.",
    "trees": "Please consider the environment before printing this e-mail.",
    "list": "_______________________________________________\nquartier mailing list\nquartier@example.org\nhttps://example.org/listinfo/quartier",
    "Google Groups": 'You received this message because you are subscribed to the Google Groups "Quartier" group.',
    "disclaimer": "This e-mail and any attachments are confidential and intended solely for the addressee. If you are not the intended recipient, please delete it.",
    "disclaimer, French": "Ce courriel est destiné exclusivement à son destinataire. Si vous l'avez reçu par erreur, merci de le détruire et d'en avertir l'expéditeur.",
    "disclaimer, German": "Diese E-Mail enthält vertrauliche Informationen. Wenn Sie nicht der richtige Adressat sind, informieren Sie bitte den Absender und löschen Sie diese Mail.",
    "disclaimer, Dutch": "Dit bericht is uitsluitend bestemd voor de geadresseerde. Indien u dit bericht ten onrechte ontvangt, wordt u verzocht het te vernietigen.",
    "disclaimer, Spanish": "Este mensaje es confidencial y está destinado únicamente a su destinatario. Si usted no es el destinatario, le rogamos que lo elimine.",
    "disclaimer, Italian": "Le informazioni contenute in questo messaggio sono riservate e per uso esclusivo del destinatario. Se ricevete questo messaggio per errore, cancellatelo.",
}


@pytest.mark.parametrize("footer", FOOTERS.values(), ids=FOOTERS)
def test_footer(footer: str) -> None:
    """The footers of offices and programs are removed, above or below the quotation."""
    assert split_body(f"Je viendrai.\n\n{footer}\n").text == "Je viendrai."
    assert (
        split_body(
            f"Je viendrai.\n\nOn 13 Mar 2025, at 09:14, Camille Julien wrote:\n\n> Venez-vous ?\n\n{footer}\n"
        ).text
        == "Je viendrai."
    )


NO_FOOTERS = {
    "by mistake": "J'ai reçu ce message par erreur, merci de me supprimer de vos destinataires et de ne plus m'écrire.",
    "recipients": "Message reçu par erreur, veuillez supprimer cette adresse de votre liste de destinataires, merci d'avance.",
    "mailing list": "Please remove this address from your mailing list",
    "in confidence": "Je préfère que ma réponse reste confidentielle : merci de ne pas diffuser ce message aux autres.",
    "decision in confidence": "Ce message est confidentiel, ne prévenez que Mme Durand : nous serons deux, si vous l'avez reçu.",
    "paper": "Merci de ne pas imprimer d'invitation, je pense à l'environnement et je viendrai sans papier.",
    "plan": "Pouvez-vous imprimer le plan papier ?",
    "virus": "Mon ordinateur a un virus, j'ai dû le faire vérifier : je réponds donc tard. Je viendrai.",
    "illness": "Absent à cause du virus, sans doute de retour lundi",
}


@pytest.mark.parametrize("text", NO_FOOTERS.values(), ids=NO_FOOTERS)
def test_no_footer(text: str) -> None:
    """Text about errors, secrets, paper and viruses is kept if it may be an answer or an opt-out."""
    assert text == split_body(text).text


@pytest.mark.parametrize(
    "line", ["Absente le mercredi", "Présente du lundi au jeudi", "Je ne travaille pas le vendredi"]
)
def test_days_off_under_the_separator(line: str) -> None:
    """The office hours that a program puts below ``-- `` are not new text."""
    assert split_body(f"Bien reçu.\n\n-- \nMarie\n{line}\n").text == "Bien reçu."
