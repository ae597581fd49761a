"""Letters that are prepared and filled in, beside the same letters written step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailer import compose
from mailer.compose import Composer, Distrusted, Inspection, Press
from mailer.compose.mould import Mould, identity
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact, Problem
from mailer.model.finding import PartStat
from mailer.model.invitation import Answered, Invitation, Kind
from mailer.versions import Values, Version, fill
from tests.soak import examples

Sources = Mapping[str, bytes]
Invite = Callable[..., Invitation]

VALUES = st.one_of(
    st.sampled_from(
        ["", "Mme", "M.", "Mme la Conseillère", "Zoé", "de l'Épine", "O'Hara", ".", "=C3", "x" * 90]
    ),
    st.sampled_from(
        ["Dupont & Cie", "<b>", 'dite "la Grande"', "{{ x }}", "\u00a0 ", "a  b", "&amp;", "\ue000"]
    ),
    st.text(max_size=40),
)
ADDRESSES = st.sampled_from(["p@example.org", "o'd&d@example.org", "p@bücher.example", "P+x=y%@example.net"])
LATER = timedelta(days=40, seconds=7)


def person(number: int = 1, **values: str) -> Contact:
    """Somebody on the list."""
    given = {"civility": "Mme", "first_name": "Zoé", "last_name": "Besson", "organisation": "Les Amis"}
    return Contact(f"p{number}@example.org", **{**given, **values})  # type: ignore[arg-type]


def letter(sources: Sources, text: str, html: str = "") -> dict[str, bytes]:
    """The sample templates with some more words in the letter."""
    return {
        **sources,
        "invitation.txt": sources["invitation.txt"] + text.encode(),
        "invitation.html": sources["invitation.html"].replace(
            b"{% endblock %}", (html or text).encode() + b"{% endblock %}"
        ),
    }


def filled(press: Press, invitations: list[Invitation], at: datetime) -> list[bytes]:
    """Prepare letters, write the version and all values down, read them back, and fill them in."""
    written = [press.prepare(one).to_json() for one in invitations]
    version = Version.from_bytes(press.version().to_bytes())
    values = map(Values.from_json, written)
    return [fill(version, own, identity(one, at)) for own, one in zip(values, invitations, strict=True)]


def in_steps(composer: Composer, invitations: list[Invitation], at: datetime) -> list[bytes]:
    """Write letters step by step."""
    return [composer.write(one, at).content for one in invitations]


@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    people=st.lists(
        st.builds(
            lambda email, **values: replace(person(**values), email=email),
            ADDRESSES,
            civility=VALUES,
            first_name=VALUES,
            last_name=VALUES,
            organisation=VALUES,
        ),
        min_size=1,
        max_size=2,
    ),
    line=st.one_of(st.just(""), VALUES),
)
@pytest.mark.parametrize("kind", Kind)
def test_both_ways_give_the_same_octets(
    campaign: Campaign,
    sources: Sources,
    invite: Invite,
    now: datetime,
    kind: Kind,
    people: list[Contact],
    line: str,
) -> None:
    """Whoever is written to, whatever their values, whatever the kind of letter, and whenever it leaves."""
    named = letter(
        sources,
        "\n{{ contact.first_name }} {{ contact.organisation }}",
        '<p title="{{ contact.organisation }}">{{ contact.first_name }} {{ contact.organisation }}</p>',
    )
    named["calendar.txt"] = named["calendar.txt"].replace(b"Objet : ", b"Objet : {{ contact.organisation }} ")
    named["calendar.txt"] += b"\n{{ contact.last_name }}"
    composer = compose.prepare(campaign, named)
    press = Press(composer, now)
    press.write(invite(person(9), kind=kind))
    invitation = replace(invite(*people, kind=kind), line=line)

    assert press.write(invitation) == composer.write(invitation, now)
    assert filled(press, [invitation], now + LATER) == in_steps(composer, [invitation], now + LATER)


USES = [
    pytest.param("<p>{{ contact.last_name }}</p>", id="written out"),
    pytest.param(
        '<a title="{{ contact.last_name }}" href="https://x.example/{{ contact.last_name }}">x</a>',
        id="in a link",
    ),
    pytest.param(
        "{% for one in people %}<p>{{ one.name }} {{ one.organisation }}</p>{% endfor %}", id="in a loop"
    ),
    pytest.param(
        "{% if contact.function %}<p>{{ contact.function }}</p>{% endif %}", id="only where it is there"
    ),
    pytest.param(
        "{% if contact.civility == 'Mme' %}<p>Madame</p>{% else %}<p>Monsieur</p>{% endif %}", id="compared"
    ),
    pytest.param("<p>{{ contact.last_name|upper }}</p>", id="in capitals"),
    pytest.param("<p>{{ contact.last_name ~ ' ' ~ contact.first_name }}</p>", id="joined"),
    pytest.param("<p>{{ contact.last_name|length }}</p>", id="measured"),
    pytest.param("{% if contact.last_name is string %}<p>x</p>{% endif %}", id="tested"),
    pytest.param(
        "{% set n %}{{ contact.last_name }}{% endset %}<p>{{ n|upper }}</p>", id="taken up in a block"
    ),
    pytest.param(
        "{% macro m(x) %}{{ x }}{% endmacro %}<p>{{ m(contact.last_name)|upper }}</p>",
        id="taken up by a macro",
    ),
    pytest.param(
        '<p class="{{ contact.last_name }}">x</p><style>.Besson1 { color: red }</style>', id="a class"
    ),
    pytest.param("<p title={{ contact.last_name }}>x</p>", id="without quotation marks"),
    pytest.param("<p>{{ contact.last_name|typeset }}</p>", id="typeset"),
    pytest.param("{% if 'ess' in contact.last_name %}<p>x</p>{% endif %}", id="searched"),
    pytest.param("{% if answers.yes.link|length > 5 %}<p>x</p>{% endif %}", id="the link measured"),
    pytest.param("<p>{{ contact.fields.Table }}</p>", id="a free column"),
    pytest.param("<p>\ue005 {{ contact.last_name }} \uf8ff</p>", id="beside letters that look like marks"),
    pytest.param('<a title="{{ contact.organisation }}">x</a>', id="with an apostrophe"),
    pytest.param("{{ loop_index|default('x') }}{{ contact.last_name|default('y') }}", id="with a default"),
]


@pytest.mark.parametrize("use", USES)
def test_whatever_a_template_does_with_a_value(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime, use: str
) -> None:
    """The messages of people alike and unlike are the same both ways."""
    composer = compose.prepare(campaign, letter(sources, use))
    press = Press(composer, now)
    people = [
        replace(
            person(
                n,
                organisation="L'Atelier",
                last_name=f"Besson{n}" * (n % 4),
                civility=("Mme", "M.", "")[n % 3],
                function="Maire" * (n % 2),
            ),
            fields={"Table": "ronde" * (n % 2)},
        )
        for n in range(24)
    ]
    invitations = [invite(one) for one in people]

    assert [press.write(one) for one in invitations] == [composer.write(one, now) for one in invitations]
    assert filled(press, invitations, now + LATER) == in_steps(composer, invitations, now + LATER)


def test_names_in_a_letter_need_no_steps(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime
) -> None:
    """A thousand people who are called by name have one mould, in subject, letter, page and calendar."""
    named = {
        **letter(sources, "<p>{{ contact.name }}</p>"),
        "calendar.txt": sources["calendar.txt"] + b"\n{{ contact.name }}",
    }
    named["invitation.txt"] = named["invitation.txt"].replace(b"Objet : ", b"Objet : {{ contact.name }}, ")
    composer = compose.prepare(campaign, named)
    press = Press(composer, now)
    invitations = [invite(person(n, last_name=f"Besson{n}")) for n in range(20)]

    assert len({id(press.mould(one)) for one in invitations}) == 1
    assert None not in map(press.mould, invitations)
    assert [press.write(one) for one in invitations] == [composer.write(one, now) for one in invitations]


@pytest.mark.parametrize("kind", [Kind.DETAILS, Kind.THANKS, Kind.ACKNOWLEDGEMENT])
def test_letters_that_follow_have_a_mould_for_each_answer(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime, kind: Kind
) -> None:
    """They speak of the answer, so those who answered alike share one; none carries a calendar."""
    composer = compose.prepare(campaign, sources)
    press = Press(composer, now)
    answers = [Answered(PartStat.ACCEPTED, seats, present=kind is Kind.THANKS) for seats in (1, 2, None)]
    invitations = []
    for n in range(30):
        mail = f"<{n}@example.org>" if kind is Kind.ACKNOWLEDGEMENT else ""
        one = invite(person(n, last_name=f"Besson{n}"), kind=kind)
        invitations.append(replace(one, answered=replace(answers[n % 3], message_id=mail)))

    assert len({id(press.mould(one)) for one in invitations}) == 3
    assert None not in map(press.mould, invitations)
    assert [press.write(one) for one in invitations] == [composer.write(one, now) for one in invitations]
    assert b"text/calendar" not in press.write(invitations[0]).content


@pytest.mark.parametrize(
    "use",
    [
        pytest.param("{{ contact.last_name }} {{ contact.email }}", id="written out"),
        pytest.param("{{ contact.last_name|upper }}{{ contact.last_name }}", id="in capitals"),
        pytest.param("{% macro m() %}{{ contact.last_name }}{% endmacro %}{{ m() }}", id="taken up"),
    ],
)
def test_a_version_names_nobody(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime, use: str
) -> None:
    """What is kept for all holds no name, no address and no token, whatever a template does with them."""
    composer = compose.prepare(campaign, letter(sources, f"<p>{use}</p>"))
    press = Press(composer, now)
    invitation = invite(person())
    values = press.prepare(invitation)
    shared = press.version().to_bytes().upper()

    for own in ("Besson", "p1@", invitation.token, invitation.uid, invitation.message_id):
        assert own.upper().encode() not in shared
    assert "Besson" in values.to_json() or "BESSON" in values.to_json()
    assert press.prepare(invite(person(2, last_name="Dufour"))).personal is values.personal
    assert values.personal is ("upper" in use or "macro" in use)


def test_a_letter_of_ones_own_holds_little(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime
) -> None:
    """Where every letter is somebody's own, it has only the words around what is theirs; files are in the version."""
    sources = {**letter(sources, "<p>{{ contact.last_name|upper }}</p>"), "plan.pdf": bytes(100_000)}
    composer = compose.prepare(replace(campaign, attachments=("plan.pdf",)), sources)
    press = Press(composer, now)
    own = [press.prepare(invite(person(n, last_name=f"Besson{n}"))) for n in range(100)]
    sizes = [len(one.to_json()) for one in own]

    assert all(one.personal for one in own)
    assert max(sizes) < 6_000 < len(composer.write(invite(person()), now).content) / 10
    assert len(press.version().to_bytes()) < 170_000


def test_people_who_differ_in_words_alone_share_pieces(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime
) -> None:
    """A style and an attachment stand once in a version, however many variants there are."""
    sources = {**sources, "plan.pdf": bytes(100_000)}
    press = Press(compose.prepare(replace(campaign, attachments=("plan.pdf",)), sources), now)
    for kind in (Kind.INVITATION, Kind.REMINDER):
        press.prepare(invite(person(), kind=kind))
        press.prepare(invite(person(), person(2), kind=kind))
    version = press.version()
    written = version.to_bytes()

    assert len(version.variants) == 4
    assert written.count(b"prefers-color-scheme") == 1
    assert written.count(b"A" * 76 + b"\r\n" + b"A" * 76) < 1000


def test_a_version_is_the_same_at_any_moment(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime
) -> None:
    """The moment is no part of it, and neither are messages looked at before; other words, or a line, are."""

    def digest(at: datetime, more: str = "", line: str = "", look: bool = False) -> str:
        press = Press(compose.prepare(campaign, letter(sources, more)), at)
        if look:
            press.write(invite(person(3, function="Maire", organisation="")))
        for one in (person(), person(2, organisation=""), person(3, last_name="Dupont & Cie")):
            press.prepare(replace(invite(one), line=line))
        return press.version().digest

    assert digest(now) == digest(now + LATER) == digest(now, look=True)
    assert len({digest(now), digest(now, "\nx"), digest(now, line="Venez !")}) == 3


def test_odd_values_need_no_letter_of_their_own(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime
) -> None:
    """Whoever has a value that HTML or a calendar writes in another way shares the letter of all others."""
    composer = compose.prepare(campaign, letter(sources, "<p>{{ contact.organisation }}</p>"))
    press = Press(composer, now)
    names = ["Les Amis", "Dupont & Cie", '"<b>"', "a\u00a0b", "x" * 300, "{{ y }}", " a  b ", "\ue000\uf8ff"]
    invitations = [invite(person(organisation=name)) for name in names]

    assert not any(press.prepare(one).personal for one in invitations)
    assert len(press.version().variants) == 1
    assert filled(press, invitations, now) == in_steps(composer, invitations, now)


def test_a_test_message_is_filled_in_like_any_other(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime
) -> None:
    """It says that it is one."""
    composer = compose.prepare(campaign, sources)
    trial = [replace(invite(person()), test=True)]

    assert filled(Press(composer, now), trial, now) == in_steps(composer, trial, now)
    assert b"[TEST]" in in_steps(composer, trial, now)[0]


class Look:
    """The inspection of some people's messages."""

    def __init__(self, composer: Composer, campaign: Campaign, invite: Invite, now: datetime) -> None:
        self.campaign, self.invite, self.press = campaign, invite, Press(composer, now)
        self.closely = 0

    def problems(self, people: list[Contact]) -> list[Problem]:
        """What there is to say of their messages, in order."""
        invitations = [self.invite(one) for one in people]
        crowd = self.press.composer.crowd([one.invitee for one in invitations])
        inspection = Inspection(self.press, crowd, mailbox=self.campaign.organizer.address)
        found: list[Problem] = []
        for one in invitations:
            if not inspection.passes(one.invitee, one.kind, one.sequence):
                self.closely += 1
                found += inspection.look(one)
        return found


def crowd_of(n: int) -> list[Contact]:
    """People with names of their own."""
    return [person(at, first_name=f"Zoé{at}", last_name=f"Besson{at}") for at in range(n)]


def test_most_messages_need_no_close_look(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime
) -> None:
    """Of forty messages of the sample campaign, three are read back whole; none has a fault."""
    look = Look(compose.prepare(campaign, sources), campaign, invite, now)

    assert look.problems(crowd_of(40)) == []
    assert 3 <= look.closely < 10


def test_a_name_in_the_words_of_all_is_found(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime
) -> None:
    """It is everybody's fault but of whoever is called so."""
    composer = compose.prepare(campaign, letter(sources, "<p>{{ contact.first_name }} et sa femme</p>"))
    people = [*crowd_of(10), person(11, first_name="Ève", last_name="et sa")]
    people = [
        replace(one, first_name="Ève", last_name=f"X{at}") if at == 7 else one
        for at, one in enumerate(people)
    ]
    found = Look(composer, campaign, invite, now).problems(people)

    assert {(problem.code, problem.read) for problem in found} == {("names-another-invitee", "ève et sa")}
    assert len(found) == 1


def test_a_mould_that_fails_once_is_used_for_nobody(
    campaign: Campaign, sources: Sources, invite: Invite, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mould that gives other octets than the steps is noticed, and all is then written step by step."""
    composer = compose.prepare(campaign, sources)
    right, written = Mould.octets, list[bytes]()

    def wrong_the_second_time(mould: Mould, invitation: Invitation, at: datetime) -> bytes:
        written.append(right(mould, invitation, at))
        return b"other" if len(written) > 4 else written[-1]

    monkeypatch.setattr(Mould, "octets", wrong_the_second_time)
    look = Look(composer, campaign, invite, now)
    with pytest.raises(Distrusted):
        look.problems(crowd_of(10))
    monkeypatch.undo()
    invitation = invite(person())

    assert look.problems(crowd_of(10)) == []
    assert Press(composer, now).mould(invitation) is None
    assert Press(composer, now).write(invitation) == composer.write(invitation, now)
    assert filled(Press(composer, now), [invitation], now) == in_steps(composer, [invitation], now)
