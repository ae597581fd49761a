"""Attacks on the web interface have no effect."""

from __future__ import annotations

import re
from http.client import HTTPConnection

import pytest

from mailer.desk.app import CHANGE
from mailer.desk.guard import MAIL_POLICY
from mailer.desk.listening import LOOPBACK
from tests.desk.conftest import SLUG, Served


@pytest.mark.parametrize(
    "host",
    [
        "attacker.example",
        "127.0.0.1",
        "127.0.0.1:1",
        "127.0.0.1:{port}",
        "localhost:{port}",
        "[::1]:{port}",
        "127.0.0.1.nip.io:{port}",
        "localhost.attacker.example",
        "{name}",
        "{name}:1",
        "{name}.:{port}",
        "x.{name}:{port}",
        "{upper}:{port}",
        "",
    ],
)
def test_a_foreign_host_learns_nothing(inside: Served, host: str) -> None:
    """Attack 68: a host that is not the desk's own gets no page, even with the cookie (DNS rebinding)."""
    at = inside.at
    asked = host.format(port=at.port, name=at.name, upper=at.name.upper())
    answer = inside.ask("/", headers={"host": asked or " "})

    assert answer.status in (400, 421)
    assert SLUG not in answer.text


@pytest.mark.parametrize(
    "origin", ["", "null", "http://attacker.example", "https://127.0.0.1", "http://localhost:1", "same-port"]
)
def test_a_change_from_elsewhere_is_refused(inside: Served, origin: str) -> None:
    """Attack 69: a form with another Origin changes nothing, even with the cookie and the CSRF token."""
    before = (inside.path / "config" / "mailer.toml").read_bytes()
    asked = f"http://localhost:{inside.port}" if origin == "same-port" else origin
    answer = inside.ask("/servers", {"smtp.host": "attacker.example"}, headers={"origin": asked})

    assert answer.status == 403
    assert before == (inside.path / "config" / "mailer.toml").read_bytes()


def test_a_change_without_the_stamp_is_refused(inside: Served) -> None:
    """Attack 69: a form with our Origin but without the session's CSRF token changes nothing."""
    answer = inside.ask("/forget", {"csrf": "0" * 64, "who": "a@example.org", "again": "a@example.org"})

    assert answer.status == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT"])
def test_other_methods_do_nothing(inside: Served, method: str) -> None:
    """Attack 69: the desk knows GET, HEAD and POST."""
    connection = HTTPConnection(LOOPBACK, inside.port, timeout=60)
    target = "/forget" if method != "CONNECT" else "example.org:443"
    connection.request(
        method, target, headers={"host": f"{inside.at.name}:{inside.port}", "cookie": inside.cookie}
    )

    assert connection.getresponse().status in (400, 405)
    connection.close()


def test_what_the_desk_answers_to(inside: Served) -> None:
    """Its name and its address, and the session holds for both; forms are taken from either."""
    for origin in inside.at.origins:
        headers = {"host": origin.removeprefix("http://"), "origin": origin}
        assert inside.ask("/", headers=headers).status == 200
        assert inside.ask(f"/c/{SLUG}/undo", {}, headers=headers).status == 303


def test_no_change_of_all_is_made_without_the_stamp(inside: Served) -> None:
    """Every POST route refuses a form without the CSRF token, uploads included."""
    before = {path: path.read_bytes() for path in inside.path.rglob("*") if path.is_file()}
    asked = [path.format(slug=SLUG, ref="r") for path in CHANGE if path != "/enter"]

    assert {path: inside.ask(path, {"csrf": "0" * 64}).status for path in asked} == dict.fromkeys(asked, 403)
    assert before == {path: path.read_bytes() for path in inside.path.rglob("*") if path.is_file()}


def test_a_request_from_another_site_is_refused_by_what_the_browser_says(inside: Served) -> None:
    """Attack 69: a request that the browser marks as cross-site is refused whatever its Origin."""
    assert inside.ask("/read", {}, headers={"sec-fetch-site": "cross-site"}).status == 403


def test_the_token_works_once(served: Served) -> None:
    """Attack 67: the one-time token works once, a guessed one never, and nothing is shown without a session."""
    token = served.desk.keys.token
    file = {"origin": "null", "cookie": ""}
    for guessed in ("guess", token[:-1], token + "x", token.upper()):
        assert served.ask("/enter", {"token": guessed}, headers=file).status == 403
    served.enter()

    assert served.ask("/enter", {"token": token}, headers=file).status == 403
    assert served.ask("/enter", {"token": ""}, headers=file).status == 403
    assert served.ask("/", headers={"cookie": ""}).status == 403
    assert served.ask("/", headers={"cookie": f"{served.desk.cookie}=guess"}).status == 403
    assert served.ask("/").status == 200


def test_a_token_in_the_address_opens_nothing(served: Served) -> None:
    """Attack 67: what stands in an address stands in histories and process lists; only a form brings the token."""
    token = served.desk.keys.token

    assert "set-cookie" not in served.ask(f"/enter?token={token}").headers
    served.enter()


@pytest.mark.parametrize(
    "origin", ["http://attacker.example", "http://127.0.0.1:1", "http://localhost", "file://"]
)
def test_a_token_from_another_page_is_not_looked_at(served: Served, origin: str) -> None:
    """Attack 69: the file that brings it has no origin; a page that has one is not that file."""
    assert served.ask("/enter", {"token": served.desk.keys.token}, headers={"origin": origin}).status == 403
    served.enter()


@pytest.mark.parametrize("typed", ["{0}{1}", "{0}-{1}", " {0} {1} ", "lower"])
def test_the_code_of_the_terminal_opens_once(served: Served, typed: str) -> None:
    """With or without its hyphen, in small letters, too; then it opens nothing any more, and the token still does."""
    code = served.desk.keys.code
    said = code.lower() if typed == "lower" else typed.format(code[:4], code[4:])
    first, again = (served.ask("/enter", {"code": said}, headers={"cookie": ""}) for _ in range(2))

    assert (first.status, again.status) == (200, 403)
    assert served.ask("/", headers={"cookie": first.headers["set-cookie"].partition(";")[0]}).status == 200
    served.enter()


def test_codes_are_not_guessed(served: Served) -> None:
    """A hundred wrong codes make the code void, of ten to the twelfth; the file still opens the desk."""
    code = served.desk.keys.code
    for number in range(99):
        assert served.ask("/enter", {"code": f"AAAAAA{number:02}"}).status == 403
    assert served.desk.keys.code == code
    served.ask("/enter", {"code": "ABABABAB"})

    assert "set-cookie" not in served.ask("/enter", {"code": code}).headers
    served.enter()


@pytest.mark.parametrize("origin", ["", "null", "http://attacker.example", "http://127.0.0.1:1"])
def test_a_page_of_a_stranger_types_no_codes(served: Served, origin: str) -> None:
    """Attack 69: a code counts only from the page of the desk, and what others send is no mistake either."""
    code = served.desk.keys.code
    for _ in range(101):
        assert served.ask("/enter", {"code": code}, headers={"origin": origin}).status == 403
    cross = served.ask("/enter", {"code": code}, headers={"sec-fetch-site": "cross-site"})

    assert "set-cookie" not in cross.headers
    assert served.ask("/enter", {"code": code}).status == 200


def test_the_cookie_is_strict_and_out_of_reach_of_scripts(served: Served) -> None:
    """No other site's page sends the cookie along, and no script reads it."""
    answer = served.ask("/enter", {"token": served.desk.keys.token}, headers={"origin": "null"})
    told = answer.headers["set-cookie"].lower()

    assert "samesite=strict" in told
    assert "httponly" in told
    assert "domain" not in told


def test_every_page_forbids_scripts_frames_and_strangers(inside: Served) -> None:
    """Attack 70: the policy lets in what lies beside the pages, and nothing else; pages are not kept."""
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
    """Attack 70: the mail is shown in a frame and under a policy that forbid whatever it may hold."""
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


OUTSIDE = [
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/static/..%2fapp.py",
    "/static//etc/passwd",
    f"/c/{SLUG}/exports/../../../config/mailer.toml",
    f"/c/{SLUG}/exports/..%2f..%2fconfig%2fmailer.toml",
    f"/c/{SLUG}/exports/%2fetc%2fpasswd",
    f"/c/{SLUG}/frame/..%2f..%2fetc%2fpasswd",
    f"/c/{SLUG}/texts?name=../../../config/mailer.toml",
    f"/c/{SLUG}/texts?name=/etc/passwd",
    "/c/..%2f..%2fconfig/lists",
    "/c/..%5c..%5cconfig/meeting",
    "/c/" + "a" * 300 + "/meeting",
    f"/c/{SLUG}/texts?name=" + "a" * 300,
    f"/c/{SLUG}/exports/" + "a" * 300,
]


@pytest.mark.parametrize("path", OUTSIDE)
def test_no_path_leads_out(inside: Served, path: str) -> None:
    """Attack 71: files of the program, the settings and the system are not shown by any path, and no page fails."""
    secret = inside.path / "config" / "mailer.toml"
    answer = inside.ask(path)

    assert answer.status in (200, 303, 404, 422)
    for text in ("root:", "from __future__", secret.read_text("utf-8")[:60]):
        assert text not in answer.text
