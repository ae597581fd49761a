"""Say whether our own mail server vouches for the address in From, by its Authentication-Results (RFC 8601).

A field is read by its grammar: comments and values are data, in which a sender may have put anything. A result is about
one identity. Only two of them are about From, and only for its own domain: ``dmarc`` with ``header.from``, and ``dkim``
with ``header.d``. Neither says anything of Reply-To, Sender or ATTENDEE.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mailer.model.address import normal_domain
from mailer.model.message import IncomingMessage

_LONGEST = 16 * 1024
"""Characters of a field; a longer one says nothing."""

_ABOUT_FROM = {"dmarc": "header.from", "dkim": "header.d"}
"""The methods that authenticate From, each with the property that names the domain it passed for."""


def authenticated(message: IncomingMessage, trusted: Sequence[str]) -> bool | None:
    """Return True if a trusted server vouches for From, False if its DMARC check failed, and None if it says neither.

    `trusted` are authserv-ids. Only the topmost field with one of them is read, since those below may have come with
    the mail. A mail with several mailboxes in From, a group, or none is vouched for by nobody.
    """
    names = {normal_domain(name) for name in trusted}
    for value in message.header_all("authentication-results") if names else ():
        head, *results = _statements(value)
        if not head:
            return None  # damaged, so that nobody knows whose it is
        if normal_domain(head[0]) in names:
            return _verdict(results, message)
    return None


def _verdict(results: Sequence[Sequence[str]], message: IncomingMessage) -> bool | None:
    """Return what results say of From; a failure outweighs a pass."""
    vouched = False
    for method, result, properties in _read(results):
        if method == "dmarc" and result == "fail":
            return False
        if result == "pass" and method in _ABOUT_FROM and message.sender and message.one_author:
            domains = [value for name, value in properties if name == _ABOUT_FROM[method]]
            vouched = vouched or (len(domains) == 1 and normal_domain(domains[0]) == message.sender.domain)
    return True if vouched else None


def _read(results: Sequence[Sequence[str]]) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """Yield each result as its method, its value and its properties, names in lower case; the method comes first."""
    for words in results:
        pairs = [(name.lower(), value) for name, equals, value in (w.partition("=") for w in words) if equals]
        if pairs and words[0].partition("=")[1]:
            method, value = pairs[0]
            yield method.partition("/")[0], value.lower(), pairs[1:]


def _statements(value: str) -> list[list[str]]:
    """Split a field into its statements, and these into words such as ``dkim=pass``; comments are left out.

    The first statement has the authserv-id. An ``=`` inside quotes separates nothing, and is left out. A field that is too
    long, or ends inside quotes or a comment, says nothing.
    """
    statements: list[list[str]] = [[]]
    word, depth, quoted, escaped = "", 0, False, False
    for char in f"{value[: _LONGEST + 1]};":
        if escaped:
            escaped = False
            word += char if quoted and char != "=" else ""
        elif char == "\\" and (quoted or depth):
            escaped = True
        elif quoted:
            quoted = char != '"'
            word += char if quoted and char != "=" else ""
        elif char == "(":
            depth += 1
        elif depth:
            depth -= char == ")"
        elif char == '"':
            quoted = True
        elif char == ";" or char.isspace():
            statements[-1] += [word] if word else []
            word = ""
            if char == ";":
                statements.append([])
        else:
            word += char
    if quoted or depth or len(value) > _LONGEST:
        return [[]]
    return [_joined(words) for words in statements[:-1]]


def _joined(words: Sequence[str]) -> list[str]:
    """Join the halves of ``dkim = pass``, which may have spaces around its sign."""
    joined: list[str] = []
    for word in words:
        last = joined[-1] if joined else ""
        open_ = last.endswith("=") and "=" not in last[:-1]
        begins = word.startswith("=") and bool(last) and "=" not in last
        if open_ or begins:
            joined[-1] += word
        else:
            joined.append(word)
    return joined
