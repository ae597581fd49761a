"""Every sentence exists in every language, click's own included, and there is no second system of translation."""

from __future__ import annotations

import ast
import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mailer.translation.catalogue import LANGUAGES, SOURCE

ROOT = Path(__file__).parents[2]
FILLED = re.compile(r"\{(\w*)")
TRANSLATED = [language for language in LANGUAGES if language != SOURCE]
CALLS = {"_": 1, "N_": 1, "gettext": 1, "ngettext": 2, "pgettext": 2, "npgettext": 3}
"""The functions that sentences are marked by, and how many of their arguments are texts."""

RULES = {
    "compose/tongues.py": "how a letter in a language is spaced, and how it calls people: rules, not translations",
    "contacts/record.py": "the words of a contact list for a language",
    "inbox/new_text/attribution.py": "how mail programs begin a quotation in some twenty-five languages",
    "inbox/new_text/personal.py": "words of a person in some languages, to tell them from a signature",
}
"""Where the code of a language may be a key or be compared, and why."""


@pytest.fixture(scope="module")
def catalogue() -> ModuleType:
    """The script that gathers the sentences."""
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "docs" / "catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def sentences(catalogue: ModuleType) -> list[Any]:
    """Every sentence in the code."""
    return [message for message in catalogue.sentences() if message.id]


def nodes() -> Iterator[tuple[str, ast.AST]]:
    """Every node of the code, with the file it stands in."""
    for file in sorted((ROOT / "mailer").rglob("*.py")):
        name = file.relative_to(ROOT / "mailer").as_posix()
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            yield name, node


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_sentence_is_translated(language: str, catalogue: ModuleType, sentences: list[Any]) -> None:
    """Whatever is marked for translation in the code stands in the catalogue, with its translation."""
    known = {(m.context, m.id) for m in catalogue.translations(language) if m.id}
    wanted = {(m.context, m.id) for m in sentences}

    assert wanted == known
    assert catalogue.missing(catalogue.translations(language)) == []
    assert [m.id for m in catalogue.translations(language) if m.id and m.fuzzy] == []


def test_french_apostrophes_are_of_one_kind(catalogue: ModuleType) -> None:
    """Between letters stands ’; the straight one stays where it quotes what is typed, such as a command."""
    texts = [
        text
        for message in catalogue.translations("fr")
        if message.id
        for text in ([message.string] if isinstance(message.string, str) else message.string)
    ]

    assert len(texts) > 1000
    assert [text for text in texts if re.search(r"\w'[\w{«“]", text)] == []
    assert any("'DOMAINE" in text for text in texts)


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_key_that_undoes_does_nothing_else(language: str, catalogue: ModuleType) -> None:
    """No other choice about what waits has it, whatever is asked."""
    keys = {
        message.id: found[1]
        for message in catalogue.translations(language)
        if isinstance(message.id, str)
        and re.search(r"\[\w\]", message.id)
        and (found := re.search(r"\[(\w)\]", message.string))
    }
    undo = keys.pop("[u]ndo")

    assert len(keys) > 10
    assert [text for text, key in keys.items() if key == undo] == []


def test_every_marked_sentence_is_found(sentences: list[Any]) -> None:
    """Babel does not look into f-strings: a sentence marked inside of one would never be translated."""
    found = {text for m in sentences for text in ([m.id] if isinstance(m.id, str) else m.id)}
    marked = set()
    for name, node in nodes():
        if isinstance(node, ast.Call):
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            texts = [a.value for a in node.args[: CALLS.get(called, 0)] if isinstance(a, ast.Constant)]
            marked |= {(name, text) for text in (texts[1:] if called.startswith(("p", "np")) else texts)}

    assert len(marked) > 1000
    assert set() == {(name, text) for name, text in marked if text not in found and isinstance(text, str)}


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_is_the_written_one(language: str, catalogue: ModuleType) -> None:
    """What gettext reads was compiled from what people edit (``make locale``)."""
    compiled = catalogue.file(language).with_suffix(".mo").read_bytes()

    assert catalogue.compiled(catalogue.translations(language)) == compiled


@pytest.mark.parametrize("language", TRANSLATED)
def test_translations_are_filled_with_the_same_values(language: str, catalogue: ModuleType) -> None:
    """A translated sentence uses no value that its English one does not have."""
    strange = []
    for message in catalogue.translations(language):
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = {name for text in ids for name in FILLED.findall(text)}
        strange += [text for text in texts if set(FILLED.findall(text)) - allowed]

    assert strange == []


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_head_of_a_catalogue_is_filled_in(language: str, catalogue: ModuleType) -> None:
    """It names the project, and has neither Babel's placeholders nor anybody's address."""
    head = catalogue.file(language).read_text("utf-8").partition("\n\n")[0]

    assert "Project-Id-Version: mailer-rsvp " in head
    assert not re.search(r"PROJECT|ORGANIZATION|FIRST AUTHOR|FULL NAME|YEAR|@|fuzzy", head)


@cache
def by_language() -> set[tuple[str, int]]:
    """Where the code of a language is the key of a table, or is compared: file and line."""
    found = set()
    for name, node in nodes():
        match node:
            case ast.Dict(keys=parts):
                pass
            case ast.Compare(left=left, comparators=comparators):
                parts = [left, *comparators]
            case ast.MatchValue(value=value):
                parts = [value]
            case ast.arg(arg="in_french") | ast.Name(id="in_french"):
                parts = [ast.Constant(SOURCE)]
            case _:
                continue
        if any(isinstance(part, ast.Constant) and part.value in LANGUAGES for part in parts):
            found.add((name, getattr(node, "lineno", 0)))
    return found


def test_there_is_one_system_of_translation() -> None:
    """No module keeps words in a table by language, or branches on one, except for rules that are no translation."""
    second = {(name, line) for name, line in by_language() if not name.startswith(tuple(RULES))}

    assert set() == second


def test_every_allowed_place_is_needed() -> None:
    """A place that no longer knows a language by its code is taken from the list."""
    needed = {rule for rule in RULES for name, _line in by_language() if name.startswith(rule)}

    assert needed == set(RULES)
