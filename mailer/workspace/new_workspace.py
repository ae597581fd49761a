"""Write the files of a new workspace for one organizer and one meeting: settings, campaign, templates, list."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from gettext import gettext as _

from mailer import campaign as campaigns
from mailer import providers
from mailer.providers import Server
from mailer.translation.catalogue import LANGUAGES, translator


@dataclass(frozen=True, slots=True)
class NewWorkspace:
    """The facts that a new workspace is made from.

    `host` is the organisation that invites. `starts` and `ends` are written as in a campaign file. `smtp` and `imap` are
    the mail servers of the address, each with the user name there; None where it is not known yet.
    """

    language: str
    host: str
    name: str
    address: str
    title: str
    starts: str
    ends: str
    place: str
    smtp: tuple[Server, str] | None
    imap: tuple[Server, str] | None

    @property
    def slug(self) -> str:
        """Return the campaign's name: the title in lower-case ASCII, at most 40 characters."""
        return campaigns.slug(self.title)


def files_of(new: NewWorkspace, letters: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return every file of the workspace by its name; `letters` are the sample's templates, made general.

    Raises ConfigError if the answers do not make a valid campaign.
    """
    slug = new.slug
    spoken = {letter.partition("/")[0] for letter in letters}
    others = [one for one in LANGUAGES if one in spoken and one != new.language]
    name = f"config/campaigns/{slug}.toml"
    campaign = _campaign(new, others).encode()
    campaigns.read(slug, name, campaign)
    written = {
        "config/mailer.toml": _settings(new).encode(),
        name: campaign,
        "contacts/invites.csv": _list(new).encode("utf-8-sig"),
    }
    for letter, content in letters.items():
        written[f"templates/{slug}/{letter}"] = any_meeting(letter, content.decode("utf-8")).encode()
    return written


def _text(value: str) -> str:
    """Return a text as a TOML string."""
    return json.dumps(value, ensure_ascii=False)


def _settings(new: NewWorkspace) -> str:
    provider = providers.provider_by_host(new.smtp[0].host) if new.smtp else None
    remark = _(
        "The passwords never stand here: each has a file, config/secrets/smtp_password and\n"
        "config/secrets/imap_password, or a variable, MAILER_SMTP__PASSWORD and MAILER_IMAP__PASSWORD."
    )
    return "\n".join(
        (
            *_remark(remark),
            "",
            f"language = {_text(new.language)}",
            "",
            *_remark(_("how mail leaves")),
            "[smtp]",
            *_server(new.smtp or (Server("", 465), new.address)),
            "",
            *_remark(_("where the answers arrive")),
            "[imap]",
            *_server(new.imap or (Server("", 993), new.address)),
            "",
            *_remark(
                _(
                    "how fast to send: as the provider allows, unless per_minute, per_hour or per_day say otherwise"
                )
            ),
            "[delivery]",
            f"connections = {provider.connections if provider else 1}",
            "",
        )
    )


def _server(known: tuple[Server, str]) -> tuple[str, ...]:
    """Return the lines of a server and the user name there; an empty host is asked for by ``mailer check``."""
    server, username = known
    return (
        f"host = {_text(server.host)}",
        f"port = {server.port}",
        f"security = {_text(server.security.value)}",
        f"username = {_text(username)}",
    )


def _campaign(new: NewWorkspace, others: Sequence[str]) -> str:
    gettext = translator(new.language).gettext
    subject = gettext("Invitation: {title}").format(title=new.title)
    before = gettext("7 days before the meeting at 9:30")
    return "\n".join(
        (
            *_remark(
                _("All that the letters say comes from here and from the texts in templates/{slug}/.").format(
                    slug=new.slug
                )
            ),
            "",
            f"subject = {_text(subject)}",
            f"language = {_text(new.language)}",
            f"host = {_text(new.host)}",
            f"contact = {_text(f'{new.name}, {new.address}')}",
            f"templates = {_text(f'templates/{new.slug}')}",
            "retention_months = 6",
            "",
            "[meeting]",
            f"title = {_text(new.title)}",
            f"starts = {_text(new.starts)}",
            f"ends = {_text(new.ends)}",
            'zone = "Europe/Paris"',
            f"place = {_text(new.place)}",
            'description = ""',
            "agenda = []",
            "",
            *_remark(_("where the answers arrive")),
            "[organizer]",
            f"name = {_text(new.name)}",
            f"address = {_text(new.address)}",
            "",
            *_remark(_("in whose name the letter speaks")),
            "[inviter]",
            f"name = {_text(new.name)}",
            'function = ""',
            "",
            *_remark(_("what “mailer run” sends by itself")),
            "[schedule]",
            f"reminders = [{_text(before)}]",
            "",
            *_remark(
                _("what people are told about their data; have it read by whoever is in charge of that")
            ),
            "[notice]",
            f"controller = {_text(new.host)}",
            *_notice(new.language),
            f"contact = {_text(new.address)}",
            "",
            *(line for language in others for line in (f"[notice.{language}]", *_notice(language), "")),
            "[[lists]]",
            'file = "contacts/invites.csv"',
            "",
        )
    )


def _notice(language: str) -> list[str]:
    """Return the settings of the data-protection notice that are sentences, in a language."""
    gettext = translator(language).gettext
    told = {
        "purpose": gettext("to invite you and to welcome you well"),
        "basis": gettext("legitimate interest"),
        "retention": gettext("six months after the meeting"),
    }
    return [f"{name} = {_text(text)}" for name, text in told.items()]


def _remark(text: str) -> list[str]:
    return [f"# {line}" for line in text.splitlines()]


def _list(new: NewWorkspace) -> str:
    """Return a contact list that holds the organizer alone, who thus gets the first invitation."""
    first, _space, last = new.name.partition(" ")
    gettext = translator(new.language).gettext
    headings = (
        gettext("Title"),
        gettext("Last name"),
        gettext("First name"),
        gettext("Organisation"),
        gettext("E-mail"),
    )
    cells = ("", last or first, first if last else "", new.host, new.address)
    return "".join(f"{';'.join(map(_cell, line))}\r\n" for line in (headings, cells))


def _cell(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search(r'[;"\r\n]', text) else text


_SAMPLE_TITLES = (
    (
        re.compile(r"\bla\s+présentation\s+du\s+diagnostic\s+territorial\s+d['’]Hellemmes"),
        "la réunion « {{ meeting.title }} »",
    ),
    (
        re.compile(r"\bLa\s+présentation\s+du\s+diagnostic\s+territorial\s+d['’]Hellemmes"),
        "La réunion « {{ meeting.title }} »",
    ),
    (
        re.compile(r"\bthe\s+presentation\s+of\s+the\s+territorial\s+diagnosis\s+of\s+Hellemmes"),
        "“{{ meeting.title }}”",
    ),
    (
        re.compile(r"\b[Pp]resentation\s+of\s+the\s+territorial\s+diagnosis\s+of\s+Hellemmes"),
        "{{ meeting.title }}",
    ),
)
"""Phrases for the sample's meeting in its templates, and what to write for any meeting."""


def any_meeting(letter: str, text: str) -> str:
    """Return a template of the sample without the text that is specific to the sample's meeting."""
    about, _dot, ending = letter.rpartition("/")[2].partition(".")
    if about == "_about":
        tag = ("<p>", "</p>") if ending == "html" else ("", "")
        return "\n".join(
            (
                "{% if meeting.description %}",
                "{{ meeting.description }}".join(tag),
                "{% endif %}",
                f'{{% include "_agenda.{ending}" %}}',
                "",
            )
        )
    for sample, general in _SAMPLE_TITLES:
        text = sample.sub(general, text)
    return text
