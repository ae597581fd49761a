"""Each screen speaks one language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from mailer import environment
from tests.desk.conftest import serving
from tests.desk.test_screens import SCREENS

CATALOGUE = Path(environment.__file__).parent / "locale" / "fr" / "LC_MESSAGES" / "messages.po"
SHORTEST = 12
"""Shorter sentences, and single words, may stand in a name or a word of the other language."""


def _sentences() -> dict[str, set[str]]:
    """The sentences without holes of each language that are not sentences of the other."""
    said: dict[str, set[str]] = {"en": set(), "fr": set()}
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            for language, said_so in (("en", message.id), ("fr", message.string or "")):
                texts = (said_so,) if isinstance(said_so, str) else said_so
                said[language] |= {
                    text
                    for text in texts
                    if len(text) >= SHORTEST and " " in text and "{" not in text and "%" not in text
                }
    return {"en": said["en"] - said["fr"], "fr": said["fr"] - said["en"]}


@pytest.fixture(params=["en", "fr"])
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The language of the person at the desk."""
    for name in ("LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "MAILER_NOW"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("MAILER_LANGUAGE", request.param)
    environment.speak(request.param)
    yield request.param
    environment.speak("en")


def test_no_screen_mixes_languages(spoken: str, folder: Path) -> None:
    """No sentence of the other language stands on any screen, and the page says which language it is in."""
    other = "fr" if spoken == "en" else "en"
    mixed = []
    for served in serving(folder):
        served.enter()
        for screen in SCREENS:
            text = served.ask(screen).text
            assert f'<html lang="{spoken}">' in text
            shown = " ".join(
                unescape(re.sub(r"<(textarea|pre)\b.*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)).split()
            )
            mixed += [f"{screen}: {sentence}" for sentence in _sentences()[other] if sentence in shown]

    assert mixed == []
