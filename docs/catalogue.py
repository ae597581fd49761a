"""Gather every sentence of the program and of click, and bring the catalogues of all languages up to date.

``make locale`` runs it after a sentence was added or changed, and it lists what has no translation. For a new language,
make the folder ``mailer/locale/xx/LC_MESSAGES`` first.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import click
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from mailer import __version__
from mailer.translation.catalogue import LANGUAGES, SOURCE

ROOT = Path(__file__).parent.parent
LOCALE = ROOT / "mailer" / "locale"
METHODS = [("**.py", "python"), ("desk/pages/**.html", "jinja2")]
KEYWORDS = {
    "_": None,
    "N_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PROJECT = "mailer-rsvp"
REVISED = datetime(2026, 11, 30, tzinfo=UTC)
"""When the translations were last read through; the date of the file is left to version control."""


def file(language: str) -> Path:
    """Return the catalogue of a language as people edit it."""
    return LOCALE / language / "LC_MESSAGES" / "messages.po"


def languages() -> list[str]:
    """Return the languages that need a catalogue."""
    return [language for language in LANGUAGES if language != SOURCE]


def messages() -> Iterator[tuple[str | tuple[str, ...], str | None]]:
    """Yield every sentence in the code with its context, and the English names of the languages."""
    for folder in (ROOT / "mailer", Path(click.__file__).parent):
        found = extract_from_dir(folder, method_map=METHODS, keywords=KEYWORDS)
        yield from ((message, context) for _file, _line, message, _comments, context in found if message)
    for language in LANGUAGES:
        yield str(Locale.parse(language).english_name), None


def sentences() -> Catalog:
    """Return every sentence without line numbers, so that moving code does not change the catalogues."""
    catalog = _empty(None)
    for message, context in messages():
        catalog.add(message, context=context)
    return catalog


def translations(language: str) -> Catalog:
    """Return the catalogue of a language as it is."""
    if not file(language).exists():
        return _empty(language)
    with file(language).open("rb") as opened:
        return read_po(opened, locale=language)


def _empty(language: str | None) -> Catalog:
    return Catalog(locale=language, charset="utf-8", fuzzy=False)


def compiled(catalog: Catalog) -> bytes:
    """Return the catalogue in the form that gettext reads."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """Return the sentences without a translation."""
    texts = [m for m in catalog if m.id and not all(m.string if isinstance(m.string, tuple) else (m.string,))]
    return [m.id[0] if isinstance(m.id, tuple) else m.id for m in texts]


def update(language: str) -> list[str]:
    """Write the catalogue of a language with the sentences of today; return those without a translation."""
    catalog = translations(language)
    catalog.update(sentences(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    _head(catalog)
    with file(language).open("wb") as opened:
        write_po(opened, catalog, width=100, sort_output=True, include_lineno=False)
    file(language).with_suffix(".mo").write_bytes(compiled(translations(language)))
    return missing(catalog)


def _head(catalog: Catalog) -> None:
    """Set the header; the project takes reports where its code is, and translators are named by version control."""
    catalog.project, catalog.version = PROJECT, __version__
    catalog.header_comment = (
        f"# {catalog.locale.english_name if catalog.locale else ''} translations of {PROJECT}.\n"
        "# This file is distributed under the same license as the project (Apache-2.0)."
    )
    catalog.creation_date = catalog.revision_date = REVISED
    catalog.last_translator = catalog.language_team = catalog.msgid_bugs_address = PROJECT
    catalog.fuzzy = False


if __name__ == "__main__":
    untranslated = [(language, sentence) for language in languages() for sentence in update(language)]
    for language, sentence in untranslated:
        print(f"untranslated in {language}: {sentence}")
    sys.exit(1 if untranslated else 0)
