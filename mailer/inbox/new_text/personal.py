"""Recognise the lines that the writer of a mail typed, by words of answering, greeting, closing and speaking.

Such a line is no signature, footer or quotation.
"""

from __future__ import annotations

import re

ANSWERS = {
    "fr": "oui|non|ok|okay|d['’]accord|présente?s?|presente?s?|absente?s?|excusée?s?|volontiers|merci|peut-être|avec plaisir|entendu|noté|impossible"
    "|désolée?|inscrite?s?|bonjour|bonsoir|madame|monsieur|idem|parfait|super|pas|indisponibles?|disponibles?|dispo|partante?s?|stop|désinscription|retard|personnes?",
    "en": "yes|no|sure|thanks|thank|sorry|maybe|perhaps|attending|coming|confirmed|accepted|declined|great|hello|hi|dear|unsubscribe|unable|happy",
    "de": "ja|nein|gerne?|danke|leider|vielleicht|anwesend|abwesend|hallo|zusage|absage",
    "nl": "nee|graag|bedankt|helaas|misschien|aanwezig|afwezig|beste",
    "es": "sí|gracias|quizás|asistiré|hola|confirmado|lo siento",
    "it": "sì|grazie|forse|assente|ciao|purtroppo|volentieri|confermo",
}
SPEAKERS = {
    "fr": "je|j['’]|nous|on|moi|tu|vous|mon|ma|mes|notre|nos|votre|vos|il|elle|ils|elles|c['’]",
    "en": "i(?!\\.)|we|my|our|us|you|your|they|she|he",
    "de": "ich|wir|mein|meine|meiner|unser|unsere|uns|sie",
    "nl": "ik|wij|mijn|ons|onze",
    "es": "yo|nosotros|nuestro|nuestra|usted|ustedes",
    "it": "io|noi|mio|mia|nostro|nostra|lei",
}
DECISIONS = {
    "fr": "oui|présente?s?(?! (?:message|courriel|mail|e-mail|communication|document|transmission))|absente?s?|viendr\\w{1,5}|viens|venons|venir|serai|serons"
    "|particip\\w{1,8}|inscri\\w{1,8}|désinscri\\w{1,8}|désabonn\\w{1,8}|désabonnez|pas disponible",
    "en": "yes|coming|attend|attending|unsubscribe|can(?:not|['’]t) (?:come|make|be)|will be there",
    "de": "komme|kommen|teilnehmen|teilnahme|dabei",
    "nl": "kom|komen|aanwezig|afwezig|deelnemen",
    "es": "asistir\\w{0,4}|vendr\\w{1,4}",
    "it": "verr[òo]|parteciper\\w{1,4}",
}
CLOSINGS = {
    "fr": "(?:bien |très |tres )?cordialement|cordiales? salutations|(?:bien |très )?sincèrement|salutations|bien à (?:vous|toi)|cdl?t|cdlmt|respectueusement|amicalement"
    "|amitiés|bonne (?:journée|soirée|réception)|belle journée|bises|à (?:bientôt|lundi|mardi|mercredi|jeudi|vendredi)|veuillez|bien cdt",
    "en": "(?:best|kind|warm|many|with) (?:regards|wishes|thanks)|regards|best|sincerely|yours|cheers|(?:kindest|warmest) regards|all the best|respectfully",
    "de": "mit (?:freundlichen|besten|herzlichen|lieben) grüßen|(?:viele|beste|liebe|herzliche|freundliche) grüße|mfg|lg|vg|gruß|grüße",
    "nl": "met (?:vriendelijke|hartelijke) groeten?|(?:vriendelijke |hartelijke )?groeten?|mvg|hoogachtend",
    "es": "(?:un |muchos )?(?:cordial )?saludos?|atentamente|un abrazo|cordialmente",
    "it": "(?:cordiali|distinti) saluti|saluti|cordialmente|un saluto",
    "others": "com os melhores cumprimentos|cumprimentos|pozdrawiam|z poważaniem|med vänliga? hälsningar?|(?:med )?venlig hilsen|vennlig hilsen|mvh|hälsningar|s pozdravem|с уважением",
}


def _table(words: dict[str, str]) -> str:
    return "|".join(words.values())


_ANSWER = re.compile(rf"\W*(?:{_table(ANSWERS)})(?!\w)", re.IGNORECASE)
_ANYWHERE = re.compile(rf"(?<!\w)(?:{_table(ANSWERS)})(?!\w)", re.IGNORECASE)
_DECISION = re.compile(rf"(?<!\w)(?:{_table(DECISIONS)})(?!\w)", re.IGNORECASE)
_SPEAKER = re.compile(rf"(?<![\w-])(?:{_table(SPEAKERS)})(?:(?<=['’])|(?![\w-]))", re.IGNORECASE)
_CLOSING = re.compile(rf"\W*(?:{_table(CLOSINGS)})(?!\w)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def is_answer(text: str) -> bool:
    """Return whether a line begins as an answer, a greeting or thanks."""
    return _ANSWER.match(text[:100]) is not None


def holds_answer(text: str) -> bool:
    """Return whether a line contains a word of answering, greeting or thanks."""
    return _ANYWHERE.search(text) is not None


def holds_decision(text: str) -> bool:
    """Return whether a line may say who comes, or ask for no more mail; such a line is never taken for a footer."""
    return _DECISION.search(text) is not None


def is_closing(text: str) -> bool:
    """Return whether a line begins with the closing of a letter: "Cordialement", "Best regards"."""
    return _CLOSING.match(text[:100]) is not None


def is_spoken(text: str) -> bool:
    """Return whether a line begins as an answer or contains a personal word: "je", "we", "votre"."""
    return is_answer(text) or _SPEAKER.search(text) is not None


def is_personal(text: str) -> bool:
    """Return whether a line is spoken (`is_spoken`), or is a sentence by its length or its end."""
    words = len(_WORD.findall(text))
    return is_spoken(text) or words > 12 or (words > 4 and text.rstrip(" \"'»)")[-1:] in (".", "!", "?", "…"))
