"""Find and weigh the phrases of an answer written in French, English, Dutch or German."""

from mailer.classify.words.delegates import Proxy, delegate, proxy, without_proxy
from mailer.classify.words.judge import Certainty, TextDecision, certainty, decide, likeliest
from mailer.classify.words.language import LANGUAGES, Language, Sign, common_words, languages_of
from mailer.classify.words.language import language as language_named
from mailer.classify.words.likeness import in_company
from mailer.classify.words.numbers import Party, party
from mailer.classify.words.remarks import remark
from mailer.classify.words.sentences import Sentence, sentences
from mailer.classify.words.statements import TextStatement, Who, statements
from mailer.classify.words.tokens import Token, tokenize

__all__ = [
    "LANGUAGES",
    "Certainty",
    "Language",
    "Party",
    "Proxy",
    "Sentence",
    "Sign",
    "TextDecision",
    "TextStatement",
    "Token",
    "Who",
    "certainty",
    "common_words",
    "decide",
    "delegate",
    "in_company",
    "language_named",
    "languages_of",
    "likeliest",
    "party",
    "proxy",
    "remark",
    "sentences",
    "statements",
    "tokenize",
    "without_proxy",
]
