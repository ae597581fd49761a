"""The words that polls write into their cells, in the languages their programs speak."""

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
"""Framadate, Rallly and Nextcloud Polls. Framadate up to 1.1.17 writes “unkown”; Nextcloud's sheets ❌ for nothing too."""

MEANING = {fold_accents(word): partstat for partstat, words in _SAID.items() for word in words}
"""What a cell means, by its `letters`; None is no answer."""

OPEN = frozenset(fold_accents(word) for word in _SAID[None] if word)
"""The cells in which a program says that nothing was chosen."""


def are_votes(cells: tuple[str, ...] | list[str]) -> bool:
    """Whether these cells are nothing but choices."""
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


def freely(text: str) -> PartStat | None:
    """What a choice in the officer's own words means: “Oui, avec plaisir”, “Non, je serai absente”."""
    said = fold_accents(text).replace("-", " ")
    for partstat, beginnings in _BEGINNINGS:
        for beginning in beginnings:
            rest = said[len(beginning) :]
            if said.startswith(beginning) and not rest[:1].isalpha():
                return partstat
            if said.startswith(beginning) and beginning.endswith((" ", "present")):
                return partstat
    return None


def unbroken(text: str) -> str:
    """Undo UTF-8 that was read as cp1252, as a spreadsheet leaves it."""
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text
