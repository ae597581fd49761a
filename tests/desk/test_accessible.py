"""Every page, light and dark, wide and on a narrow phone, checked by axe-core and for horizontal scrolling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from mailer.demo.cast import CAST
from mailer.desk.listening import LOOPBACK
from tests.desk.conftest import PATIENCE, SLUG, Served, serving
from tests.desk.test_returned import POLL

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = {
    "campaigns": "/",
    "servers": "/servers",
    "privacy": "/privacy",
    "ledger": "/privacy?ledger=1",
    "another campaign": "/another",
    "person to erase": "/privacy?who=ines.derache@example.org",
    "answers": f"/c/{SLUG}",
    "review": f"/c/{SLUG}/review",
    "glance": f"/c/{SLUG}/glance",
    "meeting": f"/c/{SLUG}/meeting",
    "texts": f"/c/{SLUG}/texts",
    "lists": f"/c/{SLUG}/lists",
    "check": f"/c/{SLUG}/check",
    "plan": f"/c/{SLUG}/send?kind=reminder",
    "nothing to send": f"/c/{SLUG}/send",
    "calendar": f"/c/{SLUG}/calendar",
    "check-in": f"/c/{SLUG}/check-in",
    "files": f"/c/{SLUG}/exports",
}
WIDTHS = (360, 1280)


Scheme = Literal["light", "dark"]


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Scheme:
    """The colour scheme."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def browsing(chromium: Browser, scheme: Scheme) -> Iterator[Page]:
    """A browser page without a session."""
    context = chromium.new_context(color_scheme=scheme, locale="fr-FR")
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    yield page
    context.close()


@dataclass
class Eye:
    """Checks a page at both widths and collects what is wrong with it."""

    page: Page
    found: list[str] = field(default_factory=list)

    def look(self, name: str) -> None:
        """See what axe-core finds, and whether the screen is wider than the window, once its styles are there."""
        self.page.wait_for_load_state("load")
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            result = Axe().run(self.page, options={"iframes": False})
            self.found += [
                f"{name} {width}: {one['id']} {one['nodes'][0]['html'][:200]}"
                for one in result.response["violations"]
            ]
            if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                self.found.append(f"{name} {width}: too wide")


def come_in(page: Page, served: Served) -> None:
    """Open the address the program shows."""
    served.let_in(page)


def look_at_what_comes_back(eye: Eye, served: Served) -> None:
    """Check the pages for returned files: a corrected attendance table, the choice of a poll's option, its votes."""
    page, files = eye.page, f"{served.origin}/c/{SLUG}/exports"
    told = served.ask(f"/c/{SLUG}/exports/presences.csv").text.replace("sans réponse", "oui")
    table = (told + "M.;Inconnu;Zoé;;;;oui\r\n").encode()
    for place, content, heading in (
        ("#table", table, "Ce que ce tableau change"),
        ("#poll", POLL, "Ce que dit"),
    ):
        page.goto(files)
        page.locator(place).set_input_files({"name": "x.csv", "mimeType": "text/csv", "buffer": content})
        page.locator(f"form:has({place}) button").click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        eye.look(heading)
    page.get_by_role("button", name="Regarder").click()
    expect(page.get_by_role("row").filter(has_text="Derache")).to_be_visible()
    eye.look("votes")


def test_axe_finds_nothing(browsing: Page, answered: Served) -> None:
    """axe-core finds no fault on any page of a campaign under way, and none is wider than a phone."""
    name, _, session = answered.cookie.partition("=")
    browsing.context.add_cookies([{"name": name, "value": session, "url": answered.origin}])
    eye = Eye(browsing)
    for name, path in SCREENS.items():
        browsing.goto(answered.origin + path)
        if name in ("meeting", "texts"):
            browsing.locator("#look iframe").first.wait_for()
        eye.look(name)
    browsing.goto(f"{answered.origin}/c/{SLUG}")
    browsing.get_by_role("link", name="Jürgen Müller").click()
    expect(browsing.get_by_role("heading", name="Jürgen Müller")).to_be_visible()
    eye.look("person")
    browsing.goto(f"{answered.origin}/c/{SLUG}/lists")
    browsing.locator("#list").set_input_files(
        {
            "name": "liste.csv",
            "mimeType": "text/csv",
            "buffer": b"Nom;Courriel\r\nA;a@example\r\nB;b@gmial.com\r\n",
        }
    )
    browsing.get_by_role("button", name="Regarder").click()
    expect(browsing.get_by_text("gmial.com").first).to_be_visible()
    eye.look("list report")
    look_at_what_comes_back(eye, answered)
    browsing.goto(f"{answered.origin}/c/{SLUG}/meeting")
    browsing.get_by_text("Ce qui part de soi-même").first.click()
    browsing.get_by_label("Les derniers détails partent").fill("hier soir")
    browsing.get_by_role("button", name="Enregistrer").click()
    expect(browsing.get_by_role("alert").filter(has_text="hier soir")).to_be_visible()
    eye.look("meeting with a fault")
    browsing.goto(f"{answered.origin}/c/{SLUG}/texts?name=reminder.txt")
    browsing.locator("#text").press("Control+End")
    browsing.locator("#text").press_sequentially("Voir https://mairie.example/plan")
    expect(browsing.locator("#look .found")).to_contain_text("lien inventé")
    eye.look("mail with a fault")
    browsing.goto(f"{answered.origin}/c/{SLUG}/nothing-of-this-name")
    eye.look("no such page")
    browsing.goto(f"{answered.origin}/c/{SLUG}/exports/nothing.csv")
    eye.look("no such file")

    assert eye.found == []


def test_axe_finds_nothing_while_it_is_sending(browsing: Page, inside: Served) -> None:
    """Nor on a sending that waits or was stopped, nor on the check-in of a phone before and after its code."""
    settings = inside.path / "config" / "mailer.toml"
    settings.write_text(settings.read_text("utf-8").replace("per_minute = 0", "per_minute = 1"), "utf-8")
    name, _, session = inside.cookie.partition("=")
    browsing.context.add_cookies([{"name": name, "value": session, "url": inside.origin}])
    eye = Eye(browsing)
    browsing.goto(f"{inside.origin}/c/{SLUG}/send")
    browsing.get_by_label("Pour envoyer ces messages").fill("3")
    browsing.get_by_role("button", name="Envoyer", exact=True).click()
    expect(browsing.get_by_role("alert")).to_be_visible()
    eye.look("wrong number")
    browsing.get_by_label("Pour envoyer ces messages").fill(str(len(CAST)))
    browsing.get_by_role("button", name="Envoyer", exact=True).click()
    expect(browsing.locator("#progress")).to_contain_text("1")
    eye.look("sending")
    browsing.get_by_role("button", name="Arrêter").click()
    expect(browsing.locator("[data-events]")).to_have_count(0)
    browsing.wait_for_load_state("networkidle")
    eye.look("stopped")
    browsing.goto(f"{inside.origin}/c/{SLUG}/check-in")
    browsing.get_by_role("button", name="téléphone").click()
    expect(browsing.locator("#notice")).to_contain_text("code")
    browsing.wait_for_load_state("networkidle")
    eye.look("check-in opened")
    port, code = inside.open_check_in()
    check_in = f"http://{LOOPBACK}:{port}/"
    browsing.goto(check_in)
    eye.look("code asked for")
    browsing.locator("input[name=code]").fill(code)
    browsing.keyboard.press("Enter")
    expect(browsing.locator("input[name=code]")).to_have_count(0)
    eye.look("check-in on a phone, campaigns")
    browsing.goto(f"{check_in}c/{SLUG}/check-in")
    eye.look("check-in on a phone")

    assert eye.found == []


def test_axe_finds_nothing_before_there_is_anything(browsing: Page, tmp_path: Path, french: None) -> None:
    """Nor on the refusal without a session, in an empty folder, and on the mail as a page of its own."""
    path = tmp_path / "vide"
    path.mkdir()
    eye = Eye(browsing)
    for served in serving(path):
        browsing.goto(served.origin)
        eye.look("refused")
        come_in(browsing, served)
        eye.look("empty folder")
        browsing.get_by_role("button", name="Préparer ce dossier").click()
        expect(browsing.locator("#smtp-host")).to_be_visible()
        eye.look("servers to fill in")
        browsing.goto(served.origin)
        eye.look("campaigns")
        browsing.goto(f"{served.origin}/c/{SLUG}/review")
        eye.look("nothing to decide")
        browsing.goto(f"{served.origin}/c/{SLUG}/texts")
        browsing.locator("#look iframe").first.wait_for()
        browsing.evaluate("document.querySelector('[formaction]').removeAttribute('hx-post')")
        browsing.evaluate(
            "form => form.submit()",
            browsing.evaluate_handle(
                "() => { const form = document.querySelector('#form'); form.action = form.querySelector('[formaction]').formAction; return form }"
            ),
        )
        expect(browsing.get_by_role("heading", name="Le courriel")).to_be_visible()
        eye.look("mail as a page")

    assert eye.found == []
