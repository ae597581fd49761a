"""Matching voters to invitees."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.contact import Contact
from mailer.model.people import Invitee
from mailer.polls import InviteeIndex
from tests.registered import members

SURE = [
    ("Camille Julien", "camille"),
    ("JULIEN Camille", "camille"),
    ("Julien, Camille", "camille"),
    ("Mme Camille Julien", "camille"),
    ("madame  camille\u00a0julien ", "camille"),
    ("Elodie Lefevre", "elodie"),
    ("LEFÈVRE Élodie (Centre social)", "elodie"),
    ("Ã‰lodie LefÃ¨vre", "elodie"),
    ('M. Benoît "Ben" D\'Haene', "benoit"),
    ("Benoit D’Haene", "benoit"),
    ("Benoit d haene", "benoit"),
    ("Anne Dupont Martin", "anne"),
    ("Anne Martin", "anne"),
    ("Anne Dupont", "anne"),
    ("Élodie Lefèvre-Bonnet", "elodie"),
    ("Élodie Lefèvre Bonnet", "elodie"),
    ("Élodie Bonnet-Lefèvre", "elodie"),
    ("association des parents", "parents"),
    ("Maelys Oeuvrard", "oe"),
    ("Ève Roux", "couple"),
]
DOUBTFUL = [
    ("Marie Petit", "ambiguous-voter", {"marie1", "marie2"}),
    ("Élodie", "similar-voter", {"elodie"}),
    ("Lefèvre", "similar-voter", {"elodie"}),
    ("Elodie Lefevbre", "similar-voter", {"elodie"}),
    ("C. Julien", "similar-voter", {"camille"}),
    ("Jean-Pierre Dupont", "similar-voter", {"jean", "jeanne"}),
    ("Jean Pierre Dupont", "similar-voter", {"jean", "jeanne"}),
    ("Paul", "similar-voter", {"couple"}),
    ("Nobody Known", "unknown-voter", set()),
    ("", "unknown-voter", set()),
    ("-", "unknown-voter", set()),
]


@pytest.mark.parametrize(("name", "ref"), SURE, ids=[name for name, _ in SURE])
def test_a_name_that_is_one_invitees_alone(roll: list[Invitee], name: str, ref: str) -> None:
    """Accents, order, civility, brackets and double names do not matter."""
    assert ref == InviteeIndex(roll).find(name).invitee


@pytest.mark.parametrize(("name", "why", "candidates"), DOUBTFUL, ids=[name for name, *_ in DOUBTFUL])
def test_a_name_that_is_nobodys_for_sure(
    roll: list[Invitee], name: str, why: str, candidates: set[str]
) -> None:
    """Several invitees with the name, or only similar ones, are candidates for a person to decide."""
    found = InviteeIndex(roll).find(name)

    assert ("", why) == (found.invitee, found.why)
    assert candidates <= set(found.candidates)
    assert bool(candidates) is bool(found.candidates)


@pytest.mark.parametrize(
    ("name", "email", "ref", "why"),
    [
        ("Marie Petit", "marie@example.net", "marie2", ""),
        ("Quelqu'un", "CAMILLE@example.org", "camille", ""),
        ("Élodie Lefèvre", "elsewhere@example.net", "elodie", ""),
        ("Élodie Lefèvre", "camille@example.org", "", "ambiguous-voter"),
        ("Paul Roux", "roux@example.org", "couple", ""),
    ],
)
def test_an_address_speaks_louder_than_a_name(
    roll: list[Invitee], name: str, email: str, ref: str, why: str
) -> None:
    """An address matches its invitee, unless the name is another invitee's."""
    found = InviteeIndex(roll).find(name, email)

    assert (ref, why) == (found.invitee, found.why)


@pytest.mark.parametrize(
    ("name", "email", "ref", "why"),
    [
        ("Benoît D'Haene", "tresorier@example.org", "benoit", ""),
        ("Paul Martin", "tresorier@example.org", "", "other-voter"),
        ("Paul Lefèvre", "tresorier@example.org", "", "other-voter"),
        ("Élodie Lefèvre", "tresorier@example.org", "elodie", ""),
        ("É. Lefèvre", "tresorier@example.org", "elodie", ""),
        ("Élodie", "tresorier@example.org", "elodie", ""),
        ("", "tresorier@example.org", "elodie", ""),
        ("Paul Martin", "elodie@example.org", "", "other-voter"),
        ("Élodie Durand", "elodie@example.org", "elodie", ""),
        ("Paul Martin", "parents@example.org", "parents", ""),
    ],
)
def test_the_voters_own_name_outranks_a_further_address(
    roll: list[Invitee], name: str, email: str, ref: str, why: str
) -> None:
    """Who has a full name of their own is not taken for whoever has the address; a blank, shortened or unknown name is."""
    elodie = Contact(
        "elodie@example.org", "Mme", "Élodie", "Lefèvre", other_addresses=("tresorier@example.org",)
    )
    others = [invitee for invitee in roll if invitee.ref != "elodie"]
    found = InviteeIndex([*others, Invitee("elodie", elodie.email, members("elodie", elodie))]).find(
        name, email
    )

    assert (ref, why) == (found.invitee, found.why)


@given(name=st.text(max_size=30), email=st.text(max_size=20))
def test_any_text_is_a_name(roll: list[Invitee], name: str, email: str) -> None:
    """Any name and address gives one invitee, or the reason why not."""
    found = InviteeIndex(roll).find(name, email)

    assert bool(found.invitee) is not bool(found.why)
