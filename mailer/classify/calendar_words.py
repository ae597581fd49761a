"""Find what a person typed beside a calendar button, in the object or in the body of its mail.

Zimbra puts the words into the body and into DESCRIPTION, Tuta into the body alone, Google into X-RESPONSE-COMMENT,
Thunderbird and Outlook into COMMENT or the body. Programs add sentences of their own ("Marie Dupont a accepté votre
invitation") and what the meeting is about; most also send our own DESCRIPTION back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mailer.classify import free_text
from mailer.classify.patterns import wording
from mailer.model.accents import fold_accents
from mailer.model.finding import Answer, OptOut, Unclear

MAX_DESCRIPTION = 400
"""Characters of a DESCRIPTION that may be somebody's words; a longer one describes the meeting."""

_BY_A_PROGRAM = wording("calendar_words", "by_a_program")
_STANDING_SENTENCE = wording("calendar_words", "standing_sentence")
_FIELD = wording("calendar_words", "field")
_PAGE = re.compile(r"https?://(?:www\.)?(?:calendar\.google\.com|google\.com/calendar)", re.IGNORECASE)
"""Google's page about the meeting: what was typed stands in X-RESPONSE-COMMENT."""
_ORIGINAL = re.compile(r"^[ \t]*(?:\*~){3,}.*", re.DOTALL | re.MULTILINE)
"""What Zimbra and old Outlooks put above the text of the invitation."""
_WHEN = re.compile(r"\A[^\n]{0,60}\d{1,2}[^\n]{0,20}(?:\d{4}|\d{1,2}\s?[:h]\s?\d{0,2})[^\n]*\Z")
_URL = re.compile(r"\A\W*https?://\S+\W*\Z")
_WORD = re.compile(r"[^\W\d_]+")
_MINE = re.compile(
    r"(?i)\b(?:je|j['’]|nous|moi|mon|ma|mes|i|i['’]m|i['’]ll|we|my|me|ich|wir|mein\w*|ik|wij|we|mijn)\b|\bj['’]"
)

_I = re.compile(r"(?i)(?:^|[^\w])(?:je|j['’]|moi|i|i['’]m|i['’]ll|my|me|ich|mich|ik|mij)(?=[^\w]|$)|\bj['’]")


def beside(
    body: str, comments: Sequence[str], description: str = "", *, names: Iterable[str] = (), summary: str = ""
) -> str:
    """Return what the person typed, without what programs write; empty if nothing.

    `comments` are those of the calendar object. `names` are the names and addresses of the person, by which a
    program's sentence about them is known. A `description` is theirs only where it is short and answers as one person
    does: most programs send ours back.
    """
    known = {word for name in names for word in _words(name)}
    typed = [comment.strip() for comment in comments]
    typed.append(without_programs(body, known, summary))
    if _is_theirs(description):
        typed.append(description.strip())
    kept: list[str] = []
    for text in filter(None, typed):
        said = _letters(text)
        if any(said in _letters(other) for other in kept):
            continue
        kept = [other for other in kept if _letters(other) not in said] + [text]
    return "\n".join(kept)


def without_programs(body: str, names: Iterable[str], summary: str = "") -> str:
    """Return a body without the sentences of programs, and without the lines about the meeting that follow them."""
    known, kept, told = set(names), list[str](), False
    title = _letters(summary)
    if _PAGE.search(body):
        return ""
    for line in _ORIGINAL.sub("", body).splitlines():
        text = line.strip()
        if _is_program(text, known):
            told = True
            continue
        about = told and (
            _FIELD.match(text) or _WHEN.match(text) or _URL.match(text) or (title and title in _letters(text))
        )
        if not about or _MINE.search(text):
            kept.append(line.rstrip())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _is_program(line: str, known: set[str]) -> bool:
    """Return whether a program wrote a line: it tells of the person by name what they did, or is a sentence of its own."""
    if _STANDING_SENTENCE.match(line):
        return True
    found = _BY_A_PROGRAM.search(line)
    if found is None or _MINE.search(line):
        return False
    return not _words(line[: found.start()]) or not known.isdisjoint(_words(line))


def _is_theirs(description: str) -> bool:
    """Return whether a DESCRIPTION answers for one person, or tells a number; ours speaks of "us", if of anybody."""
    if len(description) > MAX_DESCRIPTION or not _MINE.search(description):
        return False
    claim = free_text.understand(description).claim
    said = claim.proposal if isinstance(claim, Unclear) else claim
    counted = isinstance(said, Answer) and bool(said.headcount)
    return isinstance(said, Answer | OptOut) and (counted or bool(_I.search(description)))


def _words(text: str) -> list[str]:
    return [word for word in _WORD.findall(fold_accents(text)) if len(word) > 1]


def _letters(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())
