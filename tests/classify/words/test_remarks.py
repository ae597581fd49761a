"""What a written answer says besides yes, no and how many; each rule stands beside what it must not touch."""

from __future__ import annotations

import pytest

from mailer.classify.free_text import understand
from mailer.classify.words import LANGUAGES
from mailer.classify.words.turns import turns
from mailer.model.finding import Answer, PartStat, Unclear

YES, NO, MAYBE = PartStat.ACCEPTED, PartStat.DECLINED, PartStat.TENTATIVE


def answer(text: str) -> Answer:
    """The answer that was read, or proposed."""
    claim = understand(text, "Re: Invitation").claim
    found = claim.proposal if isinstance(claim, Unclear) else claim

    assert isinstance(found, Answer), text
    return found


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        # Late, early, in part
        ("Je viens, mais j'arriverai vers 14 h 45.", "mais j'arriverai vers 14 h 45."),
        ("Je passerai juste pour la galette.", "Je passerai juste pour la galette."),
        ("I can come, but I have to leave at 3.", "but I have to leave at 3."),
        ("Ik zal aanwezig zijn, maar moet om drie uur weg.", "maar moet om drie uur weg."),
        ("Hallo, bin dabei! Muss aber gegen 16 Uhr los.\nLG Jana", "Muss aber gegen 16 Uhr los."),
        # Health and food
        ("Je viens seule, je suis allergique aux noix.", "je suis allergique aux noix."),
        ("Présents à 3, dont un végétarien.", "dont un végétarien."),
        ("Je serai là. Je me déplace en fauteuil.\nCordialement,\nPaul Lenoir", "Je me déplace en fauteuil."),
        # Questions and requests
        ("Je serai là, gardez-moi une place près de la porte.", "gardez-moi une place près de la porte."),
        ("Je ne viens pas, mais je voudrais le compte rendu.", "mais je voudrais le compte rendu."),
        (
            "Désolé, pas possible. Appelez-moi au 03 20 00 00 00 pour la suite.",
            "Appelez-moi au 03 20 00 00 00 pour la suite.",
        ),
        ("Je viens, y a-t-il un bus ? Merci d'avance.", "y a-t-il un bus ?"),
        ("Absente. Merci de m'envoyer le compte-rendu.", "Merci de m'envoyer le compte-rendu."),
        ("Sorry to miss it! Please send me the slides.", "Please send me the slides."),
        # The condition of a perhaps
        (
            "Ça dépend de la météo, je ne roule pas la nuit.",
            "Ça dépend de la météo, je ne roule pas la nuit.",
        ),
        ("Je viendrai seule si l'état de mon mari le permet.", "si l'état de mon mari le permet."),
        # What they bring, and who does not come with them
        ("Oui, à 4. Nous apportons deux quiches.\nOdile", "Nous apportons deux quiches."),
        (
            "Je serai présent. Mon collègue M. Lens, lui, ne sera pas présent.",
            "Mon collègue M. Lens, lui, ne sera pas présent.",
        ),
        # Stretches that are apart, folded lines, a postscript
        (
            "Bonjour,\nj'arriverai à 15 h. Merci pour l'invitation. Je viens avec mon chien.",
            "j'arriverai à 15 h. … Je viens avec mon chien.",
        ),
        ("Je viens. Nous apportons\nle gâteau.", "Nous apportons le gâteau."),
        (
            "Je serai présent.\n\nCordialement,\nJean Dupont\n\nPS : pouvez-vous m'envoyer le plan ?",
            "pouvez-vous m'envoyer le plan ?",
        ),
    ],
)
def test_a_remark_is_shown_in_the_writers_words(text: str, remark: str) -> None:
    """What staff should know is kept, without the answer, thanks and signature around it."""
    assert answer(text).remark == remark


@pytest.mark.parametrize(
    "text",
    [
        "Oui.",
        "Bonjour Camille,\n\nOui pour 3.\n\nBien à vous",
        "Nous serons 4 ou 5.",
        "Ok 👍",
        "Présents tous les deux. Michel et Annie",
        "Je ne viendrai pas.",
        "Malheureusement je travaille ce jour-là. Bonne réunion !",
        "Finalement je ne peux plus, je suis vraiment désolée. Bonne réunion à tous.",
        "Je serai absent, merci de bien vouloir m'excuser.",
        "Bonjour, je suis retenu par d'autres obligations et ne pourrai venir.\nAu plaisir de vous revoir,\nPaul",
        "Madame, Monsieur,\n\nJ'ai bien reçu votre invitation et vous en remercie. J'y assisterai.\n\nJe vous prie d'agréer, Madame, Monsieur, l'expression de mes sentiments distingués.\n\nRaymond Castelain",
        "Je viens.\n\nBonne journée\nC. Roy\nSecrétariat du pôle gériatrie",
        "Oui pour moi.\nÀ lundi\nFabrice, serrurerie du Lavoir",
        "Je serai présente.\nEnvoyé de mon iPhone",
        "Je viens avec plaisir, et vous souhaite une bonne soirée et de fructueux échanges.",
        "Pourriez-vous m'inscrire ? Merci",
        "Merci de m'inscrire.",
        "Moi oui. Bises, Laure",
        "Count me in, Camille.",
        "Dear Camille,\nI'll be there, thank you so much for the invitation.\nKind regards,\nAlan Whitcombe",
        "Beste buren,\nwij komen met z'n tweetjes!\nGroetjes, Anneke en Wim",
        "Guten Tag,\nich komme gern. Vielen Dank für die Einladung!\nMit freundlichen Grüßen\nFamilie Hofstetter",
    ],
)
def test_answers_and_courtesies_are_no_remark(text: str) -> None:
    """A plain answer, a number, thanks, wishes, a plain apology and a signature say nothing more."""
    assert answer(text).remark == ""


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Je viens, y a-t-il un bus ?", True),
        ("Je viens. Pourriez-vous me dire où me garer", True),
        ("Je ne viens pas, mais pouvez-vous m’envoyer le compte rendu ?", True),
        ("I'll come. Please let me know where to park.", True),
        # What wants no reply: a request, a yes put as a question, a courtesy, somebody instead
        ("Je viens. Gardez-moi une place.", False),
        ("Je viens. Il faudra qu'on parte à 19h30.", False),
        ("Pourriez-vous m'inscrire ? Merci", False),
        ("Je serai absent, merci de bien vouloir m'excuser.", False),
        ("Mme Dubois participera à ma place.", False),
    ],
)
def test_only_a_question_asks(text: str, asks: bool) -> None:
    """A question, and a request that wants a reply, are told apart from what staff only have to know."""
    assert answer(text).asks is asks


@pytest.mark.parametrize(
    ("text", "holder"),
    [
        ("Je serai absente mais je donne pouvoir à Mme Lesaffre.", "Mme Lesaffre"),
        ("Je ne pourrai pas venir ; mon pouvoir est chez M. Noir.", "M. Noir"),
        ("Je donne procuration à mon voisin Yves Cormier.", "Yves Cormier"),
        ("je donne mon pouvoir a ma voisine du 3e Mme Ouali, elle vote contre", "Mme Ouali"),
        ("bonsoir je pourrai pas venir jeudi je donne ma procuration a flo\nJP", "flo"),
        ("M. Tellier votera pour moi.", "M. Tellier"),
        ("Absent, pouvoir à Mme Roux", "Mme Roux"),
        ("Je donne pouvoir à Mme Odile Renaudin pour me représenter à l'assemblée.", "Mme Odile Renaudin"),
        ("I can't come. I give my proxy to Ms Hill.", "Ms Hill"),
        ("Wij kunnen niet komen. Wij geven volmacht aan mevrouw Roussel van gebouw A.", "mevrouw Roussel"),
        ("Ich kann leider nicht kommen. Annie hat meine Vollmacht.", "Annie"),
        ("Frau Meyer hat meine Vollmacht.", "Frau Meyer"),
        # Sent without a name
        ("Ci-joint mon pouvoir.", ""),
        ("Empêché, je vous adresse ci-joint un pouvoir en blanc.", ""),
    ],
)
def test_who_gives_a_proxy_does_not_come(text: str, holder: str) -> None:
    """It is a no that names who votes, with nobody who comes instead."""
    found = answer(text)

    assert (found.partstat, found.proxy_to, found.delegate, found.headcount) == (NO, holder, "", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Je serai là avec le pouvoir de M. Noir.", "pouvoir de M. Noir"),
        ("Je viens et j'apporte deux pouvoirs.", "deux pouvoirs"),
        ("J'aurai aussi le pouvoir de M. Noir.", "pouvoir de M. Noir"),
        ("Je serai porteur de deux pouvoirs.", "deux pouvoirs"),
        ("Je viens. Kevin peut pas, il me donne son pouvoir.", "il me donne son pouvoir"),
    ],
)
def test_a_proxy_that_the_writer_holds_is_no_person(text: str, said: str) -> None:
    """Who has the proxy of others comes, counts once, and has given none."""
    found = answer(text)

    assert (found.partstat, found.proxy_to, found.headcount) == (YES, "", None)
    assert said in found.remark


@pytest.mark.parametrize(
    "text",
    [
        "Pouvez-vous m'envoyer un formulaire de procuration ?",
        "Merci de m'envoyer un pouvoir.",
        "Comment donner procuration ?",
    ],
)
def test_asking_for_a_form_gives_no_proxy(text: str) -> None:
    """It answers nothing."""
    assert understand(text, "Re: Invitation").claim == Unclear(why="no-answer-in-words")


def test_the_verb_is_no_proxy() -> None:
    """French "pouvoir" is also a verb, and a condition keeps a proxy from being given."""
    assert answer("Je regrette de ne pas pouvoir me joindre à vous.").proxy_to == ""
    found = answer(
        "Tout dépendra de ma garde à l'hôpital. Si je suis de garde, c'est M. Tellier qui aura mon pouvoir."
    )

    assert (found.partstat, found.proxy_to) == (MAYBE, "")
    assert "c'est M. Tellier qui aura mon pouvoir" in found.remark


@pytest.mark.parametrize(
    ("text", "delegate"),
    [
        (
            "Je ne peux pas, mais c'est Samira Kaci, notre directrice adjointe, qui représentera le centre social.",
            "Samira Kaci, notre directrice adjointe",
        ),
        ("Je délègue Me Aubry, avocate stagiaire.", "Me Aubry, avocate stagiaire"),
        ("Veuillez noter que Mme Simon me suppléera.", "Mme Simon"),
        ("Je ne pourrai venir ; Mme Aline Sorbier nous y représentera.", "Mme Aline Sorbier"),
        ("Ma femme ira, moi je suis de nuit cette semaine.", "Ma femme"),
        ("I'm on leave on Tuesday, Declan Furlong will cover for me.", "Declan Furlong"),
    ],
)
def test_who_comes_instead_is_named(text: str, delegate: str) -> None:
    """It is a no with the name of the substitute."""
    found = answer(text)

    assert (found.partstat, found.delegate) == (NO, delegate)


def test_who_comes_along_is_no_substitute() -> None:
    """Somebody who comes with the writer, or does not come, replaces nobody."""
    assert answer("Je viens, ma femme aussi.").delegate == ""
    assert answer("Je ne viens pas, ma femme non plus.").delegate == ""


@pytest.mark.parametrize("name", LANGUAGES)
def test_the_turns_of_every_language_load(name: str) -> None:
    """No list or expression is missing, and a word that says nothing is not one that tells something."""
    told = turns(name)

    assert told.fill & told.tells == frozenset()
