"""Two people and a terminal at once: each sees the other's changes, an outdated form is noticed, nothing is lost."""

from __future__ import annotations

import imaplib
import re
import time
from datetime import timedelta
from email.message import EmailMessage

from mailer import files
from mailer.demo.cast import CAST
from mailer.demo.post_office import PASSWORD, PostOffice
from mailer.demo.received import open_letter
from mailer.desk.fields import values_of
from mailer.jobs import decide, standings
from mailer.workspace import Workspace
from tests.desk.conftest import BEGINS, SLUG, Served, typed
from tests.servers.fault_smtp import Break, Fault, FaultServer


def stamp(text: str) -> str:
    """Return the digest in a form of the files it was made from."""
    found = re.search(r'name="stamp" value="(\w+)"', text)
    assert found, text
    return found[1]


def meeting(served: Served) -> str:
    """The campaign file as it stands."""
    return (served.path / "config" / "campaigns" / f"{SLUG}.toml").read_text("utf-8")


def test_what_cannot_be_read_is_not_written(inside: Served) -> None:
    """A moment that is none is said to be so, in the form that still holds it; the file stays."""
    before = meeting(inside)
    page = inside.ask(f"/c/{SLUG}/meeting").text
    form = values_of(before.encode()) | {"stamp": stamp(page), "meeting.starts": "demain soir"}
    answer = inside.ask(f"/c/{SLUG}/meeting", form)

    assert answer.status == 422
    assert 'value="demain soir"' in answer.text
    assert before == meeting(inside)


def test_a_stale_form_shows_both_and_loses_nothing(inside: Served) -> None:
    """The file was changed in an editor meanwhile: both versions are shown, none is lost, and saving again decides."""
    form = values_of(meeting(inside).encode()) | {"stamp": stamp(inside.ask(f"/c/{SLUG}/meeting").text)}
    file = inside.path / "config" / "campaigns" / f"{SLUG}.toml"
    files.write(file, meeting(inside).replace("14:00", "15:00").encode())
    answer = inside.ask(f"/c/{SLUG}/meeting", form | {"meeting.room": "Salle bleue"})

    assert answer.status == 409
    assert "Salle bleue" in answer.text
    assert "2025-03-31 15:00" in answer.text
    assert "Salle bleue" not in meeting(inside)
    again = form | {"meeting.room": "Salle bleue", "stamp": stamp(answer.text)}
    assert inside.ask(f"/c/{SLUG}/meeting", again).status == 303
    assert values_of(meeting(inside).encode())["meeting.starts"] == "2025-03-31 14:00"


def test_a_stale_text_shows_both(inside: Served) -> None:
    """A text that was changed meanwhile is not overwritten unseen."""
    page = inside.ask(f"/c/{SLUG}/texts?name=invitation.txt").text
    file = inside.path / "templates" / SLUG / "invitation.txt"
    theirs = file.read_text("utf-8") + "\nAjout de la collègue\n"
    files.write(file, theirs.encode())
    form = {"name": "invitation.txt", "text": "Mon texte à moi", "stamp": stamp(page)}
    answer = inside.ask(f"/c/{SLUG}/texts", form)

    assert answer.status == 409
    assert "Mon texte à moi" in answer.text
    assert "Ajout de la collègue" in answer.text
    assert theirs == file.read_text("utf-8")


def test_a_plan_that_has_changed_is_not_sent(inside: Served, office: PostOffice) -> None:
    """Somebody adds a line to the list between looking and confirming: nothing leaves, and the new plan is shown."""
    page = inside.ask(f"/c/{SLUG}/send").text
    file = inside.path / "contacts" / "invites.csv"
    file.write_bytes(file.read_bytes() + b"Mme;Neuve;Nora;;nora.neuve@example.org\r\n")
    answer = inside.ask(f"/c/{SLUG}/send", {"kind": "invitation", "number": "20", "stamp": stamp(page)})

    assert answer.status == 409
    assert "(21)" in answer.text
    assert office.delivered == []


def test_what_the_desk_sends_is_finished_as_the_terminal_does_it(inside: Served, office: PostOffice) -> None:
    """With return addresses of their own and copies for the sent mail, where the settings want that."""
    settings = inside.path / "config" / "mailer.toml"
    wanted = '[delivery]\nown_return_address = true\nsent_folder = "Sent"'
    settings.write_text(settings.read_text("utf-8").replace("[delivery]", wanted), "utf-8")
    page = inside.ask(f"/c/{SLUG}/send").text
    inside.ask(f"/c/{SLUG}/send", {"kind": "invitation", "number": str(len(CAST)), "stamp": stamp(page)})
    inside.desk.sendings[SLUG].join()
    with imaplib.IMAP4("127.0.0.1", office.imap_port, timeout=120) as box:
        box.login(office.owner, PASSWORD)
        _, (copies,) = box.select("Sent")

    assert len({one.envelope_from for one in office.delivered}) == len(office.delivered) == len(CAST)
    assert int(copies or b"0") == len(CAST)


def test_what_is_in_doubt_is_sent_again_when_a_person_says_so(inside: Served, office: PostOffice) -> None:
    """The server left after the final dot: the name is shown, its number typed, and the same bytes go out once more."""
    settings = inside.path / "config" / "mailer.toml"
    doubtful = CAST[3].address
    with FaultServer(faults=[Fault("dot", Break.DROP, to=doubtful, times=1)]).in_a_thread() as server:
        plain = settings.read_text("utf-8")
        settings.write_text(plain.replace(f"port = {office.smtp_port}", f"port = {server.port}"), "utf-8")
        typed(inside.path, BEGINS, "send", SLUG, "--yes")
        page = inside.ask(f"/c/{SLUG}/send").text
        assert doubtful in page

        assert inside.ask(f"/c/{SLUG}/release", {"kind": "invitation", "number": "2"}).status == 422
        assert inside.ask(f"/c/{SLUG}/release", {"kind": "invitation", "number": "1"}).status == 303
        inside.desk.sendings[SLUG].join()
        got = [one.content for one in server.received if one.recipient == doubtful]

    assert len(got) == 2
    assert got[0] == got[1]
    assert doubtful not in inside.ask(f"/c/{SLUG}/send").text


def test_a_stranger_who_comes_gets_a_line(inside: Served, office: PostOffice) -> None:
    """Somebody who was not invited writes; staff put them on the roll from the review, and that can be undone."""
    file = inside.path / "config" / "campaigns" / f"{SLUG}.toml"
    file.write_text(file.read_text("utf-8").replace('uninvited = "accept"', 'uninvited = "hold"'), "utf-8")
    typed(inside.path, BEGINS, "send", SLUG, "--yes")
    mail = EmailMessage()
    mail["From"], mail["To"] = "Zoé Neuve <zoe.neuve@example.org>", office.owner
    mail["Subject"], mail["Message-ID"] = "Présentation du diagnostic", "<zoe@example.org>"
    mail["Date"] = BEGINS + timedelta(hours=1)
    mail.set_content("Bonjour, je souhaite m'inscrire à la présentation du diagnostic territorial. Zoé Neuve")
    office.post("zoe.neuve@example.org", mail.as_bytes())
    typed(inside.path, BEGINS + timedelta(hours=2), "read")
    page = inside.ask(f"/c/{SLUG}/review").text
    number = re.search(r'name="entry" value="(\d+)"', page)
    assert number
    assert 'value="zoe.neuve@example.org"' in page
    form = {"entry": number[1], "at": "0", "decision": "register", "first_name": "Zoé", "last_name": "Neuve"}

    assert inside.ask(f"/c/{SLUG}/review", form | {"email": "nobody"}).status == 422
    inside.ask(f"/c/{SLUG}/review", form | {"email": "zoe.neuve@example.org"})
    assert "Zoé Neuve" in inside.ask(f"/c/{SLUG}?answer=accepted").text
    inside.ask(f"/c/{SLUG}/undo", {})

    assert "Neuve" not in inside.ask(f"/c/{SLUG}").text
    assert 'value="zoe.neuve@example.org"' in inside.ask(f"/c/{SLUG}/review").text


def test_a_decision_can_be_taken_back_and_the_terminal_wins(answered: Served) -> None:
    """A decision is written at once and taken back by an entry; one that a terminal made first stands, and is told."""
    number = re.search(r'name="entry" value="(\d+)"', answered.ask(f"/c/{SLUG}/review").text)
    assert number
    workspace = Workspace(answered.path, BEGINS)
    with workspace.store() as store:
        before = len(list(store.entries(SLUG)))
    answered.ask(f"/c/{SLUG}/review", {"entry": number[1], "decision": "no", "at": "0"})
    with workspace.store() as store:
        assert len(list(store.entries(SLUG))) > before
    assert "blockquote class" not in answered.ask(f"/c/{SLUG}/review").text
    answered.ask(f"/c/{SLUG}/undo", {})
    assert "blockquote class" in answered.ask(f"/c/{SLUG}/review").text

    with workspace.store() as store:
        known = standings.record(store, SLUG)
        item = next(one for one in known.reviews if str(one.entry.number) == number[1])
        decide.decide(store, SLUG, item, decide.Decision(), now=workspace.now(), author="rachid")
        written = list(store.entries(SLUG))
    answered.ask(f"/c/{SLUG}/review", {"entry": number[1], "decision": "no", "at": "0"})
    assert "rachid l’a déjà décidé" in answered.ask(f"/c/{SLUG}/review").text
    with workspace.store() as store:
        assert list(store.entries(SLUG)) == written


def test_what_a_terminal_records_the_desk_shows(invited: Served) -> None:
    """A phone call written down in a terminal is on the screen at the next look."""
    assert 'class="badge declined">non' not in invited.ask(f"/c/{SLUG}?q=derache").text
    typed(invited.path, BEGINS, "record", SLUG, "Inès Derache", "declined")
    assert 'class="badge declined">non' in invited.ask(f"/c/{SLUG}?q=derache").text


def test_a_sending_can_be_paused_and_gone_on_with(inside: Served, office: PostOffice) -> None:
    """Paused, nothing more leaves; gone on with, everybody gets their message once."""
    toml = inside.path / "config" / "mailer.toml"
    toml.write_text(toml.read_text("utf-8").replace("per_minute = 0", "per_minute = 5"), "utf-8")
    page = inside.ask(f"/c/{SLUG}/send").text
    inside.ask(f"/c/{SLUG}/send", {"kind": "invitation", "number": "20", "stamp": stamp(page)})
    for _ in range(2400):
        if len(office.delivered) == 5:
            break
        time.sleep(0.05)
    inside.ask(f"/c/{SLUG}/sending", {"do": "pause"})
    inside.desk.sendings[SLUG].join()
    assert "En pause" in inside.ask(f"/c/{SLUG}/sending").text
    assert len(office.delivered) == 5

    toml.write_text(toml.read_text("utf-8").replace("per_minute = 5", "per_minute = 0"), "utf-8")
    inside.ask(f"/c/{SLUG}/sending", {"do": "on"})
    inside.desk.sendings[SLUG].join()
    assert "Terminé" in inside.ask(f"/c/{SLUG}/sending").text
    assert len({one.recipient for one in office.delivered}) == len(office.delivered) == 20


def test_a_list_is_looked_at_before_it_is_taken_over(inside: Served) -> None:
    """A list that was dropped in is shown with its report, and nothing is written before the person says so."""
    assert inside.ask(f"/c/{SLUG}/lists/take", {"key": "guess", "stamp": "", "instead": ""}).status == 303
    assert [file.name for file in (inside.path / "contacts").iterdir()] == ["invites.csv"]


def test_a_mail_of_two_people_is_decided_for_each(inside: Served, office: PostOffice) -> None:
    """Each has a line under the words, and gets their own answer."""
    lines = ["Civilité;Nom;Prénom;Organisme;Courriel"]
    lines += [f";Moreau;{name};;moreau@example.org" for name in ("Jean", "Claire")]
    (inside.path / "contacts" / "invites.csv").write_text("\r\n".join(lines), "utf-8-sig")
    typed(inside.path, BEGINS, "send", SLUG, "--yes")
    letter = open_letter(office.delivered[-1])
    mail = EmailMessage()
    mail["From"], mail["To"] = "Famille Moreau <moreau@example.org>", letter.organizer
    mail["Subject"], mail["Message-ID"] = f"Re: {letter.subject}", "<moreau@example.org>"
    mail["Date"], mail["In-Reply-To"] = BEGINS + timedelta(hours=1), letter.message_id
    mail.set_content("Claire viendra mais Jean ne pourra pas venir.")
    office.post("moreau@example.org", mail.as_bytes())
    typed(inside.path, BEGINS + timedelta(hours=2), "read")
    for decision, name in (("no", "Jean Moreau"), ("yes", "Claire Moreau")):
        page = inside.ask(f"/c/{SLUG}/review").text
        assert f"<h2>{name}</h2>" in page
        found = re.search(
            r'name="entry" value="(\d+)"><input type="hidden" name="person" value="(\w+)"', page
        )
        assert found
        form = {"entry": found[1], "person": found[2], "decision": decision, "at": "0"}
        inside.ask(f"/c/{SLUG}/review", form)
    assert "blockquote class" not in inside.ask(f"/c/{SLUG}/review").text
    workspace = Workspace(inside.path, BEGINS)
    with workspace.store() as store:
        rows = standings.record(store, SLUG).rows()
    assert {row.contact.first_name: row.standing.partstat.word for row in rows} == {
        "Jean": "declined",
        "Claire": "accepted",
    }
