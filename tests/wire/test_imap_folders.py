"""Names of folders as servers list them, and which one a name in the settings stands for."""

from __future__ import annotations

import pytest

from mailer.providers import JUNK
from mailer.wire.imap_folders import (
    ListedFolder,
    Namespace,
    among,
    find,
    from_list,
    namespace,
    to_create,
    to_wire,
)

COURIER = Namespace("INBOX.", ".")


def folders(*names: str, delimiter: str = "/") -> list[ListedFolder]:
    """Folders of these names without flags."""
    return [ListedFolder(name, to_wire(name), delimiter) for name in names]


@pytest.mark.parametrize(
    ("answer", "name", "wire"),
    [
        (b'(\\HasNoChildren) "/" INBOX', "INBOX", b"INBOX"),
        (b'() "/" "Courrier ind&AOk-sirable"', "Courrier indésirable", b"Courrier ind&AOk-sirable"),
        (b'() "/" "Associations &- clubs"', "Associations & clubs", b"Associations &- clubs"),
        (b'() "/" "Associations & clubs"', "Associations & clubs", b"Associations & clubs"),
        (b'() "/" "A & B-C"', "A & B-C", b"A & B-C"),
        (b'() "/" "ind&AOk"', "ind&AOk", b"ind&AOk"),
        (b'() "/" "&2AA-"', "&2AA-", b"&2AA-"),
        ('() "/" "Réponses"'.encode(), "Réponses", "Réponses".encode()),
        (b'() "/" "R\xe9ponses"', "R\ufffdponses", b"R\xe9ponses"),
        (b'() "\\\\" "a\\"b"', 'a"b', b'a"b'),
        (b"() NIL Flat", "Flat", b"Flat"),
        ((b'() "." {4}', b'a"b\\'), 'a"b\\', b'a"b\\'),
    ],
)
def test_a_name_is_read_whatever_it_holds(answer: object, name: str, wire: bytes) -> None:
    """A name that is not well-formed stays as the server wrote it, and so it is opened."""
    (folder,) = from_list([answer, b"", None])

    assert (folder.name, folder.wire) == (name, wire)


def test_what_cannot_be_opened_is_left_out() -> None:
    """A level that is no folder, a line that says nothing, and a name that would be a command of its own are no folders."""
    lines = [
        b'(\\Noselect) "/" "[Gmail]"',
        b'(\\NonExistent) "/" x',
        b"what",
        (b'() "/" {3}', b"a\r\n"),
        b'() "/" ""',
    ]

    assert from_list([*lines, b'(\\Marked) "/" y']) == [ListedFolder("y", b"y", "/", frozenset({"\\marked"}))]


@pytest.mark.parametrize(
    ("answer", "listed", "expected"),
    [
        ([b'(("INBOX." ".")) NIL NIL'], folders("INBOX"), COURIER),
        ([b'(("" "/")) (("~" "/")) NIL'], folders("INBOX"), Namespace("", "/")),
        ([b'(("INBOX/" "/")("Old/" "/")) NIL NIL'], [], Namespace("INBOX/", "/")),
        ([b"NIL NIL NIL"], folders("INBOX", "INBOX.Sent", delimiter="."), COURIER),
        ([], folders("INBOX", "INBOX.Sent", "INBOX.Junk", delimiter="."), COURIER),
        ([], folders("INBOX", "INBOX.Sent", "Archives", delimiter="."), Namespace("", ".")),
        ([], folders("INBOX", delimiter="."), Namespace("", ".")),
    ],
)
def test_the_prefix_is_what_the_server_says(
    answer: list[bytes], listed: list[ListedFolder], expected: Namespace
) -> None:
    """Where it says nothing, it is told from folders that all lie below INBOX, and there are some."""
    assert namespace(answer, listed) == expected


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("INBOX", "INBOX"),
        ("inbox", "INBOX"),
        ("Réponses", "INBOX.Réponses"),
        ("INBOX.Réponses", "INBOX.Réponses"),
        ("réponses", "INBOX.Réponses"),
        ("Re\u0301ponses", "INBOX.Réponses"),
        ("Réponses/2025", "INBOX.Réponses.2025"),
        ("Traités", None),
        ("Réponses 2", None),
        ("2025", None),
    ],
)
def test_a_name_is_found_with_the_prefix_or_without(name: str, found: str | None) -> None:
    """However it is written in the settings; a folder that is called a little differently is another one."""
    listed = folders("INBOX", "INBOX.Réponses", "INBOX.Réponses.2025", delimiter=".")
    folder = find(name, listed, COURIER)

    assert (folder and folder.name) == found


def test_the_very_name_goes_first() -> None:
    """Where two folders differ in case alone, or one lies below INBOX as well, the one of this name is meant."""
    listed = folders("INBOX", "traités", "Traités", "INBOX.Traités")

    assert find("Traités", listed, Namespace()) == listed[2]
    assert find("Traités", listed, COURIER) == listed[2]


@pytest.mark.parametrize(
    ("name", "own", "created"),
    [
        ("Traités", COURIER, "INBOX.Traités"),
        ("INBOX.Traités", COURIER, "INBOX.Traités"),
        ("Réponses/Traités", COURIER, "INBOX.Réponses.Traités"),
        ("Traités", Namespace(), "Traités"),
        ("Réponses/Traités", Namespace(), "Réponses/Traités"),
    ],
)
def test_a_new_folder_gets_the_prefix(name: str, own: Namespace, created: str) -> None:
    """Once, and only where the server wants one."""
    assert to_create(name, own).name == created


@pytest.mark.parametrize(
    "name",
    [
        *(
            "Junk",
            "junk",
            "JUNK",
            "Junk Email",
            "Junk E-mail",
            "Junk E-Mail",
            "Junk-E-Mail",
            "Spam",
            "Bulk",
            "Bulk Mail",
        ),
        *(
            "Courrier indésirable",
            "COURRIER INDÉSIRABLE",
            "Courrier inde\u0301sirable",
            "Indésirables",
            "Pourriel",
        ),
        *(
            "Correo no deseado",
            "Posta indesiderata",
            "Ongewenste e-mail",
            "Lixo eletrônico",
            "Wiadomości-śmieci",
        ),
        *("INBOX.Junk", "INBOX.INBOX.Spam", "Inbox.spam", "[Gmail].Spam"),
    ],
)
def test_junk_is_known_by_its_names(name: str) -> None:
    """At the top, or below INBOX or the tree where servers put their own."""
    listed = folders("INBOX", name, delimiter=".")

    assert among(listed, COURIER, JUNK, "\\Junk") == [listed[1]]


@pytest.mark.parametrize(
    "name",
    [
        "Spam reports 2023",
        "Spam de Paul",
        "Archives.Spam",
        "No spam",
        "Junkyard",
        "Werbung",
        "Indésirables 2024",
        "Sent",
    ],
)
def test_a_folder_of_ones_own_is_not_junk(name: str) -> None:
    """Whatever it is called like."""
    assert among(folders("INBOX", name, delimiter="."), COURIER, JUNK, "\\Junk") == []


def test_a_flag_goes_before_names_and_does_not_hide_them() -> None:
    """The server's own folder, whatever its name, then the one that a mail program made."""
    flagged = ListedFolder("Zone grise", b"Zone grise", "/", frozenset({"\\junk"}))
    named, other = folders("Courrier indésirable", "Archives")

    assert among([named, other, flagged], Namespace(), JUNK, "\\Junk") == [flagged, named]
