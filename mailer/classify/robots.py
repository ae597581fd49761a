"""Who writes without being a person: mail servers and gateways, by the name they give themselves."""

from __future__ import annotations

from mailer.classify.patterns import any_of
from mailer.model.message import IncomingMessage

# The local part or display name of a mail server, with "_" read as a space. "System Administrator" is Exchange's.
_DAEMON = any_of(
    r"(?:mailer|mail|m)[-. ]?daemon",
    r"poo?st[-. ]?master",
    r"mail[-. ]?deliver(?:y)?",
    r"mail[-. ]?(?:system|service|robot|administrator|gateway|server)",
    r"system[-. ]?administrat(?:or|eur)",
    r"administrateur[-. ]?syst[èe]me",
    r"smtp[-. ]?(?:mail|service|gateways?|server)",
    r"gateway[-. ]?(?:antivirus|admin)",
    r"interscan|imss",
    r"robot",
    r"MicrosoftExchange[0-9a-f]{20,}",
    start=r"\b",
    end=r"\b",
)
_NO_REPLY = any_of(
    r"(?:no|do[-_.]?not|ne[-_.]?pas|nicht|non)[-_.]?(?:reply|repondre|antworten)\b", start=r"\A"
)
_SERVER_PATHS = ("mailer-daemon", "postmaster@", "double-bounce@")


def is_daemon(message: IncomingMessage) -> bool:
    """Whether a mail server says that it wrote this: by its name, or by a header that only it writes."""
    return (
        bool(_DAEMON.search(message.header("from").replace("_", " ")))
        or message.header("return-path").strip(" <>").lower().startswith(_SERVER_PATHS)
        or bool(message.header("x-failed-recipients"))
        or message.report_type == "delivery-status"
    )


def has_null_sender(message: IncomingMessage) -> bool:
    """Whether the envelope sender was empty: a mail that must not be answered, RFC 5321 section 4.5.5."""
    return message.header("return-path").replace(" ", "") == "<>"


def is_no_reply(message: IncomingMessage) -> bool:
    """Whether the sender's address says that nobody reads it."""
    return message.sender is not None and bool(_NO_REPLY.match(message.sender.address))


def may_be_person(message: IncomingMessage) -> bool:
    """Whether the sender is somebody, and no server or address that nobody reads."""
    return message.sender is not None and not is_daemon(message) and not is_no_reply(message)


def auto_submitted(message: IncomingMessage) -> str:
    """The Auto-Submitted keyword, RFC 3834 section 5, in lower case; empty for ``no`` and for none."""
    keyword = message.header("auto-submitted").partition(";")[0].partition("(")[0].strip().lower()
    return "" if keyword == "no" else keyword


def is_listed(message: IncomingMessage) -> bool:
    """Whether a mailing list passed it on: what it says of precedence is then the list's, not the writer's."""
    return any(
        message.header(name)
        for name in ("list-id", "list-post", "list-help", "x-beenthere", "x-mailing-list")
    )
