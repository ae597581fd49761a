"""Write messages to a folder to look at before sending: each as ``.eml``, and HTML pages to leaf through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from mailer import mime
from mailer.model.message import OutgoingMessage


@dataclass(frozen=True, slots=True)
class Shown:
    """One message to preview. `warnings` are sentences."""

    called: str
    message: OutgoingMessage = field(repr=False)
    warnings: tuple[str, ...] = ()


def folder(shown: Sequence[Shown], title: str, labels: Mapping[str, str], language: str) -> dict[str, bytes]:
    """Return the files of the preview by name: ``index.html``, and a page and an ``.eml`` for every message.

    The HTML of a message is shown in a frame in which nothing runs and nothing is loaded. `labels` are the page's
    own words.
    """
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    templates = files("mailer.compose") / "preview_pages"
    index = environment.from_string((templates / "index.html").read_text("utf-8"))
    page = environment.from_string((templates / "message.html").read_text("utf-8"))
    style = (templates / "style.css").read_text("utf-8")
    common = {"title": title, "labels": labels, "language": language, "style": style, "count": len(shown)}
    names = [f"{number:04d}" for number in range(1, len(shown) + 1)]
    laid: dict[str, bytes] = {
        "index.html": index.render(**common, entries=list(zip(names, shown, strict=True))).encode()
    }
    for number, (name, one) in enumerate(zip(names, shown, strict=True)):
        read = mime.read(one.message.content)
        texts = {part.content_type: part.text for part in read.parts if not part.attachment}
        laid[f"{name}.eml"] = one.message.content
        laid[f"pages/{name}.html"] = page.render(
            **common,
            name=name,
            one=one,
            subject=read.subject,
            headers=read.headers,
            plain=texts.get("text/plain", ""),
            html=texts.get("text/html", ""),
            calendar=texts.get("text/calendar", ""),
            attachments=[part.filename for part in read.parts if part.attachment],
            before=names[number - 1] if number else "",
            after=names[number + 1] if number + 1 < len(names) else "",
        ).encode()
    return laid
