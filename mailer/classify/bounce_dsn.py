"""Read delivery status notifications (RFC 3464), including the malformed ones of common mail servers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mailer.classify import reasons, returned, robots
from mailer.model.finding import Finding, MailKind, Unattended, Undeliverable
from mailer.model.message import IncomingMessage, Said

RULE = "bounce_dsn"
MAX_RECIPIENTS = 100
MAX_VALUE = 2000
"""Characters of a field that are read; no address and no reason of a server is longer."""

_FIELD = re.compile(
    r"(?i)^[> \t]*+(reporting-mta|original-envelope-id|arrival-date|received-from-mta|dsn-gateway"
    r"|original-recipient|final-recipient|action|status|remote-mta|diagnostic-code|last-attempt-date|final-log-id"
    r"|will-retry-until|x-[a-z0-9-]{1,60})[ \t]*:[ \t]*(.*)$"
)
_ONCE = frozenset({"final-recipient", "action", "status"})
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_ADDRESS = re.compile(r"(?:\"[^\"]+\"|(?<![^\s<>;,()\"])[^\s<>;,()\"]+)@[^\s<>;,()\"]+")
_XTEXT = re.compile(r"\+(2B|3D)")

Fields = dict[str, str]


def read(message: IncomingMessage, said: Said) -> Finding | None:
    """Read a delivery report from its message/delivery-status part or from its fields in the text."""
    text = _report_text(message, said)
    blocks = parse(text) if text else []
    wanted = _outcome(blocks)
    if not wanted:
        return None
    action, concerned = wanted
    notice, below = returned.split(returned.own_text(message))
    addresses = tuple(dict.fromkeys(filter(None, map(recipient, concerned))))
    if not addresses:
        addresses = returned.recipients(message, below)[:1] if message.enclosed_headers or below else ()
    envelope_ids = (block["original-envelope-id"] for block in blocks if "original-envelope-id" in block)
    references = (*returned.references(message, below), *envelope_ids)
    evidence = _evidence(concerned[0])
    if action == "delivered":
        return Finding(RULE, MailKind.OTHER, Unattended(), evidence, addresses, references)
    claim = _verdict(concerned[0], notice, delayed=action == "delayed")
    return Finding(RULE, MailKind.BOUNCE, claim, evidence, addresses, references)


def _report_text(message: IncomingMessage, said: Said) -> str:
    """Return the text of the report: its own part, a wrapped report, or its three main fields in plain text.

    InterScan sends the notification inside another message; Amazon WorkMail and old gateways write it as text.
    """
    parts = [
        part
        for part in message.parts
        if part.content_type in ("message/delivery-status", "message/global-delivery-status")
    ]
    outside = [part for part in parts if not part.enclosed]
    if outside:
        return "\n\n".join(part.text for part in outside)
    if parts and (robots.is_daemon(message) or not (said.text.strip() or returned.own_text(message).strip())):
        return "\n\n".join(part.text for part in parts[:1])
    text = returned.own_text(message)
    present = all(
        re.search(rf"(?im)^[> \t]*+{name}[ \t]*:", text) for name in ("final-recipient", "action", "status")
    )
    return text if present else ""


def parse(text: str) -> list[Fields]:
    """Split a report into blocks of fields: the message's own, then one for each recipient.

    A block ends at a blank line, or where a field that a block has once occurs again (some servers omit the blank
    line, others add one too many). A line that is no field continues the previous one.
    """
    blocks: list[Fields] = [{}]
    name = ""
    for line in text.splitlines():
        if found := _FIELD.match(line):
            name = found.group(1).lower()
            if name in _ONCE and name in blocks[-1]:
                blocks.append({})
            blocks[-1].setdefault(name, found.group(2)[:MAX_VALUE].strip())
        elif not line.strip("> \t"):
            name = ""
            if blocks[-1] and len(blocks) < MAX_RECIPIENTS:
                blocks.append({})
        elif name and len(blocks[-1][name]) < MAX_VALUE:
            blocks[-1][name] = f"{blocks[-1][name]} {line[:MAX_VALUE].strip()}".strip()
    return _joined(blocks)


def _joined(blocks: list[Fields]) -> list[Fields]:
    """Join neighbouring blocks that are halves of one: one names the recipient, the other has the result."""
    whole: list[Fields] = []
    for block in blocks:
        known, new = (_ONCE & whole[-1].keys(), _ONCE & block.keys()) if whole else (frozenset(), frozenset())
        if known and new and not known & new:
            whole[-1] = {**block, **whole[-1]}
        else:
            whole.append(block)
    return whole


def _outcome(blocks: list[Fields]) -> tuple[str, list[Fields]] | None:
    """Return the action of the report and the blocks with it; failures count before delays, and delays before deliveries."""
    by_action: dict[str, list[Fields]] = {}
    for block in blocks:
        if _ONCE & block.keys():
            by_action.setdefault(_action(block), []).append(block)
    return next(
        ((action, by_action[action]) for action in ("failed", "delayed", "delivered") if action in by_action),
        None,
    )


def _action(block: Mapping[str, str]) -> str:
    """Return the Action (RFC 3464 section 2.3.3), derived from Status where OpenSMTPD writes ``error``."""
    word = block.get("action", "").split("(")[0].strip(" \t;.").lower()
    if word in ("failed", "failure", "error", "undeliverable", "bounced", "expired"):
        return "failed"
    if word in ("delayed", "deferred", "warning"):
        return "delayed"
    if word in ("delivered", "relayed", "expanded", "deliverable"):
        return "delivered"
    return {"2": "delivered", "5": "failed"}.get(
        block.get("status", "")[:1], "failed" if "status" in block else ""
    )


def recipient(block: Mapping[str, str]) -> str:
    """Return the address a block is about: Original-Recipient, as we wrote it, else Final-Recipient."""
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        value = block.get(name, "")
        address = _ADDRESS.search(
            _XTEXT.sub(lambda found: chr(int(found.group(1), 16)), value.partition(";")[2] or value)
        )
        if address:
            return address.group().rstrip(".")
    return ""


def _verdict(block: Mapping[str, str], notice: str, *, delayed: bool) -> Undeliverable:
    """Choose the more precise of Status and Diagnostic-Code (RFC 3464 sections 2.3.4 and 2.3.6)."""
    diagnostic = block.get("diagnostic-code", "")
    found = _STATUS.search(block.get("status", ""))
    stated = found.group() if found else ""
    status = next((code for code in _codes(stated, diagnostic, notice) if not reasons.is_vague(code)), stated)
    severity = (status or stated)[:1] or reasons.reply_class(diagnostic) or ("4" if delayed else "5")
    words = diagnostic or notice
    return Undeliverable(
        permanent=severity == "5" and not delayed,
        status=status or reasons.derived_status(words, severity),
        delayed=delayed,
        fault=reasons.fault(status, words),
    )


def _codes(stated: str, diagnostic: str, notice: str) -> Iterator[str]:
    """Yield the status codes, the remote server's own first: Sendmail turns ``450 4.7.1`` into 4.4.7 when it gives up."""
    yield reasons.enhanced_reply(diagnostic)
    yield stated
    yield reasons.enhanced_status(diagnostic)
    yield reasons.enhanced_status(notice)


def _evidence(block: Mapping[str, str]) -> str:
    shown = ("action", "status", "diagnostic-code")
    return "; ".join(f"{name}: {' '.join(block[name].split())}" for name in shown if block.get(name))[:300]
