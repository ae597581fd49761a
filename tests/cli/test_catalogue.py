"""Test that every sentence, click's own included, exists in French and English."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
FILLED = re.compile(r"\{(\w*)")


@pytest.fixture(scope="module")
def catalogue() -> ModuleType:
    """The script that gathers the sentences."""
    spec = importlib.util.spec_from_file_location("catalogue", ROOT / "docs" / "catalogue.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_sentence_is_translated(catalogue: ModuleType) -> None:
    """Whatever is marked for translation in the code stands in the catalogue, with its French."""
    known = {message.id for message in catalogue.french() if message.id}
    wanted = {message.id for message in catalogue.sentences() if message.id}

    assert set() == wanted - known
    assert catalogue.missing(catalogue.french()) == []
    assert [message.id for message in catalogue.french() if message.id and message.fuzzy] == []


def test_the_compiled_catalogue_is_the_written_one(catalogue: ModuleType) -> None:
    """What gettext reads was compiled from what people edit (``make locale``)."""
    compiled = catalogue.FRENCH.with_suffix(".mo").read_bytes()

    assert catalogue.compiled(catalogue.french()) == compiled


def test_translations_are_filled_with_the_same_values(catalogue: ModuleType) -> None:
    """A French sentence uses no value that its English one does not have."""
    strange = []
    for message in catalogue.french():
        ids = message.id if isinstance(message.id, tuple) else (message.id,)
        texts = message.string if isinstance(message.string, tuple) else (message.string,)
        allowed = {name for text in ids for name in FILLED.findall(text)}
        strange += [text for text in texts if set(FILLED.findall(text)) - allowed]

    assert strange == []
