"""Which letter of ours a mail answers."""

from __future__ import annotations

import pytest

from mailer.inbox import Holder, Index, answering, is_receipt, is_thanks
from mailer.inbox.which_letter import ANOTHER_MAIL, Answering
from mailer.model.invitation import Kind, MessageKey
from mailer.model.message import IncomingMessage

MARIE = Holder("fete", "marie")
TOKEN = "m" * 26
FIRST, DETAILS = MessageKey(Kind.INVITATION, 0, 1), MessageKey(Kind.DETAILS, 1, 1)
OURS, LATER, STAFF = "<first@mairie.example>", "<details@mairie.example>", "<hand@mairie.example>"


def index() -> Index:
    """Marie has an invitation and a letter with details."""
    made = Index()
    made.enrol(MARIE, "marie@example.org")
    made.add(MARIE, token=TOKEN, message_id="<old-ledger@mairie.example>")
    made.add_letter(MARIE, OURS, FIRST)
    made.add_letter(MARIE, LATER, DETAILS)
    return made


def mail(subject: str = "Re: Invitation", to: str = "", *references: str) -> IncomingMessage:
    """A mail with In-Reply-To and References, as they are parsed."""
    headers = (("in-reply-to", to),) if to else ()
    direct = (to,) if to.startswith("<") else ()
    return IncomingMessage(headers=headers, subject=subject, references=(*direct, *reversed(references)))


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        pytest.param(mail(to=OURS), Answering(FIRST), id="a-reply"),
        pytest.param(mail(to=LATER.upper()), Answering(DETAILS), id="case-of-an-identifier-does-not-count"),
        pytest.param(mail("Re: x", "", OURS, LATER), Answering(DETAILS), id="references-alone-name-the-last"),
        pytest.param(
            mail("Re: x", STAFF, OURS, STAFF), Answering(why=ANOTHER_MAIL), id="somebody-wrote-by-hand"
        ),
        pytest.param(
            mail("Re: x", "", OURS, STAFF), Answering(why=ANOTHER_MAIL), id="the-same-without-in-reply-to"
        ),
        pytest.param(
            mail("Re: x", OURS, STAFF, OURS), Answering(FIRST), id="our-letter-below-a-mail-by-hand"
        ),
        pytest.param(
            mail("Re: x", STAFF), Answering(), id="a-thread-that-is-not-ours-is-judged-by-the-sender"
        ),
        pytest.param(
            mail(f"Je viens [réf. {TOKEN}-2]"),
            Answering(MessageKey(Kind.INVITATION, 2, 1), prepared=True),
            id="a-link-says-its-revision",
        ),
        pytest.param(mail(f"Je viens [réf. {TOKEN}]"), Answering(prepared=True), id="a-link-of-before"),
        pytest.param(
            mail(f"Re: Je viens [réf. {TOKEN}-0]", STAFF),
            Answering(why=ANOTHER_MAIL),
            id="an-answer-to-our-answer",
        ),
        pytest.param(
            mail(f"Re: Je viens [réf. {TOKEN}-0]"),
            Answering(why=ANOTHER_MAIL),
            id="the-same-without-its-thread",
        ),
        pytest.param(
            mail("Re: x", "<old-ledger@mairie.example>"), Answering(), id="a-letter-of-an-old-ledger"
        ),
        pytest.param(
            mail("Re: x", "your message of Monday"), Answering(), id="in-reply-to-of-the-last-century"
        ),
        pytest.param(mail("Invitation"), Answering(), id="nothing"),
    ],
)
def test_which_letter(message: IncomingMessage, expected: Answering) -> None:
    """In-Reply-To names it, then the last of References, then the link."""
    assert answering(message, index()) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Merci pour ces informations, bien reçu.",
        "D'accord, merci beaucoup.",
        "Parfait, merci à vous.",
        "Ok bien reçu",
        "Bonjour,\n\nC'est noté, merci.\n\nBonne journée",
        "Non non, c'est moi qui vous remercie.",
        "Thank you very much, well noted.",
        "Merci !",
        "Merci beaucoup, à bientôt !",
        "Merci à vous. À très bientôt.\nBien cordialement",
        "Thank you, see you soon!",
        "Merci, pas de souci",
        "Thanks, no problem at all",
    ],
)
def test_thanks(text: str) -> None:
    """Thanks, and that something was read."""
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Non merci",
        "Oui, merci",
        "Merci, je viendrai.",
        "D'accord, nous serons trois",
        "Merci mais je ne pourrai pas venir",
        "Merci de me désinscrire",
        "Bonjour",
        "Merci, à quelle heure ?",
        "Thanks, I will come",
        "Merci, finalement 4 personnes",
        "Merci, mais finalement je ne viens pas",
        "À bientôt",
        "À bientôt !\nBonne journée",
        "Oui, à bientôt",
        "Merci, à bientôt, avec ma femme",
        "Merci, à bientôt lundi",
        "Merci, mais pas à bientôt",
        "No thanks",
        "Merci, pas pour moi",
        "Thanks, not for me",
        "Ok pour moi, merci",
        "C'est bon pour nous, merci",
        "D'accord pour cette invitation",
    ],
)
def test_no_thanks(text: str) -> None:
    """Whatever says a yes, a no, a number or a wish besides."""
    assert not is_thanks(text)


def test_words_that_only_say_that_something_was_read() -> None:
    """After a change they may be no answer; a plain "D'accord" is one."""
    assert is_receipt("D'accord, c'est noté.")
    assert is_receipt("Bien reçu, merci")
    assert not is_receipt("D'accord, merci")
    assert not is_receipt("C'est noté, je viendrai")
