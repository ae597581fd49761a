"""What the words of a reply say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailer.classify.free_text import LONGEST, Verdict, read, understand
from mailer.model.address import Mailbox
from mailer.model.finding import Answer, MailKind, OptOut, PartStat, Unattended, Unclear
from mailer.model.message import IncomingMessage, Said
from tests.soak import examples

YES, NO, MAYBE = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE


def partstat(verdict: Verdict) -> PartStat | None:
    """The answer that may be recorded, or None."""
    return verdict.claim.partstat if isinstance(verdict.claim, Answer) else None


def answer(verdict: Verdict) -> Answer:
    """Return the answer of a verdict that must have one."""
    assert isinstance(verdict.claim, Answer)
    return replace(verdict.claim, glance=False)


@pytest.mark.parametrize(
    ("text", "expected", "evidence"),
    [
        # Negations that affirm, and affirmations that deny.
        ("Je ne manquerai pas d'être présent.", YES, "ne manquerai pas d'être présent"),
        ("Je ne raterais ça pour rien au monde !", YES, "ne raterais ça pour rien au monde"),
        ("Je n'ai pas d'empêchement ce jour-là, je viens.", YES, "je viens"),
        ("Rien ne m'empêchera de venir, pas même la grève.", YES, "Rien ne m'empêchera"),
        ("C'est avec grand plaisir que j'aurais accepté, mais je serai à Lyon.", None, "j'aurais accepté"),
        ("Ne comptez pas sur moi.", NO, "Ne comptez pas sur moi"),
        ("Je ne pourrai malheureusement pas me libérer.", NO, "ne pourrai malheureusement pas me libérer"),
        ("Je ne puis assister à votre réunion.", NO, "ne puis assister"),
        ("Ni ma collègue ni moi ne pourrons être présents.", NO, None),
        ("Wouldn't miss it for the world.", YES, "n't miss it for the world"),
        ("I can no longer attend.", NO, None),
        ("Dat wil ik niet missen, ik kom.", YES, None),
        # Regret and apology, on either side.
        ("Veuillez excuser ma réponse tardive : je serai présente.", YES, "je serai présente"),
        ("Malheureusement nous ne serons que deux.", YES, "nous ne serons que deux"),
        ("Veuillez m'excuser, je suis souffrante.", NO, "Veuillez m'excuser"),
        ("J'aurais été ravie d'être des vôtres, mais je suis déjà prise ce lundi.", NO, None),
        ("Mon rendez-vous est annulé : je serai présente.", YES, "je serai présente"),
        # The mind was changed: the last clear word wins.
        ("Je vous avais dit non, mais finalement je peux venir.", YES, "peux venir"),
        ("Avec joie ! Attendez... Ah mais non, je ne pourrai pas venir.", NO, None),
        ("oui, oui, oui, mais en fait, non", NO, None),
        ("non, mais en fait, oui", YES, None),
        # Part of the time is coming.
        ("Je serai présent mais devrai partir à 15 h.", YES, "Je serai présent"),
        ("Impossible pour moi d'être là avant 15h, je vous rejoins ensuite.", YES, "je vous rejoins"),
        # Perhaps.
        ("Sous réserve de mes disponibilités.", MAYBE, "Sous réserve"),
        ("Je viendrai si je trouve une nounou.", MAYBE, "Je viendrai"),
        ("Je ferai mon possible pour être là.", MAYBE, "ferai mon possible"),
        ("Sauf imprévu, je serai présent.", YES, "je serai présent"),
        ("I'm not sure yet.", MAYBE, None),
        ("Onder voorbehoud.", MAYBE, "Onder voorbehoud"),
        # Whom it is about.
        ("Ma collègue ne pourra pas venir. Moi, je serai là.", YES, "je serai là"),
        ("La CAF du Nord participera à cette rencontre.", YES, "participera"),
        ("Mon mari viendra.", None, None),
        ("Ma copine m'a dit qu'elle viendrait.", None, None),
        # What it is about.
        ("Je viens de recevoir votre message.", None, None),
        ("Je ne pourrai pas assister au copil de vendredi.", None, None),
        ("Comptez sur moi pour la prochaine.", None, None),
        ("Je ne viendrai pas les mains vides.", None, None),
        ("Je ne peux pas ouvrir la pièce jointe.", None, None),
        # Typing.
        ("serai pas la j ai kiné 14h30 desolé", NO, "serai pas la j"),
        ("jvais voir si jpeux", MAYBE, None),
        ("JE CONFIRME MA PRESENCE", YES, "JE CONFIRME MA PRESENCE"),
        ("👍", YES, "👍"),
        # No answer.
        ("Bien reçu, merci.", None, None),
        ("Je ne décline pas, je vous réponds demain.", None, None),
        ("Bonjour, à quelle heure se termine la réunion ?", None, None),
        ("Si je ne viens pas, est-ce que je peux avoir le compte rendu ?", None, None),
        ("Ok je te dis demain", None, None),
        ("Merci pour l'invitation", None, None),
        ("", None, None),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_meaning(text: str, expected: PartStat | None, evidence: str | None) -> None:
    """The words decide, or are left to a person, and the evidence is the words they rest on."""
    verdict = understand(text)

    assert partstat(verdict) is expected
    if evidence is not None:
        assert verdict.evidence == evidence


@pytest.mark.parametrize(
    ("meant", "said_of_something_else"),
    [
        ("Comptez sur moi pour lundi.", "Comptez sur moi pour coller l'affiche."),
        ("Comptez sur moi.", "Pour relayer les résultats comptez sur moi."),
        ("Pas de problème pour lundi.", "Pas de problème pour la photo."),
        ("Avec plaisir !", "Avec plaisir pour recevoir vos informations par mail."),
        ("J'assiste à la présentation.", "J'ai assisté à la présentation de 2019."),
        ("On sera représentés par le président.", "Je serai représentée par Mme Lambert."),
        ("Je passerai lundi.", "Je passerai chercher un exemplaire à mon retour."),
        ("Oui, je passe plutôt vers 15 h.", "Merci mais cette fois je passe."),
        ("Pourriez-vous m'inscrire pour lundi ?", "Pourriez-vous me rappeler ?"),
        ("L'UDAF sera représentée par sa directrice Mme Roux.", "Pour le forum nous serons représentés."),
        ("I'm happy to come.", "No problem sharing it on our noticeboard."),
    ],
)
def test_the_same_words_of_something_else(meant: str, said_of_something_else: str) -> None:
    """A yes to a favour, about another affair, for another year or by somebody else is no yes to the invitation."""
    assert partstat(understand(meant)) is YES
    assert partstat(understand(said_of_something_else)) is not YES


@pytest.mark.parametrize(
    ("text", "headcount"),
    [
        ("Nous serons trois.", 3),
        ("Ma femme et moi serons présents.", 2),
        ("Je viens avec mes deux fils.", 3),
        ("Je serai accompagnée de mon mari.", 2),
        ("+1 avec moi, merci", 2),
        ("Veuillez noter ma présence ainsi que celle de M. Cordier.", 2),
        ("Présence confirmée pour 4 personnes : Mme Petit, M. Roux, Mme Diallo et moi-même.", 4),
        ("Oui pour M. Caron, Mme Blanc et M. Novak.", 3),
        ("Nous serons 2... non pardon, 3.", 3),
        ("Nous serons quatre et non trois.", 4),
        ("On débarque à 6 : 3 salariés, 2 administrateurs, 1 stagiaire.", 6),
        ("Nous serons une dizaine.", 10),
        ("Je viendrai seule.", 1),
        ("Nous serons 2 ou 3, je vous confirme le nombre vendredi.", 3),
        ("Je confirme ma présence le 31 mars 2025 de 14h à 16h au 16 bis rue des Travailleurs.", None),
        ("Je serai là pour les 3 points de l'ordre du jour.", None),
        ("I'll bring two colleagues.", 3),
        ("There will be three of us.", 3),
        ("Ik kom met mijn vrouw.", 2),
        ("Wij komen met drie personen.", 3),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_headcount(text: str, headcount: int | None) -> None:
    """Those who come are counted, the writer included, of a range the upper end; dates, hours and house numbers are not."""
    found = answer(understand(text))

    assert (found.partstat, found.headcount) == (YES, headcount)


@pytest.mark.parametrize(
    ("text", "delegate", "heads"),
    [
        ("Mme Dubois participera à ma place.", "Mme Dubois", 1),
        ("Je serai représenté par Mme Sophie Lambert.", "Mme Sophie Lambert", 1),
        ("Absente, mais représentée par Léa Moreau et Hugo Simon.", "Léa Moreau et Hugo Simon", 2),
        (
            "Je ne suis pas là. J'envoie Nadège Prévost et Kévin Bulteau.",
            "Nadège Prévost et Kévin Bulteau",
            2,
        ),
        ("C'est mon adjoint, M. Verbeke, qui se déplacera à ma place.", "mon adjoint, M. Verbeke", 1),
        ("I can't attend but my colleague Jane Smith will represent us.", "my colleague Jane Smith", 1),
        ("Ik ben verhinderd, Els Maes vervangt mij.", "Els Maes", 1),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_delegation(text: str, delegate: str, heads: int) -> None:
    """Someone instead is a no that names who comes and how many they are; it asks nothing."""
    found = answer(understand(text))

    assert (found.partstat, found.headcount, found.delegate, found.asks) == (NO, heads, delegate, False)


def test_an_association_comes_through_its_people() -> None:
    """An association that is represented comes: its people are counted, and nobody declines."""
    found = answer(understand("La CAF du Nord sera représentée par Mme Lemaire et M. Haddad."))

    assert (found.partstat, found.headcount) == (YES, 2)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Je viens avec plaisir. Y a-t-il un parking à proximité ?", True),
        ("Inscrivez-moi. Pourriez-vous m'envoyer le diagnostic avant la réunion ?", True),
        ("Je viens, y a-t-il un parking ?", True),
        ("Je viens avec plaisir.", False),
    ],
)
def test_a_question_survives(text: str, asks: bool) -> None:
    """A yes with a question is a yes that needs a person."""
    found = answer(understand(text))

    assert (found.partstat, found.asks) == (YES, asks)


@pytest.mark.parametrize(
    ("text", "proposal"),
    [
        ("Je ne peux pas dire que je ne viendrai pas", NO),
        ("Mme Petit sera présente. M. Durand vous prie de l'excuser.", NO),
        ("Je ne crois pas que je serai présent", YES),
        ("Je serai là de tout cœur mais pas en personne.", YES),
        ("Je viens. Je ne viens pas.", NO),
    ],
)
def test_doubt_is_a_proposal(text: str, proposal: PartStat) -> None:
    """What may be read both ways waits for a person, with what it most likely says."""
    claim = understand(text).claim

    assert isinstance(claim, Unclear)
    assert claim.proposal is not None
    assert (claim.proposal.partstat, claim.why) == (proposal, "words-in-doubt")


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("Je viens [réf. abcdefghijklmnopqrstuvwxyz]", YES),
        ("Je ne viens pas [réf. abcdefghijklmnopqrstuvwxyz]", NO),
        ("Peut-être [réf. abcdefghijklmnopqrstuvwxyz]", MAYBE),
        ("I am coming [ref. x]", YES),
        ("I'm not coming [ref. x]", NO),
        ("Maybe [ref. x]", MAYBE),
        ("Ik kom [ref. x]", YES),
        ("Ik kom niet [ref. x]", NO),
        ("Misschien [ref. x]", MAYBE),
        ("Re: Je viens [réf. x]", None),
        ("TR : Je viens", None),
        ("Invitation : présentation du diagnostic", None),
        ("", None),
    ],
)
def test_subject_of_an_answer_link(subject: str, expected: PartStat | None) -> None:
    """Where nothing is written, an answer link's subject answers; a reply's subject repeats our words."""
    assert partstat(understand("", subject)) is expected


def test_subject_and_text_together() -> None:
    """A subject answers for a text that only counts, and against a text that differs a person decides."""
    counted = answer(understand("Nous sommes deux : ma femme et moi.", "Je viens [réf. x]"))
    differing = understand("Je ne pourrai pas venir.", "Je viens [réf. x]").claim

    assert (counted.partstat, counted.headcount) == (YES, 2)
    assert isinstance(differing, Unclear)
    assert differing.why == "subject-disagrees"


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("Je suis absente du 17 mars au 1er avril. En cas d'urgence, contacter Mme Dacquin.", "Re: x"),
        ("Ceci est une réponse automatique. Merci de ne pas y répondre.", "Re: x"),
        ("En congé de maternité jusqu'au 18 août.", "Absence du bureau"),
        ("I am out of the office with limited access to email and will return on Monday.", "Out of office"),
        ("Ik ben afwezig tot 7 april. Voor dringende zaken kunt u bellen.", "Re: x"),
    ],
)
def test_absence_robot(text: str, subject: str) -> None:
    """An absence that answers by itself is no answer."""
    verdict = understand(text, subject)

    assert (verdict.kind, verdict.claim) == (MailKind.AUTO_REPLY, Unattended())


@pytest.mark.parametrize(
    "text",
    [
        "Je suis en arrêt maladie jusqu'au 15 avril et ne viendrai donc pas.",
        "Mon directeur est absent jusqu'au 4 avril, c'est moi qui viendrai.",
        "Je suis absent le 31.",
        "Absent.",
    ],
)
def test_a_person_away_is_no_robot(text: str) -> None:
    """Whoever answers beside an absence is a person."""
    assert understand(text, "Re: x").kind is MailKind.REPLY


@pytest.mark.parametrize(
    "text",
    [
        "DESINSCRIPTION SVP",
        "stop",
        "Merci de me retirer de votre liste de diffusion.",
        "Ne nous écrivez plus s'il vous plaît.",
        "Je ne viendrai pas. Supprimez-nous du fichier.",
        "Please take me off your mailing list.",
        "Gelieve mij uit te schrijven.",
    ],
)
def test_opt_out(text: str) -> None:
    """A wish not to be written to again is heard, even beside a no."""
    verdict = understand(text, "Re: x")

    assert (verdict.kind, verdict.claim) == (MailKind.UNSUBSCRIBE, OptOut())


@pytest.mark.parametrize(
    "text",
    [
        "Effacez-moi de votre liste d'émargement, je ne peux plus venir.",
        "Merci de me désinscrire de la réunion du 31, j'ai un empêchement.",
        "Désinscription pour lundi, désolé.",
        "Ne m'envoyez plus le courrier au nom de mon épouse. Je viendrai seul.",
    ],
)
def test_no_opt_out(text: str) -> None:
    """The list of those present is not a mailing list, and who comes does not leave."""
    assert understand(text).kind is MailKind.REPLY


def test_a_long_text_is_left_to_a_person() -> None:
    """Nobody answers an invitation at such length: what was read becomes a proposal."""
    claim = understand("Je viendrai. " + "Il fait beau. " * LONGEST).claim

    assert isinstance(claim, Unclear)
    assert claim.why == "text-too-long"
    assert claim.proposal is not None
    assert claim.proposal.partstat is YES


def test_read_names_the_writer() -> None:
    """The finding carries the writer's address and the new words."""
    message = IncomingMessage(sender=Mailbox("marie@example.org", "Marie"), subject="Re: Invitation")
    found = read(message, Said(text="Nous serons deux.", quoted="Serez-vous présent ?"))

    assert (found.kind, found.addresses, found.text) == (
        MailKind.REPLY,
        ("marie@example.org",),
        "Nous serons deux.",
    )
    assert found.claim == Answer(YES, 2)
    assert found.evidence == "Nous serons deux"


WORDS = st.sampled_from(
    [
        "oui",
        "non",
        "je",
        "ne",
        "viens",
        "pas",
        "viendrai",
        "serai",
        "présent",
        "là",
        "si",
        "mais",
        "finalement",
        "avec",
        "ma",
        "femme",
        "et",
        "moi",
        "3",
        "personnes",
        ",",
        ".",
        "?",
        "…",
        "(",
        ")",
        ":",
        "+",
        "-",
        "I",
        "can't",
        "won't",
        "be",
        "there",
        "n't",
        "'s",
        "l'",
        "d'",
        "qu'",
        "j'",
        "ik",
        "kom",
        "niet",
        "nein",
        "ja",
        "14h30",
        "31/03",
        "le",
        "du",
        "M.",
        "Mme",
        "Marie",
        "à",
        "ma",
        "place",
        "par",
        "plus",
        "\n",
        "'",
        "’",
        "́",
        "ſ",
        "👍",
        "www.",
        "a@b",
        "#n",
        "^",
        "$",
        "absent",
        "désolé",
    ]
)


@settings(max_examples=examples(400))
@given(text=st.one_of(st.text(), st.lists(WORDS).map(" ".join)), subject=st.text(max_size=40))
def test_whatever_comes(text: str, subject: str) -> None:
    """No text breaks the reading, and the evidence is always a span of what was written."""
    verdict = understand(text, subject)

    assert verdict.evidence in text or verdict.evidence in subject
    assert isinstance(verdict.claim, Answer | Unclear | OptOut | Unattended)


@pytest.mark.parametrize(
    "text",
    [
        "ne " * 20_000,
        "si je ne " * 7_000,
        "(" * 65_536,
        "j'" * 30_000,
        "1" * 65_536,
        "avec mon ami et " * 4_000,
        "\n" * 65_536,
    ],
    ids=["ne", "si", "brackets", "elisions", "digits", "friends", "lines"],
)
def test_hostile_texts(text: str) -> None:
    """A text made to be slow is read like any other, and decides nothing."""
    assert partstat(understand(text, text)) is None
