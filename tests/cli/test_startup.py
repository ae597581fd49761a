"""Test that ``mailer --help`` imports little, so that it starts quickly."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    "aiosmtplib",
    "alembic",
    "asyncio",
    "babel",
    "css_inline",
    "cryptography",
    "dns",
    "email",
    "email_validator",
    "icalendar",
    "imap_tools",
    "jinja2",
    "psycopg",
    "pydantic",
    "pydantic_settings",
    "python_calamine",
    "reportlab",
    "rich",
    "sqlalchemy",
    "ssl",
    "xlsxwriter",
}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["no-such-command"]], ids=" ".join)
def test_the_first_screen_needs_no_heavy_library(words: list[str]) -> None:
    """Neither a library for mail, tables, settings or the ledger, nor anything of ours beyond the command line, its words and the opening of a workspace is imported."""
    script = f"""if True:
        import sys
        from mailer.cli.main import run
        try:
            run({words!r})
        except SystemExit:
            pass
        print(*sys.modules, file=sys.stderr)
    """
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stderr.splitlines()[-1].split())

    assert "click" in loaded
    assert set() == HEAVY & {name.partition(".")[0] for name in loaded}
    ours = {name.split(".")[1] for name in loaded if name.startswith("mailer.")}
    assert {"cli", "environment", "errors", "translation", "wording", "workspace"} == ours
