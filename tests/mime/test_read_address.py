"""Addresses in headers: who is named, and who only seems to be."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mime.read_address import MAX_ADDRESSES, read_addresses


@pytest.mark.parametrize(
    ("value", "addresses"),
    [
        pytest.param("a@example.org", ["a@example.org"], id="bare"),
        pytest.param("a@example.org (Paul)", ["a@example.org"], id="with a comment"),
        pytest.param('"Martin, Paul" <a@example.org>', ["a@example.org"], id="comma in a quoted name"),
        pytest.param(
            "Martin Paul <a@example.org>, b@example.org", ["a@example.org", "b@example.org"], id="two"
        ),
        pytest.param("alice@example.org]<bob@example.com>", ["bob@example.com"], id="CVE-2023-27043"),
        pytest.param(
            "=?utf-8?q?evil=40x.example?= <real@example.org>", ["real@example.org"], id="address as a name"
        ),
        pytest.param(
            '"evil@x.example" <real@example.org>', ["real@example.org"], id="address as a quoted name"
        ),
        pytest.param("Groupe: a@example.org, b@example.org;", ["a@example.org", "b@example.org"], id="group"),
        pytest.param("<@relay.example:a@example.org>", ["a@example.org"], id="source route"),
        pytest.param('"a b"@example.org', ['"a b"@example.org'], id="quoted local part"),
        pytest.param("MAILER-DAEMON", [], id="no domain"),
        pytest.param("undisclosed-recipients:;", [], id="empty group"),
        pytest.param("(" * 5000 + "a@example.org", [], id="nested comments"),
        pytest.param("hélène@exemple.example", ["hélène@exemple.example"], id="raw 8-bit"),
    ],
)
def test_addresses(value: str, addresses: list[str]) -> None:
    """The addresses are those mail would go to."""
    assert [mailbox.address for mailbox in read_addresses(value)] == addresses


def test_name() -> None:
    """A name loses its quoting and encoding."""
    mailbox = read_addresses('"=?utf-8?q?H=C3=A9l=C3=A8ne?= \\"Nell\\" D." <h@example.org>')[0]

    assert mailbox.name == 'Hélène "Nell" D.'


def test_bound() -> None:
    """Thousands of addresses are not read to the end."""
    assert len(read_addresses("a@example.org," * 5000)) == MAX_ADDRESSES


@given(st.text(max_size=300))
def test_any_text(value: str) -> None:
    """No text makes reading fail, and an address has one @ outside quotes."""
    for mailbox in read_addresses(value):
        assert mailbox.address.rpartition("@")[2]
