"""Compare the comment of a calendar reply with the PARTSTAT it was sent with."""

from __future__ import annotations

from dataclasses import replace

from mailer.classify import free_text
from mailer.model.finding import Answer, Finding, PartStat, Unclear

_OPPOSED = frozenset({PartStat.ACCEPTED, PartStat.DECLINED})


def weigh(finding: Finding) -> Finding:
    """Take the headcount from the comment of a calendar reply, and hold the reply if the comment contradicts it.

    The button may have been pressed by mistake, or the comment may be a change of mind, so a person decides.
    """
    if not isinstance(finding.claim, Answer) or finding.calendar is None or not finding.calendar.comment:
        return finding
    answer = finding.claim
    verdict = free_text.understand(finding.calendar.comment)
    if not isinstance(verdict.claim, Answer):
        return finding
    if {answer.partstat, verdict.claim.partstat} == _OPPOSED:
        return replace(finding, claim=Unclear(answer, "comment-contradicts"), evidence=verdict.evidence)
    if answer.headcount is None and answer.partstat is not PartStat.DECLINED:
        return replace(finding, claim=replace(answer, headcount=verdict.claim.headcount))
    return finding
