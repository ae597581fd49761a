"""Test the JSON of ``mailer inspect``."""

from __future__ import annotations

from mailer.jobs.inspect import inspect, to_object
from mailer.model.finding import Answer, Claim, Finding, MailKind, PartStat, Unclear

BOUNCE = (
    b"From: MAILER-DAEMON@x.example\nSubject: failure notice\n\n<paul@example.org>:\nno such user. (#5.1.1)\n"
)
REPLY = (
    b"From: m@example.org\nContent-Type: text/calendar\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:u1\n"
    b"SEQUENCE:1\nATTENDEE;PARTSTAT=ACCEPTED;X-NUM-GUESTS=1:mailto:m@example.org\nEND:VEVENT\nEND:VCALENDAR\n"
)


def test_bounce() -> None:
    """A bounce shows address, permanence and code."""
    shown = to_object("a.eml", inspect(BOUNCE))

    assert shown["kind"] == "bounce"
    assert (shown["address"], shown["addresses"]) == ("paul@example.org", ["paul@example.org"])
    assert (shown["permanent"], shown["diagnosis"], shown["fault"]) == (True, "5.1.1", "address")
    assert shown["status"] is None


def test_calendar_answer() -> None:
    """An answer shows status, attendee, UID, sequence and how many come."""
    shown = to_object("a.eml", inspect(REPLY))

    assert (shown["path"], shown["kind"], shown["status"]) == ("a.eml", "calendar-reply", "accepted")
    assert (shown["address"], shown["uid"], shown["sequence"], shown["party_size"]) == (
        "m@example.org",
        "u1",
        1,
        2,
    )


def test_what_an_answer_says_besides() -> None:
    """Range, adults, children, remark, proxy, and whether it is to be looked over; of no answer all are null."""
    names = ("party_size", "party_range", "adults", "children", "remark", "proxy_to", "glance")
    said = Answer(
        PartStat.ACCEPTED, 4, least=3, adults=2, children=2, remark="en retard", proxy_to="Mme Roy", asks=True
    )

    def shown(claim: Claim) -> list[object]:
        found = to_object("a.eml", Finding("rule", MailKind.REPLY, claim))
        return [found[name] for name in names]

    assert shown(said) == [4, "3-4", 2, 2, "en retard", "Mme Roy", True]
    assert shown(Answer(PartStat.ACCEPTED, 4, least=4)) == [4, None, None, None, None, None, False]
    assert shown(Unclear(said)) == [None] * 7


def test_anything() -> None:
    """What is no mail at all is still one object."""
    assert to_object("x", inspect(b"\x00\xff"))["kind"] in ("reply", "other")
