"""Tell whether words speak of somebody else than their writer: "Madame la Maire sera présente"."""

from __future__ import annotations

from mailer.classify.free_text import LONGEST, MOST_TOKENS
from mailer.classify.words import Who, languages_of, sentences, statements, tokenize

_ANSWERS = frozenset({"yes", "no", "maybe", "assent"})
_ANOTHER = frozenset({Who.THEY, Who.VAGUE, Who.OTHER})


def speaks_of_another(text: str) -> bool:
    """Return whether a text answers for a person who is not its writer, and not for the writer or their organisation."""
    tokens = tokenize(text[:LONGEST])[:MOST_TOKENS]
    for language in languages_of(tokens, ""):
        said = {
            one.who for one in statements(sentences(text, tokens, language), language) if one.says in _ANSWERS
        }
        if said:
            return bool(said & _ANOTHER) and Who.SELF not in said and Who.ORGANISATION not in said
    return False
