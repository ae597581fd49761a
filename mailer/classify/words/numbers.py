"""Count who comes: weigh the parties that a text names (`parties`) by the phrases around them.

The signs of ``numbers.toml`` frame a party: they end where it begins or begin where it ends, and their count tells whether
it is everybody (``total``, ``after``), comes along (``with``, ``along``), comes for somebody (``named``, ``come``), is a
part of those already told (``part``) or does not come (``not``, ``not-behind``). ``seats`` is a number of places. Other
counts are whole phrases: ``1`` and ``2`` people, ``+1`` and ``myself`` one more, and ``many`` and ``more`` people whose
number is not known. ``acts`` and ``is`` tell that a verb follows, by its ending or by its list. A number without a frame is
one of something else, or one to check if it stands where people are counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mailer.classify.words.language import Language
from mailer.classify.words.parties import Parser, PartyGroup
from mailer.classify.words.sentences import Sentence
from mailer.classify.words.statements import TextStatement, Who
from mailer.classify.words.tokens import Token

MOST = 500
"""Maximum headcount; a larger number is a typing error or a joke, and counts as this one, about which a person is asked."""
_SECOND, _PAIR, _SHORT = 2, 2, 7
"""People of a couple, and maximum words of a short sentence with its ends."""
_LEFT = frozenset(("total", "with", "named", "part", "not"))
_RIGHT = frozenset(("after", "along", "come", "not-behind"))
_NOBODY = frozenset(("not", "not-behind", "part"))
_TOTAL = frozenset(("total", "after"))
_COMPANY = frozenset(("with", "along"))
_ACTS = frozenset(("acts", "come"))
_WHO = frozenset(("role", "title", "named", "name"))
_ROLES = frozenset(("role", "title", "named"))
_ANSWERS = frozenset(("yes", "assent", "represented", "stands-in", "maybe"))


@dataclass(frozen=True, slots=True)
class Party:
    """How many people come, the writer included; the fields are those of `Answer`, `to_check` its `number_to_check`."""

    number: int | None = None
    least: int | None = None
    adults: int | None = None
    children: int | None = None
    to_check: bool = False


def party(
    cut: Sequence[Sentence],
    found: Sequence[TextStatement],
    language: Language,
    basis: TextStatement | None = None,
) -> Party:
    """Return how many people come, as far as the text says it; `basis` is the statement that its answer rests on."""
    return _Reader(cut, found, language, basis).party()


def _lines(cut: Sequence[Sentence]) -> list[Sequence[Token]]:
    """Return the tokens of each sentence, with those of the list below it: lines that begin with a dash."""
    lines: list[Sequence[Token]] = []
    opened = 0
    for number, sentence in enumerate(cut):
        dashed = number > 0 and sentence.tokens[1].word == ","
        if dashed:
            lines[opened] = (*lines[opened][:-1], *sentence.tokens[1:])
        else:
            opened = number
        lines.append(() if dashed else sentence.tokens)
    return lines


class _Reader:
    """Reader of the parties of a whole text, which weighs one against the other."""

    def __init__(
        self,
        cut: Sequence[Sentence],
        found: Sequence[TextStatement],
        language: Language,
        basis: TextStatement | None,
    ) -> None:
        self.words, self.lines = language.words, _lines(cut)
        self.found = [one for one in found if one.says == "heads" and not one.asked]
        self.asking = {number for number, sentence in enumerate(cut) if sentence.asks}
        self.told = {one.sign.count for one in self.found}
        answers = [one for one in found if one.says in _ANSWERS]
        self.answers = {self._opened(one.sentence) for one in (*answers, *([basis] if basis else ()))}
        self.writer = any(one.who is Who.SELF for one in answers)
        self.groups: list[PartyGroup] = []
        for number, tokens in enumerate(self.lines):
            parser = Parser(tokens, language)
            signs = [one for one in self.found if one.sentence == number]
            self.groups += [
                replace(group, frames=self._frames(group, signs, parser)) for group in parser.groups(number)
            ]
        self.live = [group for group in self.groups if not group.frames & _NOBODY]

    def _opened(self, sentence: int) -> int:
        """Return the sentence that a line of its list belongs to."""
        while sentence and not self.lines[sentence]:
            sentence -= 1
        return sentence

    def _frames(self, group: PartyGroup, signs: Sequence[TextStatement], parser: Parser) -> frozenset[str]:
        """Return the counts of the signs that frame a party."""
        words = [token.word for token in self.lines[group.sentence]]
        first, verb = parser.skip(group.start), parser.reach(group.end)
        frames = set()
        for one in signs:
            count = one.sign.count
            parted = {",", ":"} if count in ("total", "named") else set()
            left = one.end <= first and set(words[one.end : group.start]) <= parted
            near = one.start == verb or set(words[group.end : one.start]) <= {","}
            right = one.start >= group.end and near
            inside = count == "seats" and group.start <= one.start < group.end
            if inside or (left and count in _LEFT) or (right and count in _RIGHT):
                frames.add(count)
        if parser.verb(verb):
            frames.add("acts" if parser.acts(verb) else "is")
        if (
            ":" in words[group.start - 2 : group.start]
            and group.people() > 1
            and group.sentence in self.answers
        ):
            frames.add("named")  # "Inscription de la direction : M. Roux, Mme Petit"
        return frozenset(frames)

    def party(self) -> Party:
        """Add up the parties that count."""
        used, base = self._chosen()
        number = base + sum(group.people() for group in used)
        least = base + sum(group.people(least=True) for group in used)
        known = any(self._total(group) for group in used)
        last = (
            (used[-1].sentence, used[-1].start) if known else (0, 0)
        )  # what a later number corrects is no more
        behind = [
            one
            for one in self.live
            if one not in used and (not one.counted or (one.sentence, one.start) > last)
        ]
        parted = any(self._exceeds(group, number or 1) for group in behind)
        to_check = "more" in self.told or number > MOST or parted or (not known and self._puzzles(used))
        if not number:
            return Party(to_check=to_check)
        return Party(
            min(number, MOST), least if least < number else None, *self._ages(used, number), to_check
        )

    def _chosen(self) -> tuple[Sequence[PartyGroup], int]:
        """Return the parties that count, and how many people come besides.

        Everybody counts before a list, a list before companions, and these before bare roles.
        """
        live = self.live
        totals = list(filter(self._total, live)) or list(filter(self._whole, live))
        totals = [group for group in totals if group.people() > 1] or totals
        company = sorted(filter(self._along, live), key=lambda group: -group.people())
        seats = [one for one in live if "seats" in one.frames and not one.frames & _COMPANY]
        own = [group for group in live if group.own and group.people() > 1]
        seats = [group for group in seats if group.people() > 1 or not (company or own)]
        sent = sorted(filter(self._envoys, live), key=lambda group: "named" not in group.frames) or list(
            filter(self._members, live)
        )
        alone = any(group.own and group.people() == 1 and "with" in group.frames for group in live)
        myself = alone or "myself" in self.told
        if totals:
            last = totals[-1]
            led = [one for one in company if not last.counted and self._leads(last, one)]
            return [last, *led[:1]], int(myself and last.first.kind in _WHO and not last.own)
        if seats:
            return sorted(seats, key=lambda group: not group.own)[:1], 0  # "cinq personnes, et moi"
        if own:
            others = [one for one in company if one is not own[0] and not self._listed(one, own[0])]
            return [own[0], *others][:2], 0
        if "+1" in self.told and not company:
            return sent[:1], 1 + (not sent)
        if "2" in self.told:
            return [group for group in company if self._shared(group)][:1], _PAIR
        if company:
            led = sent[:1] if sent and self._leads(sent[0], company[0]) else []
            return [*led, company[0]], 1 - len(led)
        return sent[:1], int(myself if sent else "1" in self.told)

    def _leads(self, group: PartyGroup, other: PartyGroup) -> bool:
        """Return whether a party stands before another in one sentence: "M. Roux sera présent avec deux agents"."""
        return group.sentence == other.sentence and group.end <= other.start

    def _listed(self, group: PartyGroup, other: PartyGroup) -> bool:
        """Return whether a party is a number that a list behind it explains: "mit drei Personen: A, B und ich"."""
        return group.counted and self._leads(group, other) and group.people() == other.people()

    def _head(self, group: PartyGroup) -> Sequence[Token]:
        return self.lines[group.sentence][group.start : group.first.end]

    def _numeric(self, group: PartyGroup) -> bool:
        return any(token.sort == "n" for token in self._head(group))

    def _total(self, group: PartyGroup) -> bool:
        """Return whether a party is everybody who comes: "nous serons trois", "trois au total"."""
        if not group.frames & _TOTAL or ("with" in group.frames and not self._numeric(group)):
            return False
        if self.lines[group.sentence][group.start].word in self.words["adding"]:
            return False  # "la directrice sera là, ainsi que deux éducateurs"
        elsewhere = bool(self.answers) and group.sentence not in self.answers
        besides = (
            self.writer and self._close(group) and not group.own
        )  # "J'y serai. Mes deux filles viendront."
        if "total" not in group.frames and (elsewhere or besides):
            return False
        told = group.first.kind == "number" or ("total" in group.frames and self._numeric(group))
        if "along" in group.frames and not told:
            return False
        return group.people() > 1 or ("total" in group.frames and group.counted and group.people() > 0)

    def _whole(self, group: PartyGroup) -> bool:
        """Return whether a party without such a phrase is everybody: "nous deux", "toujours trois", "oui, 3"."""
        ranged = group.first.least is not None
        if group.first.kind == "us":
            return True
        tokens = self.lines[group.sentence]
        if group.first.kind == "name" and len(group.items) == 1 and tokens[group.end - 1].word == ")":
            return group.people() > 1 and group.end == len(tokens) - 1  # "Famille Roux (4)"
        if group.first.kind not in (("number", "unsure") if ranged else ("number",)):
            return False
        before, behind = tokens[group.start - 1].word, (*tokens, tokens[-1])[group.end].word
        opens = before in "^,:(" or before in self.words["yes"]
        if (
            not opens
            or tokens[group.start].word in self.words["also"]
            or any(one.joint == "," for one in group.items)
        ):
            return False
        closes = behind in (")" if before == "(" else "$,:(")
        told = group.sentence in self.answers or len(tokens) <= _SHORT
        return ranged or (closes and told) or (before in "^:" and behind in self.words["purposes"])

    def _along(self, group: PartyGroup) -> bool:
        """Return whether a party comes along with the writer."""
        person = self.words["people"] | self.words["others"] | self.words["companions"]
        chairs = group.first.kind == "seat" and person.isdisjoint(token.word for token in self._head(group))
        known = not chairs and group.first.kind != "unsure" and not group.own and group.people() > 0
        comes = bool(group.frames & _COMPANY) or (
            self.writer and self._close(group) and "come" in group.frames
        )
        return known and comes and (self._numeric(group) or not self._organisation(group))

    def _close(self, group: PartyGroup) -> bool:
        """Return whether a party begins with somebody of the writer's own: "mon mari et ma fille", "my husband"."""
        return self.lines[group.sentence][group.start].word in self.words["mine"] and not self._organisation(
            group
        )

    def _organisation(self, group: PartyGroup) -> bool:
        orgs = self.words["orgs"] - self.words["dets"]  # "notre office"
        return not orgs.isdisjoint(token.word for token in self._head(group))

    def _shared(self, group: PartyGroup) -> bool:
        """Return whether companions are those of both who come: "both of us, with our son", not "with my wife"."""
        return self.lines[group.sentence][group.start].word in self.words["shared"]

    def _envoys(self, group: PartyGroup) -> bool:
        """Return whether a party comes for others: "représentée par A et B", "M. Roux et Mme Petit assisteront"."""
        head = {token.word for token in self._head(group)}
        if group.own or group.many or not group.people():
            return False
        if self._organisation(group) and not self._numeric(group):
            return False
        titled = bool(head & self.words["titles"])
        come = "come" in group.frames and group.sentence in self.answers
        return ("named" in group.frames or come) and (group.people() > 1 or titled)

    def _members(self, group: PartyGroup) -> bool:
        """Return whether a number of people is a phrase, or in a sentence that answers: "une délégation de cinq élus viendra"."""
        tokens = self.lines[group.sentence]
        opens = tokens[group.start - 1].word in "^:,"
        phrase = opens and ("acts" in group.frames or tokens[group.end].word in "$,(:")
        told = phrase or group.sentence in self.answers
        return told and group.first.kind == "role" and self._numeric(group)

    def _puzzles(self, used: Sequence[PartyGroup]) -> bool:
        """Return whether people are named whose number is not known: "avec les enfants", "en famille", "les 4 mousquetaires"."""
        if not used and any(group.start == 1 and group.first.kind == "unsure" for group in self.groups):
            return True
        if any(group.many for group in used) or any(self._unread(one) for one in self.found):
            return True
        if self._others(used) or self._unused(used) or self._both_sign(used):
            return True
        unknown = [
            one for one in self.live if one.frames & _COMPANY and (one.many or one.first.kind == "unsure")
        ]
        return sum(group.people() for group in used) <= _PAIR and ("many" in self.told or bool(unknown))

    def _others(self, used: Sequence[PartyGroup]) -> bool:
        """Return whether other companions are told elsewhere: "avec ma femme ... et mon frère nous rejoindra"."""
        along = [group for group in self.live if self._along(group)]
        if not any(group in along for group in used):
            return False
        told = {token.word for group in used for token in self.lines[group.sentence][group.start : group.end]}
        return any(told.isdisjoint(token.word for token in self._head(group)) for group in along)

    def _exceeds(self, group: PartyGroup, number: int) -> bool:
        """Return whether a party near the answer is more than are counted: "3 pers : Odile, Marc, Jérôme et moi"."""
        if not number < group.people() <= MOST or group.sentence in self.asking:
            return False
        tokens = self.lines[group.sentence]
        before, head = tokens[group.start - 1].word, tokens[group.start].word
        here = not self.answers or group.sentence in self.answers
        near = here or group.sentence - 1 in self.answers
        if group.own:
            return True
        if group.first.kind in _WHO and self._numeric(group):
            idle = "is" in group.frames and "come" not in group.frames and group.first.kind == "role"
            return (here or (near and group.start <= _SECOND)) and not idle
        if group.counted:
            return near and (before in "^,:(" or before in self._before(group))
        return here and len(group.items) > 1 and before != "(" and head not in self.words["also"]

    def _before(self, group: PartyGroup) -> frozenset[str]:
        """Return the words before which a bare number may be one of people; fewer if it is of something unknown."""
        words = self.words
        if group.first.kind in ("unsure", "seat"):
            return words["yes"]
        known = words["common"] | words["fillers"] | words["uncertain"] | words["yes"]
        return known - words["determiners"] - words["plurals"]

    def _both_sign(self, used: Sequence[PartyGroup]) -> bool:
        """Return whether two people sign for "nous" and fewer are counted without them: "Gilles et Anita Carrel"."""
        group = self.groups[-1] if self.groups else None
        if group is None or len(group.items) != _PAIR or any(item.kind != "name" for item in group.items):
            return False
        alone = group.start == 1 and group.end == len(self.lines[group.sentence]) - 1
        said = {token.word for number in self.answers for token in self.lines[number]}
        whole = any(one.counted or one.own for one in used)
        return alone and group.items[1].joint != "," and not whole and bool(said & self.words["us"])

    def _unused(self, used: Sequence[PartyGroup]) -> bool:
        """Return whether people are named who may come, and none of them is counted."""
        return sum(group.people() for group in used) <= 1 and any(
            self._may_come(group) for group in self.live if group not in used
        )

    def _may_come(self, group: PartyGroup) -> bool:
        """Return whether a party is several people up to the answer, or somebody of the writer's own who does something."""
        near = "is" not in group.frames and not self.answers.isdisjoint((group.sentence, group.sentence - 1))
        close = self._close(group) and group.first.kind in _ROLES and group.people() > 0
        if close and (near or group.frames & _ACTS):
            return True
        several = (group.people() > 1 or (group.own and group.many)) and group.sentence <= max(
            self.answers, default=0
        )
        return several and (group.own or group.first.kind in _ROLES)

    def _unread(self, one: TextStatement) -> bool:
        """Return whether somebody unknown is named after a phrase such as "avec": "avec mes frangins du rugby"."""
        if one.sign.count != "with":
            return False
        if any(
            group.sentence == one.sentence and group.start <= one.end < group.end for group in self.groups
        ):
            return False
        if one.sign.name == "accompanied":
            return True
        rest = {token.word for token in self.lines[one.sentence][one.end : one.end + 3]}
        told = {token.word for token in self.lines[one.sentence][one.end : one.end + 1]}
        known = self.words["objects"] | self.words["units"] | self.words["animals"]
        return bool(told & (self.words["ours"] | self.words["several"])) and not rest & known

    def _ages(self, used: Sequence[PartyGroup], number: int) -> tuple[int | None, int | None]:
        """Return how many adults and how many children were told apart."""
        sentences = {group.sentence for group in used}
        items = [item for group in self.groups if group.sentence in sentences for item in group.items]
        adults, children = (
            sum(item.count or 0 for item in items if item.age == age) for age in ("adults", "children")
        )
        if children and children <= number:
            return number - children or None, children
        return (adults if adults == number else None), None
