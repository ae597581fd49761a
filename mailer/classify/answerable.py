"""Decide which mails may get an automatic acknowledgement (RFC 3834 section 2): only those surely written by a person."""

from __future__ import annotations

import re
from collections.abc import Collection

from mailer.classify import auto_reply, robots
from mailer.model.address import normal
from mailer.model.message import IncomingMessage, Said

_PLAIN_ID = re.compile(r"<[!-;=?-~]{3,200}@[!-;=?-~]{1,200}>")
_ROLES = re.compile(r"(?:owner-.*|.*-(?:request|owner|bounces?)|listserv|majordomo|abuse|root)@")
_PRECEDENCE = frozenset({"bulk", "list", "junk", "auto_reply", "first-class-bulk"})


def answerable(message: IncomingMessage, own: Collection[str]) -> str:
    """Return the Message-ID to acknowledge, with its angle brackets; empty if no automatic mail may be sent.

    `own` are our own addresses in normal form, so that two installations, or one and itself, do not answer each
    other.
    """
    sender = normal(message.sender.address) if message.sender else ""
    refused = (
        not sender
        or sender in own
        or any(normal(box.address) in own for box in message.reply_to)
        or bool(_ROLES.match(sender))
        or not robots.may_be_person(message)
        or bool(robots.auto_submitted(message))
        or robots.has_null_sender(message)
        or robots.is_listed(message)
        or bool(message.header("list-unsubscribe"))
        or message.header("precedence").strip().lower() in _PRECEDENCE
        or auto_reply.read(message, Said()) is not None
        or bool(message.defect)
    )
    return message.message_id if not refused and _PLAIN_ID.fullmatch(message.message_id) else ""
