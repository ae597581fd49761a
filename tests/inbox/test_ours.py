"""Our own words in what comes back: nobody's, in whatever way they come; and what people write beside them stays theirs."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import pytest

from mailer import campaign as campaigns
from mailer import compose, inbox, mime
from mailer.compose import Press
from mailer.inbox.new_text import split_body
from mailer.jobs.understand import understand
from mailer.model.contact import Contact, Origin
from mailer.model.finding import Answer, OptOut, PartStat, Unclear
from mailer.model.invitation import Answered, Kind
from mailer.model.own_words import OwnWords
from mailer.versions import Version, with_gaps
from tests.inbox.quoting import BELOW, BETWEEN, TOP, Way, as_mail, brought_back, ways
from tests.soak import examples

ROOT = Path(__file__).parent.parent.parent
SLUG = "restitution-hellemmes"
NOW = datetime(2025, 3, 13, 9, 30, tzinfo=UTC)
MARIE = Contact(
    "marie.dupont@example.org",
    civility="Mme",
    first_name="Marie",
    last_name="Dupont",
    origin=Origin("contacts/invites.csv", 10),
)
YES = "Oui, nous serons deux."


@dataclass(frozen=True)
class Sent:
    """A letter as it left, and its words as the ledger keeps them."""

    name: str
    subject: str
    text: str
    page: str
    own: OwnWords


@cache
def sent(language: str, kind: Kind, partstat: PartStat = PartStat.NEEDS_ACTION) -> Sent:
    """One letter of the sample campaign to Marie Dupont."""
    folder = ROOT / "config" / "campaigns" / f"{SLUG}.toml"
    campaign = campaigns.read(SLUG, folder.name, folder.read_bytes())
    templates = ROOT / campaign.templates
    sources = {
        str(one.relative_to(templates)): one.read_bytes() for one in templates.rglob("*") if one.is_file()
    }
    composer = compose.prepare(campaign, sources)
    invitee = campaigns.invitee(bytes(32), SLUG, (replace(MARIE, language=language),))
    answered = Answered(partstat, 2 if partstat is PartStat.ACCEPTED else None)
    invitation = replace(campaigns.invitation(bytes(32), campaign, invitee, kind, 0), answered=answered)
    press = Press(composer, NOW)
    values = press.prepare(invitation)
    version = Version.from_bytes(press.version().to_bytes())
    texts = inbox.texts_of_letter(with_gaps(version.pieces, version.variant(values)))
    name = f"{language} {kind.value} {partstat.word}"
    message = mime.read(composer.write(invitation, NOW).content)
    plain, page = (
        next(part.text for part in message.parts if part.content_type == wanted)
        for wanted in ("text/plain", "text/html")
    )
    return Sent(
        name, message.subject, plain, page, OwnWords(name, texts, (*values.texts.values(), invitation.token))
    )


LETTERS = [
    (language, kind, partstat)
    for language in ("fr", "en")
    for kind in Kind
    for partstat in (
        [PartStat.NEEDS_ACTION] if kind.is_invitation else [PartStat.ACCEPTED, PartStat.DECLINED]
    )
]


def _figures(chosen: Sequence[Way], letters: Sequence[Sent]) -> Counter[str]:
    """Read every letter, brought back in every way, with words and without; count what is read, and never a no."""
    read: Counter[str] = Counter()
    for way in chosen:
        for letter in letters:
            for words, where in (("", TOP), (YES, TOP), (YES, BELOW), (YES, BETWEEN)):
                plain, page = brought_back(way, letter.subject, letter.text, letter.page, words, where)
                claim = understand(as_mail(plain, page, "<a@mairie.example>"), (letter.own,))[1].claim
                about = f"{letter.name}: {way}, {where if words else 'alone'}"
                assert not isinstance(claim, OptOut), about
                assert not (isinstance(claim, Answer) and claim.partstat is PartStat.DECLINED), about
                if not words:
                    assert isinstance(claim, Unclear), about
                    assert claim.proposal is None, about
                elif isinstance(claim, Answer):
                    comes = (claim.partstat, claim.headcount) == (PartStat.ACCEPTED, 2)
                    read["right" if comes else "other"] += 1
                else:
                    read["waits"] += 1
    return read


@pytest.mark.slow
def test_every_letter_in_two_hundred_ways() -> None:
    """Nothing is read of it alone; with a yes for two beside it nine in ten are recorded so, and the rest wait."""
    read = _figures(ways(200, seed=2026), [sent(*one) for one in LETTERS])

    assert read["right"] >= 0.9 * read.total()
    assert read["other"] <= 0.002 * read.total()


def test_some_letters_in_some_ways() -> None:
    """The same of an invitation and of a letter that was answered, in fewer ways."""
    letters = [sent("fr", Kind.INVITATION), sent("en", Kind.ACKNOWLEDGEMENT, PartStat.DECLINED)]
    read = _figures(ways(examples(25), seed=7), letters)

    assert read["right"] >= 0.9 * read.total()


def test_unknown_letters_are_read_as_before() -> None:
    """Without the ledger's letters, one that comes back without marks is somebody's words: so these are what helps."""
    letter = sent("fr", Kind.INVITATION)
    mail = as_mail(letter.text, "", "<a@mairie.example>")

    assert isinstance(understand(mail)[1].claim, OptOut)
    assert isinstance(understand(mail, (letter.own,))[1].claim, Unclear)


@pytest.mark.parametrize(
    "words",
    [
        "Je viens",
        "Je ne viens pas.",
        "Peut-être",
        "Oui",
        "Madame,\n\nJe viens",
        "Je ne pourrai pas assister à la présentation du diagnostic territorial d'Hellemmes.",
        "Je serai là lundi 31 mars 2025 de 14 h à 16 h",
        "Merci de ne plus m'écrire",
        "Oui ou non, je ne sais pas encore",
        "Bonjour,\n\nNous serons deux.\n\nMarie Dupont",
    ],
)
@pytest.mark.parametrize("where", [TOP, BELOW])
def test_what_somebody_says_in_our_words_is_theirs(words: str, where: str) -> None:
    """A label of a button, the title, the hour: a short line of ours is what people write themselves."""
    letter = sent("fr", Kind.INVITATION)
    alone = split_body(words, "", (letter.own,))
    body = f"{words}\n\n{letter.text}" if where == TOP else f"{letter.text}\n\n{words}"
    beside = split_body(body, "", (letter.own,))

    assert alone.text == split_body(words).text
    assert beside.text.replace("\n\n", "\n") == alone.text.replace("\n\n", "\n")


@pytest.mark.parametrize(
    ("line", "filled"),
    [
        ("Nombre de personnes :", "Nombre de personnes : deux"),
        ("Nombre de personnes :", "Nombre de personnes : 3"),
        ("Serez-vous présent ?", "Serez-vous présent ? Oui"),
        ("Je serai accompagné de … personnes.", "Je serai accompagné de 3 personnes."),
        ("Repas : [ ]", "Repas : [x]"),
    ],
)
def test_a_question_keeps_its_answer(line: str, filled: str) -> None:
    """A line of ours in which something was filled in is theirs, with the question; the lines around it are not."""
    before = "Merci de compléter ces lignes et de nous renvoyer ce message avant la fin du mois."
    after = "Nous vous remercions par avance de votre réponse, et vous adressons nos salutations."
    own = OwnWords(line, (f"{before}\n{line}\n{after}",))

    assert split_body(f"{before}\n{filled}\n{after}", "", (own,)).text == filled
    assert split_body(f"{before}\n{line}\n{after}", "", (own,)).text == ""


def test_only_the_invitees_own_values_are_ours() -> None:
    """A salutation is taken out where a letter has it; the same place with another name is somebody's words."""
    letter = sent("en", Kind.INVITATION)
    back = letter.text.replace("Dupont", "Durand")

    assert split_body(letter.text, "", (letter.own,)).text == ""
    assert split_body(back, "", (letter.own,)).text.startswith("Dear Ms Durand")


def test_a_hostile_mail_takes_no_time() -> None:
    """The beginning of our letter, again and again, costs as much as any text of its length."""
    letter = sent("fr", Kind.INVITATION)
    begun = time.process_time()
    for text in (
        "J'ai le plaisir de vous inviter à x " * 5_000,
        "J'ai le plaisir de\n" * 20_000,
        "e" * 300_000,
    ):
        split_body(text, "", (letter.own,))

    assert time.process_time() - begun < 6
