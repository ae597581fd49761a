"""Secrets in the words of others."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.model.loopback import is_loopback
from mailer.model.redaction import HIDDEN, Redaction, has_control

WORD = 'Zq7"plä\\nted word'


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (f"wrong: {WORD}!", f"wrong: {HIDDEN}!"),
        (f"{WORD[:7]}… is wrong", f"{HIDDEN}… is wrong"),
        ('ZQ7"PLÄ\\NTED WORD', HIDDEN),
        ('LOGIN "u" "Zq7\\"plä\\\\nted word"', f'LOGIN "u" "{HIDDEN}"'),
        ("nothing of it", "nothing of it"),
        ("Straße, İstanbul", "Straße, İstanbul"),
        ("", ""),
    ],
)
def test_what_is_hidden(said: str, shown: str) -> None:
    """The secret, a part of it, and what protocols make of it; other words stay as they are."""
    assert Redaction(WORD).of(said) == shown


@given(st.text(min_size=4, max_size=40), st.text(max_size=20), st.text(max_size=20), st.integers(0, 5))
def test_no_secret_survives(secret: str, before: str, after: str, octets: int) -> None:
    """Wherever it stands, and behind whatever octets it was put into base64."""
    hidden = Redaction(secret)

    assert secret not in hidden.of(before + secret + after)
    written = base64.b64encode(bytes(octets) + secret.encode("utf-8", "surrogatepass")).decode()
    assert (
        written not in hidden.of(f"{before} {written} {after}")
        or len(secret.encode("utf-8", "surrogatepass")) < 4
    )


@given(st.text(alphabet="abcdefgh ", max_size=60))
def test_other_words_stay(said: str) -> None:
    """A text that shares no run with the secret is left as it is; so is every text where there is no secret."""
    assert Redaction("ZQ7-1234567").of(said) == said
    assert Redaction("").of(said) == said
    assert Redaction().of(said) == said


def test_a_short_secret_is_hidden_too() -> None:
    """One of two signs is hidden where it stands."""
    assert Redaction("x1").of("no x1 here, 1x") == f"no {HIDDEN} here, 1x"


@pytest.mark.parametrize(
    ("text", "control"),
    [("é ~\"\\'", False), ("a\rb", True), ("a\0", True), ("\udc80", True), ("\u2029", True)],
)
def test_control_characters(text: str, control: bool) -> None:
    """Line ends, NUL and half characters; not spaces, quotation marks and accents."""
    assert has_control(text) is control


@pytest.mark.parametrize("address", ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "::1%lo"])
def test_loopback(address: str) -> None:
    """Every form of a loopback address."""
    assert is_loopback(address)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "::",
        "192.0.2.1",
        "::ffff:192.0.2.1",
        "127.0.0.1.example",
        "localhost",
        "128.0.0.1",
        "fe80::1",
        "",
        "2130706433",
    ],
)
def test_no_loopback(address: str) -> None:
    """Addresses of others, of no machine, and names, whatever they begin with."""
    assert not is_loopback(address)
