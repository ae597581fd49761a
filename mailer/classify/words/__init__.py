"""What words say: forms of French, English, Dutch and German, found in a text and weighed against each other."""

from mailer.classify.words.decide import Decision, decide
from mailer.classify.words.delegates import delegate
from mailer.classify.words.heads import headcount
from mailer.classify.words.language import LANGUAGES, Language, Sign, languages_of
from mailer.classify.words.language import language as language_named
from mailer.classify.words.sentences import Sentence, sentences
from mailer.classify.words.statements import Statement, Who, statements
from mailer.classify.words.tokens import Token, tokenize

__all__ = [
    "LANGUAGES",
    "Decision",
    "Language",
    "Sentence",
    "Sign",
    "Statement",
    "Token",
    "Who",
    "decide",
    "delegate",
    "headcount",
    "language_named",
    "languages_of",
    "sentences",
    "statements",
    "tokenize",
]
