"""Reading exports of Framadate, in its versions and languages, also saved again by a spreadsheet."""

from __future__ import annotations

import pytest

from mailer import polls
from mailer.errors import UserError
from mailer.jobs.poll import meaning
from tests.polls.conftest import Read, Said

DATES = ""","31/03/2025","01/04/2025",\r
,"14h-16h","'-",\r
"Camille Julien","Oui","Non",\r
"Élodie Lefèvre","Si nécessaire","Oui",\r
"M. Benoît ""Ben"" D'Haene","Non","Non",\r
"'@association des parents","Oui","Inconnu",\r
"'-Zoé","Inconnu","Inconnu",\r
"""
ANSWERS = [
    ("Camille Julien", "accepted"),
    ("Élodie Lefèvre", "tentative"),
    ('M. Benoît "Ben" D\'Haene', "declined"),
    ("@association des parents", "accepted"),
    ("-Zoé", ""),
]
TEXTS = """,Je participe à la réunion du 31 mars,Je serai représenté(e), merci,\r
"Camille Julien","Oui","Non",\r
"Élodie Lefèvre","Si nécessaire","Oui",\r
"""


def test_a_date_poll(said: Said, read: Read) -> None:
    """Two lines of headings name each day and hour; the apostrophe before a formula is removed."""
    assert read(DATES).options == ("31/03/2025 14h-16h", "01/04/2025")
    assert said(DATES, "31/03/2025") == ANSWERS


def test_a_date_poll_saved_again_by_a_spreadsheet(said: Said) -> None:
    """A file that Excel saved again, with semicolons and few quotation marks, is read."""
    text = DATES.replace(",", ";").replace('"', "").replace("M. Benoît Ben", 'M. Benoît "Ben"')
    saved = text.replace('M. Benoît "Ben" D\'Haene', '"M. Benoît ""Ben"" D\'Haene"')

    assert said(saved, "31/03", ";") == ANSWERS


def test_utf8_that_a_spreadsheet_misread(said: Said) -> None:
    """A file opened as cp1252 and saved as UTF-8 has every accent twice over; the words are understood."""
    misread = DATES.encode().decode("cp1252")

    assert [partstat for _, partstat in ANSWERS] == [told for _, told in said(misread, "31/03")]


@pytest.mark.parametrize(
    ("yes", "perhaps", "no", "nothing"),
    [
        ("Oui", "Si nécessaire", "Non", "Inconnu"),
        ("Yes", "Under reserve", "No", "Unknown"),
        ("Ja", "Unter Vorbehalt", "Nein", "Unbekannt"),
        ("Si", "En caso de ser necesario", "No", "Desconocido"),
        ("Sì", "Se necessario", "No", "Sconosciuto"),
        ("Ja", "Indien nodig", "Nee", "Onbekend"),
        ("Òc", "Se cal", "Non", "Inconnu"),
        ("Ya", "Marteze", "Ket", "Dianav"),
        ("Oui", "Si nécessaire", "Non", "unkown"),
    ],
    ids=["fr", "en", "de", "es", "it", "nl", "oc", "br", "1.1.17"],
)
def test_the_language_is_that_of_whoever_exports(
    said: Said, yes: str, perhaps: str, no: str, nothing: str
) -> None:
    """The four words of each language are understood, and the misspelt one of old versions."""
    text = (
        f',"3/31/25",\r\n,"14h",\r\n"a","{yes}",\r\n"b","{perhaps}",\r\n"c","{no}",\r\n"d","{nothing}",\r\n'
    )

    assert said(text) == [("a", "accepted"), ("b", "tentative"), ("c", "declined"), ("d", "")]


def test_a_comma_in_a_heading_that_was_not_quoted(read: Read) -> None:
    """A heading that 1.1.19 and older split at a comma is joined where the second part begins with a space."""
    assert read(TEXTS).options == (
        "Je participe à la réunion du 31 mars",
        "Je serai représenté(e), merci",
    )


def test_a_comma_that_leaves_two_ways_asks(read: Read) -> None:
    """Headings that can be joined in two ways are an error."""
    with pytest.raises(UserError, match="poll-headings-unclear"):
        read(TEXTS.replace(", merci", ",Merci"))


def test_headings_that_were_quoted(read: Read) -> None:
    """Headings with commas that are quoted, as later versions do, are read as they are."""
    text = TEXTS.replace(
        "Je participe à la réunion du 31 mars,Je serai représenté(e), merci",
        '"Oui, je viens","Je serai représenté(e), merci"',
    )

    assert read(text).options == ("Oui, je viens", "Je serai représenté(e), merci")


def test_nothing_but_no_from_an_old_server_may_mean_nothing(read: Read) -> None:
    """A ballot of nothing but no is reviewed if the file has no word for an option without a choice."""
    old = "\r\n".join(
        [',"31/03/2025","01/04/2025",', ',"14h","14h",', '"a","Non","Non",', '"b","Oui","Non",', ""]
    )
    told = {vote.ballot.name: vote.why for vote in polls.votes(read(old), 0, meaning)}
    plain = {vote.ballot.name: vote.why for vote in polls.votes(read(DATES), 0, meaning)}

    assert told == {"a": "nothing-but-no", "b": ""}
    assert {""} == set(plain.values())


def test_several_options_ask_for_one(read: Read) -> None:
    """A poll with several options is an error that names them, so that a person can choose one."""
    with pytest.raises(UserError, match="poll-column-needed") as refused:
        polls.choose(read(DATES))

    assert refused.value.values["options"] == "31/03/2025 14h-16h ; 01/04/2025"
