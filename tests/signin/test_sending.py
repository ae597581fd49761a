"""A campaign that is sent with tokens which end after a few letters."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests import workspaces
from tests.signin.conftest import CAMILLE, Mailbox
from tests.signin.test_login import mailer, shows_no_secret
from tests.workspaces import BEGINS, SLUG

NOW = ("--now", BEGINS.isoformat())


@pytest.fixture
def campaign(mailbox: Mailbox, tmp_path: Path) -> Mailbox:
    """The sample campaign in that workspace, with five letters to a connection, and tokens that live a second."""
    settings = (mailbox.path / "config" / "mailer.toml").read_text("utf-8")
    mailbox.path = workspaces.sample(tmp_path / "campaign")
    pace = "[delivery]\nper_minute = 0\nper_hour = 0\nper_day = 0\nper_connection = 5\n\n"
    (mailbox.path / "config" / "mailer.toml").write_text(pace + settings, "utf-8")
    file = mailbox.path / "config" / "campaigns" / f"{SLUG}.toml"
    file.write_text(file.read_text("utf-8").replace(workspaces.OWNER, CAMILLE), "utf-8")
    mailbox.provider.lives = 1
    return mailbox


def test_a_sign_in_that_ends_while_sending(campaign: Mailbox) -> None:
    """It is said in one sentence, nobody is lost or in doubt, and after signing in again the rest goes, once."""
    assert mailer(campaign, "login", "--device").returncode == 0
    campaign.provider.renewals = 2
    first = mailer(campaign, *NOW, "send", SLUG, "--yes")
    sent = len(campaign.smtp.accepted)

    assert first.returncode == 1, first.stdout + first.stderr
    assert 0 < sent < 20
    assert first.stdout.count("The sign-in to the mailbox has ended") == 1
    assert "mailer login" in first.stdout
    assert "In doubt" not in first.stdout

    again = mailer(campaign, *NOW, "send", SLUG, "--yes")
    assert again.returncode == 2
    assert "The sign-in to the mailbox has ended" in again.stderr

    campaign.provider.renewals = 1000
    assert mailer(campaign, "login", "--device").returncode == 0
    rest = mailer(campaign, *NOW, "send", SLUG, "--yes")
    assert rest.returncode == 0, rest.stdout + rest.stderr
    assert "Everything has left." in rest.stdout
    times = Counter(one.recipient for one in campaign.smtp.accepted)
    assert len(times) == 20
    assert set(times.values()) == {1}
    shows_no_secret(campaign, first.stdout, first.stderr, again.stderr, rest.stdout)
