"""What a person says later counts, whatever the clock of the machine says (security review, attacks 104 and 105)."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from mailer.model.entry import Channel, Entry
from mailer.store.sql import SqlStore
from tests.desk.conftest import serving
from tests.memory.conftest import Mailer
from tests.store.cases import NOW, heard
from tests.workspaces import SLUG

WHO = "elodie.lefevre@example.org"
LATER, BACK = "2025-03-20T10:00:00+01:00", "2025-03-18T09:00:00+01:00"


def status(
    mailer: Mailer, capsys: pytest.CaptureFixture[str], *said: str, now: str = LATER
) -> dict[str, object]:
    """What ``mailer status --json`` says."""
    capsys.readouterr()
    mailer("status", SLUG, "--json", now=now)
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_an_entry_is_not_earlier_than_the_one_before_it(store: SqlStore) -> None:
    """Where the clock goes back, entries follow in their order, and their hashes hold."""
    (first,) = store.append([heard(1)])
    back = [
        Entry("c", "r1", NOW - timedelta(days=days), Channel.STAFF, heard(1).fact) for days in (2, 400, 0)
    ]
    added = store.append(back)

    moments = [entry.recorded_at for entry in (first, *added)]
    assert moments == sorted(set(moments))
    assert list(store.entries("c")) == [first, *added]
    assert moments[-1] - NOW < timedelta(seconds=1)
    assert store.verify("c") is None
    assert store.latest("c") == moments[-1]


def test_an_entry_that_is_later_keeps_its_moment(store: SqlStore) -> None:
    """Nothing is moved where the clock is right, and the clock of one campaign is not that of another."""
    store.append([heard(1)])
    moments = [NOW, NOW + timedelta(days=1)]
    said = [Entry("c", "r1", at, Channel.STAFF, heard(1).fact) for at in moments]
    other = Entry("other", "r1", NOW - timedelta(days=9), Channel.STAFF, heard(1).fact)

    assert [entry.recorded_at for entry in store.append([*said, other])] == [*moments, other.recorded_at]


def test_a_later_word_of_staff_stands(sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str]) -> None:
    """Attack 105: no, then the clock goes back, then yes: yes counts; and so does a second no, a year back."""
    mailer("record", SLUG, WHO, "no", now=LATER)
    mailer("record", SLUG, WHO, "yes", now=BACK)
    assert status(mailer, capsys)["answers"]["accepted"] == 1  # type: ignore[index]

    mailer("record", SLUG, WHO, "no", now="2024-03-18T09:00:00+01:00")
    assert status(mailer, capsys)["answers"]["accepted"] == 0  # type: ignore[index]
    assert status(mailer, capsys)["answers"]["declined"] == 1  # type: ignore[index]


def test_an_update_with_the_clock_back_asks_everybody_again(
    sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Attack 105, second half: the answers from before the change do not count, the one from after it does."""
    mailer("record", SLUG, WHO, "yes", now=LATER)
    campaign = sent / "config" / "campaigns" / f"{SLUG}.toml"
    campaign.write_text(
        campaign.read_text("utf-8").replace("14:00", "15:00").replace("16:00", "17:00"), "utf-8"
    )
    assert mailer("update", SLUG, "--yes", now=BACK) == 0
    assert status(mailer, capsys)["answers"]["accepted"] == 0  # type: ignore[index]

    mailer("record", SLUG, WHO, "perhaps", now=BACK)
    assert status(mailer, capsys)["answers"]["tentative"] == 1  # type: ignore[index]


def test_the_person_is_warned(sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str]) -> None:
    """Each command that rests on the clock says that it is behind; none does where it is right."""
    mailer("record", SLUG, WHO, "no", now=LATER)
    for said in (("status",), ("record", SLUG, WHO, "yes"), ("read",), ("send", SLUG, "--yes")):
        capsys.readouterr()
        mailer(*said, now=BACK)
        assert "20 March" in capsys.readouterr().err, said
    capsys.readouterr()
    mailer("status", now="2025-03-21T10:00:00+01:00")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_the_desk_warns_on_every_page(sent: Path, mailer: Mailer) -> None:
    """Of the clock while it is behind, and of nothing while all is well."""
    desk = contextmanager(serving)
    with desk(sent) as shown:
        shown.enter()
        assert 'role="alert"' not in shown.ask("/").text
    mailer("record", SLUG, WHO, "no", now="2035-03-20T10:00:00+01:00")
    with desk(sent) as shown:
        shown.enter()
        for page in ("/", f"/c/{SLUG}", f"/c/{SLUG}/send?kind=reminder"):
            assert "2035" in shown.ask(page).text.partition('role="alert"')[2].partition("</p>")[0], page
