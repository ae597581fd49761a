"""Write contacts as a CSV file that French Excel opens in columns, and that `read` reads back unchanged."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator

from mailer.contacts.columns import HEADINGS, OTHER_ADDRESSES
from mailer.contacts.record import UNUSABLE
from mailer.model.contact import Contact

_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r\n]")


def write(contacts: Iterable[Contact]) -> bytes:
    """Return the CSV file: French headings, ``;`` between cells, a byte order mark, further fields at the end.

    French Excel splits at ``;`` only, and needs the byte order mark to read UTF-8. A text that it would take for a
    formula gets an apostrophe in front, which `cells.clean` removes.
    """
    listed = list(contacts)
    further = list(dict.fromkeys(name for contact in listed for name in contact.fields if name != UNUSABLE))
    others = [OTHER_ADDRESSES] if any(contact.other_addresses for contact in listed) else []
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([*HEADINGS.values(), *others, *map(_guarded, further)])
    for contact in listed:
        row = [*_known(contact), *([", ".join(contact.other_addresses)] if others else [])]
        writer.writerow(map(_guarded, [*row, *(contact.fields.get(name, "") for name in further)]))
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8", "replace")


def _known(contact: Contact) -> Iterator[str]:
    """Yield the cells for the columns of `HEADINGS`, in their order."""
    yield contact.civility
    yield contact.last_name
    yield contact.first_name
    yield contact.organisation
    yield contact.function
    yield contact.email or contact.fields.get(UNUSABLE, "")
    yield contact.language
    yield ", ".join(contact.groups)


def _guarded(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) else text
