"""What staff see of each person, from the command line."""

from __future__ import annotations

import csv
import json
from datetime import timedelta

from mailer.jobs import standings
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import Answer, Claim, Finding, MailKind, PartStat
from mailer.store.sql import open_store
from tests.journeys.conftest import BEGINS, SLUG, Desk
from tests.journeys.test_hellemmes import letters

JEAN, LUCIE = "M.;Moreau;Jean;;moreau@example.org", "Mme;Moreau;Lucie;;moreau@example.org"


def rows(desk: Desk) -> dict[str, dict[str, str]]:
    """The table for programs, by first name."""
    target = desk.path / "exports" / "a.csv"
    assert desk.type("export", SLUG, str(target), "--machine")[0] == 0
    return {row["first_name"]: row for row in csv.DictReader(target.read_text("utf-8").splitlines())}


def test_each_of_two_at_an_address_has_a_line_of_their_own(desk: Desk) -> None:
    """One letter; what staff write down of one changes nothing of the other, in table, numbers and history."""
    desk.invite(JEAN, LUCIE)
    desk.type("send", SLUG, "--yes")
    assert len(letters(desk, "moreau@example.org")) == 1
    assert desk.type("record", SLUG, "Jean Moreau", "oui")[0] == 0
    assert desk.type("record", SLUG, "Lucie Moreau", "non")[0] == 0

    found = rows(desk)
    assert (found["Jean"]["answer"], found["Lucie"]["answer"]) == ("accepted", "declined")
    assert found["Jean"]["state"] == found["Lucie"]["state"] == "reached"
    assert len({one["person"] for one in found.values()}) == 2
    told = json.loads(desk.type("status", SLUG, "--json")[1])
    assert (told["headcount"], told["headcount_least"], told["headcount_perhaps"]) == (1, 1, 0)
    assert (told["letters"], told["untold"], told["glance"], told["states"]["reached"]) == (1, 0, 0, 2)
    assert "Lucie" not in desk.type("why", SLUG, found["Jean"]["person"])[1]


def test_what_changes_nothing_is_not_said_to_be_recorded(desk: Desk) -> None:
    """Staff note a yes of somebody whose invitation was taken back: they are told so; of the other one it counts."""
    desk.invite(JEAN, "M.;Martin;Paul;;paul@example.net")
    desk.type("send", SLUG, "--yes")
    assert desk.type("cancel", SLUG, "--only", "Jean Moreau", "--yes")[0] == 0

    status, shown = desk.type("record", SLUG, "Jean Moreau", "oui")
    assert (status, "ne change rien" in shown) == (1, True)
    status, shown = desk.type("record", SLUG, "Paul Martin", "oui")
    assert (status, "ne change rien" in shown) == (0, False)
    found = rows(desk)
    assert (found["Jean"]["answer"], found["Paul"]["answer"]) == ("none", "accepted")


def said(desk: Desk, who: str, claim: Claim, text: str) -> None:
    """A mail of somebody was read so."""
    store = open_store(f"sqlite:///{desk.path / 'data' / 'mailer.sqlite'}")
    (invitee,) = (one for one in standings.record(store, SLUG).roll if one.email == who)
    at = BEGINS + timedelta(minutes=30)
    finding = Finding("free_text", MailKind.REPLY, claim, text=text)
    store.append([Entry(SLUG, invitee.ref, at, Channel.TEXT, Heard(finding, at, Trust.SENDER))])
    store.close()


def test_what_is_said_besides_reaches_whoever_looks(desk: Desk) -> None:
    """In status, why, the tables, the report, the sheet and the list to look over; a table given back confirms it."""
    desk.invite(JEAN, "M.;Martin;Paul;;paul@example.net", "Mme;Roy;Léa;;lea@example.net")
    desk.type("send", SLUG, "--yes")
    family = Answer(PartStat.ACCEPTED, 4, least=3, remark="nous arriverons à 15 h", glance=True)
    said(desk, "moreau@example.org", family, "On sera 3 ou 4, nous arriverons à 15 h.")
    proxy = Answer(PartStat.DECLINED, proxy_to="Mme Lesaffre", remark="je suis hospitalisé")
    said(desk, "paul@example.net", proxy, "Non, je suis hospitalisé. Pouvoir à Mme Lesaffre.")
    later = (BEGINS + timedelta(hours=2)).isoformat()

    status, shown = desk.type("status", SLUG, now=later)
    assert status == 0
    assert "Chaises pour celles et ceux qui viennent : 3 ou 4." in shown
    assert (
        f"La réponse de 1 personne a été notée d’après ses mots et peut être relue : « mailer review {SLUG} --glance »"
        in shown
    )
    told = json.loads(desk.type("status", SLUG, "--json", now=later)[1])
    assert (told["headcount_least"], told["headcount"], told["glance"], told["review"]) == (3, 4, 1, 0)
    shown = desk.type("why", SLUG, "Jean Moreau", now=later)[1]
    assert "Réponse : oui (3 ou 4)" in shown
    assert "Remarque : nous arriverons à 15 h" in shown
    assert "noté, à relire : ce qui est écrit n’est pas tout à fait certain" in shown
    shown = desk.type("why", SLUG, "Paul Martin", now=later)[1]
    assert "Réponse : non, pouvoir donné à Mme Lesaffre" in shown
    assert "à relire" not in shown
    found = rows(desk)
    columns = ("party_size", "party_range", "comment", "review", "proxy_to", "delegate")
    assert [[found[who][name] for name in columns] for who in ("Jean", "Paul", "Léa")] == [
        ["4", "3-4", "nous arriverons à 15 h", "glance", "", ""],
        ["", "", "(see mailer why)", "", "Mme Lesaffre", ""],
        [""] * 6,
    ]
    for name, held in (("r.html", "pouvoir donné à Mme Lesaffre"), ("f.html", "nous arriverons à 15 h")):
        assert (
            desk.type("export", SLUG, str(desk.path / name), *(["--sheet"] if name == "f.html" else []))[0]
            == 0
        )
        text = (desk.path / name).read_text("utf-8").replace("\u00a0", " ")
        assert held in text
        assert "hospitalisé" not in text
    status, shown = desk.type("review", SLUG, "--glance", now=later)
    assert (status, "Jean Moreau" in shown, "Paul Martin" in shown) == (1, True, False)
    assert rows(desk) == found

    table = desk.path / "exports" / "p.csv"
    assert desk.type("export", SLUG, str(table))[0] == 0
    text = table.read_text("utf-8-sig")
    assert "à relire" in text
    table.write_text(text.replace("à relire", ""), "utf-8-sig")
    shown = desk.type("correct", SLUG, str(table), "--yes", now=later)[1]
    assert "à relire" in shown
    assert rows(desk)["Jean"] == found["Jean"] | {"review": ""}
    assert desk.type("review", SLUG, "--glance", now=later)[0] == 0
