"""What common phrases are: a yes, a perhaps, no answer, or an objection."""

from __future__ import annotations

import pytest

from mailer.classify.free_text import understand
from mailer.model.finding import Answer, OptOut, PartStat, Unclear

YES = (
    "Sauf imprévu, je serai là.",
    "Je viens sauf imprévu.",
    "Sauf empêchement, oui.",
    "Oui, sauf contretemps de dernière minute.",
    "Barring accidents, I will be there.",
    "Behoudens onvoorziene omstandigheden kom ik.",
    "Nous serons trois, sauf imprévu.",
    "Je serai là, sauf cas de force majeure.",
)
""""sauf imprévu" takes nothing away."""
PERHAPS = (
    "En principe je viens.",
    "Normalement je serai présente.",
    "Sous réserve de l'accord de mon chef, je viendrai.",
    "J'espère pouvoir venir.",
    "Si mon train est à l'heure, je viendrai.",
    "Je viendrai si mon fils est guéri.",
    "A priori oui.",
    "En principe, oui.",
    "J'espère être des vôtres.",
    "Oui, sous réserve de mes horaires.",
    "Ik kom, onder voorbehoud.",
    "Hopefully I can come.",
    "I will come if my train runs.",
    "Wenn ich frei habe, komme ich.",
)
"""A condition or a hope."""
NOTHING = (
    "Je regarde et je vous redis.",
    "Je vérifie mon agenda et je reviens vers vous.",
    "Je vous redis ça demain.",
    "Je consulte mon planning et vous tiens au courant.",
    "Ma collègue ne viendra pas.",
    "Mon voisin ne pourra pas venir.",
    "Ma voisine sera absente.",
    "Mon mari viendra.",
    "M. Noël nous a quittés en octobre.",
    "Mme Roux est décédée.",
    "Notre présidente a quitté l'association.",
    "Pouvons-nous nous voir plus tard ?",
    "Je préférerais vous rencontrer la semaine prochaine.",
    "Peut-on se rencontrer un autre jour ?",
    "Mon père est mort en mars.",
    "M. Petit n'est plus parmi nous.",
    "Serait-il possible de se voir une autre fois ?",
    "My colleague will not come.",
    "Mrs Hall passed away last year.",
    "I will check and get back to you.",
    "Mijn collega komt niet.",
    "Mein Kollege kommt nicht.",
    "Je vois ça et je vous réponds.",
)
"""The answer is put off, is about somebody else, or asks for another meeting."""
OBJECTIONS = (
    "Enlevez-moi de la liste.",
    "Retirez-moi de votre liste de diffusion.",
    "Merci de m'enlever de la liste.",
    "Ne m'écrivez plus.",
    "Cessez de m'envoyer vos invitations.",
    "Rayez mon adresse de vos fichiers.",
    "Merci de me retirer de vos envois.",
    "Non merci, et ne m'écrivez plus svp.",
    "Supprimez mes coordonnées.",
    "Je ne veux plus recevoir vos courriels.",
    "Please take me off your list.",
    "Stop writing to me.",
    "Schrijf mij uit.",
)


@pytest.mark.parametrize("text", YES)
def test_yes(text: str) -> None:
    """An answer that only the unforeseen could change is a yes."""
    assert _answer(text) is PartStat.ACCEPTED


@pytest.mark.parametrize("text", PERHAPS)
def test_perhaps(text: str) -> None:
    """An answer with a condition is a perhaps, recorded or proposed, and never a yes."""
    claim = understand(text, "Re: invitation").claim
    proposal = claim.proposal if isinstance(claim, Unclear) else claim

    assert isinstance(proposal, Answer)
    assert proposal.partstat is PartStat.TENTATIVE


@pytest.mark.parametrize("text", NOTHING)
def test_nothing(text: str) -> None:
    """A mail that puts the answer off or tells of somebody else decides nothing."""
    assert _answer(text) is None


@pytest.mark.parametrize("text", OBJECTIONS)
def test_objections(text: str) -> None:
    """Who does not want to be written to again is heard, and is not counted."""
    assert understand(text, "Re: invitation").claim == OptOut()


def _answer(text: str) -> PartStat | None:
    claim = understand(text, "Re: invitation").claim
    return claim.partstat if isinstance(claim, Answer) else None
