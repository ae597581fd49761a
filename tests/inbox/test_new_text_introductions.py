"""The new text of plain replies, for each mail program's way of introducing the earlier mail, in many languages."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.inbox.new_text import split_body

EARLIER = """Bonjour Marie,

Vous êtes invitée à la réunion publique, lundi 31 mars de 14 h à 16 h.
Répondez : je viens / je ne viens pas

Camille Julien
Mairie d'Hellemmes
03 20 00 00 00"""
MARKED = "\n".join(f"> {line}".rstrip() for line in EARLIER.split("\n"))


@dataclass(frozen=True)
class Introduction:
    """A way to introduce the earlier mail, and whether the program marks its lines with ``>``."""

    program: str
    language: str
    marks: str
    text: str

    def __str__(self) -> str:
        return f"{self.program} ({self.language})"


def _introductions() -> list[Introduction]:
    table = Path(__file__).with_name("introductions.tsv").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    return [
        Introduction(program, language, marks, text.replace("\\n", "\n"))
        for program, language, marks, text in rows
    ]


INTRODUCTIONS = _introductions()
MARKING = [one for one in INTRODUCTIONS if one.marks != "no"]
UNMARKING = [one for one in INTRODUCTIONS if one.marks != "yes"]

TYPED = {
    "letter": "Bonjour,\n\nJe viendrai avec plaisir, nous serons deux.\n\nCordialement,\nMarie Dupont",
    "word": "oui",
    "begins as an introduction": "Le 31 mars je ne suis pas là.\nDésolée !",
    "date and time": "Le 31 mars à 14h, c'est noté",
    "labels": "Réponse : oui.\nQuestion : où se garer ?",
    "ends in a colon": "Je vous confirme ma présence :",
}
GAPS = ("\n", "\n\n")


@pytest.mark.parametrize("introduction", MARKING, ids=str)
def test_above_a_marked_quotation(introduction: Introduction) -> None:
    """Text typed above is returned exactly, whatever introduces the quotation and however closely it follows."""
    for typed, gap, space in product(TYPED.values(), GAPS, GAPS):
        assert typed == split_body(f"{typed}{gap}{introduction.text}{space}{MARKED}\n").text


@pytest.mark.parametrize("introduction", UNMARKING, ids=str)
def test_above_an_unmarked_quotation(introduction: Introduction) -> None:
    """Text typed above an unmarked quotation is returned exactly, without a word of the invitation."""
    for typed, gap, space in product(TYPED.values(), GAPS, GAPS):
        assert typed == split_body(f"{typed}{gap}{introduction.text}{space}{EARLIER}\n").text


@pytest.mark.parametrize("introduction", MARKING, ids=str)
def test_below_a_marked_quotation(introduction: Introduction) -> None:
    """Text typed below is returned exactly, even without a blank line between (Claws Mail, Thunderbird)."""
    for typed in TYPED.values():
        assert typed == split_body(f"{introduction.text}\n{MARKED}\n{typed}\n").text


@pytest.mark.parametrize("introduction", INTRODUCTIONS, ids=str)
def test_nothing_typed(introduction: Introduction) -> None:
    """A reply in which nothing was typed has no new text, and its quotation is kept."""
    earlier = EARLIER if introduction.marks == "no" else MARKED

    read = split_body(f"{introduction.text}\n{earlier}\n")

    assert read.text == ""
    assert "je ne viens pas" in read.quoted


WORDS = st.sampled_from(
    [
        "oui",
        "non",
        "je viendrai",
        "nous serons deux",
        "le 31 mars",
        "à 14h",
        "merci",
        "Camille",
        "Où se garer ?",
        "Désolée !",
        "d'accord,",
        "31/03/2025",
        "mardi",
    ]
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=6).map(" ".join)
LETTERS = st.lists(SENTENCES, min_size=1, max_size=5).map("\n".join)


@given(typed=LETTERS, introduction=st.sampled_from(INTRODUCTIONS), below=st.booleans())
def test_any_letter_with_any_introduction(typed: str, introduction: Introduction, below: bool) -> None:
    """Any text typed around any quotation is returned exactly."""
    earlier = EARLIER if introduction.marks == "no" else MARKED
    quotation = f"{introduction.text}\n{earlier}"
    mail = f"{quotation}\n{typed}" if below and introduction.marks != "no" else f"{typed}\n\n{quotation}"

    assert typed == split_body(mail).text


@given(typed=LETTERS, introduction=st.sampled_from(MARKING), pieces=st.integers(min_value=1, max_value=4))
def test_answers_in_between(typed: str, introduction: Introduction, pieces: int) -> None:
    """Answers between the parts of a quotation are returned in order, and nothing else."""
    mail = introduction.text + "".join(f"\n> Question {number} ?\n\n{typed}\n" for number in range(pieces))

    assert "\n\n".join([typed] * pieces) == split_body(mail).text


OWN = {
    "no verb": "On the surface, all is well.\n\nOn average, it works.",
    "told by the writer": "Comme je vous l'ai écrit le 12 mars :\nje viendrai.",
    "told of another": "Le 12 mars, votre collègue m'a écrit :\nla salle est fermée.",
    "told in English": "As I wrote on 12 March:\nI will come.",
    "dates": "Mes disponibilités :\n\n2025-03-14 14:30\n15.03.2025 14:30\n31/03/2025 à 14h\n\nMerci.",
    "labels of a form": "Nom : Dupont\nPrénom : Marie\nDate : 31 mars\nNombre : 2",
    "from and to": "De : 14h\nÀ : 16h\nJe serai là.",
    "a formal letter": "De : l'association du quartier\nÀ : la mairie\nObjet : confirmation\n\nNous serons trois.",
    "rules": "Voici :\n\n----\n\n1. Oui.\n\n====\n\n2. Non.",
    "a receipt": "Votre message\n\n   À : Direction\n   Objet : Invitation\n   Envoyé : mardi 18 mars 2025 09:12\n\na été lu le mercredi 19 mars 2025 07:48.",
    "code": "Voici :\n\n```\n# ne pas supprimer\n####\n```\n\nFin.",
    "arrow": "-> oui pour moi\n=> nous serons deux",
}


@pytest.mark.parametrize("text", OWN.values(), ids=OWN)
def test_writers_own_words(text: str) -> None:
    """Text that only looks like an introduction is kept."""
    assert text.split() == split_body(text).text.split()


def test_wrapped_twice() -> None:
    """The end of a quoted line that was wrapped again is quoted, although it lost its quote mark."""
    mail = (
        "Oui.\n\nLe 13 mars 2025 à 09:14, Camille Julien a écrit :\n"
        "> Vous êtes invitée à la réunion publique de présentation du diagnostic, rép\nondez : je viens\n> Camille\n"
    )

    assert split_body(mail).text == "Oui."


def test_reply_above_this_line() -> None:
    """Everything below the line of a ticketing system ("reply above this line") is quoted."""
    assert (
        split_body("Oui.\n\n## Merci de répondre au-dessus de cette ligne ##\n\nBonjour Marie").text == "Oui."
    )
