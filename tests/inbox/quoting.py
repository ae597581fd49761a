"""Generate ways in which mail programs, gateways and people bring a letter back: quoted, marked, wrapped, flattened, damaged."""

from __future__ import annotations

import html
import random
import textwrap
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage

from mailer.inbox.new_text.from_html import from_html

TOP, BELOW, BETWEEN = "top", "below", "between"

MARKS = (
    "",
    "",
    "",
    "> ",
    ">",
    ">> ",
    "| ",
    "    ",
    "\t",
    "CJ> ",
    "Camille> ",
    "Camille Julien | ",
    "# ",
    "* ",
    "% ",
    ": ",
    "» ",
    "} ",
    "|> ",
)

INTRODUCTIONS = (
    "",
    "",
    "",
    "Le 13/03/2025 à 09:00, Camille Julien a écrit :",
    "On Thu, Mar 13, 2025 at 9:00 AM Camille Julien <cjulien@mairie-lille.example> wrote:",
    "-----Message d'origine-----",
    "De : Camille Julien\nEnvoyé : jeudi 13 mars 2025 09:00\nÀ : Marie Dupont\nObjet : Invitation",
    "> De : Camille Julien\n> Envoyé : jeudi 13 mars 2025 09:00\n> À : Marie Dupont\n> Objet : Invitation",
    "________________________________",
    "==========",
    "[Message précédent]",
    "In reply to: Camille Julien",
    "Camille Julien, 13.03.2025 09:00 :",
    "--- Camille Julien, 13 mars ---",
    "##- Veuillez saisir votre réponse au-dessus de cette ligne -##",
)

DAMAGES: dict[str, Callable[[str], str]] = {
    "none": lambda text: text,
    "utf-8 as cp1252": lambda text: text.encode().decode("cp1252", "replace"),
    "utf-8 as latin-1": lambda text: "".join(
        c for c in text.encode().decode("latin-1") if c == "\n" or c.isprintable()
    ),
    "question marks": lambda text: text.encode("ascii", "replace").decode(),
    "replacement characters": lambda text: "".join(c if c.isascii() else "\ufffd" for c in text),
    "lost": lambda text: text.encode("ascii", "ignore").decode(),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "without accents": lambda text: "".join(c for c in unicodedata.normalize("NFKD", text) if c.isascii()),
    "plain typography": lambda text: text.replace("\u00a0", " ").replace("’", "'").replace("\u202f", " "),
    "curly": lambda text: text.replace("'", "’"),
    "entities": lambda text: "".join(c if c.isascii() else f"&#{ord(c)};" for c in text),
    "doubled spaces": lambda text: text.replace(" ", "  "),
}

FLAT = ("text", "page", "page with links", "page with footnotes", "page in cells", "one line", "paragraphs")


@dataclass(frozen=True)
class Way:
    """One way in which a letter comes back."""

    flat: str
    width: int
    hard: bool
    mark: str
    first_only: bool
    introduction: str
    damage: str
    page: str
    seed: int

    def __str__(self) -> str:
        return (
            f"{self.flat}, width {self.width}{' hard' if self.hard else ''}, mark {self.mark!r}"
            f"{' on the first' if self.first_only else ''}, {self.introduction[:20]!r}, {self.damage}, {self.page or 'plain'}"
        )


def ways(count: int, seed: int) -> list[Way]:
    """Return so many different ways; the same seed gives the same."""
    chance = random.Random(seed)
    made: dict[Way, None] = {}
    while len(made) < count:
        damaged = chance.random() < 0.4
        way = Way(
            chance.choice(FLAT),
            chance.choice((0, 0, 0, 40, 60, 66, 72, 76, 80, 100)),
            chance.random() < 0.1,
            chance.choice(MARKS),
            chance.random() < 0.1,
            chance.choice(INTRODUCTIONS),
            chance.choice(list(DAMAGES)) if damaged else "none",
            chance.choice(("", "", "", "div", "pre", "table", "p")),
            chance.randrange(1_000_000),
        )
        made.setdefault(way)
    return list(made)


def flattened(way: Way, subject: str, text: str, page: str) -> list[str]:
    """Return the lines of a letter as a program makes them, before they are marked."""
    of_page = [line.text for line in from_html(page)]
    match way.flat:
        case "page":
            lines = of_page
        case "page with links":
            lines = [
                f"{line} <mailto:cjulien@mairie-lille.example>" if "Une question" in line else line
                for line in of_page
            ]
        case "page with footnotes":
            lines = [f"[{at}]{line}" if line and at % 5 == 4 else line for at, line in enumerate(of_page)]
        case "page in cells":
            lines = [f"| {line} |" if line else "|" for line in of_page]
        case "one line":
            lines = [" ".join(text.split())]
        case "paragraphs":
            lines = [" ".join(part.split()) for part in text.split("\n\n")]
        case _:
            lines = [subject, "", *text.splitlines()] if way.seed % 5 == 0 else text.splitlines()
    if way.width and way.hard:
        return [line[at : at + way.width] for line in lines for at in range(0, max(len(line), 1), way.width)]
    if way.width:
        return [
            part
            for line in lines
            for part in textwrap.wrap(line, way.width, break_long_words=False, break_on_hyphens=False) or [""]
        ]
    return list(lines)


def brought_back(
    way: Way, subject: str, text: str, page: str, words: str = "", where: str = TOP
) -> tuple[str, str]:
    """Return the plain text and the page of a mail that brings a letter back, with words of the writer's own."""
    lines = flattened(way, subject, text, page)
    lines = [DAMAGES[way.damage](line) for line in lines]
    last = 1 if way.first_only else len(lines)
    marked = [way.mark + line if at < last else line for at, line in enumerate(lines)]
    introduction = way.introduction.splitlines()
    own = ["", words, ""] if words else []
    if where == BETWEEN:
        at = random.Random(way.seed).randrange(1, len(marked)) if len(marked) > 1 else 1
        body = [*introduction, *marked[:at], *own, *marked[at:]]
    elif where == BELOW:
        body = [*introduction, *marked, *own]
    else:
        body = [*own, *introduction, *marked]
    return ("\n".join(body), "") if not way.page else ("", _page(way.page, body))


def _page(kind: str, lines: Sequence[str]) -> str:
    shown = [html.escape(line) for line in lines]
    match kind:
        case "pre":
            inside = f"<pre>{chr(10).join(shown)}</pre>"
        case "table":
            inside = "<table>" + "".join(f"<tr><td>{line}</td></tr>" for line in shown) + "</table>"
        case "p":
            inside = "".join(f"<p>{line}</p>" for line in shown)
        case _:
            inside = "<br>".join(shown)
    return f"<html><body><div>{inside}</div></body></html>"


def as_mail(plain: str, page: str, message_id: str) -> bytes:
    """Return a reply with such a body."""
    mail = EmailMessage()
    mail["From"] = "Marie Dupont <marie.dupont@example.org>"
    mail["To"] = "cjulien@mairie-lille.example"
    mail["Subject"] = "Re: Invitation"
    mail["Date"] = "Fri, 14 Mar 2025 10:00:00 +0100"
    mail["In-Reply-To"] = message_id
    mail["Message-ID"] = "<answer@client.example>"
    if plain or not page:
        mail.set_content(plain or "\n")
    if page:
        mail.set_content(page, subtype="html") if not plain else mail.add_alternative(page, subtype="html")
    return mail.as_bytes()
