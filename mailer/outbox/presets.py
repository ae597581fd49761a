"""What well-known providers allow, with where they say so.

A preset is a starting point: providers change their limits, and offers of one provider differ. All were looked up in
November 2026.
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
        "google-workspace",
        (),
        Pace(per_minute=20, per_day=2000),
        "support.google.com/a/answer/166852: 2000 messages in 24 rolling hours, once the trial is over; its servers "
        "are named as Gmail's, so that it has to be chosen",
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
        "ionos",
        ("ionos.com", "ionos.fr", "ionos.de", "1and1.com", "1and1.fr", "kundenserver.de"),
        Pace(per_minute=20, per_hour=400),
        "ionos.com help, mass mailing limits: 50 an hour in the first week of a contract, 100 in the second, 400 in the "
        "first month, then 500; over it 450 Mail send limit exceeded",
    ),
    Preset(
        "orange",
        ("orange.fr", "wanadoo.fr"),
        CAUTIOUS,
        "no figure of Orange's found; the cautious pace, as accounts that send much are blocked without a warning",
    ),
    Preset("free", ("free.fr",), CAUTIOUS, "no figure of Free's found; the cautious pace"),
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


def preset_named(name: str) -> Preset | None:
    """Find a provider by its name."""
    return next((preset for preset in PRESETS if preset.name == name), None)


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
