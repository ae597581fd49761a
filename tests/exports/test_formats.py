"""The list of files that can be exported."""

from __future__ import annotations

import pytest

from mailer.cli.export import command
from mailer.errors import ConfigError
from mailer.exports import FORMATS, find_format


@pytest.mark.parametrize(
    ("ending", "document", "file"),
    [
        (".csv", "", "presences.csv"),
        (".html", "", "rapport.html"),
        (".html", "sheet", "emargement.html"),
        (".html", "register", "registre.html"),
        (".pdf", "", "emargement.pdf"),
        (".pdf", "sheet", "emargement.pdf"),
        (".ics", "", "reunion.ics"),
    ],
)
def test_the_ending_says_what_is_written(ending: str, document: str, file: str) -> None:
    """An option says it where one ending serves several documents."""
    assert (
        file == find_format(f"a.b{ending}", document).file == find_format(f"A{ending.upper()}", document).file
    )


@pytest.mark.parametrize(
    ("name", "document", "choices"),
    [
        ("a.doc", "", ".csv .xlsx .ods .html .pdf .ics"),
        ("a.csv", "sheet", ".html .pdf"),
        (".html", "register", ".html"),
    ],
)
def test_another_ending_is_refused(name: str, document: str, choices: str) -> None:
    """The error names the endings there are."""
    with pytest.raises(ConfigError) as refused:
        find_format(name, document)

    assert (name, choices) == (refused.value.read, refused.value.values["choices"])


def test_the_help_names_every_ending() -> None:
    """It is made from the same list."""
    assert [one.ending for one in FORMATS if one.ending not in str(command.help)] == []
    assert len({one.file for one in FORMATS}) == len(FORMATS)
