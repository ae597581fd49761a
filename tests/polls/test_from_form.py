"""Reading the answers of forms, and tables of names and answers."""

from __future__ import annotations

import pytest

from mailer import polls
from mailer.errors import UserError
from mailer.jobs.poll import meaning
from mailer.polls.headings import Ask, asks, is_about_coming, is_about_staying_away
from tests.polls.conftest import Read, Said

MICROSOFT = (
    "ID;Heure de début;Heure de fin;Adresse de messagerie;Nom;Votre nom et prénom;Votre adresse mail;Serez-vous présent(e) à la réunion ?;Combien serez-vous ?\n"
    "1;14/03/2025 09:41:22;14/03/2025 09:42:00;anonymous;;Élodie Lefèvre;elodie@example.org;Oui;3\n"
    "2;14/03/2025 09:41:22;15/03/2025 09:42:00;anonymous;;Yann Le Goff;yann@example.net;Non;\n"
)
LIMESURVEY = (
    '"id. ID de la réponse","submitdate. Date de soumission","lastpage. Dernière page","startlanguage. Langue de départ","G01Q01. Votre nom","G01Q02. Votre prénom","G01Q04. Viendrez-vous ?","G01Q05. Une remarque ?"\n'
    "1,2025-03-14 09:41:22,2,fr,Lefèvre,Élodie,Oui,non\n2,,1,fr,Le Goff,Yann,Non,\n"
)
NEXTCLOUD_FORMS = (
    '"Identifiant de soumission","ID utilisateur","Nom d\'affichage de l\'utilisateur","Horodatage","Votre nom","Serez-vous présent ?"\n'
    '"submission_id","user_id","user_display_name","timestamp","question-id-1","question-id-2"\n'
    '"1","","Utilisateur anonyme","2025-03-14T09:41:22+01:00","Élodie Lefèvre","Oui"\n'
)
FRAMAFORMS = (
    "\t\t\nNuméro de série\tSID\tHeure de soumission\tBrouillon\tNom d'utilisateur\tVotre nom\tVotre prénom\tSerez-vous présent(e) ?\n"
    "1\t1001\t2025-03-14 09:41:22\t0\t\tLefèvre\tÉlodie\tOui\n2\t1002\t2025-03-14 09:41:22\t1\t\tLe Goff\tYann\tOui\n"
)
HELLOASSO = (
    "Numéro de commande;Date de la commande;Statut;Nom participant;Prénom participant;Nom payeur;Prénom payeur;Email payeur;Serez-vous présent ?\n"
    "12;14/03/2025 09:00;Validé;Lefèvre;Élodie;Le Goff;Yann;yann@example.net;Oui\n"
    "13;14/03/2025 09:00;Validé;Le Goff;Yann;Le Goff;Yann;yann@example.net;Non\n"
)


@pytest.mark.parametrize(
    ("text", "delimiter", "kind", "expected"),
    [
        (MICROSOFT, ";", "microsoft_forms", [("Élodie Lefèvre", "accepted"), ("Yann Le Goff", "declined")]),
        (LIMESURVEY, ",", "limesurvey", [("Élodie Lefèvre", "accepted"), ("Yann Le Goff", "declined")]),
        (NEXTCLOUD_FORMS, ",", "nextcloud_forms", [("Élodie Lefèvre", "accepted")]),
        (FRAMAFORMS, "\t", "framaforms", [("Élodie Lefèvre", "accepted"), ("Yann Le Goff", "accepted")]),
        (HELLOASSO, ";", "helloasso", [("Élodie Lefèvre", "accepted"), ("Yann Le Goff", "declined")]),
        ("Réunion du 31 mars;\n;\nNom;Présence\nAnn Lee;oui\n", ";", "table", [("Ann Lee", "accepted")]),
    ],
    ids=["microsoft", "limesurvey", "nextcloud", "framaforms", "helloasso", "table"],
)
def test_each_program(
    read: Read, said: Said, text: str, delimiter: str, kind: str, expected: list[tuple[str, str]]
) -> None:
    """Lines above the headings, codes below them and what the program notes are no answers; names are those asked for."""
    assert read(text, delimiter).kind == kind
    assert said(text, "", delimiter) == expected


def test_a_payers_address_is_not_the_participants(read: Read) -> None:
    """Who pays for somebody else lends no address; who pays for themselves does."""
    assert [ballot.email for ballot in read(HELLOASSO, ";").ballots] == ["", "yann@example.net"]


@pytest.mark.parametrize(("text", "delimiter"), [(LIMESURVEY, ","), (FRAMAFORMS, "\t")])
def test_a_form_that_was_not_sent_waits(read: Read, text: str, delimiter: str) -> None:
    """An answer that was begun only waits for a person; one that was sent does not."""
    told = polls.votes(read(text, delimiter), polls.choose(read(text, delimiter)), meaning)

    assert [vote.why for vote in told] == ["", "unfinished-form"]


@pytest.mark.parametrize(
    "heading",
    [
        *("Viendrez-vous ?", "Serez-vous des nôtres ?", "Vient ?", "Présence", "Présent(e)", "Réponse"),
        *(
            "Participerez-vous à la réunion du 31 mars ?",
            "Pouvez-vous venir ?",
            "Je participerai à la réunion",
            "Souhaitez-vous assister à la réunion ?",
        ),
        *("Will you attend the meeting?", "Kommen Sie?", "Komt u?", "G01Q04. Viendrez-vous ?"),
    ],
)
def test_the_question_about_coming(heading: str) -> None:
    """Its heading tells the question about coming."""
    assert is_about_coming(heading)


@pytest.mark.parametrize(
    "heading",
    [
        *(
            "J'accepte que mes données soient utilisées pour cette réunion",
            "RGPD",
            "Remarques",
            "Combien serez-vous ?",
        ),
        *(
            "Viendrez-vous en voiture ?",
            "Serez-vous présent au pot ?",
            "Viendrez-vous accompagné ?",
            "Quartier",
        ),
        *(
            "Serez-vous absent ?",
            "Pourquoi ne venez-vous pas ?",
            "À quoi participerez-vous ?",
            "Mangez-vous de la viande ?",
        ),
        *("Autorisez-vous la présence de photographes ?", "Souhaitez-vous recevoir le compte rendu ?"),
    ],
)
def test_other_questions(heading: str) -> None:
    """A consent, a remark, a number, the way there or what follows is no question about coming."""
    assert not is_about_coming(heading)


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Votre nom", Ask.NAME),
        ("Nom et prénom", Ask.NAME),
        ("Prénom", Ask.FIRST_NAME),
        ("Votre adresse mail", Ask.ADDRESS),
        ("Adresse postale", Ask.ASIDE),
        ("Nombre de personnes", Ask.HEADS),
        ("Nb", Ask.HEADS),
        ("Nombre de voitures", Ask.QUESTION),
        ("Horodateur", Ask.MOMENT),
        ("Commentaire", Ask.ASIDE),
    ],
)
def test_what_a_heading_asks_for(heading: str, expected: Ask) -> None:
    """Names, addresses, times and numbers are told by their headings."""
    assert expected is asks(heading)


@pytest.mark.parametrize(
    "text",
    [
        "Horodateur,Nom,J'accepte le traitement de mes données,Mangez-vous de la viande ?\n14/03/2025 09:00:00,Ann,Oui,Non\n",
        "Horodateur,Nom,Viendrez-vous le 30 ?,Viendrez-vous le 31 ?\n14/03/2025 09:00:00,Ann,Oui,Non\n",
        "Nom,Serez-vous absent ?\nAnn,Oui\n",
        "Nom,Transport\nAnn,Oui\n",
    ],
    ids=["nothing about coming", "two questions", "absent", "transport"],
)
def test_a_question_is_asked_for(read: Read, text: str) -> None:
    """The last question left is not taken, and of two about coming none."""
    with pytest.raises(UserError, match="poll-column-needed"):
        polls.choose(read(text))


def test_free_text_is_not_offered(read: Read) -> None:
    """Remarks and long words are no question to choose; one with few different answers is."""
    text = "Horodateur,Nom,Une idée à partager,Transport,Remarques\n"
    text += "".join(f"14/03/2025 09:00:0{n},Ann {n},{'Une idée ' * 20}{n},Vélo,oui\n" for n in range(9))

    assert read(text).options == ("Transport",)


def test_a_question_that_was_named_before(read: Read) -> None:
    """A question a person has named is taken again, and one that is named now outranks it."""
    poll = read("Nom,Ok pour le 31 ?,Viendrez-vous ?\nAnn,oui,non\n")

    assert polls.choose(poll) == 1
    assert polls.choose(poll, "", ["Ok pour le 31 ?"]) == 0
    assert polls.choose(poll, "viendrez", ["Ok pour le 31 ?"]) == 1


WORDS = [
    ("Je viens", "accepted"),
    ("Je ne viens pas", "declined"),
    ("Avec plaisir", "accepted"),
    ("Malheureusement pas", "declined"),
    ("Pas disponible", "declined"),
    ("Ne viendra pas", "declined"),
    ("Viendra", "accepted"),
    ("x", "accepted"),
    ("VRAI", "accepted"),
    ("FAUX", "declined"),
    ("NON", "declined"),
    ("Oui !", "accepted"),
    ("Peut-être", "tentative"),
    ("Oui à la réunion, Oui au pot", "accepted"),
    ("Non, Oui au pot", "?"),
    ("Non fumeur", "?"),
    ("Formule B", "?"),
    ("", ""),
    ("Inconnu", ""),
]


@pytest.mark.parametrize(("cell", "expected"), WORDS, ids=[cell or "nothing" for cell, _ in WORDS])
def test_what_an_answer_means(read: Read, cell: str, expected: str) -> None:
    """The words of mails and of tick boxes are understood; what is not understood is asked, and nothing is no answer."""
    (vote,) = polls.votes(read(f'Nom;Viendrez-vous ?\nAnn;"{cell}"\n', ";"), 0, meaning)
    told = vote.partstat.word if vote.partstat else "?" if vote.is_unknown else ""

    assert expected == told


def test_what_a_person_said_of_an_answer_counts(read: Read) -> None:
    """A kept meaning is taken in any case and accents; “none” is no answer and asks nothing; other words are still asked."""
    poll = read("Nom;Viendrez-vous ?\nA;FORMULE b\nB;Formule C\nC;Formule D\n", ";")
    kept = {"Formule B": meaning("oui").partstat, "Formule C": None}  # type: ignore[union-attr]
    told = polls.votes(poll, 0, meaning, kept)

    assert [(vote.partstat and vote.partstat.word, vote.is_unknown) for vote in told] == [
        ("accepted", False),
        (None, False),
        (None, True),
    ]


def test_a_yes_to_staying_away_is_asked(read: Read) -> None:
    """Under “Serez-vous absent ?” a bare yes is not taken for coming; whole sentences are what they say."""
    poll = read("Nom;Serez-vous absent ?\nA;Oui\nB;Je viens\n", ";")
    told = polls.votes(poll, polls.choose(poll, "absent"), meaning)

    assert [vote.is_unknown for vote in told] == [True, False]
    assert is_about_staying_away("Absence")
    assert is_about_staying_away("Votre présence : Non")
    assert not is_about_staying_away("Présence / absence")
    assert not is_about_staying_away("Participation (oui/non)")


@pytest.mark.parametrize(
    ("heading", "cell", "heads", "to_check"),
    [
        ("Combien serez-vous ?", "2", 2, False),
        ("Combien serez-vous ?", "deux", 2, False),
        ("Combien serez-vous ?", "2 adultes", 2, False),
        ("Combien serez-vous ?", "2 adultes et 1 enfant", 3, False),
        ("Combien serez-vous ?", "moi seule", 1, False),
        ("How many of you?", "two", 2, False),
        ("Combien serez-vous ?", "on verra", None, True),
        ("Combien serez-vous ?", "", None, False),
        ("Nombre d'accompagnants", "2", 3, False),
        ("Nombre d'accompagnants", "0", 1, False),
        ("Nombre de voitures", "2", None, False),
    ],
)
def test_numbers_are_read_cell_by_cell(
    read: Read, heading: str, cell: str, heads: int | None, to_check: bool
) -> None:
    """A number in figures or words counts; what cannot be read is to be checked, and the other line keeps its own."""
    poll = read(f"Nom,Viendrez-vous ?,{heading}\nAnn,Oui,{cell}\nBob,Oui,4\n")
    first, second = polls.votes(poll, polls.choose(poll), meaning)
    assert first.answer is not None
    assert second.answer is not None

    assert (first.answer.headcount, first.answer.number_to_check) == (heads, to_check)
    assert second.answer.headcount == {"Nombre d'accompagnants": 5, "Nombre de voitures": None}.get(
        heading, 4
    )


def test_grown_ups_and_children_are_added_up(read: Read) -> None:
    """Two columns of numbers are one party; a column for everybody outranks them."""
    parts = read("Nom,Viendrez-vous ?,Nombre d'adultes,Nombre d'enfants\nAnn,Oui,2,1\n")
    whole = read("Nom,Viendrez-vous ?,Nombre de personnes,Nombre d'enfants\nAnn,Oui,3,1\n")

    assert [poll.ballots[0].heads for poll in (parts, whole)] == [3, 3]


DOODLE = (
    "Sondage « Réunion »,,\nhttps://doodle.example/poll/abc,,\n,,\n,mars 2025,\n,lun. 31,\n,14:00 – 16:00,18:00 – 20:00\n"
    "Élodie Lefèvre,OK,\nYann Le Goff,,OK\nSean O'Connor,(OK),\nNombre,2,1\n"
)


def test_doodle(read: Read, said: Said) -> None:
    """Months and days stand above their hours, OK in brackets is a perhaps, nothing a no, and the sums are nobody's."""
    assert read(DOODLE).options == ("mars 2025 lun. 31 14:00 – 16:00", "mars 2025 lun. 31 18:00 – 20:00")
    assert said(DOODLE, "14:00") == [
        ("Élodie Lefèvre", "accepted"),
        ("Yann Le Goff", "declined"),
        ("Sean O'Connor", "tentative"),
    ]


def test_a_table_without_headings(read: Read, said: Said) -> None:
    """Its column is asked for by its letter, since nothing says what it means; a list of people without answers is no poll."""
    text = "Élodie Lefèvre;e@example.org;oui\nYann Le Goff;y@example.net;non\n"
    with pytest.raises(UserError, match="poll-column-needed"):
        polls.choose(read(text, ";"))
    assert said(text, "C", ";") == [("Élodie Lefèvre", "accepted"), ("Yann Le Goff", "declined")]

    with pytest.raises(UserError, match="not-a-poll"):
        read(text.replace("oui", "Lille").replace("non", "Hellemmes"), ";")
