"""Tell whether words that ask for no more mail stand alone: beside anything else, a person decides what was meant."""

from __future__ import annotations

import re

from mailer.classify import free_text
from mailer.classify.patterns import table
from mailer.model.accents import fold_accents
from mailer.model.finding import Answer, OptOut, Unclear

MOST_WORDS = 15
"""Words of an objection that takes effect by itself."""

_CLAUSE = re.compile(r"[.,;:!?\n()]+|\s[-–—]\s")
_WORD = re.compile(r"[^\W_]+")
_GREETING = frozenset(table("objection")["greeting"].split())
_MANNERS = _GREETING.union(table("objection")["manners"].split())


def stands_alone(text: str, evidence: str) -> bool:
    """Return whether a text of at most `MOST_WORDS` words says nothing but an objection, with its manners."""
    words = _WORD.findall(fold_accents(text))
    return len(words) <= MOST_WORDS and all(
        _is_manners(one) or _objects(one, evidence) for one in _CLAUSE.split(text)
    )


def _is_manners(clause: str) -> bool:
    words = _WORD.findall(fold_accents(clause))
    greets = bool(words) and words[0] in _GREETING and len(words) <= 4
    return greets or _MANNERS.issuperset(words)


def _objects(clause: str, evidence: str) -> bool:
    """Return whether a clause is an objection, and answers nothing besides."""
    if evidence and evidence in clause:
        rest = free_text.understand(clause.replace(evidence, " ")).claim
        return not isinstance(rest, Answer) and not (isinstance(rest, Unclear) and rest.proposal)
    return isinstance(free_text.understand(clause).claim, OptOut)
