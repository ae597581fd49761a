"""An answer belongs to the letter it answers, and to who wrote it: played the whole way."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from mailer import ledger, people
from mailer.demo import clients
from mailer.demo.received import ReceivedInvitation
from mailer.jobs import decide
from mailer.model.entry import Heard
from mailer.store.sql import open_store
from mailer.workspace import Workspace
from tests.journeys.conftest import SLUG, Desk
from tests.journeys.test_attacks_mailbox import service
from tests.journeys.test_attacks_whose import mail
from tests.journeys.test_hellemmes import AT, MARIE, PAUL, attendance, letters

WHO, FELLOW = "marie.dupont@example.org", "paul.martin@example.net"
TITLE = "Présentation du diagnostic territorial d'Hellemmes"
VOUCHED = "Authentication-Results: mx.mairie-lille.example; dmarc=pass header.from=example.org\r\n"


@pytest.fixture
def invited(desk: Desk) -> ReceivedInvitation:
    """Marie and Paul have their invitations; this is Marie's."""
    desk.invite(MARIE, PAUL)
    assert desk.type("send", SLUG, "--yes")[0] == 0
    (letter,) = letters(desk, WHO)
    return letter


def read(desk: Desk, *mails: bytes | str, now: str = "2025-03-20T09:00+01:00") -> dict[str, str]:
    """Read these mails; return Marie's line."""
    for one in mails:
        desk.office.post(WHO, one if isinstance(one, bytes) else one.encode())
    assert desk.type("read", now=now)[0] in (0, 1)  # 1: something waits for a person
    assert attendance(desk)[FELLOW]["answer"] == "none"
    return attendance(desk)[WHO]


def by_hand(letter: ReceivedInvitation, words: str) -> str:
    """An answer to a mail that somebody wrote by hand in the thread of a letter."""
    hand = "<hand@mairie-lille.example>"
    return mail(
        f"Marie Dupont <{WHO}>", f"In-Reply-To: {hand}", f"References: {letter.message_id} {hand}", body=words
    )


def test_a_question_by_hand_is_not_the_invitation(desk: Desk, invited: ReceivedInvitation) -> None:
    """The no to it waits, and the yes to the letter stands."""
    line = read(desk, clients.written(invited, AT, "Oui, je viens."), by_hand(invited, "Non merci."))

    assert (line["answer"], line["review"]) == ("accepted", "another-mail")


@pytest.mark.parametrize(
    ("words", "waits"),
    [
        ("Merci beaucoup, à bientôt !", False),
        ("Merci, mais finalement je ne viens pas.", True),
        ("À bientôt peut-être, merci.", True),
        ("Merci, pas pour moi.", True),
    ],
)
def test_thanks_for_an_acknowledgement(
    desk: Desk, invited: ReceivedInvitation, words: str, waits: bool
) -> None:
    """Pure thanks change nothing and wait for nobody; a word that says more waits."""
    desk.rewrite("acknowledge = false", "acknowledge = true")
    assert desk.type("schedule", SLUG, "--yes")[0] == 0
    desk.office.post(WHO, clients.link(invited, AT, 0))
    with service(desk) as turn:
        turn(AT + timedelta(minutes=5))
    (thread,) = re.findall(rb"^Message-ID: (<.+?>)", desk.office.delivered[-1].content, re.MULTILINE)
    assert thread.decode() != invited.message_id
    thanks = mail(f"Marie Dupont <{WHO}>", f"In-Reply-To: {thread.decode()}", body=words)
    line = read(desk, thanks, now="2025-03-20T18:00+01:00")

    assert (line["answer"], line["review"] not in ("", "glance")) == ("accepted", waits)


def test_an_answer_to_the_letter_of_before_a_change(desk: Desk, invited: ReceivedInvitation) -> None:
    """Words and link wait; the same link of the new letter counts."""
    desk.rewrite("2025-03-31 14:00", "2025-03-31 18:00")
    desk.rewrite("2025-03-31 16:00", "2025-03-31 20:00")
    assert desk.type("update", SLUG, "--yes", now="2025-03-22T09:00+01:00")[0] == 0
    at = AT + timedelta(days=9)
    words = clients.written(invited, at, "Oui, je serai là à 14 h.")
    line = read(desk, words, clients.link(invited, at, 1), now="2025-03-23T18:00+01:00")
    assert (line["answer"], line["review"]) == ("none", "older-version")

    newest = letters(desk, WHO)[-1]
    later = clients.link(newest, at + timedelta(hours=1), 0)
    assert read(desk, later, now="2025-03-23T19:00+01:00")["answer"] == "accepted"


@pytest.mark.parametrize(
    ("subject", "field", "expected"),
    [
        (TITLE, "X-Nothing: 1", "declined"),
        ("Devis chaises", "X-Nothing: 1", "none"),
        (TITLE, "In-Reply-To: <calendriers@mairie-lille.example>", "none"),
    ],
)
def test_a_vouched_sender_says_who_and_not_of_what(
    desk: Desk, invited: ReceivedInvitation, subject: str, field: str, expected: str
) -> None:
    """A new mail about the meeting counts; one about something else, or in another thread, waits."""
    settings = desk.path / "config" / "mailer.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("[imap]", '[imap]\nauthserv_ids = ["mx.mairie-lille.example"]'),
        "utf-8",
    )
    words = "Je ne pourrai pas venir, désolée."
    line = read(desk, mail(f"Marie Dupont <{WHO}>", field, subject=subject, body=words, head=VOUCHED))

    assert (line["answer"], bool(line["review"])) == (expected, expected == "none")


def test_who_tells_of_somebody_registers_nobody(desk: Desk, invited: ReceivedInvitation) -> None:
    """What a colleague was told by telephone waits with the invitee; nobody new is put down, whoever vouches for them."""
    desk.rewrite(
        'uninvited = "hold"', 'uninvited = "accept"'
    ) if 'uninvited = "hold"' in desk.campaign() else None
    told = mail(
        "Rémi Vasse <rvasse@example.org>",
        subject=TITLE,
        body="Marie Dupont sera présente, je l'ai eue au téléphone.",
    )
    line = read(desk, VOUCHED + told)

    assert (line["answer"], line["review"]) == ("none", "speaks-for-another")
    assert set(attendance(desk)) == {WHO, FELLOW}


def test_the_unsubscribe_address_takes_effect_at_once(desk: Desk, invited: ReceivedInvitation) -> None:
    """From the invitee's own address, whatever is typed beside it; the same words without the link wait."""
    beside = clients.written(invited, AT, "Merci de me retirer de la liste, je ne pourrai pas venir.")
    assert read(desk, beside)["delivery"] == "sent"

    _, subject, _ = next(link for link in invited.links if "desinscription" in link[1])
    assert read(desk, mail(WHO, subject=subject, body=""))["delivery"] == "suppressed"


def test_newcomers_wait_in_one_group(
    desk: Desk, invited: ReceivedInvitation, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody vouches for them: they get no mail, and of one day only so many are decided together."""
    monkeypatch.setattr(ledger, "MOST_IN_A_DAY", 2)
    mails = [
        mail(
            f"Zoé Blanc{n} <zoe{n}@example.net>", subject=TITLE, body="Bonjour, je viendrai avec plaisir."
        ).replace("<1@", f"<{n}@")
        for n in range(3)
    ]
    about = mail("Cabinet <cabinet@example.com>", subject=TITLE, body="Le Président assistera à la réunion.")
    sent = len(desk.office.delivered)
    read(desk, *mails, about.replace("<1@", "<9@"))

    store = open_store(f"sqlite:///{desk.path}/data/mailer.sqlite")
    entries = list(store.entries(SLUG))
    store.close()
    waiting = ledger.review(entries, ledger.attendance(entries, people.register(entries)))
    assert [one.why for one in waiting] == ["uninvited", "uninvited", "uninvited-many", "speaks-for-another"]
    campaign = Workspace(desk.path, AT).campaign(SLUG)
    together = [one.entry.fact for one in decide.newcomers(waiting, campaign)]
    assert [fact.sender for fact in together if isinstance(fact, Heard)] == [
        "zoe0@example.net",
        "zoe1@example.net",
    ]
    assert set(attendance(desk)) == {WHO, FELLOW}
    assert len(desk.office.delivered) == sent
