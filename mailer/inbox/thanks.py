"""Recognise mails that only thank or say that a letter was read: to a letter that asks nothing, they answer nothing."""

from __future__ import annotations

import re

from mailer.model.accents import fold_accents

MOST_WORDS = 25


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_THANKS = _words("""
    merci mercis remercie remercions remerciements remerciement thanks thank danke dank bedankt gracias grazie
""")

_FINE = _words("""
    accord cool entendu excellent fine formidable genial great impeccable ok okay parfait perfect super top
""")

_READ = _words("compris recu recue recus note notee notes notees noted understood received")

_INFORMED = _words("information informations")

_BESIDE = _words("""
    a accueil all amabilite amicalement amities at attention au aussi aux beaucoup belle best bien bientot bon
    bonjour bonne bonsoir c ca ce cela ces cet cette cher chere confirmation continuation cordialement
    cordiales courage courriel d day de dear des detail details du email encore end est et evening fin for
    gentillesse good got grand have hello hi infiniment info infos invitation is it je jour journee kind know
    l la le les letting lovely madame mail many me mesdames message messieurs mille moi monsieur much nice
    noter nous organisation ou pour precision precisions prends prenons prevenance qui rapide rapidite
    reception regards reponse respectueusement retour salutations see semaine sincerely sincerement so soiree
    soon te tes that the this toi ton tout toute tres us very vielen vos votre vous week weekend well
    wonderful you your yours
""")
"""Words that may stand beside those above, and say nothing by themselves."""

_SIGNS = _THANKS | _FINE | _READ
"""Words of which one must be among them."""

_SAID = _SIGNS | _INFORMED | _BESIDE

_SAME = (
    (
        re.compile(r"\b(?:non non )?(?:mais )?(?:c est moi|c est nous) qui (?:vous |te )?remerci\w+\b"),
        "merci",
    ),
    (re.compile(r"\b(?:pas de (?:souci|probleme)|no problem|not at all|will do)\b"), "bien"),
)
"""Phrases that say no more than a word does, though theirs would."""

_CONSENT = re.compile(
    r"\b(?:pour|for) (?:moi|nous|me|us)\b|\b(?:ok|okay|accord|entendu|bon|parfait|super|fine|good|great|perfect) (?:pour|for)\b"
)
"""Whoever says so may mean that they come: "ok pour moi", "d'accord pour cette réunion"."""

_WORD = re.compile(r"[^\W_]+")


def is_receipt(text: str) -> bool:
    """Return whether a text says nothing but that something was read: "D'accord, c'est noté" is, "D'accord, merci" is not."""
    return is_thanks(text) and not (_READ | _INFORMED).isdisjoint(_WORD.findall(fold_accents(text)))


def is_thanks(text: str) -> bool:
    """Return whether a text says nothing but thanks, or that something was read.

    "D'accord, merci" and "Merci, à bientôt" are; "D'accord, je viens", "Oui, merci", "Non merci", "À bientôt" and "Ok pour moi, merci" are not.
    """
    plain = " ".join(_WORD.findall(fold_accents(text)))
    if _CONSENT.search(plain):
        return False
    for phrase, word in _SAME:
        plain = phrase.sub(word, plain)
    words = plain.split()
    return 0 < len(words) <= MOST_WORDS and not _SIGNS.isdisjoint(words) and _SAID.issuperset(words)
