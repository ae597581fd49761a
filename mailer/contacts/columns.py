"""The meanings of column headings in contact lists, in French and English."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from mailer.contacts.cells import listed, words
from mailer.contacts.names import NameOrder

NAME = "name"
"""A column of whole names, first and last."""
CONTACT = "contact"
"""A column headed "Contact": of names, telephone numbers or anything else; `layout` looks at its cells."""
TITLE = "title"
"""A column headed "Titre": of civilities or functions; `layout` looks at its cells."""

_VARIANTS = {
    "email": """
        courriel|courriels|mel|mail|mails|email|emails|e mail|e mails|courrier electronique|courrier el|messagerie
        |adresse electronique|adresses electroniques|adresse e mail|adresse email|adresse mail|adresse mel|adresse courriel
        |adresse de messagerie|adresse messagerie|adresse internet|email address|e mail address|mail address|@|adelec
        |adresse mail pro|e mail pro|internet|smtp|primary email|mailbox
        """,
    "civility": """
        civilite|civilites|civ|m mme|mr mme|mme m|mme mr|m ou mme|honorific|honorifique|prefix|prefixe|salutation|politesse
        |name prefix|genre civilite|titre de civilite|titre civilite|courtesy title|m mme mlle
        """,
    "first_name": """
        prenom|prenoms|prenom usuel|first name|firstname|given name|given names|forename|first|pnom|prenom s
        """,
    "last_name": """
        nom|noms|nom de famille|nom famille|nom usuel|nom d usage|nom usage|nom patronymique|patronyme|last name|lastname
        |surname|family name|last|nom de naissance|nom s
        """,
    NAME: """
        nom prenom|nom prenoms|nom et prenom|nom et prenoms|nom de famille prenom|nom complet|full name|fullname|name
        |display name|prenom nom|prenom et nom|first and last name|identite|personne|participant|participants|invite|invites
        |invitee|guest|interlocuteur|representant|referent|responsable|nom du contact|contact name|nom contact
        |nom et prenom du contact|nom d affichage|destinataire|beneficiaire|membre|nom du responsable
        """,
    CONTACT: "contact|contacts|personne a contacter|correspondant",
    "organisation": """
        organisme|organismes|organisation|organization|structure|structures|association|associations|societe|entreprise
        |company|company name|organization name|organisation name|etablissement|collectivite|institution|raison sociale
        |denomination|denomination sociale|nom de l association|nom association|nom de la structure|nom structure
        |nom de l organisme|nom organisme|nom de l etablissement|nom de la societe|employeur|employer|org|asso|assoc
        |nom asso|structure organisme|organisme structure|association structure|structure association|nom de l asso
        |organisme association|association organisme|nom entreprise|nom de l entreprise|commerce|enseigne|affiliation
        """,
    "function": """
        fonction|fonctions|fonction qualite|qualite|poste|poste occupe|role|roles|job title|job|position|profession|mandat
        |function|titre fonction|qualite fonction|occupation|organization title|organization 1 title|metier|emploi
        """,
    TITLE: "titre|title|titres|genre",
    "language": "langue|langues|language|lang|langue de correspondance|langue parlee|preferred language|correspondence language",
    "groups": """
        groupe|groupes|group|groups|categorie|categories|category|tag|tags|etiquette|etiquettes|labels|group membership
        |groupe s|groupes s|type de contact|thematique|thematiques|liste|listes
        """,
}
_MEANING = {
    words(variant) or variant.strip(): field
    for field, variants in _VARIANTS.items()
    for variant in variants.replace("\n", " ").split("|")
}
HEADINGS = {
    "civility": "Civilité",
    "last_name": "Nom",
    "first_name": "Prénom",
    "organisation": "Organisme",
    "function": "Fonction",
    "email": "Courriel",
    "language": "Langue",
    "groups": "Groupe",
}
"""The fields of a contact that have a column, and their headings in the lists that `to_csv` writes."""
OWN_BEGINNING = ("\ufeff" + ";".join(HEADINGS.values())).encode()
"""The first bytes of the lists that `to_csv` writes."""
OTHER_ADDRESSES = "Autres courriels"
"""The heading of a person's further addresses in those lists."""
FIELDS = tuple(HEADINGS)

_EMAIL_WORDS = frozenset({"courriel", "courriels", "mel", "mail", "mails", "email", "emails", "messagerie"})
_NOT_AN_ADDRESS = listed(
    """
    envoye envoyes envoi envoyee date statut status type label libelle display relance recu reponse ok valide opt
    consent consentement mailing corriger verifie verified nombre nb corps objet sujet newsletter format inscription
    accord autorisation langue titre name nom remarque remarques commentaire commentaires rgpd liste listes
    """
)
_QUALIFIED = re.compile(
    r"(?P<what>.+?) (?:(?:du|de la|de l|des|de|d|principal|principale) )?"
    r"(?:contact|contacts|responsable|responsables|president|presidente|representant|representante|interlocuteur|"
    r"interlocutrice|referent|referente|directeur|directrice|participant|participante|invite|invitee|personne|dirigeant|"
    r"principal|principale|obligatoire|pro|professionnel|professionnelle|facultatif|1|n 1)"
)
_FIRST_BEFORE_LAST = re.compile(r"^(?:prenoms?|first)\b.*\b(?:nom|last)\b")
_LAST_BEFORE_FIRST = re.compile(r"^(?:noms?|last|nom de famille)\b.*\b(?:prenoms?|first)\b")


@lru_cache(maxsize=4096)
def meaning(heading: str) -> str:
    """Return the field a heading names: one of `FIELDS`, or `NAME`, `CONTACT`, `TITLE`; "" if it names none."""
    if len(heading) > 80:
        return ""
    if heading.strip() == "@":
        return "email"
    normalised = words(re.sub(r"\([^)]*\)", " ", heading)) or words(heading)
    if found := _MEANING.get(normalised):
        return found
    if _FIRST_BEFORE_LAST.match(normalised) or _LAST_BEFORE_FIRST.match(normalised):
        return NAME
    if _is_address_column(normalised):
        return "email"
    qualified = _QUALIFIED.fullmatch(normalised)
    return meaning(qualified["what"]) if qualified and qualified["what"] != normalised else ""


def _is_address_column(normalised: str) -> bool:
    normalised = normalised.replace("e mail", "email").replace("adresse electronique", "courriel")
    parts = normalised.split()
    return len(parts) <= 6 and not _EMAIL_WORDS.isdisjoint(parts) and _NOT_AN_ADDRESS.isdisjoint(parts)


def is_our_own(headings: Sequence[str]) -> bool:
    """Return whether these are the headings of a list that `to_csv` wrote."""
    return list(headings[: len(HEADINGS)]) == list(HEADINGS.values())


def order(heading: str) -> NameOrder | None:
    """Return the order of names that a heading such as "NOM Prénom" states, or None."""
    normalised = words(heading)
    if _FIRST_BEFORE_LAST.match(normalised):
        return NameOrder.FIRST_LAST
    return NameOrder.LAST_FIRST if _LAST_BEFORE_FIRST.match(normalised) else None


def letter(index: int) -> str:
    """Return the letters a spreadsheet gives to a column, counted from 0."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
