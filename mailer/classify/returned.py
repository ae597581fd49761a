"""Find the returned message inside a bounce, and the identifiers in it that lead to an invitation."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailer.classify import robots
from mailer.model.invitation import TOKEN
from mailer.model.message import IncomingMessage

MAX_NOTICE = 32 * 1024
MAX_LINE = 2000

_ADDRESS = r"(?:\"[^\"\s@]{1,64}\"|[^\s@<>()\[\],;:\"'|=]{1,64})@[^\s@<>()\[\],;:\"'|=/\\?!]{1,253}"
ADDRESS = re.compile(_ADDRESS)
MESSAGE_ID = re.compile(r"<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")

_TAGS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?is)<(style|script|title)\b.*?(?:</\1>|\Z)"), " "),
    (re.compile(r"(?i)<wbr\b[^<>]{0,20}>|&(?:shy|#173|#8203);|[\u00ad\u200b]"), ""),
    (re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]{0,200}>"), "\n"),
    (re.compile(rf"<(?!{_ADDRESS}>)[^<>]{{0,2000}}>"), " "),
    (re.compile(r"(?i)&(?:nbsp|#160);"), " "),
    (re.compile(r"(?i)&(?:lt|#60);"), "<"),
    (re.compile(r"(?i)&(?:gt|#62);"), ">"),
    (re.compile(r"(?i)&(?:quot|#34|#39|apos);"), "'"),
    (re.compile(r"(?i)&(?:amp|#38);"), "&"),
)

# The line that separates the notice from the returned message: an announcement, or the first header.
_BREAK = re.compile(
    r"(?im)^[ \t>*=]*+(?:"
    r"-{2,}+[ \t]*+[^\n]{0,60}?\b(?:original\w*|returned|unsent|undelivered|copy|below)\b"
    r"|-*+[ \t]*+(?:below|included|here)\b[^\n]{0,40}?\b(?:copy|original)\b"
    r"|-*+[ \t]*+(?:the )?(?:original|first|header|text|returned|unsent|following)\b[^\n]{0,60}?\bfollow(?:s|ing)?\b"
    r"|-*+[ \t]*+(?:original|old|returned|unsent) (?:e?-?mail|message)[ \t:*-]{0,12}$"
    r"|-*+[ \t]*+(?:message d['’]origine|begin forwarded message|mensaje original|urspr[üu]ngliche nachricht)"
    r")[^\n]{0,80}$"
    r"|^[ \t]*+(?:Received:[ ]?(?:from|by|\()|Return-Path:[ ]?<|DKIM-Signature:|X-Google-Smtp-Source:|X-Originating-IP:)"
)
_UID = re.compile(r"(?im)^UID(?:;[^:\n]*)?:([^\r\n]{1,255}(?:\r?\n[ \t][^\r\n]{1,255})*)")
ID_SPOKEN_OF = re.compile(r"(?i)\bmessage-?id\b[ \t:=]*\s?<[^<>\s]{3,500}>")
"""A Message-ID in running text, which looks like an address but is none."""
_ID_FIELD = re.compile(r"(?im)^[ \t>]*(?:Message-Id|In-Reply-To)[ \t]*:\s*(<[^<>\s]{3,500}>)")
_RECIPIENT_FIELD = re.compile(
    rf"(?im)^[ \t>]*(?:To|Cc|X-Original-To|Delivered-To)[ \t]*:[^\n]{{0,200}}?<?({_ADDRESS})"
)
_SENDER_FIELD = re.compile(
    rf"(?im)^[ \t>]*(?:From|Sender|Return-Path|Reply-To|MAIL FROM)[ \t]*:[^\n]{{0,200}}?<?({_ADDRESS})"
)


def own_text(message: IncomingMessage) -> str:
    """Return the text of a notice: its plain parts, else its HTML parts without tags, outside any returned message."""
    outside = [part for part in message.parts if not part.enclosed]
    text = "\n".join(part.text[:MAX_NOTICE] for part in outside if part.content_type == "text/plain")
    if not text.strip():
        text = "\n".join(
            _without_tags(part.text[: 4 * MAX_NOTICE]) for part in outside if part.content_type == "text/html"
        )
    text = text[:MAX_NOTICE]
    if max(map(len, text.split("\n"))) <= MAX_LINE:
        return text
    return "\n".join(line[:MAX_LINE] for line in text.split("\n"))


def report(message: IncomingMessage, content_type: str) -> str:
    """Return the text of the first part of this type."""
    found = (part.text[:MAX_NOTICE] for part in message.parts if part.content_type == content_type)
    return next(found, "")


def strangers(message: IncomingMessage, text: str) -> tuple[str, ...]:
    """Return the addresses in a text that are neither the sender's nor ours."""
    known = {address.lower() for address in (*message.recipients, *robots.writer(message))}
    named = (one.rstrip(".") for one in ADDRESS.findall(text))
    return tuple(one for one in dict.fromkeys(named) if one.lower() not in known)


def _without_tags(html: str) -> str:
    for pattern, replacement in _TAGS:
        html = pattern.sub(replacement, html)
    return html.replace("\xa0", " ")


def split(text: str) -> tuple[str, str]:
    """Split a text into the notice and the message it returns below."""
    for found in _BREAK.finditer(text):
        if text[: found.start()].strip():
            return text[: found.start()], text[found.start() :]
    return text, ""


def references(message: IncomingMessage, *texts: str) -> tuple[str, ...]:
    """Return identifiers of the returned message: its Message-ID, our tokens, and the UID of its calendar."""
    found: list[str] = []
    spots = list(texts)
    for headers in message.enclosed_headers:
        for name, value in headers:
            if name in ("message-id", "resent-message-id"):
                found += MESSAGE_ID.findall(value)
            spots.append(value)
    for part in message.parts:
        if part.enclosed:
            spots.append(part.text[:MAX_NOTICE])
            if part.content_type == "text/calendar":
                found += [re.sub(r"\s", "", uid) for uid in _UID.findall(part.text)]
    for text in spots:
        found += TOKEN.findall(text.replace("%20", " "))
    for text in texts:
        found += _ID_FIELD.findall(text)
    return tuple(dict.fromkeys((*found, *message.references)))


def recipients(message: IncomingMessage, text: str) -> tuple[str, ...]:
    """Return the recipients of the returned message."""
    found = _field(message, ("to", "cc", "x-original-to")) or _RECIPIENT_FIELD.findall(text)
    return tuple(dict.fromkeys(found))


def senders(message: IncomingMessage, text: str) -> frozenset[str]:
    """Return the senders of the returned message in lower case; delivery never failed to these."""
    found = [*_field(message, ("from", "sender", "return-path", "reply-to")), *_SENDER_FIELD.findall(text)]
    return frozenset(address.lower() for address in found)


def _field(message: IncomingMessage, names: Iterable[str]) -> list[str]:
    wanted = frozenset(names)
    return [
        address
        for headers in message.enclosed_headers[:1]
        for name, value in headers
        if name in wanted
        for address in ADDRESS.findall(value)
    ]
