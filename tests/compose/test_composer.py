"""Whole letters of the sample campaign, and of campaigns nobody would wish for."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from mailer import compose, ical, mime
from mailer.compose import Composer, inspect_message
from mailer.compose.page import as_read
from mailer.errors import TemplateError
from mailer.model.address import Mailbox
from mailer.model.campaign import Campaign, Notice
from mailer.model.contact import Contact
from mailer.model.invitation import Invitation, Kind, MessageKey
from mailer.model.meeting import Meeting
from tests.soak import examples

Sources = Mapping[str, bytes]
Invite = Callable[..., Invitation]

NASTY = [
    pytest.param('Jean "Jojo", dit; X: Y\\Z', id="every special character"),
    pytest.param("{{ 7*7 }}", id="a template"),
    pytest.param("</p><script>", id="markup"),
    pytest.param("=?UTF-8?Q?=0A?=Bcc: x", id="an encoded word"),
    pytest.param("x\r\nBcc: spy@example.com", id="a header"),
    pytest.param("é" * 200, id="200 letters"),
    pytest.param("🎉 Zoé 👩‍👩‍👧‍👦", id="emoji"),
    pytest.param("مرحبا بالعالم", id="right to left"),
    pytest.param("a\x00b\x1bc", id="controls"),
]


@pytest.fixture(scope="module")
def composer(campaign: Campaign, sources: Sources) -> Composer:
    """The composer of the sample campaign."""
    return compose.prepare(campaign, sources)


def parsed(content: bytes) -> EmailMessage:
    """Return a message as the standard library reads it."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def part(content: bytes, content_type: str) -> bytes:
    """Return the decoded octets of the part of a type."""
    octets = next(p for p in parsed(content).walk() if p.get_content_type() == content_type).get_payload(
        decode=True
    )
    assert isinstance(octets, bytes)
    return octets


def words(text: str) -> str:
    """Words with single spaces, whatever the kind of space."""
    return " ".join(text.split())


def test_the_sample_invitation(
    composer: Composer, campaign: Campaign, guest: Contact, invite: Invite, now: datetime
) -> None:
    """The sample invitation is addressed to its invitee, from the organizer, with the fields meant and no others."""
    invitation = invite(guest)
    message = composer.write(invitation, now)
    read = parsed(message.content)

    assert read.keys() == [
        *("Date", "From", "To", "Message-ID", "Subject"),
        *("List-Unsubscribe", "Content-Language", "MIME-Version", "Content-Type"),
    ]
    assert (message.recipient, message.envelope_from) == (guest.email, campaign.organizer.address)
    assert (message.message_id, message.key) == (invitation.message_id, MessageKey(Kind.INVITATION, 0, 1))
    assert str(read["To"]) == "Inès Derache <ines.derache@example.org>"
    assert words(str(read["Subject"])) == campaign.subject
    assert read["List-Unsubscribe"] == (
        f"<mailto:cjulien@mairie-lille.example?subject=desinscription%20{invitation.token}>"
    )
    assert str(read["Date"]) == "Thu, 13 Mar 2025 10:30:00 +0100"
    written = ical.read(part(message.content, "text/calendar"))[0]
    assert (written.method, written.uid, written.sequence) == ("REQUEST", invitation.uid, 0)
    assert ical.start_and_end(part(message.content, "text/calendar")) == (
        datetime(2025, 3, 31, 12, tzinfo=UTC),
        datetime(2025, 3, 31, 14, tzinfo=UTC),
    )


FACTS = (
    "Madame la Conseillère,",
    "lundi 31 mars 2025 de 14 h à 16 h",
    "16 bis rue des Travailleurs, 59260 Hellemmes",
    "Coptéria",
    "découverte des plateformes numériques solidaires",
    "Les éléments clés du diagnostic",
    "quelles coopérations sur le territoire",
    "https://framadate.org/aNbvBf94i4wdiBHw",
    "Camille Julien, cjulien@mairie-lille.example",
    "répondre à ce message en quelques mots",
    "Mabrouk Zouareg",
    "Adjoint au Maire d'Hellemmes à la Solidarité",
    "mission d'intérêt public",
    "annuaire des partenaires de la Ville (24 février 2025)",
    "six mois après la réunion",
)


@pytest.mark.parametrize("fact", FACTS)
def test_text_and_html_say_the_same(composer: Composer, guest: Contact, invite: Invite, fact: str) -> None:
    """Whoever reads only the text, or only the HTML, learns every fact."""
    letter = composer.letter(invite(guest))

    assert fact in words(letter.text)
    assert fact in words(as_read(letter.html))


def test_text_and_html_offer_the_same_links(composer: Composer, guest: Contact, invite: Invite) -> None:
    """Every link of the HTML stands in the text, the three answers and the way out among them."""
    letter = composer.letter(invite(guest))
    links = {link.replace("&amp;", "&") for link in re.findall(r'href="([^"]+)"', letter.html)}

    assert len(links) == 5
    assert {link for link in links if link in letter.text} == links


def test_the_calendar_entry_says_it_all(
    composer: Composer, guest: Contact, invite: Invite, now: datetime
) -> None:
    """Place, agenda, contact and ways to answer are in the calendar's description too: Outlook shows only that."""
    calendar = part(composer.write(invite(guest), now).content, "text/calendar")
    event = Calendar.from_ical(calendar).events[0]
    description = words(str(event["DESCRIPTION"]))

    for fact in (*FACTS[1:9], "acceptez ou refusez cette invitation"):
        assert fact in description, fact
    assert str(event["SUMMARY"]) == "Présentation du diagnostic territorial d'Hellemmes"
    assert str(event["LOCATION"]) == "16 bis rue des Travailleurs, 59260 Hellemmes"


def test_the_same_arguments_give_the_same_octets(
    campaign: Campaign, sources: Sources, guest: Contact, invite: Invite, now: datetime
) -> None:
    """A retry, even on another machine, sends the same message."""
    first = compose.prepare(campaign, sources).write(invite(guest), now)

    assert first == compose.prepare(campaign, sources).write(invite(guest), now)


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize(
    ("kind", "sequence", "method", "subject"),
    [
        (Kind.INVITATION, 0, "REQUEST", "Invitation"),
        (Kind.REMINDER, 0, "REQUEST", "R"),
        (Kind.UPDATE, 1, "REQUEST", "Ch"),
        (Kind.CANCEL, 2, "CANCEL", ""),
    ],
)
def test_every_kind_in_every_language(
    campaign: Campaign,
    sources: Sources,
    guest: Contact,
    invite: Invite,
    now: datetime,
    language: str,
    kind: Kind,
    sequence: int,
    method: str,
    subject: str,
) -> None:
    """Each kind of letter is written in the invitee's language, with its method, and passes the last look."""
    told = replace(campaign.meeting, starts=campaign.meeting.starts - timedelta(days=7))
    composer = compose.prepare(campaign, sources, previous=told if kind is Kind.UPDATE else None)
    invitation = invite(replace(guest, language=language), kind=kind, sequence=sequence)
    message = composer.write(invitation, now)
    written = ical.read(part(message.content, "text/calendar"))[0]
    letter = composer.letter(invitation)

    assert (language, method, sequence) == (letter.language, written.method, written.sequence)
    assert letter.subject.startswith(subject)
    assert f'lang="{language}"' in letter.html
    assert ("Vos données personnelles" in letter.html) == (language == "fr")
    assert parsed(message.content)["X-Auto-Response-Suppress"] == (
        "DR, RN, NRN, OOF, AutoReply" if kind is Kind.REMINDER else None
    )
    assert parsed(message.content)["Auto-Submitted"] is None
    crowd = composer.crowd([invitation.invitee])
    assert inspect_message(message, invitation, campaign, crowd, mailbox=campaign.organizer.address) == []


@pytest.mark.parametrize(
    ("change", "said", "unsaid"),
    [
        pytest.param(
            {"starts": datetime(2025, 3, 30, 1, tzinfo=UTC)},
            "(au lieu de : du dimanche 30 mars 2025",
            "reste valable",
            id="another time",
        ),
        pytest.param({"place": "Mairie"}, "(au lieu de : Mairie)", "reste valable", id="another place"),
        pytest.param({"room": "Salle 2"}, "votre réponse reste valable", "change de date", id="another room"),
        pytest.param({"agenda": ()}, "votre réponse reste valable", "au lieu de", id="another agenda"),
    ],
)
def test_an_update_says_what_changes(
    campaign: Campaign,
    sources: Sources,
    guest: Contact,
    invite: Invite,
    change: Mapping[str, object],
    said: str,
    unsaid: str,
) -> None:
    """An update tells what was before, and whether an answer given still counts."""
    previous = replace(campaign.meeting, **change)  # type: ignore[arg-type]
    letter = compose.prepare(campaign, sources, previous=previous).letter(
        invite(guest, kind=Kind.UPDATE, sequence=1)
    )

    for text in (words(letter.text), words(as_read(letter.html))):
        assert said in text
        assert unsaid not in text


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("keep_answers", [True, False])
def test_a_new_date_that_keeps_the_answers_asks_nobody_again(
    campaign: Campaign,
    sources: Sources,
    guest: Contact,
    invite: Invite,
    keep_answers: bool,
    language: str,
) -> None:
    """Letter and page say that the answers stand, above the buttons too; a change that asks again says nothing of it."""
    previous = replace(campaign.meeting, starts=datetime(2025, 3, 30, 1, tzinfo=UTC))
    composer = compose.prepare(campaign, sources, previous=previous, keep_answers=keep_answers)
    letter = composer.letter(invite(replace(guest, language=language), kind=Kind.UPDATE, sequence=1))
    asking, standing, offered, stays, changed = {
        "fr": (
            "Merci de nous dire si vous pourrez venir",
            "votre réponse reste valable",
            "Pas encore répondu, ou votre réponse change ?",
            "La date et l'adresse ne changent pas",
            "change de date",
        ),
        "en": (
            "Please tell us whether you can come",
            "your answer still stands",
            "Not answered yet, or has your answer changed?",
            "Date and address stay the same",
            "has changed. It will take place",
        ),
    }[language]

    assert letter.language == language
    for text in (words(letter.text), words(as_read(letter.html))):
        assert (asking in text) == (not keep_answers)
        assert (standing in text, offered in text) == (keep_answers, keep_answers)
        assert (stays in text, changed in text) == (False, True)


@pytest.mark.parametrize("whole", [True, False])
def test_a_cancellation_asks_nothing(
    campaign: Campaign, sources: Sources, guest: Contact, invite: Invite, now: datetime, whole: bool
) -> None:
    """A cancellation offers no answer, and only that of the whole meeting has STATUS:CANCELLED."""
    composer = compose.prepare(campaign, sources, whole=whole)
    invitation = invite(guest, kind=Kind.CANCEL, sequence=1)
    letter = composer.letter(invitation)
    calendar = part(composer.write(invitation, now).content, "text/calendar")

    assert "Je viens" not in letter.text
    assert "Je viens" not in letter.html
    assert (b"STATUS:CANCELLED" in calendar) == whole
    assert ("est annulée" in words(letter.text)) == whole


def test_a_test_is_marked(composer: Composer, guest: Contact, invite: Invite, now: datetime) -> None:
    """A test says so in the subject, both bodies and the calendar, whatever the templates say."""
    test = replace(invite(guest), test=True)
    letter = composer.letter(test)

    assert letter.subject.startswith("[TEST] ")
    assert letter.text.startswith("[TEST] Ceci est un message d’essai")
    assert "<p" in letter.html.split("Ceci est un message d")[0].split("<body")[1]
    assert b"SUMMARY;LANGUAGE=fr:[TEST] " in part(composer.write(test, now).content, "text/calendar")


def test_people_at_one_address_are_named_together(
    composer: Composer, guest: Contact, invite: Invite, now: datetime
) -> None:
    """A couple gets one letter that calls and addresses both."""
    other = replace(guest, civility="M.", first_name="Paul", last_name="Derache")
    message = composer.write(invite(guest, other), now)

    assert str(parsed(message.content)["To"]) == '"Inès Derache, Paul Derache" <ines.derache@example.org>'
    assert "Madame Inès Derache, Monsieur Paul Derache," in composer.letter(invite(guest, other)).text


def test_answers_go_to_the_organizer(
    campaign: Campaign, sources: Sources, guest: Contact, invite: Invite, now: datetime
) -> None:
    """Where somebody else sends, Reply-To, ORGANIZER, bounces and links still name the mailbox that is read."""
    other = replace(campaign, sender=Mailbox("mairie@mairie-lille.example", "Ville d'Hellemmes"))
    message = compose.prepare(other, sources).write(invite(guest), now)

    assert parsed(message.content)["Reply-To"].addresses[0].addr_spec == campaign.organizer.address
    assert message.envelope_from == campaign.organizer.address
    assert b"mailto:cjulien@mairie-lille.example?subject=Je%20viens" in part(message.content, "text/plain")


def test_images_and_attachments(
    campaign: Campaign, sources: Sources, guest: Contact, invite: Invite, now: datetime
) -> None:
    """A template names an image by its file; it lies in the mail, outside the alternative."""
    page = sources["_page.html"].replace(b"<h1>", b'<img src="{{ images["logo.png"] }}" alt="Ville"><h1>')
    with_files = replace(campaign, images=("logo.png",), attachments=("programme.txt",))
    files = {**sources, "_page.html": page, "logo.png": b"\x89PNG", "programme.txt": b"{{ not a template"}
    composer = compose.prepare(with_files, files)
    message = parsed(composer.write(invite(guest), now).content)
    image = next(p for p in message.walk() if p.get_content_type() == "image/png")

    assert f'src="cid:{image["Content-ID"][1:-1]}"' in composer.letter(invite(guest)).html
    assert [p.get_filename() for p in message.iter_attachments()][-2:] == ["invitation.ics", "programme.txt"]


@pytest.mark.parametrize(
    ("change", "code", "read"),
    [
        ({"attachments": ("annexe.pdf",)}, "attachment-missing", "annexe.pdf"),
        ({"images": ("logo.png",)}, "attachment-missing", "logo.png"),
        ({"images": ("calendar.txt",)}, "image-unusable", "calendar.txt"),
    ],
)
def test_files_that_are_missing(
    campaign: Campaign, sources: Sources, change: Mapping[str, tuple[str, ...]], code: str, read: str
) -> None:
    """A file the campaign names and nobody has is an error that names it."""
    with pytest.raises(TemplateError) as raised:
        compose.prepare(replace(campaign, **change), sources)  # type: ignore[arg-type]

    assert (raised.value.code, raised.value.read) == (code, read)


@pytest.mark.parametrize("known", [True, False], ids=["translated", "in the campaign's own words"])
def test_letters_in_another_language_say_what_is_done_with_the_data(
    campaign: Campaign,
    sources: Mapping[str, bytes],
    invite: Invite,
    guest: Contact,
    now: datetime,
    known: bool,
) -> None:
    """What an officer changes in the notice is in every letter: in its language, or else as it is written."""
    words = {"en": {"purpose": "to plan the works", "retention": "two years", "source": "the land register"}}
    notice = replace(campaign.notice, purpose="préparer les travaux", translations=words if known else {})
    composer = compose.prepare(replace(campaign, notice=notice), sources)
    letter = composer.letter(invite(replace(guest, language="en")))

    for said in (letter.text, as_read(letter.html)):
        whole = " ".join(said.split())
        assert ("are used to plan the works." in whole) is known
        assert ("préparer les travaux" in whole) is not known
        assert ("Kept for: two years." in whole) is known
        assert ("Source: the land register" in whole) is known


@pytest.mark.parametrize("name", ["_notice.txt", "_notice.html"])
def test_no_letter_without_the_notice(
    campaign: Campaign, sources: Sources, guest: Contact, invite: Invite, name: str
) -> None:
    """A letter whose text or HTML forgets the data-protection notice is refused."""
    composer = compose.prepare(campaign, {**sources, name: b"Bien cordialement"})
    with pytest.raises(TemplateError, match="notice-missing") as raised:
        composer.letter(invite(guest))

    assert raised.value.file.endswith(f"invitation.{name.partition('.')[2]}")


def test_unless_the_officer_says_so(
    campaign: Campaign, sources: Sources, guest: Contact, invite: Invite
) -> None:
    """`omitted` is the officer's word that these mails need no notice."""
    without = replace(campaign, notice=Notice(omitted=True))
    letter = compose.prepare(without, sources).letter(invite(guest))

    assert "données personnelles" not in letter.text + letter.html


def test_a_page_that_tracks_is_refused(
    campaign: Campaign, sources: Sources, guest: Contact, invite: Invite
) -> None:
    """A template with a remote image is refused, with the image."""
    page = sources["_page.html"].replace(b"<h1>", b'<img src="https://example.org/p.gif"><h1>')
    composer = compose.prepare(campaign, {**sources, "_page.html": page})
    with pytest.raises(TemplateError, match="template-forbidden-markup") as raised:
        composer.letter(invite(guest))

    assert raised.value.read == 'src="https://example.org/p.gif"'


def test_a_letter_begins_with_its_subject(
    campaign: Campaign, sources: Sources, guest: Contact, invite: Invite
) -> None:
    """A text without a line ``Objet :`` is refused, with what stands there instead."""
    composer = compose.prepare(campaign, {**sources, "invitation.txt": b"Bonjour"})
    with pytest.raises(TemplateError, match="template-no-subject") as raised:
        composer.letter(invite(guest))

    assert (raised.value.line, raised.value.read) == (1, "Bonjour")


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("language", ["fr", "en"])
def test_nasty_names_arrive_literally(
    composer: Composer, campaign: Campaign, invite: Invite, now: datetime, name: str, language: str
) -> None:
    """Whatever a list holds stands in the mail as it is, in every part, and breaks nothing."""
    guest = Contact("n@example.org", "Mme", "", name, name, name, fields={"Table": name}, language=language)
    invitation = invite(guest, replace(guest, first_name="Second"))
    message = composer.write(invitation, now)
    letter = composer.letter(invitation)
    shown = mime.one_line(name)

    assert shown in letter.text
    assert shown in as_read(letter.html)
    assert "<script" not in letter.html
    assert f"{shown}, Second {shown}" == mime.read(message.content + b"").header("to").rpartition(" <")[
        0
    ].strip('"')
    assert (
        f"{shown}, Second {shown}"
        == Calendar.from_ical(part(message.content, "text/calendar")).events[0]["ATTENDEE"].params["CN"]
    )
    crowd = composer.crowd([invitation.invitee])
    assert inspect_message(message, invitation, campaign, crowd, mailbox=campaign.organizer.address) == []


ZONES = ("Europe/Paris", "Pacific/Chatham", "America/St_Johns")
TYPED = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@st.composite
def meetings(draw: st.DrawFn) -> Meeting:
    """Meetings in many zones, with any title and place."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    moment = datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 600_000)))
    ends = moment + timedelta(minutes=draw(st.integers(1, 3000)))
    return Meeting(
        title=f"Réunion {draw(TYPED)}",
        starts=moment.astimezone(zone),
        ends=ends.astimezone(zone),
        zone=zone.key,
        place=draw(TYPED),
        description=draw(TYPED),
        agenda=tuple(draw(st.lists(TYPED, max_size=2))),
    )


@settings(max_examples=examples(40))
@given(meeting=meetings(), first=TYPED, last=TYPED)
def test_what_is_composed_parses_back(
    campaign: Campaign,
    sources: Sources,
    invite: Invite,
    now: datetime,
    meeting: Meeting,
    first: str,
    last: str,
) -> None:
    """Two parsers that are not ours read the meeting that was meant out of the whole message."""
    guest = Contact("n@example.org", first_name=first, last_name=last)
    message = compose.prepare(replace(campaign, meeting=meeting), sources).write(invite(guest), now)
    calendar = part(message.content, "text/calendar")
    event = Calendar.from_ical(calendar).events[0]
    other = vobject.readOne(calendar.decode()).vevent
    title = words(mime.one_line(meeting.title))

    assert (meeting.starts, meeting.ends, title) == (event.start, event.end, words(str(event["SUMMARY"])))
    assert (meeting.starts, meeting.ends) == (other.dtstart.value, other.dtend.value)
    assert title == words(other.summary.value)
    assert other.attendee.value == "mailto:n@example.org"
    assert message.content.isascii()
    assert not [defect for p in parsed(message.content).walk() for defect in p.defects]
