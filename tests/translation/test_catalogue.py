"""A language is added by its catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from mailer.compose.tongues import Tongue
from mailer.exports import columns
from mailer.model.contact import Contact
from mailer.translation import catalogue, dates

GERMAN = {
    "{weekday} {day} {month} {year}": "{weekday}, {day}. {month} {year}",
    "{day} from {start} to {end}": "{day} von {start} bis {end}",
    "{hour}:00": "{hour} Uhr",
    "Dear {names}": "Guten Tag {names}",
    "Last name": "Nachname",
}
STARTS = datetime(2025, 4, 1, 14, tzinfo=UTC)


@pytest.fixture
def german(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A catalogue that the program does not have."""
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    catalog = Catalog(locale="de")
    for text, translation in GERMAN.items():
        catalog.add(text, translation)
    with (folder / "messages.mo").open("wb") as file:
        write_mo(file, catalog)
    monkeypatch.setattr(catalogue, "_LOCALE", tmp_path)
    yield "de"
    for cached in (catalogue.translator, columns.headings, columns.words, columns.kinds):
        cached.cache_clear()


def test_a_new_language_needs_its_catalogue_alone(german: str) -> None:
    """Dates have their names from CLDR, and sentences, headings and salutations theirs from the catalogue."""
    tongue = Tongue(german)
    people = [Contact("a@example.org", "Frau", "Inès", "Derache")]

    assert dates.span(STARTS, STARTS.replace(hour=16), german, all_day=False) == (
        "Dienstag, 1. April 2025 von 14 Uhr bis 16 Uhr"
    )
    assert tongue.salutation(people) == "Guten Tag Inès Derache"
    assert tongue.typeset("n° 3 : oui") == "n° 3 : oui"
    assert columns.headings(german)["last_name"] == "Nachname"
    assert columns.headings(german)["first_name"] == "First name"


def test_every_catalogue_is_a_language() -> None:
    """English is the language of the code, French has a catalogue, and each has a name."""
    assert set(catalogue.LANGUAGES) >= {"fr", catalogue.SOURCE}
    assert catalogue.language_names().items() >= {"fr": "French", "en": "English"}.items()
    assert list(catalogue.language_names()) == list(catalogue.LANGUAGES)
