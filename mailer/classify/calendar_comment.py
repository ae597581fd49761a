"""What people write beside their calendar answer, weighed against it."""

from __future__ import annotations

from dataclasses import replace

from mailer.classify import free_text
from mailer.model.finding import Answer, Finding, PartStat, Unclear

_OPPOSED = frozenset({PartStat.ACCEPTED, PartStat.DECLINED})


def weigh(finding: Finding) -> Finding:
    """Let the comment of a calendar answer say how many come, and stop the answer where it says the contrary.

    The button may have been pressed by mistake, or before the comment's change of mind: a person decides.
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
