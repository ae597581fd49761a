"""Load the turns of phrase by which remarks, courtesies and proxies are recognised: ``remarks.toml`` of each language."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources

from mailer.classify.words.language import LANGUAGES, language
from mailer.classify.words.loading import FILE_OF_TURNS as FILE
from mailer.classify.words.loading import LanguageError


@dataclass(frozen=True, slots=True)
class Turns:
    """The words and expressions of one language by which remarks are told from the rest.

    `fill` are words that say nothing by themselves, `silent` these and those of the language's lists that do not;
    `tells` are worth a remark even inside the words of an answer; `splits` begin a clause; `signs` are found in
    signatures. The expressions are searched in the words of a clause or sentence in plain spelling, joined by spaces.
    `asks` are questions and requests that want a reply, `wants` other requests. A name follows `sends` and
    `proxy_to`, and comes before `stands_in` and `proxy_by`. `notable`, `instead` and `proxies` are several of these.
    """

    silent: frozenset[str]
    notable: re.Pattern[str]
    instead: re.Pattern[str]
    proxies: re.Pattern[str]
    fill: frozenset[str]
    tells: frozenset[str]
    splits: frozenset[str]
    signs: frozenset[str]
    courtesy: re.Pattern[str]
    closing: re.Pattern[str]
    asks: re.Pattern[str]
    wants: re.Pattern[str]
    reason: re.Pattern[str]
    telling: re.Pattern[str]
    sends: re.Pattern[str]
    stands_in: re.Pattern[str]
    proxy_to: re.Pattern[str]
    proxy_by: re.Pattern[str]
    proxy_sent: re.Pattern[str]
    proxy_held: re.Pattern[str]


_WORDS = ("fill", "tells", "splits", "signs")
_TOGETHER = {
    "notable": ("asks", "wants", "telling"),
    "instead": ("sends", "stands_in"),
    "proxies": ("proxy_to", "proxy_by", "proxy_sent", "proxy_held"),
}
"""Expressions that are searched together, to see at once that a text has none of them."""
_SAY_NOTHING = (
    *("common", "titles", "companions", "others", "principals"),
    *("people", "children", "adults", "seats"),
)
"""The lists of a language's words that say nothing by themselves either."""


@functools.cache
def turns(name: str) -> Turns:
    """Load the turns of a language, its words spelt as in a text that was read; of none, those of French.

    Raises LanguageError if an entry is missing or not known.
    """
    words, name = language(name).words, name or LANGUAGES[0]
    file = resources.files(__package__).joinpath(name, FILE)
    data = tomllib.loads(file.read_text(encoding="utf-8"))["remarks"]
    if wrong := sorted(data.keys() ^ (Turns.__dataclass_fields__.keys() - {"silent", *_TOGETHER})):
        raise LanguageError(
            f"{name}/{FILE}: “{wrong[0]}” is missing, or is no entry of [remarks] (see turns.py)"
        )
    spelling = language(name).spelling.table
    listed = {
        key: frozenset(spelt for word in data[key].split() for spelt in spelling.get((word,), (word,)))
        for key in _WORDS
    }
    silent = listed["fill"].union(*(words[key] for key in _SAY_NOTHING))
    for key, parts in _TOGETHER.items():
        data[key] = [form for part in parts for form in data[part]]
    expressions = {key: _any_of(data[key]) for key in data.keys() - listed.keys()}
    return Turns(silent, **listed, **expressions)  # type: ignore[arg-type]  # lists are words, the rest expressions


def _any_of(forms: Sequence[str]) -> re.Pattern[str]:
    """Compile expressions into one that is tried where a word begins.

    Those with ``^`` are tried at the beginning alone, for speed.
    """
    later = [form for form in forms if not form.startswith("^")]
    behind = rf"|(?<![\w#])(?:{'|'.join(later)})" if later else ""
    return re.compile(f"^(?:{'|'.join(forms)}){behind}")
