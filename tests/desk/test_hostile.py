"""Mail and names that mean harm, in a real browser: nothing of them runs, leads anywhere or calls home.

The `sheet` fails a test by itself where a dialog opens or anything beyond this machine is asked for; what harm would call
at home is another port of this machine, where somebody listens.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from mailer.demo.post_office import PostOffice
from tests.desk.conftest import BEGINS, SLUG, Served, typed

pytestmark = pytest.mark.browser

NAMES = ('<script>alert("nom")</script>', '"><img src=x onerror=alert(2)>', "<svg onload=alert(3)>")


@dataclass
class Home:
    """A server on another port, where a hostile text would call, and the requests it got."""

    url: str
    calls: list[bytes]


@pytest.fixture
def home() -> Iterator[Home]:
    """Serve it, and check at the end that it got no request."""
    calls: list[bytes] = []

    class Listener(BaseHTTPRequestHandler):
        def handle(self) -> None:
            calls.append(self.rfile.readline())

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield Home(f"http://127.0.0.1:{server.server_port}", calls)
        server.shutdown()
        thread.join()
    assert calls == []


def harm(home: str) -> str:
    """Return markup that tries to run a script, to navigate away, and to call home."""
    return f"""<p>Cliquez ici.</p>
<script>parent.harmed = 1; alert("script")</script>
<meta http-equiv="refresh" content="0;url={home}/refresh">
<style>@import url({home}/style.css); body {{ background: url({home}/back.gif) }}</style>
<link rel="stylesheet" href="{home}/link.css"><link rel="prefetch" href="{home}/prefetch">
<img src="{home}/pixel.gif" onerror="alert('onerror')" alt=""><img src="data:,x" onerror="alert('data')" alt="">
<svg onload="alert('svg')"><image href="{home}/image.svg"/></svg>
<iframe src="{home}/frame"></iframe><object data="{home}/object"></object>
<form action="{home}/form" method="post"><input name="x" autofocus onfocus="alert('focus')"><button>Gagner</button></form>
<a href="javascript:alert('link')">Ici</a> <a href="{home}/top" target="_top">Dehors</a>
<video src="{home}/film.mp4" autoplay></video><base href="{home}/">
"""


def come_in(sheet: Page, served: Served) -> None:
    """Open the desk in the browser."""
    sheet.context.add_cookies(
        [
            {
                "name": served.cookie.partition("=")[0],
                "value": served.cookie.partition("=")[2],
                "url": served.origin,
            }
        ]
    )


def nothing_happened(sheet: Page, url: str) -> None:
    """Wait long enough for harm to be done, and see that none was."""
    sheet.wait_for_timeout(700)
    assert sheet.url == url
    assert sheet.evaluate("window.harmed") is None
    assert len(sheet.context.pages) == 1


def test_the_mail_in_the_preview(inside: Served, sheet: Page, home: Home) -> None:
    """Hostile markup in the preview frame does nothing, even when its links and buttons are pressed."""
    come_in(sheet, inside)
    url = f"{inside.origin}/c/{SLUG}/texts"
    sheet.goto(url)
    frame = sheet.frame_locator("#look iframe.phone").first
    expect(frame.get_by_text("Hellemmes").first).to_be_visible()
    sheet.wait_for_load_state("networkidle")
    key = inside.desk.frames.put(f"<!doctype html><body>{harm(home.url)}</body>")
    sheet.evaluate("path => document.querySelector('#look iframe').src = path", f"/c/{SLUG}/frame/{key}")
    expect(frame.get_by_text("Cliquez ici.")).to_be_visible()

    for said in ("Gagner", "Ici", "Dehors"):
        frame.get_by_text(said, exact=True).click()
    nothing_happened(sheet, url)
    expect(frame.get_by_text("Cliquez ici.")).to_be_visible()


def test_the_mail_in_the_review(invited: Served, sheet: Page, office: PostOffice, home: Home) -> None:
    """Hostile markup in an answer is shown as text in the review and in the history."""
    invitation = office.delivered[0]
    sent = email.message_from_bytes(invitation.content, policy=email.policy.default)
    answer = EmailMessage()
    answer["From"] = f'"<img src={home.url}/from.gif>" <{invitation.recipient}>'
    answer["To"] = office.owner
    answer["Subject"] = "Re: <script>alert('subject')</script>"
    answer["Date"] = BEGINS + timedelta(hours=1)
    answer["Message-ID"] = "<harm@example.org>"
    answer["In-Reply-To"] = sent["Message-ID"]
    answer.set_content(
        f"<p>À quelle heure cela finit-il ? &lt;script&gt;alert(4)&lt;/script&gt;</p>{harm(home.url)}",
        subtype="html",
    )
    office.post(invitation.recipient, answer.as_bytes())
    typed(invited.path, BEGINS + timedelta(hours=2), "read")
    come_in(sheet, invited)

    url = f"{invited.origin}/c/{SLUG}/review"
    sheet.goto(url)
    expect(sheet.locator("blockquote.words")).to_contain_text("<script>alert(4)</script>")
    nothing_happened(sheet, url)
    sheet.get_by_role("link", name="Historique").click()
    expect(sheet.locator("ol.steps")).to_contain_text("À quelle heure")
    nothing_happened(sheet, sheet.url)


def test_a_name_that_is_a_script(inside: Served, sheet: Page) -> None:
    """A list with hostile names shows them as names on every page."""
    last, first, office = (name.replace('"', '""') for name in NAMES)
    (inside.path / "contacts" / "invites.csv").write_text(
        f'Civilité;Nom;Prénom;Organisme;Courriel\r\nMme;"{last}";"{first}";"{office}";piege@example.org\r\n',
        "utf-8",
    )
    come_in(sheet, inside)
    for path in ("lists", "check", "texts", "send"):
        sheet.goto(f"{inside.origin}/c/{SLUG}/{path}")
        nothing_happened(sheet, f"{inside.origin}/c/{SLUG}/{path}")
    sheet.locator("summary").first.click()
    expect(sheet.locator("ul.names")).to_contain_text("onerror")
    typed(inside.path, BEGINS, "send", SLUG, "--yes")
    for path in (
        f"/c/{SLUG}",
        f"/c/{SLUG}/check-in",
        f"/c/{SLUG}/check-in?q=onerror",
        "/privacy?who=piege@example.org",
    ):
        sheet.goto(inside.origin + path)
        expect(sheet.locator("main")).to_contain_text("onerror")
        nothing_happened(sheet, inside.origin + path)
    sheet.goto(f"{inside.origin}/c/{SLUG}")
    sheet.locator("#table a").first.click()
    expect(sheet.get_by_role("heading", level=1)).to_contain_text("onerror")
    nothing_happened(sheet, sheet.url)
