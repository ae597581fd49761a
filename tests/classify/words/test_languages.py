"""The data files: every example has the sign it justifies, every counter-example has not, and every form has a use."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import mailer.classify.words
from mailer.classify.free_text import LONGEST, understand
from mailer.classify.words import (
    LANGUAGES,
    Sign,
    Who,
    language_named,
    languages_of,
    sentences,
    statements,
    tokenize,
)
from mailer.classify.words.language import language_of
from mailer.classify.words.loading import load
from mailer.model.finding import Answer, PartStat, Unclear

DATA = Path(__file__).parent.parent / "data"
FOLDER = Path(mailer.classify.words.__file__).parent

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
        ("Ok", "", "fr"),
        ("Ok", "nl", "nl"),
        ("👍", "nl", "nl"),
        ("Dominique Lambert", "", "fr"),
        ("Me plus two colleagues.", "", "en"),
        ("Oui x2", "", "fr"),
        ("Présent", "en", "fr"),
        ("jpeu pas dsl", "", "fr"),
    ],
)
def test_language_of_a_text(text: str, preferred: str, expected: str) -> None:
    """A text is read in its own language, and one without words of any in the language of the invitation."""
    assert languages_of(tokenize(text), preferred)[0].name == expected


@pytest.mark.parametrize(
    "text",
    [
        "Certo, ci sarò. No, non ho bisogno di parcheggio.",
        "No, przyjdę!",
        "Ja, men ikke mandag.",
        "Ja, jag kommer gärna. Nej, jag behöver ingen parkering.",
        "No hay problema, asistiré el lunes. Gracias.",
        "No faltaré. Allí estaré.",
        "Ne, negalėsiu.",
        "Jo, ech kommen gär.",
        "xyzzy",
    ],
)
def test_a_text_in_another_language_is_read_in_none(text: str) -> None:
    """A "no" that is Polish for "well" is no refusal: a text most of whose words are unknown decides nothing."""
    assert [language.name for language in languages_of(tokenize(text), "fr")] == [""]
    assert understand(text).claim == Unclear(why="no-answer-in-words")


COUNTER_EXAMPLES = [
    (name, sign, text) for name in LANGUAGES for sign in language_named(name).signs for text in sign.unlike
]
ANSWERED = {
    "yes": PartStat.ACCEPTED,
    "assent": PartStat.ACCEPTED,
    "no": PartStat.DECLINED,
    "maybe": PartStat.TENTATIVE,
}


@pytest.mark.parametrize(
    ("name", "sign", "text"),
    COUNTER_EXAMPLES,
    ids=lambda value: value.name if isinstance(value, Sign) else str(value),
)
def test_a_counter_example_has_not_its_meaning(name: str, sign: Sign, text: str) -> None:
    """A text beside a sign's examples that shares its words is neither found by it nor decided so without a look."""
    language = language_named(name)
    found = statements(sentences(text, tokenize(text), language), language)
    answering = [
        one
        for one in found
        if one.sign.name == sign.name
        and one.says == sign.says
        and one.who in (Who.SELF, Who.THEY, Who.ORGANISATION)
        and not (one.asked or one.guarded)
    ]
    claim = understand(text).claim

    assert answering == []
    assert not isinstance(claim, Answer) or claim.glance or claim.partstat is not ANSWERED[sign.says]


def _texts() -> list[str]:
    """Return the labelled texts and subjects, and the lines of the machines' mails."""
    rows = [
        json.loads(line) for path in DATA.rglob("*.jsonl") for line in path.read_text("utf-8").splitlines()
    ]
    lines = [line for path in DATA.rglob("machines/*.txt") for line in path.read_text("utf-8").splitlines()]
    return [row[key] for row in rows for key in ("text", "subject") if row.get(key)] + lines


@pytest.fixture(scope="module")
def texts_by_language() -> dict[str, list[str]]:
    """The labelled texts, under the languages each is read in."""
    found: dict[str, list[str]] = {name: [] for name in LANGUAGES}
    for text in _texts():
        for language in languages_of(tokenize(text[:LONGEST])):
            if language.name in found:
                found[language.name].append(text[:LONGEST])
    return found


@pytest.mark.parametrize("name", LANGUAGES)
def test_every_form_is_exercised(name: str, texts_by_language: dict[str, list[str]]) -> None:
    """Each form matches in a labelled text or in an example of its sign: one that nobody would write is taken out."""
    data = load(FOLDER / name)
    forms = [(entry, form) for entry in data["sign"] for form in entry["forms"]]
    apart = language_of(
        {
            **data,
            "sign": [{**entry, "forms": [form]} for entry, form in forms],
        },
        name,
    )
    examples = [text for entry in data["sign"] for text in entry["like"]]
    matched = {
        match.sign
        for text in [*examples, *texts_by_language[name]]
        for sentence in sentences(text, tokenize(text), apart)
        for match in apart.grammar.find(sentence.tokens)
    }

    unused = [
        f"{entry['name']}: {form}" for number, (entry, form) in enumerate(forms) if number not in matched
    ]
    assert unused == [], "\n".join(unused)
