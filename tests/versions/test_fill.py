"""Prepared letters filled in."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from mailer.model.address import Mailbox
from mailer.versions import Identity, Values, Version, fill

GOLDEN = Path(__file__).parent / "golden"


def test_every_hole_is_filled_as_its_place_asks(version: Version, values: Values, identity: Identity) -> None:
    """Header fields, text, page and calendar have the same value, each encoded and escaped in its own way."""
    octets = fill(version, values, identity)
    head, _, rest = octets.partition(b"Content-Type")

    assert head.startswith(b"Date: Tue, 15 Jul 2025 04:30:05 +0200\r\nTo: =?utf-8?")
    assert (
        b"<o'd&d?x@example.org>\r\nMessage-ID: <m1@example.net>\r\nSubject: =?utf-8?q?Invitation_=3A" in head
    )
    assert head.endswith(
        b"\r\nList-Unsubscribe: <mailto:x@example.org?subject=abcdefghijklmnopqrstuvwxyz>\r\n"
    )
    assert b"\r\nabcdefghij=\r\nklmnopqrstuvwxyz\r\n" in rest
    text = rest.replace(b"=\r\n", b"")
    assert 'Mme "D\'Haëne" & <Cie>'.encode().replace("ë".encode(), b"=C3=AB") in text
    assert b"<p title=3D\"Mme &quot;D'Ha=C3=ABne&quot; &amp; <Cie>;,\\ ^&nbsp;a" in text
    assert b'>Mme "D\'Ha=C3=ABne" &amp; &lt;Cie&gt;;,\\ ^&nbsp;a' in text
    calendar = base64.b64decode(rest[rest.index(b"QkVHSU4") :]).replace(b"\r\n ", b"").decode()
    assert calendar.split("\r\n") == [
        "BEGIN:VEVENT",
        "X-É:1",
        "UID:abcdefghijklmnop\\;@example.net",
        "DTSTAMP:20250715T023005Z",
        'SUMMARY:Réunion\\, Mme "D\'Haëne" & <Cie>\\;\\,\\\\ ^ a b 🙂',
        'DESCRIPTION:Mme "D\'Haëne" & <Cie>\\;\\,\\\\ ^\u00a0a\u2003b 🙂\\nabcdefghijklmnopqrstuvwxyz',
        "ATTENDEE;CN=\"Zoé ^'D'Haëne^'\":mailto:o'd&d%3Fx@example.org",
        "END:VEVENT",
        "",
    ]


def test_a_variant_of_ones_own_is_filled_like_any_other(
    version: Version, values: Values, identity: Identity
) -> None:
    """Kept with the values, it gives the octets that it gives in the version."""
    own = Values(version.variants[0], values.texts)

    assert fill(version, own, identity) == fill(version, values, identity)
    assert fill(version, replace(values, variant=1), identity) != fill(version, values, identity)


def test_the_moment_and_the_recipient_are_those_of_the_departure(
    version: Version, values: Values, identity: Identity
) -> None:
    """One version gives another Date and DTSTAMP a second later, and another To at another address."""
    one = fill(version, values, identity)
    later = fill(version, values, replace(identity, at=datetime(2025, 7, 15, 2, 30, 6, tzinfo=UTC)))
    moved = fill(version, values, replace(identity, to=Mailbox("zoe@example.net", "")))

    assert b"04:30:06 +0200" in later
    assert b"To: <zoe@example.net>" in moved
    assert fill(version, values, identity) == one not in (later, moved)


def test_no_value_can_stand_for_the_identity(version: Version, values: Values, identity: Identity) -> None:
    """A value that is called like a part of the identity changes nothing."""
    other = Values(0, {**values.texts, "token": "other", "address": "spy@example.com"})

    assert fill(version, other, identity) == fill(version, values, identity)


def test_letters_of_old_are_still_filled_in_alike() -> None:
    """Each letter kept here gives the octets it gave when it was written; a failure means that format 1 was changed."""
    kept = sorted(GOLDEN.glob("*.json"))
    for file in kept:
        version = Version.from_bytes(file.with_suffix(".version").read_bytes())
        for letter in json.loads(file.read_text("utf-8")):
            values = Values.from_json(json.dumps(letter["values"]))
            given = letter["identity"]
            identity = Identity(
                Mailbox(given["address"], given["name"]),
                given["uid"],
                given["token"],
                given["message_id"],
                datetime.fromisoformat(given["at"]),
            )
            octets = fill(version, values, identity)
            assert hashlib.sha256(octets).hexdigest() == letter["sha256"], (file.name, given["address"])

        assert version.digest == hashlib.sha256(file.with_suffix(".version").read_bytes()).hexdigest()

    assert [file.name for file in kept] == ["every-hole.json", "sample.json"]


def test_the_golden_letters_are_of_both_kinds() -> None:
    """Among them is one with a variant of its own."""
    letters = json.loads((GOLDEN / "sample.json").read_text("utf-8"))

    assert {isinstance(letter["values"]["variant"], int) for letter in letters} == {True, False}
