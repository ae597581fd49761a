"""Read a campaign file (TOML) into a `Campaign`."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from mailer.campaign import appointments
from mailer.campaign.moments import moment
from mailer.campaign.toml import TomlTable, parse
from mailer.model.address import Mailbox
from mailer.model.campaign import TRANSLATED, Campaign, ListSource, Notice, Uninvited
from mailer.model.meeting import Meeting
from mailer.translation.catalogue import LANGUAGES

MEANINGS = ("yes", "no", "perhaps", "none")
"""What an answer of a form can mean in the campaign file."""
_ADDRESS = re.compile(r"[^@\s<>\"(),:;\[\]]+@[^@\s<>\"(),:;\[\]]+\.[^@\s<>\"(),:;\[\]]+")


def read(slug: str, file: str, content: bytes) -> Campaign:
    """Read a campaign file; `file` is the name shown in errors. Raises ConfigError."""
    top = parse(file, content)
    language = top.choice("language", LANGUAGES, "fr")
    organizer = _mailbox(top.table("organizer", required=True))
    inviter = top.table("inviter")
    meeting = _meeting(top.table("meeting", required=True))
    campaign = Campaign(
        slug=slug,
        file=file,
        subject=top.string("subject"),
        meeting=meeting,
        organizer=organizer,
        inviter=inviter.string("name", organizer.name),
        inviter_function=inviter.string("function", ""),
        host=top.string("host"),
        language=language,
        templates=top.string("templates", f"templates/{slug}"),
        lists=_lists(top),
        sender=_sender(top, organizer),
        contact=top.string("contact", ""),
        poll=_link(top, "poll"),
        notice=_notice(top.table("notice")),
        capacity=top.integer("capacity", 0),
        retention_months=top.integer("retention_months", 0),
        uninvited=Uninvited(top.choice("uninvited", [u.value for u in Uninvited], "hold")),
        attachments=top.strings("attachments"),
        images=top.strings("images"),
        schedule=appointments.read(top.table("schedule"), meeting),
        extra=top.mapping("values"),
        polls=_polls(top),
    )
    inviter.close()
    top.close()
    return campaign


def _meeting(table: TomlTable) -> Meeting:
    zone = _zone(table)
    starts, ends = _moment(table, "starts", zone), _moment(table, "ends", zone)
    all_day = not isinstance(starts, dt.datetime)
    if all_day == isinstance(ends, dt.datetime):
        raise table.error("end-not-like-start", "ends", read=str(table.raw("ends")))
    if all_day:
        starts = dt.datetime.combine(starts, dt.time(), zone)
        ends = dt.datetime.combine(ends + dt.timedelta(days=1), dt.time(), zone)
    assert isinstance(starts, dt.datetime)
    assert isinstance(ends, dt.datetime)
    if ends <= starts:
        raise table.error(
            "end-before-start", "ends", read=str(table.raw("ends")), starts=str(table.raw("starts"))
        )
    meeting = Meeting(
        title=table.string("title"),
        starts=starts,
        ends=ends,
        zone=zone.key,
        place=" ".join(table.string("place").split()),
        description=table.string("description", ""),
        agenda=table.strings("agenda"),
        room=table.string("room", ""),
        url=_link(table, "url"),
        all_day=all_day,
        cancelled=table.boolean("cancelled", False),
    )
    table.close()
    return meeting


def _zone(table: TomlTable) -> ZoneInfo:
    name = table.string("zone", "Europe/Paris")
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError) as error:
        raise table.error("zone-unknown", "zone", read=name) from error


def _moment(table: TomlTable, key: str, zone: ZoneInfo) -> dt.datetime | dt.date:
    written = table.raw(key)
    if written is None or written == "":
        raise table.error("setting-missing", key)
    if not isinstance(written, str | dt.datetime | dt.date):
        raise table.error("moment-unreadable", key, read=str(written))
    try:
        return moment(written, zone)
    except (ValueError, KeyError) as error:
        code = "moment-at-clock-change" if "change of the clock" in str(error) else "moment-unreadable"
        raise table.error(code, key, read=str(written), zone=zone.key) from error


def _mailbox(table: TomlTable) -> Mailbox:
    mailbox = Mailbox(_address(table, "address"), table.string("name", ""))
    table.close()
    return mailbox


def _sender(top: TomlTable, organizer: Mailbox) -> Mailbox:
    """Return the From mailbox: the one in ``[sender]``, else the organizer, which is recommended."""
    table = top.table("sender")
    if table.raw("address") is None and table.raw("name") is None:
        table.close()
        return organizer
    address = _address(table, "address") if table.raw("address") else organizer.address
    sender = Mailbox(address, table.string("name", organizer.name))
    table.close()
    return sender


def _address(table: TomlTable, key: str) -> str:
    address = table.string(key)
    if not _ADDRESS.fullmatch(address) or not address.isascii():
        raise table.error("address-unusable", key, read=address)
    return address


def _link(table: TomlTable, key: str) -> str:
    link = table.string(key, "")
    if link and not re.fullmatch(r"https?://\S+", link):
        raise table.error("link-unusable", key, read=link)
    return link


def _lists(top: TomlTable) -> tuple[ListSource, ...]:
    """Read ``[[lists]]`` tables, or ``lists = [...]`` with file names only."""
    raw = top.raw("lists")
    if isinstance(raw, str) or (isinstance(raw, list) and all(isinstance(item, str) for item in raw)):
        sources = tuple(ListSource(path) for path in top.strings("lists"))
    else:
        sources = tuple(_list(table) for table in top.tables("lists"))
    if not sources:
        raise top.error("lists-missing", "lists")
    return sources


def _list(table: TomlTable) -> ListSource:
    source = ListSource(
        path=table.string("file"),
        columns=table.mapping("columns"),
        groups=table.strings("groups"),
        language=table.string("language", ""),
        legal_basis=table.string("legal_basis", ""),
        collected_on=str(table.raw("collected_on") or ""),
        obtained_from=table.string("obtained_from", ""),
    )
    table.close()
    return source


def _polls(top: TomlTable) -> dict[str, dict[str, str]]:
    """Read ``[polls."QUESTION"]``: which question of a form means coming, and what its answers mean."""
    table = top.table("polls")
    return {
        question: {answer: answers.choice(answer, MEANINGS, "none") for answer in answers.keys}
        for question in table.keys
        if (answers := table.table(question))
    }


def _words(table: TomlTable) -> dict[str, str]:
    """Read the texts of the data-protection notice in another language."""
    said = {key: table.string(key, "") for key in (*TRANSLATED, "source")}
    table.close()
    return {key: text for key, text in said.items() if text}


def _notice(table: TomlTable) -> Notice:
    notice = Notice(
        controller=table.string("controller", ""),
        purpose=table.string("purpose", ""),
        basis=table.string("basis", ""),
        recipients=table.string("recipients", ""),
        retention=table.string("retention", ""),
        contact=table.string("contact", ""),
        url=_link(table, "url"),
        omitted=table.boolean("omitted", False),
        translations={language: words for language in LANGUAGES if (words := _words(table.table(language)))},
    )
    table.close()
    if not notice.omitted:
        for key in ("controller", "purpose", "basis", "retention", "contact"):
            if not getattr(notice, key):
                raise table.error("notice-incomplete", key)
    return notice
