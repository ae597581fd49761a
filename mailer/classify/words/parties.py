"""Parse the parties of people that a sentence names: "ma femme, M. Roux et moi", "2 adultes + 3 enfants", "trois".

A party is ``PartyItem (joint PartyItem)*``. An item is the writer, a number, a name, or a role with a number or a determiner. Every
word that the parser knows stands in ``numbers.toml`` and ``words.toml`` of its language; a number with a word of `units`
behind or of `labels` before it counts or names something else, and is no item.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from mailer.classify.words.language import Language, language
from mailer.classify.words.tokens import Token

_REACH, _TAIL, _SHORTEST = 5, 8, 4
"""Maximum words before a noun and behind an item; a verb that is known by its ending is longer than the last."""
_GROWN, _TENS, _SCORES = 18, 10, (60, 80)
"""The age of an adult, the least number that may be said in two words, and those with which up to 19 may be."""
_STOPS = frozenset(("$", ":", ";", ")"))
_LISTED = frozenset("^:,;")
_NUMERIC = frozenset(("n", "one"))
_COUNTS = frozenset(("number", "us", "seat", "unsure"))
_ME = frozenset(("me", "self"))
_EXPLAINS = frozenset(
    (
        ("name", "role"),
        ("role", "name"),
        ("name", "title"),
        ("title", "name"),
        ("named", "title"),
        ("role", "title"),
        ("title", "named"),
    )
)
_TOGETHER = {
    "skipped": ("fillers", "also"),
    "joint": ("and", "adding"),
    "verb": ("verbal", "stops"),
    "other": ("units", "objects"),
    "person": ("companions", "others", "principals", "people", "children", "adults", "seats", "wholes"),
    "bare": ("companions", "principals", "people"),
    "determined": ("determiners", "several", "plurals", "dets"),
    "nameless": ("verbal", "common", "months", "objects", "units"),
    "free": (
        "verbal",
        "stops",
        "fillers",
        "also",
        "determiners",
        "plurals",
        "and",
        "purposes",
        "common",
        "adding",
    ),
}
"""The lists of words that the parser asks for together, by a name of its own."""


@dataclass(frozen=True, slots=True)
class PartyItem:
    """An item of a party.

    `kind` is ``me`` or ``self`` ("moi-même"), ``us`` ("nous deux"), ``number``, ``seat`` ("3 places"), ``unsure`` (a
    number of something unknown), ``name``, ``role``, ``title`` (a role without a determiner), ``named`` (a role with its
    name) or ``thing``. `count` is None for people whose number is not said ("mes enfants"), and 0 for things and animals.
    `joint` is what joins it to the item before: empty, a comma, or a word for "and".
    """

    kind: str
    end: int
    count: int | None = 1
    least: int | None = None
    age: str = ""
    joint: str = ""


@dataclass(frozen=True, slots=True)
class PartyGroup:
    """A parsed party, its place in a sentence, and the frames around it: the counts of signs in ``numbers.toml``."""

    sentence: int
    start: int
    items: tuple[PartyItem, ...]
    frames: frozenset[str] = frozenset()

    @property
    def first(self) -> PartyItem:
        """Return the first item."""
        return self.items[0]

    @property
    def end(self) -> int:
        """Return where it ends."""
        return self.items[-1].end

    @property
    def own(self) -> bool:
        """Return whether the writer is in it."""
        return any(item.kind in _ME or (item.kind == "us" and item.joint) for item in self.items)

    @property
    def counted(self) -> bool:
        """Return whether it begins with a number, which later items explain."""
        return self.first.kind in _COUNTS

    @property
    def many(self) -> bool:
        """Return whether it has people whose number is not said."""
        return any(item.count is None for item in self.items)

    def people(self, *, least: bool = False) -> int:
        """Add up the items, except those that only explain the one before them."""
        return sum((least and item.least) or item.count or 0 for item in _apart(self.items))


def people(tokens: Sequence[Token], language: Language) -> int:
    """Count the people in the list at the beginning of `tokens`; 0 if it is none or their number is not known."""
    items = Parser(tokens, language).items(0)
    return 0 if not items or any(item.count is None for item in items) else PartyGroup(0, 0, items).people()


def _apart(items: Sequence[PartyItem]) -> Iterator[PartyItem]:
    """Yield the items that are other people than those before them.

    A name after a role and a comma belongs to the role, and a role after a name to the name: "la principale, Mme
    Hadjadj, et moi" are two people, and so are "mes deux voisines, Josiane et Malika". After a number, what a comma
    precedes explains it: "nous serons trois, mon fils, sa femme et moi".
    """
    kind, unnamed, explained = "", 0, False
    counted, whole = items[0].kind in _COUNTS, items[0].kind in ("number", "us")
    for item in items:
        comma = item.joint == ","
        explained = explained or (counted and comma) or (whole and item.kind in _ME)
        unnamed = unnamed if comma or kind == "name" else 0
        explains = (kind, item.kind) in _EXPLAINS and (item.kind != "role" or item.count == 1)
        same = comma and (item.kind == "self" or explains)
        belongs = same or (item.kind == "name" and unnamed > 0)
        if not belongs and not explained:
            yield item
        unnamed = max(unnamed - 1, 0) if belongs else (item.count or 0) * (item.kind == "role")
        kind = "" if belongs and not unnamed else item.kind


@functools.cache
def _lists(name: str) -> Mapping[str, frozenset[str]]:
    """Return the names of the lists that each word of a language stands in."""
    words = language(name).words
    lists = {
        key: frozenset[str]().union(*(words[part] for part in parts)) for key, parts in _TOGETHER.items()
    }
    found: dict[str, set[str]] = {}
    for key, listed in {**words, **lists}.items():
        for word in listed:
            found.setdefault(word, set()).add(key)
    return {word: frozenset(keys) for word, keys in found.items()}


class Parser:
    """Recursive-descent parser of the parties in one sentence."""

    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self._tokens, self._language = tokens, language
        lists = _lists(language.name)
        self._kinds = [lists.get(token.word, frozenset()) for token in tokens]

    def groups(self, sentence: int) -> Iterator[PartyGroup]:
        """Yield the parties of the sentence, from left to right."""
        at = 0
        while at < len(self._tokens):
            items = self.items(at)
            if items and not (items[0].kind == "name" and self._is(at - 1, "determiners")):
                yield PartyGroup(sentence, at, items)
                at = items[-1].end
            else:
                at += 1

    def items(self, at: int) -> tuple[PartyItem, ...]:
        """Parse ``PartyItem (joint PartyItem)*``."""
        items: list[PartyItem] = []
        joint = ""
        while (item := self._item(at)) and not self._ends(items, item, at, joint):
            told = item.kind if items and items[-1].count is None and joint == "," else ""
            if told in ("number", "seat", "name"):  # "les copines, à quatre", "nos enfants, Léa et Tom"
                kind = "name" if told == "name" else "role"
                items[-1] = replace(item, kind=kind, joint=items[-1].joint)
            elif items and joint == "," and item.kind == "thing" and items[-1].kind == "name":
                items[-1] = replace(items[-1], end=item.end, count=0)  # "Pacha, mon chien"
            else:
                items.append(replace(item, joint=joint))
            joint, at = self._joint(item.end if item.kind in _ME else self._behind(item.end), item)
            if not joint:
                break
        return tuple(items)

    def _ends(self, items: Sequence[PartyItem], item: PartyItem, at: int, joint: str) -> bool:
        """Return whether a party ends before an item: "Tom, I will come", "ma fille, son père étant absent"."""
        if self._is(item.end, "denying"):
            return True
        told = item.kind in ("number", "seat", "unsure") and bool(items) and items[-1].count is not None
        return joint == "," and (told or items[-1].kind == "thing" or self._is(at, "subjects"))

    def reach(self, at: int) -> int:
        """Return where the verb stands after a party that ends at `at`: "deux agents de notre service seront"."""
        bracket = False
        if self._word(at) == "," and self._is(
            at + 1, "relatives"
        ):  # "ma voisine, qui n'a pas de courriel, viendra"
            rest = [token.word for token in self._tokens[at + 2 :]]
            at += 3 + rest.index(",") if "," in rest else 0
        for verb in range(at, min(len(self._tokens), at + _TAIL)):
            word = self._word(verb)
            bracket = word == "(" or (bracket and word != ")")
            if bracket or word == ")":
                continue
            behind = verb + (word == ",")
            if self.verb(behind) and not self._is(behind, "they", "self"):
                return behind
            if word == "," or word in _STOPS:
                break
        return at

    def acts(self, at: int) -> bool:
        """Return whether a verb of the third person that its ending tells is here: "apportera"."""
        word = self._word(at)
        return len(word) > _SHORTEST and word.endswith(self._language.third_endings)

    def skip(self, at: int) -> int:
        """Skip the words that may stand before an item: "ainsi que", "environ"."""
        while self._is(at, "skipped"):
            at += 1
        return at

    def _is(self, at: int, *names: str) -> bool:
        kinds = self._kinds[at] if 0 <= at < len(self._kinds) else ()
        return bool(kinds) and any(name in kinds for name in names)

    def _sort(self, at: int) -> str:
        return self._tokens[at].sort if at < len(self._tokens) else ""

    def _word(self, at: int) -> str:
        return self._tokens[at].word if 0 <= at < len(self._tokens) else "$"

    def _joint(self, at: int, item: PartyItem) -> tuple[str, int]:
        """Read the joint before the next item; none is needed beside the writer: "moi ma mère et ma tante"."""
        joints = []
        while self._word(at) == "," or self._is(at, "joint"):
            joints.append(self._word(at))
            at += 1
        if joints:
            return ("," if set(joints) == {","} else joints[-1]), at
        beside = self._is(at, "unjoined" if item.kind in _ME else "me") and not self._sort(at)
        return (" " if beside or (item.age and self._sort(at) in _NUMERIC) else ""), at

    def _behind(self, at: int) -> int:
        """Skip the rest of an item: "de notre service", "elle-même", a remark in brackets; stop at a verb."""
        start = at
        while at < len(self._tokens) and self._word(at) != "," and not self._is(at, "joint"):
            herself = self._is(at + 1, "also")
            if at - start > _TAIL or self._word(at) in _STOPS or (self.verb(at) and not herself):
                return start
            if at == start and self._is(at, "me"):
                return at
            while self._word(at) == "(" and ")" in (later := [token.word for token in self._tokens[at:]]):
                at += later.index(")")
            at += 1
        return at

    def _item(self, at: int) -> PartyItem | None:
        at = self.skip(at)
        if self._word(at) == "$":
            return None
        if self._is(at, "me"):
            oneself = self._is(at + 1, "selves")
            return PartyItem("self" if oneself else "me", at + 1 + oneself)
        beside = at + 1 + (self._word(at + 1) == "," or self._is(at + 1, "and"))
        if beside > at + 1 and self._is(at, "they", "them") and self._is(beside, "me"):
            return PartyItem("name", at + 1)  # "elle et moi"
        for rule in (self._us, self._counted, self._titled, self._role):
            if item := rule(at):
                return self._bracketed(item)
        if self._is(at, "bare") and not self._is(at, "wholes", "many", "seats"):
            end = self._names(at + 1)
            return PartyItem("title" if end == at + 1 else "named", end, age=self._age(at))
        return self._bracketed(PartyItem("name", self._names(at))) if self._named(at) else None

    def _us(self, at: int) -> PartyItem | None:
        """Read "nous deux", "us four", "nous (3)"."""
        if not self._is(at, "us"):
            return None
        if self._word(at + 1) == "(" and self._sort(at + 2) == "n":
            return PartyItem("us", at + 1)
        first = at + 1 + self._is(at + 1, "fillers")
        return replace(self._number(first), kind="us") if self._people_at(first) == "n" else None

    def _named(self, at: int) -> bool:
        token = self._tokens[at] if at < len(self._tokens) else None
        if not token or not token.capital or token.sort in _NUMERIC or not token.word.isalpha():
            return False
        return not self._is(at, "nameless") and not (
            at <= 1 and token.word in self._language.grammar.vocabulary
        )

    def _names(self, at: int) -> int:
        """Return the end of the names from here: "Luc Baillet"."""
        while self._named(at):
            at += 1
        return at

    def _titled(self, at: int) -> PartyItem | None:
        if not self._is(at, "titles") or self._word(at + 1) == "$" or self._is(at + 1, "verbal"):
            return None
        return PartyItem("name", at + 1 if self._is(at + 1, "and") else max(at + 2, self._names(at + 1)))

    def _people_at(self, at: int) -> str:
        """Return the sort of a number that may be of people; empty for any other word or number."""
        return self._sort(at) if self._sort(at) in _NUMERIC and not self._thing(at) else ""

    def _number(self, at: int) -> PartyItem:
        """Read a number or a range: "3", "vingt et un", "3 ou 4", "2-3", "entre 3 et 5"."""
        value, end = self._value(at)
        ranged = self._is(at - 1, "ranging") and self._is(end, "and")
        other = end + ranged
        while self._word(other) == "," or self._is(other, "between", "uncertain", "fillers"):
            ranged = ranged or self._is(other, "between", "uncertain")
            other += 1
        other = other if ranged else end
        if (ranged or self._dashed(end)) and self._sort(other) == "n" and not self._thing(other):
            upper, last = self._value(other)
            if upper > value:
                return PartyItem("number", last, upper, value)
        return PartyItem("number", end, value)

    def _dashed(self, at: int) -> bool:
        """Return whether only a dash is between two numbers: "2-3"."""
        gap = self._tokens[at].start - self._tokens[at - 1].end if self._sort(at) == "n" else 0
        return gap == 1 and self._word(at).isdigit()

    def _value(self, at: int) -> tuple[int, int]:
        """Return one number of one or more words, and where it ends."""
        value, end = self._tokens[at].value, at + 1
        more = end + self._is(end, "and")
        if value >= _TENS and not self._word(at).isdigit() and self._sort(more) in _NUMERIC:
            units = self._tokens[more].value
            joined = units < (2 * _TENS if value in _SCORES else _TENS) and value % _TENS == 0
            return (value + units, more + 1) if joined else (value, end)
        return value, end

    def _thing(self, at: int) -> bool:
        """Return whether a number here counts or names something else than people."""
        _, end = self._value(at)
        if self._sort(at) == self._sort(end) == "n" and not self._dashed(end):
            return True
        if self._word(end) == "#number" or self._glued(at) or (self._glued(end) and not self._person(end)):
            return True
        if self._word(end) == ")" and self._word(at - 1) in _LISTED and self._word(at).isdigit():
            return True  # the number of a list: "1) présente"
        listed = end
        while (self._word(listed) == "," or self._is(listed, "and")) and self._sort(listed + 1) in (
            "n",
            "time",
        ):
            if self._sort(listed + 1) == "time" or self._is(listed + 2, "ages"):
                return True  # "entre 18 et 19 h", "(11, 8 et 2 ans)"
            listed += 2
        if self._is(end, "other", "months") or self._sort(end) == "time" or self._is(at - 1, "labels"):
            return True
        if self._is(at - 1, "and") and self._sort(at - 2) == "n" and self._is(at - 3, "labels"):
            return True  # "badges 118 et 204"
        if self._is(end + (self._word(end) == ","), "streets"):
            return True
        return self._is(end + 1, "other") and not self._is(end, "verbal", "and", "people")

    def _glued(self, at: int) -> bool:
        """Return whether a word and a number are written in one: "A23", "5B", but not "x2"."""
        if not 0 < at < len(self._tokens) or self._tokens[at - 1].end != self._tokens[at].start:
            return False
        one, other = sorted((self._word(at - 1), self._word(at)), key=str.isalpha)
        return one.isdigit() and other.isalpha() and other != "x"

    def _counted(self, at: int) -> PartyItem | None:
        """Read a number with its noun, if it has one: "deux de mes collègues", "une petite dizaine de parents"."""
        sort = self._people_at(at)
        if not sort:
            return None
        item = self._number(at)
        if sort == "one" and item.least is None:
            more = next((n for n in (at + 1, at + 2) if self._sort(n) == "n"), None)
            if more is None:
                return self._noun(at, item) or (
                    item if self._is(at - 1, "adding") or self._word(at - 1) == "+" else None
                )
            item = self._number(more)
            written = self._word(more - 1) == "(" and self._word(item.end) == ")"  # "un (1) représentant"
            item = replace(item, end=item.end + written)
        unsure = self._word(item.end).isalpha() and not self._free(item.end)
        return self._noun(item.end - 1, item) or (replace(item, kind="unsure") if unsure else item)

    def _free(self, at: int) -> bool:
        """Return whether a word that is no noun is here: what it follows may be a number of people without one."""
        return self._is(at, "free") or self.verb(at) or bool(self._sort(at))

    def verb(self, at: int) -> bool:
        """Return whether a verb is here, by its list or its ending; "a" before an article is the preposition."""
        if self._is(at, "between") and self._is(at + 1, "articles"):
            return False
        return self.acts(at) or self._is(at, "verb")

    def _role(self, at: int) -> PartyItem | None:
        """Read a determiner and a person: "mes deux fils", "ma voisine du dessous", "plusieurs collègues"."""
        if not self._is(at, "determined"):
            return None
        for number in (at + 1, at + 2)[: 2 - self._free(at + 1)]:
            if self._people_at(number):
                item = self._number(number)
                counted = item if item.count != 1 else None
                if counted and self._word(item.end).isalpha() and not self._free(item.end):
                    counted = replace(counted, kind="unsure")  # "mes 12 toiles"
                return self._noun(item.end - 1, item) or counted
        return self._noun(at, PartyItem("role", at + 1, None if self._is(at, "plurals", "several") else 1))

    def _noun(self, at: int, item: PartyItem) -> PartyItem | None:
        """Read the person that a number or a determiner at `at` belongs to, within a few words."""
        for end in range(at + 1, min(len(self._tokens), at + _REACH)):
            if self._is(end, "titles") and self._named(end + 1):
                return self._titled(end)
            if self._is(end, "servants"):
                return replace(item, kind="me", end=end + 1)
            if self._is(end, "animals") or (item.kind == "role" and self._is(end, "objects")):
                return replace(item, kind="thing", end=end + 1, count=0, least=None)
            if self._person(end):
                chair = self._is(end, "seats") and not self._is(end, "people", "others")
                return None if chair and item.kind == "role" and item.count else self._of_role(item, end)
            if not self._word(end).isalpha() or self._sort(end) in _NUMERIC or self._is(end, "verb", "other"):
                return None
            if self._is(end, "determiners", "plurals") and not self._is(end - 1, "particles"):
                return None
            if self._named(end):
                place = self._is(at, "articles") and not self._is(at, "plurals")
                return None if place else replace(item, kind="name", end=self._names(end))
            if self._is(end, "small") and not self._word(end + 1).isalpha():
                return replace(item, kind="role", end=end + 1, age="children")
        return None

    def _of_role(self, item: PartyItem, at: int) -> PartyItem:
        """Return an item with the noun at `at`: "mes parents" are two, "mes enfants" some."""
        whole, age, end = self._is(at, "wholes"), self._age(at), self._names(at + 1)
        if whole and self._is(at + 1, "particles") and self._sort(at + 2) == "n":
            inner = self._number(at + 2)
            return self._noun(inner.end - 1, inner) or inner
        count = None if whole and item.count == 1 else item.count
        if item.kind == "role":
            count = 2 if self._is(at, "pairs") else None if self._is(at, "many", "wholes") else count
        kind = "role" if end == at + 1 else "named"
        if item.kind == "number" and self._is(at, "seats") and not age:
            kind = "seat"
        years = end + self._is(end, "particles")
        aged = self._sort(years) == "n" and self._is(years + 1, "ages")
        if count is None and kind == "named" and self._named(end + self._is(end, "and")):
            count = 1  # "nos enfants Léa et Tom"
        return replace(item, kind=kind, end=years + 2 if aged else end, count=count, age=age)

    def _person(self, at: int) -> bool:
        ending = self._word(at).endswith(self._language.person_endings)
        return self._is(at, "person") or (ending and not self._is(at, "other"))

    def _age(self, at: int) -> str:
        """Return whether a noun is of an adult or a child: "ma fille (6 ans)", "mon bébé"."""
        if self._is(at, "adults", "children"):
            return "adults" if self._is(at, "adults") else "children"
        behind = self._names(at + 1)
        years = behind + (self._word(behind) == "(" or self._is(behind, "particles"))
        aged = self._sort(years) == "n" and self._is(years + 1, "ages")
        return "children" if aged and self._tokens[years].value < _GROWN else ""

    def _bracketed(self, item: PartyItem) -> PartyItem:
        """Take the number in brackets behind an item, as in "toute la famille (4)"; or the animal, as in "Filou (le chien)"."""
        at = item.end
        while item.count is None and at < item.end + _REACH and self._word(at).isalpha():
            at += 1
        if self._word(at) != "(":
            return item
        kin = self._is(item.end - 1, "others", "people", "children") and not self._is(item.end - 1, "orgs")
        aged = item.count == 1 and (
            kin or item.kind == "named"
        )  # "our daughter Poppy (6)", "meine Tochter (9)"
        if aged and self._sort(at + 1) == "n" and self._word(at + 2) == ")":
            return replace(item, end=at + 3)
        told = at + 1
        told += self._is(told, "us")
        close = self.skip(told + 1)  # "les Roux (nous 2) et les Petit (2 aussi)"
        if self._sort(told) == "n" and not self._thing(told) and self._word(close) == ")":
            return replace(item, end=close + 1, count=self._tokens[told].value)
        pet = item.kind == "name" and (self._is(at + 1, "animals") or self._is(at + 2, "animals"))
        return replace(item, count=0) if pet else item
