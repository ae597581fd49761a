"""Charsets, transfer encodings and encoded-words in whatever state."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.mime.read_text import decode, decode_words, unwrap


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param("=?utf-8?q?R=C3=A9union_publique?=", "Réunion publique", id="q"),
        pytest.param("=?UTF-8?B?UsOpdW5pb24=?=", "Réunion", id="b"),
        pytest.param("=?utf-8?b?w6k?= =?utf-8?b?w6k?=", "éé", id="adjacent words join"),
        pytest.param("=?utf-8?q?=C3?= =?utf-8?q?=A9?=", "é", id="a character split between words"),
        pytest.param("=?utf-8*fr?q?=C3=A9t=C3=A9?=", "été", id="with a language"),
        pytest.param("Re: =?iso-8859-1?Q?=E9t=E9?= (2)", "Re: été (2)", id="in the middle"),
        pytest.param("=?nonsense?q?abc?=", "abc", id="unknown charset"),
        pytest.param("=?utf-8?b?w6k", "=?utf-8?b?w6k", id="unclosed"),
        pytest.param("=?utf-8?q?=C3=A9?==?iso-8859-1?q?=E9?=", "éé", id="two charsets without a space"),
    ],
)
def test_encoded_words(value: str, text: str) -> None:
    """Header values come out as people see them."""
    assert decode_words(value) == text


@given(st.text(max_size=200))
def test_any_value(value: str) -> None:
    """No header value makes decoding fail."""
    decode_words(value)


@given(st.binary(max_size=200), st.text(max_size=20))
def test_any_charset(content: bytes, charset: str) -> None:
    """No octets under any charset name make decoding fail."""
    assert isinstance(decode(content, charset), str)


@given(st.binary(max_size=200), st.sampled_from(["base64", "quoted-printable", "8bit", "x-uuencode", ""]))
def test_any_transfer_encoding(content: bytes, encoding: str) -> None:
    """No octets under any transfer encoding make unwrapping fail."""
    assert isinstance(unwrap(content, encoding), bytes)
