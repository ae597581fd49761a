"""Sign in, send and read with access tokens that live five seconds, at real servers that take nothing else."""

from __future__ import annotations

import csv
import sys
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from mailer.demo import clients
from mailer.demo.post_office import Delivered
from mailer.demo.received import open_letter
from tests.servers.browser import Browser
from tests.servers.identity_provider import CLIENT_SECRET, CONFIDENTIAL
from tests.signin_servers import by_hand
from tests.signin_servers.house import COLLEAGUE, PASSWORD, SHARED, House
from tests.signin_servers.house import house as house_of
from tests.signin_servers.town_hall import INVITEES, SLUG, TownHall, town_hall, until
from tests.workspaces import BEGINS, OWNER

pytestmark = [pytest.mark.servers, pytest.mark.slow]
LATER = (BEGINS + timedelta(days=2)).isoformat()
OTHER = "autre"
STARTS = "2025-03-13T09:29:59+01:00"
"""A second before the sample campaign's invitation leaves by itself."""


def answer(house: House, address: str, partstat: str) -> None:
    """Answer the invitation that somebody has in their mailbox, as Thunderbird does."""
    content = house.mailbox(address)[0].as_bytes()
    letter = open_letter(Delivered(OWNER, address, content))
    house.deliver(address, OWNER, clients.thunderbird(letter, BEGINS + timedelta(days=1), partstat))


def attendance(hall: TownHall) -> dict[str, str]:
    """Return the answer of each invitee, as a program reads it."""
    target = hall.path / "exports" / "attendance.csv"
    status, shown = hall.type("export", SLUG, str(target), "--machine", now=LATER)
    assert status == 0, shown
    with target.open(encoding="utf-8", newline="") as file:
        return {row["email"]: row["answer"] for row in csv.DictReader(file)}


def arrived(house: House, count: int = 1) -> None:
    """Wait until every invitee has so many letters."""
    until(lambda: all(len(house.mailbox(one)) >= count for one in INVITEES), lambda: house.postfix.log)


def renewals(house: House) -> int:
    """Return how often a sign-in was renewed."""
    return len(house.provider.happened("grant.success", type="refresh_token"))


def refusals(house: House) -> list[str]:
    """Return why the provider has refused to renew a sign-in."""
    return [str(one["detail"]) for one in house.provider.happened("grant.error", type="refresh_token")]


def test_a_campaign_from_the_sign_in_to_the_sign_out(hall: TownHall, house: House) -> None:
    """Signed in at the terminal, everybody is written to and read; no token is seen by others; signed out, nothing works."""
    with hall.watched():
        status, shown = hall.type("send", SLUG, "--yes")
        assert (status, "mailer login" in shown) == (2, True), shown
        status, shown = hall.sign_in()
        assert status == 0, shown
        status, shown = hall.type("send", SLUG, "--yes")
        assert status == 0, shown
        arrived(house)
        answer(house, INVITEES[0], "ACCEPTED")
        answer(house, INVITEES[1], "DECLINED")
        until(lambda: len(house.mailbox(OWNER)) == 2, lambda: house.postfix.log)
        time.sleep(5)  # the token of the sending has run out
        status, shown = hall.type("read", now=LATER)
        assert status == 0, shown

    answers = attendance(hall)
    assert [answers[one] for one in INVITEES[:3]] == ["accepted", "declined", "none"]
    assert [len(house.mailbox(one)) for one in INVITEES] == [1] * len(INVITEES)
    assert (renewals(house) >= len(INVITEES) + 1, refusals(house)) == (True, [])
    assert len(hall.kept_tokens) == 1
    assert hall.commands_seen
    assert hall.leaks(PASSWORD) == []

    status, shown = hall.type("logout")
    assert status == 0, shown
    assert hall.kept_tokens == []
    assert house.provider.happened("refresh_token.destroyed", address=OWNER)
    status, shown = hall.type("read", now=LATER)
    assert (status, "mailer login" in shown) == (2, True), shown


def test_passwords_that_are_not_taken(hall: TownHall, house: House) -> None:
    """Where the servers take none, the command that helps is named, and nobody is marked; with a sign-in none is used."""
    passwords = {"MAILER_IMAP__PASSWORD": PASSWORD, "MAILER_SMTP__PASSWORD": PASSWORD}
    for words in (("read",), ("send", SLUG, "--yes")):
        status, shown = hall.type(*words, **passwords)
        assert (status > 0, "mailer login" in shown) == (True, True), shown
    assert not any(house.mailbox(one) for one in INVITEES)

    assert hall.sign_in()[0] == 0
    status, shown = hall.type("send", SLUG, "--yes", **passwords)
    assert status == 0, shown
    arrived(house)
    assert hall.leaks(PASSWORD) == []


def test_what_a_watch_would_find(hall: TownHall) -> None:
    """A token in a file that others can read, on a command line, or in what is printed is found, or the watch is worth nothing."""
    token = by_hand.sign_in(hall.house.provider, OWNER)["access_token"]
    assert hall.leaks() == []
    (hall.path / "data").mkdir(exist_ok=True)
    open_file = hall.path / "data" / "open"
    open_file.write_text(f"token={token}", "utf-8")
    open_file.chmod(0o640)
    hall.said.append(token)
    with hall.watched(), hall.start("status", "--", token) as asked:
        asked.end()
        time.sleep(0.1)

    kinds = sorted(place.partition(" ")[0] for place in hall.leaks())
    assert set(kinds) == {"printed", "process", str(open_file)}
    open_file.chmod(0o600)
    assert str(open_file) not in hall.leaks()
    secret = hall.path / "config" / "secrets" / "smtp_token"
    secret.parent.mkdir(exist_ok=True)
    secret.touch(0o644)
    with hall.watched():
        time.sleep(0.3)
    secret.unlink()
    assert f"open for a moment: {secret}" in hall.leaks()


def test_signed_in_on_another_device(tmp_path: Path, house: House) -> None:
    """The code that is shown is typed elsewhere; an application with a secret keeps it to itself."""
    hall = town_hall(tmp_path / "mairie", house, *INVITEES, client=CONFIDENTIAL)
    secret = hall.path / "config" / "secrets" / "oauth_client_secret"
    secret.parent.mkdir(mode=0o700, exist_ok=True)
    secret.parent.chmod(0o700)
    secret.touch(0o600)
    secret.write_text(CLIENT_SECRET, "utf-8")
    with hall.watched(), hall.start("login", "--device") as login:
        url, code = login.wait_for(r"(http://\S+/device).*\b([A-Z]{4}-[A-Z]{4})\b")
        Browser().confirm_code(url, code, OWNER, PASSWORD)
        status, shown = login.end()
        assert status == 0, shown
        assert house.provider.happened("grant.success", type=by_hand.DEVICE)
        status, shown = hall.type("read", now=LATER)
        assert status == 0, shown

    assert renewals(house) >= 1
    assert hall.leaks(PASSWORD, CLIENT_SECRET) == []


def test_the_wrong_person_signs_in(hall: TownHall) -> None:
    """Somebody else's sign-in is told by their address and not kept, and a refusal at the provider is told as that."""
    status, shown = hall.sign_in(address=COLLEAGUE)
    assert status == 2, shown
    assert COLLEAGUE in shown
    assert hall.kept_tokens == []

    with hall.start("login", "--no-browser") as login:
        (url,) = login.wait_for(r"(http://\S+/auth\?\S+)")
        browser = Browser()
        browser.open(url)
        browser.submit(choice="no")
        status, shown = login.end()
    assert (status, "access_denied" in shown) == (2, True), shown
    assert hall.kept_tokens == []
    assert hall.leaks(PASSWORD) == []


def test_a_shared_mailbox(tmp_path: Path, house: House) -> None:
    """Whoever may open it signs in as themselves, and its answers are read; a colleague who may not is told."""
    hall = town_hall(tmp_path / "mairie", house, *INVITEES, mailbox=SHARED)
    status, shown = hall.sign_in(address=COLLEAGUE)
    assert (status, hall.kept_tokens) == (2, []), shown
    status, shown = hall.sign_in()
    assert status == 0, shown
    assert OWNER in shown
    status, shown = hall.type("read", now=LATER)
    assert status == 0, shown


@pytest.mark.browser
def test_the_whole_campaign_at_the_desk(hall: TownHall, house: House, sheet: Page) -> None:
    """Signed in with a button, everybody is written to and read, without a password; then somebody signs out."""
    with hall.watched(), hall.start("desk", "--no-browser") as desk:
        home, code = desk.wait_for(r"(http://\S+\.localhost:\d+)/.* ([A-Z\d]{4}-[A-Z\d]{4})\b")
        sheet.goto(home)
        sheet.get_by_label("Code").fill(code)
        sheet.get_by_role("button").click()
        expect(sheet.locator("h1")).to_contain_text("ampagne")
        sheet.goto(f"{home}/servers")
        sheet.get_by_role("button", name=f"Se connecter à {OWNER}").click()
        with sheet.context.expect_page() as opened:
            sheet.get_by_role("link", name="Ouvrir la page du fournisseur").click()
        tab = opened.value
        tab.get_by_label("Password").fill("wrong")
        tab.get_by_role("button", name="Continue").click()
        expect(tab.get_by_role("alert")).to_be_visible()
        tab.get_by_label("Address").fill(OWNER)
        tab.get_by_label("Password").fill(PASSWORD)
        tab.get_by_role("button", name="Continue").click()
        expect(tab.get_by_role("heading", name="Allow this application?")).to_be_visible()
        tab.get_by_role("button", name="Continue").click()
        expect(tab.get_by_role("heading", name="Presque fini")).to_be_visible()
        expect(sheet.get_by_text(f"Vous êtes connecté à {OWNER}.")).to_be_visible()
        assert len(hall.kept_tokens) == 1

        sheet.goto(f"{home}/c/{SLUG}/send")
        sheet.get_by_label("Pour envoyer ces messages").fill(str(len(INVITEES)))
        sheet.get_by_role("button", name="Envoyer", exact=True).click()
        expect(sheet.get_by_text("Terminé.")).to_be_visible()
        arrived(house)
        answer(house, INVITEES[2], "ACCEPTED")
        until(lambda: len(house.mailbox(OWNER)) == 1, lambda: house.postfix.log)
        sheet.get_by_role("link", name="Réponses", exact=True).click()
        sheet.get_by_role("button", name="Relever la boîte").click()
        expect(sheet.locator("#notice")).to_contain_text("courriel")
        hall.said.append(sheet.content())

        sheet.goto(f"{home}/servers")
        sheet.get_by_role("button", name="Se déconnecter").click()
        expect(sheet.get_by_role("button", name=f"Se connecter à {OWNER}")).to_be_visible()
        desk.stop()

    assert hall.kept_tokens == []
    assert house.provider.happened("refresh_token.destroyed", address=OWNER)
    assert attendance(hall)[INVITEES[2]] == "accepted"
    assert [len(house.mailbox(one)) for one in INVITEES] == [1] * len(INVITEES)
    assert (renewals(house) >= len(INVITEES) + 1, refusals(house)) == (True, [])
    assert hall.leaks(PASSWORD) == []


def test_everything_encrypted(installed: None, tmp_path: Path) -> None:
    """By TLS with a certificate of the house's own, as everywhere: it works where that is trusted, and nowhere else."""
    with house_of(*INVITEES, tls=True) as house:
        hall = town_hall(tmp_path / "mairie", house, *INVITEES)
        status, shown = hall.sign_in()
        assert status == 0, shown
        status, shown = hall.type("send", SLUG, "--yes")
        assert status == 0, shown
        arrived(house)
        assert hall.type("read", now=LATER)[0] == 0
        assert renewals(house) >= len(INVITEES) + 1

        before = renewals(house)
        stranger = TownHall(hall.path, replace(house, certificate=None))
        for words in (("read",), ("login", "--no-browser")):
            status, shown = stranger.type(*words, now=LATER)
            assert (status, "certificat" in shown) == (2, True), shown
        assert renewals(house) == before
        assert hall.leaks(PASSWORD) == []


def test_tokens_that_live_an_hour(installed: None, tmp_path: Path) -> None:
    """They are used again by every command, and not renewed; one that is revoked earlier is told, with what helps."""
    with house_of(*INVITEES, seconds=3600) as house:
        hall = town_hall(tmp_path / "mairie", house, *INVITEES)
        assert hall.sign_in()[0] == 0
        assert hall.type("send", SLUG, "--yes")[0] == 0
        assert hall.type("read", now=LATER)[0] == 0
        assert renewals(house) == 0
        arrived(house)

        house.provider.forget(OWNER)
        status, shown = hall.type("read", now=LATER)
        assert (status, "mailer login" in shown) == (2, True), shown
        assert hall.sign_in()[0] == 0
        assert hall.type("read", now=LATER)[0] == 0
        assert renewals(house) == 0
        assert hall.leaks(PASSWORD) == []


def test_three_programs_renew_at_once(slow_hall: TownHall) -> None:
    """A refresh token is never used twice, which would end the sign-in: all letters leave once, and reading goes on."""
    hall, house = slow_hall, slow_hall.house
    campaigns = hall.path / "config" / "campaigns"
    (campaigns / f"{OTHER}.toml").write_bytes((campaigns / f"{SLUG}.toml").read_bytes())
    assert hall.sign_in()[0] == 0
    assert hall.type("schedule", OTHER, "--yes", now=STARTS)[0] == 0
    commands = [("send", SLUG, "--yes"), ("read",), ("read",)]
    with hall.watched(), ExitStack() as running:
        service = running.enter_context(hall.start("run", OTHER, now=STARTS))
        others = [running.enter_context(hall.start(*words, now=STARTS)) for words in commands]
        ended = [one.end() for one in others]
        assert [status for status, _shown in ended] == [0, 0, 0], ended
        arrived(house, 2)
        status, shown = service.stop()

    assert status == 0, shown
    assert '"trouble"' not in shown
    assert [len(house.mailbox(one)) for one in INVITEES] == [2] * len(INVITEES)
    assert (renewals(house) >= 2 * len(INVITEES) + 3, refusals(house)) == (True, [])
    assert hall.type("read", now=LATER)[0] == 0
    assert hall.leaks(PASSWORD) == []


def test_a_sign_in_that_is_revoked_while_the_service_sends(slow_hall: TownHall) -> None:
    """The service names the command that helps; once somebody has signed in again, the rest leaves, and nothing twice."""
    hall, house = slow_hall, slow_hall.house
    assert hall.sign_in()[0] == 0
    assert hall.type("schedule", SLUG, "--yes", now=STARTS)[0] == 0
    with hall.watched(), hall.start("run", now=STARTS) as service:
        until(lambda: sum(len(house.mailbox(one)) for one in INVITEES) >= 2, lambda: service.shown)
        house.provider.forget(OWNER)
        (said,) = service.wait_for('"trouble"[^}]*"message": "([^"]*)"')
        assert ("mailer login" in said, "…" in said) == (True, False), said
        answer(house, next(one for one in INVITEES if house.mailbox(one)), "ACCEPTED")
        assert not all(house.mailbox(one) for one in INVITEES)
        status, shown = hall.type("read", now=STARTS)
        assert (status, "mailer login" in shown) == (2, True), shown
        status, shown = hall.type("run", "--health", now=STARTS)
        assert status == 1, shown

        assert hall.sign_in()[0] == 0
        arrived(house)
        service.wait_for('"well-again"')
        until(lambda: '"read"' in service.shown, lambda: service.shown)
        status, shown = service.stop()

    assert status == 0, shown
    assert [len(house.mailbox(one)) for one in INVITEES] == [1] * len(INVITEES)
    assert sorted(attendance(hall).values()) == ["accepted", *["none"] * (len(INVITEES) - 1)]
    assert hall.leaks(PASSWORD) == []


RENEWING = """\
import json, pathlib, sys, urllib.parse, urllib.request
kept = pathlib.Path(sys.argv[1])
form = {"client_id": "mailer", "grant_type": "refresh_token", "refresh_token": kept.read_text()}
data = urllib.parse.urlencode(form).encode()
answer = json.load(urllib.request.urlopen(sys.argv[2] + "/token", data))
kept.write_text(answer["refresh_token"])
print(answer["access_token"])
"""


def test_a_command_that_prints_tokens(hall: TownHall, house: House, tmp_path: Path) -> None:
    """What another program keeps signed in sends and reads, with nothing registered and nobody signed in here."""
    kept, program = tmp_path / "kept", tmp_path / "renew.py"
    kept.write_text(by_hand.sign_in(house.provider, OWNER)["refresh_token"], "utf-8")
    program.write_text(RENEWING, "utf-8")
    file = hall.path / "config" / "mailer.toml"
    command = f"token_command = '{sys.executable} {program} {kept} {house.provider.issuer}'\n"
    text = file.read_text("utf-8").partition("[oauth]")
    delivery = text[2][text[2].index("[delivery]") :]
    file.write_text(text[0].replace("[imap]", f"{command}[imap]") + command + delivery, "utf-8")
    with hall.watched():
        status, shown = hall.type("send", SLUG, "--yes")
        assert status == 0, shown
        arrived(house)
        status, shown = hall.type("read", now=LATER)
        assert status == 0, shown

    assert renewals(house) >= len(INVITEES) + 1
    assert hall.kept_tokens == []
    assert hall.leaks(PASSWORD) == []
