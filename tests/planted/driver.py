"""Run commands one after the other in this process, as the console script does; the service for two seconds.

Whatever waits longer than fifteen, such as a sending that is put off, gets a Ctrl-C; the desk ends once its pages were looked at.

Arguments: a JSON file with the commands, and the file that standard output goes to. What is in ``MAILER_TEST_FIRST`` is done before.
"""

from __future__ import annotations

import json
import os
import re
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

SECONDS, MOST_SECONDS = 2.0, 15.0

PAGES = (
    "/",
    "/servers",
    "/privacy",
    "/c/restitution-hellemmes",
    "/c/restitution-hellemmes/review",
    "/c/none",
)


def limit(what: str, most: str) -> None:
    """Set a limit of this process."""
    import resource

    resource.setrlimit(getattr(resource, what), (int(most), int(most)))


def visit(shown: Path, begun: int, cookie_file: Path, over: threading.Event) -> None:
    """Enter the desk with the code it shows, keep its cookie in a file of the test's own, look at pages, and end it, unless it is `over`."""
    try:
        end = time.monotonic() + 20
        while time.monotonic() < end and not over.is_set():
            text = shown.read_text("utf-8", "replace")[begun:]
            address, code = (
                re.search(r"http://[\d.:\[\]]+\d(?=/)", text),
                re.search(r"\b[A-Z\d]{4}-[A-Z\d]{4}\b", text),
            )
            if address and code:
                look_at_pages(address[0], code[0], cookie_file)
                return
            time.sleep(0.05)
    finally:
        if not over.is_set():
            os.kill(os.getpid(), signal.SIGINT)


def look_at_pages(address: str, code: str, cookie_file: Path) -> None:
    """Open a session with a code, and some pages."""
    jar = CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    pages: list[str | urllib.request.Request] = [
        urllib.request.Request(f"{address}/enter", f"code={code}".encode(), {"Origin": address})
    ]
    pages += [address + path for path in PAGES]
    for page in pages:
        try:
            browser.open(page, timeout=20).read()
        except (OSError, urllib.error.URLError):
            continue
    cookie_file.write_text("\n".join(str(cookie.value) for cookie in jar), "utf-8")


def main() -> None:
    """Run them all."""
    commands, shown = json.loads(Path(sys.argv[1]).read_text("utf-8")), Path(sys.argv[2])
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGALRM, lambda _number, _frame: os.kill(os.getpid(), signal.SIGINT))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    from mailer.cli import main as program

    if first := os.environ.pop("MAILER_TEST_FIRST", ""):
        limit(*first.split())
    for words in commands:
        for stream in (sys.stdout, sys.stderr):
            stream.write(f"\n$ {' '.join(words)}\n")
            stream.flush()
        if "desk" not in words:
            signal.setitimer(signal.ITIMER_REAL, SECONDS if "run" in words else MOST_SECONDS)
        over = threading.Event()
        try:
            if "desk" in words:
                looker = threading.Thread(
                    target=visit,
                    args=(shown, len(shown.read_text("utf-8", "replace")), shown.with_name("cookie"), over),
                    daemon=True,
                )
                looker.start()
            program.run(words)
        except SystemExit:
            pass
        except KeyboardInterrupt:
            pass
        except BaseException as error:
            sys.excepthook(type(error), error, error.__traceback__)
        over.set()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
