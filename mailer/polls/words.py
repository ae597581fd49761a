"""The meaning of the words and signs that poll programs write into the cells, in their languages."""

from __future__ import annotations

import re

from mailer.model.accents import fold_accents
from mailer.model.finding import PartStat

_SAID: dict[PartStat | None, tuple[str, ...]] = {
    PartStat.ACCEPTED: ("Oui", "Yes", "Ja", "Si", "Sí", "Sì", "Òc", "Ya", "Sim", "✔", "✓", "✅"),
    PartStat.TENTATIVE: (
        *("Si nécessaire", "Under reserve", "Unter Vorbehalt", "En caso de ser necesario", "Se necessario"),
        *("Indien nodig", "Se cal", "Marteze", "En cas de besoin", "If need be", "Ifneedbe", "Wenn nötig"),
        *("Si es necesario", "Peut-être", "Maybe", "Vielleicht", "Misschien", "Quizás", "Forse", "Talvez"),
        *("❔", "❓", "?"),
    ),
    PartStat.DECLINED: ("Non", "No", "Nein", "Nee", "Ket", "Não", "✗", "✘"),
    None: (
        *("", "Inconnu", "Unknown", "Unbekannt", "Desconocido", "Sconosciuto", "Onbekend", "Dianav"),
        *("unkown", "❌", "—", "-"),
    ),
}
"""The words of Framadate, Rallly and Nextcloud Polls.

Framadate up to 1.1.17 writes “unkown”. Nextcloud's spreadsheets have ❌ both for no and for no answer.
"""

MEANING = {fold_accents(word): partstat for partstat, words in _SAID.items() for word in words}
"""The PARTSTAT of a cell by its text after `fold_accents`; None is no answer."""

OPEN = frozenset(fold_accents(word) for word in _SAID[None] if word)
"""The words a program writes if nothing was chosen."""


def are_votes(cells: tuple[str, ...] | list[str]) -> bool:
    """Return whether every cell holds a word of a poll program, or nothing."""
    return all(fold_accents(cell) in MEANING for cell in cells)


_TICKED: dict[PartStat, tuple[str, ...]] = {
    PartStat.ACCEPTED: (
        "x",
        "vrai",
        "true",
        "1",
        "ok",
        "o",
        "y",
        "j",
        "☑",
        "☒",
        "wahr",
        "waar",
        "coché",
        "accepté",
        "accepted",
        "inscrit",
        "inscrite",
    ),
    PartStat.DECLINED: (
        "faux",
        "false",
        "0",
        "n",
        "☐",
        "falsch",
        "onwaar",
        "refusé",
        "declined",
        "abs",
        "pas présent",
        "pas présente",
    ),
}
"""What people and spreadsheets write into a column about coming."""
_OF_ANOTHER = (
    (
        r"(?:ne |n')?(?:vient|viendra|participe|participera|assiste|assistera|sera|est) pas(?: (?:la|presente?|des notres))?",
        PartStat.DECLINED,
    ),
    (
        r"ne (?:vient|viendra|participe|participera|assiste|assistera|sera) pas(?: (?:la|presente?))?",
        PartStat.DECLINED,
    ),
    (
        r"(?:vient|viendra|participe|participera|assiste|assistera|(?:sera|est) (?:la|presente?))",
        PartStat.ACCEPTED,
    ),
    (
        r"malheureusement (?:pas|non)|helas(?: non| pas)?|pas cette fois|pas possible|pas presente?",
        PartStat.DECLINED,
    ),
)
"""What is written of somebody by another, and what is an answer only below a question."""


def ticked(text: str) -> PartStat | None:
    """Return the PARTSTAT of a short answer in a column about coming; None for what is not known here."""
    words = fold_accents(text).replace("-", " ").strip(" .!,;")
    if (partstat := MEANING.get(fold_accents(text)) or MEANING.get(words)) is not None:
        return partstat
    known = next((partstat for partstat, said in _TICKED.items() if words in map(fold_accents, said)), None)
    return known or next((partstat for form, partstat in _OF_ANOTHER if re.fullmatch(form, words)), None)


def unscrambled(text: str) -> str:
    """Repair UTF-8 decoded as cp1252, as when Excel opens a CSV file without a byte order mark and saves it."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
