"""What the headings of a form ask for: a name, an address, a time, a number of people, whether somebody comes, or something else."""

from __future__ import annotations

import enum
import re

from mailer.model.accents import fold_accents


class Ask(enum.Enum):
    """What a column holds. ASIDE: nothing that is an answer, such as a remark, a consent, or what the program notes itself."""

    NAME = "name"
    FIRST_NAME = "first-name"
    ADDRESS = "address"
    MOMENT = "moment"
    DRAFT = "draft"
    HEADS = "heads"
    ASIDE = "aside"
    QUESTION = "question"


def _words(*alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(alternatives)})\b")


_PROGRAMS = re.compile(
    r"(?:#|n°|no|id|sid|uid|ip|seed|token|lastpage|startlanguage|refurl|ipaddr|points?|score|total points|feedback|quiz feedback|langue|language"
    r"|id\b.*(?:reponse|utilisateur|soumission)|response id|identifiant.*|user id|submission id|numero(?: de (?:la )?(?:serie|commande|billet|reponse))?|serial number"
    r"|reference(?: (?:de )?(?:la )?commande)?|derniere page|last page|(?:langue|start) ?(?:de depart|language)|adresse ip|ip address"
    r"|statut.*|status|etat|billet|montant.*|moyen de paiement|code promo.*|tete de serie|referrer.*)"
)
_CONSENT = _words(
    r"rgpd|gdpr|dsgvo|avg",
    r"donnees|personal data|datenschutz\w*|persoonsgegevens",
    r"consent\w*|autoris\w*|droits? a l'image|photos?|images?|mentions legales|politique de confidentialite|privacy|conditions",
    r"newsletter|lettre d'information|infolettre|recevoir|contacte[rz]?",
)
_REMARK = _words(
    r"remarques?|commentaires?|comments?|remarks?|messages?|suggestions?|observations?|precis(?:ez|ions?)|questions?|notes?|bemerkung\w*|opmerking\w*",
    r"autres?|pourquoi|why|raisons?|besoins?|regimes?|allergies?|souhaits?|sujets?|attentes",
)
_PERSON = _words(
    r"telephone|tel|portable|mobile|phone|telefon\w*|adresse|address|code postal|cp|ville|commune|quartier|rue|pays",
    r"organism\w*|organisations?|organization|associations?|structures?|societe|entreprise|company|raison sociale|service|etablissement|institution",
    r"fonctions?|titre|civilite|qualite|role|age|date de naissance|naissance|genre|sexe|groupe|profession",
)
_MAIL = _words(r"e ?-?mails?|courriels?|adresse electronique|adresse de messagerie|mail|correo|messagerie")
_FIRST = re.compile(r"\bprenoms?\b|prenom_|first ?name|given name|vorname|voornaam|nombre de pila")
_LAST = _words(
    r"noms?|name|names|surname|last name|family name|achternaam|nachname|naam|nom_\w+|identite|qui (?:etes[ -]vous|repond)|vous appelez|appelez vous"
)
_WHO = re.compile(
    r"(?:votre |quel est votre )?(?:participante?s?|personnes?|invitee?s?|qui|habitante?|adherente?|repondante?|voter|voters)(?: \?)?"
)
_MOMENTS = (
    "submitdate date de soumission|date de soumission|submitdate|heure de soumission|soumis le|submitted at|date submitted|submitted on|completed",
    "heure de fin|completion time|heure d'achevement|termine a|endzeit|fertigstellungszeit",
    "horodateur|horodatage|timestamp|zeitstempel|marca temporal|informazioni cronologiche|tijdstempel",
    "date de la commande|date de commande|date de (?:la )?reponse|repondu le|date de creation|date d'inscription|date|created",
    "heure de debut|start time|startzeit|date de lancement|startdate|datestamp|modifie a|date de derniere action|derniere modification.*",
)
"""Headings of times, those that tell best when the answer was given first."""
_HEADS = re.compile(
    r"\b(?:nombre|nbre|nb|combien|how many|number of|effectif|wie ?viele|anzahl|aantal|hoeveel)\b|^(?:adultes?|enfants?|places?|personnes?)$"
)
_NO_HEADS = _words(
    r"repas|voitures?|velos?|ans|annees?|fois|heures?|jours?|kilometres?|km|chaises?|tables?|plats?|euros?|stands?|metres?|questions?|enfants? a charge|parking|salaries|adherents|membres"
)
_COMING = _words(
    r"vien(?:s|t|dr\w*|nent)|venez|venue|venir|presente?s?|presence|presents|participe\w*|participation",
    r"serez[ -]vous (?:la|des notres|parmi nous|disponibles?|avec nous|libres?)|serons[ -]nous|etes[ -]vous disponibles?|disponibilites?",
    r"assist(?:e|es|ez|er\w*)|reponse|rsvp|des notres|parmi nous|rejoin(?:dre|drez)|inscri(?:ption|vez|re)|serez[ -]vous",
    r"coming|come|attend\w*|join us|be there|present|answer|reply|available|will you be",
    r"kommen|kommst|teilnehm\w*|teilnahme|dabei|anwesend|antwort|komt|kom|aanwezig\w*|deelnem\w*|antwoord",
)
_BESIDE = _words(
    r"voitures?|covoitur\w*|velo|transports?|train|bus|parking|accompagn\w*|conjoint\w*|enfants?|avec qui|avec quelqu'un",
    r"repas|pot|buffet|cocktail|dejeuner|diner|gouter|aperitif|cafe|apero|verre|restaurant|menu|lunch|dinner|drinks?|essen",
    r"comment|pourquoi|quand|a quelle heure|a quoi|a quels?|a quelles?|auxquel\w*|si (?:vous|oui|non)|when|why|how|if",
    r"ateliers?|visite|besoin|aide|benevol\w*|prochaine?s?|deja|derniere?|aim\w*|preferez|future?s?|regulierement|d'autres",
    r"absente?s?|absence|pas|empeche\w*|visio\w*|distance|distanciel",
)
_OTHERS = _words(
    r"payeur|utilisateur|user|username|conjointe?|accompagn\w*|enfants?|referente?|organisat\w*|responsable|parents?|association|structure|organisme|societe|entreprise|affichage|display|company|service|etablissement"
)
_LIMESURVEY = re.compile(r"^[a-z]\w{0,30}(?: other)?(?:\[\w+\])?\. +")


def plain(heading: str) -> str:
    """Return a heading in small letters without accents, hyphens, the marks of a question, and the code that LimeSurvey puts before it."""
    folded = fold_accents(re.sub(r"\((?:e|s|es|x)\)|[·.-](?:e|es|s)\b", "", heading.replace("_", " ")))
    return " ".join(_LIMESURVEY.sub("", folded).replace("-", " ").strip(" ?:*.!").split())


def asks(heading: str) -> Ask:
    """Return what a heading asks for."""
    words = plain(heading)
    if not words or _PROGRAMS.fullmatch(words):
        return Ask.ASIDE
    if words in ("brouillon", "draft", "is draft"):
        return Ask.DRAFT
    if moment_rank(heading) is not None:
        return Ask.MOMENT
    if _CONSENT.search(words):
        return Ask.ASIDE
    if _HEADS.search(words) and not _NO_HEADS.search(words):
        return Ask.HEADS
    if _MAIL.search(words) and not _is_question(words):
        return Ask.ADDRESS
    if _FIRST.search(words) and not _LAST.search(_FIRST.sub("", words)):
        return Ask.FIRST_NAME
    if (_LAST.search(words) and not _is_question(words)) or _WHO.fullmatch(words):
        return Ask.NAME
    if is_about_coming(heading):
        return Ask.QUESTION
    if _REMARK.search(words) or _PERSON.search(words):
        return Ask.ASIDE
    return Ask.QUESTION


def _is_question(words: str) -> bool:
    return bool(_COMING.search(words))


def moment_rank(heading: str) -> int | None:
    """Return how well a column of times tells when somebody answered, 0 best; None for another column."""
    words = plain(heading)
    return next((rank for rank, known in enumerate(_MOMENTS) if re.fullmatch(known, words)), None)


def is_about_coming(heading: str) -> bool:
    """Return whether a heading asks whether somebody comes to the meeting, and nothing beside it."""
    words = plain(heading)
    return bool(_COMING.search(words)) and not (
        _BESIDE.search(words) or _CONSENT.search(words) or _is_remark(words)
    )


def _is_remark(words: str) -> bool:
    return bool(_REMARK.search(words)) or bool(_HEADS.search(words))


def is_about_staying_away(heading: str) -> bool:
    """Return whether a yes under this heading is a no: “Serez-vous absent ?”."""
    words = plain(heading)
    away = re.search(
        r"\b(?:absente?s?|absence|empechee?s?|excusee?s?|ne \w+(?: vous)? pas|unable|cannot|not|nicht|niet)\b",
        words,
    )
    if re.search(r"(?<!oui/)(?<!oui / )(?<!oui ou )\bnon[)\]]?$", words):
        return True  # a box to tick for a no
    return bool(away) and not re.search(r"\b(?:presente?s?|presence|ou (?:pas|non))\b", words)


def is_company(heading: str) -> bool:
    """Return whether a number under this heading leaves out whoever answers: “Nombre d'accompagnants”."""
    return bool(
        re.search(r"accompagn|en plus|avec vous|amene|invite[rz]|guests?\b|besides|begleit", plain(heading))
    )


def is_part(heading: str) -> bool:
    """Return whether a number under this heading counts a part of those who come, grown-ups or children."""
    return bool(
        _words(
            r"adultes?|enfants?|bebes?|adults?|children|kids|erwachsene|kinder|volwassenen|kinderen"
        ).search(plain(heading))
    )


def is_of_others(heading: str) -> bool:
    """Return whether a name or address under this heading may be somebody else's: “Nom payeur”, “Nom d'utilisateur”."""
    return bool(_OTHERS.search(plain(heading)))
