"""Every screen of the desk as axe-core and the eye of a narrow phone see it, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.desk.conftest import SLUG, Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS = {
    "campaigns": "/",
    "servers": "/servers",
    "privacy": "/privacy",
    "person to erase": "/privacy?who=ines.derache@example.org",
    "answers": f"/c/{SLUG}",
    "review": f"/c/{SLUG}/review",
    "meeting": f"/c/{SLUG}/meeting",
    "texts": f"/c/{SLUG}/texts",
    "lists": f"/c/{SLUG}/lists",
    "check": f"/c/{SLUG}/check",
    "plan": f"/c/{SLUG}/send?kind=reminder",
    "nothing to send": f"/c/{SLUG}/send",
    "calendar": f"/c/{SLUG}/calendar",
    "door": f"/c/{SLUG}/door",
    "files": f"/c/{SLUG}/exports",
    "refused": "/enter?token=no",
}
WIDTHS = (360, 1280)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> Literal["light", "dark"]:
    """How the person likes their screen."""
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def screens(chromium: Browser, answered: Served, scheme: Literal["light", "dark"]) -> Iterator[Page]:
    """A page of somebody who has come in."""
    context = chromium.new_context(color_scheme=scheme, locale="fr-FR")
    name, _, session = answered.cookie.partition("=")
    context.add_cookies([{"name": name, "value": session, "url": answered.origin}])
    page = context.new_page()
    page.set_default_timeout(15_000)
    yield page
    context.close()


def test_axe_finds_nothing(screens: Page, answered: Served) -> None:
    """On no screen does axe-core find a fault, and at 360 pixels no screen is wider than the phone."""
    axe = Axe()
    found, wide = [], []
    for name, path in SCREENS.items():
        for width in WIDTHS:
            screens.set_viewport_size({"width": width, "height": 900})
            screens.goto(answered.origin + path)
            if name in ("meeting", "texts"):
                screens.locator("#look iframe").first.wait_for()
            screens.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            result = axe.run(screens, options={"iframes": False})
            found += [
                f"{name} {width}: {one['id']} {one['nodes'][0]['html'][:200]}"
                for one in result.response["violations"]
            ]
            if screens.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wide.append(f"{name} {width}")

    assert found == []
    assert wide == []
