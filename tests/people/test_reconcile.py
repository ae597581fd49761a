"""What new contact lists change in the register of a campaign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from mailer import campaign as campaigns
from mailer import contacts, people
from mailer.model.contact import Contact, Origin, Reading
from mailer.model.entry import Channel, Entry, Gone, Placed
from mailer.model.people import Invitee, Person, Register, Why
from mailer.people import Change, Reconciled

NOW = datetime(2025, 3, 13, 9, tzinfo=UTC)
NAMES = campaigns.References(b"secret", "c")
LIST = Origin("contacts/liste.csv", 2)


def line(email: str, first: str = "", last: str = "", organisation: str = "", **more: str) -> Contact:
    """A line of a list."""
    return Contact(
        email, first_name=first, last_name=last, organisation=organisation, origin=LIST, fields=more
    )


ANNE = line("anne@example.org", "Anne", "Martin")
JEAN = line("moreau@example.org", "Jean", "Moreau")
LUCIE = line("moreau@example.org", "Lucie", "Moreau")
PAUL = line("paul@example.net", "Paul", "Petit")


@dataclass
class Book:
    """A ledger of facts about people, and the lists that are read again and again."""

    entries: list[Entry] = field(default_factory=list)

    @property
    def register(self) -> Register:
        """Everybody as the entries have them."""
        return people.register(self.entries)

    def look(
        self, *lines: Contact, missing: Sequence[str] = (), forgotten: Sequence[Contact] = ()
    ) -> Reconciled:
        """Compare the lists with the register; nothing is written."""
        return people.reconcile(
            self.register,
            contacts.households(lines),
            NAMES,
            forgotten=lambda contact: contact in forgotten,
            missing=missing,
            last=len(self.entries),
        )

    def read(self, *lines: Contact) -> Reconciled:
        """Compare the lists with the register, and write down what changes."""
        found = self.look(*lines)
        self.write(found.changes, Channel.LIST)
        assert self.register == found.register
        return found

    def write(self, changes: Sequence[Change], channel: Channel = Channel.STAFF) -> None:
        """Append changes as entries."""
        for each in changes:
            number = len(self.entries) + 1
            self.entries.append(
                Entry("c", each.invitee, NOW, channel, each.fact, number=number, person=each.person)
            )

    def person(self, name: str) -> tuple[Invitee, Person]:
        """The person with this name, and their invitation."""
        found = [(i, p) for i in self.register.roll for p in i.members if p.contact.name == name]
        assert len(found) == 1, found
        return found[0]


def whys(found: Reconciled) -> list[Why]:
    """The reasons of the changes."""
    return [each.fact.why for each in found.changes if isinstance(each.fact, Placed | Gone)]


def test_the_same_lists_change_nothing() -> None:
    """A list that is read again gives no entry, also where its lines stand in another order or file."""
    book = Book()
    book.read(ANNE, JEAN, LUCIE, PAUL, line("", "Zoé", "Blanc"))
    again = book.look(line("", "Zoé", "Blanc"), PAUL, LUCIE, JEAN, ANNE)

    assert (again.changes, again.questions, again.gone) == ((), (), ())
    assert again.register == book.register


def test_people_of_one_address_are_members_of_one_invitation() -> None:
    """Two people at one address have one invitation; who comes to it later is a member since that entry."""
    book = Book()
    book.read(JEAN, ANNE)
    before, _ = book.person("Jean Moreau")
    book.read(JEAN, LUCIE, ANNE)
    after, lucie = book.person("Lucie Moreau")

    assert (after.ref, after.uid, after.token) == (before.ref, before.uid, before.token)
    assert lucie.since == len(book.entries)
    assert [one.since for one in after.members] == [0, lucie.since]
    assert book.person("Anne Martin")[0].ref != after.ref


def test_a_corrected_address_keeps_the_person_and_the_invitation() -> None:
    """The same name at another address, the old line gone, is the same person with the same UID and token."""
    book = Book()
    book.read(ANNE, PAUL)
    before, anne = book.person("Anne Martin")
    found = book.read(line("a.martin@example.net", "Anne", "MARTIN"), PAUL)
    after, now = book.person("Anne MARTIN")

    assert whys(found) == [Why.CORRECTED]
    assert (after.ref, after.uid, after.token, now.ref) == (before.ref, before.uid, before.token, anne.ref)
    assert (after.email, now.former) == ("a.martin@example.net", ("anne@example.org",))
    assert (found.gone, found.questions) == ((), ())


def test_a_correction_can_be_taken_back() -> None:
    """A list that has the old address again corrects it back, and nobody is doubled."""
    book = Book()
    book.read(ANNE)
    book.read(line("a.martin@example.net", "Anne", "Martin"))
    book.read(ANNE)

    assert [one.email for one in book.register.roll] == ["anne@example.org"]


def test_who_shares_an_address_and_is_corrected_gets_an_invitation_of_their_own() -> None:
    """The other one keeps the invitation; the person keeps their reference."""
    book = Book()
    book.read(JEAN, LUCIE)
    shared, lucie = book.person("Lucie Moreau")
    found = book.read(JEAN, line("lucie@example.net", "Lucie", "Moreau"))
    own, moved = book.person("Lucie Moreau")

    assert whys(found) == [Why.MOVED, Why.LISTED]
    assert own.ref != shared.ref
    assert moved.ref == lucie.ref
    assert book.person("Jean Moreau")[0].members == shared.members[:1]
    assert isinstance(found.changes[1].fact, Placed)
    assert found.changes[1].fact.origin == shared.ref


def test_a_couple_that_is_corrected_together_keeps_its_invitation() -> None:
    """Both lines have the new address, so the invitation goes there with both."""
    book = Book()
    book.read(JEAN, LUCIE, ANNE)
    before, _ = book.person("Jean Moreau")
    book.read(*(line("jl@example.net", each.first_name, each.last_name) for each in (JEAN, LUCIE)), ANNE)
    after, _ = book.person("Lucie Moreau")

    assert (after.ref, after.email, len(after.members)) == (before.ref, "jl@example.net", 2)


def test_who_is_corrected_to_the_address_of_somebody_else_joins_them() -> None:
    """The invitation that is left leads to the one that was joined."""
    book = Book()
    book.read(JEAN, line("lucie@example.net", "Lucie", "Moreau"))
    alone, lucie = book.person("Lucie Moreau")
    book.read(JEAN, LUCIE)
    shared, _ = book.person("Jean Moreau")

    assert [one.ref for one in shared.members][1] == lucie.ref
    assert book.register.now(alone.ref) == shared.ref


def test_two_people_who_change_addresses_keep_their_invitations() -> None:
    """Each invitation goes with its person."""
    book = Book()
    book.read(ANNE, PAUL)
    anne, paul = book.person("Anne Martin")[0].ref, book.person("Paul Petit")[0].ref
    book.read(line(PAUL.email, "Anne", "Martin"), line(ANNE.email, "Paul", "Petit"))

    assert (book.person("Anne Martin")[0].ref, book.person("Anne Martin")[0].email) == (anne, PAUL.email)
    assert (book.person("Paul Petit")[0].ref, book.person("Paul Petit")[0].email) == (paul, ANNE.email)


def test_somebody_new_at_a_former_address_gets_a_new_reference() -> None:
    """The letters to the one before do not become theirs."""
    book = Book()
    book.read(ANNE)
    old = book.person("Anne Martin")[0]
    book.read(line("a.martin@example.net", "Anne", "Martin"))
    book.read(line("a.martin@example.net", "Anne", "Martin"), line(ANNE.email, "Paul", "Petit"))
    new, _ = book.person("Paul Petit")

    assert new.ref != old.ref
    assert {new.uid, new.token}.isdisjoint({old.uid, old.token})


def test_somebody_new_at_an_address_that_a_couple_left_gets_a_new_invitation() -> None:
    """Each of the two went elsewhere, in the same reading."""
    book = Book()
    book.read(JEAN, LUCIE)
    old, _ = book.person("Jean Moreau")
    book.read(
        line("jean@example.net", "Jean", "Moreau"),
        line("lucie@example.net", "Lucie", "Moreau"),
        line(JEAN.email, "Paul", "Petit"),
    )

    assert book.person("Paul Petit")[0].ref != old.ref
    assert len(book.register.roll) == 3


def test_another_name_at_a_known_address_is_asked() -> None:
    """The one known and the one on the list wait; nobody leaves, and the neighbour changes as lists say."""
    book = Book()
    book.read(ANNE, PAUL)
    _, anne = book.person("Anne Martin")
    found = book.look(line(ANNE.email, "Anna", "Martinet"), line(PAUL.email, "Paul", "Petit", "Mairie"))

    assert [(one.why, one.known) for one in found.questions] == [("asked-other-name", anne)]
    assert found.unsettled == {anne.ref, found.questions[0].person}
    assert [each.person for each in found.changes] == [book.person("Paul Petit")[1].ref]
    assert found.gone == ()


def test_a_name_at_two_addresses_is_asked() -> None:
    """Somebody new with a known name waits; the one known does not. Of two new ones, both wait."""
    book = Book()
    other = line("autre@example.net", "MARTIN", "Anne")
    both = book.look(ANNE, other, PAUL)
    book.read(ANNE, PAUL)
    one = book.look(ANNE, other, PAUL)

    assert [each.why for each in both.questions] == ["asked-same-name"] * 2
    assert [each.fact.contact for each in both.changes if isinstance(each.fact, Placed)] == [PAUL]
    assert [each.why for each in one.questions] == ["asked-same-name"]
    assert one.unsettled == {one.questions[0].person}
    assert one.changes == ()


def test_two_people_of_one_name_and_two_organisations_are_two() -> None:
    """What tells them apart stands on the lists."""
    book = Book()
    found = book.read(
        line("a@example.org", "Anne", "Martin", "Mairie"),
        line("b@example.org", "Anne", "Martin", "Préfecture"),
    )

    assert found.questions == ()
    assert len(book.register.roll) == 2


def test_a_corrected_address_with_another_organisation_is_asked() -> None:
    """It may be somebody else of that name; the one known stays on the lists meanwhile."""
    book = Book()
    book.read(line("anne@example.org", "Anne", "Martin", "Mairie"))
    found = book.look(line("a@example.net", "Anne", "Martin", "Préfecture"))

    assert [one.why for one in found.questions] == ["asked-other-organisation"]
    assert (found.changes, found.gone) == ((), ())


def test_a_blank_name_is_nobody_else() -> None:
    """An address without a name is the one who has it, and does not take their name away; a name fills a blank one."""
    book = Book()
    book.read(ANNE, line("paul@example.net"))
    book.read(line(ANNE.email), PAUL)

    assert book.person("Anne Martin")[0].email == ANNE.email
    assert book.person("Paul Petit")[0].email == PAUL.email
    assert len(book.register.roll) == 2


def test_who_left_the_lists_is_unlisted_and_comes_back() -> None:
    """Only the one who is gone; staff's own additions and those who came without an invitation stay."""
    book = Book()
    book.read(ANNE, PAUL)
    added = people.Homes(book.register, NAMES)
    for why, email, first in (
        (Why.ADDED, "zoe@example.org", "Zoé"),
        (Why.REGISTERED, "noe@example.org", "Noé"),
    ):
        contact = Contact(email, first_name=first, last_name="Blanc", origin=Origin("staff"))
        home = added.home(contact)
        book.write([people.placing(why, added.person(home.invitee, contact), contact, home)])
    found = book.read(ANNE)
    states = {p.contact.name: p.unlisted for i in book.register.roll for p in i.members}
    again = book.read(ANNE)
    back = book.read(ANNE, PAUL)

    assert [one.contact for one in found.gone] == [PAUL]
    assert states == {"Anne Martin": False, "Paul Petit": True, "Zoé Blanc": False, "Noé Blanc": False}
    assert again.changes == ()
    assert whys(back) == [Why.LISTED]
    assert not book.person("Paul Petit")[1].unlisted


def test_many_gone_and_a_missing_list_want_a_word_of_their_own() -> None:
    """Four of nineteen may not leave at once, three of fifteen may, nor four of twenty; nor anybody of a list that is missing."""
    book = Book()
    nineteen = [line(f"p{n}@example.org", f"P{n}", "Roux") for n in range(20)]
    book.read(*nineteen)

    assert book.look(*nineteen[4:]).blocked == ""
    assert book.look(*nineteen[5:]).blocked == "many-gone"
    assert book.look(*nineteen, missing=["contacts/autre.csv"]).blocked == "lists-missing"
    few = Book()
    few.read(*nineteen[:4])
    assert few.look(nineteen[0]).blocked == ""


def test_a_move_by_staff_stands_against_the_list() -> None:
    """A list with the old address changes nothing; one with a third address is asked about."""
    book = Book()
    book.read(ANNE, PAUL)
    invitee, anne = book.person("Anne Martin")
    moved = line("a.martin@example.net", "Anne", "Martin")
    book.write(
        [people.placing(Why.MOVED, anne.ref, moved, people.Homes(book.register, NAMES).known(invitee))]
    )

    assert book.look(ANNE, PAUL).changes == ()
    assert book.look(ANNE, PAUL).questions == ()
    assert book.look(moved, PAUL).changes == ()
    assert [one.why for one in book.look(line("third@example.net", "Anne", "Martin"), PAUL).questions] == [
        "asked-staff-address"
    ]


def test_a_line_that_was_merged_is_the_person_it_was_merged_with() -> None:
    """It brings nobody back, and the person kept stays on the lists by either line."""
    book = Book()
    other = line("autre@example.net", "Nanou", "Martin")
    book.read(ANNE, other)
    kept, into = book.person("Anne Martin")
    gone, person = book.person("Nanou Martin")
    book.write([Change(gone.ref, person.ref, Gone(Why.MERGED, kept.ref, into.ref))])

    for lists in ((ANNE, other), (ANNE,), (other,)):
        found = book.look(*lists)
        assert (found.changes, found.questions) == ((), ())
    assert book.look().gone == (book.person("Anne Martin")[1],)


def test_a_corrected_name_that_staff_merged_is_taken_over() -> None:
    """The same address has another name on the list: once staff said that it is one person, the list's name counts."""
    book = Book()
    book.read(ANNE)
    new = line(ANNE.email, "Anna", "Martinet")
    home, anne = book.person("Anne Martin")
    homes = people.Homes(book.register, NAMES)
    other = homes.person(home.ref, new)
    book.write(
        [
            people.placing(Why.LISTED, other, new, homes.known(home)),
            Change(home.ref, other, Gone(Why.MERGED, home.ref, anne.ref)),
        ]
    )
    book.read(new)

    assert book.person("Anna Martinet")[1].ref == anne.ref
    assert len(book.register.roll[0].members) == 1


def test_who_was_forgotten_is_not_listed_again() -> None:
    """Nor does their line make anybody else wait."""
    book = Book()
    found = book.look(ANNE, PAUL, forgotten=[ANNE])

    assert [each.fact.contact for each in found.changes if isinstance(each.fact, Placed)] == [PAUL]


def test_what_staff_took_back_stays_so_on_the_list() -> None:
    """A withdrawn person who is still on the list is not placed anew, and does not leave when the line goes."""
    book = Book()
    book.read(ANNE, PAUL)
    home, anne = book.person("Anne Martin")
    book.write([Change(home.ref, anne.ref, Gone(Why.WITHDRAWN))])

    assert book.look(ANNE, PAUL).changes == ()
    assert book.look(PAUL).changes == ()


PEOPLE = st.lists(
    st.builds(
        line,
        st.sampled_from(["", *(f"{each}@example.org" for each in "abcd")]),
        st.sampled_from(["", "Ana", "Bo", "Cléo"]),
        st.sampled_from(["Roux", "Blanc"]),
        st.sampled_from(["", "X", "Y"]),
    ),
    max_size=6,
).map(lambda lines: contacts.merge([Reading(tuple(lines))]).contacts)


@given(st.lists(PEOPLE, min_size=1, max_size=4))
def test_any_lists_settle(readings: list[tuple[Contact, ...]]) -> None:
    """Whatever is on the lists, the second reading of the same ones changes nothing, and no reference is given twice."""
    book = Book()
    for lines in readings:
        book.read(*lines)
        again = book.look(*lines)
        assert again.changes == ()
        refs = [one.ref for each in book.register.roll for one in each.members]
        assert len(refs) == len(set(refs))
        tokens = [each.token for each in book.register.roll]
        assert len(tokens) == len(set(tokens))
        addresses = [each.email.casefold() for each in book.register.roll if each.email]
        assert len(addresses) == len(set(addresses))


def test_an_invitation_that_all_left_knows_where_they_are() -> None:
    """Two who parted are two heirs; one who moved on and was merged is the person kept; nobody who stays is one."""
    book = Book()
    book.read(JEAN, LUCIE, ANNE)
    shared, _ = book.person("Jean Moreau")
    assert book.register.heirs(shared.ref) == ()
    book.read(line("j@example.net", "Jean", "Moreau"), line("l@example.net", "Lucie", "Moreau"), ANNE)
    jean, lucie, anne = (book.person(name) for name in ("Jean Moreau", "Lucie Moreau", "Anne Martin"))
    assert set(book.register.heirs(shared.ref)) == {(i.ref, p.ref) for i, p in (jean, lucie)}

    for home, one in (jean, lucie):
        book.write([Change(home.ref, one.ref, Gone(Why.MERGED, anne[0].ref, anne[1].ref))])
    assert book.register.heirs(shared.ref) == ((anne[0].ref, anne[1].ref),)


def test_who_was_put_on_the_list_by_mistake_stops_no_new_list() -> None:
    """Their invitation has nobody and led nowhere; the others, and a line that is new, are as they were."""
    book = Book()
    book.read(ANNE)
    book.read(ANNE, PAUL)
    (paul,) = (one for one in book.register.invitees.values() if one.email == PAUL.email)
    book.write([Change(paul.ref, paul.members[0].ref, Gone(Why.UNDONE))])

    found = book.read(ANNE, JEAN)

    assert {one.email for one in found.register.invitees.values()} == {ANNE.email, JEAN.email}
