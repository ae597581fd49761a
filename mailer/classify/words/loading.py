"""Read the data files of a language, and refuse a slip in them with its file and line.

A slip turns a form or a list off without a word, and answers are then read as something else. So everything in a file
must be known: tables and keys, meanings, lists and the notation of forms; and everything the rules ask for must be there.
What is known is declared in `meanings`, the notation in `grammar`.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from mailer.classify.words import meanings
from mailer.classify.words.grammar import notation_fault
from mailer.classify.words.meanings import ENDINGS, LISTS, PARTY, PHRASES, WORDS, Meaning
from mailer.classify.words.tokens import plain

_TABLES: Mapping[str, Mapping[str, str] | None] = {
    "words": WORDS,
    "phrases": PHRASES,
    "endings": ENDINGS,
    "party": PARTY,
    **dict.fromkeys(("lists", "numbers", "spelling")),
}
"""The tables of a language beside its signs, with the keys each must have; None if the keys are free."""
_TEXTS = ("forms", "like", "unlike")
_NAMES = ("name", "says", "denied", "count", "about")
_FLAGS = ("goes", "negative", "bare", "loose")
_KEYS = (*_TEXTS, *_NAMES, *_FLAGS)
_MEANINGS = frozenset(map(str, Meaning))
_CHOICES: Mapping[str, Collection[str]]
_CHOICES = {"says": _MEANINGS, "denied": _MEANINGS, "count": meanings.COUNTS, "about": meanings.ABOUT}
_TYPES: Mapping[str, type] = {"words": str, "party": str, "spelling": str, "numbers": int}
_KINDS: Mapping[type, str] = {
    str: "a text in quotes",
    int: "a number",
    bool: "true or false",
    list: "a list of texts in quotes",
}
_SIGN = re.compile(r"^\[\[sign\]\]", re.MULTILINE)
_WORD = re.compile(r"(?<![#<{\w])[^\W\d_]+(?![>}\w])")
_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)")


FILE_OF_TURNS = "remarks.toml"
"""The file of a language that has no forms; `turns` loads it."""


class LanguageError(ValueError):
    """A slip in a data file: the file and line, what was read there, and what to write instead."""


@dataclass(frozen=True, slots=True)
class _WordFile:
    """A data file: its name with the folder, its text, and the data in it."""

    name: str
    text: str
    data: Mapping[str, Any]

    def fault(self, sentence: str, at: int, *clues: str) -> LanguageError:
        """Return a fault at the line of the first of the `clues` found from position `at` on, or at that position."""
        places = (
            self.text.find(clue, at) + clue.startswith("\n") for clue in clues if clue in self.text[at:]
        )
        place = next(places, at)
        return LanguageError(f"{self.name}:{self.text.count(chr(10), 0, place) + 1}: {sentence}")


def load(folder: Traversable) -> dict[str, Any]:
    """Return the data of all files of a language's folder: its tables, and all signs under "sign".

    Raises LanguageError.
    """
    files = [
        _parsed(f"{folder.name}/{file.name}", file.read_text(encoding="utf-8"))
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml") and file.name != FILE_OF_TURNS
    ]
    whole: dict[str, Any] = {"sign": [], **{table: {} for table in _TABLES}}
    for file in files:
        for table, entries in file.data.items():
            _check_table(file, table, entries, whole)
            if table == "sign":
                whole["sign"] += entries
            else:
                whole[table] |= entries
    _check_nothing_missing(folder.name, files, whole)
    for file in files:
        for table in ("words", "phrases", "lists"):
            _check_spelling_of(file, table, whole["spelling"])
        for entry, at in _signs(file):
            _check_forms(file, at, entry, whole)
    return whole


def _parsed(name: str, text: str) -> _WordFile:
    try:
        return _WordFile(name, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        found = _LINE.search(str(error))
        line = found.group(1) if found and found.group(1) else text.count("\n") + 1
        sentence = f"{_LINE.sub('', str(error))}: this is not TOML; write it as in the other files."
        raise LanguageError(f"{name}:{line}: {sentence}") from None


def _signs(file: _WordFile) -> Iterator[tuple[Mapping[str, Any], int]]:
    """Yield the signs of a file, each with its position in the text."""
    places = [match.start() for match in _SIGN.finditer(file.text)]
    return zip(file.data.get("sign", ()), places, strict=True)


def _known(read: str, known: Collection[str], what: str) -> str:
    """Return the sentence about a word that is not known: the nearest that is, or all of them."""
    near = difflib.get_close_matches(read, known, 1) or [", ".join(sorted(known))]
    return f"“{read}” is no {what}; write {near[0]}, or declare it in meanings.py (a list in lists.toml)."


def _mistyped(value: Any, kind: type) -> str:
    """Return the rest of the sentence about a value of another type, or nothing."""
    fits = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return "" if (fits if kind is list else type(value) is kind) else f"is {value!r}; write {_KINDS[kind]}."


def _check_table(file: _WordFile, table: str, entries: Any, whole: Mapping[str, Any]) -> None:
    """Refuse a table or a key that is not known, a key given twice, and a value of the wrong type."""
    if table == "sign":
        for entry, at in _signs(file):
            _check_sign(file, at, entry, {one["name"] for one in whole["sign"]})
        return
    if table not in _TABLES:
        raise file.fault(_known(table, ("sign", *_TABLES), "table"), 0, f"[{table}]")
    at, known = max(file.text.find(f"[{table}]"), 0), _TABLES[table]
    for key, value in entries.items():
        clues = (f"\n{key} =", f"\n{key}=", f'\n"{key}"')
        where = next((file.text.find(clue, at) + 1 for clue in clues if clue in file.text[at:]), at)
        if known is not None and key not in known:
            raise file.fault(_known(key, known, f"list of [{table}]"), where)
        if key in whole[table]:
            raise file.fault(f"“{key}” of [{table}] is in another file too; write it once.", where)
        if told := _mistyped(value, _TYPES.get(table, list)):
            raise file.fault(f"“{key}” of [{table}] {told}", where)


def _check_sign(file: _WordFile, at: int, entry: Mapping[str, Any], taken: set[str]) -> None:
    """Refuse a sign whose keys, meanings or types are not those of `language.Sign`."""
    for key, value in entry.items():
        clue = f"\n{key} "
        place = file.text.find(clue, at) + 1 or at
        if key not in _KEYS:
            raise file.fault(_known(key, _KEYS, "key of a sign"), place)
        if told := _mistyped(value, bool if key in _FLAGS else list if key in _TEXTS else str):
            raise file.fault(f"“{key}” {told}", place)
        if key in _CHOICES and value not in _CHOICES[key]:
            raise file.fault(_known(value, _CHOICES[key], f"value of {key}"), place)
    needed = ["name", "says", "forms", "like"] + ["unlike"] * (entry.get("says") in meanings.ANSWERS)
    for key in needed:
        if not entry.get(key):
            raise file.fault(f"a sign has no “{key}”; write {key} = … with at least one entry.", at)
    before = [one["name"] for one, place in _signs(file) if place < at]
    if entry["name"] in taken.union(before):
        raise file.fault(f"two signs are named “{entry['name']}”; give this one another name.", at, "\nname")


def _check_nothing_missing(name: str, files: Collection[_WordFile], whole: Mapping[str, Any]) -> None:
    """Refuse a language that lacks a list or a sign that the rules ask for."""
    for table, known in {**_TABLES, "lists": LISTS}.items():
        file = next((one for one in files if table in one.data), next(iter(files)))
        for key in known or ():
            if key not in whole[table]:
                told = (
                    f"[{table}] has no “{key}” ({(known or {})[key]}); write it, empty if there is nothing."
                )
                raise file.fault(told, 0, f"[{table}]")
    names = [entry["name"] for entry in whole["sign"]]
    for sign, (languages, use) in meanings.NAMED.items():
        if name in languages.split() and sign not in names:
            near = next(iter(difflib.get_close_matches(sign, names, 1)), "")
            file = next((one for one in files if near and f'"{near}"' in one.text), next(iter(files)))
            raise file.fault(
                f"no sign is named “{sign}”, which the rules ask for ({use}); write name = “{sign}”.",
                0,
                f'name = "{near}"',
            )
    used = "".join(
        text
        for texts in (*(one["forms"] for one in whole["sign"]), *whole["lists"].values())
        for text in texts
    )
    for key in whole["lists"]:
        if key not in LISTS and f"{{{key}}}" not in used:
            file = next(one for one in files if key in one.data.get("lists", ()))
            raise file.fault(
                f"no form uses the list “{key}”; take it out, or write {{{key}}}.", 0, f"\n{key} ="
            )


def _check_spelling_of(file: _WordFile, table: str, spelling: Mapping[str, str]) -> None:
    """Refuse a word that no text holds once it is read: one with capitals, accents or another plain spelling."""
    for key, value in file.data.get(table, {}).items():
        if (table, key) == ("words", "common"):  # counted before the text is respelt
            spelling_here: Mapping[str, str] = {}
        else:
            spelling_here = spelling
        for text in [value] if isinstance(value, str) else value:
            sentence = _misspelt(text, spelling_here)
            if not sentence and table == "lists" and text not in ("(", ")"):  # these alone are marks
                sentence = notation_fault(text, None, nothing=True)
            if sentence:
                raise file.fault(f"“{key}” of [{table}]: {sentence}", file.text.find(f"\n{key} =") + 1, text)


def _check_forms(file: _WordFile, at: int, entry: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """Refuse a form that is not in the notation, or that no text can match."""
    for form in entry["forms"]:
        sentence = notation_fault(form, whole["lists"]) or _misspelt(form, whole["spelling"])
        if sentence:
            raise file.fault(f"“{form}”: {sentence}", at, f'"{form}"')
    negated = any("<pas>" in form for form in entry["forms"])
    if negated != bool(entry.get("denied")):
        told = "its forms have <pas>; write denied = …" if negated else "no form has <pas>; take “denied” out"
        raise file.fault(f"“{entry['name']}”: {told}.", at, "\ndenied", "\nname")


def _misspelt(text: str, spelling: Mapping[str, str]) -> str:
    """Return what is wrong with the spelling of a word in a form or list, or nothing."""
    for word in _WORD.findall(text):
        if plain(word) != word:
            return f"“{word}” is not spelt as texts are read; write “{plain(word)}”."
        respelt = spelling.get(word, word).split()
        if len(respelt) > 1 and word not in respelt:
            return f"“{word}” is read as “{spelling[word]}”; write that."
    return ""
