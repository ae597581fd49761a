"""Write a campaign's entry for the record of processing activities (GDPR article 30), for the data protection officer.

What only the town hall knows is left open.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape

from mailer.exports.html import page, paragraph
from mailer.model.campaign import Campaign
from mailer.translation.catalogue import translator

_STYLE = """
dt{font-weight:600;margin-top:1rem}
dd{margin:.2rem 0 0}
.open{background:#FDEFCF;padding:0 .3rem}
"""

RegisterEntry = tuple[str, Sequence[str]]
"""A heading and the lines below it; a heading without lines is left to be filled in by hand."""


def write(
    campaign: Campaign,
    *,
    invited: int,
    hosts: Sequence[str],
    now: datetime,
    officer: str = "",
    language: str = "fr",
) -> bytes:
    """Write the entry. `hosts` are the mail servers, whose operators are processors; `officer` is the DPO."""
    title = translator(language).gettext("Record of processing activities: entry")
    entries = _entries(campaign, language, invited, hosts, now, officer)
    return page(f"{title} – {campaign.slug}", _body(title, entries, language), language, _STYLE)


def _entries(
    campaign: Campaign, language: str, invited: int, hosts: Sequence[str], now: datetime, officer: str
) -> Iterator[RegisterEntry]:
    notice, _ = campaign.notice, translator(language).gettext
    yield (
        _("Processing"),
        [_("Invitation to a meeting and its answers: {subject}").format(subject=campaign.subject)],
    )
    yield _("Written on"), [f"{now:%d/%m/%Y}"]
    yield _("Controller"), [notice.controller]
    yield _("Data protection officer"), [officer]
    yield _("Contact for data subjects"), [notice.contact or campaign.contact]
    more = _("To count places, prepare the reception, and list who was present.")
    yield _("Purposes"), [notice.purpose, more]
    yield _("Legal basis and origin of the data"), list(_sources(campaign, language))
    yield _("Data subjects"), [_("People invited: {count}").format(count=invited)]
    yield (
        _("Data"),
        [
            _(
                "Title, last and first name, organisation, function, e-mail address, other columns of the lists."
            ),
            _("Answer, number of people, when and how it came, text of the messages received, presence."),
            _("A message may hold a remark on health: it appears in no export unless asked for."),
        ],
    )
    yield _("Recipients"), [notice.recipients]
    yield _("Processors"), list(dict.fromkeys(filter(None, hosts)))
    yield _("Transfers outside the European Union"), []
    objection = _("An objection is kept as a hash, so that the address is not written to again.")
    yield _("Retention"), [notice.retention, objection]
    yield (
        _("Security"),
        [
            _("One message per person: no recipient sees another's address."),
            _("No remote image, no measuring of openings, no tracking link."),
            _("Encrypted connections to the mail servers; certificates are verified."),
            _("Append-only ledger of answers, chained by digests; logs without addresses."),
            _("Access is limited to the machine and the folder of the organising service."),
        ],
    )


def _sources(campaign: Campaign, language: str) -> Iterator[str]:
    _ = translator(language).gettext
    for source in campaign.lists:
        yield _("{file}: {basis}; collected on {date}; origin: {origin}").format(
            file=source.path,
            basis=source.legal_basis or campaign.notice.basis or _("not stated"),
            date=source.collected_on or _("not stated"),
            origin=source.obtained_from or _("not stated"),
        )


def _body(title: str, entries: Iterator[RegisterEntry], language: str) -> Iterator[str]:
    _ = translator(language).gettext
    article, gap = paragraph(_("GDPR, article 30")), _("to be completed")
    yield f"<header>{article}<h1>{escape(title)}</h1></header><main><dl>"
    for heading, lines in entries:
        told = [line for line in lines if line]
        yield f"<dt>{escape(heading)}</dt>"
        yield from (f"<dd>{escape(line)}</dd>" for line in told)
        if not told:
            yield f'<dd><span class="open">{escape(gap)}</span></dd>'
    yield "</dl></main>"
