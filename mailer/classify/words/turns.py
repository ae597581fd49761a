"""Load the turns of phrase by which remarks, courtesies and proxies are recognised: ``remarks.toml`` of each language."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from mailer.classify.words.language import LANGUAGES, language
from mailer.classify.words.loading import FILE_OF_TURNS as FILE
from mailer.classify.words.loading import LanguageError


@dataclass(frozen=True, slots=True)
class Turns:
    """The words and expressions of one language by which remarks are told from the rest.

    `fill` are words that say nothing by themselves; `tells` are worth a remark even inside the words of an answer;
    `splits` begin a clause; `signs` are found in signatures. The expressions are searched in the words of a clause
    or sentence in plain spelling, joined by spaces. `asks` are
    questions and requests that want a reply, `wants` other requests. A name follows `sends` and `proxy_to`, and comes before `stands_in` and `proxy_by`.
    """

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


@functools.cache
def turns(name: str) -> Turns:
    """Load the turns of a language, its words spelt as in a text that was read; of none, those of French.

    Raises LanguageError if an entry is missing or not known.
    """
    name = name or LANGUAGES[0]
    file = resources.files(__package__).joinpath(name, FILE)
    data = tomllib.loads(file.read_text(encoding="utf-8"))["remarks"]
    if wrong := sorted(data.keys() ^ Turns.__dataclass_fields__.keys()):
        raise LanguageError(
            f"{name}/{FILE}: “{wrong[0]}” is missing, or is no entry of [remarks] (see turns.py)"
        )
    spelling = language(name).spelling.table

    def words(key: str) -> frozenset[str]:
        return frozenset(spelt for word in data[key].split() for spelt in spelling.get((word,), (word,)))

    def any_of(key: str) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w#])(?:{'|'.join(data[key])})")

    fields = {key: words(key) if key in _WORDS else any_of(key) for key in Turns.__dataclass_fields__}
    return Turns(**fields)  # type: ignore[arg-type]  # lists are words, the rest expressions
