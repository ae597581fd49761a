"""The written format of prepared letters."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer.errors import UserError
from mailer.versions import Escape, Form, Hole, Name, Values, Variant, Version

NAMES = st.builds(
    lambda name, escape, part: Name(name, escape, *part),
    st.text(max_size=5),
    st.sampled_from(Escape),
    st.one_of(st.just(()), st.tuples(st.integers(0, 9), st.integers(0, 9))),
)
WORDS = st.lists(st.one_of(st.text(max_size=5), NAMES), max_size=3).map(tuple)
PLAIN = st.one_of(st.integers(0, 3), st.binary(max_size=9))


def holes(inside: st.SearchStrategy[object]) -> st.SearchStrategy[Hole]:
    """Holes of every form."""
    items = st.lists(inside, max_size=3).map(tuple)
    return st.builds(Hole, st.sampled_from(Form), WORDS, st.text(max_size=5), items)


ITEMS = st.lists(st.recursive(PLAIN, holes, max_leaves=5), max_size=5).map(tuple)
VARIANTS = st.builds(Variant, ITEMS, st.text(max_size=5))


@given(st.lists(st.binary(max_size=20), max_size=4).map(tuple), st.lists(VARIANTS, max_size=3).map(tuple))
def test_a_version_is_read_as_it_was_written(
    pieces: tuple[bytes, ...], variants: tuple[Variant, ...]
) -> None:
    """Reading gives what was written, and writing it again the same octets."""
    version = Version(pieces, variants)
    read = Version.from_bytes(version.to_bytes())

    assert (read.pieces, read.variants, read.digest) == (pieces, variants, version.digest)


@given(st.one_of(st.integers(0, 9), VARIANTS), st.dictionaries(st.text(max_size=5), st.text(max_size=9)))
def test_values_are_read_as_they_were_written(variant: int | Variant, texts: dict[str, str]) -> None:
    """Reading gives what was written."""
    values = Values(variant, texts)

    assert Values.from_json(values.to_json()) == values
    assert values.personal is isinstance(variant, Variant)


def test_the_digest_is_of_all_that_a_version_holds(version: Version) -> None:
    """Another piece, another variant, and another envelope sender give other digests."""
    first = version.variants[0]
    others = [
        Version((*version.pieces, b""), version.variants),
        Version(version.pieces, version.variants[:1]),
        Version(version.pieces, (replace(first, envelope_from=""), *version.variants[1:])),
    ]

    assert len({version.digest, *(other.digest for other in others)}) == 4


def test_a_newer_format_is_refused(version: Version) -> None:
    """It is not guessed at."""
    head, _, octets = version.to_bytes().partition(b"\n")
    newer = json.dumps({**json.loads(head), "format": 2}).encode() + b"\n" + octets
    with pytest.raises(UserError) as refused:
        Version.from_bytes(newer)

    assert (refused.value.code, refused.value.read) == ("version-newer", "2")


def test_no_value_is_shown_where_it_could_be_logged(version: Version, values: Values) -> None:
    """The representations of versions and values hold neither texts nor octets."""
    assert "Haëne" not in repr(values)
    assert "VEVENT" not in repr(version)
