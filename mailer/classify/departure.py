"""Recognise words that an address changed, or that somebody has left the place they were invited for."""

from __future__ import annotations

import re
from dataclasses import replace

from mailer.classify import returned
from mailer.classify.patterns import wording
from mailer.model.finding import TASKS, Answer, Finding, OptOut, PartStat, Unattended, Unclear, Undeliverable
from mailer.model.message import IncomingMessage

LONGEST = 4000

_LEFT = wording("departure", "left")
_MOVED = wording("departure", "moved", address=returned.ADDRESS.pattern)
_WRITE_TO = wording("departure", "write_to", address=returned.ADDRESS.pattern)
_DAY = re.compile(
    r"(?i)\A[^.\n]{0,12}\b(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|matin|soir|apr[èe]s-midi)s?\b"
)


def weigh(message: IncomingMessage, finding: Finding) -> Finding:
    """Make a task of what a mail tells of an address or of somebody who left; an answer beside it counts, and is read.

    Whom to write to is named in absences, too, and beside answers: there it is no change of address.
    """
    claim = finding.claim
    if isinstance(claim, Undeliverable) or finding.calendar is not None or not finding.text:
        return finding
    if isinstance(claim, Unclear) and claim.why in _TOLD_OTHERWISE:
        return finding
    why, words = _told(finding.text[:LONGEST], aside=isinstance(claim, Answer | Unattended))
    named = returned.strangers(message, finding.text[:LONGEST])
    if not why or (why == "address-changed" and not named):
        return finding
    if isinstance(claim, OptOut) and not named:
        return finding  # who has left and wants no more mail, wants no more mail
    note = ", ".join(named) or words
    if isinstance(claim, Answer):
        comes = claim.partstat is PartStat.ACCEPTED
        if why == "address-changed" and finding.evidence in words:
            return replace(finding, claim=Unclear(claim, why), note=note)
        if comes and not named:
            return finding
        return replace(finding, claim=replace(claim, asks=True), note=note)
    return replace(finding, claim=Unclear(finding.claim_read, why), evidence=words, note=note)


_TOLD_OTHERWISE = TASKS - {"left", "address-changed"}


def _told(text: str, *, aside: bool) -> tuple[str, str]:
    """Return the code of what is told, with the words that tell it; empty for nothing."""
    for found in _LEFT.finditer(text):
        if not _DAY.match(text[found.end() :]):
            return "left", _sentence(text, found)
    if "@" not in text:
        return "", ""
    moved = _MOVED.search(text) or (None if aside else _WRITE_TO.search(text))
    return ("address-changed", _sentence(text, moved)) if moved else ("", "")


def _sentence(text: str, found: re.Match[str]) -> str:
    start = max(text.rfind(end, 0, found.start()) for end in ("\n", ". ", "! ")) + 1
    stops = (text.find(end, found.end()) for end in ("\n", ". ", "! "))
    stop = min((at for at in stops if at >= 0), default=len(text))
    return " ".join(text[start:stop].split())[:300]
