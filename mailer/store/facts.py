"""The written format of facts: which name each of them and each of its fields has in the ledger, and which are personal.

The names stand here and nowhere else, so that a class or field can be renamed without a change of what is stored.
docs/ledger.md explains them. A name that was written once keeps its meaning for ever; whatever changes the meaning of
something that is written gets a new name, or a new `FORMAT`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from mailer.model.contact import Contact, Origin
from mailer.model.entry import (
    Allowed,
    Announced,
    Attended,
    Confirmed,
    Delivery,
    Ended,
    Gone,
    Heard,
    Kept,
    Placed,
    Reviewed,
    Round,
)
from mailer.model.finding import Answer, CalendarLine, Finding, OptOut, Unattended, Unclear, Undeliverable
from mailer.model.meeting import Meeting
from mailer.model.outcome import Reply

FORMAT = 1
"""The number of this format, which every fact carries as `NUMBER`."""

NUMBER, KIND = "v", "is"
"""The JSON keys of the format's number, and of the name of a claim."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How values of a class are written: under which name, and their fields under which names.

    `fields` gives the written name of each attribute. `personal` has the written names of those that are kept apart
    and can be erased, and `repeated` of those whose texts are the same in many facts, so that memory is saved.
    """

    name: str
    fields: Mapping[str, str]
    personal: Collection[str] = ()
    repeated: Collection[str] = ()


SHAPES: dict[type, Shape] = {
    # -- facts -------------------------------------------------------------------------------------------------
    Delivery: Shape(
        "delivery",
        {
            "key": "key",
            "sequence": "sequence",
            "state": "state",
            "message_id": "message_id",
            "reply": "reply",
            "persons": "persons",
            "round": "round",
            "version": "version",
            "digest": "digest",
            "made_at": "made_at",
        },
        repeated=("version",),
    ),
    Heard: Shape(
        "heard",
        {
            "finding": "finding",
            "said_at": "said_at",
            "trust": "trust",
            "held": "held",
            "why": "why",
            "message_id": "message_id",
            "sender": "sender",
            "arrived_at": "arrived_at",
            "dated_at": "dated_at",
            "sender_name": "sender_name",
            "subject": "subject",
            "attachments": "attachments",
            "letter": "letter",
        },
        personal=("message_id", "sender", "sender_name", "subject", "attachments"),
    ),
    Attended: Shape("attended", {"presence": "presence", "headcount": "headcount", "place": "place"}),
    Reviewed: Shape("reviewed", {"entry": "entry", "applied": "applied"}),
    Announced: Shape(
        "announced", {"sequence": "sequence", "meeting": "meeting", "keep_answers": "keep_answers"}
    ),
    Kept: Shape("kept", {"kind": "kind", "at": "at", "messages": "messages"}),
    Placed: Shape(
        "placed",
        {
            "why": "why",
            "contact": "contact",
            "uid": "uid",
            "token": "token",
            "origin": "origin",
            "revision": "revision",
        },
        personal=("contact", "uid", "token"),
    ),
    Gone: Shape("gone", {"why": "why", "to": "to", "person": "person"}),
    Allowed: Shape("allowed", {}),
    Round: Shape(
        "round",
        {
            "kind": "kind",
            "sequence": "sequence",
            "number": "number",
            "persons": "persons",
            "version": "version",
            "line": "line",
            "not_before": "not_before",
            "again": "again",
            "parts": "parts",
        },
        personal=("line",),
    ),
    Confirmed: Shape("confirmed", {"letters": "letters"}),
    Ended: Shape("ended", {"round": "round", "dropped": "dropped"}),
    # -- claims ------------------------------------------------------------------------------------------------
    Answer: Shape(
        "answer",
        {
            "partstat": "partstat",
            "headcount": "headcount",
            "delegate": "delegate",
            "asks": "asks",
            "least": "least",
            "adults": "adults",
            "children": "children",
            "remark": "remark",
            "proxy_to": "proxy_to",
            "glance": "glance",
            "number_to_check": "number_to_check",
        },
        personal=("delegate", "remark", "proxy_to"),
    ),
    Undeliverable: Shape(
        "undeliverable",
        {"permanent": "permanent", "status": "status", "delayed": "delayed", "fault": "fault"},
    ),
    OptOut: Shape("opt-out", {}),
    Unattended: Shape("unattended", {}),
    Unclear: Shape("unclear", {"proposal": "proposal", "why": "why"}),
    # -- what facts and claims are made of -----------------------------------------------------------------------
    Finding: Shape(
        "finding",
        {
            "rule": "rule",
            "kind": "kind",
            "claim": "claim",
            "evidence": "evidence",
            "addresses": "addresses",
            "references": "references",
            "calendar": "calendar",
            "text": "text",
            "note": "note",
        },
        personal=("evidence", "addresses", "references", "text", "note"),
    ),
    CalendarLine: Shape(
        "calendar",
        {
            "method": "method",
            "uid": "uid",
            "sequence": "sequence",
            "dtstamp": "dtstamp",
            "attendee": "attendee",
            "comment": "comment",
            "sent_by": "sent_by",
            "delegated_to": "delegated_to",
            "delegated_from": "delegated_from",
            "recurrence_id": "recurrence_id",
            "request_status": "request_status",
            "proposed_starts": "proposed_starts",
            "proposed_ends": "proposed_ends",
        },
        personal=(
            "uid",
            "attendee",
            "comment",
            "sent_by",
            "delegated_to",
            "delegated_from",
            "request_status",
        ),
    ),
    Reply: Shape(
        "reply", {"stage": "stage", "code": "code", "text": "text"}, personal=("text",), repeated=("text",)
    ),
    Meeting: Shape(
        "meeting",
        {
            "title": "title",
            "starts": "starts",
            "ends": "ends",
            "zone": "zone",
            "place": "place",
            "description": "description",
            "agenda": "agenda",
            "room": "room",
            "url": "url",
            "all_day": "all_day",
            "cancelled": "cancelled",
        },
    ),
    Contact: Shape(
        "contact",
        {
            "email": "email",
            "civility": "civility",
            "first_name": "first_name",
            "last_name": "last_name",
            "organisation": "organisation",
            "function": "function",
            "language": "language",
            "groups": "groups",
            "fields": "fields",
            "origin": "origin",
            "other_addresses": "other_addresses",
        },
        repeated=("civility", "organisation", "language"),
    ),
    Origin: Shape("origin", {"file": "file", "line": "line", "sheet": "sheet"}, repeated=("file", "sheet")),
}
"""Everything of a `Contact` is personal where it stands in a fact: it is a personal field there."""
