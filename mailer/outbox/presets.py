"""What well-known providers allow, with where they say so.

A preset is a starting point: providers change their limits, and offers of one provider differ.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailer.model.pace import Pace


@dataclass(frozen=True, slots=True)
class Preset:
    """A provider, by the ends of its servers' names. `source` says where the figures are from."""

    name: str
    hosts: tuple[str, ...]
    pace: Pace
    source: str
    connections: int = 1


CAUTIOUS = Pace(per_minute=20, per_hour=180)
"""What hardly any provider minds: 400 invitations take two hours and a quarter."""

PRESETS: tuple[Preset, ...] = (
    Preset(
        "infomaniak",
        ("infomaniak.com", "infomaniak.ch"),
        Pace(per_minute=20, per_day=1440),
        "infomaniak.com, FAQ 2065: 1440 in 24 rolling hours and for each address (500 for free offers)",
    ),
    Preset(
        "microsoft-365",
        ("office365.com", "outlook.com", "outlook.office365.com"),
        Pace(per_minute=30, per_day=10_000),
        "learn.microsoft.com, Exchange Online limits, sending limits: 30 a minute, 10 000 recipients a day; "
        "techcommunity.microsoft.com, Exchange team: 3 connections",
        3,
    ),
    Preset(
        "gmail",
        ("smtp.gmail.com", "smtp.googlemail.com"),
        Pace(per_minute=20, per_day=500),
        "support.google.com/a/answer/166852: 2000 in 24 rolling hours, 500 for trial accounts; 500 for personal ones",
    ),
    Preset(
        "google-relay",
        ("smtp-relay.gmail.com",),
        Pace(per_minute=60, per_day=10_000),
        "support.google.com, SMTP relay service: 10 000 recipients in 24 hours and for each user",
        2,
    ),
    Preset(
        "ovh",
        ("ovh.net", "ovh.com", "mail.ovh.ca"),
        Pace(per_minute=20, per_hour=200),
        "claroline/Distribution issue 2267: 200 an hour for MX Plan, as a user found",
    ),
    Preset(
        "magic-online",
        ("magic.fr", "magiconline.fr"),
        Pace(per_minute=10, per_hour=60),
        "assistance.groupemagiconline.com: 60 an hour for each address, 100 for each pack",
    ),
    Preset(
        "easyname",
        ("easyname.com", "easyname.eu"),
        Pace(per_minute=40, per_hour=400, per_day=1500),
        "easyname support: 200 in 5 minutes, 400 an hour, 1500 a day; 15 bounces in an hour block",
    ),
)


def preset_for(host: str) -> Preset | None:
    """Find the provider of a mail server by the end of its name."""
    host = host.casefold().rstrip(".")
    return next(
        (
            preset
            for preset in PRESETS
            if any(host == end or host.endswith(f".{end}") for end in preset.hosts)
        ),
        None,
    )
