"""A contact list and a campaign file that mean harm, sent and exported: nothing of them becomes more than a text."""

from __future__ import annotations

import csv
import email
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from email.policy import default
from xml.etree import ElementTree

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from mailer.demo.clients import written
from mailer.demo.received import open_letter
from tests.journeys.conftest import BEGINS, SLUG, Desk

NAMES = {
    "attack 48: control characters": "Mar\x01tin\x0b\x7f\ufffe",
    "attack 48: letters that turn the line": "Mar\u202etin\u2066\u200b",
    "attack 48: letters that are none": "Mar\ufffe\x7f\u0600tin",
    "attack 49: a terminal of one octet": "Mar\x9b2J\x9d0;x\x9ctin",
    "attack 49: the title and the clipboard of a terminal": "Mar\x1b]0;x\x07\x1b]52;c;eA==\x07tin\x9b2J",
    "attack 51: an encoded word that holds a field": "=?utf-8?q?Martin=0d=0aBcc:_spy@example.net?=",
    "attack 52: a formula": '=HYPERLINK("https://example.net";"Martin")',
    "attack 52: a formula in full width": "＝1+1",
    "attack 52: a formula behind a tab": "\t=cmd|'/C calc'!A1",
    "attack 52: a sum": "+33 1",
    "attack 52: a sign of at": "@SUM(A1)",
    "attack 52: a minus": "-2+3",
    "attack 53: a field": "Martin\r\nBcc: spy@example.net",
    "attack 53: other ends of lines": "Mar\u2028Bcc: spy@example.net\u0085\x0btin",
    "attack 54: another attendee": 'Martin";CN="Nora":mailto:spy@example.net\r\nATTENDEE:mailto:spy@example.net',
    "attack 54: the end of the event": "Martin\nEND:VEVENT\nEND:VCALENDAR",
    "attack 56: a template": "{{ 7*7 }}{{ ''.__class__.__mro__ }}",
    "attack 56: a template with a loop": "{% for x in range(3) %}x{% endfor %}",
    "attack 56: an include": '{% include "/etc/passwd" %}',
    "attack 58: a script": "<script>alert(1)</script>",
    "attack 58: out of an attribute": '"><img src=x onerror=alert(2)>',
    "attack 58: out of a title": "</title><svg onload=alert(3)>",
    "attack 59: five thousand letters": "é" * 5000,
    "attack 59: three thousand accents": "e" + "\u0301" * 3000,
    "attack 66: a dot on a line of its own": "Martin\r\n.\r\nMAIL FROM:<spy@example.net>\r\nDATA",
    "attack 66: a dot between lone ends of lines": "Martin\n.\nRCPT TO:<spy@example.net>\r.\r",
}
TEXT = re.compile(r"[^\x00-\x08\x0e-\x1f]*")
FORMULA = re.compile(r"[=+\-@\t\r＝＋－＠]")


def listed(desk: Desk, name: str, address: str = "martin@example.org") -> None:
    """Write a list of one person, whose name and organisation are these words, as a spreadsheet saves it."""
    text = io.StringIO(newline="")
    table = csv.writer(text, delimiter=";", lineterminator="\r\n")
    table.writerows(
        [["Civilité", "Nom", "Prénom", "Organisme", "Courriel"], ["Mme", name, "Nora", name, address]]
    )
    (desk.path / "contacts" / "invites.csv").write_bytes(text.getvalue().encode("utf-8", "surrogatepass"))


def delivered(desk: Desk) -> EmailMessage:
    """Return the one message that left, to the one address it is for."""
    ((recipient, content),) = [(one.recipient, one.content) for one in desk.office.delivered]
    assert recipient == "martin@example.org"
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def cells(desk: Desk, name: str) -> Iterator[str]:
    """Yield the text of every cell of a CSV; a workbook must hold no formula, since its texts are texts."""
    path = desk.path / "exports" / name
    if name.endswith(".csv"):
        for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline=""), delimiter=";"):
            yield from row
    elif name.endswith(".xlsx"):
        for line in load_workbook(path).worksheets[0].iter_rows():
            for cell in line:
                assert cell.data_type != "f"
    else:
        with zipfile.ZipFile(path) as book:
            content = book.read("content.xml")
        ElementTree.fromstring(content)
        assert b"table:formula" not in content


@pytest.mark.parametrize("which", NAMES)
def test_a_name_is_a_name_and_nothing_else(which: str, desk: Desk) -> None:
    """In the headers, the calendar and the pages of the letter, in every export, and on the terminal."""
    listed(desk, NAMES[which])
    status, shown = desk.type("send", SLUG, "--yes")
    if not TEXT.fullmatch(NAMES[which]):  # no spreadsheet saves such a list, and it is refused in a sentence
        assert status == 2
        assert "contacts/invites.csv" in shown
        assert desk.office.delivered == []
        return
    assert status == 0, shown
    message = delivered(desk)

    assert set(message.keys()) <= {
        *("From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Reply-To"),
        *("Auto-Submitted", "List-Unsubscribe", "Content-Language", "X-Auto-Response-Suppress", "Precedence"),
    }
    assert [one.addr_spec for one in message["To"].addresses] == ["martin@example.org"]
    page = next(part for part in message.walk() if part.get_content_type() == "text/html").get_content()
    assert not re.search(r"<script|<svg|<img[^>]*onerror", page)
    assert "root:" not in page
    calendar = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    (event,) = Calendar.from_ical(calendar.get_content()).events
    assert str(event["ATTENDEE"]) == "mailto:martin@example.org"
    assert "spy" not in str(event["ATTENDEE"])

    for name in ("p.csv", "p.xlsx", "p.ods", "rapport.html", "feuille.html"):
        assert desk.type("export", SLUG, str(desk.path / "exports" / name))[0] == 0
        if name.endswith(".html"):
            text = (desk.path / "exports" / name).read_text("utf-8")
            assert not re.search(r"<script>alert|<svg onload|<img src=x", text)
        else:
            assert not [cell for cell in cells(desk, name) if FORMULA.match(cell)]
    for words in (
        ("status", SLUG),
        ("why", SLUG, "martin@example.org"),
        ("contacts", str(desk.path / "contacts/invites.csv")),
    ):
        said = desk.type(*words)[1]
        assert not set(said) & {"\x1b", "\x07", "\x9b", "\u202e", "\x7f", "\x0b"}


@pytest.mark.parametrize("which", [name for name in NAMES if re.search(r"attack (48|49|51|52|56|58)", name)])
def test_a_word_in_an_answer_is_a_word(which: str, desk: Desk) -> None:
    """The words of an answer, and the name it comes under, do nothing in exports and on the terminal."""
    listed(desk, "Martin")
    desk.type("send", SLUG, "--yes")
    letter = open_letter(desk.office.delivered[0])
    words = f"Je viens avec plaisir.\n{NAMES[which]}"
    answer = written(letter, BEGINS + timedelta(hours=1), words)
    desk.office.post("martin@example.org", answer)
    assert desk.type("read")[0] in (0, 1)
    for name in ("p.csv", "p.xlsx", "p.ods"):
        assert desk.type("export", SLUG, str(desk.path / "exports" / name))[0] == 0
        assert not [cell for cell in cells(desk, name) if FORMULA.match(cell)]
    for typed in (("why", SLUG, "martin@example.org"), ("status", SLUG)):
        assert not set(desk.type(*typed)[1]) & {"\x1b", "\x07", "\x9b", "\u202e", "\x7f"}


@pytest.mark.parametrize("field", ["subject", "title", "place", "description", "agenda", "organizer", "host"])
def test_what_the_campaign_says_is_a_text(field: str, desk: Desk) -> None:
    """Attacks 51, 54, 58, 66: ends of lines, markup and SMTP in the campaign file add no field, attendee or mail."""
    harm = "x\\r\\n.\\r\\nBcc: spy@example.net\\r\\nATTENDEE:mailto:spy@example.net <script>alert(1)</script>"
    campaign = desk.campaign()
    change = {
        "subject": (r"(?m)^subject = .*$", f'subject = "{harm}"'),
        "title": (r"(?m)^title = .*$", f'title = "{harm}"'),
        "place": (r"(?m)^place = .*$", f'place = "{harm}"'),
        "description": (r'(?s)description = """.*?"""', f'description = "{harm}"'),
        "agenda": (r"(?s)agenda = \[.*?\n\]", f'agenda = ["{harm}"]'),
        "organizer": (r'(?m)^name = "Camille Julien"$', f'name = "{harm}"'),
        "host": (r"(?m)^host = .*$", f'host = "{harm}"'),
    }[field]
    changed = re.sub(change[0], lambda _match: change[1], campaign, count=1)
    assert changed != campaign
    (desk.path / "config" / "campaigns" / f"{SLUG}.toml").write_text(changed, "utf-8")
    listed(desk, "Martin")
    status, shown = desk.type("send", SLUG, "--yes")
    if status:  # refused in a sentence, which is as good
        assert desk.office.delivered == []
        assert "Traceback" not in shown
        return
    message = delivered(desk)

    assert "Bcc" not in message
    pages = [part.get_content() for part in message.walk() if part.get_content_type() == "text/html"]
    assert pages
    assert not [page for page in pages if "<script" in page]
    calendar = next(part for part in message.walk() if part.get_content_type() == "text/calendar")
    (event,) = Calendar.from_ical(calendar.get_content()).events
    assert str(event["ATTENDEE"]) == "mailto:martin@example.org"
