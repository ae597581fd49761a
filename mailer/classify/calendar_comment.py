"""Compare the words beside a calendar button with the PARTSTAT it was sent with."""

from __future__ import annotations

from dataclasses import replace

from mailer.classify import free_text
from mailer.classify.patterns import any_of
from mailer.model.finding import Answer, Finding, OptOut, PartStat, Unattended, Unclear

_COURTESY = any_of(
    r"merci(?: (?:beaucoup|bien|d['’]avance|[àa] (?:vous|tous)|(?:pour|de) (?:l['’]|votre |cette )?invitation))?|bonjour|bonsoir|cordialement"
    r"|bien [àa] vous|bonne (?:journ[ée]e|r[ée]ception|soir[ée]e)|madame|monsieur|[àa] bient[ôo]t",
    r"thanks?(?: you)?(?: (?:very much|a lot|so much|in advance|for (?:the|your) invitation))?|hello|hi|dear|(?:best|kind) regards|regards|best|see you(?: then| there| soon)?",
    r"danke(?: sch[öo]n)?|vielen dank|hallo|guten tag|mit freundlichen gr[üu](?:ß|ss)en|bis (?:dann|bald)|dank u(?: wel)?|bedankt|met vriendelijke groet(?:en)?",
    start=r"\A\W*(?:(?:",
    end=r")\W*)+\Z",
)


def weigh(finding: Finding) -> Finding:
    """Take numbers and delegate from the words beside a calendar button, and hold the answer if they contradict it.

    The button may have been pressed by mistake, or the words may be a change of mind, so a person decides. Words that say
    the same are a remark; what they say besides, or cannot be understood, is left for staff to read.
    """
    answer, calendar = finding.claim, finding.calendar
    if not isinstance(answer, Answer) or calendar is None or not finding.text.strip():
        return finding
    words = finding.text
    verdict = free_text.understand(words)
    claim = verdict.claim
    if isinstance(claim, OptOut):
        return replace(finding, claim=Unclear(answer, "comment-objects"), evidence=verdict.evidence)
    said = claim.proposal if isinstance(claim, Unclear) else claim
    if isinstance(claim, Unclear) and isinstance(said, Answer):
        counts = said.number_to_check or (said.headcount or 1) > 1
        said = Answer(  # a number counts where the words are clear
            said.partstat, delegate=said.delegate, asks=said.asks, number_to_check=counts
        )
    if isinstance(said, Answer):
        if _contradicts(answer, said):
            proposal = said if said.delegate else answer
            return replace(finding, claim=Unclear(proposal, "comment-contradicts"), evidence=verdict.evidence)
        completed = _completed(answer, said)
        doubted = isinstance(claim, Unclear) and answer.partstat is not PartStat.DECLINED
        asks = said.asks or bool(completed.delegate) or doubted
        return replace(finding, claim=replace(completed, asks=asks))
    counted = _counted(answer, words)
    if counted and _contradicts(answer, counted):
        return replace(finding, claim=Unclear(answer, "comment-contradicts"))
    if counted:
        return replace(finding, claim=replace(_numbered(answer, counted), asks=False))
    silent = isinstance(claim, Unattended) or bool(_COURTESY.match(words))
    return replace(finding, claim=replace(answer, asks=not silent))


def _counted(pressed: Answer, words: str) -> Answer | None:
    """Return the answer with the number that words without a verb tell ("avec mon mari"), read as if "yes" stood before them."""
    if pressed.partstat is PartStat.DECLINED:
        return None
    for yes in ("Oui", "Ja"):
        said = free_text.understand(f"{yes}, {words}").claim
        counts = isinstance(said, Answer) and (said.number_to_check or (said.headcount or 1) > 1)
        if isinstance(said, Answer) and counts and not said.asks:
            return replace(said, partstat=pressed.partstat)
    return None


def _contradicts(pressed: Answer, typed: Answer) -> bool:
    """Return whether words say something else than the button, in PARTSTAT or in number."""
    same = {pressed.partstat, typed.partstat}
    if same == {PartStat.DECLINED, PartStat.DELEGATED}:
        return False
    if len(same) > 1:
        return True
    return None not in (pressed.headcount, typed.headcount) and pressed.headcount != typed.headcount


def _completed(pressed: Answer, typed: Answer) -> Answer:
    """Return the answer of a button with the number and the delegate that are typed beside it."""
    if pressed.partstat is PartStat.DECLINED and not typed.delegate:
        return pressed
    return replace(_numbered(pressed, typed), delegate=pressed.delegate or typed.delegate)


def _numbered(pressed: Answer, typed: Answer) -> Answer:
    """Return the answer of a button with the number of people that is typed beside it, as a written answer has it."""
    check = pressed.number_to_check or typed.number_to_check
    if pressed.headcount not in (None, typed.headcount):
        return replace(pressed, number_to_check=check)
    return replace(
        pressed,
        headcount=typed.headcount,
        least=typed.least,
        adults=typed.adults,
        children=typed.children,
        number_to_check=check,
    )
