"""Which mails a program may answer by itself, RFC 3834 section 2: none of which it is not sure that a person wrote it."""

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
    """The Message-ID to acknowledge, with its angle brackets; empty where nothing may be sent by itself.

    `own` are our own addresses in their normal form: two programs must not talk to each other, nor one to itself.
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
