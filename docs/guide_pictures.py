"""Make the pictures of the guides in ``docs/pictures``: ``python docs/guide_pictures.py``.

The sample campaign runs on servers in this process, in French and in English. The output of commands becomes SVG
files; headless Chromium, if it is installed, takes pictures of pages.
"""

from __future__ import annotations

import contextlib
import html
import io
import sys
import tempfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import pictures  # noqa: E402

from mailer import environment  # noqa: E402
from mailer.cli import demo, group  # noqa: E402
from mailer.demo.cast import REFUSED, answer  # noqa: E402
from mailer.demo.post_office import PostOffice, post_office, settle_in  # noqa: E402
from mailer.workspace.sample import copy_sample  # noqa: E402

FOLDER = ROOT / "docs" / "pictures"
CHROMIUM = Path("/usr/bin/chromium")
COLUMNS, LINE, LETTER = 100, 19, 8.42
SCREENS = {
    "plan": ("send", demo.SLUG, "--dry-run"),
    "status": ("status", demo.SLUG),
    "schedule": ("schedule", demo.SLUG),
}


def terminal(command: str, shown: str) -> str:
    """Return an SVG of a command and its output, as text that can be read aloud and copied."""
    lines = [f"$ {command}", *shown.rstrip().splitlines()]
    width, height = COLUMNS * LETTER + 32, len(lines) * LINE + 36
    texts = "".join(
        f'<text x="16" y="{28 + number * LINE}" xml:space="preserve">{html.escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height}" role="img" '
        f'aria-label="{html.escape(command)}" font-family="DejaVu Sans Mono, Menlo, Consolas, monospace" '
        f'font-size="14" fill="#e6ebf2"><rect width="100%" height="100%" rx="8" fill="#1b2430"/>{texts}</svg>\n'
    )


def typed(path: Path, now: str, *words: str) -> str:
    """Run a command and return its output."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.redirect_stderr(io.StringIO()):
        group.main(["--workspace", str(path), "--now", now, *words])
    return shown.getvalue()


@contextlib.contextmanager
def workspace() -> Iterator[tuple[Path, PostOffice]]:
    """Make the sample workspace with servers in this process; yield its folder and the servers."""
    with tempfile.TemporaryDirectory() as folder, post_office("cjulien@mairie-lille.example") as office:
        path = Path(folder) / "ma-mairie"
        copy_sample(path)
        office.unknown.add(REFUSED)
        settle_in(path, office)
        yield path, office


def screens(language: str) -> None:
    """Make the pictures of one language."""
    environment.speak(language)
    with workspace() as (path, office):
        shown = {"plan": typed(path, "2025-03-13T09:00:00+01:00", *SCREENS["plan"])}
        typed(path, "2025-03-13T09:30:00+01:00", "send", demo.SLUG, "--yes")
        list(answer(office, demo.AS_OF + timedelta(hours=1)))
        later = "2025-03-23T09:00:00+01:00"
        typed(path, later, "read")
        shown |= {name: typed(path, later, *SCREENS[name]) for name in ("status", "schedule")}
        for name, text in shown.items():
            command = " ".join(("mailer", *SCREENS[name]))
            (FOLDER / f"{name}.{language}.svg").write_text(terminal(command, text), "utf-8")
        if language == "fr" and CHROMIUM.exists():
            page = path / "feuille.html"
            typed(path, later, "export", demo.SLUG, str(page), "--sheet")
            pictures.take(str(CHROMIUM), page.read_text("utf-8"), 1200, "light", FOLDER / "feuille.png")


def main() -> None:
    """Make all pictures."""
    FOLDER.mkdir(exist_ok=True)
    for language in ("en", "fr"):
        screens(language)
    if CHROMIUM.exists():
        letter = dict(pictures.letters())["invitation-fr"]
        pictures.take(str(CHROMIUM), letter, 600, "light", FOLDER / "invitation.png")


if __name__ == "__main__":
    main()
