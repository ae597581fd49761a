"""Take pictures of every page of the web interface: ``python docs/pictures_desk.py DIR``.

The sample campaign is sent and answered on servers in this process. Headless Chromium takes the pictures, 360 and 1280
pixels wide; ``--dark`` is for dark colours, ``--only`` for some of the pages.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mailer import environment  # noqa: E402
from mailer.demo.cast import REFUSED, answer  # noqa: E402
from mailer.demo.post_office import PostOffice, post_office, settle_in  # noqa: E402
from mailer.workspace.sample import copy_sample  # noqa: E402
from tests.desk.conftest import BEGINS, CHROMIUM, SLUG, Served, serving  # noqa: E402

OWNER = "cjulien@mairie-lille.example"
SCREENS = {
    "campaigns": "/",
    "servers": "/servers",
    "privacy": "/privacy?who=ines.derache@example.org",
    "ledger": "/privacy?ledger=1",
    "another": "/another",
    "answers": f"/c/{SLUG}",
    "review": f"/c/{SLUG}/review",
    "person": "Jürgen Müller",
    "meeting": f"/c/{SLUG}/meeting",
    "meeting-unfolded": f"/c/{SLUG}/meeting",
    "texts": f"/c/{SLUG}/texts",
    "texts-faulty": f"/c/{SLUG}/texts?name=reminder.txt",
    "lists": f"/c/{SLUG}/lists",
    "check": f"/c/{SLUG}/check",
    "plan": f"/c/{SLUG}/send?kind=reminder",
    "calendar": f"/c/{SLUG}/calendar",
    "door": f"/c/{SLUG}/check-in",
    "files": f"/c/{SLUG}/exports",
    "corrected": f"/c/{SLUG}/exports",
    "votes": f"/c/{SLUG}/exports",
}
WIDTHS = (360, 1280)
POLL = (
    ',"31/03/2025",\r\n,"14h-16h",\r\n"Inès Derache","Oui",\r\n"M. Jürgen Müller","Non",\r\n"Zoé","Oui",\r\n'
)


def live(path: Path, office: PostOffice) -> None:
    """Send the campaign, let the demo's invitees answer, and read the answers."""
    office.unknown.add(REFUSED)
    for now, words in ((BEGINS, ("send", SLUG, "--yes")), (BEGINS + timedelta(days=10), ("read",))):
        if words[0] == "read":
            list(answer(office, BEGINS + timedelta(hours=1)))
        command = [sys.executable, "-m", "mailer", "--workspace", path, "--now", now.isoformat(), *words]
        subprocess.run(command, check=False, capture_output=True)


def take(page: Page, served: Served, folder: Path, only: str, suffix: str) -> None:
    """Take the pictures of all pages whose name contains `only`."""
    for name, path in SCREENS.items():
        for width in WIDTHS:
            picture = folder / f"{name}-{width}{suffix}.png"
            if only not in picture.name:
                continue
            page.set_viewport_size({"width": width, "height": 800})
            page.goto(served.origin + (path if path.startswith("/") else f"/c/{SLUG}"))
            if not path.startswith("/"):
                page.get_by_role("link", name=path).click()
            if name in ("corrected", "votes"):
                drop(page, name)
            if name.endswith("unfolded"):
                page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
            if name.endswith("faulty"):
                page.locator("#text").press("Control+End")
                page.locator("#text").press_sequentially("Voir https://mairie.example/plan")
                page.locator("#look .found").wait_for()
            if name.startswith(("meeting", "texts")):
                page.locator("#look iframe").first.wait_for()
                page.wait_for_timeout(500)
            page.screenshot(path=picture, full_page=True)
            print(picture)


def drop(page: Page, name: str) -> None:
    """Upload a corrected attendance table, or the results of a poll."""
    if name == "votes":
        field, content = "#poll", POLL
    else:
        told = page.evaluate(
            "path => fetch(path).then(answer => answer.text())", f"/c/{SLUG}/exports/presences.csv"
        )
        field, content = "#table", told.replace("sans réponse", "oui", 2) + "M.;Inconnu;Zoé;;;;oui\r\n"
    page.locator(field).set_input_files(
        {"name": "retour.csv", "mimeType": "text/csv", "buffer": content.encode()}
    )
    page.locator(f"form:has({field}) button").click()
    page.get_by_text("retour.csv").first.wait_for()


def main() -> None:
    """Take all pictures, or those whose name contains ``--only``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--dark", action="store_true")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    environment.speak("fr")
    with tempfile.TemporaryDirectory() as folder, post_office(OWNER) as office:
        path = Path(folder) / "mairie"
        copy_sample(path)
        settle_in(path, office)
        live(path, office)
        for served in serving(path):
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
                page = browser.new_page(
                    color_scheme="dark" if arguments.dark else "light", reduced_motion="reduce"
                )
                served.let_in(page)
                take(page, served, arguments.folder, arguments.only, "-dark" if arguments.dark else "")
                browser.close()


if __name__ == "__main__":
    main()
