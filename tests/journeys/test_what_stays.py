"""What somebody has answered, and what is shown of it, after staff changed the meeting, an address or a decision."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest

from mailer import campaign as campaigns
from mailer.demo.received import open_letter
from mailer.errors import ConfigError
from mailer.jobs import gather, record, roll, send
from mailer.model.contact import Contact
from mailer.model.entry import Channel
from mailer.model.invitation import Kind
from mailer.model.people import Why
from mailer.store.sql import open_store
from mailer.workspace import Workspace
from tests.cli.terminal import Terminal
from tests.journeys.conftest import BEGINS, SLUG, Desk
from tests.journeys.test_hellemmes import attendance
from tests.journeys.test_rules import answer, by_first_name

LATER = ('starts = "2025-03-31 14:00"', 'starts = "2025-03-31 13:00"')
COUPLE = ("M.;Moreau;Jean;;moreau@example.org", "Mme;Moreau;Claire;;moreau@example.org")
PAUL = "M.;Martin;Paul;;paul@example.net"


@pytest.mark.parametrize("options", [("--keep-answers",), ()])
def test_the_letter_about_a_new_hour_asks_again_only_where_answers_do_not_count(
    desk: Desk, options: tuple[str, ...]
) -> None:
    """With --keep-answers it says that they stand; without, it asks, and does not say so."""
    desk.invite(PAUL)
    desk.type("send", SLUG, "--yes")
    desk.office.delivered.clear()
    desk.rewrite(*LATER)
    assert desk.type("update", SLUG, *options, "--yes")[0] == 0

    text = open_letter(desk.office.delivered[0]).text
    assert ("Merci de nous dire si vous pourrez venir" in text) == (not options)
    assert ("votre réponse reste valable" in text) == bool(options)


def test_who_leaves_a_shared_address_keeps_the_answer_to_the_new_date(desk: Desk) -> None:
    """The letter to the new address does not make it an answer to the old date; the other one's stays, too."""
    desk.invite(*COUPLE)
    desk.type("send", SLUG, "--yes")
    desk.rewrite(*LATER)
    desk.type("update", SLUG, "--yes")
    answer(desk, "moreau@example.org", "Oui, nous viendrons tous les deux.", "Famille Moreau")
    desk.type("read", now="2025-03-14T11:00+01:00")
    assert (
        desk.type("move", SLUG, "Claire Moreau", "claire@example.org", now="2025-03-14T12:00+01:00")[0] == 0
    )
    desk.type("send", SLUG, "--yes", now="2025-03-14T12:30+01:00")

    assert desk.office.delivered[-1].recipient == "claire@example.org"
    rows = by_first_name(desk)
    assert [(rows[name]["answer"], rows[name]["review"]) for name in ("Claire", "Jean")] == [
        ("accepted", ""),
        ("accepted", ""),
    ]


def test_who_was_never_reached_is_cancelled_with_the_meeting(desk: Desk) -> None:
    """Refused, or on the list only since: nobody is shown as to be invited; who was told is cancelled, too."""
    desk.invite(PAUL, *COUPLE)
    desk.type("send", SLUG, "--only", "paul@example.net", "--yes")
    desk.type("cancel", SLUG, "--yes")
    file = desk.path / "exports" / "now.csv"
    desk.type("export", SLUG, str(file))

    lines = file.read_text("utf-8-sig").splitlines()
    assert [("annulé" in line, "à envoyer" in line, "à inviter" in line) for line in lines[1:]] == [
        (True, False, False)
    ] * 3
    assert {row["state"] for row in by_first_name(desk).values()} == {"cancelled"}


def test_an_address_that_is_none_stops_nobody_else(desk: Desk) -> None:
    """An older ledger has one: the person is named and unreachable, and the others get their letters."""
    desk.invite(PAUL)
    desk.type("send", SLUG, "--yes")
    store = open_store(f"sqlite:///{desk.path}/data/mailer.sqlite")
    curious = campaigns.lone(store.secret(), SLUG, Contact("Curieuse", first_name="Zoé", last_name="Blanc"))
    store.append(roll.placed(SLUG, curious, Why.REGISTERED, BEGINS, Channel.STAFF))
    with pytest.raises(ConfigError, match="address-to-type"):
        record.register(store, SLUG, "Curieuse", "Zoé", "Blanc", now=BEGINS)
    store.close()
    desk.invite(PAUL, *COUPLE)
    _status, shown = desk.type("send", SLUG, "--yes")

    assert [one.recipient for one in desk.office.delivered] == ["paul@example.net", "moreau@example.org"]
    assert "sans adresse utilisable" in shown
    assert "Zoé Blanc" in shown
    rows = by_first_name(desk)
    assert [rows[name]["state"] for name in ("Zoé", "Paul", "Jean")] == ["unreachable", "reached", "reached"]


def test_somebody_new_is_registered_at_a_usable_address(desk: Desk) -> None:
    """What is none is asked again; the one typed then is on the roll, and nobody else."""
    desk.invite(PAUL)
    desk.type("send", SLUG, "--yes")
    mail = f"From: <zoe@example.org>\r\nTo: {desk.office.owner}\r\nSubject: Votre invitation\r\nMessage-ID: <4@example.org>"
    desk.office.post("zoe@example.org", f"{mail}\r\n\r\nJe viendrai.\r\n".encode())
    desk.type("read", now="2025-03-15T09:00+01:00")
    with Terminal(["review", SLUG], desk.path) as terminal:
        terminal.expect("plus tard")
        terminal.press("i\n")
        terminal.expect("Adresse")
        terminal.press("Curieuse\n")
        terminal.expect("« Curieuse » n’est pas")
        terminal.press("zoe.blanc@example.org\n")
        terminal.expect("Prénom")
        terminal.press("Zoé\n")
        terminal.expect("Nom")
        terminal.press("Blanc\n")
        terminal.expect("terminer")
        terminal.press("\n")
        assert terminal.status() == 0

    assert set(attendance(desk)) == {"paul@example.net", "zoe.blanc@example.org"}


def test_one_of_two_comes_and_staff_say_so_for_each(desk: Desk) -> None:
    """The mail is asked about twice, once for each; it is called unclear or probably a no, never both."""
    desk.invite(*COUPLE, PAUL)
    desk.type("send", SLUG, "--yes")
    answer(desk, "moreau@example.org", "Claire viendra mais Jean ne pourra pas venir.", "Famille Moreau")
    desk.type("read", now="2025-03-15T09:00+01:00")
    shown = desk.type("review", SLUG, "--list")[1]
    assert shown.count("Claire viendra mais Jean") == 2
    assert not ("pas clair" in shown and "dit sans doute" in shown)
    with Terminal(["review", SLUG], desk.path) as terminal:
        for key in "no":
            terminal.expect("plus tard")
            terminal.shown = ""
            terminal.press(f"{key}\n")
        terminal.expect("terminer")
        terminal.press("\n")
        assert terminal.status() == 0
    shown = desk.type("why", SLUG, "Jean Moreau")[1]
    assert ("attendait une décision" in shown, "attend une décision" in shown) == (True, False)
    assert "la ligne" not in shown
    assert "à propos de" in shown

    rows = by_first_name(desk)
    assert [(rows[name]["answer"], rows[name]["review"]) for name in ("Jean", "Claire", "Paul")] == [
        ("declined", ""),
        ("accepted", ""),
        ("none", ""),
    ]


def test_the_history_tells_addresses_moves_and_numbers(desk: Desk) -> None:
    """Each letter with the address it went to, every change of the person, and the number on their own line."""
    desk.invite(*COUPLE, PAUL, "M.;Martin;Paolo;;paolo@example.net")
    desk.type("send", SLUG, "--yes")
    answer(desk, "moreau@example.org", "Oui, nous serons 3.", "Famille Moreau")
    desk.type("read", now="2025-03-15T09:00+01:00")
    both = desk.type("why", SLUG, "moreau@example.org")[1]
    assert [f"dont {n} sur cette ligne" in both for n in (1, 2, 3)] == [True, True, False]
    at = iter(f"2025-03-15T1{n}:00+01:00" for n in range(10))
    desk.type("move", SLUG, "Claire Moreau", "claire@example.org", now=next(at))
    desk.type("move", SLUG, "Paul Martin", "paul.martin@example.org", now=next(at))
    desk.type("merge", SLUG, "Paul Martin", "Paolo Martin", now=next(at))
    desk.invite(COUPLE[0].replace("moreau@", "jean@"), COUPLE[1], PAUL)
    desk.type("send", SLUG, "--yes", now=next(at))
    jean, claire, paul = (
        desk.type("why", SLUG, who)[1] for who in ("Jean Moreau", "Claire Moreau", "Paul Martin")
    )

    assert "Réponse : oui (2)" in jean
    assert "oui (3)" in jean
    assert "à moreau@example.org" in jean
    assert "sur la liste : moreau@example.org" in jean
    assert "corrigé dans la liste : jean@example.org" in jean
    assert "claire@example.org" not in jean
    assert "Réponse : oui (1)" in claire
    assert "autre adresse : claire@example.org" in claire
    assert "à claire@example.org" in claire
    assert "à paul@example.net" in paul
    assert "autre adresse : paul.martin@example.org" in paul
    assert "même personne qu’une autre ligne" in paul
    assert "Réponse : sans réponse" in paul


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        (("Peut-être.",), "jusqu’à 2 avec les « peut-être »."),
        (
            ("Peut-être.", "Je ne pourrai pas venir, ma collègue Anne Roux me remplacera."),
            "jusqu’à 3 avec les « peut-être » et les remplacements à confirmer.",
        ),
        (
            ("Je ne pourrai pas venir, ma collègue Anne Roux me remplacera.",),
            "jusqu’à 2 avec les remplacements à confirmer.",
        ),
    ],
)
def test_the_chairs_say_for_whom_there_may_be_more(desk: Desk, answers: tuple[str, ...], said: str) -> None:
    """Perhaps, and who would come instead of somebody, are told apart."""
    desk.invite(PAUL, *(f";Nom{n};;;p{n}@example.org" for n in range(len(answers))))
    desk.type("send", SLUG, "--yes")
    desk.type("record", SLUG, "paul@example.net", "oui")
    for n, text in enumerate(answers):
        answer(desk, f"p{n}@example.org", text, f"Nom{n}")
    desk.type("read", now="2025-03-15T09:00+01:00")

    assert said in desk.type("status", SLUG, now="2025-03-15T09:30+01:00")[1]


def test_an_update_that_was_interrupted_after_a_cancellation_is_counted_once(desk: Desk) -> None:
    """`send` then sends what is left of it, and each letter once; who is new is invited, too."""
    desk.invite(PAUL, *COUPLE)
    desk.type("send", SLUG, "--yes")
    desk.type("cancel", SLUG, "--yes")
    desk.rewrite(*LATER)
    workspace = Workspace(desk.path, BEGINS + timedelta(hours=2))
    campaign = workspace.campaign(SLUG)
    sources = workspace.templates(campaign)
    with workspace.store() as store:
        households = gather.gather(desk.path, campaign).households
        draft = send.plan(Kind.UPDATE, campaign, store, lambda: households, workspace.now())
        composer = send.check(
            draft, sources, store.secret(), workspace.now(), mailbox=workspace.mailbox_address(campaign)
        )
        send.queue(draft, composer, store, workspace.now())
    desk.office.delivered.clear()
    desk.invite(PAUL, *COUPLE, ";Blanc;Zoé;;zoe@example.org")
    later = (BEGINS + timedelta(hours=3)).isoformat()
    shown = desk.type("send", SLUG, "--dry-run", now=later)[1]
    assert "à envoyer : invitation 1" in shown
    assert "en attente d’un envoi précédent 2" in shown
    assert desk.type("send", SLUG, "--yes", now=later)[0] == 0

    went = Counter(one.recipient for one in desk.office.delivered)
    assert went == {"paul@example.net": 1, "moreau@example.org": 1, "zoe@example.org": 1}
