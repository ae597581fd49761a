"""A slip in a data file of a language is refused, with its file and line and what to write."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest

from mailer.classify import words
from mailer.classify.words import LANGUAGES
from mailer.classify.words.loading import LanguageError, load
from mailer.classify.words.meanings import ENDINGS, NAMED, PHRASES, WORDS, Meaning

FOLDER = Path(words.__file__).parent
RULES = [path for path in FOLDER.parent.rglob("*.py") if path.name != "meanings.py"]


@pytest.fixture
def french(tmp_path: Path) -> Path:
    """A copy of the French files."""
    return Path(shutil.copytree(FOLDER / "fr", tmp_path / "fr"))


def _refused(french: Path, file: str, read: str, written: str) -> str:
    """Write `written` for the first `read` of a file, and return the refusal; its place is the line written."""
    path = french / file
    text = path.read_text(encoding="utf-8")
    line = text[: text.index(read)].count("\n") + 1
    path.write_text(text.replace(read, written, 1), encoding="utf-8")
    with pytest.raises(LanguageError) as refused:
        load(french)
    place, _, sentence = str(refused.value).partition(": ")
    assert place == f"fr/{file}:{line}"
    return sentence


@pytest.mark.parametrize(
    ("file", "read", "written", "sentence"),
    [
        ("coming.toml", 'says = "yes"', 'says = "yess"', "“yess” is no value of says; write yes,"),
        ("coming.toml", 'denied = "no"', 'denied = "non"', "“non” is no value of denied; write no,"),
        ("coming.toml", "goes = true", "gos = true", "“gos” is no key of a sign; write goes,"),
        ("coming.toml", "goes = true", 'goes = "yes"', "“goes” is 'yes'; write true or false."),
        ("coming.toml", 'about = "self"', 'about = "me"', "“me” is no value of about; write self, they,"),
        ("coming.toml", "negative = true", "negative = 1", "“negative” is 1; write true or false."),
        ("numbers.toml", 'count = "total"', 'count = "totl"', "“totl” is no value of count; write total,"),
        ("coming.toml", '"[je] <ne> [y] {be} <pas> {there}"', '"[je] {bee} {there}"', "there is no list {bee}; write one of"),
        ("coming.toml", '"[je] <ne> [y] {be} <pas> {there}"', '"[je {there}"', "the bracket [ is not closed;"),
        ("coming.toml", '"[je] <ne> [y] {be} <pas> {there}"', '"[je) {there}"', "the bracket ) closes nothing;"),
        ("coming.toml", '"[je] <ne> [y] {be} <pas> {there}"', '"je | tu"', "a choice has no brackets; write (a | b)."),
        ("coming.toml", '"[je] <ne> [y] {be} <pas> {there}"', '"je #nombre"', "#nombre is no sort of token; write one of"),
        ("coming.toml", '"[je] <ne> [y] {be} <pas> {there}"', '"je <non> viens"', "<non> is not known; write <ne> or <pas>."),
        ("coming.toml", '"[je] <ne> [y] {be} <pas> {there}"', '"je (viens|)"', "a choice is empty; write a word,"),
        ("coming.toml", '"[je] <ne> [y] {be} <pas> {there}"', '"[je] ..."', "it matches no word at all;"),
        ("coming.toml", '"[je] <ne> [y] {be} <pas> {there}"', '"présent"', "“présent” is not spelt as texts are read; write “present”."),
        ("coming.toml", '"[je] <ne> [y] {be} <pas> {there}"', '"ya du monde"', "“ya” is read as “y a”; write that."),
        ("words.toml", "pronouns = ", "pronuns = ", "“pronuns” is no list of [words]; write pronouns,"),
        ("words.toml", 'on_day = "le"', "on_day = 1", "“on_day” of [words] is 1; write a text in quotes."),
        ("words.toml", 'on_day = "le"', 'on_day = "Le"', "“on_day” of [words]: “Le” is not spelt as texts are read;"),
        ("words.toml", "[phrases]", "[phrase]", "“phrase” is no table; write phrases,"),
        ("words.toml", "infinitives = ", "infinitive = ", "“infinitive” is no list of [endings]; write infinitives,"),
        ("spelling.toml", "[spelling]", "[spelling", "Expected ']' at the end of a table declaration: this is not TOML;"),
    ],
)  # fmt: skip
def test_a_slip_is_refused(french: Path, file: str, read: str, written: str, sentence: str) -> None:
    """What is not known is told with its line, and what to write instead."""
    assert sentence in _refused(french, file, read, written)


@pytest.mark.parametrize("table", [WORDS, PHRASES, ENDINGS], ids=["words", "phrases", "endings"])
def test_a_missing_list_is_refused(french: Path, table: Mapping[str, str]) -> None:
    """Every list that the rules ask for is in the files, and its use is told where it is missing."""
    path, key = french / "words.toml", next(iter(table))
    path.write_text(_without(path.read_text(encoding="utf-8"), key), encoding="utf-8")

    with pytest.raises(
        LanguageError, match=rf"^fr/words\.toml:\d+: \[\w+\] has no “{key}” \({table[key][:20]}"
    ):
        load(french)


@pytest.mark.parametrize("name", NAMED)
def test_a_sign_that_the_rules_name_is_there(french: Path, name: str) -> None:
    """A sign that is renamed would change answers: it is refused, at the nearest name."""
    file = next(path for path in french.glob("*.toml") if f'name = "{name}"' in path.read_text("utf-8"))

    sentence = _refused(french, file.name, f'name = "{name}"', f'name = "{name}s"')

    assert sentence.startswith(f"no sign is named “{name}”, which the rules ask for")


def test_a_sign_needs_examples_and_counter_examples(french: Path) -> None:
    """A sign that decides has `like` and `unlike`; two signs have two names."""
    path = french / "coming.toml"
    text = path.read_text(encoding="utf-8")
    for key in ("like", "unlike", "says", "forms", "name"):
        path.write_text(_without(text, key), encoding="utf-8")
        with pytest.raises(
            LanguageError, match=rf"^fr/coming\.toml:3: a sign has no “{key}”; write {key} = "
        ):
            load(french)
    path.write_text(text.replace('name = "come"', 'name = "be-there"', 1), encoding="utf-8")
    with pytest.raises(LanguageError, match="two signs are named “be-there”; give this one another name"):
        load(french)


def _without(text: str, key: str) -> str:
    """Leave out the first value of a key."""
    return re.sub(rf"(?m)^{key} = (\[\n(?:  .*\n)*\]|.*)\n", "", text, count=1)


def test_a_list_that_nothing_uses_is_refused(french: Path) -> None:
    """A list that no form names, and a key that two files have, are refused."""
    assert "no form uses the list “mornings”; take it out" in _refused(
        french, "words.toml", "bad = [", 'mornings = ["matin"]\nbad = ['
    )
    (french / "words.toml").write_text((FOLDER / "fr" / "words.toml").read_text("utf-8"), "utf-8")
    (french / "zeal.toml").write_text('[words]\nyes = "oui"\n', encoding="utf-8")
    with pytest.raises(LanguageError, match=r"^fr/zeal\.toml:2: “yes” of \[words\] is in another file too"):
        load(french)


def test_negated_forms_and_denied_go_together(french: Path) -> None:
    """`denied` without <pas> in a form means nothing, and <pas> without `denied` has no meaning."""
    told = _refused(french, "doubt.toml", 'says = "hedge"', 'denied = "no"\nsays = "hedge"')

    assert told == "“hedge”: no form has <pas>; take “denied” out."


@pytest.mark.parametrize("name", LANGUAGES)
def test_what_is_written_is_read(name: str) -> None:
    """The files as they are load."""
    assert load(FOLDER / name)["sign"]


def test_what_is_declared_is_used() -> None:
    """Each meaning, list and named sign that is declared is used by the rules, and each folder is a language."""
    code = "".join(path.read_text(encoding="utf-8") for path in RULES)
    data = "".join(path.read_text(encoding="utf-8") for path in FOLDER.rglob("*.toml"))

    assert [name for name in (*WORDS, *PHRASES, *NAMED) if f'"{name}"' not in code] == []
    assert [one.value for one in Meaning if f'"{one.value}"' not in data] == []
    assert sorted(path.name for path in FOLDER.iterdir() if (path / "words.toml").exists()) == sorted(
        LANGUAGES
    )
    assert tomllib.loads((FOLDER / "days.toml").read_text(encoding="utf-8")).keys() == set(LANGUAGES)
