"""Test that forgetting a person leaves no byte of them."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer import campaign as campaigns
from mailer import exports
from mailer.errors import ConfigError
from mailer.jobs import people, protect, roll, standings
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Delivery, Entry, Heard, Trust
from mailer.model.finding import Answer, Claim, Finding, MailKind, PartStat, Unclear, Undeliverable
from mailer.model.invitation import MessageKey
from mailer.model.outcome import State
from mailer.model.people import Invitee
from mailer.store import Read, Store
from mailer.store.sql import open_store
from tests.registered import enrol
from tests.soak import examples

NOW = datetime(2025, 3, 14, tzinfo=UTC)
OTHER = Contact("other@example.net", last_name="Autre")
LOCAL = st.from_regex(r"[a-z][a-z0-9.+-]{6,14}[a-z0-9]", fullmatch=True).filter(lambda text: ".." not in text)
WORDS = st.text("abcdeéèàç œ'-", max_size=12)


def invitee(secret: bytes, contact: Contact) -> Invitee:
    """Somebody on the roll."""
    return campaigns.invitee(secret, "c", (contact,))


@settings(max_examples=examples(15))
@given(LOCAL, WORDS, WORDS)
def test_no_byte_is_left(local: str, said: str, note: str) -> None:
    """Whatever they wrote and whoever names them: ledger, lists and exports hold their address no more."""
    address = f"{local}@example.org"
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        for name in ("contacts", "exports"):
            (workspace / name).mkdir()
        listed = workspace / "contacts" / "liste.csv"
        listed.write_text(
            f"Nom;Courriel\r\nDupont;{address}\r\nAutre;other@example.net\r\n", "utf-8", newline=""
        )
        (workspace / "exports" / "presences.csv").write_text(f"Dupont;{address.upper()}", "utf-8")
        store = open_store(f"sqlite:///{workspace}/ledger.sqlite")
        marie = invitee(store.secret(), Contact(address, last_name="Dupont"))
        paul = invitee(store.secret(), OTHER)
        enrol(store, "c", [marie, paul], NOW)
        finding = Finding(
            "free_text",
            MailKind.REPLY,
            Answer(PartStat.ACCEPTED),
            evidence=f"{said} {address}",
            addresses=(address,),
            text=f"{said} <{address.title()}>",
        )
        for uid, who in enumerate((marie, paul), 1):
            entry = Entry("c", who.ref, NOW, Channel.TEXT, Heard(finding, NOW, Trust.SENDER), note=note)
            store.record(
                [
                    (
                        Read("INBOX", 1, uid, who.ref, "<x@y>", address, address),
                        [entry],
                    )
                ]
            )
        person = protect.find(workspace, store, address)
        protect.forget(store, person, NOW, mentions=True)
        left = protect.searched(workspace, store, person)

        assert (left.traces, left.mentions) == ((), ())
        assert store.verify("c") is None
        assert store.suppressed([address]) == set()
        marks = {(address, "dupont"), (address, ""), (address, "autre"), ("other@example.net", "dupont")}
        assert store.forgotten(marks) == {(address, "dupont")}
        store.close()
        for path in workspace.rglob("*"):
            if path.is_file():
                assert address.encode() not in path.read_bytes().lower(), path
        assert "other@example.net" in listed.read_text("utf-8")


LETTERS = (
    "x{0}@example.org",
    "x.{0}@example.org",
    "{0}@example.org.example",
    "{0}@example.orga",
    "{0}-x@example.org",
    "{0}@example.net",
)
"""Addresses that hold the letters of another one."""


def dotted(local: str) -> str:
    """The same letters with a full stop between the first two."""
    return f"{local[0]}.{local[1:]}@example.org"


@settings(max_examples=examples(15))
@given(LOCAL, st.sampled_from([*LETTERS, "dotted"]))
def test_a_neighbour_of_like_letters_stays(local: str, form: str) -> None:
    """The line of the forgotten person goes; the neighbour's lines, entries, and words stay, octet for octet."""
    address = f"{local}@example.org"
    neighbour = dotted(local) if form == "dotted" else form.format(local)
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder)
        files = [workspace / "contacts" / "liste.csv", workspace / "exports" / "presences.csv"]
        gone, stays = f"Dupont;{address};non\r\n", f"Dupont;{neighbour};oui, en tandem\r\n"
        for file in files:
            file.parent.mkdir()
            file.write_text(f"Nom;Courriel;Réponse\r\n{gone}{stays}", "utf-8", newline="")
        store = open_store(f"sqlite:///{workspace}/ledger.sqlite")
        marie, other = (
            invitee(store.secret(), Contact(each, last_name="Dupont")) for each in (address, neighbour)
        )
        enrol(store, "c", [marie, other], NOW)
        store.append([said(other, f"voyez {neighbour}"), said(marie, address)])
        before = list(store.entries("c", other.ref))
        protect.forget(store, protect.find(workspace, store, address), NOW)
        after = list(store.entries("c", other.ref))
        marks = store.forgotten({(each, "dupont") for each in (address, address.upper(), neighbour)})
        store.close()

        assert after == before
        assert marks == {(address, "dupont"), (address.upper(), "dupont")}
        for file in files:
            assert file.read_bytes().decode() == f"Nom;Courriel;Réponse\r\n{stays}"


def said(one: Invitee, text: str, person: str = "", campaign: str = "c") -> Entry:
    """A mail with these words, of everybody at an address or of one of them alone."""
    finding = Finding("free_text", MailKind.REPLY, Answer(PartStat.ACCEPTED), evidence=text, text=text)
    return Entry(campaign, one.ref, NOW, Channel.TEXT, Heard(finding, NOW, Trust.SENDER), person=person)


def words(store: Store, campaign: str, ref: str) -> list[tuple[str, str]]:
    """What an invitation's entries say, each with its person."""
    return [
        (entry.person, entry.fact.finding.text)
        for entry in store.entries(campaign, ref)
        if isinstance(entry.fact, Heard)
    ]


COUPLE = (
    Contact("moreau@example.org", first_name="Jean", last_name="Moreau"),
    Contact("moreau@example.org", first_name="Lucie", last_name="Moreau"),
)


def test_one_of_a_couple_goes_and_the_other_stays(tmp_path: Path) -> None:
    """Line, answers and letters of the other stay; so does what was said for both. The address is not barred."""
    file = tmp_path / "contacts" / "liste.csv"
    file.parent.mkdir()
    head, hers = "Nom;Prénom;Courriel\r\n", "Moreau;Lucie;moreau@example.org\r\n"
    file.write_text(f"{head}Moreau;Jean;moreau@example.org\r\n{hers}", "utf-8", newline="")
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    both = campaigns.invitee(store.secret(), "c", COUPLE)
    enrol(store, "c", [both], NOW)
    jean, lucie = roll.invitees(store, "c")[0].members
    store.append(
        [said(both, "oui pour deux"), said(both, "seul", jean.ref), said(both, "je suis Lucie", lucie.ref)]
    )
    with pytest.raises(ConfigError) as several:
        protect.find(tmp_path, store, "moreau@example.org")
    person = protect.find(tmp_path, store, jean.ref)
    protect.forget(store, person, NOW)
    left = protect.searched(tmp_path, store, person).traces
    (after,) = roll.invitees(store, "c")

    assert several.value.values["found"] == f"Jean Moreau ({jean.ref}); Lucie Moreau ({lucie.ref})"
    assert [one.name for one in person.others] == ["Lucie Moreau"]
    assert left == ()
    assert [one.erased for one in after.members] == [True, False]
    assert (after.email, after.members[1], after.token) == (both.email, lucie, both.token)
    assert words(store, "c", both.ref) == [
        ("", "oui pour deux"),
        (jean.ref, ""),
        (lucie.ref, "je suis Lucie"),
    ]
    assert file.read_text("utf-8") == f"{head}{hers}".replace("\r\n", "\n")
    assert store.suppressed(["moreau@example.org"]) == set()
    assert store.verify("c") is None
    store.close()


def test_a_person_goes_from_every_campaign_and_their_namesake_stays(tmp_path: Path) -> None:
    """It is the same person where the same name stands at an address of theirs, also at one they had before."""
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    lines = {
        "c": [Contact("ana@example.org", first_name="Ana", last_name="Petit")],
        "d": [
            Contact("ANA@example.org", first_name="PETIT", last_name="Ana", organisation="Une"),
            Contact("ana@example.net", first_name="Ana", last_name="Petit", organisation="Autre"),
        ],
        "e": [Contact("ana@example.org", first_name="Zoé", last_name="Blanc")],
    }
    for slug, people_ in lines.items():
        compared = people.reconcile(store, slug, [(one,) for one in people_])
        people.record_reconciled(store, slug, compared, now=NOW)
    people.move(store, "c", "Ana Petit", "ana.petit@example.org", now=NOW)
    person = protect.find(tmp_path, store, "ana.petit@example.org")
    protect.forget(store, person, NOW)
    left = {
        slug: [one.contact.email for each in roll.invitees(store, slug) for one in each.members]
        for slug in lines
    }
    store.close()

    assert person.addresses == {"ana@example.org", "ana.petit@example.org"}
    assert [one.name for one in person.others] == ["Zoé Blanc"]
    assert left == {"c": [""], "d": ["", "ana@example.net"], "e": ["ana@example.org"]}


def test_words_of_others_go_only_on_a_word(tmp_path: Path) -> None:
    """They are counted first."""
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    ana, paul = (
        invitee(store.secret(), Contact(f"{each}@example.org", last_name=each)) for each in ("ana", "paul")
    )
    enrol(store, "c", [ana, paul], NOW)
    store.append([said(paul, "demandez à ana@example.org"), said(paul, "à diana@example.org")])
    person = protect.find(tmp_path, store, "ana@example.org")
    protect.forget(store, person, NOW)
    before = words(store, "c", paul.ref)
    protect.forget(store, person, NOW, mentions=True)
    after = words(store, "c", paul.ref)
    store.close()

    assert [(one.campaign, one.words, one.by_name) for one in person.mentions] == [
        ("c", "demandez à ana@example.org", False)
    ]
    assert before == [("", "demandez à ana@example.org"), ("", "à diana@example.org")]
    assert after == [("", ""), ("", "à diana@example.org")]


def test_a_forgotten_person_is_not_listed_again(tmp_path: Path) -> None:
    """Whatever the spelling of the name; somebody else at the address is."""
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    enrol(store, "c", [invitee(store.secret(), COUPLE[0])], NOW)
    protect.forget(store, protect.find(tmp_path, store, "moreau@example.org"), NOW)
    again = [
        Contact("Moreau@example.org", first_name="MOREAU", last_name="Jéan"),
        COUPLE[1],
        Contact("jean.moreau@example.org", first_name="Jean", last_name="Moreau"),
    ]
    compared = people.reconcile(store, "c", [(one,) for one in again])
    store.close()

    assert [
        one.contact for each in compared.register.roll for one in each.members if not one.erased
    ] == again[1:]


def test_files_that_are_no_lines_are_left_to_a_person(tmp_path: Path) -> None:
    """A report and a workbook's stand-in are named and kept; a preview goes; a line about both of a couple is named."""
    made = {
        "exports/rapport.html": "<p>Jean Moreau, moreau@example.org</p>",
        "exports/autre.csv": "Moreau;Lucie;moreau@example.org",
        "exports/deux.csv": "Jean et Lucie Moreau;moreau@example.org",
        "preview/1.eml": "To: moreau@example.org",
        "preview/2.eml": "To: diana@example.org",
    }
    for name, text in made.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, "utf-8")
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    enrol(store, "c", [campaigns.invitee(store.secret(), "c", COUPLE)], NOW)
    jean = roll.invitees(store, "c")[0].members[0]
    person = protect.find(tmp_path, store, jean.ref)
    protect.forget(store, person, NOW)
    left = protect.searched(tmp_path, store, person).traces
    store.close()

    assert [one.path.relative_to(tmp_path).as_posix() for one in left] == [
        "exports/deux.csv",
        "exports/rapport.html",
    ]
    for name, text in made.items():
        if name != "preview/1.eml":
            assert (tmp_path / name).read_text("utf-8") == text
    assert not (tmp_path / "preview/1.eml").exists()


def test_a_name_is_searched_only_to_show_who_is_meant(tmp_path: Path) -> None:
    """A name erases nobody; it gives the addresses of the people who have it."""
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    enrol(
        store,
        "c",
        [invitee(store.secret(), Contact("ana@example.org", first_name="Ana", last_name="Petit"))],
        NOW,
    )
    with pytest.raises(ConfigError) as caught:
        protect.find(tmp_path, store, "Ana Petit")
    with pytest.raises(ConfigError, match="invitee-unknown"):
        protect.find(tmp_path, store, "Zoé Blanc")
    store.close()

    assert (caught.value.code, caught.value.values["found"]) == (
        "forget-needs-address",
        "Ana Petit <ana@example.org>",
    )


def test_who_was_merged_is_one_person(tmp_path: Path) -> None:
    """Two lines of different names that staff made one are forgotten together, by the reference of the one kept."""
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    one = invitee(store.secret(), Contact("anne@example.org", last_name="Dupont"))
    two = invitee(store.secret(), Contact("zoe@example.net", last_name="Petit"))
    enrol(store, "c", [one, two], NOW)
    people.merge(store, "c", "anne@example.org", "zoe@example.net", now=NOW)
    person = protect.find(tmp_path, store, one.members[0].ref)
    store.close()

    assert person.addresses == {"anne@example.org", "zoe@example.net"}


def _told(store: Store, slug: str) -> None:
    """Invite three people, who answer, are returned and are never written to; something waits of one, and of nobody."""
    three = [
        Contact("ana@example.org", last_name="Petit"),
        OTHER,
        Contact("zoe@example.net", last_name="Blanc"),
    ]
    roll_ = [campaigns.invitee(store.secret(), slug, (one,)) for one in three]
    enrol(store, slug, roll_, NOW)
    ana, other, _zoe = (one.ref for one in roll_)

    def said(ref: str, claim: Claim, text: str) -> Entry:
        finding = Finding("a_rule", MailKind.REPLY, claim, evidence=text, text=text)
        return Entry(slug, ref, NOW, Channel.TEXT, Heard(finding, NOW, Trust.SENDER))

    sent = Delivery(MessageKey.parse("invitation.0.1"), 0, State.SENT)
    store.append(
        [
            *(Entry(slug, ref, NOW, Channel.OUTBOX, sent) for ref in (ana, other)),
            said(ana, Answer(PartStat.ACCEPTED, 2, asks=True), "oui, à deux ; où se garer ?"),
            said(other, Undeliverable(permanent=True, status="5.1.1"), ""),
            said("", Unclear(), "Je ne sais pas encore."),
        ]
    )


def test_after_a_purge_the_numbers_are_the_same_and_nothing_waits(tmp_path: Path) -> None:
    """Who could be reached stays so, and what no words are left of is closed; another campaign's stays open.

    Who was never written to has no address any more, so nobody is "to be invited".
    """
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    for slug in ("c", "d"):
        _told(store, slug)
    before = standings.record(store, "c").counters()
    protect.purge(store, "c", NOW)
    after, other = (standings.record(store, slug) for slug in ("c", "d"))
    table = exports.to_csv.write(after.rows(), exports.ExportOptions("fr")).decode()
    store.close()

    assert (before.review, before.glance) == (1, 1)
    assert after.counters() == replace(
        before, review=0, glance=after.counters().glance, states=after.counters().states
    )
    states = [{name: n for name, n in one.states.items() if n} for one in (before, after.counters())]
    assert states == [{"listed": 1, "reached": 1, "unreachable": 1}, {"reached": 1, "unreachable": 2}]
    assert (table.count("njoignable"), table.count("à inviter"), after.reviews) == (3, 0, ())
    assert other.counters().states["listed"] == 1
    assert (len(other.reviews), other.counters().review) == (1, 1)


def test_what_waits_of_nobody_is_closed_where_its_words_went_with_a_person(tmp_path: Path) -> None:
    """A mail that named the forgotten person is closed where that was asked for; one with words left waits on."""
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    _told(store, "c")
    finding = Finding("a_rule", MailKind.REPLY, Unclear(), text="Et ana@example.org ?")
    store.append([Entry("c", "", NOW, Channel.TEXT, Heard(finding, NOW, Trust.NOTHING))])
    waiting = [item.entry.number for item in standings.record(store, "c").reviews]
    protect.forget(store, protect.find(tmp_path, store, "ana@example.org"), NOW, mentions=True)
    left = standings.record(store, "c")
    store.close()

    assert len(waiting) == 2
    assert [item.entry.number for item in left.reviews] == [waiting[0]]
    assert left.counters().states["reached"] == 1


def test_the_choices_for_a_name_can_be_told_apart_and_typed(tmp_path: Path) -> None:
    """Somebody of a shared address who is on the list, and in two campaigns, is one choice, by a reference that works."""
    file = tmp_path / "contacts" / "liste.csv"
    file.parent.mkdir()
    file.write_text("Nom;Prénom;Courriel\nMOREAU;Jean;moreau@example.org\n", "utf-8")
    store = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    for slug in ("c", "d"):
        enrol(store, slug, [campaigns.invitee(store.secret(), slug, COUPLE)], NOW)
    with pytest.raises(ConfigError) as caught:
        protect.find(tmp_path, store, "Jean Moreau")
    found = str(caught.value.values["found"])
    person = protect.find(tmp_path, store, found.partition("(")[2].rstrip(")"))
    store.close()

    assert (found.count("Jean Moreau"), found.count("Lucie")) == (1, 0)
    assert [slug for slug, _invitee in person.invitees] == ["c", "d"]
