"""The data files: every form loads, and every example has the sign it justifies."""

from __future__ import annotations

import pytest

from mailer.classify.words import (
    LANGUAGES,
    Sign,
    language_named,
    languages_of,
    sentences,
    statements,
    tokenize,
)

EXAMPLES = [
    (name, sign, text) for name in LANGUAGES for sign in language_named(name).signs for text in sign.like
]


@pytest.mark.parametrize(
    ("name", "sign", "text"),
    EXAMPLES,
    ids=lambda value: value.name if isinstance(value, Sign) else str(value),
)
def test_an_example_has_its_sign(name: str, sign: Sign, text: str) -> None:
    """Each example of a sign is found by one of its forms."""
    language = language_named(name)
    found = statements(sentences(text, tokenize(text), language), language)

    assert sign.name in {one.sign.name for one in found}


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_sign_is_justified(name: str) -> None:
    """Signs have names of their own and at least one example each."""
    signs = language_named(name).signs

    assert len({sign.name for sign in signs}) == len(signs)
    assert [sign.name for sign in signs if not sign.like] == []


@pytest.mark.parametrize("name", LANGUAGES)
def test_languages_know_the_same_things(name: str) -> None:
    """Every language has every list of words that the rules ask for."""
    assert language_named(name).words.keys() == language_named("fr").words.keys()
    assert language_named(name).phrases.keys() == language_named("fr").phrases.keys()


@pytest.mark.parametrize(
    ("text", "preferred", "expected"),
    [
        ("Je ne pourrai pas venir", "", "fr"),
        ("I can't come to the meeting", "", "en"),
        ("Ik kan niet komen", "fr", "nl"),
        ("Ich kann leider nicht kommen", "", "de"),
        ("Xyzzy", "", "fr"),
        ("Xyzzy", "nl", "nl"),
    ],
)
def test_language_of_a_text(text: str, preferred: str, expected: str) -> None:
    """A text is read in its own language, and a wordless one in the language of the invitation."""
    assert languages_of(tokenize(text), preferred)[0].name == expected
