"""Test in which files people are found who are erased, and what becomes of these files."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from mailer.jobs.traces import FileKind, Trace, Wanted, take_out, traces
from mailer.model.contact import Contact

ELODIE = Contact("elodie@example.org", first_name="Élodie", last_name="Lefèvre")
WANTED = Wanted(frozenset({"elodie@example.org"}), (ELODIE,), namesakes=frozenset({"autre@example.net"}))


def found(folder: Path, wanted: Wanted = WANTED) -> dict[str, Trace]:
    """The traces, by the name of the file."""
    return {one.path.relative_to(folder).as_posix(): one for one in traces(folder, wanted)}


def write(folder: Path, **texts: str) -> None:
    """Write files; ``__`` stands for a folder and ``_`` for the dot before the ending."""
    for name, text in texts.items():
        path = folder / name.replace("__", "/").replace("_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "Élodie Lefèvre",
        "LEFEVRE Elodie",
        "<td>Lefèvre</td><td>&Eacute;lodie</td>",
        "Lefèvre, Élodie (mairie)",
        "Lefe\u0300vre;E\u0301lodie",
    ],
)
def test_a_name_shows_the_file_and_erases_nothing(tmp_path: Path, text: str) -> None:
    """Word by word, whatever case, accents and order."""
    write(tmp_path, exports__rapport_html=f"<p>{text}</p>", notes__appel_md=text)

    assert {name: (one.by_hand, one.lines) for name, one in found(tmp_path).items()} == {
        "exports/rapport.html": (True, ()),
        "notes/appel.md": (True, ()),
    }


@pytest.mark.parametrize(
    "text",
    ["Élodie Lefèvres", "Mélodie Lefèvre", "Élodie et Paul Lefèvre", "diana.elodie@example.org.example"],
)
def test_a_like_name_does_not(tmp_path: Path, text: str) -> None:
    """Other words, words apart, and another address are somebody else's."""
    write(tmp_path, exports__rapport_html=f"<p>{text}</p>", p1_csv=f"Nom;Courriel\n{text};x\n")

    assert found(tmp_path) == {}


def test_the_line_goes_from_a_table_in_any_folder(tmp_path: Path) -> None:
    """Line breaks within a cell included; everybody else's octets stay; a table named by the name alone is shown."""
    head, hers = "Nom;Courriel;Note\r\n", 'Lefèvre;elodie@example.org;"deux\r\nlignes"\r\n'
    his = 'Grand;paul@example.org;"trois\r\nlignes"\r\n'
    for name in ("p1.csv", "divers/vieux/p2.csv", "exports/p.csv", "contacts/liste.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((head + hers + his).encode("cp1252"))
    write(tmp_path, places_csv="Table;Qui\n1;Élodie Lefèvre\n2;Paul Grand\n")
    (before,) = [one.path.read_bytes() for one in traces(tmp_path, WANTED) if one.path.name == "places.csv"]
    take_out(traces(tmp_path, WANTED))

    for name in ("p1.csv", "divers/vieux/p2.csv", "exports/p.csv", "contacts/liste.csv"):
        assert (tmp_path / name).read_bytes() == (head + his).encode("cp1252")
    assert (tmp_path / "places.csv").read_bytes() == before
    assert {name: (one.by_hand, one.lines) for name, one in found(tmp_path).items()} == {
        "places.csv": (True, ())
    }


def test_somebody_else_of_the_name_stays(tmp_path: Path) -> None:
    """Their address stands beside the name; in a table each line is looked at."""
    other = "Lefèvre;Élodie;autre@example.net\n"
    write(tmp_path, p1_csv=f"Nom;Prénom;Courriel\n{other}", exports__a_html=f"<p>{other}</p>")
    assert found(tmp_path) == {}

    hers = "Lefèvre;Élodie;elodie@example.org\n"
    write(tmp_path, p1_csv=f"Nom;Prénom;Courriel\n{other}{hers}")
    assert [(one.lines, one.by_hand) for one in found(tmp_path).values()] == [((2,), False)]


def test_previews_go_with_their_index(tmp_path: Path) -> None:
    """Whatever names the person; another person's letter stays."""
    write(
        tmp_path,
        preview__index_html="<li>Élodie Lefèvre</li>",
        preview__pages__0001_html="<p>Élodie Lefèvre</p>",
        preview__0001_eml="To: elodie@example.org",
        preview__0002_eml="To: paul@example.org",
    )
    take_out(traces(tmp_path, WANTED))

    assert [one.name for one in (tmp_path / "preview").rglob("*.*")] == ["0002.eml"]


def test_copies_are_named_with_what_they_are(tmp_path: Path) -> None:
    """Backups, archives, mails and copies of the ledger; what nobody may touch is named, secrets are not read."""
    write(
        tmp_path,
        ledger_jsonl='{"email": "elodie@example.org"}',
        recu_eml="Subject: =?utf-8?b?w4lsb2RpZSBMZWbDqHZyZQ==?=\n\nBonjour",
        templates__lettre_txt="Avec Élodie Lefèvre",
        config__secrets__imap="elodie@example.org",
    )
    (tmp_path / "data").mkdir()
    for name in ("mailer.sqlite", "mailer.sqlite-wal", "mailer.sqlite.before-0002", "copie.sqlite"):
        (tmp_path / "data" / name).write_bytes(b"SQLite format 3\x00 elodie@example.org")
    with zipfile.ZipFile(tmp_path / "tout.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "Élodie;Lefèvre")
    with zipfile.ZipFile(tmp_path / "rien.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", "Paul;Grand")
    kinds = {
        one.path.relative_to(tmp_path).as_posix(): one.kind
        for one in traces(tmp_path, WANTED, tmp_path / "data" / "mailer.sqlite")
        if one.by_hand
    }

    assert kinds == {
        "data/copie.sqlite": FileKind.BACKUP,
        "data/mailer.sqlite.before-0002": FileKind.BACKUP,
        "ledger.jsonl": FileKind.LEDGER,
        "recu.eml": FileKind.MAIL,
        "templates/lettre.txt": FileKind.OTHER,
        "tout.zip": FileKind.ARCHIVE,
    }


def test_many_are_found_as_one_is(tmp_path: Path) -> None:
    """A campaign's people are looked for in one pass."""
    many = frozenset({f"p{n}@example.org" for n in range(500)} | {"elodie@example.org"})
    write(tmp_path, p1_csv="Nom;Courriel\na;P7@example.org\nb;<elodie@example.org>.\nc;zp7@example.org\n")

    assert [one.lines for one in found(tmp_path, Wanted(many)).values()] == [(1, 2)]
