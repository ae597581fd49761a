"""How many people come, as the words of an answer tell it: for each rule what it counts, and what it must leave alone."""

from __future__ import annotations

import pytest

from mailer.classify.words import language_named, party, sentences, statements, tokenize

_NOBODY = (None, None, None, None, False)
"""What is read where no people are counted."""
_CHECK = (None, None, None, None, True)
"""What is read where people are named whose number is not known."""


def _so_many(number: int, least: int | None = None) -> tuple[int, int | None, None, None, bool]:
    return number, least, None, None, False


def _ages(number: int, adults: int | None, children: int) -> tuple[int, None, int | None, int, bool]:
    return number, None, adults, children, False


COUNTED = {
    "fr": {
        # everybody, by a number
        "Oui pour 3.": 3,
        "Ok pour nous 2": 2,
        "ok pr ns 2": 2,
        "Oui nous 3": 3,
        "Toujours d'accord, à nous deux.": 2,
        "Nous serons trois.": 3,
        "On sera 4": 4,
        "on sera 4 a+": 4,
        "Oui x2": 2,
        "Nous viendrons à 12.": 12,
        "Le club viendra à 12.": 12,
        "Oui, à 4 avec les filles": 4,
        "On vient à 3 avec les filles, elles resteront sages.": 3,
        "toujours trois": 3,
        "2 pers": 2,
        "Présents 2 personnes": 2,
        "Deux places s'il vous plaît.": 2,
        "Réservez deux places pour nous, merci.": 2,
        "Nous serons une petite dizaine.": 10,
        "Nous viendrons à une dizaine.": 10,
        "Nous serons vingt et un.": 21,
        "Nous serons quarante-deux.": 42,
        "Soit 7 personnes.": 7,
        "Nous serons trois, mon fils, sa femme et moi.": 3,
        "Nous serons deux, M. Royer et moi-même.": 2,
        "nous serons trois mon fils sa femme et moi merci": 3,
        "Présents à 3, dont un végétarien.": 3,
        "Réservation pour le club : 11 personnes, 2 végétariens, 1 sans gluten.": 11,
        "On sera toute la famille (4).": 4,
        "Nous serons quatre du conseil syndical, plus le gardien.": 5,
        "Cinq personnes et moi.": 6,
        "Nous sommes 2 de l'association.": 2,
        "Présents tous les deux.": 2,
        "Présents tous les 3.": 3,
        "Nous viendrons en couple.": 2,
        # a correction
        "Nous viendrons à trois au lieu de deux.": 3,
        "Nous ne serons pas trois mais deux.": 2,
        "On sera 2 et non 3.": 2,
        "Nous ne serons plus que 2, hélas.": 2,
        "J'avais dit 4, finalement nous serons 3.": 3,
        # a list with the writer
        "Ma femme, ma belle-mère et moi viendrons.": 3,
        "Mon mari et moi serons présents.": 2,
        "Thomas et moi serons présents, avec nos trois petits.": (5, None, 2, 3, False),
        "Claire et moi + les 2 petits": (4, None, 2, 2, False),
        "moi et quatre bénévoles": 5,
        "moi + 1": 2,
        "Comptez sur moi + 1": 2,
        "coucou nous on vient, moi ma mère et ma tante": 3,
        "Nous vous confirmons notre présence, Mme Da Costa et moi-même.": 2,
        "Mon compagnon et moi venons avec nos trois enfants.": (5, None, 2, 3, False),
        # companions
        "Je viens avec mes deux voisines, Josiane et Malika.": 3,
        "Je viendrai avec mes deux enfants.": (3, None, 1, 2, False),
        "Je viens avec un collègue.": 2,
        "+1": 2,
        "Oui, +1": 2,
        "+2 pour moi": 3,
        "Je serai accompagné de mon épouse.": 2,
        "Je serai accompagnée de M. Roux, de Mme Petit et d'un photographe.": 4,
        "Je viens, ma femme aussi.": 2,
        "Je viens et mon mari m'accompagne.": 2,
        "Mon aide Fatima m'accompagne.": 2,
        "Comptez sur ma présence ainsi que celle de mon adjoint.": 2,
        "Je serai là ainsi que trois résidents du foyer.": 4,
        "Je viens avec ma canne et mon aide à domicile.": 2,
        "Je viens avec ma fille, son père étant en déplacement.": 2,
        "Je serai seule avec ma sœur.": 2,
        "Je viens avec ma soeur et mon chien.": 2,
        "Je viens avec mes parents.": 3,
        "Je serai présent avec 2 agents.": 3,
        # those who are named
        "L'association Barrio sera représentée par Anne Roux et Luc Petit.": 2,
        "L'association sera représentée par M. Roux.": 1,
        "Notre association sera représentée par deux membres du bureau.": 2,
        "Monsieur et Madame Delattre seront présents.": 2,
        "M. et Mme Delattre seront présents.": 2,
        "M. Roux, directeur, et Mme Petit, adjointe, assisteront à la réunion.": 2,
        "Une délégation de cinq élus sera présente.": 5,
        "Deux agents de notre service seront présents, ainsi que moi-même.": 3,
        "Nous vous confirmons la participation de deux membres de notre bureau.": 2,
        # alone
        "Je viendrai seul.": 1,
        "Je viens sans mes enfants.": 1,
        "Je viens, gardez-moi une chaise.": 1,
        "Mon mari ne pourra pas m'accompagner, je viendrai seule.": 1,
        # ranges
        "Nous serons 4 ou 5.": (5, 4, None, None, False),
        "Nous serons entre 3 et 5.": (5, 3, None, None, False),
        "Nous viendrons à 2-3 personnes.": (3, 2, None, None, False),
        "On vient, au minimum 3 et au maximum 5.": (5, 3, None, None, False),
        "Nous serons 3 à 4 personnes.": (4, 3, None, None, False),
        # adults and children
        "On sera 5 dont 2 enfants": (5, None, 3, 2, False),
        "comptez 2 adultes et 3 petits": (5, None, 2, 3, False),
        "4 adultes et 3 enfants": (7, None, 4, 3, False),
        "Inscription repas : 3 adultes, 1 ado, 1 bébé.": (5, None, 3, 2, False),
        "Je viens avec mon bébé de 6 mois": (2, None, 1, 1, False),
        "Je viens avec ma fille de 12 ans": (2, None, 1, 1, False),
    },
    "en": {
        "There'll be the four of us.": 4,
        "Count us in, x3": 3,
        "There will be three of us.": 3,
        "The three of us are coming.": 3,
        "Yes for 3.": 3,
        "Please put us down for three.": 3,
        "My wife and I will be there.": 2,
        "My wife, my mother and I will attend.": 3,
        "I'll attend together with my colleague Ana Sousa.": 2,
        "I'll bring two colleagues.": 3,
        "+1": 2,
        "Plus one for me.": 2,
        "Both of us will be there.": 2,
        "I will come alone.": 1,
        "We will be three or four.": (4, 3, None, None, False),
        "We will be between 10 and 12.": (12, 10, None, None, False),
        "Count us in, two adults and a toddler.": (3, None, 2, 1, False),
        "There will be five of us, two grown-ups and three kids.": (5, None, 2, 3, False),
        "There will be five of us, including two children.": (5, None, 3, 2, False),
        "I am coming with my two kids.": (3, None, 1, 2, False),
        "We will be represented by Ana Roux and Luc Petit.": 2,
        "Mr Roux and Ms Petit will attend the meeting.": 2,
        "We will be three instead of two.": 3,
        "I will come with my wife and my dog.": 2,
        "Half a dozen of us will come.": 6,
    },
    "nl": {
        "Wij komen met z'n drieën.": 3,
        "Ja, met zijn tweeën.": 2,
        "We komen met drie.": 3,
        "Wij komen met vier personen.": 4,
        "Mijn vrouw en ik komen graag.": 2,
        "Ik kom met mijn vrouw.": 2,
        "Ik kom samen met mijn collega Bart.": 2,
        "Ik breng twee collega's mee.": 3,
        "Ik kom graag, +1": 2,
        "We komen met drie of vier.": (4, 3, None, None, False),
        "We komen met vijf, waarvan twee kinderen.": (5, None, 3, 2, False),
        "Wij komen met 2 volwassenen en 3 kinderen.": (5, None, 2, 3, False),
        "Ik kom alleen.": 1,
    },
    "de": {
        "Wir kommen zu viert.": 4,
        "Wir kommen gern zu dritt.": 3,
        "Wir sind vier Personen.": 4,
        "Meine Frau und ich kommen.": 2,
        "Ich komme mit meiner Frau.": 2,
        "Ich bringe zwei Kollegen mit.": 3,
        "Ich nehme teil, meine Frau ebenfalls.": 2,
        "Wir kommen zu dritt oder zu viert.": (4, 3, None, None, False),
        "Wir sind zu fünft, davon zwei Kinder.": (5, None, 3, 2, False),
        "Wir kommen mit zwei Erwachsenen und drei Kindern.": (5, None, 2, 3, False),
        "Wir beide kommen.": 2,
        "Ich komme allein.": 1,
    },
}
UNKNOWN = {
    "fr": [
        "On vient avec les enfants !",
        "On débarque avec toute la tribu !",
        "Je viendrai avec quelques voisins.",
        "Je serai là avec plusieurs collègues.",
        "Nous viendrons en famille.",
        "Nous serons plusieurs.",
        "Je viens avec mes frangins du rugby.",
        "Je viens avec mes mousquetaires.",
    ],
    "en": [
        "We are coming with the whole family.",
        "I'll bring some friends.",
        "I will come with several colleagues.",
    ],
    "nl": ["Ik kom met enkele collega's.", "Wij komen met het hele gezin."],
    "de": ["Wir kommen mit der ganzen Familie.", "Ich komme mit mehreren Kollegen."],
}
NO_PEOPLE = {
    "fr": [
        "Je viendrai.",
        "Je viendrai à 18 heures.",
        "Je serai là à 18h30.",
        "Je serai là vers 3 heures.",
        "Je viendrai le 12 mars.",
        "Je viendrai jeudi 12.",
        "Je viendrai le 12/03.",
        "Je viens, mon numéro est le 06 12 34 56 78.",
        "Je viens, j'habite au lot 14.",
        "Je viens, appartement 12, 3e étage.",
        "Je viens, 3, avenue Foch.",
        "Je viens, j'habite 12 rue des Lilas.",
        "Je viens, je paierai les 40 euros sur place.",
        "Je viens, j'ai payé 18 500 €.",
        "Je viens, mon fils a 6 ans.",
        "Je viendrai aux 2 réunions.",
        "Je viendrai, je voterai à 2 voix.",
        "Je viens avec mes 2 chiens.",
        "Je viens avec mon chien.",
        "Je viendrai avec 3 pouvoirs.",
        "Je viens, salle 4.",
        "Je viendrai avec 2 voitures.",
        "Je viens, nous avons 25 adhérents.",
        "Je viens avec plaisir.",
        "Je viens avec mon vélo.",
        "Je viens avec ma canne.",
        "Je viendrai, avec mes remerciements.",
        "Je viens, avec mes respectueuses salutations, André Quémener",
        "Je viens, par l'A23.",
        "Je viens, en classe de 5B.",
        "Je viens ; nous étions 3 l'an passé.",
        "Oui pour la réunion, non pour le verre.",
        "Je viens, merci à M. Roux et Mme Petit.",
        "Je viens, je vois avec mon chef.",
        "J'ai parlé avec ma femme et je viendrai.",
        "Je viens, mon mari ne peut pas venir.",
        "Je viens, il me faut 20 minutes.",
        "Je viens avec une tarte.",
        "Combien serez-vous ? 50 personnes ?",
        "Je viens au stand numéro 7.",
    ],
    "en": [
        "I will come.",
        "I will come at 3 pm.",
        "I will come on 12 March.",
        "I will come on Thursday 12.",
        "I will come, flat 12.",
        "I will come by bus 4.",
        "I will come with my dog.",
        "I will come with pleasure.",
        "I will come to the two meetings.",
        "I will come, it takes 20 minutes.",
        "I will come, I paid 40 euros.",
        "I will come, my son is 6 years old.",
        "I checked with my boss and I will come.",
        "I will come, my husband can not come.",
        "I will come without my children.",
    ],
    "nl": [
        "Ik kom graag.",
        "Ik kom om 3 uur.",
        "Ik kom op 12 maart.",
        "Ik kom met de trein.",
        "Ik kom met plezier.",
        "Ik kom met bus 4.",
        "Ik kom met mijn hond.",
        "Ik kom, mijn man kan niet komen.",
    ],
    "de": [
        "Ich komme gern.",
        "Ich komme um 3 Uhr.",
        "Ich komme am 12. März.",
        "Ich komme mit dem Zug.",
        "Ich komme mit Freude.",
        "Ich komme mit meinem Hund.",
        "Kein Problem, ich bin dabei.",
        "Ich komme, mein Mann kann nicht kommen.",
    ],
}


def _party(name: str, text: str) -> tuple[int | None, int | None, int | None, int | None, bool]:
    language = language_named(name)
    cut = sentences(text, tokenize(text), language)
    come = party(cut, statements(cut, language), language)
    return come.number, come.least, come.adults, come.children, come.to_check


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        (name, text, _so_many(said) if isinstance(said, int) else said)
        for name, rows in COUNTED.items()
        for text, said in rows.items()
    ],
)
def test_people_are_counted(name: str, text: str, expected: tuple[object, ...]) -> None:
    """The number, its lower end, and adults and children are those that the words tell."""
    assert _party(name, text) == expected


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, rows in UNKNOWN.items() for text in rows])
def test_people_without_a_number_are_to_be_checked(name: str, text: str) -> None:
    """Companions whose number is not known are never dropped."""
    assert _party(name, text) == _CHECK


@pytest.mark.parametrize(
    ("name", "text"), [(name, text) for name, rows in NO_PEOPLE.items() for text in rows]
)
def test_what_is_no_people_is_not_counted(name: str, text: str) -> None:
    """Hours, dates, addresses, ages, prices, animals, things, and people who do not come are no headcount."""
    assert _party(name, text) == _NOBODY
