"""Days that answers name, beside those of the meeting."""

from __future__ import annotations

from datetime import date

import pytest

from mailer.classify import names_another_day
from mailer.classify.free_text import understand
from mailer.model.finding import Answer, PartStat

MONDAY = date(2025, 3, 31)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Ok pour jeudi", "Ok"),
        ("Bonjour, je confirme ma présence au conseil du 8 avril à 18 h 30.", "je confirme ma présence"),
        ("Je viens le 8", "Je viens"),
        ("We will come on April 3rd, thank you", "We will come"),
        ("I'll be there on the 12th of May.", "I'll be there"),
        ("Ik kom donderdag", "Ik kom"),
        ("Ich komme am Freitag", "Ich komme"),
        ("présente le 14/04 !", "présente"),
        ("Merci. Nous serons là mercredi 2 avril.", "Nous serons là"),
        ("C'est bon pour moi le lundi 24 à 14 h.", "C'est bon pour moi"),
        ("Bien noté pour le comité du 3 avril, j'y serai.", "j'y serai"),
    ],
)
def test_another_day(text: str, evidence: str) -> None:
    """In the very clause that answers, a day is named, and it is not the meeting's."""
    assert names_another_day(text, evidence, MONDAY, MONDAY)


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        ("Ok pour lundi", "Ok"),
        ("Je viens le 31", "Je viens"),
        ("Je serai là le 31/03 à 14 h", "Je serai là"),
        ("Monday 31st of March works for me", "works for me"),
        ("Je viens, je vous appelle jeudi", "Je viens"),
        ("Oui. On se voit aussi vendredi ?", "Oui"),
        ("Nous serons 8", "Nous serons 8"),
        ("Je viens à 15 h avec 2 collègues", "Je viens"),
        ("I may come", "may come"),
        ("Présent lundi, pas mardi comme je l'avais écrit", "Présent"),
        ("Ok pour lundi ou mardi", "Ok"),
        ("Je représenterai le 3e étage du 12 rue Jean-Bart", "Je représenterai"),
        ("Inscription de 5 personnes pour le CCAS", "Inscription de 5 personnes"),
    ],
)
def test_the_meetings_day_or_none(text: str, evidence: str) -> None:
    """The day of the meeting, no day at all, or another one in another clause: nothing is odd."""
    assert not names_another_day(text, evidence, MONDAY, MONDAY)


def test_a_meeting_of_several_days() -> None:
    """Each of its days is its day."""
    assert not names_another_day("Ok pour mardi", "Ok", MONDAY, date(2025, 4, 1))
    assert names_another_day("Ok pour mercredi", "Ok", MONDAY, date(2025, 4, 1))


THURSDAY = date(2025, 6, 12)


@pytest.mark.parametrize(
    ("text", "partstat"),
    [
        ("Jeudi me va.", PartStat.ACCEPTED),
        ("Comptez-moi pour jeudi 12 juin !", PartStat.ACCEPTED),
        ("Je travaille jeudi, désolée.", PartStat.DECLINED),
        ("Je ne peux pas jeudi.", PartStat.DECLINED),
        ("Count me in for Thursday", PartStat.ACCEPTED),
        ("I can't make it on Thursday.", PartStat.DECLINED),
        ("Ik kan donderdag niet.", PartStat.DECLINED),
    ],
)
def test_the_meetings_own_weekday_and_month(text: str, partstat: PartStat) -> None:
    """What is said of the day of the meeting is understood whatever day that is, and the evidence is as written."""
    verdict = understand(text, day=THURSDAY)

    assert isinstance(verdict.claim, Answer)
    assert verdict.claim.partstat is partstat
    assert verdict.evidence in text


@pytest.mark.parametrize("text", ["Lundi me va.", "Va pour lundi"])
def test_what_would_be_a_yes_on_another_day(text: str) -> None:
    """A yes to a Monday is no answer to a meeting on a Thursday."""
    assert isinstance(understand(text).claim, Answer)
    assert not isinstance(understand(text, day=THURSDAY).claim, Answer)
