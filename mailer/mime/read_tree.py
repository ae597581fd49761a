"""Parsing of a MIME message into a tree of parts, within fixed limits.

A message is a header block and a body. An opaque S/MIME signature holds its message (`signed`). The body of a multipart is split at its boundary lines, and each piece
is parsed in the same way. A lost end boundary, or a boundary that begins like another, so affects its own
piece only. Each level reads its octets once, and the depth is limited, so that the time is, too. The parser
of Python's `email` recurses without limit on nested messages and takes 5.5 s for 100,000 empty parts; it is
used here for unusual parameters only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message

from mailer.mime import signed
from mailer.mime.read_text import decode, decode_words, unwrap
from mailer.model.charsets import sound

MAX_SIZE = 10 * 1024 * 1024
MAX_HEADERS = 256 * 1024
MAX_FIELD = 64 * 1024
MAX_FIELDS = 1000
MAX_DEPTH = 20
MAX_PARTS = 200

Fields = tuple[tuple[str, str], ...]

_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")
_PARAMETER = re.compile(r"[ \t]*;[ \t]*([A-Za-z0-9-]{1,60})=(?:\"([^\"\\<>]*)\"|([^\s\";\\<>]+))")
_TYPE = re.compile(r"[\s\"']*([^\s;,/\"'()=<>]+/[^\s;,/\"'()=<>]+)")
_MESSAGES = ("message/rfc822", "message/global", "message/news")


@dataclass(slots=True)
class Node:
    """A MIME part with its fields (unfolded, names in lower case) and its body, still encoded.

    `enclosed` says that it belongs to a message inside the message (message/rfc822).
    """

    fields: Fields
    body: bytes
    content_type: str
    parameters: Mapping[str, str]
    enclosed: bool
    children: list[Node] = field(default_factory=list)

    def value(self, name: str) -> str:
        """Return the first value of a field, as written; empty if there is none."""
        return next((value for key, value in self.fields if key == name), "")

    @property
    def is_message(self) -> bool:
        """Return whether it encloses a message (message/rfc822)."""
        return self.content_type in _MESSAGES

    @property
    def octets(self) -> bytes:
        """Return the body decoded from its transfer encoding."""
        return unwrap(self.body, self.value("content-transfer-encoding"))


@dataclass(slots=True)
class Bounds:
    """What has been read so far (parts, characters of text/plain and of other text), and the first limit exceeded."""

    parts: int = 0
    plain: int = 0
    other: int = 0
    defect: str = ""

    def exceeded(self, bound: str) -> None:
        """Note that a limit was exceeded; the first one is kept."""
        self.defect = self.defect or bound


def parse_tree(raw: bytes, bounds: Bounds) -> Node:
    """Parse a message and return its root part."""
    if len(raw) > MAX_SIZE:
        bounds.exceeded("size")
        raw = raw[:MAX_SIZE]
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    return _parse(raw.lstrip(), "text/plain", 0, bounds, enclosed=False)


def _parse(octets: bytes, default_type: str, depth: int, bounds: Bounds, *, enclosed: bool) -> Node:
    bounds.parts += 1
    fields, body = read_fields(octets, bounds)
    declared = next((value for key, value in fields if key == "content-type"), "")
    content_type, parameters = read_parameters(declared)
    node = Node(fields, body, content_type or default_type, parameters, enclosed)
    if node.content_type.startswith("multipart/"):
        _parse_multipart(node, depth, bounds)
    elif node.content_type in _MESSAGES and _may_descend(depth, bounds):
        node.children.append(
            _parse(node.octets.lstrip(b"\r\n"), "text/plain", depth + 1, bounds, enclosed=True)
        )
    elif _may_be_signed(node) and (content := signed.content(node.octets)) and _may_descend(depth, bounds):
        node.children.append(_parse(content, "text/plain", depth + 1, bounds, enclosed=enclosed))
    return node


def _may_be_signed(node: Node) -> bool:
    """Return whether a part is S/MIME, by its type, or by its name where a gateway changed that."""
    return node.content_type in signed.TYPES or (
        node.content_type == "application/octet-stream" and ".p7m" in node.value("content-type").lower()
    )


def _parse_multipart(node: Node, depth: int, bounds: Bounds) -> None:
    boundary = node.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
    pieces = _split_at_boundary(node.body, b"--" + boundary) if boundary else []
    if not pieces:
        node.children.append(Node((), node.body, "text/plain", {}, node.enclosed))
    default_type = "message/rfc822" if node.content_type == "multipart/digest" else "text/plain"
    for piece in pieces:
        if not _may_descend(depth, bounds):
            return
        node.children.append(_parse(piece, default_type, depth + 1, bounds, enclosed=node.enclosed))


def _may_descend(depth: int, bounds: Bounds) -> bool:
    if depth >= MAX_DEPTH:
        bounds.exceeded("depth")
    elif bounds.parts >= MAX_PARTS:
        bounds.exceeded("parts")
    else:
        return True
    return False


def _split_at_boundary(body: bytes, delimiter: bytes) -> list[bytes]:
    """Split a multipart body at its boundary lines, RFC 2046 section 5.1.1; the last may be missing."""
    pieces: list[bytes] = []
    start = -1
    for line_start, line_end, closing in _boundary_lines(body, delimiter):
        if start >= 0:
            pieces.append(_without_line_end(body[start:line_start]))
        start = line_end
        if closing or len(pieces) > MAX_PARTS:
            return pieces
    if start >= 0:
        pieces.append(body[start:])
    return pieces


def _boundary_lines(body: bytes, delimiter: bytes) -> Iterator[tuple[int, int, bool]]:
    """Yield start and end of each boundary line, and whether it is the last one (``--`` at its end)."""
    position = 0 if body.startswith(delimiter) else body.find(b"\n" + delimiter) + 1 or -1
    while position >= 0:
        newline = body.find(b"\n", position)
        end = newline + 1 if newline >= 0 else len(body)
        rest = body[position + len(delimiter) : min(end, position + len(delimiter) + 80)].rstrip()
        if rest in (b"", b"--"):
            yield position, end, rest == b"--"
        # Only the beginnings of lines are looked at: a boundary of one letter may stand a million times on one.
        position = body.find(b"\n" + delimiter, end - 1) + 1 or -1


def _without_line_end(piece: bytes) -> bytes:
    """Remove the last line end, which belongs to the boundary line that follows."""
    return piece[:-2] if piece.endswith(b"\r\n") else piece.removesuffix(b"\n")


def read_fields(octets: bytes, bounds: Bounds) -> tuple[Fields, bytes]:
    """Split octets into header fields, unfolded, and body.

    A line that is no field ends the header block, too, if the blank line is missing; an mbox ``From ``
    line at the start is skipped.
    """
    fields: list[tuple[str, list[bytes]]] = []
    position = 0
    while position < len(octets):
        end = octets.find(b"\n", position) + 1 or len(octets)
        content = octets[position:end].rstrip(b"\r\n")
        if not content:
            position = end
            break
        if position > MAX_HEADERS or len(fields) >= MAX_FIELDS:
            bounds.exceeded("headers")
            position = _end_of_block(octets, position)
            break
        if content[:1] in b" \t" and fields:
            fields[-1][1].append(content)
        elif named := _FIELD.match(content, 0, 200):
            fields.append((named.group(1).decode("ascii").lower(), [content[named.end() :].strip()]))
        elif not (content.startswith((b"From ", b">From ")) and not fields):
            break
        position = end
    return tuple([(name, _unfolded(lines, bounds)) for name, lines in fields]), octets[position:]


def _unfolded(lines: list[bytes], bounds: Bounds) -> str:
    value = b"".join(lines) if lines[1:] else lines[0]
    if len(value) > MAX_FIELD:
        bounds.exceeded("headers")
    return decode(value[:MAX_FIELD])


def _end_of_block(octets: bytes, position: int) -> int:
    blank = re.compile(rb"\n\r?\n").search(octets, position)
    return blank.end() if blank else len(octets)


def read_parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """Split ``type/subtype; name=value`` (RFC 2045, RFC 2231) into type, in lower case, and parameters."""
    named = _TYPE.match(value)
    if not named:
        return ("text/plain" if value.strip().lower() == "text" else ""), {}
    rest = value[named.end() :].strip(" \t;")
    return named.group(1).lower(), _parameters(f"x;{rest[:2048]}") if rest else {}


def _parameters(value: str) -> Mapping[str, str]:
    """Read ``;name=value`` parameters; the unusual ones (RFC 2231) with Python's `email`, which is slower."""
    plain = {}
    position = 1
    while found := _PARAMETER.match(value, position):
        plain[found[1].lower()] = decode_words((found[2] if found[3] is None else found[3]).strip())
        position = found.end()
    if not value[position:].strip(" \t;"):
        return plain
    holder = Message()
    holder["content-type"] = value
    try:
        pairs = holder.get_params(failobj=[], unquote=True)[1:]
        odd = {name.lower(): _collapsed(text) for name, text in pairs}
    except (ValueError, IndexError, TypeError, LookupError):
        return {}
    return {name: decode_words(text) for name, text in odd.items()}


def _collapsed(value: str | tuple[str | None, str | None, str]) -> str:
    """Return the value of a parameter; one with a charset (RFC 2231 section 4) is given as charset, language and octets."""
    if isinstance(value, str):
        return sound(value)
    charset, _language, octets = value
    return decode(octets.encode("latin-1", "replace"), charset or "")
