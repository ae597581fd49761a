"""Test ``mailer check`` over workspaces that are each broken in one way, with real servers."""

from __future__ import annotations

import imaplib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import dns.message
import dns.rcode
import pytest

from mailer import environment
from mailer.cli import group
from mailer.demo.post_office import PASSWORD, PostOffice
from mailer.jobs import round_trip
from mailer.model.address import Mailbox
from mailer.wire.dns import DnsClient
from mailer.workspace import Workspace
from mailer.workspace.sample import copy_sample
from tests.servers.fault_smtp import Fault, FaultServer
from tests.servers.ports import closed_port
from tests.workspaces import sample

CAMPAIGN = "config/campaigns/restitution-hellemmes.toml"
SETTINGS = "config/mailer.toml"
NOW = "2025-03-13T09:00:00+01:00"


@dataclass
class Checked:
    """A workspace that passes, a way to spoil it, and what ``mailer check`` then says."""

    path: Path
    office: PostOffice
    capsys: pytest.CaptureFixture[str]
    nobody: int
    """A port on which nobody listens."""

    def spoil(self, name: str, before: str, after: str) -> None:
        """Change a file."""
        text = (self.path / name).read_text("utf-8")
        assert before in text
        (self.path / name).write_text(text.replace(before, after, 1), "utf-8")

    def check(self, *words: str, now: str = NOW) -> tuple[int, str]:
        """Run it; give the exit status and everything that was found, notes apart."""
        self.capsys.readouterr()
        status = group.main(["--workspace", str(self.path), "--now", now, "check", "--json", *words])
        found = json.loads(self.capsys.readouterr().out)
        return status, "\n".join(
            f"{one['place']} {one['message']}" for one in found if one["severity"] != "note"
        )


@pytest.fixture
def checked(
    tmp_path: Path, office: PostOffice, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Checked]:
    """The sample, with servers that are there."""
    monkeypatch.setenv("MAILER_LANGUAGE", "en")
    monkeypatch.setenv("MAILER_IMAP__PASSWORD", PASSWORD)
    environment.speak("en")
    path = sample(tmp_path / "w")
    (path / SETTINGS).write_text(
        f'[smtp]\nhost = "127.0.0.1"\nport = {office.smtp_port}\nsecurity = "none"\n'
        f'[imap]\nhost = "127.0.0.1"\nport = {office.imap_port}\nsecurity = "none"\nusername = "{office.owner}"\n'
        "[delivery]\nper_minute = 20\nper_hour = 180\n",
        "utf-8",
    )
    with closed_port() as nobody:
        yield Checked(path, office, capsys, nobody)


def _list(text: str) -> Callable[[Checked], object]:
    return lambda c: (c.path / "contacts" / "invites.csv").write_text(text, "utf-8")


def _attached(name: str, content: bytes) -> Callable[[Checked], None]:
    def attach(c: Checked) -> None:
        # One invitee is enough: each of their mails carries the file.
        (c.path / "contacts" / "invites.csv").write_text(
            "Nom;Courriel\r\nMartin;nora@example.org\r\n", "utf-8"
        )
        (c.path / "templates/restitution-hellemmes" / name).write_bytes(content)
        c.spoil(CAMPAIGN, "[meeting]", f'attachments = ["{name}"]\n[meeting]')

    return attach


FAULTS: dict[str, tuple[Callable[[Checked], object], str]] = {
    "campaign-syntax": (lambda c: c.spoil(CAMPAIGN, 'subject = "', "subject = "), f"{CAMPAIGN}:4"),
    "setting-unknown": (
        lambda c: c.spoil(SETTINGS, "per_hour", "per_hours"),
        "“delivery.per_hours” is not a known setting",
    ),
    "password-in-file": (
        lambda c: c.spoil(SETTINGS, "[imap]", 'password = "x"\n[imap]'),
        "The file contains a password",
    ),
    "list-missing": (
        lambda c: (c.path / "contacts" / "invites.csv").unlink(),
        "contacts/invites.csv The file does not exist",
    ),
    "list-without-addresses": (
        _list("Nom;Prénom\r\nMartin;Nora\r\n"),
        "No column of this list holds e-mail addresses",
    ),
    "address": (
        _list("Nom;Courriel\r\nMartin;nora@@example.org\r\n"),
        "contacts/invites.csv:2 “nora@@example.org”",
    ),
    "template-name": (
        lambda c: c.spoil(
            "templates/restitution-hellemmes/invitation.txt", "{{ salutation }}", "{{ salutations }}"
        ),
        "Nothing is called",
    ),
    "template-missing": (
        lambda c: (c.path / "templates/restitution-hellemmes/invitation.txt").unlink(),
        "invitation.txt",
    ),
    "notice-untranslated": (
        lambda c: c.spoil(CAMPAIGN, "[notice.en]", "[notice.fr]"),
        "under [notice.en]: purpose, basis, retention",
    ),
    "notice": (
        lambda c: c.spoil(
            "templates/restitution-hellemmes/invitation.txt", '{% include "_notice.txt" %}', ""
        ),
        "The data-protection notice does not say",
    ),
    "link": (
        lambda c: c.spoil(CAMPAIGN, "https://framadate.org", "https://www.example.com"),
        "leads nowhere",
    ),
    "link-in-clear": (
        lambda c: c.spoil(CAMPAIGN, "https://framadate.org", "http://framadate.org"),
        "is not encrypted",
    ),
    "attachment-missing": (
        lambda c: c.spoil(CAMPAIGN, "[meeting]", 'attachments = ["plan.pdf"]\n[meeting]'),
        "plan.pdf",
    ),
    "attachment-too-large": (_attached("plan.pdf", bytes(8_000_000)), "weigh 8 MB"),
    "attachment-refused": (_attached("plan.docm", b"x"), "refuse a file such as plan.docm"),
    "organizer-not-read": (
        lambda c: c.spoil(CAMPAIGN, 'address = "cjulien@', 'address = "someone@'),
        "Answers would go to someone@mairie-lille.example",
    ),
    "end-before-start": (lambda c: c.spoil(CAMPAIGN, "16:00", "12:00"), "before it starts"),
    "schedule": (
        lambda c: c.spoil(CAMPAIGN, '"la veille', '"le 3 avril 2025'),
        "“schedule.details” would be on",
    ),
    "cancelled": (
        lambda c: c.spoil(CAMPAIGN, "[meeting]", "[meeting]\ncancelled = true"),
        "meeting is cancelled",
    ),
    "pace-too-slow": (
        lambda c: c.spoil(SETTINGS, "per_hour = 180", "per_hour = 180\nper_day = 1"),
        "meeting begins before that",
    ),
    "smtp-away": (
        lambda c: c.spoil(SETTINGS, str(c.office.smtp_port), str(c.nobody)),
        "Check host and port under [smtp]",
    ),
    "imap-away": (
        lambda c: c.spoil(SETTINGS, str(c.office.imap_port), str(c.nobody)),
        "Check host and port under [imap]",
    ),
    "smtp-port": (
        lambda c: c.spoil(SETTINGS, 'security = "none"', 'security = "tls"'),
        'Under [smtp], set security = "starttls", or keep "tls" and set port = 465',
    ),
    "imap-port": (
        lambda c: c.spoil(SETTINGS, 'security = "none"\nusername', 'security = "tls"\nusername'),
        'Under [imap], set security = "starttls", or keep "tls" and set port = 993',
    ),
    "imap-no-starttls": (
        lambda c: c.spoil(SETTINGS, 'security = "none"\nusername', 'security = "starttls"\nusername'),
        "offers no encryption",
    ),
    "imap-login": (lambda c: c.spoil(SETTINGS, c.office.owner, "cjulien"), "does not accept the user name"),
    "imap-folder": (
        lambda c: c.spoil(SETTINGS, "[delivery]", 'folder = "Réponses"\n[delivery]'),
        "has no folder",
    ),
    "no-campaign": (lambda c: (c.path / CAMPAIGN).unlink(), "There is no campaign yet"),
}


def test_a_workspace_that_is_right_passes(checked: Checked) -> None:
    """Nothing is found, nothing leaves, nothing is written."""
    before = {file: file.read_bytes() for file in checked.path.rglob("*") if file.is_file()}

    assert checked.check() == (0, "")
    assert checked.office.delivered == []
    assert before == {file: file.read_bytes() for file in checked.path.rglob("*") if file.is_file()}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(fault: str, checked: Checked) -> None:
    """Whatever one thing is broken, it is what is found, in words, and the exit status says so."""
    spoil, said = FAULTS[fault]
    spoil(checked)
    status, found = checked.check()

    assert status == 1
    assert said in found.replace("\u00a0", " ")


def test_a_fault_of_the_letter_is_said_of_three(checked: Checked) -> None:
    """What is wrong with every message is not said of every invitee, but how many there are."""
    lines = "".join(f"M.;Nom{n};Prénom{n};p{n}@example.net\r\n" for n in range(40))
    (checked.path / "contacts" / "invites.csv").write_text(
        f"Civilité;Nom;Prénom;Courriel\r\n{lines}", "utf-8-sig"
    )
    checked.spoil("templates/restitution-hellemmes/reminder.txt", "\n\n", "\n\n{{ '{{ nom }}' }}\n\n")
    _, found = checked.check()

    assert found.count("A placeholder was not filled in") == 3
    assert "he same in 37 more messages" in found


def test_the_sample_lacks_only_its_passwords(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the sample as it is shipped, two things are found: the two passwords."""
    monkeypatch.setenv("MAILER_LANGUAGE", "en")
    environment.speak("en")
    copy_sample(tmp_path / "w")
    status = group.main(["--workspace", str(tmp_path / "w"), "--now", NOW, "check", "--json"])
    found = json.loads(capsys.readouterr().out)

    assert status == 1
    assert [one["message"].partition(" is ")[0] for one in found] == [
        "The password for [smtp]",
        "The password for [imap]",
    ]


def test_a_meeting_that_began_is_found(checked: Checked) -> None:
    """Nothing can be sent for it any more, and check says when it began."""
    status, found = checked.check(now="2025-04-10T09:00:00+02:00")

    assert status == 1
    assert "Monday 31 March 2025, 14:00" in found


def test_a_clock_that_went_back_is_found(checked: Checked) -> None:
    """The ledger knows a later moment than the clock shows."""
    group.main(
        [
            "--workspace",
            str(checked.path),
            "--now",
            "2025-03-14T09:00:00+01:00",
            "send",
            "restitution-hellemmes",
            "--yes",
        ]
    )
    status, found = checked.check()

    assert status == 1
    assert "Set the clock right" in found


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (Fault("auth", "535 5.7.8 bad credentials"), "refuses the user name or the password"),
        (Fault("mail", "553 5.7.1 not your address"), "does not let this account send from cjulien@"),
        (Fault("greeting", "554 5.7.1 blocked"), "refused the connection"),
    ],
    ids=["login", "sender", "blocked"],
)
def test_what_the_mail_server_refuses_is_found(
    fault: Fault, said: str, checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The login, the sender's address and the machine itself: each refusal is told with the server's own words."""
    monkeypatch.setenv("MAILER_SMTP__PASSWORD", "secret")
    login = (checked.office.owner, "secret")
    with FaultServer(
        faults=[fault], extensions=("PIPELINING",), login=login, mechanisms="PLAIN"
    ).in_a_thread() as server:
        text = (checked.path / SETTINGS).read_text("utf-8")
        (checked.path / SETTINGS).write_text(
            text.replace(
                f"port = {checked.office.smtp_port}\n", f'port = {server.port}\nusername = "{login[0]}"\n'
            ),
            "utf-8",
        )
        status, found = checked.check()

        assert status == 1
        assert said in found
        assert server.received == []


def test_a_pace_over_what_the_provider_takes_is_found(
    checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider is known by its server's name; its figure and what to write are said."""
    checked.spoil(SETTINGS, 'host = "127.0.0.1"', 'host = "mail.infomaniak.com"')
    checked.spoil(SETTINGS, "per_minute = 20", "per_minute = 300")
    checked.spoil(SETTINGS, "per_hour = 180", "per_hour = 0\nper_day = 0")
    _status, found = checked.check()

    assert "infomaniak takes 20 at most" in found
    assert "infomaniak takes 1440 at most" in found


RECORDS = {
    "good": {
        "MX": "10 mx.example.",
        "TXT": '"v=spf1 mx ~all"',
        "_dmarc": '"v=DMARC1; p=none"',
        "s1": '"v=DKIM1; p=AAAA"',
    },
    "open": {
        "MX": "10 mx.example.",
        "TXT": '"v=spf1 +all"',
        "_dmarc": '"v=DMARC1; p=none"',
        "s1": '"v=DKIM1; p=AAAA"',
    },
    "bare": {},
}


@pytest.fixture
def name_server() -> Iterator[tuple[int, dict[str, str]]]:
    """A name server for the sender's domain; what it publishes may be changed."""
    published: dict[str, str] = {}

    def reply(asked: bytes) -> bytes:
        query = dns.message.from_wire(asked)
        answer = dns.message.make_response(query)
        (question,) = query.question
        first = question.name.to_text().split(".")[0]
        kind = dns.rdatatype.to_text(question.rdtype)
        record = published.get(
            first if first in ("_dmarc", "s1") else kind if first == "mairie-lille" else ""
        )
        if record:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, record))
        else:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return answer.to_wire()

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                asked, whence = server.recvfrom(4096)
                if asked == b"stop":
                    return
                server.sendto(reply(asked), whence)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        port = int(server.getsockname()[1])
        yield port, published
        server.sendto(b"stop", ("127.0.0.1", port))
        thread.join()


@pytest.mark.parametrize(
    ("domain", "said"),
    [("good", []), ("open", ["+all"]), ("bare", ["(MX)", "(SPF)", "(DKIM)", "DMARC"])],
)
def test_what_the_senders_domain_lacks_is_found(
    domain: str,
    said: list[str],
    checked: Checked,
    name_server: tuple[int, dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With --online the records that receivers look for are asked for: MX, SPF, DKIM and DMARC."""
    port, published = name_server
    published.update(RECORDS[domain])
    monkeypatch.setattr(Workspace, "dns", lambda _workspace: DnsClient(["127.0.0.1"], port, 60))
    status, found = checked.check("--online")

    assert status == (1 if said else 0)
    assert len(found.splitlines()) == len(said)
    assert all(text in found for text in said)


@pytest.mark.parametrize(("size", "most"), [("2000000", 2000), ("0", 0), ("", 0), ("20000000", 0)])
def test_a_letter_larger_than_the_server_takes_is_found(size: str, most: int, checked: Checked) -> None:
    """The largest letter is compared with the server's SIZE, and both numbers are told; 0 or none is no limit."""
    (checked.path / "contacts" / "plan.pdf").write_bytes(b"%PDF-1.4\n" + b"x" * 2_400_000)
    checked.spoil(CAMPAIGN, "[meeting]", 'attachments = ["contacts/plan.pdf"]\n\n[meeting]')
    with FaultServer(extensions=("PIPELINING", f"SIZE {size}".strip())).in_a_thread() as server:
        checked.spoil(SETTINGS, f"port = {checked.office.smtp_port}\n", f"port = {server.port}\n")
        status, found = checked.check()

    assert status == bool(most)
    assert ("takes no more than 2000 kB (SIZE)" in found) == bool(most)
    assert ("largest letter has 33" in found) == bool(most)


def test_notes_stand_in_nobodys_way(checked: Checked) -> None:
    """What the server says of addresses with a plus is told, and changes neither the list nor the exit status."""
    group.main(["--workspace", str(checked.path), "--now", NOW, "check"])
    shown = checked.capsys.readouterr().out

    assert "cjulien+…@mairie-lille.example" in shown
    assert "Nothing stands in the way." in shown


def _inbox(office: PostOffice) -> int:
    """Return how many mails are in the inbox."""
    with imaplib.IMAP4("127.0.0.1", office.imap_port) as box:
        box.login(office.owner, PASSWORD)
        (count,) = box.select("INBOX", readonly=True)[1]
    return int(count or b"0")


def test_trying_sends_a_message_to_oneself(checked: Checked, monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes and comes, is deleted, and is only a note; nobody else gets anything; without --try nothing leaves."""
    checked.office.post("a@example.org", b"Subject: oui\r\n\r\nJe viens.\r\n")
    checked.capsys.readouterr()
    shown = {}
    for words in ((), ("--try",)):
        assert group.main(["--workspace", str(checked.path), "--now", NOW, "check", *words]) == 0
        shown[words] = checked.capsys.readouterr().out

    assert f"arrived in “INBOX” of {checked.office.owner}. It was deleted there." in " ".join(
        shown["--try",].split()
    )
    assert "A message to yourself" not in shown[()]
    assert _inbox(checked.office) == 1
    assert checked.office.delivered == []


def test_a_message_to_oneself_that_is_refused(checked: Checked) -> None:
    """The server took sender and recipient, and refuses the message: its words are told, and the status is 1."""
    fault = Fault("dot", "554 5.7.1 looks like spam")
    with FaultServer(faults=[fault]).in_a_thread() as server:
        checked.spoil(SETTINGS, f"port = {checked.office.smtp_port}", f"port = {server.port}")
        before, (status, found) = checked.check(), checked.check("--try")

    assert before == (0, "")
    assert status == 1
    assert f"refused a message to yourself ({checked.office.owner}): 554 5.7.1 looks like spam" in found


def test_what_cannot_be_reached_is_said_once(checked: Checked) -> None:
    """Trying meets the same obstacle as looking."""
    checked.spoil(SETTINGS, str(checked.office.imap_port), str(checked.nobody))
    status, found = checked.check("--try")

    assert status == 1
    assert found.count("There is no mail server at") == 1


def test_a_message_to_oneself_is_no_answer(checked: Checked) -> None:
    """Where it could not be deleted, or came late, it is read like any mail, and nothing waits for a person."""
    message = round_trip.to_oneself(
        Mailbox(checked.office.owner),
        checked.office.owner,
        subject="Trying the mail servers",
        text="Nothing.",
        token="1234",
        now=datetime(2025, 3, 13, 8, tzinfo=UTC),
    )
    checked.office.post(checked.office.owner, message.content)
    assert (
        group.main(["--workspace", str(checked.path), "--now", NOW, "send", "restitution-hellemmes", "--yes"])
        == 0
    )
    checked.capsys.readouterr()

    assert group.main(["--workspace", str(checked.path), "--now", NOW, "read"]) == 0
    assert "wait" not in checked.capsys.readouterr().out


def in_folder(checked: Checked, folder: str, *mails: bytes) -> None:
    """Put mails into a folder of the mailbox, which is made."""
    with imaplib.IMAP4("127.0.0.1", checked.office.imap_port) as box:
        box.login(checked.office.owner, PASSWORD)
        box.create(f'"{folder}"')
        for mail in mails:
            box.append(f'"{folder}"', "", "", mail)


def test_the_folders_that_are_read_are_named(checked: Checked) -> None:
    """And those that are not; neither is a fault."""
    for folder in ("Junk Email", "R&AOk-ponses", "Spam reports 2023"):
        in_folder(checked, folder)
    checked.capsys.readouterr()
    status = group.main(["--workspace", str(checked.path), "--now", NOW, "check"])
    found = " ".join(checked.capsys.readouterr().out.split())

    assert status == 0
    assert "read for answers: “INBOX”, “Junk Email”." in found
    assert "Not read: “Réponses”, “Spam reports 2023”." in found


def test_answers_in_a_folder_that_is_not_read_are_found(
    checked: Checked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder is named with how to read it; a folder with other mail is not, and no longer once it is read."""
    monkeypatch.setenv("MAILER_FIND__DNS", '["127.0.0.1"]')
    monkeypatch.setenv("MAILER_FIND__DNS_PORT", str(checked.nobody))
    group.main(["--workspace", str(checked.path), "--now", NOW, "send", "restitution-hellemmes", "--yes"])
    answer = b"From: a@example.org\r\nIn-Reply-To: <1@mairie-lille.example>\r\nSubject: Re\r\n\r\nOui.\r\n"
    in_folder(checked, "R&AOk-ponses", answer, answer.replace(b"Oui", b"Non"))
    in_folder(checked, "Ablage", answer.replace(b"mairie-lille", b"other"))

    assert "is not read, and holds" not in checked.check()[1]
    _, found = checked.check("--online")
    assert "“Réponses” is not read, and holds 2 mails that answer letters of yours" in found
    assert "Ablage" not in found
    checked.spoil(SETTINGS, "[imap]", '[imap]\nfolders = ["INBOX", "Réponses"]')
    assert "is not read, and holds" not in checked.check("--online")[1]


def test_each_folder_that_cannot_be_opened_is_named(checked: Checked) -> None:
    """Of several, that one alone."""
    checked.spoil(SETTINGS, "[delivery]", 'folders = ["INBOX", "Réponses"]\n[delivery]')
    status, found = checked.check()

    assert status == 1
    assert "no folder “Réponses”" in found
    assert "no folder “INBOX”" not in found
    assert "under [imap]: “INBOX”." in found
    assert "mailer check" not in found


def test_where_the_first_folder_is_missing_the_others_are_named(checked: Checked) -> None:
    """Both that are missing are said, each once, and which could be written instead."""
    in_folder(checked, "Ablage")
    checked.spoil(SETTINGS, "[delivery]", 'folders = ["Réponses", "Eingang"]\n[delivery]')
    status, found = checked.check()

    assert status == 1
    assert found.count("no folder “Réponses”") == found.count("no folder “Eingang”") == 1
    assert "under [imap]: “INBOX”, “Ablage”." in found


def test_every_bad_attachment_is_named_at_once(checked: Checked) -> None:
    """Beside what is wrong elsewhere, and beside those that are right, which are not named."""
    (checked.path / "contacts" / "bon.pdf").write_bytes(b"x")
    checked.spoil(
        CAMPAIGN,
        "[meeting]",
        'attachments = ["plan.pdf", "contacts/bon.pdf", "config/mailer.toml", "notice.pdf"]\n[meeting]',
    )
    status, found = checked.check(now="2025-04-01T09:00:00+02:00")

    assert status == 1
    for name in (
        "“plan.pdf”, and there is no such file",
        "“config/mailer.toml”, which lies in",
        "“notice.pdf”",
    ):
        assert name in found
    assert "bon.pdf" not in found
    assert "began on" in found


def test_a_missing_image_is_named_with_the_attachments(checked: Checked) -> None:
    """No letter is built without it, and nothing else is said of letters."""
    checked.spoil(CAMPAIGN, "[meeting]", 'attachments = ["plan.pdf"]\nimages = ["logo.png"]\n[meeting]')
    status, found = checked.check()

    assert status == 1
    assert "“plan.pdf”" in found
    assert "“logo.png”" in found
