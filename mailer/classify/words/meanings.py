"""What the data files of a language may say: meanings, signs that the rules know by name, and lists of words.

`loading` refuses a file that says anything else. The page docs/words.md shows how to add a form or a language.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping


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

WORDS: Mapping[str, str] = {
    "absences": "adjectives and nouns of being away, which make a yes doubtful where no phrase explains them",
    "aims": "prepositions before a purpose: pour",
    "aims_of_coming": "verbs and nouns of a purpose that is the meeting itself: assister",
    "also": "words for also, before a further person",
    "and": "words that join two people",
    "articles": "definite articles; a name behind one is an organisation's",
    "bars": "words that no gap (..) of a form may skip, because they change the meaning",
    "between": "words between the two ends of a range of numbers: à, ou",
    "by": "the preposition before those who represent: par",
    "common": "the most frequent words, which tell the language; no word of another language's",
    "companions": "nouns of people who come along in the writer's count",
    "conditions": "conjunctions of a condition: si",
    "courtesies": "pronouns behind a condition that is only polite: si vous le souhaitez",
    "day_marks": "words before the number of a day: le",
    "determiners": "articles and possessives before a noun",
    "greetings": "words of a greeting at the beginning of a mail",
    "hails": "greetings that can begin any sentence",
    "impersonal": "subjects that may mean the writer: on",
    "joints": "words that begin another clause: et, mais",
    "leads": "last words of a phrase behind which the substitute is named: par",
    "me": "words for the writer in a list of people: moi",
    "negations": "words that negate",
    "on_day": "the preposition before a day",
    "openers": "words that begin a question",
    "orgs": "nouns of organisations",
    "others": "people whom the writer does not answer for: mari, voisine",
    "partial": "words of a part of the day or of another day",
    "particles": "small words inside a name: de",
    "principals": "people whom a secretariat answers for: maire",
    "pronouns": "pronouns between a purpose and its verb",
    "regrets": "adverbs of regret: malheureusement",
    "replies": "words that answer a question just before them: oui, non",
    "self": "words for the writer as a subject",
    "self_inside": "words for the writer inside a phrase",
    "self_verbs": "verbs whose form is the first person's",
    "servants": "people who come along without being counted",
    "spoken_stops": "words of a dictated full stop: point",
    "them": "object pronouns of the third person",
    "then": "words for the day of the meeting",
    "they": "subject pronouns of the third person",
    "things": "subjects that are no people: salle",
    "titles": "titles before a name",
    "verbal": "words that cannot be in a name: verbs, conjunctions",
    "vocatives": "words that follow a greeting: madame",
    "we": "words of several people including the writer",
    "yes": "words for yes",
}
"""The lists of ``[words]`` that the rules ask for; each language has all of them, empty where it has no such words."""

PARTY: Mapping[str, str] = {
    "adding": "words that add a further item: plus",
    "adults": "nouns of adults",
    "ages": "words of an age behind a number: ans",
    "animals": "animals, which are not counted",
    "children": "nouns of children",
    "denying": "words behind an item by which it is not one: compris, absent",
    "dets": "possessives of several owners: nos",
    "fillers": "words inside a party that mean nothing: environ",
    "labels": "words before a number that names a thing: lot, salle",
    "many": "plurals of people without a number: collègues",
    "months": "names of months",
    "objects": "things that are brought or counted: tarte",
    "mine": "possessives of the writer before people: ma",
    "ours": "possessives before a group: toute",
    "pairs": "nouns that mean two people: parents",
    "people": "further nouns of people",
    "person_endings": "endings of nouns of people",
    "plurals": "plural articles and possessives",
    "purposes": "prepositions before those for whom something is: pour",
    "ranging": "words before a range: entre",
    "relatives": "pronouns that begin a clause about people: qui",
    "seats": "nouns of people or places behind a number: personnes, places",
    "selves": "words for oneself behind the writer: même",
    "several": "words for some: quelques",
    "shared": "articles and possessives before one person of several: notre",
    "small": "adjectives before a noun of people: petite",
    "stops": "words at which a party ends: verbs, selon",
    "streets": "words of an address behind a number: rue",
    "subjects": "subjects that stand in a party: nl wij",
    "uncertain": "words by which an item may not come: peut-être",
    "units": "nouns behind a number that is none of people: heures, pouvoirs",
    "unjoined": "possessives that begin another item: mon",
    "us": "words for several people with the writer: nous",
    "wholes": "nouns of a group whose number is not said: famille",
}
"""The lists of ``[party]`` that `parties` asks for; each language has all of them."""

PHRASES: Mapping[str, str] = {
    "asking": "beginnings of a question, with or without its mark",
    "closings": "closing formulas; what follows is a signature",
    "contrasts": "words that set a statement against the one before: mais",
    "requests": "beginnings of a question that requests: pourriez-vous",
    "turns": "words that tell a change of mind: finalement",
}
"""The lists of ``[phrases]`` that the rules ask for."""

ENDINGS: Mapping[str, str] = {
    "infinitives": "endings of infinitives",
    "self": "endings of verbs in the first person",
    "third": "endings of verbs in the third person",
}
"""The lists of ``[endings]`` that the rules ask for."""

LISTS: Mapping[str, str] = {
    "adv": "adverbs that may stand anywhere in a form",
    "not": "what may stand for <pas> in a form",
}
"""The lists of ``[lists]`` that `grammar` uses itself; any other is used by a form."""
