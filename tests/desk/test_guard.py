"""Attacks on the web interface have no effect."""

from __future__ import annotations

import re

import pytest

from mailer.desk.app import CHANGE
from mailer.desk.guard import MAIL_POLICY
from tests.desk.conftest import SLUG, Served


@pytest.mark.parametrize(
    "host", ["attacker.example", "127.0.0.1", "127.0.0.1:1", "localhost.attacker.example", ""]
)
def test_a_foreign_host_learns_nothing(inside: Served, host: str) -> None:
    """A foreign host name that resolves to this server (DNS rebinding) gets no page, even with the cookie."""
    answer = inside.ask("/", headers={"host": host or " "})

    assert answer.status in (400, 421)
    assert SLUG not in answer.text


@pytest.mark.parametrize(
    "origin", ["", "null", "http://attacker.example", "https://127.0.0.1", "http://localhost:1"]
)
def test_a_change_from_elsewhere_is_refused(inside: Served, origin: str) -> None:
    """A form with another Origin changes nothing, even with the cookie and the CSRF token."""
    before = (inside.path / "config" / "mailer.toml").read_bytes()
    answer = inside.ask("/servers", {"smtp.host": "attacker.example"}, headers={"origin": origin})

    assert answer.status == 403
    assert before == (inside.path / "config" / "mailer.toml").read_bytes()


def test_a_change_without_the_stamp_is_refused(inside: Served) -> None:
    """A form with our Origin but without the session's CSRF token changes nothing."""
    answer = inside.ask("/forget", {"csrf": "0" * 64, "who": "a@example.org", "again": "a@example.org"})

    assert answer.status == 403


def test_no_change_of_all_is_made_without_the_stamp(inside: Served) -> None:
    """Every POST route refuses a form without the CSRF token, uploads included."""
    before = {path: path.read_bytes() for path in inside.path.rglob("*") if path.is_file()}
    asked = [path.format(slug=SLUG, ref="r") for path in CHANGE]

    assert {path: inside.ask(path, {"csrf": "0" * 64}).status for path in asked} == dict.fromkeys(asked, 403)
    assert before == {path: path.read_bytes() for path in inside.path.rglob("*") if path.is_file()}


def test_a_request_from_another_site_is_refused_by_what_the_browser_says(inside: Served) -> None:
    """A request that the browser marks as cross-site is refused whatever its Origin."""
    assert inside.ask("/read", {}, headers={"sec-fetch-site": "cross-site"}).status == 403


def test_the_token_works_once(served: Served) -> None:
    """The one-time token works once, and a guessed one never."""
    token = served.desk.keys.token
    assert served.ask("/enter?token=guess").status == 403
    served.enter()
    served.cookie = ""

    assert served.ask(f"/enter?token={token}").status == 403
    assert served.ask("/enter?token=").status == 403
    assert served.ask("/").status == 403


def test_the_cookie_is_strict_and_out_of_reach_of_scripts(served: Served) -> None:
    """No other site's page sends the cookie along, and no script reads it."""
    told = served.ask(f"/enter?token={served.desk.keys.token}").headers["set-cookie"].lower()

    assert "samesite=strict" in told
    assert "httponly" in told


def test_every_page_forbids_scripts_frames_and_strangers(inside: Served) -> None:
    """The policy lets in what lies beside the pages, and nothing else; pages are not kept."""
    headers = inside.ask("/").headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    "path",
    [
        "/begin",
        "/read",
        "/forget",
        "/purge",
        f"/c/{SLUG}/undo",
        f"/c/{SLUG}/look",
        f"/c/{SLUG}/check-in/open",
    ],
)
def test_nothing_changes_on_get(inside: Served, path: str) -> None:
    """No route that changes something accepts GET."""
    assert inside.ask(path).status in (404, 405)


def test_a_name_that_is_a_script_is_a_name(inside: Served) -> None:
    """Markup in a list is shown as it is written."""
    name = "<script>alert(1)</script>"
    inside.ask(
        f"/c/{SLUG}/check-in/walk-in", {"first_name": name, "last_name": '"><img src=x onerror=alert(2)>'}
    )
    for path in (f"/c/{SLUG}", f"/c/{SLUG}/check-in", f"/c/{SLUG}/check-in?q=script"):
        text = inside.ask(path).text
        assert "&lt;script&gt;" in text
        assert name not in text
        assert "<img" not in text


EVIL = (
    '<meta http-equiv="refresh" content="0;url=http://attacker.example/">',
    "<script>alert(1)</script>",
    '<img src="http://attacker.example/p.gif">',
    '<form action="http://attacker.example/"><input></form>',
)


@pytest.mark.parametrize("evil", EVIL)
def test_a_text_that_means_harm_is_not_even_shown(inside: Served, evil: str) -> None:
    """A text with a script, a form, a remote picture or a meta refresh is no letter, and the preview says why."""
    file = inside.path / "templates" / SLUG / "invitation.html"
    text = file.read_text("utf-8").replace("{% endblock %}", evil + "{% endblock %}")
    answer = inside.ask(f"/c/{SLUG}/look", {"name": "invitation.html", "text": text, "kind": "invitation"})

    assert "ne peut pas contenir" in answer.text.lower()
    assert answer.text.count("invitation.html") == 1
    assert "<iframe" not in answer.text


def test_the_mail_in_the_preview_can_do_nothing(inside: Served) -> None:
    """The mail is shown in a frame and under a policy that forbid whatever it may hold."""
    file = inside.path / "templates" / SLUG / "invitation.html"
    asked = {"name": "invitation.html", "text": file.read_text("utf-8"), "kind": "invitation"}
    answer = inside.ask(f"/c/{SLUG}/look", asked)
    found = re.search(rf'sandbox src="(/c/{SLUG}/frame/[\w-]+)"', answer.text)
    assert found, answer.text
    shown = inside.ask(found[1])

    assert "Hellemmes" in shown.text
    assert shown.headers["content-security-policy"] == MAIL_POLICY
    assert MAIL_POLICY.startswith("sandbox;")
    assert len(re.findall("<iframe", answer.text)) == len(
        re.findall(r"<iframe[^>]* sandbox src=", answer.text)
    )


def test_the_check_in_opens_with_its_code_and_shows_nothing_else(inside: Served) -> None:
    """The code opens the check-in page alone to a phone; five wrong codes end it; a host name is refused."""
    port, host = inside.check_in_port, {"cookie": ""}
    inside.ask(f"/c/{SLUG}/check-in/open", {})
    code = inside.desk.check_in_keys.code
    assert inside.ask("/", port=port, headers=host | {"host": f"mairie.example:{port}"}).status == 421
    answer = inside.ask("/enter", {"code": code}, port=port, headers=host)
    assert answer.status == 303
    cookie = answer.headers["set-cookie"].partition(";")[0]
    assert inside.ask(f"/c/{SLUG}/check-in", port=port, headers={"cookie": cookie}).status == 200
    for path in ("/servers", "/privacy", f"/c/{SLUG}", f"/c/{SLUG}/exports/presences.csv"):
        assert inside.ask(path, port=port, headers={"cookie": cookie}).status == 404
    wrong = "0" * 6 if code != "0" * 6 else "1" * 6
    for _ in range(5):
        assert inside.ask("/enter", {"code": wrong}, port=port, headers=host).status == 403
    assert inside.ask("/enter", {"code": code}, port=port, headers=host).status == 403
    assert inside.ask("/", headers={"cookie": cookie}).status == 403
