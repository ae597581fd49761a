"""The last look before sending finds what must not leave, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailer import compose
from mailer.compose import inspect_message
from mailer.model.campaign import Campaign
from mailer.model.contact import Contact, Origin
from mailer.model.invitation import Invitation
from mailer.model.message import OutgoingMessage
from mailer.model.people import Invitee
from tests.registered import members

Sources = Mapping[str, bytes]
Invite = Callable[..., Invitation]

OTHER = Contact("paul.martin@example.net", "M.", "Paul", "Martin", other_addresses=("p.martin@example.org",))
CROWD = (Invitee("o" * 16, OTHER.email, members("o", OTHER)),)


class Bench:
    """The sample letter, spoilt in one way, and what is found."""

    def __init__(self, campaign: Campaign, sources: Sources, invitation: Invitation, now: datetime) -> None:
        self.campaign = campaign
        self.sources = sources
        self.invitation = invitation
        self.now = now

    def message(self, **spoilt: bytes) -> OutgoingMessage:
        """Write the letter with templates replaced: ``invitation_txt=...``."""
        changed = {
            name.replace("_txt", ".txt").replace("_html", ".html"): text for name, text in spoilt.items()
        }
        composer = compose.prepare(self.campaign, {**self.sources, **changed})
        return composer.write(self.invitation, self.now)

    def found(self, message: OutgoingMessage, mailbox: str = "") -> list[tuple[str, str]]:
        """Return the code and the text of every problem found in a message."""
        crowd = compose.prepare(self.campaign, self.sources).crowd(CROWD)
        problems = inspect_message(
            message, self.invitation, self.campaign, crowd, mailbox=mailbox or self.campaign.organizer.address
        )
        assert all(problem.origin == Origin("contacts/invites.csv", 10) for problem in problems)
        return [(problem.code, problem.read) for problem in problems]

    def spoilt(self, old: bytes, new: bytes) -> list[tuple[str, str]]:
        """Replace octets of the finished message."""
        message = self.message()
        assert old in message.content
        return self.found(replace(message, content=message.content.replace(old, new, 1)))


@pytest.fixture
def bench(campaign: Campaign, sources: Sources, guest: Contact, invite: Invite, now: datetime) -> Bench:
    """A message of the sample campaign, to spoil and to inspect."""
    return Bench(campaign, sources, invite(guest), now)


def test_a_sound_message_passes(bench: Bench) -> None:
    """Nothing is found where nothing is wrong."""
    assert bench.found(bench.message()) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        pytest.param(b"MIME-Version: 1.0\r\n", b"MIME-Version: 1.0\r\nBcc: x@example.org\r\n", "message-headers", id="a field more"),
        pytest.param(b"Content-Language: fr\r\n", b"", "message-headers", id="a field less"),
        pytest.param(b"<ines.derache@", b"<ines.autre@", "message-recipient", id="another recipient"),
        pytest.param(b"From: Camille Julien <cjulien@", b"From: Camille Julien <c@", "message-sender", id="sender"),
        pytest.param(b"Message-ID: <", b"Message-ID: <0", "message-id", id="another Message-ID"),
        pytest.param(b"method=REQUEST", b"method=CANCEL", "calendar-method", id="another method"),
        pytest.param(b"charset=UTF-8; method=REQUEST", b"charset=UTF-8", "calendar-method", id="no method"),
        pytest.param(b"text/calendar;", b"text/x-calendar;", "calendar-missing", id="no calendar"),
        pytest.param(b"application/ics;", b"application/x;", "calendar-copy-differs", id="no copy"),
        pytest.param(b"\r\n\r\n--", b"\r\n" + b"x" * 999 + b"\r\n\r\n--", "message-line-too-long", id="a long line"),
        pytest.param(b"\r\n\r\n--", b"\n\r\n--", "message-line-ends", id="a bare line feed"),
        pytest.param(b"Madame la Conseill=C3=A8re", "Madame la Conseillère".encode(), "message-not-ascii", id="eight bits"),
    ],
)  # fmt: skip
def test_a_spoilt_message_is_found_out(bench: Bench, old: bytes, new: bytes, code: str) -> None:
    """Whatever breaks a rule in the octets is found, by its code."""
    assert code in [found for found, _ in bench.spoilt(old, new)]


@pytest.mark.parametrize(
    "what",
    [
        pytest.param({"starts": timedelta(hours=1)}, id="starts"),
        pytest.param({"ends": timedelta(hours=1)}, id="ends"),
    ],
)
def test_a_calendar_at_another_hour_is_found_out(bench: Bench, what: Mapping[str, timedelta]) -> None:
    """The instants in the calendar are those of the campaign."""
    message = bench.message()
    ((name, shift),) = what.items()
    meeting = bench.campaign.meeting
    moved = replace(meeting, **{name: getattr(meeting, name) + shift})
    bench.campaign = replace(bench.campaign, meeting=moved)

    assert f"calendar-{name}" in [code for code, _ in bench.found(message)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"uid": "other"}, "calendar-uid"),
        ({"sequence": 7}, "calendar-sequence"),
        ({"message_id": "<other@mairie-lille.example>"}, "message-id"),
    ],
)
def test_a_message_of_another_invitation_is_found_out(
    bench: Bench, change: Mapping[str, object], code: str
) -> None:
    """UID, SEQUENCE and Message-ID are those of the invitation it is sent for."""
    message = bench.message()
    bench.invitation = replace(bench.invitation, **change)  # type: ignore[arg-type]

    assert code in [found for found, _ in bench.found(message)]


def test_answers_must_go_where_they_are_read(bench: Bench) -> None:
    """An organizer whose mailbox nobody reads stops the send."""
    assert bench.found(bench.message(), mailbox="other@example.org") == [
        ("organizer-not-read", "cjulien@mairie-lille.example")
    ]


LETTER = "Objet : Bonjour\n\n{}\n\n{{% include '_notice.txt' %}}"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        pytest.param("Bonjour {{ '{{ nom }}' }}", "Bonjour {{ nom }}", id="left over from another template"),
        pytest.param("{% raw %}{% if %}{% endraw %}", "{% if %}", id="a condition"),
    ],
)
def test_an_unfilled_place_is_found_out(bench: Bench, written: str, read: str) -> None:
    """Braces in a finished letter are a name that was not filled in, shown with what stands around it."""
    found = dict(bench.found(bench.message(invitation_txt=LETTER.format(written).encode())))

    assert read in found["placeholder-left"]


def test_braces_in_a_name_are_the_invitees_own(bench: Bench, guest: Contact, invite: Invite) -> None:
    """Somebody who is called ``{{ 7*7 }}`` is written to all the same."""
    bench.invitation = invite(replace(guest, civility="{{ x", first_name="{{ 7*7 }}", organisation="{% %}"))

    assert bench.found(bench.message()) == []


@pytest.mark.parametrize(
    ("written", "stranger"),
    [
        pytest.param("Écrivez à Paul.Martin@example.net.", "paul.martin@example.net", id="address"),
        pytest.param("Écrivez à p.martin@example.org", "p.martin@example.org", id="another address"),
        pytest.param(
            "mailto:x@example.org?cc=paul.martin%40example.net", "paul.martin@example.net", id="in a link"
        ),
        pytest.param("avec Paul MARTIN et d'autres", "paul martin", id="name"),
        pytest.param("avec Paul\nMartin", "paul martin", id="name over two lines"),
    ],
)
@pytest.mark.parametrize("name", ["invitation_txt", "invitation_html", "calendar_txt"])
def test_another_invitee_is_found_out(bench: Bench, name: str, written: str, stranger: str) -> None:
    """The address or name of somebody else on the list is found in text, HTML and calendar."""
    kind = name.partition("_")[2]
    page = f'<p>{{% include "_notice.html" %}}</p><p><a href="{written if "mailto" in written else "#"}">{written}</a></p>'
    source = page if kind == "html" else LETTER.format(written)

    assert ("names-another-invitee", stranger) in bench.found(bench.message(**{name: source.encode()}))


@pytest.mark.parametrize(
    "written",
    [
        pytest.param("Paul, Martin", id="a comma between"),
        pytest.param("Martin Paul", id="the other way round"),
        pytest.param("Paul Martinez", id="a longer name"),
        pytest.param("Martin", id="a last name alone"),
        pytest.param("apaul.martin@example.net.org", id="a longer address"),
    ],
)
def test_what_is_nobodys_name(bench: Bench, written: str) -> None:
    """Words that only look like somebody's name stop nothing."""
    assert bench.found(bench.message(invitation_txt=LETTER.format(written).encode())) == []


def test_who_is_announced_may_be_invited_too(bench: Bench, guest: Contact) -> None:
    """Speakers, the contact and the organizer may stand in every letter, though they are on the list."""
    speaker = replace(OTHER, first_name="Mabrouk", last_name="Zouareg", email="cjulien@mairie-lille.example")
    crowd = compose.prepare(bench.campaign, bench.sources).crowd(
        [Invitee("o" * 16, speaker.email, members("o", speaker))]
    )
    message = bench.message()

    assert (
        inspect_message(
            message, bench.invitation, bench.campaign, crowd, mailbox=bench.campaign.organizer.address
        )
        == []
    )


def test_a_namesake_is_no_stranger(bench: Bench, guest: Contact) -> None:
    """Two people of one name can both be written to."""
    namesake = replace(guest, email="other@example.org")
    crowd = compose.prepare(bench.campaign, bench.sources).crowd(
        [Invitee("o" * 16, namesake.email, members("o", namesake))]
    )

    assert (
        inspect_message(
            bench.message(), bench.invitation, bench.campaign, crowd, mailbox=bench.campaign.organizer.address
        )
        == []
    )


def test_a_list_attached_by_mistake_is_found_out(bench: Bench) -> None:
    """An attached text that holds other invitees stops the send."""
    bench.campaign = replace(bench.campaign, attachments=("liste.csv",))
    bench.sources = {**bench.sources, "liste.csv": b"Nom;Courriel\r\nMartin;paul.martin@example.net\r\n"}

    assert bench.found(bench.message()) == [("names-another-invitee", "paul.martin@example.net")]


def test_a_forgotten_notice_is_found_out(bench: Bench) -> None:
    """The last look knows the notice of the campaign, whoever wrote the message."""
    message = bench.message()
    notice = replace(bench.campaign.notice, retention="un an")
    bench.campaign = replace(bench.campaign, notice=notice)

    assert bench.found(message) == [("notice-missing", "retention")]
