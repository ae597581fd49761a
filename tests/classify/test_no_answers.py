"""Mail that is no answer, and tells staff something: reactions, recalls, notices, other addresses, people who left."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailer import mime
from mailer.classify import classify
from mailer.model.finding import Answer, Finding, OptOut, PartStat, Unattended, Unclear
from mailer.model.message import Said

COMES = Answer(PartStat.ACCEPTED)


def found(text: str, subject: str = "Re: Réunion", more: str = "", content: str = "") -> Finding:
    """What is understood of a mail with these new words."""
    head = f"From: Marie Dupont <marie@example.org>\nTo: camille@mairie.example\nSubject: {subject}\n{more}"
    return classify(mime.read(f"{head}\n{content or text}".encode()), Said(text))


GMAIL = """\
--r
Content-Type: text/plain; charset=utf-8

👍

--r
Content-Type: text/vnd.google.email-reaction+json; charset=utf-8

{"emoji":"👍","version":1}
--r--
"""


@pytest.mark.parametrize(
    ("text", "subject", "more", "content"),
    [
        pytest.param(
            "👍", "Re: Réunion", "Content-Type: multipart/alternative; boundary=r\n", GMAIL, id="Gmail"
        ),
        pytest.param(
            "👍\n\nMarie Dupont a réagi via Gmail", "Re: Réunion", "", "", id="Gmail without its part"
        ),
        pytest.param("✅", "Re: Réunion", "Content-Disposition: reaction\n", "✅", id="RFC 9078"),
        pytest.param("👍 Marie Dupont reacted to your message:", "Re: Réunion", "", "", id="Outlook"),
        pytest.param("Marie Dupont a réagi à votre message :", "Re: Réunion", "", "", id="Outlook in French"),
        pytest.param("👍", "Marie Dupont a réagi à votre message", "", "", id="told in the subject"),
        pytest.param("Liked “Réunion publique le 31 mars”", "Re: Réunion", "", "", id="Apple"),
    ],
)
def test_reactions(text: str, subject: str, more: str, content: str) -> None:
    """An emoji that a program puts on our letter is no answer, whichever it is."""
    finding = found(text, subject, more, content)

    assert (finding.rule, finding.claim) == ("reaction", Unclear(why="reaction"))


@pytest.mark.parametrize(
    ("text", "partstat"),
    [
        ("I reacted badly to the vaccine but will come", PartStat.ACCEPTED),
        ("Mon fils a réagi au vaccin mais je viendrai", PartStat.ACCEPTED),
        ("Le quartier a réagi à votre message, et moi je viendrai", PartStat.ACCEPTED),
        ("👍 Oui, je serai là", PartStat.ACCEPTED),
        ("👎 Je ne pourrai pas venir", PartStat.DECLINED),
    ],
)
def test_people_who_write_of_reactions(text: str, partstat: PartStat) -> None:
    """Who writes that somebody reacted, or puts an emoji before their words, answers."""
    claim = found(text).claim

    assert isinstance(claim, Answer)
    assert claim.partstat is partstat


RETRIEVAL = """\
Le serveur n'a pas pu récupérer le message suivant :

Objet : "Accepté : Réunion"
De : Marie Dupont (marie@example.org)
Date d'envoi : 14/03/2025 10:00:00
"""


def test_a_mail_that_could_not_be_retrieved() -> None:
    """Exchange's notice names the writer of the mail, and proposes nothing from its subject."""
    head = "From: Microsoft Exchange Server <camille@mairie.example>\nTo: camille@mairie.example\nSubject: Échec de l'extraction du message suivant : 4711\n"
    finding = classify(mime.read(f"{head}\n{RETRIEVAL}".encode()), Said(RETRIEVAL))

    assert (finding.rule, finding.claim) == ("could_not_retrieve", Unclear(why="could-not-retrieve"))
    assert finding.addresses == ("marie@example.org",)


def test_a_person_who_could_not_open_our_mail_is_read() -> None:
    """Somebody who writes of a file that could not be fetched answers."""
    assert isinstance(found("Je n'ai pas pu ouvrir la pièce jointe, mais je viendrai lundi.").claim, Answer)


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Marie Dupont souhaite rappeler le message « Re: Réunion ».", "Rappel : Re: Réunion"),
        ('Dupont, Marie would like to recall the message, "Re: Meeting".', "Recall: Re: Meeting"),
    ],
)
def test_recalls(text: str, subject: str) -> None:
    """Outlook's wish to take a mail back answers nothing."""
    assert found(text, subject).claim == Unclear(why="recall")


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Rappel : je viendrai bien lundi.", "Rappel : ma venue"),
        ("Mon mari souhaite rappeler le message du maire, et je viendrai.", "Re: Réunion"),
    ],
)
def test_reminders_of_people_are_no_recalls(text: str, subject: str) -> None:
    """Who reminds us of their answer gives it."""
    claim = found(text, subject).claim

    assert isinstance(claim, Answer) or (isinstance(claim, Unclear) and claim.why != "recall")


def test_forward_notice() -> None:
    """A calendar's notice that the invitation was forwarded names to whom."""
    finding = found(
        "Marie Dupont a transféré votre demande de réunion à Paul Martin <paul@example.net>.",
        "Notification de transfert de réunion : Réunion",
    )

    assert (finding.claim, finding.note) == (Unclear(why="forward-notice"), "paul@example.net")
    assert found("J'ai transféré votre invitation à Paul, je ne viendrai pas.").claim_read is not None


@pytest.mark.parametrize(
    ("text", "why", "note"),
    [
        (
            "Je ne travaille plus à la crèche Les Lutins. Merci d'écrire à direction@example.net.",
            "left",
            "direction@example.net",
        ),
        (
            "Je ne fais plus partie du comité, voyez avec la nouvelle présidente.",
            "left",
            "Je ne fais plus partie du comité, voyez avec la nouvelle présidente.",
        ),
        ("Mme Roy a quitté l'association : écrivez à petit@example.net", "left", "petit@example.net"),
        ("I no longer work at the school. Please contact head@example.net", "left", "head@example.net"),
        ("Mme Dupont n'est plus directrice, voyez M. Roy (roy@example.net)", "left", "roy@example.net"),
        (
            "Mme Dupont n'exerce plus au sein de l'établissement : petit@example.net",
            "left",
            "petit@example.net",
        ),
        (
            "Cette adresse n'est plus relevée, utilisez contact@example.net",
            "address-changed",
            "contact@example.net",
        ),
        ("Mme Dupont est décédée en janvier.", "left", "Mme Dupont est décédée en janvier."),
        ("Ich arbeite nicht mehr bei der Stadt: neu@example.net", "left", "neu@example.net"),
        ("Nous avons changé d'adresse mail : bureau@example.net", "address-changed", "bureau@example.net"),
        (
            "Merci de ne plus m'envoyer de message sur cette adresse mais sur marie.d@example.net.",
            "address-changed",
            "marie.d@example.net",
        ),
    ],
)
def test_who_left_or_moved(text: str, why: str, note: str) -> None:
    """Somebody who left, or has another address, is a task for staff with what there is to write to."""
    finding = found(text)

    assert (finding.claim, finding.note) == (Unclear(why=why), note)


def test_an_automatic_reply_tells_that_somebody_left() -> None:
    """An automatic reply is put aside, unless it says that nobody is there any more."""
    head = "Auto-Submitted: auto-replied\n"
    away = found(
        "Je suis en congés jusqu'au 7 avril. Urgences : écrivez à roy@example.net.", "Absence du bureau", head
    )
    left = found("Je ne travaille plus à la mairie. Contact : roy@example.net.", "Réponse automatique", head)

    assert away.claim == Unattended()
    assert (left.claim, left.note) == (Unclear(why="left"), "roy@example.net")


def test_who_left_and_objects() -> None:
    """An objection stays one."""
    text = "Je ne fais plus partie de l'association, retirez-moi de votre liste de diffusion."

    assert found(text).claim == OptOut()


def test_a_new_address_beside_an_answer() -> None:
    """The answer counts, and waits to be read for the new address."""
    finding = found(
        "Je serai là. Merci de ne plus m'envoyer de message sur cette adresse mais sur marie.d@example.net."
    )

    assert isinstance(finding.claim, Answer)
    assert (finding.claim.partstat, finding.claim.asks) == (PartStat.ACCEPTED, True)
    assert finding.note == "marie.d@example.net"


@pytest.mark.parametrize(
    "text",
    [
        "Je ne travaille plus le lundi, je viendrai avec plaisir.",
        "Je ne travaille plus à temps plein, je viendrai donc.",
        "Je serai présente. Pour toute question écrivez à paul@example.net",
        "J'ai quitté la réunion tôt la dernière fois mais je viendrai.",
        "Ma nouvelle adresse est 3 rue des Lilas ; je viendrai.",
        "Je suis à la retraite, mais je viendrai avec plaisir.",
        "Je viendrai ; mon mari est décédé en janvier.",
        "Vous pouvez aussi m'écrire sur marie@example.net. Je viens !",
        "Oui. Merci de transmettre aussi l'invitation à paul@example.net",
    ],
)
def test_answers_that_speak_of_work_and_addresses(text: str) -> None:
    """Who comes, and says in passing where they work or live, comes."""
    claim = found(text).claim

    assert isinstance(claim, Answer)
    assert claim.partstat is PartStat.ACCEPTED


def test_a_challenge_is_a_task_with_its_link() -> None:
    """A filter that keeps our letter gives staff the link to open."""
    finding = found(
        "Votre message est en attente. Cliquez pour prouver que vous n'êtes pas un robot : https://filtre.example/abc"
    )

    assert (finding.claim, finding.note) == (Unclear(why="held-by-a-filter"), "https://filtre.example/abc")


def recorded(finding: Finding) -> object:
    """What is recorded of a mail, silently or to be glanced over."""
    claim = finding.claim
    return replace(claim, glance=False) if isinstance(claim, Answer) else claim


def with_file(text: str, content_type: str, disposition: str) -> Finding:
    """What is understood of a mail with a file."""
    more = "Content-Type: multipart/mixed; boundary=m\n"
    content = f"--m\nContent-Type: text/plain\n\n{text}\n--m\nContent-Type: {content_type}\nContent-Disposition: {disposition}\n\nx\n--m--\n"
    return found(text, "Re: Réunion", more, content)


PDF = ("application/pdf", 'attachment; filename="coupon-reponse.pdf"')


@pytest.mark.parametrize(
    "text", ["Bonjour, ci-joint le coupon-réponse.", "Please see the attached form.", ""]
)
@pytest.mark.parametrize(
    ("content_type", "disposition", "name"),
    [
        (*PDF, "coupon-reponse.pdf"),
        ("text/plain", 'attachment; filename="reponse.txt"', "reponse.txt"),
        ("image/jpeg", 'attachment; filename="coupon.jpg"', "coupon.jpg"),
    ],
)
def test_a_file_that_may_hold_the_answer(text: str, content_type: str, disposition: str, name: str) -> None:
    """It is named, and what lies in it is not read as words."""
    finding = with_file(text, content_type, disposition)

    assert (finding.claim, finding.note) == (Unclear(why="answer-in-attachment"), name)


@pytest.mark.parametrize(
    ("text", "content_type", "disposition", "claim"),
    [
        ("Je viendrai, ci-joint mon adhésion.", *PDF, replace(COMES, remark="ci-joint mon adhésion.")),
        ("Avez-vous un plan d'accès ?", *PDF, Unclear(why="no-answer-in-words")),
        ("Ci-joint.", "image/png", 'inline; filename="logo.png"', Unclear(why="no-answer-in-words")),
        ("Ci-joint.", "text/vcard", 'attachment; filename="marie.vcf"', Unclear(why="no-answer-in-words")),
    ],
)
def test_files_that_hold_no_answer(text: str, content_type: str, disposition: str, claim: object) -> None:
    """Words that answer count; a question, a logo or a card beside a file is what it is."""
    assert recorded(with_file(text, content_type, disposition)) == claim


@pytest.mark.parametrize("tag", ["[EXTERNAL] ", "[EXTERNE] ", "[EXT]: ", "*** EXTERNAL *** "])
def test_tags_of_gateways_in_subjects(tag: str) -> None:
    """What a gateway puts before a subject hides neither whose words they are nor that a machine wrote."""
    assert found("Bonjour", f"{tag}Automatic reply: Meeting").claim == Unattended()
    assert found("Bonjour", f"{tag}Re: Oui").claim == found("Bonjour", "Re: Oui").claim
    assert found("", f"{tag}Je viens").claim == COMES
    assert found("", "[Externat] Je viens").claim == COMES
