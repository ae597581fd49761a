"""Adding, moving, merging, withdrawing and allowing people, on a real ledger."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mailer import contacts
from mailer.errors import ConfigError
from mailer.jobs import find, people, roll, standings
from mailer.jobs.find import Found
from mailer.model.attendance import Standing
from mailer.model.contact import Contact, Origin
from mailer.model.entry import Allowed, Announced, Channel, Delivery, Entry, Gone, Heard, Reviewed, Trust
from mailer.model.finding import Answer, Claim, Finding, MailKind, OptOut, PartStat
from mailer.model.invitation import Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import State
from mailer.model.people import Why
from mailer.people import Reconciled
from mailer.store.sql import SqlStore, open_store

NOW = datetime(2025, 3, 13, 9, tzinfo=UTC)
SOON = NOW + timedelta(hours=1)


def line(email: str, first: str, last: str, organisation: str = "") -> Contact:
    """A line of a list."""
    origin = Origin("contacts/liste.csv", 2)
    return Contact(email, first_name=first, last_name=last, organisation=organisation, origin=origin)


ANNE = line("anne@example.org", "Anne", "Martin", "Mairie")
HOMONYM = line("a.martin@example.net", "Anne", "Martin", "Préfecture")
JEAN = line("moreau@example.org", "Jean", "Moreau")
LUCIE = line("moreau@example.org", "Lucie", "Moreau")
PAUL = line("paul@example.net", "Paul", "Petit")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A ledger with five people at four addresses; two of them share one."""
    opened = open_store(f"sqlite:///{tmp_path}/ledger.sqlite")
    listed(opened, ANNE, HOMONYM, JEAN, LUCIE, PAUL)
    yield opened
    assert opened.verify("c") is None
    opened.close()


def listed(store: SqlStore, *lines: Contact) -> Reconciled:
    """Read these lists, and write what they change."""
    compared = people.reconcile(store, "c", contacts.households(lines))
    people.record_reconciled(store, "c", compared, now=NOW)
    assert roll.register(store, "c") == compared.register
    return compared


def says(store: SqlStore, who: str, claim: Claim, *, person: bool = False) -> Entry:
    """A mail of somebody says this: for everybody at their address, or of them alone."""
    found = find.people(roll.invitees(store, "c"), who)[0]
    finding = Finding("free_text", MailKind.REPLY, claim, text="merci")
    fact = Heard(finding, NOW, Trust.SENDER, message_id="<m@example.org>")
    ref = found.person.ref if person else ""
    entry = Entry("c", found.invitee.ref, NOW, Channel.TEXT, fact, source="d1", note="vu", person=ref)
    return store.append([entry])[0]


def where(store: SqlStore, who: str) -> find.Found:
    """The person as the ledger has them."""
    return find.person(roll.invitees(store, "c"), who)


def standing_of(store: SqlStore, who: people.Changed | Found) -> Standing:
    """Where a person stands."""
    return standings.record(store, "c").standings[who.person.ref]


def heard(store: SqlStore, who: str) -> list[Heard]:
    """What is told of this person alone."""
    found = where(store, who)
    return [
        entry.fact
        for entry in store.entries("c", found.invitee.ref)
        if isinstance(entry.fact, Heard) and entry.person == found.person.ref
    ]


def code(error: pytest.ExceptionInfo[ConfigError]) -> str:
    """The code of an error."""
    return error.value.code


# -- who is meant ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("PAUL@example.net", "Paul Petit"),
        ("lucie moreau", "Lucie Moreau"),
        ("MOREAU Jean", "Jean Moreau"),
        ("petit", "Paul Petit"),
        ("Mairie", "Anne Martin"),
    ],
)
def test_one_person_is_found(store: SqlStore, who: str, name: str) -> None:
    """By address, by full name either way round, or by words that only one has."""
    assert where(store, who).called == name


def test_a_reference_finds_one_of_two_at_an_address(store: SqlStore) -> None:
    """The person's own; that of their invitation names both."""
    lucie = where(store, "Lucie Moreau")

    assert where(store, lucie.person.ref) == lucie
    assert len(find.people(roll.invitees(store, "c"), lucie.invitee.ref)) == 2


def test_several_are_told_apart(store: SqlStore) -> None:
    """By address, organisation and place in the list; an address that two people share names both."""
    with pytest.raises(ConfigError) as name:
        where(store, "Anne Martin")
    with pytest.raises(ConfigError) as address:
        where(store, "moreau@example.org")
    with pytest.raises(ConfigError) as nobody:
        where(store, "moreau@example.or")

    assert name.value.values["found"] == (
        "Anne Martin <anne@example.org>, Mairie, contacts/liste.csv:2; "
        "Anne Martin <a.martin@example.net>, Préfecture, contacts/liste.csv:2"
    )
    assert "Jean Moreau" in str(address.value.values["found"])
    assert "Lucie Moreau" in str(address.value.values["found"])
    assert [code(name), code(address), code(nobody)] == ["person-ambiguous"] * 2 + ["invitee-unknown"]


# -- adding ------------------------------------------------------------------------------------------------------------


def test_somebody_is_added(store: SqlStore) -> None:
    """They have an invitation of their own, are on no list, and stay when the lists are read again."""
    done = people.add(store, "c", "zoe@example.org", "Blanc, Zoé", now=SOON, author="Camille")
    again = people.add(store, "c", "ZOE@example.org", "zoe blanc", now=SOON)

    assert (done.person.contact.first_name, done.person.why) == ("Zoé", Why.ADDED)
    assert [(each.channel, each.author) for each in done.entries] == [(Channel.STAFF, "Camille")]
    assert (again.entries, again.person.ref) == ((), done.person.ref)
    assert listed(store, ANNE, HOMONYM, JEAN, LUCIE, PAUL).changes == ()


def test_who_is_added_at_a_known_address_shares_it(store: SqlStore) -> None:
    """One invitation, two members; the one known is as before."""
    before = where(store, "Paul Petit")
    done = people.add(store, "c", PAUL.email, "Zoé Blanc", now=SOON)

    assert (done.invitee.ref, done.invitee.token) == (before.invitee.ref, before.invitee.token)
    assert done.others == (before.person,)
    assert done.person.since == done.entries[0].number


def test_a_known_name_at_another_address_is_asked_about(store: SqlStore) -> None:
    """With the words that settle it either way; nobody is added without."""
    with pytest.raises(ConfigError) as error:
        people.add(store, "c", "p.petit@example.org", "Paul PETIT", now=SOON)

    assert code(error) == "add-same-name"
    assert error.value.values["move"] == "mailer move c paul@example.net p.petit@example.org"
    assert len(find.people(roll.invitees(store, "c"), "Paul Petit")) == 1
    people.add(store, "c", "p.petit@example.org", "Paul PETIT", now=SOON, yes=True)
    assert len(find.people(roll.invitees(store, "c"), "Paul Petit")) == 2


@pytest.mark.parametrize("typed", ["", "paul", "paul@", "a@example.org, b@example.org"])
def test_only_an_address_can_be_added(store: SqlStore, typed: str) -> None:
    """Anything else is refused, and nothing is written."""
    before = list(store.entries("c"))
    with pytest.raises(ConfigError, match="address-to-type"):
        people.add(store, "c", typed, "Zoé Blanc", now=SOON)

    assert list(store.entries("c")) == before


# -- moving ------------------------------------------------------------------------------------------------------------


def test_who_moves_alone_takes_the_invitation_along(store: SqlStore) -> None:
    """UID and token are the same, the list with the old address does not move them back, and moving back undoes it."""
    before = where(store, "Paul Petit")
    done = people.move(store, "c", "Paul Petit", "p.petit@example.org", now=SOON)

    assert (done.invitee.ref, done.invitee.uid, done.person.ref) == (
        before.invitee.ref,
        before.invitee.uid,
        before.person.ref,
    )
    assert done.invitee.email == "p.petit@example.org"
    assert listed(store, ANNE, HOMONYM, JEAN, LUCIE, PAUL).changes == ()
    assert where(store, PAUL.email).person.ref == before.person.ref
    back = people.move(store, "c", "p.petit@example.org", PAUL.email, now=SOON)
    assert (back.invitee.email, back.invitee.token) == (PAUL.email, before.invitee.token)


def test_who_leaves_takes_their_part_of_a_range_along(store: SqlStore) -> None:
    """Both ends still add up, children stay on the first line, and what was looked over is not to be looked over again."""
    said = Answer(PartStat.ACCEPTED, 4, least=3, glance=True, remark="en retard")
    entry = says(store, "Jean Moreau", said)
    shared = where(store, "Jean Moreau").invitee
    store.append([Entry("c", shared.ref, NOW, Channel.STAFF, Reviewed(entry.number, applied=True))])
    done = people.move(store, "c", "Lucie Moreau", "lucie@example.org", now=SOON)
    jean, lucie = standing_of(store, where(store, "Jean Moreau")), standing_of(store, done)

    assert [(one.headcount, one.least, one.comment) for one in (jean, lucie)] == [
        (3, 2, "en retard"),
        (1, None, "en retard"),
    ]
    assert (jean.glance, lucie.glance) == (False, False)


def test_who_leaves_a_shared_address_keeps_what_they_said(store: SqlStore) -> None:
    """A number said for both is shared out, and the two together are as many as before; no mail is acknowledged again."""
    says(store, "Lucie Moreau", Answer(PartStat.ACCEPTED, 3))
    shared = where(store, "Jean Moreau").invitee
    done = people.move(store, "c", "Lucie Moreau", "lucie@example.net", now=SOON)

    assert done.invitee.ref != shared.ref
    assert [
        (fact.finding.claim, fact.message_id, fact.finding.text) for fact in heard(store, "Lucie Moreau")
    ] == [(Answer(PartStat.ACCEPTED, 1), "", "merci")]
    assert [fact.finding.claim for fact in heard(store, "Jean Moreau")] == [Answer(PartStat.ACCEPTED, 2)]
    standing = standing_of(store, done)
    assert (standing.partstat, standing.headcount, standing.note) == (PartStat.ACCEPTED, 1, "vu")


@pytest.mark.parametrize("told", [1, 2])
def test_the_letters_of_the_address_they_left_are_known(store: SqlStore, told: int) -> None:
    """Who was not told of the new date there answers the old one, also after a second move; who was, the new one."""
    source = where(store, "Lucie Moreau").invitee.ref
    meeting = Meeting("A meeting", NOW + timedelta(days=30), NOW + timedelta(days=31), "UTC", "Here")
    announced = [
        Entry("c", "", NOW + timedelta(minutes=n), Channel.OUTBOX, Announced(n, meeting)) for n in range(2)
    ]
    letters = [
        Entry("c", source, NOW + timedelta(minutes=n), Channel.OUTBOX, Delivery(key, n, State.SENT))
        for n, key in enumerate([MessageKey(Kind.INVITATION, 0, 1), MessageKey(Kind.UPDATE, 1, 1)][:told])
    ]
    for n, entry in enumerate(announced):
        store.append([entry, *letters[n : n + 1]])
    people.move(store, "c", "Lucie Moreau", "lucie@example.net", now=SOON)
    people.move(store, "c", "Lucie Moreau", PAUL.email, now=SOON, share=True)
    there = where(store, "Lucie Moreau")
    finding = Finding("free_text", MailKind.REPLY, Answer(PartStat.ACCEPTED), text="oui")
    fact = Heard(finding, SOON + timedelta(hours=1), Trust.SENDER)
    store.append(
        [
            Entry("c", there.invitee.ref, SOON, Channel.TEXT, fact, person=one.ref)
            for one in there.invitee.members
        ]
    )

    lucie, paul = standing_of(store, there), standing_of(store, where(store, "Paul Petit"))
    assert (lucie.partstat, lucie.whys) == (
        (PartStat.ACCEPTED, ()) if told == 2 else (PartStat.NEEDS_ACTION, ("older-version",))
    )
    assert paul.partstat is PartStat.ACCEPTED


def test_what_the_other_said_is_not_carried(store: SqlStore) -> None:
    """An answer of one alone stays theirs when the other one leaves."""
    says(store, "Jean Moreau", Answer(PartStat.DECLINED), person=True)
    people.move(store, "c", "Lucie Moreau", "lucie@example.net", now=SOON)

    assert heard(store, "Lucie Moreau") == []
    assert [fact.finding.claim for fact in heard(store, "Jean Moreau")] == [Answer(PartStat.DECLINED)]


def test_an_address_that_is_taken_is_offered(store: SqlStore) -> None:
    """Nothing changes; the words that share it, and those that merge the two, both work."""
    paul, anne = where(store, "Paul Petit"), where(store, ANNE.email)
    with pytest.raises(ConfigError) as error:
        people.move(store, "c", PAUL.email, ANNE.email, now=SOON)
    assert code(error) == "address-taken"
    assert error.value.values["share"] == f"mailer move c {PAUL.email} {ANNE.email} --yes"
    assert error.value.values["merge"] == f"mailer merge c {ANNE.email} {PAUL.email}"
    assert where(store, "Paul Petit") == paul

    done = people.move(store, "c", PAUL.email, ANNE.email, now=SOON, share=True)
    assert (done.invitee.ref, done.others) == (anne.invitee.ref, (anne.person,))
    assert roll.register(store, "c").now(paul.invitee.ref) == anne.invitee.ref


def test_an_objection_follows_a_move(store: SqlStore) -> None:
    """The new address is barred, the neighbour's is not, and it can be said again that they objected."""
    says(store, "Paul Petit", OptOut())
    store.suppress(PAUL.email, NOW, "asked")
    done = people.move(store, "c", "Paul Petit", "p.petit@example.org", now=SOON)

    assert done.barred
    assert store.suppressed(["p.petit@example.org", "p.petit@example.net", ANNE.email]) == {
        "p.petit@example.org"
    }


# -- merging -----------------------------------------------------------------------------------------------------------


def test_two_lines_become_one_person_and_two_again(store: SqlStore) -> None:
    """The answer of the one is told of the other, the token leads there, lists change nothing, and undoing gives all back."""
    says(store, HOMONYM.email, Answer(PartStat.DECLINED))
    kept, gone = where(store, ANNE.email), where(store, HOMONYM.email)
    people.merge(store, "c", ANNE.email, HOMONYM.email, now=SOON)

    assert where(store, "Anne Martin").person.ref == kept.person.ref
    assert roll.register(store, "c").follows[gone.invitee.ref] == (kept.invitee.ref, kept.person.ref)
    assert [(fact.finding.claim, fact.held) for fact in heard(store, ANNE.email)] == [
        (Answer(PartStat.DECLINED), False)
    ]
    assert listed(store, ANNE, HOMONYM, JEAN, LUCIE, PAUL).changes == ()

    people.undo_merge(store, "c", ANNE.email, HOMONYM.email, now=SOON + timedelta(hours=1))
    assert where(store, HOMONYM.email) == gone
    standing = standing_of(store, kept)
    assert standing.partstat is PartStat.NEEDS_ACTION
    with pytest.raises(ConfigError, match="not-merged"):
        people.undo_merge(store, "c", ANNE.email, HOMONYM.email, now=SOON)


def test_two_different_answers_wait(store: SqlStore) -> None:
    """The one of the person kept stands until staff decide; equal ones do not wait."""
    says(store, ANNE.email, Answer(PartStat.ACCEPTED))
    says(store, HOMONYM.email, Answer(PartStat.DECLINED))
    says(store, JEAN.email, Answer(PartStat.ACCEPTED))
    people.merge(store, "c", ANNE.email, HOMONYM.email, now=SOON)
    people.merge(store, "c", ANNE.email, "Jean Moreau", now=SOON)

    assert [(fact.held, fact.why) for fact in heard(store, ANNE.email)] == [
        (True, "merged-differently"),
        (False, ""),
    ]
    standing = standing_of(store, where(store, ANNE.email))
    assert (standing.partstat, standing.whys) == (PartStat.ACCEPTED, ("merged-differently",))
    assert [one.contact.name for one in where(store, "Lucie Moreau").invitee.members] == ["Lucie Moreau"]


def test_nobody_is_merged_with_themselves(store: SqlStore) -> None:
    """It is said, and nothing is written."""
    with pytest.raises(ConfigError, match="merge-itself"):
        people.merge(store, "c", PAUL.email, "Paul Petit", now=SOON)

    assert where(store, "Paul Petit").person.contact == PAUL


@pytest.mark.parametrize("same", [True, False])
def test_the_words_of_a_question_settle_it(store: SqlStore, same: bool) -> None:
    """A name at two addresses: either command that the warning names answers the question, for good."""
    second = line("petit@example.org", "Paul", "Petit")
    lists = (ANNE, HOMONYM, JEAN, LUCIE, PAUL, second)
    compared = people.reconcile(store, "c", contacts.households(lists))
    (problem,) = people.problems("c", compared)
    assert (problem.code, problem.read) == ("asked-same-name", "Paul Petit")
    if same:
        assert problem.values["same"] == "mailer merge c paul@example.net petit@example.org"
        people.merge(store, "c", PAUL.email, second.email, now=SOON, questions=lambda: compared.questions)
    else:
        assert problem.values["two"] == "mailer add c petit@example.org --name 'Paul Petit' --yes"
        people.add(store, "c", second.email, "Paul Petit", now=SOON, yes=True)

    after = listed(store, *lists)
    assert (after.questions, after.gone) == ((), ())
    assert len(find.people(roll.invitees(store, "c"), "Paul Petit")) == (1 if same else 2)


@pytest.mark.parametrize("same", [True, False])
def test_another_name_at_an_address_is_settled(store: SqlStore, same: bool) -> None:
    """The same person gets the list's name; two people share the invitation."""
    renamed = line(PAUL.email, "Paul", "Legrand")
    lists = (ANNE, HOMONYM, JEAN, LUCIE, renamed)
    compared = people.reconcile(store, "c", contacts.households(lists))
    (problem,) = people.problems("c", compared)
    ref = where(store, "Paul Petit").person.ref
    if same:
        assert problem.values["same"] == "mailer merge c 'Paul Petit' 'Paul Legrand'"
        people.merge(store, "c", "Paul Petit", "Paul Legrand", now=SOON, questions=lambda: compared.questions)
    else:
        people.add(store, "c", PAUL.email, "Paul Legrand", now=SOON, yes=True)

    after = listed(store, *lists)
    assert after.questions == ()
    legrand = where(store, "Paul Legrand")
    assert (legrand.person.ref == ref) is same
    assert len(legrand.invitee.members) == (1 if same else 2)
    assert [one.ref for one in after.gone] == ([] if same else [ref])


# -- withdrawing and allowing --------------------------------------------------------------------------------------------


def test_one_of_two_is_withdrawn(store: SqlStore) -> None:
    """The other one is named, and stays; a second time changes nothing; adding invites again."""
    done = people.withdraw(store, "c", "Lucie Moreau", now=SOON)

    assert isinstance(done.entries[0].fact, Gone)
    assert done.person.withdrawn == done.entries[0].number
    assert [one.contact.name for one in done.others] == ["Jean Moreau"]
    assert where(store, "Jean Moreau").person.withdrawn == 0
    assert people.withdraw(store, "c", "Lucie Moreau", now=SOON).entries == ()
    assert people.add(store, "c", LUCIE.email, "Lucie Moreau", now=SOON).person.withdrawn == 0


def test_an_objection_is_lifted_only_on_request(store: SqlStore) -> None:
    """The words with which they asked again are kept; another one's objection stays."""
    objection = says(store, "Paul Petit", OptOut())
    for address in (PAUL.email, ANNE.email):
        store.suppress(address, NOW, "asked")
    with pytest.raises(ConfigError, match="allow-objected"):
        people.allow(store, "c", PAUL.email, now=SOON)
    assert store.suppressed([PAUL.email]) == {PAUL.email}

    done = people.allow(store, "c", PAUL.email, now=SOON, asked_again="au téléphone, le 3")
    allowed, reviewed = done.entries
    assert isinstance(allowed.fact, Allowed)
    assert (allowed.note, reviewed.fact) == ("au téléphone, le 3", Reviewed(objection.number, applied=False))
    assert store.suppressed([PAUL.email, ANNE.email]) == {ANNE.email}
    assert not standing_of(store, done).opted_out


def test_whose_objection_it_was_is_not_said_of_another(store: SqlStore) -> None:
    """Of two at an address one objects: the address is said to have asked, and their own name only of who did."""
    says(store, "Lucie Moreau", OptOut(), person=True)
    store.suppress(LUCIE.email, NOW, "asked")
    said = {}
    for who in ("Lucie Moreau", "Jean Moreau"):
        with pytest.raises(ConfigError, match="allow-objected") as error:
            people.allow(store, "c", who, now=SOON)
        said[who] = error.value.read

    assert said == {"Lucie Moreau": "Lucie Moreau", "Jean Moreau": LUCIE.email}


def test_who_was_never_barred_is_not_allowed_again(store: SqlStore) -> None:
    """Nothing is written, with words or without."""
    before = list(store.entries("c"))

    for words in ("", "au téléphone, le 3"):
        assert people.allow(store, "c", PAUL.email, now=SOON, asked_again=words).entries == ()
    assert list(store.entries("c")) == before


def test_who_a_list_takes_from_a_shared_address_keeps_what_they_said(store: SqlStore) -> None:
    """A corrected line of one of two carries their answer and an objection; the other's is as before."""
    says(store, "Lucie Moreau", Answer(PartStat.DECLINED), person=True)
    says(store, "Lucie Moreau", OptOut(), person=True)
    store.suppress(LUCIE.email, NOW, "asked")
    before = where(store, "Jean Moreau").person
    listed(store, ANNE, HOMONYM, JEAN, line("lucie@example.net", "Lucie", "Moreau"), PAUL)

    told = heard(store, "Lucie Moreau")
    assert [type(fact.finding.claim) for fact in told] == [Answer, OptOut]
    assert store.suppressed(["lucie@example.net", PAUL.email]) == {"lucie@example.net"}
    assert where(store, "Jean Moreau").person == before
    assert heard(store, "Jean Moreau") == []
