"""``mailer desk`` as a process of its own, with a home and a browser of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from mailer.desk.listening import LOOPBACK
from tests.workspaces import BEGINS

PATIENCE = 60


@dataclass
class Running:
    """A desk that runs, and what it said in the terminal."""

    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Its address by name."""
        return self.value(0).rstrip("/")

    @property
    def by_address(self) -> str:
        """Its address by number."""
        return self.value(1).rstrip("/")

    @property
    def port(self) -> int:
        """Its port."""
        return urlsplit(self.origin).port or 0

    @property
    def code(self) -> str:
        """The code of the desk."""
        return self.value(2)

    def value(self, line: int) -> str:
        """The last word of a line it said."""
        while len(self.said) <= line:
            assert self.process.stdout
            told = self.process.stdout.readline()
            assert told, self.said
            if not told.startswith("file:"):  # with --no-browser, the file that opens the desk comes first
                self.said.append(told.strip())
        return self.said[line].rpartition(" ")[2]

    def ask(
        self,
        path: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        url: str = "",
    ) -> tuple[int, str, str]:
        """Ask the desk, or the `url` given, for a page; return the status, the cookie that was set, and the page."""
        parts = urlsplit(url or self.origin)
        numeric = (parts.hostname or "")[:1].isdigit()
        connection = HTTPConnection(
            parts.hostname if url and numeric and parts.hostname else LOOPBACK, parts.port, timeout=PATIENCE
        )
        sent = {"host": parts.netloc, "origin": f"http://{parts.netloc}"} | dict(headers or {})
        body = None
        if form is not None:
            sent["content-type"] = "application/x-www-form-urlencoded"
            body = urlencode(form)
        connection.request("GET" if form is None else "POST", path, body, sent)
        answer = connection.getresponse()
        text = answer.read().decode("utf-8", "replace")
        cookie = (answer.headers["set-cookie"] or "").partition(";")[0]
        connection.close()
        return answer.status, cookie, text


@contextmanager
def running(path: Path, *words: str, home: Path | None = None, **environment: str) -> Iterator[Running]:
    """Start the desk of a workspace, and end it if it has not ended."""
    gone = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "XDG_DATA_DIRS")
    variables = {name: value for name, value in os.environ.items() if name not in gone}
    variables |= {
        "HOME": str(home or path.parent),
        "MAILER_LANGUAGE": "fr",
        "PYTHONUNBUFFERED": "1",
    } | environment
    command = [
        sys.executable,
        "-m",
        "mailer",
        "--workspace",
        str(path),
        "--now",
        BEGINS.isoformat(),
        "desk",
        *words,
    ]
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    ) as process:
        try:
            yield Running(process)
        finally:
            process.kill()


def token_in(page: str) -> str:
    """Return the token in the file that opens the desk."""
    found = re.search(r'name="token" value="([\w-]+)"', page)
    assert found, page
    return found[1]
