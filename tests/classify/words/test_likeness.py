"""The second reader, which knows no grammar: several people where no rule counts them."""

from __future__ import annotations

import pytest

from mailer.classify.free_text import understand
from mailer.model.finding import Answer, Unclear

COMPANY = (
    "Ma fille m'emmènera et restera avec moi. Je viens !",
    "jviens avec ma best",
)
ALONE = (
    "Je viens avec ma voiture.",
    "Je viendrai avec plaisir, merci à toute l'équipe.",
    "Je serai là. Mon vélo peut-il entrer ?",
    "Je viens seule.",
    "Présent.",
)


@pytest.mark.parametrize("text", COMPANY)
def test_somebody_comes_whom_no_rule_counts(text: str) -> None:
    """The answer is recorded as one person's, with a number to check."""
    answer = _answer(text)

    assert (answer.headcount, answer.number_to_check) == (None, True)


@pytest.mark.parametrize("text", ALONE)
def test_who_comes_alone_is_not_asked(text: str) -> None:
    """Things that are brought, and people who are only spoken of, make no number to check."""
    assert not _answer(text).number_to_check


def _answer(text: str) -> Answer:
    claim = understand(text, "Re: Invitation").claim
    answer = claim.proposal if isinstance(claim, Unclear) else claim
    assert isinstance(answer, Answer)
    return answer
