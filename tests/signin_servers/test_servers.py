"""The servers one signs in to are as strict as those of the world, tried without the product."""

from __future__ import annotations

import base64
import imaplib
import smtplib
import time
import urllib.parse
from email.message import EmailMessage

import pytest

from tests.clients.processes import PATIENCE, PAUSE
from tests.servers.browser import Browser
from tests.servers.ports import HOST
from tests.signin_servers.by_hand import SCOPE, Request, listener, post, refresh, sign_in
from tests.signin_servers.house import COLLEAGUE, PASSWORD, SHARED, House, house
from tests.workspaces import OWNER

pytestmark = pytest.mark.servers
MECHANISMS = ["XOAUTH2", "OAUTHBEARER"]
MARIE = "marie@example.org"


def response(mechanism: str, address: str, token: str) -> str:
    """Return the initial response of a mechanism as RFC 7628 and Google's page write it."""
    if mechanism == "XOAUTH2":
        return f"user={address}\x01auth=Bearer {token}\x01\x01"
    return f"n,a={address},\x01auth=Bearer {token}\x01\x01"


def opens(house: House, mechanism: str, address: str, token: str) -> bool:
    """Return whether a token opens a mailbox."""
    given = [response(mechanism, address, token).encode()]
    with imaplib.IMAP4(HOST, house.dovecot.port, PATIENCE) as client:
        try:
            client.authenticate(mechanism, lambda challenge: given.pop() if given else b"\x01")
        except imaplib.IMAP4.error:
            return False
        return client.select("INBOX")[0] == "OK"


def submits(house: House, mechanism: str, address: str, token: str, message: EmailMessage) -> tuple[int, int]:
    """Submit a message to MARIE; return the replies to AUTH and, after it was accepted, to RCPT or the message."""
    with smtplib.SMTP(HOST, house.postfix.port, timeout=PATIENCE) as client:
        client.ehlo()
        given = base64.b64encode(response(mechanism, address, token).encode()).decode()
        code, _text = client.docmd("AUTH", f"{mechanism} {given}")
        if code == 334:
            code, _text = client.docmd("AQ==")
        try:
            client.send_message(message, address, [MARIE])
        except smtplib.SMTPRecipientsRefused as error:
            return code, error.recipients[MARIE][0]
        return code, 250


def letter(subject: str) -> EmailMessage:
    """Return a message with a subject of its own."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = OWNER, MARIE, subject
    message.set_content("Bonjour")
    return message


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_token_opens_the_mailbox_of_its_person(quick_house: House, mechanism: str) -> None:
    """And the mailbox that was shared with them; not that of a colleague, and not once it has run out."""
    token = sign_in(quick_house.provider, OWNER)["access_token"]
    assert opens(quick_house, mechanism, OWNER, token)
    assert opens(quick_house, mechanism, SHARED, token)
    assert not opens(quick_house, mechanism, COLLEAGUE, token)
    assert not opens(quick_house, mechanism, OWNER, token[:-1])

    time.sleep(2.5)
    assert not opens(quick_house, mechanism, OWNER, token)
    assert not opens(quick_house, mechanism, SHARED, sign_in(quick_house.provider, COLLEAGUE)["access_token"])


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_a_token_lets_its_person_send(quick_house: House, mechanism: str) -> None:
    """What is submitted with a token arrives; with another person's it is refused, and so is whoever gives none."""
    token = sign_in(quick_house.provider, OWNER)["access_token"]
    assert submits(quick_house, mechanism, OWNER, token, letter(mechanism)) == (235, 250)
    assert submits(quick_house, mechanism, COLLEAGUE, token, letter("another's")) == (535, 554)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        quick_house.deliver(OWNER, MARIE, letter("without").as_bytes())

    give_up = time.monotonic() + PATIENCE
    while not (found := [one["subject"] for one in quick_house.mailbox(MARIE)]) or mechanism not in found:
        assert time.monotonic() < give_up, quick_house.postfix.log
        time.sleep(PAUSE)
    assert set(found) <= set(MECHANISMS)


def test_no_password_is_taken(quick_house: House) -> None:
    """LOGIN is disabled, and neither server offers a mechanism for passwords; mail from elsewhere still arrives."""
    with imaplib.IMAP4(HOST, quick_house.dovecot.port, PATIENCE) as client:
        offered = set(client.capabilities)
        assert {"LOGINDISABLED", "AUTH=XOAUTH2", "AUTH=OAUTHBEARER"} <= offered
        assert not {"AUTH=PLAIN", "AUTH=LOGIN"} & offered
    with smtplib.SMTP(HOST, quick_house.postfix.port, timeout=PATIENCE) as client:
        client.ehlo()
        assert set(client.esmtp_features["auth"].split()) == set(MECHANISMS)

    quick_house.deliver(MARIE, OWNER, letter("from elsewhere").as_bytes())


def test_where_passwords_are_taken_too(installed: None) -> None:
    """The password opens the mailbox beside the token, and a wrong one does not."""
    with house(password=PASSWORD) as running:
        with imaplib.IMAP4(HOST, running.dovecot.port, PATIENCE) as client:
            assert client.login(OWNER, PASSWORD)[0] == "OK"
        with (
            imaplib.IMAP4(HOST, running.dovecot.port, PATIENCE) as client,
            pytest.raises(imaplib.IMAP4.error),
        ):
            client.login(OWNER, PASSWORD[:-1])
        assert opens(running, "XOAUTH2", OWNER, sign_in(running.provider, OWNER)["access_token"])


def test_a_code_is_worth_something_with_its_verifier_only(quick_house: House) -> None:
    """A public application is redirected to any port of loopback; who has only the code gets no token (RFC 7636)."""
    provider = quick_house.provider
    with listener() as (place, received):
        for right in (False, True):
            request = Request(provider, place)
            assert "Close this page" in Browser().sign_in(request.url, OWNER, PASSWORD)
            answer = post(
                provider,
                "/token",
                grant_type="authorization_code",
                code=received[-1]["code"],
                redirect_uri=place,
                code_verifier=request.verifier if right else request.verifier[::-1],
            )
            assert ("access_token" in answer) == right
            assert answer.get("error") == (None if right else "invalid_grant")


def test_whom_the_provider_turns_away(quick_house: House) -> None:
    """A wrong password, a person who refuses, an address of another machine for the redirect."""
    provider, browser = quick_house.provider, Browser()
    browser.open(Request(provider, "https://example.net/").url)
    assert "redirect_uri" in browser.text
    with listener() as (place, received):
        browser.open(Request(provider, place).url)
        assert "Wrong address or password" in browser.submit(address=OWNER, password="wrong", choice="yes")
        browser.submit(choice="no")
        assert received[-1]["error"] == "access_denied"


def test_a_refresh_token_is_taken_once(quick_house: House) -> None:
    """Used again, it ends the sign-in, with all that was renewed from it; the other sign-ins stay (RFC 9700)."""
    provider = quick_house.provider
    first, other = sign_in(provider, OWNER), sign_in(provider, OWNER)
    second = refresh(provider, first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert opens(quick_house, "XOAUTH2", OWNER, second["access_token"])

    assert refresh(provider, first["refresh_token"])["error"] == "invalid_grant"
    assert refresh(provider, second["refresh_token"])["error"] == "invalid_grant"
    assert not opens(quick_house, "XOAUTH2", OWNER, second["access_token"])
    assert "access_token" in refresh(provider, other["refresh_token"])


def test_a_sign_in_that_is_revoked(quick_house: House) -> None:
    """Neither what the application gives back nor what the person forgets can be renewed; the colleague's can."""
    provider = quick_house.provider
    mine, again, other = sign_in(provider, OWNER), sign_in(provider, OWNER), sign_in(provider, COLLEAGUE)
    assert post(provider, "/token/revocation", token=mine["refresh_token"]) == {}
    assert refresh(provider, mine["refresh_token"])["error"] == "invalid_grant"
    again = refresh(provider, again["refresh_token"])
    assert "access_token" in again

    provider.forget(OWNER)
    assert refresh(provider, again["refresh_token"])["error"] == "invalid_grant"
    assert "access_token" in refresh(provider, other["refresh_token"])
    assert mine["refresh_token"] in provider.tokens


def test_the_metadata_name_every_endpoint(quick_house: House) -> None:
    """What OpenID Connect Discovery tells leads to this provider, and names what a client needs."""
    text = Browser().open(f"{quick_house.provider.issuer}/.well-known/openid-configuration")
    for name in ("authorization", "token", "device_authorization", "revocation", "introspection", "userinfo"):
        place = f"{quick_house.provider.issuer}/"
        assert urllib.parse.urlsplit(place).hostname == HOST
        assert f'"{name}_endpoint":"{place}' in text
    assert all(scope in text for scope in SCOPE.split())
