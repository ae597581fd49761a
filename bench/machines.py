"""Measure the accuracy of reading automatic mail against labels: ``python -m bench.machines [FILE.txt]... [--misses]``.

The samples of ``tests/classify/data/machines`` are modelled on the mail of servers, calendars and mail programs. Each
begins with ``=== NAME {labels}``; a line ``@@ TYPE`` begins a further part, ``@RETURNED ADDRESS`` stands for our whole
invitation, and ``@HEADERS ADDRESS`` for its header fields.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mailer.jobs.inspect import inspect, to_object

DATA = Path(__file__).parent.parent / "tests" / "classify" / "data" / "machines"
HEADERS = (
    "Return-Path: <cjulien@mairie.example>\nFrom: Camille Julien <cjulien@mairie.example>\nTo: {}\n"
    "Subject: =?utf-8?q?R=C3=A9union_de_restitution?=\nMessage-ID: <invitation@mairie.example>\n"
    "Date: Thu, 13 Mar 2025 09:13:24 +0100\nContent-Type: text/plain; charset=utf-8\n"
)
LETTER = "\nMadame, Monsieur,\nvous êtes invités. Répondez à contact@mairie.example.\n"
_BOUNDARY = "=_sample"


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail with its labels."""

    name: str
    truth: dict[str, Any]
    content: bytes


def samples(file: Path) -> Iterator[Sample]:
    """Yield the mails of a file."""
    for block in file.read_text(encoding="utf-8").split("=== ")[1:]:
        title, _, text = block.partition("\n")
        name, _, labels = title.partition(" ")
        yield Sample(name, json.loads(labels), _mail(_filled(text)))


def _filled(text: str) -> str:
    text = re.sub(r"(?m)^@RETURNED (.+)$", lambda found: HEADERS.format(found[1]) + LETTER, text)
    return re.sub(r"(?m)^@HEADERS (.+)$", lambda found: HEADERS.format(found[1]), text)


def _mail(text: str) -> bytes:
    head, _, body = text.partition("\n\n")
    head = f"To: cjulien@mairie.example\nMIME-Version: 1.0\n{head}"
    declared = re.search(r"(?im)^content-type: *(.*)\n?", head + "\n")
    if "@@ " not in body:
        more = "" if declared else "\nContent-Type: text/plain; charset=utf-8"
        return f"{head}{more}\n\n{body}".encode()
    kind = declared[1] if declared else "multipart/report; report-type=delivery-status"
    head = re.sub(r"(?im)^content-type:.*\n?", "", head).rstrip("\n")
    first, *others = re.split(r"(?m)^@@ ", body)
    parts = [f"Content-Type: text/plain; charset=utf-8\n\n{first}"] if first.strip() else []
    for other in others:
        content_type, _, content = other.partition("\n")
        parts.append(f"Content-Type: {content_type}\n\n{content}")
    joined = "".join(f"--{_BOUNDARY}\n{part}\n" for part in parts)
    return f'{head}\nContent-Type: {kind}; boundary="{_BOUNDARY}"\n\n{joined}--{_BOUNDARY}--\n'.encode()


def wrongs(sample: Sample) -> dict[str, object]:
    """Return the fields that differ from the labels, with their values; ``kind`` alone if that is wrong."""
    found = to_object(sample.name, inspect(sample.content))
    truth = {"kind": "bounce", **sample.truth}
    if found["kind"] != truth["kind"]:
        return {"kind": found["kind"]}
    return {key: value for key, value in _fields(truth, found) if value is not None}


def _fields(truth: dict[str, Any], found: dict[str, Any]) -> Iterator[tuple[str, object]]:
    if "address" in truth:
        same = sorted(found["addresses"]) == sorted(truth["address"])
        yield "address", None if same else found["addresses"]
    if truth.get("permanent") is not None:
        yield "permanent", None if found["permanent"] is truth["permanent"] else str(found["permanent"])
    code = "diagnosis" if truth["kind"] == "bounce" else "status"
    if "status" in truth:
        yield "status", None if found[code] == truth["status"] else str(found[code])
    for key in ("uid", "sequence", "party_size"):
        if key in truth:
            yield key, None if found[key] == truth[key] else str(found[key])
    if "text" in truth:
        yield "text", None if found["text"].split() == truth["text"].split() else found["text"]


def main(arguments: list[str]) -> None:
    """Print for each file and field how many samples are right, out of those that have a label for it."""
    for file in [Path(one) for one in arguments if not one.startswith("-")] or sorted(DATA.glob("*.txt")):
        wanted: Counter[str] = Counter()
        right: Counter[str] = Counter()
        for sample in samples(file):
            wrong = wrongs(sample)
            for key in {"kind", *(key for key, value in sample.truth.items() if value is not None)}:
                wanted[key] += 1
                right[key] += key not in wrong and "kind" not in wrong
            if wrong and "--misses" in arguments:
                print("   ", sample.name, wrong)
        shown = ", ".join(f"{key} {right[key]}/{wanted[key]}" for key in sorted(wanted))
        print(f"{file.stem}: {shown}")


if __name__ == "__main__":
    main(sys.argv[1:])
