"""What a campaign file may send: files of the workspace, and none of its secrets, wherever a path leads (attack 65)."""

from __future__ import annotations

import email
import os
import sys
from collections.abc import Callable
from email.policy import default
from pathlib import Path

import pytest

from mailer.errors import ConfigError
from mailer.workspace import Workspace
from tests.journeys.conftest import SLUG, Desk

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are made otherwise there")

CAMPAIGN = f"config/campaigns/{SLUG}.toml"
TEMPLATES = f"templates/{SLUG}"
SECRET = "s3cret-of-the-mailbox"


def attach(desk: Desk, *names: str, key: str = "attachments") -> None:
    """Name files in the campaign file, each on a line of its own."""
    lines = "".join(f"    {toml(name)},\n" for name in names)
    desk.rewrite("[meeting]\n", f"{key} = [\n{lines}]\n\n[meeting]\n")


def toml(text: str) -> str:
    """Return a text as a TOML string."""
    return '"' + text.replace("\\", "\\\\").replace("\0", "\\u0000").replace('"', '\\"') + '"'


def fill(desk: Desk) -> None:
    """Put secrets where they lie, and files outside of the workspace."""
    put(desk.path / "config" / "secrets" / "imap_password", SECRET)
    put(desk.path / "data" / "mailer.sqlite-wal", SECRET)
    put(desk.path / ".env", f"MAILER_IMAP__PASSWORD={SECRET}")
    put(desk.path / ".git" / "config", SECRET)
    put(desk.path.parent / "ailleurs" / "logo.png", SECRET)
    put(desk.path.parent / "mairie-2" / "plan.pdf", SECRET)
    (desk.path / "data").mkdir(exist_ok=True)


def put(path: Path, text: str) -> None:
    """Write a file and its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def link(name: str, to: str) -> Callable[[Desk], None]:
    """Return what makes a link in the workspace, from its root on."""

    def make(desk: Desk) -> None:
        place = desk.path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(to)

    return make


def pipe(desk: Desk) -> None:
    """Make a pipe into which nobody writes."""
    os.mkfifo(desk.path / "contacts" / "tube.pdf")


def second_name(desk: Desk) -> None:
    """Give the password a second name among the letters (a hard link)."""
    os.link(desk.path / "config" / "secrets" / "imap_password", desk.path / TEMPLATES / "plan.pdf")


def backed_up(desk: Desk) -> None:
    """Make a backup in the workspace, with the passwords."""
    assert desk.type("backup", str(desk.path / "contacts" / "tout.pdf"), "--secrets")[0] == 0


def nothing(_desk: Desk) -> None:
    """Make nothing."""


REFUSED: dict[str, tuple[str, Callable[[Desk], object], str]] = {
    "a file of the system": ("/etc/passwd", nothing, "path-outside"),
    "the same with two slashes": ("//etc/passwd", nothing, "path-outside"),
    "out and up": ("../../../../../../etc/passwd", nothing, "path-outside"),
    "in and out again": ("contacts/../../ailleurs/logo.png", nothing, "path-outside"),
    "a neighbour whose name begins alike": ("../mairie-2/plan.pdf", nothing, "path-outside"),
    "the password": ("config/secrets/imap_password", nothing, "path-private"),
    "the password by a detour": (
        f"{TEMPLATES}/../../config/./secrets//imap_password",
        nothing,
        "path-private",
    ),
    "the password, given by its whole path": (
        "{workspace}/config/secrets/imap_password",
        nothing,
        "path-private",
    ),
    "the settings": ("config/mailer.toml", nothing, "path-private"),
    "the campaign file itself": (CAMPAIGN, nothing, "path-private"),
    "the ledger": ("data/mailer.sqlite", nothing, "path-private"),
    "what lies beside the ledger": ("data/mailer.sqlite-wal", nothing, "path-private"),
    "a hidden file": (".env", nothing, "path-private"),
    "a file of a hidden folder": (".git/config", nothing, "path-private"),
    "a link out": ("contacts/plan.pdf", link("contacts/plan.pdf", "/etc/passwd"), "path-outside"),
    "a folder that is a link out": (
        "contacts/x/logo.png",
        link("contacts/x", "../../ailleurs"),
        "path-outside",
    ),
    "a link to the password": (
        "contacts/plan.pdf",
        link("contacts/plan.pdf", "../config/secrets/imap_password"),
        "path-private",
    ),
    "a link to a link to the secrets": (
        "attachments/x/imap_password",
        lambda desk: (link("attachments/y", "../config/secrets")(desk), link("attachments/x", "y")(desk)),
        "path-private",
    ),
    "links in a circle": ("contacts/a.pdf", link("contacts/a.pdf", "a.pdf"), "path-missing"),
    "a link to nowhere": ("contacts/a.pdf", link("contacts/a.pdf", "b.pdf"), "path-missing"),
    "octets without end": ("/dev/zero", nothing, "path-outside"),
    "a link to octets without end": ("contacts/a.pdf", link("contacts/a.pdf", "/dev/zero"), "path-outside"),
    "what is typed": ("/dev/stdin", nothing, "path-outside"),
    "the variables of the process": ("/proc/self/environ", nothing, "path-outside"),
    "a pipe": ("contacts/tube.pdf", pipe, "path-no-file"),
    "a folder": ("contacts", nothing, "path-no-file"),
    "the workspace": (".", nothing, "path-no-file"),
    "an address of a file": ("file:///etc/passwd", nothing, "path-is-address"),
    "an address of a file, short": ("FILE:/etc/passwd", nothing, "path-is-address"),
    "an address of a page": ("https://example.org/plan.pdf", nothing, "path-is-address"),
    "the home": ("~/.ssh/id_rsa", nothing, "path-private"),
    "another system's": ("C:\\Windows\\win.ini", nothing, "path-missing"),
    "a NUL": ("contacts/a\0.pdf", nothing, "path-missing"),
    "nothing there": ("contacts/plan.pdf", nothing, "path-missing"),
    "a backup with the passwords": ("contacts/tout.pdf", backed_up, "path-ledger"),
}


@pytest.mark.parametrize("key", ["attachments", "images"])
@pytest.mark.parametrize("which", REFUSED)
def test_what_may_not_be_sent_is_not_read(which: str, key: str, desk: Desk) -> None:
    """Whatever leads out of the workspace, or to its secrets, is refused with the campaign file, its line and the name."""
    read, make, code = REFUSED[which]
    read = read.replace("{workspace}", str(desk.path))
    fill(desk)
    make(desk)
    attach(desk, read, key=key)
    line = next(
        n for n, text in enumerate(desk.campaign().splitlines(), 1) if text.strip() == f"{toml(read)},"
    )
    workspace = Workspace(desk.path)
    with pytest.raises(ConfigError) as caught:
        workspace.templates(workspace.campaign(SLUG))

    # A second look: NUL cannot be found in the text as it was read, so the line is that of the list.
    assert (code, CAMPAIGN, read) == (caught.value.code, caught.value.file, caught.value.read)
    assert caught.value.line == (line if "\0" not in read and "\\" not in read else line - 1)


TEMPLATES_REFUSED: dict[str, tuple[str, Callable[[Desk], object], str]] = {
    "a folder of the system": ("/etc", nothing, "path-outside"),
    "the secrets": ("config/secrets", nothing, "path-private"),
    "the campaigns": ("config/campaigns", nothing, "path-private"),
    "the workspace": (".", nothing, "path-private"),
    "a link out": ("templates/x", link("templates/x", "../../ailleurs"), "path-outside"),
    "up": ("../ailleurs", nothing, "path-outside"),
    "devices": ("/dev", nothing, "path-outside"),
    "a link to a file of the system": (
        TEMPLATES,
        link(f"{TEMPLATES}/plan.pdf", "/etc/passwd"),
        "path-outside",
    ),
    "a link to memory": (TEMPLATES, link(f"{TEMPLATES}/a.txt", "/proc/self/maps"), "path-outside"),
    "a second name of the password": (TEMPLATES, second_name, "path-private"),
    "a link in a folder of its own": (
        TEMPLATES,
        link(f"{TEMPLATES}/en/_x.txt", "../../../config/secrets/imap_password"),
        "path-private",
    ),
}


@pytest.mark.parametrize("which", TEMPLATES_REFUSED)
def test_letters_come_from_the_workspace(which: str, desk: Desk) -> None:
    """A folder of letters elsewhere is refused, and one in which a link leads elsewhere."""
    read, make, code = TEMPLATES_REFUSED[which]
    fill(desk)
    make(desk)
    desk.rewrite(f'templates = "{TEMPLATES}"', f'templates = "{read}"')
    workspace = Workspace(desk.path)
    with pytest.raises(ConfigError) as caught:
        workspace.templates(workspace.campaign(SLUG))

    assert (code, CAMPAIGN) == (caught.value.code, caught.value.file)
    line = desk.campaign().splitlines()[caught.value.line - 1]
    assert line.startswith(f'templates = "{read}"')


@pytest.mark.parametrize("read", ["/etc/passwd", "config/secrets/imap_password", "/dev/zero"])
def test_nothing_leaves(read: str, desk: Desk) -> None:
    """At the terminal: `check` says it, `send` and `preview` refuse, and nobody gets anything."""
    fill(desk)
    attach(desk, read)
    for words in (("check", SLUG), ("send", SLUG, "--yes"), ("preview", SLUG, "--out", str(desk.path / "p"))):
        status, shown = desk.type(*words)

        assert status, words
        assert f"« {read} »" in shown
        assert CAMPAIGN in shown
        assert "attachments" in shown
        assert SECRET not in shown
        assert "Traceback" not in shown
    assert desk.office.delivered == []
    assert not (desk.path / "p").exists()


STAYS = {
    "beside the letters": (f"{TEMPLATES}/plan d'accès.pdf", "plan d'accès.pdf"),
    "below the letters": (f"{TEMPLATES}/plans/été 2025/accès.pdf", "plans/été 2025/accès.pdf"),
    "a folder for what is attached": ("attachments/Plan d'accès.pdf", "attachments/Plan d'accès.pdf"),
    "the same in French": ("pièces jointes/plan.pdf", "pièces jointes/plan.pdf"),
    "a folder in it": ("attachments/2025/mars/plan.pdf", "attachments/2025/mars/plan.pdf"),
    "beside the lists": ("contacts/plan.pdf", "contacts/plan.pdf"),
    "at the top": ("plan.pdf", "plan.pdf"),
    "with a dot in front": ("contacts/plan.pdf", "./contacts/plan.pdf"),
    "by a detour in the workspace": ("plan.pdf", "contacts/../plan.pdf"),
    "by its whole path": ("plan.pdf", "{workspace}/plan.pdf"),
    "called like the secrets, elsewhere": (
        "attachments/config/data/plan.pdf",
        "attachments/config/data/plan.pdf",
    ),
    "called a little otherwise": ("data-2025/plan.pdf", "data-2025/plan.pdf"),
    "two dots in its name": ("attachments/plan..v2.pdf", "attachments/plan..v2.pdf"),
}


@pytest.mark.parametrize("which", STAYS)
def test_what_may_be_sent(which: str, desk: Desk) -> None:
    """A file beside the letters, or anywhere else in the workspace, whatever it is called."""
    lies, read = STAYS[which]
    put(desk.path / lies, "%PDF-1.4")
    attach(desk, read.replace("{workspace}", str(desk.path)))
    workspace = Workspace(desk.path)
    found = workspace.templates(workspace.campaign(SLUG))

    assert found[read.replace("{workspace}", str(desk.path))] == b"%PDF-1.4"


def test_links_within_the_workspace(desk: Desk) -> None:
    """A link from one folder of the workspace to another is as good as the file; hidden files are no letters."""
    put(desk.path / "logos" / "mairie.png", "png")
    link(f"{TEMPLATES}/logo.png", "../../logos/mairie.png")(desk)
    put(desk.path / TEMPLATES / ".git" / "config", "x")
    put(desk.path / TEMPLATES / ".DS_Store", "x")
    attach(desk, "logo.png", key="images")
    workspace = Workspace(desk.path)
    found = workspace.templates(workspace.campaign(SLUG))

    assert found["logo.png"] == b"png"
    assert not [name for name in found if "." in name[0] or "/." in name]


def test_a_workspace_that_is_a_link_itself(desk: Desk) -> None:
    """The folder of the workspace may be reached by a link, and may lie in a hidden folder, or one called config."""
    hidden = desk.path.parent / ".mairie" / "config"
    hidden.parent.mkdir()
    desk.path.rename(hidden)
    desk.path.symlink_to(hidden)
    put(desk.path / "attachments" / "plan.pdf", "%PDF-1.4")
    attach(desk, "attachments/plan.pdf")
    workspace = Workspace(desk.path)

    assert workspace.templates(workspace.campaign(SLUG))["attachments/plan.pdf"] == b"%PDF-1.4"


@pytest.mark.parametrize("read", ["Config/Secrets/imap_password", "DATA/mailer.sqlite-wal"])
def test_upper_and_lower_case(read: str, desk: Desk) -> None:
    """Where the system takes both for one, so is it refused; where they are two, the other one is nobody's secret."""
    fill(desk)
    same = (desk.path / read).exists()
    if not same:
        put(desk.path / read, "public")
    attach(desk, read)
    workspace = Workspace(desk.path)
    if same:
        with pytest.raises(ConfigError, match="path-private"):
            workspace.templates(workspace.campaign(SLUG))
    else:
        assert workspace.templates(workspace.campaign(SLUG))[read] == b"public"


def test_a_ledger_elsewhere_in_the_workspace(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ledger is found by the settings, and by what it holds, wherever it lies and whatever it is called."""
    monkeypatch.setenv("MAILER_STORE__URL", f"sqlite:///{desk.path}/registre/2025.db")
    assert desk.type("send", SLUG, "--yes")[0] == 0
    put(desk.path / "registre" / "2025.db-journal", "x")
    (desk.path / "copie.pdf").write_bytes((desk.path / "registre" / "2025.db").read_bytes())
    put(desk.path / "registre" / "plan.pdf", "%PDF-1.4")
    campaign = desk.campaign()
    for name in ("registre/2025.db", "registre/2025.db-journal", "copie.pdf"):
        attach(desk, name)
        workspace = Workspace(desk.path)
        with pytest.raises(ConfigError, match="path-ledger"):
            workspace.templates(workspace.campaign(SLUG))
        put(desk.path / CAMPAIGN, campaign)
    attach(desk, "registre/plan.pdf")

    assert Workspace(desk.path).templates(workspace.campaign(SLUG))["registre/plan.pdf"] == b"%PDF-1.4"


def test_what_is_attached_arrives(desk: Desk) -> None:
    """A file with blanks and accents in its name travels with every letter, under its own name."""
    put(desk.path / "attachments" / "été" / "Plan d'accès.txt", "Par le canal.")
    attach(desk, "attachments/été/Plan d'accès.txt")
    assert desk.type("send", SLUG, "--yes")[0] == 0
    message = email.message_from_bytes(desk.office.delivered[0].content, policy=default)
    names = [part.get_filename() for part in message.walk() if part.get_filename()]

    assert "Plan d'accès.txt" in names


@pytest.mark.parametrize("make", [pipe, link("contacts/tube.pdf", "/dev/zero")], ids=["pipe", "zero"])
def test_a_list_without_end_is_not_waited_for(make: Callable[[Desk], None], desk: Desk) -> None:
    """A contact list that is a pipe or a device is refused by name; one on another disk is read as before."""
    make(desk)
    desk.rewrite('file = "contacts/invites.csv"', 'file = "contacts/tube.pdf"')
    status, shown = desk.type("send", SLUG, "--yes")

    assert status == 2
    assert "contacts/tube.pdf" in shown
    assert desk.office.delivered == []
    elsewhere = desk.path.parent / "partage" / "liste.csv"
    elsewhere.parent.mkdir()
    (desk.path / "contacts" / "invites.csv").rename(elsewhere)
    desk.rewrite('file = "contacts/tube.pdf"', f'file = "{elsewhere}"')
    assert desk.type("send", SLUG, "--yes")[0] == 0
