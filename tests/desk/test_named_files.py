"""What a campaign file may send, and the modes of what a person edits, in the web interface (attacks 65 and 89)."""

from __future__ import annotations

import os
import stat
import sys

import pytest

from mailer.demo.post_office import PostOffice
from mailer.desk.fields import values_of
from tests.desk.conftest import SLUG, Served
from tests.desk.test_together import meeting, stamp

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")

CAMPAIGN = f"config/campaigns/{SLUG}.toml"


def rewrite(served: Served, before: str, after: str) -> None:
    """Change the campaign file in an editor."""
    text = meeting(served)
    assert before in text
    (served.path / CAMPAIGN).write_text(text.replace(before, after, 1), "utf-8")


@pytest.mark.parametrize("read", ["/etc/passwd", "config/secrets/imap_password", "../ailleurs.pdf"])
def test_the_check_says_it_and_nothing_leaves(read: str, inside: Served, office: PostOffice) -> None:
    """Check, plan, test and preview refuse the file in a sentence; without it, the same pages are there."""
    secret = (inside.path / "config" / "secrets" / "imap_password").read_text("utf-8")
    (inside.path.parent / "ailleurs.pdf").write_text("ailleurs", "utf-8")
    line = f'attachments = ["{read}"]\n\n[meeting]'
    rewrite(inside, "[meeting]", line)
    check = inside.ask(f"/c/{SLUG}/check").text
    pages = [
        check,
        inside.ask(f"/c/{SLUG}/send").text,
        inside.ask(f"/c/{SLUG}/test", {"address": "moi@example.org"}).text,
        inside.ask(f"/c/{SLUG}/look", {"kind": "invitation"} | values_of(meeting(inside).encode())).text,
    ]
    for page in pages:
        assert f"«\u00a0{read}\u00a0»" in page
        assert "root:" not in page
        assert secret not in page
    assert f"{CAMPAIGN}:{meeting(inside)[: meeting(inside).index('attachments')].count(chr(10)) + 1}" in check
    assert office.delivered == []

    rewrite(inside, line, "[meeting]")
    for name in ("check", "send"):
        assert "«\u00a0attachments\u00a0»" not in inside.ask(f"/c/{SLUG}/{name}").text


def test_letters_from_elsewhere_are_neither_shown_nor_written(inside: Served) -> None:
    """The form for the texts shows no file of another folder, and saves into none."""
    there = inside.path.parent / "ailleurs"
    there.mkdir()
    (there / "invitation.txt").write_text("Texte d'ailleurs", "utf-8")
    page = inside.ask(f"/c/{SLUG}/texts?name=invitation.txt").text
    rewrite(inside, f'templates = "templates/{SLUG}"', f'templates = "{there}"')
    form = {"name": "invitation.txt", "text": "x", "stamp": stamp(page)}
    answers = [inside.ask(f"/c/{SLUG}/texts"), inside.ask(f"/c/{SLUG}/texts", form)]

    for answer in answers:
        assert "ailleurs</textarea>" not in answer.text
        assert f"«\u00a0{there}\u00a0»" in answer.text
    assert (there / "invitation.txt").read_text("utf-8") == "Texte d'ailleurs"


def test_what_is_edited_keeps_its_mode(inside: Served) -> None:
    """The campaign file and a letter that a colleague may write stay so, whatever the umask."""
    files = (inside.path / CAMPAIGN, inside.path / "templates" / SLUG / "invitation.txt")
    for file in files:
        file.chmod(0o664)
    before = os.umask(0o077)
    try:
        form = values_of(meeting(inside).encode()) | {"meeting.room": "Salle bleue"}
        form["stamp"] = stamp(inside.ask(f"/c/{SLUG}/meeting").text)
        assert inside.ask(f"/c/{SLUG}/meeting", form).status == 303
        page = inside.ask(f"/c/{SLUG}/texts?name=invitation.txt").text
        text = files[1].read_text("utf-8") + "\nÀ bientôt.\n"
        form = {"name": "invitation.txt", "text": text, "stamp": stamp(page)}
        assert inside.ask(f"/c/{SLUG}/texts", form).status == 303
    finally:
        os.umask(before)

    assert "Salle bleue" in meeting(inside)
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o664, 0o664]


def test_the_check_names_a_secret_that_others_can_read(inside: Served) -> None:
    """With the command to type; closed again, nothing is said."""
    file = inside.path / "config" / "secrets" / "imap_password"
    assert "chmod" not in inside.ask(f"/c/{SLUG}/check").text
    file.chmod(0o644)

    assert f"chmod 600 {file}" in inside.ask(f"/c/{SLUG}/check").text
