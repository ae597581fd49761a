"""Update and compile the French catalogue from the sentences of the command line, of click and of the web interface.

``make locale`` runs it after a sentence was added or changed, and lists what is not translated.
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
FRENCH = ROOT / "mailer" / "locale" / "fr" / "LC_MESSAGES" / "messages.po"
METHODS = [("**.py", "python"), ("desk/pages/**.html", "jinja2")]
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}


def sentences() -> Catalog:
    """Return the catalogue of all sentences in the code, without line numbers, which would change with every edit."""
    catalog = Catalog(project="mailer", charset="utf-8")
    for folder in (ROOT / "mailer", Path(click.__file__).parent):
        found = extract_from_dir(folder, method_map=METHODS, keywords=KEYWORDS)
        for _file, _line, message, _comments, _context in found:
            if message:
                catalog.add(message)
    return catalog


def french() -> Catalog:
    """Read the French catalogue."""
    with FRENCH.open("rb") as file:
        return read_po(file, locale="fr")


def compiled(catalog: Catalog) -> bytes:
    """Return a catalogue in the binary format of gettext (``.mo``)."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def missing(catalog: Catalog) -> list[str]:
    """Return the sentences without a translation."""
    texts = [m for m in catalog if m.id and not all(m.string if isinstance(m.string, tuple) else (m.string,))]
    return [m.id[0] if isinstance(m.id, tuple) else m.id for m in texts]


def update() -> int:
    """Update the French catalogue on disk; return 1 if a sentence has no translation, else 0."""
    catalog = french() if FRENCH.exists() else Catalog(locale="fr", charset="utf-8")
    catalog.update(sentences(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with FRENCH.open("wb") as file:
        write_po(file, catalog, width=100, sort_output=True, omit_header=False, include_lineno=False)
    FRENCH.with_suffix(".mo").write_bytes(compiled(catalog))
    for sentence in missing(catalog):
        print(f"untranslated: {sentence}")
    return 1 if missing(catalog) else 0


if __name__ == "__main__":
    sys.exit(update())
