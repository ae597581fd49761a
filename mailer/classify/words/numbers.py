"""Count who comes: parse the parties that a text names, and weigh them by the phrases around them.

A party is ``Item (joint Item)*``: "ma femme, M. Roux et moi", "2 adultes + 3 enfants", "trois". An item is the writer, a
number, a name, or a role with a number or a determiner. The signs of ``numbers.toml`` frame a party: they end where it
begins or begin where it ends, and tell whether it is everybody ("total", "after"), comes along ("with", "along"), comes
for somebody ("named", "come"), is a part ("part") or nobody who comes ("not"). Numbers of anything else have no frame.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailer.classify.words.language import Language
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.statements import TextStatement
from mailer.classify.words.tokens import Token

MOST = 500
"""Maximum headcount; a larger number is a typing error or a joke, and counts as this one, about which a person is asked."""
_PAIR, _SHORTEST = 2, 4
_REACH, _TAIL, _SHORT, _GROWN, _TENS = 5, 8, 7, 18, 20
"""Maximum words before a noun, after an item, and in a short sentence; the age of an adult; the least number said in two words."""
_EXPLAINS = frozenset(
    (
        ("name", "role"),
        ("role", "name"),
        ("name", "title"),
        ("title", "name"),
        ("named", "title"),
        ("title", "named"),
    )
)
_COUNTED = frozenset(("number", "us", "seat", "unsure"))
_STOPS = frozenset(("$", ":", ";", ")"))
_LEFT = frozenset(("total", "with", "named", "part", "not"))
_RIGHT = frozenset(("after", "along", "come", "not-behind"))
_NOBODY = frozenset(("not", "not-behind", "part"))
_TOTAL = frozenset(("total", "after"))
_COMPANY = frozenset(("with", "along"))


@dataclass(frozen=True, slots=True)
class Party:
    """How many people come, the writer included; the fields are those of `Answer`, `to_check` its `number_to_check`."""

    number: int | None = None
    least: int | None = None
    adults: int | None = None
    children: int | None = None
    to_check: bool = False


@dataclass(frozen=True, slots=True)
class _Item:
    """An item of a party: ``me``, ``us``, ``number``, ``seat`` ("3 places"), ``name``, ``role``, or ``named`` (a role with its
    name) and ``title`` (a role without a determiner).

    `count` is None for people whose number is not said ("mes enfants"), and 0 for an animal. `joint` is the word before
    it: empty, a comma, or a word for "and".
    """

    kind: str
    end: int
    count: int | None = 1
    least: int | None = None
    age: str = ""
    joint: str = ""


@dataclass(frozen=True, slots=True)
class _Group:
    """A parsed party: where it stands in its sentence, its items, and the frames around it."""

    sentence: int
    start: int
    items: tuple[_Item, ...]
    frames: frozenset[str] = frozenset()

    @property
    def end(self) -> int:
        return self.items[-1].end

    @property
    def own(self) -> bool:
        return any(item.kind in ("me", "self") for item in self.items) or any(
            item.kind == "us" for item in self.items[1:]
        )

    @property
    def counted(self) -> bool:
        return self.items[0].kind in _COUNTED

    @property
    def many(self) -> bool:
        return any(item.count is None for item in self.items)

    def people(self, *, least: bool = False) -> int:
        """Add up the items, except those that only explain the one before them."""
        return sum((least and item.least) or item.count or 0 for item in _apart(self.items))


def party(cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> Party:
    """Return how many people come, as far as the text says it."""
    return _Reader(cut, found, language).party()


def people(tokens: Sequence[Token], language: Language) -> int:
    """Count the people in the list at the beginning of `tokens`; 0 if it is none or their number is not known."""
    items = _Parser(tokens, language).items(0)
    group = _Group(0, 0, items)
    return 0 if not items or group.many else group.people()


def _apart(items: Sequence[_Item]) -> Iterator[_Item]:
    """Yield the items that are other people than those before them.

    A name after a role and a comma belongs to the role, and a role after a name to the name: "la principale, Mme
    Hadjadj, et moi" are two people, and so are "mes deux voisines, Josiane et Malika". After a number, what a comma
    precedes explains it: "nous serons trois, mon fils, sa femme et moi".
    """
    kind, unnamed, explained = "", 0, False
    counted, whole = items[0].kind in _COUNTED, items[0].kind in ("number", "us")
    for item in items:
        comma = item.joint == ","
        explained = explained or (counted and comma) or (whole and item.kind in ("me", "self"))
        unnamed = unnamed if comma or kind == "name" else 0
        told = bool(kind) and item.kind == "self"
        belongs = (comma and (told or (kind, item.kind) in _EXPLAINS)) or (
            item.kind == "name" and unnamed > 0
        )
        if not belongs and not explained:
            yield item
        unnamed = max(unnamed - 1, 0) if belongs else (item.count or 0) * (item.kind == "role")
        kind = "" if belongs and not unnamed else item.kind


class _Parser:
    """Recursive-descent parser of the parties in one sentence."""

    def __init__(self, tokens: Sequence[Token], language: Language) -> None:
        self.tokens, self.words, self.language = tokens, language.words, language

    def groups(self, sentence: int) -> Iterator[_Group]:
        """Yield the parties of the sentence, from left to right."""
        at = 0
        while at < len(self.tokens):
            items = self.items(at)
            within = items[:1] and items[0].kind == "name" and self._is(at - 1, "determiners")
            if items and not within:
                yield _Group(sentence, at, items)
            at = items[-1].end if items and not within else at + 1

    def items(self, at: int) -> tuple[_Item, ...]:
        """Parse ``Item (joint Item)*``."""
        items: list[_Item] = []
        joint = ""
        while item := self._item(at):
            item = self._bracketed(item)
            if self._is(item.end, "denying") or (joint == "," and self._is(at, "subjects")):
                break
            if joint == "," and items[-1].count is not None and item.kind in ("number", "seat", "unsure"):
                break
            if joint == "," and items[-1].kind == "thing":
                break
            if joint == "," and item.kind in ("number", "seat"):
                items[-1] = replace(item, kind="role", joint=items[-1].joint)
            else:
                items.append(replace(item, joint=joint))
            joint, at = self._joint(
                self._behind(item.end) if item.kind not in ("me", "self") else item.end, item
            )
            if not joint:
                break
        return tuple(items)

    def _is(self, at: int, *names: str) -> bool:
        return 0 <= at < len(self.tokens) and any(self.tokens[at].word in self.words[name] for name in names)

    def _sort(self, at: int) -> str:
        return self.tokens[at].sort if at < len(self.tokens) else ""

    def _word(self, at: int) -> str:
        return self.tokens[at].word if 0 <= at < len(self.tokens) else "$"

    def _joint(self, at: int, item: _Item) -> tuple[str, int]:
        """Read the joint before the next item; none is needed after and before the writer ("moi ma mère et ma tante")."""
        joints = []
        while self._word(at) == "," or self._is(at, "and", "adding"):
            joints.append(self._word(at))
            at += 1
        if not joints:
            beside = self._is(at, "unjoined" if item.kind in ("me", "self") else "me") and not self._sort(at)
            aged = item.age and self._sort(at) in ("n", "one")
            return (" ", at) if beside or aged else ("", at)
        return ("," if set(joints) == {","} else joints[-1]), at

    def reach(self, at: int) -> int:
        """Return where the verb stands after a party that ends at `at`: "deux agents de notre service seront"."""
        bracket = False
        for verb in range(at, min(len(self.tokens), at + _TAIL)):
            if self._verb(verb):
                return verb
            if self._word(verb) == "," and self._verb(verb + 1) and not self._is(verb + 1, "they", "self"):
                return verb + 1
            if self._word(verb) in _STOPS | {","} and not (bracket and self._word(verb) == ")"):
                break
            bracket = bracket or self._word(verb) == "("
        return at

    def _behind(self, at: int) -> int:
        """Skip the rest of an item: "de notre service", "elle-même", a remark in brackets; stop at a verb."""
        start = at
        while at < len(self.tokens) and self._word(at) != "," and not self._is(at, "and", "adding"):
            herself = self._is(at + 1, "also")
            if self._is(at, "me") and at == start:
                return at
            verb = self._verb(at) and not herself
            if at - start > _TAIL or self._word(at) in _STOPS or verb:
                return start
            if self._word(at) == "(":
                while at < len(self.tokens) and self._word(at) != ")":
                    at += 1
            at += 1
        return at

    def _item(self, at: int) -> _Item | None:
        while self._is(at, "also", "fillers"):
            at += 1
        if at >= len(self.tokens):
            return None
        if self._is(at, "me"):
            return _Item("self" if self._is(at + 1, "selves") else "me", at + 1 + self._is(at + 1, "selves"))
        for rule in (self._us, self._counted, self._titled, self._role):
            if item := rule(at):
                return item
        bare = self._is(at, "companions", "principals", "people") and not self._is(at, "seats")
        if bare and not self._is(at, "wholes", "many"):
            end = self._names(at + 1)
            return _Item("title" if end == at + 1 else "named", end, age=self._age(at))
        return _Item("name", self._names(at)) if self._named(at) else None

    def _us(self, at: int) -> _Item | None:
        """Read "nous deux", "us four", "nous (3)"."""
        if self._is(at, "us") and self._word(at + 1) == "(" and self._sort(at + 2) == "n":
            return _Item("us", at + 1)
        first = at + 1 + self._is(at + 1, "fillers")
        if self._is(at, "us") and self._sort(first) == "n" and not self._thing(first):
            return replace(self._number(first), kind="us")
        return None

    def _named(self, at: int) -> bool:
        token = self.tokens[at] if at < len(self.tokens) else None
        if not token or not token.capital or token.sort in ("n", "one") or not token.word.isalpha():
            return False
        known = at <= 1 and token.word in self.language.grammar.vocabulary
        return not known and not self._is(at, "verbal", "common", "months", "objects", "units")

    def _names(self, at: int) -> int:
        """Return the end of the names from here: "Luc Baillet"."""
        while self._named(at):
            at += 1
        return at

    def _titled(self, at: int) -> _Item | None:
        if not self._is(at, "titles") or self._word(at + 1) == "$" or self._is(at + 1, "verbal"):
            return None
        return _Item("name", at + 1 if self._is(at + 1, "and") else max(at + 2, self._names(at + 1)))

    def _number(self, at: int) -> _Item:
        """Read a number: "3", "vingt et un", "3 ou 4", "entre 3 et 5", "une petite dizaine"."""
        value, end = self._value(at)
        ranged = self._is(at - 1, "ranging")
        for step in (0, 1):
            joined = (ranged and self._is(end, "and")) or self._is(end, "between")
            dashed = step == 0 and self._sort(end) == "n" and self._close(end)
            other = end + step
            while step and self._is(other, "fillers"):
                other += 1
            if (dashed or (step == 1 and joined)) and self._sort(other) == "n":
                upper, last = self._value(other)
                if upper > value and not self._thing(other):
                    return _Item("number", last, upper, value)
        return _Item("number", end, value)

    def _close(self, at: int) -> bool:
        """Return whether only a dash is between two numbers: "2-3"."""
        return self.tokens[at].start - self.tokens[at - 1].end == 1 and self.tokens[at].word.isdigit()

    def _glued(self, at: int) -> bool:
        """Return whether a word and a number are written in one: "A23", "5B", but not "x2"."""
        if not 0 < at < len(self.tokens) or self.tokens[at - 1].end != self.tokens[at].start:
            return False
        words = (self._word(at - 1), self._word(at))
        return (
            sum(word.isdigit() for word in words)
            == sum(word.isalpha() and word != "x" for word in words)
            == 1
        )

    def _value(self, at: int) -> tuple[int, int]:
        """Read one number of one or more words."""
        value, end = self.tokens[at].value, at + 1
        more = end + self._is(end, "and")
        said = not self.tokens[at].word.isdigit()
        if said and value >= _TENS and self._sort(more) in ("n", "one") and self.tokens[more].value < _TENS:
            return value + self.tokens[more].value, more + 1
        return value, end

    def _thing(self, at: int) -> bool:
        """Return whether a number here counts or names something else than people."""
        _, end = self._value(at)
        after = end + (self._word(end) == ",")
        if self._sort(at) == self._sort(end) == "n" and not self._close(end):
            return True
        if self._glued(at) or (self._glued(end) and not self._person(end)):
            return True
        unit = (
            self._is(end, "units", "months", "objects")
            or self._is(after, "streets")
            or self._sort(end) == "time"
        )
        qualified = self._is(end + 1, "units", "objects") and not self._is(end, "verbal", "and", "people")
        return unit or qualified or self._is(at - 1, "labels")

    def _counted(self, at: int) -> _Item | None:
        """Read a number with its noun, if it has one: "deux de mes collègues", "une petite dizaine de parents"."""
        if self._sort(at) not in ("n", "one") or self._thing(at):
            return None
        item = self._number(at)
        if self._sort(at) == "one":
            more = next((n for n in (at + 1, at + 2) if self._sort(n) == "n"), None)
            if more is None:
                alone = self._is(at - 1, "adding", "and")
                return self._noun(at, item) or (item if alone else None)
            item = self._number(more)
        unsure = self._word(item.end).isalpha() and not self._known(item.end)
        return self._noun(item.end - 1, item) or (replace(item, kind="unsure") if unsure else item)

    def _known(self, at: int) -> bool:
        """Return whether a word that no noun can be follows a number."""
        lists = (
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
        )
        return self._is(at, *lists) or self._verb(at) or bool(self._sort(at))

    def _verb(self, at: int) -> bool:
        """Return whether a verb is here, by its list or its ending."""
        word = self._word(at)
        if self._is(at, "between") and self._is(at + 1, "articles"):
            return False
        return self._is(at, "verbal", "stops") or (
            len(word) > _SHORTEST and word.endswith(self.language.third_endings)
        )

    def _role(self, at: int) -> _Item | None:
        """Read a determiner and a person: "mes deux fils", "ma voisine du dessous", "plusieurs collègues"."""
        if not self._is(at, "determiners", "several", "plurals", "dets"):
            return None
        plural = self._is(at, "plurals", "several")
        item = _Item("role", at + 1, None if plural else 1)
        for number in (at + 1, at + 2)[: 2 - self._known(at + 1)]:
            if self._sort(number) in ("n", "one") and not self._thing(number):
                item = self._number(number)
                return self._noun(item.end - 1, item) or (item if item.count > 1 else None)
        return self._noun(at, item)

    def _noun(self, at: int, item: _Item) -> _Item | None:
        """Read the person that a number or a determiner at `at` belongs to, within a few words."""
        for end in range(at + 1, min(len(self.tokens), at + _REACH)):
            word = self._word(end)
            if self._is(end, "titles") and self._named(end + 1):
                return self._titled(end)
            if self._is(end, "servants"):
                return replace(item, kind="me", end=end + 1)
            if self._is(end, "animals") or (item.kind == "role" and self._is(end, "objects")):
                return replace(item, kind="thing", end=end + 1, count=0, least=None)
            if self._person(end):
                seat = (
                    self._is(end, "seats") and not self._is(end, "people", "others") and item.kind == "role"
                )
                seat = seat and item.count is not None
                return None if seat else self._of_role(item, end)
            if (
                not word.isalpha()
                or self._sort(end) in ("n", "one")
                or self._is(end, "verbal", "stops", "objects", "units")
            ):
                return None
            if self._is(end, "determiners", "plurals") and not self._is(end - 1, "particles"):
                return None
            if self._named(end):
                place = self._is(at, "articles") and not self._is(at, "plurals")
                return None if place else replace(item, kind="name", end=self._names(end))
            if self._is(end, "small") and not self._word(end + 1).isalpha():
                return replace(item, kind="role", end=end + 1, age="children")
        return None

    def _of_role(self, item: _Item, at: int) -> _Item:
        """Return an item with the noun at `at`: "mes parents" are two, "mes enfants" some."""
        if self._is(at, "wholes") and self._sort(at + 2) == "n" and self._is(at + 1, "particles"):
            inner = self._number(at + 2)
            return self._noun(inner.end - 1, inner) or inner
        count = None if self._is(at, "wholes") and item.count == 1 else item.count
        if item.kind == "role" and count != 0:
            pair = self._is(at, "pairs")
            count = 2 if pair else None if self._is(at, "many", "wholes") else count
        end = self._names(at + 1)
        kind = "role" if end == at + 1 else "named"
        if self._is(at, "seats") and not self._age(at) and item.kind == "number":
            kind = "seat"
        return replace(item, kind=kind, end=self._aged(end), count=count, age=self._age(at))

    def _aged(self, at: int) -> int:
        """Return the end of an age that begins here: "de 12 ans"."""
        number = at + self._is(at, "particles")
        return number + 2 if self._sort(number) == "n" and self._is(number + 1, "ages") else at

    def _person(self, at: int) -> bool:
        known = self._is(
            at, "companions", "others", "principals", "people", "children", "adults", "seats", "wholes"
        )
        return known or (
            not self._is(at, "objects", "units") and self._word(at).endswith(self.language.person_endings)
        )

    def _age(self, at: int) -> str:
        """Return whether a noun is of an adult or a child: "ma fille (6 ans)", "mon bébé"."""
        if self._is(at, "adults", "children"):
            return "adults" if self._is(at, "adults") else "children"
        behind = self._names(at + 1)
        years = behind + (self._word(behind) == "(" or self._is(behind, "particles"))
        aged = self._sort(years) == "n" and self._is(years + 1, "ages") and self.tokens[years].value < _GROWN
        return "children" if aged else ""

    def _bracketed(self, item: _Item) -> _Item:
        """Take the number in brackets behind an item: "toute la famille (4)", "nous (3)"; or the animal: "Filou (le chien)"."""
        at = item.end
        while item.count is None and at < item.end + _REACH and self._word(at).isalpha():
            at += 1
        if self._word(at) != "(":
            return item
        if self._sort(at + 1) == "n" and not self._thing(at + 1) and self._word(at + 2) == ")":
            return replace(item, end=at + 3, count=self.tokens[at + 1].value)
        if item.kind == "name" and (self._is(at + 1, "animals") or self._is(at + 2, "animals")):
            return replace(item, count=0)
        return item


def _lines(cut: Sequence[Sentence]) -> list[Sequence[Token]]:
    """Return the tokens of each sentence, with those of the list below it: lines that begin with a dash."""
    lines: list[Sequence[Token]] = []
    opened = 0
    for number, sentence in enumerate(cut):
        if number and sentence.tokens[1].word == ",":
            lines[opened] = (*lines[opened][:-1], *sentence.tokens[1:])
            lines.append(())
        else:
            opened = number
            lines.append(sentence.tokens)
    return lines


class _Reader:
    """Reader of the parties of a whole text, which weighs one against the other."""

    def __init__(self, cut: Sequence[Sentence], found: Sequence[TextStatement], language: Language) -> None:
        self.language = language
        self.found = [one for one in found if one.says == "heads" and not one.asked]
        self.answers = {
            one.sentence
            for one in found
            if one.says in ("yes", "assent", "represented", "stands-in", "maybe")
        }
        self.lines = _lines(cut)
        self.groups = [
            replace(group, frames=self._frames(group))
            for number, tokens in enumerate(self.lines)
            for group in _Parser(tokens, language).groups(number)
        ]

    def _frames(self, group: _Group) -> frozenset[str]:
        """Return the counts of the signs that frame a party."""
        tokens = self.lines[group.sentence]
        words = self.language.words
        first = group.start
        while first < len(tokens) and tokens[first].word in words["fillers"] | words["also"]:
            first += 1
        frames = set()
        reach = _Parser(tokens, self.language).reach(group.end)
        for one in self.found:
            if one.sentence != group.sentence:
                continue
            gap = {token.word for token in tokens[one.end : group.start]}
            parted = {",", ":"} if one.sign.count in ("total", "named") else set()
            before = one.end <= first and gap <= parted
            near = {token.word for token in tokens[group.end : one.start]} <= {","} or one.start == reach
            behind = near and one.start >= group.end
            inside = one.sign.count == "seats" and group.start <= one.start < group.end
            if inside or (before and one.sign.count in _LEFT) or (behind and one.sign.count in _RIGHT):
                frames.add(one.sign.count)
        return frozenset(frames)

    def party(self) -> Party:
        """Weigh the parties: everybody counts before a list, a list before companions, and these before bare roles."""
        used, base = self._chosen()
        number = base + sum(group.people() for group in used)
        least = base + sum(group.people(least=True) for group in used)
        total = any(self._total(group) for group in used)
        more = any(one.sign.count == "more" for one in self.found)
        to_check = more or (not total and self._puzzles(used))
        if not number:
            return Party(to_check=to_check)
        adults, children = self._ages(used, number)
        return Party(
            min(number, MOST), least if least != number else None, adults, children, to_check or number > MOST
        )

    def _chosen(self) -> tuple[Sequence[_Group], int]:
        """Return the parties that count, and how many people come besides."""
        live = [group for group in self.groups if not group.frames & _NOBODY]
        totals = [group for group in live if self._total(group)] or [
            group for group in live if self._whole(group)
        ]
        company = self._company(live)
        seats = [group for group in live if self._seats(group) and (group.people() > 1 or not company)]
        own = [group for group in live if group.own and group.people() > 1]
        sent = [group for group in live if self._envoys(group)] or [
            group for group in live if self._members(group)
        ]
        myself = any(group.own and group.people() == 1 and "with" in group.frames for group in live)
        fixed = {one.sign.count for one in self.found}
        myself = myself or "myself" in fixed
        totals = [group for group in totals if group.people() > 1] or totals
        if totals:
            return totals[-1:], int(myself and totals[-1].items[0].kind == "role" and not totals[-1].own)
        if seats:
            return seats[:1], 0
        if own:
            return [own[0], *(group for group in company if group is not own[0])][:2], 0
        if "+1" in fixed and not company:
            return sent[:1], 1 + (not sent)
        if "2" in fixed:
            return [group for group in company if self._shared(group)][:1], 2
        if company:
            return company[:1], 1
        return sent[:1], int(myself if sent else "1" in fixed)

    def _total(self, group: _Group) -> bool:
        """Return whether a party is everybody who comes: "nous serons trois", "trois au total"."""
        one = "total" in group.frames and group.counted and group.people() > 0
        along = "with" in group.frames and not self._told(group)
        return bool(group.frames & _TOTAL) and not along and (group.people() > 1 or one)

    def _whole(self, group: _Group) -> bool:
        """Return whether a party without such a phrase is everybody: "nous deux", "oui, 3"."""
        return group.items[0].kind == "us" or self._bare(group)

    def _seats(self, group: _Group) -> bool:
        return "seats" in group.frames and not group.frames & _COMPANY

    def _bare(self, group: _Group) -> bool:
        """Return whether a number is a whole phrase, of a short sentence or of one that answers: "toujours trois", "oui, 3"."""
        ranged = group.items[0].least is not None
        if group.items[0].kind not in ("number", "unsure")[: 1 + ranged] or "," in [item.joint for item in group.items]:
            return False
        tokens = self.lines[group.sentence]
        before, behind = (
            tokens[group.start - 1].word,
            tokens[group.end].word if group.end < len(tokens) else "$",
        )
        opens = before in "^,:(" or before in self.language.words["yes"]
        opens = opens and tokens[group.start].word not in self.language.words["also"]
        told = group.sentence in self.answers or len(tokens) <= _SHORT
        short = behind in (")" if before == "(" else "$,:(") and told
        return opens and (short or ranged or (before in "^:" and behind in self.language.words["purposes"]))

    def _company(self, live: Sequence[_Group]) -> list[_Group]:
        """Return the parties that come along with the writer, the largest first."""
        along = [group for group in live if group.frames & _COMPANY and not group.own and group.people() > 0]
        along = [group for group in along if group.items[0].kind != "unsure"]
        return sorted(along, key=lambda group: -group.people())

    def _shared(self, group: _Group) -> bool:
        """Return whether companions are those of both who come: "both of us, with our son", not "with my wife"."""
        return self.lines[group.sentence][group.start].word in self.language.words["shared"]

    def _envoys(self, group: _Group) -> bool:
        """Return whether a party comes for others: "représentée par A et B", "M. Roux et Mme Petit assisteront"."""
        if group.own or group.many or not group.people():
            return False
        first = self.lines[group.sentence][group.start : group.items[0].end]
        titled = any(token.word in self.language.words["titles"] for token in first)
        framed = "named" in group.frames or ("come" in group.frames and group.sentence in self.answers)
        return framed and (group.people() > 1 or titled)

    def _members(self, group: _Group) -> bool:
        """Return whether a number of people is told in a sentence that answers: "une délégation de cinq élus viendra"."""
        return self._told(group) and group.sentence in self.answers and group.items[0].kind == "role"

    def _told(self, group: _Group) -> bool:
        """Return whether a party begins with a number."""
        first = self.lines[group.sentence][group.start : group.items[0].end]
        return any(token.sort == "n" for token in first)

    def _puzzles(self, used: Sequence[_Group]) -> bool:
        """Return whether people are named whose number is not known: "avec les enfants", "avec toute la tribu", "en famille"."""
        several = sum(group.people() for group in used) > _PAIR
        if not used and any(group.start == 1 and group.items[0].kind == "unsure" for group in self.groups):
            return True
        if any(group.many for group in used) or (
            not several and any(one.sign.count == "many" for one in self.found)
        ):
            return True
        along = [group for group in self.groups if group.frames & _COMPANY and not group.frames & _NOBODY]
        if not several and any(group.many or group.items[0].kind == "unsure" for group in along):
            return True
        return any(self._unread(one) for one in self.found if one.sign.count == "with")

    def _unread(self, one: TextStatement) -> bool:
        """Return whether somebody unknown is named after a phrase such as "avec": "avec mes frangins du rugby"."""
        tokens, words = self.lines[one.sentence], self.language.words
        if any(
            group.sentence == one.sentence and group.start <= one.end < group.end for group in self.groups
        ):
            return False
        rest = [token.word for token in tokens[one.end : one.end + 3]] or ["$"]
        told = rest[0] in words["ours"] | words["several"] or rest[0].isdigit()
        return told and not any(word in words["objects"] | words["units"] | words["animals"] for word in rest)

    def _ages(self, used: Sequence[_Group], number: int) -> tuple[int | None, int | None]:
        """Return how many adults and how many children were told apart."""
        sentences = {group.sentence for group in used}
        told: dict[str, int] = {}
        for group in self.groups:
            if group.sentence in sentences:
                for item in group.items:
                    if item.age and item.count:
                        told[item.age] = told.get(item.age, 0) + item.count
        adults, children = told.get("adults"), told.get("children")
        if children is None or children > number:
            return (adults if adults == number else None), None
        return number - children or None, children
