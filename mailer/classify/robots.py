"""Recognise senders that are programs: mail servers, gateways, and addresses that nobody reads."""

from __future__ import annotations

from mailer.classify.patterns import wording
from mailer.model.message import IncomingMessage

_DAEMON = wording("robots", "daemon")
_NO_REPLY = wording("robots", "no_reply")
MAX_FROM = 1000
"""Characters of the From field in which the name of a server is looked for."""
_SERVER_PATHS = ("mailer-daemon", "postmaster@", "double-bounce@")


def writer(message: IncomingMessage) -> tuple[str, ...]:
    """Return the sender's address as a finding has it: alone, or nothing if there is none."""
    return (message.sender.address,) if message.sender else ()


def is_daemon(message: IncomingMessage) -> bool:
    """Return whether a mail server wrote the mail, by its name or a header that only servers write."""
    return (
        bool(_DAEMON.search(message.header("from")[:MAX_FROM].replace("_", " ")))
        or message.header("return-path").strip(" <>").lower().startswith(_SERVER_PATHS)
        or bool(message.header("x-failed-recipients"))
        or message.report_type == "delivery-status"
    )


def has_null_sender(message: IncomingMessage) -> bool:
    """Return whether the envelope sender is empty: a mail that must not be answered (RFC 5321 section 4.5.5)."""
    return message.header("return-path").replace(" ", "") == "<>"


def is_no_reply(message: IncomingMessage) -> bool:
    """Return whether the sender's address says that nobody reads it."""
    return message.sender is not None and bool(_NO_REPLY.match(message.sender.address))


def may_be_person(message: IncomingMessage) -> bool:
    """Return whether the sender may be a person: no mail server, and no address that nobody reads."""
    return message.sender is not None and not is_daemon(message) and not is_no_reply(message)


def auto_submitted(message: IncomingMessage) -> str:
    """Return the Auto-Submitted keyword (RFC 3834 section 5) in lower case; empty for ``no`` and if missing."""
    keyword = message.header("auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    return "" if keyword == "no" else keyword


def is_listed(message: IncomingMessage) -> bool:
    """Return whether a mailing list distributed the mail; its Precedence header is then the list's, not the writer's."""
    return any(
        message.header(name)
        for name in ("list-id", "list-post", "list-help", "x-beenthere", "x-mailing-list")
    )
