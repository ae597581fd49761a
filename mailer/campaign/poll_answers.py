"""Write into a campaign file what answers of a poll mean, without changing anything else in it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping

from mailer.errors import ConfigError


def with_poll_answers(file: str, content: bytes, question: str, said: Mapping[str, str]) -> bytes:
    """Return a campaign file with a question in ``[polls]``, and the meanings of answers to it; a newer one replaces an older.

    The text around it stays as it is, comments too. Raises ConfigError ``poll-answers-not-kept`` where the table is written in
    another way than by this function, so that a person has to add them.
    """
    text = content.decode("utf-8-sig")
    line_end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    heading = f"[polls.{_quoted(question)}]"
    if heading not in map(str.strip, lines):
        lines += ["", heading]
    at = [line.strip() for line in lines].index(heading) + 1
    end = next((n for n in range(at, len(lines)) if lines[n].lstrip().startswith("[")), len(lines))
    keys = tuple(f"{_quoted(answer)} =" for answer in said)
    kept = [line for line in lines[at:end] if not line.strip().startswith(keys)] if keys else lines[at:end]
    lines[at:end] = [*(f"{_quoted(answer)} = {_quoted(word)}" for answer, word in said.items()), *kept]
    changed = line_end.join(lines) + line_end
    try:
        found = tomllib.loads(changed)["polls"][question]
    except (tomllib.TOMLDecodeError, KeyError, TypeError):
        found = {}
    if {answer: found.get(answer) for answer in said} != dict(said):
        raise ConfigError("poll-answers-not-kept", file=file, read=question)
    return changed.encode()


def _quoted(text: str) -> str:
    """Return a text as a basic string of TOML, which takes the escapes of JSON."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
