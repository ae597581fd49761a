"""Recognise spam complaints in the Abuse Reporting Format (RFC 5965): somebody pressed "this is spam"."""

from __future__ import annotations

import re

from mailer.classify import returned
from mailer.model.finding import Finding, MailKind, OptOut, Unattended
from mailer.model.message import IncomingMessage, Said

RULE = "complaint"

_TYPE = re.compile(r"(?im)^Feedback-Type[ \t]*:[ \t]*([a-z-]+)")
_RECIPIENT = re.compile(r"(?im)^(?:Original-Rcpt-To|Removal-Recipient|Redacted-Address)[ \t]*:[ \t]*([^\n]*)")
_MEANT = frozenset({"abuse", "fraud", "opt-out", "opt-out-list", "other", "complaint"})


def read(message: IncomingMessage, said: Said) -> Finding | None:  # noqa: ARG001  all rules have the same signature
    """Read a feedback report as an opt-out; anybody can forge one, so it needs one of our tokens to be matched."""
    report = returned.report(message, "message/feedback-report")
    if not report and message.report_type != "feedback-report":
        return _hotmail(message)
    found = _TYPE.search(report)
    feedback_type = found.group(1).lower() if found else "abuse"
    named = [address for value in _RECIPIENT.findall(report) for address in returned.ADDRESS.findall(value)]
    addresses = tuple(dict.fromkeys(named)) or returned.recipients(message, "")
    references = returned.references(message, returned.own_text(message))
    claim = OptOut() if feedback_type in _MEANT else Unattended()
    kind = MailKind.UNSUBSCRIBE if feedback_type in _MEANT else MailKind.OTHER
    return Finding(RULE, kind, claim, f"Feedback-Type: {feedback_type}", addresses, references)


def _hotmail(message: IncomingMessage) -> Finding | None:
    """Recognise Hotmail's Junk Mail Reporting: only the returned message, with headers of its own."""
    returned_headers = dict(message.enclosed_headers[0]) if message.enclosed_headers else {}
    recipient = returned_headers.get("x-hmxmroriginalrecipient", "")
    if not recipient:
        return None
    addresses = tuple(returned.ADDRESS.findall(recipient))
    references = returned.references(message)
    return Finding(RULE, MailKind.UNSUBSCRIBE, OptOut(), message.subject, addresses, references)
