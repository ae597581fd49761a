"""Reading exports of Rallly, Nextcloud Polls and Google Forms."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mailer import polls
from mailer.errors import UserError
from mailer.jobs.poll import meaning
from tests.polls.conftest import Read, Said

PARIS = ZoneInfo("Europe/Paris")
RALLLY = """Nom,E-mail,Répondu le (Europe/Paris),lun. 31 mars 2025 14:00 - 16:00\r
Camille Julien,camille.julien@example.org,2025-03-12 09:41:22,Oui\r
Élodie Lefèvre,,2025-03-12 10:02:51,En cas de besoin\r
Dupont, Jean,jean.dupont@example.org,2025-03-13 08:00:00,Non"""
NEXTCLOUD = """Participants,Email address,2025-03-31T14:00:00.000+02:00/2025-03-31T16:00:00.000+02:00
Camille Julien,camille.julien@example.org,yes
Élodie Lefèvre,,maybe
Jean Dupont,jean.dupont@example.org,no
Sans réponse,sans@example.org,
"""
GOOGLE = """Horodateur,Adresse e-mail,Nom et prénom,Serez-vous présent(e) à la réunion du 31 mars ?,Nombre de personnes\r
12/03/2025 09:41:22,camille.julien@example.org,Camille Julien,Oui,2\r
12/03/2025 10:02:51,elodie@example.org,"Lefèvre, Élodie",Peut-être,1\r
13/03/2025 08:00:00,elodie@example.org,"Lefèvre, Élodie",Non,0\r
"""


class TestRallly:
    """A Rallly export without quotation marks is read."""

    def test_answers(self, said: Said) -> None:
        """A comma in a name does not shift Rallly's answers."""
        told = [("Camille Julien", "accepted"), ("Élodie Lefèvre", "tentative"), ("Dupont, Jean", "declined")]

        assert told == said(RALLLY)

    def test_moments_are_on_the_clock_of_the_heading(self, read: Read) -> None:
        """The time of a vote in Rallly is in the zone that the heading names."""
        ballots = read(RALLLY.replace("Europe/Paris", "America/Montreal")).ballots

        assert datetime(2025, 3, 12, 9, 41, 22, tzinfo=ZoneInfo("America/Montreal")) == ballots[0].said_at
        assert ballots[2].email == "jean.dupont@example.org"

    @pytest.mark.parametrize(
        "text",
        ["Name,Email,Mon 31 March 2025\nAnn,a@example.org,Yes\n", "Name,Mon 31 March 2025\nAnn,Yes\n"],
        ids=["without moments", "without addresses"],
    )
    def test_older_exports(self, said: Said, text: str) -> None:
        """Older Rallly exports without times, or without times and addresses, are read."""
        assert said(text) == [("Ann", "accepted")]

    def test_nothing_but_no_may_mean_nothing(self, read: Read) -> None:
        """A ballot of nothing but no from Rallly is reviewed, since a missing vote is also written as a no."""
        poll = read("Name,Email,A,B\nAnn,,No,No\nBob,,Yes,No\n")

        assert [vote.why for vote in polls.votes(poll, 0, meaning)] == ["nothing-but-no", ""]


class TestNextcloud:
    """The words of Nextcloud's CSV files and the signs of its spreadsheets are understood."""

    def test_answers(self, said: Said) -> None:
        """An empty cell of Nextcloud's is no answer."""
        told = [
            ("Camille Julien", "accepted"),
            ("Élodie Lefèvre", "tentative"),
            ("Jean Dupont", "declined"),
            ("Sans réponse", ""),
        ]

        assert told == said(NEXTCLOUD)

    def test_a_sheet_with_title_and_signs(self, said: Said) -> None:
        """Title and description are skipped; a cross in a spreadsheet may mean no or nothing, and is no answer."""
        text = "Réunion,\nUne description,\nParticipants,Lundi\nAnn,✔\nBob,❌\n"

        assert said(text) == [("Ann", "accepted"), ("Bob", "")]


class TestGoogleForms:
    """The question about coming is the one answered with yes and no."""

    def test_answers(self, said: Said, read: Read) -> None:
        """The last answer of a person counts, with its number."""
        assert said(GOOGLE) == [("Camille Julien", "accepted"), ("Lefèvre, Élodie", "declined")]
        assert read(GOOGLE).ballots[0].heads == 2

    @pytest.mark.parametrize(
        ("heading", "moment", "expected"),
        [
            ("Horodateur", "03/04/2025 09:41:22", datetime(2025, 4, 3, 9, 41, 22, tzinfo=PARIS)),
            ("Timestamp", "3/4/2025 9:41:22", datetime(2025, 3, 4, 9, 41, 22, tzinfo=PARIS)),
            ("Timestamp", "13/4/2025 9:41:22", datetime(2025, 4, 13, 9, 41, 22, tzinfo=PARIS)),
            ("Timestamp", "2025/03/12 9:41:22 PM GMT+1", datetime(2025, 3, 12, 21, 41, 22, tzinfo=PARIS)),
            ("Timestamp", "2025/03/12 12:05:00 AM GMT+1", datetime(2025, 3, 12, 0, 5, tzinfo=PARIS)),
            ("Horodateur", "99/99/2025 09:41", None),
            ("Horodateur", "", None),
        ],
    )
    def test_moments(self, read: Read, heading: str, moment: str, expected: datetime | None) -> None:
        """Day and month are in the order of the heading's language; what is no time gives none."""
        poll = read(f"{heading},Nom,Venez-vous ?\n{moment},Ann,Oui\n")

        assert expected == poll.ballots[0].said_at

    def test_free_wordings_two_names_and_branches(self, read: Read) -> None:
        """Long choices, separate questions for first and last name, and a question in two branches are read."""
        text = (
            "Horodateur,Nom,Prénom,Serez-vous là ?,Serez-vous là ?,Commentaire\n"
            '12/03/2025 09:41:22,Lefèvre,Élodie,"Oui, avec plaisir",,bonjour\n'
            '12/03/2025 09:42:22,Roux,Paul,,"Non, je serai absent",\n'
            "12/03/2025 09:43:22,Petit,Ève,Je ne sais pas encore,,\n"
        )
        poll = read(text)

        assert poll.options == ("Serez-vous là ?",)
        told = [
            (vote.ballot.name, vote.partstat and vote.partstat.word) for vote in polls.votes(poll, 0, meaning)
        ]
        assert told == [("Élodie Lefèvre", "accepted"), ("Paul Roux", "declined"), ("Ève Petit", "tentative")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n",
        "Nom;Prénom\n",
        "Civilité,Nom,Prénom,Organisme,Courriel\nMme,A,B,C,a@example.org\n",
        ",,\n,,\n",
    ],
)
def test_what_is_no_poll_is_refused(read: Read, text: str) -> None:
    """A file that no program is known to write is not taken for a poll."""
    with pytest.raises(UserError, match="not-a-poll"):
        read(text)
