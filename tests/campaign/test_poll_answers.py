"""Keeping in the campaign file what answers of a form mean."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailer import campaign
from mailer.errors import ConfigError

FILE = b'# ours\r\nsubject = "A"\r\n\r\n[values]\r\nroom = "B"  # kept\r\n'


def test_a_question_and_its_answers_are_added_at_the_end() -> None:
    """What stood there stays octet for octet, and a newer meaning takes the place of an older."""
    once = campaign.with_poll_answers("a.toml", FILE, "Venez-vous ?", {"Formule B": "yes", "x": "none"})
    again = campaign.with_poll_answers("a.toml", once, "Venez-vous ?", {"Formule B": "no"})
    other = campaign.with_poll_answers("a.toml", again, 'Un "autre" ?', {})

    assert once.startswith(FILE)
    assert other.startswith(FILE)
    assert tomllib.loads(other.decode())["polls"] == {
        "Venez-vous ?": {"Formule B": "no", "x": "none"},
        'Un "autre" ?': {},
    }


@given(
    question=st.text(st.characters(codec="utf-8"), min_size=1),
    answer=st.text(st.characters(codec="utf-8"), min_size=1),
)
def test_any_words_can_be_kept(question: str, answer: str) -> None:
    """Quotation marks, line ends and signs in a question or an answer are kept as they are."""
    written = campaign.with_poll_answers("a.toml", FILE, question, {answer: "perhaps"})

    assert tomllib.loads(written.decode())["polls"] == {question: {answer: "perhaps"}}


def test_a_table_written_in_another_way_is_left() -> None:
    """Where the answers stand in a form this program does not write, a person is told to add them."""
    with pytest.raises(ConfigError, match="poll-answers-not-kept"):
        campaign.with_poll_answers("a.toml", b'polls = { "Q" = { "a" = "yes" } }\n', "Q", {"b": "no"})
