"""The meaning of the words and signs that poll programs write into the cells, in their languages."""

from __future__ import annotations

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


_BEGINNINGS = (
    (
        PartStat.TENTATIVE,
        ("peut etre", "maybe", "perhaps", "je ne sais pas", "pas encore", "sous reserve", "sais pas"),
    ),
    (PartStat.DECLINED, ("non", "no", "je ne ", "absent", "not ", "i will not", "i cannot", "i can't")),
    (
        PartStat.ACCEPTED,
        ("oui", "yes", "je serai present", "je viendrai", "je participe", "present", "i will", "d'accord"),
    ),
)


def own_words(text: str) -> PartStat | None:
    """Return the PARTSTAT of a choice worded by the form's author: “Oui, avec plaisir”, “Non, je serai absente”.

    None if it begins with none of the known words.
    """
    normalised = fold_accents(text).replace("-", " ")
    for partstat, beginnings in _BEGINNINGS:
        for beginning in beginnings:
            rest = normalised[len(beginning) :]
            if normalised.startswith(beginning) and not rest[:1].isalpha():
                return partstat
            if normalised.startswith(beginning) and beginning.endswith((" ", "present")):
                return partstat
    return None


def unscrambled(text: str) -> str:
    """Repair UTF-8 decoded as cp1252, as when Excel opens a CSV file without a byte order mark and saves it."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
