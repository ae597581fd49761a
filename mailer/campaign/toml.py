"""Read the tables of a TOML file with checks whose errors name the file, the line and the value."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from mailer.errors import ConfigError


class TomlTable:
    """One table of a TOML file.

    Every getter marks its key as known; `close` raises an error for a key that is not. tomllib keeps no line numbers,
    so the line of a key is searched in the text when an error is raised.
    """

    def __init__(self, file: str, text: str, values: Mapping[str, Any], path: tuple[str, ...] = ()) -> None:
        self.file = file
        self.text = text
        self.path = path
        self._values = values
        self._known: set[str] = set()

    def string(self, key: str, default: str | None = None) -> str:
        """Return a text without surrounding blanks; without a default it must be present and not empty."""
        value = self._get(key)
        if value is None or value == "":
            if default is None:
                raise self.error("setting-missing", key)
            return default
        if not isinstance(value, str):
            raise self.error("setting-not-text", key, read=str(value))
        return value.strip()

    def integer(self, key: str, default: int, least: int = 0) -> int:
        """Return a whole number that is at least `least`."""
        value = self._get(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            raise self.error("setting-not-number", key, read=str(value), least=least)
        return value

    def boolean(self, key: str, default: bool) -> bool:
        """Return a boolean."""
        value = self._get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error("setting-not-boolean", key, read=str(value))
        return value

    def strings(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, of which there may be a single one; empty if the key is missing."""
        value = self._get(key)
        if value is None:
            return ()
        values = value if isinstance(value, list) else [value]
        for item in values:
            if not isinstance(item, str):
                raise self.error("setting-not-text", key, read=str(item))
        return tuple(item.strip() for item in values)

    def choice(self, key: str, choices: Iterable[str], default: str) -> str:
        """Return one word out of `choices`."""
        value = self.string(key, default)
        choices = tuple(choices)
        if value not in choices:
            raise self.error("setting-not-a-choice", key, read=value, choices=", ".join(choices))
        return value

    def raw(self, key: str) -> Any:
        """Return the value as parsed, or None."""
        return self._get(key)

    def mapping(self, key: str) -> dict[str, str]:
        """Return a table of texts and numbers, with all values turned into texts."""
        value = self._get(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.error("setting-not-a-table", key, read=str(value))
        return {str(name): str(item) for name, item in value.items()}

    def table(self, key: str, *, required: bool = False) -> TomlTable:
        """Return a table below this one; an empty one if it is missing, unless `required`."""
        value = self._get(key)
        if value is None:
            if required:
                raise self.error("table-missing", key)
            value = {}
        if not isinstance(value, dict):
            raise self.error("setting-not-a-table", key, read=str(value))
        return TomlTable(self.file, self.text, value, (*self.path, key))

    def tables(self, key: str) -> list[TomlTable]:
        """Return the tables of an array, ``[[key]]``."""
        value = self._get(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            raise self.error("setting-not-a-table", key, read=str(value))
        return [TomlTable(self.file, self.text, item, (*self.path, key)) for item in value]

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of this table."""
        return tuple(self._values)

    def close(self) -> None:
        """Raise an error for the first unknown key, and suggest the known key it resembles most."""
        for key in self._values:
            if key not in self._known:
                near = difflib.get_close_matches(key, sorted(self._known), 1)
                raise self.error(
                    "setting-unknown", key, read=self.name(key), proposal=near[0] if near else ""
                )

    def name(self, key: str) -> str:
        """Return the key with the names of its tables: ``meeting.starts``."""
        return ".".join((*self.path, key))

    def error(self, code: str, key: str, *, read: str = "", **values: object) -> ConfigError:
        """Return the error for one key of this table."""
        values.setdefault("name", self.name(key))
        return ConfigError(code, file=self.file, line=self.line(key), read=read, **values)

    def _get(self, key: str) -> Any:
        self._known.add(key)
        return self._values.get(key)

    def line(self, key: str) -> int:
        """Return the line of a key; if it is missing, the line of the table's heading; else 0."""
        heading = re.compile(r"\s*\[\[?\s*([^\]]+?)\s*\]\]?\s*(#.*)?$")
        setting = re.compile(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=")
        inside, of_table = not self.path, 0
        for number, line in enumerate(self.text.splitlines(), 1):
            if match := heading.match(line):
                inside = match[1] == ".".join(self.path)
                if inside or match[1] == self.name(key):
                    of_table = number
            elif inside and setting.match(line):
                return number
        return of_table


def line_of(content: bytes, key: str, read: str) -> int:
    """Return the line on which a value of a top-level key stands in a file; that of the key if it is not found, else 0."""
    table = parse("", content)
    begins = table.line(key)
    lines = table.text.splitlines()
    following = range(begins, len(lines) + 1) if begins else ()
    return next((n for n in following if read in lines[n - 1]), begins)


def parse(file: str, content: bytes) -> TomlTable:
    """Read a TOML file. Raises ConfigError ``not-utf8`` or ``toml-syntax``."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise ConfigError("not-utf8", file=file, line=line) from error
    try:
        return TomlTable(file, text, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError.of_toml(file, text, error) from error
