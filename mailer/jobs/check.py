"""Find errors in a campaign's lists, meeting, messages and pace before anything is sent."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from math import ceil
from pathlib import PurePosixPath

from mailer import campaign as campaigns
from mailer import compose, outbox, providers
from mailer.compose import Distrusted, Inspection, Press
from mailer.jobs.gather import Gathered, invitees
from mailer.model.account import Account
from mailer.model.campaign import Campaign
from mailer.model.contact import Origin, Problem, Severity
from mailer.model.invitation import Kind
from mailer.model.pace import Pace
from mailer.model.people import Invitee

TOLERANCE = timedelta(minutes=10)
"""How far two clocks may differ before it is reported."""

MOST_OCTETS = 7 * 1024 * 1024
"""How large the attachments may be in all: base64 adds a third, and many mailboxes refuse more than 10 MB."""

MOST_ALIKE = 3
"""For how many messages the same problem is reported; the others are counted."""

REFUSED_ENDINGS = (
    *(".exe", ".bat", ".cmd", ".com", ".js", ".jar", ".msi", ".ps1", ".scr", ".vbs", ".wsf", ".iso", ".lnk"),
    *(".docm", ".xlsm", ".pptm"),
)
"""File name endings that many providers refuse, whatever is in the file."""

_LINK = re.compile(r"""https?://[^\s"'<>{}()]+""")
_NOWHERE = re.compile(r"(?:^|\.)(?:example|example\.(?:com|net|org)|invalid|test|localhost)$")


@dataclass(frozen=True, slots=True)
class Checked:
    """The problems of a campaign, and the size in octets of the largest message, before it is signed."""

    problems: list[Problem]
    largest: int


def check(
    campaign: Campaign,
    gathered: Gathered,
    sources: Mapping[str, bytes],
    *,
    now: datetime,
    mailbox: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Checked:
    """Build every message of every kind for everybody; return the problems of lists, meeting and messages.

    Kinds that only a schedule sends are built where the campaign's schedule has them. Raises TemplateError if a
    template cannot be filled in.
    """
    problems = [*gathered.reading.problems, *texts(campaign, sources, now)]
    roll = invitees(campaigns.NO_SECRET, campaign.slug, gathered.households)
    reachable = [invitee for invitee in roll if invitee.email]
    composer = compose.prepare(campaign, sources, previous=campaign.meeting)
    kinds = [kind for kind in Kind if kind.is_invitation or campaign.schedule.uses(kind)]
    messages = list(product(kinds, reachable))
    while True:
        inspection = Inspection(Press(composer, now), composer.crowd(roll), mailbox=mailbox)
        with contextlib.suppress(Distrusted):
            problems += _few(_faults(campaign, messages, inspection, progress))
            return Checked(problems, inspection.largest)


def _faults(
    campaign: Campaign,
    messages: Sequence[tuple[Kind, Invitee]],
    inspection: Inspection,
    progress: Callable[[int, int], None],
) -> Iterator[Problem]:
    """Inspect each message as is done just before sending."""
    for done, (kind, invitee) in enumerate(messages, 1):
        if not inspection.passes(invitee, kind, 0, campaigns.example_answer(campaign, kind)):
            yield from inspection.look(campaigns.example(campaign, invitee, kind))
        progress(done, len(messages))


def _few(faults: Iterable[Problem]) -> list[Problem]:
    """List the first three of many messages with the same problem, and count the rest in one line."""
    same: dict[str, list[Problem]] = {}
    for fault in faults:
        same.setdefault(fault.code, []).append(fault)
    told: list[Problem] = []
    for alike in same.values():
        told += alike[:MOST_ALIKE]
        if len(alike) > MOST_ALIKE:
            values = {"n": len(alike) - MOST_ALIKE}
            told.append(Problem(alike[0].severity, "same-in-more", Origin(""), values=values))
    return told


def texts(campaign: Campaign, sources: Mapping[str, bytes], now: datetime) -> list[Problem]:
    """Return the problems of the meeting, the links, the attached files and the notices, which concern no single message."""
    return [
        *_meeting(campaign, now),
        *_links(campaign, sources),
        *_attachments(campaign, sources),
        *_notices(campaign, sources),
    ]


def _notices(campaign: Campaign, sources: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield a warning for each template language into which the data-protection notice is not translated."""
    spoken = {name.partition("/")[0] for name in sources if name.endswith("/invitation.txt")}
    for language in sorted(spoken - {campaign.language} - set(campaign.notice.translations)):
        if not campaign.notice.omitted:
            yield Problem(Severity.WARNING, "notice-untranslated", Origin(campaign.file), language)


def _meeting(campaign: Campaign, now: datetime) -> list[Problem]:
    origin = Origin(campaign.file)
    if campaign.meeting.cancelled:
        return [Problem(Severity.WARNING, "meeting-is-cancelled", origin)]
    if campaigns.is_late(campaign.meeting, now):
        values = {"starts": campaign.meeting.starts}
        return [Problem(Severity.ERROR, "meeting-has-begun", origin, values=values)]
    return []


def _links(campaign: Campaign, sources: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield a problem for each link to a reserved domain (RFC 2606), or without TLS."""
    texts = {
        f"{campaign.templates}/{name}": content.decode("utf-8", "replace")
        for name, content in sources.items()
        if name.endswith((".txt", ".html"))
    }
    texts[campaign.file] = " ".join(
        (campaign.poll, campaign.meeting.url, campaign.notice.url, *campaign.extra.values())
    )
    for file, text in texts.items():
        for link in dict.fromkeys(found.rstrip(".,;:!?") for found in _LINK.findall(text)):
            host = link.split("/")[2].partition(":")[0].casefold()
            if _NOWHERE.search(host):
                yield Problem(Severity.ERROR, "link-nowhere", Origin(file), link)
            elif link.startswith("http:"):
                yield Problem(Severity.WARNING, "link-in-clear", Origin(file), link)


def _attachments(campaign: Campaign, sources: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield a problem for attached files that many mailboxes refuse."""
    names = (*campaign.attachments, *campaign.images)
    octets = sum(len(sources[name]) for name in names if name in sources)
    if octets > MOST_OCTETS:
        values = {"size": ceil(octets / 1024 / 1024), "most": MOST_OCTETS // 1024 // 1024}
        yield Problem(Severity.ERROR, "attachments-too-large", Origin(campaign.file), values=values)
    for name in names:
        if PurePosixPath(name).suffix.casefold() in REFUSED_ENDINGS:
            yield Problem(Severity.ERROR, "attachment-refused", Origin(campaign.file), name)


def delivery(
    campaign: Campaign, gathered: Gathered, account: Account, pace: Pace, *, now: datetime
) -> list[Problem]:
    """Return problems where the pace exceeds the provider's limits, or is too slow to finish before the meeting."""
    problems = []
    origin = Origin("config/mailer.toml")
    provider = providers.provider_by_host(account.host)
    if provider and provider.pace:
        allowed = provider.pace
        for name in ("per_minute", "per_hour", "per_day"):
            set_, most = getattr(pace, name), getattr(allowed, name)
            if most and (set_ == 0 or set_ > most) and not _bounded(pace, name, most):
                values = {"name": name, "provider": provider.name, "most": most}
                problems.append(
                    Problem(Severity.WARNING, "pace-over-provider", origin, str(set_), values=values)
                )
    domains = [
        people[0].email.rpartition("@")[2].casefold() for people in gathered.households if people[0].email
    ]
    if campaign.meeting.starts > now and domains:
        takes = outbox.duration(domains, pace)
        if now + takes > campaign.meeting.starts:
            values = {"n": len(domains), "hours": ceil(takes / timedelta(hours=1))}
            problems.append(Problem(Severity.ERROR, "pace-too-slow", origin, values=values))
    return problems


def _bounded(pace: Pace, name: str, most: int) -> bool:
    """Return whether a limit over a shorter window already guarantees this one: 20 a minute is at most 1200 an hour."""
    windows = {"per_minute": 60 * 24, "per_hour": 24, "per_day": 1}
    times = list(windows)
    return any(
        getattr(pace, shorter) and getattr(pace, shorter) * windows[shorter] // windows[name] <= most
        for shorter in times[: times.index(name)]
    )


def size(campaign: Campaign, largest: int, most: int, host: str) -> list[Problem]:
    """Return an error where the largest message has more octets than the server takes (RFC 1870); `most` 0: no limit."""
    if not 0 < most < largest:
        return []
    values = {"size": ceil(largest / 1000), "most": most // 1000, "host": host}
    return [Problem(Severity.ERROR, "letter-too-large", Origin(campaign.file), values=values)]


def account(campaign: Campaign, smtp: Account) -> list[Problem]:
    """Return a warning where the account sends for another domain than its own, which fails DMARC (RFC 7489)."""
    domain = smtp.username.rpartition("@")[2].casefold()
    if "@" not in smtp.username or domain == campaign.sender.domain.casefold():
        return []
    origin = Origin(campaign.file)
    return [
        Problem(
            Severity.WARNING,
            "sender-of-other-domain",
            origin,
            campaign.sender.address,
            values={"username": smtp.username},
        )
    ]


def clock(now: datetime, latest: datetime | None) -> list[Problem]:
    """Return a problem where the clock is behind `latest`, a moment that is known to have passed."""
    if latest is None or latest <= now + TOLERANCE:
        return []
    return [Problem(Severity.ERROR, "clock-behind", Origin(""), values={"now": now, "latest": latest})]
