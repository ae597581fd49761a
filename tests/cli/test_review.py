"""``mailer review`` at a real terminal and as a list: what is shown, and what a second person is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from mailer import campaign as campaigns
from mailer.jobs import standings
from mailer.ledger import UNINVITED
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import TASKS, Answer, CalendarLine, Claim, Finding, MailKind, PartStat, Unclear
from mailer.store import Store
from mailer.store.sql import open_store
from tests.cli.terminal import Terminal
from tests.registered import enrol
from tests.workspaces import BEGINS, SLUG, sample

AT = BEGINS + timedelta(days=1)
NOW = (BEGINS + timedelta(days=2)).isoformat()
ASKED, FINISHED = "[Entrée] plus tard", "[Entrée] terminer"


@dataclass(slots=True)
class Place:
    """A workspace with its ledger."""

    path: Path
    store: Store

    def heard(
        self,
        claim: Claim,
        who: str = "ana@example.org",
        *,
        why: str = "",
        text: str = "Des mots.",
        sender: str = "",
        name: str = "",
        kind: MailKind = MailKind.REPLY,
        calendar: CalendarLine | None = None,
        attachments: tuple[str, ...] = (),
    ) -> None:
        """A mail comes."""
        known = {one.email: one.ref for one in standings.record(self.store, SLUG).roll}
        fact = Heard(
            Finding("rule", kind, claim, text=text, calendar=calendar, evidence="mots"),
            AT,
            Trust.SENDER,
            held=bool(why),
            why=why,
            sender=sender or who,
            sender_name=name,
            subject="Re: \x1b[31mRéunion [bold]ici[/bold]",
            attachments=attachments,
        )
        self.store.append([Entry(SLUG, known.get(who, ""), AT, Channel.TEXT, fact)])

    def terminal(self, *options: str, **more: str) -> Terminal:
        """Start the program at a terminal of its own."""
        command = ["--workspace", str(self.path), "--now", NOW, "review", SLUG, *options]
        return Terminal(command, self.path, **more)

    def answers(self) -> dict[str, str]:
        """Everybody's answer by address."""
        rows = standings.record(self.store, SLUG).rows()
        return {row.contact.email or row.contact.name: row.standing.partstat.word for row in rows}

    def shown(self, *options: str) -> str:
        """Return what ``--list`` shows, in one line."""
        with self.terminal("--list", *options) as terminal:
            assert terminal.status() == 1
            text = re.sub(r"\x1b\[[0-9;]*m", "", terminal.shown)
        assert "\x1b" not in text
        return re.sub(r"[\s\u00a0\u202f]+", " ", text)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """Two people are invited to an open meeting."""
    path = sample(tmp_path / "mairie")
    (path / "data").mkdir(exist_ok=True)
    store = open_store(f"sqlite:///{path / 'data' / 'mailer.sqlite'}")
    people = [
        Contact(f"{first.lower()}@example.org", first_name=first, last_name="Petit")
        for first in ("Ana", "Paul")
    ]
    enrol(store, SLUG, [campaigns.invitee(store.secret(), SLUG, (one,)) for one in people], BEGINS)
    yield Place(path, store)
    store.close()


def test_everything_of_a_mail_is_shown_and_nothing_of_it_is_obeyed(place: Place) -> None:
    """Sender, subject, attached files and all new words; escapes and markup are text."""
    words = "\n".join(f"ligne {n}" for n in range(60))
    place.heard(
        Unclear(Answer(PartStat.ACCEPTED)),
        text=words,
        name="Ana P.",
        attachments=("coupon.pdf", "plan\x1b]0;x\x07.png"),
    )
    shown = place.shown()

    assert "De : Ana P. <ana@example.org>" in shown
    assert "Objet : Re: [31mRéunion [bold]ici[/bold]" in shown
    assert "Pièces jointes : coupon.pdf, plan ]0;x .png" in shown
    assert all(f"| ligne {n} |" in shown for n in range(59))
    assert "dit sans doute : oui" in shown


def test_a_proposed_time_is_shown_with_day_and_hours(place: Place) -> None:
    """In the zone of the meeting; one key closes it, and the answer stays."""
    starts = AT.replace(hour=17)
    line = CalendarLine("COUNTER", "u", proposed_starts=starts, proposed_ends=starts + timedelta(hours=2))
    place.heard(Unclear(None, "counter-proposal"), kind=MailKind.CALENDAR_COUNTER, calendar=line)
    assert "Horaire proposé : vendredi 14 mars 2025 de 17 h à 19 h" in place.shown()

    with place.terminal() as terminal:
        terminal.expect(ASKED)
        terminal.press("f\r")
        terminal.expect(FINISHED)
        terminal.press("\r")
        assert terminal.status() == 0
    assert place.answers() == {"ana@example.org": "none", "paul@example.org": "none"}


def test_only_a_question_is_said_to_be_one(place: Place) -> None:
    """Something else that is said besides an answer is told as that."""
    place.heard(Answer(PartStat.ACCEPTED, asks=True), text="Oui. Faut-il une pièce d'identité ?")
    place.heard(
        Answer(PartStat.ACCEPTED, asks=True), "paul@example.org", text="Oui, et je souhaite suivre la suite."
    )
    shown = place.shown("--glance")

    assert shown.count("une question") == 1
    assert shown.count("autre chose encore") == 1
    assert standings.record(place.store, SLUG).reviews == ()


def test_tasks_are_done_by_one_key(place: Place) -> None:
    """Whatever there is to do: the key for done closes it, and leaves every answer as it was."""
    for code in sorted(TASKS):
        place.heard(Unclear(None, code), why=code)
    with place.terminal() as terminal:
        terminal.expect("[f]ait")
        terminal.press("f\r" * len(TASKS))
        terminal.expect(FINISHED)
        assert terminal.shown.count("[f]ait") == len(TASKS)
    assert standings.record(place.store, SLUG).reviews == ()
    assert place.answers() == {"ana@example.org": "none", "paul@example.org": "none"}


def test_two_people_decide_the_same_thing(place: Place) -> None:
    """Both have the question before them: the second is told who decided what, and nothing is written twice."""
    place.heard(Unclear(Answer(PartStat.ACCEPTED)))
    with (
        place.terminal(LOGNAME="rachid", USER="rachid") as first,
        place.terminal(LOGNAME="camille") as second,
    ):
        first.expect(ASKED)
        second.expect(ASKED)
        first.press("n\r")
        first.expect(FINISHED)
        written = list(place.store.entries(SLUG))
        second.press("o\r")
        second.expect("rachid l’a déjà décidé")
        assert second.status() == 0
        assert "non. Rien n’a été changé" in second.shown.replace("\u00a0", " ")
    assert list(place.store.entries(SLUG)) == written
    assert place.answers()["ana@example.org"] == "declined"


def test_ctrl_c_keeps_what_was_decided(place: Place) -> None:
    """It says how many decisions are recorded, and how many things wait."""
    place.heard(Unclear(Answer(PartStat.ACCEPTED)))
    place.heard(Unclear(Answer(PartStat.ACCEPTED)), "paul@example.org")
    with place.terminal() as terminal:
        terminal.expect(ASKED)
        terminal.press("n\r")
        terminal.expect("Enregistré")
        terminal.expect("Paul Petit")
        terminal.interrupt()
        assert terminal.status() == 1
        assert "1 décision est notée. La réponse de 1 personne attend" in terminal.shown
    assert place.answers() == {"ana@example.org": "declined", "paul@example.org": "none"}


def test_undo_goes_back_as_far_as_something_was_decided(place: Place) -> None:
    """Twice: both wait again, and the ledger has grown by what took them back."""
    place.heard(Unclear(Answer(PartStat.ACCEPTED)))
    place.heard(Unclear(Answer(PartStat.ACCEPTED)), "paul@example.org")
    with place.terminal() as terminal:
        terminal.expect(ASKED)
        terminal.press("n\rn\r")
        terminal.expect(FINISHED)
        assert set(place.answers().values()) == {"declined"}
        terminal.press("a\ra\ra\r")
        terminal.expect("Il n’y a rien à annuler.")
    assert set(place.answers().values()) == {"none"}
    assert len(standings.record(place.store, SLUG).reviews) == 2


@pytest.mark.parametrize(("keys", "here"), [("t\r", 3), ("n\r", 0), ("u\ro\r\rx\rx\r", 1)])
def test_newcomers_are_decided_together(place: Place, keys: str, here: int) -> None:
    """All, none, or one by one; who else waits is asked about as ever."""
    for name in ("Zoé", "Max", "Léa"):
        sender = f"{name[0].lower()}@example.net"
        place.heard(Answer(PartStat.ACCEPTED), "", why=UNINVITED, sender=sender, name=f"{name} Neuf")
    place.heard(Unclear(Answer(PartStat.ACCEPTED)))
    with place.terminal() as terminal:
        terminal.expect(ASKED)
        assert "Zoé Neuf <z@example.net> — oui" in terminal.shown
        terminal.press(keys)
        terminal.press("n\r")
        terminal.expect(FINISHED)
    newcomers = [answer for email, answer in place.answers().items() if email.endswith("example.net")]
    assert newcomers == ["accepted"] * here
    assert place.answers()["ana@example.org"] == "declined"
    assert standings.record(place.store, SLUG).reviews == ()


def test_one_newcomer_is_asked_about_like_anybody(place: Place) -> None:
    """A group is of two at least; Enter says that it is whoever wrote."""
    place.heard(Answer(PartStat.ACCEPTED), "", why=UNINVITED, sender="z@example.net", name="Zoé Neuf")
    with place.terminal() as terminal:
        terminal.expect(ASKED)
        assert "[t]outes" not in terminal.shown
        terminal.press("o\r\r")
        terminal.expect(FINISHED)
    assert place.answers()["z@example.net"] == "accepted"


def test_where_only_invited_people_come_newcomers_are_asked_about_one_by_one(place: Place) -> None:
    """A meeting that is not open to everybody has no group of them."""
    file = place.path / "config" / "campaigns" / f"{SLUG}.toml"
    file.write_text(file.read_text("utf-8").replace('uninvited = "accept"', 'uninvited = "hold"'), "utf-8")
    for name in ("z", "m"):
        place.heard(Answer(PartStat.ACCEPTED), "", why=UNINVITED, sender=f"{name}@example.net")
    with place.terminal() as terminal:
        terminal.expect(ASKED)

        assert "[i]nscrire" in terminal.shown
        assert "[t]outes" not in terminal.shown


def test_who_is_replaced_waits_no_more(place: Place) -> None:
    """The colleague has a line of their own, and what was decided is not asked about again."""
    place.heard(Answer(PartStat.DECLINED, 1, "Zoé Neuf", asks=True), text="Non, Zoé Neuf viendra.")
    with place.terminal() as terminal:
        terminal.expect(ASKED)
        terminal.press("r\r")
        terminal.expect("Prénom et nom")
        terminal.press("Zoé Neuf\r")
        terminal.press("\r\r")
        terminal.expect(FINISHED)
    assert standings.record(place.store, SLUG).reviews == ()
    assert place.answers() == {
        "ana@example.org": "delegated",
        "paul@example.org": "none",
        "Zoé Neuf": "accepted",
    }


def numbers(place: Place) -> dict[str, tuple[str, int | None]]:
    """Everybody's answer and number by address."""
    rows = standings.record(place.store, SLUG).rows()
    return {row.contact.email: (row.standing.partstat.word, row.party_size) for row in rows}


class TestNumber:
    """A key corrects the number of an answer."""

    @pytest.mark.parametrize(
        ("claim", "wanted"),
        [
            (Answer(PartStat.ACCEPTED, number_to_check=True, remark="avec des amis"), "accepted"),
            (Unclear(Answer(PartStat.TENTATIVE, 9)), "tentative"),
            (Unclear(Answer(PartStat.DECLINED)), "accepted"),
            (Unclear(), "accepted"),
        ],
        ids=["number-to-check", "perhaps", "no", "nothing"],
    )
    def test_is_typed(self, place: Place, claim: Claim, wanted: str) -> None:
        """It takes a whole number, and the remark stays; the answer of the other one is as it was."""
        place.heard(claim)
        place.heard(Answer(PartStat.ACCEPTED, 2), "paul@example.org")
        with place.terminal() as terminal:
            terminal.expect(ASKED)
            terminal.press("v\rtrois\r3\r")
            terminal.expect("« trois » n’est pas un nombre de personnes")
            terminal.expect("Enregistré")
            terminal.expect(FINISHED)
            terminal.press("\r")
            assert terminal.status() == 0
        assert numbers(place) == {"ana@example.org": (wanted, 3), "paul@example.org": ("accepted", 2)}
        ana = standings.record(place.store, SLUG).rows()[0].standing
        assert ana.comment == ("avec des amis" if isinstance(claim, Answer) else "")

    def test_nothing_typed_decides_nothing(self, place: Place) -> None:
        """The same question is asked again."""
        place.heard(Unclear(Answer(PartStat.ACCEPTED)))
        with place.terminal() as terminal:
            terminal.expect(ASKED)
            terminal.press("v\r\r\r")
            assert terminal.status() == 1
        assert numbers(place)["ana@example.org"] == ("none", None)

    @pytest.mark.parametrize(("keys", "answer"), [("N\r", ("none", None)), ("o\r", ("accepted", 40))])
    @pytest.mark.parametrize("typed", [True, False])
    def test_more_than_twenty_are_asked_again(
        self, place: Place, keys: str, answer: tuple[str, int | None], typed: bool
    ) -> None:
        """Also where the mail said the number; no is the default."""
        place.heard(Answer(PartStat.ACCEPTED, 2 if typed else 40), why="many-people-come")
        with place.terminal() as terminal:
            terminal.expect(ASKED)
            terminal.press("v\r40\r" if typed else "o\r")
            terminal.expect("40 personnes : est-ce bien voulu ?")
            terminal.press(keys)
            terminal.expect(FINISHED if answer[1] else "plus tard")
            terminal.press("\r")
            terminal.status()
        assert numbers(place)["ana@example.org"] == answer


class TestGlance:
    """What was recorded from words is looked over on one screen."""

    @pytest.fixture
    def looked(self, place: Place) -> Place:
        """A range with a remark, a question, and a sure answer of somebody else."""
        place.heard(
            Answer(PartStat.ACCEPTED, 4, least=3, remark="j'arriverai à 15 h", glance=True),
            text="On sera 3 ou 4, j'arriverai à 15 h.",
        )
        place.heard(Answer(PartStat.DECLINED, asks=True), "paul@example.org", text="Non. Un compte rendu ?")
        return place

    def glances(self, place: Place) -> list[str]:
        """The words that are still to be looked over."""
        found = (item.entry.fact for item in standings.record(place.store, SLUG).glances)
        return [fact.finding.text for fact in found if isinstance(fact, Heard)]

    def test_list(self, looked: Place) -> None:
        """Person, reading, remark and reason stand beside the words, and nothing is decided."""
        shown = looked.shown("--glance")

        for text in (
            "Ana Petit",
            "oui (3 ou 4)",
            "j'arriverai à 15 h",
            "On sera 3 ou 4",
            "Paul Petit",
            "question",
        ):
            assert text in shown
        assert len(self.glances(looked)) == 2
        assert numbers(looked) == {"ana@example.org": ("accepted", 4), "paul@example.org": ("declined", None)}

    def test_one_key_confirms_all(self, looked: Place) -> None:
        """The answers stay as they are, and a fresh reading finds nothing."""
        before = numbers(looked)
        with looked.terminal("--glance") as terminal:
            terminal.expect("[t]outes sont justes")
            terminal.press("t\r")
            terminal.expect("2 réponses sont confirmées.")
            assert terminal.status() == 0
        assert (self.glances(looked), numbers(looked)) == ([], before)
        assert standings.record(looked.store, SLUG).rows()[0].standing.comment == "j'arriverai à 15 h"
        with looked.terminal("--glance") as terminal:
            assert terminal.status() == 0
            assert "Rien n’est à relire." in terminal.shown

    def test_what_is_wrong_is_decided_one_by_one(self, looked: Place) -> None:
        """Its number is typed first; the others are confirmed, and then it is asked about."""
        with looked.terminal("--glance") as terminal:
            terminal.expect("[t]outes sont justes")
            terminal.press("7\r1\r")
            terminal.expect("« 7 » n’est ni")
            terminal.expect("[t]outes les autres sont justes")
            terminal.press("t\r")
            terminal.expect("1 réponse est confirmée.")
            terminal.expect(ASKED)
            assert self.glances(looked) == ["On sera 3 ou 4, j'arriverai à 15 h."]
            terminal.press("v\r3\r")
            terminal.expect(FINISHED)
            terminal.press("\r")
            assert terminal.status() == 0
        assert self.glances(looked) == []
        assert numbers(looked) == {"ana@example.org": ("accepted", 3), "paul@example.org": ("declined", None)}

    def test_later_leaves_all(self, looked: Place) -> None:
        """Enter decides nothing, also once a number was typed; what is left for later is listed again."""
        for keys in ("\r", "1\r\r"):
            with looked.terminal("--glance") as terminal:
                terminal.expect("[t]outes sont justes")
                terminal.press(keys)
                assert terminal.status() == 1
        with looked.terminal("--glance") as terminal:
            terminal.expect("[t]outes sont justes")
            terminal.press("2\rt\r\r\r")
            assert terminal.status() == 1
        assert self.glances(looked) == ["Non. Un compte rendu ?"]

    def test_killed_in_between_nothing_is_lost(self, looked: Place) -> None:
        """What was confirmed is in the ledger, and the rest is listed again."""
        with looked.terminal("--glance") as terminal:
            terminal.expect("[t]outes sont justes")
            terminal.press("2\rt\r")
            terminal.expect("1 réponse est confirmée.")
        assert self.glances(looked) == ["Non. Un compte rendu ?"]
        assert numbers(looked)["ana@example.org"] == ("accepted", 4)

    def test_is_told_where_nothing_waits(self, looked: Place) -> None:
        """The walk through what waits names the command."""
        with looked.terminal() as terminal:
            assert terminal.status() == 0
            assert f"mailer review {SLUG} --glance" in terminal.shown

    def test_is_no_table(self, looked: Place) -> None:
        """With --csv it says what to leave out, and writes nothing."""
        with looked.terminal("--glance", "--csv", "t.csv") as terminal:
            assert terminal.status() == 2
        assert not (looked.path / "t.csv").exists()
