"""Find what would stop or spoil a campaign before anything is sent; nothing is written anywhere."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import product
from math import ceil
from pathlib import PurePosixPath

from mailer import campaign as campaigns
from mailer import compose, outbox
from mailer.compose import Distrusted, Inspection, Press
from mailer.jobs.gather import Gathered, invitees
from mailer.model.account import Account
from mailer.model.campaign import Campaign
from mailer.model.contact import Origin, Problem, Severity
from mailer.model.invitation import Invitee, Kind
from mailer.model.pace import Pace

TOLERANCE = timedelta(minutes=10)
"""How far two clocks may differ before it is worth a word."""

MOST_OCTETS = 7 * 1024 * 1024
"""What a message may weigh: base64 adds a third, and many mailboxes take ten megabytes at most."""

MOST_ALIKE = 3
"""Of how many messages the same fault is said."""

REFUSED_ENDINGS = (
    *(".exe", ".bat", ".cmd", ".com", ".js", ".jar", ".msi", ".ps1", ".scr", ".vbs", ".wsf", ".iso", ".lnk"),
    *(".docm", ".xlsm", ".pptm"),
)
"""Kinds of files that many providers refuse, whatever is in them."""

_LINK = re.compile(r"""https?://[^\s"'<>{}()]+""")
_NOWHERE = re.compile(r"(?:^|\.)(?:example|example\.(?:com|net|org)|invalid|test|localhost)$")


def check(
    campaign: Campaign,
    gathered: Gathered,
    sources: Mapping[str, bytes],
    *,
    now: datetime,
    mailbox: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Problem]:
    """Build every message of every kind for everybody, and say what is wrong with lists, meeting and messages.

    Letters that only a schedule sends are built where it does.

    Raises TemplateError where a template cannot be filled in.
    """
    problems = [*gathered.reading.problems, *texts(campaign, sources, now)]
    roll = invitees(campaigns.NO_SECRET, campaign.slug, gathered.households)
    reachable = [invitee for invitee in roll if invitee.email]
    composer = compose.prepare(campaign, sources, previous=campaign.meeting)
    kinds = [kind for kind in Kind if kind.is_invitation or campaign.schedule.uses(kind)]
    letters = list(product(kinds, reachable))
    while True:
        inspection = Inspection(Press(composer, now), composer.crowd(roll), mailbox=mailbox)
        with contextlib.suppress(Distrusted):
            return problems + _few(_faults(campaign, letters, inspection, progress))


def _faults(
    campaign: Campaign,
    letters: Sequence[tuple[Kind, Invitee]],
    inspection: Inspection,
    progress: Callable[[int, int], None],
) -> Iterator[Problem]:
    """Look at a letter of each kind to each invitee, as before sending."""
    for done, (kind, invitee) in enumerate(letters, 1):
        if not inspection.passes(invitee, kind, 0, campaigns.example_answer(campaign, kind)):
            yield from inspection.look(campaigns.example(campaign, invitee, kind))
        progress(done, len(letters))


def _few(faults: Iterable[Problem]) -> list[Problem]:
    """Say what is wrong with many messages of three of them: it is the letter's fault, not theirs."""
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
    """Say what is wrong with the meeting, the links and the attached files, whoever is written to."""
    return [
        *_meeting(campaign, now),
        *_links(campaign, sources),
        *_attachments(campaign, sources),
        *_notices(campaign, sources),
    ]


def _notices(campaign: Campaign, sources: Mapping[str, bytes]) -> Iterator[Problem]:
    """Letters in another language that say of people's data what the file says in its own."""
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
    """Links that lead nowhere, or in the clear."""
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
    """Files that many mailboxes would not take."""
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
    """Hold the list against what the provider allows and against the time that is left."""
    problems = []
    origin = Origin("config/mailer.toml")
    provider = outbox.provider_by_host(account.host)
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
    """Whether a shorter window keeps a longer one from ever being full: 20 a minute is at most 1200 an hour."""
    windows = {"per_minute": 60 * 24, "per_hour": 24, "per_day": 1}
    times = list(windows)
    return any(
        getattr(pace, shorter) and getattr(pace, shorter) * windows[shorter] // windows[name] <= most
        for shorter in times[: times.index(name)]
    )


def account(campaign: Campaign, smtp: Account) -> list[Problem]:
    """Whether the account writes in the name of its own domain: another's mail is taken for forged (RFC 7489)."""
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
    """Whether the clock is behind the `latest` moment that is known to have been."""
    if latest is None or latest <= now + TOLERANCE:
        return []
    return [Problem(Severity.ERROR, "clock-behind", Origin(""), values={"now": now, "latest": latest})]
