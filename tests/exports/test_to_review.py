"""The list of what waits, filled in by a person and read back."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest

from mailer.errors import UserError
from mailer.exports import to_review
from mailer.exports.formats.to_review import Decided, Does
from mailer.model.attendance import PendingReview, Standing
from mailer.model.contact import Contact
from mailer.model.entry import Channel, Entry, Heard, Trust
from mailer.model.finding import Answer, Finding, MailKind, PartStat, Unclear
from mailer.model.people import Invitee
from tests.registered import members

NOW = datetime(2025, 3, 20, 8, 30, tzinfo=UTC)
ROLL = [Invitee("ann", "ann@example.org", members("ann", Contact("ann@example.org", "Mme", "Ann", "Roux")))]
YES = Answer(PartStat.ACCEPTED, 2)


def waiting(number: int, who: str, text: str, proposal: Answer | None = None) -> PendingReview:
    """Something that waits."""
    finding = Finding("r", MailKind.REPLY, Unclear(proposal), text=text, addresses=("x@example.net",))
    heard = Heard(
        finding,
        NOW,
        Trust.SENDER,
        sender="ann@example.net",
        sender_name="Ann R.",
        subject="Re: Réunion",
        attachments=("coupon.pdf", "plan.png"),
    )
    entry = Entry("c", who, NOW, Channel.TEXT, heard, number=number)
    return PendingReview(entry, Standing(who), "unclear", proposal)


@pytest.fixture
def table() -> list[list[str]]:
    """The list as a spreadsheet shows it."""
    items = [waiting(3, "ann", "=Oui,\nà deux ;-)", YES), waiting(8, "", "Qui êtes-vous ?")]
    content = to_review.write(items, ROLL, {"unclear": "réponse à lire"})
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_what_it_shows(table: list[list[str]]) -> None:
    """The words in one line and guarded, who, why, the proposal, and an empty cell for the decision."""
    assert table[1] == [
        "3",
        "20/03/2025 09:30",
        "Ann Roux",
        "ann@example.org",
        "'=Oui, à deux ;-)",
        "réponse à lire",
        "oui",
        "sans réponse",
        "",
        "2",
        "Ann R. <ann@example.net>",
        "Re: Réunion",
        "coupon.pdf, plan.png",
        "",
    ]
    assert [table[2][0], table[2][2], table[2][3]] == ["8", "", "x@example.net"]


@pytest.mark.parametrize(
    ("decision", "size", "answer"),
    [
        ("oui", "2", YES),
        ("Oui", "", Answer(PartStat.ACCEPTED)),
        ("non", "2", Answer(PartStat.DECLINED)),
        ("peut-être", "2.0", Answer(PartStat.TENTATIVE, 2)),
        ("rien", "", None),
        ("ignorer", "2", None),
    ],
)
def test_decisions_read_back(table: list[list[str]], decision: str, size: str, answer: Answer | None) -> None:
    """A word in the column decides; what was left empty stays as it is."""
    table[1][8:10] = [decision, size]

    expected = Decided(3, answer, 2, "Ann Roux", "ann@example.org")
    assert ([expected], []) == to_review.read(table, "list.csv")


@pytest.mark.parametrize(
    ("decision", "instead", "does"),
    [
        ("remplacé", "Zoé Blanc", Does.ANSWER),
        ("Inscrire", "", Does.REGISTER),
        ("noté", "", Does.NOTED),
        ("Fait", "", Does.NOTED),
    ],
)
def test_decisions_that_are_no_answer_of_the_invitee(
    table: list[list[str]], decision: str, instead: str, does: Does
) -> None:
    """Somebody comes instead, whoever wrote is put on the list, or what was to do is done."""
    table[1][8], table[1][13] = decision, instead
    (decided,), problems = to_review.read(table, "list.csv")

    assert (decided.does, decided.instead, problems) == (does, instead, [])


def test_a_list_written_before_is_read(table: list[list[str]]) -> None:
    """Without the later columns the decisions are read all the same."""
    table[1][8] = "oui"
    (decided,), _ = to_review.read([line[:10] for line in table], "list.csv")

    assert (decided.entry, decided.instead) == (3, "")


def test_what_cannot_be_understood_is_told(table: list[list[str]]) -> None:
    """With its line, and nothing is decided."""
    table[1][8] = "bof"
    decided, problems = to_review.read(table, "list.csv")

    assert (
        decided,
        [(p.code, p.origin.line, p.read) for p in problems],
    ) == ([], [("decision-unreadable", 2, "bof")])


def test_another_table_is_refused() -> None:
    """A file without these headings is no such list."""
    with pytest.raises(UserError, match="not-a-review-list"):
        to_review.read([["Nom", "Réponse"]], "list.csv")
