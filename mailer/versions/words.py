"""Read a prepared letter back, with a gap for each value, to know its words again in an answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from mailer import mime
from mailer.model.address import Mailbox
from mailer.model.message import IncomingMessage
from mailer.model.own_words import GAP
from mailer.versions.fill import program
from mailer.versions.form import Hole, Identity, Item, Name, Variant

_MARK = "qxgapqx"
"""Written for each value: letters that survive every escape and encoding, and stand in no word."""
_TOKEN = "qxg" * 8 + "qx"
_NOBODY = Identity(
    Mailbox("nobody@example.org", _MARK),
    _MARK,
    _TOKEN,
    f"<{_MARK}@example.org>",
    datetime(2000, 1, 1, tzinfo=UTC),
)


def with_gaps(pieces: Sequence[bytes], variant: Variant) -> IncomingMessage:
    """Return the letter that a variant gives, read as a mail, with `GAP` in place of every value; `pieces` are the version's."""
    texts = dict.fromkeys(_names(variant.items), _MARK)
    message = mime.read(program(pieces, variant.items).fill(texts, _NOBODY))
    parts = tuple([replace(part, text=_gaps(part.text)) for part in message.parts])
    return replace(message, subject=_gaps(message.subject), parts=parts)


def _gaps(text: str) -> str:
    return text.replace(_TOKEN, GAP).replace(_MARK, GAP)


def _names(items: Iterable[Item]) -> Iterator[str]:
    for item in items:
        if isinstance(item, Hole):
            yield from (word.name for word in item.words if isinstance(word, Name))
            yield from _names(item.inside)
