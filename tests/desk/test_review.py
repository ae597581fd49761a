"""The page of what waits: newcomers together, who comes instead, whose answer it is, tasks, and undo."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from mailer import campaign as campaigns
from mailer.jobs import standings
from mailer.ledger import UNINVITED
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import Answer, CalendarLine, Claim, Finding, MailKind, OptOut, PartStat, Unclear
from mailer.workspace import Workspace
from tests.desk.conftest import BEGINS, SLUG, Served
from tests.registered import enrol

AT = BEGINS - timedelta(days=1)
ACCEPTED, DECLINED = PartStat.ACCEPTED, PartStat.DECLINED
REVIEW = f"/c/{SLUG}/review"


@pytest.fixture
def desk(inside: Served) -> Served:
    """Ana, and a couple at one address, are invited."""
    lists: Sequence[tuple[Contact, ...]] = (
        (Contact("ana@example.org", first_name="Ana", last_name="Petit"),),
        tuple(Contact("duo@example.org", first_name=one, last_name="Duo") for one in ("Léa", "Max")),
    )
    with Workspace(inside.path, BEGINS).store() as store:
        enrol(store, SLUG, [campaigns.invitee(store.secret(), SLUG, one) for one in lists], AT)
    return inside


def heard(
    desk: Served,
    claim: Claim,
    who: str = "ana@example.org",
    *,
    why: str = "",
    sender: str = "",
    name: str = "",
    kind: MailKind = MailKind.REPLY,
    calendar: CalendarLine | None = None,
) -> int:
    """A mail comes; return its entry."""
    with Workspace(desk.path, BEGINS).store() as store:
        known = {one.email: one.ref for one in standings.record(store, SLUG).roll}
        finding = Finding("rule", kind, claim, text="Des mots.", calendar=calendar)
        fact = Heard(
            finding,
            AT,
            Trust.SENDER,
            held=bool(why),
            why=why,
            sender=sender or who,
            sender_name=name,
            subject="Re: <b>Réunion</b>",
            attachments=("coupon.pdf",),
        )
        (entry,) = store.append([Entry(SLUG, known.get(who, ""), AT, Channel.TEXT, fact)])
    return entry.number


def answers(desk: Served) -> dict[str, str]:
    """Everybody's answer, by name."""
    with Workspace(desk.path, BEGINS).store() as store:
        rows = standings.record(store, SLUG).rows()
    return {row.contact.name: row.standing.partstat.word for row in rows}


def waits(desk: Served) -> int:
    """How much waits."""
    with Workspace(desk.path, BEGINS).store() as store:
        return len(standings.record(store, SLUG).reviews)


def page(desk: Served) -> str:
    """The page."""
    return html.unescape(desk.ask(REVIEW).text)


def people(shown: str) -> list[str]:
    """Return the references in the forms of a page, in order, each once."""
    return list(dict.fromkeys(re.findall(r'name="person" value="(\w+)"', shown)))


def test_who_comes_instead_gets_a_line(desk: Served) -> None:
    """The invitee is replaced, one seat is needed; undone, it is as before. Without a usable address nothing is written."""
    number = heard(desk, Answer(DECLINED, delegate="Zoé Blanc"))
    assert 'name="instead" autocomplete="off" value="Zoé Blanc"' in page(desk)
    form = {"entry": str(number), "decision": "replaced", "instead": "Zoé Blanc", "at": "0"}
    assert desk.ask(REVIEW, form | {"instead_address": "nulle part"}).status == 422
    assert waits(desk) == 1
    desk.ask(REVIEW, form)

    assert (answers(desk)["Ana Petit"], answers(desk)["Zoé Blanc"], waits(desk)) == (
        "delegated",
        "accepted",
        0,
    )
    assert "Décidé : remplacé — Zoé Blanc." in page(desk).replace("\u00a0", " ")
    desk.ask(f"/c/{SLUG}/undo", {})
    assert (answers(desk)["Ana Petit"], "Zoé Blanc" in answers(desk), waits(desk)) == ("declined", False, 1)


@pytest.mark.parametrize(
    ("said", "name", "email"),
    [
        ("ma collègue Zoé Blanc", "Zoé Blanc", ""),
        ("Zoé Blanc <zoe@example.org>", "Zoé Blanc", "zoe@example.org"),
        ("zoe@example.org", "", "zoe@example.org"),
        ("Zoé Blanc (zoe@)", "Zoé Blanc", ""),
    ],
)
def test_the_panel_of_who_comes_instead_shows_what_was_said(
    desk: Served, said: str, name: str, email: str
) -> None:
    """Where somebody is named, the panel is open, with their name and address in the fields; else it is closed, and empty."""
    heard(desk, Answer(DECLINED, delegate=said))
    shown = page(desk)
    assert '<details open><summary data-key="r">' in shown
    assert f'name="instead" autocomplete="off" value="{name}"' in shown
    assert f'name="instead_address" type="email" autocomplete="off" value="{email}"' in shown

    heard(desk, Answer(DECLINED, delegate=""), "duo@example.org", why=UNINVITED)
    other = html.unescape(desk.ask(f"{REVIEW}?at=1").text)
    assert '<details><summary data-key="r">' in other
    assert 'name="instead" autocomplete="off" value=""' in other


def test_the_key_of_who_comes_instead_decides_nothing(desk: Served, sheet: Page) -> None:
    """It goes to the name, shown and editable, of an open or a closed panel; Enter confirms what the fields hold by then."""
    heard(desk, Answer(DECLINED, delegate="Zoé Blanc"))
    desk.let_in(sheet)
    sheet.goto(desk.origin + REVIEW)
    for _ in "open", "closed":
        sheet.keyboard.press("r")
        expect(sheet.locator("#instead1")).to_be_focused()
        expect(sheet.locator("#instead1")).to_have_value("Zoé Blanc")
        expect(sheet.locator("#address1")).to_be_visible()
        sheet.locator("#instead1").blur()
        sheet.locator("summary[data-key=r]").click()
        sheet.locator("summary[data-key=r]").blur()
    assert waits(desk) == 1

    sheet.keyboard.press("r")
    sheet.keyboard.type("Zoé Leblanc")
    sheet.keyboard.press("Enter")
    expect(sheet.get_by_text("Décidé")).to_contain_text("Zoé Leblanc")
    found = answers(desk)
    assert (found["Ana Petit"], found["Zoé Leblanc"], "Zoé Blanc" in found) == (
        "delegated",
        "accepted",
        False,
    )


@pytest.mark.parametrize(("decision", "here"), [("all", 2), ("nobody", 0)])
def test_newcomers_are_decided_together(desk: Served, decision: str, here: int) -> None:
    """All that the page showed, or none; who came after it was shown waits, and so does everybody else's mail."""
    numbers = [
        str(heard(desk, Answer(ACCEPTED), "", why=UNINVITED, sender=f"{one}@example.net", name=f"{one} Neuf"))
        for one in ("Ida", "Ugo")
    ]
    heard(desk, Unclear(Answer(ACCEPTED)))
    shown = page(desk)
    assert re.findall(r'<input type="hidden" name="entry" value="(\d+)">', shown)[:2] == numbers
    assert "Ida Neuf Ida@example.net — oui" in shown
    heard(desk, Answer(ACCEPTED), "", why=UNINVITED, sender="late@example.net", name="Late Neuf")
    desk.ask(REVIEW, {"decision": decision, "entry": numbers})

    assert [name for name in answers(desk) if name.endswith("Neuf")] == ["Ida Neuf", "Ugo Neuf"][:here]
    assert (answers(desk)["Ana Petit"], waits(desk)) == ("none", 2)
    for _ in numbers:
        desk.ask(f"/c/{SLUG}/undo", {})
    assert (len(answers(desk)), waits(desk)) == (3, 4)


def test_newcomers_can_be_decided_one_by_one(desk: Served) -> None:
    """Each has a page then; a yes of theirs puts them on the list."""
    for one in ("Ida", "Ugo"):
        heard(desk, Answer(ACCEPTED), "", why=UNINVITED, sender=f"{one}@example.net", name=f"{one} Neuf")
    shown = desk.ask(f"{REVIEW}?each=1").text
    number = re.search(r'name="entry" value="(\d+)"><input type="hidden" name="person"', shown)
    assert number
    desk.ask(REVIEW, {"entry": number[1], "decision": "yes", "at": "0", "each": "1"})

    assert (answers(desk)["Ida Neuf"], "Ugo Neuf" in answers(desk), waits(desk)) == ("accepted", False, 1)


def test_each_of_an_address_is_decided_on_a_line(desk: Served) -> None:
    """The words stand there once, and each person below them; one is decided, the other waits."""
    number = heard(desk, Unclear(Answer(DECLINED)), "duo@example.org")
    shown = page(desk)
    lea, max_ = people(shown)[:2]
    assert shown.count("Des mots.") == 1
    desk.ask(REVIEW, {"entry": str(number), "person": max_, "decision": "yes", "at": "0"})

    assert (answers(desk)["Léa Duo"], answers(desk)["Max Duo"]) == ("none", "accepted")
    assert people(page(desk)) == [lea]


def test_whose_answer_it_is_can_be_said(desk: Served) -> None:
    """A mail of nobody counts for whom is named; without a name it waits on."""
    number = heard(desk, Answer(ACCEPTED), "", why="unknown-sender", sender="x@example.net")
    form = {"entry": str(number), "decision": "yes", "at": "0"}
    assert desk.ask(REVIEW, form).status == 422
    assert desk.ask(REVIEW, form | {"who": "Personne Dutout"}).status == 422
    assert waits(desk) == 1
    desk.ask(REVIEW, form | {"who": "ana@example.org"})

    assert answers(desk) == {"Ana Petit": "accepted", "Léa Duo": "none", "Max Duo": "none"}


def test_everything_of_a_mail_is_shown(desk: Served) -> None:
    """Subject, files, the proposed time and why it waits, as text; the button for done changes no answer."""
    starts = AT.replace(hour=17)
    line = CalendarLine("COUNTER", "u", proposed_starts=starts, proposed_ends=starts + timedelta(hours=2))
    number = heard(
        desk,
        Unclear(None, "counter-proposal"),
        kind=MailKind.CALENDAR_COUNTER,
        calendar=line,
        name="<i>Ana</i>",
    )
    raw = desk.ask(REVIEW).text.replace("\u00a0", " ")
    assert "Re: &lt;b&gt;Réunion&lt;/b&gt;" in raw
    assert "&lt;i&gt;Ana&lt;/i&gt;" in raw
    assert "Pièces jointes : coupon.pdf" in raw
    assert "mercredi 12 mars 2025 de 17 h à 19 h" in raw
    desk.ask(REVIEW, {"entry": str(number), "decision": "done", "at": "0"})
    assert (answers(desk)["Ana Petit"], waits(desk)) == ("none", 0)


def test_an_objection_is_confirmed_by_a_button(desk: Served) -> None:
    """Then they are not written to any more; the others are."""
    number = heard(desk, OptOut(), why="other-address", kind=MailKind.UNSUBSCRIBE)
    assert "Tenir compte" in page(desk)
    desk.ask(REVIEW, {"entry": str(number), "decision": "counts", "at": "0"})

    with Workspace(desk.path, BEGINS).store() as store:
        assert store.suppressed(["ana@example.org", "duo@example.org"]) == {"ana@example.org"}


class TestNumber:
    """How many come is typed beside the answer."""

    def test_is_written(self, desk: Served) -> None:
        """A whole number; anything else decides nothing."""
        number = heard(desk, Answer(ACCEPTED, number_to_check=True, remark="avec des amis"))
        form = {"entry": str(number), "decision": "number", "at": "0"}
        for typed in ("", "trois", "0", "1000"):
            assert desk.ask(REVIEW, form | {"heads": typed}).status == 422
        assert waits(desk) == 1
        desk.ask(REVIEW, form | {"heads": "3"})

        assert (lines(desk)["Ana Petit"], waits(desk)) == ("3 avec des amis", 0)

    def test_more_than_twenty_want_a_tick(self, desk: Served) -> None:
        """Typed, and as the mail says it; without the tick nothing is written."""
        number = heard(desk, Answer(ACCEPTED, 40), why="many-people-come")
        assert "Il y aura vraiment autant de personnes" in page(desk)
        form = {"entry": str(number), "at": "0"}
        assert desk.ask(REVIEW, form | {"decision": "yes"}).status == 422
        assert desk.ask(REVIEW, form | {"decision": "number", "heads": "21"}).status == 422
        assert (answers(desk)["Ana Petit"], waits(desk)) == ("none", 1)
        desk.ask(REVIEW, form | {"decision": "yes", "sure": "1"})

        assert (lines(desk)["Ana Petit"], waits(desk)) == ("40 ", 0)

    def test_up_to_twenty_want_none(self, desk: Served) -> None:
        """Nor does a no to a mail of more."""
        number = heard(desk, Answer(ACCEPTED, 40), why="many-people-come")
        desk.ask(REVIEW, {"entry": str(number), "at": "0", "decision": "number", "heads": "20"})
        assert lines(desk)["Ana Petit"] == "20 "


def lines(desk: Served) -> dict[str, str]:
    """Everybody's number and remark, by name."""
    with Workspace(desk.path, BEGINS).store() as store:
        rows = standings.record(store, SLUG).rows()
    return {row.contact.name: f"{row.party_size} {row.standing.comment}" for row in rows}


class TestGlance:
    """What was recorded from words and may be looked over."""

    GLANCE = f"/c/{SLUG}/glance"

    def glances(self, desk: Served) -> list[int]:
        """The entries that are still to be looked over."""
        with Workspace(desk.path, BEGINS).store() as store:
            return [item.entry.number for item in standings.record(store, SLUG).glances]

    @pytest.fixture
    def two(self, desk: Served) -> tuple[int, int]:
        """Ana's range, and the couple's question."""
        ana = heard(desk, Answer(ACCEPTED, 4, least=3, remark="en <b>retard</b>", glance=True))
        return ana, heard(desk, Answer(ACCEPTED, 2, asks=True), "duo@example.org")

    def test_all_are_confirmed(self, desk: Served, two: tuple[int, int]) -> None:
        """The page has reading and words; one button, and the answers stay as they were, those of the couple for both."""
        shown = desk.ask(self.GLANCE).text
        for text in ("oui (3 ou 4)", "en &lt;b&gt;retard", "Des mots.", "Ana Petit", "Léa Duo, Max Duo"):
            assert text in shown
        assert "2 réponses à relire" not in desk.ask(REVIEW).text
        assert "3 réponses à relire" in desk.ask(f"/c/{SLUG}").text
        before = lines(desk)
        desk.ask(self.GLANCE, {"entry": [str(one) for one in two]})

        assert (self.glances(desk), lines(desk), waits(desk)) == ([], before, 0)
        assert "Rien n’est à relire" in desk.ask(self.GLANCE).text
        heard(desk, Answer(DECLINED), "duo@example.org")
        assert (answers(desk)["Léa Duo"], waits(desk)) == ("declined", 0)

    def test_what_is_marked_is_decided_apart(self, desk: Served, two: tuple[int, int]) -> None:
        """The others are confirmed; what came in since the page was shown is not."""
        ana, duo = two
        late = heard(desk, Answer(DECLINED, glance=True))
        desk.ask(self.GLANCE, {"entry": [str(ana), str(duo)], "wrong": [str(duo)]})
        assert self.glances(desk) == [duo, duo, late]
        shown = html.unescape(desk.ask(f"{REVIEW}?glance=1").text)
        assert people(shown)[:1]
        assert 'name="glance" value="1"' in shown
        for person in dict.fromkeys(people(shown)):
            desk.ask(
                REVIEW, {"entry": str(duo), "person": person, "decision": "no", "at": "0", "glance": "1"}
            )

        assert answers(desk)["Max Duo"] == "declined"
        assert self.glances(desk) == [late]

    def test_it_can_be_undone(self, desk: Served, two: tuple[int, int]) -> None:
        """What was confirmed last is to be looked over again."""
        desk.ask(self.GLANCE, {"entry": [str(two[0])]})
        assert two[0] not in self.glances(desk)
        desk.ask(f"/c/{SLUG}/undo", {})

        assert two[0] in self.glances(desk)
