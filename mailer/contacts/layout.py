"""Decide which field each column of a table holds, by its heading, or by its cells if the heading is not clear."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from mailer.contacts import columns, heading_rows, names
from mailer.contacts.cells import clean, words
from mailer.contacts.columns import CONTACT, FIELDS, NAME, TITLE
from mailer.contacts.first_names import FIRST_NAMES
from mailer.contacts.sheet import Row
from mailer.errors import ContactsError

LOOKED_AT = 60
"""Rows that are read to find the heading and to see what the columns hold."""
_WRITTEN = tuple(columns.HEADINGS.values())


@dataclass(frozen=True, slots=True)
class Layout:
    """The field of each column of a table.

    `headings` are as written, with a column letter for an empty one and a number after one that occurs twice.
    `columns` gives the index of each field, `addresses` those of the address columns, the preferred one first.
    """

    headings: tuple[str, ...] = ()
    heading_lines: tuple[int, ...] = ()
    columns: Mapping[str, int] = field(default_factory=dict)
    addresses: tuple[int, ...] = ()
    order: names.NameOrder | None = None
    is_our_own: bool = False
    """`to_csv` wrote the list, so every row below the heading is a record."""

    @property
    def heading_line(self) -> int:
        """Return the number of the heading's last line; 0 if there is none."""
        return self.heading_lines[-1] if self.heading_lines else 0

    @property
    def unknown(self) -> tuple[int, ...]:
        """Return the columns without a known field, which are kept under their headings."""
        known = {*self.columns.values(), *self.addresses}
        return tuple(index for index in range(len(self.headings)) if index not in known)

    def described(self) -> tuple[tuple[str, str], ...]:
        """Return the heading of each column and its field, "" if none is known."""
        taken = {index: name for name, index in self.columns.items()} | dict.fromkeys(self.addresses, "email")
        return tuple((heading, taken.get(index, "")) for index, heading in enumerate(self.headings))


def find(file: str, head: Sequence[Row], mapping: Mapping[str, str], first_column: int = 0) -> Layout | None:
    """Return the layout of a table by its first rows, or None if no column holds addresses.

    `mapping` gives fields by heading, as in [lists.columns] of the campaign file. Raise ContactsError
    ``mapped-column-missing`` or ``column-field-unknown`` for a mapping that does not fit.
    """
    rows = [(line, [clean(cell) for cell in cells]) for line, cells in head]
    asked = {words(heading): _field(file, heading, name) for heading, name in mapping.items()}
    lines, headings = heading_rows.find(rows, asked)
    _require_headings(file, mapping, headings, lines)
    body = [cells for line, cells in rows if not lines or (line > lines[-1] and not _only_headings(cells))]
    width = max((len(cells) for cells in [headings, *body]), default=0)
    headings += [""] * (width - len(headings))
    held = _ColumnCells(body, width)
    is_our_own = not asked and columns.is_our_own(headings)
    if is_our_own:
        chosen, addresses = _our_own(headings)
    else:
        meanings = [asked.get(words(heading)) or columns.meaning(heading) for heading in headings]
        addresses = _address_columns(meanings, held, [words(heading) in asked for heading in headings])
        chosen = _by_meaning(meanings, held, addresses) if lines else _by_content(held, addresses, width)
    if not addresses:
        return None
    taken = {*chosen.values(), *addresses}
    named = _unique_headings(headings, taken, first_column)
    order = _name_order(named, chosen, held)
    return Layout(tuple(named), tuple(lines), chosen, tuple(addresses), order, is_our_own)


def _name_order(
    headings: Sequence[str], chosen: Mapping[str, int], held: _ColumnCells
) -> names.NameOrder | None:
    """Return the order of the whole names in a column, by its heading, else by most of its cells."""
    order = columns.order(headings[chosen[NAME]]) if NAME in chosen else None
    whole = chosen.get(NAME, chosen.get("last_name") if "first_name" not in chosen else None)
    if order is None and whole is not None:
        order = names.usual_order(held.cells(whole))
    return order


def _only_headings(cells: Sequence[str]) -> bool:
    """Return whether a row holds nothing but known headings: a second heading, in another language."""
    filled = [cell for cell in cells if cell]
    return len(filled) > 1 and all(map(columns.meaning, filled))


def _our_own(headings: Sequence[str]) -> tuple[dict[str, int], list[int]]:
    """Return the columns and the address columns of a list that `to_csv` wrote."""
    chosen = {name: index for index, name in enumerate(columns.HEADINGS) if name != "email"}
    also = [len(_WRITTEN)] if headings[len(_WRITTEN) :][:1] == [columns.OTHER_ADDRESSES] else []
    return chosen, [_WRITTEN.index(columns.HEADINGS["email"]), *also]


class _ColumnCells:
    """The cells below the heading, by column."""

    def __init__(self, body: Sequence[Sequence[str]], width: int) -> None:
        self._body = body
        self.width = width

    def cells(self, index: int) -> list[str]:
        """Return the cells of a column that are not blank."""
        return [cells[index] for cells in self._body if len(cells) > index and cells[index]]

    def share(self, index: int, test: Callable[[str], object]) -> float:
        """Return the share of those cells that pass a test, from 0 to 1; 0 if there are none."""
        cells = self.cells(index)
        return sum(1 for cell in cells if test(cell)) / len(cells) if cells else 0.0

    def addresses(self, index: int) -> float:
        """Return the share of those cells that hold an address."""
        return self.share(index, heading_rows.ADDRESS.search)


def _field(file: str, heading: str, name: str) -> str:
    """Return the field that the campaign file names, by its own name or by one of its headings."""
    field_name = name.strip().casefold()
    field_name = field_name if field_name in (*FIELDS, NAME) else columns.meaning(name) or field_name
    if field_name not in (*FIELDS, NAME):
        raise ContactsError(
            "column-field-unknown", file=file, read=name, heading=heading, known=", ".join((*FIELDS, NAME))
        )
    return field_name


def _require_headings(
    file: str, mapping: Mapping[str, str], headings: Sequence[str], lines: Sequence[int]
) -> None:
    """Raise ContactsError ``mapped-column-missing`` if the campaign file names a heading that the table lacks."""
    there = set(map(words, headings))
    for heading in mapping:
        if words(heading) not in there:
            line = lines[-1] if lines else 0
            shown = ", ".join(filter(None, headings))
            raise ContactsError("mapped-column-missing", file=file, line=line, read=heading, headings=shown)


def _address_columns(meanings: Sequence[str], held: _ColumnCells, asked: Sequence[bool]) -> list[int]:
    """Return the columns of addresses, the preferred one first: by the campaign file, by heading, or by cells."""
    mapped = [index for index, name in enumerate(meanings) if name == "email" and asked[index]]
    if mapped:
        return mapped
    named = [index for index, name in enumerate(meanings) if name == "email"]
    if any(held.addresses(index) for index in named):
        return [index for index in named if held.addresses(index) or not held.cells(index)]
    content = [index for index in range(held.width) if held.addresses(index) >= 0.5]
    return content or named


def _by_meaning(meanings: Sequence[str], held: _ColumnCells, addresses: Sequence[int]) -> dict[str, int]:
    """Return the column of each field by the headings; of several columns for one field the first counts."""
    chosen: dict[str, int] = {}
    for index, name in enumerate(meanings):
        if index in addresses or name in ("", "email"):
            continue
        field_name = _by_cells(name, index, held)
        if field_name:
            chosen.setdefault(field_name, index)
    if "last_name" in chosen and "first_name" in chosen:
        chosen.pop(NAME, None)
    elif "first_name" in chosen and NAME in chosen and "last_name" not in chosen:
        chosen["last_name"] = chosen.pop(NAME)
    elif "last_name" in chosen and NAME in chosen:
        chosen = _association_and_person(chosen)
    return chosen


def _association_and_person(chosen: dict[str, int]) -> dict[str, int]:
    """Take "Nom" beside "Responsable" for the organisation's name, unless there is a column of organisations."""
    if "organisation" not in chosen:
        chosen["organisation"] = chosen.pop("last_name")
    else:
        del chosen[NAME]
    return chosen


def _by_cells(name: str, index: int, held: _ColumnCells) -> str:
    """Return the field of a column whose heading has several meanings, by its cells; "" if they do not tell."""
    if name == TITLE:
        if held.share(index, names.is_civility) >= 0.6:
            return "civility"
        return "function" if held.share(index, lambda cell: len(cell) > 3) >= 0.5 else ""
    if name == CONTACT:
        return NAME if held.share(index, _looks_like_a_name) >= 0.6 else ""
    if name == "function" and held.share(index, names.is_civility) >= 0.6:
        return "civility"
    return name


def _looks_like_a_name(cell: str) -> bool:
    return not any(map(str.isdigit, cell)) and 1 <= len(cell.split()) <= 5


def _by_content(held: _ColumnCells, addresses: Sequence[int], width: int) -> dict[str, int]:
    """Return the column of each field in a table without headings.

    Civilities and first names are known by their words. The last name stands beside the first name, and the first
    column of text that is left is the organisation. Other columns stay fields of their own.
    """
    chosen: dict[str, int] = {}
    texts = []
    for index in range(width):
        if index in addresses or not held.cells(index):
            continue
        if "civility" not in chosen and held.share(index, names.is_civility) >= 0.8:
            chosen["civility"] = index
        elif held.share(index, _looks_like_a_name) >= 0.6:
            texts.append(index)
    first = max(texts, key=lambda index: held.share(index, _is_first_name), default=None)
    if first is not None and held.share(first, _is_first_name) >= 0.5:
        chosen["first_name"] = first
        beside = [index for index in (first - 1, first + 1) if index in texts]
        if beside:
            chosen["last_name"] = beside[0]
    else:
        whole = [index for index in texts if held.share(index, names.order_told_by) >= 0.5]
        if whole:
            chosen[NAME] = whole[0]
    rest = [index for index in texts if index not in chosen.values()]
    if rest:
        chosen["organisation"] = rest[0]
    return chosen


def _is_first_name(cell: str) -> bool:
    parts = words(cell).split()
    return 0 < len(parts) <= 3 and parts[0] in FIRST_NAMES


def _unique_headings(headings: Sequence[str], taken: Collection[int], first_column: int) -> list[str]:
    """Return the headings with a column letter for an empty one and a number after one that occurs twice.

    A column that is not `taken` for a known field gets a number, too, if it is headed like one in our own lists.
    """
    named: dict[str, None] = {}
    for index, written in enumerate(headings):
        heading = name = written or columns.letter(index + first_column)
        number = 2
        while name in named or (name in _WRITTEN and index not in taken):
            name, number = f"{heading} ({number})", number + 1
        named[name] = None
    return list(named)
