"""The tree of a MIME message, cut out of its octets within fixed bounds.

Theory of operation: a message is its header block and its body; the body of a multipart is cut at the lines that
are its boundary, and each piece is read the same way. A piece can only hold what its parent cut out for it, so a
lost end boundary, or one boundary inside another, spoils nothing outside. Every level reads its octets once; with
the depth bounded, so is the work. The `email` parser recurses without bound on nested messages and takes seconds on
many parts, so it is used here for header parameters only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from email.message import Message
from email.utils import collapse_rfc2231_value

from mailer.mime.read_text import decode, decode_words, unwrap

MAX_SIZE = 10 * 1024 * 1024
MAX_HEADERS = 256 * 1024
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
    """One part: its fields as written (unfolded, names in lower case) and its body still encoded."""

    fields: Fields
    body: bytes
    content_type: str
    parameters: Mapping[str, str]
    enclosed: bool
    children: list[Node] = field(default_factory=list)

    def value(self, name: str) -> str:
        """The first value of a field, as written."""
        return next((value for key, value in self.fields if key == name), "")

    @property
    def octets(self) -> bytes:
        """The body without its transfer encoding."""
        return unwrap(self.body, self.value("content-transfer-encoding"))


@dataclass(slots=True)
class Growth:
    """How much of the bounds one message has used, and which it ran into first."""

    parts: int = 0
    defect: str = ""

    def over(self, bound: str) -> None:
        """Remember the first bound that was met."""
        self.defect = self.defect or bound


def plant(raw: bytes, growth: Growth) -> Node:
    """Read a whole message into its tree."""
    if len(raw) > MAX_SIZE:
        growth.over("size")
        raw = raw[:MAX_SIZE]
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    return _grow(raw.lstrip(), "text/plain", 0, growth, enclosed=False)


def _grow(octets: bytes, default_type: str, depth: int, growth: Growth, *, enclosed: bool) -> Node:
    growth.parts += 1
    fields, body = read_fields(octets, growth)
    declared = next((value for key, value in fields if key == "content-type"), "")
    content_type, parameters = read_parameters(declared)
    node = Node(fields, body, content_type or default_type, parameters, enclosed)
    if node.content_type.startswith("multipart/"):
        _cut(node, depth, growth)
    elif node.content_type in _MESSAGES and _may_grow(depth, growth):
        node.children.append(
            _grow(node.octets.lstrip(b"\r\n"), "text/plain", depth + 1, growth, enclosed=True)
        )
    return node


def _cut(node: Node, depth: int, growth: Growth) -> None:
    boundary = node.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
    pieces = _pieces(node.body, b"--" + boundary) if boundary else []
    if not pieces:
        node.children.append(Node((), node.body, "text/plain", {}, node.enclosed))
    default_type = "message/rfc822" if node.content_type == "multipart/digest" else "text/plain"
    for piece in pieces:
        if not _may_grow(depth, growth):
            return
        node.children.append(_grow(piece, default_type, depth + 1, growth, enclosed=node.enclosed))


def _may_grow(depth: int, growth: Growth) -> bool:
    if depth >= MAX_DEPTH:
        growth.over("depth")
    elif growth.parts >= MAX_PARTS:
        growth.over("parts")
    else:
        return True
    return False


def _pieces(body: bytes, delimiter: bytes) -> list[bytes]:
    """Cut a multipart's body at its boundary lines, RFC 2046 section 5.1.1; the end boundary may be missing."""
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
    """Find the lines that are the delimiter: where each starts and ends, and whether it closes the multipart."""
    position = body.find(delimiter)
    while position >= 0:
        newline = body.find(b"\n", position)
        end = newline + 1 if newline >= 0 else len(body)
        rest = body[position + len(delimiter) : min(end, position + len(delimiter) + 80)].rstrip()
        if rest in (b"", b"--") and (position == 0 or body[position - 1 : position] == b"\n"):
            yield position, end, rest == b"--"
        position = body.find(delimiter, position + len(delimiter))


def _without_line_end(piece: bytes) -> bytes:
    """Take off the line end that belongs to the boundary line behind it."""
    return piece[:-2] if piece.endswith(b"\r\n") else piece.removesuffix(b"\n")


def read_fields(octets: bytes, growth: Growth) -> tuple[Fields, bytes]:
    """Split a header block from its body, unfolding on octets.

    A line that is no field ends the block, as the blank line should have; an mbox ``From `` line is passed over.
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
            growth.over("headers")
            position = _end_of_block(octets, position)
            break
        if content[:1] in b" \t" and fields:
            fields[-1][1].append(content)
        elif named := _FIELD.match(content, 0, 200):
            fields.append((named.group(1).decode("ascii").lower(), [content[named.end() :].strip()]))
        elif not (content.startswith((b"From ", b">From ")) and not fields):
            break
        position = end
    unfolded = ((name, decode(b"".join(lines)).replace("\x00", "")) for name, lines in fields)
    return tuple(unfolded), octets[position:]


def _end_of_block(octets: bytes, position: int) -> int:
    blank = re.compile(rb"\n\r?\n").search(octets, position)
    return blank.end() if blank else len(octets)


def read_parameters(value: str) -> tuple[str, Mapping[str, str]]:
    """Split ``type/subtype; name=value`` (RFC 2045, RFC 2231) into the type in lower case and its parameters."""
    named = _TYPE.match(value)
    if not named:
        return ("text/plain" if value.strip().lower() == "text" else ""), {}
    rest = value[named.end() :].strip(" \t;")
    return named.group(1).lower(), _parameters(f"x;{rest[:4096]}") if rest else {}


def _parameters(value: str) -> Mapping[str, str]:
    """Read parameters: as they mostly are, or in whatever other way RFC 2231 and its forerunners write them."""
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
        odd = {name.lower(): collapse_rfc2231_value(text) for name, text in pairs}
    except (ValueError, IndexError, TypeError, LookupError):
        return {}
    return {name: decode_words(text) for name, text in odd.items()}
