"""A campaign that is sent with tokens which end after a few letters."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from tests import workspaces
from tests.cli.tongues import surroundings
from tests.signin.conftest import CAMILLE, Mailbox
from tests.signin.test_login import mailer, shows_no_secret
from tests.workspaces import BEGINS, SLUG

NOW = ("--now", BEGINS.isoformat())


@pytest.fixture
def campaign(mailbox: Mailbox, tmp_path: Path) -> Mailbox:
    """The sample campaign in that workspace, with five letters to a connection.

    Tokens live for less than the minute that one must still have to be used, so each connection renews.
    """
    settings = (mailbox.path / "config" / "mailer.toml").read_text("utf-8")
    mailbox.path = workspaces.sample(tmp_path / "campaign")
    pace = "[delivery]\nper_minute = 0\nper_hour = 0\nper_day = 0\nper_connection = 5\n\n"
    (mailbox.path / "config" / "mailer.toml").write_text(pace + settings, "utf-8")
    file = mailbox.path / "config" / "campaigns" / f"{SLUG}.toml"
    file.write_text(file.read_text("utf-8").replace(workspaces.OWNER, CAMILLE), "utf-8")
    mailbox.provider.lives = 50
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


def test_a_token_that_is_refused_while_sending(campaign: Mailbox) -> None:
    """A server that takes a fresh token no more, since the sign-in was revoked, is told as that, not as a limit."""
    campaign.provider.lives = 3600
    campaign.smtp.accepts = lambda token: campaign.provider.is_good(token) and not campaign.smtp.accepted
    assert mailer(campaign, "login", "--device").returncode == 0
    first = mailer(campaign, *NOW, "send", SLUG, "--yes")

    assert (first.returncode, len(campaign.smtp.accepted)) == (1, 5), first.stdout + first.stderr
    assert "mailer login" in first.stdout
    assert "for now" not in first.stdout

    campaign.smtp.accepts = campaign.provider.is_good
    assert mailer(campaign, *NOW, "send", SLUG, "--yes").returncode == 0
    assert len({one.recipient for one in campaign.smtp.accepted}) == len(campaign.smtp.accepted) == 20
    shows_no_secret(campaign, first.stdout, first.stderr)


@pytest.mark.slow
def test_the_service_goes_on_after_a_new_sign_in(campaign: Mailbox) -> None:
    """A service whose sign-in has ended says so, waits, and goes on by itself once somebody has signed in again."""
    assert mailer(campaign, "login", "--device").returncode == 0
    campaign.provider.revoke_all()
    command = [sys.executable, "-m", "mailer", "--workspace", str(campaign.path), *NOW, "run", "--json"]
    process = subprocess.Popen(
        command, env=surroundings("en", PYTHONUNBUFFERED="1"), stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stderr
        first = process.stderr.readline()
        while "sign-in-expired" not in first and "has ended" not in first:
            first = process.stderr.readline()
        assert json.loads(first)["event"] == "trouble"
        time.sleep(1)
        assert process.poll() is None
        assert mailer(campaign, "login", "--device").returncode == 0
        later = process.stderr.readline()
        while "well-again" not in later:
            later = process.stderr.readline()
    finally:
        process.send_signal(signal.SIGTERM)
        _out, rest = process.communicate(timeout=120)

    assert process.returncode == 0
    assert "mailer login" in first
    assert not [secret for secret in campaign.provider.secrets if secret in first + later + rest]
