"""The report, the sign-in sheet, the register entry and the access export: pages that stand alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from mailer import exports
from mailer.exports import ExportOptions, Occasion, to_access, to_register, to_report, to_sign_in
from mailer.model.address import Mailbox
from mailer.model.attendance import Counters, DeliveryState, PersonState, Places, Row
from mailer.model.campaign import Campaign, ListSource, Notice
from mailer.model.entry import Attended, Channel, Delivery, Entry, Fact, Heard, Presence, Reviewed, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat
from mailer.model.invitation import Kind, MessageKey
from mailer.model.meeting import Meeting
from mailer.model.outcome import Reply, Stage, State
from mailer.model.people import Invitee
from tests.registered import members

NOW = datetime(2025, 3, 20, 8, 30, tzinfo=UTC)
STARTS = datetime(2025, 3, 31, 12, tzinfo=UTC)
OCCASION = Occasion("Diagnostic <d'Hellemmes>", "lundi 31 mars 2025, de 14 h à 16 h", "16 bis rue & place")
COUNTERS = Counters(
    contacts=10,
    addresses=9,
    delivery={},
    answers={"accepted": 3, "declined": 1, "tentative": 1, "delegated": 1, "none": 4},
    presence={},
    headcount=5,
    headcount_least=5,
    headcount_perhaps=2,
    states={state.value: 0 for state in PersonState} | {"reached": 9, "unreachable": 1},
    letters=12,
    untold=0,
    unreachable=1,
    review=1,
)
CAMPAIGN = Campaign(
    slug="diagnosis",
    file="config/campaigns/diagnosis.toml",
    subject="Invitation <1>",
    meeting=Meeting("Diagnostic", STARTS, STARTS + timedelta(hours=2), "Europe/Paris", "Hellemmes"),
    organizer=Mailbox("town@example.org"),
    inviter="A",
    inviter_function="B",
    host="C",
    language="fr",
    templates="t",
    lists=(
        ListSource("contacts/invites.csv", legal_basis="mission d'intérêt public", obtained_from="annuaire"),
    ),
    sender=Mailbox("town@example.org"),
    notice=Notice(
        controller="Mairie", purpose="vous inviter", retention="six mois", contact="dpo@example.org"
    ),
)

VOID = {"meta", "col", "br"}


class Page(HTMLParser):
    """A page, read strictly: what is opened is closed in turn."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content.decode())
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open an element."""
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that closes itself."""
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the element that was opened last."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Add to the text of the page."""
        self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]


def report(rows: list[Row], **more: Any) -> bytes:
    """The report on these lines."""
    return to_report.write(rows, COUNTERS, OCCASION, now=NOW, **more)


def sheet(rows: list[Row], **more: Any) -> exports.SignInSheet:
    """The sign-in sheet of these lines."""
    return exports.sign_in_sheet(rows, title=OCCASION.title, when=OCCASION.when, place=OCCASION.place, **more)


def every_page(rows: list[Row]) -> dict[str, bytes]:
    """One of each, in each language."""
    english = exports.ExportOptions(language="en")
    person = rows[0].contact
    pages = {
        "report": report(rows),
        "report-en": to_report.write(rows, COUNTERS, OCCASION, english, now=NOW),
        "report-empty": report([]),
        "sheet": to_sign_in.write(sheet(rows)),
        "sheet-en": to_sign_in.write(sheet(rows, language="en")),
        "register": to_register.write(CAMPAIGN, invited=10, hosts=["smtp.example.org"], now=NOW),
        "register-en": to_register.write(CAMPAIGN, invited=10, hosts=[], now=NOW, language="en"),
        "access": to_access.write(
            Invitee("a", person.email, members("a", person)), entries(), CAMPAIGN, now=NOW
        ),
    }
    pages["access-en"] = to_access.write(
        Invitee("a", person.email, members("a", person)), entries(), CAMPAIGN, english, now=NOW
    )
    return pages


def entries() -> list[Entry]:
    """One entry of each fact."""
    said = Finding(
        "text", MailKind.REPLY, Answer(PartStat.ACCEPTED), text="Oui <b>, je suis souffrante mais là"
    )
    facts: list[tuple[Channel, Fact]] = [
        (
            Channel.OUTBOX,
            Delivery(
                MessageKey(Kind.INVITATION, 0, 1), 0, State.SENT, reply=Reply(Stage.DOT, 250, "2.0.0 queued")
            ),
        ),
        (Channel.TEXT, Heard(said, NOW, Trust.SENDER)),
        (Channel.STAFF, Reviewed(2, applied=True)),
        (Channel.STAFF, Attended(Presence.PRESENT)),
    ]
    return [
        Entry(
            "diagnosis", "a", NOW, channel, fact, number=number, note="par téléphone" if number == 3 else ""
        )
        for number, (channel, fact) in enumerate(facts, 1)
    ]


def test_pages_stand_alone(rows: list[Row]) -> None:
    """Each page is sound, names its language, has a title, and neither runs nor fetches anything."""
    for name, content in every_page(rows).items():
        page = Page(content)

        assert [{"lang": "en" if name.endswith("-en") else "fr"}] == page.named("html")
        assert 1 == len(page.named("title")) - len(page.named("svg")) == len(page.named("h1"))
        assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
        assert b"http:" not in content.replace(b"http://www.w3.org/2000/svg", b"")
        assert b"https:" not in content
        assert b"url(" not in content


class TestReport:
    """The state of a campaign on one page."""

    def test_what_it_tells(self, rows: list[Row]) -> None:
        """Numbers, chairs, who is left to call with a telephone number; names are text and never markup."""
        page = Page(report(rows, places=Places(8, {"a": 5}, {"b": 3})))

        assert "Diagnostic <d'Hellemmes>" in page.text
        assert "Situation au 20/03/2025 à 09:30" in page.text
        assert "entre 5 et 7" in page.text
        assert "5 sur 8" in page.text
        assert "liste d’attente\u00a0: 3" in page.text
        left = page.text.partition("Qui rappeler")[2]
        assert left.index("Ève Roux") < left.index("Zoë Étienne") < left.index("+33 6")
        assert "Jo Bois" not in left

    def test_drawings_can_be_read_aloud(self, rows: list[Row]) -> None:
        """Each drawing has a title and a description, and its numbers stand in a table."""
        sendings = [(NOW - timedelta(days=3), Kind.INVITATION), (NOW, Kind.REMINDER)]
        page = Page(report(rows, sendings=sendings))

        assert 3 == len(page.named("svg")) == len(page.named("desc")) == len(page.named("details"))
        assert {"img"} == {svg["role"] for svg in page.named("svg")}
        assert "relance" in page.text

    def test_nobody_answered_yet(self, make: Callable[..., Row]) -> None:
        """Without an answer there is no curve, and the page says so."""
        page = Page(report([make()]))

        assert "Aucune réponse pour l’instant." in page.text

    def test_a_long_campaign_stays_a_short_page(self, make: Callable[..., Row]) -> None:
        """Ten thousand answers and a list to call that is as long do not make an endless page."""
        start = NOW - timedelta(days=20)
        many = [
            make(
                f"N{n}",
                partstat=PartStat.ACCEPTED if n % 2 else PartStat.NEEDS_ACTION,
                ref=f"r{n}",
                answered_at=start + timedelta(minutes=n),
                organisation=f"O{n}",
            )
            for n in range(10_000)
        ]
        content = report(many)

        assert len(content) < 200_000
        assert "(autres)" in content.decode()
        assert "et 4500 de plus" in content.decode()

    def test_who_objected_is_not_called(self, make: Callable[..., Row]) -> None:
        """Neither they, nor those whose invitation was withdrawn."""
        gone = [
            make("Opposée", opted_out=True, state=PersonState.BARRED, delivery=DeliveryState.SUPPRESSED),
            make("Retirée", cancelled_at=NOW),
        ]

        assert "Opposée" not in report(gone).decode()
        assert "Retirée" not in report(gone).decode()


class TestSaidBesides:
    """What people said besides yes and no, on paper."""

    @pytest.fixture
    def said(self, make: Callable[..., Row]) -> list[Row]:
        """A range, a family, a proxy, a remark on health, a note of staff, a plain yes, and an absence."""
        come = {"partstat": PartStat.ACCEPTED}
        return [
            make("A", ref="a", size=4, least=3, **come),
            make("B", ref="b", size=5, adults=2, children=3, comment="à 15 h", **come),
            make("C", ref="c", partstat=PartStat.DECLINED, proxy_to="Mme Lesaffre"),
            make("D", ref="d", comment="en fauteuil roulant", **come),
            make("E", ref="e", note="ne pas asseoir près de B", comment="avec plaisir", **come),
            make("F", ref="f", size=2, **come),
            make("G", ref="g", absence="absente jusqu'au 3"),
        ]

    def test_in_the_report(self, said: list[Row]) -> None:
        """A table of its own, health left out; who said nothing besides is not in it."""
        page = Page(report(said)).text
        told = page[page.index("Remarques") : page.index("Qui rappeler")]

        for text in (
            "3 ou 4",
            "5, 2 adultes et 3 enfants",
            "à 15 h",
            "pouvoir donné à Mme Lesaffre",
            "(voir mailer why)",
        ):
            assert text in told
        assert "ne pas asseoir" in told
        assert not {"fauteuil", "absente", "Élodie F"} & {
            text for text in ("fauteuil", "absente", "Élodie F") if text in told
        }
        assert "fauteuil" in Page(report(said, options=ExportOptions(health=True))).text

    def test_without_any(self, said: list[Row]) -> None:
        """No table stands where nothing would stand in it."""
        assert "Remarques" not in Page(report(said[-2:])).text

    def test_on_the_sign_in_sheet(self, said: list[Row]) -> None:
        """Remarks, and not what staff noted: everybody who signs reads it. A proxy stands with the excused."""
        page = sheet(said)
        remark = page.columns.index("remark")

        assert [line[remark] for line in page.lines] == [
            "",
            "2 adultes et 3 enfants; à 15 h",
            "(voir mailer why)",
            "avec plaisir",
            "",
        ]
        assert page.lines[0][3] == "Élodie (+ 2 ou 3)"
        assert page.excused == ["Mme Élodie C (pouvoir donné à Mme Lesaffre)"]
        assert "remark" not in sheet(said[-2:]).columns


class TestSignIn:
    """The sign-in sheet."""

    def test_who_stands_on_it_and_in_which_order(self, rows: list[Row]) -> None:
        """Who is expected, sorted as French sorts; companions are counted, delegates named, the excused listed."""
        page = sheet(rows)
        names = [line[2] for line in page.lines]

        assert names == ["LEFÈVRE", "N'GUESSAN", "ŒUVRARD", "PETIT", "PETIT"]
        assert page.lines[0][3] == "Élodie (+ 1)"
        assert page.lines[2][-3] == "Mme Petit"
        assert (page.headings[-2], page.lines[0][-2]) == ("Remarque", "avec mon mari, merci")
        assert page.excused == ["M. Benoît D'HAENE"]
        assert "function" not in page.columns

    def test_who_is_noted_as_excused(self, make: Callable[..., Row]) -> None:
        """Somebody excused by phone is listed with the excused, not among those who sign; others stay where they were."""
        noted, silent = make("Excusée", presence=Presence.EXCUSED), make("Muette", ref="b2")
        page = sheet([noted, silent], everybody=True)

        assert ([line[2] for line in page.lines], len(page.excused)) == (["MUETTE"], 1)
        assert "Excusée" not in Page(report([noted, silent])).text
        assert "Muette" in Page(report([noted, silent])).text

    def test_everybody(self, rows: list[Row]) -> None:
        """Those who did not answer can be listed as well."""
        names = [line[2] or line[4] for line in sheet(rows, everybody=True).lines]

        assert names[:1] + names[2:4] == ["BOIS", "ÉTIENNE", "LEFÈVRE"]
        assert "Département Formation, Recherche" in names

    def test_there_is_room_for_walk_ins(self, rows: list[Row]) -> None:
        """Blank lines are numbered on."""
        page = sheet(rows, blanks=3)

        assert [[cell for cell in line if cell] for line in page.walk_ins()] == [["6"], ["7"], ["8"]]

    def test_on_paper(self, rows: list[Row]) -> None:
        """Page numbers, headings on every page, and a title nothing in which can end the style."""
        nasty = replace(sheet(rows), title='"} body{display:none} </style><b>')
        content = to_sign_in.write(nasty).decode()
        style = content.partition("<style>")[2].partition("</style>")[0]

        assert "counter(page)" in style
        assert "counter(pages)" in style
        assert "} body{" not in style
        assert "<b>" not in content
        assert len(Page(to_sign_in.write(sheet(rows))).named("col")) == 8

    def test_with_functions(self, make: Callable[..., Row]) -> None:
        """The column is there where somebody has one."""
        page = sheet([make(partstat=PartStat.ACCEPTED, function="Adjointe")])

        assert (page.headings[5], page.lines[0][5]) == ("Fonction", "Adjointe")
        assert "remark" not in page.columns
        assert pytest.approx(sum(page.shares)) == 1


def test_the_sheet_as_pdf(rows: list[Row]) -> None:
    """The same sheet gives the same PDF, with fonts of its own and page numbers."""
    pdf = pytest.importorskip("mailer.exports.formats.to_sign_in_pdf")
    here = Path(exports.__file__).parent
    fonts = pdf.Fonts(*((here / face).read_bytes() for face in pdf.FACES))
    content = pdf.write(sheet(rows * 12, notice="Responsable\u00a0: Mairie."), fonts)

    assert content.startswith(b"%PDF-")
    assert content == pdf.write(sheet(rows * 12, notice="Responsable\u00a0: Mairie."), fonts)
    assert b"DejaVuSansCondensed" in content
    assert b"/Count 6" in content


class TestDataProtection:
    """What the data protection officer and the person themselves are given."""

    def test_the_register_entry(self) -> None:
        """It tells what is known, and marks what only the town hall knows."""
        page = Page(to_register.write(CAMPAIGN, invited=10, hosts=["smtp.example.org"] * 2, now=NOW))

        for told in (
            "Invitation <1>",
            "Mairie",
            "six mois",
            "Personnes invitées\u00a0: 10",
            "20/03/2025",
            "annuaire",
        ):
            assert told in page.text
        assert page.text.count("smtp.example.org") == 1
        assert len([span for span in page.named("span") if span.get("class") == "open"]) == 3

    def test_the_access_export_holds_nothing_back(self, rows: list[Row]) -> None:
        """Identity, all columns, every entry with its words, remarks on health included."""
        person = replace(rows[4].contact, groups=("élus",))
        page = Page(
            to_access.write(Invitee("a", person.email, members("a", person)), entries(), CAMPAIGN, now=NOW)
        )

        for told in (
            "Étienne",
            "Téléphone",
            "+33 6",
            "élus",
            "invitation, envoyé",
            "2.0.0 queued",
            "réponse\u00a0: oui",
            "souffrante",
            "par téléphone",
            "présence à la réunion\u00a0: présent",
            "dpo@example.org",
        ):
            assert told in page.text
