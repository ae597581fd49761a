"""Count how many people come: totals, seats, companions, and lists of names."""

from __future__ import annotations

from collections.abc import Sequence

from mailer.classify.words.language import Language
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.statements import TextStatement
from mailer.classify.words.tokens import Token

MOST = 500
"""Maximum headcount; a larger number is a typing error or a joke, and counts as this one, about which a person is asked."""
_REACH = 5
"""Maximum number of words before the noun of an item in a list: "mon nouveau chargé de mission"."""


def headcount(cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> int | None:
    """Return how many people come, the writer included, if the text says so.

    A total counts before a list, a list before companions, and companions before a bare number of members. "2 ou 3"
    is no number.
    """
    live = _apart([one for one in found if one.says == "heads" and not one.asked])
    if any(_ranged(cut[one.sentence].tokens, one, language) for one in live):
        return None
    with_ = [one for one in found if one.says == "with" and not one.asked]
    yes = {
        one.sentence for one in found if one.says in ("yes", "assent", "represented", "stands-in", "maybe")
    }
    company = _company(cut, live, with_, language)
    seats = _first(live, "persons", cut, language)
    for heads in (
        _last(live, "n", cut, language),
        None if seats == 1 and company else seats,
        _listed(cut, yes, language),
        company,
        _envoy(cut, yes, language),
        _first(live, "members", cut, language),
        next((int(one.sign.count) for one in live if one.sign.count.isdigit()), None),
    ):
        if heads:
            return min(heads, MOST)
    return None


def people(tokens: Sequence[Token], language: Language) -> int:
    """Count the people in the list at the beginning of `tokens`."""
    return _items(tokens, language)[0]


def _apart(live: Sequence[TextStatement]) -> list[TextStatement]:
    """Leave out totals that are only the number of a "+1": "moi +1 pour le 31"."""
    plus = {id(token) for one in live if one.sign.count == "1+n" for token in one.tokens}
    return [one for one in live if one.sign.count != "n" or id(one.tokens[0]) not in plus]


def _last(
    live: Sequence[TextStatement], count: str, cut: Sequence[Sentence], language: Language
) -> int | None:
    """Return the last of several totals: "nous serons 2... non pardon, 3"."""
    totals = [one for one in live if one.sign.count == count]
    return (
        _number(totals[-1]) + _joined(cut[totals[-1].sentence].tokens[totals[-1].end :], language)
        if totals
        else None
    )


def _first(
    live: Sequence[TextStatement], count: str, cut: Sequence[Sentence], language: Language
) -> int | None:
    """Return the first of several groups, since the others are parts of it: "5 personnes dont 2 enfants".

    People joined to it are added: "cinq personnes et moi", "eleven pupils plus two teachers".
    """
    for one in live:
        if one.sign.count == count:
            return _number(one) + _joined(cut[one.sentence].tokens[one.end :], language)
    return None


def _joined(tokens: Sequence[Token], language: Language) -> int:
    """Count the people joined to a group by "and"; names after a comma are those of the group itself."""
    ands = language.words["and"]
    for at, token in enumerate(tokens[:_REACH]):
        if token.word in ands:
            return people(tokens[at + 1 :], language)
        words = language.words
        if token.word in words["verbal"] | words["determiners"] or not token.word.isalpha():
            return (
                people(tokens[at + 2 :], language)
                if tokens[at + 1 : at + 2] and token.word == "," and tokens[at + 1].word in ands
                else 0
            )
    return 0


def _number(one: TextStatement) -> int:
    """Return the number in a phrase; in a negated one the other number: "pas 4 mais 2"."""
    values = [token.value for token in one.tokens if token.sort == "n"]
    if not values:
        return int(any(token.sort == "one" for token in one.tokens))
    return (
        values[-1]
        if any(token.word in ("pas", "plus", "not", "niet", "non") for token in one.tokens)
        else values[0]
    )


def _ranged(tokens: Sequence[Token], one: TextStatement, language: Language) -> bool:
    """Return whether the number is one end of a range: "2 ou 3"."""
    for at in range(one.start, one.end):
        if tokens[at].sort == "n":
            for other in (at + 2, at - 2):
                if (
                    0 <= other < len(tokens)
                    and tokens[other].sort == "n"
                    and tokens[(at + other) // 2].word in language.words["between"]
                ):
                    return True
    return False


def _company(
    cut: Sequence[Sentence], live: Sequence[TextStatement], with_: Sequence[TextStatement], language: Language
) -> int | None:
    """Count the writer and their companions."""
    paired = {one.sentence for one in live if one.sign.count == "2"}
    along = [
        people(cut[one.sentence].tokens[one.end :], language) for one in with_ if one.sentence not in paired
    ]
    along += [_number(one) or 1 for one in live if one.sign.count == "1+n"]
    along += [1 for one in live if one.sign.count == "+1"]
    return 1 + max(along) if any(along) else None


def _listed(cut: Sequence[Sentence], yes: set[int], language: Language) -> int | None:
    """Count a list that contains the writer, or that follows a yes: "Luc Baillet, Nora Saïdi et moi-même"."""
    for number, sentence in enumerate(cut):
        for at, token in enumerate(sentence.tokens):
            if not _opens_list(sentence.tokens, at, language) and (token.word != "," or number not in yes):
                continue
            heads, own = _items(sentence.tokens[at + 1 :], language)
            told = token.word != "," or sentence.tokens[at + 1].sort in ("n", "one")
            if heads >= 2 and (own or (number in yes and told and _they_come(sentence, at))):
                return heads
    return None


def _opens_list(tokens: Sequence[Token], at: int, language: Language) -> bool:
    """Return whether a list may begin after a word: "^", ":", "sera", "la participation de", and before "moi"."""
    word = tokens[at].word
    attendance = at > 0 and tokens[at - 1].word in language.words["attendances"]
    of = word in language.words["particles"]
    return (
        word == "^"
        or word in language.words["list_openers"]
        or (attendance and of)
        or _me_and(tokens, at + 1, language)
    )


def _me_and(tokens: Sequence[Token], at: int, language: Language) -> bool:
    """Return whether "moi et ma soeur" or "moi, mon mari" is at this position."""
    if at + 1 >= len(tokens) or tokens[at].word not in language.words["me"]:
        return False
    listed = tokens[at - 1].word in ("^", ",", ":", "(")
    return _joins(tokens[at + 1], language) or (
        listed and tokens[at + 1].word in language.words["determiners"]
    )


def _envoy(cut: Sequence[Sentence], yes: set[int], language: Language) -> int | None:
    """Return 1 if one person comes for others: "Mme Petit y participera", "représentés par M. Roux"."""
    for number in sorted(yes):
        tokens = cut[number].tokens
        for at, token in enumerate(tokens):
            if token.word not in ("^", *language.words["by"]):
                continue
            heads, own = _items(tokens[at + 1 :], language)
            titled = len(tokens) > at + 2 and tokens[at + 1].word in language.words["titles"]
            if heads == 1 and not own and titled and not _they_come(cut[number], 0):
                return 1
    return None


def _they_come(sentence: Sentence, at: int) -> bool:
    """Return whether a list at the beginning of a sentence has a plural verb: "M. Roux et Mme Petit assisteront"."""
    return at > 0 or any(token.word.endswith("ront") for token in sentence.tokens)


def _items(tokens: Sequence[Token], language: Language) -> tuple[int, bool]:
    """Read a list such as "ma femme, M. Roux et moi"; return the headcount and whether it includes the writer.

    A name after a role and a comma belongs to the role, and a role after a name to the name: "la principale,
    Mme Hadjadj, et moi" are two people, and so are "mes deux voisines, Josiane et Malika".
    """
    heads, own, at, before, unnamed = 0, False, 0, "", 0
    while at < len(tokens):
        value, size, kind = _item(tokens[at:], language)
        if not size:
            break
        if kind == "many":
            return 0, False
        if {before, kind} != {"name", "role"} and not (kind == "name" and unnamed):
            heads += value
            unnamed = value if kind == "role" else 0
        unnamed -= kind == "name" and unnamed > 0
        own = own or kind == "own"
        at += size
        next_ = tokens[at].word if at < len(tokens) else ""
        if next_ in language.words["determiners" if kind == "own" else "me"]:
            before = ""
            continue
        at = _behind(tokens, at, language)
        joints = 0
        while at + joints < len(tokens) and _joins(tokens[at + joints], language):
            joints += 1
        if not joints:
            break
        before = kind if all(token.word == "," for token in tokens[at : at + joints]) else ""
        unnamed = unnamed if before or kind == "name" else 0
        at += joints
    return heads, own


def _joins(token: Token, language: Language) -> bool:
    return token.word == "," or token.word in language.words["and"]


def _behind(tokens: Sequence[Token], at: int, language: Language) -> int:
    """Skip the rest of an item: a surname, "de notre service", "elle-même", a remark in brackets."""
    while at < len(tokens) and not _joins(tokens[at], language):
        word = tokens[at].word
        herself = at + 1 < len(tokens) and tokens[at + 1].word in language.words["also"]
        if (word in language.words["verbal"] and not herself) or word in ("$", ":", ";", ")"):
            return len(tokens)
        if word == "(":
            while at < len(tokens) and tokens[at].word != ")":
                at += 1
        at += 1
    return at


def _item(tokens: Sequence[Token], language: Language) -> tuple[int, int, str]:
    """Read one item; return its headcount, its number of tokens, and whether it is the writer, a name or a role."""
    words = language.words
    at = 0
    while at < len(tokens) and tokens[at].word in words["also"]:
        at += 1
    if at >= len(tokens):
        return 0, 0, ""
    token = tokens[at]
    if token.word in words["me"]:
        return 1, at + 1, "own"
    if token.word in words["titles"] and at + 1 < len(tokens):
        return 1, at + (1 if tokens[at + 1].word in words["and"] else 2), "name"
    if token.word in words["determiners"] or token.sort in ("n", "one"):
        value, size, kind = _noun(tokens[at:], language)
        return value, at + size if size else 0, kind
    if token.word in words["companions"] or token.word in words["principals"]:
        return 1, at + 1, "role"
    known = token.word in words["verbal"] or token.word in words["common"]
    if token.capital and token.word.isalpha() and not known:
        return 1, at + 1, "name"
    return 0, 0, ""


def _noun(tokens: Sequence[Token], language: Language) -> tuple[int, int, str]:
    """Read a number or possessive with a person, like `_item`: "mes deux fils", "ma voisine du dessous"."""
    words = language.words
    value = tokens[0].value
    many = tokens[0].word in words["plurals"]
    for at in range(1, min(len(tokens), _REACH)):
        token = tokens[at]
        if token.sort in ("n", "one"):
            value = token.value
        elif token.word in words["servants"]:
            return 1, at + 1, "own"
        elif (
            token.word in words["companions"]
            or token.word in words["others"]
            or token.word in words["principals"]
        ):
            many = many or token.word in words["many"]
            pair = 2 if token.word in words["pairs"] else 0
            return (
                value or pair or (0 if many else 1),
                at + 1,
                "many" if many and not (value or pair) else "role",
            )
        elif not token.word.isalpha() or token.word in words["verbal"]:
            break
        elif token.word in words["determiners"] and tokens[at - 1].word not in words["particles"]:
            return 0, 0, ""
        elif token.capital:
            return value or 1, at + 1, "name"
    return 0, 0, ""
