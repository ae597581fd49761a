"""Find the mail that somebody forwarded: attached, or written out below a heading that names its sender."""

from __future__ import annotations

import re

from mailer.inbox.new_text.from_html import from_html
from mailer.inbox.new_text.heading import FORWARDED, Role, announces_forwarding, headings, shown
from mailer.inbox.new_text.lines import MarkedBody, MarkedLine, from_plain
from mailer.inbox.new_text.quotation import indentation_decided
from mailer.mime import read_addresses
from mailer.model.address import Mailbox, normal
from mailer.model.message import IncomingMessage, Part

_SUBJECT = re.compile(
    r"\s*(?:tr|fwd?|wg|doorst|rv|i|enc|vb|vs|pd|tfr|transf(?:ert)?)\s*(?:\[\d+\])?\s*:", re.IGNORECASE
)
_MARK = re.compile(r"^> ?", re.MULTILINE)


def forwarded(message: IncomingMessage) -> IncomingMessage | None:
    """Return the mail of somebody else that a mail forwards, as far as it is shown; None if it forwards none.

    A mail to which the writer answers is none, and neither is one of the address that they write to.
    """
    inner = message.forwarded or _written_out(message)
    if inner is None or inner.sender is None:
        return None
    ours = {normal(address) for address in message.recipients}
    return None if normal(inner.sender.address) in ours else inner


def _written_out(message: IncomingMessage) -> IncomingMessage | None:
    parts = [part for part in message.parts if not part.attachment and not part.enclosed]
    plain = "\n\n".join(part.text for part in parts if part.content_type == "text/plain")
    page = "<br><br>".join(part.text for part in parts if part.content_type == "text/html")
    told = bool(_SUBJECT.match(message.subject))
    if not told and not FORWARDED.search(plain or page):
        return None
    lines = (from_plain(plain), from_plain(_MARK.sub("", plain))) if plain.strip() else (from_html(page),)
    return next(filter(None, (_below_heading(each, said=told) for each in lines)), None)


def _below_heading(lines: list[MarkedLine], *, said: bool) -> IncomingMessage | None:
    """Return the mail below the first heading; `said`: the subject tells that it was forwarded."""
    body = MarkedBody.of(indentation_decided(lines))
    for heading in headings(body):
        values = shown(body, heading)
        said = said or announces_forwarding(body, heading)
        if Role.FROM not in values:
            continue  # "Forwarded message" on a line of its own, above the fields
        writer = _writer(values[Role.FROM])
        if writer is None or not said:
            return None
        text = "\n".join(line.text for line in body.lines[heading[1] :]).strip()
        part = Part("text/plain", text.encode(), text)
        return IncomingMessage(sender=writer, subject=values.get(Role.SUBJECT, ""), parts=(part,))
    return None


def _writer(value: str) -> Mailbox | None:
    """Return the mailbox of a From line, in which programs write the address in brackets of any kind."""
    plain = re.sub(
        r"\[mailto:([^\]]*)\]|\(([^()\s]+@[^()\s]+)\)", lambda found: f"<{found[1] or found[2]}>", value
    )
    plain = re.sub(r"<mailto:([^>]*)>", r"<\1>", plain).replace("*", "").strip()
    return next((one for one in read_addresses(plain) if "@" in one.address), None)
