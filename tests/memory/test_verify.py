"""What is kept beside the ledger is compared with it (security review, attacks 99 and 100)."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import sqlalchemy as sa

from mailer.demo.post_office import PostOffice
from mailer.model.entry import Channel, Delivery, Entry, Heard, Placed, Trust
from mailer.model.finding import Finding, MailKind, OptOut
from mailer.store import Promise
from mailer.store.engine import open_engine
from mailer.store.tables import promises, reads, suppressions, versions
from mailer.workspace import Workspace
from tests.memory.conftest import Mailer
from tests.workspaces import BEGINS, SLUG, answered


def by_hand(url: str, *statements: sa.Executable) -> None:
    """Change the database below the program."""
    engine = open_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(statement)
    engine.dispose()


def said(mailer: Mailer, capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    """The exit status of `verify`, and what it says."""
    capsys.readouterr()
    status = mailer("verify", *more)
    return status, capsys.readouterr().out


def sent_again(path: Path) -> Promise:
    """A promise for a letter that has left, as it was in the queue."""
    with Workspace(path).store() as store:
        entry = next(iter(store.entries(SLUG, kinds=("delivery",))))
        fact = entry.fact
        assert isinstance(fact, Delivery)
        return Promise(
            SLUG,
            entry.invitee,
            fact.key,
            fact.persons,
            fact.round,
            fact.version,
            fact.made_at or BEGINS,
            fact.message_id,
            "example.org",
            10**6,
        )


def test_what_was_sent_and_is_queued_again_is_named_and_does_not_leave(
    sent: Path, mailer: Mailer, office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """Attack 100: outbox sent to queued by hand. Verified first, then sent: nobody is written to twice."""
    status, told = said(mailer, capsys)
    assert status == 0
    assert "Not verified: lists" in " ".join(told.split())
    again = sent_again(sent)
    with Workspace(sent).store() as store:
        store.enqueue([again], BEGINS)
    status, told = said(mailer, capsys)
    assert status == 1
    assert again.invitee in told

    mailer("remind", SLUG, "--yes", now="2025-03-20T10:00:00+01:00")  # delivers all that waits
    assert len(office.delivered) == 40
    with Workspace(sent).store() as store:
        assert list(store.queue(SLUG)) == []
    assert said(mailer, capsys)[0] == 0


def test_a_promise_that_was_altered_or_lost_is_named_and_made_anew(
    place: Path, mailer: Mailer, url: str, office: PostOffice, capsys: pytest.CaptureFixture[str]
) -> None:
    """Others of its kind: for other people, of another letter, in doubt, or gone; `--rebuild` mends each."""
    queue(place, mailer, office)
    assert said(mailer, capsys)[0] == 0
    engine = open_engine(url)
    with engine.connect() as connection:
        first = connection.execute(sa.select(sa.func.min(promises.c.position))).scalar_one()
        who = connection.execute(
            sa.select(promises.c.invitee).where(promises.c.position == first)
        ).scalar_one()
    engine.dispose()
    this = promises.c.invitee == who
    for changed in (
        sa.update(promises).where(this).values(persons='["somebodyelse"]'),
        sa.update(promises).where(this).values(message_id="<other@example.net>"),
        sa.update(promises).where(this).values(round=1),
        sa.update(promises).where(this).values(state="in_doubt"),
        sa.delete(promises).where(this),
    ):
        by_hand(url, changed)
        status, told = said(mailer, capsys)
        assert status == 1, str(changed)
        assert who in told, changed
        assert said(mailer, capsys, "--rebuild")[0] == 0, changed
        with Workspace(place).store() as store:
            assert len(list(store.queue(SLUG))) == 20


def queue(place: Path, mailer: Mailer, office: PostOffice) -> None:
    """Confirm the sending while the server takes nothing."""
    settings = place / "config" / "mailer.toml"
    right = settings.read_text("utf-8")
    settings.write_text(right.replace(f"port = {office.smtp_port}", "port = 1"), "utf-8")
    mailer("send", SLUG, "--yes")
    settings.write_text(right, "utf-8")
    assert office.delivered == []


def objects(place: Path) -> str:
    """Let an invitee object by mail; return their address."""
    with Workspace(place).store() as store:
        entry = next(iter(store.entries(SLUG, kinds=("placed",))))
        assert isinstance(entry.fact, Placed)
        email = entry.fact.contact.email
        finding = Finding("opt_out", MailKind.UNSUBSCRIBE, OptOut())
        fact = Heard(finding, BEGINS, Trust.SENDER)
        store.append([Entry(SLUG, entry.invitee, BEGINS, Channel.STAFF, fact)])
        store.suppress(email, BEGINS, "asked")
        return email


def test_an_objection_that_is_not_kept_is_named(
    sent: Path, mailer: Mailer, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Attack 100: suppressions. One that staff lifted stays lifted."""
    email = objects(sent)
    assert said(mailer, capsys)[0] == 0
    by_hand(url, sa.delete(suppressions))
    assert said(mailer, capsys)[0] == 1

    with Workspace(sent).store() as store:
        store.suppress(email, BEGINS, "asked")
    assert mailer("allow", SLUG, email, "--asked-again", "Écrivez-moi") == 0
    assert said(mailer, capsys)[0] == 0


def test_somebody_barred_without_an_objection_is_named(
    sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another of its kind: a suppression that nobody asked for keeps people from what they are owed."""
    with Workspace(sent).store() as store:
        store.suppress("elodie.lefevre@example.org", BEGINS, "asked")
        store.suppress("nobody.of.ours@example.org", BEGINS, "asked")
    assert said(mailer, capsys)[0] == 1


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_what_was_read_and_what_was_written(
    place: Path, url: str, office: PostOffice, mailer: Mailer, capsys: pytest.CaptureFixture[str]
) -> None:
    """Attack 100, reads; and another of its kind, the letters: with a campaign that was answered in many ways, which is sound."""
    shutil.rmtree(place)
    answered().copy(place, office)
    status, told = said(mailer, capsys)
    assert status == 0
    assert re.search(r"(mails read|courriels lus) [1-9]", told)
    assert mailer("forget", "elodie.lefevre@example.org", "--yes") in (0, 1)
    assert said(mailer, capsys)[0] == 0

    by_hand(url, sa.delete(reads))
    assert said(mailer, capsys)[0] == 1

    for name in (".sqlite", ".sqlite-wal", ".sqlite-shm"):
        (place / "data" / f"mailer{name}").unlink(missing_ok=True)
    shutil.copytree(answered().path / "data", place / "data", dirs_exist_ok=True)
    assert said(mailer, capsys)[0] == 0
    by_hand(url, sa.update(versions).values(content=versions.c.content.concat(b"x")))
    assert said(mailer, capsys)[0] == 1


def test_a_purged_campaign_is_sound(sent: Path, mailer: Mailer, capsys: pytest.CaptureFixture[str]) -> None:
    """What stays: nobody is known any more, and somebody objected."""
    objects(sent)
    assert mailer("purge", "--yes", now="2026-03-31T10:00:00+02:00") == 1  # the list names them still
    assert said(mailer, capsys)[0] == 0
