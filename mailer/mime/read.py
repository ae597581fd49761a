"""Parsing of an incoming mail, which never fails and reads no more than fixed amounts.

Python's `email.policy.default` is not used: it raises IndexError on the Message-IDs of Exchange and Teams,
LookupError on unknown charsets, and RecursionError on nested comments.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType

from mailer.mime.read_address import is_one_mailbox, read_addresses
from mailer.mime.read_text import decode, decode_words, unwrap
from mailer.mime.read_tree import Bounds, Fields, Node, parse_tree, read_fields, read_parameters
from mailer.model.address import Mailbox
from mailer.model.message import IncomingMessage, Part

MAX_TEXT = 64 * 1024
MAX_PLAIN = 2 * MAX_TEXT
MAX_OTHER = 256 * 1024
MAX_REFERENCES = 100
MAX_SUBJECT = 1000
"""Characters of a subject that are read: thirty patterns look at it, and no program writes so long a one."""

_MESSAGE_ID = re.compile(r"<[^<>\s]{1,500}>")
_BARE_ID = re.compile(r"[^\s<>]{1,250}@[^\s<>]{1,250}")
_RECIPIENTS = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
_HEADERS_ONLY = ("text/rfc822-headers", "text/rfc822-header", "message/rfc822-headers")
_READ = ("text/", "message/", "application/ics", "application/ms-tnef", "application/vnd.ms-tnef")


def read(raw: bytes) -> IncomingMessage:
    """Parse a mail, whatever its octets.

    Limits: 10 MiB, 256 KiB of headers and 64 KiB of each, depth 20, 200 parts; of the characters of all parts together
    131,072 of text/plain, of each one half of them, and 262,144 of other text. The rest is not read, and `defect`
    names the limit: ``size``, ``headers``, ``depth``, ``parts``, ``text``.
    """
    bounds = Bounds()
    root = parse_tree(raw, bounds)
    nodes = list(_walk(root))
    parts = {id(node): _part(node, bounds) for node in nodes if not node.children}
    message = _message(root, nodes, tuple(parts.values()), bounds)
    inner = next((node.children[0] for node in nodes if node.is_message and node.children), None)
    if inner is None or message.report_type:
        return message
    below = list(_walk(inner))
    deeper = {id(one) for node in below if node.is_message for child in node.children for one in _walk(child)}
    own = tuple([replace(parts[id(one)], enclosed=id(one) in deeper) for one in below if id(one) in parts])
    return replace(message, forwarded=_message(inner, below, own, bounds))


def _message(root: Node, nodes: list[Node], parts: tuple[Part, ...], bounds: Bounds) -> IncomingMessage:
    return IncomingMessage(
        headers=_decoded(root.fields),
        sender=next(iter(_mailboxes(root.fields, ("from",))), None),
        one_author=is_one_mailbox([value for name, value in root.fields if name == "from"]),
        reply_to=tuple(_mailboxes(root.fields, ("reply-to",))),
        recipients=tuple(dict.fromkeys(mailbox.address for mailbox in _mailboxes(root.fields, _RECIPIENTS))),
        subject=decode_words(root.value("subject")[: 16 * MAX_SUBJECT])[:MAX_SUBJECT],
        date=_date(root.value("date")),
        message_id=next(iter(_message_ids(root.value("message-id"))), ""),
        references=_references(root.fields),
        content_types=tuple(node.content_type for node in nodes),
        report_type=_report_type(root),
        parts=parts,
        enclosed_headers=tuple(_enclosed(nodes)),
        defect=bounds.defect,
    )


def _report_type(root: Node) -> str:
    return root.parameters.get("report-type", "").lower() if root.content_type == "multipart/report" else ""


def _walk(node: Node) -> Iterator[Node]:
    yield node
    for child in node.children:
        yield from _walk(child)


def _part(node: Node, bounds: Bounds) -> Part:
    """Make a `Part` of a node; content that is never read (pictures, documents) is not decoded."""
    disposition, extra = _disposition(node.value("content-disposition"))
    content = node.octets if node.content_type.startswith(_READ) or _may_be_calendar(node) else b""
    return Part(
        content_type=node.content_type,
        content=content,
        text=_text(node, content, bounds),
        parameters=MappingProxyType(dict(node.parameters)),
        filename=extra.get("filename", node.parameters.get("name", "")),
        attachment=disposition == "attachment",
        enclosed=node.enclosed,
        disposition=disposition,
    )


def _disposition(value: str) -> tuple[str, dict[str, str]]:
    """Split Content-Disposition, RFC 2183, into its type (``attachment``, ``inline``) and its parameters."""
    word, _, rest = value.partition(";")
    return word.strip().lower(), dict(read_parameters(f"x/x;{rest}")[1]) if rest else {}


def _may_be_calendar(node: Node) -> bool:
    """Return whether the content begins as a calendar; some gateways change the type of calendar parts."""
    head = unwrap(node.body[:400], node.value("content-transfer-encoding"))
    return head.lstrip(b"\xef\xbb\xbf \t\r\n")[:15].upper() == b"BEGIN:VCALENDAR"


def _text(node: Node, content: bytes, bounds: Bounds) -> str:
    if not node.content_type.startswith(("text/", "message/")):
        return ""
    plain = node.content_type == "text/plain"
    bound = min(MAX_TEXT, MAX_PLAIN - bounds.plain) if plain else MAX_OTHER - bounds.other
    text = decode(content[: 4 * bound], node.parameters.get("charset", ""))
    if len(text) > bound or 4 * bound < len(content):
        bounds.exceeded("text")
    text = text[:bound]
    if plain:
        bounds.plain += len(text)
    else:
        bounds.other += len(text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _enclosed(nodes: Iterable[Node]) -> Iterator[Fields]:
    for node in nodes:
        if node.content_type.startswith("message/") and node.children:
            yield _decoded(node.children[0].fields)
        elif node.content_type in _HEADERS_ONLY:
            yield _decoded(read_fields(node.octets.lstrip(b"\r\n"), Bounds())[0])


def _decoded(fields: Fields) -> Fields:
    """Return fields with their encoded words decoded, which have no place in Authentication-Results (RFC 2047 section 5)."""
    return tuple(
        [
            (name, decode_words(value) if "=?" in value and name != "authentication-results" else value)
            for name, value in fields
        ]
    )


def _mailboxes(fields: Fields, names: tuple[str, ...]) -> Iterator[Mailbox]:
    for name in names:
        for key, value in fields:
            if key == name:
                yield from read_addresses(value)


def _date(value: str) -> datetime | None:
    """Read a Date field, as UTC if it has no zone; None if it is no date."""
    try:
        date = parsedate_to_datetime(value[:200])
        return date if date.tzinfo else date.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _message_ids(value: str) -> list[str]:
    value = value[: 64 * 1024]
    return _MESSAGE_ID.findall(value) or [f"<{bare}>" for bare in _BARE_ID.findall(value)]


def _references(fields: Fields) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("in-reply-to", "references"):
        ids = [one for key, value in fields if key == name for one in _message_ids(value)]
        found += ids if name == "in-reply-to" else reversed(ids)
    return tuple(dict.fromkeys(found))[:MAX_REFERENCES]
