"""Take pictures of the sample campaign's messages as a browser shows them: ``python docs/pictures.py DIR``.

Every kind of message is shown in French and English, 320, 600 and 1200 pixels wide, light and dark, by headless
Chromium.
"""

from __future__ import annotations

import argparse
import html
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from mailer import campaign as campaigns  # noqa: E402
from mailer import compose  # noqa: E402
from mailer.model.campaign import Campaign  # noqa: E402
from mailer.model.contact import Contact, Origin  # noqa: E402
from mailer.model.invitation import Kind  # noqa: E402
from mailer.model.people import Invitee, Person  # noqa: E402

SLUG = "restitution-hellemmes"
WIDTHS = (320, 600, 1200)
SCHEMES = {"light": "1", "dark": "0"}
"""Chromium's numbers for preferredColorScheme."""
GUEST = Contact(
    "ines.derache@example.org",
    civility="Mme la Conseillère",
    first_name="Inès",
    last_name="Derache",
    organisation="Conseil départemental",
    origin=Origin("contacts/invites.csv", 10),
)


def letters() -> Iterator[tuple[str, str]]:
    """Yield the name and the HTML of each message of the sample campaign."""
    file = ROOT / "config" / "campaigns" / f"{SLUG}.toml"
    campaign = campaigns.read(SLUG, str(file), file.read_bytes())
    moved = replace(
        campaign.meeting,
        starts=campaign.meeting.starts + timedelta(days=1, hours=4),
        ends=campaign.meeting.ends + timedelta(days=1, hours=4, minutes=30),
        room="Salle des fêtes",
    )
    for language in ("fr", "en"):
        guest = Invitee("a" * 16, GUEST.email, (Person("b" * 16, replace(GUEST, language=language)),))
        for kind in Kind:
            told = campaign.meeting if kind is Kind.UPDATE else None
            now = replace(campaign, meeting=moved) if kind is Kind.UPDATE else campaign
            composer = compose.prepare(now, templates(now), previous=told)
            invitation = (
                campaigns.invitation(bytes(32), now, guest, kind, int(kind is not Kind.INVITATION))
                if kind.is_invitation
                else campaigns.example(now, guest, kind)
            )
            composer.write(invitation, datetime(2025, 3, 13, 9, 30, tzinfo=UTC))
            yield f"{kind.value}-{language}", composer.letter(invitation).html


def templates(campaign: Campaign) -> dict[str, bytes]:
    """Return the templates of a campaign by file name."""
    folder = ROOT / campaign.templates
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def take(chromium: str, page: str, width: int, scheme: str, picture: Path) -> None:
    """Take one picture. The page is put into a frame, since Chromium's window is never narrower than 500 pixels."""
    height = {320: 2300, 600: 1700, 1200: 1600}[width]
    frame = (
        f'<!DOCTYPE html><meta name="color-scheme" content="light dark"><body style="margin:0;background:#888">'
        f'<iframe style="border:0;width:{width}px;height:{height}px" srcdoc="{html.escape(page)}"></iframe>'
    )
    with tempfile.TemporaryDirectory() as folder:
        wrapper = Path(folder) / "page.html"
        wrapper.write_text(frame, encoding="utf-8")
        subprocess.run(
            [
                chromium,
                *("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"),
                *("--disable-background-networking", f"--user-data-dir={folder}/profile"),
                f"--blink-settings=preferredColorScheme={SCHEMES[scheme]}",
                f"--window-size={max(width, 500)},{height}",
                f"--screenshot={picture}",
                wrapper.as_uri(),
            ],
            check=True,
            capture_output=True,
            timeout=120,
        )


def main() -> None:
    """Take all pictures, or those whose name contains ``--only``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--chromium", default="/usr/bin/chromium")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for name, page in letters():
        for width in WIDTHS:
            for scheme in SCHEMES:
                picture = arguments.folder / f"{name}-{width}-{scheme}.png"
                if arguments.only in picture.name:
                    take(arguments.chromium, page, width, scheme, picture.resolve())
                    print(picture)


if __name__ == "__main__":
    main()
