"""What the data files of a language may say: meanings, signs that the rules know by name, and lists (``lists.toml``).

`loading` refuses a file that says anything else. The page docs/words.md shows how to add a form or a language.
"""

from __future__ import annotations

import enum
import tomllib
from collections.abc import Mapping
from importlib import resources


class Meaning(enum.StrEnum):
    """What a match means: the values of `says` and `denied`."""

    YES = "yes"
    """Somebody comes: "je viendrai"."""
    NO = "no"
    """Somebody does not come: "je ne pourrai pas"."""
    MAYBE = "maybe"
    """Somebody may come: "je ne sais pas encore"."""
    ASSENT = "assent"
    """A yes that may also be about something else: "d'accord"."""
    REGRET = "regret"
    """Who writes so will hardly come: "j'aurais aimé"."""
    REASON = "reason"
    """Something that keeps the writer away: "je travaille"."""
    WISH = "wish"
    """A wish to come that decides nothing: "j'aimerais venir"."""
    HEDGE = "hedge"
    """A condition or a doubt about what stands near it: "peut-être", "si"."""
    SORRY = "sorry"
    """An apology, which supports a no: "désolé"."""
    WISHES = "wishes"
    """What is said by people who stay away: "bonne réunion"."""
    WAIT = "wait"
    """The answer is still to come: "je vous redis"."""
    OTHER = "other"
    """Something else, which takes away the meaning of shorter phrases inside it: "je ne viendrai pas seul"."""
    REPORTED = "reported"
    """What follows was said by somebody else: "elle m'a dit que"."""
    ELSEWHERE = "elsewhere"
    """Another place or meeting: "au comité"."""
    ELSEWHEN = "elsewhen"
    """Another time: "l'an prochain"."""
    IN_PART = "in-part"
    """A part of the meeting: "le début"."""
    DELEGATE = "delegate"
    """Somebody comes instead: "mon adjointe me remplacera"."""
    REPRESENTED = "represented"
    """An organisation comes, or a person does not: "sera représenté par"."""
    STANDS_IN = "stands-in"
    """Somebody comes for the writer's organisation: "nous représentera"."""
    HEADS = "heads"
    """How many people come, by the way that `count` says."""
    WITH = "with"
    """Companions follow: "avec"."""
    ASK = "ask"
    """A question without a question mark: "pouvez-vous me dire"."""
    PUZZLE = "puzzle"
    """Words that make any answer doubtful: "comptez là-dessus"."""
    OPT_OUT = "optout"
    """A request not to be written to again."""
    ROBOT = "robot"
    """An automatic reply says so."""
    ROBOT_HINT = "robot-hint"
    """Words that automatic replies use, and people too: "de retour le"."""
    ROBOT_SUBJECT = "robot-subject"
    """The subject of an automatic reply."""
    NO_ROBOT = "no-robot"
    """Somebody writes about an automatic reply."""


ANSWERS = frozenset((Meaning.YES, Meaning.NO, Meaning.MAYBE, Meaning.ASSENT))
"""Meanings that decide, so that their signs need counter-examples (`unlike`)."""

NAMED: Mapping[str, tuple[str, str]] = {
    "absent": ("fr", "an automatic reply may use the same words as this no"),
    "bare-absent": ("fr", "an automatic reply may use the same words as this no"),
    "if-then": ("fr", "a maybe that contains its own condition"),
    "look-into": ("fr", "a maybe that with a promise to answer later is none"),
    "no-saying-no": ("fr", "an earlier answer that the writer mentions"),
    "would-not-miss": ("fr", "a yes that an apology makes doubtful"),
}
"""Signs that the rules know by name: the languages that have them, and what the rules use them for."""

COUNTS = frozenset(
    (
        *("1", "2", "+1", "myself", "many", "more", "seats"),
        *("total", "after", "with", "along", "named", "come", "part", "not", "not-behind"),
    )
)
"""What a sign of people says of the party beside it, as `numbers` tells: the values of `count`."""
ABOUT = frozenset(("self", "they"))
"""Whom a sign is about whatever stands around it: the values of `about`."""
SORTS = frozenset(("n", "one", "date", "time", "url", "phone", "name", "number"))
"""The sorts of tokens that a form may name: ``#n``."""

_LISTS: Mapping[str, Mapping[str, str]] = tomllib.loads(
    resources.files(__package__).joinpath("lists.toml").read_text(encoding="utf-8")
)
WORDS, PARTY, PHRASES, ENDINGS, LISTS = (
    _LISTS[table] for table in ("words", "party", "phrases", "endings", "lists")
)
"""The lists that each language has in its tables of these names, with what each is for."""
